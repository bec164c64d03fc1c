package formdef

// asksOnce tells whether something in the element looks different once it is asked for. What waits for a script is drawn
// from answers that do not show it yet: a question that a condition requires would be marked as optional, and a list that
// must have rows would have none, so that who answers "yes" sees a heading and a button that adds two.
func asksOnce(e *elem) bool {
	switch {
	case e.list != nil:
		return e.list.minItems > 0
	case e.field != nil:
		return e.field.complex
	}
	for _, k := range e.kids {
		if asksOnce(k) {
			return true
		}
	}
	return false
}

// reveal is what is drawn by when a condition holds that does not hold yet.
type reveal struct {
	w  *viewer
	sc *scope
}

// revealed is the viewer and the scope in which a hidden element is drawn as a script will show it: with the answer by
// which it appears. Those that came in when there is no such answer. Only rules that show are left to scripts.
func (w *viewer) revealed(sc *scope, e *elem, when string) (*viewer, *scope) {
	if !asksOnce(e) {
		return w, sc
	}
	if w.reveals == nil {
		w.reveals = map[string]reveal{}
	}
	key := sc.base + " " + when
	got, ok := w.reveals[key]
	if !ok {
		got.w, got.sc = w.reveal(sc, e)
		w.reveals[key] = got
	}
	return got.w, got.sc
}

func (w *viewer) reveal(sc *scope, e *elem) (*viewer, *scope) {
	binds := sc.frame.binds[e.whenPtr]
	if len(binds) == 0 || binds[0].field == nil || len(e.rule.cond.in) == 0 {
		return w, sc
	}
	value := e.rule.cond.in[0]
	if binds[0].field.multi {
		value = []any{value}
	}
	answers, ok := withRows(w.r.s.Answers, sc)
	if !ok {
		return w, sc
	}
	s := *w.r.s
	s.Answers, _ = put(answers, splitPointer(sc.full(e.whenPtr)), value).(map[string]any)
	r := w.r.f.newRun(&s)
	then := r.again(sc)
	if then == nil || !e.rule.cond.holds(then) {
		return w, sc
	}
	return &viewer{r: r, problems: w.problems, fresh: w.fresh}, then
}

// withRows stores the rows around a scope that only the page shows, so that an answer in them has a place.
func withRows(a Answers, sc *scope) (Answers, bool) {
	if sc.up == nil {
		return a, true
	}
	a, ok := withRows(a, sc.up)
	if !ok || sc.owner.list.keyed != nil {
		return a, false
	}
	path := splitPointer(sc.up.full(sc.owner.ptr))
	items := sc.up.items(sc.owner)
	if v, _ := lookup(a, path); len(items) > 0 {
		if list, _ := v.([]any); len(list) >= len(items) {
			return a, true
		}
	}
	rows := make([]any, len(items))
	for i, it := range items {
		rows[i] = it.v
	}
	out, _ := put(a, path, rows).(map[string]any)
	return out, true
}

// again is the scope of the same place in another run, nil when it is not there.
func (r *run) again(sc *scope) *scope {
	if sc.up == nil {
		return r.top()
	}
	up := r.again(sc.up)
	if up == nil {
		return nil
	}
	for _, it := range up.items(sc.owner) {
		if it.token == sc.token {
			return up.row(sc.owner, it.token, it.v)
		}
	}
	return nil
}
