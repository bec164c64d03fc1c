package formtest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Big is a form as large as administrations have them: 300 questions on 30 pages with 200 rules, a list that holds up to 500 rows, and
// code lists that make the schema 800 kB. Answers fill every question, and 200 rows.
func Big() (schema, ui, answers json.RawMessage) {
	var props, cats []string
	data := map[string]any{}
	for p := range 30 {
		var controls []string
		for i := range 10 {
			name := fmt.Sprintf("p%df%d", p, i)
			kind, value := bigField(p, i)
			props = append(props, fmt.Sprintf(`%q:{"title":"Frage %d auf Seite %d",%s}`, name, i+1, p+1, kind))
			data[name] = value
			rule := ""
			if i >= 3 && (i < 9 || p < 20) { // seven a page on twenty pages, six on the others: 200
				rule = fmt.Sprintf(`,"rule":{"effect":"SHOW","condition":{"scope":"#/properties/p%df%d","schema":{"not":{"const":"nein"}}}}`, p, i%3)
			}
			controls = append(controls, fmt.Sprintf(`{"type":"Control","scope":"#/properties/%s"%s}`, name, rule))
		}
		cats = append(cats, fmt.Sprintf(`{"type":"Category","label":"Seite %d","elements":[%s]}`, p+1, strings.Join(controls, ",")))
	}
	var rows []any
	for i := range 200 {
		rows = append(rows, map[string]any{"name": fmt.Sprintf("Person %d", i), "geboren": "1985-03-27", "betrag": json.Number("12.5")})
	}
	data["personen"] = rows
	props = append(props, `"personen":{"type":"array","title":"Personen","maxItems":500,"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","title":"Name","maxLength":80},`+
		`"geboren":{"type":"string","format":"date","title":"Geboren"},"betrag":{"type":"number","title":"Betrag"}}}}`)
	cats = append(cats, `{"type":"Category","label":"Personen","elements":[{"type":"Control","scope":"#/properties/personen"}]}`)
	schema = json.RawMessage(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["p0f0","p1f0"],"$defs":{` + bigCodeLists() + `},"properties":{` + strings.Join(props, ",") + `}}`)
	ui = json.RawMessage(`{"type":"Categorization","elements":[` + strings.Join(cats, ",") + `]}`)
	answers, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return schema, ui, answers
}

// bigField is the schema and an answer of a question.
func bigField(page, i int) (kind string, value any) {
	switch i {
	case 3:
		return `"type":"string","format":"date"`, "1985-03-27"
	case 4:
		return `"type":"string","format":"email"`, "erika@example.org"
	case 5:
		return fmt.Sprintf(`"$ref":"#/$defs/liste%d"`, page%8), "code-0007"
	case 6:
		return `"type":"integer","minimum":0,"maximum":999`, json.Number("7")
	case 7:
		return `"type":"number"`, json.Number("1234.5")
	case 8:
		return `"type":"string","pattern":"^[A-Z]{2}[0-9]+$"`, "AB12"
	}
	return `"type":"string","maxLength":80`, "Müller"
}

// bigCodeLists are eight lists of 1,000 codes.
func bigCodeLists() string {
	var lists []string
	for l := range 8 {
		var codes []string
		for c := range 1000 {
			codes = append(codes, fmt.Sprintf(`{"const":"code-%04d","title":"Eintrag %d der Codeliste %d mit einem längeren Namen zur Auswahl"}`, c, c, l))
		}
		lists = append(lists, fmt.Sprintf(`"liste%d":{"type":"string","oneOf":[%s]}`, l, strings.Join(codes, ",")))
	}
	return strings.Join(lists, ",")
}
