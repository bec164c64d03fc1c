package widget

import (
	"bytes"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

func draw(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestProblemText(t *testing.T) {
	de := locale.For("de")
	for _, c := range []struct {
		name string
		p    formdef.Problem
		want string
	}{
		{"author's own", formdef.Problem{Keyword: "required", Label: "Rasse", Text: "Welche Rasse ist es?"}, "Welche Rasse ist es?"},
		{"by kind", formdef.Problem{Keyword: "required", Label: "Rasse", Params: map[string]string{"kind": "choice"}}, "Wählen Sie bitte bei „Rasse“ eine Antwort aus."},
		{"by format", formdef.Problem{Keyword: "format", Label: "PLZ", Params: map[string]string{"format": "de-plz", "kind": "text"}}, "Geben Sie bei „PLZ“ bitte eine Postleitzahl mit 5 Ziffern an, zum Beispiel 07743."},
		{"with limit", formdef.Problem{Keyword: "maxLength", Label: "Name", Params: map[string]string{"limit": "80"}}, "Kürzen Sie „Name“ bitte auf höchstens 80 Zeichen."},
		{"in euros", formdef.Problem{Keyword: "maximum", Label: "Miete", Params: map[string]string{"limit": "1250.5", "unit": "€"}}, "Geben Sie bei „Miete“ bitte höchstens 1.250,5\u00a0€ an."},
		{"limit missing", formdef.Problem{Keyword: "maxLength", Label: "Name"}, "Prüfen Sie bitte „Name“."},
		{"unknown", formdef.Problem{Keyword: "propertyNames", Label: "Name"}, "Prüfen Sie bitte „Name“."},
		{"nameless", formdef.Problem{Keyword: "maxProperties"}, "Prüfen Sie bitte die Angaben auf dieser Seite."},
		{"braces in the label", formdef.Problem{Keyword: "required", Label: "Menge {kg}"}, "Füllen Sie bitte „Menge {kg}“ aus."},
	} {
		if got := ProblemText(de, c.p); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMarkdownIsSafe(t *testing.T) {
	got := draw(t, Markdown("# Titel\n\n## Unter\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b> [gut](https://a.de) [auch](/jena) [böse](javascript:alert(1)) [schräg](//x.de) ![bild](https://a.de/p.png)\n\n[q](<\"onmouseover=x>)"))
	for _, bad := range []string{"<script", "onclick=", "javascript:", "<img", "//x.de", `"onmouseover`, "<h1", "<h2"} {
		if strings.Contains(got, bad) {
			t.Errorf("%s in %s", bad, got)
		}
	}
	for _, want := range []string{"<h3", "<h4", `<a class="kern-link" href="https://a.de">gut</a>`, `href="/jena"`, "böse"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n<svg onload=x>\n\n[a](javascript:x)\n\n| a | b |\n|---|---|\n| <i> | x |")
	f.Add("[a]: JaVaScRiPt:x\n\n[a] <javascript:x> <a@b.de> http://a.de")
	f.Add("[a](java&#115;cript:x) [b](&#x6a;avascript&colon;x) [c](<java\tscript:x>)")
	f.Fuzz(func(t *testing.T, source string) {
		got := strings.ToLower(draw(t, Markdown(source)))
		for _, bad := range []string{"<script", "<svg", "<iframe", `href="javascript:`, `href="data:`, `href="vbscript:`, "<img"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q draws %q", source, got)
			}
		}
	})
}

func TestConditionalFieldsAreNotPosted(t *testing.T) {
	k := Kit{L: locale.For("de")}
	field := &formdef.Field{Pointer: "/zucht", ID: "f-zucht", Widget: formdef.WidgetText, Label: "Zucht"}
	hidden := draw(t, Elements(k, []formdef.Element{{Kind: formdef.KindControl, Field: field, Hidden: true, When: `{"pointer":"/a","in":["b"]}`}}))
	if !strings.Contains(hidden, `data-when="{&#34;pointer&#34;:&#34;/a&#34;`) || !strings.Contains(hidden, " hidden><template>") {
		t.Errorf("a script cannot reveal it, or it is posted: %s", hidden)
	}
	if got := draw(t, Elements(k, []formdef.Element{{Kind: formdef.KindControl, Field: field, Hidden: true}})); got != "" {
		t.Errorf("drawn though only the server can tell: %s", got)
	}
}

func TestNothingTypedIsTrusted(t *testing.T) {
	evil := `"><script>x</script>`
	k := Kit{L: locale.For("de"), FileURL: func(string) string { return "javascript:x" }}
	for _, w := range []formdef.Widget{
		formdef.WidgetText, formdef.WidgetTextArea, formdef.WidgetNumber, formdef.WidgetDate, formdef.WidgetDateNative, formdef.WidgetTime, formdef.WidgetDateTime,
		formdef.WidgetSelect, formdef.WidgetRadio, formdef.WidgetCheckbox, formdef.WidgetCheckboxes, formdef.WidgetFile, formdef.WidgetOutput, formdef.WidgetPassword,
	} {
		f := &formdef.Field{
			Pointer: "/" + evil, ID: "f", Widget: w, Label: evil, Hint: evil, Help: evil, Value: evil, Suffix: evil, Placeholder: evil,
			Choices: []formdef.Choice{{Value: evil, Label: evil, Hint: evil}}, Parts: []formdef.DatePart{{Part: "day", Name: evil, Value: evil}},
			Files: []formdef.File{{URN: evil, Name: evil}}, Problem: &formdef.Problem{Label: evil, Text: evil},
		}
		got := draw(t, Control(k, f))
		if strings.Contains(got, "<script") || strings.Contains(got, `="javascript:`) {
			t.Errorf("%s: %s", w, got)
		}
		if w == formdef.WidgetPassword && strings.Contains(got, "value=") {
			t.Errorf("a password is sent back: %s", got)
		}
	}
}

func TestAnchorsFindTheNearest(t *testing.T) {
	a := AnchorsOf([]formdef.Element{{Kind: formdef.KindList, Pointer: "/hunde", Rows: []formdef.Row{{Elements: []formdef.Element{
		{Kind: formdef.KindControl, Field: &formdef.Field{Pointer: "/hunde/0/name", ID: "f1"}},
	}}}}})
	for pointer, want := range map[string]string{"/hunde/0/name": "f1", "/hunde": "liste-hunde", "/hunde/7/alter": "liste-hunde", "/fremd": "", "": ""} {
		if got := a.Find(pointer); got != want {
			t.Errorf("%s: %q, want %q", pointer, got, want)
		}
	}
}

// TestEveryProblemHasItsWords: whatever the engine reports is worded by itself in every language, names the field where it
// can, and leaves no placeholder open.
func TestEveryProblemHasItsWords(t *testing.T) {
	limits := map[string]string{"limit": "3", "kind": "text"}
	problems := map[string]map[string]string{
		"required": {"kind": "text"}, "type": {"kind": "text"}, "enum": nil, "const": nil, "minLength": limits, "maxLength": limits, "minimum": limits,
		"maximum": limits, "exclusiveMinimum": limits, "exclusiveMaximum": limits, "multipleOf": limits, "pattern": nil, "minItems": limits, "maxItems": limits,
		"uniqueItems": nil, "minProperties": limits, "maxProperties": limits, "oneOf": nil, "anyOf": nil, "not": nil, "contains": nil,
		"additionalProperties": nil, "rule": nil, "calculated": nil, "attachment": {"name": "a.pdf"}, "date": {"kind": "date"}, "format": {"format": "x"}, "exit": nil,
	}
	for _, format := range []string{"iban", "de-plz", "de-steuer-id", "iso-11784-chip", "de-kennzeichen", "din-91379", "email", "idn-email", "phone", "tel", "url", "date", "time", "date-time", "file-urn"} {
		checkWords(t, "format", map[string]string{"format": format, "kind": "text"}, "problem.format."+format)
	}
	for keyword, params := range problems {
		checkWords(t, keyword, params, "problem."+keyword)
	}
	for _, part := range []string{"day", "month", "year"} {
		checkWords(t, "date", map[string]string{"part": part, "kind": "date"}, "problem.date."+part)
	}
	for _, kind := range []string{"text", "choice", "date", "number", "file", "group", "boolean"} {
		checkWords(t, "required", map[string]string{"kind": kind}, "problem.required."+kind)
	}
	for _, c := range []struct{ keyword, reason string }{{"required", "pick"}, {"oneOf", "pick"}, {"required", "entry"}, {"propertyNames", "entry"}, {"uniqueItems", "entry"}} {
		checkWords(t, c.keyword, map[string]string{"reason": c.reason}, "problem."+c.keyword+"."+c.reason)
	}
}

func checkWords(t *testing.T, keyword string, params map[string]string, key string) {
	t.Helper()
	seen := map[string]string{}
	for _, lang := range []string{"de", "en", "de-LS"} {
		l := locale.For(lang)
		text := ProblemText(l, formdef.Problem{Keyword: keyword, Label: "Feld", Params: params})
		if !l.Has(key) || text == l.T("problem.other", "label", "Feld") || strings.ContainsAny(text, "{}") {
			t.Errorf("%s in %s: %q", key, lang, text)
		}
		if params["reason"] == "" && keyword != "exit" && !strings.Contains(text, "Feld") {
			t.Errorf("%s in %s does not name the field: %q", key, lang, text)
		}
		if other := seen[text]; other != "" {
			t.Errorf("%s says the same in %s and %s", key, lang, other)
		}
		seen[text] = lang
	}
}

func TestWhatASchemaSaysBeside(t *testing.T) {
	f, err := formdef.CompileBare([]byte(`{"properties":{"n":{"type":"number","examples":[1234.5]},"d":{"type":"string","format":"date","examples":["1985-03-27"]},"h":{"type":"string","description":"Eigen","examples":["x"]},"alt":{"type":"string","deprecated":true}}}`), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := f.View(0, formdef.State{Lang: "de"}, nil)
	got := draw(t, Elements(Kit{L: locale.For("de")}, v.Elements))
	for _, want := range []string{"Zum Beispiel: 1.234,5", "Zum Beispiel: 27.03.1985", "Eigen", "wird nicht mehr gebraucht"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if strings.Contains(got, "Zum Beispiel: x") {
		t.Error("an example beside the form's own hint")
	}
}
