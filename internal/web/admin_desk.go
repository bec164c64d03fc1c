package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// adminDeskRoutes are how an authority sets up its desk; its leads may, too.
func (s *Server) adminDeskRoutes() []route {
	const at = "/admin/:tenant/desk"
	kept := func(path string, h handler) route {
		rt := post(path, staffOnly, h)
		rt.keepTyped = true
		return rt
	}
	return []route{
		get(at, staffOnly, s.adminDesk),
		get(at+"/templates", staffOnly, s.adminTemplates),
		get(at+"/templates/new", staffOnly, s.adminTemplate), kept(at+"/templates/new", s.adminTemplateSave),
		get(at+"/templates/:id", staffOnly, s.adminTemplate), kept(at+"/templates/:id", s.adminTemplateSave),
		post(at+"/templates/:id/delete", staffOnly, s.adminTemplateDelete).lately(),
		get(at+"/letters", staffOnly, s.adminLetters), kept(at+"/letters", s.adminLettersSave),
	}
}

// adminDeskShell is the frame of these pages. Who is no admin comes from the desk and goes back there.
func (s *Server) adminDeskShell(r *request, title string, t civic.Tenant) page.Shell {
	shell := s.adminShell(r, title, t)
	if !r.actor.Has(t.ID, civic.RoleAdmin) {
		shell.Brand.Home, shell.Crumbs = "/desk/"+t.Slug, []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug}}
	}
	if at := "/admin/" + t.Slug + "/desk"; r.Path() != at {
		shell.Crumbs = append(shell.Crumbs, page.Crumb{Text: r.T("admin.desk"), URL: at})
	}
	return shell
}

// deskHouse is the tenant of the address for those who set up its desk.
func (s *Server) deskHouse(r *request) (civic.Tenant, error) {
	t, err := r.office()
	if err != nil {
		return t, err
	}
	if !r.actor.Has(t.ID, civic.RoleAdmin, civic.RoleLead) {
		return t, civic.Errorf(civic.Forbidden, "error.desk.role")
	}
	return t, nil
}

func (s *Server) adminDesk(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	base := "/admin/" + t.Slug + "/desk"
	p := page.Doors{Title: r.T("admin.desk"), Intro: r.T("admin.desk.intro")}
	for _, name := range []string{"labels", "templates", "letters", "annotations"} {
		p.Doors = append(p.Doors, page.Door{Title: r.T("admin.desk." + name), Text: r.T("admin.desk." + name + ".text"), URL: base + "/" + name})
	}
	if r.actor.Has(t.ID, civic.RoleAdmin) { // who sees what, and who is told of what, is theirs alone to say
		p.Doors = append(p.Doors, page.Door{Title: r.T("admin.desk.clocks"), Text: r.T("admin.desk.clocks.text"), URL: base + "/clocks"})
		for _, name := range []string{"groups", "circles", "rules"} {
			p.Doors = append(p.Doors, page.Door{Title: r.T("team.tab." + name), Text: r.T("admin.door.desk." + name), URL: base + "/" + name})
		}
	}
	return r.render(fiber.StatusOK, page.DoorsPage(s.adminDeskShell(r, p.Title, t), p))
}

func (s *Server) adminTemplates(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	list, err := s.Clerk.Templates(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	forms, err := s.Clerk.Written(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	base := "/admin/" + t.Slug + "/desk/templates"
	p := page.AdminTemplates{Base: base}
	for _, kind := range civic.TemplateKinds {
		group := page.AdminTemplateGroup{Title: r.T("template.kind." + string(kind)), Text: r.T("template.kind." + string(kind) + ".text"), NewURL: base + "/new?kind=" + string(kind)}
		for _, x := range list {
			if x.Kind == kind {
				group.Rows = append(group.Rows, page.AdminTemplateRow{Title: x.Title, URL: base + "/" + x.ID, Service: r.serviceOf(forms, x.Service), Outcome: x.Outcome, Changed: r.l.DateShort(x.Changed)})
			}
		}
		p.Groups = append(p.Groups, group)
	}
	return r.render(fiber.StatusOK, page.AdminTemplatesPage(s.adminDeskShell(r, r.T("admin.desk.templates"), t), p))
}

// serviceOf names a service by its slug.
func (r *request) serviceOf(forms map[string]*formdef.Form, slug string) string {
	switch f := forms[slug]; {
	case slug == "":
		return r.T("template.all")
	case f == nil:
		return slug
	default:
		return f.Package.Service.Name.In(r.l.Tag)
	}
}

func (s *Server) adminTemplate(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	x := civic.Template{Kind: civic.TemplateKind(r.Query("kind")), Service: r.Query("service")}
	if id := r.Params("id"); id != "" {
		if x, err = s.Clerk.TemplateOf(r.ctx, r.actor, t.ID, id); err != nil {
			return err
		}
	} else if !slices.Contains(civic.TemplateKinds, x.Kind) {
		return r.seeOther("/admin/" + t.Slug + "/desk/templates")
	}
	return s.drawTemplate(r, fiber.StatusOK, t, x, page.AdminTemplate{})
}

// templatePosted is the text as it was typed.
func (r *request) templatePosted(kind civic.TemplateKind) civic.Template {
	return civic.Template{ID: r.Params("id"), Kind: kind, Title: r.value("title"), Service: r.value("service"), Outcome: civic.Outcome(r.value("outcome")), Body: r.value("body")}
}

func (s *Server) drawTemplate(r *request, status int, t civic.Tenant, x civic.Template, p page.AdminTemplate) error {
	forms, err := s.Clerk.Written(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	p.BackURL = "/admin/" + t.Slug + "/desk/templates"
	p.Action, p.Kind, p.Title, p.Body, p.Placeholders = p.BackURL+"/new?kind="+string(x.Kind), x.Kind, x.Title, x.Body, clerk.Placeholders
	if x.ID != "" {
		p.Action, p.DeleteURL = p.BackURL+"/"+x.ID, p.BackURL+"/"+x.ID+"/delete"
	}
	options := []string{"", r.T("template.all")}
	var slugs []string
	for slug := range forms {
		slugs = append(slugs, slug)
	}
	slices.Sort(slugs)
	for _, slug := range slugs {
		options = append(options, slug, r.serviceOf(forms, slug))
	}
	p.Services = page.Options(x.Service, options...)
	options = []string{"", r.T("template.any")}
	for _, o := range clerk.Outcomes {
		options = append(options, string(o), r.T("outcome."+string(o)))
	}
	p.Outcomes = page.Options(string(x.Outcome), options...)
	if f := forms[x.Service]; f != nil {
		for _, q := range clerk.Asks(f) {
			p.Answers = append(p.Answers, page.AdminAnswer{Pointer: q[0], Label: q[1]})
		}
	}
	return r.render(status, page.AdminTemplatePage(s.adminDeskShell(r, r.T("template.kind."+string(x.Kind)), t), p))
}

// adminTemplateSave saves a text, or shows how it will look.
func (s *Server) adminTemplateSave(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	kind := civic.TemplateKind(r.Query("kind"))
	if id := r.Params("id"); id != "" {
		old, err := s.Clerk.TemplateOf(r.ctx, r.actor, t.ID, id)
		if err != nil {
			return err
		}
		kind = old.Kind
	}
	x, p := r.templatePosted(kind), page.AdminTemplate{}
	switch {
	case r.csrfBad:
		err = civic.Errorf(civic.Invalid, "error.csrf").At("body")
	case r.value("_action") == "preview":
		p.Preview, err = s.Clerk.PreviewTemplate(r.ctx, r.actor, t.ID, x)
	default:
		if _, err = s.Clerk.SaveTemplate(r.ctx, r.actor, t.ID, x); err == nil {
			r.notice("success", "notice.template.saved")
			return r.seeOther("/admin/" + t.Slug + "/desk/templates")
		}
	}
	status := fiber.StatusOK
	if err != nil {
		if civic.CodeOf(err) != civic.Invalid {
			return err
		}
		status = fiber.StatusUnprocessableEntity
		switch words := r.words(err); fieldOf(err) {
		case "title":
			p.TitleErr = words
		case "service":
			p.ServiceErr = words
		default:
			p.BodyErr = words
		}
	}
	return s.drawTemplate(r, status, t, x, p)
}

func (s *Server) adminTemplateDelete(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	if err := s.Clerk.DeleteTemplate(r.ctx, r.actor, t.ID, r.Params("id")); err != nil {
		return err
	}
	r.notice("success", "notice.template.deleted")
	return r.seeOther("/admin/" + t.Slug + "/desk/templates")
}

func (s *Server) adminLetters(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	c, err := s.Clerk.Correspondence(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	return s.drawLetters(r, fiber.StatusOK, t, page.AdminLetters{Head: c.Head, Foot: c.Foot, Remind: strconv.Itoa(c.Remind), Tell: !c.Silent, Revision: c.Revision})
}

func (s *Server) drawLetters(r *request, status int, t civic.Tenant, p page.AdminLetters) error {
	p.Base, p.Sender = "/admin/"+t.Slug, civic.Letterhead(t, civic.Correspondence{})
	shell := s.adminDeskShell(r, r.T("admin.desk.letters"), t)
	shell.Errors = p.HeadErr+p.FootErr+p.RemindErr != ""
	return r.render(status, page.AdminLettersPage(shell, p))
}

func (s *Server) adminLettersSave(r *request) error {
	t, err := s.deskHouse(r)
	if err != nil {
		return err
	}
	c := civic.Correspondence{Head: r.value("head"), Foot: r.value("foot"), Silent: r.value("tell") == ""}
	c.Revision, _ = strconv.ParseInt(r.value("revision"), 10, 64)
	if c.Remind, err = strconv.Atoi(or(r.value("remind"), "0")); err != nil {
		c.Remind = -1
	}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("head")
	if !r.csrfBad {
		err = s.Clerk.SaveCorrespondence(r.ctx, r.actor, t.ID, c)
	}
	code := civic.CodeOf(err)
	if err == nil {
		r.notice("success", "notice.admin.saved")
		return r.seeOther("/admin/" + t.Slug + "/desk/letters")
	}
	if code != civic.Invalid && code != civic.Conflict {
		return err
	}
	p := page.AdminLetters{Head: c.Head, Foot: c.Foot, Remind: r.value("remind"), Tell: !c.Silent, Revision: c.Revision}
	switch words := r.words(err); fieldOf(err) {
	case "foot":
		p.FootErr = words
	case "remind":
		p.RemindErr = words
	default:
		p.HeadErr = words
	}
	return s.drawLetters(r, statuses[code], t, p)
}
