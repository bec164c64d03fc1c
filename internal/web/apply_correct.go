package web

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// correctPage shows what the office asked to correct. Where it asks for nothing any more, the case says what happened.
func (s *Server) correctPage(r *request) error {
	c, err := s.Apply.Correct(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, nil)
	if civic.CodeOf(err) == civic.NotFound {
		return s.backToCase(r)
	}
	if err != nil {
		return err
	}
	return s.drawCorrection(r, fiber.StatusOK, c, nil)
}

// backToCase leads to the case; whose case it is not, finds nothing here either.
func (s *Server) backToCase(r *request) error {
	if _, err := s.sentCase(r, false); err != nil {
		return err
	}
	return r.seeOther("/me/" + r.Params("dossier"))
}

func (s *Server) drawCorrection(r *request, status int, c *apply.Correction, extra []page.Issue) error {
	m := c.Case
	r.brand(m.Tenant)
	base := "/me/" + m.File.Dossier.ID
	p := page.CorrectPage{Title: m.Form.Package.Service.Name.In(r.l.Tag), Office: m.Tenant.Name, FileNumber: m.File.Case.FileNumber, Text: c.Request.Words,
		Pages: c.Pages, Action: base + "/correct", BackURL: base, FileURL: fileUnder(base), Problems: extra, StepsField: apply.StepsField, Steps: c.Steps}
	if !m.Arrived() {
		p.Uploads = base + "/correct/upload"
	}
	if !c.Request.Due.IsZero() {
		p.Due = r.l.Date(c.Request.Due)
	}
	var all formdef.View
	for _, v := range c.Pages {
		all.Elements = append(all.Elements, v.Elements...)
	}
	all.Problems = c.Problems
	p.Problems = append(p.Problems, page.Issues(r.l, all)...)
	shell := r.shell(r.T("correct.title"))
	shell.FormID, shell.Errors, shell.Foreign = "antwort", len(p.Problems) > 0, m.Form.Foreign(r.l.Tag)
	shell.Crumbs = []page.Crumb{{Text: r.T("me.title"), URL: "/me"}, {Text: p.Title, URL: base}}
	return r.render(status, page.CorrectionPage(shell, p))
}

// correctSend answers the request. Files are kept even when something else is still wrong.
func (s *Server) correctSend(r *request) error {
	dossier := r.Params("dossier")
	var came []string
	problem := s.readFiles(r, func(up upload) error {
		step, err := s.Apply.CorrectFile(r.ctx, r.actor, r.l.Tag, apply.Upload{Dossier: dossier, Pointer: up.Field, Name: up.Name, Body: up.Body}, up.Fields)
		if err == nil {
			came = append(came, step)
		}
		return err
	})
	if len(came) > 0 && r.values != nil {
		r.values[apply.StepsField] = append(r.values[apply.StepsField], came...)
	}
	r.back = "/me/" + dossier + "/correct"
	if r.csrfBad {
		problem = civic.Errorf(civic.Forbidden, "error.csrf")
	}
	switch code := civic.CodeOf(problem); {
	case errors.Is(problem, errPartial):
		return problem
	case code == civic.Invalid || code == civic.TooLarge || code == civic.Forbidden || code == civic.Unavailable:
		s.logFailure(r.id, code, problem)
		c, err := s.Apply.CorrectTyped(r.ctx, r.actor, dossier, r.l.Tag, r.values)
		if err != nil {
			return err
		}
		return s.drawCorrection(r, statuses[code], c, []page.Issue{{Text: r.words(problem)}})
	case problem != nil:
		return problem
	}
	verb, arg, _ := strings.Cut(r.value("_action"), ":")
	switch verb {
	case "upload", "refresh", "lang", "add", "remove", "detach":
		return s.correctFurther(r, verb, arg)
	}
	c, err := s.Apply.Answer(r.ctx, r.actor, dossier, r.l.Tag, r.values)
	if civic.CodeOf(err) == civic.NotFound { // sent before, or asked for no more: the case says which
		return s.backToCase(r)
	}
	if err != nil {
		return err
	}
	if len(c.Problems) > 0 {
		return s.drawCorrection(r, fiber.StatusUnprocessableEntity, c, nil)
	}
	r.notice("success", "notice.answered")
	return r.seeOther("/me/" + dossier)
}

// correctFurther shows the page again with what was typed, after a button that does not send it.
func (s *Server) correctFurther(r *request, verb, arg string) error {
	c, err := s.Apply.CorrectTyped(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, r.values)
	if err != nil {
		return err
	}
	switch verb {
	case "lang":
		r.l = locale.For(arg)
		s.cookies.set(r.Ctx, cookieLang, r.l.Tag, yearOfCookie)
		c.In(r.l.Tag)
	case "add", "remove", "detach":
		err = c.Step(verb + ":" + arg)
	}
	if civic.CodeOf(err) == civic.Invalid || civic.CodeOf(err) == civic.TooLarge {
		return s.drawCorrection(r, statuses[civic.CodeOf(err)], c, []page.Issue{{Text: r.words(err)}})
	}
	if err != nil {
		return err
	}
	return s.drawCorrection(r, fiber.StatusOK, c, nil)
}
