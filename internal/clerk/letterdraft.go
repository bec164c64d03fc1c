package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Drafts keeps what clerks have begun to write, each their own.
type Drafts interface {
	LetterDrafts(ctx context.Context, tenant, caseID, staff string) ([]civic.LetterDraft, error)
	SaveLetterDraft(ctx context.Context, d civic.LetterDraft) error
	DeleteLetterDraft(ctx context.Context, d civic.LetterDraft) error
}

// DraftKinds are the forms of a case that keep what was typed.
var DraftKinds = []string{"message", "ask", "decide", "consult"}

// maxDraft limits a half-written letter with all its fields, in bytes.
const maxDraft = 200_000

// Begun is what the actor has begun to write, by field; nil when they have not.
type Begun struct {
	Values map[string][]string
	Saved  time.Time
}

// Begun (Angefangenes) is what the actor has begun to write on a case.
func (s *Service) Begun(ctx context.Context, who civic.Actor, f *File, kind string) (*Begun, error) {
	if _, err := s.office(ctx, who, f.Tenant.ID); err != nil {
		return nil, err
	}
	list, err := s.Drafts.LetterDrafts(ctx, f.Tenant.ID, f.Case.ID, who.Staff.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: drafts: %w", err)
	}
	i := slices.IndexFunc(list, func(d civic.LetterDraft) bool { return d.Kind == kind })
	if i < 0 {
		return nil, nil
	}
	raw, err := s.open(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealDraft, list[i].Body)
	if err != nil {
		return nil, err
	}
	b := &Begun{Saved: list[i].Changed}
	if err := json.Unmarshal([]byte(raw), &b.Values); err != nil {
		return nil, fmt.Errorf("clerk: draft: %w", err)
	}
	return b, nil
}

// Begin (Entwurf speichern) keeps what the actor has typed so far, sealed; it is theirs alone, on every device.
func (s *Service) Begin(ctx context.Context, who civic.Actor, at At, kind string, values map[string][]string) error {
	if !slices.Contains(DraftKinds, kind) {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("clerk: draft: %w", err)
	}
	if len(raw) > maxDraft {
		return civic.Errorf(civic.TooLarge, "error.desk.draft.large", "limit", maxDraft).At("text")
	}
	d := s.draftOf(f, who, kind)
	if d.Body, err = s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealDraft, string(raw)); err != nil {
		return err
	}
	return s.Drafts.SaveLetterDraft(ctx, d)
}

// Discard (Entwurf verwerfen) forgets what the actor has begun to write, because it was sent or is not wanted.
func (s *Service) Discard(ctx context.Context, who civic.Actor, at At, kind string) error {
	t, err := s.office(ctx, who, at.Tenant)
	if err != nil {
		return err
	}
	return s.Drafts.DeleteLetterDraft(ctx, civic.LetterDraft{Tenant: t.ID, Case: at.Case, Staff: who.Staff.ID, Kind: kind})
}

func (s *Service) draftOf(f *File, who civic.Actor, kind string) civic.LetterDraft {
	return civic.LetterDraft{Tenant: f.Tenant.ID, Case: f.Case.ID, Dossier: f.Dossier.ID, Staff: who.Staff.ID, Kind: kind, Changed: s.Now()}
}
