package page

import (
	"fmt"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// Door leads into one authority's desk, administration or pages of the state.
type Door struct{ Title, Text, URL string }

// Doors lets somebody who works in several authorities choose one.
type Doors struct {
	Title, Intro, None string
	Doors              []Door
}

// Due is how a deadline stands: "", ok, soon, today, over; and how many days away.
type Due struct {
	Kind string
	Days int
}

func (d Due) badge() string {
	switch d.Kind {
	case "over":
		return "danger"
	case "today", "soon":
		return "warning"
	}
	return ""
}

func (d Due) text(l *locale.Catalogue) string { return l.Plural("desk.due."+d.Kind, d.Days) }

// DeskCase is a case as a clerk sees it.
type DeskCase struct {
	Base, Query string // address of the case; the inbox's query, "?…" or ""
	InboxURL    string
	Previous    string // address, "" none
	Next        string
	Case        civic.Case
	Due         Due
	Service     string
	Facts       []string
	Mine, Lead  bool
	Moved       []DeskEvent // what happened since the page was read, after a conflict
	Presence    CasePresence
	Group       CaseGroup

	Versions    []DeskVersion // submissions, oldest first
	Sections    []formdef.Section
	Changes     []DeskChange
	FileURL     func(urn string) string
	Attachments []DeskFile
	FilesURL    string      // all attachments as one file, "" none
	Viewer      *DeskViewer // the attachment that is looked at, nil none
	Messages    []DeskMessage
	Requests    []DeskRequest
	Notes       []DeskNote
	Decision    *DeskDecision
	Payment     *civic.Payment
	Events      []DeskEvent
	Deliveries  []civic.Delivery
	People      []Option // to assign to
	Call        Input    // whom a note calls
	Methods     []Option
	Labels      CaseLabels
	Checklist   []string
	Clocks      CaseClocks

	Letters DeskLetters
	Work    DeskWork

	Open      string // which form is unfolded: message, note, task
	Text      string // what was typed into it
	TextError string
	FileError string
	FileRule  string
}

// DeskVersion is a submission to look at.
type DeskVersion struct {
	Text, URL string
	Current   bool
}

// DeskChange is an answer that the shown submission changed.
type DeskChange struct{ Label, Before, After string }

// DeskFile is an attachment.
type DeskFile struct {
	Name, URL, About string
	ViewURL          string // to look at it beside the answers, "" where it can only be downloaded
	Thumb            string // address of a small picture, "" none
	Viewed           bool   // it is looked at now
	Bytes            int64
	Verdict          civic.Verdict
	FromOffice       bool
}

// DeskMessage is a message of either side.
type DeskMessage struct {
	Author, At, Text, Read string
	FromOffice             bool
	Files                  []DeskFile
}

// DeskRequest is what the citizen was asked for.
type DeskRequest struct {
	Text, At, Due, State, Note string // Note: what was done about it
	Open, Late                 bool
	Fields                     []DeskRemark
}

// DeskRemark is a field to correct, and what is wrong with it.
type DeskRemark struct{ Label, Comment string }

// DeskNote is a note for colleagues.
type DeskNote struct{ Author, At, Text string }

// DeskDecision is the decision with its letter.
type DeskDecision struct {
	Outcome                                 civic.Outcome
	Author, Date, Deemed, Read, Letter, PDF string
}

// DeskEvent is a line of the case's history.
type DeskEvent struct {
	Text, Who, At string
	Detail        string       // what was said, or what it is about
	Diffs         []DeskChange // after a conflict: what it changed
}

func outcomeKind(o civic.Outcome) string {
	switch o {
	case civic.Granted:
		return "success"
	case civic.PartlyGranted:
		return "warning"
	}
	return "danger"
}

func verdictKind(v civic.Verdict) string {
	switch v {
	case civic.VerdictClean:
		return "success"
	case civic.VerdictInfected:
		return "danger"
	}
	return "warning"
}

func (c DeskCase) to(step string) string { return c.Base + "/" + step + c.Query }

func (c DeskCase) open() bool { return c.Case.State.Open() }

func (c DeskCase) message(l *locale.Catalogue) Input {
	in := Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("desk.message.text"), Hint: l.T("desk.message.hint"), Rows: 6, Required: true, MaxLength: 20000}
	if c.Open == "message" {
		in.Value, in.Error = c.Text, c.TextError
	}
	return in
}

func (c DeskCase) note(l *locale.Catalogue) Input {
	in := Input{Kind: formdef.WidgetTextArea, Name: "note", Label: l.T("desk.note.text"), Hint: l.T("desk.note.hint"), Rows: 4, Required: true, MaxLength: 20000}
	if c.Open == "note" {
		in.Value, in.Error = c.Text, c.TextError
	}
	return in
}

func (c DeskCase) issues(l *locale.Catalogue) []Issue {
	out := InputIssues(append(c.Work.task(l), c.message(l), c.note(l))...)
	if c.FileError != "" {
		out = append(out, Issue{Text: c.FileError, Href: "#" + InputID("files")})
	}
	return out
}

// DeskStep is a page on which a clerk takes a larger step with a case: ask, decide, forward.
type DeskStep struct {
	OpenTasks   int // what is still to be done before a decision
	Base, Query string
	Case        civic.Case
	Service     string
	Moved       []DeskEvent
}

func (d DeskStep) back() string { return d.Base + d.Query }

// DeskForward gives the case to another authority.
type DeskForward struct {
	DeskStep
	Search  string
	Targets []Option
	Bad     string
}

func (d DeskForward) search(l *locale.Catalogue) Input {
	return Input{Name: "to", Label: l.T("desk.forward.search"), Hint: l.T("desk.forward.search.hint"), Value: d.Search, Type: "search", Required: true, Width: 20}
}

func (d DeskForward) target(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetRadio, Name: "target", Label: l.T("desk.forward.target"), Options: d.Targets, Error: d.Bad, Required: true}
}

func fieldID(page, n int) string { return fmt.Sprintf("f-%d-%d", page, n) }

// LineText is an answer as one text.
func LineText(l *locale.Catalogue, line formdef.Line) string {
	switch {
	case len(line.Files) > 0:
		names := make([]string, len(line.Files))
		for i, f := range line.Files {
			names[i] = f.Name
		}
		return strings.Join(names, ", ")
	case line.Key == "unanswered":
		return l.T("answer.unanswered")
	case line.Key != "":
		return l.T("choice." + line.Key)
	}
	return line.Value
}
