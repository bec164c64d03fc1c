package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// What must not work, in one world.
func TestForbidden(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	for name, test := range map[string]func(*testing.T, *World){
		"fields that the page does not have": foreignFields, "more than a form may hold": hugeBodies, "sending twice": sendTwice,
		"somebody else's": foreignAddresses, "posts without a token": withoutToken, "files": forbiddenFiles, "a file that breaks off": brokenUpload,
		"names of other hosts": foreignHosts,
	} {
		t.Run(name, func(t *testing.T) { test(t, w) })
	}
}

// What the page would not have allowed is not taken: other pages' fields, hidden ones, unknown ones, wrong types.
func foreignFields(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.begin("jena", "allgemeiner-antrag")
	must(t, err)
	first := fields("_csrf", v.token(), "_action", "next", "/anliegen/art", "antrag", "/anliegen/betreff", "Bank am Dorfteich", "/anliegen/text", "Es fehlt eine Bank zum Ausruhen.",
		"/antragsteller/familienname", "Eingeschleust", "/fremd", "Eingeschleust", "/__proto__/x", "Eingeschleust", "/anlagen/dateien", "urn:uuid:00000000-0000-4000-8000-000000000001",
		"/anliegen", "Eingeschleust", "/anliegen/betreff/tiefer", "Eingeschleust", "/~2~", "Eingeschleust", "/anliegen/art/0", "Eingeschleust")
	must(t, v.post(base+"/1", first))
	v.want(t, 200)
	if has, ok := v.Value("/antragsteller/familienname"); !ok || has != "" {
		t.Errorf("the second page holds %q (%v) from a post of the first", has, ok)
	}
	must(t, v.post(base+"/1", fields("_csrf", v.token(), "_action", "next", "/anliegen/art", "erfunden", "/anliegen/betreff", "Bank am Dorfteich", "/anliegen/text", "Es fehlt eine Bank zum Ausruhen.")))
	v.want(t, 422)
	must(t, v.post(base+"/1", first))
	second := fields("_csrf", v.token(), "_action", "next", "/antragsteller/art", "person", "/antragsteller/organisation", "Eingeschleust GmbH", "/antragsteller/vornamen", "Erika",
		"/antragsteller/familienname", "Mustermann", "/antragsteller/anschrift/strasse", "Am Teich 1", "/antragsteller/anschrift/plz", "99084", "/antragsteller/anschrift/ort", "Erfurt")
	must(t, v.post(base+"/2", second))
	must(t, v.post(base+"/3", fields("_csrf", v.token(), "_action", "next", "/anlagen/dateien", "urn:uuid:00000000-0000-4000-8000-000000000001")))
	v.want(t, 200)
	if strings.Contains(v.Page.Text(), "Eingeschleust") {
		t.Errorf("the summary holds what no page asked for:\n%s", strings.Join(v.Page.Answers(), "\n"))
	}
	number, err := v.send()
	must(t, err)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err)
	must(t, clerk.Go(at))
	if strings.Contains(clerk.Page.Text(), "Eingeschleust") || len(clerk.Page.downloads()) > 0 {
		t.Error("the case holds what no page asked for")
	}
	// Nothing is sent before it is complete, whatever is posted to the end.
	u := w.NewVisitor(t)
	base, err = u.begin("jena", "hundesteuer-anmeldung")
	must(t, err, u.post(base+"/submit", fields("_csrf", u.token(), "_declaration", "yes", "_action", "submit")))
	u.want(t, 422)
	u.expectStatus(t, 404, base+"/receipt.pdf")
}

// A form holds 1 MiB and 5,000 fields. What is more is refused with a page, and quickly.
func hugeBodies(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.begin("jena", "hundesteuer-anmeldung")
	must(t, err)
	huge := bytes.Repeat([]byte(`{"hunde":[{"rufname":"Bello"}]}`), 10<<20/31)
	for contentType, statuses := range map[string][]int{"application/json": {413, 415, 422}, "application/x-www-form-urlencoded": {413},
		"multipart/form-data; boundary=x": {403}, "": {413, 415, 422}} {
		start := time.Now()
		p, err := v.Send(http.MethodPost, base+"/1", bytes.NewReader(huge), contentType)
		must(t, err)
		if !contains(statuses, p.Status) || len(p.tag("h1")) != 1 || time.Since(start) > 3*time.Second {
			t.Errorf("10 MB of %q: status %d after %s: %.200s", contentType, p.Status, time.Since(start), p.Text())
		}
	}
	for n, status := range map[int]int{10000: 413, 4000: 200} {
		many := numbered("/hunde/%d/rufname", n)
		many.Set("_csrf", v.token())
		many.Set("_action", "save")
		must(t, v.post(base+"/3", many))
		if v.Page.Status != status {
			t.Errorf("%d rows: status %d, not %d", n, v.Page.Status, status)
		}
		must(t, v.Go(base+"/1"))
	}
	must(t, v.Complete("hundesteuer-anmeldung", "gueltig-ein-hund"))
	if n := strings.Count(strings.Join(v.Page.Answers(), "\n"), "Rufname"); n != 1 {
		t.Errorf("after posts of thousands of rows the application has %d dogs", n)
	}
}

func contains(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// Back button and double click lead to the one receipt of the one case.
func sendTwice(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("suhl", "Doppelt gesendet")
	must(t, err, v.Press("_action=next"), v.Fill("_declaration", "yes"))
	f, b := v.find("_action=submit")
	pages := make([]*Page, 20)
	var all sync.WaitGroup
	for i := range pages {
		all.Go(func() {
			p, err := v.press(f, b)
			if err != nil {
				t.Error(err)
				return
			}
			pages[i] = p
		})
	}
	all.Wait()
	number := ""
	for i, p := range pages {
		if p == nil || p.Status != 200 || p.Attr("data-file-number") == "" {
			t.Fatalf("click %d: status %d: %.300s", i+1, p.Status, p.Text())
		}
		if number == "" {
			number = p.Attr("data-file-number")
		}
		if p.Attr("data-file-number") != number {
			t.Errorf("click %d shows %s, another %s", i+1, p.Attr("data-file-number"), number)
		}
	}
	// The back button: every page of the draft leads to the receipt, and sending again too.
	must(t, v.show(v.press(f, b)))
	if v.Page.Attr("data-file-number") != number {
		t.Errorf("sent again: %s", v.Page.Attr("data-file-number"))
	}
	for _, page := range []string{"/1", "/2", "/check"} {
		must(t, v.Go(base+page))
		if v.Page.URL.Path != base+"/receipt" {
			t.Errorf("%s leads to %s", page, v.Page.URL.Path)
		}
	}
	clerk := w.staff(t, "clerk-suhl", "/desk/suhl?q=Doppelt")
	_, err = clerk.caseAt("suhl", number)
	must(t, err)
	if n := len(inboxNumbers(clerk.Page)); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// Another's draft, case, attachment, receipt and PDF by their addresses, as a stranger, a logged-in citizen, a clerk of
// another authority: as if they did not exist.
func foreignAddresses(t *testing.T, w *World) {
	owner := w.NewVisitor(t)
	draft, err := owner.toFiles("jena", "Nur für mich")
	must(t, err, owner.Choose("/anlagen/dateien", newPDF("Geheim.pdf")), owner.Press("_action=upload:/anlagen/dateien"))
	draftFiles := owner.Page.downloads()
	sent, number, err := owner.apply("jena", "Auch nur für mich", newPDF("Geheim.pdf"))
	must(t, err)
	dossier := sent[strings.LastIndexByte(sent, '/')+1:]
	must(t, owner.Go("/me/"+dossier))
	paths := append([]string{draft + "/1", draft + "/3", draft + "/check", sent + "/1", sent + "/receipt", sent + "/receipt.pdf", "/me/" + dossier, "/me/" + dossier + "/receipt.pdf",
		"/me/" + dossier + "/correct", "/me/" + dossier + "/letter.pdf"}, append(draftFiles, owner.Page.downloads()...)...)
	if len(paths) < 12 {
		t.Fatalf("too few addresses: %q", paths)
	}
	owner.expectStatus(t, 200, draft+"/1", sent+"/receipt", "/me/"+dossier, draftFiles[0])

	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	desk, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(desk))
	deskFile := clerk.Page.downloads()[0]
	clerk.expectStatus(t, 200, desk, deskFile)

	stranger, citizen := w.NewVisitor(t), w.NewVisitor(t)
	must(t, stranger.Go("/"), citizen.Go("/me"), citizen.LogIn("citizen-high"))
	elsewhere := w.staff(t, "clerk-erfurt", "/desk/erfurt")
	for _, v := range []*Visitor{stranger, citizen, elsewhere, clerk} {
		v.expectStatus(t, 404, paths...)
		for _, path := range []string{draft + "/1", draft + "/submit", "/me/" + dossier + "/withdraw", "/me/" + dossier + "/discard", "/me/" + dossier + "/message"} {
			must(t, v.post(path, fields("_csrf", v.csrf(t), "_action", "next", "text", "Hallo")))
			if v.Page.Status != 404 {
				t.Errorf("POST %s: status %d", path, v.Page.Status)
			}
		}
	}
	elsewhere.expectStatus(t, 404, desk, desk+"/ask", desk+"/decide", desk+"/forward", desk+"/letter.pdf", deskFile, strings.Replace(desk, "/jena/", "/erfurt/", 1),
		strings.Replace(deskFile, "/jena/", "/erfurt/", 1), "/desk/jena")
	for _, step := range []string{"/take", "/note", "/message", "/ask", "/decide", "/close", "/pay", "/release", "/recall", "/forward"} {
		for _, at := range []string{desk, strings.Replace(desk, "/jena/", "/erfurt/", 1)} {
			must(t, elsewhere.post(at+step, fields("_csrf", elsewhere.csrf(t), "revision", "1", "text", "Hallo", "note", "Hallo", "method", "cash")))
			if elsewhere.Page.Status != 404 {
				t.Errorf("POST %s: status %d", at+step, elsewhere.Page.Status)
			}
		}
	}
	// A draft under another tenant's or service's address is not there either.
	owner.expectStatus(t, 404, strings.Replace(draft, "/jena/", "/erfurt/", 1)+"/1", strings.Replace(draft, "/allgemeiner-antrag/", "/hundesteuer-anmeldung/", 1)+"/1")
}

// csrf is a token that is good for this visitor.
func (v *Visitor) csrf(t testing.TB) string {
	t.Helper()
	p, err := v.Send(http.MethodGet, "/feedback", nil, "")
	must(t, err)
	for _, f := range p.forms() {
		if f.has("_csrf") {
			return f.value("_csrf")
		}
	}
	t.Fatal("no token")
	return ""
}

// A post without a token, or with another's, changes nothing; what was typed is shown again.
func withoutToken(t *testing.T, w *World) {
	v, other := w.NewVisitor(t), w.NewVisitor(t)
	base, err := v.begin("jena", "allgemeiner-antrag")
	must(t, err)
	for _, token := range []string{"", "x", other.csrf(t)} {
		must(t, v.post(base+"/1", fields("_csrf", token, "_action", "next", "/anliegen/art", "antrag", "/anliegen/betreff", "Getippt", "/anliegen/text", "Das soll nicht verloren gehen.")))
		v.want(t, 403)
		if has, _ := v.Value("/anliegen/betreff"); has != "Getippt" {
			t.Errorf("what was typed is lost: %q", has)
		}
		must(t, v.Go(base+"/1"))
		if has, _ := v.Value("/anliegen/betreff"); has != "" {
			t.Errorf("a post with token %q was stored", token)
		}
	}
	base, number, err := v.apply("jena", "Ohne Zeichen", newPDF("a.pdf"))
	must(t, err)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	desk, err := clerk.caseAt("jena", number)
	must(t, err)
	for _, step := range []string{"/take", "/close", "/pay", "/release"} {
		must(t, clerk.post(desk+step, fields("revision", "1")))
		clerk.want(t, 403)
	}
	must(t, clerk.post(desk+"/note", fields("note", "Ein langer Vermerk", "revision", "1")))
	clerk.want(t, 403)
	if has, _ := clerk.Value("note"); has != "Ein langer Vermerk" {
		t.Errorf("the note is lost: %q", has)
	}
	dossier := base[strings.LastIndexByte(base, '/')+1:]
	must(t, v.post("/me/"+dossier+"/withdraw", fields()))
	v.want(t, 403)
	// A page of another site cannot send one, even with a token.
	req, err := http.NewRequest(http.MethodPost, w.URL+"/me/"+dossier+"/withdraw", strings.NewReader(fields("_csrf", v.csrf(t)).Encode()))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	resp, err := v.http.Do(req)
	must(t, err, resp.Body.Close())
	if resp.StatusCode != 403 {
		t.Errorf("a post from another site: status %d", resp.StatusCode)
	}
}

// Files that are too big or of another kind are refused with the page, everything typed kept.
func forbiddenFiles(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	_, err := v.begin("jena", "hundesteuer-anmeldung")
	must(t, err)
	s, err := readSample("hundesteuer-anmeldung", "gueltig-ein-hund")
	must(t, err)
	// On to the page with the first file, filled but for the file.
	for range 12 {
		if f := v.formNamed("antrag"); f != nil && f.has("/hunde/0/chipnachweis") {
			break
		}
		acted, err := v.fillPage(s)
		must(t, err)
		if !acted {
			must(t, v.Press("_action=next"))
		}
	}
	must(t, v.Go(v.Page.URL.Path), v.Fill("/hunde/0/rufname", "Waldi"))
	wrong, err := newFile("falsch.pdf")
	must(t, err)
	for _, x := range []struct {
		f      file
		status int
	}{{bigPDF("gross.pdf", 11<<20), 413}, {wrong, 422}, {file{Name: "leer.pdf"}, 422}, {file{Name: "seite.html.pdf", Body: []byte("<html><script>alert(1)</script>")}, 422},
		{file{Name: "bild.svg", Body: []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)}, 422}} {
		must(t, v.Choose("/hunde/0/chipnachweis", x.f), v.Press("_action=next"))
		if v.Page.Status != x.status || len(v.Page.Problems()) == 0 {
			t.Errorf("%s: status %d, not %d, %q", x.f.Name, v.Page.Status, x.status, v.Page.Problems())
		}
		if has, _ := v.Value("/hunde/0/rufname"); has != "Waldi" {
			t.Errorf("%s: what was typed is lost: %q", x.f.Name, has)
		}
		if n := len(v.Page.downloads()); n != 0 {
			t.Errorf("%s: the page offers %d files", x.f.Name, n)
		}
	}
	// Attachments are sent in a way that no browser runs them.
	must(t, v.Choose("/hunde/0/chipnachweis", newPDF("../../e\"vil\n.pdf")), v.Press("_action=upload:/hunde/0/chipnachweis"))
	v.want(t, 200)
	p, err := v.Send(http.MethodGet, v.Page.downloads()[0], nil, "")
	must(t, err)
	if d := p.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || strings.Contains(d, "/") || p.Header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(p.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("sent as %q, %v", d, p.Header)
	}
}

// A connection that ends in the middle of a file leaves nothing: no row, no bytes.
func brokenUpload(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("gera", "Abgebrochen")
	must(t, err)
	before := storedFiles(t, w)
	must(t, v.Choose("/anlagen/dateien", bigPDF("halb.pdf", 4<<20)))
	f, b := v.find("_action=next")
	body, contentType, err := f.encode(b)
	must(t, err)
	var raw bytes.Buffer
	_, err = raw.ReadFrom(body)
	must(t, err)
	req, err := http.NewRequest(http.MethodPost, w.URL+base+"/3", nil)
	must(t, err)
	var cookies []string
	for _, c := range v.jar.Cookies(req.URL) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.URL, "http://"))
	must(t, err)
	_, err = fmt.Fprintf(conn, "POST %s/3 HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", base, req.Host, strings.Join(cookies, "; "), contentType, raw.Len())
	must(t, err)
	_, err = conn.Write(raw.Bytes()[:raw.Len()/2])
	must(t, err)
	time.Sleep(100 * time.Millisecond)
	must(t, conn.Close())
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		after := storedFiles(t, w)
		if fmt.Sprint(after) == fmt.Sprint(before) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %q, before %q", after, before)
		}
	}
	must(t, v.Go(base+"/3"))
	if n := len(v.Page.downloads()); n != 0 {
		t.Errorf("the page offers %d files", n)
	}
}

// storedFiles are all files below the folder of attachments.
func storedFiles(t *testing.T, w *World) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(w.Dir, "attachments"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return nil // a file may vanish while we look
	})
	must(t, err)
	return out
}

// The server answers to its own name only.
func foreignHosts(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	req, err := http.NewRequest(http.MethodGet, w.URL+"/", nil)
	must(t, err)
	req.Host = "evil.example"
	resp, err := v.http.Do(req)
	must(t, err, resp.Body.Close())
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("status %d", resp.StatusCode)
	}
	for _, back := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"} {
		must(t, v.post("/theme", fields("_csrf", v.csrf(t), "theme", "dark", "back", back)))
		if v.Page.URL.Host != strings.TrimPrefix(w.URL, "http://") {
			t.Errorf("back to %s leads to %s", back, v.Page.URL)
		}
	}
}
