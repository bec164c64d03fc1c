package clerk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"antragswerk/internal/civic"
)

// was is what a bulk remembers of a case as it found it, for a bulk that takes it back.
type was struct {
	Assignee string   `json:"assignee,omitempty"`
	Group    string   `json:"group,omitempty"`
	Labels   []string `json:"labels,omitempty"`
}

// itemOf is the item of a step on a case as it is now, nil when the step belongs to no bulk.
func itemOf(i *civic.BulkItem, c civic.Case) *civic.BulkItem {
	if i == nil {
		return nil
	}
	done := *i
	raw, _ := json.Marshal(was{c.Assignee, c.Group, c.Labels}) // strings only
	done.Was = string(raw)
	return &done
}

// errNothing tells that a case already is as a step would make it.
var errNothing = errors.New("nothing to do")

// take takes a bulk's step with one case: the same that a clerk takes with one, under the same rights.
func (s *Service) take(ctx context.Context, who civic.Actor, o Order, at At) error {
	switch o.Kind {
	case civic.BulkAssign:
		at.check = func(f *File) error {
			if f.Case.Assignee == o.Assignee && f.Case.State != civic.Received {
				return errNothing
			}
			return nil
		}
		return s.give(ctx, who, at, o.Assignee)
	case civic.BulkLabel:
		return s.relabel(ctx, who, at, o.Label, true)
	case civic.BulkUnlabel:
		return s.relabel(ctx, who, at, o.Label, false)
	case civic.BulkGroup:
		at.check = func(f *File) error {
			if f.Case.Group == o.Group {
				return errNothing
			}
			return nil
		}
		return s.Regroup(ctx, who, at, o.Group)
	case civic.BulkMessage:
		return s.Write(ctx, who, at, o.Text, nil)
	case civic.BulkDecide:
		err := s.Decide(ctx, who, at, Verdict{Outcome: o.Outcome, Letter: o.Letter})
		var e *civic.Error
		if asError(err, &e) && e.Key == "error.desk.four_eyes" {
			return s.Propose(ctx, who, at, Verdict{Outcome: o.Outcome, Letter: o.Letter}) // a colleague looks at it as at any other
		}
		return err
	case civic.BulkClose:
		return s.Close(ctx, who, at)
	}
	return civic.Errorf(civic.Invalid, "error.bulk.kind")
}

// give assigns a case, or takes it, for which no lead is needed.
func (s *Service) give(ctx context.Context, who civic.Actor, at At, to string) error {
	if to == who.Staff.ID && !who.Has(at.Tenant, civic.RoleLead) {
		return s.Take(ctx, who, at)
	}
	return s.Assign(ctx, who, at, to)
}

// untake takes back a step of a bulk with one case, when the case still is as that step left it.
func (s *Service) untake(ctx context.Context, who civic.Actor, kind civic.BulkKind, o Order, at At) error {
	var before was
	if err := json.Unmarshal([]byte(at.item.Was), &before); err != nil {
		return err
	}
	still := func(same func(civic.Case) bool) func(*File) error {
		return func(f *File) error {
			if !same(f.Case) {
				return changedSince(f)
			}
			return nil
		}
	}
	switch kind {
	case civic.BulkAssign:
		at.check = still(func(c civic.Case) bool { return c.Assignee == o.Assignee })
		if before.Assignee == "" {
			return s.Release(ctx, who, at)
		}
		return s.give(ctx, who, at, before.Assignee)
	case civic.BulkLabel, civic.BulkUnlabel:
		return s.relabel(ctx, who, at, o.Label, slices.Contains(before.Labels, o.Label))
	case civic.BulkGroup:
		at.check = still(func(c civic.Case) bool {
			return c.Group == o.Group && (c.Assignee == "" || c.Assignee == before.Assignee) // else somebody has taken it since
		})
		return s.regroup(ctx, who, at, before.Group, before.Assignee)
	case civic.BulkClose:
		return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
			next, ev, err := f.Case.Reopen(who, s.Now())
			ch.Case, ch.Events = next, []civic.Event{ev}
			return err
		})
	}
	return civic.Errorf(civic.Conflict, "error.bulk.undo")
}

// relabel puts a label on a case or takes it off.
func (s *Service) relabel(ctx context.Context, who civic.Actor, at At, label string, on bool) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if slices.Contains(f.Case.Labels, label) == on {
			return errNothing
		}
		tag := civic.IndexTerm{Field: "label", Mode: "tag", Text: label}
		kind := "case.labelled"
		if on {
			ch.Case.Labels = append(slices.Clone(f.Case.Labels), label)
			ch.Terms = []civic.IndexTerm{tag}
		} else {
			kind = "case.unlabelled"
			ch.Case.Labels = slices.DeleteFunc(slices.Clone(f.Case.Labels), func(l string) bool { return l == label })
			ch.Untag = []civic.IndexTerm{tag}
		}
		s.touch(f, ch, who, kind, map[string]string{"label": label})
		return nil
	})
}
