package page

import (
	"testing"

	"antragswerk/internal/locale"
)

func TestLanguageURLKeepsTheQuery(t *testing.T) {
	for path, want := range map[string]string{
		"/jena?q=hund":           "/jena?lang=en&q=hund",
		"/jena?lang=de":          "/jena?lang=en",
		"":                       "?lang=en",
		"//elsewhere.example/a":  "/?lang=en",
		"https://elsewhere.test": "/?lang=en",
	} {
		if got := (Shell{Path: path}).languageURL("en"); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestBrandReadsOnItsColour(t *testing.T) {
	for colour, ink := range map[string]string{"#ffffff": "#000", "#00695c": "#fff", "#ffcc00": "#000", "red": "#fff", "": "#fff"} {
		b := Brand{Colour: colour}
		if got := b.ink(); got != ink {
			t.Errorf("%q: ink %s, want %s", colour, got, ink)
		}
	}
	if c := Contrast("#000000", "#ffffff"); c < 20.9 || c > 21.1 {
		t.Errorf("black on white: %f", c)
	}
	if Contrast("#000000", "javascript:") != 0 {
		t.Error("not a colour, but a contrast")
	}
}

func TestInitialIsOfThePlace(t *testing.T) {
	for name, want := range map[string]string{"Stadt Jena": "J", "Landkreis Gotha": "G", "Überlingen": "Ü", "": "A"} {
		if got := (Brand{Name: name}).initial(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestThemesOffered(t *testing.T) {
	l := locale.For("de")
	if got := (Shell{L: l}).otherThemes(); len(got) != 2 {
		t.Errorf("by device: %v", got)
	}
	if got := (Shell{L: l, Theme: "dark"}).otherThemes(); len(got) != 2 || got[0] != "light" || got[1] != "auto" {
		t.Errorf("dark: %v", got)
	}
}
