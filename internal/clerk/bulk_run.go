package clerk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"antragswerk/internal/civic"
)

const (
	// bulkHands is how many cases of a bulk are worked on at the same time.
	bulkHands = 4
	// bulkStint is how many cases one run of the job works off; then others get their turn.
	bulkStint = 500
	// bulkTries is how often a case whose step fails inside is tried.
	bulkTries = 3
)

// again asks for another run of a job.
type again struct{ in time.Duration }

func (again) Error() string { return "there is more to do" }

// Again tells the queue when.
func (a again) Again() time.Duration { return a.in }

// RunBulk is the job of a bulk: it takes the step with each open case, in their order. A case's step and the mark on its item are one
// transaction, so that a job that dies and runs again takes no step twice.
func (s *Service) RunBulk(ctx context.Context, job civic.RunBulk) error {
	t, err := s.Forms.TenantByID(ctx, job.Tenant)
	if err != nil {
		return fmt.Errorf("clerk: bulk: %w", err)
	}
	b, err := s.Many.Bulks.Bulk(ctx, t.ID, job.Bulk)
	if civic.CodeOf(err) == civic.NotFound {
		return nil // swept meanwhile
	}
	if err != nil || b.State() != "running" {
		return err
	}
	o, err := s.order(t, b)
	if err != nil {
		return err
	}
	r := bulkRun{s: s, bulk: b, order: o}
	if r.who, err = s.authority(ctx, t.ID, b.Actor, b.Started); err == nil {
		r.who, err = under(r.who, t.ID, b.Roles)
	}
	if r.gone = civic.CodeOf(err) == civic.Forbidden; err != nil && !r.gone {
		return err
	}
	if b.Undoes != "" {
		undone, err := s.Many.Bulks.Bulk(ctx, t.ID, b.Undoes)
		if err != nil {
			return fmt.Errorf("clerk: bulk: %w", err)
		}
		r.undoes = undone.Kind
	}
	n, _ := s.Many.Attempt(ctx)
	r.last = n >= bulkTries
	more, err := r.stint(ctx)
	if err != nil {
		return err
	}
	if more {
		return again{}
	}
	_, err = s.Many.Bulks.TurnBulk(ctx, t.ID, b.ID, civic.BulkFinish, s.tenantEvent(t.ID, civic.Actor{System: true}, "bulk.finished", map[string]string{"bulk": b.ID}))
	return err
}

type bulkRun struct {
	s      *Service
	bulk   civic.Bulk
	order  Order
	undoes civic.BulkKind
	who    civic.Actor
	gone   bool // who started it may not any more: each case says so, and nothing is done with it
	last   bool // what fails inside is not tried again
}

// stint works off up to bulkStint items and tells whether there are more. What failed inside stays open, and is the error.
func (r *bulkRun) stint(ctx context.Context) (more bool, err error) {
	items, err := r.s.Many.Bulks.BulkItems(ctx, r.bulk.Tenant, r.bulk.ID, civic.ItemOpen, 0, bulkStint)
	if err != nil {
		return false, fmt.Errorf("clerk: bulk: %w", err)
	}
	next := make(chan civic.BulkItem)
	errs := make([]error, bulkHands)
	var hands sync.WaitGroup
	for h := range errs {
		hands.Go(func() {
			for i := range next {
				if err := r.item(ctx, i); err != nil {
					errs[h] = err
				}
			}
		})
	}
	for _, i := range items {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	hands.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return false, fmt.Errorf("clerk: bulk: %w", err)
	}
	return len(items) == bulkStint, nil
}

// item takes the step with one case and marks what became of it.
func (r *bulkRun) item(ctx context.Context, i civic.BulkItem) error {
	at := At{Tenant: r.bulk.Tenant, Case: i.Case, Lang: "de", item: &i}
	var err error
	switch {
	case r.gone:
		err = civic.Errorf(civic.Forbidden, "error.bulk.left")
	case r.undoes != "":
		err = r.s.untake(ctx, r.who, r.undoes, r.order, at)
	default:
		if r.order.Kind == civic.BulkDecide || r.order.Kind == civic.BulkClose {
			at.Revision = i.Revision // what nobody has looked at is not decided along with the others
		}
		err = r.s.take(ctx, r.who, r.order, at)
	}
	switch {
	case err == nil || errors.Is(err, errNothing):
		i.State = civic.ItemDone
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		var foreseen *civic.Error
		known := asError(err, &foreseen)
		if known && foreseen.Key == civic.BulkItemGone {
			return nil // done before, or the bulk was cancelled
		}
		if !known || foreseen.Code == civic.Internal || foreseen.Code == civic.Unavailable {
			if !r.last {
				return err
			}
			foreseen = civic.Errorf(civic.Internal, "error.bulk.inside")
		}
		i.State = civic.ItemFailed
		i.Error, i.Args = r.why(ctx, i.Case, foreseen)
	}
	return r.s.Many.Bulks.FinishItem(ctx, r.bulk.Tenant, i)
}

// why words a failure for the list: where somebody else was faster, who did what and when.
func (r *bulkRun) why(ctx context.Context, id string, e *civic.Error) (string, map[string]string) {
	args := map[string]string{}
	for k := 0; k+1 < len(e.Args); k += 2 {
		args[fmt.Sprint(e.Args[k])] = fmt.Sprint(e.Args[k+1])
	}
	if moved := MovedOf(e); moved != nil && len(moved.Since) > 0 {
		maps.Copy(args, traceOf(moved.Since[len(moved.Since)-1]))
		return "error.bulk.meanwhile", args
	}
	if e.Key == "error.not_found" {
		return "error.bulk.unseen", args // deleted, or of a service that has been closed to them since
	}
	if e.Key == "error.case.state" {
		if f, err := r.s.file(ctx, r.who, r.bulk.Tenant, id, "de"); err == nil {
			maps.Copy(args, traceOf(lastStep(f)))
		}
	}
	return e.Key, args
}

// changedSince refuses to take back what others have changed since.
func changedSince(f *File) error {
	args := []any{"state", string(f.Case.State)}
	for k, v := range traceOf(lastStep(f)) {
		args = append(args, k, v)
	}
	return civic.Errorf(civic.Conflict, "error.bulk.meanwhile", args...)
}

// lastStep is the last event that moved the case.
func lastStep(f *File) civic.Event {
	for _, e := range slices.Backward(f.Events) {
		if e.Data["to"] != "" && !strings.HasSuffix(e.Kind, ".opened") {
			return e
		}
	}
	return civic.Event{}
}

// traceOf is what a list says of an event: what, who, when.
func traceOf(e civic.Event) map[string]string {
	if e.Kind == "" {
		return nil
	}
	return map[string]string{"event": e.Kind, "who": e.Actor, "at": strconv.FormatInt(e.At.UnixMicro(), 10)}
}
