package apply

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

func citizen(account string, level civic.Level) civic.Actor {
	return civic.Actor{Subject: civic.Subject{Account: account}, Identity: &civic.Identity{Level: level}}
}

func TestStartFailsClosed(t *testing.T) {
	const dogs, parking = "hundesteuer-anmeldung", "bewohnerparkausweis"
	w := newWorld(t)
	organisation := citizen("o", civic.LevelHigh)
	organisation.Identity.Organisation = true
	for name, c := range map[string]struct {
		who     civic.Actor
		service string
		want    civic.Code
	}{
		"nobody, no level asked":       {civic.Actor{}, dogs, ""},
		"nobody, basic asked":          {civic.Actor{}, parking, civic.LoginFirst},
		"none, basic asked":            {citizen("a", civic.LevelNone), parking, civic.LoginFirst},
		"unknown level":                {citizen("a", "gold"), parking, civic.LoginFirst},
		"basic":                        {citizen("a", civic.LevelBasic), parking, ""},
		"high":                         {citizen("a", civic.LevelHigh), parking, ""},
		"an organisation as a person":  {organisation, parking, civic.Forbidden},
		"a service that is not there":  {civic.Actor{}, "kurtaxe", civic.NotFound},
		"a clerk's level is no login":  {civic.Actor{Staff: &civic.Staff{ID: "s"}}, parking, civic.LoginFirst},
		"an organisation, both may be": {organisation, dogs, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Start(t.Context(), c.who, Start{Tenant: "jena", Service: c.service, Lang: "de"})
			code(t, err, c.want)
		})
	}
	w.forms.off = true
	_, err := w.Start(t.Context(), civic.Actor{}, Start{Tenant: "jena", Service: "hundesteuer-anmeldung"})
	code(t, err, civic.NotFound)
}

// A draft that was begun with a log-in is shown to its account only; whoever holds its code meanwhile can save what was
// typed, and see nothing.
func TestAccountOwnsItsDossier(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	owner, id := w.filled(t, citizen("a", civic.LevelSubstantial), "hundesteuer-anmeldung", "gueltig-ein-hund")
	var urn string
	for _, a := range w.store.rows {
		urn = a.ID
	}
	loggedOut := civic.Actor{Subject: civic.Subject{Codes: owner.Subject.Codes}}
	other := citizen("b", civic.LevelHigh)
	other.Subject.Codes = owner.Subject.Codes
	for who, want := range map[*civic.Actor]civic.Code{&owner: "", &loggedOut: civic.LoginFirst, &other: civic.NotFound, {}: civic.NotFound} {
		_, err := w.Open(ctx, *who, id, "de")
		code(t, err, want)
		_, body, err := w.OpenFile(ctx, *who, id, urn)
		code(t, err, want)
		if err == nil {
			code(t, body.Close(), "")
		}
		mine, err := w.Mine(ctx, *who)
		if (len(mine) == 1) != (want == "") || err != nil {
			t.Errorf("%d entries, %v", len(mine), err)
		}
	}
	code(t, w.Discard(ctx, loggedOut, id), civic.LoginFirst)
	a, err := w.Open(ctx, owner, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	first, _ := a.Form.View(0, a.State, nil)
	code(t, w.KeepPage(ctx, loggedOut, id, "de", 0, posted([]formdef.View{first}, formdef.Typed{"/halter/familienname": {"Später"}})), "")
	a, err = w.Open(ctx, owner, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.State.Answers["halter"].(map[string]any)["familienname"]; got != "Später" {
		t.Errorf("what was typed after the log-in had expired is lost: %v", got)
	}
	if _, _, err := w.Submit(ctx, owner, id, "de", Declaration{Given: true}); err != nil {
		t.Fatal(err)
	}
	before := w.store.drafts[id].Revision
	err = w.KeepPage(ctx, loggedOut, id, "de", 0, formdef.Typed{"/halter/familienname": {"Zu spät"}})
	if code(t, err, civic.Conflict); w.store.drafts[id].Revision != before {
		t.Error("a sent draft was saved")
	}
	_, err = w.Case(ctx, loggedOut, id, "de", false)
	code(t, err, civic.LoginFirst)
	_, err = w.Case(ctx, other, id, "de", false)
	code(t, err, civic.NotFound)
	code(t, w.Withdraw(ctx, other, id), civic.NotFound)
}

func TestAnonymousDraftBecomesTheAccounts(t *testing.T) {
	w := newWorld(t)
	st, err := w.Start(t.Context(), civic.Actor{}, Start{Tenant: "jena", Service: "hundesteuer-anmeldung", Lang: "de"})
	if err != nil {
		t.Fatal(err)
	}
	who := citizen("a", civic.LevelBasic)
	who.Subject.Codes = w.CodeHashes([]string{st.Code})
	if _, err := w.Open(t.Context(), who, st.Dossier, "de"); err != nil {
		t.Fatal(err)
	}
	who.Subject.Codes = nil
	_, err = w.Open(t.Context(), who, st.Dossier, "de")
	code(t, err, "")
	_, err = w.Recover(t.Context(), st.Code)
	if e := (*civic.Error)(nil); !errors.As(err, &e) || e.Key != "error.code.account" {
		t.Errorf("the code of an account's draft: %v", err)
	}
}

func TestSaveKeepsWhatCannotBeUnderstood(t *testing.T) {
	w := newWorld(t)
	who, id := w.start(t, civic.Actor{}, "hundesteuer-anmeldung")
	_, problems, err := w.SavePage(t.Context(), who, id, "de", 0, formdef.Typed{"/halter/art": {"person"}, "/halter/familienname": {"Muster\x00mann\xff"},
		"/halter/geburtsdatum/day": {"31"}, "/halter/geburtsdatum/month": {"Februar"}, "/halter/geburtsdatum/year": {"1964"}, "/fremd": {"x"}, "/hunde/0/rufname": {"Bello"}})
	if err != nil || len(problems) == 0 {
		t.Fatal(err, problems)
	}
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	holder := a.State.Answers["halter"].(map[string]any)
	if holder["familienname"] != "Mustermann" || holder["geburtsdatum"] != nil || a.State.Typed["/halter/geburtsdatum/month"][0] != "Februar" {
		t.Errorf("answers %v, typed %v", a.State.Answers, a.State.Typed)
	}
	if len(a.State.Answers) != 1 {
		t.Errorf("the page took what it did not ask: %v", a.State.Answers)
	}
	if !bytes.HasPrefix(w.store.drafts[id].Content, []byte("sealed draft\n")) {
		t.Error("the draft is stored unsealed")
	}
	_, _, err = w.SavePage(t.Context(), who, id, "de", 99, formdef.Typed{})
	code(t, err, civic.NotFound)
}

// Two tabs save at the same time: neither's answers are lost.
func TestSavesMeet(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	dogs := pageOf(t, w, who, id, "/hunde")
	w.store.before = func() {
		if _, _, err := w.SavePage(t.Context(), who, id, "de", dogs, formdef.Typed{"/hunde/0/rufname": {"Waldi"}}); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := w.SavePage(t.Context(), who, id, "de", 0, formdef.Typed{"/halter/art": {"person"}, "/halter/familienname": {"Schulz"}}); err != nil {
		t.Fatal(err)
	}
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	dog := a.State.Answers["hunde"].([]any)[0].(map[string]any)["rufname"]
	if name := a.State.Answers["halter"].(map[string]any)["familienname"]; name != "Schulz" || dog != "Waldi" {
		t.Errorf("%v, %v", name, dog)
	}
}

// pageOf is the page that asks for a pointer.
func pageOf(t *testing.T, w *world, who civic.Actor, id, pointer string) int {
	t.Helper()
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range a.Form.Journey(a.State) {
		if v, _ := a.Form.View(p.Index, a.State, nil); asks(v.Elements, pointer) {
			return p.Index
		}
	}
	t.Fatalf("no page asks for %s", pointer)
	return -1
}

func asks(list []formdef.Element, pointer string) bool {
	for _, e := range list {
		if e.Pointer == pointer || e.Field != nil && e.Field.Pointer == pointer || asks(e.Children, pointer) {
			return true
		}
	}
	return false
}

func TestHiddenAnswersAreNeverSent(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "verborgen-bank")
	_, got, err := w.Submit(t.Context(), who, id, "de", Declaration{Given: true})
	if err != nil || len(got.Problems) > 0 {
		t.Fatal(err, got.Problems)
	}
	if sent := string(got.Submission.Answers); !strings.Contains(sent, "zahlung") || strings.Contains(sent, "iban") {
		t.Errorf("sent: %s", sent)
	}
}

func TestSubmitOnce(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	_, got, err := w.Submit(t.Context(), who, id, "de", Declaration{})
	if err != nil || len(got.Problems) != 1 || got.Problems[0].Keyword != "declaration" {
		t.Fatal("without the declaration:", err, got.Problems)
	}
	_, first, err := w.Submit(t.Context(), who, id, "de", Declaration{Given: true})
	if err != nil || len(first.Problems) > 0 {
		t.Fatal(err, first.Problems)
	}
	_, again, err := w.Submit(t.Context(), who, id, "de", Declaration{Given: true})
	if err != nil || again.Submission.ID != first.Submission.ID || again.Submission.FileNumber != "HUST-2026-000001" {
		t.Errorf("sent again: %+v, %v", again.Submission, err)
	}
	if want := (wax{}).Sign(first.Submission.SignedReceipt().Message()); !bytes.Equal(first.Submission.Receipt, want) {
		t.Error("the receipt's signature covers something else")
	}
	a, _, err := w.SavePage(t.Context(), who, id, "de", 0, formdef.Typed{"/halter/familienname": {"Anders"}})
	code(t, err, civic.Conflict)
	if a == nil || a.Draft.Submission == "" {
		t.Error("a sent draft does not say so")
	}
	if c := w.store.files[id].Case; c.State != civic.Received || !c.Deadline.Equal((civic.Calendar{}).End(c.Received, civic.Span{Days: 28})) || !c.Fiction.IsZero() {
		t.Errorf("the case: %+v", c)
	}
}

func TestSubmitRefusesWhatIsIncomplete(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "fehlt-kein-hund")
	_, got, err := w.Submit(t.Context(), who, id, "de", Declaration{Given: true})
	if err != nil || len(got.Problems) == 0 || len(w.store.files) > 0 {
		t.Errorf("%v, %v", got.Problems, err)
	}
}

const chip = "/hunde/0/chipnachweis"

func TestUploads(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	rows, blobs := len(w.store.rows), len(w.blobs.blobs)
	for name, c := range map[string]struct {
		pointer string
		body    io.Reader
		want    civic.Code
	}{
		"over the limit":      {chip, io.MultiReader(bytes.NewReader(pdf), io.LimitReader(zeros{}, 11<<20)), civic.TooLarge},
		"another type":        {chip, strings.NewReader("<html><script>"), civic.Invalid},
		"an SVG":              {chip, strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"/>`), civic.Invalid},
		"nothing":             {chip, strings.NewReader(""), civic.Invalid},
		"broken off at once":  {chip, iotest.ErrReader(io.ErrUnexpectedEOF), civic.Invalid},
		"broken off later":    {chip, io.MultiReader(bytes.NewReader(pdf), io.LimitReader(zeros{}, 4096), iotest.ErrReader(io.ErrUnexpectedEOF)), civic.Invalid},
		"to no field":         {"/fremd", bytes.NewReader(pdf), civic.NotFound},
		"to a text field":     {"/halter/familienname", bytes.NewReader(pdf), civic.NotFound},
		"to a hidden field":   {"/befreiung/nachweis", bytes.NewReader(pdf), civic.NotFound},
		"to a missing row":    {"/hunde/7/chipnachweis", bytes.NewReader(pdf), civic.NotFound},
		"to the array itself": {"/hunde", bytes.NewReader(pdf), civic.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Attach(t.Context(), who, "de", Upload{Dossier: id, Pointer: c.pointer, Name: "a.pdf", Body: c.body})
			code(t, err, c.want)
			var e *civic.Error
			if c.want != civic.NotFound && (!errors.As(err, &e) || e.Field != c.pointer) {
				t.Errorf("%v does not name the field", err)
			}
			if len(w.store.rows) != rows || len(w.blobs.blobs) != blobs {
				t.Errorf("left behind: %d rows, %d blobs", len(w.store.rows)-rows, len(w.blobs.blobs)-blobs)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// An upload that another window's save passes, or that fails at last, leaves no row without a draft that refers to it.
func TestUploadAndAnotherWindow(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	up := func() (*Application, error) {
		return w.Attach(ctx, who, "de", Upload{Dossier: id, Pointer: chip, Name: "neu.pdf", Body: bytes.NewReader(pdf)})
	}
	rows := len(w.store.rows)
	w.store.before = func() {
		if _, _, err := w.SavePage(ctx, who, id, "de", 0, formdef.Typed{"/halter/art": {"person"}, "/halter/familienname": {"Zweitfenster"}}); err != nil {
			t.Error(err)
		}
	}
	a, err := up()
	if err != nil || len(w.store.rows) != rows { // it replaced the one before
		t.Fatalf("%d rows, not %d: %v", len(w.store.rows), rows, err)
	}
	if raw := string(w.store.drafts[id].Content); !strings.Contains(raw, "Zweitfenster") || !strings.Contains(raw, w.store.rows[rows-1].URN()) || a.State.Files[w.store.rows[rows-1].URN()].Name != "neu.pdf" {
		t.Errorf("one of both is lost: %s", raw)
	}
	w.store.before = func() {
		d := w.store.drafts[id]
		d.Submission = "sent in another window"
		w.store.drafts[id] = d
	}
	_, err = up()
	if code(t, err, civic.Conflict); len(w.store.rows) != rows {
		t.Errorf("a row was left behind: %d, not %d", len(w.store.rows), rows)
	}
}

// A file that is replaced, removed, or in a row that is removed, does not stay behind it.
func TestReplacedFilesGo(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	rows := len(w.store.rows)
	var a *Application
	for range maxFiles + 5 {
		var err error
		if a, err = w.Attach(ctx, who, "de", Upload{Dossier: id, Pointer: chip, Name: "neu.pdf", Body: bytes.NewReader(pdf)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.store.rows) != rows {
		t.Errorf("%d rows, not %d", len(w.store.rows), rows)
	}
	page := pageOf(t, w, who, id, "/hunde")
	dog := formdef.Typed{"/hunde/0/rufname": {"Bello"}, "/hunde/0/gechippt": {"true"}}
	if _, err := w.Rows(ctx, who, id, "de", page, dog, true, "/hunde"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Rows(ctx, who, id, "de", page, dog, false, "/hunde/0"); err != nil {
		t.Fatal(err)
	}
	if len(w.store.rows) != rows-1 {
		t.Errorf("the removed row's file stayed: %d rows, not %d", len(w.store.rows), rows-1)
	}
	proof := "/versicherung/nachweis"
	for _, f := range a.Files {
		if f.Pointer == proof {
			if _, err := w.Detach(ctx, who, id, "de", proof, f.URN()); err != nil {
				t.Fatal(err)
			}
			_, err := w.Detach(ctx, who, id, "de", proof, f.URN())
			code(t, err, civic.NotFound)
		}
	}
	if len(w.store.rows) != rows-2 {
		t.Errorf("the removed file stayed: %d rows, not %d", len(w.store.rows), rows-2)
	}
}

func TestOpenFile(t *testing.T) {
	w := newWorld(t)
	who, id := w.sent(t, civic.Actor{})
	a := w.store.rows[0]
	// As after forwarding: the same blob under a new id, no draft.
	delete(w.store.drafts, id)
	w.store.rows[0].ID = "00000000-0000-7000-8000-00000000ffff"
	got, body, err := w.OpenFile(t.Context(), who, id, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(body)
	if err != nil || !bytes.Equal(raw, pdf) || got.FileName != "Nachweis.pdf" || got.MediaType != "application/pdf" {
		t.Errorf("%q, %v, %+v", raw, err, got)
	}
	if err := body.Close(); err != nil || w.blobs.open != 0 {
		t.Errorf("%v, %d blobs are open", err, w.blobs.open)
	}
	w.store.rows[0].Verdict = civic.VerdictInfected
	_, _, err = w.OpenFile(t.Context(), who, id, a.ID)
	code(t, err, civic.Forbidden)
	_, _, err = w.OpenFile(t.Context(), civic.Actor{}, id, a.ID)
	code(t, err, civic.NotFound)
}

// How a log-in can be reached is kept, sealed, with the draft, and with what is sent as far as the application says nothing
// itself; an address that the provider has not proven never is.
func TestReachOfTheLogin(t *testing.T) {
	const sample, email = "gueltig-ein-hund", "/halter/kontakt/email"
	for name, c := range map[string]struct {
		verified, named bool
		noticeTo, kept  string
	}{
		"the application names another address": {true, true, "erika.mustermann@example.org", ""},
		"the account's":                         {true, false, "konto@demo.invalid", `{"email":"konto@demo.invalid"}`},
		"one that is not proven":                {false, false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			who := citizen("a", civic.LevelSubstantial)
			who.Identity.Email, who.Identity.EmailVerified = "konto@demo.invalid", c.verified
			who.Identity.Attributes = map[string]string{"family_name": "Konto", "street_and_building": "Weg 1", "city": "Jena"}
			who, id := w.filled(t, who, "hundesteuer-anmeldung", sample)
			a, err := w.Open(ctx, who, id, "de")
			if err != nil {
				t.Fatal(err)
			}
			if !c.named {
				v, _ := a.Form.View(pageOf(t, w, who, id, email), a.State, nil)
				if _, _, err := w.SavePage(ctx, who, id, "de", v.Index, posted([]formdef.View{v}, formdef.Typed{email: {""}})); err != nil {
					t.Fatal(err)
				}
			}
			if a, err = w.Open(ctx, who, id, "de"); err != nil || a.NoticeTo() != c.noticeTo {
				t.Errorf("notices go to %q, %v", a.NoticeTo(), err)
			}
			if raw := string(w.store.drafts[id].Content); strings.Contains(raw, "konto@demo.invalid") != c.verified || !strings.HasPrefix(raw, "sealed draft") {
				t.Errorf("the draft keeps %s", raw)
			}
			if _, sent, err := w.Submit(ctx, who, id, "de", Declaration{Given: true}); err != nil || len(sent.Problems) > 0 {
				t.Fatal(err, sent.Problems)
			}
			want := ""
			if c.kept != "" {
				want = "sealed reach\n" + c.kept
			}
			if raw := string(w.store.files[id].Submissions[0].Reach); raw != want {
				t.Errorf("sent with %q, not %q", raw, want)
			}
			if m, err := w.Case(ctx, who, id, "de", false); err != nil || strings.Contains(c.kept, "@") != (m.Reach.Email != "") {
				t.Errorf("%+v, %v", m.Reach, err)
			}
		})
	}
}

func TestRecoveryCode(t *testing.T) {
	w := newWorld(t)
	st, err := w.Start(t.Context(), civic.Actor{}, Start{Tenant: "jena", Service: "hundesteuer-anmeldung", Lang: "de"})
	if err != nil {
		t.Fatal(err)
	}
	for _, written := range []string{st.Code, strings.ToLower(st.Code), strings.ReplaceAll(st.Code, "-", ""), " " + strings.ReplaceAll(st.Code, "-", " – ") + " ",
		strings.NewReplacer("0", "o", "1", "L").Replace(st.Code)} {
		got, err := w.Recover(t.Context(), written)
		if err != nil || got != st.Code {
			t.Errorf("%q: %q, %v", written, got, err)
		}
	}
	for _, wrong := range []string{"", "x", strings.Repeat("0", 16), st.Code + "0", "U" + st.Code[1:], strings.Repeat("x", 1<<20)} {
		_, err := w.Recover(t.Context(), wrong)
		code(t, err, civic.Invalid)
	}
	if got := w.CodeFor([]string{"x", st.Code}, w.store.drafts[st.Dossier].CodeHash); got != st.Code {
		t.Errorf("CodeFor = %q", got)
	}
	// After a rotation of the master key the codes given out before still open.
	w.Seal = wax{key: "new", older: []string{""}}
	if got, err := w.Recover(t.Context(), st.Code); err != nil || got != st.Code {
		t.Errorf("after a rotation: %q, %v", got, err)
	}
	if _, err := w.Open(t.Context(), civic.Actor{Subject: civic.Subject{Codes: w.CodeHashes([]string{st.Code})}}, st.Dossier, "de"); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if got := w.CodeFor([]string{st.Code}, w.store.drafts[st.Dossier].CodeHash); got != st.Code {
		t.Errorf("after a rotation: CodeFor = %q", got)
	}
	if strings.Contains(string(w.store.drafts[st.Dossier].CodeHash), st.Code) || len(w.CodeHashes([]string{"", "x"})) != 0 {
		t.Error("the store knows the code, or takes what is none")
	}
}

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd.pdf", `C:\Users\Ich\Ausweis.PDF`: "Ausweis.PDF", "": "Datei.pdf", ".pdf": "pdf.pdf", "a\r\nSet-Cookie: x.pdf": "aSet-Cookie x.pdf",
		"rechnung\u202efdp.exe": "rechnungfdp.exe.pdf", `"><img src=x>.pdf`: "img src=x.pdf", "Führerschein Rückseite.pdf": "Führerschein Rückseite.pdf", "\xff\xfe.pdf": "pdf.pdf",
	} {
		if got := safeName(in, "application/pdf"); got != want {
			t.Errorf("safeName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := safeName(strings.Repeat("ä", 1000)+".pdf", "application/pdf"); len([]rune(got)) > 120 || !strings.HasSuffix(got, ".pdf") {
		t.Errorf("a long name became %q", got)
	}
}
