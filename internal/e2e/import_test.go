package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// An editor takes over a FIM form: the version says what could not be carried over and what is left to do, can be looked at page
// by page, and is nobody's to publish before that is done. What is no form is refused with its reason.
func TestForeignForms(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	raw, err := os.ReadFile(filepath.Join("..", "formimport", "testdata", "xdf2-bootssteg", "in", "S90000002V1.0_xdf2.xml"))
	must(t, err)
	v := w.staff(t, "editor", "/state")
	must(t, v.Follow("Formular übernehmen"))
	for name, body := range map[string][]byte{"brief.txt": []byte("Sehr geehrte"), "seite.xml": []byte("<html><body>x</body></html>"), "leer.xml": {}} {
		must(t, v.Go("/state/forms/import"), v.Fill("service", "bootssteg"), v.Choose("package", file{Name: name, Body: body}), v.Press("Einlesen und als Entwurf speichern"))
		v.want(t, 422)
		kept := v.Page.all(func(n *html.Node) bool { return attr(n, "name") == "service" && attr(n, "value") == "bootssteg" })
		if v.Page.ids["fehler"] == nil || len(kept) != 1 {
			t.Errorf("%s: %s", name, v.Page.Text())
		}
	}
	must(t, v.Choose("package", file{Name: "bomb.zip", Body: bytes.Repeat([]byte("x"), 21<<20)}), v.Press("Einlesen und als Entwurf speichern"))
	v.want(t, 413)
	must(t, v.Go("/state/forms/import"), v.Choose("package", file{Name: "S90000002V1.0_xdf2.xml", Body: raw}), v.Press("Einlesen und als Entwurf speichern"))
	v.want(t, 200)
	said := v.Page.Text()
	for _, want := range []string{"Das Formular ist eingelesen", "noch zu bearbeiten", "Not carried over", "Beipackzettel"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing on the version's page", want)
		}
	}
	publisher := w.staff(t, "publisher", "/state")
	must(t, publisher.Go(v.Page.URL.Path))
	if _, b := publisher.find("Veröffentlichen"); b != nil {
		t.Error("a form with open points can be published")
	}
	must(t, v.Go(v.Page.URL.Path+"/preview?page=1"))
	v.want(t, 200)
}
