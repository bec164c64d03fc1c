package deliver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

func (w *world) RequestsDue(_ context.Context, past time.Time, _ int) (list []civic.Request, _ error) {
	for _, r := range w.file.Requests {
		if r.Open() && (!r.Remind.IsZero() && !r.Remind.After(w.now) || r.Lapsed.IsZero() && !r.Due.After(past)) {
			list = append(list, r)
		}
	}
	return list, nil
}

func (w *world) MarkRequest(_ context.Context, r civic.Request, was time.Time, ev civic.Event, jobs ...civic.Job) error {
	for i, old := range w.file.Requests {
		if old.ID == r.ID && old.Open() && old.Reminded.Equal(was) {
			r.Remind = time.Time{}
			w.file.Requests[i] = r
			w.marked, w.events, w.jobs = append(w.marked, r), append(w.events, ev), append(w.jobs, jobs...)
			return nil
		}
	}
	return notFound()
}

func (w *world) Correspondence(context.Context, string) (civic.Correspondence, error) {
	return w.house, nil
}

// An applicant is reminded before the last day and after it, once each; the office learns that it has passed.
func TestRequestsAreChased(t *testing.T) {
	w := newWorld(t)
	due := time.Date(2026, 12, 1, 11, 0, 0, 0, time.UTC) // noon in Jena
	w.file.Case.State = civic.WaitingApplicant
	w.file.Requests = []civic.Request{{ID: "q1", Case: "c1", Tenant: "jena", Dossier: "d1", Due: due, Remind: due.AddDate(0, 0, -3)}}
	sweep := func(at time.Time) {
		t.Helper()
		w.now = at
		if err := w.service().Sweep(t.Context(), civic.Sweep{What: "requests"}); err != nil {
			t.Fatal(err)
		}
	}
	deliverAll := func() (said []string) {
		t.Helper()
		for _, j := range w.jobs {
			if err := w.service().Notify(t.Context(), j.(civic.Notify)); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range w.mails {
			said = append(said, m.Subject)
		}
		w.jobs, w.mails = nil, nil
		return said
	}
	sweep(due.AddDate(0, 0, -4))
	if len(w.jobs) != 0 {
		t.Errorf("too early: %v", w.jobs)
	}
	sweep(due.AddDate(0, 0, -3).Add(time.Hour))
	sweep(due.AddDate(0, 0, -2))
	if got := deliverAll(); len(got) != 1 || got[0] != "Erinnerung: bitte bis 1. Dezember 2026 ergänzen, HUST-2026-000001" {
		t.Errorf("%v", got)
	}
	sweep(due.Add(11 * time.Hour)) // the last day goes on until midnight
	if len(w.marked) != 1 {
		t.Errorf("lapsed on its last day: %+v", w.marked)
	}
	sweep(due.Add(12 * time.Hour))
	sweep(due.Add(36 * time.Hour))
	if got := deliverAll(); len(got) != 1 || !strings.HasPrefix(got[0], "Frist verstrichen") || w.file.Requests[0].Lapsed.IsZero() {
		t.Errorf("%v %+v", got, w.file.Requests)
	}
	if len(w.events) != 2 || w.events[0].Kind != "request.reminded" || w.events[1].Kind != "request.lapsed" || w.events[1].Actor != "system" {
		t.Errorf("%+v", w.events)
	}
	// What was answered meanwhile is not mailed; an office may leave the last word out.
	w.file.Requests[0] = civic.Request{ID: "q2", Case: "c1", Tenant: "jena", Dossier: "d1", Due: due}
	w.jobs = []civic.Job{civic.Notify{Tenant: "jena", Case: "c1", What: "request_reminder", Ref: "q1"}}
	if got := deliverAll(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	w.house.Silent = true
	sweep(due.Add(48 * time.Hour))
	if got := deliverAll(); len(got) != 0 || w.file.Requests[0].Lapsed.IsZero() {
		t.Errorf("%v", got)
	}
}

// Who is asked for an opinion gets the code, and nothing of the case.
func TestOpinionIsMailed(t *testing.T) {
	w := newWorld(t)
	code, hash := civic.MACs(wax{}.MACs).NewInvitationCode("o1")
	w.file.Opinions = []civic.Opinion{{ID: "o1", CodeHash: hash, Email: []byte(lock("opinion", "amt@example.org")), Question: []byte(lock("opinion", "Ist Bello gefährlich?")), AuthorName: "Anna Adler", Expires: w.now.Add(time.Hour)}}
	job := civic.Notify{Tenant: "jena", Case: "c1", What: "opinion", Ref: "o1"}
	if err := w.service().Notify(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	m := w.mails[0]
	if m.To != "amt@example.org" || !strings.Contains(m.Text, "/invited#"+code) || !strings.Contains(m.Text, "Anna Adler") {
		t.Errorf("%+v", m)
	}
	for _, secret := range []string{"Bello", "Öztürk", "HUST", "erika"} {
		if strings.Contains(m.Subject+m.Text, secret) {
			t.Errorf("the mail says %q: %s", secret, m.Text)
		}
	}
	w.file.Opinions[0].Revoked = w.now
	if err := w.service().Notify(t.Context(), job); err != nil || len(w.mails) != 1 {
		t.Errorf("%v, %d mails", err, len(w.mails))
	}
}

func (w *world) Logo(context.Context, string) (string, []byte, error) {
	return "", nil, notFound()
}
