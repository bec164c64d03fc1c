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

// Views keeps views of the inbox and what each clerk has set for themselves.
type Views interface {
	// Views returns the shared views and somebody's own, their settings, and the authority's labels.
	Views(ctx context.Context, tenant, staff string) ([]civic.View, civic.Desk, []civic.Label, error)
	// CountAll counts what each filter lets through, in one statement.
	CountAll(ctx context.Context, tenant string, filters []civic.InboxFilter) ([]civic.Hits, error)
	// SaveViews stores all or none: Conflict when one has moved on.
	SaveViews(ctx context.Context, tenant string, views ...civic.View) error
	DeleteView(ctx context.Context, tenant, owner, id string) error
	SaveDesk(ctx context.Context, d civic.Desk) error
}

// sealView is the purpose under which a view's body is sealed, with the authority's key.
const sealView = "view"

// Limits of views.
const (
	maxViews       = 40 // of one owner
	maxViewName    = 60 // characters
	maxViewColumns = 12
	// Counters is how many views show how much is in them.
	Counters = 10
)

// Ask is what somebody wants to see of the inbox: a view, or a filter in place of the view's.
type Ask struct {
	View      string // id, "" the clerk's own choice unless Filter is set
	Filter    *civic.ViewFilter
	Sort      string // "" the view's
	Ascending bool
	After     string
	Lang      string
}

// room is the desk as one clerk sees it.
type room struct {
	sc     Scope
	people []civic.Colleague // the actor first
	views  []civic.View      // those that everybody has, the shared ones, the clerk's own
	desk   civic.Desk
	labels []civic.Label
}

// room opens the views that a clerk sees.
func (s *Service) room(ctx context.Context, who civic.Actor, tenant string) (*room, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	r := &room{views: civic.UsualViews()}
	if r.people, err = s.people(ctx, who, t.ID); err != nil { // first: who is here for the first time may thereby become a member of groups
		return nil, err
	}
	if r.sc, err = s.scopeOf(ctx, who, tenant); err != nil {
		return nil, err
	}
	views, desk, labels, err := s.Views.Views(ctx, t.ID, who.Staff.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: views: %w", err)
	}
	for _, v := range views {
		raw, err := s.open(civic.Keys{Tenant: t.ID, TenantKey: t.Key}, sealView, v.Body)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(raw), &v.Look); err != nil {
			return nil, fmt.Errorf("clerk: view %s: %w", v.ID, err)
		}
		if v.Group == "" || r.sc.Lead || slices.Contains(r.sc.Groups, v.Group) {
			r.views = append(r.views, v)
		}
	}
	r.desk, r.labels = desk, labels
	return r, nil
}

func (r *room) view(id string) (civic.View, bool) {
	i := slices.IndexFunc(r.views, func(v civic.View) bool { return v.ID == id })
	if i < 0 {
		return civic.View{}, false
	}
	return r.views[i], true
}

// look is the view that is asked for, with the filter and order that hold now. An id that is gone is said in wrong, and the clerk's
// first view is shown.
func (r *room) look(ask Ask) (v civic.View, wrong []*civic.Error) {
	known := false
	switch {
	case ask.View != "":
		if v, known = r.view(ask.View); !known {
			wrong = append(wrong, civic.Errorf(civic.Invalid, "error.view.gone").At("view"))
		}
	case ask.Filter != nil:
		known = true
	default:
		v, known = r.view(r.desk.Default)
	}
	if !known && ask.Filter == nil {
		v = r.views[0]
	}
	if ask.Filter != nil {
		v.Filter = *ask.Filter
	}
	if ask.Sort != "" {
		v.Sort, v.Ascending = ask.Sort, ask.Ascending
	}
	return v, wrong
}

// filter is a look in the words of the store; it finds nothing that its viewer may not see.
func (s *Service) filter(sc Scope, l civic.Look) (civic.InboxFilter, []*civic.Error) {
	f, wrong := l.Filter.Of(sc.staff, s.Now(), s.Zone)
	f.Sort, f.Ascending = l.Sort, l.Ascending
	return sc.narrow(f), wrong
}

// FilterOf is what somebody asks for in the words of the store, for steps with all that a view finds. It finds nothing that they may
// not see; what is wrong in it is Invalid, lest more be meant than was said.
func (s *Service) FilterOf(ctx context.Context, who civic.Actor, tenant string, ask Ask) (civic.InboxFilter, error) {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return civic.InboxFilter{}, err
	}
	v, wrong := r.look(ask)
	f, more := s.filter(r.sc, v.Look)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return f, wrong[0]
	}
	return f, nil
}

// ViewCount is a view with how many cases are in it.
type ViewCount struct {
	civic.View
	civic.Hits
	Counted bool
}

// count counts what is in the first views, in one statement.
func (s *Service) count(ctx context.Context, r *room) ([]ViewCount, error) {
	out := make([]ViewCount, len(r.views))
	var filters []civic.InboxFilter
	for i, v := range r.views {
		out[i].View = v
		if i < Counters {
			f, _ := s.filter(r.sc, v.Look)
			filters = append(filters, f)
		}
	}
	counts, err := s.Views.CountAll(ctx, r.sc.Tenant.ID, filters)
	if err != nil {
		return nil, fmt.Errorf("clerk: count views: %w", err)
	}
	for i, n := range counts {
		out[i].Hits, out[i].Counted = n, true
	}
	return out, nil
}

// ViewBook is what somebody who arranges views needs.
type ViewBook struct {
	Tenant civic.Tenant
	Views  []civic.View
	Desk   civic.Desk
	Labels []civic.Label
	Lead   bool
	Me     string
	People []civic.Colleague
	Groups []civic.Group
}

// ViewBook lists the views that the clerk sees, and what they have set.
func (s *Service) ViewBook(ctx context.Context, who civic.Actor, tenant string) (*ViewBook, error) {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	return &ViewBook{Tenant: r.sc.Tenant, Views: r.views, Desk: r.desk, Labels: r.labels, Lead: r.sc.Lead, Me: who.Staff.ID, People: r.people, Groups: r.sc.Team.Groups}, nil
}

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

// ServiceNames names what the authority may have cases of, as far as the actor sees them.
func (s *Service) ServiceNames(ctx context.Context, who civic.Actor, tenant string) ([]ServiceName, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	return s.services(ctx, sc)
}
