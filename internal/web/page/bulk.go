package page

import (
	"strconv"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// BulkBar begins a step with several cases of the inbox: those that are ticked, all of the page, or all that the filter finds.
type BulkBar struct {
	URL, Query string   // of the inbox; its filter, "?…" or ""
	IDs        []string // of the cases on the page
}

// Bulk is a Sammelaktion: chosen, running, or over.
type Bulk struct {
	URL, InboxURL string
	Bulk          civic.Bulk
	Title         string // of the step, once it is started
	Sample        []BulkCase
	More          int // cases beside the sample
	Steps         []BulkStep
	Step          civic.BulkKind
	Inputs        []Input
	Templates     []BulkCase // texts to begin with
	Text          string     // what the step does
	Preview       string     // Markdown or text, filled in for the first case
	Letter        bool       // the preview is Markdown
	NeedPreview   bool       // it must be looked at before it can be sent
	ExportURL     string
	Started, Who  string
	Failed        []BulkFailure
	MoreURL       string
	Undoable      bool
	Own           bool
	UndoesURL     string // of the bulk that this one takes back
	UndoesText    string
	UndoneURL     string
}

// BulkCase is a case by its number.
type BulkCase struct{ Number, URL string }

// BulkStep is something that can be done with the cases.
type BulkStep struct {
	Kind civic.BulkKind
	URL  string
}

// BulkFailure is a case with which the step was not possible.
type BulkFailure struct {
	BulkCase
	State civic.CaseState
	Why   string
}

// Bulks lists Sammelaktionen.
type Bulks struct {
	InboxURL, ExportsURL string
	Rows                 []BulkRow
	NextURL              string
}

// BulkRow is one of them.
type BulkRow struct {
	URL, Step, When, Who, State string
}

func stateKind(state string) string {
	switch state {
	case "running":
		return "info"
	case "finished":
		return "success"
	case "failed":
		return "danger"
	}
	return "warning"
}

func (b Bulk) total() int { return b.Bulk.Counts.Total() }

func (b Bulk) past() int { return b.Bulk.Counts.Done + b.Bulk.Counts.Failed }

// Export is what can be taken out, and what is chosen of it.
type Export struct {
	Action, InboxURL string
	Found            string // words
	Direct           bool
	Services         []Option
	Columns          []Option // of the case
	Answers          []Option // of the service
	Formats          []Option
	Templates        []ExportTemplate
	Template         string
	Service          string
	Name             string
	Leads            bool // the template is for leads
	Errors           map[string]string
}

// ExportTemplate is a saved one.
type ExportTemplate struct {
	ID, Name, URL, DeleteURL string
	Current                  bool
}

func (e Export) service(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetSelect, Name: "service", Label: l.T("export.service"), Hint: l.T("export.service.hint"), Options: e.Services, Required: true, Error: e.Errors["service"]}
}

func (e Export) columns(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetCheckboxes, Name: "columns", Label: l.T("export.columns"), Options: e.Columns, Required: true, Error: e.Errors["columns"]}
}

func (e Export) answers(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetCheckboxes, Name: "answers", Label: l.T("export.answers"), Options: e.Answers, Required: true}
}

func (e Export) format(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetRadio, Name: "format", Label: l.T("export.format"), Options: e.Formats, Required: true, Error: e.Errors["format"]}
}

func (e Export) name(l *locale.Catalogue) Input {
	return Input{Name: "name", Label: l.T("export.save.name"), Value: e.Name, NoMark: true, MaxLength: 80, Error: e.Errors["name"]}
}

func (e Export) leads(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetCheckbox, Name: "leads", Label: l.T("export.save.leads"), NoMark: true, Options: []Option{{Value: "yes", Label: l.T("export.save.leads"), Selected: e.Leads}}}
}

func (e Export) issues(l *locale.Catalogue) []Issue {
	return InputIssues(e.service(l), e.columns(l), e.format(l), e.name(l))
}

// Exports lists files that were made.
type Exports struct {
	InboxURL, BulksURL string
	Rows               []ExportRow
	NextURL            string
}

// ExportRow is one of them.
type ExportRow struct {
	URL, When, Who, Format, Rows, State string
}

// ExportMade is one file with what can be done with it.
type ExportMade struct {
	URL, ListURL string
	State        string
	Rows         string // so far, in words
	Facts        []string
	Own          bool
	Why          string // it failed
}

func str(n int) string { return strconv.Itoa(n) }
