package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// deskConsult asks another office or an expert for an opinion.
func (s *Server) deskConsult(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskConsult{DeskStep: d, DeskText: page.DeskText{Action: d.Base + "/consult"}}
	b, err := s.begun(r, f, "consult", &p.DeskText)
	if err != nil {
		return err
	}
	days := ""
	if b != nil {
		p.Chosen, p.Email, p.Words, days = chosen(b.Values["fields"]), first(b.Values["email"]), first(b.Values["text"]), first(b.Values["days"])
	}
	return s.drawConsult(r, fiber.StatusOK, t, f, days, p)
}

func (s *Server) drawConsult(r *request, status int, t civic.Tenant, f *clerk.File, days string, p page.DeskConsult) error {
	p.Sections = f.Latest().Sections
	for _, n := range civic.OpinionLives {
		p.Lives = append(p.Lives, page.Option{Value: strconv.Itoa(n), Label: r.l.Plural("helpers.days", n), Selected: strconv.Itoa(n) == or(days, "14")})
	}
	wrong := p.Bad+p.EmailErr+p.WordsErr+p.LivesErr != ""
	return r.render(status, page.DeskConsultPage(s.stepShell(r, r.T("desk.consult"), t, p.DeskStep, wrong), p))
}

func (s *Server) deskConsultSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	in := clerk.Consultation{Pointers: r.values["fields"], Email: r.value("email"), Question: r.value("text")}
	in.Days, _ = strconv.Atoi(r.value("days"))
	err = civic.Errorf(civic.Invalid, "error.csrf").At("text")
	if !r.csrfBad {
		done := false
		if done, err = s.keeps(r, t, "consult"); done {
			return err
		}
		if err == nil {
			err = s.Clerk.Consult(r.ctx, r.actor, r.at(t), in)
		}
	}
	code := civic.CodeOf(err)
	if code != civic.Invalid && code != civic.TooLarge {
		return s.sent(r, t, "consult", "notice.desk.consulted", err)
	}
	t, f, d, peekErr := s.step(r)
	if peekErr != nil {
		return peekErr
	}
	p := page.DeskConsult{DeskStep: d, DeskText: page.DeskText{Action: d.Base + "/consult"}, Chosen: chosen(in.Pointers), Email: in.Email, Words: in.Question}
	switch words := r.words(err); fieldOf(err) {
	case "email":
		p.EmailErr = words
	case "days":
		p.LivesErr = words
	case "fields":
		p.Bad = words
	default:
		p.WordsErr = words
	}
	return s.drawConsult(r, statuses[code], t, f, r.value("days"), p)
}

// deskConsultEnd shuts out somebody who was asked.
func (s *Server) deskConsultEnd(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.deskDone(r, t, "notice.desk.unconsulted", s.Clerk.Unconsult(r.ctx, r.actor, r.at(t), r.value("opinion")))
}

// deskOpinion words what somebody was asked, and what became of it.
func (s *Server) deskOpinion(r *request, o clerk.Opinion, base string) page.DeskOpinion {
	x := page.DeskOpinion{ID: o.ID, To: o.Address, Question: o.Words, Fields: o.Labels, By: o.By, Said: o.Said, Code: o.Code, Waits: o.Waits(s.Now()),
		At: r.T("desk.opinion.asked", "name", o.AuthorName, "date", r.l.DateTime(o.Created))}
	if o.Code != "" {
		x.Link = s.invitedURL(o.Code)
	}
	switch {
	case !o.Answered.IsZero():
		x.Kind, x.State = "success", r.T("desk.opinion.answered", "date", r.l.DateShort(o.Answered))
	case !o.Revoked.IsZero():
		x.State = r.T("desk.opinion.revoked")
	case !x.Waits:
		x.Kind, x.State = "danger", r.T("desk.opinion.over")
	case o.Opened.IsZero():
		x.Kind, x.State = "warning", r.T("desk.opinion.waits", "date", r.l.DateShort(o.Expires.Add(-time.Second)))
	default:
		x.Kind, x.State = "info", r.T("desk.opinion.opened", "date", r.l.DateShort(o.Opened))
	}
	for _, a := range o.Files {
		x.Files = append(x.Files, r.deskFileOf(base, a, ""))
	}
	return x
}
