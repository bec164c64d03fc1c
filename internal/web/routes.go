package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// guard is the first door; the use case behind it checks again.
type guard int

const (
	anybody   guard = iota
	staffOnly       // a staff login with at least one appointment
)

// class groups routes for the rate limit.
type class string

const (
	reading   class = "read"
	writing   class = "write"
	uploading class = "upload"
	entering  class = "login"
	reporting class = "report"
	proving   class = "proof"
	free      class = "" // not limited
)

// route is a line of the route table.
type route struct {
	method string
	path   string
	guard  guard
	class  class
	handle handler
	// keepTyped lets the handler see a post with a bad CSRF token, so that it can show the page again with what was typed.
	keepTyped bool
	// files lets the handler read a multipart body itself, streaming; its form values are not parsed before.
	files bool
	// token marks posts that come from machines with proof of their own, or prove nothing: without a CSRF token, for nobody.
	token bool
	// fresh demands that the clerk has proved lately who they are: what is published, taken out or deleted here cannot be called back.
	fresh bool
	// quiet requests do not prolong a session.
	quiet bool
	// script marks requests of our own script that are no forms: their CSRF token comes in a header, their errors are plain text.
	script bool
}

// most is how long the fields of a post may be, in bytes.
func (rt route) most() int {
	if rt.keepTyped {
		return maxTyped
	}
	return maxForm
}

// routes is the whole table, in order: fixed words before names.
func (s *Server) routes() []route {
	return slices.Concat(
		s.systemRoutes(),
		s.verifyRoutes(),
		s.auditRoutes(),
		s.loginRoutes(),
		s.viewRoutes(),
		s.letterRoutes(),
		s.bulkRoutes(),
		s.exportRoutes(),
		s.workRoutes(),
		s.privacyRoutes(),
		s.annotationRoutes(),
		s.clockRoutes(),
		s.teamRoutes(),
		s.inboxRoutes(),
		s.keysRoutes(),
		s.deskRoutes(),
		s.adminDeskRoutes(),
		s.adminTeamRoutes(),
		s.adminRoutes(),
		s.stateRoutes(),
		s.findRoutes(),
		s.myRoutes(),
		s.inviteRoutes(),
		s.opinionRoutes(),
		s.uploadRoutes(),
		s.applyRoutes(),
		s.tenantRoutes(),
	)
}

func get(path string, g guard, h handler) route {
	return route{method: fiber.MethodGet, path: path, guard: g, class: reading, handle: h}
}

func post(path string, g guard, h handler) route {
	return route{method: fiber.MethodPost, path: path, guard: g, class: writing, handle: h}
}

// legal pages must be there for everybody at once (§ 5 DDG, Art. 13 DSGVO, § 12b BGG).
func (rt route) legal() bool {
	return strings.HasSuffix(rt.path, "/imprint") || strings.HasSuffix(rt.path, "/privacy") || strings.HasSuffix(rt.path, "/accessibility")
}

// lately is the route for those only who have logged in a short time ago.
func (rt route) lately() route {
	rt.fresh = true
	return rt
}

// register hands the table to fiber. HEAD is answered by GET.
func (s *Server) register() {
	s.app.Use(s.protect)
	for at, m := range s.Demo {
		s.app.Use(at, m.serve)
	}
	for _, rt := range s.routes() {
		s.app.Add(rt.method, rt.path, s.enter(rt))
		if rt.method == fiber.MethodGet {
			s.app.Add(fiber.MethodHead, rt.path, s.enter(rt))
		}
	}
	s.app.Use(s.enter(route{method: fiber.MethodGet, path: "/", class: free, handle: notFound}))
}

// ReservedWords are the first words of our own addresses, which no tenant's slug may be, and those that stand where the desk has one.
func (s *Server) ReservedWords() []string {
	var words []string
	for _, rt := range s.routes() {
		w, rest, _ := strings.Cut(strings.TrimPrefix(rt.path, "/"), "/")
		if fixed, _, _ := strings.Cut(rest, "/"); w == "desk" && fixed != "" && !strings.HasPrefix(fixed, ":") {
			w = fixed
		}
		if w != "" && !strings.HasPrefix(w, ":") && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}
