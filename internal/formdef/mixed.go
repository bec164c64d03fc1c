package formdef

import "slices"

// mixed tells whether a value is either a list or something simple, by the branches of one combination.
func mixed(s *schema) bool {
	if s.isChoice() || len(s.groups) != 1 || s.attr("type") != nil || len(s.types) < 2 || !slices.Contains(s.types, "array") {
		return false
	}
	return !slices.ContainsFunc(s.groups[0].list, func(br *schema) bool { return len(br.types) != 1 || br.is("object") || br.tuple > 0 })
}

// mixed asks which of the branches is meant, and shows its control: all of them share one pointer.
func (b *builder) mixed(n *node, at place, e *elem, res resolved) *elem {
	e.kind = KindGroup
	e.held = &holder{parent: res.parent, path: res.parentPath, name: res.name}
	here := place{frame: at.frame, s: res.s, path: res.path}
	g := &generator{b: b, n: n, where: n.at + "/options/detail", at: here, parent: e, have: map[string]bool{}}
	path := append(slices.Clone(res.path), "~oneOf")
	grp := &res.s.groups[0]
	e.kids = append(e.kids, b.newPick(g, grp, path))
	for i, br := range grp.list {
		made := madeControl(n.at+"/options/detail/elements/"+itoa(i), "#")
		kid := b.newElem(made, at, e, e.page)
		kid.s, kid.path, kid.ptr, kid.errKeys, kid.label = br, res.path, e.ptr, e.errKeys, e.label
		part := res
		part.s, part.decls, part.complex = br, []string{br.at}, true
		if br.is("array") && !isMulti(br) {
			kid = b.listOf(made, at, kid, part)
		} else if b.newField(made, kid, part, e.errKeys[0]); kid.field == nil {
			kid = nil
		} else {
			kid.field.simple = !br.is("array")
			b.bind(kid)
		}
		if kid != nil {
			kid.rule = b.pickRule(at, path, []any{itoa(i + 1)})
			e.kids = append(e.kids, kid)
		}
	}
	return e
}

// fits tells whether a value is of the kind that the control asks for, where controls of several kinds share a pointer.
func (e *elem) fits(v any) bool {
	_, isList := v.([]any)
	return e.field == nil || !e.field.simple || !isList
}
