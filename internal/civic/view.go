package civic

import (
	"slices"
	"strings"
	"time"
)

// View (Ansicht) is a way to look at the inbox: whose it is, and, opened, what it shows. Its body is sealed under the authority's
// key: a name or a value to filter by may be somebody's.
type View struct {
	ID, Tenant string
	Owner      string // staff id; "" = a lead made it for the office or a group
	Group      string // of a shared one: whose it is, "" everybody's
	Position   int
	Revision   int64 // optimistic lock
	Updated    time.Time
	Body       Sealed // JSON of Look
	Look       `json:"-"`
}

// Shared tells whether others see it too.
func (v View) Shared() bool { return v.Owner == "" }

// Look is what a view says.
type Look struct {
	Name      string     `json:"name"`
	Filter    ViewFilter `json:"filter"`
	Columns   []string   `json:"columns,omitempty"` // none: the usual ones
	Sort      string     `json:"sort,omitempty"`    // of InboxFilter
	Ascending bool       `json:"ascending,omitempty"`
}

// The views that everybody has. Their names are words of the catalogue ("desk.view.open").
const (
	ViewOpen    = "open"
	ViewMine    = "mine"
	ViewNobodys = "nobodys"
	ViewNews    = "news"
	ViewAll     = "all"
)

// OpenStates stands in a filter for all states that the office has to see to.
const OpenStates = "open"

// UsualViews are the views that everybody has, in their order.
func UsualViews() []View {
	open := []string{OpenStates}
	return []View{
		{ID: ViewOpen, Look: Look{Filter: ViewFilter{States: open}}},
		{ID: ViewMine, Look: Look{Filter: ViewFilter{States: open, Assignees: []string{Me}}, Sort: "deadline", Ascending: true}},
		{ID: ViewNobodys, Look: Look{Filter: ViewFilter{States: open, Assignees: []string{Nobody}}, Ascending: true}},
		{ID: ViewNews, Look: Look{Filter: ViewFilter{Unread: true}, Sort: "changed"}},
		{ID: ViewAll},
	}
}

// Words among the assignees of a filter.
const (
	Me     = "me"
	Nobody = "none"
)

// StageProposed is the tag by which lists find cases whose decision waits for a second pair of eyes.
var StageProposed = IndexTerm{Field: "stage", Mode: "tag", Text: "proposed"}

// ViewFilter (Filter einer Ansicht) is what a view lets through, in the words of its address. What is empty does not filter; what is
// set must all hold, and of a list one value, of labels all unless AnyLabel says so. Its days move with the calendar: "today" is another day tomorrow.
type ViewFilter struct {
	Search    string      `json:"search,omitempty"`
	States    []string    `json:"states,omitempty"` // or OpenStates
	Services  []string    `json:"services,omitempty"`
	Assignees []string    `json:"assignees,omitempty"` // staff ids, Me, Nobody
	Groups    []string    `json:"groups,omitempty"`    // ids, Nobody: those that are in no group
	Labels    []string    `json:"labels,omitempty"`    // ids, Nobody: those that have none
	AnyLabel  bool        `json:"anyLabel,omitempty"`  // of the labels one is enough
	Due       DaySpan     `json:"due,omitzero"`
	Received  DaySpan     `json:"received,omitzero"`
	Changed   DaySpan     `json:"changed,omitzero"`
	Unread    bool        `json:"unread,omitempty"`
	Proposed  bool        `json:"proposed,omitempty"`  // a decision waits for a second pair of eyes
	Escalated bool        `json:"escalated,omitempty"` // the lead was told that it is late
	Fields    []FieldTest `json:"fields,omitempty"`
}

// FieldTest asks for the whole value of an indexed answer.
type FieldTest struct {
	Pointer string `json:"pointer"`
	Text    string `json:"text"`
}

// DaySpan (Zeitraum) is a word (overdue, today, week) or days from and to, both of which are in it, as 2006-01-02.
type DaySpan struct {
	Word string `json:"word,omitempty"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// SpanWords are what a span may be: overdue is for deadlines only.
var SpanWords = []string{"overdue", "today", "week"}

// Empty tells whether nothing is filtered.
func (f ViewFilter) Empty() bool { return f.count() == 0 }

func (f ViewFilter) count() int {
	n := len(f.States) + len(f.Services) + len(f.Assignees) + len(f.Groups) + len(f.Labels) + len(f.Fields) + len(f.Search)
	for _, s := range []DaySpan{f.Due, f.Received, f.Changed} {
		if s != (DaySpan{}) {
			n++
		}
	}
	for _, on := range []bool{f.Unread, f.Proposed, f.Escalated} {
		if on {
			n++
		}
	}
	return n
}

// Limits of a filter.
const (
	maxSearch = 200 // bytes
	maxValues = 50
)

// Of is the filter for somebody at a moment, in the zone in which days begin. What is wrong in it filters nothing; each such part
// is named by an error at its field: q, state, due, due_from, due_to, from …
func (f ViewFilter) Of(me string, now time.Time, zone *time.Location) (in InboxFilter, wrong []*Error) {
	say := func(field, key string, args ...any) { wrong = append(wrong, Errorf(Invalid, key, args...).At(field)) }
	in = InboxFilter{Unread: f.Unread, Escalated: f.Escalated, Services: few(f.Services)}
	if in.Search = strings.TrimSpace(f.Search); len(in.Search) > maxSearch {
		in.Search = ""
		say("q", "error.view.search", "limit", maxSearch)
	}
	for _, s := range few(f.States) {
		switch {
		case s == OpenStates:
			in.States = append(in.States, slices.DeleteFunc(slices.Clone(CaseStates), func(c CaseState) bool { return !c.Desk() })...)
		case slices.Contains(CaseStates, CaseState(s)):
			in.States = append(in.States, CaseState(s))
		default:
			say("state", "error.view.state")
		}
	}
	slices.Sort(in.States)
	in.States = slices.Compact(in.States)
	for _, a := range few(f.Assignees) {
		switch a {
		case Me:
			a = me
		case Nobody:
			a = ""
		}
		in.Assignees = append(in.Assignees, a)
	}
	if f.Proposed {
		in.Tags = append(in.Tags, StageProposed)
	}
	for _, g := range few(f.Groups) {
		if g == Nobody {
			g = ""
		}
		in.Groups = append(in.Groups, g)
	}
	for _, l := range few(f.Labels) {
		switch tag := (IndexTerm{Field: "label", Mode: "tag", Text: l}); {
		case l == Nobody && !f.AnyLabel && len(f.Labels) > 1:
			say("label", "error.view.labels")
		case l == Nobody:
			in.Unlabelled = true
		case f.AnyLabel:
			in.AnyTag = append(in.AnyTag, tag)
		default:
			in.Tags = append(in.Tags, tag)
		}
	}
	for _, t := range f.Fields[:min(len(f.Fields), maxValues)] {
		if !strings.HasPrefix(t.Pointer, "/") || len(t.Text) > maxSearch {
			say("field:"+t.Pointer, "error.view.search", "limit", maxSearch)
			continue
		}
		in.Tags = append(in.Tags, IndexTerm{Field: t.Pointer, Mode: "field", Text: t.Text})
	}
	d := days{now: now, zone: zone, say: say}
	if f.Due.Word == "overdue" {
		in.Overdue = true
		f.Due.Word = ""
	}
	in.DueFrom, in.DueTo = d.span("due", "due_from", "due_to", f.Due)
	in.From, in.To = d.span("received", "from", "to", f.Received)
	in.ChangedFrom, in.ChangedTo = d.span("changed", "changed_from", "changed_to", f.Changed)
	return in, wrong
}

func few(values []string) []string { return slices.Clone(values[:min(len(values), maxValues)]) }

// days reads spans.
type days struct {
	now  time.Time
	zone *time.Location
	say  func(field, key string, args ...any)
}

// span is from when to before when; zero is without a border.
func (d days) span(word, from, to string, s DaySpan) (a, b time.Time) {
	y, m, day := d.now.In(d.zone).Date()
	today := time.Date(y, m, day, 0, 0, 0, 0, d.zone)
	switch s.Word {
	case "":
	case "today":
		return today, today.AddDate(0, 0, 1)
	case "week": // from Monday to Sunday, as everywhere in the German administration (ISO 8601)
		monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
		return monday, monday.AddDate(0, 0, 7)
	default:
		d.say(word, "error.view.span")
	}
	if a = d.day(from, s.From); s.To != "" {
		if b = d.day(to, s.To); !b.IsZero() {
			b = b.AddDate(0, 0, 1)
		}
	}
	if !a.IsZero() && !b.IsZero() && !a.Before(b) {
		d.say(to, "error.view.order")
		return a, time.Time{}
	}
	return a, b
}

func (d days) day(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, text, d.zone)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		d.say(field, "error.view.date")
		return time.Time{}
	}
	return t
}

// Label (Etikett) is a word that an authority puts on cases.
type Label struct {
	ID, Tenant, Name string
	Colour           string // of LabelColours
	Position         int
}

// LabelColours are what a label may look like; each keeps its contrast in the light and in the dark.
var LabelColours = []string{"grey", "blue", "green", "yellow", "red", "violet"}

// Rhythm (Takt) is how often somebody wants a mail about what is new in a view.
type Rhythm string

// The rhythms; no subscription is none of them.
const (
	AtOnce Rhythm = "now"
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
)

// Never is the rhythm of somebody who does not want what others get unasked.
const Never Rhythm = "never"

// CallRhythms are those of mails that say that somebody is called; without a choice they come at once.
var CallRhythms = []Rhythm{AtOnce, Daily, Never}

// ViewCalls stands for a view in a subscription: of what colleagues call somebody to, a note that names them or a decision to look at.
const ViewCalls = "calls"

// Rhythms lists them.
var Rhythms = []Rhythm{AtOnce, Daily, Weekly}

// bundle is how long what comes at once is gathered, so that a busy morning is one mail.
const bundle = 5 * time.Minute

// Next is when the next mail is due after a moment: at once after a few minutes, daily at seven, weekly on Monday at seven.
func (r Rhythm) Next(after time.Time, zone *time.Location) time.Time {
	if r == AtOnce {
		return after.Add(bundle)
	}
	y, m, d := after.In(zone).Date()
	at := time.Date(y, m, d, 7, 0, 0, 0, zone)
	for !at.After(after) || r == Weekly && at.Weekday() != time.Monday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// Subscription (Abonnement) is somebody's wish to hear by mail what is new in a view.
type Subscription struct {
	Tenant, Staff, View string
	Rhythm              Rhythm
	Since               time.Time // what changed after that was not told
	Next                time.Time
}

// never is a day that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// After is when the next mail is due. Calls that come at once are due when there is one.
func (x Subscription) After(at time.Time, zone *time.Location) time.Time {
	if x.Rhythm == Never || x.View == ViewCalls && x.Rhythm == AtOnce {
		return never
	}
	return x.Rhythm.Next(at, zone)
}

// CallDue is when somebody who is called at a moment hears of it.
func CallDue(at time.Time) time.Time { return at.Add(bundle) }

// Desk (Arbeitsplatz) is what somebody has set for themselves at an authority.
type Desk struct {
	Tenant, Staff string
	Default       string    // id of the view that the inbox opens with, "" the first
	Seen          time.Time // when they were last at the desk, to the day: who is gone gets no mails
	Lang          string    // of mails to them, "" the office's
	Subscriptions []Subscription
}

// MailLangs are the languages in which staff can be written to; the first is the office's.
var MailLangs = []string{"de", "en"}

// Gone is after how long without a visit nobody gets mails about views any more, and who belongs to a log-in's group no calendar: longer than a holiday.
const Gone = 45 * 24 * time.Hour

// ViewMail tells somebody how many cases are new in a view between two moments.
type ViewMail struct {
	Tenant string `json:"tenant"`
	Staff  string `json:"staff"`
	View   string `json:"view"`
	From   int64  `json:"from"` // microseconds
	To     int64  `json:"to"`
}

// Kind names the job.
func (ViewMail) Kind() string { return "view_mail" }
