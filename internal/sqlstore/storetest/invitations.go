package storetest

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

// guest makes an invitation to a dossier and who holds its code.
func (w *World) guest(dossier civic.Dossier, purpose civic.Purpose) (civic.Subject, civic.Invitation) {
	sum := sha256.Sum256([]byte(w.id("invitation-code")))
	now := at(w.Store)
	return civic.Subject{Invited: [][]byte{sum[:]}}, civic.Invitation{ID: w.id("invitation"), Dossier: dossier.ID, Tenant: dossier.Tenant, Purpose: purpose, CodeHash: sum[:],
		Name: civic.Sealed("name"), Created: now, Expires: now.Add(time.Hour)}
}

func testHelpers(t *testing.T, w *World) {
	ctx, owner := t.Context(), w.anonymous()
	d := w.Draft(t, owner, w.Jena.ID)
	other := w.Draft(t, w.anonymous(), w.Jena.ID)
	guest, inv := w.guest(d.Dossier, civic.PurposeHelp)
	_, _, err := w.Store.Draft(ctx, guest, d.ID)
	want(t, civic.NotFound, err)
	want(t, civic.NotFound, w.Invite(ctx, w.anonymous(), inv, false, event(d.Tenant, "draft.invited")))
	check(t, w.Invite(ctx, owner, inv, false, event(d.Tenant, "draft.invited")))

	byCode, dossier, err := w.InvitationByCode(ctx, guest.Invited)
	check(t, err)
	if diff := cmp.Diff(inv, byCode); diff != "" || dossier.ID != d.ID {
		t.Errorf("%s %+v", diff, dossier)
	}
	check(t, w.InvitationOpened(ctx, inv, event(d.Tenant, "draft.invitation.opened")))
	check(t, w.InvitationOpened(ctx, inv, event(d.Tenant, "draft.invitation.opened")))
	list, err := w.InvitationsOf(ctx, owner, d.ID)
	if check(t, err); len(list) != 1 || list[0].Opened.IsZero() {
		t.Errorf("%+v", list)
	}
	_, err = w.InvitationsOf(ctx, guest, d.ID)
	want(t, civic.NotFound, err)

	// A helper reads and saves, and is told apart from the owner, also when they hold both.
	got, _, err := w.Store.Draft(ctx, guest, d.ID)
	if check(t, err); got.Invitation == nil || got.Invitation.ID != inv.ID || got.ID != d.ID {
		t.Fatalf("%+v", got)
	}
	both := civic.Subject{Codes: owner.Codes, Invited: guest.Invited}
	if got, _, err := w.Store.Draft(ctx, both, d.ID); err != nil || got.Invitation != nil {
		t.Errorf("the owner is taken for a helper: %+v (%v)", got, err)
	}
	if got, _, err := w.Store.Draft(ctx, owner, d.ID); err != nil || got.Invitation != nil {
		t.Errorf("%+v (%v)", got, err)
	}
	d.Content, d.ARS = civic.Sealed("helped"), "160530000000"
	adviser := guest
	adviser.Account = "adviser"
	check(t, w.SaveDraft(ctx, adviser, d))
	if got, _, err = w.Store.Draft(ctx, owner, d.ID); err != nil || string(got.Content) != "helped" || got.Account != "" || got.ARS != d.ARS || got.Revision != 2 {
		t.Errorf("%+v (%v)", got, err)
	}
	d.Revision = 2
	a := civic.Attachment{ID: w.id("att"), Dossier: d.ID, Tenant: d.Tenant, BlobKey: "b", Created: at(w.Store)}
	check(t, w.SaveUpload(ctx, guest, d, a))
	d.Revision = 3
	check(t, w.DeleteAttachment(ctx, guest, d.ID, a.ID))

	// And nothing else.
	want(t, civic.NotFound, w.Discard(ctx, guest, d.ID))
	want(t, civic.NotFound, w.Claim(ctx, adviser, d.ID))
	want(t, civic.NotFound, w.Invite(ctx, guest, inv, false, event(d.Tenant, "draft.invited")))
	want(t, civic.NotFound, w.Uninvite(ctx, guest, d.ID, inv.ID, event(d.Tenant, "draft.uninvited")))
	_, err = w.Submit(ctx, guest, w.Filing(d))
	want(t, civic.NotFound, err)
	_, _, err = w.Store.Draft(ctx, guest, other.ID)
	want(t, civic.NotFound, err)
	_, _, err = w.CosignFile(ctx, guest, d.ID)
	want(t, civic.NotFound, err)
	if drafts, cases, err := w.Mine(ctx, guest); err != nil || len(drafts)+len(cases) != 0 {
		t.Errorf("%v %v %v", drafts, cases, err)
	}

	// It ends when the owner says so, and when its time is over.
	check(t, w.Uninvite(ctx, owner, d.ID, inv.ID, event(d.Tenant, "draft.uninvited")))
	want(t, civic.NotFound, w.Uninvite(ctx, owner, d.ID, inv.ID, event(d.Tenant, "draft.uninvited")))
	_, _, err = w.Store.Draft(ctx, guest, d.ID)
	want(t, civic.NotFound, err)
	for name, who := range map[string]civic.Subject{"a helper whose time is over": guest, "an account": w.account(), "another's code": w.anonymous(), "another's helper": {Account: "x", Invited: [][]byte{[]byte("guess")}}} {
		forged := d
		forged.Content, forged.ARS, forged.Account = civic.Sealed("forged"), "160510000000", who.Account
		want(t, civic.NotFound, w.SaveDraft(ctx, who, forged))
		got, _, err = w.Store.Draft(ctx, owner, d.ID)
		if check(t, err); string(got.Content) != "helped" || got.ARS != d.ARS || got.Account != "" || got.Revision != d.Revision {
			t.Errorf("%s wrote: %+v", name, got)
		}
	}
	_, _, err = w.InvitationByCode(ctx, guest.Invited)
	want(t, civic.NotFound, err)
	late, over := w.guest(d.Dossier, civic.PurposeHelp)
	over.Expires = at(w.Store).Add(-time.Second)
	check(t, w.Invite(ctx, owner, over, false, event(d.Tenant, "draft.invited")))
	_, _, err = w.Store.Draft(ctx, late, d.ID)
	want(t, civic.NotFound, err)

	// One that ends while it is used opens nothing, and nobody becomes the owner by it.
	brief, ends := w.guest(d.Dossier, civic.PurposeHelp)
	check(t, w.Invite(ctx, owner, ends, false, event(d.Tenant, "draft.invited")))
	clock, asked := w.Now, 0
	w.Now = func() time.Time {
		if asked++; asked > 1 {
			return ends.Expires
		}
		return clock()
	}
	got, _, err = w.Store.Draft(ctx, brief, d.ID)
	w.Now = clock
	if want(t, civic.NotFound, err); got.ID != "" || asked < 2 {
		t.Errorf("after %d looks at the clock: %+v", asked, got)
	}

	// One who may send, sends; what was sent is the owner's alone.
	sender, may := w.guest(d.Dossier, civic.PurposeHelp)
	may.MaySend = true
	check(t, w.Invite(ctx, owner, may, false, event(d.Tenant, "draft.invited")))
	_, err = w.Submit(ctx, sender, w.Filing(d))
	check(t, err)
	_, err = w.MyCase(ctx, sender, d.ID)
	want(t, civic.NotFound, err)
	_, err = w.MyCase(ctx, owner, d.ID)
	check(t, err)

	// With the draft goes its invitation.
	gone, inv := w.guest(other.Dossier, civic.PurposeHelp)
	check(t, w.Invite(ctx, civic.Subject{Codes: [][]byte{other.CodeHash}}, inv, false, event(d.Tenant, "draft.invited")))
	check(t, w.Discard(ctx, civic.Subject{Codes: [][]byte{other.CodeHash}}, other.ID))
	_, _, err = w.InvitationByCode(ctx, gone.Invited)
	want(t, civic.NotFound, err)
}

func testCosign(t *testing.T, w *World) {
	ctx, owner := t.Context(), w.anonymous()
	sent := func() (civic.Case, civic.Subject, civic.Invitation) {
		t.Helper()
		var guest civic.Subject
		var inv civic.Invitation
		c := w.Case(t, owner, w.Jena.ID, func(f *civic.Filing) {
			guest, inv = w.guest(f.Draft.Dossier, civic.PurposeCosign)
			f.Case.State, f.Invitation = civic.AwaitingCosign, &inv
		})
		return c, guest, inv
	}
	c, guest, inv := sent()
	for name, who := range map[string]civic.Subject{"the applicant": owner, "a stranger": {Invited: [][]byte{[]byte("guess")}}, "nobody": {}} {
		if _, _, err := w.CosignFile(ctx, who, c.Dossier); civic.CodeOf(err) != civic.NotFound {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Cosign(ctx, who, inv.ID, civic.ConsentGiven, civic.CaseChange{Case: c, Was: 1}); civic.CodeOf(err) != civic.NotFound {
			t.Errorf("%s confirmed: %v", name, err)
		}
	}
	f, got, err := w.CosignFile(ctx, guest, c.Dossier)
	if check(t, err); f.Case.ID != c.ID || len(f.Submissions) != 1 || got.ID != inv.ID || len(f.Notes)+len(f.Deliveries) != 0 {
		t.Fatalf("%+v %+v", f, got)
	}
	_, _, err = w.Store.Draft(ctx, guest, c.Dossier)
	want(t, civic.NotFound, err)

	next := c
	next.State, next.Revision = civic.Received, 2
	change := civic.CaseChange{Case: next, Was: 1, Message: &civic.Message{ID: w.id("m"), Author: "cosigner", Body: civic.Sealed("yes"), Created: at(w.Store)},
		Events: []civic.Event{{Actor: "cosigner", Kind: "case.cosigned"}}, Terms: []civic.IndexTerm{{Field: "message", Mode: "word", Text: "ja"}},
		Jobs: []civic.Job{civic.FanOut{Tenant: c.Tenant, Case: c.ID}}}
	jobs := w.jobs(t, "fan_out")
	stale := change
	stale.Was = 7
	want(t, civic.Conflict, w.Cosign(ctx, guest, inv.ID, civic.ConsentGiven, stale))
	check(t, w.Cosign(ctx, guest, inv.ID, civic.ConsentGiven, change))
	want(t, civic.Conflict, w.Cosign(ctx, guest, inv.ID, civic.ConsentRefused, civic.CaseChange{Case: next, Was: 2}))
	f, err = w.MyCase(ctx, owner, c.Dossier)
	if check(t, err); f.Case.State != civic.Received || len(f.Messages) != 1 || f.Messages[0].Author != "cosigner" || w.jobs(t, "fan_out") != jobs+1 {
		t.Errorf("%+v, %d jobs", f, w.jobs(t, "fan_out"))
	}
	stored, err := w.Invitation(ctx, c.Tenant, inv.ID)
	if check(t, err); stored.Consent != civic.ConsentGiven || stored.Answered.IsZero() {
		t.Errorf("%+v", stored)
	}
	_, err = w.Invitation(ctx, w.Gera.ID, inv.ID)
	want(t, civic.NotFound, err)

	// A new invitation replaces the one before.
	c, guest, _ = sent()
	fresh, again := w.guest(civic.Dossier{ID: c.Dossier, Tenant: c.Tenant}, civic.PurposeCosign)
	check(t, w.Invite(ctx, owner, again, true, civic.Event{Case: c.ID, Actor: "citizen", Kind: "case.cosign.invited"}))
	_, _, err = w.CosignFile(ctx, guest, c.Dossier)
	want(t, civic.NotFound, err)
	_, _, err = w.CosignFile(ctx, fresh, c.Dossier)
	check(t, err)

	// Reminded once; then nobody answers.
	due, err := w.InvitationsDue(ctx, again.Expires.Add(-time.Minute), 10)
	if check(t, err); len(due) != 0 {
		t.Errorf("too early: %+v", due)
	}
	due, err = w.InvitationsDue(ctx, again.Expires.Add(time.Minute), 10)
	if check(t, err); len(due) != 1 || due[0].ID != again.ID || due[0].Case != c.ID {
		t.Fatalf("%+v", due)
	}
	check(t, w.InvitationReminded(ctx, again, civic.Notify{Tenant: c.Tenant, Case: c.ID, What: "cosign"}))
	want(t, civic.NotFound, w.InvitationReminded(ctx, again))
	due, err = w.InvitationsDue(ctx, again.Expires.Add(time.Minute), 10)
	if check(t, err); len(due) != 0 {
		t.Errorf("reminded twice: %+v", due)
	}
	next = c
	next.State, next.Revision = civic.Received, 2
	check(t, w.CosignMissed(ctx, again, civic.CaseChange{Case: next, Was: 1}))
	want(t, civic.Conflict, w.CosignMissed(ctx, again, civic.CaseChange{Case: next, Was: 2}))
	want(t, civic.Conflict, w.Cosign(ctx, fresh, again.ID, civic.ConsentGiven, civic.CaseChange{Case: next, Was: 2}))
}
