package web

import (
	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

// annotationRoutes are where an authority writes its own forms for annotations.
func (s *Server) annotationRoutes() []route {
	const at = "/admin/:tenant/desk/annotations"
	save := post(at+"/:service", staffOnly, s.adminAnnotationSave)
	save.keepTyped = true
	return []route{get(at, staffOnly, s.adminAnnotations), get(at+"/:service", staffOnly, s.adminAnnotation), save}
}

func (s *Server) adminAnnotations(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	list, own, err := s.Clerk.AnnotationServices(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	var p page.AdminAnnotations
	for _, n := range list {
		text := r.T("admin.annotations.shipped")
		if own[n.Slug] {
			text = r.T("admin.annotations.own")
		}
		p.Rows = append(p.Rows, page.Door{Title: civic.Text(n.Name).In(r.l.Tag), Text: text, URL: "/admin/" + t.Slug + "/desk/annotations/" + n.Slug})
	}
	return r.render(fiber.StatusOK, page.AdminAnnotationsPage(s.adminDeskShell(r, r.T("admin.annotations"), t), p))
}

func (s *Server) adminAnnotation(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	f, err := s.Clerk.AnnotationForm(r.ctx, r.actor, t.ID, r.Params("service"))
	if err != nil {
		return err
	}
	return s.drawAnnotation(r, t, fiber.StatusOK, page.AdminAnnotation{Schema: string(f.Schema), Layout: string(f.UI)})
}

func (s *Server) drawAnnotation(r *request, t civic.Tenant, status int, p page.AdminAnnotation) error {
	list, _, err := s.Clerk.AnnotationServices(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.Slug == r.Params("service") {
			p.Service = civic.Text(n.Name).In(r.l.Tag)
		}
	}
	if p.Service == "" {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	p.BackURL = "/admin/" + t.Slug + "/desk/annotations"
	p.Action = p.BackURL + "/" + r.Params("service")
	shell := s.adminDeskShell(r, p.Service, t)
	shell.Crumbs = append(shell.Crumbs, page.Crumb{Text: r.T("admin.annotations"), URL: p.BackURL})
	shell.Errors = p.SchemaError+p.LayoutError != ""
	return r.render(status, page.AdminAnnotationPage(shell, p))
}

func (s *Server) adminAnnotationSave(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	p := page.AdminAnnotation{Schema: r.value("schema"), Layout: r.value("ui")}
	if r.csrfBad {
		p.SchemaError = r.T("error.csrf")
		return s.drawAnnotation(r, t, fiber.StatusForbidden, p)
	}
	err = s.Clerk.SetAnnotationForm(r.ctx, r.actor, t.ID, r.Params("service"), p.Schema, p.Layout)
	if civic.CodeOf(err) == civic.Invalid {
		if p.SchemaError = r.words(err); fieldOf(err) == "ui" {
			p.SchemaError, p.LayoutError = "", p.SchemaError
		}
		return s.drawAnnotation(r, t, statuses[civic.Invalid], p)
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.desk.annotation.form")
	return r.seeOther("/admin/" + t.Slug + "/desk/annotations")
}
