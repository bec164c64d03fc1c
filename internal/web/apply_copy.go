package web

import (
	"io"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// myCopy is everything that the platform holds of one application, for its applicant (Art. 15 and 20 DSGVO).
func (s *Server) myCopy(r *request) error {
	name, write, err := s.Apply.Copy(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, func(m *apply.MyCase) ([]apply.Paper, error) { return s.papers(r, m) })
	if civic.CodeOf(err) == civic.NotFound { // not sent yet, or nobody's
		name, write, err = s.Apply.CopyDraft(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
	}
	if err != nil {
		return err
	}
	return r.pour(name, "application/zip", func(w io.Writer) error { return write(w) })
}

// papers prints the receipt of what was sent first and the decision.
func (s *Server) papers(r *request, m *apply.MyCase) ([]apply.Paper, error) {
	sub := m.File.Submissions[0]
	frozen, _, err := s.Apply.Answers(m, sub)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Documents.ReceiptPDF(r.ctx, m.File, sub, frozen, r.l.Tag)
	if err != nil {
		return nil, err
	}
	list := []apply.Paper{{Name: m.File.Case.FileNumber + ".pdf", Body: receipt}}
	if m.File.Decision == nil {
		return list, nil
	}
	letter, err := s.Documents.LetterPDF(r.ctx, m.File, m.Letter, m.File.Dossier.Lang)
	return append(list, apply.Paper{Name: m.File.Case.FileNumber + "-Bescheid.pdf", Body: letter}), err
}

// rectify asks the office to correct something. What cannot be sent stands in the form for messages, so that nothing is lost.
func (s *Server) rectify(r *request) error {
	err := s.Apply.Rectify(r.ctx, r.actor, r.Params("dossier"), locale.For("de").T("rights.rectify.head"), r.value("wrong"))
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.rectify")
		return r.seeOther("/me/" + r.Params("dossier"))
	case civic.Invalid, civic.TooLarge:
		m, openErr := s.sentCase(r, false)
		if openErr != nil {
			return openErr
		}
		return s.drawCase(r, statuses[code], m, r.value("wrong"), r.words(err), "")
	}
	return err
}
