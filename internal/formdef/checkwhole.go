package formdef

import (
	"slices"
)

// whole reports what validating the whole found and no page could see.
func (k *checker) whole(faults []fault) {
	sc := k.r.top()
	for _, fl := range faults {
		if k.covered(fl) {
			continue
		}
		if k.chosen(sc, fl.path, fl) {
			continue
		}
		ptr := fl.ptr()
		e, at := sc.nearest(ptr)
		switch {
		case e == nil && fl.keyword == "required":
			continue // nobody is asked for it, or an object whose members say it themselves
		case e == nil:
			k.add(Problem{Pointer: ptr, Keyword: fl.keyword, Params: fl.params})
		case !sc.visible(e):
			continue
		case e.list != nil && at != ptr:
			k.rowFault(sc, e, ptr, fl)
		case len(e.tuples) > 0 && fl.params["got"] == "null":
			k.add(sc.problem(e, at, "required", nil))
		default:
			k.add(sc.problem(e, at, fl.keyword, fl.params))
		}
	}
}

// chosen reports, of a oneOf that fits no branch, what is wrong with the one that was picked; or that one must be.
// at is where the object of the choice stands in the frame of sc.
func (k *checker) chosen(sc *scope, at []string, fl fault) bool {
	if fl.keyword != "oneOf" && fl.keyword != "anyOf" {
		return false
	}
	for _, e := range sc.frame.picks {
		p := e.field.branch
		if !slices.Equal(p.path, at) || !sc.visible(e) {
			continue
		}
		i, ok := sc.picked(e)
		if !ok || len(fl.alts) != len(p.group.list) {
			k.add(sc.problem(e, sc.full(e.ptr), fl.keyword, nil))
			return true
		}
		k.whole(fl.alts[atoi(i)-1])
		return true
	}
	return false
}

// covered tells whether the pointer, or one below it, already has a problem.
func (k *checker) covered(fl fault) bool {
	ptr := fl.ptr()
	for p := range k.seen {
		if p != "" && (within(p, ptr) || within(ptr, p)) {
			return true
		}
	}
	return false
}

// rowFault reports a fault inside a row, unless its field is hidden there.
func (k *checker) rowFault(sc *scope, e *elem, ptr string, fl fault) {
	rest := ptr[len(e.ptr)+1:]
	index := rest
	inner := ""
	for i := range rest {
		if rest[i] == '/' {
			index, inner = rest[:i], rest[i:]
			break
		}
	}
	items := sc.stored(e)
	i := slices.IndexFunc(items, func(it entry) bool { return it.token == unescapePointer(index) })
	if i < 0 {
		return
	}
	row := sc.row(e, items[i].token, items[i].v)
	if k.chosen(row, splitPointer(inner), fl) {
		return
	}
	kid, at := row.nearest(inner)
	switch {
	case kid == nil && fl.keyword == "required":
		return // as in whole
	case kid == nil:
		k.add(sc.problem(e, sc.full(ptr), fl.keyword, fl.params))
		return
	case !row.visible(kid):
		return
	}
	if kid.list != nil && at != inner {
		k.rowFault(row, kid, inner, fl)
		return
	}
	k.add(row.problem(kid, row.full(at), fl.keyword, fl.params))
}

// everything is the whole application as it counts; objects that the schema requires are there, if empty.
func (r *run) everything() Answers {
	sc := r.top()
	all := sc.effective("")
	sc.fillRequired(all, nil)
	return all
}

// fillRequired puts in objects that must be there, so that their members say what is missing.
func (sc *scope) fillRequired(m Answers, path []string) {
	for _, sl := range sc.frame.plans[joinPointer(path)] {
		if !sl.inner {
			continue
		}
		must := sl.must && sc.requires(path, sl.name) // it may be another branch that requires it
		if sl.tuple > 0 {
			if m[sl.name] == nil && must {
				m[sl.name] = []any{}
			}
			continue
		}
		kid, ok := m[sl.name].(map[string]any)
		if !ok && must {
			kid, ok = Answers{}, true
			m[sl.name] = kid
		}
		if ok {
			sc.fillRequired(kid, sl.path)
		}
	}
}
