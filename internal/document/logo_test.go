package document

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

func logoPNG(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 40, 10))
	for x := range 40 {
		for y := range 10 {
			img.Set(x, y, color.NRGBA{R: 200, G: uint8(x), B: 10, A: uint8(25 * y)})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A letter carries its authority's logo on both engines; one that cannot be read leaves it out and goes all the same.
func TestLetterCarriesTheLogo(t *testing.T) {
	p := New(Config{})
	l := civic.Letter{Lang: "de", Title: "Bescheid", Head: []string{"Stadt Jena", "Am Anger 15"}, Body: "Text", Logo: logoPNG(t)}
	words := locale.For("de")
	with, err := p.drawLetter(l, words)
	if err != nil || !bytes.Contains(with, []byte("/Subtype /Image /Width 40 /Height 10")) || !bytes.Contains(with, []byte("/SMask")) {
		t.Errorf("no logo in the PDF (%v)", err)
	}
	page, err := p.letterHTML(l, words)
	if err != nil || !strings.Contains(string(page), `<img class="logo" src="data:image/png;base64,`) {
		t.Errorf("no logo in the page (%v): %.900s", err, page)
	}
	for name, body := range map[string][]byte{"none": nil, "broken": l.Logo[:40], "no picture": []byte("<svg onload=x>")} {
		l.Logo = body
		pdf, err := p.drawLetter(l, words)
		if err != nil || bytes.Contains(pdf, []byte("/Image")) {
			t.Errorf("%s: %v", name, err)
		}
		if page, err = p.letterHTML(l, words); err != nil || strings.Contains(string(page), "<img") {
			t.Errorf("%s: %v %s", name, err, page)
		}
	}
}
