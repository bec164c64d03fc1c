package web

import (
	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

func (s *Server) adminRoutesPage(r *request) error {
	return s.drawRoutes(r, fiber.StatusOK, "", nil)
}

// drawRoutes lists ways out and deliveries; secret is shown once, wrong stands at its input.
func (s *Server) drawRoutes(r *request, status int, secret string, wrong error) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	w, err := s.Admin.Ways(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	names := map[string]string{"": r.T("admin.routes.all")}
	services := []string{"", names[""]}
	for _, o := range w.Services {
		names[o.Service] = civic.Text(o.Name).In(r.l.Tag)
		services = append(services, o.Service, names[o.Service])
	}
	p := page.AdminRoutes{Base: "/admin/" + t.Slug, Secret: secret}
	for _, x := range w.Routes {
		p.Routes = append(p.Routes, page.AdminRoute{ID: x.ID, Connector: x.Connector, Target: x.Target, Service: or(names[x.Service], x.Service), Active: x.Active})
	}
	for _, d := range w.Deliveries {
		row := page.AdminDelivery{ID: d.ID, Connector: d.Connector, Target: d.Target, State: d.State(), Error: d.LastError,
			Created: r.l.DateTime(d.Created), Attempts: d.Attempts}
		if wrong != nil && r.value("id") == d.ID {
			row.Target, row.Bad = r.value("target_"+d.ID), r.words(wrong)
		}
		p.Deliveries = append(p.Deliveries, row)
	}
	typed := func(name string) string {
		if secret != "" || r.value("id") != "" {
			return ""
		}
		return r.value(name)
	}
	p.Connector = page.Input{Kind: formdef.WidgetRadio, Name: "connector", Label: r.T("admin.routes.connector"), Required: true}
	for _, c := range admin.Connectors {
		p.Connector.Options = append(p.Connector.Options, page.Option{Value: c, Label: r.T("connector." + c), Hint: r.T("connector." + c + ".hint"), Selected: typed("connector") == c})
	}
	p.Target = page.Input{Name: "target", Label: r.T("admin.routes.target"), Hint: r.T("admin.routes.target.hint"), Value: typed("target"), Required: true, Autocomplete: "off"}
	p.Service = page.Input{Kind: formdef.WidgetSelect, Name: "service", Label: r.T("admin.routes.service"), Options: page.Options(typed("service"), services...), Required: true}
	if wrong != nil && r.value("id") == "" {
		switch words := r.words(wrong); fieldOf(wrong) {
		case "connector":
			p.Connector.Error = words
		case "service":
			p.Service.Error = words
		default:
			p.Target.Error = words
		}
	}
	shell := s.adminShell(r, r.T("admin.routes"), t)
	shell.Path = p.Base + "/routes"
	shell.Errors = wrong != nil
	return r.render(status, page.AdminRoutesPage(shell, p))
}

// adminRouteAdd sets up a route. The page that answers is the only one that ever shows the secret, so it is no redirect.
func (s *Server) adminRouteAdd(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	secret, err := s.Admin.AddRoute(r.ctx, r.actor, t.ID, admin.NewRoute{Service: r.value("service"), Connector: r.value("connector"), Target: r.value("target")})
	switch {
	case civic.CodeOf(err) == civic.Invalid:
		return s.drawRoutes(r, fiber.StatusUnprocessableEntity, "", err)
	case err != nil:
		return err
	case secret != "":
		return s.drawRoutes(r, fiber.StatusOK, secret, nil)
	}
	r.notice("success", "notice.admin.route")
	return r.seeOther("/admin/" + t.Slug + "/routes")
}

func (s *Server) adminRouteSwitch(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	switch r.value("_action") {
	case "remove":
		err = s.Admin.RemoveRoute(r.ctx, r.actor, t.ID, r.value("id"))
	case "on", "off":
		err = s.Admin.SwitchRoute(r.ctx, r.actor, t.ID, r.value("id"), r.value("_action") == "on")
	default:
		err = civic.Errorf(civic.Invalid, "error.form.broken")
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.admin.saved")
	return r.seeOther("/admin/" + t.Slug + "/routes")
}

func (s *Server) adminResend(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	err = s.Admin.Resend(r.ctx, r.actor, t.ID, r.value("id"), r.value("target_"+r.value("id")))
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.admin.resent")
		return r.seeOther("/admin/" + t.Slug + "/routes")
	case civic.Invalid, civic.Conflict:
		return s.drawRoutes(r, statuses[code], "", err)
	}
	return err
}
