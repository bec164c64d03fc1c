package storetest

import (
	"testing"
	"time"

	"antragswerk/internal/civic"
)

// An inventory is stored whole, in its tenant, and is found like what was sent.
func testFill(t *testing.T, w *World) {
	var list []civic.Filed
	for range 40 {
		now := at(w.Store)
		filing := w.Filing(civic.Draft{Dossier: civic.Dossier{ID: w.id("dossier"), Tenant: w.Jena.ID, Service: "hundesteuer", Key: []byte("wrapped"), Lang: "de", Created: now},
			Pins: civic.Pins{Version: w.Version.ID}})
		f := civic.Filed{Dossier: filing.Draft.Dossier, Case: filing.Case, Submission: filing.Submission, Events: filing.Events,
			Terms: append(filing.Terms, civic.IndexTerm{Mode: "name", Text: "Beispiel"})}
		f.Events[0].ID = w.id("event")
		f.Case.Deadline = now.Add(time.Hour)
		f.Messages = []civic.Message{{ID: w.id("message"), Case: f.Case.ID, Tenant: w.Jena.ID, Dossier: f.Dossier.ID, Author: "citizen", Body: civic.Sealed("hello"), Created: now}}
		f.Decision = &civic.Decision{ID: w.id("decision"), Case: f.Case.ID, Tenant: w.Jena.ID, Dossier: f.Dossier.ID, Outcome: civic.Granted, Letter: civic.Sealed("letter"),
			Author: "staff-1", AuthorName: "Kim Berger", Created: now, Deemed: now}
		list = append(list, f)
	}
	check(t, w.Fill(t.Context(), w.Jena.ID, list))
	if found := w.inbox(t, w.Jena.ID, civic.InboxFilter{Search: "beisp"}); len(found) != len(list) {
		t.Errorf("%d of %d are found", len(found), len(list))
	}
	last := list[len(list)-1]
	file, err := w.CaseFile(t.Context(), w.Jena.ID, last.Case.ID)
	if check(t, err); len(file.Submissions) != 1 || len(file.Messages) != 1 || file.Decision == nil || len(file.Events) != 1 || string(file.Dossier.Key) != "wrapped" {
		t.Errorf("%+v", file)
	}
	if !file.Case.Deadline.Equal(last.Case.Deadline) || file.Case.FileNumber != last.Case.FileNumber {
		t.Errorf("%+v", file.Case)
	}
	for tenant, want := range map[string]bool{w.Jena.ID: true, w.Gera.ID: false} {
		there, err := w.Filled(t.Context(), tenant, last.Case.ID)
		if check(t, err); there != want {
			t.Errorf("at %s: %v", tenant, there)
		}
	}
	if err := w.Fill(t.Context(), w.Jena.ID, list[:1]); err == nil {
		t.Error("the same case was stored twice")
	}
	if n := w.jobs(t, "fan_out"); n != 0 {
		t.Errorf("%d jobs", n)
	}
}
