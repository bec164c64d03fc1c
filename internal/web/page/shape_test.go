package page

import (
	"testing"

	"antragswerk/internal/formdef"
)

// What changes a page's questions changes its shape; what is answered does not.
func TestShape(t *testing.T) {
	view := func(change func(*formdef.View)) string {
		v := formdef.View{Number: 1, Of: 2, Elements: []formdef.Element{
			{Kind: formdef.KindControl, Pointer: "/name", Field: &formdef.Field{Pointer: "/name", Widget: formdef.WidgetText, Label: "Name"}},
			{Kind: formdef.KindControl, Pointer: "/summe", Field: &formdef.Field{Pointer: "/summe", Widget: formdef.WidgetOutput, Value: "12"}},
			{Kind: formdef.KindControl, Pointer: "/bild", Field: &formdef.Field{Pointer: "/bild", Widget: formdef.WidgetFile}},
			{Kind: formdef.KindList, Pointer: "/hunde", Rows: []formdef.Row{{Pointer: "/hunde/0", Title: "Hund 1"}}},
			{Kind: formdef.KindGroup, When: "{}", Children: []formdef.Element{{Kind: formdef.KindLabel, Label: "Tief"}}},
		}}
		change(&v)
		return Shape(v)
	}
	was := view(func(*formdef.View) {})
	for name, change := range map[string]func(*formdef.View){
		"a required answer":  func(v *formdef.View) { v.Elements[0].Field.Required = true },
		"a calculated value": func(v *formdef.View) { v.Elements[1].Field.Value = "13" },
		"a file":             func(v *formdef.View) { v.Elements[2].Field.Files = []formdef.File{{URN: "urn:uuid:1"}} },
		"a row": func(v *formdef.View) {
			v.Elements[3].Rows = append(v.Elements[3].Rows, formdef.Row{Pointer: "/hunde/1"})
		},
		"a question":         func(v *formdef.View) { v.Elements = v.Elements[1:] },
		"a text deep inside": func(v *formdef.View) { v.Elements[4].Children[0].Label = "Tiefer" },
		"an element elsewhere": func(v *formdef.View) {
			v.Elements[4].Children, v.Elements = nil, append(v.Elements, v.Elements[4].Children...)
		},
		"a further page": func(v *formdef.View) { v.Of = 3 },
		"an exit":        func(v *formdef.View) { v.Exit = &formdef.Exit{} },
	} {
		if view(change) == was {
			t.Errorf("%s does not change the shape", name)
		}
	}
	for name, change := range map[string]func(*formdef.View){
		"an answer":             func(v *formdef.View) { v.Elements[0].Field.Value = "Erika" },
		"a problem":             func(v *formdef.View) { v.Elements[0].Field.Problem = &formdef.Problem{} },
		"a title from answers":  func(v *formdef.View) { v.Elements[3].Rows[0].Title = "Waldi" },
		"what a script reveals": func(v *formdef.View) { v.Elements[4].Hidden = true },
	} {
		if view(change) != was {
			t.Errorf("%s changes the shape", name)
		}
	}
}
