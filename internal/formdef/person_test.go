package formdef

import (
	"encoding/json"
	"testing"
)

func TestPerson(t *testing.T) {
	f, err := CompileBare(json.RawMessage(`{"type":"object","properties":{
		"n":{"type":"string","title":"N","x-autocomplete":"family-name"},"v":{"type":"string","title":"V","x-autocomplete":"section-a given-name"},
		"g":{"type":"string","title":"G","format":"date","x-autocomplete":"bday"},
		"s":{"type":"string","title":"S","x-autocomplete":"address-line1"},"p":{"type":"string","title":"P","x-autocomplete":"postal-code"},
		"kinder":{"type":"array","title":"K","items":{"type":"object","properties":{"v":{"type":"string","title":"V","x-autocomplete":"given-name"}}}}}}`), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		answers Answers
		want    string
	}{
		"date of birth":           {Answers{"n": "Muster  mann", "v": "Erika", "g": "1964-08-12", "s": "Weg 1", "p": "07743"}, "Muster mann\nErika\n1964-08-12"},
		"address":                 {Answers{"n": "Mustermann", "v": "Erika", "s": "Weg 1", "p": "07743"}, "Mustermann\nErika\nWeg 1\n07743"},
		"a name is not enough":    {Answers{"n": "Mustermann", "v": "Erika", "p": "07743"}, ""},
		"no first name":           {Answers{"n": "Mustermann", "g": "1964-08-12"}, ""},
		"a child is no applicant": {Answers{"n": "Mustermann", "g": "1964-08-12", "kinder": []any{map[string]any{"v": "Max"}}}, ""},
		"nothing":                 {Answers{}, ""},
	} {
		if got := f.Person(c.answers); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
