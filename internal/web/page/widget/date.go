package widget

import (
	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
)

func dateWidth(p formdef.DatePart) string {
	if p.Part == "year" {
		return "kern-form-input__input--width-4"
	}
	return "kern-form-input__input--width-2"
}

// datePart are the attributes of one input of a date. Only birthdays have autocomplete tokens for their parts.
func datePart(f *formdef.Field, p formdef.DatePart) templ.Attributes {
	a := templ.Attributes{}
	if f.Autocomplete == "bday" {
		a["autocomplete"] = "bday-" + p.Part
	}
	if f.Problem != nil {
		a["aria-invalid"] = "true"
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	return a
}

// numberTyping is typing without the input mode, which a number always has.
func numberTyping(f *formdef.Field) templ.Attributes {
	a := typing(f)
	delete(a, "inputmode")
	return a
}
