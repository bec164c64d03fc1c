package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// oneSession is a store of sessions with one in it, a cache that forgets and a vault that keeps no secret.
type oneSession struct {
	Sessions
	Vault
	held    civic.Session
	touched int
}

func (o *oneSession) Session(context.Context, []byte) (civic.Session, error) { return o.held, nil }

func (o *oneSession) TouchSession(_ context.Context, _ []byte, seen, expires time.Time) error {
	o.touched++
	o.held.Seen, o.held.Expires = seen, expires
	return nil
}

func (o *oneSession) OpenPlatform(string, []byte) ([]byte, error) { return []byte("{}"), nil }

type noCache struct{}

func (noCache) Get(context.Context, string) ([]byte, bool, error) {
	return nil, false, errors.New("lost")
}

func (noCache) Set(context.Context, string, []byte, time.Duration) error { return nil }

func (noCache) Delete(context.Context, ...string) error { return nil }

// Whoever asks how long a session lasts does not prolong it; whatever else a visitor does, does, until its absolute end.
func TestOnlyVisitorsProlongSessions(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	store := &oneSession{held: civic.Session{Audience: "citizen", Created: now, Seen: now, Expires: now.Add(sessionIdle)}}
	s := &Server{Deps: Deps{Sessions: store, Vault: store, Cache: noCache{}, Now: func() time.Time { return now }}}
	app := fiber.New()
	app.Get("/:audience", func(c *fiber.Ctx) (err error) {
		r := &request{Ctx: c, srv: s, ctx: t.Context(), route: &route{quiet: c.Query("quiet") != ""}}
		if r.citizen, err = s.session(r, cookieCitizen, "citizen"); err != nil {
			return err
		}
		return s.sessionLeft(r)
	})
	ask := func(quiet string) (left string, status int) {
		req := httptest.NewRequest(fiber.MethodGet, "/citizen?quiet="+quiet, nil)
		req.Header.Set("Cookie", cookieCitizen+"="+strings.Repeat("x", 43))
		resp, err := app.Test(req)
		if err != nil || resp.Body.Close() != nil {
			t.Fatal(err)
		}
		return resp.Header.Get("X-Session-Seconds"), resp.StatusCode
	}
	now = now.Add(20 * time.Minute)
	if left, _ := ask("yes"); left != "600" || store.touched != 0 {
		t.Errorf("asking: %s seconds are left, prolonged %d times", left, store.touched)
	}
	if left, _ := ask(""); left != "1800" || store.touched != 1 {
		t.Errorf("visiting: %s seconds are left, prolonged %d times", left, store.touched)
	}
	now = now.Add(sessionIdle)
	if _, status := ask("yes"); status != fiber.StatusUnauthorized {
		t.Errorf("at its end: status %d", status)
	}
	now = store.held.Created.Add(sessionAbsolute - 5*time.Minute)
	store.held.Expires = now.Add(time.Minute)
	if left, _ := ask(""); left != "300" {
		t.Errorf("shortly before its absolute end %s seconds are left", left)
	}
}
