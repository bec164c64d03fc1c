package page

import (
	"strconv"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// CaseClocks is how a case stands in time: beside it on its page, and on the page that changes it.
type CaseClocks struct {
	Case          civic.Case
	Due           Due
	Change        string // address of the page that changes it; "" there is nothing to change
	Done          string // address that a resubmission's end is posted to
	Resubmissions []Resubmission
}

// Resubmission is a day on which a case is to be seen again.
type Resubmission struct {
	ID, Who, Why string
	Day          time.Time
	Over         bool // its day is today or was before
	Mine         bool
	URL          string // of the case, where it is not the case's own page
	Text         string // number and service, there
}

// DeskClocks changes a case's deadline, its period of deemed approval, and puts it before oneself again.
type DeskClocks struct {
	DeskStep
	Clocks CaseClocks
	// What was typed into the one of the three forms that could not be saved, and what is wrong with it.
	Form, Day, Why   string
	DayErr, WhyErr   string
	CanShift, Deemed bool
	Prolonged        bool
}

func (d DeskClocks) day(l *locale.Catalogue, form, name, label string) Input {
	in := Input{Kind: formdef.WidgetDateNative, Name: name, Label: l.T(label), Required: true}
	if d.Form == form {
		in.Value, in.Error = d.Day, d.DayErr
	}
	return in
}

func (d DeskClocks) why(l *locale.Catalogue, form, label string) Input {
	in := Input{Name: WhyName(form), Label: l.T(label), Required: true, MaxLength: 2000}
	if d.Form == form {
		in.Value, in.Error = d.Why, d.WhyErr
	}
	return in
}

// WhyName is the name of the reason's input in one of the page's forms.
func WhyName(form string) string { return form + "_why" }

// offers tells whether a form is on the page: where its step can be taken, and where it was refused because that has just changed –
// what was typed into it is not lost.
func (d DeskClocks) offers(form string, can bool) bool { return can || d.Form == form }

func (d DeskClocks) issues(l *locale.Catalogue) []Issue {
	name := map[string]string{"resubmit": "day", "deadline": "deadline", "fiction": "fiction"}[d.Form]
	if name == "" {
		return nil
	}
	return InputIssues(d.day(l, d.Form, name, "clocks.day"), d.why(l, d.Form, "clocks.why"))
}

// Calendar is a month.
type Calendar struct {
	Base, Month           string // address without query; November 2026
	Before, After         string // addresses
	Mine, Everybody       string // addresses
	All                   bool   // everybody's are shown
	Days                  []CalendarDay
	Overdue               []Resubmission
	Empty, More           bool
	FeedSince             time.Time
	FeedURL               string // just made, shown once
	Share, Unshare, Inbox string
}

// CalendarDay is a day with what is due.
type CalendarDay struct {
	Number  string
	Weekday string
	Column  int // 1 Monday … 7 Sunday
	Date    time.Time
	Holiday string
	Working bool
	Today   bool
	Entries []CalendarEntry
}

// CalendarEntry is a deadline or a resubmission.
type CalendarEntry struct {
	Again           bool // to be seen again
	URL, Text, More string
}

func (d CalendarDay) busy() bool { return len(d.Entries) > 0 || d.Today || d.Holiday != "" }

// Figures are an authority's cases, counted.
type Figures struct {
	Base, CSV        string
	At               string // worded; "" nothing was counted
	Services, Groups []Option
	Open, Overdue    int
	Months           []FigureMonth // newest first
	Rows             []FigureRow
	Ages             [5]int
}

// FigureMonth is a month's line: words for the table, numbers for the chart.
type FigureMonth struct {
	Month             string // November 2026
	Short             string // 11/26
	Received, Decided int
	Kept              int
	Median, Ninety    int
}

// FigureRow is a service's line.
type FigureRow struct {
	Service                                string
	Open, Overdue, Received, Decided, Kept int
	Median, Ninety                         int
}

// share words a part of a whole, "–" of nothing.
func share(l *locale.Catalogue, part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return l.T("figures.percent", "n", strconv.Itoa((part*100+whole/2)/whole))
}

func number(l *locale.Catalogue, n int) string {
	if n < 0 {
		return "–"
	}
	return l.Number(strconv.Itoa(n))
}

// bar is a rectangle of a chart, in the chart's own units.
type bar struct {
	X, Y, W, H int
	Class      string
	Label      string
	LabelX     int
}

const chartHeight = 160

// monthBars are two columns a month, oldest at the left, scaled to the highest.
func (f Figures) monthBars() (bars []bar, labels []bar) {
	most := 1
	for _, m := range f.Months {
		most = max(most, m.Received, m.Decided)
	}
	for i := range f.Months {
		m := f.Months[len(f.Months)-1-i]
		x := i * 60
		for j, n := range []int{m.Received, m.Decided} {
			h := n * chartHeight / most
			bars = append(bars, bar{X: x + 8 + j*22, Y: chartHeight - h, W: 20, H: h, Class: []string{"aw-chart__a", "aw-chart__b"}[j]})
		}
		labels = append(labels, bar{Label: m.Short, LabelX: x + 29})
	}
	return bars, labels
}

func (f Figures) chartWidth() int { return max(1, len(f.Months)) * 60 }

// ageBars are one bar an age, scaled to the longest.
func (f Figures) ageBars() (bars []bar) {
	most := 1
	for _, n := range f.Ages {
		most = max(most, n)
	}
	for i, n := range f.Ages {
		bars = append(bars, bar{X: 0, Y: i * 28, W: n * 300 / most, H: 20, Class: "aw-chart__a"})
	}
	return bars
}

// AdminClocks are the desk's settings of clocks and figures.
type AdminClocks struct {
	Base               string
	Revision           int64
	Corpus, Escalate   string
	Weekly             bool
	EscalateErr, Error string
}

func (a AdminClocks) escalate(l *locale.Catalogue) Input {
	return Input{Name: "escalate", Label: l.T("admin.clocks.escalate"), Hint: l.T("admin.clocks.escalate.hint"), Value: a.Escalate, InputMode: "numeric", Width: 4,
		Error: a.EscalateErr}
}

func (a AdminClocks) corpus(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetRadio, Name: "corpus", Label: l.T("admin.clocks.corpus"), Hint: l.T("admin.clocks.corpus.hint"), Required: true,
		Options: Options(a.Corpus, "", l.T("admin.clocks.corpus."), "yes", l.T("admin.clocks.corpus.yes"), "no", l.T("admin.clocks.corpus.no"))}
}

func (a AdminClocks) weekly(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetCheckboxes, Name: "weekly", Label: l.T("admin.clocks"), HideLabel: true, Required: true,
		Options: []Option{{Value: "yes", Label: l.T("admin.clocks.weekly"), Selected: a.Weekly}}}
}
