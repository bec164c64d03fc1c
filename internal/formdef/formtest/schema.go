package formtest

import "strings"

// prop is a property and what the other generators must know of it.
type prop struct {
	name   string
	kind   string    // text number integer boolean choice many object list texts mixed either tuple map
	parts  [][]*prop // of either: the fields of its branches
	schema members
	values []any   // of a choice
	fields []*prop // of an object, or of the items of a list
}

// object makes the fields of an object.
func (g *gen) object(depth int) []*prop {
	have := map[string]bool{}
	n := 1 + g.r.IntN(5)
	out := make([]*prop, 0, n)
	for range n {
		p := &prop{name: g.name(have)}
		g.fill(p, depth)
		out = append(out, p)
	}
	return out
}

func (g *gen) fill(p *prop, depth int) {
	kinds := []string{"text", "text", "text", "number", "integer", "boolean", "choice", "choice", "many", "texts", "mixed"}
	if g.Whole {
		kinds = append(kinds, "either", "tuple", "map")
	}
	if depth == 0 {
		kinds = append(kinds, "tree")
	}
	if depth < 2 {
		kinds = append(kinds, "object", "object", "list", "list")
	}
	p.kind = pick(g, kinds...)
	s := members{}
	switch p.kind {
	case "text":
		s = g.textSchema(s)
	case "number", "integer":
		s = g.numberSchema(p.kind, s)
	case "boolean":
		s = s.with("type", "boolean")
	case "choice":
		s = g.choiceSchema(p, s)
	case "many":
		p.values = []any{"p", "q", "r"}
		items := any(members{{"type", "string"}, {"enum", p.values}})
		if g.chance(2) {
			items = members{{"oneOf", []any{members{{"const", "p"}, {"title", "Pe"}}, members{{"const", "q"}, {"title", "Ku"}}, members{{"const", "r"}}}}}
		}
		s = members{{"type", "array"}, {"uniqueItems", true}, {"items", items}}
	case "texts":
		s = members{{"type", "array"}, {"items", members{{"type", "string"}, {"minLength", 2}}}}
		s = g.itemLimits(s)
	case "mixed":
		s = s.with("type", pick(g, []string{"string", "number"}, []string{"integer", "string"}))
	case "object":
		p.fields = g.object(depth + 1)
		s = g.objectSchema(p.fields, s)
	case "list":
		p.fields = g.object(depth + 1)
		s = g.itemLimits(members{{"type", "array"}, {"items", g.shared(g.objectSchema(p.fields, nil))}})
	case "either":
		s = g.either(p, depth)
	case "tuple":
		p.fields = []*prop{{name: "0"}, {name: "1"}}
		for _, f := range p.fields {
			g.fill(f, 3)
			if f.kind == "either" || f.kind == "tuple" || f.kind == "map" || f.kind == "texts" {
				*f = prop{name: f.name, kind: "integer", schema: members{{"type", "integer"}}}
			}
		}
		s = members{{"type", "array"}, {"prefixItems", []any{p.fields[0].schema, p.fields[1].schema}}, {"items", false}}
		if g.chance(2) {
			s = s.with("minItems", 2)
		}
	case "map":
		p.fields = []*prop{{name: "wert"}}
		g.fill(p.fields[0], 3)
		if k := p.fields[0].kind; k == "either" || k == "tuple" || k == "map" {
			p.fields[0] = &prop{name: "wert", kind: "text", schema: members{{"type", "string"}, {"minLength", 2}}}
		}
		s = members{{"type", "object"}, {"additionalProperties", p.fields[0].schema}}
		if g.chance(2) {
			s = members{{"type", "object"}, {"patternProperties", members{{"^[a-z]+$", p.fields[0].schema}}}, {"additionalProperties", false}}
		}
	case "tree":
		name := "baum" + string(rune('a'+len(g.defs)))
		g.defs = g.defs.with(name, nil)
		at := len(g.defs) - 1
		inner := &prop{name: "kinder", kind: "list", schema: members{{"type", "array"}, {"items", members{{"$ref", "#/definitions/" + name}}}}}
		p.kind, p.fields = "list", append([]*prop{{name: "name", kind: "text", schema: members{{"type", "string"}, {"minLength", 2}}}}, inner)
		inner.fields = p.fields
		g.defs[at].val = g.objectSchema(p.fields, nil)
		s = members{{"type", "array"}, {"items", members{{"$ref", "#/definitions/" + name}}}}
	}
	p.schema = g.notes(s)
}

// either is a choice of objects: told apart by a const, or not at all.
func (g *gen) either(p *prop, depth int) members {
	var branches []any
	marked := g.chance(2)
	for i := range 2 + g.r.IntN(2) {
		fields := g.object(max(depth+1, 2))
		props, required := members{}, []any{}
		if marked {
			art := pick[any](g, "eins", "zwei", "drei")
			if len(p.parts) > 0 {
				art = []any{"a", "b", "c"}[i] // #nosec G602 -- three entries, three letters
			}
			mark := &prop{name: "art", kind: "choice", values: []any{art}, schema: members{{"const", art}}}
			fields = append([]*prop{mark}, fields...)
			required = append(required, "art")
		}
		for _, f := range fields {
			props = props.with(f.name, f.schema)
			if g.chance(3) {
				required = append(required, f.name)
			}
		}
		b := members{{"type", "object"}, {"title", g.title()}, {"properties", props}, {"additionalProperties", false}}
		if len(required) > 0 {
			seen := map[any]bool{}
			var once []any
			for _, r := range required {
				if !seen[r] {
					seen[r] = true
					once = append(once, r)
				}
			}
			b = b.with("required", once)
		}
		branches = append(branches, b)
		p.parts = append(p.parts, fields)
	}
	s := members{{"oneOf", branches}}
	if g.chance(2) {
		s = append(members{{"type", "object"}}, s...)
	}
	return s
}

func (g *gen) textSchema(s members) members {
	t := any("string")
	if g.chance(6) {
		t = []string{"null", "string"}
	}
	s = s.with("type", t)
	switch g.r.IntN(7) {
	case 0:
		s = s.with("minLength", 2)
	case 1:
		s = s.with("maxLength", 3)
	case 2:
		s = s.with("pattern", "^[a-f]+$")
	case 3:
		s = s.with("format", "date")
	}
	return s
}

func (g *gen) numberSchema(kind string, s members) members {
	s = s.with("type", kind)
	switch g.r.IntN(6) {
	case 0:
		s = s.with("minimum", 2)
	case 1:
		s = s.with("maximum", 7)
	case 2:
		s = s.with("exclusiveMinimum", 3)
	case 3:
		s = s.with("multipleOf", 2)
	case 4:
		s = s.with("minimum", 1).with("maximum", 5)
	}
	return s
}

func (g *gen) choiceSchema(p *prop, s members) members {
	p.values = []any{"x", "y", "z"}
	switch g.r.IntN(6) {
	case 0:
		p.values = []any{"nur"}
		return s.with("const", "nur")
	case 1:
		p.values = []any{"nur"}
		return s.with("type", "string").with("enum", p.values)
	case 2:
		p.values = []any{1, 2, 3}
		return s.with("type", "integer").with("enum", p.values)
	case 3:
		return s.with("oneOf", []any{members{{"const", "x"}, {"title", "Ix"}}, members{{"const", "y"}, {"title", "Ypsilon"}}, members{{"const", "z"}}})
	case 4:
		return s.with("type", "string").with("enum", p.values)
	}
	return s.with("enum", p.values)
}

func (g *gen) itemLimits(s members) members {
	if g.chance(3) {
		s = s.with("minItems", 1)
	}
	if g.chance(4) {
		s = s.with("maxItems", 2)
	}
	return s
}

// notes are what does not restrict a value.
func (g *gen) notes(s members) members {
	if g.chance(3) {
		s = s.with("title", g.title())
	}
	if g.chance(6) {
		s = s.with("description", g.title())
	}
	if g.chance(9) {
		s = s.with("readOnly", true)
	}
	if g.chance(9) {
		key := "schlüssel" + pick(g, "1", "2")
		s = s.with("i18n", key)
		g.keys = append(g.keys, key+".label")
	}
	return s
}

func (g *gen) objectSchema(fields []*prop, s members) members {
	props := members{}
	var required []any
	for _, f := range fields {
		props = props.with(f.name, g.shared(f.schema))
		if g.chance(3) {
			required = append(required, f.name)
		}
	}
	if !g.chance(5) || len(fields) == 0 {
		s = s.with("type", "object")
	}
	s = s.with("properties", props)
	if required != nil {
		s = s.with("required", required)
	}
	return g.dependent(fields, s)
}

// dependent adds what depends on the answers of the object.
func (g *gen) dependent(fields []*prop, s members) members {
	f, other := fields[g.r.IntN(len(fields))], fields[g.r.IntN(len(fields))]
	if f == other {
		return s
	}
	switch g.r.IntN(9) {
	case 5:
		if g.Whole {
			extra := members{{"zusatz" + f.name, members{{"type", "string"}}}}
			s = s.with("if", members{{"properties", members{{f.name, g.restriction(f)}}}, {"required", []string{f.name}}}).with("then", members{{"properties", extra}, {"required", []string{extra[0].key}}})
		}
	case 6:
		if g.Whole {
			s = s.with("dependentSchemas", members{{f.name, members{{"properties", members{{"folge" + f.name, members{{"type", "integer"}}}}}}}})
		}
	case 0:
		cond := members{{"properties", members{{f.name, g.restriction(f)}}}}
		if g.chance(2) {
			cond = cond.with("required", []string{f.name})
		}
		s = s.with("if", cond).with("then", members{{"required", []string{other.name}}})
		if g.chance(2) {
			s = s.with("else", members{{"required", []string{fields[0].name}}})
		}
	case 1:
		key := "dependencies"
		if g.Whole && g.chance(2) {
			key = "dependentRequired"
		}
		s = s.with(key, members{{f.name, []string{other.name}}})
	case 2:
		s = s.with("allOf", []any{members{{"required", []string{other.name}}}})
	case 3:
		s = s.with("not", members{{"required", []string{f.name, other.name}}})
	case 4:
		s = s.with("additionalProperties", false)
	}
	return s
}

// shared moves a schema to the definitions now and then.
func (g *gen) shared(s members) any {
	if !g.chance(8) {
		return s
	}
	name := "d" + string(rune('a'+len(g.defs)%26)) + strings.Repeat("x", len(g.defs)/26)
	g.defs = g.defs.with(name, s)
	return members{{"$ref", "#/definitions/" + name}}
}

func (g *gen) rootSchema(fields []*prop) members {
	s := g.objectSchema(fields, nil)
	if len(g.defs) > 0 {
		s = s.with("definitions", g.defs)
	}
	if s[0].key != "type" {
		s = append(members{{"type", "object"}}, s...)
	}
	return s
}
