package widget

import (
	"unicode/utf8"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
)

// choiceLine is one option of a set of radio buttons or checkboxes; N is its position.
type choiceLine struct {
	formdef.Choice
	N    int
	Type string // radio | checkbox
}

func (c choiceLine) class(f *formdef.Field) string {
	return fieldClass(f, "kern-form-check__"+c.Type)
}

// choiceState are the attributes of one option's input; the set's own description stands at the fieldset.
func choiceState(f *formdef.Field, c choiceLine) templ.Attributes {
	a := templ.Attributes{}
	if c.Hint != "" {
		a["aria-describedby"] = choiceID(f, c.N) + "-hinweis-wahl"
	}
	if f.Problem != nil && c.Type == "checkbox" {
		a["aria-invalid"] = "true"
	}
	return a
}

func selectState(f *formdef.Field) templ.Attributes {
	a := state(f)
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete
	}
	return a
}

// short tells whether the options fit on one line: two or three words such as yes and no.
func short(choices []formdef.Choice) bool {
	if len(choices) > 3 {
		return false
	}
	for _, c := range choices {
		if utf8.RuneCountInString(c.Label) > 12 || c.Hint != "" {
			return false
		}
	}
	return true
}

func tickValue(f *formdef.Field) string {
	if len(f.Choices) > 0 {
		return f.Choices[0].Value
	}
	return "true"
}

func ticked(f *formdef.Field) bool {
	if len(f.Choices) > 0 {
		return f.Choices[0].Selected
	}
	return f.Value == "true"
}
