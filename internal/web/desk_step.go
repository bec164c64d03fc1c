package web

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// defaultDue is how long a citizen is given to answer unless the clerk says otherwise.
const defaultDue = 14 * 24 * time.Hour

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
	return t, f, page.DeskStep{Base: "/desk/" + t.Slug + "/" + f.Case.ID, Query: r.inboxQuery(), Case: f.Case,
		Service: f.Form.Package.Service.Name.In(r.l.Tag)}, nil
}

// stepShell is the frame of a step's page.
func (s *Server) stepShell(r *request, title string, t civic.Tenant, d page.DeskStep, wrong bool) page.Shell {
	shell := s.deskShell(r, title+" · "+d.Case.FileNumber, t)
	shell.Wide, shell.Errors = false, wrong
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug + d.Query}, {Text: d.Case.FileNumber, URL: d.Base + d.Query}}
	return shell
}

func (s *Server) deskAsk(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskAsk{DeskStep: d, Sections: askable(f.Fields()), Due: s.Now().Add(defaultDue).Format(time.DateOnly)}
	return r.render(fiber.StatusOK, page.DeskAskPage(s.stepShell(r, r.T("desk.ask"), t, d, false), p))
}

func (s *Server) deskAskSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	q := clerk.Question{Pointers: r.values["fields"], Text: r.value("text")}
	if day, err := time.ParseInLocation(time.DateOnly, r.value("due"), berlin()); err == nil {
		q.Due = day.Add(12 * time.Hour) // noon: the same day in any zone nearby
	}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("text")
	if !r.csrfBad {
		err = s.Clerk.Ask(r.ctx, r.actor, r.at(t), q)
	}
	moved := clerk.MovedOf(err)
	if civic.CodeOf(err) != civic.Invalid && moved == nil {
		return s.deskDone(r, t, "notice.desk.asked", err)
	}
	t, f, d, peekErr := s.step(r)
	if peekErr != nil {
		return peekErr
	}
	p := page.DeskAsk{DeskStep: d, Sections: askable(f.Fields()), Chosen: chosen(q.Pointers), Text: q.Text, Due: r.value("due")}
	if moved != nil {
		p.Moved = r.deskEvents(f, moved.Since)
	} else {
		switch words := r.words(err); fieldOf(err) {
		case "due":
			p.DueErr = words
		case "fields":
			p.Bad = words
		default:
			p.TextErr = words
		}
	}
	return r.render(statuses[civic.CodeOf(err)], page.DeskAskPage(s.stepShell(r, r.T("desk.ask"), t, d, moved == nil), p))
}

// berlin is where days begin and end for the people who use the platform.
func berlin() *time.Location {
	if zone, err := time.LoadLocation("Europe/Berlin"); err == nil {
		return zone
	}
	return time.UTC
}

func (s *Server) deskDecide(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := s.decidePage(r, f, d, civic.Outcome(r.Query("outcome")))
	if p.Outcome != "" {
		p.Letter = letterTemplate(f, p.Outcome)
	}
	return r.render(fiber.StatusOK, page.DeskDecidePage(s.stepShell(r, r.T("desk.decide"), t, d, false), p))
}

// letterTemplate is the letter to begin with: what was decided, reasons to fill in, and how to object.
func letterTemplate(f *clerk.File, outcome civic.Outcome) string {
	de := locale.For("de")
	parts := []string{de.T("desk.letter.head"), de.T("desk.letter." + string(outcome))}
	remedy := f.Remedy()
	if remedy == "" {
		remedy = de.T("desk.letter.remedy")
	}
	return strings.Join(append(parts, de.T("desk.letter.remedy.title")+"\n\n"+strings.TrimSpace(remedy), de.T("desk.letter.end")), "\n\n")
}

// decidePage is what the page shows for an outcome; an unknown one counts as none.
func (s *Server) decidePage(r *request, f *clerk.File, d page.DeskStep, outcome civic.Outcome) page.DeskDecide {
	p := page.DeskDecide{DeskStep: d, Checklist: inLanguage(f.Form.Package.Form.Checklist, r.l.Tag), Deemed: r.l.Date(civic.DeemedAnnounced(s.Now()))}
	for _, o := range clerk.Outcomes {
		p.Outcomes = append(p.Outcomes, page.DeskOutcome{Outcome: o, URL: d.Base + "/decide" + withQuery(d.Query, "outcome", string(o))})
		if o == outcome {
			p.Outcome = o
		}
	}
	return p
}

// deskDecideSend shows how the letter will look, and sends it once it was looked at.
func (s *Server) deskDecideSend(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	de := locale.For("de")
	v := clerk.Verdict{Outcome: civic.Outcome(r.value("outcome")), Letter: r.value("letter"), Date: de.Date(s.Now())}
	p := s.decidePage(r, f, d, v.Outcome)
	p.Letter = v.Letter
	filled, err := f.Fill(v.Letter, v.Date, de.Date(f.Case.Received))
	switch {
	case r.csrfBad:
		err = civic.Errorf(civic.Invalid, "error.csrf")
	case err == nil && r.value("_action") == "decide":
		err = s.Clerk.Decide(r.ctx, r.actor, r.at(t), v, de.Date)
		if err == nil {
			return s.deskDone(r, t, "notice.desk.decided", nil)
		}
	}
	status := fiber.StatusOK
	if moved := clerk.MovedOf(err); moved != nil {
		status, p.Moved, p.Preview = fiber.StatusConflict, r.deskEvents(f, moved.Since), filled
	} else if err != nil {
		if civic.CodeOf(err) != civic.Invalid {
			return err
		}
		status, p.LetterErr = fiber.StatusUnprocessableEntity, r.words(err)
	} else {
		p.Preview = filled
	}
	return r.render(status, page.DeskDecidePage(s.stepShell(r, r.T("desk.decide"), t, d, p.LetterErr != ""), p))
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
		p.Moved = r.deskEvents(f, moved.Since)
		return s.drawForward(r, fiber.StatusConflict, t, f, p)
	case errors.As(err, &foreseen) && foreseen.Field == "target":
		p.Bad = r.words(err)
		return s.drawForward(r, fiber.StatusUnprocessableEntity, t, f, p)
	}
	return err
}
