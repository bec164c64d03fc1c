package clerk_test

import (
	"testing"

	"antragswerk/internal/civic"
)

// A locked case is read and nothing else, until the lock is off; a dispute lets the work go on.
func TestLocks(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	f := o.files["c1"]
	want(t, s.Lock(ctx, who, at(0), "boredom"), civic.Invalid)
	want(t, s.Unlock(ctx, who, at(0)), civic.Conflict)
	want(t, s.Lock(ctx, staff("gera", civic.RoleClerk), at(0), civic.HoldClaims), civic.NotFound)
	for _, why := range []civic.Hold{civic.HoldAccuracy, civic.HoldUnlawful, civic.HoldClaims, civic.HoldObjection} {
		want(t, s.Lock(ctx, who, at(0), why), "")
		last := o.changes[len(o.changes)-1]
		if f.Case.Hold != why || f.Case.Held.IsZero() || last.Events[0].Kind != "case.held" || last.Events[0].Data["hold"] != string(why) {
			t.Fatalf("%+v", last)
		}
		n := len(o.changes)
		want(t, s.Take(ctx, who, at(0)), civic.Conflict)
		want(t, s.Note(ctx, who, at(0), "trotzdem"), civic.Conflict)
		want(t, s.Write(ctx, who, at(0), "trotzdem", nil), civic.Conflict)
		want(t, s.Forward(ctx, who, at(0), "gera"), civic.Conflict)
		want(t, s.Lock(ctx, who, at(0), why), civic.Conflict)
		if len(o.changes) != n || len(o.forwards) > 0 {
			t.Errorf("%s: work went on", why)
		}
		if _, err := s.Open(ctx, who, "jena", "c1", "de"); err != nil {
			t.Errorf("a locked case cannot be read: %v", err)
		}
		want(t, s.Unlock(ctx, who, at(0)), "")
	}
	want(t, s.Lock(ctx, who, at(0), civic.HoldDispute), "")
	want(t, s.Take(ctx, who, at(0)), "")
	if f.Case.Hold != civic.HoldDispute {
		t.Error("work took off the hold")
	}
}
