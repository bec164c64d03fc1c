package formdef

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// newField decides how a value is asked. e.field stays nil when it cannot be.
func (b *builder) newField(n *node, e *elem, res resolved, prefix string) {
	b.newFieldAs(n, e, res, prefix, "")
}

// newFieldAs is newField with a widget that was decided already.
func (b *builder) newFieldAs(n *node, e *elem, res resolved, prefix string, widget Widget) {
	s, opts := res.s, n.get("options")
	e.kind = KindControl
	f := &field{
		parent: res.parent, parentPath: res.parentPath, parentPtr: joinPointer(res.parentPath), complex: res.complex,
		format: s.str("format"), deprecated: s.flag("deprecated"), readOnly: s.flag("readOnly"),
		money: s.attr("x-money") != nil, integer: s.is("integer"), id: fieldID(e.ptr), calc: e.frame.calcs[e.ptr],
		help: b.translate(opts.str("help"), suffixed(prefix, ".help")), placeholder: b.translate(opts.str("placeholder"), suffixed(prefix, ".placeholder")),
		suffix: b.translate(opts.str("suffix"), suffixed(prefix, ".suffix")), multi: s.is("array") && widget == "", widget: widget,
	}
	for _, d := range res.decls {
		f.valid = append(f.valid, b.compileAt(d))
	}
	item := s
	if f.multi {
		item = s.items
	}
	if widget == "" {
		f.widget = b.widgetOf(n, e, s, item, opts)
	}
	if f.widget == "" {
		return
	}
	if widget == "" && len(s.types) > 1 && len(s.options()) == 0 {
		f.union = s.types
	}
	f.secret = isSecret(s, f.widget)
	b.fieldChoices(f, item, prefix, itemPrefix(item, prefix))
	b.fieldDetails(f, s, item, opts)
	e.field = f
}

func itemPrefix(item *schema, prefix string) string {
	if k := item.str("i18n"); k != "" {
		return k
	}
	return prefix
}

// widgetOf follows JSON Forms where it has a rule, and names what it cannot show.
func (b *builder) widgetOf(n *node, e *elem, s, item *schema, opts *node) Widget {
	format := opts.str("format")
	switch {
	case e.frame.calcs[e.ptr] != nil:
		return WidgetOutput
	case isFile(item):
		return WidgetFile
	case s.is("array"):
		return WidgetCheckboxes
	case len(s.options()) == 1 && s.options()[0].value == true:
		return WidgetCheckbox
	case len(s.options()) > 0:
		if format == "radio" {
			return WidgetRadio
		}
		return WidgetSelect
	case s.is("boolean"):
		if toggle, _ := opts.flag("toggle"); toggle || format == "checkbox" {
			return WidgetCheckbox
		}
		return WidgetRadio
	case s.is("integer"), s.is("number"):
		return WidgetNumber
	case len(s.types) == 0 && s.nullable:
		b.cannot(n.at, "null", "pointer", pointerOrRoot(e.ptr))
		return ""
	case len(s.types) == 0 || s.is("string") || slices.Contains(s.types, "string"):
		return textWidget(s, opts, format)
	case slices.Contains(s.types, "number"), slices.Contains(s.types, "integer"):
		return WidgetNumber
	}
	b.cannot(n.at, "types", "types", strings.Join(s.types, " or "), "pointer", pointerOrRoot(e.ptr))
	return ""
}

func textWidget(s *schema, opts *node, uiFormat string) Widget {
	format := s.str("format")
	if uiFormat != "" && slices.Contains([]string{"date", "time", "date-time", "password"}, uiFormat) {
		format = uiFormat
	}
	multi, _ := opts.flag("multi")
	switch {
	case format == "date" && opts.str("dateInput") == "native" && opts.get("parts") == nil:
		return WidgetDateNative
	case format == "date" || opts.get("parts") != nil:
		return WidgetDate
	case format == "time":
		return WidgetTime
	case format == "date-time":
		return WidgetDateTime
	case format == "password":
		return WidgetPassword
	case multi:
		return WidgetTextArea
	default:
		return WidgetText
	}
}

func (b *builder) fieldChoices(f *field, item *schema, prefix, itemKey string) {
	opts := item.options()
	if item.is("boolean") && len(opts) == 0 {
		opts = []option{{value: true}, {value: false}}
	}
	if f.widget == WidgetFile {
		return
	}
	for _, o := range opts {
		c := choice{value: o.value, post: postValue(o.value)}
		title := o.title
		if title == "" {
			title = c.post
		}
		if _, isBool := o.value.(bool); isBool && o.title == "" {
			title = ""
			c.key = map[bool]string{true: "yes", false: "no"}[o.value == true]
		}
		c.label = b.translate(title, o.i18n, suffixed(o.i18n, ".label"), prefix+"."+c.post, itemKey+"."+c.post, suffixed(prefix, "."+o.title))
		c.hint = b.translate(o.hint, prefix+"."+c.post+".description", suffixed(o.i18n, ".description"))
		f.choices = append(f.choices, c)
	}
	f.constTrue = len(f.choices) == 1 && f.choices[0].value == true
	f.choicesIn = f.wordChoices(len(b.c.langs), f.choices)
}

func (f *field) wordChoices(langs int, from []choice) [][]Choice {
	if len(from) == 0 {
		return nil
	}
	out := make([][]Choice, langs)
	for i := range out {
		for _, c := range from {
			w := Choice{Value: c.post, Label: c.label.in(i), Hint: c.hint.in(i)}
			if w.Label == "" {
				w.Key = c.key
			}
			out[i] = append(out[i], w)
		}
	}
	return out
}

func (b *builder) fieldDetails(f *field, s, item *schema, opts *node) {
	f.isDate = f.format == "date"
	f.parts = opts.strings("parts")
	if len(f.parts) == 0 {
		f.parts = []string{"day", "month", "year"}
	}
	f.maxLength, _ = s.number("maxLength")
	f.width, _ = opts.number("width")
	f.textRows, _ = opts.number("rows")
	f.autocomplete = opts.str("autocomplete")
	if f.autocomplete == "" {
		f.autocomplete = s.str("x-autocomplete")
	}
	f.inputMode = opts.str("inputMode")
	if p := s.str("pattern"); strings.HasPrefix(p, "^") && strings.HasSuffix(p, "$") {
		f.pattern = p
	}
	if f.money && strings.TrimSpace(f.suffix.in(0)) == "" {
		f.suffix = b.translate("€")
	}
	if list := s.attr("examples").elems(); len(list) > 0 && len(f.choices) == 0 && list[0].obj == nil && !list[0].list {
		f.example = list[0].val
	}
	f.input = "text"
	switch f.format {
	case "email", "idn-email":
		f.input = "email"
	case "phone", "tel":
		f.input = "tel"
	case "url", "uri":
		f.input = "url"
	case "de-plz", "de-steuer-id", "iso-11784-chip":
		f.inputMode = "numeric"
	}
	if f.widget == WidgetNumber && f.inputMode == "" {
		f.inputMode = "decimal"
		if f.integer {
			f.inputMode = "numeric"
		}
	}
	if p := s.attr("x-prefill"); p != nil && p.str("source") == "identity" {
		locked, _ := p.flag("locked")
		f.prefill = &prefill{attribute: p.str("attribute"), locked: locked}
	}
	if f.widget == WidgetFile {
		f.file = readAttachment(s, item, f.multi)
	}
}

// Upload limits where a form names none.
const (
	defaultFileBytes = 10 << 20
	defaultFiles     = 10
)

func readAttachment(s, item *schema, multi bool) *attachment {
	a := &attachment{maxBytes: defaultFileBytes, mediaTypes: []string{"application/pdf", "image/jpeg", "image/png"}, maxFiles: 1}
	if multi {
		a.maxFiles = defaultFiles
	}
	for _, from := range []*schema{item, s} {
		x := from.attr("x-attachment")
		if x == nil {
			continue
		}
		if v, ok := x.number("maxBytes"); ok {
			a.maxBytes = int64(v)
		}
		if v, ok := x.number("maxFiles"); ok && multi {
			a.maxFiles = v
		}
		if t := x.strings("mediaTypes"); len(t) > 0 {
			a.mediaTypes = t
		}
	}
	if v, ok := s.number("maxItems"); ok && multi {
		a.maxFiles = min(a.maxFiles, v)
	}
	return a
}

// fieldID makes an HTML id of a pointer; different pointers give different ids.
func fieldID(ptr string) string {
	var out strings.Builder
	out.WriteByte('f')
	for _, r := range ptr {
		switch {
		case r == '/':
			out.WriteByte('-')
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			out.WriteRune(r)
		default:
			out.WriteString("_" + strconv.FormatInt(int64(r), 16) + "_")
		}
	}
	return out.String()
}

// numberOf is an answer as json.Number.
func numberOf(v any) (json.Number, bool) {
	n, ok := v.(json.Number)
	return n, ok
}
