package formdef

import "slices"

// active lists the schemas that apply to the object at the path for these answers: its own, and the branches of
// conditions that hold, on the object itself or on one around it.
func (sc *scope) active(path []string) []*schema {
	key := sc.full(joinPointer(path))
	if known, ok := sc.r.actives[key]; ok {
		return known
	}
	set := sc.findActive(path)
	if sc.r.actives == nil {
		sc.r.actives = map[string][]*schema{}
	}
	sc.r.actives[key] = set
	return set
}

func (sc *scope) findActive(path []string) []*schema {
	set := sc.activeOf(nil, sc.frame.schema, nil)
	for i, name := range path {
		var next []*schema
		for _, s := range set {
			if j, ok := s.index[name]; ok {
				next = sc.activeOf(next, s.props[j].s, path[:i+1])
			}
		}
		set = next
	}
	return set
}

func (sc *scope) activeOf(out []*schema, s *schema, path []string) []*schema {
	if s == nil || slices.Contains(out, s) {
		return out
	}
	out = append(out, s)
	if !s.complex() {
		return out
	}
	value := sc.object(path)
	for i := range s.ifs {
		sub := s.ifs[i].other
		if v := s.ifs[i].valid; v == nil || v.Validate(value) == nil {
			sub = s.ifs[i].then
		}
		out = sc.activeOf(out, sub, path)
	}
	for name, sub := range s.depSub {
		if _, ok := lookup(value, []string{name}); ok {
			out = sc.activeOf(out, sub, path)
		}
	}
	for i := range s.groups {
		if br := sc.chosenBranch(s, i, path, value); br != nil {
			out = sc.activeOf(out, br, path)
		}
	}
	return out
}

// object is the object at the path as it counts, empty when there is none.
func (sc *scope) object(path []string) any {
	ptr := joinPointer(path)
	key := sc.full(ptr)
	if v, ok := sc.r.objects[key]; ok {
		return v
	}
	v, ok := sc.get(path, ptr)
	if _, isObject := v.(map[string]any); !ok || !isObject {
		v = Answers{}
	}
	if sc.r.objects == nil {
		sc.r.objects = map[string]any{}
	}
	sc.r.objects[key] = v
	return v
}

// chosenBranch is the branch of a oneOf or anyOf that the citizen chose: by its discriminator, or when asked.
func (sc *scope) chosenBranch(s *schema, i int, path []string, value any) *schema {
	g := &s.groups[i]
	key := g.discriminator()
	if key == "" {
		if e := sc.frame.pickAt(s, i, path); e != nil {
			if n, ok := sc.picked(e); ok {
				return g.list[atoi(n)-1]
			}
		}
		return nil
	}
	v, ok := lookup(value, []string{key})
	if !ok {
		return nil
	}
	for _, br := range g.list {
		if p := br.prop(key); p != nil {
			for _, o := range p.s.options() {
				if sameScalar(v, o.value) {
					return br
				}
			}
		}
	}
	return nil
}

// required tells whether a question must be answered, for these answers: the object around it asks for it, and is
// itself asked for or there.
func (sc *scope) required(e *elem) bool {
	f := e.field
	switch {
	case f.proof:
		return f.need
	case f.entry != nil:
		return true
	case f.branch != nil:
		return sc.chainHolds(f.branch.path)
	case e.s.nullable:
		return false // an empty field says null
	case f.parent == nil:
		return e.frame.owner != nil // the item of a list of texts
	case !f.complex:
		return f.need && (f.chain && !sc.r.raw || sc.chainHolds(f.parentPath))
	}
	return sc.requires(f.parentPath, f.name) && sc.chainHolds(f.parentPath)
}

func (sc *scope) requires(path []string, name string) bool {
	for _, s := range sc.active(path) {
		if s.required[name] {
			return true
		}
		for dep, names := range s.depends {
			for _, n := range names {
				if _, ok := lookup(sc.object(path), []string{dep}); ok && n == name {
					return true
				}
			}
		}
	}
	return false
}

func (sc *scope) chainHolds(path []string) bool {
	for i := range path {
		if m, ok := sc.object(path[:i+1]).(map[string]any); ok && len(m) > 0 {
			continue
		}
		if v, there := lookup(sc.val, path[:i+1]); there && sc.r.raw { // foreign data are taken as they are
			if _, isObject := v.(map[string]any); !isObject {
				return false // what is no object needs no members
			}
			continue
		}
		if !sc.requires(path[:i], path[i]) {
			return false
		}
	}
	return true
}
