package formdef

import "strings"

// pageShown tells whether the journey leads through the page: its rules and those around it hold, and something is on it.
func (r *run) pageShown(p *page) bool {
	sc := r.top()
	if !sc.visible(p.body) {
		return false
	}
	return len(p.body.kids) == 0 && p.body.field != nil || r.anything(sc, p.body)
}

// anything tells whether an element that says something is visible at or below e.
func (r *run) anything(sc *scope, e *elem) bool {
	if !sc.visible(e) {
		return false
	}
	switch e.kind {
	case KindVertical, KindHorizontal, KindGroup:
	default:
		return true
	}
	for _, k := range e.kids {
		if r.anything(sc, k) {
			return true
		}
	}
	return false
}

// onJourney tells the same of a page by its index.
func (r *run) onJourney(index int) bool {
	p := r.f.page(index)
	return p != nil && r.pageShown(p)
}

// journeyPages are the pages up to the first exit.
func (r *run) journeyPages() []*page {
	var out []*page
	for _, p := range r.f.pages() {
		if !r.pageShown(p) {
			continue
		}
		out = append(out, p)
		if r.exitOn(p) != nil {
			break
		}
	}
	return out
}

// exitOn is the visible exit of a page, or nil.
func (r *run) exitOn(p *page) *elem {
	sc := r.top()
	for _, e := range p.exits {
		if sc.visible(e) {
			return e
		}
	}
	return nil
}

func (f *Form) path(s State) []int {
	pages := f.newRun(&s).journeyPages()
	out := make([]int, len(pages))
	for i, p := range pages {
		out[i] = p.index
	}
	return out
}

func (f *Form) journey(s State) []Page {
	r := f.newRun(&s)
	pages := r.journeyPages()
	out := make([]Page, 0, len(pages))
	for _, p := range pages {
		pg := r.pageInfo(p)
		k := &checker{r: r}
		k.page(p)
		pg.Done = len(k.out) == 0
		pg.Visited = r.visited(p)
		out = append(out, pg)
	}
	return out
}

func (r *run) pageInfo(p *page) Page {
	pg := Page{Index: p.index, Title: p.title.in(r.lang), Task: p.task.in(r.lang)}
	if pg.Title == "" && len(p.fields) == 1 && p.body.kind != KindVertical {
		pg.Title = p.fields[0].label.in(r.lang)
	}
	for _, e := range p.fields {
		if r.f.openBelow(e.ptr) {
			pg.Asked = true
			break
		}
	}
	return pg
}

// visited tells whether some answer on the page is given, or something typed that could not become one.
func (r *run) visited(p *page) bool {
	for _, e := range p.fields {
		if v, ok := lookup(r.s.Answers, e.path); ok && given(v) {
			return true
		}
		for name := range r.s.Typed {
			if within(name, e.ptr) && e.field.branch == nil {
				return true
			}
		}
	}
	return len(p.fields) == 0
}

func (f *Form) exit(s State) *Exit {
	r := f.newRun(&s)
	for _, p := range f.pages() {
		if !r.pageShown(p) {
			continue
		}
		if e := r.exitOn(p); e != nil {
			return r.exitText(p, e)
		}
	}
	return nil
}

func (r *run) exitText(p *page, e *elem) *Exit {
	return &Exit{Page: p.index, Title: e.label.in(r.lang), Text: strings.TrimSpace(e.text.in(r.lang))}
}

// answer is what the state holds for a field: the proven value where it is locked, else what was answered.
func (sc *scope) answer(e *elem) (any, bool) {
	if c := e.field.calc; c != nil {
		v := sc.compute(c)
		return v, v != nil
	}
	switch {
	case e.field.branch != nil:
		return sc.pickedValue(e)
	case e.field.entry != nil:
		return sc.token, sc.token != noName
	}
	if v, ok := sc.proven(e); ok {
		return v, true
	}
	v, ok := lookup(sc.val, e.path)
	return v, ok && v != nil && e.fits(v)
}

// stored are the rows of a list in the answers.
func (sc *scope) stored(e *elem) []entry {
	v, _ := lookup(sc.val, e.path)
	if e.list.keyed != nil {
		return e.list.entriesOf(v)
	}
	list, _ := v.([]any)
	out := make([]entry, len(list))
	for i, item := range list {
		out[i] = entry{itoa(i), item}
	}
	return out
}

// items are the rows that a page shows: a list that must have some shows them from the start.
func (sc *scope) items(e *elem) []entry {
	list := sc.stored(e)
	if e.list.keyed == nil && e.list.minItems > len(list) && (len(list) > 0 || sc.required(e)) {
		for len(list) < e.list.minItems {
			list = append(list, entry{itoa(len(list)), e.list.blank()})
		}
	}
	return list
}

// blank is a row without answers.
func (l *list) blank() any {
	if l.frame.schema.holdsMembers() {
		return Answers{}
	}
	return nil
}
