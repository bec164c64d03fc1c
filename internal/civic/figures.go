package civic

import (
	"cmp"
	"slices"
	"time"
)

// CaseFigure is what figures are counted from: nothing of a person's, neither applicant nor clerk (§ 87 Abs. 1 Nr. 6 BetrVG and its
// like in ThürPersVG: counting people's performance needs their council's word).
type CaseFigure struct {
	Service, Group              string
	State                       CaseState
	Received, Deadline, Decided time.Time // zero: none
	Paused                      bool
}

// Figures (Zahlen) are an authority's cases, counted.
type Figures struct {
	At     time.Time
	Months []MonthFigures // newest first, then by service and group
	Open   []OpenFigures  // by service and group
}

// MonthFigures are a service's cases in one group that came or were decided in a month.
type MonthFigures struct {
	Month          string // 2026-11
	Service, Group string
	Received       int
	Decided        int
	Kept           int         // decided by their deadline, or without one
	Days           map[int]int // how many were decided after so many days; from LongestCounted on together
}

// OpenFigures are a service's open cases in one group.
type OpenFigures struct {
	Service, Group string
	Open, Overdue  int
	Ages           [len(AgeLimits) + 1]int
}

// AgeLimits part the ages of open cases, in days: up to 7, up to 30, up to 90, up to 180, older.
var AgeLimits = [...]int{7, 30, 90, 180}

// LongestCounted is from how many days on durations are not told apart.
const LongestCounted = 730

// FigureMonths is how many months figures go back, the current one included.
const FigureMonths = 25

// Tally (Zählung) counts cases one by one, in memory that does not grow with them.
type Tally struct {
	calendar Calendar
	now      time.Time
	oldest   string
	months   map[monthKey]*MonthFigures
	open     map[[2]string]*OpenFigures
}

type monthKey struct{ month, service, group string }

// NewTally begins a count as of now.
func NewTally(c Calendar, now time.Time) *Tally {
	first := c.Day(now)
	first = first.AddDate(0, 0, 1-first.Day())
	return &Tally{calendar: c, now: now, oldest: first.AddDate(0, 1-FigureMonths, 0).Format("2006-01"), months: map[monthKey]*MonthFigures{},
		open: map[[2]string]*OpenFigures{}}
}

func (t *Tally) month(at time.Time, f CaseFigure) *MonthFigures {
	k := monthKey{t.calendar.Day(at).Format("2006-01"), f.Service, f.Group}
	if k.month < t.oldest {
		return &MonthFigures{Days: map[int]int{}} // too old to be told
	}
	m := t.months[k]
	if m == nil {
		m = &MonthFigures{Month: k.month, Service: k.service, Group: k.group, Days: map[int]int{}}
		t.months[k] = m
	}
	return m
}

// Add counts a case.
func (t *Tally) Add(f CaseFigure) {
	t.month(f.Received, f).Received++
	if !f.Decided.IsZero() {
		m := t.month(f.Decided, f)
		m.Decided++
		if f.Deadline.IsZero() || !f.Decided.After(f.Deadline) {
			m.Kept++
		}
		m.Days[min(t.days(f.Received, f.Decided), LongestCounted)]++
	}
	if !f.State.Desk() {
		return
	}
	k := [2]string{f.Service, f.Group}
	o := t.open[k]
	if o == nil {
		o = &OpenFigures{Service: f.Service, Group: f.Group}
		t.open[k] = o
	}
	o.Open++
	if !f.Paused && !f.Deadline.IsZero() && f.Deadline.Before(t.now) {
		o.Overdue++
	}
	age, at := t.days(f.Received, t.now), 0
	for at < len(AgeLimits) && age > AgeLimits[at] {
		at++
	}
	o.Ages[at]++
}

// days are the calendar days between two moments.
func (t *Tally) days(from, to time.Time) int {
	return max(0, int(t.calendar.Day(to).Sub(t.calendar.Day(from)).Hours()+12)/24)
}

// Figures is the count so far.
func (t *Tally) Figures() Figures {
	f := Figures{At: t.now}
	for _, m := range t.months {
		f.Months = append(f.Months, *m)
	}
	for _, o := range t.open {
		f.Open = append(f.Open, *o)
	}
	slices.SortFunc(f.Months, func(a, b MonthFigures) int {
		return cmp.Or(cmp.Compare(b.Month, a.Month), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Group, b.Group))
	})
	slices.SortFunc(f.Open, func(a, b OpenFigures) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Group, b.Group))
	})
	return f
}

// Within is how many days the given share of cases took at most, 0.5 for the median; -1 when there is none.
func Within(days map[int]int, share float64) int {
	total := 0
	var at []int
	for d, n := range days {
		total += n
		at = append(at, d)
	}
	if total == 0 {
		return -1
	}
	slices.Sort(at)
	seen := 0
	for _, d := range at {
		if seen += days[d]; float64(seen) >= share*float64(total) {
			return d
		}
	}
	return at[len(at)-1]
}
