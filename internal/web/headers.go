package web

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// reportPath is where browsers tell what the content security policy has refused.
const reportPath = "/csp-report"

// contentPolicy is the content security policy of our pages: nothing inline, nothing foreign, no eval, and text becomes a
// document in one place of our scripts only (static/src/trusted.js). Browsers apply form-action to redirects too, hence the
// identity providers in it.
func contentPolicy(providers []string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
		"form-action " + strings.Join(append([]string{"'self'"}, providers...), " ") + "; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; frame-src 'self'; " +
		"require-trusted-types-for 'script'; trusted-types antragswerk; report-uri " + reportPath
}

// harden sets the headers that every answer carries, whatever becomes of the request. A handler may only be stricter.
func (s *Server) harden(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, s.policy)
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	h.Set(fiber.HeaderXFrameOptions, "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set(fiber.HeaderPermissionsPolicy, "camera=(), microphone=(), geolocation=(), payment=()")
	h.Set(fiber.HeaderCacheControl, "no-store")
	if s.cookies.secure {
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
}

const (
	maxReport     = 16 << 10
	reportsPerMin = 120 // lines of the log, of all browsers together
)

// violation is what a browser reports. Its addresses may name cases or hold what somebody searched for: only what is ours
// and means nobody is taken out of it.
type violation struct {
	Report struct {
		Directive string `json:"effective-directive"`
		Blocked   string `json:"blocked-uri"`
		Source    string `json:"source-file"`
		Line      int    `json:"line-number"`
		Column    int    `json:"column-number"`
	} `json:"csp-report"`
}

// cspReport counts a violation and logs it, so far as the log is not flooded. Anybody can post here, so nothing of what was
// posted is believed or kept but words of our own.
func (s *Server) cspReport(r *request) error {
	if !s.sameOrigin(r.Ctx) {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	raw, err := io.ReadAll(io.LimitReader(bodyOf(r.Ctx), maxReport+1))
	var v violation
	if err != nil || len(raw) > maxReport || json.Unmarshal(raw, &v) != nil || v.Report.Directive == "" {
		drain(r.Ctx)
		return r.SendStatus(fiber.StatusBadRequest)
	}
	directive, blocked := s.directive(v.Report.Directive), s.blockedBy(v.Report.Blocked)
	s.metrics.violations.WithLabelValues(directive, blocked).Inc()
	if ok, _, err := s.Limiter.Allow(r.ctx, "csp-report", reportsPerMin, time.Minute); err == nil && ok {
		s.Log.LogAttrs(r.ctx, slog.LevelWarn, "policy violated", slog.String("directive", directive), slog.String("blocked", blocked),
			slog.String("file", s.ownFile(v.Report.Source)), slog.Int("line", v.Report.Line), slog.Int("column", v.Report.Column))
	}
	return r.SendStatus(fiber.StatusNoContent)
}

// directive is one of our policy's, or "other".
func (s *Server) directive(name string) string {
	for part := range strings.SplitSeq(s.policy, ";") {
		own, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		// script-src is reported by the name of its part: script-src-elem, script-src-attr.
		if own != "" && (name == own || strings.TrimSuffix(strings.TrimSuffix(name, "-elem"), "-attr") == own) {
			return own
		}
	}
	return "other"
}

// blockedBy says of what kind the refused thing is.
func (s *Server) blockedBy(blocked string) string {
	if slices.Contains([]string{"inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-sink", "trusted-types-policy"}, blocked) {
		return blocked
	}
	if u, err := url.Parse(blocked); err == nil && strings.EqualFold(u.Host, s.PublicURL.Host) {
		return "self"
	}
	return "foreign"
}

// ownFile is the name of a file of our build, or "".
func (s *Server) ownFile(source string) string {
	u, err := url.Parse(source)
	if err != nil {
		return ""
	}
	name := path.Base(u.Path)
	if _, _, _, ok := s.Assets.Get(name, ""); !ok {
		return ""
	}
	return name
}
