package clerk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"antragswerk/internal/civic"
)

// undoKinds are the steps that can be taken back; a message and a decision have reached somebody.
var undoKinds = []civic.BulkKind{civic.BulkAssign, civic.BulkLabel, civic.BulkUnlabel, civic.BulkGroup, civic.BulkClose}

// undoable tells why a bulk cannot be taken back; nil when it can. Closing is taken back on the same day: after it, retention runs.
func (s *Service) undoable(b civic.Bulk) error {
	state := b.State()
	switch {
	case !slices.Contains(undoKinds, b.Kind):
		return civic.Errorf(civic.Conflict, "error.bulk.undo")
	case b.Undone != "":
		return civic.Errorf(civic.Conflict, "error.bulk.undone")
	case state != "finished" && state != "cancelled":
		return civic.Errorf(civic.Conflict, "error.bulk.running")
	case b.Counts.Done == 0:
		return civic.Errorf(civic.Conflict, "error.bulk.nothing")
	case b.Kind == civic.BulkClose && !s.midnight(b.Started).Equal(s.midnight(s.Now())):
		return civic.Errorf(civic.Conflict, "error.bulk.day")
	}
	return nil
}

// UndoBulk takes back what a bulk did, as a bulk of its own; a case that others changed since keeps their change.
func (s *Service) UndoBulk(ctx context.Context, who civic.Actor, tenant, id string) (string, error) {
	t, b, o, err := s.bulkOf(ctx, who, tenant, id)
	if err != nil {
		return "", err
	}
	if err := s.undoable(b); err != nil {
		return "", err
	}
	if err := s.present(ctx, who, t.ID); err != nil {
		return "", err
	}
	o.Name, o.Email = who.Staff.Name, who.Staff.Email
	undo := civic.Bulk{ID: s.NewID(), Tenant: t.ID, Kind: civic.BulkUndo, Actor: who.Staff.ID, Roles: who.Staff.Roles[t.ID], Undoes: b.ID, Created: s.Now(), Started: s.Now()}
	if undo.Params, err = s.sealOrder(t, o); err != nil {
		return "", err
	}
	ev := s.tenantEvent(t.ID, who, "bulk.undone", map[string]string{"bulk": undo.ID, "undoes": b.ID, "count": fmt.Sprint(b.Counts.Done)})
	return undo.ID, s.Many.Bulks.CreateBulk(ctx, t.ID, undo, nil, []civic.Event{ev}, civic.RunBulk{Tenant: t.ID, Bulk: undo.ID})
}

// CancelBulk stops a bulk; what it has done stays done.
func (s *Service) CancelBulk(ctx context.Context, who civic.Actor, tenant, id string) error {
	return s.turnBulk(ctx, who, tenant, id, civic.BulkCancel)
}

// ResumeBulk goes on with a bulk that was cancelled, and tries again what failed: as the cases are now.
func (s *Service) ResumeBulk(ctx context.Context, who civic.Actor, tenant, id string) error {
	return s.turnBulk(ctx, who, tenant, id, civic.BulkResume, civic.RunBulk{Tenant: tenant, Bulk: id})
}

func (s *Service) turnBulk(ctx context.Context, who civic.Actor, tenant, id string, turn civic.BulkTurn, jobs ...civic.Job) error {
	t, b, _, err := s.bulkOf(ctx, who, tenant, id)
	if err != nil {
		return err
	}
	if turn == civic.BulkResume && b.Actor != who.Staff.ID {
		return civic.Errorf(civic.Forbidden, "error.bulk.owner") // its steps are taken in the other's name
	}
	if turn == civic.BulkResume && slices.ContainsFunc(b.Roles, func(r civic.Role) bool { return !who.Has(tenant, r) }) {
		return civic.Errorf(civic.Forbidden, "error.desk.role") // they are taken under the roles of then, which are gone
	}
	if err := s.present(ctx, who, t.ID); err != nil {
		return err
	}
	turned, err := s.Many.Bulks.TurnBulk(ctx, t.ID, b.ID, turn, s.tenantEvent(t.ID, who, "bulk."+string(turn), map[string]string{"bulk": b.ID}), jobs...)
	if err == nil && !turned {
		return civic.Errorf(civic.Conflict, "error.bulk.turn")
	}
	return err
}

func asError(err error, e **civic.Error) bool { return errors.As(err, e) }
