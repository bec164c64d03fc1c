package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// letterRoutes are the pages on which a clerk writes. Each keeps what was typed, with a stale token and after the session's end.
func (s *Server) letterRoutes() []route {
	const at = "/desk/:tenant/:case"
	kept := func(path string, h handler) route {
		rt := post(path, staffOnly, h)
		rt.keepTyped = true
		return rt
	}
	write := kept(at+"/write", s.deskWriteSend)
	write.files, write.class = true, uploading
	return []route{
		get(at+"/write", staffOnly, s.deskWrite), write,
		get(at+"/ask", staffOnly, s.deskAsk), kept(at+"/ask", s.deskAskSend),
		get(at+"/decide", staffOnly, s.deskDecide), kept(at+"/decide", s.deskDecideSend),
		get(at+"/proposal", staffOnly, s.deskProposal), kept(at+"/proposal", s.deskProposalSend), get(at+"/proposal.pdf", staffOnly, s.deskProposalPDF),
		get(at+"/consult", staffOnly, s.deskConsult), kept(at+"/consult", s.deskConsultSend), post(at+"/consult/end", staffOnly, s.deskConsultEnd),
		get(at+"/letter.pdf", staffOnly, s.deskLetter),
	}
}

// begun is what the clerk has begun to write in one of the forms, nil when they have not or chose a template.
func (s *Server) begun(r *request, f *clerk.File, kind string, text *page.DeskText) (*clerk.Begun, error) {
	b, err := s.Clerk.Begun(r.ctx, r.actor, f, kind)
	if err != nil || b == nil {
		return nil, err
	}
	text.Saved = r.l.DateTime(b.Saved)
	return b, nil
}

// keeps answers the buttons of half-written letters: save and discard. done tells that it has.
func (s *Server) keeps(r *request, t civic.Tenant, kind string) (done bool, err error) {
	return s.keepsAt(r, t, kind, r.Path())
}

// keepsAt does so and goes on at an address.
func (s *Server) keepsAt(r *request, t civic.Tenant, kind, path string) (done bool, err error) {
	back := path + r.inboxQuery()
	switch r.value("_action") {
	case "save":
		if r.csrfBad {
			return false, nil
		}
		values := map[string][]string{}
		for name, v := range r.values {
			if !strings.HasPrefix(name, "_") && name != "revision" {
				values[name] = v
			}
		}
		if err := s.Clerk.Begin(r.ctx, r.actor, r.at(t), kind, values); err != nil {
			return false, err
		}
		if r.Get("X-Script") == "" {
			r.notice("success", "notice.desk.kept")
		}
		return true, r.seeOther(back)
	case "discard":
		if r.csrfBad {
			return false, nil
		}
		if err := s.Clerk.Discard(r.ctx, r.actor, r.at(t), kind); err != nil {
			return false, err
		}
		r.notice("info", "notice.desk.discarded")
		return true, r.seeOther(back)
	}
	return false, nil
}

// templates are the texts to begin with for a step; the one chosen by the address is returned.
func (s *Server) templates(r *request, f *clerk.File, kind civic.TemplateKind, outcome civic.Outcome, text *page.DeskText) (*civic.Template, error) {
	list, err := s.Clerk.TemplatesFor(r.ctx, r.actor, f, kind, outcome)
	if err != nil {
		return nil, err
	}
	var found *civic.Template
	for i, x := range list {
		chosen := x.ID == r.Query("template")
		if chosen {
			found = &list[i]
		}
		text.Templates = append(text.Templates, page.Option{Value: x.ID, Label: x.Title, Selected: chosen})
	}
	return found, nil
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// deskWrite writes a message with a page to itself.
func (s *Server) deskWrite(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskWrite{DeskStep: d, DeskText: page.DeskText{Action: d.Base + "/write"}}
	chosen, err := s.templates(r, f, civic.TemplateMessage, "", &p.DeskText)
	if err != nil {
		return err
	}
	if chosen != nil {
		p.Text, err = s.Clerk.Fill(f, r.actor, chosen.Body, clerk.Filling{Kind: civic.TemplateMessage, Leave: true})
	} else if b, failed := s.begun(r, f, "message", &p.DeskText); b != nil {
		p.Text = first(b.Values["text"])
	} else {
		err = failed
	}
	if err != nil {
		return err
	}
	return s.drawWrite(r, fiber.StatusOK, t, p)
}

func (s *Server) drawWrite(r *request, status int, t civic.Tenant, p page.DeskWrite) error {
	p.FileRule = r.T("desk.message.files.hint", "n", maxFiles)
	return r.render(status, page.DeskWritePage(s.stepShell(r, r.T("desk.message"), t, p.DeskStep, p.TextErr+p.FileErr != ""), p, clerk.Placeholders))
}

func (s *Server) deskWriteSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	var files []civic.Attachment
	problem := s.readFiles(r, func(up upload) error {
		if len(files) == maxFiles {
			return civic.Errorf(civic.Invalid, "error.desk.files", "n", maxFiles).At("files")
		}
		a, err := s.Clerk.Keep(r.ctx, r.actor, clerk.At{Tenant: t.ID, Case: r.Params("case"), Lang: r.l.Tag}, clerk.Upload{Field: "files", Name: up.Name, Body: up.Body})
		if err == nil {
			files = append(files, a)
		}
		return err
	})
	if r.csrfBad {
		problem = civic.Errorf(civic.Invalid, "error.csrf").At("text")
	} else if problem == nil {
		done, err := s.keeps(r, t, "message")
		if done {
			return err
		}
		if problem = err; problem == nil {
			problem = s.Clerk.Write(r.ctx, r.actor, r.at(t), r.value("text"), files)
		}
	}
	code := civic.CodeOf(problem)
	if code != civic.Invalid && code != civic.TooLarge {
		return s.sent(r, t, "message", "notice.desk.written", problem)
	}
	_, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskWrite{DeskStep: d, DeskText: page.DeskText{Action: d.Base + "/write"}, Text: r.value("text")}
	if fieldOf(problem) == "files" {
		p.FileErr = r.words(problem)
	} else {
		p.TextErr = r.words(problem)
	}
	if _, err := s.templates(r, f, civic.TemplateMessage, "", &p.DeskText); err != nil {
		return err
	}
	return s.drawWrite(r, statuses[code], t, p)
}

// sent forgets the draft of what was sent, and goes back to the case.
func (s *Server) sent(r *request, t civic.Tenant, kind, notice string, err error) error {
	if err == nil {
		if err := s.Clerk.Discard(r.ctx, r.actor, r.at(t), kind); err != nil {
			s.logFailure(r.id, civic.CodeOf(err), err) // it was sent all the same
		}
	}
	return s.deskDone(r, t, notice, err)
}

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

// defaultDue is how long a citizen is given to answer unless the clerk says otherwise.
const defaultDue = 14 * 24 * time.Hour

func (s *Server) deskAsk(r *request) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskAsk{DeskStep: d, Due: s.Now().Add(defaultDue).Format(time.DateOnly)}
	template, err := s.askPage(r, f, &p)
	if err != nil {
		return err
	}
	b, err := s.begun(r, f, "ask", &p.DeskText)
	if err != nil {
		return err
	}
	if b != nil {
		p.Chosen, p.Comments, p.Text, p.Due = chosen(b.Values["fields"]), comments(b.Values), first(b.Values["text"]), first(b.Values["due"])
	}
	if template != nil {
		if p.Text, err = s.Clerk.Fill(f, r.actor, template.Body, clerk.Filling{Kind: civic.TemplateRequest, Leave: true}); err != nil {
			return err
		}
	}
	return r.render(fiber.StatusOK, page.DeskAskPage(s.stepShell(r, r.T("desk.ask"), t, d, false), p))
}

// askPage fills what the page shows whatever was typed.
func (s *Server) askPage(r *request, f *clerk.File, p *page.DeskAsk) (*civic.Template, error) {
	p.Sections, p.Action = askable(f.Fields()), p.Base+"/ask"
	house, err := s.Clerk.Correspondence(r.ctx, r.actor, f.Tenant.ID)
	if err != nil {
		return nil, err
	}
	if house.Remind > 0 {
		p.Remind = r.l.Plural("desk.ask.remind", house.Remind)
	}
	return s.templates(r, f, civic.TemplateRequest, "", &p.DeskText)
}

// comments are what was typed about each field, by pointer.
func comments(values map[string][]string) map[string]string {
	out := map[string]string{}
	for name, v := range values {
		if pointer, ok := strings.CutPrefix(name, "comment:"); ok && strings.TrimSpace(first(v)) != "" {
			out[pointer] = first(v)
		}
	}
	return out
}

func (s *Server) deskAskSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	q := clerk.Question{Pointers: r.values["fields"], Comments: comments(r.values), Text: r.value("text")}
	if day, err := time.ParseInLocation(time.DateOnly, r.value("due"), berlin()); err == nil {
		q.Due = day.Add(12 * time.Hour) // noon: the same day in any zone nearby
	}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("text")
	if !r.csrfBad {
		done := false
		if done, err = s.keeps(r, t, "ask"); done {
			return err
		}
		if err == nil {
			err = s.Clerk.Ask(r.ctx, r.actor, r.at(t), q)
		}
	}
	moved, code := clerk.MovedOf(err), civic.CodeOf(err)
	if code != civic.Invalid && code != civic.TooLarge && moved == nil {
		return s.sent(r, t, "ask", "notice.desk.asked", err)
	}
	t, f, d, peekErr := s.step(r)
	if peekErr != nil {
		return peekErr
	}
	p := page.DeskAsk{DeskStep: d, Chosen: chosen(q.Pointers), Comments: q.Comments, Text: q.Text, Due: r.value("due"), CommentErr: map[string]string{}}
	if _, err := s.askPage(r, f, &p); err != nil {
		return err
	}
	if moved != nil {
		p.Moved = s.deskMoved(r, f, moved)
	} else {
		words, field := r.words(err), fieldOf(err)
		pointer, about := strings.CutPrefix(field, "comment:")
		switch {
		case about:
			p.CommentErr[pointer] = words
		case field == "due":
			p.DueErr = words
		case field == "fields":
			p.Bad = words
		default:
			p.TextErr = words
		}
	}
	return r.render(statuses[code], page.DeskAskPage(s.stepShell(r, r.T("desk.ask"), t, d, moved == nil), p))
}

// deskLetters words what the case page shows of letters.
func (s *Server) deskLetters(r *request, f *clerk.File, base string, p *page.DeskCase) error {
	query := r.inboxQuery()
	if x := f.Proposed(); x != nil {
		p.Letters.Proposal = &page.DeskProposal{Author: x.AuthorName, Date: r.l.DateTime(x.Created), Outcome: x.Outcome, URL: base + "/proposal" + query}
	}
	for _, o := range f.Opinions {
		p.Letters.Opinions = append(p.Letters.Opinions, s.deskOpinion(r, o, base))
	}
	for i, kind := range []string{"write", "ask", "decide", "consult"} {
		b, err := s.Clerk.Begun(r.ctx, r.actor, f, clerk.DraftKinds[i])
		if err != nil {
			return err
		}
		if b != nil {
			p.Letters.Begun = append(p.Letters.Begun, page.DeskLink{Text: r.T("desk.begun." + clerk.DraftKinds[i]), URL: base + "/" + kind + query})
		}
	}
	if d := f.Decision; d != nil && len(d.Digest) > 0 {
		p.Letters.Seal = page.DeskSeal{Kind: d.Seal.Kind, Digest: fmt.Sprintf("%x", d.Digest), Approver: d.ApproverName, Good: s.sealGood(f.Case, d.Decision, d.Markdown)}
	}
	return nil
}
