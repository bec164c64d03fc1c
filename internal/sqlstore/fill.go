package sqlstore

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// Fill stores whole cases of a tenant in one transaction, for inventories that a generator makes: many rows a statement, no jobs,
// no draft. All of them are new. The index terms lie in the order of the index, so that a page of it is visited once.
func (s *Store) Fill(ctx context.Context, tenant string, list []civic.Filed) error {
	terms, err := s.fillTerms(ctx, tenant, list)
	if err != nil {
		return wrap("fill", err)
	}
	events, err := fillEvents(tenant, list)
	if err != nil {
		return wrap("fill", err)
	}
	var steps []work
	for _, in := range append(fillRows(tenant, list), events, terms) {
		steps = append(steps, in.steps()...)
	}
	return s.inTenant(tenant).write(ctx, "fill", func(ctx context.Context, t *tx) error { return t.together(ctx, steps...) })
}

// Filled tells whether the tenant has a case with this id.
func (s *Store) Filled(ctx context.Context, tenant, id string) (found bool, err error) {
	err = s.inTenant(tenant).read(ctx, "filled", func(ctx context.Context, t *tx) error {
		var n int
		err := t.sql.QueryRowContext(ctx, "SELECT COUNT(*) FROM cases WHERE id = $1 AND tenant = $2", id, tenant).Scan(&n)
		found = n > 0
		return err
	})
	return found, err
}

// fillRows are the rows of everything but the events and the index, parents first.
func fillRows(tenant string, list []civic.Filed) []insert {
	table := func(into string, rows int, row func(i int) []any) insert {
		return insert{into: into, shared: []any{tenant}, rows: rows, row: row}
	}
	var messages []civic.Message
	var decisions []civic.Decision
	for _, f := range list {
		messages = append(messages, f.Messages...)
		if f.Decision != nil {
			decisions = append(decisions, *f.Decision)
		}
	}
	return []insert{
		table("INSERT INTO dossiers (tenant, id, service, account, code, ars, lang, created, key) VALUES ", len(list), func(i int) []any {
			d := list[i].Dossier
			return []any{d.ID, d.Service, d.Account, "", d.ARS, d.Lang, micros(d.Created), full(d.Key)}
		}),
		table(`INSERT INTO cases (tenant, id, dossier, service, version, file_number, state, revision, assignee, assignee_name, received, deadline, changed,
			unread, forwarded_to, columns, grp, labels) VALUES `, len(list), func(i int) []any {
			c := list[i].Case
			return []any{c.ID, c.Dossier, c.Service, list[i].Submission.Version, c.FileNumber, string(c.State), c.Revision, c.Assignee, c.AssigneeName,
				micros(c.Received), deadlineMicros(c.Deadline), micros(c.Changed), c.Unread, c.ForwardedTo, full(c.Columns), c.Group, strings.Join(c.Labels, ",")}
		}),
		table(`INSERT INTO submissions (tenant, id, dossier, case_id, version, overlay, overlay_tenant, kind, request, digest, receipt, file_number, level,
			created, answers, reach) VALUES `, len(list), func(i int) []any {
			u := list[i].Submission
			return []any{u.ID, u.Dossier, u.Case, u.Version, u.Overlay, u.OverlayTenant, string(u.Kind), u.Request, full(u.Digest), full(u.Receipt), u.FileNumber,
				string(u.Level), micros(u.Created), full(u.Answers), full(u.Reach)}
		}),
		table(`INSERT INTO messages (tenant, id, case_id, dossier, from_office, author, author_name, created, seen, body) VALUES `, len(messages), func(i int) []any {
			m := messages[i]
			return []any{m.ID, m.Case, m.Dossier, m.FromOffice, m.Author, m.AuthorName, micros(m.Created), micros(m.Read), full(m.Body)}
		}),
		table(`INSERT INTO decisions (tenant, id, case_id, dossier, outcome, author, author_name, created, deemed, seen, letter) VALUES `, len(decisions),
			func(i int) []any {
				d := decisions[i]
				return []any{d.ID, d.Case, d.Dossier, string(d.Outcome), d.Author, d.AuthorName, micros(d.Created), micros(d.Deemed), micros(d.Read), full(d.Letter)}
			}),
	}
}

func fillEvents(tenant string, list []civic.Filed) (insert, error) {
	type row struct {
		civic.Event
		dossier, data string
	}
	var rows []row
	for _, f := range list {
		for _, e := range f.Events {
			data, err := toJSON(e.Data)
			if err != nil {
				return insert{}, err
			}
			rows = append(rows, row{e, f.Dossier.ID, data})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.ID, b.ID) })
	return insert{into: "INSERT INTO events (tenant, id, case_id, dossier, actor, kind, data, at) VALUES ", shared: []any{tenant}, rows: len(rows),
		row: func(i int) []any {
			e := rows[i]
			return []any{e.ID, e.Case, e.dossier, e.Actor, e.Kind, e.data, micros(e.At)}
		}}, nil
}

// fillTerms are the rows of the index. A piece of text that many cases share is blinded once.
func (s *Store) fillTerms(ctx context.Context, tenant string, list []civic.Filed) (insert, error) {
	type row struct {
		term []byte
		of   *civic.Case
	}
	known := map[term][]byte{}
	var rows []row
	for i := range list {
		seen := map[term]bool{}
		var anew []term
		for _, text := range list[i].Terms {
			for _, t := range indexTerms(text) {
				if seen[t] {
					continue
				}
				if seen[t] = true; known[t] == nil {
					anew = append(anew, t)
				}
			}
		}
		blind, err := s.blind(ctx, tenant, anew)
		if err != nil {
			return insert{}, err
		}
		for j, t := range anew {
			known[t] = blind[j]
		}
		for t := range seen {
			rows = append(rows, row{known[t], &list[i].Case})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if d := bytes.Compare(a.term, b.term); d != 0 {
			return d
		}
		return a.of.Received.Compare(b.of.Received)
	})
	return insert{into: "INSERT INTO case_terms (tenant, received, case_id, term) VALUES ", shared: []any{tenant}, rows: len(rows),
		row: func(i int) []any { return []any{micros(rows[i].of.Received), rows[i].of.ID, rows[i].term} }}, nil
}
