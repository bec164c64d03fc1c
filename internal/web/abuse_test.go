package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// held is a cache that keeps.
type held map[string][]byte

func (h held) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := h[key]
	return v, ok, nil
}

func (h held) Set(_ context.Context, key string, v []byte, _ time.Duration) error {
	h[key] = v
	return nil
}

func (h held) Delete(_ context.Context, keys ...string) error {
	for _, k := range keys {
		delete(h, k)
	}
	return nil
}

// ended counts whose sessions were ended.
type ended struct {
	Sessions
	of   []string
	down bool
}

func (e *ended) DeleteSessionsOf(_ context.Context, sid, subject string) ([][]byte, error) {
	if e.down {
		return nil, errors.New("down")
	}
	e.of = append(e.of, sid+"|"+subject)
	return [][]byte{{1, 2, 3}}, nil
}

// logouts takes every token but "bad".
type logouts struct{ Login }

func (logouts) BackChannel(_ context.Context, token string) (string, string, error) {
	if token == "bad" {
		return "", "", civic.Errorf(civic.Invalid, "error.login.logout_token")
	}
	return "", "https://login.example somebody", nil
}

// A logout token ends sessions once: one that is sent again must not end what has begun since, unless it did not come through.
func TestLogoutTokensAreUsedOnce(t *testing.T) {
	store, cache := &ended{}, held{"session:AQID": {}}
	s, _ := bare(t, func(d *Deps) { d.Sessions, d.Cache, d.Citizen = store, cache, logouts{} })
	post := func(token string) int {
		req := httptest.NewRequest("POST", "/auth/citizen/backchannel", strings.NewReader("logout_token="+token))
		req.Host = "antrag.example"
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, _ := s.ask(t, req)
		return resp.StatusCode
	}
	store.down = true
	if status := post("one"); status != 500 {
		t.Errorf("without a database: status %d", status)
	}
	store.down = false
	for range 2 {
		if status := post("one"); status != 200 {
			t.Errorf("status %d", status)
		}
	}
	if status := post("two"); status != 200 || post("bad") != 400 {
		t.Errorf("status %d", status)
	}
	if len(store.of) != 2 || cache["session:AQID"] != nil {
		t.Errorf("ended %v, cached %v", store.of, cache)
	}
}

// Whoever has a network of 2^64 addresses is one client.
func TestClientsByNetwork(t *testing.T) {
	s, _ := bare(t, func(d *Deps) { d.Proxies = []netip.Addr{netip.MustParseAddr("0.0.0.0")} })
	keys := map[string]string{}
	for name, from := range map[string]string{"a": "2001:db8::1", "b": "2001:db8::ffff:1", "c": "2001:db8:0:1::1", "d": "203.0.113.1", "e": "203.0.113.2", "f": "::ffff:203.0.113.1"} {
		app := fiber.New()
		app.Get("/", func(c *fiber.Ctx) error { return c.SendString((&request{Ctx: c, srv: s}).clientKey()) })
		req := httptest.NewRequest("GET", "/", nil)
		req.Header.Set("X-Forwarded-For", from)
		_, keys[name] = (&Server{app: app}).ask(t, req)
	}
	if keys["a"] != keys["b"] || keys["a"] == keys["c"] || keys["d"] == keys["e"] || keys["d"] != keys["f"] || strings.Contains(keys["d"], "203") {
		t.Errorf("%v", keys)
	}
}

// However an address is written, what localPath returns leads a browser nowhere but to us.
func FuzzLocalPath(f *testing.F) {
	for _, p := range []string{"/me", "//evil.example", "/\\evil.example", "\\/evil.example", "https:evil.example", "https:///evil.example", "/%2f%2fevil.example", "/%5cevil.example",
		"/\t/evil.example", "/\r\nLocation: https://evil.example", "\x00//evil.example", " //evil.example", "/ /evil.example", "/.//evil.example", "/..//evil.example", "/me/..//evil.example",
		"javascript:alert(1)", "data:text/html,x", "/@evil.example", "//antrag.example@evil.example", "/?return=//evil.example", "/#//evil.example", "////evil.example", "/\u2028/evil.example", "／／evil.example", "/me;//evil.example", "//evil。example"} {
		f.Add(p)
	}
	here, err := url.Parse("https://antrag.example/auth/citizen/callback")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, p string) {
		got := localPath(p, "/")
		if got != "/" && got != p {
			t.Fatalf("%q became %q", p, got)
		}
		// Browsers drop tabs and line ends anywhere, control characters and spaces at the ends, and take \ for / (WHATWG URL).
		as := strings.Trim(strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(got), "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
		if !strings.HasPrefix(as, "/") || strings.HasPrefix(as, "//") {
			t.Fatalf("%q leads to %q", p, as)
		}
		to, err := here.Parse(got)
		if err != nil || to.Host != here.Host || to.Scheme != "https" || to.User != nil {
			t.Fatalf("%q leads to %v, %v", p, to, err)
		}
	})
}
