package formdef

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// apply runs an operation on values.
func (r *logicRun) apply(op string, args []any, in *local) any {
	switch op {
	case "==":
		return looseEqual(args[0], args[1])
	case "!=":
		return !looseEqual(args[0], args[1])
	case "===":
		return strictEqual(args[0], args[1])
	case "!==":
		return !strictEqual(args[0], args[1])
	case "!":
		return len(args) == 0 || !truthy(args[0])
	case "!!":
		return len(args) > 0 && truthy(args[0])
	case "<", "<=", ">", ">=":
		return ordered(op, args)
	case "+", "-", "*", "/", "%", "max", "min", "abs", "round", "floor", "ceil":
		if d := r.arithmetic(op, args); d != nil {
			return d
		}
		return nil
	case "days", "months", "years", "today":
		return r.calendar(op, args)
	case "missing", "missing_some":
		return r.missing(op, args, in)
	default:
		return r.textAndList(op, args)
	}
}

// ordered compares neighbours, so that {"<": [1, x, 9]} means between.
func ordered(op string, args []any) bool {
	for i := 0; i+1 < len(args); i++ {
		n, ok := compareLogic(args[i], args[i+1])
		switch {
		case !ok, op == "<" && n >= 0, op == "<=" && n > 0, op == ">" && n <= 0, op == ">=" && n < 0:
			return false
		}
	}
	return true
}

// arithmetic returns nil where JavaScript would say NaN or Infinity.
func (r *logicRun) arithmetic(op string, args []any) *apd.Decimal {
	if len(args) == 1 {
		if list, ok := args[0].([]any); ok && op != "-" {
			args = list // sums, products and extremes of a mapped list
		}
	}
	nums := make([]*apd.Decimal, len(args))
	for i, a := range args {
		n, ok := logicNumber(a)
		if !ok {
			return nil
		}
		nums[i] = n
	}
	switch op {
	case "round", "floor", "ceil":
		return rounded(op, nums)
	case "abs":
		return new(apd.Decimal).Abs(nums[0])
	case "-":
		if len(nums) == 1 {
			return new(apd.Decimal).Neg(nums[0])
		}
	}
	if len(nums) == 0 {
		if op == "+" {
			return apd.New(0, 0)
		}
		return nil
	}
	acc := new(apd.Decimal).Set(nums[0])
	for _, n := range nums[1:] {
		if !r.step(op, acc, n) {
			return nil
		}
	}
	return acc
}

func (r *logicRun) step(op string, acc, n *apd.Decimal) bool {
	var err error
	switch op {
	case "+":
		_, err = r.ctx.Add(acc, acc, n)
	case "-":
		_, err = r.ctx.Sub(acc, acc, n)
	case "*":
		_, err = r.ctx.Mul(acc, acc, n)
	case "/":
		_, err = r.ctx.Quo(acc, acc, n)
	case "%":
		_, err = r.ctx.Rem(acc, acc, n)
	case "max":
		if n.Cmp(acc) > 0 {
			acc.Set(n)
		}
	case "min":
		if n.Cmp(acc) < 0 {
			acc.Set(n)
		}
	}
	return err == nil && acc.Form == apd.Finite
}

func rounded(op string, nums []*apd.Decimal) *apd.Decimal {
	if len(nums) == 0 {
		return nil
	}
	places := int64(0)
	if len(nums) > 1 {
		places, _ = nums[1].Int64()
		places = min(max(places, 0), 20)
	}
	rounding := apd.RoundHalfUp
	switch op {
	case "floor":
		rounding = apd.RoundFloor
	case "ceil":
		rounding = apd.RoundCeiling
	}
	d, ok := roundTo(nums[0], int32(places), rounding)
	if !ok {
		return nil
	}
	return d
}

func (r *logicRun) missing(op string, args []any, in *local) any {
	names, least := args, 0
	if op == "missing_some" {
		if n, ok := logicNumber(args[0]); ok {
			i, _ := n.Int64()
			least = int(i)
		}
		names, _ = args[1].([]any)
	} else if len(args) > 0 {
		if list, ok := args[0].([]any); ok {
			names = list
		}
	}
	gone := []any{}
	for _, n := range names {
		path := varPath(n)
		if v, ok := r.read(path, joinPointer(path), in); !ok || v == nil || v == "" {
			gone = append(gone, n)
		}
	}
	if op == "missing_some" && len(names)-len(gone) >= least {
		return []any{}
	}
	return gone
}

func (r *logicRun) textAndList(op string, args []any) any {
	switch op {
	case "merge":
		out := []any{}
		for _, a := range args {
			if list, ok := a.([]any); ok {
				out = append(out, list[:min(len(list), max(0, maxLogicList-len(out)))]...)
			} else {
				out = append(out, a)
			}
		}
		r.steps -= len(out) / 16
		return out
	case "count":
		n := 0
		switch t := args[0].(type) {
		case []any:
			n = len(t)
		case string:
			n = len([]rune(t))
		}
		return apd.New(int64(n), 0)
	case "in":
		if list, ok := args[1].([]any); ok {
			for _, e := range list {
				if strictEqual(args[0], e) {
					return true
				}
			}
			return false
		}
		s, ok := args[1].(string)
		return ok && args[0] != nil && strings.Contains(s, logicText(args[0]))
	case "cat":
		var b strings.Builder
		for _, a := range args {
			if b.Len() < maxLogicText {
				b.WriteString(logicText(a))
			}
		}
		r.steps -= b.Len() / 256
		return b.String()
	case "substr":
		return substr(args)
	}
	return nil
}

// substr counts characters; negative numbers count from the end, as in jsonlogic.com.
func substr(args []any) string {
	runes := []rune(logicText(args[0]))
	at := func(v any) int {
		n, ok := logicNumber(v)
		if !ok {
			return 0
		}
		i, _ := n.Int64()
		return int(min(max(i, -1_000_000), 1_000_000))
	}
	start := at(args[1])
	if start < 0 {
		start = max(len(runes)+start, 0)
	}
	start = min(start, len(runes))
	end := len(runes)
	if len(args) > 2 {
		if n := at(args[2]); n < 0 {
			end = len(runes) + n
		} else {
			end = min(start+n, len(runes))
		}
	}
	return string(runes[start:max(start, end)])
}
