package deliver_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

// cellar keeps what the erasure of cases reads and writes.
type cellar struct {
	rules            []civic.Retention
	unplanned        []civic.Retained
	planned          []civic.Retained
	toTell, toErase  []civic.Retained
	told             []civic.Retained
	said             []*civic.Message
	jobs             []civic.Job
	erased           []string
	blobs            []string
	moved            string // case that changes while it is erased
	idleBefore       time.Time
	before, erasedAt time.Time
}

func (c *cellar) Retentions(context.Context, string) ([]civic.Retention, error) { return c.rules, nil }

func (c *cellar) DeleteIdleAccounts(_ context.Context, before time.Time, _ int) (int, error) {
	c.idleBefore = before
	return 0, nil
}

func (c *cellar) CasesUnplanned(_ context.Context, after string, limit int) (list []civic.Retained, _ error) {
	for _, r := range c.unplanned {
		if r.Case > after && len(list) < limit {
			list = append(list, r)
		}
	}
	return list, nil
}

func (c *cellar) PlanErasures(_ context.Context, _ string, list []civic.Retained) error {
	c.planned = append(c.planned, list...)
	return nil
}

func (c *cellar) CasesToTell(_ context.Context, before time.Time, _ int) ([]civic.Retained, error) {
	c.before = before
	return c.toTell, nil
}

func (c *cellar) ErasureTold(_ context.Context, r civic.Retained, said *civic.Message, _ civic.Event, jobs ...civic.Job) error {
	c.told, c.said, c.jobs = append(c.told, r), append(c.said, said), append(c.jobs, jobs...)
	return nil
}

func (c *cellar) CasesToErase(_ context.Context, at time.Time, _ int) ([]civic.Retained, error) {
	c.erasedAt = at
	return c.toErase, nil
}

func (c *cellar) EraseCase(_ context.Context, r civic.Retained, _ time.Time, _ civic.Event) ([]string, error) {
	if r.Case == c.moved {
		return nil, civic.Errorf(civic.Conflict, "error.case.changed")
	}
	c.erased = append(c.erased, r.Case)
	return c.blobs, nil
}

func retain(t *testing.T, w *world, c *cellar) {
	t.Helper()
	s := w.service()
	s.Retained, s.Periods = c, c
	if err := s.Sweep(t.Context(), civic.Sweep{What: "retention"}); err != nil {
		t.Fatal(err)
	}
}

// The authority's word goes before the form's, and each end has its own period.
func TestErasureIsPlanned(t *testing.T) {
	w := newWorld(t)
	w.form.Package.Form.Retention.Years = 10
	ended := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	c := &cellar{rules: []civic.Retention{{Tenant: "jena", Service: "own", Decided: 18, Withdrawn: 2, Relocation: 3}}}
	want := map[string]string{}
	for _, x := range []struct {
		id, service string
		state       civic.CaseState
		until       string
	}{
		{"1", "hund", civic.Closed, "2036-01-31"}, {"2", "hund", civic.Decided, "2036-01-31"}, {"3", "hund", civic.Withdrawn, "2027-01-31"},
		{"4", "hund", civic.Forwarded, "2026-03-03"}, {"5", "own", civic.Closed, "2027-07-31"}, {"6", "own", civic.Withdrawn, "2026-03-31"},
		{"7", "own", civic.Forwarded, "2026-05-01"}, {"8", "hund", civic.InProgress, ""},
	} {
		c.unplanned = append(c.unplanned, civic.Retained{Tenant: "jena", Case: x.id, Service: x.service, State: x.state, Changed: ended})
		if x.until != "" {
			want[x.id] = x.until
		}
	}
	retain(t, w, c)
	for _, r := range c.planned {
		if got := r.Erase.Format(time.DateOnly); got != want[r.Case] {
			t.Errorf("case %s is erased on %s, want %s", r.Case, got, want[r.Case])
		}
		delete(want, r.Case)
	}
	if len(want) > 0 {
		t.Errorf("not planned: %v", want)
	}
	if got := w.now.Sub(c.idleBefore); got < 729*24*time.Hour {
		t.Errorf("accounts are idle after %v", got)
	}
}

// Nobody is erased without the whole notice, in the mailbox and by mail; the copy of a forwarded case goes quietly.
func TestErasureIsAnnounced(t *testing.T) {
	w := newWorld(t)
	w.file.Case.State = civic.Closed
	late, far := w.now.AddDate(0, -3, 0), w.now.AddDate(0, 0, 29)
	c := &cellar{toTell: []civic.Retained{
		{Tenant: "jena", Case: "c1", Dossier: "d1", Service: "hund", State: civic.Closed, Erase: late},
		{Tenant: "jena", Case: "c1", Dossier: "d1", Service: "hund", State: civic.Closed, Erase: far},
		{Tenant: "jena", Case: "c3", Dossier: "d3", Service: "hund", State: civic.Forwarded, Erase: late},
		{Tenant: "jena", Case: "gone", Dossier: "d4", Service: "hund", State: civic.Closed, Erase: late},
	}}
	retain(t, w, c)
	if len(c.told) != 3 || !c.told[0].Erase.Equal(w.now.Add(civic.EraseNotice)) || c.told[1].Erase.Before(w.now.Add(civic.EraseNotice)) || !c.told[2].Erase.Equal(late) {
		t.Fatalf("%+v", c.told)
	}
	if !c.before.Equal(w.now.Add(civic.EraseNotice)) {
		t.Errorf("told %v before", c.before.Sub(w.now))
	}
	if c.said[2] != nil || len(c.jobs) != 2 {
		t.Errorf("said %v, jobs %v", c.said, c.jobs)
	}
	text := string(c.said[0].Body)
	if !strings.HasPrefix(text, "kj/kd/message:") || !strings.Contains(text, "24. Dezember 2026") || !c.said[0].FromOffice {
		t.Errorf("%q", text)
	}
	w.file.Case.Erase = c.told[0].Erase
	if err := w.service().Notify(t.Context(), c.jobs[0].(civic.Notify)); err != nil {
		t.Fatal(err)
	}
	if len(w.mails) != 1 || !strings.Contains(w.mails[0].Subject, "24. Dezember 2026") {
		t.Errorf("%+v", w.mails)
	}
	// What is erased by then is nobody's to be told of, and no failure.
	if err := w.service().Notify(t.Context(), civic.Notify{Tenant: "jena", Case: "gone", What: "erasure"}); err != nil {
		t.Error(err)
	}
}

// What is due goes with its files and their previews; bytes that another case refers to stay.
func TestDueCasesAreErased(t *testing.T) {
	w := newWorld(t)
	w.known = []string{"a/d1/shared"}
	w.blobs = map[string]string{"a/d1/own": "x", "p/s/d1/own": "x", "p/m/d1/own": "x", "p/l/d1/own": "x", "a/d1/shared": "x", "p/s/d1/shared": "x"}
	c := &cellar{toErase: []civic.Retained{{Tenant: "jena", Case: "c1"}, {Tenant: "jena", Case: "moved"}}, moved: "moved", blobs: []string{"a/d1/own", "a/d1/shared"}}
	retain(t, w, c)
	if !slices.Equal(c.erased, []string{"c1"}) || !c.erasedAt.Equal(w.now) {
		t.Errorf("%v at %v", c.erased, c.erasedAt)
	}
	if len(w.blobs) != 2 || w.blobs["a/d1/shared"] == "" || w.blobs["p/s/d1/shared"] == "" {
		t.Errorf("left: %v", w.blobs)
	}
}
