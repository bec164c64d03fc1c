package formdef

import (
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// pick is the question which branch of a oneOf is meant, where no answer tells. Its input is named like a property
// ~oneOf of the object, but is never an answer: what was picked is kept as typed, and found again by what was answered.
type pick struct {
	path  []string // of the object
	group *group
	valid []*jsonschema.Schema
	// fixed are, by branch, the members that can have one value only: whoever picks the branch has said them
	fixed []map[string]any
}

// fixedBy are the members of a branch that are required and can have one value only.
func (g *generator) fixedBy(br *schema) map[string]any {
	out := map[string]any{}
	for _, p := range br.props {
		if v, _, ok := p.s.constant(0); ok && br.required[p.name] && !g.have[p.name] {
			out[p.name] = v
		}
	}
	return out
}

// addFixed puts what was said by picking a branch into the object.
func (sc *scope) addFixed(ptr string, out Answers) {
	for _, e := range sc.frame.picks {
		p := e.field.branch
		if p.fixed == nil || joinPointer(p.path) != ptr || !e.keep && !sc.visible(e) {
			continue
		}
		if n, ok := sc.picked(e); ok {
			maps.Copy(out, p.fixed[atoi(n)-1])
		}
	}
}

// isFixed tells whether a member is said by what was picked.
func (sc *scope) isFixed(ptr, name string, v any) bool {
	said := Answers{}
	sc.addFixed(ptr, said)
	want, ok := said[name]
	return ok && postValue(want) == postValue(v)
}

// newPick makes the control of the question.
func (b *builder) newPick(g *generator, grp *group, path []string) *elem {
	e := &elem{
		kind: KindControl, uiType: "Control", at: "#" + g.where + "/" + path[len(path)-1], parent: g.parent,
		frame: g.at.frame, page: g.parent.page, id: -1, path: path, ptr: joinPointer(path), s: &schema{},
	}
	if g.at.frame.owner == nil {
		e.id = b.nextID()
	}
	prefix := joinKey(g.at.frame.i18n, dotted(path))
	e.errKeys = []string{prefix}
	e.label = b.translate("", suffixed(prefix, ".label"))
	key := ""
	if owner := g.parent.label; e.label.in(0) == "" {
		key = "pick"
		for i := range e.label {
			if e.label[i] == "" {
				e.label[i] = owner.in(i)
			}
		}
	}
	p := &pick{path: g.at.path, group: grp}
	f := &field{id: fieldID(e.ptr), widget: WidgetRadio, branch: p, input: "text", labelKey: key}
	if len(grp.list) > 5 {
		f.widget = WidgetSelect
	}
	for i, br := range grp.list {
		p.valid = append(p.valid, b.compileAt(br.at))
		n := itoa(i + 1)
		name := br.called()
		if name == "" {
			name = n
		}
		f.choices = append(f.choices, choice{value: n, post: n, label: b.translate(name, suffixed(br.str("i18n"), ".label"), prefix+"."+n)})
	}
	f.choicesIn = f.wordChoices(len(b.c.langs), f.choices)
	e.field = f
	g.at.frame.picks[e.ptr] = e
	g.at.frame.addPrefixes(path)
	return e
}

// called is how a branch is named: its title, else a text that only it has, else what it asks for.
func (s *schema) called() string {
	if t := s.str("title"); t != "" {
		return t
	}
	for _, p := range s.props {
		if v, _, ok := p.s.constant(0); ok && text(v) != "" {
			return text(v)
		}
	}
	var names []string
	for _, p := range s.props {
		name := p.s.str("title")
		if name == "" {
			name = wordCase(p.name)
		}
		names = append(names, name)
	}
	return strings.Join(names[:min(len(names), 3)], ", ")
}

// picked is the chosen branch, from "1"; ok is false while nothing tells.
func (sc *scope) picked(e *elem) (string, bool) {
	ptr := sc.full(e.ptr)
	n, known := sc.r.picks[ptr]
	if !known {
		n = sc.findPick(e, ptr)
		if sc.r.picks == nil {
			sc.r.picks = map[string]string{}
		}
		sc.r.picks[ptr] = n
	}
	return n, n != ""
}

func (sc *scope) findPick(e *elem, ptr string) string {
	p := e.field.branch
	if raw := sc.r.s.Typed[ptr]; len(raw) > 0 {
		if i := atoi(raw[len(raw)-1]); i >= 1 && i <= len(p.group.list) {
			return itoa(i)
		}
	}
	v, _ := lookup(sc.val, p.path)
	m, isObject := v.(map[string]any)
	for i := range p.group.list {
		if !isObject && v != nil && p.valid[i] != nil && p.valid[i].Validate(v) == nil {
			return itoa(i + 1)
		}
	}
	if list, isList := v.([]any); isList && len(list) > 0 {
		for i, br := range p.group.list {
			if br.is("array") {
				return itoa(i + 1)
			}
		}
	}
	best, most := -1, 0
	for i, br := range p.group.list {
		known := 0
		for name := range m {
			if _, own := br.index[name]; own {
				known += 2
			}
		}
		if known > 0 && p.valid[i] != nil && p.valid[i].Validate(v) == nil {
			known++
		}
		if known > most {
			best, most = i, known
		}
	}
	if best < 0 {
		return ""
	}
	return itoa(best + 1)
}

// pickedValue is picked for those who ask for any value.
func (sc *scope) pickedValue(e *elem) (any, bool) {
	n, ok := sc.picked(e)
	if !ok {
		return nil, false
	}
	return n, true
}

// pickAt is the question for a group of an object of the frame, or for one of another branch that says the same; nil when
// none is asked.
func (f *frame) pickAt(s *schema, i int, path []string) (found *elem) {
	for _, e := range f.picks {
		p := e.field.branch
		switch {
		case !slices.Equal(p.path, path):
		case p.group == &s.groups[i]:
			return e
		case p.group.like == s.groups[i].like:
			found = e
		}
	}
	return found
}
