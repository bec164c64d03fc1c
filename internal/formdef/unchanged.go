package formdef

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// unchanged tells whether a page sent back exactly what it showed of an answer. Then the answer stays as it is, though
// the page may show less of it than there is: the seconds of a time, the type of a value that may have several, the
// order of what was ticked, null.
func (sc *scope) unchanged(e *elem, ptr string, had any, got parsed, in Typed) bool {
	f := e.field
	switch f.widget {
	case WidgetCheckboxes:
		return sameSet(had, got.value)
	case WidgetDate:
		d := Field{Pointer: ptr}
		(&viewer{}).date(&d, f, text(had))
		return given(had) && !slices.ContainsFunc(d.Parts, func(p DatePart) bool {
			raw := in[p.Name]
			return len(raw) == 0 || raw[len(raw)-1] != p.Value
		})
	}
	if had == nil {
		return got.value == nil && e.s.nullable
	}
	raw := in[ptr]
	if len(raw) == 0 || f.multi || f.file != nil {
		return false
	}
	shown, posted := oneBreak.Replace(sc.r.typedValue(f, had)), oneBreak.Replace(raw[len(raw)-1])
	return shown == posted && shown != ""
}

// otherwise tells whether something was typed in another way than we would write it, and means the same in every
// language, so that it can be shown again as it was typed.
func (sc *scope) otherwise(e *elem, ptr string, v any, in Typed) bool {
	f := e.field
	last := func(name string) string {
		raw := in[name]
		if len(raw) == 0 {
			return ""
		}
		return cleanText(raw[len(raw)-1], true)
	}
	switch f.widget {
	case WidgetDate:
		d := Field{Pointer: ptr}
		(&viewer{}).date(&d, f, text(v))
		return slices.ContainsFunc(d.Parts, func(p DatePart) bool { return last(p.Name) != p.Value })
	case WidgetNumber:
		typed := last(ptr)
		if typed == sc.r.typedValue(f, v) {
			return false
		}
		de, ok1 := parseNumber(typed, "de")
		en, ok2 := parseNumber(typed, "en")
		return ok1 && ok2 && de == en
	case WidgetTime, WidgetDateNative, WidgetDateTime:
		return false // the browser's own fields
	}
	return false
}

// sameSet tells whether two lists hold the same values in any order.
func sameSet(a, b any) bool {
	x, ok1 := a.([]any)
	y, ok2 := b.([]any)
	if !ok1 || !ok2 || len(x) != len(y) {
		return false
	}
	for _, v := range x {
		if !slices.ContainsFunc(y, func(w any) bool { return postValue(v) == postValue(w) }) {
			return false
		}
	}
	return true
}

// hasLines tells whether the answer that stands there has several lines, so that the page shows it in a larger field.
func (sc *scope) hasLines(e *elem) bool {
	v, _ := lookup(sc.val, e.path)
	return strings.ContainsAny(text(v), "\r\n")
}

// oneBreak writes line breaks in one way, as browsers send them in another than they get them.
var oneBreak = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// oneOfTypes reads a value that may have several types: as the first, in the order of the schema, that is allowed.
func (f *field) oneOfTypes(s, lang string) any {
	var all []any
	for _, t := range f.union {
		switch t {
		case "string":
			all = append(all, s)
		case "number", "integer":
			if n, ok := parseNumber(s, lang); ok && (t == "number" || plainInteger(n)) {
				all = append(all, json.Number(n))
			}
		case "boolean":
			if yes := slices.Contains([]string{"true", "ja", "yes"}, strings.ToLower(s)); yes || slices.Contains([]string{"false", "nein", "no"}, strings.ToLower(s)) {
				all = append(all, yes)
			}
		}
	}
	for _, v := range all {
		if !slices.ContainsFunc(f.valid, func(schema *jsonschema.Schema) bool { return schema != nil && schema.Validate(v) != nil }) {
			return v
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return s
}
