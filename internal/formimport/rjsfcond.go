package formimport

import (
	"fmt"
	"slices"
)

// prop is a property of an object with the condition under which it is asked, nil for always.
type prop struct {
	name string
	s    *object // as it stands, a $ref not followed
	cond *object // condition of the UI schema
	must bool    // required
	// route is how a scope reaches it inside its object, "/allOf/0/then"; "-" when none does.
	route string
	apart bool // another branch describes the same name differently, so that the scope must take the route
}

// props lists the properties of an object: its own, those of its allOf, and those that appear with an answer. path is
// where the object stands in its frame.
func (c *rjsf) props(s *object, path []string) []prop {
	p := &propList{c: c, path: path}
	p.gather(s, nil, "", leaveOut{}, 0)
	return p.list
}

type propList struct {
	c    *rjsf
	path []string
	list []prop
}

// leaveOut is what gather passes over, because it was looked at already.
type leaveOut struct {
	name     string // a property
	branches bool   // oneOf and anyOf
}

func (p *propList) gather(s, cond *object, route string, without leaveOut, depth int) {
	if s = p.c.follow(s); s == nil || depth > 12 || len(p.list) > maxXDFElements {
		return
	}
	required := s.list("required")
	own := s.sub("properties")
	for _, name := range own.members() {
		if name == without.name && name != "" {
			continue
		}
		if k := own.sub(name); k != nil {
			p.add(prop{name: name, s: k, cond: cond, must: slices.Contains(required, any(name)), route: route})
		} else if own.get(name) == true {
			p.add(prop{name: name, s: obj(), cond: cond, must: slices.Contains(required, any(name)), route: route})
		}
	}
	for i, e := range s.list("allOf") {
		if o, ok := e.(*object); ok {
			p.gather(o, cond, on(route, fmt.Sprintf("/allOf/%d", i)), leaveOut{}, depth+1)
		}
	}
	if is := s.sub("if"); is != nil {
		p.gather(s.sub("then"), both(cond, p.when(is, false)), on(route, "/then"), leaveOut{}, depth+1)
		p.gather(s.sub("else"), both(cond, p.when(is, true)), on(route, "/else"), leaveOut{}, depth+1)
	}
	deps := s.sub("dependentSchemas")
	for _, trigger := range deps.members() {
		given := obj("scope", scopeOf(append(slices.Clone(p.path), trigger)), "schema", obj(), "failWhenUndefined", true)
		d := p.c.follow(deps.sub(trigger))
		p.branches(d, cond, given, noRoute, depth)
		p.gather(d, both(cond, given), noRoute, leaveOut{branches: true}, depth+1)
	}
	if !without.branches {
		p.branches(s, cond, nil, route, depth)
	}
}

// noRoute: no scope of the UI schema leads into a dependency.
const noRoute = "-"

func on(route, step string) string {
	if route == noRoute {
		return noRoute
	}
	return route + step
}

// add keeps a property once; one that appears under several conditions appears when one of them holds.
func (p *propList) add(n prop) {
	for i := range p.list {
		old := &p.list[i]
		if old.name != n.name {
			continue
		}
		a, _ := flat(old.s)
		if b, _ := flat(n.s); a != b && old.cond != nil && n.cond != nil {
			if p.c.single(old.s) && p.c.single(n.s) && old.route != noRoute && n.route != noRoute {
				old.apart, n.apart = true, true
				continue
			}
			p.c.report.lose(pointer(append(slices.Clone(p.path), n.name)), "is described differently under several conditions; the page asks for it as in the first")
		}
		switch {
		case old.cond == nil:
		case n.cond == nil:
			old.cond = nil
		default:
			x, _ := flat(old.cond)
			if y, _ := flat(n.cond); x != y {
				old.cond = obj("type", "OR", "conditions", []any{old.cond, n.cond})
			}
		}
		return
	}
	p.list = append(p.list, n)
}

// branches lists what a oneOf or anyOf adds. The branch is known by a property that has a const or enum in each.
func (p *propList) branches(s, cond, given *object, route string, depth int) {
	for _, key := range []string{"oneOf", "anyOf"} {
		var list []*object
		for _, e := range s.list(key) {
			if o, ok := e.(*object); ok {
				list = append(list, p.c.follow(o))
			}
		}
		if len(list) == 0 || isChoice(s) {
			continue
		}
		tell := discriminatorOf(list)
		asks := false
		for _, b := range list {
			asks = asks || len(b.sub("properties").members()) > 0
		}
		if tell == "" && asks {
			p.c.report.lose(pointer(p.path)+" "+key, "a choice between forms that no property tells apart: all their questions are shown; add a property with a const in each branch")
		}
		for i, b := range list {
			here := both(cond, given)
			if tell != "" {
				is := p.c.follow(b.sub("properties").sub(tell))
				want := obj("enum", optionalList(is.list("enum")), "const", is.get("const"))
				here = both(cond, obj("scope", scopeOf(append(slices.Clone(p.path), tell)), "schema", want, "failWhenUndefined", true))
			}
			// tell is asked once for all branches; a dependency's is asked already
			if own := b.sub("properties").sub(tell); tell != "" && given == nil && own != nil {
				p.add(prop{name: tell, s: own, cond: cond, must: slices.Contains(b.list("required"), any(tell)), route: noRoute})
			}
			p.gather(b, here, on(route, fmt.Sprintf("/%s/%d", key, i)), leaveOut{name: tell}, depth+1)
		}
	}
}

func optionalList(l []any) any {
	if len(l) == 0 {
		return nil
	}
	return l
}

// discriminatorOf is the property with a const or enum in every branch, "" without.
func discriminatorOf(list []*object) string {
	for _, name := range list[0].sub("properties").members() {
		all := true
		for _, b := range list {
			is := b.sub("properties").sub(name)
			all = all && is != nil && (is.has("const") || len(is.list("enum")) > 0)
		}
		if all {
			return name
		}
	}
	return ""
}

// when makes a condition of an if: of the answers that it speaks of, else of the whole object, which then must not hold
// what the condition shows. A question that the if does not require counts as not fulfilled until it is answered; JSON
// Schema would say fulfilled.
func (p *propList) when(is *object, not bool) *object {
	props := is.sub("properties")
	simple := len(props.members()) > 0
	for _, k := range is.members() {
		simple = simple && (k == "properties" || k == "required")
	}
	for _, r := range is.list("required") {
		name, _ := r.(string)
		simple = simple && props.has(name)
	}
	var parts []any
	for _, name := range props.members() {
		one := props.sub(name)
		if simple = simple && one != nil; !simple {
			break
		}
		part := obj("scope", scopeOf(append(slices.Clone(p.path), name)), "schema", one, "failWhenUndefined", true)
		if not {
			part = obj("scope", part.get("scope"), "schema", obj("not", present(one)))
		}
		if !slices.Contains(is.list("required"), any(name)) {
			p.c.report.chose(pointer(append(slices.Clone(p.path), name)), "what depends on it is shown once it is answered; the if of the schema does not require it")
		}
		parts = append(parts, part)
	}
	switch {
	case simple && len(parts) == 1:
		only, _ := parts[0].(*object)
		return only
	case simple:
		return obj("type", map[bool]string{false: "AND", true: "OR"}[not], "conditions", parts)
	}
	whole := cloneValue(is)
	if not {
		whole = obj("not", whole)
	}
	return obj("scope", scopeOf(p.path), "schema", whole)
}

// present is the schema of an answer that must be there: the negation of anything else would not hold without one.
func present(s *object) *object {
	if s.has("type") || s.has("const") || s.has("enum") {
		return s
	}
	s = s.clone()
	s.set("type", []any{"string", "number", "boolean", "object", "array"})
	return s
}

// scope is the address of the property in the UI schema.
func (n prop) scope(path []string) string {
	if !n.apart || len(path) == 0 {
		return scopeOf(path)
	}
	return scopeOf(path[:len(path)-1]) + n.route + "/properties/" + escape(n.name)
}

// single tells whether the schema is asked by one question.
func (c *rjsf) single(s *object) bool {
	s = c.follow(s)
	return isChoice(s) || !c.isObject(s) && s.str("type") != "array"
}

// both joins two conditions of which either may be missing.
func both(a, b *object) *object {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return obj("type", "AND", "conditions", []any{a, b})
}
