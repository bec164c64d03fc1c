package page

import (
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page/widget"
)

// My lists what a citizen has begun and sent.
type My struct {
	LoggedIn bool
	LoginURL string
	Drafts   []MyDraft
	Cases    []MyEntry
	Codes    bool // this browser holds recovery codes
	Code     string
	CodeErr  string
}

// MyDraft is an application that was not sent yet.
type MyDraft struct{ ID, Title, Office, Saved, Expires, URL, DiscardURL string }

// MyEntry is a sent application.
type MyEntry struct {
	Title, Office, FileNumber, Changed, URL, Public string
}

func (m My) code(l *locale.Catalogue) Input {
	return Input{Name: "code", Label: l.T("me.code"), Hint: l.T("me.code.hint"), Value: m.Code, Error: m.CodeErr, Required: true, Width: 20, Autocomplete: "off"}
}

// MyCase is a sent application as its applicant sees it.
type MyCase struct {
	Title, Office, FileNumber string
	Public                    string // one of the six public states
	State                     string // authority's state, for the sentence that explains it
	Facts                     []string
	Steps                     []CaseStep
	Before, After             *ForwardedCase // where it was forwarded from and to
	Request                   *RequestBox
	Awaited                   *AwaitedBox
	Decision                  *DecisionBox
	Payment                   string // worded, "" none
	Messages                  []Letter
	CanWrite, CanWithdraw     bool
	Base                      string // address of the case
	Text, TextError           string // a message that could not be sent
	FileError                 string
	Sections                  []formdef.Section
	FileURL                   func(urn string) string
	Files                     []formdef.File // documents added later
	Code                      string
	FileRule                  string
}

// CaseStep is a line of the proof of delivery: what happened, when.
type CaseStep struct{ Text, At string }

// ForwardedCase is the same application at another office.
type ForwardedCase struct{ Office, FileNumber, URL string }

// RequestBox is what the office asks for.
type RequestBox struct{ Text, Due, URL string }

// DecisionBox is the decision with its letter.
type DecisionBox struct {
	Outcome, Date, Deemed, Letter, PDF string
	Read                               string      // when the applicant first opened it
	Seal                               [][2]string // label and value, none without a seal
}

// Letter is a message with its files.
type Letter struct {
	FromOffice       bool
	Author, At, Text string
	Files            []formdef.File
	Other            string // who wrote it, when neither office nor applicant did
	Read             string // of the applicant's own: whether the office has read it
}

func (m MyCase) text(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("case.write.text"), Value: m.Text, Error: m.TextError, Required: true, Rows: 5, MaxLength: 10000}
}

func (m MyCase) issues(l *locale.Catalogue) []Issue {
	out := InputIssues(m.text(l))
	if m.FileError != "" {
		out = append(out, Issue{Text: m.FileError, Href: "#" + InputID("documents")})
	}
	return out
}

// CorrectPage is where a request is answered: only what was asked for.
type CorrectPage struct {
	Title, Office, FileNumber, Text, Due string
	Pages                                []formdef.View
	Problems                             []Issue
	Action, BackURL                      string
	FileURL                              func(urn string) string
	// StepsField is the hidden input's name for Steps, the rows added and removed and files taken out before.
	StepsField string
	Steps      []string
	Uploads    string // where files go up in pieces, "" nowhere
}

func (p CorrectPage) kit(s Shell) widget.Kit {
	return widget.Kit{L: s.L, FileURL: p.FileURL, Foreign: s.Foreign}
}

func (p CorrectPage) hasFiles() bool {
	for _, v := range p.Pages {
		if widget.HasFiles(v.Elements) {
			return true
		}
	}
	return false
}
