package formdef

import (
	"encoding/json"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// proven is the value that the identity provider vouches for, if the field is locked by it.
func (sc *scope) proven(e *elem) (any, bool) {
	f := e.field
	if f == nil || f.prefill == nil || !f.prefill.locked || sc.r.s.Proven == nil {
		return nil, false
	}
	text := sc.r.s.Proven[f.prefill.attribute]
	if text == "" {
		return nil, false
	}
	v, ok := f.fromText(text)
	return v, ok
}

// fromText turns a proven text into an answer, if the field allows it.
func (f *field) fromText(text string) (any, bool) {
	var v any = text
	switch {
	case len(f.choices) > 0:
		v = nil
		for _, c := range f.choices {
			if c.post == text {
				v = c.value
			}
		}
	case f.widget == WidgetNumber:
		v = json.Number(text)
		if _, ok := parseDecimal(text); !ok {
			return nil, false
		}
	}
	if v == nil {
		return nil, false
	}
	for _, s := range f.valid {
		if s != nil && s.Validate(v) != nil {
			return nil, false
		}
	}
	return v, true
}

// get is the answer that counts at a pointer of the frame: hidden ones do not, calculated ones are computed.
func (sc *scope) get(path []string, ptr string) (any, bool) {
	if e := sc.frame.picks[ptr]; e != nil {
		return sc.pickedValue(e)
	}
	if sc.r.raw {
		return lookup(sc.val, path)
	}
	if c := sc.frame.calcs[ptr]; c != nil {
		v := sc.compute(c)
		return v, v != nil
	}
	binds := sc.frame.binds[ptr]
	if len(binds) == 0 {
		v, ok := lookup(sc.val, path)
		switch {
		case sc.frame.prefixes[ptr]:
			return sc.pruned(ptr, v)
		case ok:
			return v, true
		}
		return nil, false
	}
	if !sc.counts(binds) {
		return nil, false
	}
	for _, e := range binds {
		if v, ok := sc.proven(e); ok {
			return v, true
		}
	}
	v, ok := lookup(sc.val, path)
	e := sc.live(binds)
	if ok && e.list != nil {
		return sc.rowsOf(e, v)
	}
	return v, ok && v != nil && e.fits(v)
}

// live is the control that is shown of those that share a pointer, else the first.
func (sc *scope) live(binds []*elem) *elem {
	for _, e := range binds {
		if len(binds) == 1 || sc.visible(e) {
			return e
		}
	}
	return binds[0]
}

// pruned is an object without what does not count.
func (sc *scope) pruned(ptr string, v any) (any, bool) {
	if sc.r.depth > maxChase {
		return v, v != nil
	}
	sc.r.depth++
	defer func() { sc.r.depth-- }()
	out := sc.effective(ptr)
	if n := sc.frame.tuples[ptr]; n > 0 {
		list := asTuple(out, n)
		return list, len(list) > 0
	}
	return out, len(out) > 0 || ptr == ""
}

// counts tells whether an answer with these controls is part of the application.
func (sc *scope) counts(binds []*elem) bool {
	for _, e := range binds {
		if e.keep || sc.visible(e) {
			return true
		}
	}
	return false
}

// compute runs a calculation; nil when it has no result.
func (sc *scope) compute(c *calc) any {
	r := sc.r
	key := sc.full(c.ptr)
	if v, ok := r.calcs[key]; ok {
		return v
	}
	if r.calcs == nil {
		r.calcs = map[string]any{}
	}
	r.calcs[key] = nil // a cycle reads nothing
	v := sc.calcResult(c)
	r.calcs[key] = v
	return v
}

func (sc *scope) calcResult(c *calc) any {
	l := sc.logic(c.path[:len(c.path)-1])
	switch t := l.eval(c.logic, nil).(type) {
	case *apd.Decimal:
		if c.places >= 0 {
			d, ok := roundTo(t, int32(c.places), apd.RoundHalfUp)
			if !ok {
				return nil
			}
			t = d
		}
		if c.text {
			return plainDecimal(t)
		}
		return json.Number(plainDecimal(t))
	case string:
		if c.text && t != "" {
			return t
		}
		return nil
	case bool:
		if c.text {
			return nil
		}
		return t
	}
	return nil
}

// logic prepares an evaluation for the object at the path.
func (sc *scope) logic(base []string) *logicRun {
	if len(base) == 0 {
		return newLogicRun(sc.get, sc.r.now())
	}
	prefix := joinPointer(base)
	return newLogicRun(func(path []string, ptr string) (any, bool) {
		return sc.get(append(append(make([]string, 0, len(base)+len(path)), base...), path...), prefix+ptr)
	}, sc.r.now())
}

func (r *run) now() time.Time { return r.s.Now }
