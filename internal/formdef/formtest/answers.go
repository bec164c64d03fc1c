package formtest

// answers fills an object: some properties are absent, some values do not fit.
func (g *gen) answers(fields []*prop) members {
	if g.nested++; g.nested > 5 { // a tree ends somewhere
		g.nested--
		return members{}
	}
	defer func() { g.nested-- }()
	out := members{}
	for _, f := range fields {
		if !g.chance(3) {
			out = out.with(f.name, g.valueOf(f, 0))
		}
	}
	return out
}

// valueOf is a value for a property; the deeper, the smaller.
func (g *gen) valueOf(p *prop, depth int) any {
	if g.chance(25) && depth == 0 && !g.Fitting {
		return pick[any](g, "falsch", 17, true)
	}
	switch p.kind {
	case "either":
		return g.answers(p.parts[g.r.IntN(len(p.parts))])
	case "tuple":
		return []any{g.valueOf(p.fields[0], 2), g.valueOf(p.fields[1], 2)}
	case "map":
		out := members{}
		for _, name := range []string{"eins", "zwei", "drei"}[g.r.IntN(3):] {
			out = out.with(name, g.valueOf(p.fields[0], 2))
		}
		return out
	case "text":
		if g.Fitting && g.isDate(p) {
			return pick(g, "2024-02-29", "1985-03-27", "2000-12-01")
		}
		return pick(g, "a", "abc", "xyz", "2024-02-29", "2023-02-29", "lang genug", "x")
	case "number":
		return pick[any](g, 1, 2, 3.5, 4, 8, 0)
	case "integer":
		return pick[any](g, 1, 2, 3, 4, 8, 0)
	case "boolean":
		return g.chance(2)
	case "choice":
		return p.values[g.r.IntN(len(p.values))]
	case "many":
		return pick[any](g, []string{"p"}, []string{"p", "q"}, []string{"r"})
	case "texts":
		return pick[any](g, []string{"ab"}, []string{"a", "bc"}, []string{"abc", "de", "f"})
	case "mixed":
		return pick[any](g, "ab", 4)
	case "object":
		if depth > 1 {
			return members{}
		}
		return g.answers(p.fields)
	case "list":
		list := []any{}
		for range g.r.IntN(4 - min(depth, 2)) {
			list = append(list, g.answers(p.fields))
		}
		return list
	}
	return "x"
}

func (g *gen) isDate(p *prop) bool {
	for _, m := range p.schema {
		if m.key == "format" {
			return true
		}
	}
	return false
}
