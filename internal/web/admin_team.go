package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// adminTeamRoutes are the pages on which an authority's admins divide its desk: groups, rules, who sees which service.
func (s *Server) adminTeamRoutes() []route {
	const at = "/admin/:tenant/desk"
	kept := func(path string, h handler) route {
		rt := post(path, staffOnly, h)
		rt.keepTyped = true
		return rt
	}
	return []route{
		get(at+"/groups", staffOnly, s.adminGroups),
		get(at+"/groups/:group", staffOnly, s.adminGroup), kept(at+"/groups/:group", s.adminGroupSave),
		post(at+"/groups/:group/delete", staffOnly, s.adminGroupDelete).lately(),
		get(at+"/circles", staffOnly, s.adminCircles),
		get(at+"/circles/:service", staffOnly, s.adminCircle), kept(at+"/circles/:service", s.adminCircleSave),
		get(at+"/rules", staffOnly, s.adminRules), post(at+"/rules", staffOnly, s.adminRuleMove),
		get(at+"/rules/test", staffOnly, s.adminRuleTest), post(at+"/rules/test", staffOnly, s.adminRuleTest),
		get(at+"/rules/:rule", staffOnly, s.adminRule), kept(at+"/rules/:rule", s.adminRuleSave),
	}
}

// crew is the team of the address's authority for its admin.
func (r *request) crew() (*admin.Crew, string, error) {
	t, err := r.srv.house(r)
	if err != nil {
		return nil, "", err
	}
	c, err := r.srv.Admin.Crew(r.ctx, r.actor, t.ID)
	return c, "/admin/" + t.Slug + "/desk", err
}

// teamTabs lead between the pages of the team.
func (r *request) teamTabs(base, here string) []page.AdminTeamTab {
	var tabs []page.AdminTeamTab
	for _, name := range []string{"groups", "circles", "rules", "rules/test"} {
		tabs = append(tabs, page.AdminTeamTab{Text: r.T("team.tab." + strings.TrimPrefix(name, "rules/")), URL: base + "/" + name, Current: name == here})
	}
	return tabs
}

// teamShell is the frame of these pages; one below another leads back to it.
func (s *Server) teamShell(r *request, title string, c *admin.Crew, up ...page.Crumb) page.Shell {
	shell := s.adminDeskShell(r, title, c.Tenant)
	shell.Crumbs = append(shell.Crumbs, up...)
	return shell
}

func (s *Server) adminGroups(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	p := page.AdminGroups{Base: base + "/groups", Tabs: r.teamTabs(base, "groups")}
	for _, g := range c.Team.Groups {
		row := page.AdminGroupRow{Name: g.Name, URL: base + "/groups/" + g.ID}
		for _, id := range g.Members {
			if name := c.Person(id); name != "" {
				row.People = append(row.People, page.AdminMember{Name: name, Lead: slices.Contains(g.Leads, id)})
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return r.render(fiber.StatusOK, page.AdminGroupsPage(s.teamShell(r, r.T("team.groups"), c), p))
}

func (s *Server) adminGroup(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	g, ok := c.Team.Group(r.Params("group"))
	if !ok && r.Params("group") != "new" {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	return s.drawGroup(r, fiber.StatusOK, c, base, g, c.Team.Revision, nil)
}

// people are the authority's staff as choices.
func (r *request) people(c *admin.Crew, chosen []string) []page.Option {
	var out []page.Option
	for _, x := range c.People {
		out = append(out, page.Option{Value: x.ID, Label: r.colleague(x), Selected: slices.Contains(chosen, x.ID)})
	}
	return out
}

func groupOptions(c *admin.Crew, chosen []string) []page.Option {
	var out []page.Option
	for _, g := range c.Team.Groups {
		out = append(out, page.Option{Value: g.ID, Label: g.Name, Selected: slices.Contains(chosen, g.ID)})
	}
	return out
}

func (s *Server) drawGroup(r *request, status int, c *admin.Crew, base string, g civic.Group, revision int64, wrong error) error {
	at := base + "/groups/" + r.Params("group")
	p := page.AdminTeamGroup{Title: r.T("team.group.new"), Action: at, Back: base + "/groups", Revision: revision, NoPeople: len(c.People) == 0}
	if g.ID != "" {
		p.Title, p.Delete = r.T("team.group.edit"), at+"/delete"
	}
	p.Name = page.Input{Name: "name", Label: r.T("team.group.name"), Hint: r.T("team.group.name.hint"), Value: g.Name, Required: true, MaxLength: 80, Autocomplete: "off"}
	p.Members = page.Input{Kind: formdef.WidgetCheckboxes, Name: "members", Label: r.T("team.group.members"), Options: r.people(c, g.Members), NoMark: true}
	p.Leads = page.Input{Kind: formdef.WidgetCheckboxes, Name: "leads", Label: r.T("team.group.leads"), Hint: r.T("team.group.leads.hint"), Options: r.people(c, g.Leads), NoMark: true}
	p.Problem = r.placed(wrong, &p.Name)
	shell := s.teamShell(r, p.Title, c, page.Crumb{Text: r.T("team.groups"), URL: base + "/groups"})
	shell.Path, shell.Errors = at, wrong != nil
	return r.render(status, page.AdminGroupPage(shell, p))
}

// placed puts the words of an error at the input that it names; without one it returns them.
func (r *request) placed(wrong error, inputs ...*page.Input) string {
	if wrong == nil {
		return ""
	}
	for _, in := range inputs {
		if in.Name == fieldOf(wrong) {
			in.Error = r.words(wrong)
			return ""
		}
	}
	return r.words(wrong)
}

// teamDone goes on after a change of the team; what was refused is drawn again. After a conflict the next try is on today's team.
func (r *request) teamDone(to string, err error, again func(status int, wrong error) error) error {
	if r.csrfBad {
		err = civic.Errorf(civic.Forbidden, "error.csrf")
	}
	switch code := civic.CodeOf(err); {
	case err == nil:
		r.notice("success", "notice.admin.saved")
		return r.seeOther(to)
	case code == civic.Invalid, code == civic.Conflict, r.csrfBad:
		return again(statuses[code], err)
	}
	return err
}

func (s *Server) adminGroupSave(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	g := civic.Group{Name: r.value("name"), Members: r.values["members"], Leads: r.values["leads"]}
	if id := r.Params("group"); id != "new" {
		g.ID = id
	}
	if !r.csrfBad {
		err = s.Admin.SaveGroup(r.ctx, r.actor, c.Tenant.ID, r.revision(), g)
	}
	return r.teamDone(base+"/groups", err, func(status int, wrong error) error { return s.drawGroup(r, status, c, base, g, c.Team.Revision, wrong) })
}

func (s *Server) adminGroupDelete(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	g, _ := c.Team.Group(r.Params("group"))
	err = s.Admin.DeleteGroup(r.ctx, r.actor, c.Tenant.ID, r.revision(), r.Params("group"))
	return r.teamDone(base+"/groups", err, func(status int, wrong error) error { return s.drawGroup(r, status, c, base, g, c.Team.Revision, wrong) })
}

func (s *Server) adminCircles(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	p := page.AdminCircles{Tabs: r.teamTabs(base, "circles")}
	forlorn := c.Forlorn()
	for _, svc := range c.Services {
		circle, restricted := c.Restricted(svc)
		row := page.AdminCircleRow{Service: svc.Name.In(r.l.Tag), URL: base + "/circles/" + svc.Slug, Restricted: restricted, Who: r.T("team.circle.everybody"),
			Forlorn: slices.ContainsFunc(forlorn, func(f admin.CrewService) bool { return f.Slug == svc.Slug })}
		if restricted {
			row.Who = r.circle(c, circle)
		}
		p.Rows = append(p.Rows, row)
	}
	return r.render(fiber.StatusOK, page.AdminCirclesPage(s.teamShell(r, r.T("team.circles"), c), p))
}

// circle words who is in a circle.
func (r *request) circle(c *admin.Crew, circle civic.Circle) string {
	var names []string
	for _, id := range circle.Groups {
		if g, ok := c.Team.Group(id); ok {
			names = append(names, g.Name)
		}
	}
	for _, id := range circle.People {
		if name := c.Person(id); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return r.T("team.circle.nobody")
	}
	return strings.Join(names, ", ")
}

func (s *Server) adminCircle(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	svc, ok := c.Service(r.Params("service"))
	if !ok {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	circle, restricted := c.Restricted(svc)
	circle.Open = !restricted
	return s.drawCircle(r, fiber.StatusOK, c, base, circle, c.Team.Revision, nil)
}

func (s *Server) drawCircle(r *request, status int, c *admin.Crew, base string, circle civic.Circle, revision int64, wrong error) error {
	svc, ok := c.Service(r.Params("service"))
	if !ok {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	at := base + "/circles/" + svc.Slug
	choice := "circle"
	if circle.Open {
		choice = "open"
	}
	p := page.AdminCircle{Title: svc.Name.In(r.l.Tag), Action: at, Back: base + "/circles", Revision: revision}
	p.Open = page.Input{Kind: formdef.WidgetRadio, Name: "open", Label: r.T("team.circle.who"), Required: true,
		Options: page.Options(choice, "open", r.T("team.circle.open"), "circle", r.T("team.circle.closed"))}
	p.Groups = page.Input{Kind: formdef.WidgetCheckboxes, Name: "groups", Label: r.T("team.groups"), Options: groupOptions(c, circle.Groups), NoMark: true}
	p.People = page.Input{Kind: formdef.WidgetCheckboxes, Name: "people", Label: r.T("team.circle.people"), Options: r.people(c, circle.People), NoMark: true}
	first := &p.Groups
	if len(p.Groups.Options) == 0 {
		first = &p.Open
		first.Error = r.placed(wrong)
	}
	p.Problem = r.placed(wrong, first)
	if first.Error != "" {
		p.Problem = ""
	}
	shell := s.teamShell(r, p.Title, c, page.Crumb{Text: r.T("team.circles"), URL: p.Back})
	shell.Path, shell.Errors = at, wrong != nil
	return r.render(status, page.AdminCirclePage(shell, p))
}

func (s *Server) adminCircleSave(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	circle := civic.Circle{Open: r.value("open") == "open", Groups: r.values["groups"], People: r.values["people"]}
	if !r.csrfBad {
		err = s.Admin.SaveCircle(r.ctx, r.actor, c.Tenant.ID, r.revision(), r.Params("service"), circle)
	}
	return r.teamDone(base+"/circles", err, func(status int, wrong error) error {
		return s.drawCircle(r, status, c, base, circle, c.Team.Revision, wrong)
	})
}
