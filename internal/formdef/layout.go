package formdef

import (
	"encoding/json"
	"strings"
	"unicode"
)

// defaultLayout is the UI schema of a form that has none: one control per property in document order.
func defaultLayout(ss *schemas, root *schema) json.RawMessage {
	type element struct {
		Type     string    `json:"type"`
		Scope    string    `json:"scope,omitempty"`
		Elements []element `json:"elements,omitempty"`
	}
	top := element{Type: "VerticalLayout", Elements: []element{}}
	if !root.is("object") {
		top.Elements = append(top.Elements, element{Type: "Control", Scope: "#"})
	}
	for _, p := range root.props {
		top.Elements = append(top.Elements, element{Type: "Control", Scope: "#/properties/" + escapePointer(p.name)})
	}
	raw, err := json.Marshal(top)
	if err != nil {
		return nil
	}
	return raw
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
