package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// deskCompare shows a case beside one that may be the same.
func (s *Server) deskCompare(r *request) error {
	return s.drawCompare(r, fiber.StatusOK, "", "", "")
}

// drawCompare draws the comparison; text and keep are what was typed, problem what is wrong with it.
func (s *Server) drawCompare(r *request, status int, text, keep, problem string) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	c, err := s.Clerk.Compare(r.ctx, r.actor, t.ID, r.Params("case"), r.Params("other"), r.l.Tag)
	if err != nil {
		return err
	}
	this, other := c.This.Case, c.Other.Case
	d := page.DeskStep{Base: "/desk/" + t.Slug + "/" + this.ID, Query: r.inboxQuery(), Case: this, Service: c.This.Form.Package.Service.Name.In(r.l.Tag)}
	p := page.DeskCompare{DeskStep: d, Other: other, OtherURL: "/desk/" + t.Slug + "/" + other.ID, Same: c.Same, Text: text, Keep: keep, TextError: problem,
		MayMerge: this.State.Open() || other.State.Open()}
	older, newer := this, other
	if other.Received.Before(this.Received) {
		older, newer = other, this
	}
	if p.Keep == "" {
		p.Keep = older.ID
	}
	if p.Text == "" && problem == "" {
		p.Text = locale.For("de").T("desk.merge.message", "number", older.FileNumber)
	}
	if newer.State == civic.InProgress || newer.State == civic.WaitingApplicant {
		p.RefuseURL = "/desk/" + t.Slug + "/" + newer.ID + "/decide?outcome=refused&twin=" + older.ID
		p.RefuseText = newer.FileNumber
	}
	for _, f := range []*clerk.File{c.This, c.Other} {
		p.Facts = r.compareFacts(p.Facts, f)
	}
	for _, ch := range c.Differ {
		p.Differ = append(p.Differ, page.DeskChange{Label: ch.Label, Before: page.LineText(r.l, ch.Before), After: page.LineText(r.l, ch.After)})
	}
	return r.render(status, page.DeskComparePage(s.stepShell(r, r.T("desk.compare"), t, d, problem != ""), p))
}

// compareFacts adds what is known of a case itself: in the first column of the first, then in the second.
func (r *request) compareFacts(rows []page.DeskChange, f *clerk.File) []page.DeskChange {
	values := []string{r.T("case.state." + string(f.Case.State)), r.l.DateTime(f.Case.Received), or(f.Case.AssigneeName, r.T("desk.nobody")), r.l.Plural("desk.compare.files", len(f.Attachments)),
		r.l.Plural("desk.compare.messages", len(f.Messages))}
	if rows == nil {
		for i, key := range []string{"desk.col.state", "desk.fact.received", "desk.fact.assignee", "desk.files", "desk.messages.short"} {
			rows = append(rows, page.DeskChange{Label: r.T(key), Before: values[i]})
		}
		return rows
	}
	for i := range rows {
		rows[i].After = values[i]
	}
	return rows
}

// deskTwin merges two cases, or remembers that they only look the same.
func (s *Server) deskTwin(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	this, other := r.Params("case"), r.Params("other")
	if r.csrfBad {
		return s.drawCompare(r, fiber.StatusForbidden, r.value("text"), r.value("keep"), r.T("error.csrf"))
	}
	at := clerk.At{Tenant: t.ID, Case: this, Lang: r.l.Tag}
	if r.value("_action") == "distinct" {
		return s.deskBack(r, t, "notice.desk.distinct", "", s.Clerk.Distinct(r.ctx, r.actor, at, other))
	}
	keep := r.value("keep")
	switch keep {
	case this:
		at.Case = other
	case other:
	default:
		return s.drawCompare(r, statuses[civic.Invalid], r.value("text"), "", r.T("error.desk.keep"))
	}
	err = s.Clerk.Merge(r.ctx, r.actor, at, keep, r.value("text"))
	if code := civic.CodeOf(err); code == civic.Invalid || code == civic.Conflict {
		return s.drawCompare(r, statuses[code], r.value("text"), keep, r.words(err))
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.desk.merged")
	return r.seeOther("/desk/" + t.Slug + "/" + keep + r.inboxQuery())
}

// twinReason puts the reason into the letter that refuses a duplicate, which the address names as twin.
func (s *Server) twinReason(r *request, t civic.Tenant, letter string) (string, error) {
	id := r.Query("twin")
	if id == "" {
		return letter, nil
	}
	other, err := s.Clerk.Peek(r.ctx, r.actor, t.ID, id, "de")
	if err != nil {
		return "", err
	}
	const reasons = "### Gründe\n\n"
	return strings.Replace(letter, reasons, reasons+locale.For("de").T("desk.refuse.twin", "number", other.Case.FileNumber)+"\n\n", 1), nil
}
