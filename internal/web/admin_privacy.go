package web

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

// privacyRoutes are what an authority's privacy officer looks for: the register, how long cases are kept, and the lock of one.
func (s *Server) privacyRoutes() []route {
	const at = "/admin/:tenant/privacy"
	kept := post(at+"/:service", staffOnly, s.adminRecordSave)
	kept.keepTyped = true
	return []route{
		get(at, staffOnly, s.adminPrivacy), get(at+"/register.json", staffOnly, s.adminRegister),
		get(at+"/:service", staffOnly, s.adminRecord), kept,
		post("/desk/:tenant/:case/lock", staffOnly, s.deskLock),
		post("/desk/:tenant/:case/unlock", staffOnly, s.deskDo("notice.desk.unlocked", s.Clerk.Unlock)),
	}
}

func (s *Server) adminPrivacy(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	list, err := s.Admin.Register(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	base := "/admin/" + t.Slug + "/privacy"
	p := page.AdminPrivacy{RegisterURL: base + "/register.json"}
	for _, x := range list {
		p.Rows = append(p.Rows, page.AdminPrivacyRow{Name: x.Form.Package.Service.Name.In(r.l.Tag), URL: base + "/" + x.Service, Period: x.Period, Own: x.Own, Off: !x.Offered})
	}
	return r.render(fiber.StatusOK, page.AdminPrivacyPage(s.adminShell(r, r.T("admin.privacy"), t), p))
}

// record words an entry of the register, in the order of Art. 30 Abs. 1 DSGVO.
func (r *request) record(t civic.Tenant, x admin.Processing) []page.Block {
	pkg := x.Form.Package
	notice, ok := pkg.Form.Privacy[r.l.Tag]
	if !ok {
		notice = pkg.Form.Privacy["de"]
	}
	var asked []string
	under := ""
	for _, q := range x.Form.Questions(r.l.Tag) {
		if q.Page != under {
			under = q.Page
			asked = append(asked, "\n**"+under+"**\n")
		}
		asked = append(asked, "- "+q.Label)
	}
	who := []string{"- " + r.T("record.people.applicant")}
	if pkg.Form.Account == "organisation" || pkg.Form.Account == "both" {
		who = append(who, "- "+r.T("record.people.organisation"))
	}
	if pkg.Form.Cosign != nil {
		who = append(who, "- "+r.T("record.people.cosigner"))
	}
	who = append(who, "- "+r.T("record.people.staff"))
	recipients := []string{notice.Recipients}
	for _, c := range x.Connectors {
		recipients = append(recipients, "- "+r.T("connector."+c))
	}
	return []page.Block{
		{ID: "verantwortlich", Title: r.T("privacy.controller"), Text: lines(t.Name, t.Profile.Street, strings.TrimSpace(t.Profile.Zip+" "+t.Profile.City), t.Profile.Email)},
		{ID: "beauftragte", Title: r.T("privacy.officer"), Text: or(t.Profile.Officer, r.T("privacy.officer.none"))},
		{ID: "zweck", Title: r.T("privacy.purpose"), Text: notice.Purpose},
		{ID: "grundlage", Title: r.T("privacy.basis"), Text: notice.LegalBasis},
		{ID: "betroffene", Title: r.T("record.people"), Text: strings.Join(who, "\n")},
		{ID: "daten", Title: r.T("record.data"), Text: strings.TrimSpace(strings.Join(asked, "\n"))},
		{ID: "suche", Title: r.T("record.index"), Text: r.indexOf(x.Form)},
		{ID: "empfaenger", Title: r.T("privacy.recipients"), Text: strings.Join(recipients, "\n")},
		{ID: "drittland", Title: r.T("record.abroad"), Text: r.T("record.abroad.none")},
		{ID: "frist", Title: r.T("record.periods"), Text: r.periods(x)},
		{ID: "massnahmen", Title: r.T("record.measures"), Text: r.T("record.measures.text")},
	}
}

func (r *request) periods(x admin.Processing) string {
	return r.T("record.periods.text", "decided", r.months(x.Period.Decided), "withdrawn", r.months(x.Period.Withdrawn), "relocation", r.months(x.Period.Relocation))
}

func (r *request) months(n int) string { return r.l.Plural("record.months", n) }

func (s *Server) adminRecord(r *request) error {
	return s.drawRecord(r, fiber.StatusOK, nil)
}

func (s *Server) drawRecord(r *request, status int, wrong error) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	x, err := s.Admin.Processing(r.ctx, r.actor, t.ID, r.Params("service"))
	if err != nil {
		return err
	}
	name := x.Form.Package.Service.Name.In(r.l.Tag)
	p := page.AdminRecord{Title: name, Blocks: r.record(t, x), LegalBasis: x.Form.Package.Form.Retention.LegalBasis}
	for _, in := range []struct {
		name  string
		now   int
		usual int
	}{{"decided", x.Period.Decided, x.Usual.Decided}, {"withdrawn", x.Period.Withdrawn, x.Usual.Withdrawn}, {"relocation", x.Period.Relocation, x.Usual.Relocation}} {
		field := page.Input{Name: in.name, Label: r.T("privacy.months." + in.name), Hint: r.T("privacy.months.hint", "usual", in.usual), Value: strconv.Itoa(in.now),
			InputMode: "numeric", Width: 5, Suffix: r.T("privacy.months"), Required: true}
		if wrong != nil {
			field.Value = r.value(in.name)
			if fieldOf(wrong) == in.name {
				field.Error = r.words(wrong)
			}
		}
		p.Fields = append(p.Fields, field)
	}
	base := "/admin/" + t.Slug + "/privacy"
	p.Action = base + "/" + x.Service
	shell := s.adminShell(r, name, t)
	shell.Crumbs = append(shell.Crumbs, page.Crumb{Text: r.T("admin.privacy"), URL: base})
	shell.Errors = wrong != nil
	return r.render(status, page.AdminRecordPage(shell, p))
}

func (s *Server) adminRecordSave(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	months := civic.Retention{Service: r.Params("service")}
	for name, to := range map[string]*int{"decided": &months.Decided, "withdrawn": &months.Withdrawn, "relocation": &months.Relocation} {
		*to, _ = strconv.Atoi(strings.TrimSpace(r.value(name))) // what is no number is 0, which the use case refuses by name
	}
	if err = civic.Errorf(civic.Invalid, "error.csrf").At("decided"); !r.csrfBad {
		err = s.Admin.SetRetention(r.ctx, r.actor, t.ID, months)
	}
	if civic.CodeOf(err) == civic.Invalid {
		return s.drawRecord(r, fiber.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.admin.saved")
	return r.seeOther("/admin/" + t.Slug + "/privacy")
}

// adminRegister is the whole register for other programs, with the field set of the municipal registers (KOOS).
func (s *Server) adminRegister(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	list, err := s.Admin.Register(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	names := map[string]string{"zweck": "zweck", "grundlage": "rechtsgrundlage", "betroffene": "kategorien_betroffener", "daten": "kategorien_daten",
		"suche": "suchbegriffe", "empfaenger": "empfaenger", "drittland": "transfer_drittland", "frist": "loeschfrist", "massnahmen": "tom",
		"verantwortlich": "verantwortlicher", "beauftragte": "datenschutzbeauftragter"}
	type months struct {
		Decided   int `json:"bescheid"`
		Withdrawn int `json:"ruecknahme"`
		Forwarded int `json:"abgabe"`
	}
	out := make([]map[string]any, 0, len(list))
	for _, x := range list {
		entry := map[string]any{"bezeichnung": x.Form.Package.Service.Name.In(r.l.Tag), "dienst": x.Service, "leika_id": x.Form.Package.Service.LeiKa, "angeboten": x.Offered,
			"datenspeicher": "Antragswerk", "software": "Antragswerk", "loeschfrist_monate": months{x.Period.Decided, x.Period.Withdrawn, x.Period.Relocation}}
		for _, b := range r.record(t, x) {
			entry[names[b.ID]] = b.Text
		}
		out = append(out, entry)
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return r.download("verarbeitungsverzeichnis-"+t.Slug+".json", "application/json", raw)
}

// deskLock locks a case or keeps it for a dispute.
func (s *Server) deskLock(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.deskDone(r, t, "notice.desk.locked", s.Clerk.Lock(r.ctx, r.actor, r.at(t), civic.Hold(r.value("hold"))))
}
