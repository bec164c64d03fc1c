package formdef

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// language has one case for each line of the form language. A case is a file of testdata/cases, where a whole form is
// described best, or a function. A line that is added to the language is added here first.
var language = []struct {
	line string
	file string // in testdata/cases
	test func(t *testing.T)
}{
	{"inspect accepts any draft from 4 on", "draft-04", nil},
	{"what cannot be rendered is named under unsupported, never dropped", "", unsupportedIsNamed},
	{"Control: label string, boolean, {text, show}; label:false hides it visually only", "labels", nil},
	{"VerticalLayout, HorizontalLayout, Group, Label", "i18n", nil},
	{"Categorization: tabs become pages; Category hidden by its rule is skipped; nested", "pages", nil},
	{"options.variant: stepper and pages", "", func(t *testing.T) {
		for _, variant := range []string{"stepper", "pages"} {
			f := bare(t, `{"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`, `{"type":"Categorization","options":{"variant":"`+variant+`"},"elements":[
				{"type":"Category","label":"1","elements":[{"type":"Control","scope":"#/properties/a"}]},{"type":"Category","label":"2","elements":[{"type":"Control","scope":"#/properties/b"}]}]}`)
			if f.PageCount() != 2 || len(f.c.notes) > 0 {
				t.Error(variant, f.PageCount(), f.c.notes)
			}
		}
	}},
	{"ListWithDetail; scopes inside options.detail start again at the item", "detail", nil},
	{"rules: SHOW, HIDE", "", effectOf("SHOW", true, true, false)},
	{"rules: HIDE", "", effectOf("HIDE", false, true, false)},
	{"rules: ENABLE", "", effectOf("ENABLE", true, true, false)},
	{"rules: DISABLE", "", effectOf("DISABLE", true, false, false)},
	{"rules: READONLY", "", effectOf("READONLY", true, true, true)},
	{"rules: WRITABLE", "", effectOf("WRITABLE", true, true, false)},
	{"conditions: schema, LEAF, AND, OR, nested; empty AND, empty OR, unknown type", "conditions", nil},
	{"a JavaScript validate function is refused", "", func(t *testing.T) {
		f := bare(t, `{"properties":{"a":{"type":"string"}}}`, `{"type":"Control","scope":"#/properties/a","rule":{"effect":"HIDE","condition":{"scope":"#/properties/a","validate":"x"}}}`)
		if len(f.c.unsupported) != 1 {
			t.Error(f.c.unsupported)
		}
	}},
	{"a condition on an absent value", "", absentValues},
	{"enablement: rule, options.readonly, schema readOnly, parent", "enablement", nil},
	{"LEAF compares with strict equality: arrays and objects never match", "", func(t *testing.T) {
		const schema = `{"properties":{"l":{"type":"array","uniqueItems":true,"items":{"enum":["x"]}},"b":{"type":"string"}}}`
		i := bare(t, schema, `{"type":"Control","scope":"#/properties/b","rule":{"effect":"SHOW","condition":{"type":"LEAF","scope":"#/properties/l","expectedValue":["x"]}}}`).Inspect(answersOf(t, `{"l":["x"]}`), "de")
		if i.Elements[0].Visible {
			t.Error("an array equals an array")
		}
	}},
	{"default layout in document order; [null, X] counts as X", "default-layout", nil},
	{"detail GENERATED and GENERATE", "", func(t *testing.T) {
		for _, word := range []string{"GENERATE", "GENERATED", "generated"} {
			i := bare(t, `{"properties":{"o":{"properties":{"z":{"type":"string"},"a":{"type":"string"}}}}}`, `{"type":"Control","scope":"#/properties/o","options":{"detail":"`+word+`"}}`).Inspect(nil, "de")
			if len(i.Elements) != 3 || i.Elements[1].Path != "o.z" || len(i.Unsupported) > 0 {
				t.Error(word, i)
			}
		}
	}},
	{"labels keep umlauts", "default-layout", nil},
	{"enum with one entry and const are selects; oneOf of consts; unique items are ticks", "choices", nil},
	{"i18n keys", "i18n", nil},
	{"error texts: .error.custom, .error.<keyword>", "", ownMessages},
	{"an empty text is absent, never \"\"", "", func(t *testing.T) {
		f := bare(t, `{"required":["a"],"properties":{"a":{"type":"string"}}}`, "")
		s, problems := f.Decode(0, state(answersOf(t, `{"a":"x"}`)), Typed{"/a": {"  "}})
		if _, there := s.Answers["a"]; there || len(problems) != 1 || problems[0].Keyword != "required" {
			t.Error(s.Answers, problems)
		}
	}},
	{"errors of oneOf: only of the branch that was chosen", "branches", nil},
	{"patterns are ECMA-262, with a leash", "", func(t *testing.T) {
		f := bare(t, `{"properties":{"a":{"type":"string","pattern":"^(a+)+$(?=x)?"},"b":{"type":"string","pattern":"^\\s\\u00c4$"}}}`, "")
		start := time.Now()
		i := f.Inspect(answersOf(t, `{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!","b":"\u00a0Ä"}`), "de")
		if len(i.Errors) != 1 || i.Errors[0].Pointer != "/a" || time.Since(start) > 2*time.Second {
			t.Error(i.Errors, time.Since(start))
		}
	}},
	{"$ref reads no file and no address", "", func(t *testing.T) {
		for _, ref := range []string{"file:///etc/passwd", "https://example.org/s.json", "other.json", "/etc/passwd"} {
			if _, err := CompileBare(json.RawMessage(`{"properties":{"a":{"$ref":"`+ref+`"}}}`), nil, nil); err == nil {
				t.Error("reads ", ref)
			}
		}
	}},
	{"help: description, options.help, HelpContent", "", func(t *testing.T) {
		f := bare(t, `{"properties":{"a":{"type":"string","description":"Hinweis"}}}`, `{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/a","options":{"help":"**mehr**"}},{"type":"HelpContent","label":"Hilfe","text":"Text"}]}`)
		v, _ := f.View(0, state(nil), nil)
		if a := fieldAt(v, "/a"); a.Hint != "Hinweis" || a.Help != "**mehr**" || v.Elements[1].Kind != KindHelp || v.Elements[1].Text != "Text" {
			t.Errorf("%+v", v.Elements)
		}
	}},
	{"steps and task list: options.taskGroup; one question a page", "pages", nil},
	{"attachments", "choices", nil},
	{"dates: three fields, native, parts, shown as typed", "", datesAsTyped},
	{"money: exact, decimal comma", "", moneyIsExact},
	{"x-calculate, x-rules, x-prefill, fees, onHide", "", func(t *testing.T) {
		if _, err := os.Stat("testdata/pkg/samples/valid.json"); err != nil { // package_test.go plays that package
			t.Error(err)
		}
	}},
	{"formats with check digits", "", nil}, // formats_test.go
	{"Exit ends the journey", "pages", nil},
	{"if/then/else: what it requires and what it asks", "conditional-required", nil},
	{"then, else and dependentSchemas add questions", "conditional-questions", nil},
	{"oneOf and anyOf of objects: by a discriminator, by a question, all together", "choices-of-objects", nil},
	{"lists of texts, of lists, of trees; objects in themselves", "nesting", nil},
	{"tuples and prefixItems", "tuples", nil},
	{"additionalProperties and patternProperties as name and value", "entries", nil},
	{"several types, null, readOnly, default, deprecated", "types", nil},
	{"entries of an object are added, named, renamed and removed by the HTML contract", "", entriesByPost},
	{"an untouched answer stays as it is", "", untouched},
}

func TestLanguage(t *testing.T) {
	for _, c := range language {
		t.Run(c.line, func(t *testing.T) {
			if c.file != "" {
				raw, err := os.ReadFile("testdata/cases/" + c.file + ".txtar")
				if err != nil || !strings.Contains(string(raw), "-- want --\n#") {
					t.Error("the case is not there, or expects nothing: ", err)
				}
			}
			if c.test != nil {
				c.test(t)
			}
		})
	}
}

// effectOf tries an effect with a condition that holds, and with one that does not.
func effectOf(effect string, visible, enabled, readonly bool) func(*testing.T) {
	return func(t *testing.T) {
		for _, holds := range []bool{true, false} {
			expected := map[bool]string{true: "x", false: "y"}[holds]
			f := bare(t, `{"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`, `{"type":"Control","scope":"#/properties/b","rule":{"effect":"`+effect+`","condition":{"scope":"#/properties/a","schema":{"const":"`+expected+`"}}}}`)
			e := f.Inspect(answersOf(t, `{"a":"x"}`), "de").Elements[0]
			want := [3]bool{visible, enabled, readonly}
			if !holds { // the opposite of the one thing that the effect is about
				switch effect {
				case "SHOW", "HIDE":
					want[0] = !want[0]
				case "ENABLE", "DISABLE":
					want[1] = !want[1]
				default:
					want[2] = !want[2]
				}
			}
			if got := [3]bool{e.Visible, e.Enabled, e.Readonly}; got != want {
				t.Errorf("%s, condition %v: visible, enabled, readonly are %v, want %v", effect, holds, got, want)
			}
		}
	}
}

// absentValues is the table of the language, as found with the reference.
func absentValues(t *testing.T) {
	for schema, holds := range map[string]bool{
		`{"minimum":3}`: true, `{"minLength":1}`: true, `{"pattern":"x"}`: true, `{"format":"date"}`: true, `{"required":["x"]}`: true,
		`{"properties":{"x":{"const":1}}}`: true, `{"contains":{"const":1}}`: true, `{"not":{"const":1}}`: true, `{}`: true, `true`: true,
		`{"const":1}`: false, `{"enum":[1]}`: false, `{"type":"string"}`: false, `{"anyOf":[{"const":1},{"const":2}]}`: false, `{"not":{}}`: false, `false`: false,
	} {
		for _, fail := range []bool{false, true} {
			extra := ""
			if fail {
				extra = `,"failWhenUndefined":true`
			}
			f := bare(t, `{"properties":{"a":{},"b":{"type":"string"}}}`, `{"type":"Control","scope":"#/properties/b","rule":{"effect":"SHOW","condition":{"scope":"#/properties/a","schema":`+schema+extra+`}}}`)
			if got := f.Inspect(Answers{}, "de").Elements[0].Visible; got != (holds && !fail) {
				t.Errorf("%s, failWhenUndefined %v: %v", schema, fail, got)
			}
		}
	}
}

func unsupportedIsNamed(t *testing.T) {
	f := bare(t, `{"properties":{"frei":{"type":"object"},"liste":{"type":"array"},"nichts":{"type":"null"},"mal":{"type":["array","string"],"items":{"type":"string"}}}}`, "")
	for _, path := range []string{"/frei", "/liste", "/nichts", "/mal"} {
		if !slices.ContainsFunc(f.c.unsupported, func(u string) bool { return strings.Contains(u+" ", " at "+path+" ") }) {
			t.Errorf("%s is dropped silently: %v", path, f.c.unsupported)
		}
	}
}

func ownMessages(t *testing.T) {
	texts := map[string]map[string]string{"de": {"a.error.required": "Bitte A", "b.error.custom": "Immer das", "b.error.required": "nie"}, "en": {"a.error.required": "A, please"}}
	f, err := CompileBare(json.RawMessage(`{"required":["a","b"],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`), nil, texts)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][]string{"de": {"Bitte A", "Immer das"}, "en": {"A, please", "Immer das"}} {
		s := state(nil)
		s.Lang = lang
		var got []string
		for _, p := range f.Check(s) {
			got = append(got, p.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

func datesAsTyped(t *testing.T) {
	f := bare(t, `{"properties":{"d":{"type":"string","format":"date"},"m":{"type":"string"},"n":{"type":"string","format":"date"}}}`, `{"type":"VerticalLayout","elements":[
		{"type":"Control","scope":"#/properties/d"},{"type":"Control","scope":"#/properties/m","options":{"parts":["month","year"]}},{"type":"Control","scope":"#/properties/n","options":{"dateInput":"native"}}]}`)
	for _, c := range []struct{ day, month, year string }{{"27.3.1985", "", ""}, {"27 3 85", "", ""}, {"27", "3", "85"}, {"27", "03", "1985"}, {"27", "März", "1985"}} {
		s, problems := f.Decode(0, state(nil), Typed{"/d/day": {c.day}, "/d/month": {c.month}, "/d/year": {c.year}, "/m/month": {"7"}, "/m/year": {"2024"}, "/n": {"1985-03-27"}})
		if len(problems) > 0 || s.Answers["d"] != "1985-03-27" || s.Answers["m"] != "2024-07" || s.Answers["n"] != "1985-03-27" {
			t.Error(c, problems, s.Answers)
		}
		v, _ := f.View(0, s, nil)
		if p := fieldAt(v, "/d").Parts; p[0].Value != c.day || p[1].Value != c.month || p[2].Value != c.year {
			t.Errorf("%v is shown as %v", c, p)
		}
	}
}

func moneyIsExact(t *testing.T) {
	f := bare(t, `{"properties":{"e":{"type":"number","multipleOf":0.01,"x-money":"EUR","maximum":2000}}}`, "")
	for typed, want := range map[string]string{"1.234,50": "1234.5", "1234,5": "1234.5", "0,10 €": "0.1", "1.234": "1234", "1,234.50": "1234.5", "19,99": "19.99"} {
		s, problems := f.Decode(0, state(nil), Typed{"/e": {typed}})
		if len(problems) > 0 || s.Answers["e"] != json.Number(want) {
			t.Errorf("%q is %v %v, want %s", typed, s.Answers["e"], problems, want)
		}
	}
	for typed, keyword := range map[string]string{"1,999": "multipleOf", "2.000,01": "maximum", "viel": "type", "1.2.3": "type"} {
		if _, problems := f.Decode(0, state(nil), Typed{"/e": {typed}}); len(problems) != 1 || problems[0].Keyword != keyword {
			t.Errorf("%q: %v, want %s", typed, problems, keyword)
		}
	}
	s, _ := f.Decode(0, state(nil), Typed{"/e": {"1.234,5"}})
	if v, _ := f.View(0, s, nil); fieldAt(v, "/e").Value != "1.234,5" {
		t.Error("not shown as typed: ", fieldAt(v, "/e").Value)
	}
}

func entriesByPost(t *testing.T) {
	f := bare(t, `{"required":["m"],"properties":{"m":{"type":"object","additionalProperties":{"type":"integer","minimum":1},"propertyNames":{"pattern":"^[a-z]+$"}}}}`, "")
	s, err := f.AddRow(state(nil), "/m")
	if err != nil {
		t.Fatal(err)
	}
	s, problems := f.Decode(0, s, Typed{"/m/~0/~0key": {"GROSS"}, "/m/~0": {"3"}})
	if len(problems) != 1 || problems[0].Keyword != "propertyNames" || problems[0].Pointer != "/m/~0/~0key" {
		t.Error(problems)
	}
	s, problems = f.Decode(0, s, Typed{"/m/~0/~0key": {"alt"}, "/m/~0": {"3"}})
	if raw, frozen := f.Freeze(s); len(problems) > 0 || string(raw) != `{"m":{"alt":3}}` {
		t.Error(problems, string(raw), frozen)
	}
	s, _ = f.AddRow(s, "/m")
	s, problems = f.Decode(0, s, Typed{"/m/alt/~0key": {"neu"}, "/m/alt": {"3"}, "/m/~0/~0key": {"neu"}, "/m/~0": {"4"}})
	if len(problems) != 1 || problems[0].Keyword != "uniqueItems" {
		t.Error("two entries of one name: ", problems, s.Answers)
	}
	s, err = f.RemoveRow(s, "/m/neu")
	if raw, bad := f.Freeze(s); err != nil || string(raw) != `{"m":{"alt":3}}` {
		t.Error(err, string(raw), bad)
	}
	if bad := f.Accepts([]byte(`{"m":{"alt":3,"GROSS":1}}`), testNow); len(bad) == 0 {
		t.Error("a name that the schema forbids is accepted")
	}
}

func untouched(t *testing.T) {
	f := bare(t, `{"properties":{"z":{"type":"string","format":"time"},"u":{"type":["string","number"]},"l":{"type":"array","uniqueItems":true,"items":{"enum":["x","y"]}},"n":{"type":["string","null"]},"t":{"type":"string","format":"date-time"}}}`, "")
	a := answersOf(t, `{"z":"14:30:15","u":3,"l":["y","x"],"n":null,"t":"2025-07-01T12:00:00-07:00"}`)
	v, _ := f.View(0, state(a), nil)
	s, problems := f.Decode(0, state(a), postOf(v))
	raw, _ := f.Freeze(s)
	if want := `{"z":"14:30:15","u":3,"l":["y","x"],"n":null,"t":"2025-07-01T12:00:00-07:00"}`; string(raw) != want {
		t.Errorf("%s %v", raw, problems)
	}
}
