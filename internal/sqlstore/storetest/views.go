package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func testViews(t *testing.T, w *World) {
	now := at(w.Store)
	view := func(id, owner string, position int) civic.View {
		return civic.View{ID: id, Tenant: w.Jena.ID, Owner: owner, Position: position, Revision: 1, Updated: now, Body: civic.Sealed("sealed " + id)}
	}
	mine, shared, other := view("v1", "staff-1", 2), view("v2", "", 1), view("v3", "staff-2", 1)
	shared.Group = "g1"
	first := view("v4", "staff-1", 1)
	check(t, w.SaveViews(t.Context(), w.Jena.ID, mine, shared, other, first))
	views, desk, _, err := w.Views(t.Context(), w.Jena.ID, "staff-1")
	check(t, err)
	if d := cmp.Diff([]civic.View{shared, first, mine}, views); d != "" {
		t.Error(d)
	}
	if desk.Default != "" || !desk.Seen.IsZero() || len(desk.Subscriptions) != 0 {
		t.Errorf("%+v", desk)
	}
	for _, tenant := range []string{w.Gera.ID, "nobody"} {
		if views, _, _, err := w.Views(t.Context(), tenant, "staff-1"); err != nil || len(views) != 0 {
			t.Errorf("%s sees %v (%v)", tenant, views, err)
		}
		want(t, civic.NotFound, w.DeleteView(t.Context(), tenant, "", "v2"))
	}
	// All or none, and who saves second is told; nobody takes over another's.
	mine.Revision, mine.Position = 2, 1
	first.Revision, first.Position = 3, 2
	want(t, civic.Conflict, w.SaveViews(t.Context(), w.Jena.ID, mine, first))
	first.Revision = 2
	check(t, w.SaveViews(t.Context(), w.Jena.ID, mine, first))
	want(t, civic.Conflict, w.SaveViews(t.Context(), w.Jena.ID, mine))
	theirs := other
	theirs.Owner, theirs.Revision = "staff-1", 2
	want(t, civic.Conflict, w.SaveViews(t.Context(), w.Jena.ID, theirs))
	foreign := shared
	foreign.Tenant, foreign.Revision = w.Gera.ID, 2
	want(t, civic.Conflict, w.SaveViews(t.Context(), w.Gera.ID, foreign))
	if views, _, _, err = w.Views(t.Context(), w.Jena.ID, "staff-1"); err != nil || len(views) != 3 || views[1].ID != "v1" {
		t.Errorf("%+v (%v)", views, err)
	}

	check(t, w.SaveDesk(t.Context(), civic.Desk{Tenant: w.Jena.ID, Staff: "staff-1", Default: "v2", Seen: now,
		Subscriptions: []civic.Subscription{{View: "v2", Rhythm: civic.Daily, Since: now, Next: now}, {View: "v1", Rhythm: civic.AtOnce, Since: now, Next: now}}}))
	check(t, w.SaveDesk(t.Context(), civic.Desk{Tenant: w.Jena.ID, Staff: "staff-1", Default: "v1", Seen: now, Subscriptions: []civic.Subscription{{View: "v1"}}}))
	_, desk, _, err = w.Views(t.Context(), w.Jena.ID, "staff-1")
	check(t, err)
	wanted := civic.Desk{Tenant: w.Jena.ID, Staff: "staff-1", Default: "v1", Seen: now,
		Subscriptions: []civic.Subscription{{Tenant: w.Jena.ID, Staff: "staff-1", View: "v2", Rhythm: civic.Daily, Since: now, Next: now}}}
	if d := cmp.Diff(wanted, desk); d != "" {
		t.Error(d)
	}
	want(t, civic.NotFound, w.DeleteView(t.Context(), w.Jena.ID, "staff-1", "v2"))
	check(t, w.DeleteView(t.Context(), w.Jena.ID, "", "v2"))
	if views, desk, _, err = w.Views(t.Context(), w.Jena.ID, "staff-1"); err != nil || len(views) != 2 || len(desk.Subscriptions) != 0 {
		t.Errorf("%+v %+v (%v)", views, desk, err)
	}
}

// testCalls lets a note and a proposed decision call colleagues: once each, and again only when somebody calls again.
func testCalls(t *testing.T, w *World) {
	ctx, jena := t.Context(), w.Jena.ID
	c := w.Case(t, w.account(), jena, func(f *civic.Filing) { f.Case.State = civic.InProgress })
	start := at(w.Store)
	call := func(when time.Time, change func(*civic.CaseChange)) {
		t.Helper()
		next := c
		next.Revision, next.Changed = c.Revision+1, when
		ch := civic.CaseChange{Case: next, Was: c.Revision, Events: []civic.Event{event(jena, "note.written")}}
		change(&ch)
		check(t, w.Change(ctx, jena, ch))
		c = next
	}
	note := func(when time.Time) {
		t.Helper()
		call(when, func(ch *civic.CaseChange) {
			ch.Mentions = []civic.Mention{{ID: w.id("mention"), Staff: "s1", By: "s2", Created: when}}
		})
	}
	due := func(when time.Time) (list []civic.Subscription) {
		t.Helper()
		found, err := w.SubscriptionsDue(ctx, when, 10)
		check(t, err)
		for _, x := range found {
			if x.View == civic.ViewCalls {
				list = append(list, x)
			}
		}
		return list
	}
	note(start)
	soon := civic.CallDue(start)
	if len(due(start)) != 0 || len(due(soon)) != 1 {
		t.Fatalf("%v %v", due(start), due(soon))
	}
	x := due(soon)[0]
	told := x
	told.Since, told.Next = soon, told.After(soon, time.UTC)
	note(soon.Add(-time.Minute)) // it is due anyhow
	check(t, w.SubscriptionTold(ctx, told, x.Since, civic.ViewMail{Tenant: jena, Staff: "s1", View: civic.ViewCalls}))
	later := soon.Add(time.Hour)
	if len(due(later)) != 0 {
		t.Error("nobody has called since")
	}
	called, err := w.Called(ctx, jena, "s1", x.Since, soon, 10)
	if check(t, err); len(called) != 2 || called[0].By != "s2" || called[0].Service != c.Service {
		t.Errorf("%+v", called)
	}
	note(later)
	// Who is called while the mail before is made is told by the next.
	y := due(civic.CallDue(later))
	note(civic.CallDue(later).Add(time.Second))
	late := y[0]
	late.Since, late.Next = civic.CallDue(later), late.After(later, time.UTC)
	want(t, civic.NotFound, w.SubscriptionTold(ctx, late, y[0].Since, civic.ViewMail{}))
	if len(due(later.Add(time.Hour))) != 1 {
		t.Error("a call was lost")
	}
	call(later, func(ch *civic.CaseChange) {
		ch.Proposal, ch.Called = &civic.Proposal{ID: w.id("proposal"), Author: "s2", Created: later}, []string{"s3"}
	})
	for author, n := range map[string]int{"s1": 1, "s2": 0} {
		list, err := w.Proposed(ctx, jena, author, start, later, 10)
		if check(t, err); len(list) != n {
			t.Errorf("%s: %+v", author, list)
		}
	}
	if list, err := w.Proposed(ctx, w.Gera.ID, "s1", start, later, 10); err != nil || len(list) != 0 {
		t.Errorf("elsewhere: %+v (%v)", list, err)
	}
	check(t, w.SaveColleague(ctx, jena, civic.Colleague{ID: "s3", Name: "Kim", Email: "kim@jena.example"}, nil))
	_, d, who, err := w.Subscriber(ctx, jena, "s3", civic.ViewCalls)
	if check(t, err); len(d.Subscriptions) != 1 || who.Email == "" {
		t.Errorf("%+v %+v", d, who)
	}
	check(t, w.SaveDesk(ctx, civic.Desk{Tenant: jena, Staff: "s3", Lang: "en"}))
	if langs, err := w.StaffLangs(ctx, jena); err != nil || langs["kim@jena.example"] != "en" {
		t.Errorf("%v (%v)", langs, err)
	}
}

func testLabels(t *testing.T, w *World) {
	urgent := civic.Label{ID: "l1", Tenant: w.Jena.ID, Name: "Eilt", Colour: "red", Position: 2}
	later := civic.Label{ID: "l2", Tenant: w.Jena.ID, Name: "Später", Colour: "grey", Position: 1}
	for _, l := range []civic.Label{urgent, later} {
		check(t, w.SaveLabel(t.Context(), l, event(w.Jena.ID, "label.saved")))
	}
	urgent.Name = "Sehr eilig"
	check(t, w.SaveLabel(t.Context(), urgent, event(w.Jena.ID, "label.saved")))
	foreign := urgent
	foreign.Tenant = w.Gera.ID
	want(t, civic.NotFound, w.SaveLabel(t.Context(), foreign, event(w.Gera.ID, "label.saved")))
	want(t, civic.NotFound, w.DeleteLabel(t.Context(), w.Gera.ID, "l1", event(w.Gera.ID, "label.deleted")))
	list, err := w.Labels(t.Context(), w.Jena.ID)
	check(t, err)
	if d := cmp.Diff([]civic.Label{later, urgent}, list); d != "" {
		t.Error(d)
	}
	if _, _, listed, err := w.Views(t.Context(), w.Jena.ID, "staff-1"); err != nil || len(listed) != 2 {
		t.Errorf("%v (%v)", listed, err)
	}
	check(t, w.DeleteLabel(t.Context(), w.Jena.ID, "l1", event(w.Jena.ID, "label.deleted")))
	if list, err = w.Labels(t.Context(), w.Jena.ID); err != nil || len(list) != 1 {
		t.Errorf("%v (%v)", list, err)
	}
}

func testSubscriptions(t *testing.T, w *World) {
	start := at(w.Store).Add(-time.Hour)
	subscribe := func(tenant, staff, view string, rhythm civic.Rhythm, next time.Time) {
		check(t, w.SaveColleague(t.Context(), tenant, civic.Colleague{ID: staff, Name: "Kim Berger", Email: staff + "@jena.example"}, nil))
		check(t, w.SaveDesk(t.Context(), civic.Desk{Tenant: tenant, Staff: staff, Seen: start, Subscriptions: []civic.Subscription{{View: view, Rhythm: rhythm, Since: start, Next: next}}}))
	}
	subscribe(w.Jena.ID, "staff-1", civic.ViewOpen, civic.AtOnce, start)
	subscribe(w.Jena.ID, "staff-2", civic.ViewOpen, civic.Daily, start)
	subscribe(w.Jena.ID, "staff-3", civic.ViewOpen, civic.Weekly, start.Add(48*time.Hour))
	subscribe(w.Gera.ID, "staff-4", civic.ViewOpen, civic.AtOnce, start)
	due := func() (list []string) {
		t.Helper()
		found, err := w.SubscriptionsDue(t.Context(), at(w.Store), 10)
		check(t, err)
		for _, x := range found {
			list = append(list, x.Staff)
		}
		return list
	}
	if d := cmp.Diff([]string{"staff-2"}, due()); d != "" {
		t.Errorf("nothing has happened: %s", d)
	}
	w.Case(t, w.account(), w.Jena.ID, nil)
	if got := due(); len(got) != 2 {
		t.Errorf("a case has come: %v", got)
	}
	x := civic.Subscription{Tenant: w.Jena.ID, Staff: "staff-1", View: civic.ViewOpen, Since: at(w.Store), Next: at(w.Store)}
	job := civic.ViewMail{Tenant: w.Jena.ID, Staff: "staff-1", View: civic.ViewOpen}
	check(t, w.SubscriptionTold(t.Context(), x, start, job))
	want(t, civic.NotFound, w.SubscriptionTold(t.Context(), x, start, job))
	if n := w.jobs(t, "view_mail"); n != 1 {
		t.Errorf("%d mails for one", n)
	}
	if d := cmp.Diff([]string{"staff-2"}, due()); d != "" {
		t.Errorf("it was told: %s", d)
	}
	check(t, w.SaveViews(t.Context(), w.Jena.ID, civic.View{ID: "v1", Owner: "staff-1", Revision: 1, Body: civic.Sealed("x")}))
	v, d, c, err := w.Subscriber(t.Context(), w.Jena.ID, "staff-1", "v1")
	if check(t, err); string(v.Body) != "x" || d.Seen.IsZero() || len(d.Subscriptions) != 1 || c.Email != "staff-1@jena.example" {
		t.Errorf("%+v %+v %+v", v, d, c)
	}
	if _, _, _, err = w.Subscriber(t.Context(), w.Jena.ID, "staff-1", civic.ViewOpen); err != nil {
		t.Error(err)
	}
	for _, gone := range [][3]string{{w.Jena.ID, "staff-1", "v2"}, {w.Jena.ID, "staff-2", "v1"}, {w.Gera.ID, "staff-1", civic.ViewOpen}, {w.Gera.ID, "staff-4", "v1"}} {
		_, _, _, err := w.Subscriber(t.Context(), gone[0], gone[1], gone[2])
		want(t, civic.NotFound, err)
	}
}
