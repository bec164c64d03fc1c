// Package storetest is what every database must do: one suite that sqlstore runs on SQLite and on PostgreSQL.
package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore"
)

// Run runs the suite; open returns a fresh, migrated store that enqueues jobs as rows of river_job.
func Run(t *testing.T, open func(t *testing.T) *sqlstore.Store) {
	for _, part := range []struct {
		name string
		test func(*testing.T, *World)
	}{
		{"directory", testDirectory}, {"seed", testSeed}, {"versions", testVersions}, {"tenants", testTenants}, {"offerings", testOfferings},
		{"staff", testStaff}, {"routes", testRoutes}, {"deliveries", testDeliveries}, {"bulks", testBulks}, {"walks", testWalks},
		{"exports", testExports}, {"sessions", testSessions}, {"accounts", testAccounts}, {"drafts", testDrafts},
		{"foreign subjects", testForeignSubjects}, {"foreign tenants", testForeignTenants}, {"attachments", testAttachments},
		{"upload", testUpload}, {"mine", testMine}, {"claim", testClaim}, {"expiry", testExpiry}, {"file numbers", testFileNumbers},
		{"submit", testSubmit}, {"submit twice at once", testSubmitTwice}, {"200 submissions at once", testSubmitMany},
		{"cancelled neighbours", testCancelled}, {"case file", testCaseFile}, {"change", testChange}, {"change mine", testChangeMine},
		{"forward", testForward}, {"pages", testPages}, {"filters", testFilters}, {"search", testSearch}, {"tags", testTags},
		{"counts", testCounts}, {"events", testEvents}, {"pinned", testPinned}, {"helpers", testHelpers}, {"co-signatures", testCosign},
		{"templates", testTemplates}, {"letter drafts", testLetterDrafts}, {"frozen letters", testFrozenLetters}, {"opinions", testOpinions},
		{"requests due", testRequestsDue}, {"fill", testFill}, {"resubmissions", testResubmissions}, {"feeds", testFeeds}, {"late", testLate},
		{"figures", testFigures}, {"team", testTeam}, {"denied counts", testDeniedCounts}, {"mentions", testMentions},
		{"hand over", testHandOver}, {"views", testViews}, {"labels", testLabels}, {"subscriptions", testSubscriptions}, {"twins", testTwins},
		{"tasks", testTasks}, {"annotations", testAnnotations}, {"calls", testCalls}, {"label filters", testLabelFilters},
		{"retention", testRetention}, {"erasure", testErasure}, {"idle accounts", testIdleAccounts},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, NewWorld(t, open(t))) })
	}
}

// World is a store with two authorities and a published form version.
type World struct {
	*sqlstore.Store
	Jena, Gera civic.Tenant
	Version    civic.FormVersion
	count      atomic.Int64
}

// NewWorld seeds the store.
func NewWorld(t testing.TB, s *sqlstore.Store) *World {
	t.Helper()
	w := &World{Store: s, Jena: civic.Tenant{ID: "tenant-jena", Slug: "jena", Kind: civic.KindKreisfrei, ARS: "160530000000", Name: "Jena", Live: true, Key: []byte("key of jena"), Created: at(s)},
		Gera:    civic.Tenant{ID: "tenant-gera", Slug: "gera", Kind: civic.KindKreisfrei, ARS: "160520000000", Name: "Gera", Live: true, Key: []byte("key of gera"), Created: at(s)},
		Version: civic.FormVersion{ID: "version-1", Service: "hundesteuer", Digest: "d1", Package: []byte("zip"), CreatedBy: "shipped", Created: at(s), Published: at(s)}}
	data := sqlstore.SeedData{Tenants: []civic.Tenant{w.Jena, w.Gera}, Versions: []civic.FormVersion{w.Version},
		Regions: []civic.Region{{ARS: "160530000000", Name: "Jena", Level: civic.RegionGemeinde, Kind: "kreisfreie-stadt", Inhabitants: 110000, Slug: "jena", ValidFrom: at(s)}}}
	for _, n := range []civic.Tenant{w.Jena, w.Gera} {
		data.Offerings = append(data.Offerings, civic.Offering{Tenant: n.ID, Service: "hundesteuer", Enabled: true})
	}
	if err := s.Seed(t.Context(), data); err != nil {
		t.Fatalf("seed: %v", err)
	}
	return w
}

// at is the store's time, to its precision.
func at(s *sqlstore.Store) time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// id makes a unique id.
func (w *World) id(kind string) string { return fmt.Sprintf("%s-%05d", kind, w.count.Add(1)) }

// account makes a logged-in subject.
func (w *World) account() civic.Subject { return civic.Subject{Account: w.id("account")} }

// anonymous makes a subject with a recovery code.
func (w *World) anonymous() civic.Subject {
	sum := sha256.Sum256([]byte(w.id("code")))
	return civic.Subject{Codes: [][]byte{sum[:]}}
}

// Draft stores a draft of the subject in the tenant.
func (w *World) Draft(t testing.TB, who civic.Subject, tenant string) civic.Draft {
	t.Helper()
	now := at(w.Store)
	d := civic.Draft{Dossier: civic.Dossier{ID: w.id("dossier"), Tenant: tenant, Service: "hundesteuer", Key: []byte("wrapped"), Account: who.Account, Lang: "de", Created: now},
		Pins: civic.Pins{Version: w.Version.ID}, Content: civic.Sealed("sealed"), Revision: 1, Updated: now, Expires: now.Add(civic.DraftLife)}
	if len(who.Codes) > 0 {
		d.CodeHash = who.Codes[0]
	}
	check(t, w.CreateDraft(t.Context(), d))
	return d
}

// Filing is what sends the draft, with the terms to find it by.
func (w *World) Filing(d civic.Draft, terms ...civic.IndexTerm) civic.Filing {
	now := at(w.Store)
	caseID, subID := w.id("case"), w.id("submission")
	number := civic.FileNumber("HUST", 2026, w.count.Add(1))
	return civic.Filing{Draft: d,
		Submission: civic.Submission{ID: subID, Dossier: d.ID, Tenant: d.Tenant, Case: caseID, Pins: d.Pins, Kind: civic.SubmissionFirst, Answers: civic.Sealed("answers"), Reach: civic.Sealed("reach"),
			Digest: []byte("digest"), Receipt: []byte("receipt"), FileNumber: number, Level: civic.LevelNone, Created: now},
		Case: civic.Case{ID: caseID, Tenant: d.Tenant, Dossier: d.ID, Service: d.Service, FileNumber: number, State: civic.Received, Revision: 1, Received: now,
			Changed: now, Unread: true, Columns: civic.Sealed("columns")},
		Events: []civic.Event{{Tenant: d.Tenant, Case: caseID, Actor: "citizen", Kind: "case.submitted", Data: map[string]string{"submission": subID}, At: now}},
		Terms:  append(terms, civic.IndexTerm{Field: "number", Mode: "number", Text: number}),
		Jobs:   []civic.Job{civic.FanOut{Tenant: d.Tenant, Case: caseID, Submission: subID}},
	}
}

// Case submits an application of the subject and returns its case as filed; edit changes the filing before.
func (w *World) Case(t testing.TB, who civic.Subject, tenant string, edit func(*civic.Filing)) civic.Case {
	t.Helper()
	f := w.Filing(w.Draft(t, who, tenant))
	if edit != nil {
		edit(&f)
	}
	_, err := w.Submit(t.Context(), who, f)
	check(t, err)
	f.Case.Key = f.Draft.Key
	return f.Case
}

// jobs counts the jobs of a kind.
func (w *World) jobs(t testing.TB, kind string) (n int) {
	t.Helper()
	check(t, w.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM river_job WHERE kind = $1", kind).Scan(&n))
	return n
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails unless err has the code.
func want(t testing.TB, code civic.Code, err error) {
	t.Helper()
	if got := civic.CodeOf(err); got != code {
		t.Fatalf("got %q (%v), want %q", got, err, code)
	}
}

func ids(cases []civic.Case) (list []string) {
	for _, c := range cases {
		list = append(list, c.ID)
	}
	return list
}

// event is one without content.
func event(tenant, kind string) civic.Event {
	return civic.Event{Tenant: tenant, Actor: "staff-1", Kind: kind}
}

// clerkOf is a logged-in clerk of the tenant.
func clerkOf(tenant string) civic.Actor {
	return civic.Actor{Staff: &civic.Staff{ID: "staff-1", Name: "Kim Berger", Roles: map[string][]civic.Role{tenant: {civic.RoleClerk}}}}
}

// inbox reads the tenant's whole inbox page by page.
func (w *World) inbox(t testing.TB, tenant string, f civic.InboxFilter) (all []string) {
	t.Helper()
	for range 1000 {
		page, err := w.Cases(t.Context(), tenant, f)
		check(t, err)
		all = append(all, ids(page.Cases)...)
		if f.After = page.Next; f.After == "" {
			return all
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func background(t testing.TB) context.Context { return context.WithoutCancel(t.Context()) }
