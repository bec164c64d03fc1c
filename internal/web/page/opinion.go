package page

import (
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// Opinion is what somebody sees whom an office asks: what is marked, the question, and a place to answer.
type Opinion struct {
	Action                           string
	Office, Clerk, Service, Question string
	Until                            string
	Sections                         []formdef.Section
	FileURL                          func(urn string) string
	Waits                            bool
	Name, NameErr, Text, TextErr     string
	FileErr, FileRule                string
	Said, By, At                     string // what was answered
	Files                            []formdef.File
}

func (p Opinion) name(l *locale.Catalogue) Input {
	return Input{Name: "name", Label: l.T("opinion.name"), Hint: l.T("opinion.name.hint"), Value: p.Name, Error: p.NameErr, Required: true, Autocomplete: "name"}
}

func (p Opinion) text(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("opinion.text"), Value: p.Text, Error: p.TextErr, Required: true, Rows: 10}
}

func (p Opinion) issues(l *locale.Catalogue) []Issue {
	out := InputIssues(p.name(l), p.text(l))
	if p.FileErr != "" {
		out = append(out, Issue{Text: p.FileErr, Href: "#" + InputID("files")})
	}
	return out
}
