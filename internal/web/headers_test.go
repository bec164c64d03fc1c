package web

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/static"
)

// openVault seals nothing: its tests ask for other things.
type openVault struct{}

func (openVault) MAC(purpose string, msg []byte) []byte {
	sum := sha256.Sum256(append([]byte(purpose+"\x00"), msg...))
	return sum[:]
}
func (openVault) SealPlatform(_ string, plain []byte) ([]byte, error)  { return plain, nil }
func (openVault) OpenPlatform(_ string, sealed []byte) ([]byte, error) { return sealed, nil }
func (openVault) Verify([]byte, []byte) bool                           { return false }
func (openVault) PublicKeys() []ed25519.PublicKey                      { return nil }

// noSessions knows nobody.
type noSessions struct{ Sessions }

func (noSessions) Session(context.Context, []byte) (civic.Session, error) {
	return civic.Session{}, civic.Errorf(civic.NotFound, "error.not_found")
}

// counter allows so many events of each key.
type counter struct {
	most int
	seen map[string]int
}

func (c *counter) Allow(_ context.Context, key string, _ int, _ time.Duration) (bool, time.Duration, error) {
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	c.seen[key]++
	return c.seen[key] <= c.most, time.Second, nil
}

// bare is a server on https with no use case behind it: whatever reaches one panics, which is an answer like any other.
func bare(t *testing.T, change func(*Deps)) (*Server, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	d := Deps{Sessions: noSessions{}, Cache: noCache{}, Limiter: &counter{most: 1000}, Vault: openVault{}, Assets: &static.Assets{},
		PublicURL: &url.URL{Scheme: "https", Host: "antrag.example"}, Providers: []string{"https://login.example"},
		Now: func() time.Time { return time.Now().UTC() }, NewID: func() string { return "id-1" }, Log: slog.New(slog.NewJSONHandler(log, nil))}
	if change != nil {
		change(&d)
	}
	s := New(d)
	t.Cleanup(s.cancel)
	return s, log
}

func (s *Server) ask(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := s.app.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Body.Close() != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// Every address answers with all of these, whatever becomes of the request: found, refused, or broken inside.
func TestEveryRouteIsHardened(t *testing.T) {
	s, _ := bare(t, nil)
	tries := []route{{method: "GET", path: "/nobody/has/this/address/at/all/ever"}, {method: "PUT", path: "/"}, {method: "TRACE", path: "/me"}}
	for _, rt := range append(tries, s.routes()...) {
		for _, host := range []string{"antrag.example", "evil.example"} {
			req := httptest.NewRequest(rt.method, strings.NewReplacer(":audience", "citizen", ":", "x").Replace(rt.path), nil)
			req.Host = host
			req.Header.Set("Origin", "https://evil.example")
			resp, _ := s.ask(t, req)
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
				"Strict-Transport-Security": "max-age=31536000; includeSubDomains", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "",
			} {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s %s at %s: %s is %q", rt.method, rt.path, host, name, got)
				}
			}
			policy := resp.Header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "require-trusted-types-for 'script'", "trusted-types antragswerk;",
				"frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "form-action 'self' https://login.example;", "report-uri " + reportPath} {
				if !strings.Contains(policy, part) || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
					t.Errorf("%s %s: the policy lacks %s: %s", rt.method, rt.path, part, policy)
				}
			}
			for _, c := range resp.Cookies() {
				if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
					t.Errorf("%s %s: cookie %s", rt.method, rt.path, c)
				}
			}
			if host == "evil.example" && resp.StatusCode != http.StatusMisdirectedRequest && !strings.HasPrefix(rt.path, "/healthz") && !strings.HasPrefix(rt.path, "/readyz") && !strings.HasPrefix(rt.path, "/metrics") {
				t.Errorf("%s %s: a foreign host name gets status %d", rt.method, rt.path, resp.StatusCode)
			}
		}
	}
}

// Over plain http there is no word of https, and cookies that browsers would refuse are not set.
func TestPlainHTTPIsNotPromisedToBeSecure(t *testing.T) {
	s, _ := bare(t, func(d *Deps) { d.PublicURL.Scheme = "http" })
	req := httptest.NewRequest("GET", "/me", nil)
	req.Host = "antrag.example"
	resp, _ := s.ask(t, req)
	if resp.Header.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain http")
	}
	for _, c := range resp.Cookies() {
		if c.Secure || strings.HasPrefix(c.Name, "__") {
			t.Errorf("cookie %s", c)
		}
	}
}

func report(body, host string) *http.Request {
	req := httptest.NewRequest("POST", reportPath, strings.NewReader(body))
	req.Host = "antrag.example"
	req.Header.Set("Content-Type", "application/csp-report")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if host != "" {
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		req.Header.Set("Origin", host)
	}
	return req
}

// A report leaves a line that names our own parts, and nothing of what a browser or a stranger says besides.
func TestReportsKeepNothingPersonal(t *testing.T) {
	s, log := bare(t, nil)
	for body, want := range map[string][2]string{
		`{"csp-report":{"document-uri":"https://antrag.example/me/0199-Mustermann?q=Erika","effective-directive":"script-src-elem","blocked-uri":"https://evil.example/Erika","source-file":"https://antrag.example/Erika.js","script-sample":"Erika"}}`: {"script-src", "foreign"},
		`{"csp-report":{"effective-directive":"Erika","blocked-uri":"inline"}}`:                                            {"other", "inline"},
		`{"csp-report":{"effective-directive":"require-trusted-types-for","blocked-uri":"trusted-types-sink"}}`:            {"require-trusted-types-for", "trusted-types-sink"},
		`{"csp-report":{"effective-directive":"img-src","blocked-uri":"https://antrag.example/Erika","referrer":"Erika"}}`: {"img-src", "self"},
	} {
		log.Reset()
		resp, _ := s.ask(t, report(body, ""))
		line := log.String()
		if resp.StatusCode != fiber.StatusNoContent || !strings.Contains(line, `"directive":"`+want[0]+`","blocked":"`+want[1]+`"`) || strings.Contains(line, "Erika") || strings.Contains(line, "0199") {
			t.Errorf("%s: status %d, %s", body, resp.StatusCode, line)
		}
		if len(resp.Cookies()) > 0 {
			t.Error("who reports gets cookies")
		}
	}
	for name, req := range map[string]*http.Request{"no report": report("{", ""), "another": report(`{"a":1}`, ""), "from elsewhere": report(`{"csp-report":{"effective-directive":"img-src"}}`, "https://evil.example"),
		"too long": report(`{"csp-report":{"effective-directive":"`+strings.Repeat("a", maxReport)+`"}}`, "")} {
		log.Reset()
		if resp, _ := s.ask(t, req); resp.StatusCode < 400 || strings.Contains(log.String(), "policy violated") {
			t.Errorf("%s: status %d, %s", name, resp.StatusCode, log)
		}
	}
}

func TestReportsDoNotFloodTheLog(t *testing.T) {
	s, log := bare(t, func(d *Deps) { d.Limiter = &counter{most: 3} })
	for range 10 {
		s.ask(t, report(`{"csp-report":{"effective-directive":"img-src","blocked-uri":"inline"}}`, ""))
	}
	if n := strings.Count(log.String(), "policy violated"); n != 3 {
		t.Errorf("%d lines", n)
	}
}

// A municipality's own name leads to its pages on the platform and nowhere else; other names get a page that says so, with
// nothing in it that was asked for.
func TestHostNames(t *testing.T) {
	s, _ := bare(t, func(d *Deps) { d.Hosts = map[string]string{"antrag.jena.example": "jena"} })
	for _, x := range []struct {
		host, path, location string
		status               int
	}{
		{"antrag.jena.example", "/", "https://antrag.example/jena/", 302}, {"Antrag.Jena.Example:443", "/hundesteuer", "https://antrag.example/jena/hundesteuer", 302},
		{"antrag.jena.example", "/jena/hundesteuer?a=b", "https://antrag.example/jena/hundesteuer", 302},
		{"antrag.jena.example", "//evil.example/x", "https://antrag.example/jena/", 302}, {"antrag.jena.example", "/%5cevil.example", "https://antrag.example/jena/%5cevil.example", 302},
		{"antrag.jena.example.evil.example", "/", "", 421}, {"evil.example", "/jena", "", 421}, {"antrag.example.evil.example", "/", "", 421}, {"antrag.example:80@evil.example", "/", "", 421},
		{"", "/", "", 421}, {"evil.example", "/healthz", "", 200},
	} {
		req := httptest.NewRequest("GET", "/", nil)
		req.RequestURI, req.Host = x.path, x.host
		req.Header.Set("X-Forwarded-Host", "evil.example")
		resp, body := s.ask(t, req)
		if resp.StatusCode != x.status || resp.Header.Get("Location") != x.location {
			t.Errorf("%s%s: status %d, %s", x.host, x.path, resp.StatusCode, resp.Header.Get("Location"))
		}
		if x.status == 421 && (!strings.Contains(body, `href="https://antrag.example/"`) || strings.Contains(body, "evil")) {
			t.Errorf("%s: %s", x.host, body)
		}
	}
	req := httptest.NewRequest("POST", "/me/recover", strings.NewReader("code=x"))
	req.Host = "antrag.jena.example"
	if resp, _ := s.ask(t, req); resp.StatusCode != 421 {
		t.Errorf("a form posted to a municipality's own name: status %d", resp.StatusCode)
	}
}

// What is sent packed is not unpacked: ten kilobytes may become ten gigabytes.
func TestNothingIsUnpacked(t *testing.T) {
	s, log := bare(t, nil)
	for _, coding := range []string{"gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"} {
		req := httptest.NewRequest("POST", "/theme", strings.NewReader("theme=dark"))
		req.Host = "antrag.example"
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Content-Encoding", coding)
		if resp, _ := s.ask(t, req); resp.StatusCode != 422 || !strings.Contains(log.String(), "error.form.encoded") {
			t.Errorf("%s: status %d, %s", coding, resp.StatusCode, log)
		}
		log.Reset()
	}
}
