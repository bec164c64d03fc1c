package web

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// loginRoutes are the ways in and out, per audience (citizen, staff).
func (s *Server) loginRoutes() []route {
	return []route{
		{method: fiber.MethodGet, path: "/auth/:audience/login", class: entering, handle: s.loginBegin},
		{method: fiber.MethodGet, path: "/auth/:audience/callback", class: entering, handle: s.loginFinish},
		post("/auth/:audience/logout", anybody, s.logout),
		{method: fiber.MethodPost, path: "/auth/:audience/backchannel", class: entering, handle: s.backChannel, token: true},
		get("/auth/:audience/keep", anybody, s.sessionLeft),
		{method: fiber.MethodGet, path: "/auth/:audience/left", class: reading, handle: s.sessionLeft, quiet: true},
	}
}

// audience returns the provider and cookie of the route.
func (r *request) audience() (Login, string, error) {
	switch r.Params("audience") {
	case "citizen":
		return r.srv.Citizen, cookieCitizen, nil
	case "staff":
		return r.srv.Staff, cookieStaff, nil
	}
	return nil, "", civic.Errorf(civic.NotFound, "error.not_found")
}

// pending is what a browser keeps while it is at the provider. The secret is authenticated by the provider's side.
type pending struct {
	Secret string      `json:"s"`
	Return string      `json:"r"`
	Want   civic.Level `json:"w,omitempty"`
}

func loginCookie(cookie string) string { return cookie + "_login" }

// loginBegin sends the browser to the provider. ?return= is where to come back to, ?level= the assurance wanted, ?fresh=
// asks for a proof anew.
func (s *Server) loginBegin(r *request) error {
	provider, cookie, err := r.audience()
	if err != nil {
		return err
	}
	want := civic.Level(r.Query("level", string(civic.LevelBasic)))
	address, secret, err := provider.Begin(r.ctx, want, r.Query("fresh") != "", r.l.Tag)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(pending{Secret: secret, Return: localPath(r.Query("return"), "/"), Want: want}) // #nosec G117 -- sealed before it leaves
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	s.cookies.set(r.Ctx, loginCookie(cookie), encode(raw), 15*time.Minute)
	return r.Redirect(address, fiber.StatusSeeOther)
}

// loginFinish makes the session: a new secret each time, the old session of this browser ends.
func (s *Server) loginFinish(r *request) error {
	provider, cookie, err := r.audience()
	if err != nil {
		return err
	}
	var p pending
	if raw := decode(s.cookies.get(r.Ctx, loginCookie(cookie))); raw == nil || json.Unmarshal(raw, &p) != nil {
		return civic.Errorf(civic.Invalid, "error.login.lost")
	}
	s.cookies.set(r.Ctx, loginCookie(cookie), "", -1)
	query := map[string]string{}
	for k, v := range r.Queries() {
		query[k] = v
	}
	identity, err := provider.Finish(r.ctx, p.Secret, query)
	if err != nil {
		return err
	}
	if err := s.startSession(r, cookie, identity); err != nil {
		return err
	}
	back := localPath(p.Return, "/")
	if cookie == cookieCitizen && !identity.Level.AtLeast(p.Want) {
		r.notice("warning", noticeLevel)
	}
	return r.seeOther(back)
}

// startSession stores a session and sets its cookie.
func (s *Server) startSession(r *request, cookie string, id civic.Identity) error {
	if old := s.cookies.get(r.Ctx, cookie); old != "" {
		s.endSession(r, old)
	}
	plain, err := json.Marshal(id)
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	sealed, err := s.Vault.SealPlatform("identity", plain)
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	secret, now := randomText(32), s.Now()
	hash := sha256.Sum256([]byte(secret))
	session := civic.Session{Hash: hash[:], Audience: strings.TrimPrefix(cookie, "aw_"), Identity: sealed, Created: now, Seen: now,
		Expires: now.Add(sessionIdle), IssuerSID: sidOf(id), Subject: id.Issuer + " " + id.Subject}
	if cookie == cookieCitizen {
		account, err := s.Apply.Account(r.ctx, id)
		if err != nil {
			return err
		}
		session.Account = account.ID
	}
	if err := s.Sessions.CreateSession(r.ctx, session); err != nil {
		return fmt.Errorf("login: %w", err)
	}
	s.cookies.set(r.Ctx, cookie, secret, 0)
	return nil
}

// sidOf names the provider's session so that no other provider can end it.
func sidOf(id civic.Identity) string {
	if id.SessionID == "" {
		return ""
	}
	return id.Issuer + " " + id.SessionID
}

// endSession forgets a session here and in the cache.
func (s *Server) endSession(r *request, secret string) {
	hash := sha256.Sum256([]byte(secret))
	if err := s.Sessions.DeleteSession(r.ctx, hash[:]); err != nil && civic.CodeOf(err) != civic.NotFound {
		s.Log.Warn("session not deleted", "cause", err)
	}
	s.forgetSession(r, hash[:])
}

func (s *Server) forgetSession(r *request, hash []byte) {
	if err := s.Cache.Delete(r.ctx, "session:"+encode(hash)); err != nil {
		s.Log.Warn("session cache", "cause", err)
	}
}

// logout ends the session here and offers the provider to end its own.
func (s *Server) logout(r *request) error {
	provider, cookie, err := r.audience()
	if err != nil {
		return err
	}
	current := r.loginOf(cookie)
	if secret := s.cookies.get(r.Ctx, cookie); secret != "" {
		s.endSession(r, secret)
	}
	s.cookies.set(r.Ctx, cookie, "", -1)
	if cookie == cookieCitizen {
		r.forgetCodes()
	}
	r.notice("success", "notice.logout")
	if current != nil {
		if address, err := provider.Logout(r.ctx, current.identity.IDToken, s.PublicURL.JoinPath("/").String()); err == nil && address != "" {
			return r.Redirect(address, fiber.StatusSeeOther)
		}
	}
	return r.seeOther("/")
}

// backChannel ends the sessions that the provider names (OpenID Connect Back-Channel Logout 1.0).
func (s *Server) backChannel(r *request) error {
	provider, _, err := r.audience()
	if err != nil {
		return err
	}
	values, err := readForm(r.Ctx, maxForm)
	if err != nil {
		return err
	}
	r.values = values
	sid, subject, err := provider.BackChannel(r.ctx, r.value("logout_token"))
	if err != nil {
		return r.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "invalid_request"})
	}
	// A token that comes again must not end the sessions that its subject has begun since.
	used := sha256.Sum256([]byte(r.value("logout_token")))
	key := "logout:" + encode(used[:])
	if _, known, err := s.Cache.Get(r.ctx, key); err == nil && known {
		return r.SendStatus(fiber.StatusOK)
	}
	hashes, err := s.Sessions.DeleteSessionsOf(r.ctx, sid, subject)
	if err != nil {
		return fmt.Errorf("back-channel logout: %w", err)
	}
	for _, h := range hashes {
		s.forgetSession(r, h)
	}
	if err := s.Cache.Set(r.ctx, key, []byte{1}, logoutLasts); err != nil {
		s.Log.Warn("logout token not remembered", "cause", err)
	}
	return r.SendStatus(fiber.StatusOK)
}

// sessionLeft tells how long the session still lasts: 204, or 401 when there is none. That it was asked for has prolonged it
// (identify), unless the route is quiet.
func (s *Server) sessionLeft(r *request) error {
	_, cookie, err := r.audience()
	if err != nil {
		return err
	}
	if l := r.loginOf(cookie); l == nil {
		return r.SendStatus(fiber.StatusUnauthorized)
	}
	r.saySession()
	return r.SendStatus(fiber.StatusNoContent)
}

func (r *request) loginOf(cookie string) *login {
	if cookie == cookieStaff {
		return r.staff
	}
	return r.citizen
}

// saySession tells the script how many seconds the visitor's session still lasts, if there is one.
func (r *request) saySession() {
	l := r.citizen
	if r.route.guard == staffOnly || r.Params("audience") == "staff" {
		l = r.staff
	}
	if l != nil {
		r.Set("X-Session-Seconds", strconv.Itoa(r.secondsLeft(l)))
	}
}

func (r *request) secondsLeft(l *login) int {
	return max(int(l.session.Expires.Sub(r.srv.Now())/time.Second), 0)
}
