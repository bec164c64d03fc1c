package apply

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

func TestAnswerChangesOnlyWhatWasAskedFor(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	_, err := w.Correct(ctx, who, id, "de", nil)
	code(t, err, civic.NotFound)
	w.ask(id, "/hunde/0/rufname")
	c, err := w.Answer(ctx, who, id, "de", formdef.Typed{"/hunde/0/rufname": {"Waldi"}, "/hunde/0/farbe": {"grün"}, "/halter/familienname": {"Anders"}})
	if err != nil || len(c.Problems) > 0 {
		t.Fatal(err, c.Problems)
	}
	m, err := w.Case(ctx, who, id, "de", true)
	if err != nil {
		t.Fatal(err)
	}
	now := string(m.Frozen)
	if !strings.Contains(now, "Waldi") || strings.Contains(now, "grün") || strings.Contains(now, "Anders") {
		t.Errorf("the amendment says %s", now)
	}
	first, _, err := w.Answers(m, m.File.Submissions[0])
	if err != nil || !strings.Contains(string(first), "Bello") {
		t.Errorf("the first submission says %s, %v", first, err)
	}
	if m.File.Case.State != civic.InProgress || m.OpenRequest() != nil || m.Latest().Kind != civic.SubmissionAmendment {
		t.Errorf("%s, %+v", m.File.Case.State, m.Latest())
	}
	_, err = w.Answer(ctx, who, id, "de", formdef.Typed{"/hunde/0/rufname": {"Zweimal"}})
	code(t, err, civic.NotFound)
}

func TestAnswerWithProblemsStoresNothing(t *testing.T) {
	w := newWorld(t)
	who, id := w.sent(t, civic.Actor{})
	w.ask(id, "/hunde/0/wurfdatum")
	c, err := w.Answer(t.Context(), who, id, "de", formdef.Typed{"/hunde/0/wurfdatum/day": {"40"}, "/hunde/0/wurfdatum/month": {"5"}, "/hunde/0/wurfdatum/year": {"2021"}})
	if err != nil || len(c.Problems) == 0 || len(w.store.files[id].Submissions) != 1 {
		t.Errorf("%v, %v", err, c.Problems)
	}
	if c.State.Typed["/hunde/0/wurfdatum/day"][0] != "40" {
		t.Error("what was typed is lost")
	}
}

// Rows that are added and removed, and files that are taken out, on the page of a correction: nothing is sent by that, and
// it all holds until the answer is.
func TestCorrectionInSteps(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	w.ask(id, "/hunde", "/versicherung/nachweis")
	c, err := w.Correct(ctx, who, id, "de", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = w.CorrectTyped(ctx, who, id, "de", posted(c.Pages, formdef.Typed{"/hunde/0/rufname": {"Waldi"}})); err != nil {
		t.Fatal(err)
	}
	code(t, c.Step("add:/hunde"), "")
	code(t, c.Step("add:/versicherung"), civic.Invalid)
	code(t, c.Step("close:/hunde"), civic.Invalid)
	in := posted(c.Pages, formdef.Typed{StepsField: c.Steps, "/hunde/1/rufname": {"Zweiter"}, "/hunde/1/gechippt": {"true"}})
	_, err = w.CorrectFile(ctx, who, "de", Upload{Dossier: id, Pointer: "/versicherung/nachweis", Name: "neu.pdf", Body: bytes.NewReader(pdf)}, in)
	code(t, err, "")
	var old string
	for _, f := range c.Case.Files {
		if f.Pointer == "/versicherung/nachweis" {
			old = f.URN()
		}
	}
	if c, err = w.CorrectTyped(ctx, who, id, "de", in); err != nil {
		t.Fatal(err)
	}
	if dogs := c.State.Answers["hunde"].([]any); len(dogs) != 2 || dogs[1].(map[string]any)["rufname"] != "Zweiter" {
		t.Errorf("the added row: %v", dogs)
	}
	code(t, c.Step("detach:/versicherung/nachweis#"+old), "")
	code(t, c.Step("remove:/hunde/1"), "")
	if len(w.store.files[id].Submissions) != 1 {
		t.Fatal("a step sent the answer")
	}
	c, err = w.Answer(ctx, who, id, "de", posted(c.Pages, formdef.Typed{StepsField: c.Steps}))
	if err != nil || len(c.Problems) > 0 {
		t.Fatal(err, c.Problems)
	}
	m, err := w.Case(ctx, who, id, "de", false)
	if err != nil {
		t.Fatal(err)
	}
	urns := m.Form.URNs(m.State.Answers)
	if len(m.State.Answers["hunde"].([]any)) != 1 || slices.Contains(urns, old) || len(urns) != 2 || !strings.Contains(string(m.Frozen), "Waldi") {
		t.Errorf("sent: %s", m.Frozen)
	}
	_, err = w.Correct(ctx, who, id, "de", nil)
	code(t, err, civic.NotFound)
}

// A forwarded application shows its applicant the way to its new office and back, and nobody else.
func TestForwardedCasesAreLinked(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	here := w.store.files[id]
	there := *here
	there.Dossier.ID, there.Case.Dossier, there.Case.ID, there.Case.FileNumber = "d-there", "d-there", "c-there", "HUST-2026-900001"
	there.Events = []civic.Event{{Kind: "case.arrived", Actor: "system"}}
	here.Case.State, here.Case.ForwardedTo = civic.Forwarded, "c-there"
	w.store.files["d-there"] = &there
	m, err := w.Case(ctx, who, id, "de", true)
	if err != nil || m.After == nil || m.After.Case.Dossier != "d-there" || m.Before != nil {
		t.Fatalf("forwarded to %+v, from %+v, %v", m.After, m.Before, err)
	}
	m, err = w.Case(ctx, who, "d-there", "de", true)
	if err != nil || m.Before == nil || m.Before.Case.Dossier != id || m.After != nil {
		t.Fatalf("forwarded to %+v, from %+v, %v", m.After, m.Before, err)
	}
	there.Dossier.Account = "another"
	if m, err = w.Case(ctx, who, id, "de", true); err != nil || m.After != nil {
		t.Errorf("another's case is shown: %+v, %v", m.After, err)
	}
}

// A file of a question that an answer of the same page has just shown is taken, and still there when the page comes back and
// when it is sent.
func TestCorrectionOfAQuestionJustShown(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	w.ask(id, "/befreiung")
	const pointer = "/befreiung/nachweis"
	file := func(in formdef.Typed) error {
		_, err := w.CorrectFile(ctx, who, "de", Upload{Dossier: id, Pointer: pointer, Name: "beleg.pdf", Body: bytes.NewReader(pdf)}, in)
		return err
	}
	code(t, file(formdef.Typed{"/befreiung/beantragt": {"false"}}), civic.NotFound)
	in := formdef.Typed{"/befreiung/beantragt": {"true"}, "/befreiung/grund": {"rettungshund"}, "/befreiung/hund": {"1"}}
	if err := file(in); err != nil {
		t.Fatal(err)
	}
	c, err := w.CorrectTyped(ctx, who, id, "de", in)
	if err != nil {
		t.Fatal(err)
	}
	kept := func(c *Correction) bool {
		return slices.ContainsFunc(c.Case.Files, func(f Attachment) bool {
			return f.Pointer == pointer && slices.Contains(c.Form.URNs(c.State.Answers), f.URN())
		})
	}
	if !kept(c) {
		t.Errorf("the file is lost: %v of %v", c.State.Answers["befreiung"], c.Case.Files)
	}
	if c, err = w.Answer(ctx, who, id, "de", posted(c.Pages, nil)); err != nil || !kept(c) {
		t.Errorf("the file is lost when it is sent: %v, %v", c.Problems, err)
	}
}

// posted is what pages would post as they are drawn, with changes.
func posted(pages []formdef.View, changed formdef.Typed) formdef.Typed {
	out := formdef.Typed{}
	var walk func(list []formdef.Element)
	walk = func(list []formdef.Element) {
		for _, e := range list {
			for _, r := range e.Rows {
				walk(r.Elements)
			}
			walk(e.Children)
			if f := e.Field; f != nil && f.Value != "" {
				out[f.Pointer] = []string{f.Value}
			}
			if f := e.Field; f != nil {
				for _, p := range f.Parts {
					out[p.Name] = []string{p.Value}
				}
				for _, x := range f.Choices {
					if x.Selected {
						out[f.Pointer] = append(out[f.Pointer], x.Value)
					}
				}
			}
		}
	}
	for _, v := range pages {
		walk(v.Elements)
	}
	for name, values := range changed {
		out[name] = values
	}
	return out
}

// An answer meets a request that was taken back and replaced in between.
func TestAnswerToTheRequestThatWasSeen(t *testing.T) {
	w := newWorld(t)
	who, id := w.sent(t, civic.Actor{})
	w.ask(id, "/hunde/0/rufname")
	w.store.before = func() {
		w.store.files[id].Requests[0].Recalled = w.Now()
		w.ask(id, "/hunde/0/farbe")
	}
	_, err := w.Answer(t.Context(), who, id, "de", formdef.Typed{"/hunde/0/rufname": {"Waldi"}})
	code(t, err, civic.Conflict)
	if len(w.store.files[id].Submissions) != 1 {
		t.Error("the answer was stored")
	}
}

func TestCorrectionFilesFitTheirField(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	w.ask(id, "/versicherung/nachweis")
	up := func(pointer string) error {
		_, err := w.CorrectFile(ctx, who, "de", Upload{Dossier: id, Pointer: pointer, Name: "n.pdf", Body: bytes.NewReader(pdf)}, nil)
		return err
	}
	code(t, up(chip), civic.NotFound)
	for range maxFiles {
		if err := up("/versicherung/nachweis"); err != nil {
			code(t, err, civic.Invalid)
			break
		}
	}
	if n := len(w.store.rows); n > 12 {
		t.Errorf("%d files", n)
	}
	_, err := w.Correct(ctx, who, id, "de", nil)
	code(t, err, "")
}

func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	who, id := w.sent(t, civic.Actor{})
	w.store.before = func() { w.store.files[id].Case.Revision++ } // a clerk was quicker: the step is taken again
	code(t, w.Withdraw(t.Context(), who, id), "")
	if st := w.store.files[id].Case.State; st != civic.Withdrawn {
		t.Errorf("the case is %s", st)
	}
	code(t, w.Withdraw(t.Context(), who, id), civic.Conflict)
	code(t, w.Write(t.Context(), who, id, "Doch nicht", nil), civic.Conflict)
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	code(t, w.Write(ctx, who, id, "  ", nil), civic.Invalid)
	code(t, w.Write(ctx, who, id, strings.Repeat("ä", maxMessage+1), nil), civic.TooLarge)
	var docs []civic.Attachment
	for range documents.MaxFiles {
		a, err := w.AddDocument(ctx, who, Upload{Dossier: id, Pointer: "documents", Name: "Foto.pdf", Body: bytes.NewReader(pdf)}, docs)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, a)
	}
	_, err := w.AddDocument(ctx, who, Upload{Dossier: id, Pointer: "documents", Name: "zu viel.pdf", Body: bytes.NewReader(pdf)}, docs)
	code(t, err, civic.Invalid)
	_, err = w.AddDocument(ctx, who, Upload{Dossier: id, Pointer: "documents", Name: "groß.pdf", Body: io.MultiReader(bytes.NewReader(pdf), io.LimitReader(zeros{}, 11<<20))}, nil)
	code(t, err, civic.TooLarge)
	code(t, w.Write(ctx, who, id, "Anbei die Fotos.", docs), "")
	m, err := w.Case(ctx, who, id, "de", false)
	if err != nil || len(m.Messages) != 1 || m.Messages[0].Text != "Anbei die Fotos." || len(m.Messages[0].Files) != documents.MaxFiles {
		t.Errorf("%v, %+v", err, m.Messages)
	}
	if !bytes.HasPrefix(w.store.files[id].Messages[0].Body, []byte("sealed message\n")) {
		t.Error("the message is stored unsealed")
	}
	// To a draft nothing can be written, and no file is taken for it.
	who, id = w.start(t, civic.Actor{}, "hundesteuer-anmeldung")
	_, err = w.AddDocument(ctx, who, Upload{Dossier: id, Pointer: "documents", Name: "a.pdf", Body: bytes.NewReader(pdf)}, nil)
	code(t, err, civic.NotFound)
}
