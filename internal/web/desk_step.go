package web

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// step opens the case for one of the larger steps.
func (s *Server) step(r *request) (civic.Tenant, *clerk.File, page.DeskStep, error) {
	t, err := r.office()
	if err != nil {
		return t, nil, page.DeskStep{}, err
	}
	f, err := s.Clerk.Peek(r.ctx, r.actor, t.ID, r.Params("case"), r.l.Tag)
	if err != nil {
		return t, nil, page.DeskStep{}, err
	}
	w, err := s.Clerk.Worklist(r.ctx, r.actor, f)
	return t, f, page.DeskStep{Base: "/desk/" + t.Slug + "/" + f.Case.ID, Query: r.inboxQuery(), Case: f.Case,
		Service: f.Form.Package.Service.Name.In(r.l.Tag), OpenTasks: w.Open()}, err
}

// stepShell is the frame of a step's page.
func (s *Server) stepShell(r *request, title string, t civic.Tenant, d page.DeskStep, wrong bool) page.Shell {
	shell := s.deskShell(r, title+" · "+d.Case.FileNumber, t)
	shell.Wide, shell.Errors = false, wrong
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug + d.Query}, {Text: d.Case.FileNumber, URL: d.Base + d.Query}}
	return shell
}

// berlin is where days begin and end for the people who use the platform.
func berlin() *time.Location {
	if zone, err := time.LoadLocation("Europe/Berlin"); err == nil {
		return zone
	}
	return time.UTC
}

func (s *Server) deskForward(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	return s.drawForward(r, fiber.StatusOK, t, f, page.DeskForward{DeskStep: d, Search: strings.TrimSpace(r.Query("to"))})
}

// drawForward lists the authorities that the search finds.
func (s *Server) drawForward(r *request, status int, t civic.Tenant, f *clerk.File, p page.DeskForward) error {
	if p.Search != "" {
		list, err := s.Clerk.Targets(r.ctx, r.actor, f, p.Search)
		if err != nil {
			return err
		}
		for _, to := range list {
			p.Targets = append(p.Targets, page.Option{Value: to.ID, Label: to.Name, Selected: to.ID == r.value("target") || len(list) == 1})
		}
	}
	return r.render(status, page.DeskForwardPage(s.stepShell(r, r.T("desk.forward"), t, p.DeskStep, p.Bad != ""), p))
}

func (s *Server) deskForwardSend(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskForward{DeskStep: d, Search: r.value("to")}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("target")
	if !r.csrfBad {
		err = s.Clerk.Forward(r.ctx, r.actor, r.at(t), r.value("target"))
	}
	var foreseen *civic.Error
	switch moved := clerk.MovedOf(err); {
	case err == nil:
		return s.deskDone(r, t, "notice.desk.forwarded", nil)
	case moved != nil:
		p.Moved = s.deskMoved(r, f, moved)
		return s.drawForward(r, fiber.StatusConflict, t, f, p)
	case errors.As(err, &foreseen) && foreseen.Field == "target":
		p.Bad = r.words(err)
		return s.drawForward(r, fiber.StatusUnprocessableEntity, t, f, p)
	}
	return err
}
