package formdef

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct{ in, de, en string }{
		{"1.234,5", "1234.5", "1234.5"}, {"1,234.5", "1234.5", "1234.5"}, {"1234,5", "1234.5", "1234.5"}, {"12.5", "12.5", "12.5"},
		{"1.234", "1234", "1.234"}, {"1,234", "1.234", "1234"}, {"1.234.567", "1234567", ""}, {"1.23.4", "", ""}, {"0,50", "0.5", "0.5"},
		{"-3", "-3", "-3"}, {"−3,25", "-3.25", "-3.25"}, {"1 234,50 €", "1234.5", "1234.5"}, {"12 EUR", "12", "12"}, {"abc", "", ""}, {"1e9", "", ""},
		{",5", "0.5", "0.5"}, {"5,", "5", "5"}, {"", "", ""}, {"--1", "", ""}, {"007", "7", "7"}, {"0.123", "0.123", "0.123"},
		{"99999999999999999999999999999999999999999", "", ""}, {"1,2,3", "", ""}, {"0x10", "", ""}, {".", "", ""},
	} {
		for lang, want := range map[string]string{"de": c.de, "en": c.en} {
			got, ok := parseNumber(c.in, lang)
			if got != want || ok != (want != "") {
				t.Errorf("%q in %s: %q %t, want %q", c.in, lang, got, ok, want)
			}
		}
	}
}

func TestTextDate(t *testing.T) {
	for in, want := range map[string]string{
		"27.3.1985": "1985-03-27", "27 3 85": "1985-03-27", "27.03.85": "1985-03-27", "27/3/1985": "1985-03-27", "27. März 1985": "1985-03-27",
		"27 mar 1985": "1985-03-27", "1985-03-27": "1985-03-27", "27031985": "1985-03-27", "1.1.30": "2030-01-01", "1.1.36": "1936-01-01",
		"29.2.2024": "2024-02-29", "29.2.2023": "", "31.4.2024": "", "0.1.2024": "", "1.13.2024": "", "gestern": "", "1.1": "", "1.1.123": "", "32.1.2024": "",
	} {
		got := textDate(in, testNow)
		if text(got.value) != want || (want == "") != (got.keyword == "date") {
			t.Errorf("%q: %v %s, want %q", in, got.value, got.keyword, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for in, want := range map[string]string{"14:30": "14:30:00", "14.30": "14:30:00", "1430": "14:30:00", "9 Uhr": "09:00:00", "9:05 Uhr": "09:05:00", "24:00": "", "x": "", "12:60": ""} {
		if got, _ := parseTime(in); text(got) != want {
			t.Errorf("%q: %v, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"2025-07-01T12:00": "2025-07-01T12:00:00+02:00", "1.12.2025 12:00": "2025-12-01T12:00:00+01:00", "x": ""} {
		if got, _ := parseDateTime(in); text(got) != want {
			t.Errorf("%q: %v, want %q", in, got, want)
		}
	}
}

const allKinds = `{"type":"object","required":["t"],"properties":{
	"t":{"type":"string","title":"Text"},"long":{"type":"string"},"d":{"type":"string","format":"date"},"my":{"type":"string","pattern":"^\\d{4}-\\d{2}$"},
	"n":{"type":"number"},"i":{"type":"integer"},"eur":{"type":"number","x-money":"EUR","multipleOf":0.01},"b":{"type":"boolean"},"yes":{"const":true},
	"tog":{"type":"boolean"},"e":{"enum":["x","y"]},"num":{"enum":[1,2]},"many":{"type":"array","uniqueItems":true,"items":{"oneOf":[{"const":"p","title":"P"},{"const":"q","title":"Q"}]}},
	"ti":{"type":"string","format":"time"},"dt":{"type":"string","format":"date-time"},"nat":{"type":"string","format":"date"},
	"o":{"type":"object","properties":{"x":{"type":"string"}}},"l":{"type":"array","items":{"type":"object","properties":{"r":{"type":"string"},"s":{"type":"integer"}}}},
	"w":{"type":"array","items":{"type":"string"}}}}`

const allKindsUI = `{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/t"},{"type":"Control","scope":"#/properties/long","options":{"multi":true}},
	{"type":"Control","scope":"#/properties/d"},{"type":"Control","scope":"#/properties/my","options":{"parts":["month","year"]}},{"type":"Control","scope":"#/properties/n"},
	{"type":"Control","scope":"#/properties/i"},{"type":"Control","scope":"#/properties/eur"},{"type":"Control","scope":"#/properties/b"},{"type":"Control","scope":"#/properties/yes"},
	{"type":"Control","scope":"#/properties/tog","options":{"toggle":true}},{"type":"Control","scope":"#/properties/e","options":{"format":"radio"}},{"type":"Control","scope":"#/properties/num"},
	{"type":"Control","scope":"#/properties/many"},{"type":"Control","scope":"#/properties/ti"},{"type":"Control","scope":"#/properties/dt"},
	{"type":"Control","scope":"#/properties/nat","options":{"dateInput":"native"}},{"type":"Control","scope":"#/properties/o"},{"type":"Control","scope":"#/properties/l"},{"type":"Control","scope":"#/properties/w"}]}`

var allKindsAnswers = `{"t":"Grüße","long":"eins\nzwei","d":"1985-03-27","my":"2024-07","n":1234.5,"i":-7,"eur":1234.5,"b":false,"yes":true,"tog":true,"e":"y","num":2,
	"many":["p","q"],"ti":"14:30:00","dt":"2025-07-01T12:00:00+02:00","nat":"2024-02-29","o":{"x":"1"},"l":[{"r":"a","s":1},{"r":"b"}],"w":["eins","zwei"]}`

// TestRoundTrip: what a page shows, posted back untouched, gives the same answers, in every language.
func TestRoundTrip(t *testing.T) {
	f := bare(t, allKinds, allKindsUI)
	want := answersOf(t, allKindsAnswers)
	for _, lang := range []string{"de", "en", "de-LS"} {
		s := state(want)
		s.Lang = lang
		v, ok := f.View(0, s, nil)
		if !ok {
			t.Fatal("no page")
		}
		got, problems := f.Decode(0, s, postOf(v))
		if diff := cmp.Diff(want, got.Answers); diff != "" || len(problems) > 0 || len(got.Typed) > 0 {
			t.Errorf("%s: %s %v %v", lang, diff, problems, got.Typed)
		}
	}
}

// postOf is what a browser posts of a page without scripts.
func postOf(v View) Typed {
	in := Typed{}
	var walk func(list []Element)
	walk = func(list []Element) {
		for _, e := range list {
			if e.Hidden {
				continue
			}
			if f := e.Field; f != nil && f.Widget != WidgetOutput && f.Widget != WidgetFile && !f.Disabled {
				switch {
				case len(f.Parts) > 0:
					for _, p := range f.Parts {
						in[p.Name] = []string{p.Value}
					}
				case f.Widget == WidgetCheckbox:
					if f.Value == "true" {
						in[f.Pointer] = []string{"true"}
					}
				case len(f.Choices) > 0:
					for _, c := range f.Choices {
						if c.Selected {
							in[f.Pointer] = append(in[f.Pointer], c.Value)
						}
					}
				default:
					in[f.Pointer] = []string{f.Value}
				}
			}
			walk(e.Children)
			for _, r := range e.Rows {
				walk(r.Elements)
			}
		}
	}
	walk(v.Elements)
	return in
}
