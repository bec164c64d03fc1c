package formdef

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// plan prepares the objects of a frame: which members can hold something that counts.
func (f *frame) plan(s *schema, path []string, depth int) {
	ptr := joinPointer(path)
	if _, done := f.plans[ptr]; done || depth > 12 {
		return
	}
	var slots []slot
	for _, p := range s.everyProp() {
		sub := append(slices.Clone(path), p.name)
		sl := slot{name: p.name, path: sub, ptr: joinPointer(sub), must: s.required[p.name], null: p.s.nullable}
		sl.binds, sl.calc = f.binds[sl.ptr], f.calcs[sl.ptr]
		switch {
		case len(sl.binds) > 0 || sl.calc != nil:
		case f.prefixes[sl.ptr]:
			sl.inner, sl.tuple = true, p.s.tuple
			f.tuples[sl.ptr] = p.s.tuple
		case s.required[p.name] && p.s.attr("const") != nil:
			sl.konst = p.s.attr("const").plain() // what nobody is asked can still be given
		default:
			continue
		}
		slots = append(slots, sl)
		if sl.inner {
			f.plan(p.s, sub, depth+1)
		}
	}
	f.plans[ptr] = f.planOthers(slots, path, depth)
}

// planOthers adds members that are bound, but that the object's schema does not declare by itself: several branches may
// have a property of the same name with different members.
func (f *frame) planOthers(slots []slot, path []string, depth int) []slot {
	have := map[string]bool{}
	for _, sl := range slots {
		have[sl.name] = true
	}
	add := func(ptr string, inner bool) {
		full := splitPointer(ptr)
		if len(full) != len(path)+1 || joinPointer(full[:len(path)]) != joinPointer(path) || have[full[len(path)]] {
			return
		}
		have[full[len(path)]] = true
		sl := slot{name: full[len(path)], path: full, ptr: ptr, binds: f.binds[ptr], inner: inner}
		slots = append(slots, sl)
		if inner {
			f.plan(&schema{}, full, depth+1)
		}
	}
	for _, ptr := range sortedKeys(f.binds) {
		add(ptr, false)
	}
	for _, ptr := range sortedKeys(f.prefixes) {
		add(ptr, len(f.binds[ptr]) == 0)
	}
	return slots
}

// effective builds the object at the pointer as it counts: answers that are shown or kept, calculated values, proven
// values; nothing else. Objects that hold nothing are left out.
func (sc *scope) effective(ptr string) Answers {
	slots := sc.frame.plans[ptr]
	out := make(Answers, len(slots))
	for i := range slots {
		if v, ok := sc.effectiveAt(&slots[i]); ok {
			out[slots[i].name] = v
		}
	}
	if len(sc.frame.picks) > 0 {
		sc.addFixed(ptr, out)
	}
	if len(sc.frame.maps) > 0 {
		sc.addEntries(ptr, out)
	}
	return out
}

func (sc *scope) effectiveAt(sl *slot) (any, bool) {
	switch {
	case sl.tuple > 0:
		list := asTuple(sc.effective(sl.ptr), sl.tuple)
		return list, len(list) > 0
	case sl.inner:
		v := sc.effective(sl.ptr)
		return v, len(v) > 0
	case sl.konst != nil:
		return sl.konst, true
	case len(sl.binds) > 0 && !sc.counts(sl.binds):
		return nil, false
	}
	v, ok := sc.get(sl.path, sl.ptr)
	if sl.null && v == nil {
		_, said := lookup(sc.val, sl.path)
		return nil, said || sl.must
	}
	if list, isList := v.([]any); ok && isList && len(list) == 0 {
		return nil, false
	}
	return v, ok && v != nil && v != ""
}

// asTuple makes an array of entries by index; those that are missing between others are null.
func asTuple(m Answers, size int) []any {
	var list []any
	for i := range size {
		v, ok := m[itoa(i)]
		if !ok {
			continue
		}
		for len(list) < i {
			list = append(list, nil)
		}
		list = append(list, v)
	}
	return list
}

// rowsOf is a list with every row as it counts.
func (sc *scope) rowsOf(e *elem, v any) (any, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]any, 0, len(list))
	for i, item := range list {
		row := sc.row(e, itoa(i), item)
		if _, isObject := item.(map[string]any); isObject && !e.list.frame.schema.isWhole() || e.list.frame.schema.holdsMembers() {
			out = append(out, row.effective(""))
			continue
		}
		if given(item) {
			out = append(out, item)
		}
	}
	return out, len(out) > 0
}

// proofs are the answers to the municipality's extra questions.
func (r *run) proofs() Answers {
	out := Answers{}
	if d := r.f.delta; d != nil && d.proofs != nil {
		for _, e := range d.proofs.fields {
			if v, ok := lookup(r.s.Answers, e.path); ok && given(v) {
				out[e.field.name] = v
			}
		}
	}
	return out
}

// canonical writes a value with keys in schema order and numbers as plain decimals.
func canonical(buf *bytes.Buffer, v any, s *schema) {
	switch t := v.(type) {
	case map[string]any:
		buf.WriteByte('{')
		for i, k := range schemaOrder(t, s) {
			if i > 0 {
				buf.WriteByte(',')
			}
			writeText(buf, k)
			buf.WriteByte(':')
			var kid *schema
			if s != nil {
				if p := s.prop(k); p != nil {
					kid = p.s
				}
			}
			canonical(buf, t[k], kid)
		}
		buf.WriteByte('}')
	case []any:
		buf.WriteByte('[')
		for i, e := range t {
			if i > 0 {
				buf.WriteByte(',')
			}
			canonical(buf, e, s.entry(i))
		}
		buf.WriteByte(']')
	case json.Number:
		buf.WriteString(canonicalNumber(t).String())
	case string:
		writeText(buf, t)
	case bool:
		if t {
			buf.WriteString("true")
		} else {
			buf.WriteString("false")
		}
	default:
		buf.WriteString("null")
	}
}

// entry is the schema of the nth entry of an array.
func (s *schema) entry(n int) *schema {
	switch {
	case s == nil:
		return nil
	case n < s.tuple:
		return s.props[s.index[itoa(n)]].s
	}
	return s.items
}

func writeText(buf *bytes.Buffer, s string) {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) == nil {
		buf.Truncate(buf.Len() - 1) // the line break that Encode adds
	}
}

func schemaOrder(m map[string]any, s *schema) []string {
	keys := sortedKeys(m)
	if s == nil {
		return keys
	}
	rank := s.rank
	slices.SortStableFunc(keys, func(a, b string) int {
		x, y := rank[a], rank[b]
		switch {
		case x == y:
			return strings.Compare(a, b)
		case x == 0:
			return 1
		case y == 0:
			return -1
		}
		return x - y
	})
	return keys
}
