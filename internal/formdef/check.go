package formdef

import (
	"cmp"
	"slices"
)

// checker gathers the problems of pages, one per pointer.
type checker struct {
	r    *run
	seen map[string]bool
	out  []Problem
	// sound: the whole fits the schema, so that no field needs to be validated again.
	sound bool
}

func (k *checker) add(p Problem) {
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	if !k.seen[p.Pointer] {
		k.seen[p.Pointer] = true
		k.out = append(k.out, p)
	}
}

func (f *Form) check(s State) []Problem {
	r := f.newRun(&s)
	return r.checkAll()
}

// checkAll checks the pages of the journey, then the whole against the schema.
func (r *run) checkAll() []Problem {
	k := &checker{r: r}
	if tooLarge(r.s.Answers, 1) {
		k.add(Problem{Keyword: "maxItems", Params: map[string]string{"limit": itoa(maxItems)}})
		return k.out
	}
	faults := faultsOf(r.c.valid, r.everything())
	k.sound = len(faults) == 0
	for _, p := range r.journeyPages() {
		k.page(p)
		if e := r.exitOn(p); e != nil {
			k.add(Problem{Pointer: "", Keyword: "exit", Page: p.index, Label: e.label.in(r.lang)})
		}
	}
	k.whole(faults)
	return k.sorted()
}

func (k *checker) sorted() []Problem {
	slices.SortStableFunc(k.out, func(a, b Problem) int { return cmp.Compare(a.Page, b.Page) })
	return k.out
}

// page checks what one page asks.
func (k *checker) page(p *page) {
	sc := k.r.top()
	for _, e := range p.fields {
		if sc.visible(e) {
			k.elem(sc, e)
		}
	}
	k.objects(sc, p.object)
	for _, x := range p.rules {
		k.rule(sc, x, p.index)
	}
}

func (k *checker) elem(sc *scope, e *elem) {
	if e.list != nil {
		k.list(sc, e)
		return
	}
	k.field(sc, e)
}

func (k *checker) field(sc *scope, e *elem) {
	ptr := sc.full(e.ptr)
	if p := sc.typedProblem(e, ptr); p != nil {
		k.add(*p)
		return
	}
	v, ok := sc.answer(e)
	if !ok || !given(v) {
		if e.field.calc == nil && sc.required(e) {
			k.add(sc.problem(e, ptr, "required", nil))
		}
		return
	}
	if fl := k.invalid(e, v); fl != nil {
		k.add(sc.problem(e, ptr, fl.keyword, fl.params))
		return
	}
	if set := sc.r.f.choicesSet(e); set != nil {
		if text, _ := v.(string); !slices.Contains(set.values, text) {
			k.add(sc.problem(e, ptr, "enum", nil))
		}
	}
	k.files(sc, e, ptr, v)
}

// invalid is the first fault of an answer against its own schema, or nil.
func (k *checker) invalid(e *elem, v any) *fault {
	if k.sound {
		return nil
	}
	chosen, isText := v.(string)
	isChoice := isText && len(e.field.choices) > 0 && !e.field.multi
	if isChoice {
		if _, known := e.field.allowed.Load(chosen); known {
			return nil
		}
	}
	for _, s := range e.field.valid {
		if list := faultsOf(s, v); len(list) > 0 {
			return &list[0]
		}
	}
	if isChoice && slices.ContainsFunc(e.field.choices, func(c choice) bool { return c.value == v }) {
		e.field.allowed.Store(chosen, true)
	}
	return nil
}

func (f *Form) choicesSet(e *elem) *choiceSet {
	if f.delta == nil {
		return nil
	}
	return f.delta.choices[e]
}

// files checks the attachments of a field: known, and not refused by the virus scanner.
func (k *checker) files(sc *scope, e *elem, ptr string, v any) {
	if e.field.file == nil {
		return
	}
	list := urnsOf(v)
	if len(list) > e.field.file.maxFiles {
		k.add(sc.problem(e, ptr, "maxItems", map[string]string{"limit": itoa(e.field.file.maxFiles)}))
		return
	}
	if sc.r.s.Files == nil {
		return
	}
	for _, urn := range list {
		file, known := sc.r.s.Files[urn]
		if !known || file.Verdict == "infected" {
			k.add(sc.problem(e, ptr, "attachment", map[string]string{"name": file.Name}))
			return
		}
	}
}

func (k *checker) list(sc *scope, e *elem) {
	ptr := sc.full(e.ptr)
	items := sc.stored(e)
	switch {
	case len(items) == 0 && sc.required(e):
		k.add(sc.problem(e, ptr, "required", nil))
	case len(items) > 0 && len(items) < e.list.minItems:
		k.add(sc.problem(e, ptr, "minItems", map[string]string{"limit": itoa(e.list.minItems)}))
	case len(items) > e.list.maxItems:
		k.add(sc.problem(e, ptr, "maxItems", map[string]string{"limit": itoa(e.list.maxItems)}))
		return
	}
	for _, it := range items {
		row := sc.row(e, it.token, it.v)
		for _, b := range e.list.body {
			k.row(row, b)
		}
		k.objects(row, e.list.object)
		for _, x := range e.list.frame.rules {
			k.rule(row, x, e.page)
		}
	}
	if len(items) == 0 || k.sound || e.list.keyed != nil {
		return
	}
	v, _ := lookup(sc.val, e.path)
	counted, _ := sc.rowsOf(e, v)
	for _, s := range e.list.valid {
		for _, fl := range faultsOf(s, counted) {
			if len(fl.path) == 0 {
				k.add(sc.problem(e, ptr, fl.keyword, fl.params))
			}
		}
	}
}

func (k *checker) row(row *scope, e *elem) {
	if !row.visible(e) {
		return
	}
	if e.field != nil {
		k.elem(row, e)
	}
	for _, kid := range e.kids {
		k.row(row, kid)
	}
}

// objects checks what depends on several answers of an object, for the fields at hand.
func (k *checker) objects(sc *scope, list []*schemaAt) {
	if k.sound {
		return
	}
	for _, o := range list {
		if !sc.chainHolds(o.path) {
			continue
		}
		for _, fl := range faultsOf(o.extra, sc.object(o.path)) {
			ptr := o.ptr + fl.ptr()
			e, at := sc.nearest(ptr)
			if e == nil || !sc.visible(e) || k.onOtherPage(e) {
				continue
			}
			k.add(sc.problem(e, sc.full(at), fl.keyword, fl.params))
		}
	}
}

// onOtherPage tells whether the element belongs to a page that comes later than all that was checked so far.
func (k *checker) onOtherPage(e *elem) bool { return k.r.onlyPage >= 0 && e.page != k.r.onlyPage }

// nearest finds the control of a pointer in the frame, or of what is around it, and the pointer to report.
func (sc *scope) nearest(ptr string) (*elem, string) {
	for p := ptr; ; {
		if binds := sc.frame.binds[p]; len(binds) > 0 {
			for _, e := range binds {
				if sc.visible(e) {
					return e, p
				}
			}
			return binds[0], p
		}
		i := lastSlash(p)
		if i < 0 {
			return nil, ""
		}
		name := unescapePointer(p[i+1:])
		p = p[:i]
		if e := sc.frame.mapFor(p, name); e != nil {
			return e, p
		}
	}
}

func lastSlash(p string) int {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] == '/' {
			return i
		}
	}
	return -1
}

// rule checks a cross-field rule on the last page that asks for one of its answers.
func (k *checker) rule(sc *scope, x *xrule, pageIndex int) {
	var target *elem
	for _, ptr := range x.pointers {
		for _, e := range sc.frame.binds[ptr] {
			if !sc.visible(e) || !k.r.onJourney(e.page) {
				continue
			}
			if target == nil || e.page > target.page {
				target = e
			}
			break
		}
	}
	if target == nil || target.page != pageIndex {
		return
	}
	if truthy(sc.logic(x.base).eval(x.logic, nil)) {
		return
	}
	p := sc.problem(target, sc.full(target.ptr), "rule", nil)
	if text := x.message.in(k.r.lang); text != "" {
		p.Text = text
	}
	k.add(p)
}
