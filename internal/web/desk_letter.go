package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
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

// defaultDue is how long a citizen is given to answer unless the clerk says otherwise.
const defaultDue = 14 * 24 * time.Hour

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
