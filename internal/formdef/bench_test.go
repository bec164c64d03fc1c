package formdef

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// tenFields is a form of so many pages with ten questions each, as a citizen meets them.
func tenFields(tb testing.TB, pages int) *Form {
	tb.Helper()
	var props, cats []string
	for p := range pages {
		var controls []string
		for i, s := range []string{
			`"type":"string","maxLength":80,"format":"din-91379"`, `"type":"string","maxLength":80,"minLength":2`,
			`"type":"string","format":"date"`, `"type":"string","format":"email"`, `"type":"string","format":"de-plz"`,
			`"type":"string","enum":["a","b","c"]`, `"type":"boolean"`, `"type":"integer","minimum":0,"maximum":99`,
			`"type":"number","multipleOf":0.01,"x-money":"EUR"`, `"type":"string","pattern":"^[A-Z]{2}[0-9]+$"`,
		} {
			name := fmt.Sprintf("p%df%d", p, i)
			props = append(props, fmt.Sprintf(`%q:{"title":"Frage %d",%s}`, name, i, s))
			rule := ""
			if i == 6 {
				rule = fmt.Sprintf(`,"rule":{"effect":"SHOW","condition":{"scope":"#/properties/p%df5","schema":{"enum":["a","b"]}}}`, p)
			}
			controls = append(controls, fmt.Sprintf(`{"type":"Control","scope":"#/properties/%s"%s}`, name, rule))
		}
		cats = append(cats, fmt.Sprintf(`{"type":"Category","label":"Seite %d","elements":[%s]}`, p, strings.Join(controls, ",")))
	}
	schema := `{"type":"object","required":["p0f0","p0f1"],"properties":{` + strings.Join(props, ",") + `}}`
	ui := `{"type":"Categorization","elements":[` + strings.Join(cats, ",") + `]}`
	f, err := CompileBare(json.RawMessage(schema), json.RawMessage(ui), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func tenTyped(page int) Typed {
	in := Typed{}
	for i, v := range []string{"Müller", "Jürgen", "", "j@example.org", "99423", "b", "true", "7", "1.234,50", "AB12"} {
		if v != "" {
			in[fmt.Sprintf("/p%df%d", page, i)] = []string{v}
		}
	}
	base := fmt.Sprintf("/p%df2", page)
	in[base+"/day"], in[base+"/month"], in[base+"/year"] = []string{"27"}, []string{"3"}, []string{"1985"}
	return in
}

func benchPages(b *testing.B, run func(b *testing.B, f *Form, s State)) {
	for _, pages := range []int{1, 20} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			f := tenFields(b, pages)
			s := State{Now: testNow, Lang: "de"}
			for p := range pages {
				var problems []Problem
				if s, problems = f.Decode(p, s, tenTyped(p)); len(problems) > 0 {
					b.Fatal(problems)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			run(b, f, s)
		})
	}
}

func BenchmarkView(b *testing.B) {
	benchPages(b, func(b *testing.B, f *Form, s State) {
		for b.Loop() {
			if _, ok := f.View(0, s, nil); !ok {
				b.Fatal("hidden")
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	benchPages(b, func(b *testing.B, f *Form, s State) {
		in := tenTyped(0)
		for b.Loop() {
			f.Decode(0, s, in)
		}
	})
}

func BenchmarkAccepts(b *testing.B) {
	benchPages(b, func(b *testing.B, f *Form, s State) {
		raw, problems := f.Freeze(s)
		if problems != nil {
			b.Fatal(problems)
		}
		for b.Loop() {
			if p := f.Accepts(raw, testNow); p != nil {
				b.Fatal(p)
			}
		}
	})
}

func BenchmarkFreeze(b *testing.B) {
	benchPages(b, func(b *testing.B, f *Form, s State) {
		for b.Loop() {
			f.Freeze(s)
		}
	})
}

func BenchmarkJourney(b *testing.B) {
	benchPages(b, func(b *testing.B, f *Form, s State) {
		for b.Loop() {
			f.Journey(s)
		}
	})
}
