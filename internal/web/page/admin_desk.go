package page

import (
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// AdminTemplates lists an authority's texts by kind.
type AdminTemplates struct {
	Base   string
	Groups []AdminTemplateGroup
}

// AdminTemplateGroup are the texts of one kind.
type AdminTemplateGroup struct {
	Title, Text, NewURL string
	Rows                []AdminTemplateRow
}

// AdminTemplateRow is one text.
type AdminTemplateRow struct {
	Title, URL, Service, Changed string
	Outcome                      civic.Outcome
}

// AdminTemplate writes a text.
type AdminTemplate struct {
	Action, BackURL, DeleteURL string
	Kind                       civic.TemplateKind
	Title, TitleErr            string
	Body, BodyErr              string
	Services, Outcomes         []Option
	ServiceErr                 string
	Placeholders               []string
	Answers                    []AdminAnswer
	Preview                    string
}

// AdminAnswer is an answer that a text can name.
type AdminAnswer struct{ Pointer, Label string }

// marked tells whether the text is Markdown.
func (p AdminTemplate) marked() bool {
	return p.Kind == civic.TemplateLetter || p.Kind == civic.TemplateRemedy
}

func (p AdminTemplate) title(l *locale.Catalogue) Input {
	return Input{Name: "title", Label: l.T("template.title"), Hint: l.T("template.title.hint"), Value: p.Title, Error: p.TitleErr, Required: true, MaxLength: 120}
}

func (p AdminTemplate) service(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetSelect, Name: "service", Label: l.T("template.service"), Hint: l.T("template.service.hint"), Options: p.Services, Error: p.ServiceErr, NoMark: true}
}

func (p AdminTemplate) outcome(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetSelect, Name: "outcome", Label: l.T("template.outcome"), Options: p.Outcomes, NoMark: true}
}

func (p AdminTemplate) body(l *locale.Catalogue) Input {
	in := Input{Kind: formdef.WidgetTextArea, Name: "body", Label: l.T("template.body"), Value: p.Body, Error: p.BodyErr, Rows: 16, Required: true}
	if p.marked() {
		in.Hint = l.T("desk.decide.letter.hint")
	}
	return in
}

// AdminLetters is how an authority writes.
type AdminLetters struct {
	Base                         string
	Sender                       []string // the letterhead that the profile makes
	Head, HeadErr, Foot, FootErr string
	Remind, RemindErr            string
	Tell                         bool
	Revision                     int64
}

func (p AdminLetters) inputs(l *locale.Catalogue) []Input {
	return []Input{
		{Kind: formdef.WidgetTextArea, Name: "head", Label: l.T("letters.head"), Hint: l.T("letters.head.hint"), Value: p.Head, Error: p.HeadErr, Rows: 3},
		{Kind: formdef.WidgetTextArea, Name: "foot", Label: l.T("letters.foot"), Hint: l.T("letters.foot.hint"), Value: p.Foot, Error: p.FootErr, Rows: 3},
		{Name: "remind", Label: l.T("letters.remind"), Hint: l.T("letters.remind.hint"), Value: p.Remind, Error: p.RemindErr, InputMode: "numeric", Width: 4, Suffix: l.T("letters.days"), Required: true},
		{Kind: formdef.WidgetCheckboxes, Name: "tell", Label: l.T("letters.lapsed"), Required: true, Options: []Option{{Value: "yes", Label: l.T("letters.tell"), Selected: p.Tell}}},
	}
}
