package storetest

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func testTemplates(t *testing.T, w *World) {
	ctx := t.Context()
	x := civic.Template{ID: w.id("template"), Tenant: w.Jena.ID, Service: "hundesteuer", Kind: civic.TemplateLetter, Outcome: civic.Granted, Title: "Bewilligung",
		Body: "Guten Tag {{name}}", ChangedBy: "staff-1", Changed: at(w.Store)}
	check(t, w.SaveTemplate(ctx, x, event(w.Jena.ID, "template.saved")))
	x.Title = "Zusage"
	check(t, w.SaveTemplate(ctx, x, event(w.Jena.ID, "template.saved")))
	foreign := x
	foreign.Tenant, foreign.Title = w.Gera.ID, "fremd"
	want(t, civic.NotFound, w.SaveTemplate(ctx, foreign, event(w.Gera.ID, "template.saved")))
	want(t, civic.NotFound, w.DeleteTemplate(ctx, w.Gera.ID, x.ID, event(w.Gera.ID, "template.deleted")))
	list, err := w.Templates(ctx, w.Jena.ID)
	if check(t, err); cmp.Diff([]civic.Template{x}, list) != "" {
		t.Error(cmp.Diff([]civic.Template{x}, list))
	}
	if list, err = w.Templates(ctx, w.Gera.ID); err != nil || len(list) != 0 {
		t.Errorf("Gera reads %v (%v)", list, err)
	}
	check(t, w.DeleteTemplate(ctx, w.Jena.ID, x.ID, event(w.Jena.ID, "template.deleted")))
	want(t, civic.NotFound, w.DeleteTemplate(ctx, w.Jena.ID, x.ID, event(w.Jena.ID, "template.deleted")))

	c, err := w.Correspondence(ctx, w.Jena.ID)
	if check(t, err); c != civic.DefaultCorrespondence() {
		t.Errorf("%+v", c)
	}
	c.Head, c.Remind = "Fachdienst Steuern", 5
	check(t, w.SaveCorrespondence(ctx, w.Jena.ID, c, event(w.Jena.ID, "correspondence.saved")))
	want(t, civic.Conflict, w.SaveCorrespondence(ctx, w.Jena.ID, c, event(w.Jena.ID, "correspondence.saved")))
	c.Revision = 1
	if got, err := w.Correspondence(ctx, w.Jena.ID); err != nil || got != c {
		t.Errorf("%+v (%v)", got, err)
	}
	c.Remind = 0
	check(t, w.SaveCorrespondence(ctx, w.Jena.ID, c, event(w.Jena.ID, "correspondence.saved")))
	if got, err := w.Correspondence(ctx, w.Gera.ID); err != nil || got != civic.DefaultCorrespondence() {
		t.Errorf("Gera reads %+v (%v)", got, err)
	}
}

func testLetterDrafts(t *testing.T, w *World) {
	ctx := t.Context()
	c := w.Case(t, w.anonymous(), w.Jena.ID, nil)
	d := civic.LetterDraft{Tenant: w.Jena.ID, Case: c.ID, Dossier: c.Dossier, Staff: "staff-1", Kind: "decide", Body: civic.Sealed("half"), Changed: at(w.Store)}
	check(t, w.SaveLetterDraft(ctx, d))
	d.Body = civic.Sealed("nearly")
	check(t, w.SaveLetterDraft(ctx, d))
	foreign := d
	foreign.Tenant = w.Gera.ID
	want(t, civic.NotFound, w.SaveLetterDraft(ctx, foreign))
	list, err := w.LetterDrafts(ctx, w.Jena.ID, c.ID, "staff-1")
	if check(t, err); cmp.Diff([]civic.LetterDraft{d}, list) != "" {
		t.Error(cmp.Diff([]civic.LetterDraft{d}, list))
	}
	for _, other := range [][2]string{{w.Jena.ID, "staff-2"}, {w.Gera.ID, "staff-1"}} {
		if list, err := w.LetterDrafts(ctx, other[0], c.ID, other[1]); err != nil || len(list) != 0 {
			t.Errorf("%v reads %v (%v)", other, list, err)
		}
	}
	check(t, w.DeleteLetterDraft(ctx, foreign))
	if list, err = w.LetterDrafts(ctx, w.Jena.ID, c.ID, "staff-1"); err != nil || len(list) != 1 {
		t.Errorf("another office deleted it: %v (%v)", list, err)
	}
	check(t, w.DeleteLetterDraft(ctx, d))
	if list, err = w.LetterDrafts(ctx, w.Jena.ID, c.ID, "staff-1"); err != nil || len(list) != 0 {
		t.Errorf("%v (%v)", list, err)
	}
}

// A proposal is looked at once; its letter and a decision's are never written again, whoever tries.
func testFrozenLetters(t *testing.T, w *World) {
	ctx, who := t.Context(), w.anonymous()
	c := w.Case(t, who, w.Jena.ID, nil)
	now := at(w.Store)
	p := civic.Proposal{ID: w.id("proposal"), Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Outcome: civic.Refused, Letter: civic.Sealed("frozen"), Author: "staff-1",
		AuthorName: "Kim Berger", Created: now}
	step := func(fill func(*civic.CaseChange)) {
		t.Helper()
		next := c
		next.Revision++
		ch := civic.CaseChange{Case: next, Was: c.Revision, Events: []civic.Event{event(c.Tenant, "decision.proposed")}}
		fill(&ch)
		check(t, w.Change(ctx, w.Jena.ID, ch))
		c = next
	}
	step(func(ch *civic.CaseChange) { ch.Proposal = &p })
	p.Checked, p.Checker, p.CheckerName, p.Verdict, p.Note = now, "staff-2", "Lena Lind", "returned", civic.Sealed("why")
	step(func(ch *civic.CaseChange) { ch.Proposal = &p })
	again := p
	again.Verdict, again.Letter = "approved", civic.Sealed("other")
	step(func(ch *civic.CaseChange) { ch.Proposal = &again })
	d := civic.Decision{ID: w.id("decision"), Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Outcome: civic.Refused, Letter: civic.Sealed("frozen"), Author: "staff-1",
		AuthorName: "Kim Berger", Created: now, Deemed: now, Approver: "staff-2", ApproverName: "Lena Lind", Digest: []byte("digest"), Seal: civic.Seal{Kind: "ed25519", Bytes: []byte("seal")}}
	step(func(ch *civic.CaseChange) { ch.Decision = &d })
	f, err := w.CaseFile(ctx, w.Jena.ID, c.ID)
	check(t, err)
	if diff := cmp.Diff([]civic.Proposal{p}, f.Proposals) + cmp.Diff(&d, f.Decision); diff != "" {
		t.Error(diff)
	}
	for table, columns := range map[string][]string{"decisions": {"letter", "digest", "seal", "outcome", "approver"}, "proposals": {"letter", "outcome", "author"}} {
		for _, column := range columns {
			if _, err := w.DB().ExecContext(ctx, "UPDATE "+table+" SET "+column+" = "+column+" WHERE case_id = $1", c.ID); err == nil {
				t.Errorf("%s.%s can be written again", table, column)
			}
		}
	}
	mine, err := w.MyCase(ctx, who, c.Dossier)
	if check(t, err); mine.Proposals != nil || mine.Opinions != nil || mine.Decision == nil {
		t.Errorf("the applicant reads %+v", mine)
	}
	check(t, w.ReadMine(ctx, who, c.Dossier)) // the one thing that may still be written
}

func testOpinions(t *testing.T, w *World) {
	ctx := t.Context()
	c := w.Case(t, w.anonymous(), w.Jena.ID, nil)
	sum := sha256.Sum256([]byte(w.id("opinion-code")))
	now := at(w.Store)
	o := civic.Opinion{ID: w.id("opinion"), Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Submission: "s1", Pointers: []string{"/hund"}, CodeHash: sum[:], Email: civic.Sealed("mail"),
		Question: civic.Sealed("question"), Author: "staff-1", AuthorName: "Kim Berger", Created: now, Expires: now.Add(time.Hour)}
	next := c
	next.Revision++
	check(t, w.Change(ctx, w.Jena.ID, civic.CaseChange{Case: next, Was: c.Revision, Opinion: &o, Events: []civic.Event{event(c.Tenant, "opinion.asked")}}))
	got, err := w.OpinionByCode(ctx, [][]byte{sum[:]}, "")
	if check(t, err); got.ID != o.ID || got.Tenant != c.Tenant || got.Case != c.ID {
		t.Errorf("%+v", got)
	}
	_, err = w.OpinionByCode(ctx, [][]byte{sum[:]}, "another")
	want(t, civic.NotFound, err)
	_, err = w.OpinionByCode(ctx, [][]byte{[]byte("guess")}, o.ID)
	want(t, civic.NotFound, err)
	_, err = w.OpinionByCode(ctx, nil, o.ID)
	want(t, civic.NotFound, err)
	check(t, w.OpinionOpened(ctx, o, event(c.Tenant, "opinion.opened")))
	check(t, w.OpinionOpened(ctx, o, event(c.Tenant, "opinion.opened")))
	f, err := w.CaseFile(ctx, w.Jena.ID, c.ID)
	if check(t, err); len(f.Opinions) != 1 || f.Opinions[0].Opened.IsZero() || len(f.Events) != 3 {
		t.Fatalf("%+v", f)
	}
	o = f.Opinions[0]
	o.Revoked = now
	c, next.Revision = next, next.Revision+1
	check(t, w.Change(ctx, w.Jena.ID, civic.CaseChange{Case: next, Was: c.Revision, Opinion: &o, Events: []civic.Event{event(c.Tenant, "opinion.revoked")}}))
	_, err = w.OpinionByCode(ctx, [][]byte{sum[:]}, o.ID)
	want(t, civic.NotFound, err)
}

// Requests are reminded of once and lapse once, and only while they wait.
func testRequestsDue(t *testing.T, w *World) {
	ctx := t.Context()
	now := at(w.Store)
	ask := func(remind, due time.Time) (civic.Case, civic.Request) {
		c := w.Case(t, w.anonymous(), w.Jena.ID, nil)
		asked, ev, err := c.Ask(clerkOf(w.Jena.ID), now, "r")
		check(t, err)
		r := civic.Request{ID: w.id("request"), Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Pointers: []string{"/hund"}, Text: civic.Sealed("why"), Comments: civic.Sealed("there"),
			Due: due, Created: now, Remind: remind}
		check(t, w.Change(ctx, w.Jena.ID, civic.CaseChange{Case: asked, Was: c.Revision, Request: &r, Events: []civic.Event{ev}}))
		return asked, r
	}
	_, soon := ask(now.Add(-time.Minute), now.Add(time.Hour))
	ask(now.Add(time.Hour), now.Add(2*time.Hour)) // not yet
	ask(time.Time{}, now.Add(time.Hour))          // never
	c, over := ask(time.Time{}, now.Add(-time.Hour))
	due, err := w.RequestsDue(ctx, now, 10)
	if check(t, err); len(due) != 2 || cmp.Diff(over, due[0]) != "" || cmp.Diff(soon, due[1]) != "" {
		t.Fatalf("%+v", due)
	}
	soon.Reminded = now
	check(t, w.MarkRequest(ctx, soon, time.Time{}, event(soon.Tenant, "request.reminded"), civic.Notify{Tenant: soon.Tenant}))
	want(t, civic.NotFound, w.MarkRequest(ctx, soon, time.Time{}, event(soon.Tenant, "request.reminded")))
	over.Lapsed = now
	check(t, w.MarkRequest(ctx, over, time.Time{}, event(over.Tenant, "request.lapsed")))
	f, err := w.CaseFile(ctx, w.Jena.ID, c.ID)
	if check(t, err); !f.Case.Unread || f.Requests[0].Lapsed.IsZero() || f.Case.Revision != c.Revision {
		t.Errorf("%+v", f)
	}
	if due, err = w.RequestsDue(ctx, now, 10); err != nil || len(due) != 0 {
		t.Errorf("%+v (%v)", due, err)
	}
	if n := w.jobs(t, "notify"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	over.Answered = now
	next := f.Case
	next.Revision++
	next.State = civic.InProgress
	check(t, w.Change(ctx, w.Jena.ID, civic.CaseChange{Case: next, Was: f.Case.Revision, Request: &over, Events: []civic.Event{event(c.Tenant, "request.answered")}}))
	want(t, civic.NotFound, w.MarkRequest(ctx, over, time.Time{}, event(over.Tenant, "request.lapsed")))
}
