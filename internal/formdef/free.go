package formdef

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// A value of which the schema does not say what is in it (an object without members, a list without items, a list or an
// object) is asked as JSON: whoever fills in a foreign form can answer it, and nothing that is there is lost. It is no
// question for citizens: forms check says so.

// free makes e the field of such a value.
func (b *builder) free(n *node, e *elem, res resolved, prefix, what string) *elem {
	key, args := "free."+what, []any{"pointer", pointerOrRoot(e.ptr), "n", maxUnrolled, "types", strings.Join(e.s.types, " or ")}
	b.c.unsupported = append(b.c.unsupported, "#"+n.at+": "+worded(key, args)+" (it is asked as JSON)")
	b.c.unshown = append(b.c.unshown, found("ui.json", n.at, key, args...))
	b.newFieldAs(n, e, res, prefix, WidgetTextArea)
	e.field.free = true
	e.field.textRows = max(e.field.textRows, 6)
	b.bind(e)
	return e
}

// parseFree reads JSON within the limits of all answers.
func parseFree(s string) (v any, ok bool) {
	if scanLimits([]byte(s)) != nil {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return nil, false
	}
	_, err := dec.Token()
	return v, errors.Is(err, io.EOF)
}

// writeFree is a value as JSON, one member in a line.
func writeFree(v any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(v) != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}
