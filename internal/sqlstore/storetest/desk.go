package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func testForeignTenants(t *testing.T, w *World) {
	c := w.Case(t, w.account(), w.Jena.ID, nil)
	for _, tenant := range []string{w.Gera.ID, "nobody", ""} {
		_, err := w.CaseFile(t.Context(), tenant, c.ID)
		want(t, civic.NotFound, err)
		want(t, civic.NotFound, w.Seen(t.Context(), tenant, c.ID, event(tenant, "case.opened")))
		taken, ev, err := c.Take(clerkOf(tenant), at(w.Store))
		check(t, err)
		want(t, civic.NotFound, w.Change(t.Context(), tenant, civic.CaseChange{Case: taken, Was: c.Revision, Events: []civic.Event{ev}}))
		if tenant != "" {
			page, err := w.Cases(t.Context(), tenant, civic.InboxFilter{})
			if check(t, err); len(page.Cases) != 0 {
				t.Errorf("%s sees %v", tenant, page.Cases)
			}
		}
	}
}

func testCaseFile(t *testing.T, w *World) {
	who := w.account()
	c := w.Case(t, who, w.Jena.ID, nil)
	clerk, now := clerkOf(w.Jena.ID), at(w.Store)
	taken, ev, err := c.Take(clerk, now)
	check(t, err)
	note := &civic.Note{ID: "n1", Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Author: "staff-1", AuthorName: "Kim Berger", Body: civic.Sealed("note"), Created: now}
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: taken, Was: 1, Events: []civic.Event{ev}, Note: note}))
	asked, ev, err := taken.Ask(clerk, now, "r1")
	check(t, err)
	request := &civic.Request{ID: "r1", Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Pointers: []string{"/dog/name"}, Text: civic.Sealed("why"), Due: now, Created: now}
	message := &civic.Message{ID: "m1", Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, FromOffice: true, Author: "staff-1", AuthorName: "Kim Berger", Body: civic.Sealed("hello"), Created: now}
	attachment := civic.Attachment{ID: "a1", Dossier: c.Dossier, Tenant: c.Tenant, Message: "m1", BlobKey: "b1", FromOffice: true, Created: now}
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: asked, Was: 2, Events: []civic.Event{ev}, Request: request, Message: message,
		Attachments: []civic.Attachment{attachment}, Jobs: []civic.Job{civic.Notify{Tenant: c.Tenant, Case: c.ID, What: "request", Ref: "r1"}}}))
	check(t, w.CreateDeliveries(t.Context(), w.Jena.ID, []civic.Delivery{{ID: "d1", Case: c.ID, Created: now}}, nil))

	office, err := w.CaseFile(t.Context(), w.Jena.ID, c.ID)
	check(t, err)
	if office.Case.State != civic.WaitingApplicant || office.Case.Assignee != "staff-1" || len(office.Events) != 3 || len(office.Deliveries) != 1 || office.Dossier.ID != c.Dossier {
		t.Errorf("%+v", office)
	}
	for _, d := range []string{cmp.Diff([]civic.Note{*note}, office.Notes), cmp.Diff([]civic.Request{*request}, office.Requests),
		cmp.Diff([]civic.Message{*message}, office.Messages), cmp.Diff([]civic.Attachment{attachment}, office.Attachments)} {
		if d != "" {
			t.Error(d)
		}
	}
	mine, err := w.MyCase(t.Context(), who, c.Dossier)
	check(t, err)
	if mine.Notes != nil || mine.Deliveries != nil || len(mine.Requests) != 1 || len(mine.Messages) != 1 || len(mine.Attachments) != 1 {
		t.Errorf("%+v", mine)
	}
	check(t, w.ReadMine(t.Context(), who, c.Dossier))
	check(t, w.Seen(t.Context(), w.Jena.ID, c.ID, event(c.Tenant, "case.opened")))
	office, err = w.CaseFile(t.Context(), w.Jena.ID, c.ID)
	if check(t, err); office.Messages[0].Read.IsZero() || office.Case.Unread || office.Case.Revision != 3 || len(office.Events) != 4 {
		t.Errorf("%+v", office)
	}
}

func testChange(t *testing.T, w *World) {
	c := w.Case(t, w.account(), w.Jena.ID, nil)
	clerk := clerkOf(w.Jena.ID)
	taken, ev, err := c.Take(clerk, at(w.Store))
	check(t, err)
	change := civic.CaseChange{Case: taken, Was: 1, Events: []civic.Event{ev}}
	check(t, w.Change(t.Context(), w.Jena.ID, change))
	want(t, civic.Conflict, w.Change(t.Context(), w.Jena.ID, change))
	// A step without a transition (a note) moves the revision on, too.
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: taken, Was: 2, Note: &civic.Note{ID: "n", Body: civic.Sealed("x"), Created: at(w.Store)}}))
	want(t, civic.Conflict, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: taken, Was: 2}))
	taken.Revision = 3
	decided, ev, err := taken.Decide(clerk, at(w.Store), civic.Granted)
	check(t, err)
	decision := &civic.Decision{ID: "d1", Outcome: civic.Granted, Letter: civic.Sealed("letter"), Author: "staff-1", AuthorName: "Kim Berger", Created: at(w.Store), Deemed: at(w.Store)}
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: decided, Was: 3, Events: []civic.Event{ev}, Decision: decision}))
	file, err := w.CaseFile(t.Context(), w.Jena.ID, c.ID)
	check(t, err)
	if file.Decision == nil || file.Decision.Outcome != civic.Granted || file.Decision.Case != c.ID || file.Case.State != civic.Decided {
		t.Errorf("%+v", file)
	}
	// Two clerks at once: one of them is told.
	parallel := w.Case(t, w.account(), w.Jena.ID, nil)
	one, ev, err := parallel.Take(clerk, at(w.Store))
	check(t, err)
	errs := make(chan error, 8)
	for range cap(errs) {
		go func() {
			errs <- w.Change(background(t), w.Jena.ID, civic.CaseChange{Case: one, Was: 1, Events: []civic.Event{{Kind: ev.Kind, Actor: ev.Actor}}})
		}()
	}
	won := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			won++
		} else {
			want(t, civic.Conflict, err)
		}
	}
	if won != 1 {
		t.Errorf("%d took the same case", won)
	}
}

func testChangeMine(t *testing.T, w *World) {
	who := w.anonymous()
	c := w.Case(t, who, w.Jena.ID, nil)
	now := at(w.Store)
	// The upload's row exists before the message that it comes with.
	upload := civic.Attachment{ID: "a1", Dossier: c.Dossier, Tenant: c.Tenant, BlobKey: "b1", Created: now}
	check(t, w.AddAttachment(t.Context(), who, upload))
	upload.Message = "m1"
	next := c
	next.Revision, next.Unread, next.Changed = 2, true, now
	ch := civic.CaseChange{Case: next, Was: 1, Message: &civic.Message{ID: "m1", Author: "citizen", Body: civic.Sealed("hello"), Created: now},
		Attachments: []civic.Attachment{upload}, Terms: []civic.IndexTerm{{Field: "message", Mode: "word", Text: "Rückfrage"}, {Field: "number", Mode: "number", Text: c.FileNumber}},
		Events: []civic.Event{{Actor: "citizen", Kind: "message.sent"}}}
	check(t, w.ChangeMine(t.Context(), who, ch))
	want(t, civic.Conflict, w.ChangeMine(t.Context(), who, ch))
	file, err := w.MyCase(t.Context(), who, c.Dossier)
	check(t, err)
	if len(file.Messages) != 1 || len(file.Attachments) != 1 || file.Attachments[0].Message != "m1" || len(file.Events) != 2 {
		t.Errorf("%+v", file)
	}
	if got := w.inbox(t, w.Jena.ID, civic.InboxFilter{Search: "rückfragen"}); len(got) != 1 {
		t.Errorf("the message's words find %v", got)
	}
	// One's own dossier does not open another's case.
	other := w.Case(t, w.account(), w.Jena.ID, nil)
	forged := next
	forged.ID = other.ID
	want(t, civic.NotFound, w.ChangeMine(t.Context(), who, civic.CaseChange{Case: forged, Was: 1}))
}

func testForward(t *testing.T, w *World) {
	who := w.account()
	c := w.Case(t, who, w.Jena.ID, func(f *civic.Filing) {
		f.Terms = append(f.Terms, civic.IndexTerm{Mode: "word", Text: "Dackel"})
	})
	now := at(w.Store)
	closed, ev, err := c.Forward(clerkOf(w.Jena.ID), now, "case-there")
	check(t, err)
	there := c
	there.ID, there.Tenant, there.Dossier, there.FileNumber, there.Assignee, there.Revision = "case-there", w.Gera.ID, "dossier-there", "HUST-2026-900001", "", 1
	f := civic.Forwarding{Closed: civic.CaseChange{Case: closed, Was: 1, Events: []civic.Event{ev}},
		Dossier: civic.Dossier{ID: "dossier-there", Tenant: w.Gera.ID, Service: c.Service, Key: []byte("anew"), Account: who.Account, Lang: "de", Created: now}, Case: there,
		Submissions: []civic.Submission{{ID: "s-there", Pins: civic.Pins{Version: w.Version.ID, Overlay: 3, OverlayTenant: w.Jena.ID}, Kind: civic.SubmissionFirst, Answers: civic.Sealed("again"), Reach: civic.Sealed("reach"), FileNumber: c.FileNumber, Created: now}},
		Attachments: []civic.Attachment{{ID: "a-there", BlobKey: "b", Created: now}}, Messages: []civic.Message{{ID: "m-there", Author: "citizen", Body: civic.Sealed("hello"), Created: now}}, Events: []civic.Event{{Actor: "staff-1", Kind: "case.submitted"}},
		Terms: []civic.IndexTerm{{Mode: "word", Text: "Dackel"}}, Jobs: []civic.Job{civic.Notify{Tenant: w.Gera.ID, Case: "case-there"}}}
	want(t, civic.NotFound, w.Forward(t.Context(), w.Gera.ID, f)) // not theirs to forward
	check(t, w.Forward(t.Context(), w.Jena.ID, f))
	want(t, civic.Conflict, w.Forward(t.Context(), w.Jena.ID, f))
	file, err := w.CaseFile(t.Context(), w.Gera.ID, "case-there")
	check(t, err)
	if len(file.Submissions) != 1 || len(file.Attachments) != 1 || len(file.Messages) != 1 || file.Dossier.Account != who.Account || string(file.Case.Key) != "anew" {
		t.Errorf("%+v", file)
	}
	if d := cmp.Diff(f.Submissions[0].Pins, file.Submissions[0].Pins); d != "" {
		t.Errorf("the citizen's form is not what is pinned: %s", d)
	}
	amendment := f.Submissions[0]
	amendment.ID, amendment.Kind = "s-amended", civic.SubmissionAmendment
	check(t, w.Change(t.Context(), w.Gera.ID, civic.CaseChange{Case: file.Case, Was: 1, Submission: &amendment}))
	file, err = w.CaseFile(t.Context(), w.Gera.ID, "case-there")
	if check(t, err); len(file.Submissions) != 2 || file.Submissions[1].Pins != amendment.Pins || string(file.Submissions[0].Reach)+string(file.Submissions[1].Reach) != "reachreach" {
		t.Errorf("the amendment pins %+v", file.Submissions)
	}
	if got := w.inbox(t, w.Gera.ID, civic.InboxFilter{Search: "Dackel"}); len(got) != 1 || got[0] != "case-there" {
		t.Errorf("%v", got)
	}
	_, mine, err := w.Mine(t.Context(), who)
	if check(t, err); len(mine) != 2 {
		t.Errorf("the applicant sees %+v", mine)
	}
	// The applicant finds the way from one case to the other; nobody else does.
	after, err := w.Forwards(t.Context(), who, c.ID, closed.ForwardedTo)
	if check(t, err); len(after) != 1 || after[0].ID != "case-there" || after[0].Tenant != w.Gera.ID {
		t.Errorf("forwarded to %+v", after)
	}
	before, err := w.Forwards(t.Context(), who, "case-there", "")
	if check(t, err); len(before) != 1 || before[0].ID != c.ID {
		t.Errorf("forwarded from %+v", before)
	}
	for _, other := range []civic.Subject{w.account(), w.anonymous()} {
		if none, err := w.Forwards(t.Context(), other, c.ID, closed.ForwardedTo); err != nil || len(none) != 0 {
			t.Errorf("a stranger sees %+v (%v)", none, err)
		}
	}
}
