package clerk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// ExportList is a page of what was taken out by jobs.
type ExportList struct {
	Tenant    civic.Tenant
	Exports   []civic.Export
	Next      string
	People    []civic.Colleague
	Templates []civic.ExportTemplate
	Me        string
	Lead      bool
}

// ExportsMade lists exports, newest first: the actor's own, a lead sees everybody's.
func (s *Service) ExportsMade(ctx context.Context, who civic.Actor, tenant, before string) (*ExportList, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	const page = 25
	l := &ExportList{Tenant: t, Me: who.Staff.ID, Lead: who.Has(tenant, civic.RoleLead)}
	if l.Exports, err = s.Many.Exports.Exports(ctx, t.ID, s.ownOnly(who, tenant), before, page+1); err != nil {
		return nil, err
	}
	if len(l.Exports) > page {
		l.Exports, l.Next = l.Exports[:page], l.Exports[page-1].ID
	}
	if l.Templates, err = s.templates(ctx, who, t.ID); err != nil {
		return nil, err
	}
	l.People, err = s.people(ctx, who, t.ID)
	return l, err
}

// export reads an export for who asked for it; a lead may look at it and stop it, but gets no file: they may see other services.
func (s *Service) export(ctx context.Context, who civic.Actor, tenant, id string, own bool) (civic.Tenant, civic.Export, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return t, civic.Export{}, err
	}
	e, err := s.Many.Exports.Export(ctx, t.ID, id)
	if err != nil {
		return t, e, err
	}
	if e.Actor != who.Staff.ID && (own || !who.Has(tenant, civic.RoleLead)) {
		return t, e, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return t, e, nil
}

// ExportMade shows an export.
func (s *Service) ExportMade(ctx context.Context, who civic.Actor, tenant, id string) (civic.Tenant, civic.Export, error) {
	return s.export(ctx, who, tenant, id, false)
}

// CancelExport stops an export that is being made.
func (s *Service) CancelExport(ctx context.Context, who civic.Actor, tenant, id string) error {
	t, e, err := s.export(ctx, who, tenant, id, false)
	if err != nil {
		return err
	}
	err = s.Many.Exports.CancelExport(ctx, t.ID, e.ID, s.tenantEvent(t.ID, who, "export.cancelled", map[string]string{"export": e.ID}))
	if civic.CodeOf(err) == civic.NotFound {
		return civic.Errorf(civic.Conflict, "error.export.turn")
	}
	return err
}

// RestartExport makes an export anew that died, failed or was cancelled.
func (s *Service) RestartExport(ctx context.Context, who civic.Actor, tenant, id string) error {
	t, e, err := s.export(ctx, who, tenant, id, true)
	if err != nil {
		return err
	}
	if state := e.State(s.Now()); state == "finished" || state == "running" {
		return civic.Errorf(civic.Conflict, "error.export.turn")
	}
	if err := s.present(ctx, who, t.ID); err != nil {
		return err
	}
	if err := s.Many.Trash.Delete(ctx, exportBlob(e)); err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	run := s.NewID()
	return s.Many.Exports.RestartExport(ctx, t.ID, e.ID, run, civic.MakeExport{Tenant: t.ID, Export: e.ID, Run: run})
}

// FetchExport opens the file of an export for who asked for it; that it was fetched is recorded.
func (s *Service) FetchExport(ctx context.Context, who civic.Actor, tenant, id string) (*Download, error) {
	t, e, err := s.export(ctx, who, tenant, id, true)
	if err != nil {
		return nil, err
	}
	if e.State(s.Now()) != "finished" || s.Now().After(e.Expires) {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(e.Services, func(service string) bool { return !sc.sees(service, nil) }) || len(e.Services) == 0 && len(sc.Denied) > 0 {
		return nil, civic.Errorf(civic.Forbidden, "error.export.closed")
	}
	blob, err := s.Blobs.Open(ctx, e.Blob)
	if err != nil {
		return nil, fmt.Errorf("clerk: export: %w", err)
	}
	size, err := blob.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clerk: export: %w", err), blob.Close())
	}
	plain, err := s.Seal.OpenReader(keys(t, "", nil), sealExport, blob, size)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clerk: export: %w", err), blob.Close())
	}
	if err := s.Many.Templates.RecordExport(ctx, t.ID, s.tenantEvent(t.ID, who, "export.fetched", map[string]string{"export": e.ID})); err != nil {
		return nil, errors.Join(fmt.Errorf("clerk: export: %w", err), blob.Close())
	}
	return &Download{Name: s.exportName(t, e.Format, e.Finished), MediaType: mediaTypes[e.Format], Bytes: e.Bytes, Body: opened{plain, blob}}, nil
}

// unstarted is how long chosen cases wait for somebody to say what to do with them.
const unstarted = 24 * time.Hour

// SweepMany deletes bulks and exports whose time is over, with their files.
func (s *Service) SweepMany(ctx context.Context) error {
	now := s.Now()
	if err := s.Many.Walks.DeleteBulks(ctx, now.Add(-civic.BulkLife), now.Add(-unstarted)); err != nil {
		return fmt.Errorf("clerk: sweep: %w", err)
	}
	const page = 200
	for {
		old, err := s.Many.Templates.ExpiredExports(ctx, now, page)
		if err != nil {
			return fmt.Errorf("clerk: sweep: %w", err)
		}
		for _, e := range old {
			if err := errors.Join(s.Many.Trash.Delete(ctx, exportBlob(e)), s.Many.Templates.DeleteExport(ctx, e.Tenant, e.ID)); err != nil {
				return fmt.Errorf("clerk: sweep: %w", err)
			}
		}
		if len(old) < page {
			return nil
		}
	}
}
