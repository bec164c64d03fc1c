package web

import (
	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// deskLabels puts labels on a case and takes them off.
func (s *Server) deskLabels(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.deskDone(r, t, "notice.desk.labelled", s.Clerk.SetLabels(r.ctx, r.actor, r.at(t), r.values["label"]))
}

// labelsOf is the form for a case's labels.
func (s *Server) labelsOf(r *request, f *clerk.File, base, query string) (page.CaseLabels, error) {
	all, err := s.Clerk.CaseLabels(r.ctx, r.actor, f.Tenant.ID)
	if err != nil {
		return page.CaseLabels{}, err
	}
	p := page.CaseLabels{Action: base + "/labels" + query, Revision: f.Case.Revision, On: map[string]bool{}}
	for _, l := range all {
		p.All = append(p.All, page.Label{ID: l.ID, Name: l.Name, Colour: l.Colour})
	}
	for _, id := range f.Case.Labels {
		p.On[id] = true
	}
	if r.actor.Has(f.Tenant.ID, civic.RoleLead, civic.RoleAdmin) {
		p.ListURL = "/admin/" + f.Tenant.Slug + "/desk/labels"
	}
	return p, nil
}

// labelsPage lists the authority's labels and makes new ones.
func (s *Server) labelsPage(r *request) error {
	return s.drawLabels(r, fiber.StatusOK, civic.Label{ID: r.Query("label"), Colour: civic.LabelColours[0]}, nil)
}

// drawLabels shows the labels, and the form with one that is changed (or was typed and is wrong).
func (s *Server) drawLabels(r *request, status int, l civic.Label, wrong error) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	list, err := s.Clerk.LabelList(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	p := page.AdminLabels{Base: "/admin/" + t.Slug + "/desk/labels"}
	known := false
	for _, x := range list {
		p.Rows = append(p.Rows, page.Label{ID: x.ID, Name: x.Name, Colour: x.Colour})
		if x.ID == l.ID && l.ID != "" {
			if known = true; wrong == nil {
				l = x
			}
		}
	}
	if known {
		p.ID = l.ID
	}
	p.Name = page.Input{Name: "name", Label: r.T("admin.labels.name"), Hint: r.T("admin.labels.name.hint"), Value: l.Name, Required: true, Width: 30, MaxLength: 30, Autocomplete: "off"}
	p.Colour = page.Input{Kind: formdef.WidgetRadio, Name: "colour", Label: r.T("admin.labels.colour"), Required: true}
	for _, c := range civic.LabelColours {
		p.Colour.Options = append(p.Colour.Options, page.Option{Value: c, Label: r.T("label.colour." + c), Selected: c == l.Colour})
	}
	if wrong != nil {
		if fieldOf(wrong) == "colour" {
			p.Colour.Error = r.words(wrong)
		} else {
			p.Name.Error = r.words(wrong)
		}
	}
	shell := s.adminDeskShell(r, r.T("admin.desk.labels"), t)
	shell.Errors, shell.Path = wrong != nil, p.Base
	return r.render(status, page.AdminLabelsPage(shell, p))
}

func (s *Server) labelSave(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	l := civic.Label{ID: r.value("id"), Name: r.value("name"), Colour: r.value("colour")}
	err = s.Clerk.SaveLabel(r.ctx, r.actor, t.ID, l)
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.label.saved")
		return r.seeOther("/admin/" + t.Slug + "/desk/labels")
	case civic.Invalid, civic.TooLarge:
		return s.drawLabels(r, statuses[code], l, err)
	}
	return err
}

func (s *Server) labelDelete(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	if err := s.Clerk.DeleteLabel(r.ctx, r.actor, t.ID, r.value("id")); err != nil {
		return err
	}
	r.notice("success", "notice.label.deleted")
	return r.seeOther("/admin/" + t.Slug + "/desk/labels")
}
