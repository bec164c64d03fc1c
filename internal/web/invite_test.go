package web

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
)

// nobodys are the cases of somebody who has none.
type nobodys struct{ apply.Cases }

func (nobodys) MyCase(context.Context, civic.Subject, string) (civic.CaseFile, error) {
	return civic.CaseFile{}, civic.Errorf(civic.NotFound, "error.not_found")
}

// counting is a limiter that remembers what it was asked.
type counting struct{ keys []string }

func (c *counting) Allow(_ context.Context, key string, _ int, _ time.Duration) (bool, time.Duration, error) {
	c.keys = append(c.keys, key)
	return true, 0, nil
}

// Whoever was invited knows the dossier's address. They do not use up the new codes by which its owner shuts them out.
func TestStrangersUseUpNoNewCodes(t *testing.T) {
	s := keyServer(newSigner(1))
	limiter := &counting{}
	s.Limiter, s.Apply = limiter, apply.New(apply.Deps{Cases: nobodys{}})
	_, page, cookies := answer(t, s, fiber.MethodGet, "/verify", "", "")
	token, visit := tokenOf.FindStringSubmatch(page), visitOf.FindStringSubmatch(cookies)
	status, _, _ := answer(t, s, fiber.MethodPost, "/me/0190-foreign/reinvite", visit[1], url.Values{"_csrf": {token[1]}}.Encode())
	if status != fiber.StatusNotFound {
		t.Errorf("status %d", status)
	}
	for _, key := range limiter.keys {
		if key == "reinvite:0190-foreign" {
			t.Error("a stranger counts against the owner")
		}
	}
}
