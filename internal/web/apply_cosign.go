package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// cosignPage shows an application to the person who is asked to confirm it.
func (s *Server) cosignPage(r *request) error {
	c, err := s.Apply.Cosigning(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
	if err != nil {
		return err
	}
	return s.drawCosign(r, fiber.StatusOK, c, nil)
}

func (s *Server) drawCosign(r *request, status int, c *apply.Cosigning, cause error) error {
	r.brand(c.Tenant)
	p := page.CosignPage{Service: c.Form.Package.Service.Name.In(r.l.Tag), Authority: c.Tenant.Name, Action: "/invited/" + c.File.Dossier.ID, Open: c.Open,
		FileURL: fileUnder("/invited/" + c.File.Dossier.ID), Until: r.l.Date(c.Invitation.Expires), Signer: c.Signer,
		Declaration: c.Terms.Declaration.In(r.l.Tag), Name: r.value("name"), Reason: r.value("reason"), Declared: r.value("declaration") != "",
		Answer: string(c.Invitation.Consent), PrivacyURL: "/" + c.Tenant.Slug + "/" + c.File.Case.Service + "/privacy"}
	if c.Shown {
		p.Sections = c.Form.Summary(c.Asked, false)
	}
	if cause != nil {
		p.Field, p.Problem = fieldOf(cause), r.words(cause)
	}
	shell := r.shell(r.T("cosign.title"))
	shell.Foreign = c.Form.Foreign(r.l.Tag)
	if shell.Errors = p.Problem != ""; c.Open {
		shell.FormID = "bestaetigen"
	}
	return r.render(status, page.Cosign(shell, p))
}

// cosign takes the second person's answer.
func (s *Server) cosign(r *request) error {
	r.back = "/invited/" + r.Params("dossier")
	if lang, ok := r.languageAction(); ok {
		s.speak(r, lang)
		c, err := s.Apply.Cosigning(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
		if err != nil {
			return err
		}
		return s.drawCosign(r, fiber.StatusOK, c, nil)
	}
	c, err := s.Apply.Cosigning(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
	if err != nil {
		return err
	}
	given := r.value("_action") == "confirm"
	l := locale.For(c.File.Dossier.Lang) // the office and the applicant read it
	err = s.Apply.Cosign(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, apply.CosignAnswer{Given: given, Name: r.value("name"), Declared: r.value("declaration") != "",
		Reason: r.value("reason"), Words: func(name string) string {
			if given {
				return l.T("cosign.said", "name", name, "level", l.T("level."+string(r.actor.Level()))) + "\n\n" + c.Terms.Declaration.In(l.Tag)
			}
			return l.T("cosign.said.not", "name", name, "level", l.T("level."+string(r.actor.Level())))
		}})
	if civic.CodeOf(err) == civic.Invalid {
		if c, again := s.Apply.Cosigning(r.ctx, r.actor, r.Params("dossier"), r.l.Tag); again == nil {
			return s.drawCosign(r, fiber.StatusUnprocessableEntity, c, err)
		}
	}
	if err != nil {
		return err
	}
	if given {
		r.notice("success", "notice.cosigned")
	} else {
		r.notice("info", "notice.declined")
	}
	return r.seeOther(r.back)
}

// speak goes on in another language on this very page.
func (s *Server) speak(r *request, lang string) {
	r.l = locale.For(lang)
	s.cookies.set(r.Ctx, cookieLang, r.l.Tag, yearOfCookie)
}

func (s *Server) cosignFile(r *request) error {
	att, body, err := s.Apply.CosignFile(r.ctx, r.actor, r.Params("dossier"), r.Params("file"))
	if err != nil {
		return err
	}
	return r.stream(att.FileName, att.MediaType, body, att.Bytes, false)
}

// reinvite gives the second person a new code.
func (s *Server) reinvite(r *request) error {
	r.back = "/me/" + r.Params("dossier")
	if _, err := s.sentCase(r, false); err != nil {
		return err // before the limit: who was invited knows this address, and must not use up what shuts them out
	}
	// Each new code is mailed to an address that somebody typed in.
	if ok, wait, err := s.Limiter.Allow(r.ctx, "reinvite:"+r.Params("dossier"), 3, time.Hour); err == nil && !ok {
		return civic.Errorf(civic.TooMany, "error.too_many", "seconds", int(wait.Seconds())+1)
	}
	if err := s.Apply.Reinvite(r.ctx, r.actor, r.Params("dossier")); err != nil {
		return err
	}
	r.notice("success", "notice.reinvited")
	return r.seeOther(r.back)
}

// awaited is what the applicant passes on to the second person, nil when nobody is awaited.
func (s *Server) awaited(r *request, m *apply.MyCase) (*page.AwaitedBox, error) {
	i, err := s.Apply.Awaited(r.ctx, r.actor, m)
	if err != nil || i == nil {
		return nil, err
	}
	b := &page.AwaitedBox{Until: r.l.Date(i.Expires), Code: i.Code, Link: s.invitedURL(i.Code), Page: s.invitedURL(""), RenewURL: "/me/" + m.File.Dossier.ID + "/reinvite",
		Mailed: m.Form.CosignEmail(m.State.Answers)}
	if terms := m.Form.Package.Form.Cosign; terms != nil {
		b.Who = terms.Who.In(r.l.Tag)
	}
	if !i.Opened.IsZero() {
		b.Opened = r.l.DateTime(i.Opened)
	}
	return b, nil
}

// cosignHint is what the check page says of the second person, "" when nobody must confirm.
func (r *request) cosignHint(form *formdef.Form, st formdef.State) string {
	c := form.Cosign(st)
	if c == nil {
		return ""
	}
	if to := form.CosignEmail(st.Answers); to != "" {
		return r.T("check.cosign.mail", "who", c.Who.In(r.l.Tag), "days", c.Days, "email", to)
	}
	return r.T("check.cosign", "who", c.Who.In(r.l.Tag), "days", c.Days)
}
