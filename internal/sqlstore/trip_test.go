package sqlstore_test

import (
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/storetest"
)

// What travels together shares its fate: when one statement fails, nothing of the others is stored, and the connection still serves.
func TestTravellersShareTheirFate(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := open(t, e.url(t))
			w := storetest.NewWorld(t, s)
			who := civic.Subject{Account: "traveller"}
			sent := w.Filing(w.Draft(t, who, w.Jena.ID))
			if _, err := s.Submit(t.Context(), who, sent); err != nil {
				t.Fatal(err)
			}
			again := w.Filing(w.Draft(t, who, w.Jena.ID))
			again.Submission.ID = sent.Submission.ID // the case is inserted before it, the events after it
			if _, err := s.Submit(t.Context(), who, again); err == nil {
				t.Fatal("two submissions of one id")
			}
			if n, err := s.InTenant(w.Jena.ID).Count(t.Context(), "SELECT COUNT(*) FROM cases WHERE dossier = $1 AND tenant = $2", again.Draft.ID, w.Jena.ID); err != nil || n != 0 {
				t.Errorf("%d cases without a submission (%v)", n, err)
			}
			if d, _, err := s.Draft(t.Context(), who, again.Draft.ID); err != nil || d.Submission != "" {
				t.Errorf("the draft counts as sent: %+v (%v)", d, err)
			}
			if err := s.CreateDraft(t.Context(), sent.Draft); err == nil {
				t.Error("two dossiers of one id")
			}
			again.Submission.ID = "fresh"
			if _, err := s.Submit(t.Context(), who, again); err != nil {
				t.Errorf("after the failure: %v", err)
			}
		})
	}
}
