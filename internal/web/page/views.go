package page

import (
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// ViewList arranges views.
type ViewList struct {
	Base               string
	Lead               bool
	Own, Shared, Usual []ViewRow
}

// ViewRow is a view in the list.
type ViewRow struct {
	ID, Name, URL, CopyURL string
	Chips                  []Chip
	Mine, Default          bool // it may be changed; the inbox opens with it
}

// ViewForm asks for a view.
type ViewForm struct {
	Title, Action, BackURL string
	Filter, FilterURL      string // the filter as part of an address; where it is changed
	Revision               int64
	Chips                  []Chip
	Inputs, Columns        []Input
	ColumnsError           string
}

func (f ViewForm) issues() []Issue {
	return InputIssues(append(append([]Input{}, f.Inputs...), f.Columns...)...)
}

// DeskSettings are a clerk's own.
type DeskSettings struct {
	Action  string
	Default Input
	Mails   []Input
	Calls   Input
	Lang    Input
	NoEmail bool
}

// AdminLabels are an authority's labels and the form for one; ID is that of the one that is changed.
type AdminLabels struct {
	Base, ID     string
	Rows         []Label
	Name, Colour Input
}

// on are the labels that the case bears.
func (c CaseLabels) on() (list []Label) {
	for _, l := range c.All {
		if c.On[l.ID] {
			list = append(list, l)
		}
	}
	return list
}

func (c CaseLabels) input(l *locale.Catalogue) Input {
	in := Input{Kind: formdef.WidgetCheckboxes, Name: "label", Label: l.T("desk.labels.case"), HideLabel: true, NoMark: true}
	for _, x := range c.All {
		in.Options = append(in.Options, Option{Value: x.ID, Label: x.Name, Selected: c.On[x.ID]})
	}
	return in
}
