package widget

import (
	"context"
	"strings"
	"testing"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// An English page marks what the form only has in German, and nothing else; one from right to left turns it round.
func TestGermanOnAnEnglishPage(t *testing.T) {
	form, err := formdef.Compile(&formdef.Package{
		Schema: []byte(`{"type":"object","properties":{"name":{"type":"string","title":"Rufname"},"farbe":{"type":"string","title":"Farbe","description":"Wie auf dem Foto","examples":["grau"]},
			"hunde":{"type":"array","title":"Hunde","minItems":1,"items":{"type":"object","properties":{"chip":{"type":"string","enum":["ja","später"]}}}}},"required":["hunde"]}`),
		Texts: map[string]map[string]string{"de": {}, "en": {"name.label": "Name", "hunde.label": "Dogs"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	v, ok := form.View(0, formdef.State{Answers: formdef.Answers{"hunde": []any{map[string]any{"chip": "ja"}}}, Lang: "en"}, nil)
	if !ok {
		t.Fatal("no page")
	}
	draw := func(l *locale.Catalogue) string {
		var b strings.Builder
		if err := Elements(Kit{L: l, Foreign: form.Foreign("en")}, v.Elements).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	got := draw(locale.For("en"))
	for _, want := range []string{`<span lang="de">Farbe</span>`, `lang="de">Wie auf dem Foto</div>`, `lang="de">später</`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
	for _, not := range []string{`lang="de">Name`, `lang="de">Dogs`} {
		if strings.Contains(got, not) {
			t.Errorf("%q is no German", not)
		}
	}
	if rtl := draw(locale.For("en").With("ar", nil)); !strings.Contains(rtl, `dir="ltr" lang="de">Farbe`) {
		t.Errorf("German does not run from left to right on an Arabic page: %s", rtl)
	}
}
