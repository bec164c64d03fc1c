package clerk_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// diary keeps what clerks mark in their calendars, and counts nothing.
type diary struct {
	list   []civic.Resubmission
	hash   []byte
	events []civic.Event
	before time.Time // what was asked for last
	count  civic.Figures
}

func (d *diary) ResubmissionsOf(context.Context, string, string) ([]civic.Resubmission, error) {
	return slices.Clone(d.list), nil
}

func (d *diary) Resubmissions(_ context.Context, _, staff string, before time.Time, _ int) ([]civic.Resubmission, error) {
	d.before = before
	return slices.DeleteFunc(slices.Clone(d.list), func(r civic.Resubmission) bool { return r.Staff != staff || !r.Due.Before(before) }), nil
}

func (d *diary) SaveFeed(_ context.Context, _, _ string, hash []byte, ev civic.Event) error {
	d.hash, d.events = hash, append(d.events, ev)
	return nil
}

func (d *diary) FeedOf(context.Context, string, string) (time.Time, error) { return time.Time{}, nil }

func (d *diary) Feed(_ context.Context, hash []byte) (string, string, error) {
	if d.hash == nil || !bytes.Equal(hash, d.hash) {
		return "", "", civic.Errorf(civic.NotFound, "error.not_found")
	}
	return "jena", "anna", nil
}

func (d *diary) Figures(context.Context, string) (civic.Figures, string, time.Time, error) {
	f := d.count
	f.Months, f.Open = slices.Clone(f.Months), slices.Clone(f.Open)
	return f, "", time.Time{}, nil
}

// timed is a desk with a diary, in the zone where its people live; it is Friday, 27 March 2026, ten o'clock.
func timed(t *testing.T) (*clerk.Service, *office, *diary) {
	t.Helper()
	s, o, _ := desk(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	d := &diary{}
	s.Clocks, s.Counted, s.Zone = d, d, zone
	return s, o, d
}

func day(s *clerk.Service, month time.Month, d int) time.Time {
	return time.Date(2026, month, d, 0, 0, 0, 0, s.Zone)
}

// lastMoment is when a day is over for the database, in microseconds.
func lastMoment(s *clerk.Service, month time.Month, d int) time.Time {
	return time.Date(2026, month, d, 23, 59, 59, 999_999_000, s.Zone)
}

func TestPostpone(t *testing.T) {
	s, o, _ := timed(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	for name, x := range map[string]struct {
		day   time.Time
		why   string
		field string
	}{
		"no day":        {time.Time{}, "Gutachten", "deadline"},
		"yesterday":     {day(s, 3, 26), "Gutachten", "deadline"},
		"in six years":  {day(s, 3, 27).AddDate(6, 0, 0), "Gutachten", "deadline"},
		"no reason":     {day(s, 4, 30), " ", "why"},
		"a long reason": {day(s, 4, 30), strings.Repeat("x", 2_001), "why"},
	} {
		err := s.Postpone(ctx, who, at(3), x.day, x.why)
		if civic.CodeOf(err) != civic.Invalid || fieldOf(err) != x.field {
			t.Errorf("%s: %v at %q", name, err, fieldOf(err))
		}
	}
	want(t, s.Postpone(ctx, staff("gera", civic.RoleLead), at(3), day(s, 4, 30), "Gutachten"), civic.NotFound)
	want(t, s.Postpone(ctx, staff("jena", civic.RoleAdmin), at(3), day(s, 4, 30), "Gutachten"), civic.Forbidden)
	want(t, s.Postpone(ctx, who, at(2), day(s, 4, 30), "Gutachten"), civic.Conflict)
	if len(o.changes) != 0 {
		t.Fatalf("%+v", o.changes)
	}
	o.files["c1"].Case.Escalated = now
	want(t, s.Postpone(ctx, who, at(3), day(s, 4, 30), "Gutachten\r\nsteht aus"), "")
	ch := o.changes[0]
	if c := ch.Case; !c.Deadline.Equal(lastMoment(s, 4, 30)) || !c.Escalated.IsZero() || c.Revision != 4 || c.State != civic.Received {
		t.Errorf("%+v", c)
	}
	if ch.Note == nil || string(ch.Note.Body) != "kd/note:Gutachten\nsteht aus" || ch.Events[0].Kind != "deadline.changed" || ch.Events[0].Data["to"] != "2026-04-30" || strings.Contains(fmt.Sprint(ch.Events), "Gutachten") {
		t.Errorf("%+v %+v", ch.Note, ch.Events)
	}
	want(t, s.Postpone(ctx, who, at(0), day(s, 3, 27), "Heute noch"), "") // today is not over
	o.files["c1"].Case.State = civic.Decided
	want(t, s.Postpone(ctx, who, at(0), day(s, 4, 30), "Zu spät"), civic.Conflict)
}

// The law allows to prolong once, and only what approval is deemed given for (§ 42a Abs. 2 Satz 3 VwVfG).
func TestProlongOnce(t *testing.T) {
	s, o, _ := timed(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	want(t, s.Prolong(ctx, who, at(0), day(s, 6, 1), "Schwierig"), civic.Invalid) // silence means nothing here
	c := &o.files["c1"].Case
	c.Fiction = lastMoment(s, 5, 15)
	err := s.Prolong(ctx, who, at(0), day(s, 5, 15), "Schwierig")
	if want(t, err, civic.Invalid); fieldOf(err) != "fiction" {
		t.Errorf("%q", fieldOf(err))
	}
	want(t, s.Prolong(ctx, who, at(0), day(s, 5, 14), "Kürzer"), civic.Invalid)
	want(t, s.Prolong(ctx, who, at(0), day(s, 6, 1), ""), civic.Invalid)
	want(t, s.Prolong(ctx, who, at(0), day(s, 6, 1), "Schwierig"), "")
	if !c.Fiction.Equal(lastMoment(s, 6, 1)) || o.changes[0].Events[0].Kind != "fiction.prolonged" || o.changes[0].Note == nil || !c.Deadline.Equal(now.AddDate(0, 0, 3)) {
		t.Errorf("%+v %+v", c, o.changes[0])
	}
	want(t, s.Prolong(ctx, who, at(0), day(s, 7, 1), "Noch einmal"), civic.Conflict)
	if len(o.changes) != 1 {
		t.Errorf("%d changes", len(o.changes))
	}
}

func TestResubmit(t *testing.T) {
	s, o, d := timed(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	want(t, s.Resubmit(ctx, who, at(0), day(s, 3, 26), "Rückfrage"), civic.Invalid)
	want(t, s.Resubmit(ctx, who, at(0), day(s, 4, 2), ""), civic.Invalid)
	want(t, s.Resubmit(ctx, staff("gera", civic.RoleClerk), at(0), day(s, 4, 2), "Rückfrage"), civic.NotFound)
	want(t, s.Resubmit(ctx, who, at(1), day(s, 4, 2), "Rückfrage"), "") // what others did meanwhile does not matter
	ch := o.changes[0]
	r := ch.Resubmission
	if r == nil || r.Staff != "anna" || !r.Due.Equal(day(s, 4, 2)) || string(r.Why) != "kd/resubmission:Rückfrage" || ch.Case.State != civic.Received || ch.Events[0].Kind != "resubmission.set" {
		t.Fatalf("%+v %+v", r, ch)
	}
	if diff := cmp.Diff(map[string]string{"resubmission": r.ID, "to": "2026-04-02"}, ch.Events[0].Data); diff != "" {
		t.Error(diff)
	}
	r.Dossier, r.Key, r.Service = "d1", []byte("kd"), "hund"
	d.list = []civic.Resubmission{*r}
	f, err := s.Peek(ctx, who, "jena", "c1", "de")
	want(t, err, "")
	list, err := s.ResubmissionsOf(ctx, person("otto", civic.RoleClerk), f)
	if want(t, err, ""); len(list) != 1 || list[0].Words != "Rückfrage" || list[0].Mine {
		t.Errorf("%+v", list)
	}
	_, err = s.ResubmissionsOf(ctx, staff("jena", civic.RoleAdmin), f)
	want(t, err, civic.Forbidden)
	want(t, s.Resubmitted(ctx, person("otto", civic.RoleClerk), at(0), r.ID), "")
	if done := o.changes[1].Resubmission; done.ID != r.ID || !done.Done.Equal(now) || o.changes[1].Events[0].Kind != "resubmission.done" {
		t.Errorf("%+v", o.changes[1])
	}
}

func TestMonth(t *testing.T) {
	s, o, d := timed(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	mark := func(id string, due time.Time, staff, service string) civic.Resubmission {
		return civic.Resubmission{ID: id, Case: "c1", Dossier: "d1", Key: []byte("kd"), Service: service, Staff: staff, Due: due, Why: civic.Sealed("kd/resubmission:" + id)}
	}
	d.list = []civic.Resubmission{mark("long ago", day(s, 2, 3), "anna", "hund"), mark("this week", day(s, 3, 24), "anna", "hund"), mark("soon", day(s, 3, 31), "anna", "hund"),
		mark("in April", day(s, 4, 1), "anna", "hund"), mark("another's", day(s, 3, 30), "otto", "hund"), mark("hidden", day(s, 3, 30), "anna", "kind")}
	o.desk.Circles = map[string]civic.Circle{"kind": {People: []string{"otto"}}}
	o.files["c1"].Case.Deadline = lastMoment(s, 3, 31) // 21:59 UTC: the day is that of the people
	m, err := s.Month(ctx, who, "jena", day(s, 3, 15), false)
	want(t, err, "")
	if len(m.Days) != 31 || !m.First.Equal(day(s, 3, 1)) || !m.Days[26].Today || m.Days[25].Today || m.Days[27].Working || !m.Days[26].Working {
		t.Errorf("%+v", m.Days)
	}
	if n := len(m.Days[30].Deadlines); n != 1 {
		t.Errorf("%d deadlines on the 31st", n)
	}
	var found []string
	for i, x := range m.Days {
		for _, r := range x.Resubmissions {
			found = append(found, r.Words)
			if !r.Due.Equal(day(s, 3, i+1)) {
				t.Errorf("%s is on the %d.", r.Words, i+1)
			}
		}
	}
	if diff := cmp.Diff([]string{"this week", "soon"}, found); diff != "" {
		t.Error(diff)
	}
	if len(m.Overdue) != 1 || m.Overdue[0].Words != "long ago" || m.ServiceNames["hund"]["de"] != "Hundesteuer" || m.ServiceNames["kind"] != nil {
		t.Errorf("%+v %+v", m.Overdue, m.ServiceNames)
	}
	if f := o.asked; f.Assignee != "anna" || !f.DueFrom.Equal(day(s, 3, 1)) || !f.DueTo.Equal(day(s, 4, 1)) || !slices.Contains(f.Denied, "kind") {
		t.Errorf("%+v", f)
	}
	m, err = s.Month(ctx, who, "jena", day(s, 4, 10), true)
	want(t, err, "")
	if m.Days[2].Holiday != "good_friday" || m.Days[2].Working || len(m.Days) != 30 || o.asked.Assignee != "" || len(m.Overdue) != 2 {
		t.Errorf("%+v, overdue %+v", m.Days[2], m.Overdue)
	}
	o.desk.Circles["hund"] = civic.Circle{People: []string{"otto"}}
	m, err = s.Month(ctx, who, "jena", day(s, 3, 15), true)
	if want(t, err, ""); len(m.Days[30].Deadlines)+len(m.Days[30].Resubmissions)+len(m.Overdue) != 0 {
		t.Errorf("who is outside the circle sees %+v %+v", m.Days[30], m.Overdue)
	}
	_, err = s.Month(ctx, staff("jena", civic.RoleAdmin), "jena", now, true)
	want(t, err, civic.Forbidden)
	_, err = s.Month(ctx, staff("gera", civic.RoleLead), "jena", now, true)
	want(t, err, civic.NotFound)
}

// Who works here by a log-in's group is not known by name: the address of their calendar lasts as long as they come.
func TestFeedOfAGroupsMember(t *testing.T) {
	s, o, _ := timed(t)
	ctx, who, today := t.Context(), staff("jena", civic.RoleClerk), now
	who.Staff.ByGroup = who.Staff.Roles
	s.Now = func() time.Time { return today }
	secret, err := s.ShareCalendar(ctx, who, "jena")
	want(t, err, "")
	for _, x := range []struct {
		days  int
		comes bool
		code  civic.Code
	}{{0, false, ""}, {44, true, ""}, {80, false, ""}, {100, false, civic.NotFound}, {100, true, ""}} {
		today = now.AddDate(0, 0, x.days)
		if x.comes {
			_, err := s.Inbox(ctx, who, "jena", clerk.Ask{})
			want(t, err, "")
		}
		if _, err := s.Feed(ctx, secret); civic.CodeOf(err) != x.code {
			t.Errorf("after %d days: %v", x.days, err)
		}
	}
	// Of whoever wants neither mails nor an address no visit is remembered.
	o.own, o.saved = civic.Desk{}, 0
	_, err = s.Inbox(ctx, who, "jena", clerk.Ask{})
	if want(t, err, ""); o.saved != 0 {
		t.Errorf("remembered: %+v", o.own)
	}
}

func TestFeed(t *testing.T) {
	s, o, d := timed(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	who.Staff.Email = "anna@jena.example"
	o.appointed = []civic.Appointment{{ID: "x", Email: who.Staff.Email, Roles: []civic.Role{civic.RoleClerk}}}
	for _, wrong := range []string{"", "x", "../../etc", strings.Repeat("A", 43), strings.Repeat("A", 44)} {
		_, err := s.Feed(ctx, wrong)
		want(t, err, civic.NotFound)
	}
	_, err := s.ShareCalendar(ctx, staff("jena", civic.RoleAdmin), "jena")
	want(t, err, civic.Forbidden)
	first, err := s.ShareCalendar(ctx, who, "jena")
	want(t, err, "")
	secret, err := s.ShareCalendar(ctx, who, "jena")
	want(t, err, "")
	_, err = s.Feed(ctx, first)
	want(t, err, civic.NotFound) // the one before ends
	if strings.Contains(string(d.hash), secret) || len(secret) != 43 || first == secret {
		t.Errorf("%q is kept as %x", secret, d.hash)
	}
	d.list = []civic.Resubmission{{ID: "r", Staff: "anna", Service: "hund", Due: day(s, 4, 2)}, {ID: "hidden", Staff: "anna", Service: "kind", Due: day(s, 4, 2)}}
	o.desk.Circles = map[string]civic.Circle{"kind": {People: []string{"otto"}}}
	f, err := s.Feed(ctx, secret)
	if want(t, err, ""); len(f.Cases) != 1 || len(f.Resubmissions) != 1 || f.Resubmissions[0].ID != "r" || f.Tenant.ID != "jena" {
		t.Errorf("%+v", f)
	}
	if a := o.asked; a.Assignee != "anna" || !slices.Contains(a.Denied, "kind") || !a.DueFrom.Equal(day(s, 3, 20)) || !d.before.Equal(a.DueTo) {
		t.Errorf("%+v %v", a, d.before)
	}
	for name, x := range map[string]struct {
		appointed civic.Appointment
		code      civic.Code
	}{
		"a lead now": {civic.Appointment{Email: who.Staff.Email, Roles: []civic.Role{civic.RoleLead}}, ""}, "another's group": {civic.Appointment{Group: "desk", Roles: []civic.Role{civic.RoleClerk}}, civic.NotFound},
		"admin only": {civic.Appointment{Email: who.Staff.Email, Roles: []civic.Role{civic.RoleAdmin}}, civic.NotFound},
		"dismissed":  {civic.Appointment{Email: "otto@jena.example", Roles: []civic.Role{civic.RoleClerk}}, civic.NotFound},
	} {
		o.appointed[0] = x.appointed
		if _, err := s.Feed(ctx, secret); civic.CodeOf(err) != x.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	want(t, s.UnshareCalendar(ctx, who, "jena"), "")
	_, err = s.Feed(ctx, secret)
	want(t, err, civic.NotFound)
	if diff := cmp.Diff([]string{"calendar.shared", "calendar.shared", "calendar.unshared"}, kinds(d.events)); diff != "" {
		t.Error(diff)
	}
}

func TestFigures(t *testing.T) {
	s, o, d := timed(t)
	ctx := t.Context()
	d.count = civic.Figures{At: now,
		Months: []civic.MonthFigures{{Month: "2026-03", Service: "hund", Group: "a", Received: 4, Decided: 3, Kept: 2, Days: map[int]int{1: 1, 5: 1, 30: 1}},
			{Month: "2026-03", Service: "hund", Group: "b", Received: 1, Decided: 1, Kept: 1, Days: map[int]int{7: 1}},
			{Month: "2026-03", Service: "kind", Received: 9, Decided: 9, Kept: 9, Days: map[int]int{2: 9}},
			{Month: "2025-02", Service: "hund", Received: 100, Decided: 100}}, // fourteen months ago
		Open: []civic.OpenFigures{{Service: "hund", Group: "a", Open: 3, Overdue: 1, Ages: [5]int{1, 2}}, {Service: "kind", Open: 50, Overdue: 50}, {Service: "katze", Open: 5}}}
	o.desk.Circles = map[string]civic.Circle{"kind": {People: []string{"otto"}}}
	for who, code := range map[string]civic.Code{"jena clerk": civic.Forbidden, "gera lead": civic.NotFound, "jena lead": "", "jena admin": ""} {
		tenant, role, _ := strings.Cut(who, " ")
		_, err := s.Figures(ctx, staff(tenant, civic.Role(role)), "jena", "", "")
		if civic.CodeOf(err) != code {
			t.Errorf("%s: %v", who, err)
		}
	}
	lead := staff("jena", civic.RoleLead)
	r, err := s.Figures(ctx, lead, "jena", "", "")
	want(t, err, "")
	if m := r.Months[0]; len(r.Months) != clerk.ReportMonths || m != (clerk.MonthReport{Month: "2026-03", Received: 5, Decided: 4, Kept: 3, Median: 5, Ninety: 30}) {
		t.Errorf("%d months, %+v", len(r.Months), m)
	}
	if last := r.Months[clerk.ReportMonths-1]; last.Month != "2025-03" || last.Received != 0 || last.Median != -1 {
		t.Errorf("%+v", last)
	}
	if r.Open.Open != 8 || r.Open.Overdue != 1 || r.Open.Ages[1] != 2 || !slices.Equal(r.Chosen, []string{"hund", "katze"}) || len(r.Services) != 2 || r.Services[0].Service != "katze" {
		t.Errorf("%+v %v %+v", r.Open, r.Chosen, r.Services)
	}
	r, err = s.Figures(ctx, lead, "jena", "hund", "b")
	if want(t, err, ""); r.Months[0].Received != 1 || r.Open.Open != 0 || r.Months[0].Median != 7 || len(r.Chosen) != 2 {
		t.Errorf("%+v %+v", r.Months[0], r.Open)
	}
	r, err = s.Figures(ctx, lead, "jena", "kind", "") // asked for by name, it is denied all the same
	if want(t, err, ""); r.Months[0].Received+r.Open.Open != 0 || len(r.Services) != 0 {
		t.Errorf("%+v", r)
	}
}
