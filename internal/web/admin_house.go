package web

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// adminRoutes are the pages of those who run an authority.
func (s *Server) adminRoutes() []route {
	const at = "/admin/:tenant"
	logo := post(at+"/logo", staffOnly, s.adminLogo)
	logo.files, logo.class = true, uploading
	return []route{
		get("/admin", staffOnly, s.adminDoors),
		get(at, staffOnly, s.adminHome), post(at+"/live", staffOnly, s.adminLive),
		get(at+"/profile", staffOnly, s.adminProfile), post(at+"/profile", staffOnly, s.adminProfileSave), logo,
		get(at+"/services", staffOnly, s.adminServices), post(at+"/services", staffOnly, s.adminSwitch),
		get(at+"/services/:service", staffOnly, s.adminSetting), post(at+"/services/:service", staffOnly, s.adminSettingSave),
		get(at+"/staff", staffOnly, s.adminStaff), post(at+"/staff", staffOnly, s.adminAppoint).lately(), post(at+"/staff/dismiss", staffOnly, s.adminDismiss).lately(),
		get(at+"/routes", staffOnly, s.adminRoutesPage), post(at+"/routes", staffOnly, s.adminRouteAdd), post(at+"/routes/switch", staffOnly, s.adminRouteSwitch),
		post(at+"/deliveries", staffOnly, s.adminResend),
		get(at+"/feedback", staffOnly, s.adminFeedback),
	}
}

func (s *Server) adminDoors(r *request) error {
	list, err := s.Admin.Houses(r.ctx, r.actor)
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return r.seeOther("/admin/" + list[0].Slug)
	}
	p := page.Doors{Title: r.T("admin.doors"), Intro: r.T("admin.doors.intro"), None: r.T("admin.doors.none")}
	for _, t := range list {
		p.Doors = append(p.Doors, page.Door{Title: t.Name, Text: r.T("admin.doors.open"), URL: "/admin/" + t.Slug})
	}
	shell := r.shell(p.Title)
	shell.Nav = s.staffNav(r, "admin", civic.Tenant{})
	shell.Brand.Home = "/admin"
	return r.render(fiber.StatusOK, page.DoorsPage(shell, p))
}

// house is the tenant of the address for its admin.
func (s *Server) house(r *request) (civic.Tenant, error) {
	t, err := r.office()
	if err != nil {
		return t, err
	}
	return s.Admin.House(r.ctx, r.actor, t.ID)
}

// adminShell is the frame of the administration's pages.
func (s *Server) adminShell(r *request, title string, t civic.Tenant) page.Shell {
	shell := r.shell(title)
	shell.Brand.Home, shell.Brand.Tagline = "/admin/"+t.Slug, r.T("admin.tagline")
	shell.Nav = s.staffNav(r, "admin", t)
	shell.Visitor.Detail = t.Name
	shell.Commands = commandsOf(civic.Tenant{}) // an admin need not see cases
	if r.Path() != "/admin/"+t.Slug {
		shell.Crumbs = []page.Crumb{{Text: r.T("admin.title"), URL: "/admin/" + t.Slug}}
	}
	return shell
}

func (s *Server) adminHome(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	base := "/admin/" + t.Slug
	p := page.AdminHome{Base: base, PublicURL: "/" + t.Slug, Tenant: t}
	for _, name := range []string{"profile", "services", "desk", "staff", "routes", "privacy", "feedback"} {
		p.Doors = append(p.Doors, page.Door{Title: r.T("admin." + name), Text: r.T("admin.door." + name), URL: base + "/" + name})
	}
	crew, err := s.Admin.Crew(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	for _, svc := range crew.Forlorn() {
		p.Missing = append(p.Missing, page.Issue{Text: r.T("admin.missing.circle", "service", svc.Name.In(r.l.Tag)), Href: base + "/desk/circles/" + svc.Slug})
	}
	for _, m := range []struct{ name, value string }{{"street", t.Profile.Street + t.Profile.City}, {"email", t.Profile.Email}, {"head", t.Profile.Head}, {"officer", t.Profile.Officer}} {
		if m.value == "" {
			p.Missing = append(p.Missing, page.Issue{Text: r.T("admin.missing." + m.name), Href: base + "/profile#" + page.InputID(m.name)})
		}
	}
	return r.render(fiber.StatusOK, page.AdminHomePage(s.adminShell(r, r.T("admin.title"), t), p))
}

func (s *Server) adminLive(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	live := r.value("live") == "true"
	if err := s.Admin.SetLive(r.ctx, r.actor, t.ID, live); err != nil {
		return err
	}
	if live {
		r.notice("success", "notice.admin.live")
	} else {
		r.notice("info", "notice.admin.closed")
	}
	return r.seeOther("/admin/" + t.Slug)
}

// profileValues are a tenant's settings by input name.
func profileValues(t civic.Tenant) map[string]string {
	p := t.Profile
	v := map[string]string{"name": t.Name, "street": p.Street, "zip": p.Zip, "city": p.City, "email": p.Email, "phone": p.Phone, "website": p.Website,
		"hours": p.Hours, "head": p.Head, "colour": p.Colour, "officer": p.Officer}
	texts := map[string]civic.Text{"welcome": p.Welcome, "imprint": p.Imprint, "privacy": p.Privacy, "accessibility": p.Accessibility}
	for _, name := range page.ProfileTexts() {
		for _, lang := range page.TextLanguages() {
			v[name+"_"+lang] = texts[name][lang]
		}
	}
	return v
}

// profileOf reads the posted profile.
func (r *request) profileOf() civic.Profile {
	text := func(name string) civic.Text {
		out := civic.Text{}
		for _, lang := range page.TextLanguages() {
			if v := r.value(name + "_" + lang); v != "" {
				out[lang] = strings.ReplaceAll(v, "\r\n", "\n")
			}
		}
		return out
	}
	return civic.Profile{Street: r.value("street"), Zip: r.value("zip"), City: r.value("city"), Email: r.value("email"), Phone: r.value("phone"),
		Website: r.value("website"), Hours: r.value("hours"), Head: r.value("head"), Colour: strings.ToLower(r.value("colour")), Officer: r.value("officer"),
		Imprint: text("imprint"), Privacy: text("privacy"), Accessibility: text("accessibility"), Welcome: text("welcome")}
}

func (s *Server) adminProfile(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	return s.drawProfile(r, fiber.StatusOK, t, page.AdminProfile{Revision: t.Revision, Values: profileValues(t)})
}

func (s *Server) drawProfile(r *request, status int, t civic.Tenant, p page.AdminProfile) error {
	p.Base = "/admin/" + t.Slug
	if admin.CheckColour(p.Values["colour"]) == nil {
		p.Colour = p.Values["colour"]
	}
	if t.LogoType != "" {
		p.LogoURL = "/" + t.Slug + "/logo"
	}
	shell := s.adminShell(r, r.T("admin.profile"), t)
	shell.Path = p.Base + "/profile" // also after a post of the logo, which has no page of its own
	shell.Errors = len(p.Errors) > 0
	return r.render(status, page.AdminProfilePage(shell, p))
}

func (s *Server) adminProfileSave(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	in := admin.ProfileChange{Revision: r.revision(), Name: r.value("name"), Profile: r.profileOf()}
	err = s.Admin.SaveProfile(r.ctx, r.actor, t.ID, in)
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.admin.saved")
		return r.seeOther("/admin/" + t.Slug + "/profile")
	case civic.Invalid, civic.Conflict:
		typed := t
		typed.Name, typed.Profile = in.Name, in.Profile
		return s.drawProfile(r, statuses[code], t, page.AdminProfile{Revision: t.Revision, Values: profileValues(typed), Errors: map[string]string{fieldOf(err): r.words(err)}})
	}
	return err
}

// revision is the version of what was shown, as the form carries it.
func (r *request) revision() int64 {
	var n int64
	if _, err := fmt.Sscan(r.value("revision"), &n); err != nil {
		return 0
	}
	return n
}

// maxLogoRead is how much of a logo is read at most; the use case's own limit is lower and says so.
const maxLogoRead = 1 << 20

func (s *Server) adminLogo(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	var body []byte
	problem := s.readFiles(r, func(up upload) error {
		var err error
		if body, err = io.ReadAll(io.LimitReader(up.Body, maxLogoRead)); err != nil {
			return civic.Errorf(civic.Invalid, "error.file.broken").At("logo").Because(err)
		}
		return nil
	})
	switch {
	case r.csrfBad:
		return civic.Errorf(civic.Forbidden, "error.csrf")
	case problem == nil && len(body) == 0 && r.value("_action") != "remove":
		problem = civic.Errorf(civic.Invalid, "error.admin.logo.none").At("logo")
	case r.value("_action") == "remove":
		body = nil
	}
	if problem == nil {
		problem = s.Admin.SaveLogo(r.ctx, r.actor, t.ID, body)
	}
	var e *civic.Error
	if errors.As(problem, &e) && e.Field == "logo" {
		return s.drawProfile(r, statuses[e.Code], t, page.AdminProfile{Revision: t.Revision, Values: profileValues(t), Errors: map[string]string{"logo": r.words(problem)}})
	}
	if problem != nil {
		return problem
	}
	r.notice("success", "notice.admin.saved")
	return r.seeOther("/admin/" + t.Slug + "/profile")
}

func (s *Server) adminStaff(r *request) error { return s.drawStaff(r, fiber.StatusOK, nil) }

// drawStaff lists the team; after a failed appointment with what was typed.
func (s *Server) drawStaff(r *request, status int, wrong error) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	team, err := s.Admin.Team(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	p := page.AdminStaff{Base: "/admin/" + t.Slug}
	for _, a := range team.Appointments {
		row := page.AdminAppointment{ID: a.ID, Who: or(a.Email, a.Group), Group: a.Email == ""}
		for _, role := range a.Roles {
			row.Roles = append(row.Roles, string(role))
		}
		p.Rows = append(p.Rows, row)
	}
	for group, role := range team.Groups {
		p.Groups = append(p.Groups, [2]string{group, r.T("role." + string(role))})
	}
	slices.SortFunc(p.Groups, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	p.Name = page.Input{Name: "name", Label: r.T("admin.staff.name"), Hint: r.T("admin.staff.name.hint"), Value: r.value("name"), Required: true, Autocomplete: "off"}
	p.Roles = page.Input{Kind: "checkboxes", Name: "roles", Label: r.T("admin.staff.roles"), Required: true}
	for _, role := range team.Roles {
		p.Roles.Options = append(p.Roles.Options, page.Option{Value: string(role), Label: r.T("role." + string(role)), Hint: r.T("role." + string(role) + ".hint"),
			Selected: slices.Contains(r.values["roles"], string(role))})
	}
	if wrong != nil {
		if fieldOf(wrong) == "name" {
			p.Name.Error = r.words(wrong)
		} else {
			p.Roles.Error = r.words(wrong)
		}
	}
	shell := s.adminShell(r, r.T("admin.staff"), t)
	shell.Path = p.Base + "/staff"
	shell.Errors = wrong != nil
	return r.render(status, page.AdminStaffPage(shell, p))
}

// staffDone goes back to the team, or shows it with what was wrong.
func (s *Server) staffDone(r *request, t civic.Tenant, done string, err error) error {
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", done)
		return r.seeOther("/admin/" + t.Slug + "/staff")
	case civic.Invalid, civic.Conflict:
		return s.drawStaff(r, statuses[code], err)
	}
	return err
}

func (s *Server) adminAppoint(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	var roles []civic.Role
	for _, v := range r.values["roles"] {
		roles = append(roles, civic.Role(v))
	}
	return s.staffDone(r, t, "notice.admin.appointed", s.Admin.Appoint(r.ctx, r.actor, t.ID, r.value("name"), roles))
}

func (s *Server) adminDismiss(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	return s.staffDone(r, t, "notice.admin.dismissed", s.Admin.Dismiss(r.ctx, r.actor, t.ID, r.value("id")))
}

func (s *Server) adminFeedback(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	list, err := s.Admin.Feedback(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	var p page.AdminFeedback
	for _, f := range list {
		p.Rows = append(p.Rows, page.AdminVoice{Text: f.Words, Path: f.Path, At: r.l.DateTime(f.Created), Barrier: f.Barrier})
	}
	return r.render(fiber.StatusOK, page.AdminFeedbackPage(s.adminShell(r, r.T("admin.feedback"), t), p))
}

// languageName is a language's own name.
func languageName(tag string) string { return locale.For(tag).T("language.name") }
