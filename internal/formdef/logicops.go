package formdef

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// toLogic turns an answer into a value of a rule: numbers become exact decimals.
func toLogic(v any) any {
	switch t := v.(type) {
	case json.Number:
		if d, ok := parseDecimal(t.String()); ok {
			return d
		}
		return nil
	case int:
		return apd.New(int64(t), 0)
	default:
		return v
	}
}

// truthy follows jsonlogic.com: 0, "", null and an empty array are false.
func truthy(v any) bool {
	switch t := toLogic(v).(type) {
	case nil:
		return false
	case bool:
		return t
	case string:
		return t != ""
	case *apd.Decimal:
		return !t.IsZero()
	case []any:
		return len(t) > 0
	default:
		return true
	}
}

// logicNumber reads a value as JavaScript's Number() would; ok is false for NaN.
func logicNumber(v any) (*apd.Decimal, bool) {
	switch t := toLogic(v).(type) {
	case *apd.Decimal:
		return t, t.Form == apd.Finite
	case nil:
		return apd.New(0, 0), true
	case bool:
		if t {
			return apd.New(1, 0), true
		}
		return apd.New(0, 0), true
	case string:
		if strings.TrimSpace(t) == "" {
			return apd.New(0, 0), true
		}
		return parseDecimal(strings.TrimSpace(t))
	default:
		return nil, false
	}
}

func logicText(v any) string {
	switch t := toLogic(v).(type) {
	case string:
		return t
	case *apd.Decimal:
		return plainDecimal(t)
	case bool:
		if t {
			return "true"
		}
		return "false"
	case []any:
		parts := make([]string, len(t))
		for i, e := range t {
			parts[i] = logicText(e)
		}
		return strings.Join(parts, ",")
	default:
		return ""
	}
}

// compareLogic returns -1, 0 or 1; ok is false when the two cannot be compared.
func compareLogic(a, b any) (int, bool) {
	a, b = toLogic(a), toLogic(b)
	x, xs := a.(string)
	y, ys := b.(string)
	if xs && ys {
		return strings.Compare(x, y), true
	}
	n, ok := logicNumber(a)
	m, ok2 := logicNumber(b)
	if !ok || !ok2 {
		return 0, false
	}
	return n.Cmp(m), true
}

func looseEqual(a, b any) bool {
	a, b = toLogic(a), toLogic(b)
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if n, ok := compareLogic(a, b); ok {
		return n == 0
	}
	return false
}

func strictEqual(a, b any) bool {
	a, b = toLogic(a), toLogic(b)
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case string:
		y, ok := b.(string)
		return ok && x == y
	case *apd.Decimal:
		y, ok := b.(*apd.Decimal)
		return ok && x.Cmp(y) == 0
	default:
		return false // arrays and objects never match
	}
}

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

// calendar counts between two dates: whole days, full months, full years from the first to the second.
func (r *logicRun) calendar(op string, args []any) any {
	if op == "today" {
		return today(r.now)
	}
	from, err := time.Parse(time.DateOnly, logicText(args[0]))
	to, err2 := time.Parse(time.DateOnly, logicText(args[1]))
	if err != nil || err2 != nil {
		return nil
	}
	if op == "days" {
		return apd.New(int64(math.Round(to.Sub(from).Hours()/24)), 0)
	}
	months := (to.Year()-from.Year())*12 + int(to.Month()-from.Month())
	if to.Day() < from.Day() && to.AddDate(0, 0, 1).Month() == to.Month() {
		months--
	}
	if op == "years" {
		months = int(math.Floor(float64(months) / 12))
	}
	return apd.New(int64(months), 0)
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

// today is the date in Germany.
func today(now time.Time) string { return berlin(now).Format(time.DateOnly) }

// berlin shifts a time to German wall-clock time by the rule of the EU (summer time from the last Sunday of March to
// that of October, at 01:00 UTC), so that no time zone database is needed.
func berlin(t time.Time) time.Time {
	u := t.UTC()
	start, end := lastSunday(u.Year(), time.March), lastSunday(u.Year(), time.October)
	if !u.Before(start) && u.Before(end) {
		return u.In(time.FixedZone("CEST", 2*60*60))
	}
	return u.In(time.FixedZone("CET", 60*60))
}

func lastSunday(year int, month time.Month) time.Time {
	last := time.Date(year, month+1, 1, 1, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	return last.AddDate(0, 0, -int(last.Weekday()))
}
