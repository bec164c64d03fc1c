package login_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/demo"
	"antragswerk/internal/login"
)

// oneTenant is all the authorities that the demo provider needs here.
type oneTenant struct{}

func (oneTenant) Search(context.Context, string, int) ([]civic.Tenant, error) { return nil, nil }

func (oneTenant) Tenant(_ context.Context, slug string) (civic.Tenant, error) {
	if slug != "jena" {
		return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.tenant")
	}
	return civic.Tenant{Slug: "jena", Name: "Stadt Jena"}, nil
}

func TestDemoProvider(t *testing.T) {
	const issuer = "http://127.0.0.1:8080/demo/idp"
	const goodbye = "http://127.0.0.1:8080/"
	idp, err := demo.Open(demo.Config{
		Issuer: issuer, Dir: t.TempDir(), Tenants: oneTenant{}, Now: time.Now,
		Clients: []demo.Client{
			{ID: "citizens", Secret: "a b%c", Audience: demo.Citizen, RedirectURLs: []string{callback}, LogoutURLs: []string{goodbye}},
			{ID: "staff", Secret: "d", Audience: demo.Staff, RedirectURLs: []string{callback}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: idp.Transport(nil)}
	choose := func(t *testing.T, l *login.Login, want civic.Level, persona string) (string, map[string]string) {
		address, secret, err := l.Begin(t.Context(), want, false, "de")
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(url.Values{"persona": {persona}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		idp.ServeHTTP(rec, r)
		return secret, query(t, rec.Header().Get("Location"))
	}
	citizens := open(t, login.Config{Issuer: issuer, ClientID: "citizens", ClientSecret: "a b%c", HTTP: client})
	staff := open(t, login.Config{Issuer: issuer, ClientID: "staff", ClientSecret: "d", HTTP: client, Audience: login.Staff})

	secret, q := choose(t, citizens, civic.LevelHigh, "citizen-high")
	who, err := citizens.Finish(t.Context(), secret, q)
	if err != nil {
		t.Fatal(err)
	}
	if who.Level != civic.LevelHigh || who.Attributes["family_name"] != "Öztürk-Weiß" || who.Organisation {
		t.Errorf("got %+v", who)
	}
	if _, err := citizens.Finish(t.Context(), secret, q); civic.CodeOf(err) != civic.Invalid {
		t.Errorf("a code was good twice: %v", err)
	}
	if address, err := citizens.Logout(t.Context(), who.IDToken, goodbye); err != nil || !strings.HasPrefix(address, issuer+"/end_session?") {
		t.Errorf("logout at %q: %v", address, err)
	}

	secret, q = choose(t, citizens, civic.LevelSubstantial, "citizen-basic")
	_, err = citizens.Finish(t.Context(), secret, q)
	wantCode(t, err, civic.LoginFirst)

	secret, q = choose(t, citizens, civic.LevelBasic, "organisation")
	if who, err = citizens.Finish(t.Context(), secret, q); err != nil || !who.Organisation {
		t.Errorf("organisation %v: %v", who.Organisation, err)
	}

	secret, q = choose(t, staff, civic.LevelNone, "clerk-jena")
	if who, err = staff.Finish(t.Context(), secret, q); err != nil || len(who.Groups) != 1 || who.Groups[0] != "clerk-jena" ||
		who.Email != "clerk-jena@demo.invalid" {
		t.Errorf("got %+v: %v", who, err)
	}
	if _, err := citizens.Finish(t.Context(), secret, q); civic.CodeOf(err) != civic.Invalid {
		t.Errorf("a staff login was good for citizens: %v", err)
	}
}

func query(t *testing.T, location string) map[string]string {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil || location == "" {
		t.Fatalf("location %q: %v", location, err)
	}
	q := map[string]string{}
	for name := range u.Query() {
		q[name] = u.Query().Get(name)
	}
	return q
}

// TestCertifiedProvider runs against npm's oidc-provider, which we did not write.
func TestCertifiedProvider(t *testing.T) {
	logoutTokens := make(chan string, 1)
	rp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/backchannel" {
			logoutTokens <- r.PostFormValue("logout_token")
		}
	}))
	t.Cleanup(rp.Close)
	redirect, goodbye := rp.URL+"/callback", rp.URL+"/goodbye"
	issuer := startProvider(t, "REDIRECT="+redirect, "LOGOUT="+goodbye, "BACKCHANNEL="+rp.URL+"/backchannel", "SECRET=a secret/of+tests")
	l := open(t, login.Config{Issuer: issuer, ClientID: "antragswerk", ClientSecret: "a secret/of+tests", RedirectURL: redirect})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), rp.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	begin := func(want civic.Level) (string, map[string]string) {
		address, secret, err := l.Begin(t.Context(), want, false, "de")
		if err != nil {
			t.Fatal(err)
		}
		return secret, query(t, follow(t, browser, address))
	}

	secret, q := begin(civic.LevelBasic)
	who, err := l.Finish(t.Context(), secret, q)
	if err != nil {
		t.Fatal(err)
	}
	if who.Level != civic.LevelBasic || who.Attributes["date_of_birth"] != "1985-04-12" || who.Email != "max.muster@example.org" {
		t.Errorf("got %+v", who)
	}
	// The step-up asks for a login although there is a session at the provider.
	secret, q = begin(civic.LevelSubstantial)
	if who, err = l.Finish(t.Context(), secret, q); err != nil || who.Level != civic.LevelSubstantial {
		t.Errorf("step-up: level %q, %v", who.Level, err)
	}
	_, err = l.Finish(t.Context(), secret, q)
	wantCode(t, err, civic.Invalid) // the code was used
	// acr says high, but the trust level says substantial: the weaker counts.
	secret, q = begin(civic.LevelHigh)
	_, err = l.Finish(t.Context(), secret, q)
	wantCode(t, err, civic.LoginFirst)

	address, err := l.Logout(t.Context(), who.IDToken, goodbye)
	if err != nil {
		t.Fatal(err)
	}
	if got := confirmLogout(t, browser, address); got != goodbye {
		t.Errorf("after the logout the browser is sent to %q", got)
	}
	select {
	case token := <-logoutTokens:
		sid, subject, err := l.BackChannel(t.Context(), token)
		if err != nil || sid == "" || subject != issuer+" somebody" {
			t.Errorf("back channel: sid %q, subject %q: %v", sid, subject, err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the provider posted no logout token")
	}
	_, _, err = l.BackChannel(t.Context(), who.IDToken)
	wantCode(t, err, civic.Invalid) // an ID token is no logout token
}

// startProvider runs the script and returns its address.
func startProvider(t *testing.T, env ...string) string {
	t.Helper()
	if _, err := os.Stat("../../node_modules/oidc-provider"); err != nil {
		t.Fatal("the certified provider is missing; run in the repository's root: npm ci")
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/provider.mjs")
	cmd.Env = append(os.Environ(), env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("node is missing: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait() // the context has ended it
		if t.Failed() {
			t.Logf("the provider said: %s", stderr.String())
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if issuer, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			t.Logf("real server: oidc-provider (npm) at %s", issuer)
			return issuer
		}
	}
	t.Fatalf("the provider did not start: %s", stderr.String())
	return ""
}

// follow opens an address as a browser would and returns where it is sent to in the end, outside the provider.
func follow(t *testing.T, browser *http.Client, address string) string {
	t.Helper()
	resp, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Location") == "" {
		t.Fatalf("%s ended with status %d: %s", address, resp.StatusCode, body)
	}
	return resp.Header.Get("Location")
}

// confirmLogout presses the button of the provider's logout page and returns where the browser is sent.
func confirmLogout(t *testing.T, browser *http.Client, address string) string {
	t.Helper()
	resp, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindSubmatch(page)
	xsrf := regexp.MustCompile(`name="xsrf" value="([^"]+)"`).FindSubmatch(page)
	if action == nil || xsrf == nil {
		t.Fatalf("no logout form: %s", page)
	}
	resp, err = browser.PostForm(string(action[1]), url.Values{"xsrf": {string(xsrf[1])}, "logout": {"yes"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp.Header.Get("Location")
}
