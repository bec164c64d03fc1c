package page

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

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

// A language that is written from right to left, which no page offers: the document says so, and each link to another
// language says its own direction.
func TestRightToLeft(t *testing.T) {
	arabic := locale.For("de").With("ar", map[string]string{"shell.skip": "إلى المحتوى"})
	got := drawn(t, Layout(Shell{L: arabic, Title: "x"}))
	for _, want := range []string{`<html lang="ar" dir="rtl"`, "إلى المحتوى", `lang="en" dir="ltr"`, `lang="de-simple" dir="ltr"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %.600s", want, got)
		}
	}
	if got := drawn(t, Layout(Shell{L: locale.For("de-LS"), Title: "x"})); !strings.Contains(got, `<html lang="de-simple" dir="ltr"`) {
		t.Errorf("plain German: %.200s", got)
	}
}

func drawn(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The styles know no left and no right, so that a page of such a language is the mirror image of another.
func TestStylesHaveNoSides(t *testing.T) {
	files, err := filepath.Glob("../../../static/src/*.css")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	sides := regexp.MustCompile(`(?m)^\s*(?:(?:margin|padding|border)-(?:left|right)[\w-]*|left|right|(?:float|text-align|clear):\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)\s*[:;]`)
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sides.FindAllString(string(raw), -1) {
			t.Errorf("%s: %s", filepath.Base(path), strings.TrimSpace(m))
		}
	}
}
