package formdef

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// rule is the rule of an element: an effect under a condition.
type rule struct {
	effect string // SHOW HIDE ENABLE DISABLE READONLY WRITABLE
	cond   *cond
}

func (r *rule) shows() bool { return r != nil && (r.effect == "SHOW" || r.effect == "HIDE") }

// condOp is the kind of a condition.
type condOp byte

const (
	condTrue condOp = iota
	condAnd
	condOr
	condLeaf
	condSchema
	condOneOf // a schema that is only const or enum of scalars
	condNot   // of made rules: the opposite of kids[0]
	condThere // of made rules: there is an answer
)

// cond is a compiled condition. Its path is relative to the frame of the element that carries it.
type cond struct {
	op       condOp
	kids     []*cond
	path     []string
	ptr      string
	in       []any // of condOneOf and condLeaf
	schema   *jsonschema.Schema
	absent   bool // the outcome when there is no value
	failGone bool // failWhenUndefined
	object   bool // of made rules: an object that is not there counts as an empty one
}

// buildRule compiles the rule of an element, nil when it has none.
func (b *builder) buildRule(n *node, at place) *rule {
	r := n.get("rule")
	if r == nil {
		return nil
	}
	effect := r.str("effect")
	switch effect {
	case "SHOW", "HIDE", "ENABLE", "DISABLE", "READONLY", "WRITABLE":
	default:
		b.cannot(r.at, "effect", "effect", effect)
		return nil
	}
	return &rule{effect: effect, cond: b.buildCond("ui.json", r.get("condition"), at, 0)}
}

// place is where scopes of an element begin: a schema, and the path to it in its frame.
type place struct {
	frame *frame
	s     *schema
	path  []string
}

func (b *builder) buildCond(file string, n *node, at place, depth int) *cond {
	if n == nil || n.obj == nil || depth > maxNestedUI {
		return &cond{op: condTrue}
	}
	if n.get("validate") != nil {
		b.cannot(n.at, "function")
		return &cond{op: condTrue}
	}
	switch kind := n.str("type"); {
	case (kind == "AND" || kind == "OR") && n.get("conditions") != nil:
		c := &cond{op: condAnd}
		if kind == "OR" {
			c.op = condOr
		}
		for _, k := range n.get("conditions").arr {
			c.kids = append(c.kids, b.buildCond(file, k, at, depth+1))
		}
		return c
	case kind == "LEAF":
		c := b.scoped(file, n, at)
		c.op = condLeaf
		c.in = []any{n.get("expectedValue").plain()}
		c.absent = n.get("expectedValue") == nil
		return c
	case n.get("schema") != nil:
		return b.schemaCond(file, n, at)
	}
	return &cond{op: condTrue}
}

func (b *builder) scoped(file string, n *node, at place) *cond {
	scope := n.str("scope")
	if n.get("scope") == nil {
		scope = "#" // a condition without a scope looks at the object that the element belongs to
	}
	res, ok := b.resolve(at, scope)
	if !ok {
		b.note(file, n.at+"/scope", "scope", "scope", scope)
		res.path = append(append([]string{}, at.path...), scopePath(scope)...)
	}
	c := &cond{path: res.path, ptr: joinPointer(res.path)}
	if at.frame.owner == nil {
		b.c.sources[c.ptr] = true
	}
	return c
}

func (b *builder) schemaCond(file string, n *node, at place) *cond {
	c := b.scoped(file, n, at)
	c.failGone, _ = n.flag("failWhenUndefined")
	s := n.get("schema")
	c.absent = absentHolds(s, 0)
	if in, ok := scalarSet(s); ok {
		c.op, c.in = condOneOf, in
		return c
	}
	c.op = condSchema
	b.conds++
	address := fmt.Sprintf("%s:condition:%d", schemaURL, b.conds)
	if err := b.valid.AddResource(address, s.plain()); err != nil {
		b.fail(file, s.at, "said", "text", schemaError(err))
		return c
	}
	v, err := b.valid.Compile(address)
	if err != nil {
		b.fail(file, s.at, "said", "text", schemaError(err))
	}
	c.schema = v
	return c
}

// scalarSet recognises {"const": x} and {"enum": [...]} of texts, numbers and booleans.
func scalarSet(s *node) ([]any, bool) {
	if s == nil || len(s.keys) != 1 {
		return nil, false
	}
	list := []*node{s.get("const")}
	if e := s.get("enum"); e != nil {
		list = e.arr
	} else if s.get("const") == nil {
		return nil, false
	}
	var in []any
	for _, e := range list {
		if e.obj != nil || e.list {
			return nil, false
		}
		in = append(in, e.val)
	}
	return in, true
}

// absentHolds tells whether a schema is fulfilled when there is no value at all, as @jsonforms/core finds: only
// keywords that ask for a value itself fail, those that restrict a value of some type do not.
func absentHolds(s *node, depth int) bool {
	if s == nil || depth > maxNestedUI {
		return true
	}
	if s.obj == nil {
		v, isBool := s.val.(bool)
		return !isBool || v
	}
	for _, key := range []string{"type", "const", "enum"} {
		if s.get(key) != nil {
			return false
		}
	}
	if not := s.get("not"); not != nil && absentHolds(not, depth+1) {
		return false
	}
	holds := func(key string) (n, of int) {
		if list := s.get(key); list != nil {
			for _, e := range list.arr {
				of++
				if absentHolds(e, depth+1) {
					n++
				}
			}
		}
		return n, of
	}
	if n, of := holds("allOf"); n < of {
		return false
	}
	if n, of := holds("anyOf"); of > 0 && n == 0 {
		return false
	}
	if n, of := holds("oneOf"); of > 0 && n != 1 {
		return false
	}
	if cond := s.get("if"); cond != nil {
		branch := s.get("then")
		if !absentHolds(cond, depth+1) {
			branch = s.get("else")
		}
		return absentHolds(branch, depth+1)
	}
	return true
}

// holds evaluates the condition for a scope.
func (c *cond) holds(sc *scope) bool {
	switch c.op {
	case condAnd:
		for _, k := range c.kids {
			if !k.holds(sc) {
				return false
			}
		}
		return true
	case condOr:
		for _, k := range c.kids {
			if k.holds(sc) {
				return true
			}
		}
		return false
	case condTrue:
		return true
	case condNot:
		return !c.kids[0].holds(sc)
	}
	v, ok := sc.get(c.path, c.ptr)
	if !ok && c.object {
		v, ok = Answers{}, true
	}
	switch {
	case c.op == condThere:
		return ok
	case !ok:
		return c.absent && !c.failGone
	case c.op == condSchema:
		return c.schema == nil || c.schema.Validate(v) == nil
	}
	for _, want := range c.in {
		if sameScalar(v, want) {
			return true
		}
	}
	return false
}

// sameScalar compares texts, numbers and booleans; arrays and objects never match.
func sameScalar(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case string:
		y, ok := b.(string)
		return ok && x == y
	case json.Number:
		y, ok := b.(json.Number)
		return ok && (x == y || canonicalNumber(x) == canonicalNumber(y))
	}
	return false
}

// reads lists the pointers that the condition looks at.
func (c *cond) reads() []string {
	if c == nil {
		return nil
	}
	if len(c.kids) == 0 && (c.path != nil || c.op > condOr) {
		return []string{c.ptr}
	}
	var out []string
	for _, k := range c.kids {
		out = append(out, k.reads()...)
	}
	return out
}

// client is the condition for a script, when it is simply "this field has one of these values".
func (r *rule) client() (ptr, in string) {
	if r == nil || r.effect != "SHOW" || (r.cond.op != condOneOf && r.cond.op != condLeaf) || r.cond.absent {
		return "", ""
	}
	var values []string
	for _, v := range r.cond.in {
		values = append(values, postValue(v))
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return "", ""
	}
	return r.cond.ptr, string(raw)
}

// postValue is how a browser posts a value.
func postValue(v any) string {
	switch t := v.(type) {
	case string:
		return t
	case json.Number:
		return t.String()
	case bool:
		if t {
			return "true"
		}
		return "false"
	case nil:
		return ""
	default:
		raw, err := json.Marshal(t)
		if err != nil {
			return ""
		}
		return string(raw)
	}
}

// scopePath is the data path of a scope that could not be resolved.
func scopePath(scope string) []string {
	var out []string
	segs := splitPointer(strings.TrimPrefix(scope, "#"))
	for i := 0; i < len(segs); i++ {
		if segs[i] == "properties" && i+1 < len(segs) {
			out = append(out, segs[i+1])
			i++
		}
	}
	return out
}
