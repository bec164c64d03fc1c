package e2e

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// certified starts the identity provider that internal/login is tested with, and makes it the citizens'.
func (w *World) certified(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "..", "node_modules", "oidc-provider")); err != nil {
		t.Fatal("the certified provider is missing; run in the repository's root: npm ci")
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("..", "login", "testdata", "provider.mjs"))
	cmd.Env = append(os.Environ(), "SECRET=only for tests", "REDIRECT="+w.URL+"/auth/citizen/callback", "LOGOUT="+w.URL+"/", "BACKCHANNEL="+w.URL+"/auth/citizen/backchannel")
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // the context has ended it
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if issuer, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			t.Logf("real server: oidc-provider (npm) at %s", issuer)
			w.env = append(w.env, "OIDC_CITIZEN_ISSUER="+issuer, "OIDC_CITIZEN_CLIENT_ID=antragswerk", "OIDC_CITIZEN_CLIENT_SECRET=only for tests")
			return
		}
	}
	t.Fatal("the provider did not start")
}

// A citizen logs in at a provider that we did not write, applies, is found by the same account on another device, and is
// logged out on both sides.
func TestCertifiedLogin(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{Certified: true, Postgres: true, S3: true, Redis: true})
	v := w.NewVisitor(t)
	must(t, v.Go("/jena/bewohnerparkausweis"), v.Follow("Anmelden"))
	v.want(t, 200)
	must(t, v.Press("Antrag beginnen"), v.Complete("bewohnerparkausweis", "gueltig-neu"))
	number, err := v.send()
	must(t, err)
	receipt := v.Page.URL.Path

	phone := w.NewVisitor(t)
	must(t, phone.Go("/me"), phone.Follow("Anmelden"))
	if !strings.Contains(phone.Page.Text(), number) {
		t.Errorf("the same account does not see %s: %.500s", number, phone.Page.Text())
	}
	phone.expectStatus(t, 200, receipt)

	must(t, v.Press("Abmelden"))
	if strings.HasPrefix(v.Page.URL.String(), w.URL) {
		t.Fatalf("the log-out did not lead to the provider but to %s", v.Page.URL)
	}
	// The provider's page asks whether to log out there too; its button is its own affair.
	asked := v.forms[0]
	answer := asked.values(nil)
	answer.Set("logout", "yes")
	must(t, v.post(attr(asked.node, "action"), answer))
	if !strings.HasPrefix(v.Page.URL.String(), w.URL) || !strings.Contains(v.Page.Text(), "abgemeldet") {
		t.Errorf("after the log-out: %s: %.300s", v.Page.URL, v.Page.Text())
	}
	v.expectStatus(t, 404, receipt)
	// The other device has a session of its own at the provider; it stays.
	phone.expectStatus(t, 200, receipt)
}
