package formdef

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestWriteOnly: what a schema calls writeOnly is taken, kept and sent, and nothing that the engine makes for a reader
// holds it.
func TestWriteOnly(t *testing.T) {
	f := bare(t, `{"required":["wort"],"properties":{"wort":{"type":"string","writeOnly":true,"minLength":3},"tag":{"type":"string","format":"date","writeOnly":true},
		"art":{"enum":["rot","blau"],"writeOnly":true},"fest":{"type":"string","writeOnly":true,"readOnly":true},
		"zeilen":{"type":"array","items":{"type":"object","properties":{"pin":{"type":"string","writeOnly":true}}}}}}`,
		`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/wort"},{"type":"Control","scope":"#/properties/tag"},{"type":"Control","scope":"#/properties/art"},
		{"type":"Control","scope":"#/properties/fest"},{"type":"Control","scope":"#/properties/zeilen","options":{"elementLabelProp":"pin"}}]}`)
	s := state(answersOf(t, `{"wort":"Sesam","tag":"1985-03-27","art":"blau","fest":"Felsen","zeilen":[{"pin":"4711"}]}`))
	secret := func(what string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Sesam", "1985", "\"Selected\":true,\"Value\":\"blau\"", "Felsen", "4711", "\"27\""} {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s shows %s: %s", what, word, raw)
			}
		}
	}
	v, _ := f.View(0, s, nil)
	secret("the page", v)
	for _, d := range []string{"/wort", "/tag", "/art", "/fest"} {
		if field := fieldAt(v, d); field == nil || !field.Given {
			t.Errorf("the page does not say that %s is given", d)
		}
	}
	if c := fieldAt(v, "/art").Choices; c[0].Selected || c[1].Selected {
		t.Error("the page shows what was chosen")
	}
	sum := f.Summary(s, true)
	secret("the summary", sum)
	given := 0
	for _, l := range sum[0].Rows {
		if l.Key == "given" {
			given++
		}
	}
	if given != 5 {
		t.Errorf("%d of 5 answers are said to be given", given)
	}
	same, problems := f.Decode(0, s, postOf(v))
	if raw, _ := f.Freeze(same); len(problems) > 0 || !strings.Contains(string(raw), `"wort":"Sesam","tag":"1985-03-27","art":"blau"`) || !strings.Contains(string(raw), "4711") {
		t.Errorf("an untouched page changes a secret: %s %v", raw, problems)
	}
	other, _ := f.Decode(0, s, Typed{"/wort": {"Simsala"}, "/tag/day": {"1"}, "/tag/month": {"2"}, "/tag/year": {"2003"}, "/art": {"rot"}, "/zeilen/0/pin": {""}})
	if raw, _ := f.Freeze(other); !strings.Contains(string(raw), `"wort":"Simsala","tag":"2003-02-01","art":"rot"`) {
		t.Errorf("a secret cannot be changed: %s", raw)
	}
	short, problems := f.Decode(0, state(nil), Typed{"/wort": {"ab"}})
	if v, _ = f.View(0, short, problems); len(problems) == 0 || fieldAt(v, "/wort").Value != "" {
		t.Error("a secret that does not fit is shown again", problems)
	}
}
