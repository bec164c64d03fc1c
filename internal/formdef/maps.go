package formdef

import (
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// keyed makes a list of an object's entries: their names are asked like their values. The input of a name is called
// like a property ~key of the value, but is never an answer. The entry without a name yet is the one that was added.
type keyed struct {
	known   map[string]bool // properties that the object declares by itself
	pattern jsonschema.Regexp
	others  []jsonschema.Regexp // patterns that take an entry away from additionalProperties
	names   *jsonschema.Schema  // propertyNames
	key     *elem
}

// noName is under which name an entry stands that was added and has none yet. It never counts.
const noName = "~"

// nameOf is the name of the input that asks for an entry's name.
const nameOf = "~key"

// takes tells whether an entry of this name belongs here.
func (k *keyed) takes(name string) bool {
	switch {
	case name == "", name == noName:
		return false
	case k.known[name], k.names != nil && k.names.Validate(name) != nil:
		return false
	case k.pattern != nil:
		return k.pattern.MatchString(name)
	}
	return !slices.ContainsFunc(k.others, func(re jsonschema.Regexp) bool { return re.MatchString(name) })
}

// mapsOf makes the lists of an object's entries.
func (b *builder) mapsOf(n *node, at place, parent *elem) []*elem {
	var out []*elem
	for i := range at.s.maps {
		e := &elem{
			kind: KindList, uiType: "Control", at: "#" + n.at + "/options/detail/~" + itoa(i), parent: parent, frame: at.frame, page: parent.page,
			id: -1, path: at.path, ptr: joinPointer(at.path), s: at.s, label: parent.label, errKeys: parent.errKeys,
		}
		if at.frame.owner == nil {
			e.id = b.nextID()
		}
		if b.entries(n, at, e, i) {
			out = append(out, e)
		}
	}
	return out
}

// entries makes e the list of the entries of the ith kind.
func (b *builder) entries(n *node, at place, e *elem, i int) bool {
	m := at.s.maps[i]
	k, err := b.keyedBy(at.s, m.pattern)
	if err != nil {
		b.fail("schema.json", at.s.at, "patterns", "text", err)
		return false
	}
	prefix := joinKey(at.frame.i18n, dotted(at.path))
	l := &list{rows: &rows{frame: newFrame(m.s, e, prefix)}, maxItems: maxItems, keyed: k}
	if v, ok := at.s.number("minProperties"); ok && len(k.known) == 0 {
		l.minItems = min(v, maxItems)
	}
	if v, ok := at.s.number("maxProperties"); ok && len(k.known) == 0 {
		l.maxItems = min(v, maxItems)
	}
	l.item = b.translate(m.s.str("title"), suffixed(prefix, ".item"))
	l.add = b.translate(n.get("options").str("addLabel"), suffixed(prefix, ".add"))
	e.list, e.field = l, &field{}
	b.frameExtras(l.frame, m.s, nil)
	k.key = b.keyField(e, l)
	body := b.rowBody(&node{at: n.at, obj: map[string]*node{}}, e, resolved{s: &schema{items: m.s}})
	if len(body) == 0 {
		return false
	}
	l.body = append([]*elem{k.key}, body...)
	at.frame.maps[e.ptr] = append(at.frame.maps[e.ptr], e)
	at.frame.addPrefixes(append(slices.Clone(at.path), nameOf))
	return true
}

// keyedBy tells entries of one kind from those of the others.
func (b *builder) keyedBy(s *schema, pattern string) (*keyed, error) {
	k := &keyed{known: map[string]bool{}}
	for _, p := range s.everyProp() {
		k.known[p.name] = true
	}
	for _, m := range s.maps {
		if m.pattern == "" {
			continue
		}
		re, err := compilePattern(m.pattern)
		switch {
		case err != nil:
			return nil, err
		case m.pattern == pattern:
			k.pattern = re
		case pattern == "":
			k.others = append(k.others, re)
		}
	}
	if names := s.attr("propertyNames"); names != nil {
		k.names = b.compileAt(names.at)
	}
	return k, nil
}

func (b *builder) keyField(owner *elem, l *list) *elem {
	path := []string{nameOf}
	e := &elem{
		kind: KindControl, uiType: "Control", at: owner.at + "/" + nameOf, frame: l.frame, page: owner.page, id: -1, path: path,
		ptr: joinPointer(path), s: &schema{},
	}
	prefix := joinKey(l.frame.i18n, nameOf)
	e.errKeys = []string{prefix}
	e.label = b.translate("", prefix+".label")
	e.field = &field{id: fieldID(e.ptr), widget: WidgetText, input: "text", entry: l.keyed}
	if e.label.in(0) == "" {
		e.field.labelKey = "entry"
	}
	return e
}

// entry is one row of a list: its index in an array, or its name in an object.
type entry struct {
	token string
	v     any
}

// entriesOf are the rows of an object in the order of their names, the one without a name last.
func (l *list) entriesOf(v any) []entry {
	m, _ := v.(map[string]any)
	var out []entry
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if l.keyed.takes(name) {
			out = append(out, entry{name, m[name]})
		}
	}
	if blank, there := m[noName]; there {
		out = append(out, entry{noName, blank})
	}
	return out
}

// mapFor is the list to which an entry of an object belongs.
func (f *frame) mapFor(ptr, name string) *elem {
	for _, e := range f.maps[ptr] {
		if name == noName || e.list.keyed.takes(name) {
			return e
		}
	}
	return nil
}

// addEntries puts the entries of an object that count into it.
func (sc *scope) addEntries(ptr string, out Answers) {
	for _, e := range sc.frame.maps[ptr] {
		if !e.keep && !sc.visible(e) {
			continue
		}
		for _, it := range sc.stored(e) {
			if it.token == noName {
				continue
			}
			if v, ok := sc.row(e, it.token, it.v).whole(); ok {
				out[it.token] = v
			}
		}
	}
}

// whole is a row as it counts.
func (sc *scope) whole() (any, bool) {
	if _, isObject := sc.val.(map[string]any); isObject && !sc.frame.schema.isWhole() || sc.frame.schema.holdsMembers() {
		return sc.effective(""), true
	}
	return sc.get(nil, "")
}

// keepEntries puts back entries of which nothing was filled in: an empty row is still a row.
func (d *decoder) keepEntries() {
	for _, row := range d.entries {
		path := splitPointer(row.base)
		if _, there := lookup(d.r.s.Answers, path); !there {
			d.store(row.base, row.owner.list.blank())
		}
	}
}

// renaming is a wish to call an entry otherwise.
type renaming struct{ list, from, to string }

// rename carries out the wishes of a post; what cannot be is kept as typed, and returned as a problem of the input.
func (d *decoder) rename() []Problem {
	var out []Problem
	for i := len(d.renames) - 1; i >= 0; i-- { // rows in rows first
		w := d.renames[i]
		v, _ := lookup(d.r.s.Answers, splitPointer(w.list))
		m, _ := v.(map[string]any)
		from, to := w.list+"/"+escapePointer(w.from), w.list+"/"+escapePointer(w.to)
		if _, taken := m[w.to]; taken {
			ptr := from + "/" + escapePointer(nameOf)
			d.keepRaw(ptr)
			if sc, e := d.r.locate(ptr); e != nil {
				out = append(out, sc.problem(e, ptr, "uniqueItems", nil))
			}
			continue
		}
		m = maps.Clone(m)
		m[w.to] = m[w.from]
		delete(m, w.from)
		d.store(w.list, m)
		d.r.s.Typed = renamed(d.r.s.Typed, from, to)
		for ptr := range maps.Clone(d.late) {
			if within(ptr, from) {
				d.late[to+strings.TrimPrefix(ptr, from)] = true
			}
		}
	}
	return out
}

func renamed(typed Typed, from, to string) Typed {
	out := Typed{}
	for name, raw := range typed {
		if within(name, from) {
			name = to + strings.TrimPrefix(name, from)
		}
		out[name] = raw
	}
	return out
}
