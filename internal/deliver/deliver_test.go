package deliver_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

func TestFanOut(t *testing.T) {
	w := newWorld(t)
	s := w.service()
	job := civic.FanOut{Tenant: "jena", Case: "c1", Submission: "s1", Service: "hund", Notice: "receipt"}
	for range 2 { // a job may run twice
		if err := s.FanOut(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	routes := map[string]bool{}
	for id, d := range w.deliveries {
		routes[d.Route] = true
		if len(id) != 36 || d.Case != "c1" || d.Submission != "s1" || d.Created != w.now {
			t.Errorf("delivery %+v", d)
		}
	}
	if diff := cmp.Diff(map[string]bool{"r1": true, "r4": true}, routes); diff != "" {
		t.Errorf("only active routes of the service: %s", diff)
	}
	if got := w.jobs[2]; got != (civic.Notify{Tenant: "jena", Case: "c1", What: "receipt", Ref: "s1"}) {
		t.Errorf("job %+v", got)
	}
	before := len(w.jobs)
	if err := s.FanOut(t.Context(), civic.FanOut{Tenant: "erfurt", Case: "c2", Submission: "s3", Service: "hund"}); err != nil {
		t.Fatal(err)
	}
	if len(w.jobs) != before {
		t.Errorf("jobs where there is no route and nobody to tell: %+v", w.jobs[before:])
	}
}

func TestDeliver(t *testing.T) {
	for _, tt := range []struct {
		name              string
		connector         string
		err               error
		attempt           int
		state, event      string
		again, neverAgain bool
	}{
		{"arrives", "hook", nil, 1, "delivered", "delivery.delivered", false, false},
		{"fails", "hook", errors.New("down"), 1, "retrying", "", true, false},
		{"fails for the last time", "hook", errors.New("down"), 12, "dead", "delivery.dead", true, false},
		{"will never arrive", "hook", lasting{}, 1, "dead", "delivery.dead", true, true},
		{"no such connector", "gone", nil, 1, "dead", "delivery.dead", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.sendErr, w.attempt = tt.err, tt.attempt
			w.deliveries["x"] = civic.Delivery{ID: "x", Tenant: "jena", Case: "c1", Submission: "s1", Route: "r1", Connector: tt.connector, Target: "https://one.example"}
			err := w.service().Deliver(t.Context(), civic.Deliver{Tenant: "jena", Delivery: "x"})
			if (err != nil) != tt.again || permanent(err) != tt.neverAgain {
				t.Errorf("error %v", err)
			}
			d := w.deliveries["x"]
			if d.State() != tt.state || d.Attempts != 1 || d.Tried != w.now || (d.LastError != "") != tt.again {
				t.Errorf("delivery %+v", d)
			}
			kind := ""
			for _, ev := range w.events {
				kind += ev.Kind
			}
			if kind != tt.event {
				t.Errorf("events %q, want %q", kind, tt.event)
			}
		})
	}
}

func TestDeliveredOrDeadIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	w.deliveries["done"] = civic.Delivery{ID: "done", Tenant: "jena", Connector: "hook", Delivered: w.now}
	w.deliveries["dead"] = civic.Delivery{ID: "dead", Tenant: "jena", Connector: "hook", Dead: w.now}
	for id := range w.deliveries {
		if err := w.service().Deliver(t.Context(), civic.Deliver{Tenant: "jena", Delivery: id}); err != nil {
			t.Error(err)
		}
	}
	if len(w.parcels) != 0 {
		t.Errorf("sent %d parcels", len(w.parcels))
	}
}

func TestParcel(t *testing.T) {
	w := newWorld(t)
	w.file.Attachments[0].ID = "row-1" // of a case that was forwarded, and of a file that came in pieces
	w.deliveries["x"] = civic.Delivery{ID: "x", Tenant: "jena", Case: "c1", Submission: "s1", Route: "r1", Connector: "hook", Target: "https://one.example"}
	if err := w.service().Deliver(t.Context(), civic.Deliver{Tenant: "jena", Delivery: "x"}); err != nil {
		t.Fatal(err)
	}
	p := w.parcels[0]
	if p.ID != "x" || p.Target != "https://one.example" || string(p.Secret) != "hush" || p.Tenant != "jena" || p.LeiKa != "99102013060000" || p.ServiceName != "Hundesteuer" ||
		p.FileNumber != "HUST-2026-000001" || p.Kind != civic.SubmissionFirst || string(p.PDF) != "%PDF receipt" || !strings.Contains(string(p.Answers), `"Öztürk"`) {
		t.Errorf("parcel %+v", p)
	}
	if len(p.Files) != 1 || p.Files[0].Name != "Impfung.pdf" {
		t.Fatalf("files %+v: only what the submission refers to", p.Files)
	}
	if p.Files[0].ID != "a1" {
		t.Errorf("the file is called %q; the answers say urn:uuid:a1", p.Files[0].ID)
	}
	r, err := p.Files[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil || string(body) != "%PDF" {
		t.Errorf("attachment %q: %v", body, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestParcelAndTheScanner(t *testing.T) {
	w := newWorld(t)
	w.deliveries["x"] = civic.Delivery{ID: "x", Tenant: "jena", Case: "c1", Submission: "s1", Route: "r1", Connector: "hook"}
	w.file.Attachments[0].Verdict = civic.VerdictWaiting
	if err := w.service().Deliver(t.Context(), civic.Deliver{Tenant: "jena", Delivery: "x"}); err == nil || permanent(err) || len(w.parcels) != 0 {
		t.Errorf("sent before the scan: %v", err)
	}
	w.file.Attachments[0].Verdict = civic.VerdictInfected
	if err := w.service().Deliver(t.Context(), civic.Deliver{Tenant: "jena", Delivery: "x"}); err != nil || len(w.parcels[0].Files) != 0 {
		t.Errorf("infected file: %v, %+v", err, w.parcels)
	}
}

func TestNotify(t *testing.T) {
	for _, what := range []string{"receipt", "answered", "message", "request", "decision", "forwarded", "withdrawn"} {
		for _, lang := range []string{"de", "en"} {
			w := newWorld(t)
			w.file.Dossier.Lang = lang
			ref := map[string]string{"receipt": "s1", "answered": "s2"}[what]
			if err := w.service().Notify(t.Context(), civic.Notify{Tenant: "jena", Case: "c1", What: what, Ref: ref}); err != nil {
				t.Fatal(err)
			}
			m := w.mails[0]
			to := "neu@demo.invalid" // of the latest answers
			if what == "receipt" {
				to = "erika@demo.invalid"
			}
			if m.To != to || m.ID == "" || m.FromName != "Stadt Jena" {
				t.Errorf("%s %s: mail %+v", what, lang, m)
			}
			all := m.Subject + m.Text
			if strings.Contains(all, "mail.") || strings.Contains(all, "{") || !strings.Contains(all, "HUST-2026-000001") {
				t.Errorf("%s %s: text %q", what, lang, all)
			}
			if strings.Contains(all, "Öztürk") {
				t.Errorf("%s %s: the mail holds a name", what, lang)
			}
			if what != "withdrawn" && !strings.Contains(m.Text, "https://antraege.example.org/me/d1") {
				t.Errorf("%s %s: no link in %q", what, lang, m.Text)
			}
			if (len(m.Files) == 1) != (what == "receipt") {
				t.Errorf("%s %s: %d files", what, lang, len(m.Files))
			}
		}
	}
}

func TestNotifyWithoutAddressOrWord(t *testing.T) {
	w := newWorld(t)
	w.file.Submissions = w.file.Submissions[:1]
	w.file.Submissions[0].Answers = []byte(lock("answers", `{"name":"Öztürk"}`))
	if err := w.service().Notify(t.Context(), civic.Notify{Tenant: "jena", Case: "c1", What: "message"}); err != nil || len(w.mails) != 0 {
		t.Errorf("%d mails to nobody: %v", len(w.mails), err)
	}
	// Who logged in is told at the account's address, unless the application names another.
	w.file.Submissions[0].Reach = []byte(lock("reach", `{"email":"konto@demo.invalid"}`))
	for _, want := range []string{"konto@demo.invalid", "erika@demo.invalid"} {
		if err := w.service().Notify(t.Context(), civic.Notify{Tenant: "jena", Case: "c1", What: "message"}); err != nil || w.mails[len(w.mails)-1].To != want {
			t.Errorf("%+v, %v, want %s", w.mails, err, want)
		}
		w.file.Submissions[0].Answers = []byte(lock("answers", `{"mail":"erika@demo.invalid"}`))
	}
	w = newWorld(t)
	if err := w.service().Notify(t.Context(), civic.Notify{Tenant: "jena", Case: "c1", What: "nonsense"}); !permanent(err) {
		t.Errorf("unknown notice: %v", err)
	}
	for _, tt := range []struct {
		err   error
		never bool
	}{{civic.Errorf(civic.Invalid, "error.mail.refused"), true}, {civic.Errorf(civic.Unavailable, "error.mail.unavailable"), false}} {
		w.mailErr = tt.err
		if err := w.service().Notify(t.Context(), civic.Notify{Tenant: "jena", Case: "c1", What: "message"}); err == nil || permanent(err) != tt.never {
			t.Errorf("%v: permanent %v", err, permanent(err))
		}
	}
}

func TestReceiptPDF(t *testing.T) {
	w := newWorld(t)
	pdf, err := w.service().ReceiptPDF(t.Context(), w.file, w.file.Submissions[0], nil, "de")
	if err != nil || string(pdf) != "%PDF receipt" {
		t.Fatalf("%q: %v", pdf, err)
	}
	r := w.printed[0]
	if r.FileNumber != "HUST-2026-000001" || r.Tenant != "Stadt Jena" || r.Created != w.now || len(r.Sections) != 1 {
		t.Errorf("receipt %+v", r)
	}
	var got []string
	for _, row := range r.Sections[0].Rows {
		got = append(got, row.Label+": "+row.Value)
	}
	if diff := cmp.Diff([]string{"Familienname: Öztürk", "E-Mail: erika@demo.invalid", "Nachweis: Impfung.pdf"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLetterPDF(t *testing.T) {
	w := newWorld(t)
	w.file.Decision = &civic.Decision{Created: w.now}
	if _, err := w.service().LetterPDF(t.Context(), w.file, "Text", "de"); err != nil {
		t.Fatal(err)
	}
	l := w.letters[0]
	if diff := cmp.Diff([]string{"Stadt Jena", "Am Anger 15", "07743 Jena"}, l.Head); diff != "" || l.Date != "24. November 2026" || l.Body != "Text" || l.Created != w.now || l.To != nil {
		t.Errorf("letter %+v", l)
	}
	// The address is the login's where the answers have none, and theirs where they do.
	w.file.Submissions[1].Reach = []byte(lock("reach", `{"to":["Konto GmbH","Weg 1","Jena"]}`))
	for _, want := range [][]string{{"Konto GmbH", "Weg 1", "Jena"}, {"Öztürk", "Am Anger 15", "Jena"}} {
		if _, err := w.service().LetterPDF(t.Context(), w.file, "Text", "de"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, w.letters[len(w.letters)-1].To); diff != "" {
			t.Error(diff)
		}
		w.file.Submissions[1].Answers = []byte(lock("answers", `{"name":"Öztürk","strasse":"Am Anger 15","ort":"Jena"}`))
	}
}

func TestScanAttachment(t *testing.T) {
	w := newWorld(t)
	job := civic.ScanAttachment{Tenant: "jena", Attachment: "a1"}
	if err := w.service().ScanAttachment(t.Context(), job); err != nil || w.scanned != "" {
		t.Errorf("a clean one was scanned again: %v", err)
	}
	w.file.Attachments[0].Verdict = civic.VerdictWaiting
	w.scanErr = errors.New("clamd is down")
	if err := w.service().ScanAttachment(t.Context(), job); err == nil || permanent(err) || len(w.verdicts) != 0 {
		t.Errorf("scanner down: %v, verdicts %v", err, w.verdicts)
	}
	w.scanErr = nil
	if err := w.service().ScanAttachment(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if w.scanned != "%PDF" || w.verdicts["a1"] != civic.VerdictInfected || w.events[0].Kind != "attachment.scanned" {
		t.Errorf("scanned %q, verdicts %v, events %v", w.scanned, w.verdicts, w.events)
	}
	if err := w.service().ScanAttachment(t.Context(), civic.ScanAttachment{Tenant: "jena", Attachment: "removed"}); err != nil {
		t.Errorf("a removed one: %v", err)
	}
}

func draft(id, mail string, expires time.Time) civic.Draft {
	return civic.Draft{
		Dossier: civic.Dossier{ID: id, Tenant: "jena", Service: "hund", Key: []byte("kd"), Lang: "de"}, Expires: expires,
		Content: []byte(lock("draft", `{"answers":{"name":"Öztürk","mail":"`+mail+`"},"page":1}`)),
	}
}

func sweep(t *testing.T, w *world, what string) error {
	t.Helper()
	return w.service().Sweep(context.Background(), civic.Sweep{What: what})
}

func TestSweepDrafts(t *testing.T) {
	w := newWorld(t)
	soon, later := w.now.Add(6*24*time.Hour), w.now.Add(8*24*time.Hour)
	w.expiring = []civic.Draft{draft("d2", "a@demo.invalid", soon), draft("d3", "b@demo.invalid", later), draft("d4", "", soon)}
	account := draft("d6", "", soon)
	account.Content = []byte(lock("draft", `{"answers":{},"reach":{"email":"konto@demo.invalid"}}`))
	w.expiring = append(w.expiring, account)
	w.expired = []civic.Draft{draft("d5", "c@demo.invalid", w.now)}
	w.blobs["a/d5/x"] = "sealed"
	for range 2 {
		if err := sweep(t, w, "drafts"); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.mails) != 2 || w.mails[1].To != "konto@demo.invalid" || w.mails[0].To != "a@demo.invalid" || !strings.Contains(w.mails[0].Text, "30. November 2026") || strings.Contains(w.mails[0].Text, "Öztürk") {
		t.Errorf("mails %+v", w.mails)
	}
	if diff := cmp.Diff([]string{"d2", "d4", "d6"}, w.warned); diff != "" {
		t.Errorf("warned once each: %s", diff)
	}
	if diff := cmp.Diff([]string{"d5"}, w.deleted); diff != "" {
		t.Errorf("deleted: %s", diff)
	}
	if _, still := w.blobs["a/d5/x"]; still {
		t.Error("its file is still there")
	}
}

// After the platform stood still, what has expired meanwhile is not deleted before its owner had the whole notice.
func TestLateWarningGivesTime(t *testing.T) {
	w := newWorld(t)
	onTime := w.now.Add(6*24*time.Hour + time.Hour)
	w.expiring = []civic.Draft{draft("late", "a@demo.invalid", w.now.Add(-48*time.Hour)), draft("close", "b@demo.invalid", w.now.Add(time.Hour)), draft("on time", "c@demo.invalid", onTime)}
	if err := sweep(t, w, "drafts"); err != nil {
		t.Fatal(err)
	}
	week := w.now.Add(7 * 24 * time.Hour)
	if diff := cmp.Diff([]time.Time{week, week, onTime}, w.until); diff != "" {
		t.Error(diff)
	}
	if len(w.mails) != 3 || !strings.Contains(w.mails[0].Text, "1. Dezember 2026") {
		t.Errorf("the mail names another date: %+v", w.mails)
	}
}

// TestSweepGoesOn shows that neither a mail server that is down nor one bad draft keeps others from being deleted or told.
func TestSweepGoesOn(t *testing.T) {
	w := newWorld(t)
	soon := w.now.Add(6 * 24 * time.Hour)
	broken := draft("d1", "a@demo.invalid", soon)
	broken.Content = []byte("of another key")
	w.expiring = []civic.Draft{broken, draft("d2", "b@demo.invalid", soon)}
	w.expired = []civic.Draft{draft("d3", "", w.now)}
	if err := sweep(t, w, "drafts"); err == nil {
		t.Error("the broken draft is not reported")
	}
	if len(w.mails) != 1 || len(w.deleted) != 1 {
		t.Errorf("%d mails, deleted %v", len(w.mails), w.deleted)
	}
	w.expiring = []civic.Draft{draft("d4", "refused@demo.invalid", soon)}
	w.mailErr = civic.Errorf(civic.Invalid, "error.mail.refused")
	if err := sweep(t, w, "drafts"); err != nil || w.warned[len(w.warned)-1] != "d4" {
		t.Errorf("an address that takes no mail is tried for ever: %v, %v", err, w.warned)
	}
	w.expiring = []civic.Draft{draft("d5", "e@demo.invalid", soon)}
	w.mailErr = civic.Errorf(civic.Unavailable, "error.mail.unavailable")
	if err := sweep(t, w, "drafts"); err == nil || permanent(err) || len(w.warned) != 2 {
		t.Errorf("a server that is down: %v, %v", err, w.warned)
	}
}

func TestSweepBlobs(t *testing.T) {
	w := newWorld(t)
	const (
		old   = "a/d1/01900000-0000-7000-8000-000000000001" // 2024
		kept  = "a/d1/01900000-0000-7000-8000-000000000002"
		fresh = "a/d1/019ab558-0000-7000-8000-000000000003"
		odd   = "a/d1/not-an-id"
		other = "l/jena"
	)
	w.blobs = map[string]string{old: "", kept: "", fresh: "", odd: "", other: ""}
	w.known = []string{kept}
	w.now = time.UnixMilli(0x019ab5580000).Add(time.Hour)
	if err := sweep(t, w, "blobs"); err != nil {
		t.Fatal(err)
	}
	if _, still := w.blobs[old]; still || len(w.blobs) != 4 {
		t.Errorf("left: %v", w.blobs)
	}
}

func TestSweepSessionsAndNonsense(t *testing.T) {
	w := newWorld(t)
	if err := sweep(t, w, "sessions"); err != nil || w.sessionsBefore != w.now {
		t.Errorf("%v, %v", w.sessionsBefore, err)
	}
	if err := sweep(t, w, "chimneys"); !permanent(err) {
		t.Errorf("nonsense: %v", err)
	}
}
