package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

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

// ServiceNames names what the authority may have cases of, as far as the actor sees them.
func (s *Service) ServiceNames(ctx context.Context, who civic.Actor, tenant string) ([]ServiceName, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	return s.services(ctx, sc)
}
