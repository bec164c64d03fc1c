package formdef

import "github.com/cockroachdb/apd/v3"

// summarizer writes the answers of one page line by line.
type summarizer struct {
	r          *run
	unanswered bool
	rows       []Line
}

func (f *Form) summary(s State, unanswered bool) []Section {
	r := f.newRun(&s)
	var out []Section
	for _, p := range r.journeyPages() {
		w := &summarizer{r: r, unanswered: unanswered}
		w.elem(r.top(), p.body, 0)
		if len(w.rows) > 0 {
			out = append(out, Section{Page: p.index, Title: r.pageInfo(p).Title, Rows: w.rows})
		}
	}
	return out
}

func (w *summarizer) elem(sc *scope, e *elem, level int) {
	if !sc.visible(e) {
		return
	}
	switch {
	case e.list != nil:
		w.list(sc, e, level)
	case e.field != nil:
		w.field(sc, e)
	case len(e.kids) > 0:
		label := e.label.in(w.r.lang)
		if e.kind != KindGroup || label == "" {
			for _, k := range e.kids {
				w.elem(sc, k, level)
			}
			return
		}
		at := len(w.rows)
		w.rows = append(w.rows, Line{Pointer: sc.full(e.ptr), Label: label, Heading: true, Level: level + 1})
		for _, k := range e.kids {
			w.elem(sc, k, level+1)
		}
		if len(w.rows) == at+1 {
			w.rows = w.rows[:at] // a heading over nothing
		}
	}
}

func (w *summarizer) list(sc *scope, e *elem, level int) {
	items := sc.stored(e)
	if len(items) == 0 {
		if w.unanswered {
			w.rows = append(w.rows, Line{Pointer: sc.full(e.ptr), Label: e.label.in(w.r.lang), Key: "unanswered"})
		}
		return
	}
	for i, it := range items {
		row := sc.row(e, it.token, it.v)
		w.rows = append(w.rows, Line{Pointer: row.base, Label: w.r.rowTitle(row, e, i), Heading: true, Level: level + 1})
		for _, k := range e.list.body {
			w.elem(row, k, level+1)
		}
	}
}

func (w *summarizer) field(sc *scope, e *elem) {
	v, ok := sc.answer(e)
	if !ok || !given(v) {
		if w.unanswered && e.field.calc == nil && e.field.labelKey == "" {
			w.rows = append(w.rows, Line{Pointer: sc.full(e.ptr), Label: e.label.in(w.r.lang), Key: "unanswered"})
		}
		return
	}
	if e.field.entry != nil {
		return // its name is the heading
	}
	l := Line{Pointer: sc.full(e.ptr), Label: e.label.in(w.r.lang)}
	_, l.Locked = sc.proven(e)
	if e.field.file != nil {
		l.Files = w.r.filesOf(v)
	} else {
		l.Value, l.Key = w.r.word(e, v)
		l.Chosen = len(w.r.f.choicesOf(e)) > 0
	}
	w.rows = append(w.rows, l)
}

func (f *Form) fees(s State) []FeeDue {
	r := f.newRun(&s)
	sc := r.top()
	var out []FeeDue
	for _, x := range f.c.fees {
		if x.cond != nil && !x.cond.holds(sc) {
			continue
		}
		amount := x.amount
		if f.delta != nil && f.delta.fees[x.code] != "" {
			amount = f.delta.fees[x.code]
		}
		if c, ok := r.feeCents(sc, x, amount); ok {
			out = append(out, FeeDue{Code: x.code, Label: x.label.in(r.lang), Cents: c})
		}
	}
	return out
}

// feeCents computes one position; ok is false while the answers do not suffice.
func (r *run) feeCents(sc *scope, x fee, amount string) (int64, bool) {
	d, known := parseDecimal(amount)
	if x.logic != nil {
		l := sc.logic(nil)
		l.vars = map[string]any{"$amount": nil}
		if known {
			l.vars["$amount"] = d
		}
		d, known = l.eval(x.logic, nil).(*apd.Decimal)
	}
	if !known || d.Negative {
		return 0, false
	}
	return cents(d)
}

func (f *Form) indexTerms(a Answers) []IndexTerm {
	s := State{Answers: a, Lang: "de"}
	r := f.newRun(&s)
	var out []IndexTerm
	for _, ix := range f.c.index {
		r.terms(r.top(), ix, ix.path, a, nil, &out)
	}
	return out
}

// terms follows a path with stars; e is found by the way that was taken.
func (r *run) terms(sc *scope, ix indexField, rest []string, v any, way []string, out *[]IndexTerm) {
	for i, seg := range rest {
		if seg != "*" {
			continue
		}
		here := append(append([]string{}, way...), rest[:i]...)
		inner, _ := lookup(v, rest[:i])
		list, _ := inner.([]any)
		binds := sc.frame.binds[joinPointer(here)]
		for j, item := range list {
			if len(binds) > 0 && binds[0].list != nil {
				r.terms(sc.row(binds[0], itoa(j), item), ix, rest[i+1:], item, nil, out)
				continue
			}
			r.terms(sc, ix, rest[i+1:], item, append(here, itoa(j)), out)
		}
		return
	}
	found, ok := lookup(v, rest)
	if !ok || !given(found) {
		return
	}
	ptr := joinPointer(append(append([]string{}, way...), rest...))
	term := IndexTerm{Pointer: sc.full(ptr), Mode: ix.mode, Column: ix.col, Text: postValue(found), Shown: postValue(found)}
	if binds := sc.frame.binds[ptr]; len(binds) > 0 && binds[0].field != nil && binds[0].list == nil {
		if value, key := r.word(binds[0], found); key == "" {
			term.Shown = value
		} else {
			term.Shown = map[string]string{"yes": "ja", "no": "nein", "given": "angegeben"}[key]
		}
	}
	*out = append(*out, term)
}

// urns walks the answers in document order, whether they count or not: every attachment that they mention.
func (f *Form) urns(a Answers) []string {
	var out []string
	var walk func(v any, s *schema)
	walk = func(v any, s *schema) {
		switch t := v.(type) {
		case map[string]any:
			for _, k := range schemaOrder(t, s) {
				var kid *schema
				if s != nil {
					if p := s.prop(k); p != nil {
						kid = p.s
					}
				}
				walk(t[k], kid)
			}
		case []any:
			for _, e := range t {
				var kid *schema
				if s != nil {
					kid = s.items
				}
				walk(e, kid)
			}
		case string:
			if checkFileURN(t) == nil && (s == nil || isFile(s)) {
				out = append(out, t)
			}
		}
	}
	walk(map[string]any(a), f.c.root)
	return out
}
