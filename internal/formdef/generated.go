package formdef

import "slices"

// maxUnrolled is how often an object may be shown inside itself; what is deeper is asked as JSON.
const maxUnrolled = 3

// generator makes the controls of an object for which no layout is written.
type generator struct {
	b      *builder
	n      *node  // the element that stands for the object
	where  string // where an author would write the controls
	at     place
	parent *elem
	have   map[string]bool // properties that the object itself declares
	made   int
	out    []*elem
}

// generated makes one control per property in document order; then those that only a condition, a dependency or a
// branch declares, shown while it holds. Of a choice of branches, what tells them apart comes first.
func (b *builder) generated(n *node, at place, parent *elem) []*elem {
	if b.tooDeep(at.s) {
		return nil
	}
	b.made = append(b.made, at.s)
	defer func() { b.made = b.made[:len(b.made)-1] }()
	g := &generator{b: b, n: n, where: n.at + "/options/detail", at: at, parent: parent, have: map[string]bool{}}
	if at.s.shared != nil {
		g.alternatives(at.s.shared.path, at.s.shared.alts)
	}
	for i := range at.s.groups {
		if key := at.s.groups[i].discriminator(); key != "" {
			g.own(key)
		}
	}
	for _, p := range at.s.props {
		if at.s.shared == nil {
			g.own(p.name)
		}
	}
	g.dependent()
	return append(g.out, b.mapsOf(n, at, parent)...)
}

// tooDeep tells whether an object stands inside itself more often than is shown.
func (b *builder) tooDeep(s *schema) bool {
	times := 0
	for _, m := range b.made {
		if m == s {
			times++
		}
	}
	return times >= maxUnrolled
}

// defaultDependent adds to the default layout what the form declares only under conditions, which the default UI schema
// does not name.
func (b *builder) defaultDependent(ui *node) {
	if len(b.c.pages) != 1 || b.c.root.combined() {
		return
	}
	body := b.c.pages[0].body
	g := &generator{b: b, n: ui, where: ui.at, at: place{frame: b.c.top, s: b.c.root}, parent: body, have: map[string]bool{}}
	for _, p := range b.c.root.props {
		g.have[p.name] = true
		g.made++
	}
	b.made = append(b.made, b.c.root)
	g.dependent()
	b.made = b.made[:len(b.made)-1]
	body.kids = append(append(body.kids, g.out...), b.mapsOf(ui, g.at, body)...)
}

// dependent adds what the object declares only under conditions.
func (g *generator) dependent() {
	s := g.at.s
	for i := range s.ifs {
		g.conditional(&s.ifs[i])
	}
	for _, name := range sortedKeys(s.depSub) {
		g.dependency(name, s.depSub[name])
	}
	for i := range s.groups {
		g.branches(i)
	}
}

// own adds a property of the object itself.
func (g *generator) own(name string) {
	if !g.have[name] {
		g.have[name] = true
		g.add(name, g.at)
	}
}

// add makes the control of a property that is always asked for.
func (g *generator) add(name string, at place) *elem {
	where := g.where + "/elements/" + itoa(g.made)
	g.made++
	kid := g.b.build(madeControl(where, "#/properties/"+escapePointer(name)), at, g.parent, g.parent.page)
	if kid != nil {
		g.out = append(g.out, kid)
	}
	return kid
}

// addUnder makes the control of a property that a part of the object declares: what is required of it is a matter of
// the whole object.
func (g *generator) addUnder(name string, at place, r *rule) {
	kid := g.add(name, at)
	if kid == nil {
		return
	}
	kid.rule = r
	if kid.held != nil {
		kid.held.parent = g.at.s
	}
	if kid.field != nil {
		kid.field.parent, kid.field.complex = g.at.s, true
	}
}

// under adds the properties that a part of the object declares, and what it declares under conditions of its own.
func (g *generator) under(part *schema, r *rule) {
	for _, p := range part.props {
		if !g.have[p.name] {
			g.addUnder(p.name, place{frame: g.at.frame, s: part, path: g.at.path}, r)
		}
	}
	g.inside(part, r)
}

// inside adds what a part of the object declares under conditions of its own.
func (g *generator) inside(part *schema, r *rule) {
	if !part.complex() || slices.Contains(g.b.made, part) {
		return
	}
	g.b.made = append(g.b.made, part)
	at := place{frame: g.at.frame, s: part, path: g.at.path}
	inner := &generator{b: g.b, n: g.n, where: g.where, at: at, parent: g.parent, have: g.have, made: g.made}
	inner.dependent()
	g.b.made = g.b.made[:len(g.b.made)-1]
	g.made = inner.made
	for _, e := range inner.out {
		e.rule = both(r, e.rule)
	}
	g.out = append(g.out, inner.out...)
}

// both is the rule that shows what two rules show.
func both(a, b *rule) *rule {
	if b == nil {
		return a
	}
	as := func(r *rule) *cond {
		if r.effect == "HIDE" {
			return &cond{op: condNot, kids: []*cond{r.cond}}
		}
		return r.cond
	}
	return &rule{effect: "SHOW", cond: &cond{op: condAnd, kids: []*cond{as(a), as(b)}}}
}

// conditional adds what only a then or else declares, shown when its if holds, or does not.
func (g *generator) conditional(c *conditional) {
	v := g.b.compileAt(c.ifAt)
	n := g.b.ss.root.find(c.ifAt)
	g.b.readsObject(g.at, n)
	for i, sub := range []*schema{c.then, c.other} {
		if sub == nil {
			continue
		}
		cd := &cond{op: condSchema, path: g.at.path, ptr: joinPointer(g.at.path), schema: v, absent: absentHolds(n, 0), object: true}
		g.under(sub, &rule{effect: []string{"SHOW", "HIDE"}[i], cond: cd})
	}
}

// readsObject marks the answers that an if looks at as those on which others depend.
func (b *builder) readsObject(at place, n *node) {
	if at.frame.owner == nil {
		b.c.sources[joinPointer(at.path)] = true
	}
}

// dependency adds what an object declares only as long as another answer is there.
func (g *generator) dependency(name string, sub *schema) {
	path := append(slices.Clone(g.at.path), name)
	cd := &cond{op: condThere, path: path, ptr: joinPointer(path)}
	if g.at.frame.owner == nil {
		g.b.c.sources[cd.ptr] = true
	}
	g.under(sub, &rule{effect: "SHOW", cond: cd})
}
