package sqlstore

import (
	"cmp"
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// SeedData is what a new installation begins with: the regional table, its authorities, and the services shipped with the product.
type SeedData struct {
	Tenants      []civic.Tenant
	Regions      []civic.Region
	Offerings    []civic.Offering
	Versions     []civic.FormVersion
	Appointments []civic.Appointment // stored with their tenant only: one that was taken back does not return
}

// Seed stores what is missing, in one transaction, and changes nothing that is there. It may run at every start.
func (s *Store) Seed(ctx context.Context, data SeedData) error {
	missing, err := s.missing(ctx, data)
	if err != nil || missing.empty() {
		return err
	}
	return s.asSystem("seeding").write(ctx, "seed", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		if err := insertTenants(ctx, t, missing.Tenants); err != nil {
			return err
		}
		if err := insertRegions(ctx, t, missing.Regions); err != nil {
			return err
		}
		if err := insertVersions(ctx, t, missing.Versions); err != nil {
			return err
		}
		now := s.micros()
		if _, err := insertOfferings(ctx, t, missing.Offerings, "ON CONFLICT DO NOTHING", now); err != nil {
			return err
		}
		if err := insertOverlays(ctx, t, withOverlay(missing.Offerings), now); err != nil {
			return err
		}
		_, err := insertAppointments(ctx, t, missing.Appointments)
		return err
	})
}

func (d SeedData) empty() bool {
	return len(d.Tenants)+len(d.Regions)+len(d.Offerings)+len(d.Versions) == 0
}

func withOverlay(offers []civic.Offering) (list []civic.Offering) {
	for _, o := range offers {
		if o.OverlayVersion > 0 {
			list = append(list, o)
		}
	}
	return list
}

// missing is the part of the data that is not stored yet. Reading what is there costs a tenth of trying to insert it.
func (s *Store) missing(ctx context.Context, data SeedData) (out SeedData, err error) {
	err = s.asSystem("seeding").read(ctx, "seed", func(ctx context.Context, t *tx) error {
		tenants, err := t.Tenants(ctx)
		if err != nil {
			return err
		}
		regions, err := t.Regions(ctx)
		if err != nil {
			return err
		}
		offers, err := t.Offerings(ctx)
		if err != nil {
			return err
		}
		versions, err := t.Versions(ctx)
		if err != nil {
			return err
		}
		slugs := keyed(tenants, func(r db.Tenant) string { return r.Slug })
		data, ids := stored(data, tenants)
		out.Tenants = without(data.Tenants, slugs, func(n civic.Tenant) string { return n.Slug })
		out.Regions = without(data.Regions, keyed(regions, func(r db.Region) string { return r.Ars }), func(r civic.Region) string { return r.ARS })
		out.Offerings = without(data.Offerings, keyed(offers, func(r db.Offering) string { return r.Tenant + " " + r.Service }),
			func(o civic.Offering) string { return o.Tenant + " " + o.Service })
		out.Versions = without(data.Versions, keyed(versions, func(r db.VersionsRow) string { return r.Service + " " + r.Digest }),
			func(v civic.FormVersion) string { return v.Service + " " + v.Digest })
		out.Appointments = without(data.Appointments, ids, func(a civic.Appointment) string { return a.Tenant })
		return nil
	})
	return out, err
}

// stored gives what belongs to tenants that are there the ids that they have there, and returns the set of those.
func stored(data SeedData, tenants []db.Tenant) (SeedData, map[string]bool) {
	bySlug, ids := map[string]string{}, map[string]bool{}
	for _, t := range tenants {
		bySlug[t.Slug], ids[t.ID] = t.ID, true
	}
	renamed := map[string]string{}
	for _, t := range data.Tenants {
		if id, ok := bySlug[t.Slug]; ok {
			renamed[t.ID] = id
		}
	}
	id := func(tenant string) string { return cmp.Or(renamed[tenant], tenant) }
	data.Offerings = each(data.Offerings, func(o civic.Offering) civic.Offering { o.Tenant = id(o.Tenant); return o })
	data.Appointments = each(data.Appointments, func(a civic.Appointment) civic.Appointment { a.Tenant = id(a.Tenant); return a })
	return data, ids
}

func keyed[R any](rows []R, key func(R) string) map[string]bool {
	m := make(map[string]bool, len(rows))
	for _, r := range rows {
		m[key(r)] = true
	}
	return m
}

func without[N any](all []N, known map[string]bool, key func(N) string) (list []N) {
	for _, n := range all {
		if !known[key(n)] {
			list = append(list, n)
		}
	}
	return list
}

func insertTenants(ctx context.Context, t *tx, list []civic.Tenant) error {
	profiles, err := eachErr(list, func(n civic.Tenant) (string, error) { return toJSON(n.Profile) })
	if err != nil {
		return err
	}
	_, err = insert{
		into: "INSERT INTO tenants (id, slug, kind, ars, name, profile, logo_type, live, key, revision, created) VALUES ",
		end:  "ON CONFLICT DO NOTHING",
		rows: len(list),
		row: func(i int) []any {
			n := list[i]
			return []any{n.ID, n.Slug, string(n.Kind), n.ARS, n.Name, profiles[i], n.LogoType, n.Live, full(n.Key), max(n.Revision, 1), micros(n.Created)}
		},
	}.exec(ctx, t.sql)
	return err
}

func insertRegions(ctx context.Context, t *tx, list []civic.Region) error {
	_, err := insert{
		into: `INSERT INTO regions (ars, name, level, kind, kreis, verband, fulfilling, zip, inhabitants, slug, valid_from, valid_to, successor) VALUES `,
		end:  "ON CONFLICT DO NOTHING",
		rows: len(list),
		row: func(i int) []any {
			r := list[i]
			return []any{r.ARS, r.Name, string(r.Level), r.Kind, r.Kreis, r.Verband, r.Fulfilling, r.Zip, r.Inhabitants, r.Slug, micros(r.ValidFrom),
				micros(r.ValidTo), r.Successor}
		},
	}.exec(ctx, t.sql)
	return err
}

// insertVersions stores shipped versions under the next numbers of their services. One that is marked as published takes effect
// at once, and retires the shipped one before; but it never replaces a version that the state made itself: then it is a draft.
func insertVersions(ctx context.Context, t *tx, list []civic.FormVersion) error {
	if len(list) == 0 {
		return nil
	}
	known, err := t.Versions(ctx)
	if err != nil {
		return err
	}
	last, own := map[string]int64{}, map[string]bool{}
	for _, v := range known {
		last[v.Service] = max(last[v.Service], v.Number)
		if v.Published > 0 && v.Retired == 0 && v.CreatedBy != shipped {
			own[v.Service] = true
		}
	}
	var retire sqlText
	var services, ids []string
	var at int64
	_, err = insert{
		into: "INSERT INTO form_versions (id, service, number, digest, package, created_by, created, approved_by, published, retired) VALUES ",
		rows: len(list),
		row: func(i int) []any {
			v := list[i]
			last[v.Service]++
			published, approved := micros(v.Published), v.ApprovedBy
			if own[v.Service] {
				published, approved = 0, ""
			}
			if published > 0 {
				services, ids, at = append(services, v.Service), append(ids, v.ID), max(at, published)
			}
			return []any{v.ID, v.Service, last[v.Service], v.Digest, full(v.Package), v.CreatedBy, micros(v.Created), approved, published, 0}
		},
	}.exec(ctx, t.sql)
	if err != nil || len(ids) == 0 {
		return err
	}
	retire.add("UPDATE form_versions SET retired = ", retire.arg(at), " WHERE published > 0 AND retired = 0 AND service IN ", retire.in(services),
		" AND id NOT IN ", retire.in(ids))
	_, err = t.sql.ExecContext(ctx, retire.String(), retire.args...)
	return err
}

// shipped is the author of the product's own form versions.
const shipped = "shipped"
