// Package apply is the citizen's use case: start an application, save its pages, attach files, review, submit, and after
// that see where it stands, write to the office, answer a request, withdraw. Content is sealed before it leaves this
// room. It may know civic and formdef; it must not know adapters or HTTP.
package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// The purposes under which content is sealed.
const (
	sealDraft   = "draft"
	sealAnswers = "answers"
	sealMessage = "message"
	sealRequest = "request"
	sealComment = "comment"
	sealLetter  = "letter"
	sealName    = "name"
	sealFile    = "file"
	sealColumns = "columns"
	sealReach   = "reach"
)

// Deps is what the use case works with.
type Deps struct {
	Drafts      Drafts
	Attachments Attachments
	Corrections Corrections
	Cases       Cases
	Invitations Invitations
	Forms       Forms
	Seal        Sealer
	Blobs       Blobs
	Now         civic.Clock
	NewID       func() string
	Zone        *time.Location // where days begin and end for deadlines; nil is UTC
	// Strip takes out of a picture what tells of its maker, while it is read; nil leaves pictures as they are.
	Strip func(mediaType string, r io.Reader) io.Reader
	// Scans tells that a scanner is configured; without one attachments are marked as not scanned.
	Scans bool
}

// Service is safe for concurrent use.
type Service struct{ Deps }

// New makes the use case.
func New(d Deps) *Service {
	if d.Strip == nil {
		d.Strip = func(_ string, r io.Reader) io.Reader { return r }
	}
	return &Service{d}
}

// Application is a draft, opened.
type Application struct {
	Draft    civic.Draft // Content is nil
	Tenant   civic.Tenant
	Offering civic.Offering
	Form     *formdef.Form
	State    formdef.State
	Files    []Attachment
	Reach    civic.Reach // of the last log-in that saved it
	// Clashes are the questions of a post that were answered differently elsewhere since its page was drawn: as saved there they
	// stay, and Shown is the page as it was typed here. Merged tells that what only others changed was kept.
	Clashes []Clash
	Shown   formdef.State
	Merged  bool
	Moved   bool // a row was not removed, because others have changed its list
	// Helper is the invitation by which somebody who is not the owner works on it, nil for the owner.
	Helper  *Invited
	history history
	window  string            // that posts
	page    int               // that it posts, -1 when it is none
	upload  *civic.Attachment // new, to be stored with the draft that refers to it
	partial []partial         // uploads under way, oldest first
	request *Request          // that the office waits for an answer to: files come for a correction
}

// Hands are who changed which page last, oldest first.
func (a *Application) Hands() []Hand { return a.history.Hands }

// NoticeTo is the address that notices about the application are mailed to: the one that it names, else that of the
// log-in; "" for none.
func (a *Application) NoticeTo() string {
	if to := a.Form.Email(a.State.Answers); to != "" {
		return to
	}
	return a.Reach.Email
}

// NoticeShown is NoticeTo for who sees the draft: what the owner's log-in says of them is not a helper's to read.
func (a *Application) NoticeShown() string {
	if a.Helper != nil {
		return a.Form.Email(a.State.Answers)
	}
	return a.NoticeTo()
}

// Attachment is a file of the dossier with its name opened.
type Attachment struct {
	civic.Attachment
	FileName string
}

// content is what a draft's sealed bytes hold.
type content struct {
	Answers formdef.Answers `json:"answers"`
	Typed   formdef.Typed   `json:"typed,omitempty"`
	Reach   civic.Reach     `json:"reach,omitzero"`
	Partial []partial       `json:"partial,omitempty"`
	History history         `json:"history,omitzero"`
}

// Start asks for a new application.
type Start struct {
	Tenant, Service string // slugs
	ARS             string // of the place it is about, "" unknown
	Lang            string
}

// Started is a new draft. Code is the recovery code; it is shown to its owner and never stored.
type Started struct{ Dossier, Code string }

// Start begins an application. LoginFirst, with the level wanted, when the form asks for more assurance than the actor has.
func (s *Service) Start(ctx context.Context, who civic.Actor, in Start) (Started, error) {
	tenant, err := s.Forms.Tenant(ctx, in.Tenant)
	if err != nil {
		return Started{}, err
	}
	_, form, pins, err := s.Forms.Current(ctx, tenant.ID, in.Service)
	if err != nil {
		return Started{}, err
	}
	if err := admits(form, who); err != nil {
		return Started{}, err
	}
	now, id, code := s.Now(), s.NewID(), newCode()
	key, err := s.Seal.NewDossierKey(tenant.ID, tenant.Key, id)
	if err != nil {
		return Started{}, fmt.Errorf("apply: start: %w", err)
	}
	d := civic.Draft{Pins: pins, Updated: now, Expires: now.Add(civic.DraftLife), Dossier: civic.Dossier{ID: id, Tenant: tenant.ID,
		Service: in.Service, Key: key, Account: who.Subject.Account, CodeHash: s.codeHash(code), ARS: in.ARS, Lang: in.Lang, Created: now}}
	if d.Content, err = s.sealContent(tenant, d.Dossier, content{Answers: formdef.Answers{}, Reach: who.Identity.Reach()}); err != nil {
		return Started{}, err
	}
	if err := s.Drafts.CreateDraft(ctx, d); err != nil {
		return Started{}, fmt.Errorf("apply: start: %w", err)
	}
	return Started{Dossier: id, Code: code}, nil
}

// admits checks the assurance level and kind of account that a form asks for (§ 3 OZG); it fails closed.
func admits(form *formdef.Form, who civic.Actor) error {
	meta := form.Package.Form
	want := civic.Level(meta.Assurance)
	if !who.Level().AtLeast(want) {
		return civic.Errorf(civic.LoginFirst, "error.login.level", "level", string(want))
	}
	if who.Identity == nil {
		return nil
	}
	if meta.Account == "person" && who.Identity.Organisation {
		return civic.Errorf(civic.Forbidden, "error.account.person")
	}
	if meta.Account == "organisation" && !who.Identity.Organisation {
		return civic.Errorf(civic.Forbidden, "error.account.organisation")
	}
	return nil
}

// owns checks who may see a dossier: one that belongs to an account is opened by log-in only. Its code, which the browser
// that began it still holds after the log-in has ended, then saves what is typed (KeepPage) and shows nothing.
func owns(form *formdef.Form, d civic.Dossier, who civic.Actor) error {
	switch {
	case d.Account == "" || d.Account == who.Subject.Account:
		return admits(form, who)
	case who.Subject.Account != "":
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	level := civic.Level(form.Package.Form.Assurance)
	if !level.AtLeast(civic.LevelBasic) {
		level = civic.LevelBasic
	}
	return civic.Errorf(civic.LoginFirst, "error.login.owner", "level", string(level))
}

// Open opens the actor's draft, or one that they were invited to help with until it is sent. An anonymous draft becomes the account's when its owner has logged in meanwhile.
func (s *Service) Open(ctx context.Context, who civic.Actor, dossier, lang string) (*Application, error) {
	a, err := s.open(ctx, who, dossier, lang)
	if err != nil {
		return nil, err
	}
	if a.Helper != nil {
		if a.Draft.Submission != "" {
			return nil, civic.Errorf(civic.Conflict, "error.invitation.sent")
		}
		return a, nil
	}
	if err := owns(a.Form, a.Draft.Dossier, who); err != nil {
		return nil, err
	}
	return a, nil
}

// open opens a draft without asking for the form's assurance; nothing of it may then be shown.
func (s *Service) open(ctx context.Context, who civic.Actor, dossier, lang string) (*Application, error) {
	d, files, err := s.Drafts.Draft(ctx, who.Subject, dossier)
	if err != nil {
		return nil, err
	}
	a := &Application{Draft: d, page: -1}
	if a.Tenant, err = s.Forms.TenantByID(ctx, d.Tenant); err != nil {
		return nil, err
	}
	if a.Form, err = s.Forms.Pinned(ctx, d.Tenant, d.Service, d.Pins); err != nil {
		return nil, err
	}
	if d.Invitation != nil {
		if a.Helper, err = s.invited(a.Tenant, d.Dossier, *d.Invitation); err != nil {
			return nil, err
		}
		who.Identity = nil // a helper's own name and address are not the applicant's
	} else if who.Subject.Account != "" && d.Account == "" {
		if err := s.Cases.Claim(ctx, who.Subject, dossier); err != nil {
			return nil, fmt.Errorf("apply: claim: %w", err)
		}
		a.Draft.Account = who.Subject.Account
	}
	c, err := s.openContent(a.Tenant, d)
	if err != nil {
		return nil, err
	}
	if a.Files, err = s.named(a.Tenant, d.Dossier, files); err != nil {
		return nil, err
	}
	a.Files = referred(a.Files, c.Answers)
	a.Draft.Content, a.partial, a.history = nil, c.Partial, c.History
	if a.Reach = c.Reach; who.Identity != nil {
		a.Reach = who.Identity.Reach()
	}
	a.State = formdef.State{Answers: c.Answers, Typed: c.Typed, Proven: proven(who), Files: views(a.Files), Now: s.Now(), Lang: lang}
	return a, nil
}

func proven(who civic.Actor) map[string]string {
	if who.Identity == nil {
		return nil
	}
	return who.Identity.Attributes
}

// Discard deletes an unsent application at once, with its key.
func (s *Service) Discard(ctx context.Context, who civic.Actor, dossier string) error {
	if _, _, err := s.mine(ctx, who, dossier); err != nil {
		return err
	}
	return s.Drafts.Discard(ctx, who.Subject, dossier)
}

// Account is the account of a login, made at the first one.
func (s *Service) Account(ctx context.Context, id civic.Identity) (civic.Account, error) {
	return s.Cases.EnsureAccount(ctx, id.Issuer, id.Subject, id.Organisation)
}

func keys(t civic.Tenant, d civic.Dossier) civic.Keys {
	return civic.Keys{Tenant: t.ID, Dossier: d.ID, TenantKey: t.Key, DossierKey: d.Key}
}

func (s *Service) sealContent(t civic.Tenant, d civic.Dossier, c content) (civic.Sealed, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("apply: draft: %w", err)
	}
	sealed, err := s.Seal.Seal(keys(t, d), sealDraft, raw)
	if err != nil {
		return nil, fmt.Errorf("apply: draft: %w", err)
	}
	return sealed, nil
}

func (s *Service) openContent(t civic.Tenant, d civic.Draft) (content, error) {
	raw, err := s.Seal.Open(keys(t, d.Dossier), sealDraft, d.Content)
	if err != nil {
		return content{}, fmt.Errorf("apply: draft: %w", err)
	}
	var c content
	if c.Answers, err = decodeAnswers(raw, &c); err != nil {
		return content{}, fmt.Errorf("apply: draft: %w", err)
	}
	return c, nil
}

// decodeAnswers reads JSON with exact numbers.
func decodeAnswers(raw []byte, c *content) (formdef.Answers, error) {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if err := dec.Decode(c); err != nil {
		return nil, err
	}
	if c.Answers == nil {
		c.Answers = formdef.Answers{}
	}
	return c.Answers, nil
}
