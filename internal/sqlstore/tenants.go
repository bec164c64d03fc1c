package sqlstore

import (
	"bytes"
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// CreateTenant stores a new authority with its first offerings and appointments; Conflict when the slug is taken.
func (s *Store) CreateTenant(ctx context.Context, n civic.Tenant, offers []civic.Offering, staff []civic.Appointment, ev civic.Event) error {
	profile, err := toJSON(n.Profile)
	if err != nil {
		return wrap("create tenant", err)
	}
	return s.asSystem("creating an authority").write(ctx, "create tenant", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		rows, err := t.InsertTenant(ctx, db.InsertTenantParams{Tenant: n.ID, Slug: n.Slug, Kind: string(n.Kind), Ars: n.ARS, Name: n.Name,
			Profile: profile, LogoType: "", Live: n.Live, Key: full(n.Key), Revision: max(n.Revision, 1), Created: micros(n.Created)})
		if err != nil {
			return err
		}
		if rows == 0 {
			return civic.Errorf(civic.Conflict, "error.tenant.slug").At("slug")
		}
		own := each(offers, func(o civic.Offering) civic.Offering { o.Tenant = n.ID; return o })
		if _, err := insertOfferings(ctx, t, own, "", s.micros()); err != nil {
			return err
		}
		appointed := each(staff, func(a civic.Appointment) civic.Appointment { a.Tenant = n.ID; return a })
		if _, err := insertAppointments(ctx, t, appointed); err != nil {
			return err
		}
		if err := s.record(ctx, t, about{tenant: ev.Tenant}, ev); err != nil {
			return err
		}
		ev.ID = "" // the same in the log of the new authority itself
		return s.record(ctx, t, about{tenant: n.ID}, ev)
	})
}

// SaveTenant stores name, profile, live at Revision+1; Conflict when the stored revision is not n.Revision.
func (s *Store) SaveTenant(ctx context.Context, n civic.Tenant, ev civic.Event) error {
	profile, err := toJSON(n.Profile)
	if err != nil {
		return wrap("save tenant", err)
	}
	return s.inTenant(n.ID).write(ctx, "save tenant", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		rows, err := t.UpdateTenant(ctx, db.UpdateTenantParams{Name: n.Name, Profile: profile, Live: n.Live, Tenant: n.ID, Was: n.Revision})
		if err != nil {
			return err
		}
		if rows == 0 {
			if known, err := t.TenantExists(ctx, n.ID); err != nil || known == 0 {
				return one(known, err)
			}
			return civic.Errorf(civic.Conflict, "error.tenant.changed")
		}
		return s.record(ctx, t, about{tenant: n.ID}, ev)
	})
}

// SaveLogo stores the authority's logo; an empty body removes it.
func (s *Store) SaveLogo(ctx context.Context, tenant, mediaType string, body []byte, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "save logo", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		if len(body) == 0 {
			mediaType = ""
		}
		if err := one(t.SetLogoType(ctx, db.SetLogoTypeParams{LogoType: mediaType, Tenant: tenant})); err != nil {
			return err
		}
		var err error
		if len(body) == 0 {
			err = t.DeleteLogo(ctx, tenant)
		} else {
			err = t.UpsertLogo(ctx, db.UpsertLogoParams{Tenant: tenant, MediaType: mediaType, Body: body})
		}
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// Logo returns the authority's logo; NotFound without one.
func (s *Store) Logo(ctx context.Context, tenant string) (mediaType string, body []byte, err error) {
	err = s.inTenant(tenant).read(ctx, "logo", func(ctx context.Context, t *tx) error {
		r, err := t.Logo(ctx, tenant)
		mediaType, body = r.MediaType, r.Body
		return err
	})
	return mediaType, body, err
}

// SaveOfferings stores several at once; each overlay gets OverlayVersion+1 when it differs from the stored one.
func (s *Store) SaveOfferings(ctx context.Context, tenant string, offers []civic.Offering, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "save offerings", func(ctx context.Context, t *tx) error {
		// First, because its row lock makes two admins of one tenant follow each other.
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		rows, err := t.OfferingsOf(ctx, tenant)
		if err != nil {
			return err
		}
		stored := make(map[string]db.Offering, len(rows))
		for _, r := range rows {
			stored[r.Service] = r
		}
		next := make([]civic.Offering, len(offers))
		var changed []civic.Offering
		for i, o := range offers {
			was := stored[o.Service]
			o.Tenant, o.OverlayVersion, o.Updated = tenant, was.OverlayVersion, s.Now()
			if !bytes.Equal(o.Overlay, was.Overlay) {
				o.OverlayVersion++
				changed = append(changed, o)
			}
			next[i] = o
		}
		if _, err := insertOfferings(ctx, t, next, `ON CONFLICT (tenant, service) DO UPDATE SET enabled = excluded.enabled, contact = excluded.contact,
			overlay = excluded.overlay, overlay_version = excluded.overlay_version, updated = excluded.updated`, 0); err != nil {
			return err
		}
		if err := insertOverlays(ctx, t, changed, s.micros()); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// insertOfferings inserts offerings; updated is for those that carry no time.
func insertOfferings(ctx context.Context, t *tx, offers []civic.Offering, onConflict string, updated int64) (int64, error) {
	contacts := make([]string, len(offers))
	for i, o := range offers {
		c, err := toJSON(o.Contact)
		if err != nil {
			return 0, err
		}
		contacts[i] = c
	}
	return insert{
		into: "INSERT INTO offerings (tenant, service, enabled, contact, overlay, overlay_version, updated) VALUES ",
		end:  onConflict,
		rows: len(offers),
		row: func(i int) []any {
			o, at := offers[i], updated
			if !o.Updated.IsZero() {
				at = micros(o.Updated)
			}
			return []any{o.Tenant, o.Service, o.Enabled, contacts[i], full(o.Overlay), o.OverlayVersion, at}
		},
	}.exec(ctx, t.sql)
}

// insertOverlays keeps the overlays of the offerings in their versions.
func insertOverlays(ctx context.Context, t *tx, offers []civic.Offering, created int64) error {
	_, err := insert{
		into: "INSERT INTO overlays (tenant, service, version, overlay, created) VALUES ",
		end:  "ON CONFLICT DO NOTHING",
		rows: len(offers),
		row: func(i int) []any {
			o := offers[i]
			return []any{o.Tenant, o.Service, o.OverlayVersion, full(o.Overlay), created}
		},
	}.exec(ctx, t.sql)
	return err
}

// FeedbackOf lists what people told the authority, newest first, at most limit.
func (s *Store) FeedbackOf(ctx context.Context, tenant string, limit int) (list []civic.Feedback, err error) {
	err = s.inTenant(tenant).read(ctx, "feedback", func(ctx context.Context, t *tx) error {
		rows, err := t.FeedbackOf(ctx, db.FeedbackOfParams{Tenant: tenant, Most: int32(clamp(limit))})
		list = each(rows, func(r db.Feedback) civic.Feedback {
			return civic.Feedback{ID: r.ID, Tenant: r.Tenant, Path: r.Path, Barrier: r.Barrier, Text: none(r.Body), Created: fromMicros(r.Created)}
		})
		return err
	})
	return list, err
}

// AddFeedback stores what somebody told the authority.
func (s *Store) AddFeedback(ctx context.Context, f civic.Feedback) error {
	return s.inTenant(f.Tenant).write(ctx, "add feedback", func(ctx context.Context, t *tx) error {
		return t.InsertFeedback(ctx, db.InsertFeedbackParams{ID: f.ID, Tenant: f.Tenant, Path: f.Path, Barrier: f.Barrier, Body: full(f.Text),
			Created: micros(f.Created)})
	})
}

// clamp keeps a list's limit within 1..1000.
func clamp(limit int) int { return max(1, min(limit, 1000)) }
