package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tusLine is a client of the upload protocol in a visitor's browser.
type tusLine struct {
	t     testing.TB
	v     *Visitor
	base  string // of the draft
	token string
}

func (v *Visitor) tus(t testing.TB, base string) tusLine {
	t.Helper()
	return tusLine{t, v, base, v.csrf(t)}
}

// say sends a request and returns the answer with its body read. Headers come in pairs and replace the usual ones, "" drops one.
func (l tusLine) say(method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	l.t.Helper()
	req, err := http.NewRequest(method, l.v.w.URL+path, body)
	must(l.t, err)
	h := map[string]string{"Tus-Resumable": "1.0.0", "X-CSRF-Token": l.token, "Accept-Language": "de", "Sec-Fetch-Site": "same-origin"}
	for i := 0; i+1 < len(headers); i += 2 {
		h[headers[i]] = headers[i+1]
	}
	for k, v := range h {
		if v != "" {
			req.Header.Set(k, v)
		}
	}
	resp, err := l.v.http.Do(req)
	must(l.t, err)
	raw, err := io.ReadAll(resp.Body)
	must(l.t, err, resp.Body.Close())
	return resp, string(raw)
}

func metadata(key, value string) string {
	return key + " " + base64.StdEncoding.EncodeToString([]byte(value))
}

const filesField = "/anlagen/dateien"

// begin announces a file and returns the upload's address.
func (l tusLine) begin(f file) string {
	l.t.Helper()
	resp, said := l.say(http.MethodPost, l.base+"/upload", nil, "Upload-Length", strconv.Itoa(len(f.Body)), "Upload-Metadata", metadata("field", filesField)+","+metadata("filename", f.Name)+","+metadata("stamp", "17"))
	at := resp.Header.Get("Location")
	if resp.StatusCode != 201 || !strings.HasPrefix(at, l.base+"/upload/") || resp.Header.Get("Upload-Expires") == "" {
		l.t.Fatalf("announcing: status %d, at %q: %s", resp.StatusCode, at, said)
	}
	return at
}

// piece sends bytes from an offset on and wants a status.
func (l tusLine) piece(at string, offset int, body []byte, status int, headers ...string) (*http.Response, string) {
	l.t.Helper()
	h := append([]string{"Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(offset)}, headers...)
	resp, said := l.say(http.MethodPatch, at, bytes.NewReader(body), h...)
	if resp.StatusCode != status {
		l.t.Errorf("%d bytes at %d: status %d, not %d: %s", len(body), offset, resp.StatusCode, status, said)
	}
	return resp, said
}

// offset asks where the upload is, -1 when it is not there.
func (l tusLine) offset(at string) int {
	l.t.Helper()
	resp, _ := l.say(http.MethodHead, at, nil)
	if resp.StatusCode == 404 {
		return -1
	}
	n, err := strconv.Atoi(resp.Header.Get("Upload-Offset"))
	must(l.t, err)
	if resp.StatusCode != 200 || !strings.Contains(resp.Header.Get("Cache-Control"), "no-store") || resp.Header.Get("Tus-Resumable") != "1.0.0" {
		l.t.Errorf("asking: status %d, %v", resp.StatusCode, resp.Header)
	}
	return n
}

// Uploads in pieces, each test with a draft of its own.
func TestResumableUploads(t *testing.T) {
	for name, c := range map[string]Config{"SQLite and a folder": {}, "PostgreSQL and S3": {Postgres: true, S3: true}} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			w := Start(t, c)
			for name, test := range map[string]func(*testing.T, *World){"what is taken": piecesTaken, "what is refused": piecesRefused, "what belongs to others": piecesOfOthers,
				"what breaks off": piecesBrokenOff, "what a correction takes": piecesOfCorrection} {
				t.Run(name, func(t *testing.T) { test(t, w) })
			}
			if !c.S3 {
				t.Run("what is left", func(t *testing.T) { piecesLeft(t, w) })
			}
			t.Run("over a restart", func(t *testing.T) { piecesOverRestart(t, w) })
		})
	}
}

// A file that came in pieces is the same as one that came at once, and is sent with the application.
func piecesTaken(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("gera", "In Stücken")
	must(t, err)
	l := v.tus(t, base)
	resp, _ := l.say(http.MethodOptions, base+"/upload", nil, "Tus-Resumable", "")
	if resp.StatusCode != 204 || resp.Header.Get("Tus-Version") != "1.0.0" || resp.Header.Get("Tus-Extension") != "creation,expiration,termination" || resp.Header.Get("Tus-Max-Size") == "" {
		t.Errorf("terms: %d %v", resp.StatusCode, resp.Header)
	}
	f := bigPDF("Gutachten ä.pdf", 5<<20)
	at := l.begin(f)
	if n := l.offset(at); n != 0 {
		t.Errorf("a new upload is at %d", n)
	}
	resp, _ = l.piece(at, 0, f.Body[:2<<20], 204)
	if resp.Header.Get("Upload-Offset") != strconv.Itoa(2<<20) || resp.Header.Get("Upload-Expires") == "" {
		t.Errorf("after a piece: %v", resp.Header)
	}
	// The reloaded page learns what it may go on with.
	_, said := l.say(http.MethodGet, base+"/upload", nil)
	var list []struct {
		URL, Pointer, Name, Stamp string
		Bytes, Received           int
	}
	must(t, json.Unmarshal([]byte(said), &list))
	if len(list) != 1 || list[0].URL != at || list[0].Pointer != filesField || list[0].Name != f.Name || list[0].Stamp != "17" || list[0].Bytes != len(f.Body) || list[0].Received != 2<<20 {
		t.Errorf("under way: %s", said)
	}
	for _, wrong := range []int{0, 1<<20 + 1, 3 << 20, 5 << 20, 1 << 40} {
		l.piece(at, wrong, f.Body[:100], 409)
	}
	l.piece(at, 2<<20, nil, 204) // nothing is a piece too
	must(t, v.Go(base+"/3"))
	if n := len(v.Page.downloads()); n != 0 {
		t.Fatalf("half a file is offered: %d", n)
	}
	// A line that knows POST only.
	resp, said = l.say(http.MethodPost, at, bytes.NewReader(f.Body[2<<20:4<<20]), "X-HTTP-Method-Override", "PATCH", "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(2<<20))
	if resp.StatusCode != 204 {
		t.Fatalf("by POST: %d %s", resp.StatusCode, said)
	}
	l.piece(at, 4<<20, f.Body[4<<20:], 204)
	if n := l.offset(at); n != len(f.Body) {
		t.Errorf("the whole upload is at %d", n)
	}
	must(t, v.Go(base+"/3"))
	links := v.Page.downloads()
	if len(links) != 1 || !strings.Contains(v.Page.Text(), f.Name) {
		t.Fatalf("%d files are offered", len(links))
	}
	p, err := v.Send(http.MethodGet, links[0], nil, "")
	must(t, err)
	if !bytes.Equal(p.Body, f.Body) {
		t.Errorf("%d bytes came back of %d", len(p.Body), len(f.Body))
	}
	number, err := func() (string, error) { must(t, v.Press("_action=next")); return v.send() }()
	must(t, err)
	clerk := w.staff(t, "clerk-gera", "/desk/gera")
	desk, err := clerk.caseAt("gera", number)
	must(t, err, clerk.Go(desk))
	if !strings.Contains(clerk.Page.Text(), f.Name) {
		t.Error("the clerk does not see the file")
	}
	// Sent is sent.
	resp, _ = l.say(http.MethodPost, base+"/upload", nil, "Upload-Length", "5", "Upload-Metadata", metadata("field", filesField))
	if resp.StatusCode != 409 {
		t.Errorf("an upload into a sent application: status %d", resp.StatusCode)
	}
}

// asked lets the office ask for the files of a sent application, and returns its dossier.
func (w *World) asked(t *testing.T, v *Visitor, subject string) (dossier, desk string) {
	t.Helper()
	base, number, err := v.apply("gera", subject, bigPDF("erst.pdf", 2000))
	must(t, err)
	clerk := w.staff(t, "clerk-gera", "/desk/gera")
	desk, err = clerk.caseAt("gera", number)
	must(t, err, clerk.Go(desk+"/ask"), clerk.Fill("fields", filesField), clerk.Fill("text", "Bitte reichen Sie das Gutachten nach."), clerk.Press("Nachforderung senden"))
	clerk.want(t, 200)
	return base[strings.LastIndexByte(base, '/')+1:], desk
}

// The answer to a request takes files in pieces, over a restart; nobody else's, and none after it was sent.
func piecesOfCorrection(t *testing.T, w *World) {
	v, other := w.NewVisitor(t), w.NewVisitor(t)
	dossier, desk := w.asked(t, v, "Nachgereicht")
	base := "/me/" + dossier + "/correct"
	must(t, v.Go(base))
	if !strings.Contains(string(v.Page.Body), `data-uploads="`+base+`/upload"`) || !strings.Contains(string(v.Page.Body), `id="hochladen"`) {
		t.Error("the page does not offer its script where to upload to")
	}
	l := v.tus(t, base)
	f := bigPDF("Gutachten.pdf", 3<<20)
	at := l.begin(f)
	l.piece(at, 0, f.Body[:1<<20], 204)
	_, said := l.say(http.MethodGet, base+"/upload", nil)
	if !strings.Contains(said, at) || !strings.Contains(said, strconv.Itoa(1<<20)) {
		t.Errorf("under way: %s", said)
	}
	must(t, other.Go("/"))
	thief := other.tus(t, base)
	if n := thief.offset(at); n != -1 {
		t.Errorf("another sees that the upload is at %d", n)
	}
	thief.piece(at, 1<<20, f.Body[1<<20:], 404)
	for name, headers := range map[string][]string{"a question that was not asked for": {"Upload-Length", "5", "Upload-Metadata", metadata("field", "/anliegen/betreff")},
		"without a token": {"Upload-Length", "5", "Upload-Metadata", metadata("field", filesField), "X-CSRF-Token", ""}} {
		if resp, _ := l.say(http.MethodPost, base+"/upload", nil, headers...); resp.StatusCode != 404 && resp.StatusCode != 403 {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
	l.half(at, 1<<20, 2<<20, f.Body[1<<20:1<<20+300_000])
	l.reaches(at, 1<<20+300_000)
	resp, _ := l.piece(at, 1<<20+300_000, f.Body[1<<20+300_000:], 204)
	if !strings.HasPrefix(resp.Header.Get("X-Attachment"), "urn:uuid:") {
		t.Errorf("the page does not learn which file it is: %v", resp.Header)
	}
	late := l.begin(f)
	l.piece(late, 0, f.Body[:1<<20], 204)
	clerk := w.staff(t, "clerk-gera", "/desk/gera")
	must(t, v.Go(base), v.Press("Ergänzung absenden"))
	v.want(t, 200)
	must(t, clerk.Go(desk))
	if !strings.Contains(clerk.Page.Text(), f.Name) {
		t.Error("the clerk does not see the file")
	}
	l.piece(late, 1<<20, f.Body[1<<20:], 409)
}

func piecesRefused(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("gera", "Abgelehnt")
	must(t, err)
	l := v.tus(t, base)
	field := metadata("field", filesField)
	for name, x := range map[string]struct {
		headers []string
		status  int
		words   string
	}{
		"over the limit":         {[]string{"Upload-Length", strconv.Itoa(11 << 20), "Upload-Metadata", field}, 413, "zu groß"},
		"of a length beyond all": {[]string{"Upload-Length", "9223372036854775807", "Upload-Metadata", field}, 413, "zu groß"},
		"empty":                  {[]string{"Upload-Length", "0", "Upload-Metadata", field}, 422, "leer"},
		"without a length":       {[]string{"Upload-Metadata", field}, 400, ""},
		"of a later length":      {[]string{"Upload-Defer-Length", "1", "Upload-Metadata", field}, 400, ""},
		"of a negative length":   {[]string{"Upload-Length", "-1", "Upload-Metadata", field}, 400, ""},
		"of a length in words":   {[]string{"Upload-Length", "viel", "Upload-Metadata", field}, 400, ""},
		"without a field":        {[]string{"Upload-Length", "5"}, 404, ""},
		"to another page":        {[]string{"Upload-Length", "5", "Upload-Metadata", metadata("field", "/anliegen/betreff")}, 404, ""},
		"with broken metadata":   {[]string{"Upload-Length", "5", "Upload-Metadata", "field !!"}, 400, ""},
		"of no version":          {[]string{"Upload-Length", "5", "Upload-Metadata", field, "Tus-Resumable", ""}, 412, ""},
		"of another version":     {[]string{"Upload-Length", "5", "Upload-Metadata", field, "Tus-Resumable", "0.2.2"}, 412, ""},
		"without a token":        {[]string{"Upload-Length", "5", "Upload-Metadata", field, "X-CSRF-Token", ""}, 403, ""},
		"with a forged token":    {[]string{"Upload-Length", "5", "Upload-Metadata", field, "X-CSRF-Token", "AAAAAAAAAAAAAAAAAAAAAAAA"}, 403, ""},
		"from another site":      {[]string{"Upload-Length", "5", "Upload-Metadata", field, "Origin", "https://evil.example"}, 403, ""},
		"from a frame":           {[]string{"Upload-Length", "5", "Upload-Metadata", field, "Sec-Fetch-Site", "cross-site"}, 403, ""},
	} {
		resp, said := l.say(http.MethodPost, base+"/upload", nil, x.headers...)
		if resp.StatusCode != x.status || !strings.Contains(said, x.words) || strings.Contains(said, "<") {
			t.Errorf("%s: status %d, not %d: %q", name, resp.StatusCode, x.status, said)
		}
	}
	// The type is told by the first bytes, before the rest is waited for.
	html := file{Name: "seite.pdf", Body: append([]byte("<html><script>alert(1)</script>"), bytes.Repeat([]byte("x"), 3<<20)...)}
	at := l.begin(html)
	if _, said := l.piece(at, 0, html.Body[:1<<20], 422); !strings.Contains(said, "PDF") {
		t.Errorf("the refusal does not say what is allowed: %q", said)
	}
	if n := l.offset(at); n != -1 {
		t.Errorf("a refused upload is still at %d", n)
	}
	// More than announced.
	f := bigPDF("mehr.pdf", 200_000)
	at = l.begin(f)
	l.piece(at, 0, append(bytes.Clone(f.Body), 'x'), 413)
	l.piece(at, 0, bigPDF("riesig.pdf", 60<<20).Body, 413)
	if n := l.offset(at); n != 0 {
		t.Errorf("of too much %d bytes are kept", n)
	}
	l.piece(at, 0, f.Body, 415, "Content-Type", "application/pdf")
	l.piece(at, 0, f.Body, 403, "X-CSRF-Token", "")
	l.piece(at, 0, f.Body, 412, "Tus-Resumable", "")
	l.piece(at, 0, f.Body, 400, "Upload-Offset", "-1")
	l.piece(at, 0, f.Body, 400, "Upload-Offset", "")
	l.piece(base+"/upload/00000000-0000-7000-8000-000000000000", 0, f.Body, 404)
	for _, method := range []string{"", "PUT", "TRACE"} {
		if resp, _ := l.say(http.MethodPost, at, nil, "X-HTTP-Method-Override", method); resp.StatusCode != 404 {
			t.Errorf("overridden by %q: status %d", method, resp.StatusCode)
		}
	}
	// Ended by the person.
	if resp, _ := l.say(http.MethodDelete, at, nil, "X-CSRF-Token", ""); resp.StatusCode != 403 || l.offset(at) != 0 {
		t.Errorf("ended without a token: status %d", resp.StatusCode)
	}
	if resp, _ := l.say(http.MethodDelete, at, nil); resp.StatusCode != 204 || l.offset(at) != -1 {
		t.Errorf("ended: status %d", resp.StatusCode)
	}
	must(t, v.Go(base+"/3"))
	if n := len(v.Page.downloads()); n != 0 {
		t.Errorf("the page offers %d files", n)
	}
}

// Nobody else sees, feeds or ends an upload; nor does its owner under another draft's address.
func piecesOfOthers(t *testing.T, w *World) {
	v, other := w.NewVisitor(t), w.NewVisitor(t)
	base, err := v.toFiles("gera", "Meins")
	must(t, err)
	theirs, err := other.toFiles("gera", "Deins")
	must(t, err)
	f := bigPDF("meins.pdf", 300_000)
	mine := v.tus(t, base)
	at := mine.begin(f)
	mine.piece(at, 0, f.Body[:100_000], 204)
	id := at[strings.LastIndexByte(at, '/')+1:]
	thief := other.tus(t, theirs)
	for _, address := range []string{at, theirs + "/upload/" + id} {
		if n := thief.offset(address); n != -1 {
			t.Errorf("another sees at %s that the upload is at %d", address, n)
		}
		thief.piece(address, 100_000, f.Body[100_000:], 404)
	}
	if resp, _ := thief.say(http.MethodDelete, at, nil); resp.StatusCode != 404 {
		t.Errorf("another ends it: status %d", resp.StatusCode)
	}
	if resp, said := thief.say(http.MethodGet, base+"/upload", nil); resp.StatusCode != 404 || strings.Contains(said, "meins") {
		t.Errorf("another lists it: status %d", resp.StatusCode)
	}
	elsewhere := strings.Replace(at, "/gera/", "/jena/", 1)
	if n := mine.offset(elsewhere); n != -1 {
		t.Errorf("under another office's address the upload is at %d", n)
	}
	mine.piece(elsewhere, 100_000, f.Body[100_000:], 404)
	for _, call := range [][2]string{{http.MethodDelete, elsewhere}, {http.MethodGet, strings.Replace(base, "/gera/", "/jena/", 1) + "/upload"}} {
		if resp, _ := mine.say(call[0], call[1], nil); resp.StatusCode != 404 {
			t.Errorf("%s under another office's address: status %d", call[0], resp.StatusCode)
		}
	}
	if n := mine.offset(at); n != 100_000 {
		t.Errorf("the upload is at %d", n)
	}
}

// half sends a header that announces a whole piece and only a part of it, then the line breaks.
func (l tusLine) half(at string, offset, whole int, part []byte) {
	l.t.Helper()
	req, err := http.NewRequest(http.MethodPatch, l.v.w.URL+at, nil)
	must(l.t, err)
	var cookies []string
	for _, c := range l.v.jar.Cookies(req.URL) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	conn, err := net.Dial("tcp", req.Host)
	must(l.t, err)
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nX-CSRF-Token: %s\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: %d\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n",
		at, req.Host, strings.Join(cookies, "; "), l.token, offset, whole)
	must(l.t, err)
	_, err = conn.Write(part)
	must(l.t, err)
	time.Sleep(50 * time.Millisecond)
	must(l.t, conn.Close())
}

// reaches waits until the upload is at an offset.
func (l tusLine) reaches(at string, want int) {
	l.t.Helper()
	n := l.offset(at)
	for end := time.Now().Add(20 * time.Second); n != want && time.Now().Before(end); n = l.offset(at) {
		time.Sleep(20 * time.Millisecond)
	}
	if n != want {
		l.t.Errorf("the upload is at %d, not at %d", n, want)
	}
}

// A line that breaks in a piece costs nothing of what had arrived.
func piecesBrokenOff(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("gera", "Abgebrochen")
	must(t, err)
	l := v.tus(t, base)
	f := bigPDF("lang.pdf", 6<<20)
	at := l.begin(f)
	l.half(at, 0, 6<<20, f.Body[:2_500_000])
	l.reaches(at, 2_500_000)
	l.half(at, 2_500_000, 1<<20, f.Body[2_500_000:2_501_000]) // too little to keep
	time.Sleep(200 * time.Millisecond)
	l.reaches(at, 2_500_000)
	l.piece(at, 2_500_000, f.Body[2_500_000:], 204)
	must(t, v.Go(base+"/3"))
	if links := v.Page.downloads(); len(links) != 1 {
		t.Fatalf("%d files are offered", len(links))
	}
	p, err := v.Send(http.MethodGet, v.Page.downloads()[0], nil, "")
	must(t, err)
	if !bytes.Equal(p.Body, f.Body) {
		t.Errorf("%d bytes came back, not the same %d", len(p.Body), len(f.Body))
	}
}

// Ended and finished uploads leave one blob, the file; pieces are sealed.
func piecesLeft(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("gera", "Spuren")
	must(t, err)
	before := len(storedFiles(t, w))
	l := v.tus(t, base)
	f := bigPDF("spuren.pdf", 400_000)
	at := l.begin(f)
	l.piece(at, 0, f.Body[:200_000], 204)
	if n := len(storedFiles(t, w)) - before; n != 1 {
		t.Errorf("a piece makes %d files", n)
	}
	l.piece(at, 200_000, f.Body[200_000:], 204)
	if n := len(storedFiles(t, w)) - before; n != 1 {
		t.Errorf("a finished upload leaves %d files", n)
	}
	at = l.begin(f)
	l.piece(at, 0, f.Body[:200_000], 204)
	if resp, _ := l.say(http.MethodDelete, at, nil); resp.StatusCode != 204 {
		t.Errorf("ending: status %d", resp.StatusCode)
	}
	if n := len(storedFiles(t, w)) - before; n != 1 {
		t.Errorf("an ended upload leaves %d files", n-1)
	}
}

// What one process has received another goes on with.
func piecesOverRestart(t *testing.T, w *World) {
	v := w.NewVisitor(t)
	base, err := v.toFiles("gera", "Neustart")
	must(t, err)
	l := v.tus(t, base)
	f := bigPDF("neustart.pdf", 1<<20)
	at := l.begin(f)
	l.piece(at, 0, f.Body[:300_000], 204)
	w.Restart(t)
	l.reaches(at, 300_000)
	l.piece(at, 300_000, f.Body[300_000:600_000], 204)
	w.Kill9(t)
	must(t, w.launch())
	l.reaches(at, 600_000)
	l.piece(at, 600_000, f.Body[600_000:], 204)
	must(t, v.Go(base+"/3"))
	if links := v.Page.downloads(); len(links) != 1 {
		t.Fatalf("%d files are offered", len(links))
	}
	p, err := v.Send(http.MethodGet, v.Page.downloads()[0], nil, "")
	must(t, err)
	if !bytes.Equal(p.Body, f.Body) {
		t.Errorf("%d bytes came back, not the same %d", len(p.Body), len(f.Body))
	}
}
