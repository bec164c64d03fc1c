package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// The cookies. With https they carry the __Host- prefix, so that no neighbour can set them.
const (
	cookieCitizen = "aw_citizen" // session of a citizen
	cookieStaff   = "aw_staff"   // session of a clerk
	cookieVisit   = "aw_visit"   // random; the CSRF token is bound to it
	cookieCodes   = "aw_codes"   // recovery codes of the drafts that this browser began
	cookieInvited = "aw_invited" // invitation codes that this browser was given
	cookieLang    = "aw_lang"
	cookieTheme   = "aw_theme"
	cookieNotice  = "aw_notice"
)

const (
	sessionIdle     = 30 * time.Minute
	sessionAbsolute = 10 * time.Hour
	recoverPeriod   = 10 * time.Minute // ten tries of a recovery code in it
	proofLasts      = 15 * time.Minute // for what cannot be called back, see route.fresh
	logoutLasts     = 12 * time.Minute // longer than a logout token is taken (login.BackChannel)
	sessionCache    = 20 * time.Second // how long another node may still honour an ended session
)

// login is a session with its identity opened.
type login struct {
	session  civic.Session
	identity civic.Identity
}

// cookieJar writes our cookies the one right way.
type cookieJar struct{ secure bool }

func (j cookieJar) name(n string) string {
	if j.secure {
		return "__Host-" + n
	}
	return n
}

func (j cookieJar) get(c *fiber.Ctx, n string) string { return c.Cookies(j.name(n)) }

// set writes a cookie for life, 0 until the browser ends; a negative life deletes it.
func (j cookieJar) set(c *fiber.Ctx, n, value string, life time.Duration) {
	ck := &fiber.Cookie{Name: j.name(n), Value: value, Path: "/", HTTPOnly: true, Secure: j.secure, SameSite: fiber.CookieSameSiteLaxMode}
	switch {
	case life > 0:
		ck.MaxAge = int(life / time.Second)
	case life < 0:
		ck.Expires = time.Unix(1, 0)
		ck.MaxAge = -1
	}
	c.Cookie(ck)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	return encode(b)
}

// identify finds out who asks: logins, codes, and the visit that the CSRF token is bound to.
func (s *Server) identify(r *request) error {
	visit := s.cookies.get(r.Ctx, cookieVisit)
	if len(visit) != 22 {
		visit = randomText(16)
		s.cookies.set(r.Ctx, cookieVisit, visit, 0)
	}
	r.csrf = s.token(visit)
	if codes := s.cookies.get(r.Ctx, cookieCodes); codes != "" && len(codes) < 1024 {
		r.codes = strings.Split(codes, ".")
		r.actor.Subject.Codes = s.Apply.CodeHashes(r.codes)
	}
	if codes := s.cookies.get(r.Ctx, cookieInvited); codes != "" && len(codes) < 1024 {
		r.invited = strings.Split(codes, ".")
		r.actor.Subject.Invited = s.Apply.InvitationHashes(r.invited)
	}
	var err error
	if r.citizen, err = s.session(r, cookieCitizen, "citizen"); err != nil {
		return err
	}
	if r.citizen != nil {
		r.actor.Identity, r.actor.Subject.Account = &r.citizen.identity, r.citizen.session.Account
	}
	if r.staff, err = s.session(r, cookieStaff, "staff"); err != nil {
		return err
	}
	if r.staff != nil {
		if r.actor.Staff, err = s.Admin.Staff(r.ctx, r.staff.identity); err != nil {
			return err
		}
	}
	return nil
}

// session finds the session of a cookie, nil without one; in the cache first.
func (s *Server) session(r *request, cookie, audience string) (*login, error) {
	secret := s.cookies.get(r.Ctx, cookie)
	if len(secret) != 43 {
		return nil, nil
	}
	hash := sha256.Sum256([]byte(secret))
	key := "session:" + encode(hash[:])
	var found civic.Session
	if raw, ok, err := s.Cache.Get(r.ctx, key); err == nil && ok && json.Unmarshal(raw, &found) == nil {
		return s.opened(r, found, audience)
	}
	found, err := s.Sessions.Session(r.ctx, hash[:])
	if civic.CodeOf(err) == civic.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	now := s.Now()
	if now.Sub(found.Seen) > time.Minute && !r.route.quiet {
		found.Seen, found.Expires = now, earlier(now.Add(sessionIdle), found.Created.Add(sessionAbsolute))
		if err := s.Sessions.TouchSession(r.ctx, hash[:], found.Seen, found.Expires); err != nil {
			return nil, fmt.Errorf("session: %w", err)
		}
	}
	if raw, err := json.Marshal(found); err == nil {
		_ = s.Cache.Set(r.ctx, key, raw, sessionCache) // losing it costs a query
	}
	return s.opened(r, found, audience)
}

func (s *Server) opened(r *request, found civic.Session, audience string) (*login, error) {
	if found.Audience != audience || !r.srv.Now().Before(found.Expires) {
		return nil, nil
	}
	plain, err := s.Vault.OpenPlatform("identity", found.Identity)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	l := &login{session: found}
	if err := json.Unmarshal(plain, &l.identity); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return l, nil
}

// provedLately tells whether the person has proved a short time ago who they are. A provider that does not say when is not
// believed to say "just now", and one whose clock is ahead gives nobody more time.
func (s *Server) provedLately(l *login) bool {
	if l == nil || l.identity.LoggedIn.IsZero() {
		return false
	}
	return s.Now().Sub(earlier(l.identity.LoggedIn, l.session.Created)) < proofLasts
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// newest puts a code in front of those that this browser holds, at most eight.
func newest(code string, held []string) []string {
	codes := []string{code}
	for _, c := range held {
		if c != code && len(codes) < 8 {
			codes = append(codes, c)
		}
	}
	return codes
}

// holdInvitation keeps an invitation's code until the browser ends.
func (r *request) holdInvitation(code string) {
	r.srv.cookies.set(r.Ctx, cookieInvited, strings.Join(newest(code, r.invited), "."), 0)
}

func (r *request) forgetInvitations() { r.srv.cookies.set(r.Ctx, cookieInvited, "", -1) }

// holdCode adds a recovery code to those of this browser.
func (r *request) holdCode(code string) {
	codes := newest(code, r.codes)
	r.codes = codes
	r.actor.Subject.Codes = r.srv.Apply.CodeHashes(codes)
	r.srv.cookies.set(r.Ctx, cookieCodes, strings.Join(codes, "."), 0)
}

// forgetCodes leaves a shared computer without a trace.
func (r *request) forgetCodes() {
	r.srv.cookies.set(r.Ctx, cookieCodes, "", -1)
	r.forgetInvitations()
}
