package formdef_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/formdef"
)

func TestColumnsAndData(t *testing.T) {
	schema := `{"type":"object","properties":{"halter":{"type":"object","properties":{"name":{"type":"string","title":"Name"},"geburt":{"type":"string","format":"date","title":"Geboren"}}},
		"zahl":{"type":"number","title":"Betrag"},"art":{"type":"string","title":"Art","oneOf":[{"const":"1","title":"Welpe"},{"const":"2","title":"Hund"}]},"ja":{"type":"boolean","title":"Einverstanden"},
		"hunde":{"type":"array","title":"Hunde","items":{"type":"object","properties":{"name":{"type":"string","title":"Name"}}}},"notiz":{"type":"string","title":"Notiz"}}}`
	ui := `{"type":"Categorization","elements":[{"type":"Category","label":"Person","elements":[{"type":"Group","label":"Halter","elements":[{"type":"Control","scope":"#/properties/halter/properties/name"},
		{"type":"Control","scope":"#/properties/halter/properties/geburt"}]},{"type":"Control","scope":"#/properties/zahl"},{"type":"Control","scope":"#/properties/art"},{"type":"Control","scope":"#/properties/ja"}]},
		{"type":"Category","label":"Hunde","elements":[{"type":"Control","scope":"#/properties/hunde"},{"type":"Control","scope":"#/properties/notiz","rule":{"effect":"SHOW","condition":{"scope":"#/properties/ja","schema":{"const":true}}}}]}]}`
	f, err := formdef.CompileBare(json.RawMessage(schema), json.RawMessage(ui), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []formdef.Column{{Pointer: "/halter/name", Label: "Halter: Name"}, {Pointer: "/halter/geburt", Label: "Geboren"}, {Pointer: "/zahl", Label: "Betrag"}, {Pointer: "/art", Label: "Art"},
		{Pointer: "/ja", Label: "Einverstanden"}, {Pointer: "/hunde/*/name", Label: "Hunde: Name"}, {Pointer: "/notiz", Label: "Notiz"}}
	if d := cmp.Diff(want, f.Columns("de")); d != "" {
		t.Error(d)
	}
	data := f.Data(formdef.State{Lang: "de", Answers: formdef.Answers{"halter": map[string]any{"name": "Zoë", "geburt": "1980-02-03"}, "zahl": json.Number("-12.5"), "art": "2", "ja": false,
		"notiz": "gilt nicht", "hunde": []any{map[string]any{"name": "Bello"}, map[string]any{"name": "Rex"}}}})
	got := map[string][]formdef.Datum{"/halter/name": {{Text: "Zoë"}}, "/halter/geburt": {{Text: "03.02.1980", Date: time.Date(1980, 2, 3, 0, 0, 0, 0, time.UTC)}}, "/zahl": {{Text: "-12,5", Number: "-12.5"}},
		"/art": {{Text: "Hund"}}, "/ja": {{Key: "no"}}, "/hunde/*/name": {{Text: "Bello"}, {Text: "Rex"}}}
	if d := cmp.Diff(got, data); d != "" {
		t.Error(d)
	}
}
