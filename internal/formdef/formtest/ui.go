package formtest

import (
	"slices"
	"strconv"
	"strings"
)

// scoped is a property with the scope that leads to it from the root of its frame.
type scoped struct {
	*prop
	scope string
}

// reach lists the properties of an object, and of objects inside it, with their scopes.
func reach(fields []*prop, prefix string) []scoped {
	var out []scoped
	for _, f := range fields {
		scope := prefix + "/properties/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(f.name)
		out = append(out, scoped{f, scope})
		if f.kind == "object" {
			out = append(out, reach(f.fields, scope)...)
		}
	}
	return out
}

// layout makes a UI schema for the whole form.
func (g *gen) layout(root []*prop) members {
	all := reach(root, "#")
	if g.chance(3) {
		return g.categorization(all, 0)
	}
	return g.box(all, 0)
}

func (g *gen) categorization(all []scoped, depth int) members {
	outer := slices.Clone(g.used)
	var list []any
	for range 1 + g.r.IntN(3) {
		if depth < 1 && g.chance(5) {
			list = append(list, g.categorization(all, depth+1))
			continue
		}
		before := slices.Clone(g.used)
		list = append(list, g.around(members{{"type", "Category"}, {"label", g.title()}, {"elements", g.elements(all, 1)}}, all, before))
	}
	return g.around(members{{"type", "Categorization"}, {"elements", list}}, all, outer)
}

func (g *gen) box(all []scoped, depth int) members {
	before := slices.Clone(g.used)
	e := members{{"type", pick(g, "VerticalLayout", "HorizontalLayout", "Group")}}
	if e[0].val == "Group" {
		label := g.title()
		g.keys = append(g.keys, label)
		e = e.with("label", label)
		if g.chance(4) {
			e = e.with("i18n", "gruppe")
			g.keys = append(g.keys, "gruppe.label")
		}
	}
	return g.around(e.with("elements", g.elements(all, depth+1)), all, before)
}

func (g *gen) elements(all []scoped, depth int) []any {
	list := []any{}
	for range 1 + g.r.IntN(4) {
		switch n := g.r.IntN(10); {
		case n == 0 && depth < 3:
			list = append(list, g.box(all, depth))
		case n == 1:
			label := g.title()
			g.keys = append(g.keys, label)
			list = append(list, g.around(members{{"type", "Label"}, {"text", label}}, all, g.used))
		default:
			if p, ok := g.free(all); ok {
				list = append(list, g.control(p, all, depth))
			}
		}
	}
	return list
}

// free finds a property to ask for: any, or in a sound form one that is not asked yet.
func (g *gen) free(all []scoped) (scoped, bool) {
	for range 8 {
		p := all[g.r.IntN(len(all))]
		taken := slices.ContainsFunc(g.used, func(s string) bool {
			return s == p.scope || strings.HasPrefix(s, p.scope+"/") || strings.HasPrefix(p.scope, s+"/")
		})
		if !g.Sound || !taken {
			g.used = append(g.used, p.scope)
			return p, true
		}
	}
	return scoped{}, false
}

// around adds a rule and options to an element.
func (g *gen) around(e members, all []scoped, before []string) members {
	if g.chance(10) {
		e = e.with("options", members{{"readonly", g.chance(2)}})
	}
	return g.ruled(e, all, before)
}

// ruled adds a rule now and then. In a sound form it looks only at what was asked before the element.
func (g *gen) ruled(e members, all []scoped, before []string) members {
	if g.Sound {
		all = slices.DeleteFunc(slices.Clone(all), func(p scoped) bool { return !slices.Contains(before, p.scope) })
	}
	if len(all) > 0 && g.chance(3) {
		e = e.with("rule", g.rule(all))
	}
	return e
}

func (g *gen) control(p scoped, all []scoped, depth int) members {
	before := slices.DeleteFunc(slices.Clone(g.used), func(s string) bool { return s == p.scope })
	e := members{{"type", "Control"}, {"scope", p.scope}}
	switch g.r.IntN(8) {
	case 0:
		e = e.with("label", g.title())
	case 1:
		e = e.with("label", g.chance(2))
	case 2:
		e = e.with("label", members{{"text", g.title()}, {"show", g.chance(2)}})
	case 3:
		e = e.with("label", members{{"show", false}})
	}
	if g.chance(6) {
		key := "ui" + strconv.Itoa(g.r.IntN(4))
		e = e.with("i18n", key)
		g.keys = append(g.keys, key+".label")
	}
	g.keys = append(g.keys, dotted(p.scope)+".label")
	opts := members{}
	switch p.kind {
	case "list":
		if g.chance(3) {
			e[0].val = "ListWithDetail"
		}
		opts = g.detail(opts, p, depth)
	case "object":
		opts = g.detail(opts, p, depth)
	case "text":
		if g.chance(8) {
			opts = opts.with("multi", true)
		}
	}
	if g.chance(10) {
		opts = opts.with(pick(g, "readonly", "readOnly"), g.chance(2))
	}
	if len(opts) > 0 {
		e = e.with("options", opts)
	}
	return g.ruled(e, all, before)
}

func (g *gen) detail(opts members, p scoped, depth int) members {
	if depth > 3 {
		return opts
	}
	was := g.used
	g.used = nil
	defer func() { g.used = was }()
	switch g.r.IntN(4) {
	case 0:
		return opts.with("detail", pick(g, "GENERATE", "generate"))
	case 1:
		return opts.with("detail", g.box(reach(p.fields, "#"), depth+1))
	case 2:
		if p.kind == "object" { // with the item's rules
			return opts.with("detail", members{{"type", "VerticalLayout"}, {"elements", g.elements(reach(p.fields, "#"), depth+2)}})
		}
	}
	return opts
}

// dotted is the data path of a scope.
func dotted(scope string) string {
	s := strings.ReplaceAll(strings.TrimPrefix(scope, "#/properties/"), "/properties/", ".")
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
}

func (g *gen) rule(all []scoped) members {
	return members{{"effect", pick(g, "SHOW", "SHOW", "HIDE", "ENABLE", "DISABLE", "READONLY", "WRITABLE")}, {"condition", g.condition(all, 0)}}
}

func (g *gen) condition(all []scoped, depth int) members {
	p := all[g.r.IntN(len(all))]
	switch n := g.r.IntN(12); {
	case n < 3 && depth < 2:
		list := []any{}
		for range g.r.IntN(4) {
			list = append(list, g.condition(all, depth+1))
		}
		return members{{"type", pick(g, "AND", "OR")}, {"conditions", list}}
	case n == 3:
		return members{{"type", "LEAF"}, {"scope", p.scope}, {"expectedValue", g.valueOf(p.prop, 2)}}
	case n == 4 && !g.Sound:
		return pick(g, members{{"type", "UNKNOWN"}, {"scope", p.scope}}, members{{"scope", p.scope}}, members{},
			members{{"schema", members{{"required", []string{p.name}}}}}, members{{"type", "LEAF"}, {"expectedValue", "x"}})
	}
	c := members{{"scope", p.scope}, {"schema", g.restriction(p.prop)}}
	if g.chance(4) {
		c = c.with("failWhenUndefined", true)
	}
	return c
}

// restriction is a schema as conditions use them.
func (g *gen) restriction(p *prop) any {
	switch n := g.r.IntN(14); n {
	case 0:
		return members{{"not", members{{"const", g.valueOf(p, 2)}}}}
	case 1:
		return members{{"enum", []any{g.valueOf(p, 2), "so", nil}}}
	case 2:
		return pick[any](g, members{{"minimum", 3}}, members{{"maximum", 3}}, members{{"minLength", 2}}, members{{"pattern", "^a"}}, members{{"format", "date"}})
	case 3:
		return members{{"type", pick(g, "string", "number", "boolean", "object", "array", "integer")}}
	case 4:
		return members{{"anyOf", []any{members{{"const", g.valueOf(p, 2)}}, members{{"const", g.valueOf(p, 2)}}}}}
	case 5:
		return pick[any](g, true, false, members{}, members{{"not", members{}}})
	case 6:
		return members{{"contains", members{{"const", "p"}}}}
	case 7:
		return members{{"allOf", []any{members{{"minLength", 1}}, members{{"not", members{{"const", "x"}}}}}}}
	case 8:
		if len(p.fields) > 0 && p.kind == "object" {
			f := p.fields[g.r.IntN(len(p.fields))]
			return members{{"properties", members{{f.name, g.restriction(f)}}}, {"required", []string{f.name}}}
		}
	case 9:
		return members{{"oneOf", []any{members{{"const", g.valueOf(p, 2)}}, members{{"minimum", 4}}}}}
	case 10:
		return members{{"if", members{{"type", "string"}}}, {"then", members{{"minLength", 2}}}, {"else", members{{"maximum", 4}}}}
	}
	return members{{"const", g.valueOf(p, 2)}}
}
