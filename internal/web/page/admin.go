package page

import (
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// AdminHome is an authority's administration at a glance.
type AdminHome struct {
	Base, PublicURL string
	Tenant          civic.Tenant
	Doors           []Door
	Missing         []Issue // what should be set before going live
}

// AdminProfile is the form of the authority's own page. Values are as typed, by input name; Errors likewise.
type AdminProfile struct {
	Base     string
	Revision int64
	Values   map[string]string
	Errors   map[string]string
	Colour   string // that white was checked on, for the sample
	LogoURL  string
}

// profileLines are the one-line inputs of the profile, by group.
var profileLines = []struct {
	group string
	names []string
}{
	{"name", []string{"name", "head"}},
	{"address", []string{"street", "zip", "city"}},
	{"contact", []string{"email", "phone", "website", "hours"}},
}

// profileTexts are the Markdown texts of the profile; each is asked in German and English.
var profileTexts = []string{"welcome", "imprint", "privacy", "accessibility"}

// ProfileTexts lists the names of the profile's Markdown texts.
func ProfileTexts() []string { return slices.Clone(profileTexts) }

// textLanguages are the languages in which authorities write.
var textLanguages = []string{"de", "en"}

// TextLanguages lists the languages in which authorities write.
func TextLanguages() []string { return slices.Clone(textLanguages) }

func (p AdminProfile) line(l *locale.Catalogue, name string) Input {
	in := Input{Name: name, Label: l.T("admin.profile." + name), Value: p.Values[name], Error: p.Errors[name], Required: name == "name"}
	if l.Has("admin.profile." + name + ".hint") {
		in.Hint = l.T("admin.profile." + name + ".hint")
	}
	switch name {
	case "email":
		in.Type = "email"
	case "phone":
		in.Type = "tel"
	case "website":
		in.Type = "url"
	case "zip":
		in.Width, in.InputMode = 5, "numeric"
	case "colour":
		in.Width = 10
	}
	return in
}

func (p AdminProfile) text(l *locale.Catalogue, name, lang string) Input {
	key := name + "_" + lang
	return Input{Kind: formdef.WidgetTextArea, Name: key, Label: l.T("admin.profile."+name) + " – " + locale.For(lang).T("language.name"),
		Value: p.Values[key], Error: p.Errors[key], Rows: 6}
}

func (p AdminProfile) issues(l *locale.Catalogue) []Issue {
	var all []Input
	for _, g := range profileLines {
		for _, n := range g.names {
			all = append(all, p.line(l, n))
		}
	}
	all = append(all, p.line(l, "colour"), p.line(l, "officer"))
	for _, n := range profileTexts {
		for _, lang := range textLanguages {
			all = append(all, p.text(l, n, lang))
		}
	}
	out := InputIssues(all...)
	for _, name := range []string{"logo", ""} {
		if p.Errors[name] != "" {
			out = append(out, Issue{Text: p.Errors[name], Href: map[string]string{"logo": "#" + InputID("logo"), "": ""}[name]})
		}
	}
	return out
}

// AdminServices lists the services of an authority.
type AdminServices struct {
	Base string
	Rows []AdminService
}

// AdminService is one line of it.
type AdminService struct {
	Slug, Name, LeiKa, URL string
	On, Changed            bool
	Conflicts              int
}

func (p AdminServices) anyOff() bool {
	return slices.ContainsFunc(p.Rows, func(r AdminService) bool { return !r.On })
}

// AdminSetting is the form of one service.
type AdminSetting struct {
	Action, BackURL, PublicURL string
	Name                       string
	Version                    int64
	On                         bool
	Conflicts                  []string
	Groups                     []AdminGroup
	Error                      string // of the form as a whole
}

// AdminGroup is a group of inputs with a heading.
type AdminGroup struct {
	Title, Text string
	Inputs      []Input
}

func (p AdminSetting) issues() []Issue {
	var out []Issue
	if p.Error != "" {
		out = append(out, Issue{Text: p.Error})
	}
	for _, g := range p.Groups {
		out = append(out, InputIssues(g.Inputs...)...)
	}
	return out
}

// AdminStaff lists appointments and asks for a new one.
type AdminStaff struct {
	Base   string
	Rows   []AdminAppointment
	Groups [][2]string // group, role: hold a role without being appointed
	Name   Input
	Roles  Input
}

// AdminAppointment is one appointed person or group.
type AdminAppointment struct {
	ID, Who string
	Group   bool
	Roles   []string
}

// AdminRoutes lists ways out and what became of what went out.
type AdminRoutes struct {
	Base       string
	Routes     []AdminRoute
	Deliveries []AdminDelivery
	Connector  Input
	Service    Input
	Target     Input
	Secret     string // of the route just made; shown once
}

// AdminRoute is one way out.
type AdminRoute struct {
	ID, Connector, Target, Service string
	Active                         bool
}

// AdminDelivery is one delivery.
type AdminDelivery struct {
	ID, Connector, Target, State, Error, Created string
	Attempts                                     int
	Bad                                          string // why the target that was typed does not do
}

// AdminFeedback lists what visitors wrote.
type AdminFeedback struct{ Rows []AdminVoice }

// AdminVoice is what one visitor wrote.
type AdminVoice struct {
	Text, Path, At string
	Barrier        bool
}

func logoClass(failed bool) string {
	if failed {
		return "kern-form-input kern-form-input--error"
	}
	return "kern-form-input"
}

func (p AdminRoutes) issues() []Issue {
	out := InputIssues(p.Connector, p.Target, p.Service)
	for _, d := range p.Deliveries {
		if d.Bad != "" {
			out = append(out, Issue{Text: d.Bad, Href: "#" + InputID("target_"+d.ID)})
		}
	}
	return out
}

func (d AdminDelivery) target(l *locale.Catalogue) Input {
	return Input{Name: "target_" + d.ID, Label: l.T("admin.deliveries.target"), Value: d.Target, Error: d.Bad, Required: true}
}
