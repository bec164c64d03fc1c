package apply

import (
	"maps"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// window is a page of a draft as a browser holds it: what it shows, and what it was drawn from.
type window struct {
	w    *world
	who  civic.Actor
	id   string
	page int
	in   formdef.Typed
}

func (w *world) window(t *testing.T, who civic.Actor, id string, page int) *window {
	t.Helper()
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	v, ok := a.Form.View(page, a.State, nil)
	if !ok {
		t.Fatalf("no page %d", page)
	}
	return &window{w, who, id, page, posted([]formdef.View{v}, formdef.Typed{SeenField: {a.Seen()}})}
}

// save types and posts the page as it is.
func (x *window) save(t *testing.T, typed ...string) *Application {
	t.Helper()
	x.in = maps.Clone(x.in)
	for i := 0; i < len(typed); i += 2 {
		x.in[typed[i]] = []string{typed[i+1]}
	}
	a, _, err := x.w.SavePage(t.Context(), x.who, x.id, "de", x.page, x.in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) answer(t *testing.T, who civic.Actor, id, pointer string) any {
	t.Helper()
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes(formdef.State{}, a.State) {
		if c.key == pointer {
			return c.now
		}
	}
	return nil
}

func TestLatePostsAreMerged(t *testing.T) {
	const first, last = "/halter/vornamen", "/halter/familienname"
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	early, late := w.window(t, who, id, 0), w.window(t, who, id, 0)
	before := w.answer(t, who, id, last)
	early.save(t, first, "Früh")

	// Each has changed another question: both stand, and the later one is told.
	a := late.save(t, last, "Spät")
	if !a.Merged || len(a.Clashes) > 0 || w.answer(t, who, id, first) != "Früh" || w.answer(t, who, id, last) != "Spät" || before == "Spät" {
		t.Fatalf("merged %v, clashes %+v, %v %v", a.Merged, a.Clashes, w.answer(t, who, id, first), w.answer(t, who, id, last))
	}

	// Both have changed the same one: it stays as it was saved, and both are shown; the rest of the post is saved.
	a = early.save(t, last, "Streit", first, "Früher")
	if len(a.Clashes) != 1 || a.Clashes[0].Pointer != last || a.Clashes[0].Mine.Value != "Streit" || a.Clashes[0].Theirs.Value != "Spät" || a.Clashes[0].Label == "" {
		t.Fatalf("%+v", a.Clashes)
	}
	if w.answer(t, who, id, last) != "Spät" || w.answer(t, who, id, first) != "Früher" || a.Shown.Answers["halter"].(map[string]any)["familienname"] != "Streit" {
		t.Fatalf("%v %v %v", w.answer(t, who, id, last), w.answer(t, who, id, first), a.Shown.Answers)
	}
	// Saying it again in the same old page does not make it right (a script saves by itself) …
	if a = early.save(t); len(a.Clashes) != 1 || w.answer(t, who, id, last) != "Spät" {
		t.Fatalf("%+v %v", a.Clashes, w.answer(t, who, id, last))
	}
	// … but doing so on the page that showed both does.
	early.in[SeenField] = []string{a.Seen()}
	if a = early.save(t); len(a.Clashes) != 0 || w.answer(t, who, id, last) != "Streit" {
		t.Fatalf("%+v %v", a.Clashes, w.answer(t, who, id, last))
	}
}

// The back button: a page that has saved before is the same window still, and does not quarrel with itself.
func TestOwnSavesDoNotClash(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	x := w.window(t, who, id, 0)
	for _, name := range []string{"Eins", "Zwei", "Drei"} {
		if a := x.save(t, "/halter/familienname", name); len(a.Clashes) > 0 || a.Merged {
			t.Fatalf("%s: %+v %v", name, a.Clashes, a.Merged)
		}
	}
	// An older page that is sent again without a change gives way to what was saved since.
	old := w.window(t, who, id, 0)
	w.window(t, who, id, 0).save(t, "/halter/familienname", "Neuer")
	if a := old.save(t); len(a.Clashes) > 0 || !a.Merged || w.answer(t, who, id, "/halter/familienname") != "Neuer" {
		t.Fatalf("%+v, %v", a.Clashes, w.answer(t, who, id, "/halter/familienname"))
	}
}

func TestRowsOfOthers(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	dogs := pageOf(t, w, who, id, "/hunde")
	x := w.window(t, who, id, dogs)
	if _, err := w.Rows(t.Context(), who, id, "de", dogs, x.in, true, "/hunde"); err != nil {
		t.Fatal(err)
	}
	x.save(t, "/hunde/1/rufname", "Bello")
	early, late := w.window(t, who, id, dogs), w.window(t, who, id, dogs)
	if _, err := w.Rows(t.Context(), who, id, "de", dogs, early.in, false, "/hunde/0"); err != nil {
		t.Fatal(err)
	}
	if got := w.answer(t, who, id, "/hunde/0/rufname"); got != "Bello" {
		t.Fatal(got)
	}
	// The number of a row may mean another by now.
	a, err := w.Rows(t.Context(), who, id, "de", dogs, late.in, false, "/hunde/0")
	if err != nil || !a.Moved || w.answer(t, who, id, "/hunde/0/rufname") != "Bello" {
		t.Fatalf("%v %v %v", a.Moved, w.answer(t, who, id, "/hunde/0/rufname"), err)
	}
	// What was typed into a row that is not there any more is shown, not dropped.
	a = late.save(t, "/hunde/1/rufname", "Bello der Zweite")
	if len(a.Clashes) != 1 || !a.Clashes[0].Gone || a.Clashes[0].Mine.Value != "Bello der Zweite" || w.answer(t, who, id, "/hunde/0/rufname") != "Bello" {
		t.Fatalf("%+v %v", a.Clashes, w.answer(t, who, id, "/hunde/0/rufname"))
	}
}

// A draft forgets old changes; a page from before them is compared with all that differs.
func TestForgottenChangesClash(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	old := w.window(t, who, id, 0)
	for range maxTraces {
		w.window(t, who, id, 0).save(t, "/halter/familienname", newWindow())
	}
	w.window(t, who, id, 0).save(t, "/halter/vornamen", "Zuletzt")
	w.window(t, who, id, 0).save(t, "/halter/vornamen", "Allerletzt")
	a := old.save(t)
	if len(a.Clashes) != 1 || a.Clashes[0].Pointer != "/halter/familienname" || w.answer(t, who, id, "/halter/vornamen") != "Allerletzt" {
		t.Fatalf("%+v", a.Clashes)
	}
	if n := len(a.history.Traces); n > maxTraces {
		t.Errorf("%d changes are remembered", n)
	}
}

// Nobody sends what they have not read.
func TestSubmitWhatWasRead(t *testing.T) {
	w := newWorld(t)
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	read := []string{a.Seen()}
	w.window(t, who, id, 0).save(t, "/halter/familienname", "Anders")
	_, got, err := w.Submit(t.Context(), who, id, "de", Declaration{Given: true, Seen: read})
	if err != nil || len(got.Problems) != 1 || got.Problems[0].Keyword != ProblemMoved {
		t.Fatalf("%+v %v", got, err)
	}
	if a, err = w.Open(t.Context(), who, id, "de"); err != nil {
		t.Fatal(err)
	}
	_, got, err = w.Submit(t.Context(), who, id, "de", Declaration{Given: true, Seen: []string{a.Seen()}})
	if err != nil || len(got.Problems) > 0 || got.Submission.ID == "" {
		t.Fatalf("%+v %v", got, err)
	}
}

// put undoes exactly what changes finds.
func TestChangesAndPut(t *testing.T) {
	states := []formdef.State{
		{},
		{Answers: formdef.Answers{"a": "1", "b": map[string]any{"c~/d": true}, "l": []any{"x", "y"}, "rows": []any{map[string]any{"n": "1"}, map[string]any{}}}},
		{Answers: formdef.Answers{"a": "2", "b": map[string]any{"e": "f"}, "l": []any{"x"}, "rows": []any{map[string]any{"n": "2"}}}, Typed: formdef.Typed{"/d/day": {"31"}}},
		{Answers: formdef.Answers{"rows": []any{}}, Typed: formdef.Typed{"/d/day": {"30"}, "/d/year": {"x"}}},
	}
	for i, from := range states {
		for j, to := range states {
			st := from
			list := changes(from, to)
			if (len(list) == 0) != (i == j) {
				t.Errorf("%d to %d: %+v", i, j, list)
			}
			for _, c := range list {
				put(&st, c.key, c.now, to)
			}
			if left := changes(st, to); len(left) > 0 && !emptied(left) {
				t.Errorf("%d to %d leaves %+v", i, j, left)
			}
		}
	}
}

// emptied tells changes that only leave an empty holder behind.
func emptied(list []change) bool {
	for _, c := range list {
		m, isMap := c.was.(map[string]any)
		l, isList := c.was.([]any)
		if c.now != nil || !(isMap && len(m) == 0 || isList && len(l) == 0) {
			return false
		}
	}
	return true
}
