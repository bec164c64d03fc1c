package clerk_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

func TestStrangersLearnNothing(t *testing.T) {
	s, o, _ := desk(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		who  civic.Actor
		code civic.Code
	}{
		"nobody":             {civic.Actor{}, civic.NotFound},
		"clerk of elsewhere": {staff("gera", civic.RoleClerk, civic.RoleLead), civic.NotFound},
		"admin without desk": {staff("jena", civic.RoleAdmin), civic.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Open(ctx, c.who, "jena", "c1", "de")
			want(t, err, c.code)
			_, err = s.Inbox(ctx, c.who, "jena", clerk.Ask{})
			want(t, err, c.code)
			_, err = s.OpenAttachment(ctx, c.who, "jena", "c1", "a1")
			want(t, err, c.code)
			for _, do := range []func() error{
				func() error { return s.Take(ctx, c.who, at(3)) }, func() error { return s.Write(ctx, c.who, at(3), "Hallo", nil) },
				func() error { return s.Note(ctx, c.who, at(3), "x") }, func() error { return s.Forward(ctx, c.who, at(3), "gera") },
				func() error { return s.Close(ctx, c.who, at(3)) }, func() error { return s.WaivePayment(ctx, c.who, at(3)) },
			} {
				want(t, do(), c.code)
			}
		})
	}
	if len(o.changes)+len(o.seen)+len(o.forwards) != 0 {
		t.Errorf("strangers left traces: %v %v", o.changes, o.seen)
	}
	// Being a clerk elsewhere does not open this case under the own tenant either.
	_, err := s.Open(ctx, staff("gera", civic.RoleClerk), "gera", "c1", "de")
	want(t, err, civic.NotFound)
}

// What somebody has uploaded and not sent is theirs alone, whoever guesses its number.
func TestUnsentFilesStayShut(t *testing.T) {
	s, o, blobs := desk(t)
	blobs["a/d1/a2"] = []byte("%PDF")
	ctx, who := t.Context(), staff("jena", civic.RoleClerk, civic.RoleLead)
	unsent := o.files["c1"].Attachments[1]
	for _, name := range []string{unsent.ID, strings.TrimPrefix(unsent.URN(), "urn:uuid:")} {
		_, err := s.OpenAttachment(ctx, who, "jena", "c1", name)
		want(t, err, civic.NotFound)
		_, err = s.Preview(ctx, who, "jena", "c1", name, "s", 0)
		want(t, err, civic.NotFound)
	}
	if len(o.seen) != 0 {
		t.Errorf("traces: %v", o.seen)
	}
	o.files["c1"].Attachments[1].Message = "m1"
	d, err := s.OpenAttachment(ctx, who, "jena", "c1", unsent.ID)
	want(t, err, "")
	want(t, d.Body.Close(), "")
}

func TestOpenShowsAnswersAndRecords(t *testing.T) {
	s, o, _ := desk(t)
	f, err := s.Open(t.Context(), staff("jena", civic.RoleClerk), "jena", "c1", "de")
	want(t, err, "")
	if got := f.Latest().Sections[0].Rows[1].Value; got != "Bello" {
		t.Errorf("latest answer %q, want Bello", got)
	}
	ch := f.Latest().Changes
	if len(ch) != 1 || ch[0].Label != "Rufname" || ch[0].Before.Value != "Belo" || ch[0].After.Value != "Bello" {
		t.Errorf("changes %+v", ch)
	}
	if f.Messages[0].Text != "Guten Tag" || len(f.Attachments) != 1 || f.Attachments[0].FileName != "impf.pdf" {
		t.Errorf("content not opened: %+v %+v", f.Messages, f.Attachments)
	}
	if diff := cmp.Diff([]string{"case.opened"}, kinds(o.seen)); diff != "" {
		t.Error(diff)
	}
}

func TestInboxRows(t *testing.T) {
	s, o, _ := desk(t)
	who := staff("jena", civic.RoleClerk)
	in, err := s.Inbox(t.Context(), who, "jena", clerk.Ask{})
	want(t, err, "")
	row := in.Rows[0]
	if row.About != "Schulz · Bello" {
		t.Errorf("about %q: not in the order of the form", row.About)
	}
	for day, due := range map[int]clerk.Due{-1: {Kind: "over", Days: 1}, 0: {Kind: "today"}, 3: {Kind: "soon", Days: 3}, 20: {Kind: "ok", Days: 20}} {
		o.files["c1"].Case.Deadline = now.AddDate(0, 0, day)
		if in, err = s.Inbox(t.Context(), who, "jena", clerk.Ask{}); err != nil || in.Rows[0].Due != due {
			t.Errorf("in %d days: %+v (%v), want %+v", day, in.Rows[0].Due, err, due)
		}
	}
	o.files["c1"].Case.State = civic.Decided
	if in, _ = s.Inbox(t.Context(), who, "jena", clerk.Ask{}); in.Rows[0].Due.Kind != "" {
		t.Error("a decided case has no deadline any more")
	}
}

func TestAttachmentStreamsAndStaysShut(t *testing.T) {
	s, o, _ := desk(t)
	who := staff("jena", civic.RoleClerk)
	d, err := s.OpenAttachment(t.Context(), who, "jena", "c1", "a1")
	want(t, err, "")
	body, err := io.ReadAll(d.Body)
	if string(body) != "%PDF" || err != nil || d.Name != "impf.pdf" || o.seen[0].Kind != "attachment.opened" {
		t.Errorf("%q %v %q %v", body, err, d.Name, o.seen)
	}
	o.files["c1"].Attachments[0].Verdict = civic.VerdictInfected
	_, err = s.OpenAttachment(t.Context(), who, "jena", "c1", "a1")
	want(t, err, civic.Forbidden)
	_, err = s.OpenAttachment(t.Context(), who, "jena", "c1", "other")
	want(t, err, civic.NotFound)
}

func TestTheWholeWork(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	f := o.files["c1"]
	want(t, s.Take(ctx, who, at(3)), "")
	if f.Case.Assignee != "anna" || f.Case.State != civic.InProgress {
		t.Fatalf("not taken: %+v", f.Case)
	}
	want(t, s.Note(ctx, who, at(0), "Rückruf am Montag"), "")
	want(t, s.Write(ctx, who, at(3), "Bitte\r\nwarten", nil), "")
	last := o.changes[len(o.changes)-1]
	if string(last.Message.Body) != "kd/message:Bitte\nwarten" || last.Jobs[0] != (civic.Notify{Tenant: "jena", Case: "c1", What: "message", Ref: last.Message.ID}) || last.Terms[0].Text != "Bitte\nwarten" {
		t.Errorf("message %+v", last)
	}
	want(t, s.Ask(ctx, who, at(f.Case.Revision), clerk.Question{Pointers: []string{"/hund", "/erfunden"}, Text: "Wie heißt er?", Due: now.AddDate(0, 0, 14)}), "")
	last = o.changes[len(o.changes)-1]
	if diff := cmp.Diff([]string{"/hund"}, last.Request.Pointers); diff != "" || f.Case.State != civic.WaitingApplicant {
		t.Errorf("request %s %s", diff, f.Case.State)
	}
	f.Requests = []civic.Request{*last.Request}
	letter := "{{aktenzeichen}}: {{Leistung}} bei {{behoerde}} am {{datum}}"
	v := clerk.Verdict{Outcome: civic.Granted, Letter: letter}
	want(t, s.Decide(ctx, who, at(f.Case.Revision), v), "")
	last = o.changes[len(o.changes)-1]
	if got := string(last.Decision.Letter); got != "kd/letter:HUST-2026-000001: Hundesteuer bei Stadt Jena am 27.03.2026" {
		t.Errorf("letter %q", got)
	}
	if !last.Decision.Deemed.Equal(now.AddDate(0, 0, 4)) || last.Request == nil || last.Request.Recalled.IsZero() {
		t.Errorf("decision %+v, request %+v", last.Decision, last.Request)
	}
	want(t, s.Close(ctx, who, at(f.Case.Revision)), "")
	want(t, s.Close(ctx, who, at(f.Case.Revision)), civic.Conflict)
	if f.Case.State != civic.Closed {
		t.Errorf("state %s", f.Case.State)
	}
}

func TestLateStepsSayWhatHappened(t *testing.T) {
	s, o, _ := desk(t)
	ctx := t.Context()
	want(t, s.Take(ctx, staff("jena", civic.RoleClerk), at(3)), "")
	err := s.Take(ctx, staff("jena", civic.RoleClerk), at(3))
	want(t, err, civic.Conflict)
	m := clerk.MovedOf(err)
	if m == nil || m.Revision != 4 || len(m.Since) != 1 || m.Since[0].Kind != "case.taken" {
		t.Fatalf("moved %+v", m)
	}
	// Somebody changes the case between reading and writing: a message goes through, a decision does not.
	o.race = func(f *civic.CaseFile) { f.Case.Revision++ }
	want(t, s.Write(ctx, staff("jena", civic.RoleClerk), at(0), "Hallo", nil), "")
	o.race = func(f *civic.CaseFile) { f.Case.Revision++ }
	err = s.Release(ctx, staff("jena", civic.RoleLead), at(o.files["c1"].Case.Revision))
	want(t, err, civic.Conflict)
	if clerk.MovedOf(err) == nil {
		t.Error("a lost race must say what happened too")
	}
}

func TestPayments(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who, f := t.Context(), staff("jena", civic.RoleClerk), o.files["c1"]
	want(t, s.BookPayment(ctx, who, at(3), "cash"), civic.Conflict)
	f.Payment, f.Case.State = &civic.Payment{ID: "p", Cents: 1000}, civic.AwaitingPayment
	want(t, s.BookPayment(ctx, who, at(3), "kisses"), civic.Invalid)
	want(t, s.BookPayment(ctx, who, at(3), "cash"), "")
	ch := o.changes[0]
	if f.Case.State != civic.Received || ch.Payment.State() != "paid" || ch.Payment.BookedBy != "anna" || ch.Events[0].Kind != "payment.booked" {
		t.Errorf("%+v", ch)
	}
	f.Payment = &civic.Payment{ID: "p2"}
	want(t, s.WaivePayment(ctx, who, at(4)), "")
	if ch = o.changes[1]; ch.Payment.State() != "waived" || ch.Events[0].Kind != "payment.waived" || f.Case.State != civic.Received {
		t.Errorf("%+v", ch)
	}
}

func TestOnlyLeadsAssign(t *testing.T) {
	s, o, _ := desk(t)
	ctx := t.Context()
	bert := staff("jena", civic.RoleClerk)
	bert.Staff.ID, bert.Staff.Name = "bert", "Bert Bach"
	if _, err := s.Inbox(ctx, bert, "jena", clerk.Ask{}); err != nil { // he has been at the desk once
		t.Fatal(err)
	}
	want(t, s.Assign(ctx, staff("jena", civic.RoleClerk), at(3), "bert"), civic.Forbidden)
	want(t, s.Assign(ctx, staff("jena", civic.RoleLead), at(3), "nobody"), civic.Invalid)
	want(t, s.Assign(ctx, staff("jena", civic.RoleLead), at(3), "bert"), "")
	if c := o.files["c1"].Case; c.Assignee != "bert" || c.AssigneeName != "Bert Bach" {
		t.Errorf("%+v", c)
	}
	want(t, s.Release(ctx, staff("jena", civic.RoleClerk), at(4)), civic.Forbidden)
}

// The form that the citizen saw stays pinned: an overlay carries whose it is, also when the case is forwarded once more.
func TestForwardKeepsTheOverlay(t *testing.T) {
	s, o, _ := desk(t)
	o.files["c1"].Submissions[0].Pins = civic.Pins{Version: "v", Overlay: 4}
	o.files["c1"].Submissions[1].Pins = civic.Pins{Version: "v", Overlay: 4, OverlayTenant: "ulla"}
	want(t, s.Forward(t.Context(), staff("jena", civic.RoleClerk), at(3), "gera"), "")
	var got []civic.Pins
	for _, x := range o.forwards[0].Submissions {
		got = append(got, x.Pins)
	}
	if d := cmp.Diff([]civic.Pins{{Version: "v", Overlay: 4, OverlayTenant: "jena"}, {Version: "v", Overlay: 4, OverlayTenant: "ulla"}}, got); d != "" {
		t.Error(d)
	}
}

// The decision's letter shows in an envelope's window whom the latest answers name, else whom the log-in says.
func TestLetterIsAddressed(t *testing.T) {
	s, o, _ := desk(t)
	p := &press{}
	s.Printer = p
	who, f := staff("jena", civic.RoleClerk), o.files["c1"]
	f.Decision = &civic.Decision{Created: now, Letter: civic.Sealed("kd/letter:Text")}
	f.Submissions[1].Reach = civic.Sealed(`kd/reach:{"to":["Konto GmbH","Weg 1","Jena"]}`)
	for _, want := range [][]string{{"Konto GmbH", "Weg 1", "Jena"}, {"Schulz", "Am Anger 15", "Jena"}} {
		_, _, err := s.LetterPDF(t.Context(), who, "jena", "c1")
		if err != nil {
			t.Fatal(err)
		}
		l := p.letters[len(p.letters)-1]
		if d := cmp.Diff(want, l.To); d != "" || l.Created != now || l.Body != "Text" {
			t.Errorf("%s %+v", d, l)
		}
		f.Submissions[1].Answers = civic.Sealed(`kd/answers:{"name":"Schulz","hund":"Bello","strasse":"Am Anger 15","ort":"Jena"}`)
	}
}

// Whoever was appointed to the desk can be given a case before they ever came, and finds it as their own when they do.
func TestAppointedColleaguesCanBeGivenCases(t *testing.T) {
	s, o, _ := desk(t)
	ctx, lead := t.Context(), staff("jena", civic.RoleLead)
	o.team = []civic.Colleague{{ID: "bert", Name: "Bert", Email: "bert@jena.example"}}
	o.appointed = []civic.Appointment{{ID: "1", Email: "bert@jena.example", Roles: []civic.Role{civic.RoleClerk}}, {ID: "2", Email: "cora@jena.example", Roles: []civic.Role{civic.RoleLead}},
		{ID: "3", Email: "dirk@jena.example", Roles: []civic.Role{civic.RoleAdmin}}, {ID: "4", Group: "amt", Roles: []civic.Role{civic.RoleClerk}}}
	people, err := s.Colleagues(ctx, lead, "jena")
	want(t, err, "")
	var names []string
	for _, p := range people {
		names = append(names, p.Name)
	}
	if d := cmp.Diff([]string{"Anna Adler", "Bert", "cora@jena.example"}, names); d != "" {
		t.Fatal(d)
	}
	want(t, s.Assign(ctx, lead, at(3), people[2].ID), "")
	if c := o.files["c1"].Case; !civic.Awaited(c.Assignee) || strings.Contains(c.Assignee, "@") || strings.Contains(o.changes[0].Events[0].Data["assignee"], "@") {
		t.Errorf("given to %q, logged as %v", c.Assignee, o.changes[0].Events)
	}
	cora := civic.Actor{Staff: &civic.Staff{ID: "cora", Name: "Cora Claus", Email: "cora@jena.example", Roles: map[string][]civic.Role{"jena": {civic.RoleLead}}}}
	in, err := s.Inbox(ctx, cora, "jena", clerk.Ask{})
	want(t, err, "")
	if c := o.files["c1"].Case; c.Assignee != "cora" || c.AssigneeName != "Cora Claus" || len(in.People) != 3 {
		t.Errorf("Cora came: %q, people %v", c.AssigneeName, in.People)
	}
}

// From case to case through the whole inbox, not only its page.
func TestNeighbours(t *testing.T) {
	s, o, _ := desk(t)
	for _, id := range []string{"c2", "c3"} {
		f := *o.files["c1"]
		f.Case.ID = id
		o.files[id] = &f
	}
	for id, n := range map[string]clerk.Neighbours{"c1": {Next: "c2"}, "c2": {Previous: "c1", Next: "c3"}, "c3": {Previous: "c2"}} {
		got, err := s.Neighbours(t.Context(), staff("jena", civic.RoleClerk), "jena", clerk.Ask{After: "the page that it was opened from"}, id)
		if want(t, err, ""); got != n {
			t.Errorf("beside %s: %+v", id, got)
		}
	}
}

func TestForward(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	for _, target := range []string{"jena", "ulla", "nowhere", ""} {
		want(t, s.Forward(ctx, who, at(3), target), civic.Invalid)
	}
	f, err := s.Peek(ctx, who, "jena", "c1", "de")
	want(t, err, "")
	list, err := s.Targets(ctx, who, f, "stadt")
	if len(list) != 1 || list[0].ID != "gera" || err != nil {
		t.Errorf("targets %v %v", list, err)
	}
	want(t, s.Forward(ctx, who, at(3), "gera"), "")
	fw := o.forwards[0]
	if fw.Case.Tenant != "gera" || fw.Case.FileNumber != "HUST-2026-000007" || fw.Case.State != civic.Received || fw.Dossier.ID == "d1" ||
		string(fw.Dossier.CodeHash) != "h" || fw.Closed.Case.ForwardedTo != fw.Case.ID || fw.Closed.Was != 3 {
		t.Errorf("%+v", fw)
	}
	if a := fw.Attachments[0]; a.ID == "a1" || a.URN() != "urn:uuid:a1" || a.Tenant != "gera" || a.Dossier != fw.Dossier.ID {
		t.Errorf("attachment %+v: answers must still find it", a)
	}
	if fw.Submissions[1].Case != fw.Case.ID || fw.Submissions[1].ID == "s2" || len(fw.Messages) != 1 || fw.Messages[0].Tenant != "gera" {
		t.Errorf("carried %+v %+v", fw.Submissions, fw.Messages)
	}
	notices := 0
	for _, j := range fw.Jobs {
		if n, ok := j.(civic.Notify); ok && n.What == "forwarded" {
			notices++
		}
		if n, ok := j.(civic.FanOut); ok && n.Notice != "" {
			notices++
		}
	}
	if notices != 1 {
		t.Errorf("the applicant gets %d mails of one step", notices)
	}
}

func TestBadInput(t *testing.T) {
	s, _, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	due := now.AddDate(0, 0, 7)
	for name, err := range map[string]error{
		"empty message":   s.Write(ctx, who, at(3), " \n ", nil),
		"long message":    s.Write(ctx, who, at(3), strings.Repeat("x", 20_001), nil),
		"no fields":       s.Ask(ctx, who, at(3), clerk.Question{Text: "x", Due: due}),
		"unknown field":   s.Ask(ctx, who, at(3), clerk.Question{Text: "x", Due: due, Pointers: []string{"/zaun"}}),
		"past day":        s.Ask(ctx, who, at(3), clerk.Question{Text: "x", Due: now.AddDate(0, 0, -1), Pointers: []string{"/name"}}),
		"no outcome":      s.Decide(ctx, who, at(3), clerk.Verdict{Letter: "x"}),
		"bad placeholder": s.Decide(ctx, who, at(3), clerk.Verdict{Outcome: civic.Refused, Letter: "{{nmae}}"}),
	} {
		if civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeepLooksAtContent(t *testing.T) {
	s, _, blobs := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	a, err := s.Keep(ctx, who, at(0), clerk.Upload{Field: "files", Name: `C:\x\be/scheid` + "\u202e.exe", Body: strings.NewReader("%PDF-1.7 letter")})
	want(t, err, "")
	if string(a.Name) != "kd/name:scheid.pdf" || a.Bytes != 15 || !a.FromOffice || string(blobs[a.BlobKey]) != "%PDF-1.7 letter" {
		t.Errorf("%+v %q", a, a.Name)
	}
	_, err = s.Keep(ctx, who, at(0), clerk.Upload{Field: "files", Name: "x.pdf", Body: strings.NewReader("MZ program")})
	want(t, err, civic.Invalid)
	_, err = s.Keep(ctx, who, at(0), clerk.Upload{Field: "files", Name: "x.pdf", Body: io.MultiReader(strings.NewReader("%PDF-1.7"), io.LimitReader(zeros{}, 21<<20))})
	want(t, err, civic.TooLarge)
	a.Dossier = "d9"
	want(t, s.Write(ctx, who, at(0), "Anbei", []civic.Attachment{a}), civic.NotFound)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Whatever shows a case to somebody leaves one record that they have read it, by whichever address they came.
func TestReadingIsRecorded(t *testing.T) {
	who := staff("jena", civic.RoleClerk)
	for name, open := range map[string]bool{"the case": true, "a form on it": false} {
		s, o, _ := desk(t)
		read := func() {
			t.Helper()
			do := s.Peek
			if open {
				do, open = s.Open, false
			}
			_, err := do(t.Context(), who, "jena", "c1", "de")
			want(t, err, "")
		}
		read()
		if len(o.seen) != 1 || o.seen[0].Kind != "case.opened" || o.seen[0].Actor != who.Name() || len(o.seen[0].Data) != 0 {
			t.Errorf("%s: recorded %v", name, o.seen)
		}
		file := o.files["c1"]
		file.Events = append(file.Events, o.seen...)
		if read(); len(o.seen) != 1 {
			t.Errorf("%s: a form from the open case is recorded anew: %v", name, o.seen)
		}
		file.Events[len(file.Events)-1].At = now.Add(-time.Hour)
		if read(); len(o.seen) != 2 {
			t.Errorf("%s: an hour later it is not recorded: %v", name, o.seen)
		}
	}
}
