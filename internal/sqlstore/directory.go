package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// The directory is public data, read across tenants and cached by its version.
const directory = "directory"

// DirectoryVersion grows with every change of tenants, regions, offerings and published versions.
func (s *Store) DirectoryVersion(ctx context.Context) (version int64, err error) {
	err = s.asSystem(directory).read(ctx, "directory version", func(ctx context.Context, t *tx) error {
		version, err = t.DirectoryVersion(ctx)
		return err
	})
	return version, err
}

// Tenants returns all authorities, by slug.
func (s *Store) Tenants(ctx context.Context) (tenants []civic.Tenant, err error) {
	err = s.asSystem(directory).read(ctx, "tenants", func(ctx context.Context, t *tx) error {
		rows, err := t.Tenants(ctx)
		if err != nil {
			return err
		}
		tenants, err = eachErr(rows, toTenant)
		return err
	})
	return tenants, err
}

// Regions returns the regional table, by ARS.
func (s *Store) Regions(ctx context.Context) (regions []civic.Region, err error) {
	err = s.asSystem(directory).read(ctx, "regions", func(ctx context.Context, t *tx) error {
		rows, err := t.Regions(ctx)
		regions = each(rows, toRegion)
		return err
	})
	return regions, err
}

// Offerings returns all offerings of all tenants.
func (s *Store) Offerings(ctx context.Context) (offers []civic.Offering, err error) {
	err = s.asSystem(directory).read(ctx, "offerings", func(ctx context.Context, t *tx) error {
		rows, err := t.Offerings(ctx)
		if err != nil {
			return err
		}
		offers, err = eachErr(rows, toOffering)
		return err
	})
	return offers, err
}

// Overlay returns the overlay of a tenant's offering in a version that may be older than today's; nil for version 0.
func (s *Store) Overlay(ctx context.Context, tenant, service string, version int64) (overlay []byte, err error) {
	if version == 0 {
		return nil, nil
	}
	err = s.asSystem(directory).read(ctx, "overlay", func(ctx context.Context, t *tx) error {
		b, err := t.Overlay(ctx, db.OverlayParams{Tenant: tenant, Service: service, Version: version})
		overlay = none(b)
		return err
	})
	return overlay, err
}

// tenantKey returns the wrapped key of a tenant. It changes only with the master key, and the old form opens as long as that
// one is there, so it is read once.
func (s *Store) tenantKey(ctx context.Context, tenant string) ([]byte, error) {
	if key, ok := s.keys.Load(tenant); ok {
		return key.([]byte), nil
	}
	var key []byte
	err := s.inTenant(tenant).read(ctx, "tenant key", func(ctx context.Context, t *tx) (err error) {
		key, err = t.TenantKey(ctx, tenant)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.keys.Store(tenant, key)
	return key, nil
}

// orNil turns a missing row into a nil result.
func orNil[R, N any](row R, err error, convert func(R) (N, error)) (*N, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n, err := convert(row)
	return &n, err
}
