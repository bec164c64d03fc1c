package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"antragswerk/internal/civic"
)

// NewView is a view as somebody wants it.
type NewView struct {
	ID       string // "" a new one
	Revision int64  // of the changed one
	Shared   bool   // for the office: leads only
	Group    string
	civic.Look
}

// may tells whether the actor may change a view.
func (r *room) may(v civic.View) error {
	if v.Revision == 0 {
		return civic.Errorf(civic.Forbidden, "error.view.usual")
	}
	if v.Shared() && !r.sc.Lead {
		return civic.Errorf(civic.Forbidden, "error.desk.lead")
	}
	return nil
}

// SaveView makes a view or changes one. A shared one is a lead's to make; nobody changes another's own.
func (s *Service) SaveView(ctx context.Context, who civic.Actor, tenant string, n NewView) (id string, err error) {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return "", err
	}
	v := civic.View{ID: s.NewID(), Tenant: r.sc.Tenant.ID, Owner: who.Staff.ID, Group: n.Group}
	if n.Shared {
		v.Owner = ""
		if !r.sc.Lead {
			return "", civic.Errorf(civic.Forbidden, "error.desk.lead")
		}
	}
	if _, known := r.sc.Team.Group(v.Group); v.Group != "" && (!n.Shared || !known) {
		return "", civic.Errorf(civic.Invalid, "error.view.group").At("who")
	}
	if n.ID != "" {
		was, ok := r.view(n.ID)
		if !ok {
			return "", civic.Errorf(civic.NotFound, "error.view.gone")
		}
		if err := r.may(was); err != nil {
			return "", err
		}
		if n.Revision != 0 && n.Revision != was.Revision {
			return "", civic.Errorf(civic.Conflict, "error.view.changed")
		}
		v.ID, v.Owner, v.Group, v.Position, v.Revision = was.ID, was.Owner, was.Group, was.Position, was.Revision
	} else if v.Position, err = r.last(v.Owner); err != nil {
		return "", err
	}
	if v.Look, err = s.keepable(r, n.Look, v); err != nil {
		return "", err
	}
	return v.ID, s.saveViews(ctx, r.sc.Tenant, v)
}

// last is the place behind an owner's views.
func (r *room) last(owner string) (int, error) {
	position, n := 0, 0
	for _, v := range r.views {
		if v.Revision > 0 && v.Owner == owner {
			position, n = max(position, v.Position), n+1
		}
	}
	if n >= maxViews {
		return 0, civic.Errorf(civic.TooLarge, "error.view.many", "limit", maxViews).At("name")
	}
	return position + 1, nil
}

// keepable is a look that can be kept.
func (s *Service) keepable(r *room, l civic.Look, v civic.View) (civic.Look, error) {
	name := strings.Join(strings.Fields(l.Name), " ")
	if name == "" {
		return l, civic.Errorf(civic.Invalid, "error.view.name").At("name")
	}
	if utf8.RuneCountInString(name) > maxViewName {
		return l, civic.Errorf(civic.Invalid, "error.desk.long", "limit", maxViewName).At("name")
	}
	for _, o := range r.views {
		if o.ID != v.ID && o.Owner == v.Owner && o.Revision > 0 && strings.EqualFold(o.Name, name) {
			return l, civic.Errorf(civic.Invalid, "error.view.twice").At("name")
		}
	}
	l.Name = name
	if _, wrong := s.filter(r.sc, l); len(wrong) > 0 {
		return l, wrong[0]
	}
	if !slices.Contains([]string{"", "received", "deadline", "number", "changed"}, l.Sort) {
		return l, civic.Errorf(civic.Invalid, "error.sort").At("sort")
	}
	var err error
	l.Columns, err = columnsOf(l.Columns)
	return l, err
}

// saveViews seals and stores, each with one revision more.
func (s *Service) saveViews(ctx context.Context, t civic.Tenant, views ...civic.View) error {
	for i := range views {
		raw, err := json.Marshal(views[i].Look)
		if err != nil {
			return fmt.Errorf("clerk: view: %w", err)
		}
		v := &views[i]
		if v.Body, err = s.seal(civic.Keys{Tenant: t.ID, TenantKey: t.Key}, sealView, string(raw)); err != nil {
			return err
		}
		v.Revision, v.Updated = v.Revision+1, s.Now()
	}
	if err := s.Views.SaveViews(ctx, t.ID, views...); err != nil {
		return fmt.Errorf("clerk: save views: %w", err)
	}
	return nil
}

// DeleteView deletes a view with the subscriptions to it.
func (s *Service) DeleteView(ctx context.Context, who civic.Actor, tenant, id string) error {
	r, v, err := s.changeable(ctx, who, tenant, id)
	if err != nil {
		return err
	}
	return s.Views.DeleteView(ctx, r.sc.Tenant.ID, v.Owner, v.ID)
}

// changeable finds a view that the actor may change.
func (s *Service) changeable(ctx context.Context, who civic.Actor, tenant, id string) (*room, civic.View, error) {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return nil, civic.View{}, err
	}
	v, ok := r.view(id)
	if !ok {
		return nil, v, civic.Errorf(civic.NotFound, "error.view.gone")
	}
	return r, v, r.may(v)
}

// MoveView changes places with the view before (up) or after it of the same owner; at the end it stays.
func (s *Service) MoveView(ctx context.Context, who civic.Actor, tenant, id string, up bool) error {
	r, v, err := s.changeable(ctx, who, tenant, id)
	if err != nil {
		return err
	}
	peers := slices.DeleteFunc(slices.Clone(r.views), func(o civic.View) bool { return o.Revision == 0 || o.Owner != v.Owner })
	at := slices.IndexFunc(peers, func(o civic.View) bool { return o.ID == id })
	to := at + 1
	if up {
		to = at - 1
	}
	if to < 0 || to >= len(peers) {
		return nil
	}
	peers[at], peers[to] = peers[to], peers[at]
	var moved []civic.View
	for i := range peers {
		if peers[i].Position != i+1 {
			peers[i].Position = i + 1
			moved = append(moved, peers[i])
		}
	}
	return s.saveViews(ctx, r.sc.Tenant, moved...)
}
