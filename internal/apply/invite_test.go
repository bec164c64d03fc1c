package apply

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// guests keeps to the contract of Invitations; who is invited reaches the drafts of the memory through it.
type guests struct {
	m      *memory
	list   []civic.Invitation
	events []civic.Event
	now    func() time.Time
}

func (g *guests) Invite(_ context.Context, who civic.Subject, i civic.Invitation, _ bool, ev civic.Event, _ ...civic.Job) error {
	if !who.Owns(g.m.drafts[i.Dossier].Dossier) {
		return missing()
	}
	g.list, g.events = append(g.list, i), append(g.events, ev)
	return nil
}

func (g *guests) InvitationsOf(_ context.Context, who civic.Subject, dossier string) ([]civic.Invitation, error) {
	if !who.Owns(g.m.drafts[dossier].Dossier) {
		return nil, missing()
	}
	return slices.DeleteFunc(slices.Clone(g.list), func(i civic.Invitation) bool { return i.Dossier != dossier }), nil
}

func (g *guests) Uninvite(_ context.Context, who civic.Subject, dossier, id string, ev civic.Event) error {
	for n, i := range g.list {
		if i.ID == id && i.Revoked.IsZero() && who.Owns(g.m.drafts[dossier].Dossier) {
			g.list[n].Revoked = ev.At
			g.events = append(g.events, ev)
			return nil
		}
	}
	return missing()
}

func (g *guests) held(who civic.Subject, dossier string) *civic.Invitation {
	for _, i := range g.list {
		if i.Dossier == dossier && i.Live(g.now()) && slices.ContainsFunc(who.Invited, func(h []byte) bool { return string(h) == string(i.CodeHash) }) {
			return &i
		}
	}
	return nil
}

func (g *guests) InvitationByCode(_ context.Context, hashes [][]byte) (civic.Invitation, civic.Dossier, error) {
	for id, d := range g.m.drafts {
		if i := g.held(civic.Subject{Invited: hashes}, id); i != nil {
			return *i, d.Dossier, nil
		}
	}
	return civic.Invitation{}, civic.Dossier{}, missing()
}

func (g *guests) InvitationOpened(_ context.Context, _ civic.Invitation, ev civic.Event) error {
	g.events = append(g.events, ev)
	return nil
}

func (g *guests) CosignFile(context.Context, civic.Subject, string) (civic.CaseFile, civic.Invitation, error) {
	return civic.CaseFile{}, civic.Invitation{}, missing()
}

func (g *guests) Cosign(context.Context, civic.Subject, string, civic.Consent, civic.CaseChange) error {
	return missing()
}

// helped are the drafts as sqlstore shows them: also to who is invited.
type helped struct {
	*memory
	g *guests
}

func (h helped) as(who civic.Subject, dossier string) (civic.Subject, *civic.Invitation) {
	d := h.drafts[dossier].Dossier
	if i := h.g.held(who, dossier); i != nil && !who.Owns(d) {
		return civic.Subject{Codes: [][]byte{d.CodeHash}}, i
	}
	return who, nil
}

func (h helped) Draft(ctx context.Context, who civic.Subject, id string) (civic.Draft, []civic.Attachment, error) {
	owner, i := h.as(who, id)
	d, files, err := h.memory.Draft(ctx, owner, id)
	d.Invitation = i
	return d, files, err
}

func (h helped) SaveDraft(ctx context.Context, who civic.Subject, d civic.Draft) error {
	owner, _ := h.as(who, d.ID)
	d.Invitation = nil
	return h.memory.SaveDraft(ctx, owner, d)
}

func (h helped) Submit(ctx context.Context, who civic.Subject, f civic.Filing) (civic.Submission, error) {
	owner, _ := h.as(who, f.Draft.ID)
	return h.memory.Submit(ctx, owner, f)
}

func (w *world) withGuests() *guests {
	g := &guests{m: w.store, now: func() time.Time { return w.clock }}
	w.Invitations, w.Drafts = g, helped{w.store, g}
	return g
}

// A helper's own log-in says nothing of the applicant: not in the answers, not in how they are reached, not in the level that the
// application is sent with; and the draft does not become the helper's.
func TestHelpersStayThemselves(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	g := w.withGuests()
	owner, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	code(t, w.InviteHelper(ctx, owner, Invite{Dossier: id, Label: " Frau \n Weber ", Days: 7, MaySend: true}), "")
	h, err := w.Helpers(ctx, owner, id, "de")
	if err != nil || len(h.Invited) != 1 || h.Invited[0].Label != "Frau Weber" || civic.ReadCode(h.Invited[0].Code) == "" {
		t.Fatalf("%+v, %v", h, err)
	}
	if strings.Contains(string(g.list[0].CodeHash), h.Invited[0].Code) || strings.Contains(string(g.list[0].CodeHash), civic.ReadCode(h.Invited[0].Code)) {
		t.Error("the store knows the code")
	}
	adviser := citizen("adviser", civic.LevelHigh)
	adviser.Identity.Email, adviser.Identity.EmailVerified = "amt@beratung.invalid", true
	in, err := w.Accept(ctx, adviser, strings.ToLower(h.Invited[0].Code))
	if err != nil || in.Dossier != id || in.Purpose != civic.PurposeHelp {
		t.Fatalf("%+v, %v", in, err)
	}
	adviser.Subject.Invited = w.InvitationHashes([]string{in.Code})
	a, err := w.Open(ctx, adviser, id, "de")
	if err != nil || a.Helper == nil || a.State.Proven != nil || a.Reach.Email != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	w.window(t, adviser, id, 0).save(t, "/halter/familienname", "Neu")
	a, err = w.Open(ctx, owner, id, "de")
	if err != nil || a.Draft.Account != "" || a.Helper != nil {
		t.Fatalf("%+v, %v", a.Draft.Dossier, err)
	}
	if hands := a.Hands(); len(hands) == 0 || hands[len(hands)-1].By != "Frau Weber" || hands[len(hands)-1].Page != 0 {
		t.Errorf("%+v", hands)
	}
	for name, err := range map[string]error{
		"discard": w.Discard(ctx, civic.Actor{Subject: civic.Subject{Invited: adviser.Subject.Invited}}, id),
		"invite":  w.InviteHelper(ctx, adviser, Invite{Dossier: id, Label: "x", Days: 7}), "end": w.Uninvite(ctx, adviser, id, g.list[0].ID),
	} {
		if civic.CodeOf(err) != civic.NotFound {
			t.Errorf("a helper may %s: %v", name, err)
		}
	}
	if _, ok := w.store.drafts[id]; !ok {
		t.Fatal("the draft is gone")
	}
	_, sent, err := w.Submit(ctx, adviser, id, "de", Declaration{Given: true})
	if err != nil || len(sent.Problems) > 0 || sent.Submission.Level != civic.LevelNone || sent.Submission.Reach != nil {
		t.Fatalf("%+v, %v", sent, err)
	}
	_, err = w.Open(ctx, adviser, id, "de")
	code(t, err, civic.Conflict)
	for _, ev := range g.events {
		for k, v := range ev.Data {
			if strings.Contains(v, "Weber") || strings.Contains(v, civic.ReadCode(in.Code)) {
				t.Errorf("the log holds %s: %s", k, v)
			}
		}
	}
}

func TestHelpersAreBounded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	g := w.withGuests()
	owner, id := w.start(t, civic.Actor{}, "hundesteuer-anmeldung")
	for n, in := range []Invite{{Label: " ", Days: 7}, {Label: strings.Repeat("x", maxLabel+1), Days: 7}, {Label: "x", Days: 365}, {Label: "x"}} {
		in.Dossier = id
		if err := w.InviteHelper(ctx, owner, in); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%d: %v", n, err)
		}
	}
	for n := range civic.MaxHelpers {
		code(t, w.InviteHelper(ctx, owner, Invite{Dossier: id, Label: strings.Repeat("x", n+1), Days: 1}), "")
	}
	code(t, w.InviteHelper(ctx, owner, Invite{Dossier: id, Label: "noch eine", Days: 1}), civic.Invalid)
	h, err := w.Helpers(ctx, owner, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	helper := civic.Actor{Subject: civic.Subject{Invited: w.InvitationHashes([]string{h.Invited[0].Code})}}
	_, _, err = w.Submit(ctx, helper, id, "de", Declaration{Given: true})
	code(t, err, civic.Forbidden)
	code(t, w.Uninvite(ctx, owner, id, h.Invited[0].ID), "")
	code(t, w.Uninvite(ctx, owner, id, h.Invited[0].ID), "")
	_, err = w.Open(ctx, helper, id, "de")
	code(t, err, civic.NotFound)
	w.clock = w.clock.AddDate(0, 0, 2)
	other := civic.Actor{Subject: civic.Subject{Invited: w.InvitationHashes([]string{h.Invited[1].Code})}}
	_, _, err = w.SavePage(ctx, other, id, "de", 0, formdef.Typed{})
	code(t, err, civic.NotFound)
	_, err = w.Accept(ctx, other, h.Invited[1].Code)
	code(t, err, civic.Invalid)
	if len(g.list) != civic.MaxHelpers {
		t.Errorf("%d invitations", len(g.list))
	}
}

// What the owner's log-in says of how they are reached is not shown to who helps; notices go there all the same.
func TestHelpersDoNotReadTheOwnersLogin(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.withGuests()
	owner := citizen("owner", civic.LevelBasic)
	owner.Identity.Email, owner.Identity.EmailVerified = "privat@owner.invalid", true
	owner, id := w.start(t, owner, "hundesteuer-anmeldung")
	code(t, w.InviteHelper(ctx, owner, Invite{Dossier: id, Label: "Frau Weber", Days: 7}), "")
	h, err := w.Helpers(ctx, owner, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	if to := h.Application.NoticeShown(); to != "privat@owner.invalid" {
		t.Errorf("the owner is told that notices go to %q", to)
	}
	a, err := w.Open(ctx, civic.Actor{Subject: civic.Subject{Invited: w.InvitationHashes([]string{h.Invited[0].Code})}}, id, "de")
	if err != nil || a.Helper == nil {
		t.Fatal(a, err)
	}
	if a.NoticeShown() != "" || a.NoticeTo() != "privat@owner.invalid" {
		t.Errorf("a helper reads %q; notices go to %q", a.NoticeShown(), a.NoticeTo())
	}
}
