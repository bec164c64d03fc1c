package sqlstore

import (
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Labels lists the authority's labels in their order.
func (s *Store) Labels(ctx context.Context, tenant string) (list []civic.Label, err error) {
	err = s.inTenant(tenant).read(ctx, "labels", func(ctx context.Context, t *tx) error {
		rows, err := t.Labels(ctx, tenant)
		list = each(rows, toLabel)
		return err
	})
	return list, err
}

// SaveLabel stores a new label or changes one of the same authority.
func (s *Store) SaveLabel(ctx context.Context, l civic.Label, ev civic.Event) error {
	return s.inTenant(l.Tenant).write(ctx, "save label", func(ctx context.Context, t *tx) error {
		if err := one(t.SaveLabel(ctx, db.SaveLabelParams{ID: l.ID, Tenant: l.Tenant, Name: l.Name, Colour: l.Colour, Position: int64(l.Position)})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: l.Tenant}, ev)
	})
}

// DeleteLabel deletes a label. Cases keep its id, which means nothing any more and goes with their next change of labels.
func (s *Store) DeleteLabel(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "delete label", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteLabel(ctx, db.DeleteLabelParams{Tenant: tenant, ID: id})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

func toLabel(r db.Label) civic.Label {
	return civic.Label{ID: r.ID, Tenant: r.Tenant, Name: r.Name, Colour: r.Colour, Position: int(r.Position)}
}
