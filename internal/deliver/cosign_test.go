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

func (w *world) Invitation(_ context.Context, tenant, id string) (civic.Invitation, error) {
	for _, i := range w.invitations {
		if i.ID == id && i.Tenant == tenant {
			return i, nil
		}
	}
	return civic.Invitation{}, notFound()
}

func (w *world) InvitationsDue(_ context.Context, before time.Time, _ int) (list []civic.Invitation, _ error) {
	for _, i := range w.invitations {
		if i.Consent == "" && i.Revoked.IsZero() && !i.Expires.After(before) && (!i.Reminded || !i.Expires.After(w.now)) {
			list = append(list, i)
		}
	}
	return list, nil
}

func (w *world) InvitationReminded(_ context.Context, i civic.Invitation, jobs ...civic.Job) error {
	n := slices.IndexFunc(w.invitations, func(o civic.Invitation) bool { return o.ID == i.ID && !o.Reminded })
	if n < 0 {
		return notFound()
	}
	w.invitations[n].Reminded = true
	w.jobs = append(w.jobs, jobs...)
	return nil
}

func (w *world) CosignMissed(_ context.Context, i civic.Invitation, ch civic.CaseChange) error {
	n := slices.IndexFunc(w.invitations, func(o civic.Invitation) bool { return o.ID == i.ID && o.Consent == "" })
	if n < 0 {
		return civic.Errorf(civic.Conflict, "error.cosign.answered")
	}
	w.invitations[n].Consent, w.file.Case = civic.ConsentMissed, ch.Case
	w.missed, w.jobs = append(w.missed, ch), append(w.jobs, ch.Jobs...)
	return nil
}

// awaiting is a world in which a second person must confirm, whose address is known.
func awaiting(t *testing.T) (*world, civic.Invitation, string) {
	t.Helper()
	w := newWorld(t)
	p := *w.form.Package
	p.Form.Deadline.Days = 30
	p.Form.Cosign = &formdef.Cosign{Assurance: "none", Days: 14, Email: "/zweite"}
	var err error
	if w.form, err = formdef.Compile(&p); err != nil {
		t.Fatal(err)
	}
	w.file.Case.State, w.file.Case.Revision = civic.AwaitingCosign, 1
	w.file.Submissions = w.file.Submissions[:1]
	w.file.Submissions[0].Answers = []byte(lock("answers", `{"name":"Öztürk","mail":"erika@demo.invalid","zweite":"max@demo.invalid"}`))
	code, hash := civic.MACs(wax{}.MACs).NewInvitationCode("i1")
	i := civic.Invitation{ID: "i1", Dossier: "d1", Tenant: "jena", Case: "c1", Purpose: civic.PurposeCosign, CodeHash: hash, Created: w.now, Expires: w.now.AddDate(0, 0, 14)}
	w.invitations = []civic.Invitation{i}
	return w, i, code
}

func (w *world) notify(t *testing.T, jobs []civic.Job) {
	t.Helper()
	for _, j := range jobs {
		if n, ok := j.(civic.Notify); ok {
			if err := w.service().Notify(t.Context(), n); err != nil {
				t.Fatalf("%+v: %v", n, err)
			}
		}
	}
}

// The code goes to the second person and in no mail to the applicant, and stands in no address that a server sees.
func TestCosignIsMailed(t *testing.T) {
	w, i, code := awaiting(t)
	ask := []civic.Job{civic.Notify{Tenant: "jena", Case: "c1", What: "cosign", Ref: i.ID}}
	w.notify(t, ask)
	if len(w.mails) != 1 || w.mails[0].To != "max@demo.invalid" || !strings.Contains(w.mails[0].Text, "https://antraege.example.org/invited#"+code) ||
		strings.Count(w.mails[0].Text, code) != 2 || strings.Contains(w.mails[0].Subject, code) {
		t.Fatalf("%+v", w.mails)
	}
	// Taken back, answered, or withdrawn meanwhile: no mail.
	w.invitations[0].Revoked = w.now
	w.notify(t, ask)
	w.invitations[0].Revoked, w.file.Case.State = time.Time{}, civic.Withdrawn
	w.notify(t, ask)
	if len(w.mails) != 1 {
		t.Errorf("%d mails", len(w.mails))
	}
}

// The receipt does not say that all is done while somebody must still confirm.
func TestReceiptSaysThatSomebodyMustConfirm(t *testing.T) {
	for _, state := range []civic.CaseState{civic.AwaitingCosign, civic.Received} {
		w, _, _ := awaiting(t)
		w.form.Package.Form.Cosign.Who = formdef.Text{"de": "der andere Elternteil"}
		w.file.Case.State = state
		w.notify(t, []civic.Job{civic.Notify{Tenant: "jena", Case: "c1", What: "receipt", Ref: "s1"}})
		if len(w.mails) != 1 || strings.Contains(w.mails[0].Text, "der andere Elternteil") != (state == civic.AwaitingCosign) {
			t.Errorf("%s: %+v", state, w.mails)
		}
	}
}

func TestCosignIsRemindedOnceAndThenMissed(t *testing.T) {
	w, i, code := awaiting(t)
	sweep := func() {
		t.Helper()
		if err := w.service().Sweep(t.Context(), civic.Sweep{What: "invitations"}); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	if len(w.jobs) != 0 {
		t.Fatalf("too early: %+v", w.jobs)
	}
	w.now = i.Expires.AddDate(0, 0, -2)
	sweep()
	sweep()
	w.notify(t, w.jobs)
	if len(w.jobs) != 2 || len(w.mails) != 2 || w.mails[0].To != "max@demo.invalid" || !strings.Contains(w.mails[0].Text, code) ||
		w.mails[1].To != "erika@demo.invalid" || strings.Contains(w.mails[1].Text, code) || w.mails[0].ID == w.mails[1].ID {
		t.Fatalf("%+v\n%+v", w.jobs, w.mails)
	}
	w.now, w.jobs = i.Expires.Add(time.Minute), nil
	sweep()
	sweep()
	if len(w.missed) != 1 {
		t.Fatalf("%d times missed", len(w.missed))
	}
	ch := w.missed[0]
	if ch.Was != 1 || ch.Case.State != civic.Received || !ch.Case.Unread || !ch.Case.Deadline.Equal((civic.Calendar{}).End(w.now, civic.Span{Days: 30})) || len(ch.Events) != 1 ||
		ch.Events[0].Kind != "case.cosign.missed" || ch.Events[0].Actor != "system" || ch.Events[0].Data["invitation"] != "i1" {
		t.Errorf("%+v", ch)
	}
	if job, ok := w.jobs[0].(civic.FanOut); !ok || job.Submission != "s1" || job.Notice != "cosign_missed" {
		t.Errorf("%+v", w.jobs)
	}
	w.mails = nil
	w.notify(t, []civic.Job{civic.Notify{Tenant: "jena", Case: "c1", What: "cosign_missed", Ref: "s1"}})
	if len(w.mails) != 1 || w.mails[0].To != "erika@demo.invalid" {
		t.Errorf("%+v", w.mails)
	}
}
