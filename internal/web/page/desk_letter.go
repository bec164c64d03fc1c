package page

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// DeskText is what a clerk writes: with texts to begin with, and kept while it is half written.
type DeskText struct {
	Action    string   // address of the page and of its form, without the inbox's query
	Templates []Option // to begin with; none hides the choice
	Keep      string   // other values of the address that choosing a template keeps: name=value
	Saved     string   // since when a draft is shown, "" none
	Limit     string
}

// query are the values that a form by GET keeps, name and value.
func (d DeskText) kept(query string) [][2]string {
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		return nil
	}
	if name, value, ok := strings.Cut(d.Keep, "="); ok {
		values.Set(name, value)
	}
	values.Del("template")
	var out [][2]string
	for name, list := range values {
		for _, v := range list {
			out = append(out, [2]string{name, v})
		}
	}
	return out
}

// keeping marks a form that the script saves while it is written.
func keeping(l *locale.Catalogue) templ.Attributes {
	return templ.Attributes{"data-keeping": l.T("script.saving"), "data-kept": l.T("script.kept"), "data-unkept": l.T("script.unkept")}
}

// DeskWrite writes a message.
type DeskWrite struct {
	DeskStep
	DeskText
	Text, TextErr, FileErr, FileRule string
}

func (d DeskWrite) text(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("desk.message.text"), Hint: l.T("desk.message.hint"), Value: d.Text, Error: d.TextErr, Rows: 12, Required: true}
}

func (d DeskWrite) issues(l *locale.Catalogue) []Issue {
	out := InputIssues(d.text(l))
	if d.FileErr != "" {
		out = append(out, Issue{Text: d.FileErr, Href: "#" + InputID("files")})
	}
	return out
}

// DeskAsk asks the citizen to correct fields.
type DeskAsk struct {
	DeskStep
	DeskText
	Sections             []formdef.Section
	Chosen               map[string]bool
	Comments             map[string]string // by pointer
	CommentErr           map[string]string
	Text, Due            string
	TextErr, DueErr, Bad string // Bad: no field was chosen
	Remind               string // when the citizen is reminded, in words
}

func (d DeskAsk) text(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("desk.ask.text"), Hint: l.T("desk.ask.text.hint"), Value: d.Text, Error: d.TextErr, Rows: 6}
}

func (d DeskAsk) due(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetDateNative, Name: "due", Label: l.T("desk.ask.due"), Hint: l.T("desk.ask.due.hint") + " " + d.Remind, Value: d.Due, Error: d.DueErr, Required: true, Width: 20}
}

// comment is what is wrong with one field.
func (d DeskAsk) comment(l *locale.Catalogue, line formdef.Line) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "comment:" + line.Pointer, Label: l.T("desk.ask.comment"), Value: d.Comments[line.Pointer], Error: d.CommentErr[line.Pointer], Rows: 2}
}

func (d DeskAsk) issues(l *locale.Catalogue) []Issue {
	var out []Issue
	if d.Bad != "" {
		out = append(out, Issue{Text: d.Bad, Href: "#felder"})
	}
	for _, sec := range d.Sections {
		for _, line := range sec.Rows {
			out = append(out, InputIssues(d.comment(l, line))...)
		}
	}
	return append(out, InputIssues(d.text(l), d.due(l))...)
}

// DeskDecide writes the decision.
type DeskDecide struct {
	DeskStep
	DeskText
	Outcome      civic.Outcome // "" until it is chosen
	Outcomes     []DeskOutcome
	Letter       string
	LetterErr    string
	Preview      string // the letter filled in, "" none
	Deemed       string // day from which it counts as announced
	Checklist    []string
	Placeholders []string
	FourEyes     bool
	Returned     *DeskProposal // what was proposed before and sent back
	ProposalURL  string        // of one that waits
}

// DeskOutcome is a way to decide and where to write its letter.
type DeskOutcome struct {
	Outcome civic.Outcome
	URL     string
}

func (d DeskDecide) letter(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "letter", Label: l.T("desk.decide.letter"), Hint: l.T("desk.decide.letter.hint"), Value: d.Letter, Error: d.LetterErr, Rows: 20, Required: true}
}

// DeskProposal is a decision that somebody proposed.
type DeskProposal struct {
	ID, Author, Date string
	Outcome          civic.Outcome
	Letter, Why, By  string // Why and By: it was sent back
	URL              string
}

// DeskCheck looks at a proposal.
type DeskCheck struct {
	DeskStep
	DeskProposal
	Own, Lead     bool // the actor proposed it; may take back any
	Deemed        string
	Note, NoteErr string
}

func (d DeskCheck) why(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "why", Label: l.T("desk.check.why"), Hint: l.T("desk.check.why.hint"), Value: d.Note, Error: d.NoteErr, Rows: 4, Required: true}
}

// DeskConsult asks somebody outside of the office.
type DeskConsult struct {
	DeskStep
	DeskText
	Sections                         []formdef.Section
	Chosen                           map[string]bool
	Email, EmailErr, Words, WordsErr string
	Lives                            []Option
	LivesErr, Bad                    string
}

func (d DeskConsult) email(l *locale.Catalogue) Input {
	return Input{Name: "email", Type: "email", Label: l.T("desk.consult.email"), Hint: l.T("desk.consult.email.hint"), Value: d.Email, Error: d.EmailErr, Required: true, Autocomplete: "off"}
}

func (d DeskConsult) text(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("desk.consult.text"), Hint: l.T("desk.consult.text.hint"), Value: d.Words, Error: d.WordsErr, Rows: 6, Required: true}
}

func (d DeskConsult) lives(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetSelect, Name: "days", Label: l.T("desk.consult.days"), Options: d.Lives, Error: d.LivesErr, Required: true}
}

func (d DeskConsult) issues(l *locale.Catalogue) []Issue {
	var out []Issue
	if d.Bad != "" {
		out = append(out, Issue{Text: d.Bad, Href: "#felder"})
	}
	return append(out, InputIssues(d.email(l), d.text(l), d.lives(l))...)
}

// DeskLetters is what the case page shows of letters: a proposal that waits, opinions, what is half written.
type DeskLetters struct {
	Proposal *DeskProposal
	Opinions []DeskOpinion
	Begun    []DeskLink
	Seal     DeskSeal
}

// DeskLink leads somewhere.
type DeskLink struct{ Text, URL string }

// DeskSeal is what vouches for a letter.
type DeskSeal struct {
	Kind, Digest, Approver string
	Good                   bool
}

// DeskOpinion is what somebody else was asked.
type DeskOpinion struct {
	ID, To, Question, Fields, At, State, Kind string
	Code, Link                                string // while it waits
	Waits                                     bool
	By, Said                                  string
	Files                                     []DeskFile
}
