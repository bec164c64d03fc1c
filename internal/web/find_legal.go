package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

func (s *Server) stateTenant(r *request) (civic.Tenant, error) {
	return s.Find.Tenant(r.ctx, "thueringen")
}

// legal draws a page of texts for the tenant of the address.
func (s *Server) legal(r *request, what string, blocks func(civic.Tenant) []page.Block) error {
	t, err := r.namedTenant()
	if err != nil {
		return err
	}
	return r.legalPage(what, blocks(t))
}

func (r *request) legalPage(what string, blocks []page.Block) error {
	title := r.T(what + ".title")
	return r.render(fiber.StatusOK, page.LegalPage(r.shell(title), page.Legal{Title: title, Blocks: blocks}))
}

func (s *Server) imprint(r *request) error { return s.legal(r, "imprint", r.imprintOf) }
func (s *Server) privacy(r *request) error { return s.legal(r, "privacy", r.privacyOf) }
func (s *Server) accessibility(r *request) error {
	return s.legal(r, "accessibility", r.accessibilityOf)
}

func (s *Server) stateImprint(r *request) error { return s.stateLegal(r, "imprint", r.imprintOf) }
func (s *Server) statePrivacy(r *request) error { return s.stateLegal(r, "privacy", r.privacyOf) }
func (s *Server) stateAccessibility(r *request) error {
	return s.stateLegal(r, "accessibility", r.accessibilityOf)
}

// stateLegal draws the same of the state, in the portal's look.
func (s *Server) stateLegal(r *request, what string, blocks func(civic.Tenant) []page.Block) error {
	t, err := s.stateTenant(r)
	if err != nil {
		return err
	}
	return r.legalPage(what, blocks(t))
}

// lines joins what is set, one below the other, as Markdown.
func lines(parts ...string) string {
	var out []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "  \n")
}

// imprintOf is § 5 DDG: who stands behind the pages.
func (r *request) imprintOf(t civic.Tenant) []page.Block {
	p := t.Profile
	address := lines(t.Name, p.Street, strings.TrimSpace(p.Zip+" "+p.City), labelled(r.T("contact.phone"), p.Phone), labelled(r.T("contact.email"), p.Email), p.Website)
	b := []page.Block{{ID: "anbieter", Title: r.T("imprint.provider"), Text: address}}
	if p.Head != "" {
		b = append(b, page.Block{ID: "vertretung", Title: r.T("imprint.head"), Text: p.Head})
	}
	if own := p.Imprint.In(r.l.Tag); own != "" {
		b = append(b, page.Block{ID: "weitere", Title: r.T("imprint.more"), Text: own})
	}
	return append(b, page.Block{ID: "quellen", Title: r.T("imprint.sources"), Text: r.T("imprint.sources.text")})
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

// privacyOf is the authority's part of the notice after Art. 13 GDPR.
func (r *request) privacyOf(t civic.Tenant) []page.Block {
	b := []page.Block{
		{ID: "verantwortlich", Title: r.T("privacy.controller"), Text: lines(t.Name, t.Profile.Street, strings.TrimSpace(t.Profile.Zip+" "+t.Profile.City), t.Profile.Email)},
		{ID: "beauftragte", Title: r.T("privacy.officer"), Text: or(t.Profile.Officer, r.T("privacy.officer.none"))},
		{ID: "plattform", Title: r.T("privacy.platform"), Text: r.T("privacy.platform.text")},
		{ID: "cookies", Title: r.T("privacy.cookies"), Text: r.T("privacy.cookies.text")},
		{ID: "entwurf", Title: r.T("privacy.drafts"), Text: r.T("privacy.drafts.text")},
		{ID: "konto", Title: r.T("privacy.account"), Text: r.T("privacy.account.text")},
		{ID: "rechte", Title: r.T("privacy.rights"), Text: r.T("privacy.rights.text")},
	}
	if own := t.Profile.Privacy.In(r.l.Tag); own != "" {
		b = append(b, page.Block{ID: "weitere", Title: r.T("privacy.more"), Text: own})
	}
	return b
}

func or(s, fallback string) string {
	if strings.TrimSpace(s) == "" {
		return fallback
	}
	return s
}

// servicePrivacy is the notice of one form at one authority (Art. 13 GDPR).
func (s *Server) servicePrivacy(r *request) error {
	t, err := r.namedTenant()
	if err != nil {
		return err
	}
	sp, err := s.Find.ServicePage(r.ctx, t.Slug, r.Params("service"))
	if err != nil {
		return err
	}
	n, ok := sp.Topic.Package.Form.Privacy[r.l.Tag]
	if !ok {
		n = sp.Topic.Package.Form.Privacy["de"]
	}
	blocks := []page.Block{
		{ID: "zweck", Title: r.T("privacy.purpose"), Text: n.Purpose},
		{ID: "grundlage", Title: r.T("privacy.basis"), Text: n.LegalBasis},
		{ID: "empfaenger", Title: r.T("privacy.recipients"), Text: n.Recipients},
		{ID: "frist", Title: r.T("privacy.retention"), Text: n.Retention},
	}
	form, err := s.Find.Form(r.ctx, sp.Topic.Slug)
	if err != nil {
		return err
	}
	blocks = append(blocks, page.Block{ID: "suche", Title: r.T("record.index"), Text: r.indexOf(form)})
	title := r.T("privacy.of", "service", sp.Topic.Name(r.l.Tag))
	shell := r.shell(title)
	shell.Crumbs = []page.Crumb{{Text: displayName(t), URL: "/" + t.Slug}, {Text: sp.Topic.Name(r.l.Tag), URL: "/" + t.Slug + "/" + sp.Topic.Slug}}
	return r.render(fiber.StatusOK, page.LegalPage(shell, page.Legal{Title: title, Blocks: append(blocks, r.privacyOf(t)...)}))
}

// accessibilityOf is the statement after § 7 BITV 2.0 and Decision (EU) 2018/1523.
func (r *request) accessibilityOf(t civic.Tenant) []page.Block {
	return []page.Block{
		{ID: "stand", Title: r.T("accessibility.status"), Text: r.T("accessibility.status.text", "name", t.Name)},
		{ID: "barrieren", Title: r.T("accessibility.barriers"), Text: or(t.Profile.Accessibility.In(r.l.Tag), r.T("accessibility.barriers.none"))},
		{ID: "pruefung", Title: r.T("accessibility.method"), Text: r.T("accessibility.method.text")},
		{ID: "melden", Title: r.T("accessibility.report"), Text: r.T("accessibility.report.text", "url", r.feedbackURL(), "email", or(t.Profile.Email, "–"))},
		{ID: "durchsetzung", Title: r.T("accessibility.enforcement"), Text: r.T("accessibility.enforcement.text")},
	}
}

func (r *request) feedbackURL() string {
	if r.tenant != nil {
		return "/" + r.tenant.Slug + "/feedback?kind=barrier"
	}
	return "/feedback?kind=barrier"
}

// feedbackTenant is whose feedback it is: the tenant's of the address, else the state's.
func (s *Server) feedbackTenant(r *request) (civic.Tenant, error) {
	if r.Params("tenant") != "" {
		return r.namedTenant()
	}
	return s.stateTenant(r)
}

func (s *Server) feedbackForm(r *request) error {
	if _, err := s.feedbackTenant(r); err != nil {
		return err
	}
	f := page.FeedbackForm{URL: r.Path(), Barrier: r.Query("kind") == "barrier"}
	return r.render(fiber.StatusOK, page.FeedbackPage(r.shell(r.T("feedback.title")), f))
}

func (s *Server) feedbackSend(r *request) error {
	t, err := s.feedbackTenant(r)
	if err != nil {
		return err
	}
	f := page.FeedbackForm{URL: r.Path(), Text: r.value("text"), Barrier: r.value("kind") == "barrier"}
	err = s.Admin.GiveFeedback(r.ctx, t.ID, localPath(r.value("about"), ""), f.Text, f.Barrier)
	if civic.CodeOf(err) == civic.Invalid {
		f.Error = r.words(err)
		shell := r.shell(r.T("feedback.title"))
		shell.Errors = true
		return r.render(fiber.StatusUnprocessableEntity, page.FeedbackPage(shell, f))
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.feedback")
	if r.tenant != nil {
		return r.seeOther("/" + r.tenant.Slug)
	}
	return r.seeOther("/")
}

// indexOf says by what the office finds cases of a form; the store keeps it as blind terms.
func (r *request) indexOf(f *formdef.Form) string {
	list := f.IndexFields(r.l.Tag)
	if len(list) == 0 {
		return r.T("record.index.none")
	}
	text := r.T("record.index.text") + "\n"
	for _, x := range list {
		text += "\n- " + x.Label
	}
	return text
}
