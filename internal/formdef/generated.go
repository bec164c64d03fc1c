package formdef

import "slices"

// maxUnrolled is how often an object may be shown inside itself; deeper ones are named as unsupported.
const maxUnrolled = 3

// generator makes the controls of an object for which no layout is written.
type generator struct {
	b      *builder
	n      *node  // the element that stands for the object
	where  string // where an author would write the controls
	at     place
	parent *elem
	have   map[string]bool // properties that the object itself declares
	fixed  map[string]any  // members of a branch that nobody is asked for
	made   int
	out    []*elem
}

// generated makes one control per property in document order; then those that only a condition, a dependency or a
// branch declares, shown while it holds. Of a choice of branches, what tells them apart comes first.
func (b *builder) generated(n *node, at place, parent *elem) []*elem {
	times := 0
	for _, s := range b.made {
		if s == at.s {
			times++
		}
	}
	if times >= maxUnrolled {
		b.cannot(n.at, "an object inside itself more than %d times at %s", maxUnrolled, pointerOrRoot(joinPointer(at.path)))
		return nil
	}
	b.made = append(b.made, at.s)
	defer func() { b.made = b.made[:len(b.made)-1] }()
	g := &generator{b: b, n: n, where: n.at + "/options/detail", at: at, parent: parent, have: map[string]bool{}}
	for i := range at.s.groups {
		if key := at.s.groups[i].discriminator(); key != "" {
			g.own(key)
		}
	}
	for _, p := range at.s.props {
		g.own(p.name)
	}
	g.dependent()
	return append(g.out, b.mapsOf(n, at, parent)...)
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
		g.add(name, g.at, nil)
	}
}

func (g *generator) add(name string, at place, r *rule) {
	where := g.where + "/elements/" + itoa(g.made)
	g.made++
	kid := g.b.build(madeControl(where, "#/properties/"+escapePointer(name)), at, g.parent, g.parent.page)
	if kid == nil {
		return
	}
	if kid.rule = r; r != nil { // what is required of it is a matter of the whole object
		if kid.held != nil {
			kid.held.parent = g.at.s
		}
		if kid.field != nil {
			kid.field.parent, kid.field.complex = g.at.s, true
		}
	}
	g.out = append(g.out, kid)
}

// under adds the properties that a part of the object declares, and what it declares under conditions of its own.
func (g *generator) under(part *schema, r *rule) {
	at := place{frame: g.at.frame, s: part, path: g.at.path}
	for _, p := range part.props {
		if _, said := g.fixed[p.name]; !g.have[p.name] && !said {
			g.add(p.name, at, r)
		}
	}
	if part.complex() && !slices.Contains(g.b.made, part) {
		g.b.made = append(g.b.made, part)
		inner := &generator{b: g.b, n: g.n, where: g.where, at: at, parent: g.parent, have: g.have, made: g.made}
		inner.dependent()
		g.b.made = g.b.made[:len(g.b.made)-1]
		g.made = inner.made
		for _, e := range inner.out {
			e.rule = both(r, e.rule)
		}
		g.out = append(g.out, inner.out...)
	}
}

// both is the rule that shows what two rules show.
func both(a, b *rule) *rule {
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

// branches adds the properties of the branches of a oneOf or anyOf. When nothing in the answers tells the branches
// apart the page asks which one it is; where several may hold, all are shown.
func (g *generator) branches(i int) {
	s := g.at.s
	grp := &s.groups[i]
	if !grp.asks() {
		return
	}
	key := grp.discriminator()
	switch {
	case key != "":
		path := append(slices.Clone(g.at.path), key)
		for _, br := range grp.list {
			if p := br.prop(key); p != nil {
				g.under(br, g.b.pickRule(g.at, path, values(p.s.options())))
			}
		}
	case grp.one, grp.closed() && len(grp.list) > 1:
		name := "~oneOf"
		if i > 0 {
			name += itoa(i)
		}
		path := append(slices.Clone(g.at.path), name)
		e := g.b.newPick(g, grp, path)
		g.out = append(g.out, e)
		for j, br := range grp.list {
			fixed := g.fixedBy(br)
			e.field.branch.fixed = append(e.field.branch.fixed, fixed)
			g.fixed = fixed
			g.under(br, g.b.pickRule(g.at, path, []any{itoa(j + 1)}))
			g.fixed = nil
		}
	default:
		all := grp.together()
		for _, p := range all.props {
			if !g.have[p.name] {
				g.have[p.name] = true
				g.add(p.name, place{frame: g.at.frame, s: all, path: g.at.path}, nil)
			}
		}
	}
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
