package sqlstore_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/queue"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
)

// chained links all that has happened at the tenant, a head for every three events, and returns the last head.
func chained(t *testing.T, s *sqlstore.Store, tenant string, key ed25519.PrivateKey) (h civic.Head) {
	t.Helper()
	for {
		records, err := s.Unlinked(t.Context(), "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		records = slices.DeleteFunc(records, func(r civic.Record) bool { return r.Tenant != tenant })
		if len(records) == 0 {
			return h
		}
		last, err := s.LastLink(t.Context(), tenant)
		if err != nil {
			t.Fatal(err)
		}
		var links []civic.Link
		for _, r := range records[:min(len(records), 3)] {
			last = last.Next(r.ID, r.Digest())
			links = append(links, last)
		}
		h = civic.Head{Tenant: tenant, Seq: last.Seq, Hash: last.Hash, At: s.Now()}
		h.Signature = ed25519.Sign(key, h.Message())
		if err := s.AppendLinks(t.Context(), links, h); err != nil {
			t.Fatal(err)
		}
		if err := s.AppendLinks(t.Context(), links, h); civic.CodeOf(err) != civic.Conflict {
			t.Fatalf("a second sequencer wrote the same numbers: %v", err)
		}
	}
}

// tampering is the SQL of somebody who owns the database, on both engines; the links are those of one tenant, 1 to 12.
var tampering = map[string]struct {
	statements []string
	want       []string
}{
	"nothing":              {nil, nil},
	"an event changed":     {[]string{"UPDATE events SET actor = 'nobody' WHERE id = (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5)"}, []string{"changed 5-5"}},
	"an event's time":      {[]string{"UPDATE events SET at = at - 1 WHERE id = (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5)"}, []string{"changed 5-5"}},
	"an event deleted":     {[]string{"DELETE FROM events WHERE id = (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5)"}, []string{"gone 5-5"}},
	"given to another":     {[]string{"UPDATE events SET tenant = 'tenant-gera' WHERE id = (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5)"}, []string{"gone 5-5"}},
	"an event with a link": {[]string{"DELETE FROM events WHERE id = (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5)", "DELETE FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5"}, []string{"gap 5-5"}},
	"links exchanged": {[]string{"UPDATE audit_links SET seq = 0 WHERE tenant = 'tenant-jena' AND seq = 4", "UPDATE audit_links SET seq = 4 WHERE tenant = 'tenant-jena' AND seq = 5",
		"UPDATE audit_links SET seq = 5 WHERE tenant = 'tenant-jena' AND seq = 0"}, []string{"moved 4-5"}},
	"the end cut off": {[]string{"DELETE FROM events WHERE id IN (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq > 9)", "DELETE FROM audit_links WHERE tenant = 'tenant-jena' AND seq > 9"},
		[]string{"truncated 0-0", "truncated 10-12"}},
	"with its heads": {[]string{"DELETE FROM events WHERE id IN (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq > 9)", "DELETE FROM audit_links WHERE tenant = 'tenant-jena' AND seq > 9",
		"DELETE FROM audit_heads WHERE tenant = 'tenant-jena' AND seq > 9"}, []string{"truncated 0-0"}},
	"all of it":        {[]string{"DELETE FROM audit_links WHERE tenant = 'tenant-jena'", "DELETE FROM audit_heads WHERE tenant = 'tenant-jena'", "DELETE FROM events WHERE tenant = 'tenant-jena'"}, []string{"truncated 0-0"}},
	"a head rewritten": {[]string{"UPDATE audit_heads SET hash = (SELECT hash FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5) WHERE tenant = 'tenant-jena' AND seq = 6"}, []string{"forged 6-6", "rewritten 6-6"}},
	"an event put in": {[]string{"INSERT INTO events (id, tenant, case_id, dossier, actor, kind, data, at) VALUES ('01900000-0000-7000-8000-000000000000', 'tenant-jena', '', '', 'x', 'y', '{}', 1)"},
		[]string{"unlinked 0-0"}},
	"an erasure without a record in the chain": {[]string{"INSERT INTO events_erased (event, tenant, seq, at) SELECT event, tenant, seq, 0 FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5",
		"DELETE FROM events WHERE id = (SELECT event FROM audit_links WHERE tenant = 'tenant-jena' AND seq = 5)"}, []string{"gone 5-5"}},
}

// Whatever somebody does to the database past the platform is found, and named; on both engines.
func TestTamperingIsFound(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			for name, x := range tampering {
				url = e.empty(t, url)
				s := open(t, url)
				w := storetest.NewWorld(t, s)
				pub, key, err := ed25519.GenerateKey(nil)
				if err != nil {
					t.Fatal(err)
				}
				for range 12 {
					w.Case(t, civic.Subject{Account: "applicant"}, w.Jena.ID, nil)
				}
				w.Case(t, civic.Subject{Account: "applicant"}, w.Gera.ID, nil)
				kept := chained(t, s, w.Jena.ID, key)
				chained(t, s, w.Gera.ID, key)
				asOwner(t, url, e.name, x.statements)
				got := looked(t, s, civic.ChainCheck{Tenant: w.Jena.ID, Kept: []civic.Head{kept}, Verify: func(m, sig []byte) bool { return ed25519.Verify(pub, m, sig) }})
				slices.Sort(got)
				if !slices.Equal(got, x.want) {
					t.Errorf("%s: found %q, want %q", name, got, x.want)
				}
			}
		})
	}
}

func looked(t *testing.T, s *sqlstore.Store, check civic.ChainCheck) (found []string) {
	t.Helper()
	if err := s.Audit(t.Context(), &check); err != nil {
		t.Fatal(err)
	}
	for _, f := range check.Findings() {
		found = append(found, fmt.Sprint(f.Fault, " ", f.From, "-", f.To))
	}
	return found
}

// asOwner runs statements as who owns the database, past triggers and row-level security.
func asOwner(t *testing.T, url, engine string, statements []string) {
	t.Helper()
	err := sqlstore.Migrate(t.Context(), url, queue.Migrate, func(ctx context.Context, pool *sql.DB, _ string) error {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		before := []string{"SELECT set_config('app.system', 'a test', false)", "ALTER TABLE events DISABLE TRIGGER events_no_delete"}
		after := []string{"ALTER TABLE events ENABLE TRIGGER events_no_delete"}
		if engine == "sqlite" {
			before, after = nil, nil
			for _, trigger := range []string{"events_no_update", "events_no_delete", "audit_links_no_update", "audit_links_no_delete", "audit_heads_no_update", "audit_heads_no_delete"} {
				before = append(before, "DROP TRIGGER "+trigger)
			}
		}
		for _, statement := range slices.Concat(before, statements, after) {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Links, heads and the record of erasures are append-only, for the system too.
func TestChainIsAppendOnly(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := open(t, e.url(t))
			w, _, c := whole(t, s)
			_, key, _ := ed25519.GenerateKey(nil)
			chained(t, s, w.Jena.ID, key)
			if err := s.EraseEvents(t.Context(), w.Jena.ID, c.ID, civic.Event{Actor: "system"}); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"audit_links", "audit_heads", "events_erased"} {
				for _, statement := range []string{"UPDATE " + table + " SET seq = seq + 100", "DELETE FROM " + table} {
					if _, err := s.AsSystem("a test").Exec(t.Context(), statement); err == nil {
						t.Errorf("%s went through", statement)
					}
				}
			}
		})
	}
}

// Erasing the events of a case leaves the chain whole, and says that it was done; what is in no chain yet cannot go.
func TestEraseEvents(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := open(t, e.url(t))
			w, _, c := whole(t, s)
			pub, key, _ := ed25519.GenerateKey(nil)
			erase := func(tenant string) error {
				return s.EraseEvents(t.Context(), tenant, c.ID, civic.Event{Actor: "system"})
			}
			if err := erase(w.Jena.ID); civic.CodeOf(err) != civic.Conflict {
				t.Fatalf("events in no chain were erased: %v", err)
			}
			other := w.Case(t, civic.Subject{Account: "applicant"}, w.Jena.ID, nil)
			chained(t, s, w.Jena.ID, key)
			if err := erase(w.Gera.ID); civic.CodeOf(err) != civic.NotFound {
				t.Fatalf("another authority erased events: %v", err)
			}
			if err := erase(w.Jena.ID); err != nil {
				t.Fatal(err)
			}
			chained(t, s, w.Jena.ID, key)
			check := civic.ChainCheck{Tenant: w.Jena.ID, Verify: func(m, sig []byte) bool { return ed25519.Verify(pub, m, sig) }}
			if err := s.Audit(t.Context(), &check); err != nil {
				t.Fatal(err)
			}
			if f := check.Findings(); len(f) > 0 || check.Erased == 0 {
				t.Errorf("%d erased, findings %v", check.Erased, f)
			}
			for id, want := range map[string]bool{c.ID: false, other.ID: true} {
				n, err := s.InTenant(w.Jena.ID).Count(t.Context(), "SELECT COUNT(*) FROM events WHERE case_id = $1", id)
				if err != nil || (n > 0) != want {
					t.Errorf("case %s has %d events (%v)", id, n, err)
				}
			}
			events, err := s.TenantEvents(t.Context(), w.Jena.ID, "", 1)
			if err != nil || events[0].Kind != civic.KindErased || events[0].Data["numbers"] == "" {
				t.Errorf("the record is %v (%v)", events, err)
			}
		})
	}
}
