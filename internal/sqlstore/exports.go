package sqlstore

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// CreateExport stores an export that a job will make.
func (s *Store) CreateExport(ctx context.Context, tenant string, e civic.Export, jobs ...civic.Job) error {
	return s.inTenant(tenant).write(ctx, "create export", func(ctx context.Context, t *tx) error {
		if err := t.InsertExport(ctx, db.InsertExportParams{ID: e.ID, Tenant: tenant, Actor: e.Actor, Roles: joined(e.Roles), Template: e.Template, Format: e.Format, Run: e.Run,
			Created: micros(e.Created), Expires: micros(e.Expires), Spec: full(e.Spec)}); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// Export returns an export.
func (s *Store) Export(ctx context.Context, tenant, id string) (e civic.Export, err error) {
	err = s.inTenant(tenant).read(ctx, "export", func(ctx context.Context, t *tx) error {
		r, err := t.ExportByID(ctx, db.ExportByIDParams{ID: id, Tenant: tenant})
		if err == nil {
			e, err = toExport(r)
		}
		return err
	})
	return e, err
}

// Exports lists the tenant's exports, newest first, older than the id before ("" from the newest): those of the actor, or
// everybody's ("").
func (s *Store) Exports(ctx context.Context, tenant, actor, before string, limit int) (list []civic.Export, err error) {
	err = s.inTenant(tenant).read(ctx, "exports", func(ctx context.Context, t *tx) error {
		rows, err := t.ExportsOf(ctx, db.ExportsOfParams{Tenant: tenant, Actor: actor, Everybody: everybody(actor), Before: orLast(before), Most: int32(clamp(limit))})
		if err == nil {
			list, err = eachErr(rows, toExport)
		}
		return err
	})
	return list, err
}

// BeatExport says how far the run is. NotFound when it shall stop: the export was cancelled, or another run makes it.
func (s *Store) BeatExport(ctx context.Context, tenant, id, run string, rows int64) error {
	return s.inTenant(tenant).write(ctx, "beat export", func(ctx context.Context, t *tx) error {
		return one(t.BeatExport(ctx, db.BeatExportParams{Done: rows, Now: s.micros(), ID: id, Tenant: tenant, Run: run}))
	})
}

// EndExport stores what a run has made or, with a time in Failed, that it cannot. NotFound when the run should have stopped.
func (s *Store) EndExport(ctx context.Context, tenant string, e civic.Export, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "end export", func(ctx context.Context, t *tx) (err error) {
		if e.Failed.IsZero() {
			err = one(t.FinishExport(ctx, db.FinishExportParams{Done: e.Rows, Bytes: e.Bytes, Sha256: hex.EncodeToString(e.SHA256), Blob: e.Blob, Services: strings.Join(e.Services, ","), Now: micros(e.Finished),
				Expires: micros(e.Expires), ID: e.ID, Tenant: tenant, Run: e.Run}))
		} else {
			err = one(t.FailExport(ctx, db.FailExportParams{Now: micros(e.Failed), Reason: e.Reason, ID: e.ID, Tenant: tenant, Run: e.Run}))
		}
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// CancelExport stops an export; NotFound when there is nothing to stop.
func (s *Store) CancelExport(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "cancel export", func(ctx context.Context, t *tx) error {
		if err := one(t.CancelExport(ctx, db.CancelExportParams{Now: s.micros(), ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// RestartExport begins an export anew under another run; NotFound when it was finished.
func (s *Store) RestartExport(ctx context.Context, tenant, id, run string, jobs ...civic.Job) error {
	return s.inTenant(tenant).write(ctx, "restart export", func(ctx context.Context, t *tx) error {
		if err := one(t.RestartExport(ctx, db.RestartExportParams{Run: run, Now: s.micros(), ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// RecordExport records what left the house without a job.
func (s *Store) RecordExport(ctx context.Context, tenant string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "record export", func(ctx context.Context, t *tx) error {
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// ExpiredExports lists exports of all tenants whose time is over, at most limit.
func (s *Store) ExpiredExports(ctx context.Context, at time.Time, limit int) (list []civic.Export, err error) {
	err = s.asSystem(sweeping).read(ctx, "expired exports", func(ctx context.Context, t *tx) error {
		rows, err := t.ExpiredExports(ctx, db.ExpiredExportsParams{Now: micros(at), Most: int32(clamp(limit))})
		if err == nil {
			list, err = eachErr(rows, toExport)
		}
		return err
	})
	return list, err
}

// DeleteExport deletes an export's row; its blob must be gone before.
func (s *Store) DeleteExport(ctx context.Context, tenant, id string) error {
	return s.inTenant(tenant).write(ctx, "delete export", func(ctx context.Context, t *tx) error {
		_, err := t.DeleteExport(ctx, db.DeleteExportParams{ID: id, Tenant: tenant})
		return err
	})
}

// ExportTemplates lists the tenant's templates by name.
func (s *Store) ExportTemplates(ctx context.Context, tenant string) (list []civic.ExportTemplate, err error) {
	err = s.inTenant(tenant).read(ctx, "export templates", func(ctx context.Context, t *tx) error {
		rows, err := t.ExportTemplates(ctx, tenant)
		if err != nil {
			return err
		}
		list, err = eachErr(rows, func(r db.ExportTemplate) (civic.ExportTemplate, error) {
			e := civic.ExportTemplate{ID: r.ID, Tenant: r.Tenant, Name: r.Name, Format: r.Format, Service: r.Service, Roles: rolesIn(r.Roles), Owner: r.Owner,
				Updated: fromMicros(r.Updated)}
			return e, fromJSON(r.Columns, &e.Columns)
		})
		return err
	})
	return list, err
}

// SaveExportTemplate stores a template, new or changed.
func (s *Store) SaveExportTemplate(ctx context.Context, e civic.ExportTemplate, ev civic.Event) error {
	columns, err := toJSON(e.Columns)
	if err != nil {
		return wrap("save export template", err)
	}
	return s.inTenant(e.Tenant).write(ctx, "save export template", func(ctx context.Context, t *tx) error {
		if err := one(t.SaveExportTemplate(ctx, db.SaveExportTemplateParams{ID: e.ID, Tenant: e.Tenant, Name: e.Name, Format: e.Format, Service: e.Service, Columns: columns,
			Roles: joined(e.Roles), Owner: e.Owner, Updated: micros(e.Updated)})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: e.Tenant}, ev)
	})
}

// DeleteExportTemplate deletes a template.
func (s *Store) DeleteExportTemplate(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "delete export template", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteExportTemplate(ctx, db.DeleteExportTemplateParams{ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

func toExport(r db.Export) (civic.Export, error) {
	sum, err := hex.DecodeString(r.Sha256)
	return civic.Export{ID: r.ID, Tenant: r.Tenant, Actor: r.Actor, Roles: rolesIn(r.Roles), Template: r.Template, Format: r.Format, Spec: none(r.Spec), Run: r.Run, Rows: r.Done,
		Bytes: r.Bytes, SHA256: none(sum), Blob: r.Blob, Created: fromMicros(r.Created), Beat: fromMicros(r.Beat), Finished: fromMicros(r.Finished),
		Failed: fromMicros(r.Failed), Cancelled: fromMicros(r.Cancelled), Expires: fromMicros(r.Expires), Services: split(r.Services), Reason: r.Reason}, err
}
