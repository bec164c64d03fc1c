package web

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// language is the visitor's: chosen before, else what the browser asks for, else German.
func (s *Server) language(c *fiber.Ctx) string {
	if tag := s.cookies.get(c, cookieLang); tag != "" {
		return locale.For(tag).Tag
	}
	if strings.HasPrefix(strings.ToLower(c.Get(fiber.HeaderAcceptLanguage)), "en") {
		return "en"
	}
	return "de"
}

// switchLanguage keeps the choice and shows the same page again.
func (s *Server) switchLanguage(r *request, tag string) error {
	s.cookies.set(r.Ctx, cookieLang, locale.For(tag).Tag, yearOfCookie)
	q := r.Context().QueryArgs()
	q.Del("lang")
	to := r.Path()
	if rest := string(q.QueryString()); rest != "" {
		to += "?" + rest
	}
	return r.seeOther(localPath(to, "/"))
}

// yearOfCookie is how long a choice of language or theme is kept.
const yearOfCookie = 365 * 24 * time.Hour

// languageChosen keeps the choice made by a form's language button and shows the page of r.back in it.
func (s *Server) languageChosen(r *request, tag string) error {
	s.cookies.set(r.Ctx, cookieLang, locale.For(tag).Tag, yearOfCookie)
	return r.seeOther(r.back)
}

func (r *request) theme() string {
	switch t := r.srv.cookies.get(r.Ctx, cookieTheme); t {
	case "light", "dark":
		return t
	}
	return ""
}

// setTheme keeps the choice of light or dark.
func (s *Server) setTheme(r *request) error {
	switch t := r.value("theme"); t {
	case "light", "dark":
		s.cookies.set(r.Ctx, cookieTheme, t, yearOfCookie)
	default:
		s.cookies.set(r.Ctx, cookieTheme, "", -1)
	}
	return r.seeOther(localPath(r.value("back"), "/"))
}

// notice leaves a message for the next page: kind and catalogue key.
func (r *request) notice(kind, key string) {
	r.srv.cookies.set(r.Ctx, cookieNotice, kind+":"+key, time.Minute)
}

// warn shows a message on this very page.
func (r *request) warn(key string) { r.now = &page.Notice{Kind: "warning", Text: r.T(key)} }

func (r *request) warnText(text string) { r.now = &page.Notice{Kind: "warning", Text: text} }

// noticeLevel tells that a log-in did not reach the level that was asked for.
const noticeLevel = "notice.login.level"

// noticeLeft is the message left by the request before.
func (r *request) noticeLeft() (kind, key string) {
	kind, key, _ = strings.Cut(r.srv.cookies.get(r.Ctx, cookieNotice), ":")
	return kind, key
}

// takeNotice returns the message left by the request before, once.
func (r *request) takeNotice() *page.Notice {
	if r.now != nil {
		return r.now
	}
	kind, key := r.noticeLeft()
	if !strings.HasPrefix(key, "notice.") || !r.l.Has(key) {
		return nil
	}
	switch kind {
	case "info", "success", "warning", "danger":
	default:
		return nil
	}
	r.srv.cookies.set(r.Ctx, cookieNotice, "", -1)
	return &page.Notice{Kind: kind, Text: r.T(key)}
}

// pageAssets are the addresses of style and script.
func (s *Server) pageAssets() page.Assets {
	return page.Assets{CSS: s.Assets.URL("app.css"), JS: s.Assets.URL("app.js"), Filer: s.Assets.URL("files.js"), Uploader: s.Assets.URL("upload.js"), FontRegular: s.Assets.URL("regular.woff2"), FontBold: s.Assets.URL("bold.woff2")}
}

// brandOf is whose page this is: the tenant's, else the state's portal.
func (s *Server) brandOf(r *request) page.Brand {
	state := r.T("brand.state")
	if r.tenant == nil {
		return page.Brand{Name: r.T("brand.portal"), Tagline: state, Home: "/", Imprint: "/imprint", Privacy: "/privacy", Accessibility: "/accessibility", Feedback: "/feedback"}
	}
	t := *r.tenant
	at := "/" + t.Slug
	b := page.Brand{Name: displayName(t), Tagline: r.T("brand.tagline"), State: state, Home: at, Colour: t.Profile.Colour,
		Imprint: at + "/imprint", Privacy: at + "/privacy", Accessibility: at + "/accessibility", Feedback: at + "/feedback"}
	if t.LogoType != "" {
		b.LogoURL = at + "/logo"
	}
	return b
}

// displayName is the tenant's name as it stands on its pages.
func displayName(t civic.Tenant) string { return t.Name }

// visitor says who is logged in. The desk's pages show the clerk, all others the citizen.
func (r *request) visitor(s *page.Shell) {
	if r.route != nil && r.route.guard == staffOnly && r.actor.Staff != nil {
		s.Visitor = page.Visitor{Name: r.actor.Staff.Name, LogoutURL: "/auth/staff/logout"}
		s.Session = r.sessionOf(r.staff, "staff")
		return
	}
	if r.citizen != nil {
		s.Visitor = page.Visitor{Name: r.citizen.identity.Name, Detail: r.T("level." + string(r.actor.Level())), LogoutURL: "/auth/citizen/logout"}
		s.Session = r.sessionOf(r.citizen, "citizen")
	}
}

// sessionOf is when and how the script warns of the end of a session.
func (r *request) sessionOf(l *login, audience string) page.Session {
	at := "/auth/" + audience
	return page.Session{Seconds: max(r.secondsLeft(l), 1), KeepURL: at + "/keep", LeftURL: at + "/left",
		LoginURL: at + "/login?" + url.Values{"return": {r.pathQuery()}}.Encode()}
}
