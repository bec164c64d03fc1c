package sqlstore

import (
	"context"
	"encoding/hex"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// twinOf is the blind term of the matter, in hex: the inbox looks for equals beside each row, for which the index of terms is
// made the wrong way round. "" when the terms hold none.
func (s *Store) twinOf(ctx context.Context, tenant string, terms []civic.IndexTerm) (string, error) {
	for _, t := range terms {
		if t.Mode == modeTag && t.Field == civic.TwinField {
			blind, err := s.blindTerms(ctx, tenant, []civic.IndexTerm{t})
			if err != nil {
				return "", err
			}
			return hex.EncodeToString(blind[0]), nil
		}
	}
	return "", nil
}

// Twins returns cases that look the same as one and were not said to be distinct or merged with it: open ones and those received
// since, newest first.
func (s *Store) Twins(ctx context.Context, tenant, id string, since time.Time, limit int) (cases []civic.Case, err error) {
	err = s.inTenant(tenant).read(ctx, "twins", func(ctx context.Context, t *tx) error {
		rows, err := t.TwinsOf(ctx, db.TwinsOfParams{ID: id, Tenant: tenant, Since: micros(since), Most: int32(clamp(limit))})
		cases = each(rows, func(r db.TwinsOfRow) civic.Case { return toCase(r.Case, r.Key) })
		return err
	})
	return cases, err
}

// HaveTwins tells which of a page's cases have such twins.
func (s *Store) HaveTwins(ctx context.Context, tenant string, ids []string, since time.Time) (found map[string]bool, err error) {
	found = map[string]bool{}
	if len(ids) == 0 {
		return found, nil
	}
	var q sqlText
	at := q.arg(tenant)
	q.add("SELECT m.id FROM cases m WHERE m.tenant = ", at, " AND m.twin <> '' AND m.state NOT IN ('decided', 'closed', 'withdrawn', 'forwarded') AND m.id IN ", q.in(ids),
		" AND EXISTS (SELECT 1 FROM cases c WHERE c.tenant = ", at, " AND c.twin = m.twin AND c.twin <> '' AND c.id <> m.id AND (c.received >= ", q.arg(micros(since)),
		" OR c.state NOT IN ('decided', 'closed', 'withdrawn', 'forwarded')) AND NOT EXISTS (SELECT 1 FROM case_links l WHERE l.case_id = m.id AND l.other = c.id AND l.tenant = ", at, "))")
	err = s.inTenant(tenant).read(ctx, "have twins", func(ctx context.Context, t *tx) error {
		list, err := texts(ctx, t, q)
		for _, id := range list {
			found[id] = true
		}
		return err
	})
	return found, err
}

// Links returns what other cases have to do with one, oldest first.
func (s *Store) Links(ctx context.Context, tenant, id string) (links []civic.CaseLink, err error) {
	err = s.inTenant(tenant).read(ctx, "links", func(ctx context.Context, t *tx) error {
		rows, err := t.LinksOf(ctx, db.LinksOfParams{CaseID: id, Tenant: tenant})
		links = each(rows, func(r db.LinksOfRow) civic.CaseLink {
			l := r.CaseLink
			return civic.CaseLink{Tenant: l.Tenant, Case: l.CaseID, Other: l.Other, Kind: civic.LinkKind(l.Kind), Author: l.Author, AuthorName: l.AuthorName,
				Created: fromMicros(l.Created), Number: r.FileNumber, Service: r.Service, State: civic.CaseState(r.State)}
		})
		return err
	})
	return links, err
}

// Link stores a link from both sides, with an event on each case.
func (s *Store) Link(ctx context.Context, tenant string, l civic.CaseLink, here, there civic.Event) error {
	return s.inTenant(tenant).write(ctx, "link", func(ctx context.Context, t *tx) error {
		dossier, err := t.DossierOfCase(ctx, db.DossierOfCaseParams{ID: l.Case, Tenant: tenant})
		if err != nil {
			return err
		}
		if err := s.record(ctx, t, about{tenant, l.Case, dossier}, here); err != nil {
			return err
		}
		return s.link(ctx, t, l, there)
	})
}

// link stores both sides and the other case's event; that of its own case comes with the step.
func (s *Store) link(ctx context.Context, t *tx, l civic.CaseLink, there civic.Event) error {
	dossier, err := t.DossierOfCase(ctx, db.DossierOfCaseParams{ID: l.Other, Tenant: t.tenant})
	if err != nil {
		return err
	}
	for _, side := range []civic.CaseLink{l, l.Mirror()} {
		if err := t.InsertLink(ctx, db.InsertLinkParams{Tenant: t.tenant, CaseID: side.Case, Other: side.Other, Kind: string(side.Kind), Author: side.Author,
			AuthorName: side.AuthorName, Created: micros(side.Created)}); err != nil {
			return err
		}
	}
	return s.record(ctx, t, about{t.tenant, l.Other, dossier}, there)
}

// Tasks returns what is to be done on a case and what was done, oldest first.
func (s *Store) Tasks(ctx context.Context, tenant, id string) (tasks []civic.Task, err error) {
	err = s.inTenant(tenant).read(ctx, "tasks", func(ctx context.Context, t *tx) error {
		rows, err := t.TasksOf(ctx, db.TasksOfParams{CaseID: id, Tenant: tenant})
		tasks = each(rows, toTask)
		return err
	})
	return tasks, err
}

func toTask(r db.Task) civic.Task {
	return civic.Task{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Item: r.Item, Body: none(r.Body), Assignee: r.Assignee, AssigneeName: r.AssigneeName,
		Due: fromMicros(r.Due), Author: r.Author, AuthorName: r.AuthorName, Created: fromMicros(r.Created), Done: fromMicros(r.Done), DoneBy: r.DoneBy,
		DoneByName: r.DoneByName, Dropped: fromMicros(r.Dropped)}
}

// SaveTask stores a task of a case, new or changed, with its event. The revision of the case stays: a tick is in nobody's way.
// Two who tick an item of the checklist for the first time at once are a Conflict.
func (s *Store) SaveTask(ctx context.Context, tenant string, k civic.Task, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "task", func(ctx context.Context, t *tx) error {
		dossier, err := t.DossierOfCase(ctx, db.DossierOfCaseParams{ID: k.Case, Tenant: tenant})
		if err != nil {
			return err
		}
		n, err := t.UpsertTask(ctx, db.UpsertTaskParams{ID: k.ID, CaseID: k.Case, Tenant: tenant, Dossier: dossier, Item: k.Item, Assignee: k.Assignee,
			AssigneeName: k.AssigneeName, Due: micros(k.Due), Author: k.Author, AuthorName: k.AuthorName, Created: micros(k.Created), Done: micros(k.Done),
			DoneBy: k.DoneBy, DoneByName: k.DoneByName, Dropped: micros(k.Dropped), Body: full(k.Body)})
		if err := one(n, err); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant, k.Case, dossier}, ev)
	})
}

// Annotation returns the office's own answers on a case, the zero value before there are any.
func (s *Store) Annotation(ctx context.Context, tenant, id string) (a civic.Annotation, err error) {
	err = s.inTenant(tenant).read(ctx, "annotation", func(ctx context.Context, t *tx) error {
		row, err := t.AnnotationOf(ctx, db.AnnotationOfParams{CaseID: id, Tenant: tenant})
		found, err := orNil(row, err, func(r db.Annotation) (civic.Annotation, error) {
			return civic.Annotation{Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Content: none(r.Content), Revision: r.Revision, Author: r.Author,
				AuthorName: r.AuthorName, Changed: fromMicros(r.Changed)}, nil
		})
		if found != nil {
			a = *found
		}
		return err
	})
	return a, err
}

// SaveAnnotation stores them as the revision after the one that was read; Conflict when somebody else did.
func (s *Store) SaveAnnotation(ctx context.Context, tenant string, a civic.Annotation, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "annotation", func(ctx context.Context, t *tx) error {
		dossier, err := t.DossierOfCase(ctx, db.DossierOfCaseParams{ID: a.Case, Tenant: tenant})
		if err != nil {
			return err
		}
		n, err := t.UpsertAnnotation(ctx, db.UpsertAnnotationParams{CaseID: a.Case, Tenant: tenant, Dossier: dossier, Revision: a.Revision, Author: a.Author,
			AuthorName: a.AuthorName, Changed: micros(a.Changed), Content: full(a.Content)})
		if err != nil {
			return err
		}
		if n == 0 {
			return civic.Errorf(civic.Conflict, "error.case.changed")
		}
		return s.record(ctx, t, about{tenant, a.Case, dossier}, ev)
	})
}

// AnnotationForm returns an authority's own form for annotations of a service, nil when it has written none.
func (s *Store) AnnotationForm(ctx context.Context, tenant, service string) (f *civic.AnnotationForm, err error) {
	err = s.inTenant(tenant).read(ctx, "annotation form", func(ctx context.Context, t *tx) error {
		row, err := t.AnnotationForm(ctx, db.AnnotationFormParams{Tenant: tenant, Service: service})
		f, err = orNil(row, err, func(r db.AnnotationForm) (civic.AnnotationForm, error) {
			return civic.AnnotationForm{Tenant: r.Tenant, Service: r.Service, Schema: r.Schema, UI: none(r.Ui), Changed: fromMicros(r.Changed)}, nil
		})
		return err
	})
	return f, err
}

// AnnotationForms names the services for which an authority has written a form of its own.
func (s *Store) AnnotationForms(ctx context.Context, tenant string) (services []string, err error) {
	err = s.inTenant(tenant).read(ctx, "annotation forms", func(ctx context.Context, t *tx) error {
		services, err = t.AnnotationForms(ctx, tenant)
		return err
	})
	return services, err
}

// SaveAnnotationForm stores one; without a schema the form's author's holds again.
func (s *Store) SaveAnnotationForm(ctx context.Context, tenant string, f civic.AnnotationForm, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "annotation form", func(ctx context.Context, t *tx) error {
		var err error
		if len(f.Schema) == 0 {
			err = t.DeleteAnnotationForm(ctx, db.DeleteAnnotationFormParams{Tenant: tenant, Service: f.Service})
		} else {
			err = t.UpsertAnnotationForm(ctx, db.UpsertAnnotationFormParams{Tenant: tenant, Service: f.Service, Schema: f.Schema, Ui: full(f.UI), Changed: micros(f.Changed)})
		}
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}
