package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

func (s *Server) deskAsk(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskAsk{DeskStep: d, Due: s.Now().Add(defaultDue).Format(time.DateOnly)}
	template, err := s.askPage(r, f, &p)
	if err != nil {
		return err
	}
	b, err := s.begun(r, f, "ask", &p.DeskText)
	if err != nil {
		return err
	}
	if b != nil {
		p.Chosen, p.Comments, p.Text, p.Due = chosen(b.Values["fields"]), comments(b.Values), first(b.Values["text"]), first(b.Values["due"])
	}
	if template != nil {
		if p.Text, err = s.Clerk.Fill(f, r.actor, template.Body, clerk.Filling{Kind: civic.TemplateRequest, Leave: true}); err != nil {
			return err
		}
	}
	return r.render(fiber.StatusOK, page.DeskAskPage(s.stepShell(r, r.T("desk.ask"), t, d, false), p))
}

// askPage fills what the page shows whatever was typed.
func (s *Server) askPage(r *request, f *clerk.File, p *page.DeskAsk) (*civic.Template, error) {
	p.Sections, p.Action = askable(f.Fields()), p.Base+"/ask"
	house, err := s.Clerk.Correspondence(r.ctx, r.actor, f.Tenant.ID)
	if err != nil {
		return nil, err
	}
	if house.Remind > 0 {
		p.Remind = r.l.Plural("desk.ask.remind", house.Remind)
	}
	return s.templates(r, f, civic.TemplateRequest, "", &p.DeskText)
}

// comments are what was typed about each field, by pointer.
func comments(values map[string][]string) map[string]string {
	out := map[string]string{}
	for name, v := range values {
		if pointer, ok := strings.CutPrefix(name, "comment:"); ok && strings.TrimSpace(first(v)) != "" {
			out[pointer] = first(v)
		}
	}
	return out
}

func (s *Server) deskAskSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	q := clerk.Question{Pointers: r.values["fields"], Comments: comments(r.values), Text: r.value("text")}
	if day, err := time.ParseInLocation(time.DateOnly, r.value("due"), berlin()); err == nil {
		q.Due = day.Add(12 * time.Hour) // noon: the same day in any zone nearby
	}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("text")
	if !r.csrfBad {
		done := false
		if done, err = s.keeps(r, t, "ask"); done {
			return err
		}
		if err == nil {
			err = s.Clerk.Ask(r.ctx, r.actor, r.at(t), q)
		}
	}
	moved, code := clerk.MovedOf(err), civic.CodeOf(err)
	if code != civic.Invalid && code != civic.TooLarge && moved == nil {
		return s.sent(r, t, "ask", "notice.desk.asked", err)
	}
	t, f, d, peekErr := s.step(r)
	if peekErr != nil {
		return peekErr
	}
	p := page.DeskAsk{DeskStep: d, Chosen: chosen(q.Pointers), Comments: q.Comments, Text: q.Text, Due: r.value("due"), CommentErr: map[string]string{}}
	if _, err := s.askPage(r, f, &p); err != nil {
		return err
	}
	if moved != nil {
		p.Moved = s.deskMoved(r, f, moved)
	} else {
		words, field := r.words(err), fieldOf(err)
		pointer, about := strings.CutPrefix(field, "comment:")
		switch {
		case about:
			p.CommentErr[pointer] = words
		case field == "due":
			p.DueErr = words
		case field == "fields":
			p.Bad = words
		default:
			p.TextErr = words
		}
	}
	return r.render(statuses[code], page.DeskAskPage(s.stepShell(r, r.T("desk.ask"), t, d, moved == nil), p))
}
