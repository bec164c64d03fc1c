package page

import (
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// Inbox is one page of the cases of a view.
type Inbox struct {
	URL, View, Name string // of the inbox without query; the view's id ("" none) and name
	Tabs, More      []InboxView
	Chips           []Chip
	ClearURL        string // the view as it is kept, or the first; "" when nothing was changed
	SaveURL         string // keeps what is shown as a view
	UpdateURL       string // keeps it in the view that it was made from; "" when it is not the clerk's to change
	Narrowed        bool   // the filter is unfolded

	Search Input
	Lists  []Input // of boxes to tick
	Spans  []InboxSpan
	Only   Input
	Fields []Input // indexed answers, of the services that are filtered by
	Sort   Input

	Columns  []InboxColumn
	Rows     []InboxRow
	Bulk     BulkBar
	Short    bool // the page ends before it is full; NextURL looks further
	FirstURL string
	NextURL  string
}

// InboxView is a link to a view.
type InboxView struct {
	Text, URL, Count     string
	Current, Own, Shared bool
}

// Chip says a part of a filter in words; URL is the address without it, "" none.
type Chip struct{ Text, URL string }

// InboxSpan asks for a span of time: a word or days.
type InboxSpan struct{ Word, From, To Input }

// InboxColumn is the head of a column. URL sorts by it, Hint says how; Sort is in the words of aria-sort.
type InboxColumn struct{ Name, Text, URL, Sort, Hint string }

// InboxRow is one case.
type InboxRow struct {
	ID, URL, FileNumber, Service, About, Assignee, Group string
	State                                                civic.CaseState
	Received, Changed, Deadline                          time.Time
	Due                                                  Due
	Unread, Mine, Twin                                   bool   // Twin: another case looks the same
	Presence, Instead                                    string // who has it open right now; for whom the reader acts
	Labels                                               []Label
	Cells                                                map[string]string // by column, of those that show an answer
}

// Label is one on a case.
type Label struct{ ID, Name, Colour string }

// CaseLabels is the form that puts labels on a case.
type CaseLabels struct {
	Action   string
	Revision int64
	All      []Label
	On       map[string]bool
	ListURL  string // where labels are made, "" when not for this clerk
}

func (i Inbox) issues() []Issue {
	out := InputIssues(append(append([]Input{i.Search}, i.Lists...), i.Fields...)...)
	for _, s := range i.Spans {
		out = append(out, InputIssues(s.Word, s.From, s.To)...)
	}
	return out
}

// many tells whether the table needs more room than a small screen has.
func (i Inbox) many() bool { return len(i.Columns) > 7 }

// plain tells the columns that a card shows without their name.
func (c InboxColumn) plain() bool {
	return c.Name == "number" || c.Name == "matter" || c.Name == "state" || c.Name == "labels"
}

// news is the word for what nobody has opened yet.
func (r InboxRow) news(l *locale.Catalogue) string {
	if r.State == civic.Received || r.State == civic.AwaitingPayment {
		return l.T("desk.new")
	}
	return l.T("desk.news")
}

func (r InboxRow) dueText(l *locale.Catalogue) string {
	if r.Due.Kind == "" {
		return ""
	}
	return r.Due.text(l)
}

// columnClass is a column's part of class names.
func columnClass(name string) string {
	if len(name) > 6 && name[:6] == "field:" {
		return "field"
	}
	return name
}
