package sqlstore

import (
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// RewrapTenant stores the tenant's key under another master key; Conflict when it is not the one that was read. Other nodes see it with
// the directory's next version.
func (s *Store) RewrapTenant(ctx context.Context, tenant string, was, key []byte, ev civic.Event) error {
	err := s.inTenant(tenant).write(ctx, "rewrap a tenant's key", func(ctx context.Context, t *tx) error {
		if err := t.BumpDirectory(ctx); err != nil {
			return err
		}
		rows, err := t.RewrapTenant(ctx, db.RewrapTenantParams{Key: key, Tenant: tenant, Was: was})
		if err != nil {
			return err
		}
		if rows == 0 {
			if known, err := t.TenantExists(ctx, tenant); err != nil || known == 0 {
				return one(known, err)
			}
			return civic.Errorf(civic.Conflict, "error.tenant.changed")
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
	s.keys.Delete(tenant)
	return err
}
