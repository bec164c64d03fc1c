package formdef

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeKeepsWhatWasTyped(t *testing.T) {
	f := bare(t, allKinds, allKindsUI)
	in := Typed{"/t": {"  "}, "/n": {"viel"}, "/i": {"3,5"}, "/d/day": {"31"}, "/d/month": {"Februar"}, "/d/year": {"1985"}, "/my/month": {"7"}, "/my/year": {""},
		"/e": {"z"}, "/ti": {"spät"}, "/many": {"q", "fremd", "p"}, "/o/x": {"e\u0301"}, "/fremd": {"x"}, "/l/0/r": {"keine Zeile"}}
	s, problems := f.Decode(0, state(nil), in)
	want := []string{"/t required", "/d date", "/my date", "/n type", "/i type", "/e enum", "/ti format"}
	if diff := cmp.Diff(want, keywords(problems)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Answers{"many": []any{"p", "q"}, "o": map[string]any{"x": "é"}, "tog": false}, s.Answers); diff != "" {
		t.Error(diff)
	}
	v, _ := f.View(0, s, problems)
	if n := fieldAt(v, "/n"); n.Value != "viel" || n.Problem == nil {
		t.Errorf("%+v", n)
	}
	d := fieldAt(v, "/d")
	if diff := cmp.Diff([]string{"31", "Februar", "1985"}, []string{d.Parts[0].Value, d.Parts[1].Value, d.Parts[2].Value}); diff != "" {
		t.Error(diff)
	}
	if got := keywords(f.Check(s)); !cmp.Equal(got, want) {
		t.Error("Check differs from Decode:", got)
	}
	s, problems = f.Decode(0, s, Typed{"/t": {"da"}, "/d/day": {"27.3.1985"}, "/d/month": {""}, "/d/year": {""}, "/e": {"x"}})
	if len(problems) > 0 || s.Answers["d"] != "1985-03-27" {
		t.Error(problems, s)
	}
	v, _ = f.View(0, s, nil)
	if got := fieldAt(v, "/d").Parts; got[0].Value != "27.3.1985" || got[1].Value != "" {
		t.Error("a date is not shown as it was typed:", got)
	}
}

// fieldAt finds a field of a page, rows included; an empty one when there is none.
func fieldAt(v View, ptr string) *Field {
	found := &Field{}
	var walk func(list []Element)
	walk = func(list []Element) {
		for _, e := range list {
			if e.Field != nil && e.Field.Pointer == ptr {
				found = e.Field
			}
			walk(e.Children)
			for _, r := range e.Rows {
				walk(r.Elements)
			}
		}
	}
	walk(v.Elements)
	return found
}

const twoSteps = `{"type":"object","required":["b"],"properties":{"a":{"enum":["x","y"]},"b":{"type":"string"},"c":{"type":"string"},"last":{"enum":["1","2"]},"early":{"type":"string"}}}`

const twoStepsUI = `{"type":"VerticalLayout","elements":[
	{"type":"Control","scope":"#/properties/early","rule":{"effect":"SHOW","condition":{"scope":"#/properties/last","schema":{"const":"1"}}}},
	{"type":"Control","scope":"#/properties/a"},
	{"type":"Control","scope":"#/properties/b","rule":{"effect":"SHOW","condition":{"scope":"#/properties/a","schema":{"const":"x"}}}},
	{"type":"Control","scope":"#/properties/c","rule":{"effect":"HIDE","condition":{"scope":"#/properties/a","schema":{"const":"x"}}}},
	{"type":"Control","scope":"#/properties/last"}]}`

// TestDecodeWithoutScripts: a question and what depends on it are on one page.
func TestDecodeWithoutScripts(t *testing.T) {
	f := bare(t, twoSteps, twoStepsUI)
	s, problems := f.Decode(0, state(nil), Typed{"/a": {"x"}, "/c": {"gerade noch da"}, "/last": {"1"}})
	if diff := cmp.Diff(Answers{"a": "x", "last": "1"}, s.Answers); diff != "" {
		t.Error(diff)
	}
	if len(problems) != 1 || problems[0].Pointer != "/b" || !problems[0].Fresh {
		t.Error(problems)
	}
	s, problems = f.Decode(0, s, Typed{"/a": {"x"}, "/last": {"1"}, "/b": {""}, "/early": {"ja"}})
	if len(problems) != 1 || problems[0].Fresh || s.Answers["early"] != "ja" {
		t.Error("the second time the question was there:", problems, s.Answers)
	}
	// With scripts the page reveals the question at once, and posts it.
	s, problems = f.Decode(0, state(nil), Typed{"/a": {"x"}, "/b": {"sofort"}, "/last": {"1"}, "/early": {"auch"}})
	if len(problems) > 0 || s.Answers["b"] != "sofort" || s.Answers["early"] != "auch" {
		t.Error(problems, s.Answers)
	}
	// A posted name that is hidden is not read.
	s, _ = f.Decode(0, state(nil), Typed{"/a": {"y"}, "/b": {"heimlich"}})
	if _, there := s.Answers["b"]; there {
		t.Error(s.Answers)
	}
}

// TestDecodeDoesNotTouchItsInput: states are values.
func TestDecodeDoesNotTouchItsInput(t *testing.T) {
	f := bare(t, allKinds, allKindsUI)
	before := state(answersOf(t, allKindsAnswers))
	f.Decode(0, before, Typed{"/t": {"neu"}, "/o/x": {"neu"}, "/l/0/r": {"neu"}, "/n": {"x"}})
	if diff := cmp.Diff(answersOf(t, allKindsAnswers), before.Answers); diff != "" {
		t.Error(diff)
	}
	if _, err := f.AddRow(before, "/l"); err != nil || len(before.Answers["l"].([]any)) != 2 {
		t.Error(err, before.Answers["l"])
	}
}

func TestRows(t *testing.T) {
	f := bare(t, `{"type":"object","required":["l"],"properties":{"l":{"type":"array","title":"Hunde","minItems":1,"maxItems":2,"items":{"type":"object","title":"Hund","required":["n"],"properties":{"n":{"type":"integer"}}}}}}`, "")
	s := state(nil)
	v, _ := f.View(0, s, nil)
	if l := v.Elements[0]; len(l.Rows) != 1 || l.Rows[0].Title != "Hund 1" || l.Rows[0].CanRemove || !l.CanAdd {
		t.Fatalf("%+v", l)
	}
	if got := keywords(f.Check(s)); !cmp.Equal(got, []string{"/l required"}) {
		t.Error(got)
	}
	s, problems := f.Decode(0, s, Typed{"/l/0/n": {"eins"}, "/l/1/n": {"2"}, "/l/0/fremd": {"x"}})
	if diff := cmp.Diff([]string{"/l/0/n type"}, keywords(problems)); diff != "" {
		t.Error(diff)
	}
	s, err := f.AddRow(s, "/l")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddRow(s, "/l"); err != ErrListFull {
		t.Error(err)
	}
	s, _ = f.Decode(0, s, Typed{"/l/0/n": {"1"}, "/l/1/n": {"zwei"}})
	s, err = f.RemoveRow(s, "/l/0")
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := f.View(0, s, nil); v.Elements[0].Rows[0].Elements[0].Field.Value != "zwei" {
		t.Error("what was typed in the second row is lost:", s)
	}
	if _, err := f.RemoveRow(s, "/l/0"); err != ErrListShort {
		t.Error(err)
	}
	for _, ptr := range []string{"/x", "", "/l/9", "/l/-1", "/l/x"} {
		if _, err := f.RemoveRow(s, ptr); err == nil {
			t.Errorf("removed %q", ptr)
		}
	}
}

func TestFiles(t *testing.T) {
	f := bare(t, `{"type":"object","required":["many"],"properties":{"one":{"type":"string","format":"file-urn","title":"Bild"},"many":{"type":"array","maxItems":2,"items":{"type":"string","format":"file-urn","x-attachment":{"maxBytes":5,"mediaTypes":["application/pdf"],"maxFiles":9}}}}}`, "")
	a, b, c := "urn:uuid:a", "urn:uuid:b", "urn:uuid:c"
	s := state(nil)
	rule, ok := f.FileRule(s, "/many")
	if diff := cmp.Diff(FileRule{Label: "Many", MaxBytes: 5, MediaTypes: []string{"application/pdf"}, MaxFiles: 2}, rule); diff != "" || !ok {
		t.Error(diff)
	}
	var err error
	for _, urn := range []string{a, b} {
		if s, err = f.Attach(s, "/many", urn); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Attach(s, "/many", c); err != ErrFilesFull {
		t.Error(err)
	}
	if s, err = f.Attach(s, "/one", a); err != nil {
		t.Fatal(err)
	}
	if s, err = f.Attach(s, "/one", c); err != nil || s.Answers["one"] != c {
		t.Error("one file takes the place of the other:", err, s.Answers)
	}
	if diff := cmp.Diff([]string{c, a, b}, f.URNs(s.Answers)); diff != "" {
		t.Error(diff)
	}
	if _, err := f.Attach(s, "/nowhere", c); err != ErrNoSuchFile {
		t.Error(err)
	}
	s.Files = map[string]File{a: {URN: a, Name: "x.pdf", Verdict: "clean"}, b: {URN: b, Verdict: "infected"}, c: {URN: c}}
	if got := keywords(f.Check(s)); !cmp.Equal(got, []string{"/many attachment"}) {
		t.Error(got)
	}
	s, ok = f.Detach(s, "/many", b)
	if got := f.Check(s); !ok || len(got) > 0 {
		t.Error(got)
	}
	// A post cannot put a URN into a file field.
	s, _ = f.Decode(0, s, Typed{"/one": {"urn:uuid:fremd"}, "/many": {"urn:uuid:fremd"}})
	if diff := cmp.Diff([]string{c, a}, f.URNs(s.Answers)); diff != "" {
		t.Error(diff)
	}
	if _, ok := f.Detach(s, "/many", b); ok {
		t.Error("detached twice")
	}
}

func TestPrefill(t *testing.T) {
	f := bare(t, `{"type":"object","required":["n"],"properties":{"n":{"type":"string","x-prefill":{"source":"identity","attribute":"family_name","locked":true}},"v":{"type":"string","x-prefill":{"source":"identity","attribute":"given_name"}},"d":{"type":"string","format":"date","x-prefill":{"source":"identity","attribute":"date_of_birth","locked":true}}}}`, "")
	s := state(nil)
	s.Proven = map[string]string{"family_name": "Mustermann", "given_name": "Erika", "date_of_birth": "unbekannt"}
	v, _ := f.View(0, s, nil)
	n, g, d := v.Elements[0].Field, v.Elements[1].Field, v.Elements[2].Field
	if !n.Locked || !n.ReadOnly || n.Widget != WidgetOutput || n.Value != "Mustermann" || g.Locked || g.Value != "Erika" || d.Locked || d.Widget != WidgetDate {
		t.Errorf("%+v\n%+v\n%+v", n, g, d)
	}
	s, problems := f.Decode(0, s, Typed{"/n": {"Gefälscht"}, "/v": {"Eri"}})
	if diff := cmp.Diff(Answers{"n": "Mustermann", "v": "Eri"}, s.Answers); diff != "" || problems != nil {
		t.Error(diff, problems)
	}
	s.Answers["n"] = "Gefälscht"
	if raw, _ := f.Freeze(s); string(raw) != `{"n":"Mustermann","v":"Eri"}` {
		t.Errorf("%s", raw)
	}
}

func TestRestrict(t *testing.T) {
	f := bare(t, allKinds, allKindsUI).Restrict([]string{"/o", "/l/1"})
	s := state(answersOf(t, allKindsAnswers))
	got, _ := f.Decode(0, s, Typed{"/t": {"neu"}, "/o/x": {"neu"}, "/l/0/r": {"neu"}, "/l/1/r": {"neu"}})
	want := answersOf(t, allKindsAnswers)
	want["o"] = map[string]any{"x": "neu"}
	want["l"].([]any)[1] = map[string]any{"r": "neu"}
	if diff := cmp.Diff(want, got.Answers); diff != "" {
		t.Error(diff)
	}
	v, _ := f.View(0, s, nil)
	if fl := v.Elements[0].Field; !fl.ReadOnly || fl.Widget != WidgetOutput || fl.Value != "Grüße" || fl.Locked {
		t.Errorf("%+v", fl)
	}
	if _, err := f.AddRow(s, "/l"); err != ErrNoSuchList {
		t.Error(err)
	}
	if j := f.Journey(s); !j[0].Asked {
		t.Error(j)
	}
}

// TestListsInsideRows: a list in a row that must have some shows its first row, and what is typed there stays a list,
// though nobody ever pressed "add".
func TestListsInsideRows(t *testing.T) {
	f := bare(t, `{"type":"object","required":["a"],"properties":{"a":{"type":"array","minItems":2,"items":{"type":"object","required":["n","b"],"properties":{
		"n":{"type":"string"},"b":{"type":"array","minItems":1,"items":{"type":"object","required":["x"],"properties":{"x":{"type":"string"},"y":{"type":"string"}}}}}}}}}`, "")
	s, problems := f.Decode(0, state(nil), Typed{
		"/a/0/n": {"eins"}, "/a/0/b/0/x": {"p"}, "/a/0/b/0/y": {"q"}, "/a/1/n": {"zwei"}, "/a/1/b/0/x": {"r"}, "/a/1/b/7/x": {"fremd"},
	})
	if len(problems) > 0 {
		t.Error(problems)
	}
	raw, problems := f.Freeze(s)
	want := `{"a":[{"n":"eins","b":[{"x":"p","y":"q"}]},{"n":"zwei","b":[{"x":"r"}]}]}`
	if string(raw) != want {
		t.Errorf("frozen %s %v, want %s", raw, problems, want)
	}
	if bad := f.Accepts(raw, testNow); bad != nil {
		t.Error(bad)
	}
}
