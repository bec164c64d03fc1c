package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

func (s *Server) deskDecide(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := s.decidePage(r, f, d, civic.Outcome(r.Query("outcome")))
	b, err := s.begun(r, f, "decide", &p.DeskText)
	if err != nil {
		return err
	}
	if p.Outcome == "" && r.Query("outcome") == "" && b != nil {
		p = s.decidePage(r, f, d, civic.Outcome(first(b.Values["outcome"])))
		p.Saved = r.l.DateTime(b.Saved)
	}
	if p.Outcome != "" {
		chosen, err := s.templates(r, f, civic.TemplateLetter, p.Outcome, &p.DeskText)
		if err != nil {
			return err
		}
		switch {
		case chosen != nil:
			p.Letter, p.Saved = chosen.Body, ""
		case b != nil && civic.Outcome(first(b.Values["outcome"])) == p.Outcome:
			p.Letter = first(b.Values["letter"])
		default:
			p.Saved = ""
			if p.Letter, err = s.letterTemplate(r, f, p.Outcome); err != nil {
				return err
			}
			if p.Letter, err = s.twinReason(r, t, p.Letter); err != nil {
				return err
			}
		}
	}
	return s.drawDecide(r, fiber.StatusOK, t, p)
}

func (s *Server) drawDecide(r *request, status int, t civic.Tenant, p page.DeskDecide) error {
	return r.render(status, page.DeskDecidePage(s.stepShell(r, r.T("desk.decide"), t, p.DeskStep, p.LetterErr != ""), p))
}

// letterTemplate is the letter to begin with where the authority has none of its own: what was decided, reasons to fill in, and how
// to object.
func (s *Server) letterTemplate(r *request, f *clerk.File, outcome civic.Outcome) (string, error) {
	de := locale.For("de")
	remedy, err := s.Clerk.Remedy(r.ctx, r.actor, f)
	if err != nil {
		return "", err
	}
	how := "{{rechtsbehelf}}"
	if remedy == "" {
		how = de.T("desk.letter.remedy")
	}
	parts := []string{de.T("desk.letter.head"), de.T("desk.letter." + string(outcome)), de.T("desk.letter.remedy.title") + "\n\n" + how, de.T("desk.letter.end")}
	if returned := f.Returned(); returned != nil && returned.Outcome == outcome {
		return returned.Markdown, nil // goes on where it was sent back
	}
	return strings.Join(parts, "\n\n"), nil
}

// decidePage is what the page shows for an outcome; an unknown one counts as none.
func (s *Server) decidePage(r *request, f *clerk.File, d page.DeskStep, outcome civic.Outcome) page.DeskDecide {
	p := page.DeskDecide{DeskStep: d, DeskText: page.DeskText{Action: d.Base + "/decide", Keep: "outcome=" + string(outcome)},
		Checklist: inLanguage(f.Form.Package.Form.Checklist, r.l.Tag), Deemed: r.l.Date(civic.DeemedAnnounced(s.Now())), Placeholders: clerk.Placeholders, FourEyes: f.FourEyes()}
	for _, o := range clerk.Outcomes {
		p.Outcomes = append(p.Outcomes, page.DeskOutcome{Outcome: o, URL: d.Base + "/decide" + withQuery(d.Query, "outcome", string(o))})
		if o == outcome {
			p.Outcome = o
		}
	}
	if f.Proposed() != nil {
		p.ProposalURL = d.Base + "/proposal" + d.Query
	} else if x := f.Returned(); x != nil {
		p.Returned = &page.DeskProposal{Why: x.Why, By: x.CheckerName}
	}
	return p
}

// deskDecideSend shows how the letter will look, and sends or proposes it once it was looked at.
func (s *Server) deskDecideSend(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	v := clerk.Verdict{Outcome: civic.Outcome(r.value("outcome")), Letter: r.value("letter")}
	if v.Outcome == "" {
		v.Outcome = civic.Outcome(r.Query("outcome"))
	}
	p := s.decidePage(r, f, d, v.Outcome)
	p.Letter = v.Letter
	if r.csrfBad {
		err = civic.Errorf(civic.Invalid, "error.csrf").At("letter")
	} else {
		done, err := s.keeps(r, t, "decide")
		if done {
			return err
		}
	}
	if _, err := s.templates(r, f, civic.TemplateLetter, v.Outcome, &p.DeskText); err != nil {
		return err
	}
	filled, wrong := s.Clerk.Letter(r.ctx, f, r.actor, v)
	if err == nil {
		err = wrong
	}
	if err == nil {
		switch r.value("_action") {
		case "decide":
			if err = s.Clerk.Decide(r.ctx, r.actor, r.at(t), v); err == nil {
				return s.sent(r, t, "decide", "notice.desk.decided", nil)
			}
		case "propose":
			if err = s.Clerk.Propose(r.ctx, r.actor, r.at(t), v); err == nil {
				return s.sent(r, t, "decide", "notice.desk.proposed", nil)
			}
		case "pdf":
			pdf, err := s.Clerk.Print(r.ctx, f, filled, s.Now())
			if err != nil {
				return err
			}
			return r.download("Entwurf-"+f.Case.FileNumber+".pdf", "application/pdf", pdf)
		}
	}
	status := fiber.StatusOK
	code := civic.CodeOf(err)
	if moved := clerk.MovedOf(err); moved != nil {
		status, p.Moved, p.Preview = fiber.StatusConflict, s.deskMoved(r, f, moved), filled
	} else if err != nil {
		if code != civic.Invalid && code != civic.TooLarge && code != civic.Conflict && code != civic.Unavailable {
			return err
		}
		s.logFailure(r.id, code, err)
		status, p.LetterErr = statuses[code], r.words(err)
	} else {
		p.Preview = filled
	}
	return s.drawDecide(r, status, t, p)
}

// deskLetter sends the decision's letter as PDF. Letters are in German, the language of the authority.
func (s *Server) deskLetter(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	pdf, name, err := s.Clerk.LetterPDF(r.ctx, r.actor, t.ID, r.Params("case"))
	if err != nil {
		return err
	}
	return r.download(name, "application/pdf", pdf)
}
