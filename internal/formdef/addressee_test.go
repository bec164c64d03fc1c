package formdef

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressee(t *testing.T) {
	text := func(token string) string { return `{"type":"string","title":"x","x-autocomplete":"` + token + `"}` }
	p := &Package{Slug: "x", UI: json.RawMessage(`{"type":"Categorization","elements":[{"type":"Category","label":"Angaben","elements":[
		{"type":"Control","scope":"#/properties/ort"},{"type":"Control","scope":"#/properties/plz"},{"type":"Control","scope":"#/properties/strasse"},
		{"type":"Control","scope":"#/properties/zusatz"},{"type":"Control","scope":"#/properties/nach"},{"type":"Control","scope":"#/properties/vor"},
		{"type":"Control","scope":"#/properties/firma"},{"type":"Control","scope":"#/properties/werk/properties/strasse"},{"type":"Control","scope":"#/properties/werk/properties/ort"},{"type":"Control","scope":"#/properties/leute"}]}]}`),
		Schema: json.RawMessage(`{"type":"object","properties":{"ort":` + text("address-level2") + `,"plz":` + text("postal-code") + `,"strasse":` + text("street-address") +
			`,"zusatz":` + text("address-line2") + `,"nach":` + text("family-name") + `,"vor":` + text("given-name") + `,"firma":` + text("organization") +
			`,"werk":{"type":"object","properties":{"strasse":` + text("section-werk address-line1") + `,"ort":` + text("section-werk address-level2") + `}},"leute":{"type":"array","items":{"type":"object","properties":{"nach":` + text("family-name") + `}}}}}`)}
	f, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		answers string
		want    []string
	}{
		"a person, in the order of a window": {`{"ort":"Jena","plz":"07743","strasse":"Am  Anger 15","zusatz":"Hinterhaus","nach":"Öztürk","vor":"Aylin"}`,
			[]string{"Aylin Öztürk", "Hinterhaus", "Am Anger 15", "07743 Jena"}},
		"an organisation and its person": {`{"ort":"Jena","plz":"07743","strasse":"Weg 1","firma":"Muster GmbH","nach":"Öztürk","werk":{"strasse":"Anders 2","ort":"Gera"}}`,
			[]string{"Muster GmbH", "Öztürk", "Weg 1", "07743 Jena"}},
		"the second address where the first is not whole": {`{"ort":"Jena","werk":{"strasse":"Anders 2","ort":"Gera"},"firma":"Muster GmbH"}`, []string{"Muster GmbH", "Anders 2", "Gera"}},
		"two halves of addresses":                         {`{"ort":"Jena","werk":{"strasse":"Anders 2"},"firma":"Muster GmbH"}`, nil},
		"nobody's name":                                   {`{"ort":"Jena","plz":"07743","strasse":"Weg 1","leute":[{"nach":"Fremd"}]}`, nil},
		"no street":                                       {`{"ort":"Jena","plz":"07743","nach":"Öztürk"}`, nil},
		"no town":                                         {`{"plz":"07743","strasse":"Weg 1","nach":"Öztürk"}`, nil},
		"nothing at all":                                  {`{}`, nil},
		"an answer of another type":                       {`{"ort":1,"strasse":true,"nach":"Öztürk"}`, nil},
	} {
		if d := cmp.Diff(c.want, f.Addressee(answersOf(t, c.answers))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
