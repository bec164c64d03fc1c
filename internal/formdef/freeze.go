package formdef

import (
	"bytes"
	"maps"
	"time"
)

func (f *Form) freeze(s State) ([]byte, []Problem) {
	r := f.newRun(&s)
	if problems := r.checkAll(); len(problems) > 0 {
		return nil, problems
	}
	raw := r.frozen()
	if len(raw) > maxBytes {
		return nil, []Problem{{Keyword: "maxBytes", Params: map[string]string{"limit": itoa(maxBytes)}}}
	}
	return raw, nil
}

// frozen writes everything that counts in its canonical form.
func (r *run) frozen() []byte {
	all := r.everything()
	if proofs := r.proofs(); len(proofs) > 0 {
		all[proofsRoot] = proofs
	}
	var buf bytes.Buffer
	canonical(&buf, all, r.c.root)
	return buf.Bytes()
}

// accepts checks bytes from outside: within the limits, of the right shape, and nothing that no page asked for.
func (f *Form) accepts(raw []byte, now time.Time) []Problem {
	answers, bad := parseAnswers(raw)
	if bad != nil {
		return []Problem{*bad}
	}
	s := State{Answers: answers, Now: now, Lang: "de"}
	r := f.newRun(&s)
	faults := faultsOf(f.c.valid, withoutProofs(answers))
	k := &checker{r: r, sound: len(faults) == 0}
	k.shape(r.top(), f.c.root, answers, "")
	if wrong := k.wrongTypes(); len(wrong) > 0 {
		return wrong // what depends on a value of the wrong type means nothing
	}
	for _, p := range r.journeyPages() {
		k.page(p)
		if r.exitOn(p) != nil {
			k.add(Problem{Pointer: "", Keyword: "exit", Page: p.index})
		}
	}
	k.whole(faults) // as sent, so that a wrong type is found where nothing that counts is left of it
	return k.sorted()
}

// withoutProofs hides the municipality's questions from the state's schema.
func withoutProofs(a Answers) Answers {
	if _, there := a[proofsRoot]; !there {
		return a
	}
	out := maps.Clone(a)
	delete(out, proofsRoot)
	return out
}

func (k *checker) wrongTypes() []Problem {
	var out []Problem
	for _, p := range k.sorted() {
		if p.Keyword == "type" {
			out = append(out, p)
		}
	}
	return out
}

// shape finds answers that no page could have produced: unknown keys, hidden fields, foreign calculated values.
func (k *checker) shape(sc *scope, s *schema, m map[string]any, ptr string) {
	for _, name := range sortedKeys(m) {
		if ptr == "" && sc.up == nil && name == proofsRoot {
			k.proofShape(m[name])
			continue
		}
		kidPtr := ptr + "/" + escapePointer(name)
		p := s.prop(name)
		if bound := len(sc.frame.binds[kidPtr]) > 0 || sc.frame.prefixes[kidPtr]; p == nil && bound {
			p = &property{name: name, s: &schema{}} // another branch has it
		}
		if len(sc.frame.picks) > 0 && len(sc.frame.binds[kidPtr]) == 0 && sc.isFixed(ptr, name, m[name]) {
			continue
		}
		if e := sc.frame.mapFor(ptr, name); p == nil && e != nil && name != noName {
			k.entryShape(sc, e, name, m[name])
			continue
		}
		if p == nil {
			k.add(Problem{Pointer: sc.full(kidPtr), Keyword: "unknown"})
			continue
		}
		k.shapeAt(sc, s, p, m[name], kidPtr)
	}
}

func (k *checker) shapeAt(sc *scope, s *schema, p *property, v any, ptr string) {
	full := sc.full(ptr)
	binds, calc := sc.frame.binds[ptr], sc.frame.calcs[ptr]
	switch {
	case len(binds) > 0 && !sc.counts(binds):
		k.add(sc.problem(binds[0], full, "hidden", nil))
	case calc != nil:
		if want := sc.compute(calc); !sameScalar(v, want) {
			k.add(Problem{Pointer: full, Keyword: "calculated", Params: map[string]string{"want": postValue(want)}})
		}
	case len(binds) > 0 && sc.live(binds).list != nil:
		k.rowShapes(sc, sc.live(binds), v, ptr)
	case len(binds) > 0:
		k.fieldShape(sc, sc.live(binds), v, full)
	case sc.frame.prefixes[ptr]:
		if n := sc.frame.tuples[ptr]; n > 0 {
			k.tupleShape(sc, p.s, v, ptr)
			return
		}
		m, ok := v.(map[string]any)
		switch e := sc.hiddenObject(ptr); {
		case ok && len(m) > 0 && e != nil:
			k.add(Problem{Pointer: full, Keyword: "hidden", Page: e.page})
		case ok:
			k.shape(sc, p.s, m, ptr)
		default:
			k.add(Problem{Pointer: full, Keyword: "type"})
		}
	case p.s.attr("const") != nil && s.required[p.name]:
	default:
		if m, ok := v.(map[string]any); ok && len(m) == 0 {
			return // an object that must be there and of which nothing is asked
		}
		k.add(Problem{Pointer: full, Keyword: "unknown"})
	}
}

// tupleShape checks an array of fixed entries as if they were members.
func (k *checker) tupleShape(sc *scope, s *schema, v any, ptr string) {
	list, ok := v.([]any)
	if !ok || len(list) > 0 && list[len(list)-1] == nil {
		k.add(Problem{Pointer: sc.full(ptr), Keyword: "type"})
		return
	}
	members := map[string]any{}
	for i, item := range list {
		if item != nil {
			members[itoa(i)] = item
		}
	}
	k.shape(sc, s, members, ptr)
}

// entryShape checks one entry of an object.
func (k *checker) entryShape(sc *scope, e *elem, name string, v any) {
	row := sc.row(e, name, v)
	m, isObject := v.(map[string]any)
	switch object := e.list.frame.schema.holdsMembers(); {
	case !e.keep && !sc.visible(e):
		k.add(sc.problem(e, row.base, "hidden", nil))
	case isObject && object:
		k.shape(row, e.list.frame.schema, m, "")
	case isObject != object && !e.list.frame.schema.isWhole():
		k.add(Problem{Pointer: row.base, Keyword: "type", Page: e.page})
	}
}

// hiddenObject tells whether everything below the object is hidden; then it is reported as one, since no page shows
// any field of it that a link could find.
func (sc *scope) hiddenObject(ptr string) *elem {
	var first *elem
	for _, key := range sortedKeys(sc.frame.binds) {
		if !within(key, ptr) {
			continue
		}
		binds := sc.frame.binds[key]
		if sc.counts(binds) {
			return nil
		}
		if first == nil {
			first = binds[0]
		}
	}
	return first
}

// fieldShape refuses what a page never stores: empty texts, null, and what its schema does not allow at all.
func (k *checker) fieldShape(sc *scope, e *elem, v any, full string) {
	if v == nil && e.s.nullable {
		return
	}
	if v == nil || v == "" {
		k.add(sc.problem(e, full, "type", nil))
		return
	}
	if fl := k.invalid(e, v); fl != nil {
		k.add(sc.problem(e, full, fl.keyword, fl.params))
	}
}

func (k *checker) rowShapes(sc *scope, e *elem, v any, ptr string) {
	list, ok := v.([]any)
	if ok && len(list) == 0 && sc.required(e) {
		return // said as "required"
	}
	if !ok || len(list) == 0 {
		k.add(sc.problem(e, sc.full(ptr), "type", nil))
		return
	}
	object := e.list.frame.schema.holdsMembers()
	for i, item := range list {
		row := sc.row(e, itoa(i), item)
		m, isObject := item.(map[string]any)
		switch {
		case isObject && object:
			k.shape(row, e.list.frame.schema, m, "")
		case isObject != object && !e.list.frame.schema.isWhole():
			k.add(Problem{Pointer: row.base, Keyword: "type", Page: e.page})
		}
	}
}

// proofShape checks the municipality's extra proofs.
func (k *checker) proofShape(v any) {
	m, ok := v.(map[string]any)
	d := k.r.f.delta
	if !ok || d == nil || d.proofs == nil {
		k.add(Problem{Pointer: "/" + proofsRoot, Keyword: "unknown"})
		return
	}
	for _, name := range sortedKeys(m) {
		ptr := "/" + proofsRoot + "/" + escapePointer(name)
		var field *elem
		for _, e := range d.proofs.fields {
			if e.field.name == name {
				field = e
			}
		}
		list, isList := m[name].([]any)
		if field == nil || !isList || len(list) == 0 || len(list) > maxProofFiles {
			k.add(Problem{Pointer: ptr, Keyword: "unknown"})
			continue
		}
		for _, item := range list {
			if checkFileURN(text(item)) != nil {
				k.add(k.r.top().problem(field, ptr, "format", map[string]string{"format": "file-urn"}))
			}
		}
	}
}
