package formdef

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"antragswerk/internal/formdef/formtest"
)

// FuzzDecode posts anything to a page with every kind of field: what comes out is shown again, checked and frozen
// without a panic, and what is frozen is accepted.
func FuzzDecode(f *testing.F) {
	form := bare(f, allKinds, allKindsUI)
	for _, s := range [][3]string{
		{"/n", "1.234,5", "de"}, {"/d", "27.3.1985", "de"}, {"/d/day", "31", "en"}, {"/many", "p", "de"}, {"/l/0/r", "x", "de"}, {"/t", "e\u0301\x00", "xx"},
		{"/dt", "2025-07-01T12:00", "de"}, {"/eur", "−0,00", "en"}, {"/yes", "on", "de"}, {"/i", "007", "de"}, {"/w/1", "\xff", "de"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	base := answersOf(f, allKindsAnswers)
	f.Fuzz(func(t *testing.T, name, value, lang string) {
		s := State{Answers: base, Now: testNow, Lang: lang}
		s, problems := form.Decode(0, s, Typed{name: {value}, "/t": {"x"}})
		form.View(0, s, problems)
		form.Summary(s, true)
		raw, _ := form.Freeze(s)
		if raw == nil {
			return
		}
		if p := form.Accepts(raw, testNow); p != nil {
			t.Fatalf("%s is refused: %v", raw, p)
		}
	})
}

// FuzzAccepts hands foreign bytes to a real form: no panic, no hang, and what is accepted is what freezing would write.
func FuzzAccepts(f *testing.F) {
	form := boatForm(f)
	for _, s := range []string{
		`{}`, `null`, `[]`, boatAnswers, `{"name":"x","dauer":"jahr","boote":[{"laenge":2.5,"breite":1.1,"flaeche":2.75}],"flaeche":2.75}`, `{"boote":[[]]}`,
		`{"name":1e9999,"boote":{"0":{}}}`, `{"name":{"a":[{}]},"_proofs":1}`, "{\"name\":\"\\ud800\"}", `{"dauer":"frei"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if form.Accepts(raw, testNow) != nil {
			return
		}
		a, bad := parseAnswers(raw)
		if bad != nil {
			t.Fatal("accepted, but cannot be read")
		}
		again, problems := form.Freeze(state(a))
		if problems != nil || form.Accepts(again, testNow) != nil {
			t.Fatalf("%s is accepted, but freezes to %s with %v", raw, again, problems)
		}
	})
}

// FuzzCompile compiles anything as schema and UI schema, and asks the form what every page asks.
func FuzzCompile(f *testing.F) {
	schema, err := os.ReadFile("testdata/pkg/schema.json")
	if err != nil {
		f.Fatal(err)
	}
	ui, err := os.ReadFile("testdata/pkg/ui.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(schema), string(ui), boatAnswers)
	f.Add(allKinds, allKindsUI, allKindsAnswers)
	f.Add(twoSteps, twoStepsUI, `{"a":"x"}`)
	f.Add(`{"$ref":"#"}`, `{}`, `{}`)
	f.Add(`{"properties":{"a":{"$ref":"#/properties/b"},"b":{"$ref":"#/properties/a"}}}`, ``, `{"a":{"a":{}}}`)
	f.Add(`{"if":{"$ref":"#"},"then":{"$ref":"#"},"allOf":[{"$ref":"#"}]}`, `null`, `{}`)
	f.Add(`{"properties":{"l":{"items":{"$ref":"#/properties/l"}}}}`, `{"type":"Control","scope":"#/properties/l"}`, `{"l":[[],[[]]]}`)
	f.Add(`{"oneOf":[{"properties":{"k":{"const":1}}},{"properties":{"k":{"const":2}}}]}`, `{"type":"Category"}`, `{"k":1}`)
	for seed := range uint64(12) {
		form := formtest.New(rand.New(rand.NewPCG(seed, 11)), formtest.Options{Whole: true}) // #nosec -- seeds must be repeatable
		f.Add(string(form.Schema), string(form.UI), string(form.Data))
	}
	f.Add(`{"oneOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"b":{"prefixItems":[{"$ref":"#"},true]}}}]}`, ``, `{"a":{"b":[{}]}}`)
	f.Add(`{"additionalProperties":{"$ref":"#"},"propertyNames":{"maxLength":3},"minProperties":2}`, ``, `{"a":{"b":{}},"~":null}`)
	f.Add(`{"patternProperties":{"^a":{"type":["string","null"]},"[":{"type":"string"}}}`, ``, `{"ab":null}`)
	f.Add(`{"anyOf":[{"anyOf":[{"anyOf":[{"$ref":"#"}]}]},{"const":{"a":1}}],"if":{"$ref":"#"},"then":{"properties":{"x":{}}}}`, ``, `{"x":1}`)
	f.Fuzz(func(t *testing.T, schema, ui, data string) {
		form, err := CompileBare(json.RawMessage(schema), json.RawMessage(ui), nil)
		if err != nil {
			return
		}
		a, bad := parseAnswers([]byte(data))
		if bad != nil {
			a = Answers{}
		}
		start := time.Now()
		s := state(a)
		for i := range min(form.PageCount(), 5) {
			v, _ := form.View(i, s, nil)
			s, _ = form.Decode(i, s, postOf(v))
		}
		form.Journey(s)
		form.Summary(s, true)
		form.Freeze(s)
		form.Inspect(a, "de")
		(&Package{Schema: json.RawMessage(schema), UI: json.RawMessage(ui)}).Lint()
		if d := time.Since(start); d > 20*time.Second {
			t.Fatalf("took %v", d)
		}
	})
}

// FuzzEntries posts anything to a page whose rows are entries of an object, a tuple and a choice of objects: what is
// frozen is accepted again.
func FuzzEntries(f *testing.F) {
	form := bare(f, `{"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"integer"},"propertyNames":{"pattern":"^[a-z]"}},
		"t":{"type":"array","prefixItems":[{"type":"string"},{"type":["null","integer"]}],"items":false},
		"w":{"oneOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["b"]}]}}}`, "")
	base := answersOf(f, `{"m":{"alt":1,"~":null},"t":["x"],"w":{"b":"1"}}`)
	for _, s := range [][2]string{{"/m/alt/~0key", "neu"}, {"/m/~0/~0key", "alt"}, {"/m/~0/~0key", "~"}, {"/m/alt", "x"}, {"/t/1", "3"}, {"/t/0", ""}, {"/w/~0oneOf", "1"}, {"/w/~0oneOf", "9"}, {"/w/a", "x"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		s, problems := form.Decode(0, state(base), Typed{name: {value}, "/t/0": {"x"}, "/w/b": {"y"}})
		form.View(0, s, problems)
		form.Summary(s, true)
		if added, err := form.AddRow(s, "/m"); err == nil {
			form.Freeze(added)
		}
		raw, _ := form.Freeze(s)
		if raw == nil {
			return
		}
		if p := form.Accepts(raw, testNow); p != nil {
			t.Fatalf("%s is refused: %v", raw, p)
		}
	})
}
