package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/find"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// tenantRoutes are an authority's own pages; they come last, since a slug matches any word.
func (s *Server) tenantRoutes() []route {
	return []route{
		get("/:tenant", anybody, s.startPage),
		get("/:tenant/imprint", anybody, s.imprint),
		get("/:tenant/privacy", anybody, s.privacy),
		get("/:tenant/accessibility", anybody, s.accessibility),
		get("/:tenant/feedback", anybody, s.feedbackForm),
		post("/:tenant/feedback", anybody, s.feedbackSend),
		get("/:tenant/logo", anybody, s.logo),
		get("/:tenant/:service", anybody, s.servicePage),
		get("/:tenant/:service/privacy", anybody, s.servicePrivacy),
	}
}

// startPage lists what an authority offers, and what others offer for people there.
func (s *Server) startPage(r *request) error {
	t, err := r.namedTenant()
	if err != nil {
		return err
	}
	sp, err := s.Find.StartPage(r.ctx, t.Slug)
	if err != nil {
		return err
	}
	p := page.Start{Welcome: t.Profile.Welcome[r.l.Tag], Contact: contactOf(t, civic.Contact{}), Offline: !t.Live}
	for _, m := range sp.Members {
		p.Members = append(p.Members, m.Name)
	}
	if sp.Kreis.ID != "" {
		p.Kreis = page.PlaceLink{Name: sp.Kreis.Name, URL: "/" + sp.Kreis.Slug}
	}
	for _, shelf := range sp.Shelves {
		if !t.Live && shelf.Own {
			continue
		}
		item := r.card(shelf.Topic)
		item.URL = "/" + t.Slug + "/" + shelf.Topic.Slug
		if !shelf.Own {
			item.Office, item.Offline = shelf.Office.Tenant.Name, !shelf.Office.Online
			item.URL = "/" + shelf.Office.Tenant.Slug + "/" + shelf.Topic.Slug + "?ars=" + t.ARS
			if !shelf.Office.Online {
				item.URL = "/" + shelf.Office.Tenant.Slug
			}
		}
		p.All = append(p.All, item)
	}
	return r.render(fiber.StatusOK, page.StartPage(r.shell(r.T("start.heading")), p))
}

func contactOf(t civic.Tenant, c civic.Contact) page.ContactBox {
	p := t.Profile
	box := page.ContactBox{Title: t.Name, Unit: c.Unit, Person: c.Name, Street: p.Street, Town: strings.TrimSpace(p.Zip + " " + p.City),
		Phone: c.Phone, Email: c.Email, Hours: c.Hours, Website: p.Website}
	for from, to := range map[*string]string{&box.Phone: p.Phone, &box.Email: p.Email, &box.Hours: p.Hours} {
		if *from == "" {
			*from = to
		}
	}
	return box
}

// servicePage tells what must be known before starting.
func (s *Server) servicePage(r *request) error {
	t, err := r.namedTenant()
	if err != nil {
		return err
	}
	sp, err := s.Find.ServicePage(r.ctx, t.Slug, r.Params("service"))
	if err != nil {
		return err
	}
	lang := r.l.Tag
	m := sp.Form.Package.Service.ModulesIn(lang)
	p := page.ServiceInfo{Title: sp.Topic.Name(lang), Short: m.Short, LeiKa: sp.Topic.LeiKa, Own: sp.Own, Days: sp.Form.Package.Form.Deadline.Days,
		Contact: contactOf(t, sp.Offering.Contact), PrivacyURL: "/" + t.Slug + "/" + sp.Topic.Slug + "/privacy", Blocks: r.blocks(m), Offline: !t.Live}
	for _, f := range sp.Form.Package.Form.Fees {
		if len(f.Calculate) == 0 && f.Amount != "" {
			p.Fees = append(p.Fees, page.Fee{Label: f.Label.In(lang), Amount: r.l.Number(f.Amount) + " €"})
		}
	}
	if !sp.Own {
		p.Office = page.PlaceLink{Name: sp.Office.Tenant.Name, URL: "/" + sp.Office.Tenant.Slug + "/" + sp.Topic.Slug + "?ars=" + t.ARS}
		p.Contact = contactOf(sp.Office.Tenant, civic.Contact{})
		if !sp.Office.Online {
			p.Office.URL = "/" + sp.Office.Tenant.Slug
		}
	} else if t.Live {
		if err := s.fillBegin(r, &p, sp); err != nil {
			return err
		}
	}
	shell := r.shell(p.Title)
	shell.Foreign = sp.Form.Foreign(lang)
	shell.Crumbs = []page.Crumb{{Text: r.T("crumb.portal"), URL: "/"}, {Text: displayName(t), URL: "/" + t.Slug}}
	return r.render(fiber.StatusOK, page.ServicePage(shell, p))
}

// fillBegin says how the visitor can start: at once, after a log-in, or by going on with a draft.
func (s *Server) fillBegin(r *request, p *page.ServiceInfo, sp find.ServicePage) error {
	meta := sp.Form.Package.Form
	at := "/" + sp.Tenant.Slug + "/" + sp.Topic.Slug
	b := &page.Begin{URL: at + "/start", ARS: r.Query("ars"), Level: meta.Assurance}
	want := civic.Level(meta.Assurance)
	b.LoggedIn = r.actor.Identity != nil && r.actor.Level().AtLeast(want)
	level := meta.Assurance
	if level == string(civic.LevelNone) {
		level = string(civic.LevelBasic)
	}
	b.LoginURL = "/auth/citizen/login?" + url.Values{"return": {r.pathQuery()}, "level": {level}}.Encode()
	if id := r.actor.Identity; id != nil {
		switch {
		case meta.Account == "person" && id.Organisation:
			b.Wrong = r.T("error.account.person")
		case meta.Account == "organisation" && !id.Organisation:
			b.Wrong = r.T("error.account.organisation")
		}
	}
	p.Begin = b
	mine, err := s.Apply.Mine(r.ctx, r.actor)
	if err != nil {
		return err
	}
	for _, e := range mine {
		if e.Draft != nil && e.Tenant.ID == sp.Tenant.ID && e.Service == sp.Topic.Slug {
			p.Drafts = append(p.Drafts, page.PlaceLink{Name: r.T("service.continue", "saved", r.l.DateTime(e.Draft.Updated)), URL: at + "/apply/" + e.Dossier + "/1"})
		}
	}
	return nil
}

// blocks are the text modules in the order in which people ask.
func (r *request) blocks(m formdef.Modules) []page.Block {
	var out []page.Block
	for _, b := range []struct{ id, text string }{{"full", m.Full}, {"documents", m.Documents}, {"requirements", m.Requirements}, {"fees", m.Fees},
		{"processing", m.ProcessingTime}, {"deadlines", m.Deadlines}, {"procedure", m.Procedure}, {"authority", m.Authority}, {"hints", m.Hints},
		{"law", m.LegalBasis}, {"remedy", m.Remedy}} {
		if strings.TrimSpace(b.text) != "" {
			out = append(out, page.Block{ID: "t-" + b.id, Title: r.T("module." + b.id), Text: b.text})
		}
	}
	return out
}

// logo serves an authority's logo.
func (s *Server) logo(r *request) error {
	t, err := r.namedTenant()
	if err != nil {
		return err
	}
	mediaType, body, err := s.Admin.Logo(r.ctx, t.ID)
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, mediaType)
	r.Set(fiber.HeaderCacheControl, "public, max-age=300")
	r.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	return r.Send(body)
}
