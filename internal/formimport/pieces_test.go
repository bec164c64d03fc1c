package formimport

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readList(t *testing.T, raw string) *codeList {
	t.Helper()
	var l *codeList
	list, err := parts([]File{memory("liste.xml", []byte(raw))})
	if err != nil {
		t.Fatal(err)
	}
	err = list[0].scan(func(s *scanner, _ rootElement) (err error) {
		l, err = readGenericode(s, "liste.xml")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestGenericodeColumns: which column is the code and which the name, in the ways that lists are written.
func TestGenericodeColumns(t *testing.T) {
	row := func(values ...string) string {
		out := "<Row>"
		for i := 0; i+1 < len(values); i += 2 {
			ref := ""
			if values[i] != "" {
				ref = fmt.Sprintf(` ColumnRef="%s"`, values[i])
			}
			out += "<Value" + ref + "><SimpleValue>" + values[i+1] + "</SimpleValue></Value>"
		}
		return out + "</Row>"
	}
	for name, c := range map[string]struct {
		columns, rows    string
		key, label, help string
		want             []code
	}{
		"by their order":      {`<Column Id="a"/><Column Id="b"/>`, row("a", "1", "b", "eins"), "", "", "", []code{{"1", "eins", ""}}},
		"by usual names":      {`<Column Id="name"/><Column Id="code"/>`, row("name", "eins", "code", "1"), "", "", "", []code{{"1", "eins", ""}}},
		"by the key":          {`<Column Id="kurz"/><Column Id="nr"/><Key Id="k"><ColumnRef Ref="nr"/></Key>`, row("kurz", "e", "nr", "1"), "", "", "", []code{{"1", "e", ""}}},
		"by the schema":       {`<Column Id="code"/><Column Id="de"/><Column Id="en"/><Column Id="mehr"/>`, row("code", "1", "de", "eins", "en", "one", "mehr", "Hilfe"), "code", "en", "mehr", []code{{"1", "one", "Hilfe"}}},
		"a wish not there":    {`<Column Id="code"/><Column Id="name"/>`, row("code", "1", "name", "eins"), "nix", "nix", "nix", []code{{"1", "eins", ""}}},
		"without ColumnRef":   {`<Column Id="code"/><Column Id="name"/>`, row("", "1", "", "eins"), "", "", "", []code{{"1", "eins", ""}}},
		"only codes":          {`<Column Id="code"/>`, row("code", "1") + row("code", "2"), "", "", "", []code{{"1", "1", ""}, {"2", "2", ""}}},
		"twice and empty":     {`<Column Id="code"/><Column Id="name"/>`, row("code", "1", "name", "a") + row("code", "1", "name", "b") + row("name", "c"), "", "", "", []code{{"1", "a", ""}}},
		"hilfe is the help":   {`<Column Id="code"/><Column Id="hilfe"/><Column Id="name"/>`, row("code", "1", "hilfe", "h", "name", "n"), "", "", "", []code{{"1", "n", "h"}}},
		"no columns declared": {``, row("code", "1"), "", "", "", nil},
	} {
		l := readList(t, `<?xml version="1.0"?><gc:CodeList xmlns:gc="x"><ColumnSet>`+c.columns+`</ColumnSet><SimpleCodeList>`+c.rows+`</SimpleCodeList></gc:CodeList>`)
		if diff := cmp.Diff(c.want, l.pick(c.key, c.label, c.help), cmp.AllowUnexported(code{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestFragments: a group or a field that is exported alone is a form of one page.
func TestFragments(t *testing.T) {
	field := `<x:identifikation><x:id>F1</x:id></x:identifikation><x:name>Feld</x:name><x:bezug>§ 1</x:bezug><x:feldart>input</x:feldart><x:datentyp>bool</x:datentyp>`
	for kind, body := range map[string]string{
		"datenfeldgruppe.0103": `<x:datenfeldgruppe><x:identifikation><x:id>G1</x:id></x:identifikation><x:name>Gruppe</x:name><x:struktur><x:anzahl>1:1</x:anzahl><x:enthaelt><x:datenfeld>` + field + `</x:datenfeld></x:enthaelt></x:struktur></x:datenfeldgruppe>`,
		"datenfeld.0104":       `<x:datenfeld>` + field + `</x:datenfeld>`,
	} {
		out, err := XDF(memory("s.xml", []byte(`<x:xdatenfelder.`+kind+` xmlns:x="urn:xoev-de:fim:standard:xdatenfelder_3.0.0">`+body+`</x:xdatenfelder.`+kind+`>`)))
		if err != nil {
			t.Fatal(err)
		}
		if out.Report.Counts.Pages != 1 || out.Report.Counts.Questions != 1 || out.file("samples/beispiel.json") == "" {
			t.Errorf("%s: %s", kind, out.Report.Counts)
		}
	}
}

// TestMultiplicity: anzahl decides what is required and how often, also when a tool wrote it badly.
func TestMultiplicity(t *testing.T) {
	for count, want := range map[string]struct{ schema, lost string }{
		"1:1":    {`"required": ["F1"]`, ""},
		"0:1":    {`"F1": {`, ""},
		" 1 : 1": {`"required": ["F1"]`, ""},
		"0:*":    {`"type": "array"`, ""},
		"2:5":    {`"minItems": 2`, ""},
		"1:9999": {`"minItems": 1`, ""},
		"0:0":    {`"properties": {}`, "0:0"},
		"viele":  {`"required": ["F1"]`, `"viele" cannot be read`},
		"5:2":    {`"required": ["F1"]`, `"5:2" cannot be read`},
		"-1:1":   {`"required": ["F1"]`, `"-1:1" cannot be read`},
		"":       {`"required": ["F1"]`, `"" cannot be read`},
	} {
		out, err := XDF(memory("s.xml", []byte(xdf3Head+strings.Replace(oneField, "1:1", count, 1)+xdf3Tail)))
		if err != nil {
			t.Fatal(err)
		}
		lost := ""
		for _, n := range out.Report.Lost {
			lost += n.Text + "\n"
		}
		if s := out.file("schema.json"); !strings.Contains(s, want.schema) || !strings.Contains(lost, want.lost) || (want.lost == "") != (lost == "") {
			t.Errorf("%q: lost %q\n%s", count, lost, s)
		}
		if (count == "0:1" || count == "0:*") && strings.Contains(out.file("schema.json"), `"required"`) {
			t.Errorf("%q is required", count)
		}
	}
}

// TestRJSFConditions: what an if, a dependency and a branch add is shown under that condition.
func TestRJSFConditions(t *testing.T) {
	for name, c := range map[string]struct{ schema, want string }{
		"if with required": {`{"properties":{"a":{"enum":["x","y"]}},"if":{"properties":{"a":{"const":"x"}},"required":["a"]},"then":{"properties":{"b":{"type":"string"}}}}`,
			`{ "scope": "#/properties/a", "schema": { "const": "x" }, "failWhenUndefined": true }`},
		"else": {`{"properties":{"a":{"enum":["x","y"]}},"if":{"properties":{"a":{"const":"x"}},"required":["a"]},"else":{"properties":{"b":{"type":"string"}}}}`,
			`{ "scope": "#/properties/a", "schema": { "not": { "const": "x" } } }`},
		"two answers": {`{"properties":{"a":{"enum":["x"]},"c":{"type":"boolean"}},"if":{"properties":{"a":{"const":"x"},"c":{"const":true}},"required":["a","c"]},"then":{"properties":{"b":{"type":"string"}}}}`,
			`{ "type": "AND", "conditions": [{ "scope": "#/properties/a", "schema": { "const": "x" }, "failWhenUndefined": true }, { "scope": "#/properties/c", "schema": { "const": true }, "failWhenUndefined": true }] }`},
		"if of another kind": {`{"properties":{"a":{"type":"number"}},"if":{"properties":{"a":{"minimum":5}},"required":["a"]},"then":{"properties":{"b":{"type":"string"}}}}`,
			`{ "scope": "#/properties/a", "schema": { "minimum": 5 }, "failWhenUndefined": true }`},
		"else of another kind": {`{"properties":{"a":{"type":"number"}},"if":{"properties":{"a":{"minimum":5}},"required":["a"]},"else":{"properties":{"b":{"type":"string"}}}}`,
			`{ "scope": "#/properties/a", "schema": { "not": { "minimum": 5, "type": ["string", "number", "boolean", "object", "array"] } } }`},
		"dependency": {`{"properties":{"a":{"type":"string"}},"dependencies":{"a":{"properties":{"b":{"type":"string"}}}}}`,
			`{ "scope": "#/properties/a", "schema": {}, "failWhenUndefined": true }`},
		"branch of a dependency": {`{"properties":{"a":{"enum":["x","y"]}},"dependencies":{"a":{"oneOf":[{"properties":{"a":{"enum":["x"]}}},{"properties":{"a":{"enum":["y"]},"b":{"type":"string"}}}]}}}`,
			`{ "scope": "#/properties/a", "schema": { "enum": ["y"] }, "failWhenUndefined": true }`},
		"branch": {`{"type":"object","oneOf":[{"properties":{"a":{"const":"x"}}},{"properties":{"a":{"const":"y"},"b":{"type":"string"}}}]}`,
			`{ "scope": "#/properties/a", "schema": { "const": "y" }, "failWhenUndefined": true }`},
	} {
		out, err := RJSF(memory("schema.json", []byte(c.schema)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseJSON([]byte(out.file("ui.json")))
		if err != nil {
			t.Fatal(err)
		}
		condition := ""
		var walk func(v any)
		walk = func(v any) {
			switch n := v.(type) {
			case *object:
				if n.str("scope") == "#/properties/b" {
					condition, _ = flat(n.sub("rule").get("condition"))
				}
				for _, k := range n.keys {
					walk(n.vals[k])
				}
			case []any:
				for _, e := range n {
					walk(e)
				}
			}
		}
		walk(got)
		if condition != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, condition, c.want)
		}
		for _, f := range out.Report.Mend {
			if f.File == "ui.json" {
				t.Errorf("%s: %s", name, f)
			}
		}
	}
}
