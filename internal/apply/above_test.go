package apply

import (
	"bytes"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// The line breaks while a file goes up with its page: what stands below it on the page has not arrived, and is not emptied.
func TestSaveAboveAFile(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	const dogs = 2
	dog := func() map[string]any {
		a, err := w.Open(t.Context(), who, id, "de")
		if err != nil {
			t.Fatal(err)
		}
		return a.State.Answers["hunde"].([]any)[0].(map[string]any)
	}
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	chipless := formdef.Typed{}
	for name, v := range map[string]string{"rufname": "Bello", "wurfdatum/day": "14", "wurfdatum/month": "5", "wurfdatum/year": "2021", "geschlecht": "maennlich",
		"kreuzung": "false", "rasse": "Dackel", "farbe": "braun", "risthoehe": "27", "gechippt": "false", "haltungsbeginn/day": "20",
		"haltungsbeginn/month": "7", "haltungsbeginn/year": "2021", "anlass": "anschaffung", "vorbesitzer": "Zucht vom Hainich", "gefaehrlich": "false"} {
		chipless["/hunde/0/"+name] = []string{v}
	}
	if _, _, err := w.SavePage(t.Context(), who, id, "de", dogs, chipless); err != nil {
		t.Fatal(err)
	}
	if _, ok := a.Form.FileRule(formdef.State{Answers: formdef.Answers{"hunde": []any{dog()}}}, chip); ok || dog()["vorbesitzer"] != "Zucht vom Hainich" {
		t.Fatalf("the file is asked for before: %v", dog())
	}
	above := formdef.Typed{}
	for _, name := range []string{"rufname", "wurfdatum/day", "wurfdatum/month", "wurfdatum/year", "geschlecht", "kreuzung", "rasse", "farbe", "risthoehe"} {
		above["/hunde/0/"+name] = chipless["/hunde/0/"+name]
	}
	above["/hunde/0/rufname"], above["/hunde/0/gechippt"] = []string{"Waldi"}, []string{"true"}
	if err := w.SaveAbove(t.Context(), who, id, "de", dogs, above, chip); err != nil {
		t.Fatal(err)
	}
	got := dog()
	if got["rufname"] != "Waldi" || got["gechippt"] != true {
		t.Errorf("what stands above is not saved: %v", got)
	}
	if got["vorbesitzer"] != "Zucht vom Hainich" || got["haltungsbeginn"] != "2021-07-20" || got["anlass"] != "anschaffung" {
		t.Errorf("what stands below is lost: %v", got)
	}
	if _, err := w.Attach(t.Context(), who, "de", Upload{Dossier: id, Pointer: chip, Name: "x.pdf", Body: bytes.NewReader(pdf)}); err != nil {
		t.Errorf("the file is not taken: %v", err)
	}
	// A question that is none saves nothing.
	revision := w.store.drafts[id].Revision
	code(t, w.SaveAbove(t.Context(), who, id, "de", dogs, formdef.Typed{}, "/hunde/7/chipnachweis"), civic.NotFound)
	code(t, w.SaveAbove(t.Context(), who, id, "de", dogs, formdef.Typed{}, "/fremd"), civic.NotFound)
	if w.store.drafts[id].Revision != revision {
		t.Error("an upload to no question changed the draft")
	}
}
