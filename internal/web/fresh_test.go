package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// What is published, taken out or deleted by staff, and who is appointed, wants a fresh proof of who they are. What is of one's own
// desk only, and can be made anew in a moment, does not.
func TestWhatCannotBeCalledBackWantsAFreshLogin(t *testing.T) {
	s := &Server{Deps: Deps{PublicURL: &url.URL{}}}
	own := []string{"/desk/:tenant/views/:view/delete", "/desk/:tenant/export/template/:template/delete"}
	found := 0
	for _, rt := range s.routes() {
		path := rt.path
		for _, p := range own {
			if path == p {
				path = ""
			}
		}
		last := path[strings.LastIndex(path, "/")+1:]
		want := rt.guard == staffOnly && rt.method == fiber.MethodPost && (last == "delete" || last == "publish" || last == "dismiss" || last == "restart" || last == "export" || path == "/admin/:tenant/staff") ||
			path == "/desk/:tenant/export" || path == "/desk/:tenant/exports/:export/file"
		if want {
			found++
		}
		if want != rt.fresh {
			t.Errorf("%s %s: fresh is %v", rt.method, rt.path, rt.fresh)
		}
	}
	if found < 10 {
		t.Errorf("only %d such routes", found)
	}
}

func TestFreshProof(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, _ := bare(t, func(d *Deps) { d.Now = func() time.Time { return now } })
	for name, x := range map[string]struct {
		proved, created time.Duration // ago
		silent, good    bool
	}{
		"just now": {good: true}, "14 minutes ago": {proved: 14 * time.Minute, created: 14 * time.Minute, good: true}, "15 minutes ago": {proved: proofLasts, created: proofLasts},
		"long ago at the provider, which let in at once": {proved: 8 * time.Hour}, "the provider does not say when": {silent: true},
		"in the provider's future": {proved: -24 * time.Hour, created: time.Hour},
	} {
		l := &login{session: civic.Session{Created: now.Add(-x.created), Expires: now.Add(time.Minute)}}
		if !x.silent {
			l.identity.LoggedIn = now.Add(-x.proved)
		}
		for _, method := range []string{"GET", "POST"} {
			app, rt := fiber.New(), (route{method: method, guard: staffOnly}).lately()
			app.All("/desk/jena/export", func(c *fiber.Ctx) error {
				r := &request{Ctx: c, srv: s, ctx: t.Context(), l: locale.For("de"), route: &rt, staff: l, csrf: s.token(s.cookies.get(c, cookieVisit)),
					actor: civic.Actor{Staff: &civic.Staff{ID: "s1"}}}
				if err := s.admit(r); err != nil {
					return r.fail(err)
				}
				return r.SendString("done")
			})
			const visit = "0123456789012345678901"
			send := func(token string) (*http.Response, string) {
				req := httptest.NewRequest(method, "/desk/jena/export?q=a", strings.NewReader(url.Values{"_csrf": {token}, "columns": {"Spalte <b>"}}.Encode()))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Cookie", "__Host-"+cookieVisit+"="+visit)
				return (&Server{app: app}).ask(t, req)
			}
			resp, body := send(s.token(visit))
			switch {
			case x.good:
				if body != "done" {
					t.Errorf("%s, %s: refused with %d", name, method, resp.StatusCode)
				}
			case method == "GET":
				if resp.StatusCode != 303 || resp.Header.Get("Location") != "/auth/staff/login?fresh=1&return=%2Fdesk%2Fjena%2Fexport%3Fq%3Da" {
					t.Errorf("%s: %d %s", name, resp.StatusCode, resp.Header.Get("Location"))
				}
			default: // what was typed is carried on
				if resp.StatusCode != 401 || !strings.Contains(body, `value="Spalte &lt;b&gt;"`) || !strings.Contains(body, "fresh=1&amp;return") {
					t.Errorf("%s: %d %s", name, resp.StatusCode, body)
				}
				if resp, body = send("wrong"); resp.StatusCode == 200 || strings.Contains(body, `name="columns"`) {
					t.Errorf("%s: a post without a token of ours is carried on: %d %s", name, resp.StatusCode, body)
				}
			}
		}
	}
}

// asked is a provider that remembers what it was asked for.
type asked struct {
	Login
	fresh bool
	want  civic.Level
}

func (a *asked) Begin(_ context.Context, want civic.Level, fresh bool, _ string) (string, string, error) {
	a.want, a.fresh = want, fresh
	return "https://login.example/authorize", "secret", nil
}

func TestTheProviderIsAskedForAFreshProof(t *testing.T) {
	provider := &asked{}
	s, _ := bare(t, func(d *Deps) { d.Staff = provider })
	for query, want := range map[string]bool{"fresh=1": true, "": false} {
		req := httptest.NewRequest("GET", "/auth/staff/login?"+query, nil)
		req.Host = "antrag.example"
		resp, _ := s.ask(t, req)
		if resp.Header.Get("Location") != "https://login.example/authorize" || provider.fresh != want {
			t.Errorf("%q: %s, fresh %v", query, resp.Header.Get("Location"), provider.fresh)
		}
	}
}
