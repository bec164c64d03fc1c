package formdef

import (
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// logic is a JSON-Logic rule, parsed once. It computes with exact decimals, cannot panic, and stops after a fixed
// number of steps. Besides the operations of jsonlogic.com it knows abs, round, floor, ceil, count, today, days,
// months and years. {"var": "$today"} is the date of today in Germany, {"var": "$amount"} the amount of a fee.
type logic struct {
	op   string
	args []*logic
	val  any      // literal: nil, bool, string, *apd.Decimal, []any
	path []string // of var, when it is written out
	ptr  string   // the same as JSON Pointer
}

// Limits of one evaluation.
const (
	maxLogicDepth = 40
	maxLogicNodes = 2_000
	maxLogicSteps = 20_000
	maxLogicText  = 64 << 10
	maxLogicList  = 10_000
)

// logicOps lists the operations with the least number of arguments that makes sense.
var logicOps = map[string]int{
	"var": 0, "missing": 0, "missing_some": 2, "if": 1, "?:": 1, "==": 2, "===": 2, "!=": 2, "!==": 2, "!": 0, "!!": 0,
	"or": 1, "and": 1, ">": 2, ">=": 2, "<": 2, "<=": 2, "max": 0, "min": 0, "+": 0, "-": 1, "*": 1, "/": 2, "%": 2,
	"map": 2, "reduce": 2, "filter": 2, "all": 2, "none": 2, "some": 2, "merge": 0, "in": 2, "cat": 0, "substr": 2,
	"abs": 1, "round": 1, "floor": 1, "ceil": 1, "count": 1, "today": 0, "days": 2, "months": 2, "years": 2,
}

// parseLogic compiles a rule; an unknown operation is an error.
func parseLogic(n *node) (*logic, error) {
	left := maxLogicNodes
	return buildLogic(n, 0, &left)
}

func buildLogic(n *node, depth int, left *int) (*logic, error) {
	if *left--; *left < 0 || depth > maxLogicDepth {
		return nil, fmt.Errorf("the rule is too large")
	}
	if n == nil {
		return &logic{}, nil
	}
	if n.list {
		l := &logic{op: "[]"}
		for _, e := range n.arr {
			kid, err := buildLogic(e, depth+1, left)
			if err != nil {
				return nil, err
			}
			l.args = append(l.args, kid)
		}
		return l, nil
	}
	if n.obj == nil {
		return &logic{val: toLogic(n.val)}, nil
	}
	if len(n.keys) != 1 {
		return nil, fmt.Errorf("%s: a rule is an object with exactly one operation", n.at)
	}
	op := n.keys[0]
	least, known := logicOps[op]
	if !known {
		return nil, fmt.Errorf("%s: unknown operation %q", n.at, op)
	}
	l := &logic{op: op}
	list := []*node{n.obj[op]}
	if n.obj[op].list {
		list = n.obj[op].arr
	}
	if len(list) < least {
		return nil, fmt.Errorf("%s: %q needs %d arguments", n.at, op, least)
	}
	for _, e := range list {
		kid, err := buildLogic(e, depth+1, left)
		if err != nil {
			return nil, err
		}
		l.args = append(l.args, kid)
	}
	l.fixPath()
	return l, nil
}

// fixPath prepares a var whose name is written out.
func (l *logic) fixPath() {
	if l.op != "var" {
		return
	}
	if len(l.args) == 0 {
		l.args = []*logic{{val: ""}}
	}
	if l.args[0].op == "" {
		l.path = varPath(l.args[0].val)
		l.ptr = joinPointer(l.path)
	}
}

// varPath cuts "halter.name"; a name that begins with a slash is a JSON Pointer.
func varPath(v any) []string {
	s := logicText(v)
	if strings.HasPrefix(s, "/") {
		return splitPointer(s)
	}
	if s == "" {
		return nil
	}
	return strings.Split(s, ".")
}

// vars lists the pointers that a rule reads in the data of its object (not in the items of a map or filter).
func (l *logic) vars() []string {
	if l == nil {
		return nil
	}
	if l.op == "var" && l.path != nil && !strings.HasPrefix(l.path[0], "$") {
		return []string{l.ptr}
	}
	args := l.args
	switch l.op {
	case "map", "filter", "all", "none", "some", "reduce":
		args = append([]*logic{args[0]}, args[2:]...)
	}
	var out []string
	for _, a := range args {
		out = append(out, a.vars()...)
	}
	if l.op == "missing" || l.op == "missing_some" {
		for _, a := range l.args {
			out = append(out, a.names()...)
		}
	}
	return out
}

func (l *logic) names() []string {
	if s, ok := l.val.(string); ok && s != "" {
		return []string{joinPointer(varPath(s))}
	}
	var out []string
	for _, a := range l.args {
		out = append(out, a.names()...)
	}
	return out
}

// logicRun is one evaluation.
type logicRun struct {
	get   func(path []string, ptr string) (any, bool) // the data of the object that carries the rule
	vars  map[string]any                              // $today, $amount
	now   time.Time
	steps int
	ctx   apd.Context
}

func newLogicRun(get func([]string, string) (any, bool), now time.Time) *logicRun {
	return &logicRun{get: get, now: now, steps: maxLogicSteps, ctx: decimals()}
}

// local is the data inside map, filter, reduce …; nil means the object itself.
type local struct{ data any }

// eval returns nil, bool, string, *apd.Decimal, []any or map[string]any.
func (r *logicRun) eval(l *logic, in *local) any {
	if r.steps--; r.steps < 0 || l == nil {
		return nil
	}
	switch l.op {
	case "":
		return l.val
	case "[]":
		out := make([]any, len(l.args))
		for i, a := range l.args {
			out[i] = r.eval(a, in)
		}
		return out
	case "var":
		return r.variable(l, in)
	case "if", "?:":
		for i := 0; i+1 < len(l.args); i += 2 {
			if truthy(r.eval(l.args[i], in)) {
				return r.eval(l.args[i+1], in)
			}
		}
		if len(l.args)%2 == 1 {
			return r.eval(l.args[len(l.args)-1], in)
		}
		return nil
	case "and", "or":
		var v any
		for _, a := range l.args {
			if v = r.eval(a, in); truthy(v) == (l.op == "or") {
				return v
			}
		}
		return v
	case "map", "filter", "all", "none", "some", "reduce":
		return r.overList(l, in)
	}
	args := make([]any, len(l.args))
	for i, a := range l.args {
		args[i] = r.eval(a, in)
	}
	return r.apply(l.op, args, in)
}

func (r *logicRun) variable(l *logic, in *local) any {
	path, ptr := l.path, l.ptr
	if l.args[0].op != "" {
		path = varPath(r.eval(l.args[0], in))
		ptr = joinPointer(path)
	}
	v, ok := r.read(path, ptr, in)
	if (!ok || v == nil) && len(l.args) > 1 {
		return r.eval(l.args[1], in)
	}
	return v
}

func (r *logicRun) read(path []string, ptr string, in *local) (any, bool) {
	if len(path) == 1 && strings.HasPrefix(path[0], "$") {
		if path[0] == "$today" {
			return today(r.now), true
		}
		if v, ok := r.vars[path[0]]; ok {
			return v, true
		}
	}
	if in != nil {
		v, ok := lookup(in.data, path)
		return toLogic(v), ok
	}
	v, ok := r.get(path, ptr)
	return toLogic(v), ok
}

func (r *logicRun) overList(l *logic, in *local) any {
	list, _ := r.eval(l.args[0], in).([]any)
	if l.op == "reduce" {
		var acc any
		if len(l.args) > 2 {
			acc = r.eval(l.args[2], in)
		}
		for _, e := range list {
			if r.steps < 0 {
				return nil
			}
			acc = r.eval(l.args[1], &local{map[string]any{"current": e, "accumulator": acc}})
		}
		return acc
	}
	out, hits := []any{}, 0
	for _, e := range list {
		if r.steps < 0 {
			return nil
		}
		v := r.eval(l.args[1], &local{e})
		if l.op == "map" {
			out = append(out, v)
		} else if truthy(v) {
			hits++
			out = append(out, e)
		}
	}
	switch l.op {
	case "all":
		return len(list) > 0 && hits == len(list)
	case "none":
		return hits == 0
	case "some":
		return hits > 0
	}
	return out
}
