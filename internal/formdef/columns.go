package formdef

import "time"

// Column is a question as a table of many applications asks it. In lists, "*" stands for the item: /hunde/*/name.
type Column struct{ Pointer, Label string }

// Datum is an answer in a table: as the citizen saw it, and as a program counts with it where it is a number or a date.
type Datum struct {
	Text   string // "" where Key words it
	Key    string // "yes", "no"
	Number string // a decimal with a point
	Date   time.Time
	Files  []File
}

// Columns lists every question of the form in its order, whether anybody is asked it or not. A label that several questions have
// gets the heading above it in front.
func (f *Form) Columns(lang string) []Column {
	r := f.newRun(&State{Lang: lang})
	var found []headed
	seen := map[string]bool{}
	var walk func(e *elem, prefix, heading string)
	walk = func(e *elem, prefix, heading string) {
		label := e.label.in(r.lang)
		switch {
		case e.list != nil:
			for _, k := range e.list.body {
				walk(k, prefix+e.ptr+"/*", orText(label, heading))
			}
		case e.field != nil:
			if p := prefix + e.ptr; e.field.entry == nil && e.field.labelKey == "" && !seen[p] {
				seen[p] = true
				found = append(found, headed{Column{p, orText(label, p)}, heading})
			}
		default:
			if e.kind == KindGroup {
				heading = orText(label, heading)
			}
			for _, k := range e.kids {
				walk(k, prefix, heading)
			}
		}
	}
	for _, p := range f.pages() {
		walk(p.body, "", r.pageInfo(p).Title)
	}
	return distinct(found)
}

type headed struct {
	Column
	heading string
}

func distinct(found []headed) []Column {
	times := map[string]int{}
	for _, h := range found {
		times[h.Label]++
	}
	out := make([]Column, len(found))
	for i, h := range found {
		if out[i] = h.Column; times[h.Label] > 1 && h.heading != "" {
			out[i].Label = h.heading + ": " + h.Label
		}
	}
	return out
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Data are the answers that count, by column; of a list's items one after the other.
func (f *Form) Data(s State) map[string][]Datum {
	r := f.newRun(&s)
	out := map[string][]Datum{}
	var walk func(sc *scope, e *elem, prefix string)
	walk = func(sc *scope, e *elem, prefix string) {
		if !sc.visible(e) {
			return
		}
		switch {
		case e.list != nil:
			for _, it := range sc.stored(e) {
				row := sc.row(e, it.token, it.v)
				for _, k := range e.list.body {
					walk(row, k, prefix+e.ptr+"/*")
				}
			}
		case e.field != nil:
			if v, ok := sc.answer(e); ok && given(v) && e.field.entry == nil {
				out[prefix+e.ptr] = append(out[prefix+e.ptr], r.datum(e, v))
			}
		default:
			for _, k := range e.kids {
				walk(sc, k, prefix)
			}
		}
	}
	for _, p := range r.journeyPages() {
		walk(r.top(), p.body, "")
	}
	return out
}

func (r *run) datum(e *elem, v any) (d Datum) {
	f := e.field
	if f.file != nil {
		return Datum{Files: r.filesOf(v)}
	}
	d.Text, d.Key = r.word(e, v)
	if len(r.f.choicesOf(e)) > 0 {
		return d
	}
	if n, ok := numberOf(v); ok {
		d.Number = string(canonicalNumber(n))
	}
	if day, ok := v.(string); ok && (f.isDate || f.widget == WidgetDate || f.widget == WidgetDateNative) {
		if t, err := time.Parse(time.DateOnly, day); err == nil {
			d.Date = t
		}
	}
	return d
}
