package clerk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
)

func colleague(id string, roles ...civic.Role) civic.Actor {
	return civic.Actor{Staff: &civic.Staff{ID: id, Name: strings.ToUpper(id), Roles: map[string][]civic.Role{"jena": roles}}}
}

// said is an error's key with its arguments.
func said(err error) []any {
	var e *civic.Error
	if !errors.As(err, &e) {
		return nil
	}
	return append([]any{e.Key}, e.Args...)
}

func TestFill(t *testing.T) {
	s, o, _ := desk(t)
	o.files["c1"].Submissions[1].Answers = civic.Sealed(`kd/answers:{"name":"*Schulz* {{name}}","hund":"- Bello\n1. April","strasse":"Am Anger 15","ort":"Jena"}`)
	o.files["c1"].Payment = &civic.Payment{Cents: 3050}
	who := staff("jena", civic.RoleClerk)
	f, err := s.Peek(t.Context(), who, "jena", "c1", "de")
	want(t, err, "")
	letter := clerk.Filling{Kind: civic.TemplateLetter, Outcome: civic.Refused, Remedy: "**Widerspruch** binnen {{frist}}"}
	for text, want := range map[string]string{
		"{{ Aktenzeichen }} vom {{eingang}}": "HUST-2026-000001 vom 17.03.2026",
		"{{anrede}}, {{gebuehr}}":            `Guten Tag \*Schulz\* {{name}}, 30,50 €`,
		"{{feld:/hund}}":                     "\\- Bello\\\n1\\. April",
		"Er heißt {{feld:rufname}}":          "Er heißt - Bello\\\n1\\. April",
		"{{datum}}":                          `27\.03.2026`,
		"am {{datum}} {{entscheidung}}":      "am 27.03.2026 outcome.refused",
		"{{rechtsbehelf}}":                   "**Widerspruch** binnen {{frist}}", // Markdown of the house, filled before
		"{{bearbeitung}} {{behoerde}}":       "Anna Adler Stadt Jena",
		"no { { name } } here":               "no { { name } } here",
	} {
		if got, err := s.Fill(f, who, text, letter); err != nil || got != want {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
	if got, err := s.Fill(f, who, "{{name}}", clerk.Filling{Kind: civic.TemplateMessage}); got != "*Schulz* {{name}}" {
		t.Errorf("plain text %q (%v)", got, err)
	}
	for text, want := range map[string][]any{
		"a\n\n{{aktenzeihcen}}":      {"error.desk.placeholder.like", "name", "aktenzeihcen", "line", 3, "like", "{{aktenzeichen}}"},
		"{{datum}}\n{{farbe}} {{x}}": {"error.desk.placeholder", "name", "farbe", "line", 2},
		"{{feld:/zaun}}":             {"error.desk.placeholder", "name", "feld:/zaun", "line", 1},
		"{{telefon}}":                {"error.desk.placeholder.empty", "name", "telefon", "line", 1},
	} {
		_, err := s.Fill(f, who, text, letter)
		if diff := cmp.Diff(want, said(err)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		letter.Leave = true
		if got, err := s.Fill(f, who, "{{aktenzeichen}} {{farbe}}", letter); err != nil || !strings.HasSuffix(got, " {{farbe}}") {
			t.Errorf("%q %v", got, err)
		}
		letter.Leave = false
	}
}

func TestTemplates(t *testing.T) {
	s, o, _ := desk(t)
	ctx := t.Context()
	x := civic.Template{Kind: civic.TemplateLetter, Title: "  Ihre   Anmeldung ", Service: "hund", Outcome: civic.Granted, Body: "{{anrede}},\n{{feld:Rufname}}"}
	for name, who := range map[string]civic.Actor{"clerk": staff("jena", civic.RoleClerk), "admin elsewhere": staff("gera", civic.RoleAdmin), "nobody": {}} {
		if _, err := s.SaveTemplate(ctx, who, "jena", x); civic.CodeOf(err) != civic.Forbidden && civic.CodeOf(err) != civic.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for field, bad := range map[string]civic.Template{
		"title": {Kind: civic.TemplateMessage, Body: "x"}, "kind": {Kind: "poem", Title: "x", Body: "x"}, "body": {Kind: civic.TemplateMessage, Title: "x", Body: "{{nix}}"},
		"body ": {Kind: civic.TemplateMessage, Title: "x", Body: "{{feld:/name}}"}, "body  ": {Kind: civic.TemplateMessage, Title: "x", Service: "hund", Body: "{{feld:/zaun}}"},
		"body   ": {Kind: civic.TemplateMessage, Title: "x", Body: strings.Repeat("x", 20_001)},
	} {
		_, err := s.SaveTemplate(ctx, staff("jena", civic.RoleAdmin), "jena", bad)
		var e *civic.Error
		if !errors.As(err, &e) || e.Code != civic.Invalid || e.Field != strings.TrimSpace(field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	id, err := s.SaveTemplate(ctx, staff("jena", civic.RoleAdmin), "jena", x)
	want(t, err, "")
	for _, more := range []civic.Template{{Kind: civic.TemplateLetter, Title: "Ablehnung", Outcome: civic.Refused, Body: "x"}, {Kind: civic.TemplateMessage, Title: "Gruß", Body: "x"},
		{Kind: civic.TemplateRemedy, Title: "Alle", Body: "Klage binnen {{frist}}"}, {Kind: civic.TemplateLetter, Title: "Anderes", Service: "katze", Body: "x"}} {
		_, err := s.SaveTemplate(ctx, staff("jena", civic.RoleLead), "jena", more)
		want(t, err, "")
	}
	f, err := s.Peek(ctx, staff("jena", civic.RoleClerk), "jena", "c1", "de")
	want(t, err, "")
	fit, err := s.TemplatesFor(ctx, staff("jena", civic.RoleClerk), f, civic.TemplateLetter, civic.Granted)
	if want(t, err, ""); len(fit) != 1 || fit[0].ID != id || fit[0].Title != "Ihre Anmeldung" {
		t.Errorf("%+v", fit)
	}
	if got, err := s.Remedy(ctx, staff("jena", civic.RoleClerk), f); err != nil || got != `Klage binnen 30.03.2026` {
		t.Errorf("%q %v", got, err)
	}
	if got, err := s.PreviewTemplate(ctx, staff("jena", civic.RoleLead), "jena", x); err != nil || !strings.HasPrefix(got, "desk.letter.anrede,") {
		t.Errorf("%q %v", got, err)
	}
	x.ID, x.Kind, x.Title = id, civic.TemplateMessage, "Neu"
	_, err = s.SaveTemplate(ctx, staff("jena", civic.RoleLead), "jena", x)
	want(t, err, "")
	if i := slices.IndexFunc(o.letters.templates, func(t civic.Template) bool { return t.ID == id }); o.letters.templates[i].Kind != civic.TemplateLetter || o.letters.templates[i].Title != "Neu" {
		t.Errorf("%+v", o.letters.templates[i])
	}
	want(t, s.DeleteTemplate(ctx, staff("jena", civic.RoleLead), "jena", id), "")
	want(t, s.SaveCorrespondence(ctx, staff("jena", civic.RoleAdmin), "jena", civic.Correspondence{Remind: 31}), civic.Invalid)
	want(t, s.SaveCorrespondence(ctx, staff("jena", civic.RoleAdmin), "jena", civic.Correspondence{Remind: 0, Head: "Fachdienst\r\nZimmer 3"}), "")
	if diff := cmp.Diff([]string{"Fachdienst", "Zimmer 3"}, o.letters.house.HeadLines()); diff != "" {
		t.Error(diff)
	}
}

func TestRequestSaysWhatIsWrongWhere(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	o.paper().house.Remind = 3
	due := now.AddDate(0, 0, 14)
	want(t, s.Ask(ctx, who, at(3), clerk.Question{Pointers: []string{"/name", "/hund"}, Comments: map[string]string{"/name": "Vorname fehlt"}, Due: due}), civic.Invalid)
	want(t, s.Ask(ctx, who, at(3), clerk.Question{Pointers: []string{"/hund"}, Comments: map[string]string{"/hund": "{{frsit}}"}, Due: due}), civic.Invalid)
	want(t, s.Ask(ctx, who, at(3), clerk.Question{Pointers: []string{"/hund"}, Due: due,
		Comments: map[string]string{"/hund": " bis {{frist}}: wie heißt er? ", "/name": "wird nicht gefragt"}}), "")
	r := o.changes[len(o.changes)-1].Request
	if string(r.Comments) != `kd/comment:{"/hund":"bis 10.04.2026: wie heißt er?"}` || !r.Remind.Equal(due.AddDate(0, 0, -3)) {
		t.Errorf("%s %v", r.Comments, r.Remind)
	}
	o.files["c1"].Requests = []civic.Request{*r}
	f, err := s.Peek(ctx, who, "jena", "c1", "de")
	want(t, err, "")
	if diff := cmp.Diff([]clerk.Remark{{Label: "Rufname", Comment: "bis 10.04.2026: wie heißt er?"}}, f.Requests[0].Remarks); diff != "" {
		t.Error(diff)
	}
}

func TestFourEyes(t *testing.T) {
	s, o, _ := desk(t)
	ctx := t.Context()
	form := newForm(t)
	form.Package.Form.FourEyes = true
	s.Forms = town{form: form}
	anna, bert, lead := colleague("anna", civic.RoleClerk), colleague("bert", civic.RoleClerk), colleague("lena", civic.RoleLead)
	c := &o.files["c1"].Case
	v := clerk.Verdict{Outcome: civic.Refused, Letter: "Nein zu {{aktenzeichen}}"}
	want(t, s.Propose(ctx, anna, at(3), v), civic.Conflict) // nobody has taken it
	want(t, s.Take(ctx, anna, at(3)), "")
	want(t, s.Decide(ctx, anna, at(c.Revision), v), civic.Conflict)
	want(t, s.Propose(ctx, anna, at(c.Revision), clerk.Verdict{Outcome: civic.Refused, Letter: "{{nmae}}"}), civic.Invalid)
	want(t, s.Propose(ctx, anna, at(c.Revision), v), "")
	p := o.files["c1"].Proposals[0]
	if string(p.Letter) != "kd/letter:Nein zu HUST-2026-000001" || c.State != civic.InProgress || o.changes[len(o.changes)-1].Terms[0].Text != "proposed" {
		t.Errorf("%+v %s", p, p.Letter)
	}
	// While it waits, nothing else is decided on the case, and nobody approves their own.
	for name, err := range map[string]error{"decide": s.Decide(ctx, bert, at(c.Revision), v), "propose": s.Propose(ctx, bert, at(c.Revision), v),
		"ask":     s.Ask(ctx, bert, at(c.Revision), clerk.Question{Pointers: []string{"/hund"}, Text: "x", Due: now.AddDate(0, 0, 3)}),
		"forward": s.Forward(ctx, bert, at(c.Revision), "gera"), "another": s.Approve(ctx, bert, at(c.Revision), "other")} {
		if civic.CodeOf(err) != civic.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	want(t, s.Approve(ctx, anna, at(c.Revision), p.ID), civic.Forbidden)
	want(t, s.Return(ctx, anna, at(c.Revision), p.ID, "x"), civic.Forbidden)
	want(t, s.Approve(ctx, colleague("eve", civic.RoleAdmin), at(c.Revision), p.ID), civic.Forbidden)
	want(t, s.Retract(ctx, bert, at(c.Revision), p.ID), civic.Forbidden)
	want(t, s.Return(ctx, bert, at(c.Revision), p.ID, " "), civic.Invalid)
	want(t, s.Return(ctx, bert, at(c.Revision), p.ID, "Bitte begründen"), "")
	f, err := s.Peek(ctx, anna, "jena", "c1", "de")
	if want(t, err, ""); f.Proposed() != nil || f.Returned() == nil || f.Returned().Why != "Bitte begründen" {
		t.Errorf("%+v", f.Proposals)
	}
	want(t, s.Approve(ctx, bert, at(c.Revision), p.ID), civic.Conflict)
	v.Letter = "Nein, weil."
	want(t, s.Propose(ctx, anna, at(c.Revision), v), "")
	want(t, s.Retract(ctx, lead, at(c.Revision), o.files["c1"].Proposals[1].ID), "")
	want(t, s.Propose(ctx, anna, at(c.Revision), v), "")
	p = o.files["c1"].Proposals[2]
	want(t, s.Approve(ctx, bert, at(c.Revision-1), p.ID), civic.Conflict) // it moved
	want(t, s.Approve(ctx, bert, at(c.Revision), p.ID), "")
	ch := o.changes[len(o.changes)-1]
	d, sum := ch.Decision, sha256.Sum256([]byte("Nein, weil."))
	if c.State != civic.Decided || d.Author != "anna" || d.Approver != "bert" || string(d.Letter) != "kd/letter:Nein, weil." || ch.Proposal.Verdict != "approved" || len(ch.Untag) != 1 {
		t.Errorf("%+v", ch)
	}
	if ev := ch.Events[0]; ev.Data["digest"] != hex.EncodeToString(sum[:]) || ev.Data["author"] != "anna" || ev.Actor != "bert" || ev.Data["seal"] != "stamp" {
		t.Errorf("%+v", ev)
	}
	if string(d.Seal.Bytes) != "antragswerk-letter-v1\nHUST-2026-000001\n"+hex.EncodeToString(sum[:])+"\n2026-03-27T09:00:00Z" {
		t.Errorf("%s", d.Seal.Bytes)
	}
}

func TestNoLetterWithoutItsSeal(t *testing.T) {
	s, o, _ := desk(t)
	s.Signet = stamp{down: true}
	who := staff("jena", civic.RoleClerk)
	want(t, s.Take(t.Context(), who, at(3)), "")
	want(t, s.Decide(t.Context(), who, at(0), clerk.Verdict{Outcome: civic.Granted, Letter: "Ja"}), civic.Unavailable)
	if o.files["c1"].Case.State != civic.InProgress {
		t.Error("decided all the same")
	}
}

func TestLetterDraftsAreOnesOwn(t *testing.T) {
	s, o, _ := desk(t)
	ctx, anna, bert := t.Context(), colleague("anna", civic.RoleClerk), colleague("bert", civic.RoleClerk)
	want(t, s.Begin(ctx, anna, at(0), "decide", map[string][]string{"letter": {"Sehr geehrte"}}), "")
	if got := string(o.letters.drafts["annadecide"].Body); got != `kd/letter-draft:{"letter":["Sehr geehrte"]}` {
		t.Error(got)
	}
	f, err := s.Peek(ctx, anna, "jena", "c1", "de")
	want(t, err, "")
	b, err := s.Begun(ctx, anna, f, "decide")
	if want(t, err, ""); b == nil || b.Values["letter"][0] != "Sehr geehrte" || !b.Saved.Equal(now) {
		t.Errorf("%+v", b)
	}
	for _, kind := range []string{"decide", "message"} {
		who := map[string]civic.Actor{"decide": bert, "message": anna}[kind]
		if b, err := s.Begun(ctx, who, f, kind); err != nil || b != nil {
			t.Errorf("%+v %v", b, err)
		}
	}
	want(t, s.Begin(ctx, anna, at(0), "poem", nil), civic.NotFound)
	want(t, s.Begin(ctx, anna, at(0), "decide", map[string][]string{"letter": {strings.Repeat("x", 300_000)}}), civic.TooLarge)
	want(t, s.Begin(ctx, staff("gera", civic.RoleClerk), at(0), "decide", nil), civic.NotFound)
	want(t, s.Discard(ctx, anna, at(0), "decide"), "")
	if len(o.letters.drafts) != 0 {
		t.Error("still there")
	}
}

func TestOpinion(t *testing.T) {
	s, o, blobs := desk(t)
	s.Forms = town{form: fileForm(t)}
	ctx, anna := t.Context(), colleague("anna", civic.RoleClerk)
	file := o.files["c1"]
	file.Submissions[1].Answers = civic.Sealed(`kd/answers:{"name":"Schulz","tiere":[{"chip":"1","rasse":"Mops"},{"chip":"geheim","rasse":"Dackel"}],"hund":"Bello","bild":"urn:uuid:00000000-0000-7000-8000-000000000001","pass":"urn:uuid:00000000-0000-7000-8000-000000000002"}`)
	for i, field := range []string{"bild", "pass"} {
		id := "00000000-0000-7000-8000-00000000000" + string(rune('1'+i))
		file.Attachments = append(file.Attachments, civic.Attachment{ID: id, Dossier: "d1", Tenant: "jena", BlobKey: "a/d1/" + id, Name: civic.Sealed("kd/name:" + field + ".pdf"), Bytes: 4,
			MediaType: "application/pdf", Verdict: civic.VerdictClean, Pointer: "/" + field})
		blobs["a/d1/"+id] = []byte(field)
	}
	in := clerk.Consultation{Pointers: []string{"/hund", "/bild", "/tiere/1/rasse", "/erfunden"}, Email: "amt@example.org", Question: "Ist {{feld:/hund}} gefährlich?", Days: 14}
	for field, spoil := range map[string]func(*clerk.Consultation){"email": func(c *clerk.Consultation) { c.Email = "kein" }, "text": func(c *clerk.Consultation) { c.Question = " " },
		"days": func(c *clerk.Consultation) { c.Days = 1000 }, "fields": func(c *clerk.Consultation) { c.Pointers = []string{"/erfunden"} }} {
		bad := in
		spoil(&bad)
		var e *civic.Error
		if err := s.Consult(ctx, anna, at(3), bad); !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	want(t, s.Consult(ctx, staff("gera", civic.RoleClerk), at(3), in), civic.NotFound)
	want(t, s.Consult(ctx, anna, at(3), in), "")
	f, err := s.Peek(ctx, anna, "jena", "c1", "de")
	want(t, err, "")
	asked := f.Opinions[0]
	if asked.Address != "amt@example.org" || asked.Words != "Ist Bello gefährlich?" || asked.Labels != "Rufname, Bild, Rasse" || asked.Code == "" {
		t.Errorf("%+v", asked)
	}
	id, code, err := s.AcceptOpinion(ctx, strings.ToLower(asked.Code))
	if want(t, err, ""); id != asked.ID || civic.ReadCode(asked.Code) != code {
		t.Errorf("%s %s", id, code)
	}
	_, _, err = s.AcceptOpinion(ctx, "AAAA-AAAA-AAAA-AAAA")
	want(t, err, civic.NotFound)

	// Who holds the code sees what is marked and no more; nobody else sees anything.
	expert := civic.Actor{Subject: civic.Subject{Invited: civic.MACs(wax{}.MACs).InvitationHashes(code)}}
	for name, who := range map[string]civic.Actor{"nobody": {}, "clerk": anna, "other": {Subject: civic.Subject{Invited: [][]byte{[]byte("guess")}}}} {
		if _, err := s.AskedOf(ctx, who, id, "de"); civic.CodeOf(err) != civic.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := s.AskedOf(ctx, expert, id, "de")
	want(t, err, "")
	var rows []string
	for _, l := range a.Sections[0].Rows {
		rows = append(rows, l.Label)
	}
	if diff := cmp.Diff([]string{"Rufname", "Bild", "2.", "Rasse"}, rows); diff != "" || !a.Waits {
		t.Error(diff)
	}
	_, err = s.AskedFile(ctx, expert, id, "00000000-0000-7000-8000-000000000001")
	want(t, err, "")
	for _, other := range []string{"00000000-0000-7000-8000-000000000002", "a1", "zaun"} {
		_, err = s.AskedFile(ctx, expert, id, other)
		want(t, err, civic.NotFound)
	}

	up, err := s.KeepAsked(ctx, expert, id, clerk.Upload{Field: "files", Name: "Gutachten.pdf", Body: strings.NewReader("%PDF-1.7 text")})
	want(t, err, "")
	want(t, s.AnswerAsked(ctx, expert, id, " ", "Nein", nil), civic.Invalid)
	want(t, s.AnswerAsked(ctx, expert, id, "Dr. Vet", " ", nil), civic.Invalid)
	o.race = func(f *civic.CaseFile) { f.Case.Revision++ }
	want(t, s.AnswerAsked(ctx, expert, id, "Dr.  Vet", "Nein, friedlich", []civic.Attachment{up}), "")
	want(t, s.AnswerAsked(ctx, expert, id, "Dr. Vet", "Doch", nil), civic.Conflict)
	if _, err = s.KeepAsked(ctx, expert, id, clerk.Upload{Body: strings.NewReader("%PDF-1.7 text")}); civic.CodeOf(err) != civic.Conflict {
		t.Error(err)
	}
	f, err = s.Peek(ctx, anna, "jena", "c1", "de")
	want(t, err, "")
	if got := f.Opinions[0]; got.Said != "Nein, friedlich" || got.By != "Dr. Vet" || len(got.Files) != 1 || got.Code != "" || !f.Case.Unread {
		t.Errorf("%+v", got)
	}
	for _, e := range append(slices.Clone(f.Events), o.seen...) {
		for _, v := range e.Data {
			if strings.Contains(v, "@") || strings.Contains(v, "Vet") {
				t.Errorf("an event holds personal data: %+v", e)
			}
		}
	}
	// What came with the opinion stays here when the case goes elsewhere.
	want(t, s.Forward(ctx, anna, at(f.Case.Revision), "gera"), "")
	if n := len(o.forwards[0].Attachments); n != len(f.Attachments)-1 {
		t.Errorf("%d attachments went along", n)
	}
	want(t, s.Unconsult(ctx, anna, at(0), id), "")
	_, err = s.AskedOf(ctx, expert, id, "de")
	want(t, err, civic.NotFound)
}

// fileForm asks for two files, too.
func fileForm(t *testing.T) *formdef.Form {
	t.Helper()
	p := newForm(t).Package
	rule := `,"type":"string","format":"file-urn","x-attachment":{"maxBytes":1000,"mediaTypes":["application/pdf"],"maxFiles":1}}`
	p.Schema = []byte(strings.Replace(schema, `"hund":`, `"tiere":{"type":"array","title":"Tiere","items":{"type":"object","properties":{"chip":{"type":"string","title":"Chip"},"rasse":{"type":"string","title":"Rasse"}}}},"bild":{"title":"Bild"`+rule+`,"pass":{"title":"Pass"`+rule+`,"hund":`, 1))
	p.UI = []byte(strings.Replace(ui, `]}]}`, `,{"type":"Control","scope":"#/properties/bild"},{"type":"Control","scope":"#/properties/pass"},{"type":"Group","label":"Weitere","elements":[{"type":"Control","scope":"#/properties/ort"}]},
		{"type":"Control","scope":"#/properties/tiere","options":{"elementLabelProp":"chip"}}]}]}`, 1))
	f, err := formdef.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
