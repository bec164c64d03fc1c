package sqlstore

import (
	"context"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Appointments lists who has roles in the authority.
func (s *Store) Appointments(ctx context.Context, tenant string) (list []civic.Appointment, err error) {
	err = s.inTenant(tenant).read(ctx, "appointments", func(ctx context.Context, t *tx) error {
		rows, err := t.Appointments(ctx, tenant)
		list = each(rows, toAppointment)
		return err
	})
	return list, err
}

// Colleagues lists who has been at the authority's desk, by name.
func (s *Store) Colleagues(ctx context.Context, tenant string) (list []civic.Colleague, err error) {
	err = s.inTenant(tenant).read(ctx, "colleagues", func(ctx context.Context, t *tx) error {
		rows, err := t.Colleagues(ctx, tenant)
		list = each(rows, func(r db.ColleaguesRow) civic.Colleague {
			return civic.Colleague{ID: r.ID, Name: r.Name, Email: r.Email, ByGroup: rolesIn(r.ByGroup)}
		})
		return err
	})
	return list, err
}

// SaveColleague remembers somebody at the authority's desk, or a new name, and gives them the cases that were assigned to the
// ids until now.
func (s *Store) SaveColleague(ctx context.Context, tenant string, c civic.Colleague, until []string) error {
	return s.inTenant(tenant).write(ctx, "save colleague", func(ctx context.Context, t *tx) error {
		for _, was := range until {
			if err := t.TakeOver(ctx, db.TakeOverParams{ID: c.ID, Name: c.Name, Tenant: tenant, Was: was}); err != nil {
				return err
			}
			if err := renamed(ctx, t, tenant, was, c); err != nil {
				return err
			}
		}
		return t.UpsertColleague(ctx, db.UpsertColleagueParams{Tenant: tenant, ID: c.ID, Name: c.Name, Email: c.Email, ByGroup: joined(c.ByGroup)})
	})
}

// SaveAppointment stores a new appointment or changes one of the same tenant.
func (s *Store) SaveAppointment(ctx context.Context, a civic.Appointment, ev civic.Event) error {
	return s.inTenant(a.Tenant).write(ctx, "save appointment", func(ctx context.Context, t *tx) error {
		err := one(t.UpsertAppointment(ctx, db.UpsertAppointmentParams{ID: a.ID, Tenant: a.Tenant, Email: strings.ToLower(a.Email), OidcGroup: a.Group,
			Roles: joinRoles(a.Roles)}))
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: a.Tenant}, ev)
	})
}

// DeleteAppointment takes an appointment back.
func (s *Store) DeleteAppointment(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "delete appointment", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteAppointment(ctx, db.DeleteAppointmentParams{ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// AppointmentsFor finds a person's appointments in all tenants by verified e-mail or OIDC group.
func (s *Store) AppointmentsFor(ctx context.Context, email string, groups []string) (list []civic.Appointment, err error) {
	var q sqlText
	q.add("SELECT id, tenant, email, oidc_group, roles FROM appointments WHERE (email = ", q.arg(strings.ToLower(email)), " AND email <> '')")
	if len(groups) > 0 {
		q.add(" OR (oidc_group IN ", q.in(groups[:min(len(groups), maxParams)]), " AND oidc_group <> '')")
	}
	q.add(" ORDER BY tenant, id")
	err = s.asSystem("a login: roles in all tenants").read(ctx, "appointments of a person", func(ctx context.Context, t *tx) error {
		rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		list = nil
		for rows.Next() {
			var r db.Appointment
			if err := rows.Scan(&r.ID, &r.Tenant, &r.Email, &r.OidcGroup, &r.Roles); err != nil {
				return err
			}
			list = append(list, toAppointment(r))
		}
		return rows.Err()
	})
	return list, err
}

func insertAppointments(ctx context.Context, t *tx, list []civic.Appointment) (int64, error) {
	return insert{
		into: "INSERT INTO appointments (id, tenant, email, oidc_group, roles) VALUES ",
		end:  "ON CONFLICT DO NOTHING",
		rows: len(list),
		row: func(i int) []any {
			a := list[i]
			return []any{a.ID, a.Tenant, strings.ToLower(a.Email), a.Group, joinRoles(a.Roles)}
		},
	}.exec(ctx, t.sql)
}
