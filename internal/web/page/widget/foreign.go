package widget

import (
	"strings"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
)

// In are the attributes of an element with a text of the form: its language and direction where they are not the page's
// (WCAG 3.1.2).
func (k Kit) In(text string) templ.Attributes {
	if k.Foreign == nil {
		return nil
	}

	if !k.Foreign(text) && !k.Foreign(strings.TrimRight(text, " 0123456789")) { // "Hund 2"
		return nil
	}
	if k.L.Dir() == "rtl" {
		return templ.Attributes{"lang": "de", "dir": "ltr"}
	}
	return templ.Attributes{"lang": "de"}
}

// hintIn are those of a field's hint, which may be the catalogue's.
func hintIn(k Kit, f *formdef.Field) templ.Attributes {
	if f.Example != "" && f.Hint == exampleHint(k, f) {
		return nil
	}
	return k.In(f.Hint)
}

func exampleHint(k Kit, f *formdef.Field) string { return k.L.T("field.example", "example", f.Example) }
