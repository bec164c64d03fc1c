package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// opinionRoutes are for people whom an office asks about a case. They hold a code and no account; what they see is marked.
func (s *Server) opinionRoutes() []route {
	const at = "/opinion/:opinion"
	answer := post(at, anybody, s.opinionSend)
	answer.files, answer.keepTyped, answer.class = true, true, uploading
	return []route{
		get(at, anybody, s.opinionPage), answer,
		get(at+"/file/:file", anybody, s.opinionFile),
	}
}

func (s *Server) opinionPage(r *request) error {
	a, err := s.Clerk.AskedOf(r.ctx, r.actor, r.Params("opinion"), r.l.Tag)
	if err != nil {
		return err
	}
	return s.drawOpinion(r, fiber.StatusOK, a, page.Opinion{})
}

func (s *Server) drawOpinion(r *request, status int, a *clerk.Asked, p page.Opinion) error {
	r.brand(a.Tenant)
	p.Action = "/opinion/" + a.Opinion.ID
	p.Office, p.Clerk, p.Service, p.Question, p.Sections, p.Waits = a.Tenant.Name, a.Opinion.AuthorName, a.Service, a.Opinion.Words, a.Sections, a.Waits
	p.Until, p.FileURL = r.l.Date(a.Opinion.Expires.Add(-time.Second)), fileUnder(p.Action)
	p.FileRule = r.T("desk.message.files.hint", "n", maxFiles)
	if !a.Waits {
		p.Said, p.By, p.At = a.Opinion.Said, a.Opinion.By, r.l.DateTime(a.Opinion.Answered)
		for _, f := range a.Opinion.Files {
			p.Files = append(p.Files, formdef.File{URN: f.URN(), Name: f.FileName})
		}
	}
	shell := r.shell(r.T("opinion.title"))
	shell.Errors = p.NameErr+p.TextErr+p.FileErr != ""
	return r.render(status, page.OpinionPage(shell, p))
}

// opinionSend answers; what was typed is shown again when something is wrong.
func (s *Server) opinionSend(r *request) error {
	id := r.Params("opinion")
	r.back = "/opinion/" + id
	var files []civic.Attachment
	problem := s.readFiles(r, func(up upload) error {
		if len(files) == maxFiles {
			return civic.Errorf(civic.Invalid, "error.desk.files", "n", maxFiles).At("files")
		}
		a, err := s.Clerk.KeepAsked(r.ctx, r.actor, id, clerk.Upload{Field: "files", Name: up.Name, Body: up.Body})
		if err == nil {
			files = append(files, a)
		}
		return err
	})
	switch {
	case errors.Is(problem, errPartial):
		return problem
	case r.csrfBad:
		problem = civic.Errorf(civic.Invalid, "error.csrf").At("text")
	case problem == nil:
		problem = s.Clerk.AnswerAsked(r.ctx, r.actor, id, r.value("name"), r.value("text"), files)
	}
	code := civic.CodeOf(problem)
	if problem == nil {
		r.notice("success", "notice.opinion")
		return r.seeOther(r.back)
	}
	if code != civic.Invalid && code != civic.TooLarge {
		return problem
	}
	a, err := s.Clerk.AskedOf(r.ctx, r.actor, id, r.l.Tag)
	if err != nil {
		return err
	}
	p := page.Opinion{Name: r.value("name"), Text: r.value("text")}
	switch words := r.words(problem); fieldOf(problem) {
	case "name":
		p.NameErr = words
	case "files":
		p.FileErr = words
	default:
		p.TextErr = words
	}
	return s.drawOpinion(r, statuses[code], a, p)
}

func (s *Server) opinionFile(r *request) error {
	d, err := s.Clerk.AskedFile(r.ctx, r.actor, r.Params("opinion"), r.Params("file"))
	if err != nil {
		return err
	}
	return r.stream(d.Name, d.MediaType, d.Body, d.Bytes, false)
}

// acceptOpinion opens what an office asks, when the code is one of those. done tells that it was.
func (s *Server) acceptOpinion(r *request) (done bool, err error) {
	id, code, err := s.Clerk.AcceptOpinion(r.ctx, r.value("code"))
	if civic.CodeOf(err) == civic.NotFound {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	r.holdInvitation(code)
	return true, r.seeOther("/opinion/" + id)
}
