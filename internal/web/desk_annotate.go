package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// deskAnnotated words what the office has noted, for the case page.
func (s *Server) deskAnnotated(r *request, f *clerk.File, base string, p *page.DeskCase) error {
	a, err := s.Clerk.Annotations(r.ctx, r.actor, f)
	if err != nil || a.Form == nil {
		return err
	}
	p.Work.AnnotateURL = base + "/annotations" + r.inboxQuery()
	if a.Revision > 0 {
		p.Work.Annotations = a.Form.Summary(a.State, false)
		p.Work.Annotated = r.T("desk.annotations.by", "who", a.AuthorName, "at", r.l.DateTime(a.Changed))
	}
	return nil
}

func (s *Server) deskAnnotations(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	a, err := s.Clerk.Annotations(r.ctx, r.actor, f)
	if err != nil {
		return err
	}
	if a.Form == nil {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	return s.drawAnnotations(r, fiber.StatusOK, t, d, a, nil, "")
}

func (s *Server) drawAnnotations(r *request, status int, t civic.Tenant, d page.DeskStep, a clerk.Annotations, problems []formdef.Problem, wrong string) error {
	view, _ := a.Form.View(0, a.State, problems)
	p := page.DeskAnnotate{DeskStep: d, View: view, Revision: a.Revision, Wrong: wrong}
	return r.render(status, page.DeskAnnotatePage(s.stepShell(r, r.T("desk.annotations"), t, d, len(problems) > 0 || wrong != ""), p))
}

// deskAnnotate stores what the office notes.
func (s *Server) deskAnnotate(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	at := r.at(t)
	if r.csrfBad {
		a, err := s.Clerk.Annotations(r.ctx, r.actor, f)
		if err != nil {
			return err
		}
		if a.Form == nil {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		a.State, _ = a.Form.Decode(0, a.State, r.values)
		a.Revision = at.Revision
		return s.drawAnnotations(r, fiber.StatusForbidden, t, d, a, nil, r.T("error.csrf"))
	}
	a, problems, err := s.Clerk.Annotate(r.ctx, r.actor, at, r.values)
	if len(problems) > 0 {
		a.Revision = at.Revision
		return s.drawAnnotations(r, statuses[civic.Invalid], t, d, a, problems, "")
	}
	if civic.CodeOf(err) == civic.Conflict { // what is stored now, to be compared; sent again, it replaces that
		return s.drawAnnotations(r, statuses[civic.Conflict], t, d, a, nil, r.words(err)+" "+s.annotatedNow(r, f))
	}
	return s.deskBack(r, t, "notice.desk.annotated", "#bearbeitung", err)
}

// annotatedNow says what a colleague has stored meanwhile.
func (s *Server) annotatedNow(r *request, f *clerk.File) string {
	a, err := s.Clerk.Annotations(r.ctx, r.actor, f)
	if err != nil || a.Form == nil {
		return ""
	}
	out := r.T("desk.annotations.by", "who", a.AuthorName, "at", r.l.DateTime(a.Changed)) + ":"
	for _, sec := range a.Form.Summary(a.State, false) {
		for _, l := range sec.Rows {
			if !l.Heading {
				out += fmt.Sprintf(" %s: %s.", l.Label, page.LineText(r.l, l))
			}
		}
	}
	return out
}
