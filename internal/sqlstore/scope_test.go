package sqlstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
	"antragswerk/internal/testenv"
)

// tenantTables belong to a tenant; those of the applicant have a dossier besides.
var (
	applicantTables = []string{"dossiers", "drafts", "attachments", "cases", "submissions", "messages", "requests", "decisions", "payments", "events", "invitations"}
	officeTables    = []string{"appointments", "colleagues", "notes", "routes", "deliveries", "case_terms", "file_counters", "feedback", "teams", "absences", "turns", "mentions", "bulks", "bulk_items", "exports", "export_templates"}
)

// whole is a world in which Jena has a row in every table, and the subject that applied there.
func whole(t *testing.T, s *sqlstore.Store) (*storetest.World, civic.Subject, civic.Case) {
	t.Helper()
	w := storetest.NewWorld(t, s)
	who, now, ctx := civic.Subject{Account: "applicant"}, s.Now(), t.Context()
	c := w.Case(t, who, w.Jena.ID, func(f *civic.Filing) { f.Payment = &civic.Payment{ID: "p1", Cents: 1, Created: now} })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	next := c
	next.Revision++
	must(s.Change(ctx, w.Jena.ID, civic.CaseChange{Case: next, Was: 1, Message: &civic.Message{ID: "m", Created: now}, Request: &civic.Request{ID: "r", Created: now},
		Note: &civic.Note{ID: "n", Created: now}, Mentions: []civic.Mention{{ID: "me", Created: now}}, Decision: &civic.Decision{ID: "d", Created: now}, Attachments: []civic.Attachment{{ID: "a", BlobKey: "b", Created: now}}}))
	ev := civic.Event{Actor: "x", Kind: "y"}
	must(s.Invite(ctx, who, civic.Invitation{ID: "in", Dossier: c.Dossier, Purpose: civic.PurposeCosign, CodeHash: []byte("code"), Created: now, Expires: now.Add(time.Hour)}, false, ev))
	must(s.SaveAppointment(ctx, civic.Appointment{ID: "ap", Tenant: w.Jena.ID, Email: "a@example.org"}, ev))
	must(s.SaveColleague(ctx, w.Jena.ID, civic.Colleague{ID: "co", Name: "Kim Berger"}, nil))
	must(s.SaveRoute(ctx, civic.Route{ID: "ro", Tenant: w.Jena.ID, Created: now}, ev))
	must(s.CreateDeliveries(ctx, w.Jena.ID, []civic.Delivery{{ID: "de", Case: c.ID, Created: now}}, nil))
	must(s.SaveTeam(ctx, w.Jena.ID, civic.Team{}, ev))
	must(s.SaveAbsence(ctx, civic.Absence{ID: "ab", Tenant: w.Jena.ID}, ev))
	if _, err := s.NextTurn(ctx, w.Jena.ID, "rule"); err != nil {
		t.Fatal(err)
	}
	must(s.AddFeedback(ctx, civic.Feedback{ID: "f", Tenant: w.Jena.ID, Created: now}))
	must(s.CreateBulk(ctx, w.Jena.ID, civic.Bulk{ID: "bu", Created: now}, []civic.BulkItem{{Case: c.ID, Seq: 1}}, nil))
	must(s.CreateExport(ctx, w.Jena.ID, civic.Export{ID: "ex", Created: now, Expires: now}))
	must(s.SaveExportTemplate(ctx, civic.ExportTemplate{ID: "et", Tenant: w.Jena.ID, Updated: now}, ev))
	_, err := s.NextFileNumber(ctx, w.Jena.ID, "X", 2026)
	must(err)
	return w, who, c
}

// Without any condition, a statement sees its scope's rows and no others: that is what row-level security is for.
func TestRowLevelSecurity(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	w, who, c := whole(t, s)
	count := func(sc sqlstore.Scope, table string) int {
		t.Helper()
		n, err := sc.Count(t.Context(), "SELECT COUNT(*) FROM "+table)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		return n
	}
	for _, table := range append(applicantTables, officeTables...) {
		if n := count(s.InTenant(w.Jena.ID), table); n == 0 {
			t.Errorf("%s: the tenant does not see its own rows", table)
		}
		if n := count(s.InTenant(w.Gera.ID), table); n != 0 {
			t.Errorf("%s: another tenant sees %d rows", table, n)
		}
		if n := count(s.AsSubject(civic.Subject{Account: "stranger"}, ""), table); n != 0 {
			t.Errorf("%s: a stranger sees %d rows", table, n)
		}
		var n int
		if err := s.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: without a scope %d rows are seen (%v)", table, n, err)
		}
	}
	for _, table := range applicantTables {
		if n := count(s.AsSubject(who, c.Dossier), table); n == 0 {
			t.Errorf("%s: the applicant does not see their own", table)
		}
	}
	for _, table := range append(officeTables, "sessions", "accounts") {
		if n := count(s.AsSubject(who, c.Dossier), table); n != 0 {
			t.Errorf("%s: the applicant sees %d rows", table, n)
		}
	}
	if n, err := s.InTenant(w.Gera.ID).Exec(t.Context(), "UPDATE cases SET state = 'closed'"); err != nil || n != 0 {
		t.Errorf("another tenant closed %d cases (%v)", n, err)
	}
	for name, statement := range map[string]string{
		"a case of another tenant": "UPDATE cases SET tenant = 'tenant-gera'",
		"a note for another":       "INSERT INTO notes (id, case_id, tenant, dossier, author, author_name, created, body) SELECT 'n9', id, 'tenant-gera', dossier, '', '', 0, '' FROM cases",
		"a rewritten event":        "UPDATE events SET kind = 'forged'",
		"a deleted event":          "DELETE FROM events",
		"a form version":           "INSERT INTO form_versions (id, service, number, digest, package, created_by, created, approved_by, published, retired) VALUES ('x', 's', 1, 'd', '', '', 0, '', 1, 0)",
		"a foreign session":        "INSERT INTO sessions (hash, audience, account, identity, created, seen, expires, issuer_sid, subject) VALUES ('x', '', '', '', 0, 0, 0, '', '')",
		"a new schema":             "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
	} {
		if _, err := s.InTenant(w.Jena.ID).Exec(t.Context(), statement); err == nil {
			t.Errorf("a tenant stored %s", name)
		}
	}
	if _, err := s.AsSubject(who, c.Dossier).Exec(t.Context(), "INSERT INTO case_terms (tenant, term, received, case_id) VALUES ('tenant-gera', 'x', 0, 'y')"); err == nil {
		t.Error("an applicant stored search terms at another authority")
	}
}

// Who holds an invitation sees its dossier for its purpose, through the scope that checks it and no other.
func TestInvitationsUnderRowLevelSecurity(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	_, _, c := whole(t, s)
	guest := civic.Subject{Invited: [][]byte{[]byte("code")}}
	see := func(sc sqlstore.Scope, table string) int {
		t.Helper()
		n, err := sc.Count(t.Context(), "SELECT COUNT(*) FROM "+table)
		if err != nil && civic.CodeOf(err) != civic.NotFound {
			t.Fatalf("%s: %v", table, err)
		}
		return n
	}
	for _, table := range []string{"dossiers", "cases", "submissions", "attachments", "invitations"} {
		if n := see(s.AsInvited(guest, c.Dossier, "cosign"), table); n != 1 {
			t.Errorf("%s: who is invited sees %d rows", table, n)
		}
		for _, purpose := range []string{"help", "send"} {
			if n := see(s.AsInvited(guest, c.Dossier, purpose), table); n != 0 {
				t.Errorf("%s: an invitation to confirm lets %s with %d rows", table, purpose, n)
			}
		}
		if n := see(s.AsSubject(guest, c.Dossier), table); n != 0 {
			t.Errorf("%s: an invitation makes its holder the owner of %d rows", table, n)
		}
	}
	if n, err := s.AsInvited(guest, c.Dossier, "cosign").Exec(t.Context(), "DELETE FROM dossiers"); err != nil || n != 0 {
		t.Errorf("who is invited deleted %d dossiers (%v)", n, err)
	}
	for _, table := range append(officeTables, "sessions", "accounts") {
		if n := see(s.AsInvited(guest, c.Dossier, "cosign"), table); n != 0 {
			t.Errorf("%s: who is invited sees %d rows", table, n)
		}
	}
}

// A table that a later migration adds must not be forgotten.
func TestEveryTableIsGuarded(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	rows, err := s.DB().QueryContext(t.Context(), `SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT LIKE 'goose%' AND c.relname NOT LIKE 'river%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	tables := 0
	for rows.Next() {
		var table string
		var guarded bool
		if err := rows.Scan(&table, &guarded); err != nil {
			t.Fatal(err)
		}
		if tables++; !guarded {
			t.Errorf("%s has no forced row-level security", table)
		}
	}
	if err := rows.Err(); err != nil || tables < 26 {
		t.Fatalf("%d tables (%v)", tables, err)
	}
	var role string
	var mighty bool
	if err := s.DB().QueryRowContext(t.Context(), "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&role, &mighty); err != nil {
		t.Fatal(err)
	}
	if role != "antragswerk_app" || mighty {
		t.Errorf("the server acts as %s (bypassing: %v)", role, mighty)
	}
}

// Events are append-only on both engines, for the system too.
func TestEventsAreAppendOnly(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := open(t, e.url(t))
			whole(t, s)
			for _, statement := range []string{"UPDATE events SET kind = 'forged'", "DELETE FROM events"} {
				if _, err := s.AsSystem("a test").Exec(t.Context(), statement); err == nil {
					t.Errorf("%s went through", statement)
				}
			}
		})
	}
}

// fillMany stores n cases of a tenant by plain SQL.
func fillMany(t *testing.T, s *sqlstore.Store, of civic.Tenant, n int) {
	t.Helper()
	ctx, tenant := t.Context(), of.ID
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := s.AsSystem("a test").Exec(ctx, statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	numbers := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT)) `
	exec(numbers+`INSERT INTO dossiers (id, tenant, service, account, code, ars, lang, created, key)
		SELECT $1 || 'd' || CAST(i AS TEXT), $1, 'hundesteuer', 'acc' || CAST(i % 500 AS TEXT), '', '', 'de', i, '' FROM n`, tenant, n)
	exec(numbers+`INSERT INTO cases (id, tenant, dossier, service, version, file_number, state, revision, assignee, assignee_name, received, deadline, changed, unread, forwarded_to, columns, grp, escalated)
		SELECT $1 || 'c' || CAST(i AS TEXT), $1, $1 || 'd' || CAST(i AS TEXT), 'service' || CAST(i % 20 AS TEXT), 'v', 'N' || CAST(i AS TEXT),
			CASE i % 9 WHEN 0 THEN 'received' WHEN 1 THEN 'in_progress' ELSE 'closed' END, 1, 'staff-' || CAST(i % 50 AS TEXT), '', i, i + 1000, i, i % 100 = 0, '', '', CASE WHEN i % 4 = 0 THEN 'g1' ELSE '' END, CASE WHEN i % 300 = 0 THEN i ELSE 0 END FROM n`, tenant, n)
	exec(numbers+`INSERT INTO deliveries (id, tenant, case_id, submission, route, connector, target, attempts, last_error, created, tried, delivered, dead)
		SELECT $1 || 'l' || CAST(i AS TEXT), $1, $1 || 'c' || CAST(i AS TEXT), '', '', '', '', 1, '', i, i, CASE WHEN i % 100 = 0 THEN 0 ELSE i END, 0 FROM n`, tenant, n)
	for _, x := range []struct{ mode, text, every string }{{"word", "haus", "1"}, {"word", "hund", "1"}, {"word", "katz", "900"}, {"tag:label", "urgent", "7"}} {
		term, err := blind(civic.Keys{Tenant: tenant, TenantKey: of.Key}, x.mode, x.text)
		if err != nil {
			t.Fatal(err)
		}
		exec(`INSERT INTO case_terms (tenant, term, received, case_id) SELECT tenant, $1, received, id FROM cases WHERE tenant = $2 AND received % `+x.every+` = 0`, term[:16], tenant)
	}
}

// No counter and no lookup reads a table from end to end.
func TestPlans(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			s := open(t, url)
			w := storetest.NewWorld(t, s)
			fillMany(t, s, w.Jena, 4000)
			fillMany(t, s, w.Gera, 8000)
			analyze(t, url)
			for name, text := range map[string]string{
				"undone deliveries": "SELECT id FROM deliveries WHERE tenant = $1 AND delivered = 0 ORDER BY created DESC, id DESC LIMIT 50",
				"done deliveries":   "SELECT id FROM deliveries WHERE tenant = $1 AND delivered > 0 ORDER BY created DESC, id DESC LIMIT 50",
				"dossiers":          "SELECT id FROM dossiers WHERE (account = $1 AND account <> '') OR (code IN ($1) AND code <> '') ORDER BY created DESC LIMIT 200",
				"expiry":            "SELECT dossier FROM drafts WHERE submission = '' AND expires < 5 AND $1 <> '' ORDER BY expires LIMIT 10",
				"events":            "SELECT id FROM events WHERE case_id = $1 AND case_id <> '' ORDER BY at, id",
			} {
				indexed(t, s, w.Jena.ID, name, text, w.Jena.ID)
			}
		})
	}
}

// indexed fails when the plan holds a scan of a whole table, or sorts more than a page.
func indexed(t *testing.T, s *sqlstore.Store, tenant, name, text string, args ...any) {
	t.Helper()
	lines, err := s.Explain(t.Context(), tenant, false, text, args...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	plan := strings.Join(lines, "\n")
	for _, table := range []string{"cases", "case_terms", "dossiers", "deliveries", "drafts", "events"} {
		for _, line := range lines {
			line = strings.TrimSpace(line)
			alias := map[string]string{"cases": "c", "dossiers": "d", "case_terms": "t"}[table]
			if strings.Contains(line, "Seq Scan on "+table) && s.Kind() == "postgres" && !small(table) ||
				line == "SCAN "+table || alias != "" && line == "SCAN "+alias {
				t.Errorf("%s reads all of %s:\n%s", name, table, plan)
			}
		}
	}
}

// small tables are empty here: PostgreSQL reads their single page whatever index there is.
func small(table string) bool { return table == "drafts" || table == "events" }

// The role in which the server acts for an authority may do with each table and column what the server's own role may, and no more: a
// migration that takes something from one must name both.
func TestOfficeRoleMayNoMore(t *testing.T) {
	url := engines[1].url(t)
	s := open(t, url)
	for _, view := range []string{"role_table_grants", "role_column_grants"} {
		column := map[string]string{"role_table_grants": "''", "role_column_grants": "column_name"}[view]
		rows, err := s.DB().QueryContext(t.Context(), `SELECT grantee, table_name, `+column+`, privilege_type FROM information_schema.`+view+`
			WHERE table_schema = 'public' AND grantee IN ('antragswerk_app', 'antragswerk_office')`)
		if err != nil {
			t.Fatal(err)
		}
		may := map[string]map[string]bool{"antragswerk_app": {}, "antragswerk_office": {}}
		for rows.Next() {
			var role, table, column, privilege string
			if err := rows.Scan(&role, &table, &column, &privilege); err != nil {
				t.Fatal(err)
			}
			may[role][privilege+" "+table+" "+column] = true
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		if len(may["antragswerk_app"]) < 50 {
			t.Errorf("only %d grants were looked at", len(may["antragswerk_app"]))
		}
		if d := cmp.Diff(may["antragswerk_app"], may["antragswerk_office"]); d != "" {
			t.Errorf("%s: %s", view, d)
		}
	}
}
