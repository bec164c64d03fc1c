package web

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// applyPost takes the post of a page: what was typed is saved whatever is wrong with it.
func (s *Server) applyPost(r *request) error {
	index := r.pageIndex()
	if index < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	r.back = r.base() + "/" + strconv.Itoa(index+1)
	upload := s.readUpload(r)
	if !r.csrfBad && r.value(rescueCode) != "" {
		if done, err := s.unlock(r); done {
			return err
		}
	}
	if r.csrfBad {
		return s.stale(r, index)
	}
	if civic.CodeOf(upload) == civic.LoginFirst {
		return s.keepAndLogin(r, index, upload)
	}
	action := r.value("_action")
	verb, arg, _ := strings.Cut(action, ":")
	switch {
	case errors.Is(upload, errPartial):
		return upload // saving the half that arrived would empty the other
	case civic.CodeOf(upload) == civic.NotFound && r.Get("X-Autosave") == "":
		return s.unsaved(r, index, nil, upload)
	case upload != nil:
		return s.refused(r, index, upload)
	case r.Get("X-Autosave") != "":
		return s.autosave(r, index)
	case verb == "add" || verb == "remove":
		return s.changeRows(r, index, verb == "add", arg)
	case verb == "detach":
		return s.detach(r, index, arg)
	}
	a, problems, err := s.Apply.SavePage(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values)
	if err != nil {
		return s.unsaved(r, index, a, err)
	}
	if err := r.mustMatch(a); err != nil {
		return err
	}
	return s.afterSave(r, index, a, problems, action)
}

// afterSave leads on: 303 to the next place, or 422 with the page and its problems.
func (s *Server) afterSave(r *request, index int, a *apply.Application, problems []formdef.Problem, action string) error {
	verb, arg, _ := strings.Cut(action, ":")
	here := r.base() + "/" + strconv.Itoa(index+1)
	if clashed(a) {
		return s.drawClashes(r, fiber.StatusConflict, index, a)
	}
	if a.Merged {
		r.notice("info", "notice.merged")
	}
	switch verb {
	case "save":
		if !a.Merged {
			r.notice("success", "notice.saved")
		}
		return r.seeOther(here)
	case "login":
		return r.seeOther("/auth/citizen/login?" + url.Values{"return": {here}}.Encode())
	case "refresh", "upload":
		return r.seeOther(here)
	case "lang":
		s.cookies.set(r.Ctx, cookieLang, locale.For(arg).Tag, yearOfCookie)
		return r.seeOther(here)
	case "back":
		return r.seeOther(r.before(a, index))
	}
	if len(problems) > 0 {
		v, ok := a.Form.View(index, a.State, problems)
		if !ok {
			return r.toFirst(a)
		}
		return s.drawPage(r, fiber.StatusUnprocessableEntity, a, v)
	}
	if exit := a.Form.Exit(a.State); exit != nil && exit.Page == index {
		return r.seeOther(here)
	}
	if r.Query("return") == "check" {
		return r.seeOther(r.base() + "/check")
	}
	return r.seeOther(r.after(a, index))
}

// after is the address of the page behind index, before of the one in front of it.
func (r *request) after(a *apply.Application, index int) string {
	for _, p := range a.Form.Path(a.State) {
		if p > index {
			return r.base() + "/" + strconv.Itoa(p+1)
		}
	}
	return r.base() + "/check"
}

func (r *request) before(a *apply.Application, index int) string {
	to := "/" + a.Tenant.Slug + "/" + a.Draft.Service
	for _, p := range a.Form.Path(a.State) {
		if p < index {
			to = r.base() + "/" + strconv.Itoa(p+1)
		}
	}
	return to
}

// readUpload reads a multipart post: fields into r.values, chosen files into the draft. The token stands first in our
// forms, so it is checked before the first file is taken.
func (s *Server) readUpload(r *request) error {
	if !isMultipart(r.Ctx) {
		return nil
	}
	var problem error
	r.values, problem = readParts(r.Ctx, maxForm, func(up upload) error {
		if r.values = up.Fields; !s.meant(r) {
			r.csrfBad = true
			return civic.Errorf(civic.Forbidden, "error.csrf")
		}
		file := apply.Upload{Dossier: r.Params("dossier"), Pointer: up.Field, Name: up.Name, Body: up.Body}
		_, err := s.Apply.Attach(r.ctx, r.actor, r.l.Tag, file)
		if civic.CodeOf(err) != civic.NotFound {
			return err
		}
		// A script may have shown the question because of an answer of this very page: what stands before the file is saved first.
		if err := s.Apply.SaveAbove(r.ctx, r.actor, file.Dossier, r.l.Tag, r.pageIndex(), up.Fields, file.Pointer); err != nil {
			return err
		}
		_, err = s.Apply.Attach(r.ctx, r.actor, r.l.Tag, file)
		return err
	})
	if !s.meant(r) {
		r.csrfBad = true
	}
	return problem
}

// refused saves what was typed and shows the page with what was wrong with the file or the row.
func (s *Server) refused(r *request, index int, cause error) error {
	code := civic.CodeOf(cause)
	if code == civic.Internal || code == civic.NotFound {
		return cause
	}
	s.logFailure(r.id, code, cause)
	a, _, err := s.Apply.SavePage(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values)
	if err != nil {
		return s.unsaved(r, index, a, err)
	}
	if err := r.mustMatch(a); err != nil {
		return err
	}
	if clashed(a) {
		return s.drawClashes(r, fiber.StatusConflict, index, a)
	}
	v, ok := a.Form.View(index, a.State, []formdef.Problem{{Pointer: fieldOf(cause), Keyword: "attachment", Page: index, Text: r.words(cause)}})
	if !ok {
		return r.toFirst(a)
	}
	return s.drawPage(r, statuses[code], a, v)
}

// saved is what the script learns of a save: the words for it, and what the page asks by now.
type saved struct {
	Saved string `json:"saved,omitempty"`
	Shape string `json:"shape,omitempty"`
	// After a log-in that has expired: where to log in again, and the words for it.
	Login string `json:"login,omitempty"`
	Enter string `json:"enter,omitempty"`
	// Problem is why nothing was saved.
	Problem string `json:"problem,omitempty"`
}

// autosave answers the script: 200 when it is saved, 409 when others have answered the same question differently: that the
// person decides when sending the page. What is typed after the log-in has expired is kept without showing anything of the draft.
func (s *Server) autosave(r *request, index int) error {
	a, _, err := s.Apply.SavePage(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values)
	if civic.CodeOf(err) == civic.LoginFirst {
		if err = s.Apply.KeepPage(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values); err == nil {
			return r.Status(fiber.StatusUnauthorized).JSON(saved{Saved: r.T("script.expired", "time", r.l.Time(s.Now())), Enter: r.T("shell.login"),
				Login: "/auth/citizen/login?" + url.Values{"return": {r.back}}.Encode()})
		}
	}
	if err == nil {
		err = r.mustMatch(a)
	}
	if err != nil {
		code := civic.CodeOf(err)
		s.logFailure(r.id, code, err)
		return r.Status(statuses[code]).JSON(saved{Problem: r.words(err)})
	}
	if clashed(a) {
		return r.Status(fiber.StatusConflict).JSON(saved{Problem: r.T("script.clash")})
	}
	r.saySession()
	out := saved{Saved: r.T("apply.saved", "time", r.l.Time(a.Draft.Updated))}
	if v, ok := a.Form.View(index, a.State, nil); ok {
		out.Shape = page.Shape(v)
	}
	return r.JSON(out)
}

func (s *Server) changeRows(r *request, index int, add bool, pointer string) error {
	a, err := s.Apply.Rows(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values, add, pointer)
	if civic.CodeOf(err) == civic.Invalid {
		return s.refused(r, index, err)
	}
	if err != nil {
		return s.unsaved(r, index, a, err)
	}
	if err := r.mustMatch(a); err != nil {
		return err
	}
	if clashed(a) {
		return s.drawClashes(r, fiber.StatusConflict, index, a)
	}
	return r.seeOther(r.back + returning(r))
}

func returning(r *request) string {
	if r.Query("return") == "check" {
		return "?return=check"
	}
	return ""
}

func (s *Server) detach(r *request, index int, arg string) error {
	pointer, urn, _ := strings.Cut(arg, "#")
	a, _, err := s.Apply.SavePage(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values)
	if err != nil {
		return s.unsaved(r, index, a, err)
	}
	if clashed(a) {
		return s.drawClashes(r, fiber.StatusConflict, index, a)
	}
	_, err = s.Apply.Detach(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, pointer, urn)
	if err != nil && civic.CodeOf(err) != civic.NotFound { // removed before, by a double click
		return err
	}
	return r.seeOther(r.back + returning(r))
}

// unsaved answers a save that did not happen: sent before, or the log-in has expired, in which case what was typed is
// kept all the same.
func (s *Server) unsaved(r *request, index int, a *apply.Application, err error) error {
	if a != nil && a.Draft.Submission != "" {
		return r.seeOther(r.base() + "/receipt")
	}
	switch civic.CodeOf(err) {
	case civic.LoginFirst:
		return s.keepAndLogin(r, index, err)
	case civic.NotFound:
		if a == nil { // else the page is not one of the journey
			return s.rescue(r, err)
		}
	}
	return err
}

// keepAndLogin stores a page whose log-in has expired, without showing anything of the draft, and leads to the log-in.
func (s *Server) keepAndLogin(r *request, index int, cause error) error {
	err := s.Apply.KeepPage(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values)
	var sent *civic.Error
	if asError(err, &sent) && sent.Key == "error.draft.sent" {
		return cause // nothing was kept, so nothing says so; the log-in leads on to the receipt
	}
	if code := civic.CodeOf(err); code == civic.Conflict || code == civic.NotFound {
		return s.rescue(r, err)
	}
	if err != nil {
		return err
	}
	r.notice("info", "notice.kept")
	return cause
}

// stale answers a post without a valid token with the page, everything typed and a fresh token; nothing is stored.
func (s *Server) stale(r *request, index int) error {
	a, err := s.Apply.Preview(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, index, r.values)
	if code := civic.CodeOf(err); code == civic.NotFound || code == civic.LoginFirst {
		return s.rescue(r, err)
	}
	if err != nil {
		return civic.Errorf(civic.Forbidden, "error.csrf").Because(err)
	}
	if err := r.mustMatch(a); err != nil {
		return err
	}
	if clashed(a) {
		return s.drawClashes(r, fiber.StatusForbidden, index, a)
	}
	v, ok := a.Form.View(index, a.State, []formdef.Problem{{Keyword: "stale", Page: index, Text: r.T("error.csrf")}})
	if !ok {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	return s.drawPage(r, fiber.StatusForbidden, a, v)
}
