package e2e

import (
	"archive/zip"
	"bytes"
	be "encoding/binary"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/testenv"
)

// gate lets connections to the scanner through once it is opened.
func gate(t *testing.T, scanner string) (address string, open func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	let := make(chan struct{})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				<-let
				to, err := net.Dial("tcp", strings.TrimPrefix(scanner, "tcp:"))
				if err != nil {
					_ = c.Close()
					return
				}
				go func() { _, _ = io.Copy(to, c); _ = to.(*net.TCPConn).CloseWrite() }()
				_, _ = io.Copy(c, to)
				_, _ = c.Close(), to.Close()
			}()
		}
	}()
	return "tcp:" + l.Addr().String(), func() { close(let) }
}

// A file is found to be malware after a clerk has looked at it: from then on it opens nowhere, neither by the address that the clerk
// still has nor as a preview that was made before; every page says so, and bundles leave it out and name it.
func TestAttachmentInfectedAfterwards(t *testing.T) {
	atOnce(t)
	scanner, open := gate(t, testenv.Clamd(t))
	w := Start(t, Config{Env: []string{"CLAMD_URL=" + scanner}})
	citizen := w.NewVisitor(t)
	bad, evil := newPNG(t, "foto.png"), newPDF("plan.pdf")
	bad.Body = within(bad.Body, testenv.MalwareSample)
	evil.Body = append(evil.Body, testenv.MalwareSample...)
	_, err := citizen.toFiles("jena", "Später")
	must(t, err, citizen.Choose("/anlagen/dateien", bad, evil, newPDF("gut.pdf")), citizen.Press("_action=next"))
	number, err := citizen.send()
	must(t, err, citizen.Follow("Stand ansehen"))
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(at))
	clerk.says(t, "foto.png", "plan.pdf")
	seen := map[string]bool{}
	for _, words := range []string{"/view/", "/file/", "/show/"} {
		for _, to := range clerk.Page.links(words) {
			to, _, _ = strings.Cut(to, "#")
			seen[to] = true
		}
	}
	for _, view := range clerk.Page.links("file=") {
		must(t, clerk.Go(view))
		for _, words := range []string{"/view/", "/file/", "/show/"} {
			for _, to := range clerk.Page.links(words) {
				to, _, _ = strings.Cut(to, "#")
				seen[to] = true
			}
		}
	}
	if len(seen) < 6 {
		t.Fatalf("only %v", seen)
	}
	for to := range seen {
		if resp, _ := clerk.get(t, to); resp.StatusCode != http.StatusOK {
			t.Errorf("%s before the verdict: status %d", to, resp.StatusCode)
		}
	}
	theirs := citizen.Page.links("/file/")
	_, raw := clerk.get(t, at+"/files.zip")
	if z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err != nil || len(z.File) != 3 {
		t.Fatalf("%v %v", z, err)
	}

	open()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		must(t, clerk.Go(at))
		if strings.Contains(clerk.Page.Text(), "Schadsoftware") && !strings.Contains(clerk.Page.Text(), "Prüfung läuft") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no verdict: %.900s", clerk.Page.Text())
		}
	}
	refused := 0
	for to := range seen {
		resp, body := clerk.get(t, to)
		switch resp.StatusCode {
		case http.StatusForbidden:
			refused++
			if !strings.Contains(string(body), "Schadsoftware gefunden") {
				t.Errorf("%s does not say why", to)
			}
		case http.StatusOK:
			if !bytes.HasPrefix(body, []byte("%PDF")) || bytes.Contains(body, []byte(testenv.MalwareSample)) {
				t.Errorf("%s still opens: %v", to, resp.Header)
			}
		default:
			t.Errorf("%s: status %d", to, resp.StatusCode)
		}
	}
	if refused < 4 || refused == len(seen) {
		t.Errorf("%d of %d addresses are shut", refused, len(seen))
	}
	if left := clerk.Page.links("/view/"); len(left) != 0 {
		t.Errorf("the page still shows %v", left)
	}
	_, raw = clerk.get(t, at+"/files.zip")
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	must(t, err)
	var names []string
	said := ""
	for _, f := range z.File {
		names = append(names, f.Name)
		r, err := f.Open()
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err, r.Close())
		if bytes.Contains(body, []byte(testenv.MalwareSample)) {
			t.Errorf("%s is in the bundle", f.Name)
		}
		if strings.HasSuffix(f.Name, ".txt") {
			said = string(body)
		}
	}
	if len(names) != 2 || !strings.Contains(said, "foto.png") || !strings.Contains(said, "plan.pdf") {
		t.Errorf("the bundle holds %v and says %q", names, said)
	}
	shut := 0
	for _, to := range theirs {
		if resp, _ := citizen.get(t, to); resp.StatusCode == http.StatusForbidden {
			shut++
		}
	}
	if len(theirs) > 0 && shut != 2 {
		t.Errorf("of the citizen's own %v %d are shut", theirs, shut)
	}
}

// within hides something in a PNG, in a suggested palette (sPLT) after its head: what hangs behind a picture does not come along.
func within(png []byte, hidden string) []byte {
	chunk := be.BigEndian.AppendUint32(nil, uint32(len(hidden)))
	chunk = append(append(chunk, "sPLT"...), hidden...)
	chunk = be.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Concat(png[:33], chunk, png[33:])
}
