package formdef

import (
	"fmt"
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

// TestAListThatAppearsHasItsRow: what waits for a script holds the row that the server would show, at the top and in a row.
func TestAListThatAppearsHasItsRow(t *testing.T) {
	const income = `"hat":{"type":"boolean"},"einkommen":{"type":"array","minItems":1,"items":{"type":"object","properties":{"art":{"type":"string"}}}}`
	const must = `"allOf":[{"if":{"properties":{"hat":{"const":true}},"required":["hat"]},"then":{"required":["einkommen"]}}]`
	const show = `{"type":"Control","scope":"#/properties/hat"},{"type":"VerticalLayout","rule":{"effect":"SHOW","condition":{"scope":"#/properties/hat","schema":{"const":true},"failWhenUndefined":true}},
		"elements":[{"type":"Control","scope":"#/properties/einkommen"}]}`
	f, err := CompileBare([]byte(`{"type":"object","required":["leute"],"properties":{`+income+`,"leute":{"type":"array","minItems":1,"items":{"type":"object","properties":{`+income+`},`+must+`}}},`+must+`}`),
		[]byte(`{"type":"VerticalLayout","elements":[`+show+`,{"type":"Control","scope":"#/properties/leute","options":{"detail":{"type":"VerticalLayout","elements":[`+show+`]}}}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for answers, want := range map[string][]string{
		`{}`:                          {"/einkommen 1 true", "/leute 1 false", "/leute/0/einkommen 1 true"},
		`{"hat":true}`:                {"/einkommen 1 false", "/leute 1 false", "/leute/0/einkommen 1 true"},
		`{"leute":[{},{"hat":true}]}`: {"/einkommen 1 true", "/leute 2 false", "/leute/0/einkommen 1 true", "/leute/1/einkommen 1 false"},
	} {
		v, _ := f.View(0, State{Answers: answersOf(t, answers), Now: testNow, Lang: "de"}, nil)
		var got []string
		var walk func(list []Element, hidden bool)
		walk = func(list []Element, hidden bool) {
			for _, e := range list {
				if e.Kind == KindList {
					got = append(got, fmt.Sprintf("%s %d %t", e.Pointer, len(e.Rows), hidden || e.Hidden))
				}
				for _, r := range e.Rows {
					walk(r.Elements, hidden || e.Hidden)
				}
				walk(e.Children, hidden || e.Hidden)
			}
		}
		walk(v.Elements, false)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", answers, diff)
		}
	}
}

// TestWhatAppearsIsAskedFor: a question that a condition requires is not marked as optional where it waits for a script.
func TestWhatAppearsIsAskedFor(t *testing.T) {
	f, err := CompileBare([]byte(`{"type":"object","properties":{"art":{"type":"string","enum":["a","b"]},"nummer":{"type":"string"},"frei":{"type":"string"}},
		"allOf":[{"if":{"properties":{"art":{"const":"b"}},"required":["art"]},"then":{"required":["nummer"]}}]}`),
		[]byte(`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/art"},
			{"type":"Control","scope":"#/properties/nummer","rule":{"effect":"SHOW","condition":{"scope":"#/properties/art","schema":{"const":"b"},"failWhenUndefined":true}}},
			{"type":"Control","scope":"#/properties/frei","rule":{"effect":"SHOW","condition":{"scope":"#/properties/art","schema":{"const":"b"},"failWhenUndefined":true}}}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, answers := range []string{`{}`, `{"art":"a"}`, `{"art":"b"}`} {
		v, _ := f.View(0, State{Answers: answersOf(t, answers), Now: testNow, Lang: "de"}, nil)
		if len(v.Elements) != 3 || !v.Elements[1].Field.Required || v.Elements[2].Field.Required || v.Elements[1].Hidden == (answers == `{"art":"b"}`) {
			t.Errorf("%s: %+v", answers, v.Elements)
		}
	}
}
