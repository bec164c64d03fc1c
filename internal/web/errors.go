package web

import (
	"errors"
	"log/slog"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// statuses maps each code of error to the one status.
var statuses = map[civic.Code]int{
	civic.NotFound: fiber.StatusNotFound, civic.Forbidden: fiber.StatusForbidden, civic.LoginFirst: fiber.StatusUnauthorized,
	civic.Invalid: fiber.StatusUnprocessableEntity, civic.Conflict: fiber.StatusConflict, civic.TooLarge: fiber.StatusRequestEntityTooLarge,
	civic.TooMany: fiber.StatusTooManyRequests, civic.Unavailable: fiber.StatusServiceUnavailable, civic.Internal: fiber.StatusInternalServerError,
}

func notFound(*request) error { return civic.Errorf(civic.NotFound, "error.not_found") }

// fail answers an error: the person gets words and a reference, the log gets the cause.
func (r *request) fail(err error) error {
	if r.route.script {
		return r.failScript(err)
	}
	code := civic.CodeOf(err)
	r.srv.logFailure(r.id, code, err)
	if code == civic.LoginFirst {
		return r.toLogin(err)
	}
	shell := r.shell(r.T("error.title." + string(code)))
	shell.RequestID = r.id
	return r.render(statuses[code], page.Error(shell, string(code), r.words(err)))
}

// words are what an error says to a person, "" when it was not foreseen.
func (r *request) words(err error) string {
	var e *civic.Error
	if errors.As(err, &e) && r.l.Has(e.Key) {
		return r.T(e.Key, e.Args...)
	}
	return ""
}

// toLogin sends a page's visitor to the log-in and back; a post is answered by the error page, since its form would be lost.
func (r *request) toLogin(err error) error {
	audience, level := "citizen", ""
	if r.route.guard == staffOnly {
		audience = "staff"
	}
	var e *civic.Error
	if errors.As(err, &e) && len(e.Args) == 2 && e.Args[0] == "level" {
		level, _ = e.Args[1].(string)
	}
	// An appointed member of staff is asked again where the route wants a fresh proof (admit), and nowhere else.
	again := audience == "staff" && r.actor.Staff != nil
	if r.staff != nil && audience == "staff" && !again {
		// Logged in, but nobody has appointed this person: another log-in would not help.
		shell := r.shell(r.T("error.title.forbidden"))
		return r.render(fiber.StatusForbidden, page.Error(shell, "forbidden", r.T("error.login.unappointed")))
	}
	if audience == "staff" {
		if done, err := r.srv.relogin(r, err); done {
			return err
		}
	}
	back := r.pathQuery()
	if r.Method() != fiber.MethodGet {
		back = localPath(r.back, "/")
	}
	q := url.Values{"return": {back}}
	if level != "" {
		q.Set("level", level)
	}
	if again {
		q.Set("fresh", "1")
	}
	to := "/auth/" + audience + "/login?" + q.Encode()
	if kind, key := r.noticeLeft(); kind+key == "warning"+noticeLevel {
		// Just back from a log-in that did not reach the level: one that answers at once would send the browser round and round.
		shell := r.shell(r.T("error.title.login_first"))
		return r.render(fiber.StatusForbidden, page.Error(shell, "login_first", r.words(err), page.Btn{Text: r.T("shell.login"), Href: to}))
	}
	return r.seeOther(to)
}

func asError(err error, e **civic.Error) bool { return errors.As(err, e) }

func (s *Server) logFailure(id string, code civic.Code, err error) {
	level := slog.LevelInfo
	if code == civic.Internal || code == civic.Unavailable {
		level = slog.LevelError
	}
	s.Log.Log(s.base, level, "refused", "id", id, "code", string(code), "cause", err.Error())
}

// onError answers what never reached a handler: fiber's own errors and panics.
func (s *Server) onError(c *fiber.Ctx, err error) error {
	code := civic.Internal
	var fe *fiber.Error
	if errors.As(err, &fe) {
		switch fe.Code {
		case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
			code = civic.NotFound
		case fiber.StatusRequestEntityTooLarge, fiber.StatusRequestHeaderFieldsTooLarge:
			code = civic.TooLarge
		case fiber.StatusBadRequest, fiber.StatusRequestTimeout: // a client that stalled or went away is no fault of ours
			code = civic.Invalid
		}
	}
	id, _ := c.Locals("id").(string)
	r := &request{Ctx: c, srv: s, ctx: s.base, route: &route{class: free}, id: id, l: locale.For(s.language(c))}
	s.logFailure(id, code, err)
	shell := page.Shell{L: r.l, Title: r.T("error.title." + string(code)), Assets: s.pageAssets(), Brand: s.brandOf(r), RequestID: id, Path: "/",
		CSRF: s.token(s.cookies.get(c, cookieVisit))}
	return r.render(statuses[code], page.Error(shell, string(code), ""))
}

func levelOf(status int) slog.Level {
	if status >= fiber.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}
