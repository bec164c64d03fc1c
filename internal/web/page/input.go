package page

import (
	"strings"

	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page/widget"
)

// Input is one question of a page that is no form package: search, settings, the desk. It is drawn by the same
// widgets as a form's fields, and looks and reads the same.
type Input struct {
	Kind     formdef.Widget // text when empty; textarea, select, radio, checkbox, checkboxes, password, date-native, file
	Name     string         // of the input; also makes its id
	Label    string
	Hint     string
	Value    string
	Type     string // of a text input: email, tel, url, search
	Error    string // already worded; "" none
	Required bool
	Options  []Option

	Autocomplete, InputMode, Suffix string
	HideLabel                       bool
	NoMark                          bool // no "optional" beside the label: search and filters, where nothing is required
	Rows, Width, MaxLength          int  // lines of a textarea; characters
}

// Option is one choice of a select, radio or checkboxes input.
type Option struct {
	Value, Label, Hint string
	Selected           bool
}

// Options makes options from value and label alternating, with one selected.
func Options(selected string, valuesAndLabels ...string) []Option {
	var out []Option
	for i := 0; i+1 < len(valuesAndLabels); i += 2 {
		v := valuesAndLabels[i]
		out = append(out, Option{Value: v, Label: valuesAndLabels[i+1], Selected: v == selected})
	}
	return out
}

// InputID is the html id of an input by its name, for links from an error summary.
func InputID(name string) string {
	return "feld-" + strings.NewReplacer("/", "-", ".", "-", " ", "-", "[", "-", "]", "-").Replace(name)
}

// InputIssues lists the inputs that have an error, for the error summary.
func InputIssues(inputs ...Input) []Issue {
	var out []Issue
	for _, in := range inputs {
		if in.Error != "" {
			out = append(out, Issue{Text: in.Error, Href: "#" + InputID(in.Name)})
		}
	}
	return out
}

// field is the input in the words of the form language.
func (in Input) field() *formdef.Field {
	kind := in.Kind
	if kind == "" {
		kind = formdef.WidgetText
	}
	f := &formdef.Field{
		Pointer: in.Name, ID: InputID(in.Name), Widget: kind, Type: in.Type, Label: in.Label, Hint: in.Hint,
		LabelHidden: in.HideLabel, Required: in.Required || in.NoMark, Value: in.Value, Autocomplete: in.Autocomplete,
		InputMode: in.InputMode, Suffix: in.Suffix, TextRows: in.Rows, Width: in.Width, MaxLength: in.MaxLength,
	}
	for _, o := range in.Options {
		f.Choices = append(f.Choices, formdef.Choice{Value: o.Value, Label: o.Label, Hint: o.Hint, Selected: o.Selected})
	}
	if in.Error != "" {
		f.Problem = &formdef.Problem{Pointer: in.Name, Label: in.Label, Text: in.Error}
	}
	return f
}

// SummaryOpts says what a SummaryList links to; nil leaves the links out.
type SummaryOpts struct {
	Change  func(formdef.Section) string // address to change a page
	FileURL func(urn string) string      // address of an attachment
}

func (o SummaryOpts) kit(s Shell) widget.Kit {
	return widget.Kit{L: s.L, FileURL: o.FileURL, Foreign: s.Foreign}
}
