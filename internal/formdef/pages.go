package formdef

import "slices"

// buildPages cuts the UI schema into pages: every category of a categorization is one, what stands around a
// categorization makes pages of its own, and a UI schema without one is a single page.
func (b *builder) buildPages(ui *node) {
	at := place{frame: b.c.top, s: b.c.root}
	b.split(ui, at, nil, words(nil), words(nil), 0)
	if len(b.c.pages) == 0 {
		b.addPage(&elem{kind: KindVertical, uiType: "VerticalLayout", at: "#", frame: b.c.top, id: b.nextID()}, nil, nil)
	}
	if b.generatedUI {
		b.defaultDependent(ui)
	}
	for _, p := range b.c.pages {
		b.collect(p, p.body)
	}
}

func (b *builder) nextID() int {
	b.c.elems++
	return b.c.elems - 1
}

// split walks down to the categories; parent holds the rules of what is around.
func (b *builder) split(n *node, at place, parent *elem, title, task words, depth int) {
	if n == nil || n.obj == nil || depth > maxNestedUI {
		return
	}
	opts := n.get("options")
	if t := opts.str("taskGroup"); t != "" {
		task = b.translate(t, suffixed(n.str("i18n"), ".taskGroup"), t)
	}
	one, _ := opts.flag("oneQuestionPerPage")
	switch {
	case n.str("type") == "Categorization", isAround(n):
		e := b.newElem(n, at, parent, -1)
		e.kind = KindVertical
		if n.str("type") == "Categorization" {
			e.label = b.labelled(n)
		}
		b.c.trees = append(b.c.trees, e)
		for _, k := range n.get("elements").elems() {
			if one && k.str("type") == "Category" && k.get("options").get("oneQuestionPerPage") == nil {
				b.splitCategory(k, at, e, task, true)
				continue
			}
			b.split(k, at, e, title, task, depth+1)
		}
	case n.str("type") == "Category":
		b.splitCategory(n, at, parent, task, one)
	default:
		pg := len(b.c.pages)
		if body := b.build(n, at, parent, pg); body != nil {
			b.addPage(body, b.labelled(n), task)
		}
	}
}

// elems are the entries of an array node that may be nil.
func (n *node) elems() []*node {
	if n == nil {
		return nil
	}
	return n.arr
}

// isAround tells whether a layout holds a categorization directly: then its parts are pages.
func isAround(n *node) bool {
	if t := n.str("type"); t != "VerticalLayout" && t != "HorizontalLayout" && t != "Group" && t != "Category" {
		return false
	}
	for _, k := range n.get("elements").elems() {
		if k.str("type") == "Categorization" {
			return true
		}
	}
	return false
}

func (b *builder) splitCategory(n *node, at place, parent *elem, task words, one bool) {
	if t := n.get("options").str("taskGroup"); t != "" {
		task = b.translate(t, suffixed(n.str("i18n"), ".taskGroup"), t)
	}
	title := b.labelled(n)
	if !one {
		if body := b.build(n, at, parent, len(b.c.pages)); body != nil {
			body.kind = KindVertical // its label is the page's title, no heading on it
			b.addPage(body, title, task)
		}
		return
	}
	around := b.newElem(n, at, parent, -1)
	around.kind, around.label = KindVertical, title
	b.c.trees = append(b.c.trees, around)
	for _, k := range n.get("elements").elems() {
		if body := b.build(k, at, around, len(b.c.pages)); body != nil {
			b.addPage(body, title, task)
		}
	}
}

func (b *builder) addPage(body *elem, title, task words) {
	b.c.pages = append(b.c.pages, &page{index: len(b.c.pages), body: body, title: title, task: task})
	b.c.trees = append(b.c.trees, body)
}

// collect lists the questions of a page.
func (b *builder) collect(p *page, e *elem) {
	switch {
	case e.list != nil:
		p.fields = append(p.fields, e)
	case e.field != nil:
		p.fields = append(p.fields, e)
	case e.kind == KindExit:
		p.exits = append(p.exits, e)
	}
	for _, k := range e.kids {
		b.collect(p, k)
	}
}

// link joins pages with the cross-field rules and conditional objects that concern them.
func (b *builder) link() {
	for _, p := range b.c.pages {
		onPage := map[string]bool{}
		seen := map[*schema]bool{}
		for _, e := range p.fields {
			onPage[e.ptr] = true
			e.field.source = b.c.isSource(e.ptr)
			b.requirement(e)
			b.conditionalObjects(&p.object, e, seen)
			b.linkRows(e)
			for _, r := range b.c.top.rules {
				if slices.Contains(r.pointers, e.ptr) && !slices.Contains(p.rules, r) {
					p.rules = append(p.rules, r)
				}
			}
		}
		linkWhen(p.body, onPage)
	}
	for _, s := range b.ss.seen {
		for i := range s.groups {
			key := s.groups[i].discriminator()
			s.groups[i].key, s.groups[i].like = &key, b.ss.content(s.groups[i].node)
		}
		for i := range s.ifs {
			s.ifs[i].valid = b.compileAt(s.ifs[i].ifAt)
		}
		all := s.everyProp()
		s.rank = make(map[string]int, len(all))
		for i, p := range all {
			s.rank[p.name] = i + 1
		}
		if s.all = all; all == nil {
			s.all = []property{}
		}
	}
	b.c.top.planAll()
}

// planAll plans the frame and the rows below it.
func (f *frame) planAll() {
	if f.plans != nil {
		return
	}
	f.plans = map[string][]slot{}
	f.plan(f.schema, nil, 0)
	for _, lists := range f.maps {
		for _, e := range lists {
			e.list.frame.planAll()
		}
	}
	for _, binds := range f.binds {
		for _, e := range binds {
			if e.list != nil {
				e.list.frame.planAll()
			}
		}
	}
}

// requirement prepares what can be known of a field's being required before there are answers.
func (b *builder) requirement(e *elem) {
	f := e.field
	if f.parent == nil || len(e.path) == 0 {
		return
	}
	f.name = e.path[len(e.path)-1]
	f.need = f.parent.required[f.name]
	f.chain = true
	for i, name := range f.parentPath {
		above := schemaAlong(e.frame.schema, f.parentPath[:i])
		f.chain = f.chain && above != nil && above.required[name]
	}
}

// isSource tells whether some rule or calculation reads the pointer, something above it, or below it.
func (c *compiled) isSource(ptr string) bool {
	if c.sources[ptr] || c.sources[""] {
		return true
	}
	for s := range c.sources {
		if within(ptr, s) || within(s, ptr) {
			return true
		}
	}
	return false
}

// within tells whether the pointer is the other or lies below it.
func within(ptr, above string) bool {
	return ptr == above || (len(ptr) > len(above) && ptr[:len(above)] == above && ptr[len(above)] == '/')
}

// conditionalObjects remembers the objects around a field whose requirements depend on answers.
func (b *builder) conditionalObjects(out *[]*schemaAt, e *elem, seen map[*schema]bool) {
	if !e.field.complex {
		return
	}
	for i := 0; i <= len(e.field.parentPath); i++ {
		path := e.field.parentPath[:i]
		s := schemaAlong(e.frame.schema, path)
		if s == nil || seen[s] || !s.complex() {
			continue
		}
		seen[s] = true
		*out = append(*out, &schemaAt{s: s, path: path, ptr: joinPointer(path), extra: b.combinators(s)})
	}
}

func schemaAlong(s *schema, path []string) *schema {
	for _, name := range path {
		if s == nil {
			return nil
		}
		p := s.prop(name)
		if p == nil {
			return nil
		}
		s = p.s
	}
	return s
}

// linkRows does for the rows of a list what link does for the page.
func (b *builder) linkRows(e *elem) {
	if e.list == nil || e.list.linked {
		return
	}
	e.list.linked = true
	inRow, seen := map[string]bool{}, map[*schema]bool{}
	for ptr := range e.list.frame.picks {
		inRow[ptr] = true
	}
	for ptr, binds := range e.list.frame.binds {
		inRow[ptr] = true
		for _, k := range binds {
			b.requirement(k)
		}
	}
	for _, k := range e.list.body {
		linkWhen(k, inRow)
		b.inRow(e.list, k, seen)
	}
}

func (b *builder) inRow(l *list, e *elem, seen map[*schema]bool) {
	if e.field != nil {
		b.conditionalObjects(&l.object, e, seen)
	}
	b.linkRows(e)
	for _, k := range e.kids {
		b.inRow(l, k, seen)
	}
}

// linkWhen tells scripts on which condition an element appears, if the field it depends on is on the same page.
func linkWhen(e *elem, fields map[string]bool) {
	if ptr, in := e.rule.client(); in != "" && fields[ptr] {
		e.whenPtr, e.when = ptr, in
	}
	for _, k := range e.kids {
		linkWhen(k, fields)
	}
}
