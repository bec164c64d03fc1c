package apply

import (
	"slices"
	"strings"

	"antragswerk/internal/formdef"
)

// post applies what a page posted to the draft as it is now. When others have saved since the page was drawn, what only they
// changed stays, and what both changed is left as they saved it and reported in a.Clashes; a.Shown then holds what was typed.
func (a *Application) post(page int, in formdef.Typed) []formdef.Problem {
	now := a.State
	a.page = page
	mine, problems := a.Form.Decode(page, now, in)
	s, ok := readSeen(in[SeenField])
	base := a.history.base(s)
	if a.window = s.window; !ok || base >= a.Draft.Revision {
		a.State = mine
		return problems
	}
	was, complete := a.history.foreign(s, base)
	if len(was) == 0 && complete {
		a.State = mine
		return problems
	}
	l := late{a: a, page: page, was: was, complete: complete, now: now, mine: mine}
	l.units = byPointer(append(a.units(page, mine), a.units(page, now)...))
	merged := l.merge()
	l.gone(in)
	a.Shown, a.State = merged, merged
	if len(a.Clashes) == 0 {
		return slices.DeleteFunc(a.Form.Check(merged), func(p formdef.Problem) bool { return p.Page != page })
	}
	for _, c := range l.reverted {
		put(&a.State, c.key, c.was, now)
	}
	return problems
}

// late is a post that comes after others have saved.
type late struct {
	a         *Application
	page      int
	was       map[string]string // what stood there when the page was drawn, where others changed it
	complete  bool
	now, mine formdef.State
	units     map[string]unit
	reverted  []change // of questions that clash

	// mineLines and nowLines are what the check page says of either state, made when the first question clashes.
	mineLines, nowLines []formdef.Line
}

// unit is a question or a list of the page: what a person sees as one.
type unit struct{ pointer, label string }

// units are the questions of a page, rows before the lists that they are in.
func (a *Application) units(page int, st formdef.State) []unit {
	v, ok := a.Form.View(page, st, nil)
	if !ok {
		return nil
	}
	return unitsOf(v.Elements)
}

func unitsOf(list []formdef.Element) (out []unit) {
	for _, e := range list {
		out = append(out, unitsOf(e.Children)...)
		for _, r := range e.Rows {
			out = append(out, unitsOf(r.Elements)...)
		}
		switch {
		case e.Field != nil:
			out = append(out, unit{e.Field.Pointer, e.Field.Label})
		case e.Kind == formdef.KindList:
			out = append(out, unit{e.Pointer, e.Label})
		}
	}
	return out
}

// byPointer finds units by their pointers; of two with the same one, the first.
func byPointer(list []unit) map[string]unit {
	m := make(map[string]unit, len(list))
	for _, u := range list {
		if _, known := m[u.pointer]; !known {
			m[u.pointer] = u
		}
	}
	return m
}

// unitOf finds the question that a key belongs to: the one with the longest pointer above it.
func unitOf(units map[string]unit, key string) unit {
	key = strings.TrimPrefix(key, typedKey)
	for at := key; at != ""; at = at[:max(0, strings.LastIndexByte(at, '/'))] {
		if u, ok := units[at]; ok {
			return u
		}
	}
	return unit{pointer: key}
}

func (l *late) of(key string) unit { return unitOf(l.units, key) }

// merge is the post with what only others changed put back; it collects the clashes.
func (l *late) merge() formdef.State {
	foreign := map[string]bool{}
	for key := range l.was {
		foreign[l.of(key).pointer] = true
	}
	merged := l.mine
	differing := changes(l.now, l.mine)
	var order []unit
	by := map[string][]change{}
	for _, c := range differing {
		u := l.of(c.key)
		if l.complete && !foreign[u.pointer] {
			continue // nobody else touched it
		}
		if by[u.pointer] == nil {
			order = append(order, u)
		}
		by[u.pointer] = append(by[u.pointer], c)
	}
	for _, u := range order {
		if l.untouched(by[u.pointer]) {
			for _, c := range by[u.pointer] {
				put(&merged, c.key, c.was, l.now)
			}
			l.a.Merged = true
			continue
		}
		l.reverted = append(l.reverted, by[u.pointer]...)
		l.clash(u, by[u.pointer])
	}
	return merged
}

// untouched tells whether this window posted only what its page had shown.
func (l *late) untouched(list []change) bool {
	return !slices.ContainsFunc(list, func(c change) bool {
		was, known := l.was[c.key]
		return !known || was != digestOf(c.now)
	})
}

func (l *late) clash(u unit, list []change) {
	if l.a.Clashes == nil {
		l.mineLines, l.nowLines = l.lines(l.mine), l.lines(l.now)
	}
	c := Clash{Pointer: u.pointer, Label: u.label, Mine: line(l.mineLines, u.pointer), Theirs: line(l.nowLines, u.pointer)}
	for _, x := range list {
		if raw, ok := x.now.([]string); ok && strings.HasPrefix(x.key, typedKey) {
			c.Mine.Value = strings.TrimSpace(c.Mine.Value + " " + strings.Join(raw, " "))
		}
	}
	l.a.Clashes = append(l.a.Clashes, c)
}

// lines word the answers of a state as the check page does.
func (l *late) lines(st formdef.State) (out []formdef.Line) {
	for _, sec := range l.a.Form.Summary(st, false) {
		for _, row := range sec.Rows {
			if !row.Heading {
				out = append(out, row)
			}
		}
	}
	return out
}

// line is that of the answer at a pointer; of a list, what its rows say.
func line(lines []formdef.Line, pointer string) formdef.Line {
	var out formdef.Line
	for _, row := range lines {
		switch {
		case row.Pointer == pointer:
			return row
		case strings.HasPrefix(row.Pointer, pointer+"/"):
			out.Value = strings.TrimPrefix(out.Value+", "+row.Value, ", ")
		}
	}
	if out.Value == "" {
		out.Key = "unanswered"
	}
	return out
}

// gone finds what was typed into rows that others have removed.
func (l *late) gone(in formdef.Typed) {
	told := map[string]bool{}
	for _, name := range sortedNames(in) {
		key, value := written(in, name)
		u := l.of(key)
		was, foreign := l.was[key]
		if !strings.HasPrefix(name, "/") || value == "" || u.pointer == key || !foreign || was == digestOf(value) || told[key] {
			continue
		}
		told[key] = true
		l.a.Clashes = append(l.a.Clashes, Clash{Pointer: u.pointer, Label: u.label, Mine: formdef.Line{Value: value}, Gone: true})
	}
}

// written is what stands under an input's name, as an answer would be written; the parts of a date are one.
func written(in formdef.Typed, name string) (key, value string) {
	at := strings.LastIndexByte(name, '/')
	if at > 0 {
		switch name[at:] {
		case "/day", "/month", "/year":
			key = name[:at]
			for _, part := range []string{"/year", "/month", "/day"} {
				if raw := in[key+part]; len(raw) > 0 && raw[0] != "" {
					value += "-" + strings.Repeat("0", max(0, 2-len(raw[0]))) + raw[0]
				}
			}
			return key, strings.TrimPrefix(value, "-")
		}
	}
	return name, strings.TrimSpace(strings.Join(in[name], " "))
}

func sortedNames(in formdef.Typed) []string {
	names := make([]string, 0, len(in))
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// removed tells whether others have changed the list that a row is to be taken from since the page was drawn: its number may
// mean another row now.
func (a *Application) removed(in formdef.Typed, row string) bool {
	s, ok := readSeen(in[SeenField])
	base := a.history.base(s)
	if !ok || base >= a.Draft.Revision {
		return false
	}
	list := row[:max(0, strings.LastIndexByte(row, '/'))]
	was, complete := a.history.foreign(s, base)
	for key := range was {
		if strings.HasPrefix(strings.TrimPrefix(key, typedKey), list+"/") {
			return true
		}
	}
	return !complete
}
