package formdef

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWordsOfRowsAndSums: a row is called by the title of a choice, not by its value, and a calculated amount has one unit.
func TestWordsOfRowsAndSums(t *testing.T) {
	f, err := CompileBare([]byte(`{"type":"object","properties":{
		"einkommen":{"type":"array","items":{"type":"object","properties":{"art":{"type":"string","enum":["lohn","rente"]},"betrag":{"type":"number","x-money":"EUR"}}}},
		"summe":{"type":"number","x-money":"EUR","x-calculate":{"+":[{"map":[{"var":"einkommen"},{"var":"betrag"}]}]}},
		"anzahl":{"type":"integer","x-calculate":{"count":[{"var":"einkommen"}]}}}}`),
		[]byte(`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/einkommen","options":{"elementLabelProp":"art"}},
			{"type":"Control","scope":"#/properties/summe"},{"type":"Control","scope":"#/properties/anzahl","options":{"suffix":"Posten"}}]}`),
		map[string]map[string]string{"de": {"einkommen.art.lohn": "Lohn und Gehalt", "einkommen.item": "Einkommen"}})
	if err != nil {
		t.Fatal(err)
	}
	v, ok := f.View(0, State{Answers: answersOf(t, `{"einkommen":[{"art":"lohn","betrag":1200.5},{"art":"rente","betrag":10},{"betrag":1}]}`), Now: testNow, Lang: "de"}, nil)
	if !ok {
		t.Fatal("no page")
	}
	var titles, sums []string
	for _, e := range v.Elements {
		for _, r := range e.Rows {
			titles = append(titles, r.Title)
		}
		if e.Field != nil && e.Field.Widget == WidgetOutput {
			sums = append(sums, e.Field.Value+"|"+e.Field.Suffix)
		}
	}
	if diff := cmp.Diff([]string{"Lohn und Gehalt", "rente", "Einkommen 3"}, titles); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1.211,50\u00a0€|", "3\u00a0Posten|"}, sums); diff != "" {
		t.Error(diff)
	}
}
