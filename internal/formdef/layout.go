package formdef

import (
	"encoding/json"
	"strings"
	"unicode"
)

// defaultLayout is the UI schema of a form that has none: one control per property in document order, also for those
// of which no type is known.
func defaultLayout(ss *schemas, root *schema) json.RawMessage {
	type element struct {
		Type     string    `json:"type"`
		Scope    string    `json:"scope,omitempty"`
		Elements []element `json:"elements,omitempty"`
	}
	top := element{Type: "VerticalLayout", Elements: []element{}}
	switch {
	case root.combined(), !root.is("object") && len(root.types) > 0:
		top.Elements = append(top.Elements, element{Type: "Control", Scope: "#"})
	default:
		for _, p := range root.props {
			top.Elements = append(top.Elements, element{Type: "Control", Scope: "#/properties/" + escapePointer(p.name)})
		}
	}
	raw, err := json.Marshal(top)
	if err != nil {
		return nil
	}
	return raw
}

// combined tells whether the schema is put together of others, so that JSON Forms shows it by one control.
func (s *schema) combined() bool {
	for _, p := range s.parts {
		for _, key := range []string{"oneOf", "anyOf", "allOf"} {
			if len(p.get(key).elems()) > 0 {
				return true
			}
		}
	}
	return false
}

// wordCase makes a label of a property name: "geburtsName_2" becomes "Geburts Name 2". Umlauts stay, on purpose.
func wordCase(name string) string {
	var words []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			cur[0] = unicode.ToUpper(cur[0])
			words = append(words, string(cur))
			cur = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if len(cur) > 0 {
			last := cur[len(cur)-1]
			nextLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			switch {
			case unicode.IsDigit(r) != unicode.IsDigit(last),
				unicode.IsUpper(r) && unicode.IsLower(last),
				unicode.IsUpper(r) && unicode.IsUpper(last) && nextLower:
				flush()
			}
		}
		cur = append(cur, r)
	}
	flush()
	return strings.Join(words, " ")
}
