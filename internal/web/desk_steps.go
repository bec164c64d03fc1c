package web

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// deskDo makes a handler of a step that needs nothing but the case.
func (s *Server) deskDo(done string, do func(context.Context, civic.Actor, clerk.At) error) handler {
	return func(r *request) error {
		t, err := r.office()
		if err != nil {
			return err
		}
		return s.deskDone(r, t, done, do(r.ctx, r.actor, r.at(t)))
	}
}

// deskDone goes back to the case after a step; one that came too late shows what happened meanwhile.
func (s *Server) deskDone(r *request, t civic.Tenant, done string, err error) error {
	if err == nil {
		r.notice("success", done)
		return r.seeOther("/desk/" + t.Slug + "/" + r.Params("case") + r.inboxQuery())
	}
	if moved := clerk.MovedOf(err); moved != nil {
		return s.again(r, t, fiber.StatusConflict, r.kept(typed{moved: moved}))
	}
	return err
}

// kept is what was typed into a form of the case page that came too late.
func (r *request) kept(in typed) typed {
	for form, name := range map[string]string{"note": "note", "message": "text"} {
		if strings.HasSuffix(r.Path(), "/"+form) {
			in.form, in.text = form, r.value(name)
		}
	}
	return in
}

func (s *Server) deskAssign(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.deskDone(r, t, "notice.desk.assigned", s.Clerk.Assign(r.ctx, r.actor, r.at(t), r.value("assignee")))
}

func (s *Server) deskPay(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	if r.value("_action") == "waive" {
		return s.deskDone(r, t, "notice.desk.waived", s.Clerk.WaivePayment(r.ctx, r.actor, r.at(t)))
	}
	return s.deskDone(r, t, "notice.desk.paid", s.Clerk.BookPayment(r.ctx, r.actor, r.at(t), r.value("method")))
}

func (s *Server) deskNote(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	if r.csrfBad {
		return s.again(r, t, fiber.StatusForbidden, typed{form: "note", text: r.value("note"), textError: r.T("error.csrf")})
	}
	note := r.value("note")
	if name := strings.TrimSpace(r.value("call")); name != "" && strings.TrimSpace(note) != "" && !strings.Contains(strings.ToLower(note), "@"+strings.ToLower(name)) {
		note = "@" + name + " " + note // whom it names is the use case's to find
	}
	err = s.Clerk.Note(r.ctx, r.actor, r.at(t), note)
	if civic.CodeOf(err) == civic.Invalid {
		return s.again(r, t, statuses[civic.Invalid], typed{form: "note", text: r.value("note"), textError: r.words(err)})
	}
	return s.deskDone(r, t, "notice.desk.noted", err)
}

// deskMessage writes to the citizen, with files.
func (s *Server) deskMessage(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	var files []civic.Attachment
	problem := s.readFiles(r, func(up upload) error {
		if len(files) == maxFiles {
			return civic.Errorf(civic.Invalid, "error.desk.files", "n", maxFiles).At("files")
		}
		a, err := s.Clerk.Keep(r.ctx, r.actor, clerk.At{Tenant: t.ID, Case: r.Params("case"), Lang: r.l.Tag}, clerk.Upload{Field: "files", Name: up.Name, Body: up.Body})
		if err == nil {
			files = append(files, a)
		}
		return err
	})
	if r.csrfBad {
		return s.again(r, t, fiber.StatusForbidden, typed{form: "message", text: r.value("text"), textError: r.T("error.csrf")})
	}
	if done, err := s.keepsAt(r, t, "message", "/desk/"+t.Slug+"/"+r.Params("case")+"/write"); done || err != nil {
		return err
	}
	if problem == nil {
		problem = s.Clerk.Write(r.ctx, r.actor, r.at(t), r.value("text"), files)
	}
	switch code := civic.CodeOf(problem); code {
	case civic.Invalid, civic.TooLarge:
		in := typed{form: "message", text: r.value("text")}
		if fieldOf(problem) == "files" {
			in.fileError = r.words(problem)
		} else {
			in.textError = r.words(problem)
		}
		return s.again(r, t, statuses[code], in)
	}
	return s.deskDone(r, t, "notice.desk.written", problem)
}
