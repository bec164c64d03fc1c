package formdef

import "testing"

// What a language lacks stands in German and is known to; what it has, and what another question has in it, is not.
func TestForeign(t *testing.T) {
	f, err := Compile(&Package{
		Schema: []byte(`{"type":"object","properties":{"name":{"type":"string","title":"Rufname"},"farbe":{"type":"string","title":"Farbe","description":"Wie auf dem Foto"},
			"art":{"type":"string","oneOf":[{"const":"h","title":"Hund"},{"const":"k","title":"Katze"}]},"zweit":{"type":"string","title":"Rufname"}}}`),
		Texts: map[string]map[string]string{
			"de": {"name.label": "Rufname", "farbe.label": "Farbe", "art.h": "Hund", "art.k": "Katze", "farbe.error.required": "Welche Farbe?"},
			"en": {"name.label": "Name", "art.h": "Dog", "zweit.label": "Rufname"},
		},
		Service: ServiceMeta{Name: Text{"de": "Hund anmelden"}, Modules: map[string]Modules{"de": {Short: "Kurz"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if f.Foreign("de") != nil {
		t.Error("nothing is foreign on a German page")
	}
	en := f.Foreign("en")
	for text, want := range map[string]bool{"Farbe": true, "Wie auf dem Foto": true, "Katze": true, "Welche Farbe?": true, "Hund anmelden": true, "Kurz": true,
		"Name": false, "Dog": false, "Rufname": false, "": false} {
		if en(text) != want {
			t.Errorf("%q: foreign %t", text, !want)
		}
	}
	if ls := f.Foreign("de-LS"); !ls("Rufname") || ls("") {
		t.Error("in a language that the form does not have, all of its texts are German")
	}
}
