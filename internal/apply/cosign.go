package apply

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Cosigner is the author of the message by which a second person confirms or declines.
const Cosigner = "cosigner"

const (
	maxSigner = 120
	maxReason = 2000
)

// Cosigning is an application as the person sees it who is invited to confirm it.
type Cosigning struct {
	*MyCase
	Invitation civic.Invitation
	Terms      *formdef.Cosign
	Signer     string        // as the log-in proves it, "" without one
	Open       bool          // an answer is awaited
	Shown      bool          // Asked may be shown
	Asked      formdef.State // what is to be confirmed, and nothing that came later
}

// CosignAnswer is a second person's answer.
type CosignAnswer struct {
	Given    bool // else declined
	Name     string
	Declared bool
	Reason   string // why it is declined, may be empty
	// Words words the message to the office and the applicant, from the name.
	Words func(name string) string
}

// cosignJobs tell the second person, where their address is known.
func (s *Service) cosignJobs(form *formdef.Form, answers formdef.Answers, c civic.Case, i civic.Invitation) []civic.Job {
	if form.CosignEmail(answers) == "" {
		return nil
	}
	return []civic.Job{civic.Notify{Tenant: c.Tenant, Case: c.ID, What: "cosign", Ref: i.ID}}
}

// Cosigning opens the application that the actor is invited to confirm. LoginFirst, with the level wanted, when the form asks for
// more assurance than the actor has; Forbidden for the account that sent it, and for the browser that holds its recovery code.
func (s *Service) Cosigning(ctx context.Context, who civic.Actor, dossier, lang string) (*Cosigning, error) {
	f, i, err := s.Invitations.CosignFile(ctx, who.Subject, dossier)
	if err != nil {
		return nil, err
	}
	m, err := s.fileOf(ctx, f)
	if err != nil {
		return nil, err
	}
	terms := m.Form.Package.Form.Cosign
	if terms == nil {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if want := civic.Level(terms.Assurance); !who.Level().AtLeast(want) {
		return nil, civic.Errorf(civic.LoginFirst, "error.login.level", "level", string(want))
	}
	if who.Subject.Owns(f.Dossier) {
		return nil, civic.Errorf(civic.Forbidden, "error.cosign.self")
	}
	if err := s.openCase(m, lang); err != nil {
		return nil, err
	}
	c := &Cosigning{MyCase: m, Invitation: i, Terms: terms, Signer: signer(who), Open: f.Case.State == civic.AwaitingCosign && i.Consent == ""}
	if c.Shown = c.Open || i.Consent == civic.ConsentGiven || i.Consent == civic.ConsentRefused; !c.Shown {
		return c, nil // withdrawn, or too late: it is not theirs to read any more
	}
	_, c.Asked, err = s.Answers(m, f.Submissions[0])
	return c, err
}

// signer is the name that a log-in proves.
func signer(who civic.Actor) string {
	if who.Identity == nil {
		return ""
	}
	a := who.Identity.Attributes
	if name := strings.TrimSpace(a["given_name"] + " " + a["family_name"]); name != "" {
		return name
	}
	return who.Identity.Name
}

// Cosign confirms or declines; the application then arrives at the office's desk, which is told which. Invalid names the field.
func (s *Service) Cosign(ctx context.Context, who civic.Actor, dossier, lang string, in CosignAnswer) error {
	for try := 0; ; try++ {
		err := s.cosign(ctx, who, dossier, lang, in)
		if civic.CodeOf(err) == civic.Conflict && try < 3 {
			continue // the applicant wrote in between; what was answered before is found then
		}
		return err
	}
}

func (s *Service) cosign(ctx context.Context, who civic.Actor, dossier, lang string, in CosignAnswer) error {
	c, err := s.Cosigning(ctx, who, dossier, lang)
	if err != nil {
		return err
	}
	if !c.Open {
		return civic.Errorf(civic.Invalid, "error.cosign.answered")
	}
	name, answer := c.Signer, civic.ConsentRefused
	if name == "" {
		name = strings.Join(strings.Fields(in.Name), " ")
	}
	switch {
	case utf8.RuneCountInString(name) < 2 || !utf8.ValidString(name):
		return civic.Errorf(civic.Invalid, "error.cosign.name").At("name")
	case utf8.RuneCountInString(name) > maxSigner:
		return civic.Errorf(civic.Invalid, "error.invite.long", "max", maxSigner).At("name")
	case in.Given && !in.Declared:
		return civic.Errorf(civic.Invalid, "error.cosign.declare").At("declaration")
	case utf8.RuneCountInString(in.Reason) > maxReason:
		return civic.Errorf(civic.Invalid, "error.message.long", "max", maxReason).At("reason")
	}
	if in.Given {
		answer = civic.ConsentGiven
	}
	ch, err := s.cosigned(who, c, answer, strings.TrimSpace(in.Words(name)+"\n\n"+strings.TrimSpace(in.Reason)))
	if err != nil {
		return err
	}
	return s.Invitations.Cosign(ctx, who.Subject, c.Invitation.ID, answer, ch)
}

func unpaid(p *civic.Payment) bool { return p != nil && p.State() == "awaiting" }

// cosigned is the step of the case that an answer makes: the words stay as a message, sealed.
func (s *Service) cosigned(who civic.Actor, c *Cosigning, answer civic.Consent, text string) (civic.CaseChange, error) {
	was, meta, now := c.File.Case, c.Form.Package.Form, s.Now()
	next, ev, err := was.Cosigned(who, now, answer, meta.PayFirst && unpaid(c.File.Payment), s.timing(c.Tenant, c.Form))
	if err != nil {
		return civic.CaseChange{}, err
	}
	body, err := s.Seal.Seal(keys(c.Tenant, c.File.Dossier), sealMessage, []byte(text))
	if err != nil {
		return civic.CaseChange{}, fmt.Errorf("apply: cosign: %w", err)
	}
	msg := civic.Message{ID: s.NewID(), Case: was.ID, Tenant: was.Tenant, Dossier: was.Dossier, Author: Cosigner, Body: body, Created: now}
	ev.ID, ev.Actor = s.NewID(), Cosigner
	ev.Data["invitation"], ev.Data["level"] = c.Invitation.ID, string(who.Level())
	job := civic.FanOut{Tenant: next.Tenant, Case: next.ID, Submission: c.Latest().ID, Service: next.Service}
	if c.Form.Email(c.State.Answers) != "" || c.Latest().Reach != nil {
		job.Notice = "cosign_" + string(answer)
	}
	return civic.CaseChange{Case: next, Was: was.Revision, Message: &msg, Events: []civic.Event{ev}, Jobs: []civic.Job{job},
		Terms: []civic.IndexTerm{{Field: "message", Mode: "word", Text: text}}}, nil
}

// CosignFile is an attachment of the application that the actor is invited to confirm. The caller closes it.
func (s *Service) CosignFile(ctx context.Context, who civic.Actor, dossier, id string) (Attachment, io.ReadSeekCloser, error) {
	c, err := s.Cosigning(ctx, who, dossier, "de")
	if err != nil {
		return Attachment{}, nil, err
	}
	urn := "urn:uuid:" + id
	i := slices.IndexFunc(c.Files, func(a Attachment) bool { return a.URN() == urn })
	if i < 0 || !c.Shown || !slices.Contains(c.Form.URNs(c.Asked.Answers), urn) {
		return Attachment{}, nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return s.openAttachment(ctx, c.Tenant, c.File.Dossier, c.Files[i].Attachment)
}

// Awaited is the invitation of the person who must confirm the actor's application, nil when nobody is awaited.
func (s *Service) Awaited(ctx context.Context, who civic.Actor, m *MyCase) (*Invited, error) {
	if m.File.Case.State != civic.AwaitingCosign {
		return nil, nil
	}
	list, err := s.Invitations.InvitationsOf(ctx, who.Subject, m.File.Dossier.ID)
	if err != nil {
		return nil, fmt.Errorf("apply: awaited: %w", err)
	}
	for _, i := range slices.Backward(list) {
		if i.Purpose == civic.PurposeCosign && i.Live(s.Now()) {
			return &Invited{Invitation: i, Code: s.macs().InvitationCode(i)}, nil
		}
	}
	return nil, nil
}

// Reinvite gives the person who must confirm a new code, and ends the one before: it went to the wrong hands, or was lost. The
// time to confirm stays.
func (s *Service) Reinvite(ctx context.Context, who civic.Actor, dossier string) error {
	m, err := s.Case(ctx, who, dossier, "de", false)
	if err != nil {
		return err
	}
	old, err := s.Awaited(ctx, who, m)
	if err != nil {
		return err
	}
	if old == nil {
		return civic.Errorf(civic.Conflict, "error.case.state", "state", string(m.File.Case.State))
	}
	list, err := s.Invitations.InvitationsOf(ctx, who.Subject, dossier)
	if err != nil {
		return fmt.Errorf("apply: reinvite: %w", err)
	}
	if s.often(list) {
		return civic.Errorf(civic.TooMany, "error.invite.often", "max", maxInvites)
	}
	i, err := s.newInvitation(m.Tenant, m.File.Dossier, civic.PurposeCosign, "", 1)
	if err != nil {
		return err
	}
	i.Expires = old.Expires
	ev := s.draftEvent(who, i, "case.cosign.reinvited")
	ev.Case = m.File.Case.ID
	if err := s.Invitations.Invite(ctx, who.Subject, i, true, ev, s.cosignJobs(m.Form, m.State.Answers, m.File.Case, i)...); err != nil {
		return fmt.Errorf("apply: reinvite: %w", err)
	}
	return nil
}
