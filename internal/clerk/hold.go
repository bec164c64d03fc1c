package clerk

import (
	"context"
	"slices"

	"antragswerk/internal/civic"
)

// Lock (sperren) stops a case's erasure and, for a ground of Art. 18 DSGVO, all work on it.
func (s *Service) Lock(ctx context.Context, who civic.Actor, at At, why civic.Hold) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if !slices.Contains(civic.Holds, why) {
			return civic.Errorf(civic.Invalid, "error.desk.ground").At("hold")
		}
		next, ev, err := f.Case.Keep(who, s.Now(), why)
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}

// Unlock (Sperre aufheben) takes that back. Whoever asked for a lock is told before (Art. 18 Abs. 3 DSGVO): the history that they see
// says so.
func (s *Service) Unlock(ctx context.Context, who civic.Actor, at At) error {
	at.frees = true
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		next, ev, err := f.Case.Free(who, s.Now())
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}

// locked refuses steps on a case whose processing is restricted.
func locked(c civic.Case, at At) error {
	if c.Locked() && !at.frees {
		return civic.Errorf(civic.Conflict, "error.desk.locked")
	}
	return nil
}
