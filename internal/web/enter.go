package web

import (
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// limits are requests per client and class: burst, then refilled over the period. An office behind one address is one client.
var limits = map[class]struct {
	burst int
	per   time.Duration
}{
	reading:   {3000, time.Minute},
	writing:   {1200, time.Minute},
	uploading: {300, time.Minute},
	entering:  {120, time.Minute},
	reporting: {60, time.Minute},
	proving:   {60, time.Minute},
}

// protect wraps every answer: headers, request id, panic, log line, metrics.
func (s *Server) protect(c *fiber.Ctx) (err error) {
	start := s.Now()
	id := s.NewID()
	c.Locals("id", id)
	c.Response().Header.Set("X-Request-Id", id)
	s.harden(c)
	defer func() {
		if p := recover(); p != nil {
			err = s.onError(c, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
		s.logAnswer(c, id, s.Now().Sub(start))
	}()
	if done, err := s.elsewhere(c); done {
		return err
	}
	if err := c.Next(); err != nil {
		return s.onError(c, err)
	}
	return nil
}

// logAnswer writes one line; the route's pattern stands for the path, so that no id or personal data is logged.
func (s *Server) logAnswer(c *fiber.Ctx, id string, took time.Duration) {
	pattern, _ := c.Locals("route").(string)
	if pattern == "" {
		pattern = "other"
	}
	status := c.Response().StatusCode()
	s.metrics.observe(c.Method(), pattern, status, took)
	s.Log.LogAttrs(c.Context(), levelOf(status), "request", slog.String("id", id), slog.String("method", c.Method()),
		slog.String("route", pattern), slog.Int("status", status), slog.Duration("took", took))
}

// enter turns a handler into fiber's, behind everything that must happen first.
func (s *Server) enter(rt route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals("route", rt.path)
		id, _ := c.Locals("id").(string)
		r := &request{Ctx: c, srv: s, route: &rt, id: id}
		r.begin(handlerTime + bodyTime(c.Request().Header.ContentLength()))
		defer r.finish()
		r.l = locale.For(s.language(c))
		if lang := c.Query("lang"); lang != "" && rt.method == fiber.MethodGet && rt.class == reading {
			return s.switchLanguage(r, lang)
		}
		if err := s.allow(r); err != nil {
			if !r.provable() {
				return r.fail(err)
			}
			if passed, err := s.challenge(r); err != nil {
				return r.fail(err)
			} else if !passed {
				return nil
			}
		}
		if rt.class != free && !rt.token {
			if err := s.identify(r); err != nil {
				return r.fail(err)
			}
		}
		if waits, err := s.waitingRoom(r); waits || err != nil {
			return err
		}
		if err := s.admit(r); err != nil {
			return r.fail(err)
		}
		if err := rt.handle(r); err != nil {
			return r.fail(err)
		}
		return nil
	}
}

// admit checks the guard and, for a post, reads the form and its token.
func (s *Server) admit(r *request) error {
	if r.route.guard == staffOnly && r.actor.Staff == nil {
		return civic.Errorf(civic.LoginFirst, "error.login.staff")
	}
	if r.route.fresh && !s.provedLately(r.staff) {
		return civic.Errorf(civic.LoginFirst, "error.login.again")
	}
	if changesNothing(r.route.method) || r.route.token {
		return nil
	}
	if coding := r.Get(fiber.HeaderContentEncoding); coding != "" && coding != "identity" {
		return civic.Errorf(civic.Invalid, "error.form.encoded") // nothing that was sent is unpacked, so nothing can unpack to more
	}
	if !s.sameOrigin(r.Ctx) || r.route.script && !s.tokenValid(r, r.Get(headerToken)) {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	if r.route.script {
		return nil
	}
	if r.route.files && isMultipart(r.Ctx) {
		return nil // the handler reads the parts and checks the token that stands before the files
	}
	if r.values == nil { // else it was read for a proof
		values, err := readForm(r.Ctx, r.route.most())
		if err != nil {
			return err
		}
		r.values = values
	}
	if !s.meant(r) {
		if !r.route.keepTyped {
			return civic.Errorf(civic.Forbidden, "error.csrf")
		}
		r.csrfBad = true
	}
	return nil
}

func changesNothing(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

// allow applies the rate limit of the route's class, by client, or by the pass of a browser that has proved something. The
// machine itself, when no proxy speaks for somebody else, is not limited. Without the limiter's store it lets pass and logs.
func (s *Server) allow(r *request) error {
	l, limited := limits[r.route.class]
	if !limited || r.client().IsLoopback() {
		return nil
	}
	who, burst, pass := r.clientKey(), l.burst, s.pass(r)
	if pass != "" {
		who, burst = "pass:"+pass, max(burst/passShare, 10)
	} else if slices.Contains(s.Challenge, string(r.route.class)) && !r.route.legal() {
		return civic.Errorf(civic.TooMany, "error.too_many")
	}
	ok, wait, err := s.Limiter.Allow(r.ctx, string(r.route.class)+":"+who, burst, l.per)
	if err != nil {
		s.Log.Warn("rate limit unavailable", "cause", err)
		return nil
	}
	if !ok {
		r.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait/time.Second)+1))
		return civic.Errorf(civic.TooMany, "error.too_many")
	}
	return nil
}

// client is the address of who asks: the connection's, or, when that is a proxy of ours, the last one it has seen.
func (r *request) client() netip.Addr {
	remote, _ := netip.AddrFromSlice(r.Context().RemoteIP())
	remote = remote.Unmap()
	if slices.Contains(r.srv.Proxies, remote) {
		list := r.Get(fiber.HeaderXForwardedFor)
		if last, err := netip.ParseAddr(strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])); err == nil {
			return last.Unmap()
		}
	}
	return remote
}

// clientKey is the client's address as a keyed hash: the limiter's store holds no addresses. With IPv6 a single line has a
// network of 2^64 of them (RFC 6177), so the network stands for all.
func (r *request) clientKey() string {
	a := r.client()
	if a.Is6() {
		if net, err := a.Prefix(64); err == nil {
			a = net.Addr()
		}
	}
	return encode(r.srv.Vault.MAC("client", a.AsSlice())[:12])
}
