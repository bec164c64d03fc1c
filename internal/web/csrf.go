package web

import (
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/web/page"
)

// token is the CSRF token of a visit. It outlives logins, so that a form opened before one can still be sent after it.
func (s *Server) token(visit string) string { return encode(s.Vault.MAC("csrf", []byte(visit))[:18]) }

// tokenValid compares the posted token with that of the visit, in constant time.
func (s *Server) tokenValid(r *request, posted string) bool {
	return s.cookies.get(r.Ctx, cookieVisit) != "" && subtle.ConstantTimeCompare([]byte(posted), []byte(r.csrf)) == 1
}

// sameOrigin refuses posts that say they come from elsewhere; browsers that send no Origin are left to the token.
func (s *Server) sameOrigin(c *fiber.Ctx) bool {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == "null" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || !strings.EqualFold(u.Host, hostOf(c)) {
		return false
	}
	return u.Scheme == s.PublicURL.Scheme || isLoopback(u.Host) // a page that came over plain http may be anybody's
}

func decode(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}

// meant tells whether a form was sent from a page of ours, to be done: one that is only carried back is not.
func (s *Server) meant(r *request) bool {
	return s.tokenValid(r, r.value(page.CSRFField)) && r.value(page.BackField) == ""
}
