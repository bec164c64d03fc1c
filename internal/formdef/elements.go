package formdef

import (
	"slices"
	"strconv"
	"strings"
)

// build compiles one element of the UI schema and what is below it; nil when nothing of it can be shown.
func (b *builder) build(n *node, at place, parent *elem, pg int) *elem {
	if n == nil || n.obj == nil || b.depth > maxNestedUI || b.elements > maxElements {
		return nil
	}
	b.elements++
	b.depth++
	defer func() { b.depth-- }()
	e := b.newElem(n, at, parent, pg)
	switch e.uiType {
	case "VerticalLayout", "Category", "Categorization":
		e.kind = KindVertical
		e.label = b.labelled(n)
		if e.uiType != "VerticalLayout" && parent != nil {
			e.kind = KindGroup // tabs inside a page become sections of it
		}
	case "HorizontalLayout":
		e.kind = KindHorizontal
	case "Group":
		e.kind, e.label = KindGroup, b.labelled(n)
	case "Label":
		e.kind = KindLabel
		key := n.str("text")
		if i18n := n.str("i18n"); i18n != "" {
			key = i18n + ".text"
		}
		e.label = b.translate(n.str("text"), key)
	case "HelpContent", "Exit":
		e.kind = KindHelp
		if e.uiType == "Exit" {
			e.kind = KindExit
		}
		e.label = b.labelled(n)
		e.text = b.translate(n.str("text"), suffixed(n.str("i18n"), ".text"))
	case "Control", "ListWithDetail":
		return b.control(n, at, e)
	default:
		if n.get("elements") == nil {
			b.cannot(n.at, "type", "type", e.uiType)
			return nil
		}
		b.cannot(n.at, "layout", "type", e.uiType)
		e.kind = KindVertical
	}
	if kids := n.get("elements"); kids != nil {
		e.kids = b.buildAll(kids.arr, at, e, pg)
	}
	return e
}

func (b *builder) buildAll(list []*node, at place, parent *elem, pg int) []*elem {
	var out []*elem
	for _, k := range list {
		if kid := b.build(k, at, parent, pg); kid != nil {
			out = append(out, kid)
		}
	}
	return out
}

func (b *builder) newElem(n *node, at place, parent *elem, pg int) *elem {
	e := &elem{at: "#" + n.at, uiType: n.str("type"), parent: parent, frame: at.frame, page: pg, id: -1}
	if at.frame.owner == nil {
		e.id = b.c.elems
		b.c.elems++
	}
	e.rule = b.buildRule(n, at)
	opts := n.get("options")
	for _, key := range []string{"readonly", "readOnly"} {
		if v, ok := opts.flag(key); ok && e.readonly == nil {
			e.readonly = &v
		}
	}
	e.keep = opts.str("onHide") == "keep"
	b.checkOptions(n, opts)
	return e
}

func suffixed(prefix, suffix string) string {
	if prefix == "" {
		return ""
	}
	return prefix + suffix
}

// labelled is the label of anything but a control: by i18n, or with the label itself as key.
func (b *builder) labelled(n *node) words {
	label, i18n := n.str("label"), n.str("i18n")
	switch hide, is := n.flag("label"); {
	case is && !hide, i18n == "" && label == "":
		return nil
	case i18n != "":
		return b.translate(label, i18n+".label")
	}
	return b.translate(label, label)
}

// control compiles a Control or ListWithDetail by what its scope points at.
func (b *builder) control(n *node, at place, e *elem) *elem {
	e.scopeText = n.str("scope")
	res, ok := b.resolve(at, e.scopeText)
	if !ok {
		b.note("ui.json", n.at+"/scope", "scope", "scope", e.scopeText)
		b.cannot(n.at, "scope", "scope", e.scopeText)
		return nil
	}
	e.s, e.path, e.ptr = res.s, res.path, joinPointer(res.path)
	prefix := prefixOf(n, res.s, at.frame.i18n, res.path)
	e.errKeys = []string{prefix}
	if plain := joinKey(at.frame.i18n, joinKey("", dotted(res.path))); plain != prefix {
		e.errKeys = append(e.errKeys, plain)
	}
	b.controlLabel(n, e, prefix)
	if e.keep || res.s.str("x-onHide") == "keep" {
		e.keep = true
	}
	if what := res.s.undescribed(); what != "" && e.frame.calcs[e.ptr] == nil && n.get("options").get("detail").get("type") == nil {
		return b.free(n, e, res, prefix, what)
	}
	switch {
	case res.s.is("array") && res.s.tuple > 0:
		if res.s.items != nil {
			b.cannot(n.at, "tuple", "n", res.s.tuple, "pointer", pointerOrRoot(e.ptr))
		}
		return b.object(n, at, e, res)
	case res.s.is("object") && len(res.s.options()) == 0:
		return b.object(n, at, e, res)
	case mixed(res.s):
		return b.mixed(n, at, e, res)
	case res.s.is("array") && !isMulti(res.s):
		return b.listOf(n, at, e, res)
	}
	b.newField(n, e, res, prefix)
	if e.field == nil {
		return nil // a value that cannot be asked, as null
	}
	b.bind(e)
	return e
}

func dotted(path []string) string {
	out := ""
	for i, p := range path {
		if i > 0 {
			out += "."
		}
		out += p
	}
	return out
}

// bind makes the element known under its pointer.
func (b *builder) bind(e *elem) {
	e.frame.binds[e.ptr] = append(e.frame.binds[e.ptr], e)
	e.frame.addPrefixes(e.path)
	for i := range e.path {
		if s := schemaAlong(e.frame.schema, e.path[:i]); s != nil && s.tuple > 0 {
			e.tuples = append(e.tuples, tupleAbove{depth: i, size: s.tuple})
		}
	}
}

func (b *builder) controlLabel(n *node, e *elem, prefix string) {
	text := e.s.str("title")
	if text == "" && len(e.path) > 0 {
		text = wordCase(e.path[len(e.path)-1])
		if s := schemaAlong(e.frame.schema, e.path[:len(e.path)-1]); s != nil && s.tuple > 0 && e.parent != nil {
			text = strings.TrimSpace(e.parent.label.in(0) + " " + itoa(atoi(text)+1)) // the nth entry
		}
	}
	if l := n.get("label"); l != nil {
		switch v := l.val.(type) {
		case string:
			text = v
		case bool:
			e.hideLabel = !v
		}
		if l.obj != nil {
			if t := l.str("text"); t != "" {
				text = t
			}
			if show, ok := l.flag("show"); ok {
				e.hideLabel = !show
			}
		}
	}
	e.label = b.translate(text, suffixed(prefix, ".label"))
	if owner := e.frame.owner; text == "" && len(e.path) == 0 && owner != nil {
		for i := range e.label { // an entry of a list of texts
			if e.label[i] == "" {
				e.label[i] = owner.label.in(i)
			}
		}
	}
	e.hint = b.translate(e.s.str("description"), suffixed(prefix, ".description"))
}

// object shows a nested object as a group: by options.detail, or one control per property.
func (b *builder) object(n *node, at place, e *elem, res resolved) *elem {
	if len(res.s.maps) == 1 && len(res.s.everyProp()) == 0 && n.get("options").get("detail").get("type") == nil {
		e.kind = KindList
		if !b.entries(n, place{frame: at.frame, s: res.s, path: res.path}, e, 0) {
			return nil
		}
		return e
	}
	e.kind = KindGroup
	e.held = &holder{parent: res.parent, path: res.parentPath, name: res.name}
	inner := place{frame: at.frame, s: res.s, path: res.path}
	detail := n.get("options").get("detail")
	if shared := res.s.blockOf(); detail == nil && shared != nil {
		detail = shared.layout(n.at + "/options/detail")
	}
	switch {
	case detail != nil && detail.obj != nil:
		if kid := b.build(detail, inner, e, e.page); kid != nil {
			e.kids = []*elem{kid}
		}
	default:
		e.kids = b.generated(n, inner, e)
	}
	switch {
	case len(e.kids) > 0:
		return e
	case b.tooDeep(res.s):
		return b.free(n, e, res, e.errKeys[0], "deep")
	}
	b.cannot(n.at, "object", "pointer", pointerOrRoot(e.ptr))
	return nil
}

// undescribed says why a value can only be asked as JSON, "" when it need not be.
func (s *schema) undescribed() string {
	several := len(s.types) > 1 && !s.isChoice() && !isFile(s)
	switch {
	case s.isChoice(), isFile(s), s.shared != nil:
		return ""
	case s.is("object") && len(s.everyProp()) == 0 && len(s.maps) == 0:
		return "object"
	case s.is("array") && s.items == nil && s.tuple == 0:
		return "array"
	case several && !mixed(s) && (slices.Contains(s.types, "object") || slices.Contains(s.types, "array")):
		return "types"
	}
	return ""
}

// listOf compiles a repeating group.
func (b *builder) listOf(n *node, at place, e *elem, res resolved) *elem {
	if at.frame.owner != nil && b.depth > maxNestedUI/2 {
		b.cannot(n.at, "lists", "pointer", pointerOrRoot(e.ptr))
		return nil
	}
	e.kind = KindList
	prefix := joinKey(at.frame.i18n, dotted(res.path))
	l := &list{rows: b.openRows(res.s.items, n), maxItems: maxItems}
	shared := l.rows != nil
	if !shared {
		l.rows = &rows{frame: newFrame(res.s.items, e, prefix)}
	}
	e.list = l
	if v, ok := res.s.number("minItems"); ok {
		l.minItems = min(v, maxItems)
	}
	if v, ok := res.s.number("maxItems"); ok {
		l.maxItems = min(v, maxItems)
	}
	if res.parent != nil {
		l.required = res.parent.required[res.name]
	}
	e.field = &field{parent: res.parent, parentPath: res.parentPath, parentPtr: joinPointer(res.parentPath), complex: res.complex}
	for _, d := range res.decls {
		l.valid = append(l.valid, b.compileAt(d))
	}
	opts := n.get("options")
	item := opts.str("itemLabel")
	if item == "" {
		item = res.s.items.str("title")
	}
	uiPrefix := e.errKeys[0]
	l.item = b.translate(item, suffixed(uiPrefix, ".item"), suffixed(prefix, ".item"))
	l.add = b.translate(opts.str("addLabel"), suffixed(uiPrefix, ".add"), suffixed(uiPrefix, ".addTooltip"))
	if p := opts.str("elementLabelProp"); p != "" {
		l.labelProp = varPath(p)
	} else if arr := opts.strings("elementLabelProp"); len(arr) > 0 {
		l.labelProp = arr
	}
	if shared {
		b.bind(e)
		return e
	}
	b.frameExtras(l.frame, res.s.items, nil)
	if n.get("options").get("detail").get("type") == nil {
		b.open = append(b.open, l.rows)
		defer func() { b.open = b.open[:len(b.open)-1] }()
	}
	l.body = b.rowBody(n, e, res)
	if len(l.body) == 0 {
		return nil
	}
	b.bind(e)
	return e
}

// openRows finds the rows of a list around that has the same items, when neither says how a row looks.
func (b *builder) openRows(items *schema, n *node) *rows {
	if n.get("options").get("detail").get("type") != nil {
		return nil
	}
	for _, r := range b.open {
		if r.frame.schema == items && items.is("object") {
			return r
		}
	}
	return nil
}

// rowBody compiles the elements of one row: by options.detail, one control per property, or the item itself.
func (b *builder) rowBody(n *node, e *elem, res resolved) []*elem {
	inner := place{frame: e.list.frame, s: res.s.items}
	top := &elem{kind: KindVertical, uiType: "VerticalLayout", at: e.at, frame: inner.frame, page: e.page, id: -1}
	detail := n.get("options").get("detail")
	if detail != nil && detail.obj != nil {
		if kid := b.build(detail, inner, nil, e.page); kid != nil {
			return []*elem{kid}
		}
		return nil
	}
	if res.s.items.holdsMembers() {
		if b.tooDeep(res.s.items) {
			b.cannot(n.at, "unrolled", "n", maxUnrolled, "pointer", pointerOrRoot(e.ptr))
		}
		return b.generated(n, inner, top)
	}
	if kid := b.build(madeControl(n.at+"/options/detail", "#"), inner, nil, e.page); kid != nil {
		return []*elem{kid}
	}
	return nil
}

// madeControl is a control that no UI schema holds: its place is where an author would write it.
func madeControl(at, scope string) *node {
	return &node{at: at, keys: []string{"type", "scope"}, obj: map[string]*node{
		"type":  {at: at + "/type", val: "Control"},
		"scope": {at: at + "/scope", val: scope},
	}}
}

// isMulti tells whether an array is answered by one field: ticks, or files.
func isMulti(s *schema) bool {
	if s.items == nil {
		return false
	}
	return isFile(s.items) || (len(s.items.options()) > 0 && s.flag("uniqueItems"))
}

func isFile(s *schema) bool { return s.str("format") == "file-urn" || s.attr("x-attachment") != nil }

// itoa keeps call sites short.
func itoa(i int) string { return strconv.Itoa(i) }
