package clerk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// At names a case and the revision that the clerk saw; a step on another revision is a Conflict whose cause is Moved.
type At struct {
	Tenant, Case string
	Revision     int64 // 0: whatever it is now
	Lang         string
	item         *civic.BulkItem   // of the bulk for which the step is taken
	check        func(*File) error // refuses a step that the case as it is now does not allow
	adds         bool              // the step adds to the case and changes nothing of it
	frees        bool              // the step takes off a lock
}

// step turns a case as it is now into a change. It fills everything but Was.
type step func(f *File, ch *civic.CaseChange) error

// maxTries is how often a step that accepts any revision is made again when somebody else is faster.
const maxTries = 5

// change reads a case, makes a step and stores it.
func (s *Service) change(ctx context.Context, who civic.Actor, at At, do step) error {
	for try := 1; ; try++ {
		f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
		if err != nil {
			return err
		}
		if f.stale(at, who) {
			return moved(f, at.Revision)
		}
		if err := locked(f.Case, at); err != nil {
			return err
		}
		if at.check != nil {
			if err := at.check(f); err != nil {
				return err
			}
		}
		ch := civic.CaseChange{Case: f.Case, Was: f.Case.Revision, Item: itemOf(at.item, f.Case)}
		if err := do(f, &ch); err != nil {
			return err
		}
		for i := range ch.Events {
			if ch.Events[i].ID == "" {
				ch.Events[i].ID = s.NewID()
			}
		}
		err = s.Store.Change(ctx, f.Tenant.ID, ch)
		if civic.CodeOf(err) == civic.Conflict && try < maxTries {
			continue // with a revision given, the next look finds that it moved
		}
		if err != nil {
			return fmt.Errorf("clerk: change: %w", err)
		}
		return nil
	}
}

// moved says what happened after a revision. Each change of a case adds one to it and brings one event at least.
func moved(f *File, was int64) error {
	var since []civic.Event
	for _, e := range slices.Backward(f.Events) {
		if int64(len(since)) == f.Case.Revision-was {
			break
		}
		if !strings.HasSuffix(e.Kind, ".opened") {
			since = append(since, e)
		}
	}
	slices.Reverse(since)
	return civic.Errorf(civic.Conflict, "error.desk.moved").Because(&Moved{Since: since, Revision: f.Case.Revision})
}

// touch is the step of what adds to a case without moving it: a message, a note.
func (s *Service) touch(f *File, ch *civic.CaseChange, who civic.Actor, kind string, data map[string]string) {
	ch.Case.Revision++
	ch.Case.Changed = s.Now()
	ch.Events = append(ch.Events, s.event(f.Case, who, kind, data))
}

// Take (übernehmen) makes the actor the assignee.
func (s *Service) Take(ctx context.Context, who civic.Actor, at At) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		next, ev, err := f.Case.Take(who, s.Now())
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}

// Release (zurückgeben) gives a case back to the group; of a colleague's case only a lead can.
func (s *Service) Release(ctx context.Context, who civic.Actor, at At) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if !f.Mine && !f.Lead {
			return civic.Errorf(civic.Forbidden, "error.desk.lead")
		}
		next, ev, err := f.Case.Release(who, s.Now())
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}

// Assign (zuteilen) gives a case to a colleague who may know of it; leads only, of the desk or of the case's group.
func (s *Service) Assign(ctx context.Context, who civic.Actor, at At, colleague string) error {
	if sc, err := s.scopeOf(ctx, who, at.Tenant); err != nil || !sc.leadsAny() {
		return or(err, civic.Errorf(civic.Forbidden, "error.desk.lead"))
	}
	people, err := s.people(ctx, who, at.Tenant)
	if err != nil {
		return err
	}
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if !f.Lead {
			return civic.Errorf(civic.Forbidden, "error.desk.lead")
		}
		i := slices.IndexFunc(people, func(p civic.Colleague) bool { return p.ID == colleague })
		if i < 0 {
			return civic.Errorf(civic.Invalid, "error.desk.colleague").At("assignee")
		}
		if !f.mayKnow(people[i].ID) {
			return civic.Errorf(civic.Invalid, "error.desk.circle").At("assignee")
		}
		next, ev, err := f.Case.Assign(who, s.Now(), people[i].ID, people[i].Name)
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}

// Colleagues lists who works at the desk, the actor first.
func (s *Service) Colleagues(ctx context.Context, who civic.Actor, tenant string) ([]civic.Colleague, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	return s.people(ctx, who, t.ID)
}

// Assignees lists to whom a case can be given: who may know of it.
func (s *Service) Assignees(ctx context.Context, who civic.Actor, f *File) ([]civic.Colleague, error) {
	list, err := s.Colleagues(ctx, who, f.Tenant.ID)
	return slices.DeleteFunc(list, func(c civic.Colleague) bool { return !f.mayKnow(c.ID) }), err
}

// mayKnow tells whether a colleague may know of the case.
func (f *File) mayKnow(staff string) bool {
	return f.Scope.Team.Sees(f.Case.Service, staff, f.Form.Package.Form.Restricted)
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Methods are the ways in which a payment can be booked by hand.
var Methods = []string{"cash", "card", "transfer"}

// BookPayment (Zahlung buchen) records that the fee was paid; a case that waited for it is then received.
func (s *Service) BookPayment(ctx context.Context, who civic.Actor, at At, method string) error {
	if !slices.Contains(Methods, method) {
		return civic.Errorf(civic.Invalid, "error.desk.method").At("method")
	}
	return s.settle(ctx, who, at, "payment.booked", func(p *civic.Payment) {
		p.Paid, p.Method = s.Now(), method
	})
}

// WaivePayment (Gebühr erlassen) lets the work begin without a fee.
func (s *Service) WaivePayment(ctx context.Context, who civic.Actor, at At) error {
	return s.settle(ctx, who, at, "payment.waived", func(p *civic.Payment) { p.Waived = s.Now() })
}

func (s *Service) settle(ctx context.Context, who civic.Actor, at At, kind string, book func(*civic.Payment)) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if f.Payment == nil || f.Payment.State() == "paid" || f.Payment.State() == "waived" {
			return civic.Errorf(civic.Conflict, "error.desk.settled")
		}
		p := *f.Payment
		book(&p)
		p.BookedBy = who.Name()
		ch.Payment = &p
		if f.Case.State != civic.AwaitingPayment {
			s.touch(f, ch, who, kind, map[string]string{"payment": p.ID})
			return nil
		}
		next, ev, err := f.Case.Paid(who, s.Now())
		ev.Kind = kind
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}

// Close (abschließen) files a decided case.
func (s *Service) Close(ctx context.Context, who civic.Actor, at At) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		next, ev, err := f.Case.Close(who, s.Now())
		ch.Case, ch.Events = next, []civic.Event{ev}
		return err
	})
}
