package formdef

import (
	"maps"
	"strings"
)

// decoder applies one post to one page.
type decoder struct {
	r      *run
	p      *page
	in     Typed
	before map[string]bool // controls that the page showed, by full pointer
	done   map[string]bool
	late   map[string]bool // appeared by this post and were not on the page
	// storing: walking keeps the rows that the page showed, so that one in a row has a list to be in
	storing bool
	// renames are entries of objects that are to be called otherwise
	renames []renaming
	entries []*scope // rows that are entries of objects
}

// maxPasses bounds how often newly shown questions are looked for; each pass settles at least one.
const maxPasses = 20

func (f *Form) decode(index int, s State, in Typed) (State, []Problem) {
	p := f.page(index)
	if p == nil {
		return s, nil
	}
	r := f.newRun(&s)
	r.onlyPage = index
	if !r.pageShown(p) {
		return s, nil
	}
	s.Answers = maps.Clone(s.Answers)
	if s.Answers == nil {
		s.Answers = Answers{}
	}
	d := &decoder{r: r, p: p, in: in, before: map[string]bool{}, done: map[string]bool{}}
	d.dropTyped()
	d.mark(r.top(), p.fields)
	for range maxPasses {
		if !d.pass() {
			break
		}
	}
	r.changed()
	k := &checker{r: r}
	d.keepEntries()
	for _, p := range d.rename() {
		k.add(p)
	}
	r.changed()
	k.page(p)
	for i := range k.out {
		k.out[i].Fresh = d.late[k.out[i].Pointer]
	}
	return s, k.sorted()
}

// dropTyped forgets what was typed on this page before.
func (d *decoder) dropTyped() {
	if len(d.r.s.Typed) == 0 {
		return
	}
	left := Typed{}
	for name, raw := range d.r.s.Typed {
		mine := false
		for _, e := range d.p.fields {
			mine = mine || within(name, e.ptr)
		}
		if !mine {
			left[name] = raw
		}
	}
	d.r.s.Typed = left
}

// mark remembers which questions the page showed before this post.
func (d *decoder) mark(sc *scope, fields []*elem) {
	for _, e := range fields {
		d.walk(sc, e, func(sc *scope, e *elem) { d.before[sc.full(e.ptr)] = true })
	}
}

// walk visits the visible fields at and below e, in rows too.
func (d *decoder) walk(sc *scope, e *elem, visit func(*scope, *elem)) {
	if !sc.visible(e) {
		return
	}
	if e.list != nil {
		if d.storing {
			d.keepRows(sc, e)
		}
		for _, it := range sc.items(e) {
			row := sc.row(e, it.token, it.v)
			for _, b := range e.list.body {
				d.walk(row, b, visit)
			}
		}
		return
	}
	if e.field != nil {
		visit(sc, e)
		return
	}
	for _, k := range e.kids {
		d.walk(sc, k, visit)
	}
}

// pass decodes every visible question that was not decoded yet, in page order, each under the answers so far.
func (d *decoder) pass() bool {
	progress := false
	d.storing = true
	for _, e := range d.p.fields {
		d.walk(d.r.top(), e, func(sc *scope, e *elem) {
			ptr := sc.full(e.ptr)
			if d.done[ptr] {
				return
			}
			d.done[ptr] = true
			progress = true
			d.take(sc, e, ptr)
		})
	}
	d.r.changed()
	return progress
}

// keepRows stores the rows that the page showed, so that an empty one is there to be filled.
func (d *decoder) keepRows(sc *scope, e *elem) {
	if e.list.keyed != nil {
		return
	}
	items, ptr := sc.items(e), sc.full(e.ptr)
	now, _ := lookup(d.r.s.Answers, splitPointer(ptr)) // a row's scope does not see what this pass wrote
	stored, _ := now.([]any)
	if len(items) > len(stored) && d.r.f.openBelow(ptr) {
		list := make([]any, len(items))
		for i, it := range items {
			list[i] = it.v
		}
		d.store(ptr, list)
	}
}

// take reads one question from the post.
func (d *decoder) take(sc *scope, e *elem, ptr string) {
	if v, locked := sc.proven(e); locked {
		d.store(ptr, v)
		return
	}
	if e.field.file != nil || !sc.asked(e) {
		return
	}
	got := sc.parse(e, ptr, d.in)
	if !d.before[ptr] && !got.posted {
		if d.late == nil {
			d.late = map[string]bool{}
		}
		d.late[ptr] = true
		return
	}
	had, there := lookup(sc.val, e.path)
	switch {
	case there && e.field.keptSecret(ptr, d.in):
	case there && e.field.entry == nil && !e.field.secret && sc.unchanged(e, ptr, had, got, d.in):
	case got.keyword != "":
		d.keepTyped(e, ptr)
		if e.field.entry == nil {
			d.forget(ptr)
		}
	case e.field.branch != nil:
		d.keepTyped(e, ptr)
	case e.field.entry != nil:
		d.entries = append(d.entries, sc)
		if name := text(got.value); name != "" && name != sc.token {
			d.renames = append(d.renames, renaming{sc.base[:lastSlash(sc.base)], sc.token, name})
		}
	case got.value == nil:
		d.forget(ptr)
	default:
		d.makeTuples(sc, e)
		d.store(ptr, got.value)
		if sc.otherwise(e, ptr, got.value, d.in) {
			d.keepTyped(e, ptr)
		}
	}
	if e.field.source || sc.up != nil || e.field.branch != nil {
		d.r.changed()
	}
}

// keepRaw keeps what was typed under one name.
func (d *decoder) keepRaw(name string) {
	typed := maps.Clone(d.r.s.Typed)
	if typed == nil {
		typed = Typed{}
	}
	typed[name] = d.in[name]
	d.r.s.Typed = typed
}

func (d *decoder) keepTyped(e *elem, ptr string) {
	f := e.field
	typed := maps.Clone(d.r.s.Typed)
	if typed == nil {
		typed = Typed{}
	}
	for name, raw := range d.in {
		if name == ptr || (f.widget == WidgetDate && strings.HasPrefix(name, ptr+"/")) {
			typed[name] = raw
		}
	}
	d.r.s.Typed = typed
}

// The answers were copied at the start, so that they can be written to.
func (d *decoder) store(ptr string, v any) { putTop(d.r.s.Answers, splitPointer(ptr), v) }

// makeTuples makes the arrays of fixed entries around a control as long as they may be, so that any entry can be set.
func (d *decoder) makeTuples(sc *scope, e *elem) {
	for _, t := range e.tuples {
		path := append(splitPointer(sc.base), e.path[:t.depth]...)
		v, _ := lookup(d.r.s.Answers, path)
		list, _ := v.([]any)
		if len(list) < t.size {
			putTop(d.r.s.Answers, path, append(list[:len(list):len(list)], make([]any, t.size-len(list))...))
		}
	}
}

func (d *decoder) forget(ptr string) { dropTop(d.r.s.Answers, splitPointer(ptr)) }

// typedProblem is what is wrong with something typed that could not become an answer, or nil.
func (sc *scope) typedProblem(e *elem, ptr string) *Problem {
	if len(sc.r.s.Typed) == 0 || e.field.file != nil {
		return nil
	}
	got := sc.parse(e, ptr, sc.r.s.Typed)
	if got.keyword == "" {
		return nil
	}
	p := sc.problem(e, ptr, got.keyword, got.params)
	return &p
}
