package clerk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Outcomes lists how a case can be decided, in the order in which pages show them.
var Outcomes = []civic.Outcome{civic.Granted, civic.PartlyGranted, civic.Refused}

// Verdict is a decision on its way out.
type Verdict struct {
	Outcome civic.Outcome
	Letter  string // Markdown with placeholders
}

// Peek reads a case for a form on it. Who comes from the case has just opened it; whoever comes by another way is on record like them.
func (s *Service) Peek(ctx context.Context, who civic.Actor, tenant, id, lang string) (*File, error) {
	f, err := s.file(ctx, who, tenant, id, lang)
	if err != nil {
		return nil, err
	}
	return f, s.looked(ctx, who, f)
}

// looked records that somebody reads a case, unless they have opened it a moment ago.
func (s *Service) looked(ctx context.Context, who civic.Actor, f *File) error {
	for _, e := range slices.Backward(f.Events) {
		if s.Now().Sub(e.At) > sameLook {
			break
		}
		if e.Kind == "case.opened" && e.Actor == who.Name() {
			return nil
		}
	}
	if err := s.Store.Seen(ctx, f.Tenant.ID, f.Case.ID, s.event(f.Case, who, "case.opened", nil)); err != nil {
		return fmt.Errorf("clerk: seen: %w", err)
	}
	return nil
}

// Decide (bescheiden) ends the work: the letter is filled in, sealed and frozen, the citizen is told, and the day from which it
// counts as announced (§ 9 OZG) is kept. An open request is taken back. Where the form asks for four eyes it is Conflict: then a
// decision is proposed.
func (s *Service) Decide(ctx context.Context, who civic.Actor, at At, v Verdict) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if err := f.free(); err != nil {
			return err
		}
		if f.FourEyes() {
			return civic.Errorf(civic.Conflict, "error.desk.four_eyes")
		}
		letter, err := s.Letter(ctx, f, who, v)
		if err != nil {
			return err
		}
		return s.decide(ctx, who, f, ch, civic.Decision{Outcome: v.Outcome, Author: who.Staff.ID, AuthorName: who.Staff.Name}, letter)
	})
}

// FourEyes tells whether the form asks for a second pair of eyes on its decisions.
func (f *File) FourEyes() bool { return f.Form.Package.Form.FourEyes }

// Letter is a decision's letter as it would be sent. Invalid names the field.
func (s *Service) Letter(ctx context.Context, f *File, who civic.Actor, v Verdict) (string, error) {
	if !slices.Contains(Outcomes, v.Outcome) {
		return "", civic.Errorf(civic.Invalid, "error.desk.outcome").At("outcome")
	}
	letter, err := text("letter", v.Letter, maxLetter)
	if err != nil {
		return "", err
	}
	remedy, err := s.Remedy(ctx, who, f)
	if err != nil {
		return "", err
	}
	return s.filled(f, who, letter, maxLetter, Filling{Kind: civic.TemplateLetter, Outcome: v.Outcome, Remedy: remedy, field: "letter"})
}

// decide fills the change that a decision makes; d says how and by whom.
func (s *Service) decide(ctx context.Context, who civic.Actor, f *File, ch *civic.CaseChange, d civic.Decision, letter string) error {
	next, ev, err := f.Case.Decide(who, s.Now(), d.Outcome)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(letter))
	d.ID, d.Case, d.Tenant, d.Dossier, d.Created, d.Deemed, d.Digest = s.NewID(), f.Case.ID, f.Tenant.ID, f.Dossier.ID, s.Now(), civic.DeemedAnnounced(s.Now()), digest[:]
	if d.Seal, err = s.Signet.SealLetter(ctx, f.Tenant, civic.SealMessage(f.Case.FileNumber, d.Digest, d.Created)); err != nil {
		return civic.Errorf(civic.Unavailable, "error.desk.seal").Because(err)
	}
	if d.Letter, err = s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealLetter, letter); err != nil {
		return err
	}
	ev.Data["decision"], ev.Data["digest"], ev.Data["seal"] = d.ID, hex.EncodeToString(d.Digest), d.Seal.Kind
	ch.Case, ch.Events, ch.Decision, ch.Request = next, []civic.Event{ev}, &d, s.recalled(f)
	ch.Jobs = []civic.Job{civic.Notify{Tenant: f.Tenant.ID, Case: f.Case.ID, What: "decision", Ref: d.ID}}
	return nil
}

// Signet seals letters for an authority. One that asks another system belongs into a job: nobody waits for it in a request.
type Signet interface {
	SealLetter(ctx context.Context, t civic.Tenant, message []byte) (civic.Seal, error)
}

// LetterPDF prints the decision's letter under the authority's letterhead, to whom the latest answers name.
func (s *Service) LetterPDF(ctx context.Context, who civic.Actor, tenant, id string) ([]byte, string, error) {
	f, err := s.Peek(ctx, who, tenant, id, "de")
	if err != nil {
		return nil, "", err
	}
	if f.Decision == nil {
		return nil, "", civic.Errorf(civic.NotFound, "error.not_found")
	}
	pdf, err := s.Print(ctx, f, f.Decision.Markdown, f.Decision.Created)
	return pdf, "Bescheid-" + f.Case.FileNumber + ".pdf", err
}

// Print prints a letter of a case as of a day, under the authority's letterhead.
func (s *Service) Print(ctx context.Context, f *File, markdown string, day time.Time) ([]byte, error) {
	house, err := s.Letters.Correspondence(ctx, f.Tenant.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: correspondence: %w", err)
	}
	var logo []byte
	if f.Tenant.LogoType != "" {
		if _, logo, err = s.Letters.Logo(ctx, f.Tenant.ID); err != nil && civic.CodeOf(err) != civic.NotFound {
			return nil, fmt.Errorf("clerk: logo: %w", err)
		}
	}
	pdf, err := s.Printer.Letter(ctx, civic.Letter{Logo: logo, Lang: "de", Title: s.Words.Text("desk.letter.title"), FileNumber: f.Case.FileNumber, Date: s.Words.Date(day),
		Head: civic.Letterhead(f.Tenant, house), To: f.addressee(), Body: markdown, Footer: house.Footer(f.Tenant), Created: day})
	if err != nil {
		return nil, fmt.Errorf("clerk: letter: %w", err)
	}
	return pdf, nil
}

// addressee are the lines in an envelope's window: of the answers, else of the log-in; nil when neither has an address.
func (f *File) addressee() []string {
	if to := f.Form.Addressee(f.state.Answers); to != nil {
		return to
	}
	return f.reach.To
}
