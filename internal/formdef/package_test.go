package formdef

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// boats is the package of testdata/pkg, with some files replaced.
func boats(t testing.TB, changes ...string) (*Package, error) {
	t.Helper()
	out := fstest.MapFS{}
	files, err := readFiles(os.DirFS("testdata/pkg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name, text := file.name, string(file.body)
		for i := 0; i+2 < len(changes); i += 3 {
			if changes[i] == name {
				if !strings.Contains(text, changes[i+1]) {
					t.Fatalf("%s does not hold %q", name, changes[i+1])
				}
				text = strings.ReplaceAll(text, changes[i+1], changes[i+2])
			}
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load("boote", out)
}

func boatForm(t testing.TB) *Form {
	t.Helper()
	p, err := boats(t)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const boatAnswers = `{"name":"Erika","dauer":"tag","beginn":"2025-03-01","ende":"2025-03-27","schild":true,"preis":1234.5,
	"boote":[{"kennung":"J-1","laenge":2.5,"breite":1.1},{"laenge":1,"breite":0.334}]}`

// TestEmptyTranslation: a key that waits for its translator shows the German, and "forms check" names it.
func TestEmptyTranslation(t *testing.T) {
	p, err := boats(t, "texts/en.json", `"dauer.label": "Duration"`, `"dauer.label": ""`)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Lint(); len(got) != 1 || !strings.Contains(got[0].String(), `texts/en.json:/dauer.label: missing translation of "Dauer"`) {
		t.Error(got)
	}
	f, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	s := state(nil)
	s.Lang = "en"
	v, _ := f.View(0, s, nil)
	if labels := labelsOf(v.Elements); !strings.Contains(labels, "Dauer") || !strings.Contains(labels, "Name") {
		t.Error(labels)
	}
}

func labelsOf(list []Element) string {
	out := ""
	for _, e := range list {
		if e.Field != nil {
			out += e.Field.Label + "\n"
		}
		out += labelsOf(e.Children)
	}
	return out
}

func TestLint(t *testing.T) {
	p, err := boats(t)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Lint(); len(got) > 0 {
		t.Fatal("a sound package has findings:", got)
	}
	for name, c := range map[string]struct{ file, old, new, want string }{
		"dangling scope":       {"ui.json", `"#/properties/steg"`, `"#/properties/steeg"`, `ui.json:/elements/0/elements/5/scope: the scope "#/properties/steeg" points at nothing`},
		"unknown option":       {"ui.json", `"format": "radio"`, `"formaat": "radio"`, `ui.json:/elements/0/elements/1/options/formaat: unknown option "formaat"; remove it, or did you mean format?`},
		"unknown member":       {"ui.json", `"type": "Exit", "label"`, `"type": "Exit", "colour": 1, "label"`, `unknown key "colour" of a Exit`},
		"unreachable page":     {"ui.json", `{"const": "frei"}`, `{"const": "nie"}`, `ui.json:/elements/2: the page is never reached`},
		"validate function":    {"ui.json", `"schema": {"const": "frei"}`, `"schema": {"const": "frei"}, "validate": "x"`, `a condition by a JavaScript function cannot be shown`},
		"missing translation":  {"texts/en.json", `"dauer.tag": "One day", `, ``, `texts/en.json:/dauer.tag: missing translation of "Ein Tag"`},
		"German key alone":     {"texts/en.json", `"rule.ende": "The end is before the beginning.", `, ``, `texts/en.json:/rule.ende: missing translation of texts/de.json`},
		"dead key":             {"texts/en.json", `"task.a"`, `"task.b": "x", "task.a"`, `texts/en.json:/task.b: nothing in the form reads this key`},
		"no legal basis":       {"schema.json", `"x-legalBasis": "§ 1",`, ``, `schema.json:/properties/name: the field /name has no legal basis`},
		"no label":             {"schema.json", `"title": "Steg"`, `"description": ""`, `the label of /steg is made of its name`},
		"unknown keyword":      {"schema.json", `"minItems"`, `"minItem"`, `schema.json:/properties/boote/minItem: unknown keyword "minItem"; remove it, or did you mean minItems?`},
		"unknown format":       {"schema.json", `"format": "din-91379"`, `"format": "din91379"`, `nobody checks the format "din91379"`},
		"bad pattern":          {"schema.json", `"title": "Steg"`, `"title": "Steg", "pattern": "("`, `is not valid regex`},
		"cyclic calculation":   {"schema.json", `{"map": [{"var": "boote"}, {"var": "flaeche"}]}`, `{"var": "flaeche"}`, `depends on itself (/flaeche → /flaeche)`},
		"cyclic rule":          {"ui.json", `{"type": "Control", "scope": "#/properties/dauer",`, `{"type": "Control", "scope": "#/properties/dauer", "rule": {"effect": "SHOW", "condition": {"scope": "#/properties/dauer", "schema": {}}},`, `depends on itself`},
		"formula":              {"schema.json", `{"var": "ende"}}`, `{"var": "endee"}}`, `the formula reads /endee, which does not exist`},
		"rule without field":   {"schema.json", `"pointers": ["/beginn", "/ende"]`, `"pointers": ["/anfang"]`, `the rule points at /anfang, which no page asks for`},
		"required nothing":     {"schema.json", `"required": ["name", "dauer", "boote"]`, `"required": ["name", "dauer", "boote", "mail"]`, `schema.json:/required: "mail" is required, but is no property`},
		"unasked":              {"ui.json", `{"type": "Control", "scope": "#/properties/name"},`, ``, `schema.json:/properties/name: /name is required, but no page asks for it`},
		"index":                {"form.yaml", `/boote/*/kennung`, `/boote/*/nummer`, `form.yaml:/index/1/pointer: /boote/*/nummer does not exist`},
		"fee without amount":   {"form.yaml", "    amount: \"3.00\"\n", "", `form.yaml:/fees/1: a fee needs an amount or a calculation, or its code under overlay/fees`},
		"overlay fee":          {"form.yaml", `overlay: { fees: [platz]`, `overlay: { fees: [plaz]`, `no fee has the code "plaz"`},
		"overlay of required":  {"form.yaml", `optional: [/bemerkung`, `optional: [/name`, `/name is required, so that it cannot be switched off`},
		"fee condition":        {"form.yaml", `#/properties/schild`, `#/properties/schilder`, `form.yaml:/scope: the scope "#/properties/schilder" points at nothing`},
		"assurance":            {"form.yaml", `assurance: none`, `assurance: low`, `"low"; write one of none, basic, substantial, high`},
		"missing English name": {"service.yaml", `, en: Boat mooring`, ``, `service.yaml:/name/en: missing translation`},
		"sample":               {"samples/ende.json", `"2025-02-01"`, `"2024-02-01"`, `samples/ende.json:/expect: the sample does not do what it says: missing rule at /beginn`},
		"valid sample":         {"samples/valid.json", `2.75}`, `2.74}`, `unexpected calculated at /flaeche`},
	} {
		p, err := boats(t, c.file, c.old, c.new)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var lines []string
		for _, f := range p.Lint() {
			lines = append(lines, f.String())
		}
		all := strings.Join(lines, "\n")
		if !strings.Contains(all, c.want) {
			t.Errorf("%s: want %q in\n%s", name, c.want, all)
		}
	}
}

func TestLoadIsStrict(t *testing.T) {
	for _, c := range [][]string{
		{"form.yaml", "assurance: none", "assurence: none"},
		{"form.yaml", "deadline: { days: 10 }", "deadline: { day: 10 }"},
		{"service.yaml", "level: gemeinde", "level: [gemeinde]"},
		{"schema.json", `"type": "object", "additionalProperties"`, `"type": "object", "type": "object", "additionalProperties"`},
		{"ui.json", "]}\n", "]"},
		{"samples/valid.json", `"expect"`, `"expected"`},
		{"texts/en.json", `"Application"`, `1`},
	} {
		if _, err := boats(t, c...); err == nil || !strings.Contains(err.Error(), c[0]+":") {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := Load("x", fstest.MapFS{"extra.txt": {Data: []byte("x")}}); err == nil || !strings.Contains(err.Error(), "extra.txt: a package has no such file") {
		t.Error(err)
	}
	a, _ := boats(t)
	b, _ := boats(t, "texts/en.json", "One day", "A day")
	if a.Digest == b.Digest || len(a.Digest) != 64 {
		t.Error(a.Digest, b.Digest)
	}
}

func TestFees(t *testing.T) {
	f := boatForm(t)
	s := state(answersOf(t, boatAnswers))
	// 12.50 × (2.5×1.1 + 1×0.334) = 12.50 × 3.084 = 38.55
	if diff := cmp.Diff([]FeeDue{{"platz", "Liegeplatz", 3855}, {"schild", "Schild", 300}}, f.Fees(s)); diff != "" {
		t.Error(diff)
	}
	over, conflicts := f.With(Overlay{Fees: map[string]string{"platz": "0.25", "schild": "1", "weg": "1"}})
	// 0.25 × 3.084 = 0.771, half up
	if got := over.Fees(s); got[0].Cents != 77 || got[1].Cents != 300 {
		t.Error(got)
	}
	if diff := cmp.Diff([]Conflict{{"fees/schild", "not allowed"}, {"fees/weg", "unknown"}}, conflicts); diff != "" {
		t.Error(diff)
	}
	if got := f.Fees(state(Answers{"dauer": "frei"})); len(got) > 0 {
		t.Error(got)
	}
}

// TestAFeeThatEachAuthoritySets: without an amount of the form a position is due only where the overlay has one.
func TestAFeeThatEachAuthoritySets(t *testing.T) {
	p, err := boats(t, "form.yaml", "    amount: \"3.00\"\n", "", "form.yaml", "fees: [platz]", "fees: [platz, schild]")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Lint(); len(got) > 0 {
		t.Fatal(got)
	}
	f, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	s := state(answersOf(t, boatAnswers))
	if diff := cmp.Diff([]FeeDue{{"platz", "Liegeplatz", 3855}}, f.Fees(s)); diff != "" {
		t.Error(diff)
	}
	over, conflicts := f.With(Overlay{Fees: map[string]string{"schild": "4.50"}})
	if diff := cmp.Diff([]FeeDue{{"platz", "Liegeplatz", 3855}, {"schild", "Schild", 450}}, over.Fees(s)); diff != "" || len(conflicts) > 0 {
		t.Error(diff, conflicts)
	}
}

func TestSummary(t *testing.T) {
	f := boatForm(t)
	s := state(answersOf(t, boatAnswers))
	want := []string{
		"# Antrag", "Name: Erika", "Dauer: Ein Tag", "1 Zeit", "Beginn: 01.03.2025", "Ende: 27.03.2025", "Schild?: <yes>", "Wert: 1.234,50\u00a0€", "Steg: <unanswered>", "Bemerkung: <unanswered>",
		"# Boote", "1 J-1", "Kennung: J-1", "Farbe: <unanswered>", "Länge: 2,5", "Breite: 1,1", "Fläche: 2,75",
		"1 Boot 2", "Kennung: <unanswered>", "Farbe: <unanswered>", "Länge: 1", "Breite: 0,334", "Fläche: 0,334", "Fläche zusammen: 3,084",
	}
	if diff := cmp.Diff(want, summaryLines(f.Summary(s, true))); diff != "" {
		t.Error(diff)
	}
	s.Lang = "en"
	got := strings.Join(summaryLines(f.Summary(s, false)), "|")
	for _, part := range []string{"# Application", "Duration: One day", "End: 27 March 2025", "Value: 1,234.50\u00a0€", "Area: 2.75", "1 Boat 2"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in %s", part, got)
		}
	}
}

func summaryLines(list []Section) []string {
	var out []string
	for _, s := range list {
		out = append(out, "# "+s.Title)
		for _, l := range s.Rows {
			switch {
			case l.Heading:
				out = append(out, itoa(l.Level)+" "+l.Label)
			case l.Key != "":
				out = append(out, l.Label+": <"+l.Key+">")
			default:
				out = append(out, l.Label+": "+l.Value)
			}
		}
	}
	return out
}

func TestFreezeIsCanonical(t *testing.T) {
	f := boatForm(t)
	a := answersOf(t, `{"boote":[{"breite":1.10,"laenge":2.50e0,"flaeche":99}],"dauer":"tag","name":"<Ä>&","preis":1234.50,"flaeche":7,"fremd":1}`)
	raw, problems := f.Freeze(state(a))
	want := `{"name":"<Ä>&","dauer":"tag","preis":1234.5,"boote":[{"laenge":2.5,"breite":1.1,"flaeche":2.75}],"flaeche":2.75}`
	if string(raw) != want || problems != nil {
		t.Errorf("%s %v", raw, problems)
	}
	if p := f.Accepts(raw, testNow); p != nil {
		t.Error(p)
	}
	for raw, want := range map[string]string{
		strings.Replace(want, `"flaeche":2.75}`, `"flaeche":2.76}`, 1): "/boote/0/flaeche calculated",
		strings.Replace(want, `"tag"`, `"frei"`, 1):                    "/ exit",
		strings.Replace(want, `"tag"`, `"woche"`, 1):                   "/dauer oneOf",
	} {
		if got := keywords(f.Accepts([]byte(raw), testNow)); len(got) == 0 || got[0] != want {
			t.Errorf("%s: %v, want %s", raw, got, want)
		}
	}
}

func TestJourneyAndExit(t *testing.T) {
	f := boatForm(t)
	j := f.Journey(state(nil))
	want := []Page{{Index: 0, Title: "Antrag", Task: "task.a", Asked: true}, {Index: 1, Title: "Boote", Asked: true}}
	if diff := cmp.Diff(want, j); diff != "" {
		t.Error(diff)
	}
	j = f.Journey(state(answersOf(t, boatAnswers)))
	if !j[0].Done || !j[1].Done || !j[0].Visited {
		t.Error(j)
	}
	free := state(Answers{"dauer": "frei", "name": "x"})
	if e := f.Exit(free); e == nil || e.Page != 2 || e.Title != "Nicht nötig" {
		t.Error(e)
	}
	if _, problems := f.Freeze(free); len(problems) == 0 {
		t.Error("an application that ends at an exit was frozen")
	}
	if v, ok := f.View(2, free, nil); !ok || v.Exit == nil || v.Number != 3 || v.Of != 3 {
		t.Error(v, ok)
	}
	if _, ok := f.View(2, state(nil), nil); ok {
		t.Error("a hidden page was shown")
	}
	for _, i := range []int{-1, 3, 99} {
		if _, ok := f.View(i, free, nil); ok {
			t.Errorf("page %d was shown", i)
		}
		if s, p := f.Decode(i, free, Typed{"/name": {"y"}}); p != nil || s.Answers["name"] != "x" {
			t.Error(s, p)
		}
	}
}

func TestOverlay(t *testing.T) {
	f := boatForm(t)
	over, conflicts := f.With(Overlay{
		Off: []string{"/bemerkung", "/boote/*/farbe", "/name", "/fremd"}, Choices: map[string][]string{"/steg": {"Nord", "Süd"}, "/name": {"x"}},
		Proofs: []Proof{{Key: "pass", Label: "Bootspass", Required: true}}, Modules: map[string]map[string]string{"de": {"fees": "x", "short": "y"}},
	})
	if diff := cmp.Diff([]Conflict{{"off//name", "not allowed"}, {"off//fremd", "unknown"}, {"choices//name", "not allowed"}, {"modules/short", "not allowed"}}, conflicts); diff != "" {
		t.Error(diff)
	}
	if over.c != f.c {
		t.Error("an overlay must share the compiled form")
	}
	a := answersOf(t, boatAnswers)
	a["bemerkung"], a["steg"] = "weg", "West"
	s := state(a)
	v, _ := over.View(0, s, nil)
	if fieldAt(v, "/bemerkung").Label != "" || fieldAt(v, "/steg").Widget != WidgetSelect || len(fieldAt(v, "/steg").Choices) != 2 {
		t.Errorf("%+v", fieldAt(v, "/steg"))
	}
	if diff := cmp.Diff([]string{"/steg enum", "/_proofs/pass required"}, keywords(over.Check(s))); diff != "" {
		t.Error(diff)
	}
	s, _ = over.Decode(0, s, Typed{"/name": {"Erika"}, "/dauer": {"tag"}, "/steg": {"Süd"}, "/bemerkung": {"x"}})
	s, err := over.Attach(s, "/_proofs/pass", "urn:uuid:1")
	if err != nil {
		t.Fatal(err)
	}
	raw, problems := over.Freeze(s)
	if problems != nil || !strings.Contains(string(raw), `"_proofs":{"pass":["urn:uuid:1"]}`) || strings.Contains(string(raw), "bemerkung") {
		t.Fatalf("%s %v", raw, problems)
	}
	if p := over.Accepts(raw, testNow); p != nil {
		t.Error(p)
	}
	if p := keywords(f.Accepts(raw, testNow)); !cmp.Equal(p, []string{"/_proofs unknown"}) {
		t.Error(p)
	}
	if last := over.Journey(s); len(last) != 3 || last[2].Title != "Weitere Nachweise" || !last[2].Done || over.PageCount() != 4 {
		t.Error(last)
	}
	if diff := cmp.Diff([]string{"urn:uuid:1"}, over.URNs(s.Answers)); diff != "" {
		t.Error(diff)
	}
}

func TestIndexTerms(t *testing.T) {
	f := boatForm(t)
	want := []IndexTerm{
		{Pointer: "/name", Mode: "name", Text: "Erika", Shown: "Erika", Column: true},
		{Pointer: "/boote/0/kennung", Mode: "exact", Text: "J-1", Shown: "J-1"},
		{Pointer: "/schild", Mode: "exact", Text: "true", Shown: "ja"},
	}
	if diff := cmp.Diff(want, f.IndexTerms(answersOf(t, boatAnswers))); diff != "" {
		t.Error(diff)
	}
}

func TestDiff(t *testing.T) {
	a, _ := boats(t)
	b, err := boats(t, "schema.json", `"title": "Steg"`, `"title": "Anleger", "maxLength": 9`, "schema.json", `"required": ["name", "dauer", "boote"]`, `"required": ["name", "boote"]`,
		"form.yaml", `"12.50"`, `"13.00"`, "form.yaml", "assurance: none", "assurance: basic", "schema.json", `, {"const": "tag", "title": "Ein Tag"}`, ``,
		"ui.json", `, {"type": "Control", "scope": "#/properties/bemerkung"}`, ``, "service.yaml", "fees: a", "fees: b", "texts/en.json", "One day", "A day")
	if err != nil {
		t.Fatal(err)
	}
	if got := Diff(a, a); got != nil {
		t.Error(got)
	}
	var lines []string
	for _, c := range Diff(a, b) {
		lines = append(lines, strings.TrimSpace(fmt.Sprintln(append([]any{c.Key}, c.Args...)...)))
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{
		`field.label field Anleger pointer /steg was Steg`, `field.limit.new field Anleger pointer /steg limit maxLength now 9`, `field.optional field Dauer pointer /dauer`,
		`now 13.00 was 12.50`, `setting.assurance now basic was none`, `field.choice.gone field Dauer pointer /dauer choice Ein Tag`, `field.gone field Bemerkung pointer /bemerkung`,
		`module module fees lang de`, `translations n 1 lang en`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in\n%s", want, all)
		}
	}
}
