package widget

import "testing"

// TestForeignPieces: what schemas of other governments broke, in our own words. Each example comes back as it is.
func TestForeignPieces(t *testing.T) {
	for name, c := range map[string]struct{ schema, data string }{
		"objects of which nothing is said": {
			`{"properties":{"geo":{"type":"object","properties":{"properties":{"anyOf":[{"type":"object","additionalProperties":{}},{"type":"null"}]}}},"frei":{"type":"object"},"offen":{"type":"object","additionalProperties":true}}}`,
			`{"geo":{"properties":{"name":"Flur <3>","fläche":12.5,"teile":[1,{"a":null}]}},"frei":{"x":{"y":[true,false]}},"offen":{"a":"b"}}`,
		},
		"lists of which nothing is said": {
			`{"properties":{"liste":{"type":"array"},"irgendwas":{"type":"array","items":{}},"objekte":{"type":"array","items":{"type":"object"}}}}`,
			`{"liste":[1,"zwei",{"drei":3}],"irgendwas":[{"pfad":"/a"},"b"],"objekte":[{"a":1},{"b":{"c":2}}]}`,
		},
		"a list, an object or a text": {
			`{"properties":{"wert":{"type":["array","object","string"]},"oder":{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"array","items":{"type":"string"}}]}}}`,
			`{"wert":{"a":["b"]},"oder":["x","y"]}`,
		},
		"line breaks of every kind": {
			`{"properties":{"a":{"type":"string"},"b":{"type":"string"},"c":{"type":"string"},"d":{"type":"array","items":{"type":"string"}}}}`,
			`{"a":"eins\r\nzwei\r\n","b":"\n","c":"\n\nmit Rand\n","d":["alt\rneu","\r\n"]}`,
		},
		"a person inside a person inside a person": {
			`{"$defs":{"p":{"type":"object","properties":{"name":{"type":"string"},"mutter":{"$ref":"#/$defs/p"},"kinder":{"type":"array","items":{"$ref":"#/$defs/p"}}}}},"$ref":"#/$defs/p"}`,
			`{"name":"1","mutter":{"name":"2","mutter":{"name":"3","mutter":{"name":"4","mutter":{"name":"5","mutter":{"name":"6"}}}}},"kinder":[{"name":"a","kinder":[{"name":"b","kinder":[{"name":"c","kinder":[{"name":"d","kinder":[{"name":"e"}]}]}]}]}]}`,
		},
		"names of several patterns": {
			`{"properties":{"bilder":{"type":"object","patternProperties":{"^s[0-9]+":{"type":"string"},"^desktop":{"type":"string"},"^mobil":{"type":"string"}}}}}`,
			`{"bilder":{"s300":"a","desktop_2x":"b","mobil":"c"}}`,
		},
		"what only another branch requires": {
			`{"anyOf":[{"additionalProperties":false,"required":["art","gebuehr"],"properties":{"art":{"const":"teuer"},"gebuehr":{"type":"object","required":["erlass"],"properties":{"betrag":{"type":"number"},"erlass":{"type":"object","required":["grund"],"properties":{"grund":{"type":"string"}}}}}}},
				{"additionalProperties":false,"required":["art","gebuehr"],"properties":{"art":{"const":"frei"},"gebuehr":{"type":"object","additionalProperties":false,"properties":{"entfaellt":{"const":true}}}}}]}`,
			`{"art":"frei","gebuehr":{"entfaellt":true}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if roundTrip(t, []byte(c.schema), []byte(c.data)) {
				t.Error("part of the example is not described")
			}
		})
	}
}
