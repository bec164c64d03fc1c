package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

// inviteRoutes let somebody else help with a draft, or confirm what was sent. No address holds a code: it is typed, or stands in
// the fragment of a link, which browsers do not send.
func (s *Server) inviteRoutes() []route {
	return []route{
		get("/invited", anybody, s.invitedPage),
		post("/invited", anybody, s.accept),
		post("/invited/leave", anybody, s.leave),
		get("/invited/:dossier", anybody, s.cosignPage),
		post("/invited/:dossier", anybody, s.cosign),
		get("/invited/:dossier/file/:file", anybody, s.cosignFile),
		post("/me/:dossier/reinvite", anybody, s.reinvite),
	}
}

// helperRoutes are the owner's side of it.
func (s *Server) helperRoutes(at string) []route {
	return []route{
		get(at+"/helpers", anybody, s.helpersPage),
		post(at+"/helpers", anybody, s.invite),
		post(at+"/helpers/:id/end", anybody, s.uninvite),
	}
}

func (s *Server) invitedPage(r *request) error { return s.drawInvited(r, fiber.StatusOK, "", "") }

func (s *Server) drawInvited(r *request, status int, code, problem string) error {
	p := page.InvitedPage{Code: code, CodeErr: problem, Held: len(r.invited) > 0}
	shell := r.shell(r.T("invited.title"))
	shell.Errors = problem != ""
	return r.render(status, page.Invited(shell, p))
}

// accept opens what an invitation's code is for; this browser holds it from then on, until it is closed.
func (s *Server) accept(r *request) error {
	r.back = "/invited"
	if err := s.tries(r); err != nil {
		return err
	}
	if done, err := s.acceptOpinion(r); done {
		return err
	}
	in, err := s.Apply.Accept(r.ctx, r.actor, r.value("code"))
	if civic.CodeOf(err) == civic.Invalid {
		return s.drawInvited(r, fiber.StatusUnprocessableEntity, r.value("code"), r.words(err))
	}
	if err != nil {
		return err
	}
	r.holdInvitation(in.Code)
	if in.Purpose == civic.PurposeCosign {
		return r.seeOther("/invited/" + in.Dossier)
	}
	return r.seeOther("/" + in.Tenant.Slug + "/" + in.Service + "/apply/" + in.Dossier + "/1")
}

// leave ends helping on this device.
func (s *Server) leave(r *request) error {
	r.back = "/invited"
	r.forgetInvitations()
	r.notice("success", "notice.left")
	return r.seeOther("/")
}

func (s *Server) helpersPage(r *request) error {
	return s.drawHelpers(r, fiber.StatusOK, page.Helpers{}, nil)
}

func (s *Server) drawHelpers(r *request, status int, p page.Helpers, cause error) error {
	h, err := s.Apply.Helpers(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
	if err != nil {
		return s.helpersClosed(r, err)
	}
	a := h.Application
	if err := r.mustMatch(a); err != nil {
		return err
	}
	p.Service, p.Base, p.BackURL, p.OfferSend, p.Link = a.Form.Package.Service.Name.In(r.l.Tag), r.base()+"/helpers", r.base()+"/1", h.MaySend, s.invitedURL("")
	for _, i := range h.Invited {
		row := page.Helper{Name: i.Label, Until: r.l.DateTime(i.Expires), Code: i.Code, Link: s.invitedURL(i.Code), MaySend: i.MaySend, EndURL: p.Base + "/" + i.ID + "/end"}
		if !i.Opened.IsZero() {
			row.Opened = r.l.DateTime(i.Opened)
		}
		p.List = append(p.List, row)
	}
	pages := a.Form.Journey(a.State)
	for _, hand := range a.Hands() {
		row := page.Hand{By: r.who(hand.By), At: r.l.DateTime(hand.At), Page: strconv.Itoa(hand.Page + 1)}
		for _, x := range pages {
			if x.Index == hand.Page {
				row.Page = x.Title
			}
		}
		p.Hands = append([]page.Hand{row}, p.Hands...)
	}
	for _, days := range civic.HelpLives {
		p.Lives = append(p.Lives, page.Option{Value: strconv.Itoa(days), Label: r.l.Plural("helpers.days", days), Selected: p.Days == strconv.Itoa(days) || p.Days == "" && days == 7})
	}
	if cause != nil {
		p.Field, p.Problem = fieldOf(cause), r.words(cause)
	}
	shell := r.shell(r.T("helpers.title"))
	shell.Errors = p.Problem != ""
	shell.Crumbs = []page.Crumb{{Text: displayName(a.Tenant), URL: "/" + a.Tenant.Slug}, {Text: p.Service, URL: p.BackURL}}
	return r.render(status, page.HelpersPage(shell, p))
}

// helpersClosed leads on from a draft that was sent meanwhile.
func (s *Server) helpersClosed(r *request, err error) error {
	if civic.CodeOf(err) == civic.Conflict {
		return r.seeOther(r.base() + "/receipt")
	}
	return err
}

// who words who changed a page: the owner reads "you", a helper "the applicant".
func (r *request) who(by string) string {
	if by == "" {
		return r.T("helpers.owner")
	}
	return by
}

// invitedURL is the link for who is invited: the code stands in its fragment, which no server sees.
func (s *Server) invitedURL(code string) string {
	to := s.PublicURL.JoinPath("/invited").String()
	if code != "" {
		to += "#" + code
	}
	return to
}

func (s *Server) invite(r *request) error {
	r.back = r.base() + "/helpers"
	days, _ := strconv.Atoi(r.value("days"))
	err := s.Apply.InviteHelper(r.ctx, r.actor, apply.Invite{Dossier: r.Params("dossier"), Label: r.value("name"), Days: days, MaySend: r.value("send") != ""})
	if civic.CodeOf(err) == civic.Invalid {
		return s.drawHelpers(r, fiber.StatusUnprocessableEntity, page.Helpers{Name: r.value("name"), Days: r.value("days"), Send: r.value("send") != ""}, err)
	}
	if err != nil {
		return s.helpersClosed(r, err)
	}
	r.notice("success", "notice.invited")
	return r.seeOther(r.back)
}

func (s *Server) uninvite(r *request) error {
	r.back = r.base() + "/helpers"
	if err := s.Apply.Uninvite(r.ctx, r.actor, r.Params("dossier"), r.Params("id")); err != nil {
		return s.helpersClosed(r, err)
	}
	r.notice("success", "notice.uninvited")
	return r.seeOther(r.back)
}

// helping is what the pages of a draft say to somebody who helps with it, and to its owner about helpers.
func (r *request) helping(a *apply.Application) page.Helping {
	h := page.Helping{}
	if a.Helper != nil {
		h.Until, h.MaySend = r.l.DateTime(a.Helper.Expires), a.Helper.MaySend
	} else {
		h.URL = r.base() + "/helpers"
	}
	if hands := a.Hands(); len(hands) > 0 {
		last := hands[len(hands)-1]
		if a.Helper == nil && last.By != "" {
			h.LastBy = last.By
		} else if a.Helper != nil && last.By != a.Helper.Label {
			h.LastBy = r.who(last.By)
		}
	}
	h.LastBy = strings.TrimSpace(h.LastBy)
	return h
}
