package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"antragswerk/internal/civic"
)

// maxInvites is how many invitations a dossier may make in a day, those that ended included: each is a row, an event and
// perhaps a mail.
const maxInvites = 20

// often tells whether a dossier has invited as often today as it may.
func (s *Service) often(list []civic.Invitation) bool {
	since, n := s.Now().Add(-24*time.Hour), 0
	for _, i := range list {
		if i.Created.After(since) {
			n++
		}
	}
	return n >= maxInvites
}

// maxLabel is how long the name may be that an owner gives a helper.
const maxLabel = 60

// sealInvited is the purpose under which the name of who is invited is sealed.
const sealInvited = "invited"

// Invited is an invitation with its name opened. Code is "" for who is not the dossier's owner, or when it has ended.
type Invited struct {
	civic.Invitation
	Label, Code string
}

// Helping is what the owner of a draft sees of its helpers.
type Helping struct {
	Application *Application
	Invited     []Invited // those that are live, oldest first
	MaySend     bool      // the form lets a helper send, because it asks nobody who they are
	often       bool      // no more today
}

// Invite asks for a new helper.
type Invite struct {
	Dossier, Label string
	Days           int  // one of civic.HelpLives
	MaySend        bool // may send the application, too
}

func (s *Service) macs() civic.MACs { return s.Seal.MACs }

// invited opens the name of an invitation.
func (s *Service) invited(t civic.Tenant, d civic.Dossier, i civic.Invitation) (*Invited, error) {
	label, err := s.Seal.Open(keys(t, d), sealInvited, i.Name)
	if err != nil {
		return nil, fmt.Errorf("apply: invitation: %w", err)
	}
	return &Invited{Invitation: i, Label: string(label)}, nil
}

// newInvitation makes an invitation to a dossier.
func (s *Service) newInvitation(t civic.Tenant, d civic.Dossier, purpose civic.Purpose, label string, days int) (civic.Invitation, error) {
	id, now := s.NewID(), s.Now()
	_, hash := s.macs().NewInvitationCode(id)
	name, err := s.Seal.Seal(keys(t, d), sealInvited, []byte(label))
	if err != nil {
		return civic.Invitation{}, fmt.Errorf("apply: invitation: %w", err)
	}
	return civic.Invitation{ID: id, Dossier: d.ID, Tenant: t.ID, Purpose: purpose, CodeHash: hash, Name: name, Created: now, Expires: now.AddDate(0, 0, days)}, nil
}

// owned opens a draft for its owner alone; a helper invites nobody.
func (s *Service) owned(ctx context.Context, who civic.Actor, dossier, lang string) (*Application, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	switch {
	case err != nil:
		return nil, err
	case a.Helper != nil:
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	case a.Draft.Submission != "":
		return a, civic.Errorf(civic.Conflict, "error.draft.sent")
	}
	return a, nil
}

// Helpers lists whom the owner of a draft has invited to help with it.
func (s *Service) Helpers(ctx context.Context, who civic.Actor, dossier, lang string) (*Helping, error) {
	a, err := s.owned(ctx, who, dossier, lang)
	if err != nil {
		return nil, err
	}
	h := &Helping{Application: a, MaySend: a.Form.Package.Form.Assurance == string(civic.LevelNone)}
	list, err := s.Invitations.InvitationsOf(ctx, who.Subject, dossier)
	if err != nil {
		return nil, fmt.Errorf("apply: helpers: %w", err)
	}
	h.often = s.often(list)
	for _, i := range list {
		if i.Purpose != civic.PurposeHelp || !i.Live(s.Now()) {
			continue
		}
		in, err := s.invited(a.Tenant, a.Draft.Dossier, i)
		if err != nil {
			return nil, err
		}
		in.Code = s.macs().InvitationCode(i)
		h.Invited = append(h.Invited, *in)
	}
	return h, nil
}

// InviteHelper lets somebody help with the actor's draft. Invalid names the field.
func (s *Service) InviteHelper(ctx context.Context, who civic.Actor, in Invite) error {
	h, err := s.Helpers(ctx, who, in.Dossier, "de")
	if err != nil {
		return err
	}
	label := strings.Join(strings.Fields(in.Label), " ")
	switch {
	case label == "":
		return civic.Errorf(civic.Invalid, "error.invite.name").At("name")
	case utf8.RuneCountInString(label) > maxLabel || !utf8.ValidString(label):
		return civic.Errorf(civic.Invalid, "error.invite.long", "max", maxLabel).At("name")
	case !slices.Contains(civic.HelpLives, in.Days):
		return civic.Errorf(civic.Invalid, "error.invite.days").At("days")
	case len(h.Invited) >= civic.MaxHelpers:
		return civic.Errorf(civic.Invalid, "error.invite.many", "max", civic.MaxHelpers).At("name")
	case h.often:
		return civic.Errorf(civic.Invalid, "error.invite.often", "max", maxInvites).At("name")
	case slices.ContainsFunc(h.Invited, func(i Invited) bool { return strings.EqualFold(i.Label, label) }):
		return civic.Errorf(civic.Invalid, "error.invite.same").At("name")
	}
	a := h.Application
	i, err := s.newInvitation(a.Tenant, a.Draft.Dossier, civic.PurposeHelp, label, in.Days)
	if err != nil {
		return err
	}
	i.MaySend = in.MaySend && h.MaySend
	ev := s.draftEvent(who, i, "draft.invited")
	ev.Data["days"], ev.Data["may_send"] = fmt.Sprint(in.Days), fmt.Sprint(i.MaySend)
	if err := s.Invitations.Invite(ctx, who.Subject, i, false, ev); err != nil {
		return fmt.Errorf("apply: invite: %w", err)
	}
	return nil
}

// Uninvite ends a helper's access to the actor's draft at once. One that has ended before is no error.
func (s *Service) Uninvite(ctx context.Context, who civic.Actor, dossier, id string) error {
	a, err := s.owned(ctx, who, dossier, "de")
	if err != nil {
		return err
	}
	i := civic.Invitation{ID: id, Dossier: dossier, Tenant: a.Tenant.ID}
	err = s.Invitations.Uninvite(ctx, who.Subject, dossier, id, s.draftEvent(who, i, "draft.uninvited"))
	if civic.CodeOf(err) == civic.NotFound {
		return nil
	}
	return err
}

// Accepted is an invitation whose code was shown.
type Accepted struct {
	civic.Invitation
	Code    string // as we write it
	Tenant  civic.Tenant
	Service string
}

// Accept checks an invitation's code; Invalid when it is none, or has ended.
func (s *Service) Accept(ctx context.Context, who civic.Actor, code string) (Accepted, error) {
	hashes := s.macs().InvitationHashes(code)
	if hashes == nil {
		return Accepted{}, civic.Errorf(civic.Invalid, "error.code.form").At("code")
	}
	i, d, err := s.Invitations.InvitationByCode(ctx, hashes)
	if civic.CodeOf(err) == civic.NotFound {
		return Accepted{}, civic.Errorf(civic.Invalid, "error.invitation.unknown").At("code")
	}
	if err != nil {
		return Accepted{}, fmt.Errorf("apply: accept: %w", err)
	}
	t, err := s.Forms.TenantByID(ctx, i.Tenant)
	if err != nil {
		return Accepted{}, err
	}
	if i.Opened.IsZero() {
		ev := s.draftEvent(who, i, "draft.invitation.opened")
		ev.Actor = "invited"
		if err := s.Invitations.InvitationOpened(ctx, i, ev); err != nil {
			return Accepted{}, fmt.Errorf("apply: accept: %w", err)
		}
	}
	return Accepted{Invitation: i, Code: s.macs().InvitationCode(i), Tenant: t, Service: d.Service}, nil
}

// InvitationHashes are what the store may know of invitation codes.
func (s *Service) InvitationHashes(codes []string) [][]byte {
	var out [][]byte
	for _, c := range codes {
		out = append(out, s.macs().InvitationHashes(c)...)
	}
	return out
}

// draftEvent is one about an invitation: ids only.
func (s *Service) draftEvent(who civic.Actor, i civic.Invitation, kind string) civic.Event {
	return civic.Event{ID: s.NewID(), Tenant: i.Tenant, Actor: who.Name(), Kind: kind, At: s.Now(), Data: map[string]string{"invitation": i.ID}}
}
