package formdef

import (
	"bytes"
	"encoding/json"
	"testing"

	"antragswerk/internal/formdef/formtest"
)

func bigForm(tb testing.TB) (f *Form, answers Answers, raw json.RawMessage) {
	tb.Helper()
	schema, ui, raw := formtest.Big()
	if len(schema) < 700_000 {
		tb.Fatalf("the schema has %d bytes", len(schema))
	}
	f, err := CompileBare(schema, ui, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return f, answersOf(tb, string(raw)), raw
}

// A page costs what is on it: more pages and a long list elsewhere add nothing to allocations.
func TestBigFormPageCostsItself(t *testing.T) {
	f, answers, raw := bigForm(t)
	s := State{Answers: answers, Now: testNow, Lang: "de"}
	if problems := f.Check(s); len(problems) > 0 {
		t.Fatalf("%+v", problems[0])
	}
	if problems := f.Accepts(raw, testNow); problems != nil {
		t.Fatalf("%+v", problems[0])
	}
	small := tenFields(t, 1)
	var typed []Problem
	little := State{Now: testNow, Lang: "de"}
	if little, typed = small.Decode(0, little, tenTyped(0)); len(typed) > 0 {
		t.Fatal(typed)
	}
	view := func(f *Form, page int, s State) float64 {
		return testing.AllocsPerRun(20, func() { f.View(page, s, nil) })
	}
	// Page 2 has no code list (every eighth question of them refers to one); ten more fields' worth is granted for choices.
	if big, one := view(f, 1, s), view(small, 0, little); big > 4*one+60 {
		t.Errorf("a page of the big form makes %.0f allocations, one of a small form %.0f", big, one)
	}
}

func BenchmarkBigView(b *testing.B) {
	f, answers, _ := bigForm(b)
	s := State{Answers: answers, Now: testNow, Lang: "de"}
	b.ReportAllocs()
	for b.Loop() {
		f.View(1, s, nil)
	}
}

func BenchmarkBigViewOfRows(b *testing.B) {
	f, answers, _ := bigForm(b)
	s := State{Answers: answers, Now: testNow, Lang: "de"}
	b.ReportAllocs()
	for b.Loop() {
		f.View(30, s, nil)
	}
}

func BenchmarkBigDecode(b *testing.B) {
	f, answers, _ := bigForm(b)
	s := State{Answers: answers, Now: testNow, Lang: "de"}
	in := Typed{"/p1f0": {"Müller"}, "/p1f1": {"Jürgen"}, "/p1f2": {"x"}, "/p1f4": {"j@example.org"}, "/p1f5": {"code-0007"}, "/p1f6": {"7"}, "/p1f8": {"AB12"}}
	b.ReportAllocs()
	for b.Loop() {
		f.Decode(1, s, in)
	}
}

func BenchmarkBigAccepts(b *testing.B) {
	f, _, raw := bigForm(b)
	b.ReportAllocs()
	for b.Loop() {
		if p := f.Accepts(raw, testNow); p != nil {
			b.Fatal(p)
		}
	}
}

// BenchmarkBigBareValidator decodes the same bytes and validates them against the same compiled schema, and nothing else.
func BenchmarkBigBareValidator(b *testing.B) {
	f, _, raw := bigForm(b)
	b.ReportAllocs()
	for b.Loop() {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			b.Fatal(err)
		}
		if err := f.c.valid.Validate(v); err != nil {
			b.Fatal(err)
		}
	}
}
