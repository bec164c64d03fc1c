package deliver_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

func (w *world) CasesDeemed(_ context.Context, now time.Time, _ int) (list [][2]string, _ error) {
	if c := w.file.Case; !c.Fiction.IsZero() && c.Fiction.Before(now) && c.State.Open() {
		list = append(list, [2]string{c.Tenant, c.ID})
	}
	return list, nil
}

func (w *world) CasesLate(_ context.Context, tenant string, before time.Time, _ int) (list []string, _ error) {
	if c := w.file.Case; c.Tenant == tenant && !c.Deadline.IsZero() && c.Deadline.Before(before) && c.State.Open() && c.Escalated.IsZero() {
		list = append(list, c.ID)
	}
	return list, nil
}

func (w *world) DueResubmissions(context.Context, time.Time, int) ([]civic.Waiting, error) {
	return slices.Clone(w.waiting), nil
}

func (w *world) ToldResubmissions(_ context.Context, tenant, staff string, _ time.Time) error {
	w.waiting = slices.DeleteFunc(w.waiting, func(x civic.Waiting) bool { return x.Tenant == tenant && x.Staff == staff })
	return nil
}

func (w *world) Change(_ context.Context, _ string, ch civic.CaseChange) error {
	if ch.Was != w.file.Case.Revision {
		return civic.Errorf(civic.Conflict, "error.case.changed")
	}
	w.file.Case = ch.Case
	w.changes, w.jobs, w.events = append(w.changes, ch), append(w.jobs, ch.Jobs...), append(w.events, ch.Events...)
	return nil
}

func (w *world) StaffLangs(context.Context, string) (map[string]string, error) { return w.langs, nil }

func (w *world) Colleagues(context.Context, string) ([]civic.Colleague, error) { return w.people, nil }

func (w *world) Appointments(context.Context, string) ([]civic.Appointment, error) {
	return w.appointed, nil
}

func (w *world) AllTenants(ctx context.Context) ([]civic.Tenant, error) {
	t, err := w.TenantByID(ctx, "jena")
	t.Profile.Desk, t.Live = w.tenant.Profile.Desk, true
	return []civic.Tenant{t}, err
}

func (w *world) LastEvent(context.Context, string) (string, error) {
	if len(w.events) == 0 {
		return "", nil
	}
	return w.events[len(w.events)-1].Kind + string(rune('0'+len(w.events))), nil
}

func (w *world) EachCase(_ context.Context, _ string, add func(civic.CaseFigure)) error {
	w.countings++
	c := w.file.Case
	add(civic.CaseFigure{Service: c.Service, State: c.State, Received: w.now, Deadline: c.Deadline})
	return nil
}

func (w *world) Figures(context.Context, string) (civic.Figures, string, time.Time, error) {
	return w.counted, w.countedAt, w.mailed, nil
}

func (w *world) SaveFigures(_ context.Context, _, event string, f civic.Figures) error {
	w.counted, w.countedAt = f, event
	return nil
}

func (w *world) FiguresMailed(_ context.Context, _ string, at time.Time) error {
	w.mailed = at
	return nil
}

func (w *world) sweep(t *testing.T, what string) {
	t.Helper()
	if err := w.service().Sweep(t.Context(), civic.Sweep{What: what}); err != nil {
		t.Fatal(err)
	}
}

// Silence means approval once the period is over: decided by nobody, with a letter that says so, and told.
func TestSilenceMeansApproval(t *testing.T) {
	w := newWorld(t)
	p := *w.form.Package
	p.Form.Deadline = formdef.Deadline{Span: formdef.Span{Days: 30}, Deemed: &formdef.Deemed{Months: 3, LegalBasis: "§ 6a GewO"}}
	var err error
	if w.form, err = formdef.Compile(&p); err != nil {
		t.Fatal(err)
	}
	w.file.Case.Fiction, w.file.Case.Revision = w.now.Add(time.Hour), 7
	w.sweep(t, "clocks")
	if len(w.changes) != 0 {
		t.Fatalf("too early: %+v", w.changes)
	}
	w.now = w.now.Add(2 * time.Hour)
	w.sweep(t, "clocks")
	w.sweep(t, "clocks")
	if len(w.changes) != 1 {
		t.Fatalf("%d changes", len(w.changes))
	}
	ch := w.changes[0]
	letter := string(ch.Decision.Letter)
	if ch.Case.State != civic.Decided || ch.Was != 7 || ch.Decision.Outcome != civic.DeemedGranted || ch.Events[0].Kind != "case.deemed" ||
		!strings.HasPrefix(letter, lock("letter", "# Genehmigung gilt als erteilt")) || !strings.Contains(letter, "§ 6a GewO") || !strings.Contains(letter, "HUST-2026-000001") {
		t.Errorf("%+v\n%s", ch, letter)
	}
	if n, ok := ch.Jobs[0].(civic.Notify); !ok || n.What != "decision" || n.Ref != ch.Decision.ID {
		t.Errorf("%+v", ch.Jobs)
	}
}

// Whoever leads hears of a late case once, without its number; a setting says when, or never.
func TestLateCasesAreEscalatedOnce(t *testing.T) {
	w := newWorld(t)
	w.appointed = []civic.Appointment{{Email: "lead@demo.invalid", Roles: []civic.Role{civic.RoleLead}}, {Email: "clerk@demo.invalid", Roles: []civic.Role{civic.RoleClerk}}}
	w.file.Case.Deadline, w.file.Case.Revision = w.now.Add(-time.Hour), 3
	w.tenant.Profile.Desk.EscalateDays = -1
	w.sweep(t, "clocks")
	w.tenant.Profile.Desk.EscalateDays = 2
	w.sweep(t, "clocks")
	if len(w.mails)+len(w.changes) != 0 {
		t.Fatalf("too early: %+v", w.mails)
	}
	w.now = w.now.AddDate(0, 0, 3)
	w.sweep(t, "clocks")
	w.sweep(t, "clocks")
	if len(w.changes) != 1 || w.changes[0].Events[0].Kind != "case.escalated" || w.changes[0].Case.Escalated.IsZero() {
		t.Fatalf("%+v", w.changes)
	}
	if len(w.mails) != 1 || w.mails[0].To != "lead@demo.invalid" || strings.Contains(w.mails[0].Subject+w.mails[0].Text, "HUST") || strings.Contains(w.mails[0].Text, "Öztürk") {
		t.Errorf("%+v", w.mails)
	}
}

func TestResubmissionsAreMailedOnce(t *testing.T) {
	w := newWorld(t)
	w.people = []civic.Colleague{{ID: "s1", Email: "kim@demo.invalid"}, {ID: "s2"}}
	w.waiting = []civic.Waiting{{Tenant: "jena", Staff: "s1", Count: 3}, {Tenant: "jena", Staff: "s2", Count: 1}}
	w.sweep(t, "clocks")
	w.sweep(t, "clocks")
	if len(w.mails) != 1 || w.mails[0].To != "kim@demo.invalid" || !strings.Contains(w.mails[0].Text, "3 Vorgänge") || len(w.waiting) != 0 {
		t.Errorf("%+v %+v", w.mails, w.waiting)
	}
	w.langs, w.waiting = map[string]string{"kim@demo.invalid": "en"}, []civic.Waiting{{Tenant: "jena", Staff: "s1", Count: 3}}
	w.sweep(t, "clocks")
	if len(w.mails) != 2 || !strings.Contains(w.mails[1].Text, "3 cases") {
		t.Errorf("in the colleague's language: %+v", w.mails)
	}
}

// Figures are counted anew only when something happened or a day has begun, and mailed once a week.
func TestFiguresAreCountedAndMailed(t *testing.T) {
	w := newWorld(t) // a Tuesday
	w.appointed = []civic.Appointment{{Email: "lead@demo.invalid", Roles: []civic.Role{civic.RoleLead}}}
	w.sweep(t, "figures")
	if w.countings != 0 {
		t.Error("counted where nothing ever happened")
	}
	w.events = append(w.events, civic.Event{Kind: "case.opened"})
	w.sweep(t, "figures")
	w.sweep(t, "figures")
	if w.countings != 1 || len(w.counted.Open) != 1 || w.counted.Open[0].Open != 1 || len(w.mails) != 0 {
		t.Fatalf("%d countings, %+v, %d mails", w.countings, w.counted, len(w.mails))
	}
	w.events = append(w.events, civic.Event{Kind: "case.taken"})
	w.sweep(t, "figures")
	if w.countings != 2 {
		t.Errorf("%d countings", w.countings)
	}
	w.now = w.now.AddDate(0, 0, 6).Add(-4 * time.Hour) // Monday, a quarter past five
	w.sweep(t, "figures")
	if w.countings != 3 || len(w.mails) != 0 {
		t.Errorf("before seven: %d countings, %d mails", w.countings, len(w.mails))
	}
	w.now = w.now.Add(4 * time.Hour)
	w.sweep(t, "figures")
	w.sweep(t, "figures")
	if len(w.mails) != 1 || !strings.Contains(w.mails[0].Text, "Offen: 1") || !strings.Contains(w.mails[0].Text, "November 2026: eingegangen 1") {
		t.Errorf("%+v", w.mails)
	}
	w.tenant.Profile.Desk.NoWeekly = true
	w.now = w.now.AddDate(0, 0, 7)
	w.sweep(t, "figures")
	if len(w.mails) != 1 {
		t.Errorf("%d mails although nobody wants them", len(w.mails))
	}
}
