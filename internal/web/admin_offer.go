package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

func (s *Server) adminServices(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	offers, err := s.Admin.Offers(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	p := page.AdminServices{Base: "/admin/" + t.Slug}
	for _, o := range offers {
		p.Rows = append(p.Rows, page.AdminService{Slug: o.Service, Name: civic.Text(o.Name).In(r.l.Tag), LeiKa: o.LeiKa, URL: p.Base + "/services/" + o.Service,
			On: o.Enabled, Changed: o.Changed, Conflicts: len(o.Conflicts)})
	}
	return r.render(fiber.StatusOK, page.AdminServicesPage(s.adminShell(r, r.T("admin.services"), t), p))
}

func (s *Server) adminSwitch(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	var names []string
	if name := r.value("service"); name != "" {
		names = []string{name}
	}
	on := r.value("on") == "true"
	if !on && len(names) == 0 {
		return civic.Errorf(civic.Invalid, "error.admin.service")
	}
	if err := s.Admin.Switch(r.ctx, r.actor, t.ID, on, names...); err != nil {
		return err
	}
	if on {
		r.notice("success", "notice.admin.on")
	} else {
		r.notice("info", "notice.admin.off")
	}
	return r.seeOther("/admin/" + t.Slug + "/services")
}

func (s *Server) adminSetting(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	st, err := s.Admin.Setting(r.ctx, r.actor, t.ID, r.Params("service"), r.l.Tag)
	if err != nil {
		return err
	}
	return s.drawSetting(r, fiber.StatusOK, st, admin.SettingChange{Version: st.Offering.OverlayVersion, Contact: st.Offering.Contact, Overlay: st.Overlay}, nil)
}

func (s *Server) adminSettingSave(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	st, err := s.Admin.Setting(r.ctx, r.actor, t.ID, r.Params("service"), r.l.Tag)
	if err != nil {
		return err
	}
	in := r.settingOf(st)
	err = s.Admin.SaveSetting(r.ctx, r.actor, t.ID, st.Offering.Service, in)
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.admin.saved")
		return r.seeOther("/admin/" + t.Slug + "/services/" + st.Offering.Service)
	case civic.Invalid, civic.Conflict:
		in.Version = st.Offering.OverlayVersion
		return s.drawSetting(r, statuses[code], st, in, err)
	}
	return err
}

// settingOf reads the posted setting: only what the form lets an authority change.
func (r *request) settingOf(st *admin.Setting) admin.SettingChange {
	rules := st.Rules()
	in := admin.SettingChange{Version: r.revision(), Contact: civic.Contact{Unit: r.value("contact_unit"), Name: r.value("contact_name"),
		Email: r.value("contact_email"), Phone: r.value("contact_phone"), Hours: r.value("contact_hours")},
		Overlay: formdef.Overlay{Fees: map[string]string{}, Modules: map[string]map[string]string{}, Choices: map[string][]string{}}}
	for _, code := range rules.Fees {
		in.Overlay.Fees[code] = r.value("fee_" + code)
	}
	for _, lang := range page.TextLanguages() {
		in.Overlay.Modules[lang] = map[string]string{}
		for _, name := range rules.Texts {
			in.Overlay.Modules[lang][name] = r.value("text_" + lang + "_" + name)
		}
	}
	for _, pointer := range rules.Optional {
		if !slices.Contains(r.values["asked"], pointer) {
			in.Overlay.Off = append(in.Overlay.Off, pointer)
		}
	}
	for i, pointer := range rules.Choices {
		in.Overlay.Choices[pointer] = strings.Split(r.value(fmt.Sprintf("choices_%d", i)), "\n")
	}
	for i := range proofLines(len(st.Overlay.Proofs)) {
		key := ""
		if i < len(st.Overlay.Proofs) {
			key = st.Overlay.Proofs[i].Key
		}
		in.Overlay.Proofs = append(in.Overlay.Proofs, formdef.Proof{Key: key, Label: r.value(fmt.Sprintf("proof_%d", i)), Hint: r.value(fmt.Sprintf("proof_hint_%d", i)),
			Required: r.value(fmt.Sprintf("proof_required_%d", i)) != ""})
	}
	if !rules.Proof {
		in.Overlay.Proofs = nil
	}
	return in
}

// proofLines is how many lines for extra proofs the page shows: those there are, and two empty ones.
func proofLines(have int) int { return min(have+2, 10) }

// drawSetting draws the form of one service with its groups of inputs.
func (s *Server) drawSetting(r *request, status int, st *admin.Setting, in admin.SettingChange, wrong error) error {
	base := "/admin/" + st.Tenant.Slug + "/services"
	p := page.AdminSetting{Action: base + "/" + st.Offering.Service, BackURL: base, Name: st.Form.Package.Service.Name.In(r.l.Tag), Version: in.Version,
		On: st.Offering.Enabled}
	if st.Offering.Enabled && st.Tenant.Live {
		p.PublicURL = "/" + st.Tenant.Slug + "/" + st.Offering.Service
	}
	for _, c := range st.Conflicts {
		p.Conflicts = append(p.Conflicts, r.conflict(c.Entry, c.Why))
	}
	p.Groups = append(p.Groups, r.contactGroup(in.Contact))
	p.Groups = append(p.Groups, r.ruleGroups(st, in.Overlay)...)
	r.blame(&p, wrong)
	shell := s.adminShell(r, p.Name, st.Tenant)
	shell.Errors = wrong != nil
	shell.Crumbs = append(shell.Crumbs, page.Crumb{Text: r.T("admin.services"), URL: base})
	return r.render(status, page.AdminSettingPage(shell, p))
}

// conflict words an overlay entry that the form version does not know.
func (r *request) conflict(entry, why string) string {
	key := "admin.conflict." + strings.ReplaceAll(why, " ", "_")
	if r.l.Has(key) {
		why = r.T(key)
	}
	return entry + ": " + why
}

// blame puts an error at its input, or above the form.
func (r *request) blame(p *page.AdminSetting, wrong error) {
	var e *civic.Error
	if !errors.As(wrong, &e) {
		return
	}
	words := r.words(wrong)
	if e.Key == "error.admin.overlay" && len(e.Args) == 4 {
		words = r.T(e.Key, "entry", e.Args[1], "why", r.conflict("", fmt.Sprint(e.Args[3]))[2:])
	}
	for g := range p.Groups {
		for i := range p.Groups[g].Inputs {
			name := p.Groups[g].Inputs[i].Name
			if name == e.Field || e.Field == "proof" && strings.HasPrefix(name, "proof_") {
				p.Groups[g].Inputs[i].Error = words
				return
			}
		}
	}
	p.Error = words
}

func (r *request) contactGroup(c civic.Contact) page.AdminGroup {
	return page.AdminGroup{Title: r.T("admin.setting.contact"), Text: r.T("admin.setting.contact.text"), Inputs: []page.Input{
		{Name: "contact_unit", Label: r.T("admin.contact.unit"), Value: c.Unit},
		{Name: "contact_name", Label: r.T("admin.contact.name"), Value: c.Name, Autocomplete: "off"},
		{Name: "contact_email", Label: r.T("admin.profile.email"), Type: "email", Value: c.Email, Autocomplete: "off"},
		{Name: "contact_phone", Label: r.T("admin.profile.phone"), Type: "tel", Value: c.Phone, Autocomplete: "off"},
		{Name: "contact_hours", Label: r.T("admin.profile.hours"), Value: c.Hours},
	}}
}

// ruleGroups are the inputs for what the form's author lets an authority change.
func (r *request) ruleGroups(st *admin.Setting, o formdef.Overlay) []page.AdminGroup {
	rules := st.Rules()
	fees := page.AdminGroup{Title: r.T("admin.setting.fees"), Text: r.T("admin.setting.fees.text")}
	for _, code := range rules.Fees {
		in := page.Input{Name: "fee_" + code, Label: code, Value: strings.Replace(o.Fees[code], ".", ",", 1), Suffix: "€", InputMode: "decimal", Width: 10}
		if fee, ok := st.Fee(code); ok {
			in.Label = fee.Label.In(r.l.Tag)
			if fee.Amount != "" {
				in.Hint = r.T("admin.setting.fee.default", "amount", strings.Replace(fee.Amount, ".", ",", 1))
			}
		}
		fees.Inputs = append(fees.Inputs, in)
	}
	texts := page.AdminGroup{Title: r.T("admin.setting.texts"), Text: r.T("admin.markdown")}
	for _, name := range rules.Texts {
		for _, lang := range page.TextLanguages() {
			texts.Inputs = append(texts.Inputs, page.Input{Kind: formdef.WidgetTextArea, Name: "text_" + lang + "_" + name, Rows: 3,
				Label: r.T("admin.module."+name) + " – " + languageName(lang), Value: o.Modules[lang][name]})
		}
	}
	fields := page.AdminGroup{Title: r.T("admin.setting.fields")}
	if len(rules.Optional) > 0 {
		in := page.Input{Kind: formdef.WidgetCheckboxes, Name: "asked", Label: r.T("admin.setting.asked"), Hint: r.T("admin.setting.asked.hint")}
		for _, pointer := range rules.Optional {
			in.Options = append(in.Options, page.Option{Value: pointer, Label: st.Label(pointer), Selected: !slices.Contains(o.Off, pointer)})
		}
		fields.Inputs = append(fields.Inputs, in)
	}
	for i, pointer := range rules.Choices {
		fields.Inputs = append(fields.Inputs, page.Input{Kind: formdef.WidgetTextArea, Name: fmt.Sprintf("choices_%d", i), Rows: 4,
			Label: r.T("admin.setting.choices", "field", st.Label(pointer)), Hint: r.T("admin.setting.choices.hint"), Value: strings.Join(o.Choices[pointer], "\n")})
	}
	proofs := page.AdminGroup{Title: r.T("admin.setting.proofs"), Text: r.T("admin.setting.proofs.text")}
	for i := range proofLines(len(o.Proofs)) {
		var p formdef.Proof
		if i < len(o.Proofs) {
			p = o.Proofs[i]
		}
		proofs.Inputs = append(proofs.Inputs,
			page.Input{Name: fmt.Sprintf("proof_%d", i), Label: r.T("admin.proof.label", "n", i+1), Value: p.Label},
			page.Input{Name: fmt.Sprintf("proof_hint_%d", i), Label: r.T("admin.proof.hint", "n", i+1), Value: p.Hint},
			page.Input{Kind: formdef.WidgetCheckboxes, Name: fmt.Sprintf("proof_required_%d", i), Label: r.T("admin.proof.required", "n", i+1), HideLabel: true,
				Options: []page.Option{{Value: "yes", Label: r.T("admin.proof.required", "n", i+1), Selected: p.Required}}})
	}
	if !rules.Proof {
		proofs.Inputs = nil
	}
	return slices.DeleteFunc([]page.AdminGroup{fees, texts, fields, proofs}, func(g page.AdminGroup) bool { return len(g.Inputs) == 0 })
}
