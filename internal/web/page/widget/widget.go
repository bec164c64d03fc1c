// Package widget draws the fields of a form page, one file per kind of field, and the summary of what was
// answered. Input names are JSON Pointers (dates add /day, /month, /year), buttons are named _action; every page
// works without scripts, which only reveal conditional fields earlier. It may import the form language's views and
// the texts; it must not know the page around the fields or where they are posted.
package widget

import (
	"context"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// ActionName is the name of every button of a form page.
const ActionName = "_action"

// Kit is what fields need from the page around them.
type Kit struct {
	L *locale.Catalogue
	// FileURL gives the address of an attachment by its URN; nil or "" shows the name only.
	FileURL func(urn string) string
	// Foreign tells which texts of the form stand in German, though the page is in another language; nil none.
	Foreign func(text string) bool
}

func (k Kit) fileURL(urn string) string {
	if k.FileURL == nil {
		return ""
	}
	return k.FileURL(urn)
}

// Control draws one field. One that is blank looks the same for everybody: it is drawn once.
func Control(k Kit, f *formdef.Field) templ.Component {
	f = withExample(k, f)
	if f.Blank == nil {
		return control(k, f)
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		html, err := f.Blank.Drawn(k.L.Tag, func() (string, error) {
			var b strings.Builder
			err := control(k, f).Render(ctx, &b)
			return b.String(), err
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, html)
		return err
	})
}

// HasFiles tells whether the elements hold a file field, so that the form must be multipart.
func HasFiles(elements []formdef.Element) bool {
	for _, e := range elements {
		if e.Field != nil && e.Field.Widget == formdef.WidgetFile {
			return true
		}
		if HasFiles(e.Children) {
			return true
		}
		for _, r := range e.Rows {
			if HasFiles(r.Elements) {
				return true
			}
		}
	}
	return false
}

// Anchors maps data pointers to the ids of what a link to them should reach.
type Anchors map[string]string

// collect adds the ids of all fields and lists below the elements.
func collect(a Anchors, elements []formdef.Element) {
	for _, e := range elements {
		if e.Field != nil {
			a[e.Field.Pointer] = e.Field.ID
		}
		if e.Kind == formdef.KindList {
			a[e.Pointer] = listID(e.Pointer)
		}
		collect(a, e.Children)
		for _, r := range e.Rows {
			collect(a, r.Elements)
		}
	}
}

// AnchorsOf returns the anchors of a page's elements.
func AnchorsOf(elements []formdef.Element) Anchors {
	a := Anchors{}
	collect(a, elements)
	return a
}

// Find returns the id for a pointer, or of the nearest thing that holds it; "" when the page shows neither.
func (a Anchors) Find(pointer string) string {
	for pointer != "" {
		if id, ok := a[pointer]; ok {
			return id
		}
		pointer = pointer[:max(strings.LastIndexByte(pointer, '/'), 0)]
	}
	return ""
}

// listID is the html id of a repeating group.
func listID(pointer string) string { return "liste" + slug(pointer) }

// slug turns a pointer into a piece of an html id.
func slug(pointer string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, pointer)
}

// withExample makes a hint of the schema's example where the form has no hint of its own, and says of what is there and
// not shown that it is.
func withExample(k Kit, f *formdef.Field) *formdef.Field {
	if f.Given && !f.ReadOnly {
		out := *f
		out.Hint = strings.TrimSpace(f.Hint + " " + k.L.T("field.given"))
		return &out
	}
	if f.Hint != "" || f.Example == "" {
		return f
	}
	out := *f
	out.Hint = exampleHint(k, f)
	return &out
}

// fieldLabel is the field's own label, or the catalogue's for what no form names.
func fieldLabel(k Kit, f *formdef.Field) string {
	if f.Label == "" && f.LabelKey != "" {
		return k.L.T("field." + f.LabelKey)
	}
	return f.Label
}

// ids of what stands around an input.
func hintID(f *formdef.Field) string  { return f.ID + "-hinweis" }
func errorID(f *formdef.Field) string { return f.ID + "-fehler" }

// describedBy lists the ids of the field's hint and error, in reading order.
func describedBy(f *formdef.Field) string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, hintID(f))
	}
	if f.Problem != nil {
		ids = append(ids, errorID(f))
	}
	return strings.Join(ids, " ")
}

// state are the attributes that any input of the field carries: description, error, lock.
func state(f *formdef.Field) templ.Attributes {
	a := templ.Attributes{}
	if d := describedBy(f); d != "" {
		a["aria-describedby"] = d
	}
	if f.Problem != nil {
		a["aria-invalid"] = "true"
	}
	if f.Disabled {
		a["disabled"] = true
	}
	return a
}

// group are the attributes of a fieldset around several inputs.
func group(f *formdef.Field) templ.Attributes {
	a := templ.Attributes{}
	if d := describedBy(f); d != "" {
		a["aria-describedby"] = d
	}
	if f.Disabled {
		a["disabled"] = true
	}
	return a
}

// typing are the attributes of an input into which text is typed.
func typing(f *formdef.Field) templ.Attributes {
	a := state(f)
	for name, value := range map[string]string{
		"autocomplete": f.Autocomplete, "inputmode": f.InputMode, "placeholder": f.Placeholder,
	} {
		if value != "" {
			a[name] = value
		}
	}
	if f.MaxLength > 0 {
		a["maxlength"] = strconv.Itoa(f.MaxLength)
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	return a
}

// inputClass sizes an input after the length of what belongs in it.
func inputClass(f *formdef.Field) string {
	c := "kern-form-input__input"
	if f.Problem != nil {
		c += " kern-form-input__input--error"
	}
	switch w := f.Width; {
	case w <= 0:
		return c
	case w <= 5:
		return c + " aw-width-5"
	case w <= 10:
		return c + " aw-width-10"
	case w <= 20:
		return c + " aw-width-20"
	default:
		return c
	}
}

func fieldClass(f *formdef.Field, base string) string {
	if f.Problem != nil {
		return base + " " + base + "--error"
	}
	return base
}

// choiceLabel is the option's own text, or the catalogue's for yes, no and none.
func choiceLabel(k Kit, c formdef.Choice) string {
	if c.Label == "" && c.Key != "" {
		return k.L.T("choice." + c.Key)
	}
	return c.Label
}

// choiceID is the id of the nth choice; the first has the field's own, so that a link to the field finds it.
func choiceID(f *formdef.Field, n int) string {
	if n == 0 {
		return f.ID
	}
	return f.ID + "-" + strconv.Itoa(n+1)
}

// partID is the id of a date's nth input.
func partID(f *formdef.Field, n int, part string) string {
	if n == 0 {
		return f.ID
	}
	return f.ID + "-" + part
}

// inputType is the type attribute of a text field.
func inputType(f *formdef.Field) string {
	switch f.Widget {
	case formdef.WidgetPassword:
		return "password"
	case formdef.WidgetDateNative:
		return "date"
	case formdef.WidgetTime:
		return "time"
	case formdef.WidgetDateTime:
		return "datetime-local"
	}
	switch f.Type {
	case "email", "tel", "url", "search":
		return f.Type
	}
	return "text"
}

// inArea is a text between the tags of a textarea, of which browsers drop the first line break.
func inArea(s string) string {
	if strings.HasPrefix(s, "\n") || strings.HasPrefix(s, "\r") {
		return "\n" + s
	}
	return s
}

// rows of a textarea, at least three.
func rows(f *formdef.Field) string { return strconv.Itoa(max(f.TextRows, 3)) }

// inputMode of a number: decimals need a comma, which the numeric pad of some devices lacks.
func numberMode(f *formdef.Field) string {
	if f.InputMode != "" {
		return f.InputMode
	}
	return "decimal"
}
