package formdef

// run is one question put to a form: its caches live as long as the answers do not change.
type run struct {
	f       *Form
	c       *compiled
	s       *State
	lang    int
	raw     bool // look at answers as they are, also hidden ones (JSON Forms does)
	vis     []visibility
	calcs   map[string]any
	objects map[string]any       // by pointer, as they count
	actives map[string][]*schema // by pointer of the object that they apply to
	depth   int
	level   int  // of visible
	cyclic  bool // a circle of rules was met
	tainted []int
	// the same in rows
	rowVis      map[rowElem]visibility
	taintedRows []rowElem
	picks       map[string]string // by full pointer; "" when nothing tells
	onlyPage    int               // when one page is checked alone, -1 otherwise
}

type visibility byte

const (
	unknown visibility = iota
	asking
	shown
	hidden
)

// maxChase bounds how deep conditions on conditional answers are followed; a form with a cycle ends here.
const maxChase = 40

func (f *Form) newRun(s *State) *run {
	r := &run{f: f, c: f.c, s: s, onlyPage: -1, vis: make([]visibility, f.c.elems)}
	r.lang = f.c.langIndex[s.Lang]
	return r
}

// changed forgets what was found out, after an answer changed.
func (r *run) changed() {
	clear(r.vis)
	r.calcs, r.objects, r.actives = nil, nil, nil
	clear(r.rowVis)
	clear(r.picks)
}

func (r *run) top() *scope { return &scope{r: r, frame: r.c.top, val: r.s.Answers} }

// scope is the frame of an element with the data that belong to it: the form, or one row.
type scope struct {
	r     *run
	frame *frame
	val   any
	base  string // JSON Pointer of the data, "" for the form
	up    *scope
	owner *elem // the list whose row it is
	token string
}

// row is the scope of one item of a list.
func (sc *scope) row(e *elem, token string, item any) *scope {
	return &scope{r: sc.r, frame: e.list.frame, val: item, base: sc.base + e.ptr + "/" + escapePointer(token), up: sc, owner: e, token: token}
}

// full is the pointer of an element from the root of the answers.
func (sc *scope) full(ptr string) string {
	if sc.base == "" {
		return ptr
	}
	return sc.base + ptr
}

// visible tells whether the element is shown, with everything around it in its frame.
func (sc *scope) visible(e *elem) bool {
	r := sc.r
	if r.f.off(sc, e) {
		return false
	}
	if sc.up != nil && e.rule.shows() {
		return sc.visibleInRow(e)
	}
	if e.id >= 0 && sc.up == nil {
		switch r.vis[e.id] {
		case asking: // a cycle counts as shown
			r.cyclic = true
			return true
		case shown:
			return true
		case hidden:
			return false
		}
		r.vis[e.id] = asking
		r.level++
		ok := sc.decideVisible(e)
		r.level--
		r.vis[e.id] = hidden
		if ok {
			r.vis[e.id] = shown
		}
		r.untaint(e.id)
		return ok
	}
	return sc.decideVisible(e)
}

// rowElem is an element in one row.
type rowElem struct {
	base string
	e    *elem
}

// visibleInRow is visible for an element with a rule: found out once, since conditions may look at the whole row.
func (sc *scope) visibleInRow(e *elem) bool {
	r, key := sc.r, rowElem{sc.base, e}
	switch r.rowVis[key] {
	case asking:
		r.cyclic = true
		return true
	case shown:
		return true
	case hidden:
		return false
	}
	if r.rowVis == nil {
		r.rowVis = map[rowElem]visibility{}
	}
	r.rowVis[key] = asking
	r.level++
	ok := sc.decideVisible(e)
	r.level--
	r.rowVis[key] = hidden
	if ok {
		r.rowVis[key] = shown
	}
	if r.cyclic && r.level > 0 {
		r.taintedRows = append(r.taintedRows, key)
	}
	r.untaint(-1)
	return ok
}

// untaint forgets, when a question is answered, what was found out on the way by taking for granted in a circle of rules
// that something is shown: it holds for this question alone.
func (r *run) untaint(id int) {
	switch {
	case !r.cyclic:
	case r.level > 0:
		if id >= 0 {
			r.tainted = append(r.tainted, id)
		}
	default:
		for _, key := range r.taintedRows {
			delete(r.rowVis, key)
		}
		r.taintedRows = r.taintedRows[:0]
		for _, other := range r.tainted {
			r.vis[other] = unknown
		}
		r.tainted, r.cyclic = r.tainted[:0], false
		r.calcs, r.objects, r.actives = nil, nil, nil
	}
}

func (sc *scope) decideVisible(e *elem) bool {
	if e.parent != nil && !sc.visible(e.parent) {
		return false
	}
	if !e.rule.shows() {
		return true
	}
	if sc.r.depth++; sc.r.depth > maxChase {
		sc.r.depth--
		return true
	}
	ok := e.rule.cond.holds(sc)
	sc.r.depth--
	return ok == (e.rule.effect == "SHOW")
}

// enabled follows JSON Forms: the rule, then options.readonly, then the schema's readOnly, then what is around.
func (sc *scope) enabled(e *elem) bool {
	if e.rule != nil && (e.rule.effect == "ENABLE" || e.rule.effect == "DISABLE") {
		return e.rule.cond.holds(sc) == (e.rule.effect == "ENABLE")
	}
	switch {
	case e.readonly != nil:
		return !*e.readonly
	case e.s != nil && e.s.flag("readOnly"):
		return false
	case e.parent != nil:
		return sc.enabled(e.parent)
	case sc.up != nil:
		return sc.up.enabled(sc.owner)
	}
	return true
}

// isReadonly is the same for the effects READONLY and WRITABLE.
func (sc *scope) isReadonly(e *elem) bool {
	if e.rule != nil && (e.rule.effect == "READONLY" || e.rule.effect == "WRITABLE") {
		return e.rule.cond.holds(sc) == (e.rule.effect == "READONLY")
	}
	switch {
	case e.readonly != nil:
		return *e.readonly
	case e.s != nil && e.s.flag("readOnly"):
		return true
	case e.parent != nil:
		return sc.isReadonly(e.parent)
	case sc.up != nil:
		return sc.up.isReadonly(sc.owner)
	}
	return false
}

// asked tells whether the citizen may answer the element now.
func (sc *scope) asked(e *elem) bool {
	if e.field == nil || e.field.calc != nil || !sc.enabled(e) || sc.isReadonly(e) {
		return false
	}
	if _, locked := sc.proven(e); locked {
		return false
	}
	return sc.r.f.open(sc.full(e.ptr))
}
