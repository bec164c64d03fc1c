package apply

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// atEnd runs once when what is before it was read.
type atEnd struct{ do func() }

func (e *atEnd) Read([]byte) (int, error) {
	if do := e.do; do != nil {
		e.do = nil
		do()
	}
	return 0, io.EOF
}

// Whoever holds the last piece back on one line while another one completes the file, and lets it come when the file was scanned
// and sent, does not change what was scanned and sent.
func TestUploadInPiecesThatComesAgainLater(t *testing.T) {
	w := newWorld(t)
	good := scan(100_000)
	other := slices.Clone(good)
	copy(other[50_000:], "something else")
	who, p := w.announced(t, len(good))
	late := &atEnd{do: func() {
		if got, err := w.append(who, p, 0, bytes.NewReader(good)); err != nil || got.Received != got.Bytes {
			t.Error(got, err)
		}
		if _, sent, err := w.Submit(t.Context(), who, p.Dossier, "de", Declaration{Given: true}); err != nil || len(sent.Problems) > 0 {
			t.Error(sent, err)
		}
	}}
	_, err := w.append(who, p, 0, io.MultiReader(bytes.NewReader(other), late))
	if civic.CodeOf(err) == "" {
		t.Error("two lines made the same file")
	}
	_, body := w.made(t, who, p)
	raw, err := io.ReadAll(body)
	if err != nil || !bytes.Equal(raw, good) {
		t.Errorf("the file that was stored, scanned and sent is another one now: %v", err)
	}
}

// A row above goes while the last piece is on its way: the file still comes to the row that it was meant for.
func TestUploadInPiecesWhoseRowMoves(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	dog := func(name string) map[string]any {
		d := maps.Clone(a.State.Answers["hunde"].([]any)[0].(map[string]any))
		delete(d, "chipnachweis")
		d["rufname"] = name
		return d
	}
	_, _, err = w.edit(t.Context(), who, id, "de", func(a *Application) ([]formdef.Problem, error) {
		a.State.Answers = maps.Clone(a.State.Answers)
		a.State.Answers["hunde"] = []any{dog("Erster"), dog("Zweiter"), dog("Dritter")}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file := scan(1000)
	p, err := w.Announce(t.Context(), who, "de", Announcement{Dossier: id, Pointer: "/hunde/1/chipnachweis", Name: "Chip.pdf", Bytes: int64(len(file))})
	if err != nil {
		t.Fatal(err)
	}
	meanwhile := &atEnd{do: func() {
		_, _, err := w.edit(t.Context(), who, id, "de", func(a *Application) (_ []formdef.Problem, err error) {
			a.State, err = a.Form.RemoveRow(a.State, "/hunde/0")
			a.partial = withoutRow(a.partial, "/hunde/0")
			return nil, err
		})
		if err != nil {
			t.Error(err)
		}
	}}
	if _, err := w.append(who, p, 0, io.MultiReader(bytes.NewReader(file), meanwhile)); err != nil {
		t.Fatal(err)
	}
	if a, err = w.Open(t.Context(), who, id, "de"); err != nil {
		t.Fatal(err)
	}
	for _, d := range a.State.Answers["hunde"].([]any) {
		d := d.(map[string]any)
		if has := d["chipnachweis"] == w.rowOf(t, p).URN(); has != (d["rufname"] == "Zweiter") {
			t.Errorf("%v: %v", d["rufname"], d["chipnachweis"])
		}
	}
	if at := w.rowOf(t, p).Pointer; at != "/hunde/0/chipnachweis" {
		t.Errorf("the file lies at %s", at)
	}
}
