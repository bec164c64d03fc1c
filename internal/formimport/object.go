package formimport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// object is a JSON object that keeps the order of its members, because the order of a form is the order of its document.
// Members are nil, bool, string, int, json.Number, []any or *object.
type object struct {
	keys []string
	vals map[string]any
}

// obj makes an object of keys and values in turn; a nil value is left out.
func obj(pairs ...any) *object {
	o := &object{vals: map[string]any{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if key, ok := pairs[i].(string); ok && pairs[i+1] != nil {
			o.set(key, pairs[i+1])
		}
	}
	return o
}

func (o *object) set(key string, v any) {
	if _, known := o.vals[key]; !known {
		o.keys = append(o.keys, key)
	}
	o.vals[key] = v
}

func (o *object) get(key string) any {
	if o == nil {
		return nil
	}
	return o.vals[key]
}

func (o *object) has(key string) bool {
	if o == nil {
		return false
	}
	_, ok := o.vals[key]
	return ok
}

func (o *object) del(key string) {
	if o == nil || !o.has(key) {
		return
	}
	delete(o.vals, key)
	o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
}

func (o *object) str(key string) string {
	s, _ := o.get(key).(string)
	return s
}

func (o *object) sub(key string) *object {
	s, _ := o.get(key).(*object)
	return s
}

func (o *object) list(key string) []any {
	l, _ := o.get(key).([]any)
	return l
}

func (o *object) members() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// clone copies the object and everything below it.
func (o *object) clone() *object {
	out := obj()
	for _, k := range o.members() {
		out.set(k, cloneValue(o.vals[k]))
	}
	return out
}

func cloneValue(v any) any {
	switch t := v.(type) {
	case *object:
		return t.clone()
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = cloneValue(e)
		}
		return out
	default:
		return v
	}
}

// maxJSONDepth is how deep a foreign JSON file may be nested.
const maxJSONDepth = 64

// parseJSON reads one JSON value and keeps the order of members. A key that stands twice is an error.
func parseJSON(raw []byte) (any, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("the text is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := jsonValue(dec, 0)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF { //nolint:errorlint // io.EOF comes unwrapped
			err = fmt.Errorf("there is more than one value")
		}
	}
	if err != nil {
		line := 1 + bytes.Count(raw[:min(int(dec.InputOffset()), len(raw))], []byte("\n"))
		return nil, fmt.Errorf("line %d: %w", line, err)
	}
	return v, nil
}

func jsonValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxJSONDepth)
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := obj()
		for dec.More() {
			k, err := dec.Token()
			if err != nil {
				return nil, err
			}
			key, _ := k.(string)
			if o.has(key) {
				return nil, fmt.Errorf("the key %q stands twice", key)
			}
			v, err := jsonValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			o.set(key, v)
		}
		_, err = dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := jsonValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	}
	return t, nil
}

// wide is the longest line that an object or array may fill before it is broken into several.
const wide = 120

// render writes JSON as a person would: two spaces, and small objects and arrays on one line.
func render(v any) []byte {
	var b strings.Builder
	pretty(&b, v, 0, 0)
	b.WriteByte('\n')
	return []byte(b.String())
}

func pretty(b *strings.Builder, v any, indent, used int) {
	one, depth := flat(v)
	if depth <= 2 && utf8.RuneCountInString(one)+2*indent+used <= wide && indent > 0 || depth == 0 {
		b.WriteString(one)
		return
	}
	pad := strings.Repeat("  ", indent+1)
	switch t := v.(type) {
	case *object:
		b.WriteByte('{')
		for i, k := range t.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			key := quote(k) + ": "
			b.WriteString("\n" + pad + key)
			pretty(b, t.vals[k], indent+1, utf8.RuneCountInString(key))
		}
		b.WriteString("\n" + pad[2:] + "}")
	case []any:
		b.WriteByte('[')
		for i, e := range t {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n" + pad)
			pretty(b, e, indent+1, 0)
		}
		b.WriteString("\n" + pad[2:] + "]")
	}
}

// flat writes a value on one line and tells how many levels it has; 0 is a scalar or something empty.
func flat(v any) (text string, depth int) {
	parts := []string{}
	add := func(prefix string, e any) {
		s, d := flat(e)
		parts, depth = append(parts, prefix+s), max(depth, d+1)
	}
	switch t := v.(type) {
	case *object:
		for _, k := range t.keys {
			add(quote(k)+": ", t.vals[k])
		}
		if len(parts) == 0 {
			return "{}", 0
		}
		return "{ " + strings.Join(parts, ", ") + " }", depth
	case []any:
		for _, e := range t {
			add("", e)
		}
		return "[" + strings.Join(parts, ", ") + "]", depth
	default:
		return quote(v), 0
	}
}

// quote writes a scalar, without the escapes meant for HTML.
func quote(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// escape makes a name part of a JSON Pointer.
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// pointer joins names to a JSON Pointer.
func pointer(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteString("/" + escape(p))
	}
	return b.String()
}

// scopeOf is the UI schema's address of a data path: #/properties/a/properties/b.
func scopeOf(path []string) string {
	var b strings.Builder
	b.WriteByte('#')
	for _, p := range path {
		b.WriteString("/properties/" + escape(p))
	}
	return b.String()
}
