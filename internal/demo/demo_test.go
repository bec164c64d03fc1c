package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

const (
	issuer   = "https://antraege.example.org/demo/idp"
	redirect = "https://antraege.example.org/auth/citizen/callback"
)

// towns are the authorities of these tests.
type towns map[string]string

func (t towns) Search(_ context.Context, q string, _ int) ([]civic.Tenant, error) {
	var found []civic.Tenant
	for slug, name := range t {
		if strings.Contains(strings.ToLower(name), strings.ToLower(q)) {
			found = append(found, civic.Tenant{Slug: slug, Name: name})
		}
	}
	return found, nil
}

func (t towns) Tenant(_ context.Context, slug string) (civic.Tenant, error) {
	if t[slug] == "" {
		return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return civic.Tenant{Slug: slug, Name: t[slug]}, nil
}

// clock is moved by the tests.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newProvider(t *testing.T) (*Provider, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	p, err := Open(Config{
		Issuer: issuer, Dir: t.TempDir(), Now: c.now, StylesheetURL: "/static/app.css",
		Tenants: towns{"jena": "Stadt Jena", "kreis-gotha": "Landkreis Gotha"}, Usual: []string{"jena", "gone"},
		Clients: []Client{
			{ID: "citizen", Secret: "c", Audience: Citizen, RedirectURLs: []string{redirect}, LogoutURLs: []string{"https://antraege.example.org/"}},
			{ID: "staff", Secret: "s", Audience: Staff, RedirectURLs: []string{redirect}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

// verifier and its S256 challenge, from the example of RFC 7636.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func request1(client string, change map[string]string) url.Values {
	q := url.Values{
		"client_id": {client}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"openid profile"}, "state": {"st"},
		"nonce": {"no"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for name, value := range change {
		q.Set(name, value)
	}
	return q
}

func call(p http.Handler, method, address string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, r)
	return rec
}

// code logs a persona in and returns the code.
func code(t *testing.T, p *Provider, client, persona string) string {
	t.Helper()
	rec := call(p, http.MethodPost, issuer+"/authorize?"+request1(client, nil).Encode(), url.Values{"persona": {persona}})
	u, err := url.Parse(rec.Header().Get("Location"))
	if err != nil || rec.Code != http.StatusSeeOther || u.Query().Get("code") == "" {
		t.Fatalf("%s: status %d, location %q", persona, rec.Code, u)
	}
	if u.Query().Get("state") != "st" || u.Query().Get("iss") != issuer {
		t.Errorf("answer %v", u.Query())
	}
	return u.Query().Get("code")
}

func trade(p *Provider, code, client, secret string, change map[string]string) *httptest.ResponseRecorder {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier}}
	for name, value := range change {
		form.Set(name, value)
	}
	r := httptest.NewRequest(http.MethodPost, issuer+"/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(client, secret)
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, r)
	return rec
}

func TestPersonas(t *testing.T) {
	p, _ := newProvider(t)
	for _, persona := range []string{"citizen-basic", "citizen-substantial", "citizen-high", "organisation"} {
		code(t, p, "citizen", persona)
	}
	for _, persona := range []string{"clerk-jena", "lead-kreis-gotha", "admin-jena", "editor", "publisher", "auditor", " Clerk-Jena "} {
		code(t, p, "staff", persona)
	}
	for _, wrong := range []string{"", "clerk-", "clerk-nowhere", "boss-jena", "citizen-high", "-jena", "clerk-jena/.."} {
		rec := call(p, http.MethodPost, issuer+"/authorize?"+request1("staff", nil).Encode(), url.Values{"persona": {wrong}})
		if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), `aria-invalid="true"`) {
			t.Errorf("%q: status %d", wrong, rec.Code)
		}
	}
	if rec := call(p, http.MethodPost, issuer+"/authorize?"+request1("citizen", nil).Encode(), url.Values{"persona": {"editor"}}); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("staff in the citizens' client: status %d", rec.Code)
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	p, _ := newProvider(t)
	for _, tt := range []struct{ name, parameter, value, back string }{
		{"unknown client", "client_id", "other", ""},
		{"foreign address", "redirect_uri", "https://evil.example/", ""},
		{"address with more", "redirect_uri", redirect + "/x", ""},
		{"implicit flow", "response_type", "token", "unsupported_response_type"},
		{"no openid", "scope", "profile", "invalid_scope"},
		{"plain PKCE", "code_challenge_method", "plain", "invalid_request"},
		{"no PKCE", "code_challenge", "", "invalid_request"},
		{"no page", "prompt", "none", "login_required"},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			rec := call(p, method, issuer+"/authorize?"+request1("citizen", map[string]string{tt.parameter: tt.value}).Encode(), url.Values{"persona": {"citizen-high"}})
			u, err := url.Parse(rec.Header().Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			if tt.back == "" && (rec.Code != http.StatusBadRequest || u.String() != "") || tt.back != "" && u.Query().Get("error") != tt.back {
				t.Errorf("%s %s: status %d, location %q", method, tt.name, rec.Code, u)
			}
		}
	}
}

func TestToken(t *testing.T) {
	for _, tt := range []struct {
		name, client, secret string
		change               map[string]string
		late                 time.Duration
		status               int
	}{
		{"good", "citizen", "c", nil, 0, http.StatusOK},
		{"too late", "citizen", "c", nil, 61 * time.Second, http.StatusBadRequest},
		{"another client", "staff", "s", nil, 0, http.StatusBadRequest},
		{"wrong secret", "citizen", "x", nil, 0, http.StatusUnauthorized},
		{"no secret", "citizen", "", nil, 0, http.StatusUnauthorized},
		{"wrong verifier", "citizen", "c", map[string]string{"code_verifier": "x"}, 0, http.StatusBadRequest},
		{"another address", "citizen", "c", map[string]string{"redirect_uri": "https://antraege.example.org/"}, 0, http.StatusBadRequest},
		{"wrong code", "citizen", "c", map[string]string{"code": "x"}, 0, http.StatusBadRequest},
		{"wrong grant", "citizen", "c", map[string]string{"grant_type": "password"}, 0, http.StatusBadRequest},
	} {
		p, c := newProvider(t)
		one := code(t, p, "citizen", "citizen-high")
		c.at = c.at.Add(tt.late)
		if rec := trade(p, one, tt.client, tt.secret, tt.change); rec.Code != tt.status {
			t.Errorf("%s: status %d: %s", tt.name, rec.Code, rec.Body)
		}
		if tt.status == http.StatusOK {
			if rec := trade(p, one, tt.client, tt.secret, tt.change); rec.Code != http.StatusBadRequest {
				t.Errorf("a second time: status %d", rec.Code)
			}
		}
	}
}

func TestUserinfo(t *testing.T) {
	p, c := newProvider(t)
	rec := trade(p, code(t, p, "citizen", "citizen-substantial"), "citizen", "c", nil)
	var got struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	rec = call(p, http.MethodGet, issuer+"/userinfo", nil, "Authorization", "Bearer "+got.Access)
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"name":"Max Muster"`) {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
	if rec := call(p, http.MethodGet, issuer+"/userinfo", nil); rec.Code != http.StatusUnauthorized {
		t.Errorf("without a token: status %d", rec.Code)
	}
	c.at = c.at.Add(time.Hour)
	if rec := call(p, http.MethodGet, issuer+"/userinfo", nil, "Authorization", "Bearer "+got.Access); rec.Code != http.StatusUnauthorized {
		t.Errorf("an hour later: status %d", rec.Code)
	}
}

func TestKeySurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	first, err := openSigner(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := openSigner(dir)
	if err != nil || again.id != first.id {
		t.Errorf("key %q, then %q: %v", first.id, again.id, err)
	}
	info, err := os.Stat(filepath.Join(dir, "demo-idp-key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "demo-idp-key.pem"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openSigner(dir); err == nil || !strings.Contains(err.Error(), "delete it") {
		t.Errorf("a broken key: %v", err)
	}
}

func TestEndSession(t *testing.T) {
	p, _ := newProvider(t)
	rec := call(p, http.MethodGet, issuer+"/end_session?"+url.Values{
		"client_id": {"citizen"}, "post_logout_redirect_uri": {"https://antraege.example.org/"}, "state": {"x"},
	}.Encode(), nil)
	if rec.Header().Get("Location") != "https://antraege.example.org/?state=x" {
		t.Errorf("sent to %q", rec.Header().Get("Location"))
	}
	rec = call(p, http.MethodGet, issuer+"/end_session?"+url.Values{"client_id": {"citizen"}, "post_logout_redirect_uri": {"https://evil.example/"}}.Encode(), nil)
	if rec.Code != http.StatusOK || rec.Header().Get("Location") != "" {
		t.Errorf("status %d, sent to %q", rec.Code, rec.Header().Get("Location"))
	}
}

func TestPersonaPage(t *testing.T) {
	p, _ := newProvider(t)
	page := func(client string, change map[string]string) string {
		rec := call(p, http.MethodGet, issuer+"/authorize?"+request1(client, change).Encode(), nil)
		if rec.Code != http.StatusOK {
			t.Fatalf("status %d", rec.Code)
		}
		checkPage(t, rec.Body.String())
		return rec.Body.String()
	}
	citizens := page("citizen", map[string]string{"acr_values": "substantial high"})
	for _, want := range []string{`value="citizen-basic"`, `value="organisation"`, "Dr. Aylin Öztürk-Weiß", "reicht für diesen Antrag nicht", "Demonstration"} {
		if !strings.Contains(citizens, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(citizens, `value="editor"`) || strings.Contains(citizens, `name="q"`) {
		t.Error("citizens are offered staff")
	}
	if usual := page("staff", nil); !strings.Contains(usual, `value="clerk-jena"`) || strings.Contains(usual, "kreis-gotha\"") {
		t.Error("the usual authorities are not those of the configuration")
	}
	if found := page("staff", map[string]string{"q": "gotha"}); !strings.Contains(found, `value="lead-kreis-gotha"`) {
		t.Error("the search did not find Gotha")
	}
	if none := page("staff", map[string]string{"q": `"><script>`}); !strings.Contains(none, "Keine Behörde gefunden") {
		t.Error("an empty search does not say so")
	}
	if english := page("citizen", map[string]string{"ui_locales": "en"}); !strings.Contains(english, `<html lang="en"`) {
		t.Error("not in English")
	}
}

// checkPage looks for what every page must have, and for what the strict content policy would block.
func checkPage(t *testing.T, html string) {
	t.Helper()
	if n := strings.Count(html, "<h1"); n != 1 {
		t.Errorf("%d h1", n)
	}
	for _, bad := range []string{"<script", "<style", " style=", " onclick=", "ZgotmplZ"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\bid="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:for|aria-describedby)="([^"]+)"|href="#([^"]+)"`).FindAllStringSubmatch(html, -1) {
		for _, id := range strings.Fields(m[1] + m[2]) {
			if !ids[id] {
				t.Errorf("nothing has the id %q", id)
			}
		}
	}
}

func TestTransport(t *testing.T) {
	p, _ := newProvider(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(elsewhere.Close)
	client := &http.Client{Transport: p.Transport(nil)}
	for address, want := range map[string]int{
		issuer + "/.well-known/openid-configuration": http.StatusOK, issuer + "/nothing": http.StatusNotFound, elsewhere.URL: http.StatusTeapot,
	} {
		resp, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != want {
			t.Errorf("%s: status %d: %v", address, resp.StatusCode, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		listen, public string
		allow, ok      bool
	}{
		{"127.0.0.1:8080", "http://127.0.0.1:8080", false, true},
		{"localhost:8080", "http://localhost:8080", false, true},
		{"[::1]:8080", "http://[::1]:8080", false, true},
		{":8080", "http://127.0.0.1:8080", false, false},
		{"0.0.0.0:8080", "http://localhost:8080", false, false},
		{"127.0.0.1:8080", "https://antraege.example.org", false, false},
		{"10.0.0.1:8080", "http://127.0.0.1", false, false},
		{"0.0.0.0:8080", "https://antraege.example.org", true, true},
		{"nonsense", "http://127.0.0.1", false, false},
	} {
		if err := Check(tt.listen, tt.public, tt.allow); (err == nil) != tt.ok {
			t.Errorf("%s %s: %v", tt.listen, tt.public, err)
		}
	}
}

func TestMailbox(t *testing.T) {
	c := &clock{time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	m, err := OpenMailbox(dir, "/static/app.css", c.now)
	if err != nil {
		t.Fatal(err)
	}
	send := func(mail civic.Mail) {
		t.Helper()
		c.at = c.at.Add(time.Second)
		if err := m.Send(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
	}
	send(civic.Mail{ID: "1", To: "a@demo.invalid", Subject: "Erste <b>", Text: "Hallo,\n\nsiehe https://example.org/me."})
	send(civic.Mail{ID: "2", To: "a@demo.invalid", Subject: "Zweite", Text: "x", Files: []civic.MailFile{{Name: "Bestätigung.pdf", MediaType: "application/pdf", Body: []byte("%PDF")}}})
	send(civic.Mail{ID: "2", To: "a@demo.invalid", Subject: "Zweite", Text: "again"})
	list := call(m, http.MethodGet, "/demo/mail", nil).Body.String()
	checkPage(t, list)
	if strings.Count(list, "Zweite") != 1 || strings.Index(list, "Zweite") > strings.Index(list, "Erste &lt;b&gt;") || !strings.Contains(list, "Demonstration") {
		t.Errorf("list: %s", list)
	}
	links := regexp.MustCompile(`href="(/demo/mail/[^"]+)"`).FindAllStringSubmatch(list, -1)
	one := call(m, http.MethodGet, links[0][1], nil).Body.String()
	checkPage(t, one)
	file := regexp.MustCompile(`href="(/demo/mail/[^"]+/0)"`).FindStringSubmatch(one)
	rec := call(m, http.MethodGet, file[1], nil)
	if rec.Body.String() != "%PDF" || !strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment") || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("attachment %q, %v", rec.Body, rec.Header())
	}
	if first := call(m, http.MethodGet, links[1][1], nil).Body.String(); !strings.Contains(first, `<a class="kern-link" href="https://example.org/me">`) {
		t.Errorf("no link in %s", first)
	}
	for _, wrong := range []string{"/demo/mail/x", "/demo/mail/..%2f..%2fx", links[0][1] + "/1", links[0][1] + "/-1", links[1][1] + "/0"} {
		if rec := call(m, http.MethodGet, wrong, nil); rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", wrong, rec.Code)
		}
	}
	m.most = 10
	for i := range 15 {
		send(civic.Mail{ID: fmt.Sprintf("more-%d", i), Subject: "Viele"})
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != m.most {
		t.Errorf("%d files: %v", len(files), err)
	}
}
