package formdef

import "slices"

// alternative is a branch with the answers by which it is chosen, or an object inside such a branch.
type alternative struct {
	s     *schema
	in    []any
	fixed map[string]any // members that nobody is asked for
}

// shared is an object that several branches have, with other members in each.
type shared struct {
	path []string // of what tells the branches apart
	alts []alternative
}

// member is a property as one or more of the branches have it.
type member struct {
	property
	holder *schema // the first object that has it
	alts   []alternative
	alike  bool
}

// branches adds the properties of the branches of a oneOf or anyOf. When nothing in the answers tells the branches
// apart the page asks which one it is; where several may hold, all are shown.
func (g *generator) branches(i int) {
	s := g.at.s
	grp := &s.groups[i]
	if !grp.asks() {
		return
	}
	key := grp.discriminator()
	var alts []alternative
	switch {
	case key != "":
		for _, br := range grp.list {
			if p := br.prop(key); p != nil {
				alts = append(alts, alternative{s: br, in: values(p.s.options())})
			}
		}
		g.alternatives(append(slices.Clone(g.at.path), key), alts)
	case grp.one, grp.closed() && len(grp.list) > 1:
		e := g.b.newPick(g, grp, g.pickPath(i))
		g.out = append(g.out, e)
		for j, br := range grp.list {
			fixed := g.fixedBy(br)
			e.field.branch.fixed = append(e.field.branch.fixed, fixed)
			alts = append(alts, alternative{s: br, in: []any{itoa(j + 1)}, fixed: fixed})
		}
		g.alternatives(e.path, alts)
	default:
		all := grp.together()
		for _, p := range all.props {
			if !g.have[p.name] {
				g.have[p.name] = true
				g.add(p.name, place{frame: g.at.frame, s: all, path: g.at.path})
			}
		}
	}
}

// pickPath is a name for the question which branch of the ith group is meant that no other question of the object has:
// a branch may hold a choice of its own.
func (g *generator) pickPath(i int) []string {
	for ; ; i++ {
		name := "~oneOf"
		if i > 0 {
			name += itoa(i)
		}
		path := append(slices.Clone(g.at.path), name)
		if g.at.frame.picks[joinPointer(path)] == nil {
			return path
		}
	}
}

// alternatives adds the members of branches of which one is chosen. What several have alike is one question that is
// asked in each of them: forty kinds of application with the same hundred questions are a hundred questions, not four
// thousand.
func (g *generator) alternatives(path []string, alts []alternative) {
	var all []*member
	known := func(p *property) int {
		return slices.IndexFunc(all, func(m *member) bool { return m.takes(g.b.ss, p) })
	}
	for _, a := range alts {
		next := len(all) // before the first that another branch has too, so that the order of the document is kept
		for _, p := range a.s.props {
			if i := known(&p); i >= 0 {
				next = i
				break
			}
		}
		for _, p := range a.s.props {
			if _, said := a.fixed[p.name]; said || g.have[p.name] {
				continue
			}
			i := known(&p)
			if i < 0 {
				i = next
				all = slices.Insert(all, i, &member{property: p, holder: a.s, alike: true})
			}
			m := all[i]
			m.alike = m.alike && g.b.ss.alike(m.s, p.s)
			m.alts = append(m.alts, alternative{s: p.s, in: a.in})
			next = max(next, i+1)
		}
	}
	for _, m := range all {
		g.member(path, m, len(alts))
	}
	for _, a := range alts {
		g.inside(a.s, g.b.pickRule(g.at, path, a.in))
	}
}

// takes tells whether a property of another branch is the same question, or an object that can be asked together.
func (m *member) takes(ss *schemas, p *property) bool {
	return m.name == p.name && (ss.alike(m.s, p.s) || m.s.joins() && p.s.joins() && m.s.str("title") == p.s.str("title"))
}

// joins tells whether an object is no more than its members.
func (s *schema) joins() bool {
	return s.holdsMembers() && len(s.props) > 0 && len(s.maps) == 0 && !s.nullable && !s.complex() && s.blockOf() == nil
}

// member adds what m of the branches ask, shown while one of them is chosen.
func (g *generator) member(path []string, m *member, of int) {
	holder := m.holder
	if !m.alike {
		holder = g.b.joined(path, m)
	}
	var r *rule
	if g.at.s.shared == nil || len(m.alts) < of { // else the object around it is shown just then
		var in []any
		for _, a := range m.alts {
			in = append(in, a.in...)
		}
		r = g.b.pickRule(g.at, path, in)
	}
	g.addUnder(m.name, place{frame: g.at.frame, s: holder, path: g.at.path}, r)
}

// joined is an object whose one property is an object with the members of all branches.
func (b *builder) joined(path []string, m *member) *schema {
	key := joinPointer(path)
	for _, a := range m.alts {
		key += "\n" + a.s.at
		for _, v := range a.in {
			key += " " + postValue(v)
		}
	}
	if s := b.joint[key]; s != nil { // once, so that an object inside itself is recognised
		return s
	}
	all := &schema{parts: m.s.parts, at: m.s.at, types: m.s.types, index: map[string]int{}, required: map[string]bool{}}
	for _, a := range m.alts {
		for _, p := range a.s.props {
			if _, known := all.index[p.name]; !known {
				all.index[p.name] = len(all.props)
				all.props = append(all.props, p)
			}
		}
	}
	all.shared = &shared{path: path, alts: m.alts}
	s := &schema{parts: m.holder.parts, at: m.holder.at, index: map[string]int{m.name: 0}, required: map[string]bool{}}
	s.props = []property{{name: m.name, s: all}}
	if b.joint == nil {
		b.joint = map[string]*schema{}
	}
	b.joint[key] = s
	return s
}

// together is an object with the members of all branches, of which none is required by itself.
func (g *group) together() *schema {
	out := &schema{index: map[string]int{}, required: map[string]bool{}, parts: g.list[0].parts, at: g.at}
	for _, br := range g.list {
		for _, p := range br.everyProp() {
			if _, known := out.index[p.name]; known {
				continue
			}
			p.decls = nil // what a branch says holds only where the branch does
			if len(p.s.options()) > 0 {
				p.s = g.anyBranch(&p)
			}
			out.index[p.name] = len(out.props)
			out.props = append(out.props, p)
		}
	}
	return out
}

func (b *builder) pickRule(at place, path []string, in []any) *rule {
	r := &rule{effect: "SHOW", cond: &cond{op: condOneOf, path: path, ptr: joinPointer(path), in: in}}
	if at.frame.owner == nil {
		b.c.sources[r.cond.ptr] = true
	}
	return r
}

func values(opts []option) []any {
	var out []any
	for _, o := range opts {
		out = append(out, o.value)
	}
	return out
}

// discriminator is the property that has a const (or an enum) in every branch.
func (g *group) discriminator() string {
	switch {
	case g.key != nil:
		return *g.key
	case len(g.list) == 0:
		return ""
	}
	for _, p := range g.list[0].props {
		if g.tellsApart(p.name) {
			return p.name
		}
	}
	return ""
}

// tellsApart tells whether every branch has values of its own for the property.
func (g *group) tellsApart(name string) bool {
	seen := map[string]bool{}
	for _, br := range g.list {
		p := br.prop(name)
		if p == nil {
			return false
		}
		opts := p.s.options()
		for _, o := range opts {
			post := postValue(o.value)
			if seen[post] {
				return false
			}
			seen[post] = true
		}
		if len(opts) == 0 {
			return false
		}
	}
	return true
}

// closed tells whether the branches allow nothing but what they declare, so that their members cannot be mixed.
func (g *group) closed() bool {
	for _, br := range g.list {
		if n := br.attr("additionalProperties"); n != nil && n.val == false {
			return true
		}
	}
	return false
}
