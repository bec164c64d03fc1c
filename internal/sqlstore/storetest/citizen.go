package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func testSessions(t *testing.T, w *World) {
	now := at(w.Store)
	s := civic.Session{Hash: []byte("hash-1"), Audience: "citizen", Account: "a1", Identity: civic.Sealed("id"), Created: now, Seen: now, Expires: now.Add(time.Hour),
		IssuerSID: "sid-1", Subject: "https://issuer sub"}
	check(t, w.CreateSession(t.Context(), s))
	got, err := w.Session(t.Context(), s.Hash)
	check(t, err)
	if d := cmp.Diff(s, got); d != "" {
		t.Error(d)
	}
	check(t, w.TouchSession(t.Context(), s.Hash, now, now.Add(-time.Second)))
	_, err = w.Session(t.Context(), s.Hash)
	want(t, civic.NotFound, err)
	want(t, civic.NotFound, w.TouchSession(t.Context(), []byte("nothing"), now, now))
	other := s
	other.Hash, other.IssuerSID = []byte("hash-2"), ""
	check(t, w.CreateSession(t.Context(), other))
	hashes, err := w.DeleteSessionsOf(t.Context(), "sid-1", "")
	if check(t, err); len(hashes) != 1 || string(hashes[0]) != "hash-1" {
		t.Errorf("%q", hashes)
	}
	if hashes, err = w.DeleteSessionsOf(t.Context(), "", ""); err != nil || len(hashes) != 0 {
		t.Errorf("nobody's sessions: %q (%v)", hashes, err)
	}
	hashes, err = w.DeleteSessionsOf(t.Context(), "", s.Subject)
	if check(t, err); len(hashes) != 1 {
		t.Errorf("%q", hashes)
	}
	check(t, w.CreateSession(t.Context(), s))
	check(t, w.DeleteSession(t.Context(), s.Hash))
	check(t, w.DeleteSession(t.Context(), s.Hash))
	s.Expires = now.Add(-time.Hour)
	check(t, w.CreateSession(t.Context(), s))
	n, err := w.DeleteSessionsBefore(t.Context(), now)
	if check(t, err); n != 1 {
		t.Errorf("%d old sessions", n)
	}
}

func testAccounts(t *testing.T, w *World) {
	a, err := w.EnsureAccount(t.Context(), "https://issuer", "s1", true)
	check(t, err)
	b, err := w.EnsureAccount(t.Context(), "https://issuer", "s1", true)
	if check(t, err); a != b || a.ID == "" || !a.Organisation {
		t.Errorf("%+v, then %+v", a, b)
	}
	c, err := w.EnsureAccount(t.Context(), "https://other", "s1", false)
	if check(t, err); c.ID == a.ID {
		t.Error("two issuers share an account")
	}
}

func testDrafts(t *testing.T, w *World) {
	for name, who := range map[string]civic.Subject{"account": w.account(), "code": w.anonymous()} {
		t.Run(name, func(t *testing.T) {
			d := w.Draft(t, who, w.Jena.ID)
			got, _, err := w.Store.Draft(t.Context(), who, d.ID)
			check(t, err)
			if diff := cmp.Diff(d, got); diff != "" {
				t.Error(diff)
			}
			d.Content, d.ARS = civic.Sealed("more"), "160530000000"
			check(t, w.SaveDraft(t.Context(), who, d))
			want(t, civic.Conflict, w.SaveDraft(t.Context(), who, d))
			got, _, err = w.Store.Draft(t.Context(), who, d.ID)
			check(t, err)
			if got.Revision != 2 || string(got.Content) != "more" || got.ARS != d.ARS || got.Expires.Sub(got.Updated) != civic.DraftLife {
				t.Errorf("%+v", got)
			}
			check(t, w.Discard(t.Context(), who, d.ID))
			_, _, err = w.Store.Draft(t.Context(), who, d.ID)
			want(t, civic.NotFound, err)
			want(t, civic.NotFound, w.Discard(t.Context(), who, d.ID))
		})
	}
	t.Run("login on the way", func(t *testing.T) {
		who := w.anonymous()
		d := w.Draft(t, who, w.Jena.ID)
		who.Account, d.Account = "account-x", "account-x"
		check(t, w.SaveDraft(t.Context(), who, d))
		got, _, err := w.Store.Draft(t.Context(), civic.Subject{Account: "account-x"}, d.ID)
		if check(t, err); got.Account != "account-x" {
			t.Errorf("%+v", got)
		}
		d.Revision, d.Account = 2, "account-y"
		check(t, w.SaveDraft(t.Context(), who, d))
		if got, _, err = w.Store.Draft(t.Context(), who, d.ID); err != nil || got.Account != "account-x" {
			t.Errorf("a draft was given away: %+v (%v)", got, err)
		}
	})
	t.Run("sent", func(t *testing.T) {
		who := w.account()
		f := w.Filing(w.Draft(t, who, w.Jena.ID))
		_, err := w.Submit(t.Context(), who, f)
		check(t, err)
		want(t, civic.Conflict, w.SaveDraft(t.Context(), who, f.Draft))
		want(t, civic.Conflict, w.Discard(t.Context(), who, f.Draft.ID))
		got, _, err := w.Store.Draft(t.Context(), who, f.Draft.ID)
		if check(t, err); got.Submission != f.Submission.ID {
			t.Errorf("%+v", got)
		}
		// What comes for a correction stands with it, and changes nothing else.
		want(t, civic.NotFound, w.SaveSent(t.Context(), w.anonymous(), got, nil))
		d := got
		d.Content = civic.Sealed("under way")
		check(t, w.SaveSent(t.Context(), who, d, nil))
		want(t, civic.Conflict, w.SaveSent(t.Context(), who, d, &civic.Attachment{ID: "late", Dossier: d.ID, Tenant: d.Tenant, BlobKey: "late", Created: at(w.Store)}))
		d.Revision++
		check(t, w.SaveSent(t.Context(), who, d, &civic.Attachment{ID: "came", Dossier: d.ID, Tenant: d.Tenant, BlobKey: "came", Created: at(w.Store)}))
		now, files, err := w.Store.Draft(t.Context(), who, d.ID)
		if check(t, err); len(files) != 1 || files[0].ID != "came" {
			t.Errorf("files: %+v", files)
		}
		if d.Revision++; cmp.Diff(d, now) != "" {
			t.Error(cmp.Diff(d, now))
		}
		unsent := w.Draft(t, who, w.Jena.ID)
		want(t, civic.Conflict, w.SaveSent(t.Context(), who, unsent, nil))
	})
}

func testForeignSubjects(t *testing.T, w *World) {
	owner := w.anonymous()
	d := w.Draft(t, owner, w.Jena.ID)
	check(t, w.AddAttachment(t.Context(), owner, civic.Attachment{ID: "att", Dossier: d.ID, Tenant: d.Tenant, BlobKey: "b", Created: at(w.Store)}))
	sent := w.Case(t, owner, w.Jena.ID, nil)
	for name, who := range map[string]civic.Subject{"nobody": {}, "another account": w.account(), "another code": w.anonymous(),
		"the office's id": {Account: w.Jena.ID}, "an empty code": {Codes: [][]byte{{}}}} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.Store.Draft(t.Context(), who, d.ID)
			want(t, civic.NotFound, err)
			want(t, civic.NotFound, w.SaveDraft(t.Context(), who, d))
			want(t, civic.NotFound, w.Discard(t.Context(), who, d.ID))
			_, err = w.Submit(t.Context(), who, w.Filing(d))
			want(t, civic.NotFound, err)
			want(t, civic.NotFound, w.AddAttachment(t.Context(), who, civic.Attachment{ID: "att2", Dossier: d.ID}))
			want(t, civic.NotFound, w.DeleteAttachment(t.Context(), who, d.ID, "att"))
			_, err = w.MyCase(t.Context(), who, sent.Dossier)
			want(t, civic.NotFound, err)
			_, err = w.MyCase(t.Context(), who, "")
			want(t, civic.NotFound, err)
			want(t, civic.NotFound, w.ChangeMine(t.Context(), who, civic.CaseChange{Case: sent, Was: 1}))
			want(t, civic.NotFound, w.ReadMine(t.Context(), who, sent.Dossier))
			if err := w.Claim(t.Context(), who, sent.Dossier); civic.CodeOf(err) != civic.NotFound && civic.CodeOf(err) != civic.LoginFirst {
				t.Errorf("claim: %v", err)
			}
			drafts, cases, err := w.Mine(t.Context(), who)
			if check(t, err); len(drafts)+len(cases) != 0 {
				t.Errorf("%v %v", drafts, cases)
			}
			if got, list, err := w.Store.Draft(t.Context(), owner, d.ID); err != nil || !cmp.Equal(d, got) || len(list) != 1 {
				t.Errorf("a stranger changed %+v %v (%v)", got, list, err)
			}
		})
	}
}

func testAttachments(t *testing.T, w *World) {
	who := w.account()
	d := w.Draft(t, who, w.Jena.ID)
	a := civic.Attachment{ID: "att-1", Dossier: d.ID, Tenant: d.Tenant, Pointer: "/proof", Name: civic.Sealed("name"), BlobKey: "a/1", Bytes: 12, MediaType: "application/pdf",
		SHA256: []byte("sum"), Verdict: civic.VerdictWaiting, Created: at(w.Store)}
	check(t, w.AddAttachment(t.Context(), who, a, civic.ScanAttachment{Tenant: d.Tenant, Attachment: a.ID}))
	if n := w.jobs(t, "scan_attachment"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	_, list, err := w.Store.Draft(t.Context(), who, d.ID)
	check(t, err)
	if diff := cmp.Diff([]civic.Attachment{a}, list); diff != "" {
		t.Error(diff)
	}
	check(t, w.SetVerdict(t.Context(), d.Tenant, a.ID, civic.VerdictClean, event(d.Tenant, "attachment.scanned")))
	want(t, civic.NotFound, w.SetVerdict(t.Context(), w.Gera.ID, a.ID, civic.VerdictClean, event(w.Gera.ID, "attachment.scanned")))
	byID, dossier, err := w.AttachmentByID(t.Context(), d.Tenant, a.ID)
	if check(t, err); byID.Verdict != civic.VerdictClean || dossier.ID != d.ID {
		t.Errorf("%+v %+v", byID, dossier)
	}
	_, _, err = w.AttachmentByID(t.Context(), w.Gera.ID, a.ID)
	want(t, civic.NotFound, err)
	unknown, err := w.UnknownBlobs(t.Context(), []string{"a/1", "a/2"})
	if check(t, err); len(unknown) != 1 || unknown[0] != "a/2" {
		t.Errorf("%q", unknown)
	}
	// An upload cannot be taken over by naming its id from another dossier.
	thief := w.account()
	own := w.Draft(t, thief, w.Jena.ID)
	_ = w.AddAttachment(t.Context(), thief, civic.Attachment{ID: a.ID, Dossier: own.ID, Tenant: own.Tenant, Message: "stolen", BlobKey: "x"})
	if _, list, err = w.Store.Draft(t.Context(), who, d.ID); err != nil || len(list) != 1 || list[0].Message != "" || list[0].BlobKey != "a/1" {
		t.Errorf("%+v (%v)", list, err)
	}
	check(t, w.DeleteAttachment(t.Context(), who, d.ID, a.ID))
	want(t, civic.NotFound, w.DeleteAttachment(t.Context(), who, d.ID, a.ID))
	check(t, w.AddAttachment(t.Context(), who, a))
	_, err = w.Submit(t.Context(), who, w.Filing(d))
	check(t, err)
	want(t, civic.NotFound, w.DeleteAttachment(t.Context(), who, d.ID, a.ID))
	if _, list, err = w.Store.Draft(t.Context(), who, d.ID); err != nil || len(list) != 1 {
		t.Errorf("%v (%v)", list, err)
	}
}

// An upload and the draft that refers to it are stored together or not at all.
func testUpload(t *testing.T, w *World) {
	who := w.anonymous()
	d := w.Draft(t, who, w.Jena.ID)
	a := civic.Attachment{ID: "up-1", Dossier: d.ID, Tenant: d.Tenant, BlobKey: "a/up-1", Created: at(w.Store)}
	scan := civic.ScanAttachment{Tenant: d.Tenant, Attachment: a.ID}
	stored := func(files, scans int, content string) {
		t.Helper()
		got, list, err := w.Store.Draft(t.Context(), who, d.ID)
		if check(t, err); len(list) != files || string(got.Content) != content || w.jobs(t, "scan_attachment") != scans {
			t.Errorf("%d files, %d jobs, content %q", len(list), w.jobs(t, "scan_attachment"), got.Content)
		}
	}
	late := d
	late.Revision, late.Content = d.Revision+1, civic.Sealed("of another window")
	want(t, civic.Conflict, w.SaveUpload(t.Context(), who, late, a, scan))
	want(t, civic.NotFound, w.SaveUpload(t.Context(), w.account(), d, a, scan))
	stored(0, 0, "sealed")
	d.Content = civic.Sealed("with the file")
	check(t, w.SaveUpload(t.Context(), who, d, a, scan))
	want(t, civic.Conflict, w.SaveUpload(t.Context(), who, d, civic.Attachment{ID: "up-2", BlobKey: "a/up-2", Created: at(w.Store)}, scan))
	stored(1, 1, "with the file")
}

func testMine(t *testing.T, w *World) {
	who := w.anonymous()
	who.Account = "account-mine"
	byCode := w.Draft(t, civic.Subject{Codes: who.Codes}, w.Jena.ID)
	byAccount := w.Draft(t, civic.Subject{Account: who.Account}, w.Gera.ID)
	sent := w.Case(t, who, w.Jena.ID, nil)
	w.Draft(t, w.account(), w.Jena.ID)
	drafts, cases, err := w.Mine(t.Context(), who)
	check(t, err)
	if len(drafts) != 2 || drafts[0].ID != byAccount.ID || drafts[1].ID != byCode.ID || drafts[0].Content != nil || len(cases) != 1 || cases[0].ID != sent.ID {
		t.Errorf("%+v\n%+v", drafts, cases)
	}
	// What belongs to an account is listed for its log-in only, not for the code that it was begun with.
	holder := civic.Subject{Codes: who.Codes}
	check(t, w.Claim(t.Context(), who, byCode.ID))
	for name, other := range map[string]civic.Subject{"code": holder, "code and another account": {Codes: who.Codes, Account: "account-other"}} {
		drafts, cases, err := w.Mine(t.Context(), other)
		if check(t, err); len(drafts)+len(cases) != 0 {
			t.Errorf("%s lists %+v %+v", name, drafts, cases)
		}
		if yes, err := w.Claimed(t.Context(), other); err != nil || !yes {
			t.Errorf("%s: claimed %v (%v)", name, yes, err)
		}
	}
	if yes, err := w.Claimed(t.Context(), who); err != nil || yes {
		t.Errorf("the owner's is claimed by others: %v (%v)", yes, err)
	}
	for range 205 {
		w.Draft(t, who, w.Jena.ID)
	}
	drafts, cases, err = w.Mine(t.Context(), who)
	if check(t, err); len(drafts)+len(cases) != 200 {
		t.Errorf("%d drafts and %d cases", len(drafts), len(cases))
	}
}

func testClaim(t *testing.T, w *World) {
	who := w.anonymous()
	d := w.Draft(t, who, w.Jena.ID)
	want(t, civic.LoginFirst, w.Claim(t.Context(), who, d.ID))
	who.Account = "claimer"
	check(t, w.Claim(t.Context(), who, d.ID))
	check(t, w.Claim(t.Context(), who, d.ID))
	if _, _, err := w.Store.Draft(t.Context(), civic.Subject{Account: "claimer"}, d.ID); err != nil {
		t.Error(err)
	}
	who.Account = "late"
	want(t, civic.Conflict, w.Claim(t.Context(), who, d.ID))
}

func testExpiry(t *testing.T, w *World) {
	who := w.account()
	now := at(w.Store)
	d := w.Draft(t, who, w.Jena.ID)
	check(t, w.AddAttachment(t.Context(), who, civic.Attachment{ID: "att", Dossier: d.ID, Tenant: d.Tenant, BlobKey: "a/1", Created: now}))
	w.Case(t, who, w.Jena.ID, nil) // sent: it expires no more
	soon := d.Expires.Add(time.Second)
	list, err := w.DraftsExpiring(t.Context(), soon, 10)
	if check(t, err); len(list) != 1 || list[0].ID != d.ID {
		t.Fatalf("%+v", list)
	}
	// Nobody has been warned: it is not deleted, unless it is overdue by more than one can wait.
	if list, err = w.ExpiredDrafts(t.Context(), soon, soon.Add(-time.Hour), 10); err != nil || len(list) != 0 {
		t.Errorf("deleted without a warning: %v (%v)", list, err)
	}
	if list, err = w.ExpiredDrafts(t.Context(), soon.Add(2*time.Hour), soon.Add(time.Hour), 10); err != nil || len(list) != 1 {
		t.Errorf("kept for ever: %v (%v)", list, err)
	}
	saved, foreign := d, d
	saved.Revision++
	foreign.Tenant = w.Gera.ID
	want(t, civic.NotFound, w.MarkWarned(t.Context(), saved))
	want(t, civic.NotFound, w.MarkWarned(t.Context(), foreign))
	d.Expires = d.Expires.Add(24 * time.Hour)
	check(t, w.MarkWarned(t.Context(), d))
	if list, err = w.DraftsExpiring(t.Context(), soon, 10); err != nil || len(list) != 0 {
		t.Errorf("warned twice: %v (%v)", list, err)
	}
	if list, err = w.ExpiredDrafts(t.Context(), soon, now, 10); err != nil || len(list) != 0 {
		t.Errorf("expired too early: %v (%v)", list, err)
	}
	if list, err = w.ExpiredDrafts(t.Context(), d.Expires.Add(time.Second), now, 10); err != nil || len(list) != 1 {
		t.Errorf("%v (%v)", list, err)
	}
	_, err = w.DeleteDossier(t.Context(), w.Gera.ID, d.ID)
	want(t, civic.NotFound, err)
	blobs, err := w.DeleteDossier(t.Context(), d.Tenant, d.ID)
	if check(t, err); len(blobs) != 1 || blobs[0] != "a/1" {
		t.Errorf("%q", blobs)
	}
	_, _, err = w.Store.Draft(t.Context(), who, d.ID)
	want(t, civic.NotFound, err)
	sent := w.Case(t, who, w.Jena.ID, nil)
	_, err = w.DeleteDossier(t.Context(), w.Jena.ID, sent.Dossier)
	want(t, civic.Conflict, err)
}

func testCancelled(t *testing.T, w *World) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	who := w.account()
	d := w.Draft(t, who, w.Jena.ID)
	if _, err := w.Submit(ctx, who, w.Filing(d)); err == nil {
		t.Error("a submission of somebody who has gone was stored")
	}
	// Half of the callers go away while the other half writes.
	const n = 64
	errs := make(chan error, n)
	for i := range n {
		draft := w.Draft(t, who, w.Jena.ID)
		f := w.Filing(draft)
		go func() {
			ctx, cancel := context.WithCancel(background(t))
			defer cancel()
			if i%2 == 1 {
				go cancel()
				_, _ = w.Submit(ctx, who, f)
				errs <- nil
				return
			}
			_, err := w.Submit(ctx, who, f)
			errs <- err
		}()
	}
	for range n {
		check(t, <-errs)
	}
	counts, err := w.Counts(t.Context(), w.Jena.ID)
	check(t, err)
	jobs := w.jobs(t, "fan_out")
	if got := counts[civic.Received]; got < n/2 || got != jobs {
		t.Errorf("%d cases with %d jobs, at least %d were confirmed", got, jobs, n/2)
	}
}
