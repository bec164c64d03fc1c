package deliver_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/deliver"
)

// letterbox is somebody's subscription.
type letterbox struct {
	subs    []civic.Subscription
	view    civic.View
	desk    civic.Desk
	who     civic.Colleague
	gone    bool
	news    int
	waiting int
	counted civic.ViewFilter
	span    [2]time.Time
	jobs    []civic.ViewMail
}

func (b *letterbox) SubscriptionsDue(_ context.Context, now time.Time, _ int) (due []civic.Subscription, err error) {
	for _, x := range b.subs {
		if !x.Next.After(now) {
			due = append(due, x)
		}
	}
	return due, nil
}

func (b *letterbox) SubscriptionTold(_ context.Context, x civic.Subscription, was time.Time, job civic.ViewMail) error {
	for i := range b.subs {
		if b.subs[i].View == x.View && b.subs[i].Since.Equal(was) {
			b.subs[i], b.jobs = x, append(b.jobs, job)
			return nil
		}
	}
	return notFound()
}

func (b *letterbox) Subscriber(context.Context, string, string, string) (civic.View, civic.Desk, civic.Colleague, error) {
	if b.gone {
		return civic.View{}, civic.Desk{}, civic.Colleague{}, notFound()
	}
	b.desk.Subscriptions = b.subs
	return b.view, b.desk, b.who, nil
}

func (b *letterbox) CountNews(_ context.Context, who civic.Actor, _, staff string, f civic.ViewFilter, from, to time.Time) (civic.Hits, error) {
	if !who.System || staff != "anna" {
		return civic.Hits{}, civic.Errorf(civic.Forbidden, "error.desk.role")
	}
	b.counted, b.span = f, [2]time.Time{from, to}
	return civic.Hits{N: b.news}, nil
}

func (b *letterbox) CountCalls(_ context.Context, who civic.Actor, _, staff string, from, to time.Time) (int, int, error) {
	if !who.System || staff != "anna" {
		return 0, 0, civic.Errorf(civic.Forbidden, "error.desk.left")
	}
	b.span = [2]time.Time{from, to}
	return b.news, b.waiting, nil
}

// Who is called hears how often, in their language, and where to read it; of whom it is, nothing.
func TestCallMails(t *testing.T) {
	w := newWorld(t)
	start := w.now.Add(-time.Hour)
	b := &letterbox{subs: []civic.Subscription{{Tenant: "jena", Staff: "anna", View: civic.ViewCalls, Rhythm: civic.AtOnce, Since: start, Next: w.now}},
		who: civic.Colleague{ID: "anna", Email: "anna@jena.example"}, news: 1, waiting: 2}
	s := w.service()
	s.Subscriptions, s.News = b, b
	if err := s.Sweep(t.Context(), civic.Sweep{What: "views"}); err != nil || len(b.jobs) != 1 || b.subs[0].Next.Year() != 9999 {
		t.Fatalf("%v %+v %+v", err, b.jobs, b.subs)
	}
	send := func() {
		t.Helper()
		if err := s.ViewMail(t.Context(), b.jobs[0]); err != nil {
			t.Fatal(err)
		}
	}
	send()
	if len(w.mails) != 1 || !b.span[0].Equal(start) {
		t.Fatalf("%+v", w.mails)
	}
	for _, part := range []string{"1 Vermerk ruft Sie", "/desk/jena/mentions", "2 Entscheidungen warten", "/desk/jena?only=proposed", "/desk/jena/settings"} {
		if !strings.Contains(w.mails[0].Text, part) {
			t.Errorf("lacks %q: %s", part, w.mails[0].Text)
		}
	}
	b.desk.Lang, b.news = "en", 0
	send()
	if m := w.mails[1]; m.Subject != "Stadt Jena: you are called" || !strings.Contains(m.Text, "2 decisions wait") || strings.Contains(m.Text, "/mentions") {
		t.Errorf("%+v", m)
	}
	// All was read meanwhile, no wish, no address, no longer here: no mail.
	for _, change := range []func(){func() { b.waiting = 0 }, func() { b.subs = nil }, func() { b.who.Email = "" }, func() { b.jobs[0].Staff = "otto" }} {
		kept, job := *b, b.jobs[0]
		change()
		send()
		*b = kept
		b.jobs[0] = job
	}
	if len(w.mails) != 2 {
		t.Errorf("mailed all the same: %+v", w.mails[2:])
	}
}

func TestViewMails(t *testing.T) {
	w := newWorld(t)
	start := w.now.Add(-time.Hour)
	look, err := json.Marshal(civic.Look{Name: "Familie Mustermann", Filter: civic.ViewFilter{Assignees: []string{civic.Me}, Services: []string{"hund"}}})
	if err != nil {
		t.Fatal(err)
	}
	b := &letterbox{subs: []civic.Subscription{{Tenant: "jena", Staff: "anna", View: "v1", Rhythm: civic.Daily, Since: start, Next: w.now}},
		view: civic.View{ID: "v1", Tenant: "jena", Body: civic.Sealed("kj//view:" + string(look))}, desk: civic.Desk{Seen: w.now}, who: civic.Colleague{ID: "anna", Email: "anna@jena.example"}, news: 4}
	s := w.service()
	s.Subscriptions, s.News = b, b
	sweep := func() {
		t.Helper()
		if err := s.Sweep(t.Context(), civic.Sweep{What: "views"}); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	sweep()
	if len(b.jobs) != 1 || b.jobs[0].From != start.UnixMicro() || b.jobs[0].To != w.now.UnixMicro() || !b.subs[0].Next.After(w.now) {
		t.Fatalf("%+v %+v", b.jobs, b.subs)
	}
	mail := func(s *deliver.Service) {
		t.Helper()
		if err := s.ViewMail(t.Context(), b.jobs[0]); err != nil {
			t.Fatal(err)
		}
	}
	mail(s)
	if len(w.mails) != 1 {
		t.Fatalf("%d mails", len(w.mails))
	}
	m := w.mails[0]
	if m.To != "anna@jena.example" || !strings.Contains(m.Text, "in einer Ihrer Ansichten sind 4 Vorgänge neu") || !strings.Contains(m.Text, "/desk/jena?view=v1") || !strings.Contains(m.Text, "/desk/jena/settings") || strings.Contains(m.Subject+m.Text, "Mustermann") {
		t.Errorf("%+v", m)
	}
	if f := b.counted; len(f.Services) != 1 || !b.span[0].Equal(start) || !b.span[1].Equal(w.now) {
		t.Errorf("counted by %+v in %v", f, b.span)
	}
	b.news = 1
	mail(s)
	if !strings.Contains(w.mails[1].Text, "ist 1 Vorgang neu") || w.mails[1].ID != m.ID {
		t.Errorf("%+v", w.mails[1])
	}
	b.subs = append(b.subs, civic.Subscription{Tenant: "jena", Staff: "anna", View: civic.ViewMine})
	usual := b.jobs[0]
	usual.View = civic.ViewMine
	if err := s.ViewMail(t.Context(), usual); err != nil || !strings.Contains(w.mails[2].Text, "in Ihrer Ansicht „") {
		t.Errorf("%v %+v", err, w.mails)
	}
	w.mails, b.subs = w.mails[:2], b.subs[:1]
	// Nothing new, nobody there, no wish, no address: no mail.
	for _, change := range []func(){func() { b.news = 0 }, func() { b.gone = true }, func() { b.who.Email = "" }, func() { b.desk.Seen = w.now.Add(-civic.Gone - time.Hour) }, func() { b.subs = nil }} {
		kept := *b
		b.news = 4
		change()
		mail(s)
		*b = kept
	}
	if len(w.mails) != 2 {
		t.Errorf("mailed all the same: %+v", w.mails[2:])
	}
}
