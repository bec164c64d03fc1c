package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// deskProposal shows a decision that waits for a second pair of eyes; where none does, the case says what became of it.
func (s *Server) deskProposal(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	if f.Proposed() == nil {
		return r.seeOther(d.Base + d.Query)
	}
	return s.drawProposal(r, fiber.StatusOK, t, f, page.DeskCheck{DeskStep: d})
}

func (s *Server) drawProposal(r *request, status int, t civic.Tenant, f *clerk.File, p page.DeskCheck) error {
	x := f.Proposed()
	p.DeskProposal = page.DeskProposal{ID: x.ID, Author: x.AuthorName, Date: r.l.DateTime(x.Created), Outcome: x.Outcome, Letter: x.Markdown, URL: p.Base + "/proposal"}
	p.Own, p.Lead, p.Deemed = x.Author == r.actor.Staff.ID, f.Lead, r.l.Date(civic.DeemedAnnounced(s.Now()))
	return r.render(status, page.DeskCheckPage(s.stepShell(r, r.T("desk.check"), t, p.DeskStep, p.NoteErr != ""), p))
}

func (s *Server) deskProposalSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	at, id, notice := r.at(t), r.value("proposal"), ""
	switch {
	case r.csrfBad:
		err = civic.Errorf(civic.Invalid, "error.csrf").At("why")
	case r.value("_action") == "approve":
		notice, err = "notice.desk.decided", s.Clerk.Approve(r.ctx, r.actor, at, id)
	case r.value("_action") == "retract":
		notice, err = "notice.desk.retracted", s.Clerk.Retract(r.ctx, r.actor, at, id)
	default:
		notice, err = "notice.desk.returned", s.Clerk.Return(r.ctx, r.actor, at, id, r.value("why"))
	}
	moved := clerk.MovedOf(err)
	if civic.CodeOf(err) != civic.Invalid && moved == nil {
		return s.deskDone(r, t, notice, err)
	}
	t, f, d, peekErr := s.step(r)
	if peekErr != nil {
		return peekErr
	}
	if f.Proposed() == nil {
		return s.deskDone(r, t, notice, err)
	}
	p := page.DeskCheck{DeskStep: d, Note: r.value("why")}
	if moved != nil {
		p.Moved = s.deskMoved(r, f, moved)
	} else {
		p.NoteErr = r.words(err)
	}
	return s.drawProposal(r, statuses[civic.CodeOf(err)], t, f, p)
}

// deskProposalPDF is the letter as it would be sent.
func (s *Server) deskProposalPDF(r *request) error {
	_, f, _, err := s.step(r)
	if err != nil {
		return err
	}
	x := f.Proposed()
	if x == nil {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	pdf, err := s.Clerk.Print(r.ctx, f, x.Markdown, x.Created)
	if err != nil {
		return err
	}
	return r.download("Vorschlag-"+f.Case.FileNumber+".pdf", "application/pdf", pdf)
}

// sealGood tells whether a letter still says what was sealed.
func (s *Server) sealGood(c civic.Case, d civic.Decision, letter string) bool {
	sum := sha256.Sum256([]byte(letter))
	return d.Seal.Kind == "ed25519" && bytes.Equal(sum[:], d.Digest) && s.Vault.Verify(civic.SealMessage(c.FileNumber, d.Digest, d.Created), d.Seal.Bytes)
}

// sealFacts are what vouches for a decision: enough to check it with the public key alone.
func (r *request) sealFacts(d civic.Decision) [][2]string {
	if d.Seal.Kind == "" {
		return nil
	}
	return [][2]string{{r.T("case.decision.digest"), hex.EncodeToString(d.Digest)}, {r.T("case.decision.signature"), base64.StdEncoding.EncodeToString(d.Seal.Bytes)},
		{r.T("case.decision.signed"), d.Created.UTC().Format(time.RFC3339)}}
}
