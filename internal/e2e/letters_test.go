package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A text of a megabyte is refused in words and stays in its field, also when the session has ended; one that is longer than anybody
// types is refused as a whole.
func TestTextsOfAMegabyte(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	_, number, err := w.NewVisitor(t).apply("jena", "Lang", newPDF("a.pdf"))
	must(t, err)
	v := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := v.caseAt("jena", number)
	must(t, err, v.Go(at), v.Press("Übernehmen"))
	long := strings.Repeat("Äpfel und Birnen. ", 1<<20/19)
	for _, x := range []struct{ path, field, button string }{{"/write", "text", "Nachricht senden"}, {"/decide?outcome=refused", "letter", "Vorschau"}, {"/ask", "text", "Entwurf speichern"}} {
		must(t, v.Go(at+x.path), v.Fill(x.field, long))
		if err := v.Press(x.button); err != nil {
			t.Fatal(err)
		}
		if v.Page.Status != http.StatusUnprocessableEntity && v.Page.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d", x.path, v.Page.Status)
		}
		if has, _ := v.Value(x.field); strings.TrimSpace(has) != strings.TrimSpace(long) {
			t.Errorf("%s: the text is not kept: %d of %d letters", x.path, len(has), len(long))
		}
		if !slices.ContainsFunc(v.Page.Problems(), func(p string) bool { return strings.Contains(p, "zu lang") }) {
			t.Errorf("%s says %v", x.path, v.Page.Problems())
		}
	}
	must(t, v.Go(at+"/write"), v.Fill("text", long))
	v.Forget("aw_staff")
	must(t, v.Press("Nachricht senden"))
	if v.Page.Status != http.StatusUnauthorized || !strings.Contains(v.Page.Text(), "nicht verloren") {
		t.Errorf("status %d: %.200s", v.Page.Status, v.Page.Text())
	}
	if has, _ := v.Value("text"); strings.TrimSpace(has) != strings.TrimSpace(long) {
		t.Errorf("the page that leads to the log-in has lost the text: %d letters", len(has))
	}
}
