package e2e

import (
	"archive/zip"
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// newPNG makes a picture, broader than high.
func newPNG(t testing.TB, name string) file {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 400, 200))))
	return file{Name: name, Body: b.Bytes()}
}

// links are the addresses that a page leads to and that hold the words.
func (p *Page) links(words string) []string {
	var out []string
	for _, n := range p.all(func(n *html.Node) bool { return attr(n, "href") != "" || attr(n, "src") != "" }) {
		for _, to := range []string{attr(n, "href"), attr(n, "src")} {
			if strings.Contains(to, words) {
				out = append(out, to)
			}
		}
	}
	return out
}

// get asks for what is no page.
func (v *Visitor) get(t testing.TB, path string) (*http.Response, []byte) {
	t.Helper()
	resp, err := v.http.Get(v.w.URL + path)
	must(t, err)
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	must(t, err, resp.Body.Close())
	return resp, b.Bytes()
}

// A clerk looks at pictures and PDF beside the answers, turned and enlarged without a script, and takes all files along.
func TestAttachmentsBesideTheAnswers(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	citizen := w.NewVisitor(t)
	_, err := citizen.toFiles("jena", "Bilder")
	must(t, err, citizen.Choose("/anlagen/dateien", newPNG(t, "foto.png"), newPDF("plan.pdf")), citizen.Press("_action=next"))
	number, err := citizen.send()
	must(t, err)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(at))

	thumbs, views := clerk.Page.links("/view/"), clerk.Page.links("file=")
	if len(thumbs) != 1 || len(views) < 2 {
		t.Fatalf("thumbnails %v, views %v", thumbs, views)
	}
	must(t, clerk.Go(views[0]))
	shapes := map[string]image.Point{}
	for _, path := range append(clerk.Page.links("size=m"), thumbs[0]) {
		resp, raw := clerk.get(t, path)
		img, err := jpeg.Decode(bytes.NewReader(raw))
		must(t, err)
		shapes[path] = img.Bounds().Size()
		if kind, policy := resp.Header.Get("Content-Type"), resp.Header.Get("Content-Security-Policy"); kind != "image/jpeg" || !strings.Contains(policy, "sandbox") {
			t.Errorf("%s: %s, %s", path, kind, policy)
		}
	}
	if shapes[thumbs[0]] != image.Pt(240, 120) {
		t.Errorf("%v", shapes)
	}
	must(t, clerk.Follow("Nach rechts drehen"))
	if turned := clerk.Page.links("turn=90"); len(turned) == 0 {
		t.Errorf("nothing is turned")
	}
	_, raw := clerk.get(t, clerk.Page.links("/view/")[0]+"&turn=90")
	if img, err := jpeg.Decode(bytes.NewReader(raw)); err != nil || img.Bounds().Dx() >= img.Bounds().Dy() {
		t.Errorf("%v %v: not turned", img, err)
	}
	must(t, clerk.Follow("Nächste Anlage"))
	frame := clerk.Page.links("/show/")
	if len(frame) != 1 {
		t.Fatalf("frames %v", frame)
	}
	plan, _, _ := strings.Cut(frame[0], "#")
	resp, raw := clerk.get(t, plan)
	if policy := resp.Header.Get("Content-Security-Policy"); resp.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(string(raw), "%PDF") || !strings.HasPrefix(policy, "default-src 'none'; frame-ancestors 'self'") ||
		!strings.HasPrefix(resp.Header.Get("Content-Disposition"), "inline") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", resp.Header)
	}
	if resp, _ = clerk.get(t, strings.Replace(plan, "/show/", "/view/", 1)); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a preview of a PDF: status %d", resp.StatusCode)
	}
	if resp, _ = clerk.get(t, strings.Replace(thumbs[0], "/view/", "/show/", 1)); !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a picture is shown as it was sent: %v", resp.Header)
	}

	resp, raw = clerk.get(t, at+"/files.zip")
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	must(t, err)
	if len(z.File) != 2 || z.File[0].Name != "01-foto.png" || !strings.Contains(resp.Header.Get("Content-Disposition"), number+".zip") {
		t.Errorf("%v %v", z.File, resp.Header)
	}
	must(t, clerk.Go(at+"?history=looks"))
	for _, words := range []string{"Alle Anlagen heruntergeladen", "Anlage geöffnet", "foto.png"} {
		if !strings.Contains(clerk.Page.Text(), words) {
			t.Errorf("the history does not say %q", words)
		}
	}
	stranger := w.staff(t, "clerk-erfurt", "/desk/erfurt")
	stranger.expectStatus(t, http.StatusNotFound, plan, thumbs[0], at+"/files.zip")
}

// Somebody applies twice: the desk sees it, compares, and makes one case of both; the citizen is told.
func TestDuplicates(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	citizen := w.NewVisitor(t)
	_, first, err := citizen.apply("jena", "Zweimal", newPDF("a.pdf"))
	must(t, err)
	dossier, second, err := citizen.apply("jena", "Zweimal", newPDF("b.pdf"))
	must(t, err)
	_, third, err := citizen.apply("jena", "Etwas anderes", newPDF("c.pdf"))
	must(t, err)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	if n := strings.Count(clerk.Page.Text(), "Vielleicht doppelt"); n != 2 {
		t.Errorf("%d rows of the inbox are marked", n)
	}
	at, err := clerk.caseAt("jena", second)
	must(t, err, clerk.Go(at))
	if text := clerk.Page.Text(); !strings.Contains(text, "vielleicht doppelt") || !strings.Contains(text, third) {
		t.Error("neither duplicate nor other case is shown")
	}
	must(t, clerk.Follow("Mit "+first+" vergleichen"))
	must(t, clerk.Fill("text", ""), clerk.Press("_action=merge"))
	clerk.want(t, http.StatusUnprocessableEntity)
	must(t, clerk.Fill("text", "Wir führen Ihren Antrag unter "+first+" weiter."), clerk.Press("_action=merge"))
	if text := clerk.Page.Text(); !strings.Contains(text, "Die Vorgänge sind zusammengeführt") || !strings.Contains(text, "Aus dem Vorgang "+second) || !strings.Contains(text, "b.pdf") {
		t.Errorf("%.600s", text)
	}
	must(t, clerk.Go(at))
	if text := clerk.Page.Text(); !strings.Contains(text, "zusammengeführt mit") || strings.Contains(text, "vielleicht doppelt") {
		t.Errorf("%.600s", text)
	}
	must(t, citizen.Go("/me/"+path.Base(dossier)))
	if !strings.Contains(citizen.Page.Text(), "Wir führen Ihren Antrag unter "+first+" weiter.") {
		t.Errorf("%s: the citizen is not told: %.600s", dossier, citizen.Page.Text())
	}
}

// What is to be done is ticked off and added; what is wrong is said and not lost. An authority's own small form notes the rest.
func TestTasksAndAnnotations(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	citizen := w.NewVisitor(t)
	dossier, number, err := citizen.apply("jena", "Aufgaben", newPDF("a.pdf"))
	must(t, err)
	admin := w.staff(t, "admin-jena", "/admin/jena/desk/annotations/allgemeiner-antrag")
	must(t, admin.Fill("schema", "{"), admin.Press("Speichern"))
	admin.want(t, http.StatusUnprocessableEntity)
	must(t, admin.Fill("schema", `{"type":"object","required":["ort"],"properties":{"ort":{"type":"string","title":"Geprüft in"}}}`), admin.Press("Speichern"))

	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(at))
	for _, n := range clerk.Page.tag("button") {
		if attr(n, "aria-label") == "Erledigt: Unterlagen vollständig" {
			must(t, clerk.Press("_action="+attr(n, "value")))
			break
		}
	}
	if !strings.Contains(clerk.Page.Text(), "1 von 5 erledigt") {
		t.Errorf("%.300s", clerk.Page.Text())
	}
	must(t, clerk.Fill("task", "Anrufen"), clerk.Fill("task_due", "2001-01-01"), clerk.Press("_action=add"))
	clerk.want(t, http.StatusUnprocessableEntity)
	if typed, _ := clerk.Value("task"); typed != "Anrufen" {
		t.Errorf("what was typed is lost: %q", typed)
	}
	must(t, clerk.Fill("task_due", ""), clerk.Press("_action=add"))
	if !strings.Contains(clerk.Page.Text(), "1 von 6 erledigt") {
		t.Errorf("%.300s", clerk.Page.Text())
	}
	must(t, clerk.Press("Übernehmen"), clerk.Go(at+"/decide"))
	if !strings.Contains(clerk.Page.Text(), "5 Aufgaben sind noch offen") {
		t.Errorf("nobody is warned: %.300s", clerk.Page.Text())
	}
	must(t, clerk.Go(at+"/annotations"), clerk.Press("Speichern"))
	clerk.want(t, http.StatusUnprocessableEntity)
	must(t, clerk.Fill("/ort", "Winzerla"))
	other := w.staff(t, "lead-jena", at+"/annotations")
	must(t, clerk.Press("Speichern"))
	if !strings.Contains(clerk.Page.Text(), "Winzerla") {
		t.Errorf("%.300s", clerk.Page.Text())
	}
	must(t, other.Fill("/ort", "Lobeda"), other.Press("Speichern"))
	other.want(t, http.StatusConflict)
	if typed, _ := other.Value("/ort"); typed != "Lobeda" || !strings.Contains(other.Page.Text(), "Winzerla") {
		t.Errorf("the second sees neither what they typed nor what the first has saved: %q", typed)
	}
	// Where no form asks for anything, nothing is answered by an empty page, whatever the token.
	must(t, admin.Go("/admin/jena/desk/annotations/allgemeiner-antrag"), admin.Fill("schema", ""), admin.Press("Speichern"))
	for _, token := range []string{"", "stale"} {
		p, err := other.Send(http.MethodPost, at+"/annotations", strings.NewReader(url.Values{"_csrf": {token}, "/ort": {"Zwätzen"}}.Encode()), "application/x-www-form-urlencoded")
		if must(t, err); p.Status != http.StatusNotFound {
			t.Errorf("%q: %s", token, p)
		}
	}
	must(t, citizen.Go("/me/"+path.Base(dossier)))
	for _, secret := range []string{"Winzerla", "Anrufen"} {
		if strings.Contains(citizen.Page.Text(), secret) {
			t.Errorf("the citizen reads %s", secret)
		}
	}
}
