package sqlstore

import (
	"context"
	"slices"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// callColleagues lets those whom a step calls be mailed, each as they have set it.
func callColleagues(ctx context.Context, t *tx, ch civic.CaseChange) error {
	staff, at := slices.Clone(ch.Called), ch.Case.Changed
	if ch.Proposal != nil {
		at = ch.Proposal.Created
	}
	for _, m := range slices.Backward(ch.Mentions) {
		staff, at = append(staff, m.Staff), m.Created // the first is the oldest
	}
	for _, id := range staff {
		if err := t.Call(ctx, db.CallParams{Tenant: t.tenant, Staff: id, Since: micros(at) - 1, Next: micros(civic.CallDue(at))}); err != nil {
			return err
		}
	}
	return nil
}

// Called lists the notes that call somebody and that they have not seen, written after from, until to; at most limit.
func (s *Store) Called(ctx context.Context, tenant, staff string, from, to time.Time, limit int) (list []civic.Called, err error) {
	err = s.inTenant(tenant).read(ctx, "called", func(ctx context.Context, t *tx) error {
		rows, err := t.CalledBetween(ctx, db.CalledBetweenParams{Tenant: tenant, Staff: staff, Since: micros(from), Until: micros(to), Most: int32(limit)})
		list = each(rows, func(r db.CalledBetweenRow) civic.Called {
			return civic.Called{Mention: civic.Mention{Tenant: tenant, Case: r.ID, Staff: staff, By: r.Author}, Service: r.Service, Group: r.Grp}
		})
		return err
	})
	return list, err
}

// Proposed lists the decisions that wait for a second pair of eyes, proposed after from, until to, not by somebody; at most limit.
func (s *Store) Proposed(ctx context.Context, tenant, author string, from, to time.Time, limit int) (list []civic.Called, err error) {
	err = s.inTenant(tenant).read(ctx, "proposed", func(ctx context.Context, t *tx) error {
		rows, err := t.ProposedBetween(ctx, db.ProposedBetweenParams{Tenant: tenant, Author: author, Since: micros(from), Until: micros(to), Most: int32(limit)})
		list = each(rows, func(r db.ProposedBetweenRow) civic.Called {
			return civic.Called{Mention: civic.Mention{Tenant: tenant, Case: r.ID, By: r.Author}, Service: r.Service, Group: r.Grp}
		})
		return err
	})
	return list, err
}

// StaffLangs are the languages that somebody at the authority has chosen for their mails, by address.
func (s *Store) StaffLangs(ctx context.Context, tenant string) (langs map[string]string, err error) {
	langs = map[string]string{}
	err = s.inTenant(tenant).read(ctx, "staff langs", func(ctx context.Context, t *tx) error {
		rows, err := t.StaffLangs(ctx, tenant)
		for _, r := range rows {
			langs[r.Email] = r.Lang
		}
		return err
	})
	return langs, err
}
