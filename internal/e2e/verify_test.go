package e2e

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// execute runs a program of the test servers' and returns what it prints.
func execute(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v; install it with: sh deploy/tools/install-test-servers.sh", name, err)
	}
	return string(out)
}

// scan reads the QR code of a PDF's first page as a phone does.
func scan(t *testing.T, pdf []byte) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "receipt.pdf"), pdf, 0o600))
	execute(t, "pdftoppm", "-r", "150", "-l", "1", "-singlefile", "-png", filepath.Join(dir, "receipt.pdf"), filepath.Join(dir, "page"))
	return strings.TrimSpace(execute(t, "zbarimg", "--nodbus", "--quiet", "--raw", filepath.Join(dir, "page.png")))
}

// Somebody is shown a receipt, on paper or on a screen, and finds out whether it is genuine, without seeing what is in it.
func TestReceiptIsVerified(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	v := w.NewVisitor(t)
	base, number, err := v.apply("jena", "Eine Bank am Teich", newPDF("Foto.pdf"))
	must(t, err)
	link := v.Page.link("Zur Prüfseite")
	if link == nil {
		t.Fatal(v.wrong("no way to the page for checking"))
	}
	address := attr(link, "href")
	if strings.Contains(address, number) {
		t.Errorf("the file number stands in the address %s", address)
	}
	pdf, err := v.Send(http.MethodGet, base+"/receipt.pdf", nil, "")
	must(t, err)
	scanned := scan(t, pdf.Body)
	if !strings.HasSuffix(scanned, address) {
		t.Fatalf("the paper's code says %q, the page's link %q", scanned, address)
	}
	words := w.pdfText(t, pdf.Body)
	part := func(pattern string) string {
		m := regexp.MustCompile(`(?s)` + pattern).FindStringSubmatch(words)
		if m == nil {
			t.Fatalf("no %s on the receipt:\n%s", pattern, words)
		}
		return strings.Join(strings.Fields(m[1]), "")
	}
	digest, at := part(`SHA-256\)\s+((?:[0-9a-f]{8}\s+){8})`), part(`Zeitpunkt der Signatur\s+(\S+Z)`)
	signature := part(`Ed25519\)\s+([A-Za-z0-9+/\s]+==)`)

	// The one who checks was never here before, and types the number from the paper.
	c := w.NewVisitor(t)
	u, err := url.Parse(scanned)
	must(t, err)
	ask := func(number string, more ...string) string {
		must(t, c.Go(u.RequestURI()), c.Fill("number", number))
		for i := 0; i+1 < len(more); i += 2 {
			must(t, c.Fill(more[i], more[i+1]))
		}
		must(t, c.Press("Prüfen"))
		for _, secret := range []string{"Mustermann", "Bank am Teich", "Am Teich", "Jena"} {
			if strings.Contains(c.Page.Text(), secret) {
				t.Errorf("the page shows %q", secret)
			}
		}
		return c.Page.Text()
	}
	for name, x := range map[string]struct {
		says string
		good bool
	}{
		"the code": {ask(number), true}, "another number": {ask("ALLG-2026-999999"), false},
		"the details":      {ask(number, "code", "", "digest", digest, "time", at, "signature", signature), true},
		"a changed digest": {ask(number, "code", "", "digest", "0"+digest[1:], "time", at, "signature", signature), digest[0] == '0'},
	} {
		if got := strings.Contains(x.says, "Diese Bestätigung wurde hier ausgestellt"); got != x.good {
			t.Errorf("%s: genuine: %v\n%s", name, got, x.says)
		}
	}
	// Numbers that exist and numbers that do not are answered alike.
	one, other := ask(number, "code", strings.Repeat("A", 140)), ask("GIBT-ES-NICHT-1", "code", strings.Repeat("A", 140))
	if one != other {
		t.Errorf("the answer betrays a number:\n%s\n%s", one, other)
	}
}

func (w *World) pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.pdf")
	must(t, os.WriteFile(path, pdf, 0o600))
	return execute(t, "pdftotext", "-layout", path, "-")
}
