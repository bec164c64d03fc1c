package clerk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"antragswerk/internal/civic"
)

// Labels keeps an authority's labels.
type Labels interface {
	Labels(ctx context.Context, tenant string) ([]civic.Label, error)
	SaveLabel(ctx context.Context, l civic.Label, ev civic.Event) error
	DeleteLabel(ctx context.Context, tenant, id string, ev civic.Event) error
}

// Limits of labels.
const (
	maxLabels    = 40
	maxLabelName = 30 // characters
)

// labeller finds the tenant for somebody who may say which labels there are.
func (s *Service) labeller(ctx context.Context, who civic.Actor, tenant string) (civic.Tenant, []civic.Label, error) {
	t, err := s.office(ctx, who, tenant, civic.RoleLead, civic.RoleAdmin)
	if err != nil {
		return t, nil, err
	}
	list, err := s.Labels.Labels(ctx, t.ID)
	if err != nil {
		return t, nil, fmt.Errorf("clerk: labels: %w", err)
	}
	return t, list, nil
}

// LabelList lists the authority's labels for those who arrange them.
func (s *Service) LabelList(ctx context.Context, who civic.Actor, tenant string) ([]civic.Label, error) {
	_, list, err := s.labeller(ctx, who, tenant)
	return list, err
}

// SaveLabel makes a label (id "") or changes one; leads and admins.
func (s *Service) SaveLabel(ctx context.Context, who civic.Actor, tenant string, l civic.Label) error {
	t, list, err := s.labeller(ctx, who, tenant)
	if err != nil {
		return err
	}
	l.Tenant = t.ID
	if l.Name = strings.Join(strings.Fields(l.Name), " "); l.Name == "" {
		return civic.Errorf(civic.Invalid, "error.label.name").At("name")
	}
	if utf8.RuneCountInString(l.Name) > maxLabelName {
		return civic.Errorf(civic.Invalid, "error.desk.long", "limit", maxLabelName).At("name")
	}
	if !slices.Contains(civic.LabelColours, l.Colour) {
		return civic.Errorf(civic.Invalid, "error.label.colour").At("colour")
	}
	if slices.ContainsFunc(list, func(o civic.Label) bool { return o.ID != l.ID && strings.EqualFold(o.Name, l.Name) }) {
		return civic.Errorf(civic.Invalid, "error.label.twice").At("name")
	}
	i := slices.IndexFunc(list, func(o civic.Label) bool { return o.ID == l.ID })
	switch {
	case i >= 0:
		l.Position = list[i].Position
	case l.ID != "":
		return civic.Errorf(civic.NotFound, "error.not_found")
	case len(list) >= maxLabels:
		return civic.Errorf(civic.TooLarge, "error.label.many", "limit", maxLabels).At("name")
	default:
		l.ID, l.Position = s.NewID(), len(list)+1
	}
	if err := s.Labels.SaveLabel(ctx, l, s.houseEvent(who, t.ID, "label.saved", map[string]string{"label": l.ID})); err != nil {
		return fmt.Errorf("clerk: label: %w", err)
	}
	return nil
}

// DeleteLabel takes a label away, from all cases; leads and admins.
func (s *Service) DeleteLabel(ctx context.Context, who civic.Actor, tenant, id string) error {
	t, _, err := s.labeller(ctx, who, tenant)
	if err != nil {
		return err
	}
	return s.Labels.DeleteLabel(ctx, t.ID, id, s.houseEvent(who, t.ID, "label.deleted", map[string]string{"label": id}))
}

// CaseLabels lists the labels that a case may bear.
func (s *Service) CaseLabels(ctx context.Context, who civic.Actor, tenant string) ([]civic.Label, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	return s.Labels.Labels(ctx, t.ID)
}

// SetLabels (etikettieren) makes these the labels of a case.
func (s *Service) SetLabels(ctx context.Context, who civic.Actor, at At, ids []string) error {
	list, err := s.CaseLabels(ctx, who, at.Tenant)
	if err != nil {
		return err
	}
	var set []string
	for _, l := range list {
		if slices.Contains(ids, l.ID) {
			set = append(set, l.ID)
		}
	}
	for _, id := range ids {
		if !slices.Contains(set, id) {
			return civic.Errorf(civic.Invalid, "error.label.gone").At("label")
		}
	}
	err = s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		var on, off []string
		for _, id := range set {
			if !slices.Contains(f.Case.Labels, id) {
				on = append(on, id)
			}
		}
		for _, id := range f.Case.Labels {
			if !slices.Contains(set, id) {
				off = append(off, id)
			}
		}
		if len(on)+len(off) == 0 {
			return errNothing
		}
		ch.Case.Labels, ch.Terms, ch.Untag = set, labelTags(on), labelTags(off)
		ch.Case.Revision, ch.Case.Changed = f.Case.Revision+1, s.Now()
		for _, id := range on {
			ch.Events = append(ch.Events, s.event(f.Case, who, "case.labelled", map[string]string{"label": id}))
		}
		for _, id := range off {
			ch.Events = append(ch.Events, s.event(f.Case, who, "case.unlabelled", map[string]string{"label": id}))
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

func labelTags(ids []string) []civic.IndexTerm {
	var out []civic.IndexTerm
	for _, id := range ids {
		out = append(out, civic.IndexTerm{Field: "label", Mode: "tag", Text: id})
	}
	return out
}
