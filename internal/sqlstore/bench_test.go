package sqlstore_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/seal"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
)

// manyTerms are the texts of a form of ten fields.
var manyTerms = []civic.IndexTerm{
	{Field: "/applicant/family", Mode: "name", Text: "Mustermann"}, {Field: "/applicant/given", Mode: "name", Text: "Erika"},
	{Field: "/applicant/born", Mode: "exact", Text: "1984-02-29"}, {Field: "/dog/name", Mode: "name", Text: "Waldi"},
	{Field: "/dog/breed", Mode: "word", Text: "Dackel"}, {Field: "/dog/chip", Mode: "number", Text: "276098102345678"},
}

// BenchmarkSubmit sends prepared drafts through Store.Submit, 32 callers at a time.
func BenchmarkSubmit(b *testing.B) { benchSubmit(b, func(civic.Filing) {}) }

// BenchmarkSealedSubmit does the same with all that sealing does for a submission: the draft's content is opened, answers, reach
// and columns are sealed under a key that nobody has unwrapped yet. What it costs more than BenchmarkSubmit in one run is what
// encryption costs.
func BenchmarkSealedSubmit(b *testing.B) {
	v, err := seal.New(seal.NewMasterKey(1))
	if err != nil {
		b.Fatal(err)
	}
	tenant, err := v.NewTenantKey("tenant-jena")
	if err != nil {
		b.Fatal(err)
	}
	plain := make([]byte, 1200)
	benchSubmit(b, func(f civic.Filing) {
		key, err := v.NewDossierKey("tenant-jena", tenant, f.Case.Dossier)
		k := civic.Keys{Tenant: "tenant-jena", TenantKey: tenant, Dossier: f.Case.Dossier, DossierKey: key}
		for range 3 { // the draft, answers, reach and columns together
			sealed, fault := v.Seal(k, "answers", plain)
			err = errors.Join(err, fault)
			copy(f.Submission.Answers, sealed)
		}
		sealed, fault := v.Seal(k, "draft", plain)
		_, lost := v.Open(k, "draft", sealed)
		if err := errors.Join(err, fault, lost); err != nil {
			b.Error(err)
		}
	})
}

func benchSubmit(b *testing.B, before func(civic.Filing)) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			s := open(b, e.url(b))
			w := storetest.NewWorld(b, s)
			who := civic.Subject{Account: "applicant"}
			filings := make([]civic.Filing, b.N)
			for i := range filings {
				filings[i] = w.Filing(w.Draft(b, who, w.Jena.ID), manyTerms...)
				filings[i].Submission.Answers = make([]byte, 1200)
			}
			var next atomic.Int64
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					f := filings[next.Add(1)-1]
					before(f)
					if _, err := s.Submit(b.Context(), who, f); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submissions/s")
		})
	}
}

// BenchmarkBareInsert stores all the rows that a submission stores, in one transaction, and nothing else: no scope, no check of
// whose it is, no HMAC, no queue client. Statements are prepared once; 32 callers share a pool as large as the store's.
func BenchmarkBareInsert(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			url := e.url(b)
			s := open(b, url)
			w := storetest.NewWorld(b, s)
			who := civic.Subject{Account: "applicant"}
			drafts := make([]civic.Draft, b.N)
			for i := range drafts {
				drafts[i] = w.Draft(b, who, w.Jena.ID)
			}
			insert := bareInsert(b, s.Kind(), url)
			var next atomic.Int64
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := next.Add(1)
					if err := insert(b.Context(), drafts[i-1].ID, fmt.Sprint(i)); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submissions/s")
		})
	}
}

// bareInsert opens a pool of its own, as the owner and across tenants, and returns what stores one submission's rows.
func bareInsert(b *testing.B, kind, url string) func(ctx context.Context, dossier, id string) error {
	b.Helper()
	driver, dsn, conns := "pgx", url+"&options=-c%20app.system%3Dbench", 20
	if kind == "sqlite" {
		driver, conns = "sqlite", 1
		dsn = "file:" + strings.TrimPrefix(url, "sqlite:") + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	b.Cleanup(func() { _ = pool.Close() })
	terms := sqlstore.TermCount(append(manyTerms, civic.IndexTerm{Mode: "number", Text: "HUST-2026-000123"}))
	values := make([]string, terms)
	for i := range values {
		values[i] = fmt.Sprintf("($1, $2, $3, $%d)", i+4)
	}
	var all []*sql.Stmt
	for _, text := range []string{
		`UPDATE drafts SET submission = $1 WHERE dossier = $2`,
		`INSERT INTO cases (id, tenant, dossier, service, version, file_number, state, revision, assignee, assignee_name, received, deadline, changed, unread, forwarded_to, columns)
			VALUES ($1, 'tenant-jena', $2, 'hundesteuer', 'version-1', $3, 'received', 1, '', '', $4, 0, $4, TRUE, '', 'columns')`,
		`INSERT INTO submissions (id, dossier, tenant, case_id, version, overlay, kind, request, digest, receipt, file_number, level, created, answers)
			VALUES ($1, $2, 'tenant-jena', $3, 'version-1', 0, 'first', '', 'digest', 'receipt', $4, 'none', $5, $6)`,
		`INSERT INTO events (tenant, case_id, dossier, id, actor, kind, data, at) VALUES ('tenant-jena', $1, $2, $3, 'citizen', 'case.submitted', '{}', $4)`,
		`INSERT INTO case_terms (tenant, received, case_id, term) VALUES ` + strings.Join(values, ", "),
		`INSERT INTO river_job (args, kind, max_attempts, metadata, queue, state) VALUES ('{"tenant":"tenant-jena"}', 'fan_out', 24, '{}', 'default', 'available')`,
	} {
		stmt, err := pool.PrepareContext(b.Context(), text)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, stmt)
	}
	answers := make([]byte, 1200)
	return func(ctx context.Context, dossier, id string) error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		now := time.Now().UnixMicro()
		words := []any{"tenant-jena", now, "case" + id}
		for range terms {
			term := make([]byte, 16)
			_, _ = rand.Read(term)
			words = append(words, term)
		}
		for i, args := range [][]any{{"sub" + id, dossier}, {"case" + id, dossier, "N" + id, now}, {"sub" + id, dossier, "case" + id, "N" + id, now, answers},
			{"case" + id, dossier, "event" + id, now}, words, nil} {
			if _, err := tx.StmtContext(ctx, all[i]).ExecContext(ctx, args...); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
}
