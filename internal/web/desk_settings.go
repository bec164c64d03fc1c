package web

import (
	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// settingsPage shows what a clerk has set for themselves.
func (s *Server) settingsPage(r *request) error { return s.drawSettings(r, fiber.StatusOK, nil, nil) }

// drawSettings shows the settings; set is what was typed when it could not be kept.
func (s *Server) drawSettings(r *request, status int, set *clerk.Settings, wrong error) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	b, err := s.Clerk.ViewBook(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	if set == nil {
		set = &clerk.Settings{Default: b.Desk.Default, Lang: b.Desk.Lang, Rhythms: map[string]civic.Rhythm{}}
		for _, x := range b.Desk.Subscriptions {
			set.Rhythms[x.View] = x.Rhythm
			if x.View == civic.ViewCalls {
				set.Calls = x.Rhythm
			}
		}
	}
	if set.Default == "" {
		set.Default = b.Views[0].ID
	}
	p := page.DeskSettings{Action: "/desk/" + t.Slug + "/settings", NoEmail: r.actor.Staff.Email == ""}
	rhythms := []string{"none", r.T("desk.settings.rhythm.none")}
	for _, x := range civic.Rhythms {
		rhythms = append(rhythms, string(x), r.T("desk.settings.rhythm."+string(x)))
	}
	var views []string
	for _, v := range b.Views {
		views = append(views, v.ID, r.viewName(v))
		now := string(set.Rhythms[v.ID])
		in := page.Input{Kind: formdef.WidgetSelect, Name: "rhythm_" + v.ID, Label: r.viewName(v), Options: page.Options(or(now, "none"), rhythms...), Required: true}
		if fieldOf(wrong) == in.Name {
			in.Error = r.words(wrong)
		}
		p.Mails = append(p.Mails, in)
	}
	var calls []string
	for _, x := range civic.CallRhythms {
		calls = append(calls, string(x), r.T("desk.settings.calls."+string(x)))
	}
	p.Calls = page.Input{Kind: formdef.WidgetSelect, Name: "rhythm_" + civic.ViewCalls, Label: r.T("desk.settings.calls"), Hint: r.T("desk.settings.calls.hint"),
		Options: page.Options(or(string(set.Calls), string(civic.AtOnce)), calls...), Required: true}
	var langs []string
	for _, x := range civic.MailLangs {
		langs = append(langs, x, r.T("desk.settings.lang."+x))
	}
	p.Lang = page.Input{Kind: formdef.WidgetSelect, Name: "lang", Label: r.T("desk.settings.lang"), Options: page.Options(or(set.Lang, civic.MailLangs[0]), langs...), Required: true}
	for _, in := range []*page.Input{&p.Calls, &p.Lang} {
		if fieldOf(wrong) == in.Name {
			in.Error = r.words(wrong)
		}
	}
	p.Default = page.Input{Kind: formdef.WidgetSelect, Name: "default", Label: r.T("desk.settings.default"), Options: page.Options(set.Default, views...), Required: true}
	if fieldOf(wrong) == "default" {
		p.Default.Error = r.words(wrong)
	}
	shell := s.inboxShell(r, r.T("desk.settings.title"), t)
	shell.Errors, shell.Path = wrong != nil, p.Action
	return r.render(status, page.DeskSettingsPage(shell, p))
}

func (s *Server) settingsSave(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	b, err := s.Clerk.ViewBook(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	set := clerk.Settings{Default: r.value("default"), Lang: r.value("lang"), Calls: civic.Rhythm(r.value("rhythm_" + civic.ViewCalls)), Rhythms: map[string]civic.Rhythm{}}
	for _, v := range b.Views {
		if x := r.value("rhythm_" + v.ID); x != "none" {
			set.Rhythms[v.ID] = civic.Rhythm(x)
		}
	}
	if r.csrfBad {
		r.warn("error.csrf")
		return s.drawSettings(r, fiber.StatusForbidden, &set, nil)
	}
	err = s.Clerk.SaveSettings(r.ctx, r.actor, t.ID, set)
	if civic.CodeOf(err) == civic.Invalid {
		return s.drawSettings(r, fiber.StatusUnprocessableEntity, &set, err)
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.desk.settings")
	return r.seeOther("/desk/" + t.Slug + "/settings")
}
