package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Team is how the authority divides its desk, and who is away on the day or later; empty where nobody has said anything.
func (s *Store) Team(ctx context.Context, tenant, day string) (v civic.TeamView, err error) {
	err = s.inTenant(tenant).readAll(ctx, "team",
		func(ctx context.Context, t *tx) (err error) {
			v.Team, err = team(ctx, t, tenant)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.AbsencesOf(ctx, db.AbsencesOfParams{Tenant: tenant, Since: day})
			v.Absences = each(rows, toAbsence)
			return err
		})
	return v, err
}

func team(ctx context.Context, t *tx, tenant string) (v civic.Team, err error) {
	row, err := t.TeamOf(ctx, tenant)
	if errors.Is(err, sql.ErrNoRows) {
		return v, nil
	}
	if err == nil {
		err = fromJSON(row.Body, &v)
		v.Revision = row.Revision
	}
	return v, err
}

// SaveTeam stores the team at Revision+1; Conflict when the stored revision is another.
func (s *Store) SaveTeam(ctx context.Context, tenant string, v civic.Team, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "save team", func(ctx context.Context, t *tx) error {
		if err := saveTeam(ctx, t, tenant, v); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

func saveTeam(ctx context.Context, t *tx, tenant string, v civic.Team) error {
	body, err := toJSON(v)
	if err != nil {
		return err
	}
	var n int64
	if v.Revision == 0 {
		n, err = t.InsertTeam(ctx, db.InsertTeamParams{Tenant: tenant, Body: body})
	} else {
		n, err = t.UpdateTeam(ctx, db.UpdateTeamParams{Tenant: tenant, Body: body, Was: v.Revision})
	}
	if err == nil && n == 0 {
		return civic.Errorf(civic.Conflict, "error.team.changed")
	}
	return err
}

// renamed puts a person's own id where the id of their appointment stood until they logged in.
func renamed(ctx context.Context, t *tx, tenant, was string, c civic.Colleague) error {
	v, err := team(ctx, t, tenant)
	if err != nil {
		return err
	}
	if v, changed := v.Renamed(was, c.ID); changed {
		if err := saveTeam(ctx, t, tenant, v); err != nil {
			return err
		}
	}
	return errors.Join(
		t.RenameAway(ctx, db.RenameAwayParams{ID: c.ID, Name: c.Name, Tenant: tenant, Was: was}),
		t.RenameSubstitute(ctx, db.RenameSubstituteParams{ID: c.ID, Name: c.Name, Tenant: tenant, Was: was}),
		t.RenameMentioned(ctx, db.RenameMentionedParams{ID: c.ID, Tenant: tenant, Was: was}),
	)
}

// SaveAbsence stores a new absence.
func (s *Store) SaveAbsence(ctx context.Context, a civic.Absence, ev civic.Event) error {
	return s.inTenant(a.Tenant).write(ctx, "save absence", func(ctx context.Context, t *tx) error {
		if err := t.InsertAbsence(ctx, db.InsertAbsenceParams{ID: a.ID, Tenant: a.Tenant, Staff: a.Staff, Name: a.Name, Substitute: a.Substitute,
			SubstituteName: a.SubsName, FirstDay: a.From, LastDay: a.To}); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: a.Tenant}, ev)
	})
}

// DeleteAbsence takes an absence back.
func (s *Store) DeleteAbsence(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "delete absence", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteAbsence(ctx, db.DeleteAbsenceParams{ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// NextTurn counts the cases that a rule has given out, from 1.
func (s *Store) NextTurn(ctx context.Context, tenant, rule string) (n int64, err error) {
	err = s.inTenant(tenant).write(ctx, "next turn", func(ctx context.Context, t *tx) error {
		n, err = t.NextTurn(ctx, db.NextTurnParams{Tenant: tenant, Rule: rule})
		return err
	})
	return n, err
}

// Mentions lists where somebody was called to, newest first, at most limit, older than the mention before ("" from the newest).
func (s *Store) Mentions(ctx context.Context, tenant, staff, before string, limit int) (list []civic.Called, err error) {
	if before == "" {
		before = "~" // sorts after all ids
	}
	err = s.inTenant(tenant).read(ctx, "mentions", func(ctx context.Context, t *tx) error {
		rows, err := t.MentionsOf(ctx, db.MentionsOfParams{Tenant: tenant, Staff: staff, Before: before, Most: int32(clamp(limit))})
		list = each(rows, func(r db.MentionsOfRow) civic.Called {
			return civic.Called{Mention: civic.Mention{ID: r.ID, Tenant: tenant, Case: r.CaseID, Note: r.Note, Staff: staff, By: r.Author, ByName: r.AuthorName,
				Created: fromMicros(r.Created), Seen: fromMicros(r.Seen)}, FileNumber: r.FileNumber, Service: r.Service}
		})
		return err
	})
	return list, err
}

// MentionsSeen marks what called somebody to a case as seen.
func (s *Store) MentionsSeen(ctx context.Context, tenant, caseID, staff string) error {
	return s.inTenant(tenant).write(ctx, "mentions seen", func(ctx context.Context, t *tx) error {
		return t.MentionsSeen(ctx, db.MentionsSeenParams{Now: s.micros(), Tenant: tenant, CaseID: caseID, Staff: staff})
	})
}

func toAbsence(r db.Absence) civic.Absence {
	return civic.Absence{ID: r.ID, Tenant: r.Tenant, Staff: r.Staff, Name: r.Name, Substitute: r.Substitute, SubsName: r.SubstituteName, From: r.FirstDay, To: r.LastDay}
}

// insertMentions calls colleagues to the note that comes with a step.
func insertMentions(ctx context.Context, t *tx, caseID string, list []civic.Mention) error {
	for _, m := range list { // a handful: each name stands in the note
		if err := t.InsertMention(ctx, db.InsertMentionParams{ID: m.ID, Tenant: t.tenant, CaseID: caseID, Note: m.Note, Staff: m.Staff, Author: m.By,
			AuthorName: m.ByName, Created: micros(m.Created)}); err != nil {
			return err
		}
	}
	return nil
}

// handedAtOnce is how many cases are handed over in one statement.
const handedAtOnce = 200

// HandOver gives open cases of one colleague to another, each with its event, in one transaction.
func (s *Store) HandOver(ctx context.Context, tenant string, h civic.HandOver) (total int64, err error) {
	err = s.inTenant(tenant).write(ctx, "hand over", func(ctx context.Context, t *tx) error {
		total = 0
		after := ""
		for {
			list, err := handed(ctx, t, h, after)
			if err != nil || len(list) == 0 {
				return err
			}
			if err := s.handChunk(ctx, t, h, list); err != nil {
				return err
			}
			total, after = total+int64(len(list)), list[len(list)-1].caseID
		}
	})
	return total, err
}

// handed finds the next cases to hand over.
func handed(ctx context.Context, t *tx, h civic.HandOver, after string) (list []about, err error) {
	var q sqlText
	q.add("SELECT id, dossier FROM cases WHERE tenant = ", q.arg(t.tenant), " AND assignee = ", q.arg(h.From), " AND id > ", q.arg(after),
		" AND state IN ('received', 'in_progress', 'waiting_applicant')")
	if h.Cases != nil {
		q.add(" AND id IN ", q.in(append([]string{""}, h.Cases[:min(len(h.Cases), maxParams/2)]...)))
	}
	if h.Groups != nil {
		q.add(" AND grp IN ", q.in(h.Groups))
	}
	if len(h.Denied) > 0 {
		q.add(" AND service NOT IN ", q.in(h.Denied))
	}
	q.add(" ORDER BY id LIMIT ", q.arg(handedAtOnce))
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		a := about{tenant: t.tenant}
		if err := rows.Scan(&a.caseID, &a.dossier); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

func (s *Store) handChunk(ctx context.Context, t *tx, h civic.HandOver, list []about) error {
	var q sqlText
	q.add(fmt.Sprintf("UPDATE cases SET assignee = %s, assignee_name = %s, revision = revision + 1, changed = %s WHERE tenant = %s AND id IN %s",
		q.arg(h.To), q.arg(h.ToName), q.arg(micros(h.At)), q.arg(t.tenant), q.in(each(list, func(a about) string { return a.caseID }))))
	if _, err := t.sql.ExecContext(ctx, q.String(), q.args...); err != nil {
		return err
	}
	data, err := toJSON(map[string]string{"assignee": h.To, "assignee_was": h.From})
	if err != nil {
		return err
	}
	_, err = insert{
		into:   "INSERT INTO events (tenant, actor, kind, data, at, id, case_id, dossier) VALUES ",
		shared: []any{t.tenant, h.Actor, "case.assigned", data, micros(h.At)},
		rows:   len(list),
		row:    func(i int) []any { return []any{newID(), list[i].caseID, list[i].dossier} },
	}.exec(ctx, t.sql)
	return err
}
