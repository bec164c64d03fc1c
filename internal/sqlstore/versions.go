package sqlstore

import (
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Form versions belong to the state and are read by everybody.
const formVersions = "form versions"

// FormVersion returns any version, with its package.
func (s *Store) FormVersion(ctx context.Context, id string) (v civic.FormVersion, err error) {
	err = s.asSystem(formVersions).read(ctx, "form version", func(ctx context.Context, t *tx) error {
		r, err := t.FormVersion(ctx, id)
		v = toVersion(r)
		return err
	})
	return v, err
}

// PublishedVersions returns the newest published version of each service, with packages.
func (s *Store) PublishedVersions(ctx context.Context) (vs []civic.FormVersion, err error) {
	err = s.asSystem(formVersions).read(ctx, "published versions", func(ctx context.Context, t *tx) error {
		rows, err := t.PublishedVersions(ctx)
		vs = each(rows, toVersion)
		return err
	})
	return vs, err
}

// Versions lists all versions of all services without packages, by service, newest first.
func (s *Store) Versions(ctx context.Context) (vs []civic.FormVersion, err error) {
	err = s.asSystem(formVersions).read(ctx, "versions", func(ctx context.Context, t *tx) error {
		rows, err := t.Versions(ctx)
		vs = each(rows, toListedVersion)
		return err
	})
	return vs, err
}

// CreateVersion stores a draft version and returns it with its number; Conflict when the digest exists for the service.
func (s *Store) CreateVersion(ctx context.Context, v civic.FormVersion, ev civic.Event) (civic.FormVersion, error) {
	err := s.asSystem(formVersions).write(ctx, "create version", func(ctx context.Context, t *tx) error {
		// First, because its row lock makes two authors follow each other: numbers have no gaps and no twins.
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		last, err := t.LastVersionNumber(ctx, v.Service)
		if err != nil {
			return err
		}
		v.Number, v.Published, v.Retired, v.ApprovedBy = int(last)+1, fromMicros(0), fromMicros(0), ""
		if v.Created.IsZero() {
			v.Created = s.Now()
		}
		n, err := t.InsertVersion(ctx, db.InsertVersionParams{ID: v.ID, Service: v.Service, Number: int64(v.Number), Digest: v.Digest,
			Package: full(v.Package), CreatedBy: v.CreatedBy, Created: micros(v.Created)})
		if err != nil {
			return err
		}
		if n == 0 {
			return civic.Errorf(civic.Conflict, "error.version.exists")
		}
		return s.record(ctx, t, about{tenant: ev.Tenant}, ev)
	})
	return v, err
}

// PublishVersion publishes a draft, retires the one before, and, for a service new to the platform, creates offers.
func (s *Store) PublishVersion(ctx context.Context, v civic.FormVersion, offers []civic.Offering, ev civic.Event) error {
	return s.asSystem(formVersions).write(ctx, "publish version", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		at := micros(v.Published)
		if at == 0 {
			at = s.micros()
		}
		n, err := t.PublishVersion(ctx, db.PublishVersionParams{Published: at, ApprovedBy: v.ApprovedBy, ID: v.ID})
		if err != nil {
			return err
		}
		if n == 0 {
			return notADraft(ctx, t, v.ID)
		}
		if err := t.RetireOthers(ctx, db.RetireOthersParams{Retired: at, Service: v.Service, ID: v.ID}); err != nil {
			return err
		}
		if _, err := insertOfferings(ctx, t, offers, "ON CONFLICT DO NOTHING", s.micros()); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: ev.Tenant}, ev)
	})
}

// DeleteVersion removes an unpublished draft.
func (s *Store) DeleteVersion(ctx context.Context, id string, ev civic.Event) error {
	return s.asSystem(formVersions).write(ctx, "delete version", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		n, err := t.DeleteVersion(ctx, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return notADraft(ctx, t, id)
		}
		return s.record(ctx, t, about{tenant: ev.Tenant}, ev)
	})
}

// notADraft says why a draft version was not found: it is published already, or it does not exist.
func notADraft(ctx context.Context, t *tx, id string) error {
	if _, err := t.FormVersion(ctx, id); err != nil {
		return err
	}
	return civic.Errorf(civic.Conflict, "error.version.published")
}

// Pinned counts drafts and open cases on a version; a count over civic.CountCap says CountCap+1.
func (s *Store) Pinned(ctx context.Context, version string) (drafts, cases int, err error) {
	err = s.asSystem(formVersions).read(ctx, "pinned", func(ctx context.Context, t *tx) error {
		d, err := t.PinnedDrafts(ctx, version)
		if err != nil {
			return err
		}
		c, err := t.PinnedCases(ctx, version)
		drafts, cases = int(d), int(c)
		return err
	})
	return drafts, cases, err
}
