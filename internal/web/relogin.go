package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/web/page"
)

// relogin answers a post of staff whose session has ended, or whose last proof of who they are is too old for it: what was typed is
// carried on by the page until they have logged in again, in another window. Which button was pressed in a session that has ended is not:
// what somebody does not see before them is not done on their behalf, so a form with several buttons comes back as it was typed. done is
// false where there is nothing to carry on. A post from elsewhere is not carried on: it would be sent with
// a token of ours.
func (s *Server) relogin(r *request, cause error) (done bool, err error) {
	again := r.actor.Staff != nil
	if !r.route.keepTyped && !again || r.Method() != fiber.MethodPost || r.Get("X-Script") != "" || !s.sameOrigin(r.Ctx) {
		return false, nil
	}
	values, err := readForm(r.Ctx, maxTyped)
	if err != nil || len(values) == 0 || again && !s.tokenValid(r, first(values[page.CSRFField])) {
		return false, nil //nolint:nilerr // the log-in answers it
	}
	s.logFailure(r.id, "login_first", cause)
	action := string(r.Context().URI().RequestURI())
	p := page.Relogin{Action: action, Again: again, Files: r.route.files, Back: len(values[page.BackField]) > 0 || !again && len(values["_action"]) > 0}
	login := url.Values{"return": {"/desk"}}
	if again {
		login.Set("fresh", "1")
	}
	p.LoginURL = "/auth/staff/login?" + login.Encode()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == page.CSRFField || name == page.BackField || name == "_action" && p.Back {
			continue
		}
		for _, v := range values[name] {
			p.Typed = append(p.Typed, page.TypedValue{Name: name, Value: v, Shown: name != "revision" && !strings.HasPrefix(name, "_") && len(v) > 20})
		}
	}
	return true, r.render(fiber.StatusUnauthorized, page.ReloginPage(r.shell(r.T(p.Title())), p))
}
