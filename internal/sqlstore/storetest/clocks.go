package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

// Days to see a case again: they belong to their case, whatever they say of themselves, and to their tenant.
func testResubmissions(t *testing.T, w *World) {
	c := w.Case(t, w.account(), w.Jena.ID, nil)
	now := at(w.Store)
	add := func(id string, was int64, r civic.Resubmission) {
		t.Helper()
		r.ID = id
		check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: c, Was: was, Resubmission: &r, Events: []civic.Event{event(w.Jena.ID, "resubmission.set")}}))
	}
	add("r2", 1, civic.Resubmission{Staff: "s1", StaffName: "Kim", Due: now.AddDate(0, 0, 9), Created: now, Why: civic.Sealed("why")})
	add("r1", 2, civic.Resubmission{Case: "another", Dossier: "another", Staff: "s1", StaffName: "Kim", Due: now.Add(-time.Hour), Created: now})
	add("r3", 3, civic.Resubmission{Staff: "s2", StaffName: "Jo", Due: now.Add(-time.Hour), Created: now})
	ids := func(list []civic.Resubmission) (out []string) {
		for _, r := range list {
			out = append(out, r.ID)
		}
		return out
	}
	of, err := w.ResubmissionsOf(t.Context(), w.Jena.ID, c.ID)
	if check(t, err); len(of) != 3 || of[2].ID != "r2" || string(of[2].Why) != "why" || of[0].Case != c.ID || of[0].Dossier != c.Dossier || of[0].FileNumber != c.FileNumber || of[0].Key == nil {
		t.Errorf("%+v", of)
	}
	mine, err := w.Resubmissions(t.Context(), w.Jena.ID, "s1", now.AddDate(1, 0, 0), 10)
	if check(t, err); !cmp.Equal(ids(mine), []string{"r1", "r2"}) {
		t.Errorf("%v", ids(mine))
	}
	for _, tenant := range []string{w.Gera.ID, ""} {
		if list, err := w.Resubmissions(t.Context(), tenant, "s1", now.AddDate(1, 0, 0), 10); tenant != "" && err != nil || len(list) > 0 {
			t.Errorf("%q sees %v (%v)", tenant, list, err)
		}
	}
	due, err := w.DueResubmissions(t.Context(), now, 10)
	if check(t, err); !cmp.Equal(due, []civic.Waiting{{Tenant: w.Jena.ID, Staff: "s1", Count: 1}, {Tenant: w.Jena.ID, Staff: "s2", Count: 1}}) {
		t.Errorf("%+v", due)
	}
	check(t, w.ToldResubmissions(t.Context(), w.Gera.ID, "s1", now))
	check(t, w.ToldResubmissions(t.Context(), w.Jena.ID, "s2", now))
	due, err = w.DueResubmissions(t.Context(), now, 10)
	if check(t, err); len(due) != 1 || due[0].Staff != "s1" {
		t.Errorf("told: %+v", due)
	}
	add("r1", 4, civic.Resubmission{Done: now})
	mine, err = w.Resubmissions(t.Context(), w.Jena.ID, "s1", now.AddDate(1, 0, 0), 10)
	if check(t, err); !cmp.Equal(ids(mine), []string{"r2"}) {
		t.Errorf("done: %v", ids(mine))
	}
	want(t, civic.NotFound, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: c, Was: 5, Resubmission: &civic.Resubmission{ID: "r1", Done: now}}))
}

func testFeeds(t *testing.T, w *World) {
	since, err := w.FeedOf(t.Context(), w.Jena.ID, "s1")
	if check(t, err); !since.IsZero() {
		t.Errorf("%v", since)
	}
	ev := event(w.Jena.ID, "calendar.shared")
	ev.At = at(w.Store)
	check(t, w.SaveFeed(t.Context(), w.Jena.ID, "s1", []byte("one"), ev))
	ev.ID += "2"
	check(t, w.SaveFeed(t.Context(), w.Jena.ID, "s1", []byte("two"), ev))
	_, _, err = w.Feed(t.Context(), []byte("one"))
	want(t, civic.NotFound, err)
	tenant, staff, err := w.Feed(t.Context(), []byte("two"))
	if check(t, err); tenant != w.Jena.ID || staff != "s1" {
		t.Errorf("%s %s", tenant, staff)
	}
	if since, err = w.FeedOf(t.Context(), w.Jena.ID, "s1"); err != nil || !since.Equal(ev.At) {
		t.Errorf("%v %v", since, err)
	}
	ev.ID += "3"
	check(t, w.SaveFeed(t.Context(), w.Jena.ID, "s1", nil, ev))
	_, _, err = w.Feed(t.Context(), []byte("two"))
	want(t, civic.NotFound, err)
}

// What the sweep of clocks looks for: cases that are late, and those whose silence means approval.
func testLate(t *testing.T, w *World) {
	now := at(w.Store)
	who := w.account()
	make := func(change func(*civic.Case)) civic.Case {
		return w.Case(t, who, w.Jena.ID, func(f *civic.Filing) { change(&f.Case) })
	}
	late := make(func(c *civic.Case) { c.Deadline = now.Add(-48 * time.Hour) })
	make(func(c *civic.Case) { c.Deadline = now.Add(-48 * time.Hour); c.Paused = now })
	make(func(c *civic.Case) { c.Deadline = now.Add(-48 * time.Hour); c.Escalated = now })
	make(func(c *civic.Case) { c.Deadline = now.Add(-48 * time.Hour); c.State = civic.Decided })
	make(func(c *civic.Case) { c.Deadline = now.Add(time.Hour) })
	make(func(c *civic.Case) {})
	silent := make(func(c *civic.Case) { c.Fiction = now.Add(-time.Minute) })
	make(func(c *civic.Case) { c.Fiction = now.Add(time.Minute) })
	make(func(c *civic.Case) { c.Fiction = now.Add(-time.Minute); c.State = civic.WaitingApplicant })
	list, err := w.CasesLate(t.Context(), w.Jena.ID, now.Add(-24*time.Hour), 10)
	if check(t, err); !cmp.Equal(list, []string{late.ID}) {
		t.Errorf("%v", list)
	}
	if list, err = w.CasesLate(t.Context(), w.Gera.ID, now, 10); err != nil || len(list) > 0 {
		t.Errorf("another authority's: %v %v", list, err)
	}
	deemed, err := w.CasesDeemed(t.Context(), now, 10)
	if check(t, err); !cmp.Equal(deemed, [][2]string{{w.Jena.ID, silent.ID}}) {
		t.Errorf("%v", deemed)
	}
}

// Figures are the cases, counted: the same as counting them here.
func testFigures(t *testing.T, w *World) {
	fill(t, w, 30)
	now := at(w.Store)
	decided := w.Case(t, w.account(), w.Jena.ID, nil)
	taken, _, err := decided.Take(clerkOf(w.Jena.ID), now)
	check(t, err)
	done, ev, err := taken.Decide(clerkOf(w.Jena.ID), now, civic.Granted)
	check(t, err)
	ev.ID = "ev-decided"
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: done, Was: 1, Events: []civic.Event{ev},
		Decision: &civic.Decision{ID: "dec1", Outcome: civic.Granted, Created: now, Letter: civic.Sealed("letter")}}))
	tally := civic.NewTally(civic.Calendar{}, now)
	seen := 0
	check(t, w.EachCase(t.Context(), w.Jena.ID, func(f civic.CaseFigure) { seen++; tally.Add(f) }))
	counts, err := w.Counts(t.Context(), w.Jena.ID)
	check(t, err)
	all, open := 0, 0
	for state, n := range counts {
		if all += n; state.Desk() {
			open += n
		}
	}
	f := tally.Figures()
	sum, decidedSum := 0, 0
	for _, o := range f.Open {
		sum += o.Open
	}
	for _, m := range f.Months {
		decidedSum += m.Decided
	}
	if seen != all || sum != open || decidedSum != 1 {
		t.Errorf("%d of %d cases, %d of %d open, %d decided", seen, all, sum, open, decidedSum)
	}
	counts, err = w.Counts(t.Context(), w.Gera.ID)
	check(t, err)
	for _, n := range counts {
		all += n // Gera's are counted apart
	}
	check(t, w.EachCase(t.Context(), w.Gera.ID, func(civic.CaseFigure) { seen++ }))
	if seen != all {
		t.Errorf("%d cases of both, want %d", seen, all)
	}

	none, event, mailed, err := w.Figures(t.Context(), w.Jena.ID)
	if check(t, err); !none.At.IsZero() || event != "" || !mailed.IsZero() {
		t.Errorf("%+v %q %v", none, event, mailed)
	}
	last, err := w.LastEvent(t.Context(), w.Jena.ID)
	if check(t, err); last == "" {
		t.Error("no event")
	}
	check(t, w.SaveFigures(t.Context(), w.Jena.ID, last, f))
	check(t, w.FiguresMailed(t.Context(), w.Jena.ID, now))
	check(t, w.SaveFigures(t.Context(), w.Jena.ID, last, f))
	got, event, mailed, err := w.Figures(t.Context(), w.Jena.ID)
	if check(t, err); event != last || !mailed.Equal(now) || !cmp.Equal(got, f) {
		t.Errorf("%q %v %s", event, mailed, cmp.Diff(f, got))
	}
}
