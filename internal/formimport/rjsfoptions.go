package formimport

import (
	"slices"
	"strings"
)

// uiOptions gathers what is said of one element: "ui:title" and "ui:options": {"title"} are the same.
func uiOptions(u *object) *object {
	out := obj()
	opts := u.sub("ui:options")
	for _, k := range opts.members() {
		out.set(k, opts.vals[k])
	}
	for _, k := range u.members() {
		if name, ok := strings.CutPrefix(k, "ui:"); ok && name != "options" {
			out.set(name, u.vals[k])
		}
	}
	return out
}

func isReadonly(u *object) bool {
	o := uiOptions(u)
	return o.get("readonly") == true || o.get("disabled") == true
}

func (c *rjsf) widget(u *object) string {
	w, _ := uiOptions(u).get("widget").(string)
	return w
}

// looks are options that only concern how react-jsonschema-form draws; our pages have their own look.
var looks = []string{
	"classNames", "style", "autofocus", "rootFieldId", "inline", "submitButtonOptions", "enableMarkdownInDescription",
	"enableMarkdownInHelp", "filePreview", "hideError", "duplicateKeySuffixSeparator", "hideNowButton", "hideClearButton", "mobileBreakpoint", "norender",
	"className", "yearsRange", "format",
}

// taken are options that are read elsewhere.
var taken = []string{"title", "description", "order", "enumNames", "readonly", "disabled", "widget", "label", "accept", "help", "field"}

// optionsOf carries the options of one element over into o (nil where there is nothing to put them) and reports the rest.
func (c *rjsf) optionsOf(u, s *object, at spot, o *object) {
	opts := uiOptions(u)
	where := at.key
	if where == "" {
		where = "the form"
	}
	for _, k := range opts.members() {
		v := opts.get(k)
		switch {
		case slices.Contains(looks, k):
			c.report.lose("ui:"+k, "only concerns the look; left out")
		case slices.Contains(taken, k):
		case k == "emptyValue":
			c.report.lose("ui:emptyValue", "what is left empty is no answer here, whatever the value")
		case o != nil && c.option(k, v, o):
		case k == "enumDisabled" || k == "addable" || k == "removable" || k == "orderable" || k == "copyable" || k == "enumOrder" || k == "globalOptions" || k == "definitions":
			c.report.lose(where, "ui:%s %s is not carried over", k, clip(quoteAny(v), 60))
		default:
			c.report.lose(where, "ui:%s is not known; left out", clip(k, 40))
		}
	}
	if f := opts.get("field"); f != nil {
		c.report.lose(where, "ui:field %s is a component of that application; the question is asked as its schema says", clip(quoteAny(f), 60))
	}
	if o == nil {
		if w := opts.get("widget"); w != nil && w != "hidden" {
			c.report.lose(where, "ui:widget %s is not known for a group; left out", clip(quoteAny(w), 60))
		}
		return
	}
	if h, ok := opts.get("help").(string); ok && strings.TrimSpace(h) != "" {
		o.set("help", escapeMarkdown(paragraphs(h)))
	} else if opts.has("help") && !ok {
		c.report.lose(where, "ui:help is no text; left out")
	}
	if d := oneLine(text2(opts.get("description"))); d != "" && s != nil {
		if at.inRef || s.has("$ref") || len(at.path) == 0 {
			c.texts.set(at.key+".description", d)
		} else {
			s.set("description", d)
		}
	}
	c.widgetOption(opts, s, where, o)
}

func quoteAny(v any) string {
	s, _ := flat(v)
	return s
}

// option carries one option over; false when it has no counterpart.
func (c *rjsf) option(k string, v any, o *object) bool {
	switch k {
	case "placeholder":
		if t, ok := v.(string); ok && oneLine(t) != "" {
			o.set("placeholder", oneLine(t))
			return true
		}
		return v == ""
	case "rows":
		if n, ok := numberOf(v); ok && n > 0 && n < 100 {
			o.set("rows", int(n))
			o.set("multi", true)
			return true
		}
	case "autocomplete":
		if t, ok := v.(string); ok && t != "" {
			o.set("autocomplete", t)
			return true
		}
	case "inputType":
		return c.inputType(v, o)
	case "addable", "removable", "orderable", "copyable":
		return v == true || k == "orderable" || k == "copyable" // what we always or never do
	}
	return false
}

func (c *rjsf) inputType(v any, o *object) bool {
	switch v {
	case "email", "tel", "url", "numeric", "decimal":
		o.set("inputMode", v)
	case "number":
		o.set("inputMode", "decimal")
	case "password":
		o.set("format", "password")
	case "text", "search":
	default:
		return false
	}
	return true
}

// widgetOption carries ui:widget over.
func (c *rjsf) widgetOption(opts, s *object, where string, o *object) {
	w, ok := opts.get("widget").(string)
	if !ok {
		if opts.has("widget") {
			c.report.lose(where, "ui:widget is a component of that application; the question is asked as its schema says")
		}
		return
	}
	isBool := s != nil && c.follow(s).str("type") == "boolean"
	switch strings.TrimSuffix(w, "Widget") {
	case "textarea", "Textarea":
		o.set("multi", true)
	case "password", "Password":
		o.set("format", "password")
	case "radio", "Radio":
		o.set("format", "radio")
	case "checkbox", "Checkbox":
		o.set("toggle", true)
	case "select", "Select":
		if isBool {
			c.report.chose(where, "a choice of yes and no is asked with two buttons")
		}
	case "date", "Date":
		o.set("format", "date")
		o.set("dateInput", "native")
	case "alt-date", "AltDate":
		o.set("format", "date")
	case "datetime", "date-time", "DateTime", "alt-datetime", "AltDateTime":
		o.set("format", "date-time")
	case "time", "Time":
		o.set("format", "time")
	case "range", "Range":
		o.set("slider", true)
	case "email", "Email":
		o.set("inputMode", "email")
	case "uri", "URL", "url":
		o.set("inputMode", "url")
	case "tel":
		o.set("inputMode", "tel")
	case "text", "Text", "updown", "UpDown", "checkboxes", "Checkboxes", "file", "File", "files", "hidden":
	default:
		c.report.lose(where, "ui:widget %q has no counterpart; the question is asked as its schema says", clip(w, 60))
	}
}

// asFile gives an upload its media types, and makes one of a text that only its widget says is a file.
func (c *rjsf) asFile(p prop, s, u *object, at spot) {
	opts := uiOptions(u)
	item := s
	local := p.s
	if s.str("type") == "array" {
		item, local = c.follow(s.sub("items")), p.s.sub("items")
	}
	w, _ := opts.get("widget").(string)
	if (w == "file" || w == "files") && item.str("type") == "string" && local != nil && !item.has("format") {
		local.set("format", "file-urn")
		item = c.follow(local)
	}
	if item.str("format") != "file-urn" {
		if opts.has("accept") {
			c.report.lose(at.key, "ui:accept belongs to a file; left out")
		}
		return
	}
	c.report.Counts.Files++
	a := obj()
	if t, ok := opts.get("accept").(string); ok {
		if types := mediaTypes(t); len(types) > 0 {
			a.set("mediaTypes", types)
		} else {
			c.report.lose(at.key, "ui:accept %q names no media types that we know", clip(t, 60))
		}
	}
	if local != nil && !local.has("x-attachment") {
		local.set("x-attachment", a)
	}
}

// mediaTypes reads ".pdf, image/*" as media types.
func mediaTypes(accept string) []any {
	known := map[string][]string{
		".pdf": {"application/pdf"}, ".png": {"image/png"}, ".jpg": {"image/jpeg"}, ".jpeg": {"image/jpeg"}, ".tif": {"image/tiff"},
		".tiff": {"image/tiff"}, "image/*": {"image/jpeg", "image/png"}, ".txt": {"text/plain"}, ".csv": {"text/csv"},
	}
	var out []any
	for _, t := range strings.Split(accept, ",") {
		t = strings.ToLower(strings.TrimSpace(t))
		list := known[t]
		if major, minor, ok := strings.Cut(t, "/"); ok && minor != "*" && major != "" {
			list = []string{t}
		}
		for _, m := range list {
			if !slices.Contains(out, any(m)) {
				out = append(out, m)
			}
		}
	}
	return out
}
