package clerk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// board keeps views and labels; it is the office's.
type board struct {
	views   []civic.View
	own     civic.Desk
	saved   int // visits and settings
	labels  []civic.Label
	counted []civic.InboxFilter
	listed  civic.InboxFilter
}

func (o *board) Views(_ context.Context, tenant, staff string) ([]civic.View, civic.Desk, []civic.Label, error) {
	var out []civic.View
	for _, v := range o.views {
		if v.Tenant == tenant && (v.Owner == "" || v.Owner == staff) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b civic.View) int { return strings.Compare(a.Owner, b.Owner)*100 + a.Position - b.Position })
	d := o.own
	d.Tenant, d.Staff = tenant, staff
	return out, d, o.labels, nil
}

func (o *office) CountAll(_ context.Context, tenant string, filters []civic.InboxFilter) ([]civic.Hits, error) {
	o.counted = filters
	counts := make([]civic.Hits, len(filters))
	for i, f := range filters {
		for _, x := range o.files {
			if x.Case.Tenant == tenant && !slices.Contains(f.Denied, x.Case.Service) {
				counts[i].N++
			}
		}
	}
	return counts, nil
}

func (o *board) SaveViews(_ context.Context, _ string, views ...civic.View) error {
	for _, v := range views {
		i := slices.IndexFunc(o.views, func(x civic.View) bool { return x.ID == v.ID })
		switch {
		case i < 0 && v.Revision == 1:
			o.views = append(o.views, v)
		case i >= 0 && o.views[i].Revision == v.Revision-1:
			o.views[i] = v
		default:
			return civic.Errorf(civic.Conflict, "error.view.changed")
		}
	}
	return nil
}

func (o *board) DeleteView(_ context.Context, _, owner, id string) error {
	o.views = slices.DeleteFunc(o.views, func(v civic.View) bool { return v.ID == id && v.Owner == owner })
	return nil
}

func (o *board) SaveDesk(_ context.Context, d civic.Desk) error {
	o.saved++
	for _, x := range d.Subscriptions {
		o.own.Subscriptions = slices.DeleteFunc(o.own.Subscriptions, func(y civic.Subscription) bool { return y.View == x.View })
		if x.Rhythm != "" {
			o.own.Subscriptions = append(o.own.Subscriptions, x)
		}
	}
	o.own.Default, o.own.Seen, o.own.Lang = d.Default, d.Seen, d.Lang
	return nil
}

func (o *board) Labels(context.Context, string) ([]civic.Label, error) { return o.labels, nil }

func (o *board) SaveLabel(_ context.Context, l civic.Label, _ civic.Event) error {
	o.labels = append(slices.DeleteFunc(o.labels, func(x civic.Label) bool { return x.ID == l.ID }), l)
	return nil
}

func (o *board) DeleteLabel(_ context.Context, _, id string, _ civic.Event) error {
	o.labels = slices.DeleteFunc(o.labels, func(x civic.Label) bool { return x.ID == id })
	return nil
}

func save(t *testing.T, s *clerk.Service, who civic.Actor, n clerk.NewView) string {
	t.Helper()
	id, err := s.SaveView(t.Context(), who, "jena", n)
	want(t, err, "")
	return id
}

func TestViewsShowWhatTheySay(t *testing.T) {
	s, o, _ := desk(t)
	who := staff("jena", civic.RoleClerk)
	in, err := s.Inbox(t.Context(), who, "jena", clerk.Ask{})
	want(t, err, "")
	if in.View.ID != civic.ViewOpen || len(in.Views) != 5 || in.Changed || !slices.Equal(in.Columns, clerk.InboxColumns) || slices.Contains(o.listed.States, civic.Closed) {
		t.Errorf("without a choice: %+v of %d views, filter %+v", in.View, len(in.Views), o.listed)
	}
	if f := o.counted[1]; !slices.Equal(f.Assignees, []string{"anna"}) {
		t.Errorf("mine counts %+v", f)
	}
	id := save(t, s, who, clerk.NewView{Look: civic.Look{Name: " Hunde  von heute ", Sort: "deadline", Ascending: true, Columns: []string{"field:/hund", "state"},
		Filter: civic.ViewFilter{Services: []string{"hund"}, Received: civic.DaySpan{Word: "today"}, Assignees: []string{civic.Me, civic.Nobody}, Fields: []civic.FieldTest{{Pointer: "/name", Text: "Schulz"}}}}})
	if raw := string(o.views[0].Body); !strings.HasPrefix(raw, "/view:") {
		t.Errorf("stored unsealed: %s", raw)
	}
	in, err = s.Inbox(t.Context(), who, "jena", clerk.Ask{View: id, Lang: "de"})
	want(t, err, "")
	wanted := civic.InboxFilter{Services: []string{"hund"}, Assignees: []string{"anna", ""}, Tags: []civic.IndexTerm{{Field: "/name", Mode: "field", Text: "Schulz"}},
		From: time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), Sort: "deadline", Ascending: true, Limit: clerk.InboxRows}
	if d := cmp.Diff(wanted, o.listed); d != "" {
		t.Error(d)
	}
	if in.View.Name != "Hunde von heute" || !slices.Equal(in.Columns, []string{"number", "field:/hund", "state"}) || in.Rows[0].Cells["field:/hund"] != "Bello" || len(in.Fields) != 2 || in.Fields[1].Label != "Rufname" {
		t.Errorf("%+v %v %+v", in.View, in.Columns, in.Fields)
	}
	// Another filter and order on top of it; what is wrong in it is said, and the rest holds.
	in, err = s.Inbox(t.Context(), who, "jena", clerk.Ask{View: id, Sort: "number", Filter: &civic.ViewFilter{States: []string{"received", "lost"}, Due: civic.DaySpan{From: "2026-02-30"}}})
	want(t, err, "")
	if !in.Changed || len(in.Wrong) != 2 || in.Wrong[0].Field != "state" || in.Wrong[1].Field != "due_from" || !slices.Equal(o.listed.States, []civic.CaseState{civic.Received}) || o.listed.Sort != "number" {
		t.Errorf("%+v %v", o.listed, in.Wrong)
	}
	// A view that is gone is said so.
	if in, err = s.Inbox(t.Context(), who, "jena", clerk.Ask{View: "gone"}); err != nil || len(in.Wrong) != 1 || in.View.ID != civic.ViewOpen {
		t.Errorf("%+v (%v)", in, err)
	}
}

func TestWhoseViewsAre(t *testing.T) {
	s, o, _ := desk(t)
	ctx, anna, lead := t.Context(), staff("jena", civic.RoleClerk), staff("jena", civic.RoleLead)
	bert := staff("jena", civic.RoleClerk)
	bert.Staff.ID = "bert"
	look := civic.Look{Name: "Eilig"}
	_, err := s.SaveView(ctx, anna, "jena", clerk.NewView{Shared: true, Look: look})
	want(t, err, civic.Forbidden)
	own, shared := save(t, s, anna, clerk.NewView{Look: look}), save(t, s, lead, clerk.NewView{Shared: true, Look: look})
	second := save(t, s, anna, clerk.NewView{Look: civic.Look{Name: "Später"}})
	for _, try := range []struct {
		who  civic.Actor
		id   string
		code civic.Code
	}{{bert, own, civic.NotFound}, {bert, shared, civic.Forbidden}, {anna, shared, civic.Forbidden}, {lead, civic.ViewOpen, civic.Forbidden}, {staff("gera", civic.RoleLead), shared, civic.NotFound}, {staff("jena", civic.RoleAdmin), shared, civic.Forbidden}} {
		_, err := s.SaveView(ctx, try.who, "jena", clerk.NewView{ID: try.id, Look: civic.Look{Name: "Neu"}})
		want(t, err, try.code)
		want(t, s.DeleteView(ctx, try.who, "jena", try.id), try.code)
		want(t, s.MoveView(ctx, try.who, "jena", try.id, true), try.code)
	}
	for field, n := range map[string]clerk.NewView{"name": {Look: civic.Look{Name: "  "}}, "name ": {Look: civic.Look{Name: "eilig"}}, "name  ": {Look: civic.Look{Name: strings.Repeat("x", 61)}},
		"column": {Look: civic.Look{Name: "x", Columns: []string{"salary"}}}, "sort": {Look: civic.Look{Name: "x", Sort: "age"}},
		"due_to": {Look: civic.Look{Name: "x", Filter: civic.ViewFilter{Due: civic.DaySpan{From: "2026-03-02", To: "2026-03-01"}}}}} {
		_, err := s.SaveView(ctx, anna, "jena", n)
		want(t, err, civic.Invalid)
		if e := err.(*civic.Error); e.Field != strings.TrimSpace(field) { //nolint:errorlint // it comes as it was made
			t.Errorf("%+v: the fault is at %q", n, e.Field)
		}
	}
	want(t, s.MoveView(ctx, anna, "jena", second, true), "")
	b, err := s.ViewBook(ctx, anna, "jena")
	want(t, err, "")
	if last := b.Views[len(b.Views)-2:]; last[0].ID != second || last[1].ID != own {
		t.Errorf("moved up: %+v", last)
	}
	// Who saves second is told.
	_, err = s.SaveView(ctx, lead, "jena", clerk.NewView{ID: shared, Revision: 1, Look: civic.Look{Name: "Eins"}})
	want(t, err, "")
	_, err = s.SaveView(ctx, lead, "jena", clerk.NewView{ID: shared, Revision: 1, Look: civic.Look{Name: "Zwei"}})
	want(t, err, civic.Conflict)
	want(t, s.DeleteView(ctx, lead, "jena", shared), "")
	if len(o.views) != 2 {
		t.Errorf("%+v", o.views)
	}
}

func TestSettingsKeepWhatWasTold(t *testing.T) {
	s, o, _ := desk(t)
	ctx, anna := t.Context(), staff("jena", civic.RoleClerk)
	set := func(r civic.Rhythm) clerk.Settings {
		return clerk.Settings{Default: civic.ViewMine, Rhythms: map[string]civic.Rhythm{civic.ViewOpen: r}}
	}
	want(t, s.SaveSettings(ctx, anna, "jena", clerk.Settings{Default: "gone"}), civic.Invalid)
	want(t, s.SaveSettings(ctx, anna, "jena", set("hourly")), civic.Invalid)
	want(t, s.SaveSettings(ctx, anna, "jena", set(civic.Daily)), "")
	if in, err := s.Inbox(ctx, anna, "jena", clerk.Ask{}); err != nil || in.View.ID != civic.ViewMine {
		t.Errorf("%+v (%v)", in.View, err)
	}
	x := o.own.Subscriptions[0]
	if x.Next != time.Date(2026, 3, 28, 7, 0, 0, 0, time.UTC) || x.Since != now {
		t.Errorf("%+v", x)
	}
	o.own.Subscriptions[0].Since = now.Add(-time.Hour)
	want(t, s.SaveSettings(ctx, anna, "jena", set(civic.Weekly)), "")
	if x = o.own.Subscriptions[0]; x.Since != now.Add(-time.Hour) || x.Next.Weekday() != time.Monday {
		t.Errorf("%+v", x)
	}
	// A visit a day is remembered, once.
	o.own.Seen, o.saved = now.AddDate(0, 0, -3), 0
	for range 2 {
		if _, err := s.Inbox(ctx, anna, "jena", clerk.Ask{}); err != nil {
			t.Fatal(err)
		}
	}
	if o.saved != 1 || len(o.own.Subscriptions) != 1 || o.own.Default != civic.ViewMine {
		t.Errorf("%d times: %+v", o.saved, o.own)
	}
	want(t, s.SaveSettings(ctx, anna, "jena", set("")), "")
	if len(o.own.Subscriptions) != 0 {
		t.Errorf("%+v", o.own)
	}
}

func TestLabels(t *testing.T) {
	s, o, _ := desk(t)
	ctx, anna, lead := t.Context(), staff("jena", civic.RoleClerk), staff("jena", civic.RoleLead)
	urgent := civic.Label{Name: " Eilt ", Colour: "red"}
	want(t, s.SaveLabel(ctx, anna, "jena", urgent), civic.Forbidden)
	want(t, s.SaveLabel(ctx, staff("gera", civic.RoleLead), "jena", urgent), civic.NotFound)
	want(t, s.SaveLabel(ctx, lead, "jena", urgent), "")
	want(t, s.SaveLabel(ctx, lead, "jena", civic.Label{Name: "eilt", Colour: "red"}), civic.Invalid)
	want(t, s.SaveLabel(ctx, lead, "jena", civic.Label{Name: "Bunt", Colour: "pink"}), civic.Invalid)
	want(t, s.SaveLabel(ctx, staff("jena", civic.RoleAdmin), "jena", civic.Label{Name: "Rückruf", Colour: "blue"}), "")
	on, off := o.labels[0].ID, o.labels[1].ID
	want(t, s.SetLabels(ctx, anna, at(3), []string{"gone"}), civic.Invalid)
	want(t, s.SetLabels(ctx, anna, at(3), []string{on}), "")
	want(t, s.SetLabels(ctx, anna, at(4), []string{on}), "") // nothing changes, nothing is told
	want(t, s.SetLabels(ctx, anna, at(4), []string{off}), "")
	if len(o.changes) != 2 {
		t.Fatalf("%d changes", len(o.changes))
	}
	tag := func(id string) []civic.IndexTerm { return []civic.IndexTerm{{Field: "label", Mode: "tag", Text: id}} }
	last := o.changes[1]
	if d := cmp.Diff([][]civic.IndexTerm{tag(off), tag(on)}, [][]civic.IndexTerm{last.Terms, last.Untag}); d != "" {
		t.Error(d)
	}
	if !slices.Equal(last.Case.Labels, []string{off}) || len(last.Events) != 2 || last.Events[0].Kind != "case.labelled" || last.Events[1].Kind != "case.unlabelled" || last.Case.Revision != 5 {
		t.Errorf("%+v", last)
	}
	// A label that was deleted goes with the next change.
	want(t, s.DeleteLabel(ctx, lead, "jena", off), "")
	want(t, s.SetLabels(ctx, anna, at(0), []string{on}), "")
	if d := cmp.Diff(tag(off), o.changes[2].Untag); d != "" {
		t.Error(d)
	}
}

// A shared view for a group is its members' and the leads'; a mail counts only what its reader may see.
func TestViewsOfGroups(t *testing.T) {
	s, o, _ := desk(t)
	ctx, lead := t.Context(), staff("jena", civic.RoleLead)
	o.desk.Team = civic.Team{Groups: []civic.Group{{ID: "g1", Name: "Steuern", Members: []string{"bert"}}}, Circles: map[string]civic.Circle{"hund": {Groups: []string{"g1"}}}}
	_, err := s.SaveView(ctx, lead, "jena", clerk.NewView{Shared: true, Group: "g2", Look: civic.Look{Name: "x"}})
	want(t, err, civic.Invalid)
	save(t, s, lead, clerk.NewView{Shared: true, Group: "g1", Look: civic.Look{Name: "Steuern"}})
	bert, otto := staff("jena", civic.RoleClerk), staff("jena", civic.RoleClerk)
	bert.Staff.ID, otto.Staff.ID = "bert", "otto"
	bert.Staff.ByGroup, otto.Staff.ByGroup, o.own.Seen = bert.Staff.Roles, otto.Staff.Roles, now
	for who, n := range map[*civic.Actor]int{&bert: 6, &otto: 5, &lead: 6} {
		b, err := s.ViewBook(ctx, *who, "jena")
		if want(t, err, ""); len(b.Views) != n {
			t.Errorf("%s sees %d views", who.Staff.ID, len(b.Views))
		}
	}
	_, err = s.CountNews(ctx, lead, "jena", "otto", civic.ViewFilter{}, now, now)
	want(t, err, civic.Forbidden)
	for id, n := range map[string]int{"bert": 1, "otto": 0} {
		got, err := s.CountNews(ctx, civic.Actor{System: true}, "jena", id, civic.ViewFilter{Assignees: []string{civic.Me}}, now.Add(-time.Hour), now)
		if want(t, err, ""); got.N != n {
			t.Errorf("%s hears of %d", id, got.N)
		}
		f := o.counted[0]
		if !f.Unread || f.Assignees[0] != id || f.ChangedFrom != now.Add(-time.Hour+time.Microsecond) || f.ChangedTo != now.Add(time.Microsecond) {
			t.Errorf("%+v", f)
		}
	}
	o.own.Seen = now.Add(-civic.Gone - time.Hour)
	_, err = s.CountNews(ctx, civic.Actor{System: true}, "jena", "bert", civic.ViewFilter{}, now, now)
	want(t, err, civic.Forbidden)
}
