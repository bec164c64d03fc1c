package formdef

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"antragswerk/internal/formdef/formtest"
)

// shrink removes members and entries of a form, one at a time, as long as it still fails.
func shrink(f formtest.Form, fails func(formtest.Form) bool) formtest.Form {
	for again := true; again; {
		again = false
		for _, part := range []*json.RawMessage{&f.UI, &f.Schema, &f.Data} {
			if *part == nil {
				continue
			}
			whole := *part
			for i := 0; ; {
				less := without(whole, i)
				if less == nil {
					break
				}
				*part = less
				if fails(f) {
					whole, again = less, true
				} else {
					*part = whole
					i++
				}
			}
			*part = whole
		}
		for _, k := range slices.Sorted(maps.Keys(f.Texts)) {
			text := f.Texts[k]
			delete(f.Texts, k)
			if !fails(f) {
				f.Texts[k] = text
			}
		}
	}
	return f
}

// without writes the JSON value anew without its nth member or entry, counted in document order; nil when there are
// fewer.
func without(raw json.RawMessage, n int) json.RawMessage {
	root, err := parseNode(raw)
	if err != nil {
		return nil
	}
	w := &skipper{skip: n}
	w.write(root)
	if w.at <= n {
		return nil
	}
	return w.buf.Bytes()
}

type skipper struct {
	buf      bytes.Buffer
	at, skip int
}

// drop counts an entry and tells whether it is the one to leave out.
func (w *skipper) drop() bool {
	w.at++
	return w.at-1 == w.skip
}

func (w *skipper) write(n *node) {
	switch {
	case n.obj != nil:
		w.buf.WriteByte('{')
		first := true
		for _, k := range n.keys {
			if k != "type" && w.drop() { // an element without a type would be another matter
				continue
			}
			if !first {
				w.buf.WriteByte(',')
			}
			first = false
			writeText(&w.buf, k)
			w.buf.WriteByte(':')
			w.write(n.obj[k])
		}
		w.buf.WriteByte('}')
	case n.list:
		w.buf.WriteByte('[')
		first := true
		for _, e := range n.arr {
			if w.drop() {
				continue
			}
			if !first {
				w.buf.WriteByte(',')
			}
			first = false
			w.write(e)
		}
		w.buf.WriteByte(']')
	default:
		raw, err := json.Marshal(n.val)
		if err == nil {
			w.buf.Write(raw)
		}
	}
}
