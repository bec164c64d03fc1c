package clerk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Clocks keeps what clerks mark in their calendars.
type Clocks interface {
	// ResubmissionsOf lists a case's open ones, the next first.
	ResubmissionsOf(ctx context.Context, tenant, id string) ([]civic.Resubmission, error)
	// Resubmissions lists a clerk's open ones that are due before t, the next first.
	Resubmissions(ctx context.Context, tenant, staff string, before time.Time, limit int) ([]civic.Resubmission, error)
	// SaveFeed gives a clerk's calendar the address of that hash, in place of the one before; without a hash it has none.
	SaveFeed(ctx context.Context, tenant, staff string, hash []byte, ev civic.Event) error
	FeedOf(ctx context.Context, tenant, staff string) (since time.Time, err error)
	// Feed finds whose calendar has the address of that hash.
	Feed(ctx context.Context, hash []byte) (tenant, staff string, err error)
}

const (
	sealWhy    = "resubmission"
	maxWhy     = 2_000
	maxAhead   = 5 * 366 * 24 * time.Hour
	maxEntries = 200 // of a month, of a feed
)

// later checks a day that lies ahead; it is read as a calendar day.
func (s *Service) later(field string, day time.Time) error {
	if day.IsZero() || day.Before(s.midnight(s.Now())) || day.After(s.Now().Add(maxAhead)) {
		return civic.Errorf(civic.Invalid, "error.desk.day").At(field)
	}
	return nil
}

// Postpone (Frist ändern) sets another deadline; the reason stays with the case as a note.
func (s *Service) Postpone(ctx context.Context, who civic.Actor, at At, day time.Time, why string) error {
	return s.shift(ctx, who, at, "deadline", day, why, civic.Case.Postpone)
}

// Prolong moves the day on which approval is deemed given. The law wants a reason, told in time (§ 42a Abs. 2 Satz 3 und 4 VwVfG), and
// allows it once.
func (s *Service) Prolong(ctx context.Context, who civic.Actor, at At, day time.Time, why string) error {
	return s.shift(ctx, who, at, "fiction", day, why, civic.Case.Prolong)
}

func (s *Service) shift(ctx context.Context, who civic.Actor, at At, field string, day time.Time, why string,
	move func(civic.Case, civic.Actor, time.Time, time.Time) (civic.Case, civic.Event, error)) error {
	if err := s.later(field, day); err != nil {
		return err
	}
	reason, err := text("why", why, maxWhy)
	if err != nil {
		return err
	}
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if field == "fiction" {
			for _, e := range f.Events {
				if e.Kind == "fiction.prolonged" {
					return civic.Errorf(civic.Conflict, "error.desk.prolonged")
				}
			}
		}
		next, ev, err := move(f.Case, who, s.Now(), f.Tenant.Calendar(s.Zone).LastMoment(day))
		if err != nil {
			return err
		}
		sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealNote, reason)
		if err != nil {
			return err
		}
		ch.Case, ch.Events = next, []civic.Event{ev}
		ch.Note = &civic.Note{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Author: who.Staff.ID,
			AuthorName: who.Staff.Name, Body: sealed, Created: s.Now()}
		ch.Terms = []civic.IndexTerm{{Field: "note", Mode: "word", Text: reason}}
		return nil
	})
}

// Resubmit (auf Wiedervorlage legen) puts a case before the actor again on a day.
func (s *Service) Resubmit(ctx context.Context, who civic.Actor, at At, day time.Time, why string) error {
	if err := s.later("day", day); err != nil {
		return err
	}
	reason, err := text("why", why, maxWhy)
	if err != nil {
		return err
	}
	at.Revision = 0
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealWhy, reason)
		if err != nil {
			return err
		}
		ch.Resubmission = &civic.Resubmission{ID: s.NewID(), Staff: who.Staff.ID, StaffName: who.Staff.Name, Due: s.midnight(day), Created: s.Now(), Why: sealed}
		s.touch(f, ch, who, "resubmission.set", map[string]string{"resubmission": ch.Resubmission.ID, "to": day.Format(time.DateOnly)})
		return nil
	})
}

// Resubmitted (Wiedervorlage erledigt) takes one off; anybody of the office may, for whoever is away.
func (s *Service) Resubmitted(ctx context.Context, who civic.Actor, at At, id string) error {
	at.Revision = 0
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		ch.Resubmission = &civic.Resubmission{ID: id, Done: s.Now()}
		s.touch(f, ch, who, "resubmission.done", map[string]string{"resubmission": id})
		return nil
	})
}

// Resubmission is one with its reason opened.
type Resubmission struct {
	civic.Resubmission
	Words string
	Mine  bool
}

// ResubmissionsOf lists those of a case.
func (s *Service) ResubmissionsOf(ctx context.Context, who civic.Actor, f *File) ([]Resubmission, error) {
	if _, err := s.office(ctx, who, f.Tenant.ID); err != nil {
		return nil, err
	}
	list, err := s.Clocks.ResubmissionsOf(ctx, f.Tenant.ID, f.Case.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: resubmissions: %w", err)
	}
	return s.openWhys(who, f.Tenant, list)
}

func (s *Service) openWhys(who civic.Actor, t civic.Tenant, list []civic.Resubmission) ([]Resubmission, error) {
	out := make([]Resubmission, len(list))
	for i, r := range list {
		words, err := s.open(keys(t, r.Dossier, r.Key), sealWhy, r.Why)
		if err != nil {
			return nil, err
		}
		out[i] = Resubmission{r, words, r.Staff == who.Staff.ID}
	}
	return out, nil
}

// Month is a clerk's calendar of one month.
type Month struct {
	Tenant       civic.Tenant
	First        time.Time
	Days         []Day
	Overdue      []Resubmission // of days before today that are still open
	More         bool           // the month holds more than it shows
	FeedSince    time.Time      // zero: the calendar has no address
	Everybody    bool
	ServiceNames map[string]map[string]string
}

// Day is what is due on it.
type Day struct {
	Date          time.Time
	Holiday       string // key, "" none
	Working       bool
	Today         bool
	Deadlines     []civic.Case
	Resubmissions []Resubmission
}

// Month shows what is due in the month that holds a day: the actor's own cases, or all open ones of the office.
func (s *Service) Month(ctx context.Context, who civic.Actor, tenant string, in time.Time, everybody bool) (*Month, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	t := sc.Tenant
	first := s.midnight(in)
	first = first.AddDate(0, 0, 1-first.Day())
	end := first.AddDate(0, 1, 0)
	m := &Month{Tenant: t, First: first, Everybody: everybody}
	calendar, today := t.Calendar(s.Zone), s.midnight(s.Now())
	for d := first; d.Before(end); d = d.AddDate(0, 0, 1) {
		m.Days = append(m.Days, Day{Date: d, Holiday: calendar.Holiday(d), Working: calendar.Working(d), Today: d.Equal(today)})
	}
	at := func(moment time.Time) *Day { return &m.Days[s.midnight(moment).Day()-1] }
	filter := s.due(who, first, end)
	if everybody {
		filter.Assignee = ""
	}
	page, err := s.dueCases(ctx, sc, filter)
	if err != nil {
		return nil, err
	}
	m.More = page.Next != ""
	for _, c := range page.Cases {
		d := at(c.Deadline)
		d.Deadlines = append(d.Deadlines, c)
	}
	list, err := s.resubmissions(ctx, sc, end)
	if err != nil {
		return nil, err
	}
	mine, err := s.openWhys(who, t, list)
	if err != nil {
		return nil, err
	}
	m.More = m.More || len(list) == maxEntries
	for _, r := range mine {
		switch {
		case !r.Due.Before(first):
			d := at(r.Due)
			d.Resubmissions = append(d.Resubmissions, r)
		case r.Due.Before(today):
			m.Overdue = append(m.Overdue, r)
		}
	}
	if m.ServiceNames, err = s.serviceNames(ctx, sc); err != nil {
		return nil, err
	}
	m.FeedSince, err = s.Clocks.FeedOf(ctx, t.ID, who.Staff.ID)
	return m, err
}

// due selects the actor's open cases whose deadline lies within a time.
func (s *Service) due(who civic.Actor, from, to time.Time) civic.InboxFilter {
	return civic.InboxFilter{States: []civic.CaseState{civic.Received, civic.InProgress, civic.WaitingApplicant}, Assignee: who.Staff.ID,
		DueFrom: from, DueTo: to, Sort: "deadline", Ascending: true, Limit: maxEntries}
}

func (s *Service) dueCases(ctx context.Context, sc Scope, f civic.InboxFilter) (civic.InboxPage, error) {
	return s.Store.Cases(ctx, sc.Tenant.ID, sc.narrow(f))
}

// resubmissions are the actor's own that are due before t, of cases that they may still see.
func (s *Service) resubmissions(ctx context.Context, sc Scope, before time.Time) ([]civic.Resubmission, error) {
	list, err := s.Clocks.Resubmissions(ctx, sc.Tenant.ID, sc.staff, before, maxEntries)
	if err != nil {
		return nil, fmt.Errorf("clerk: resubmissions: %w", err)
	}
	return slices.DeleteFunc(list, func(r civic.Resubmission) bool { return !sc.sees(r.Service, nil) }), nil
}

func (s *Service) serviceNames(ctx context.Context, sc Scope) (map[string]map[string]string, error) {
	list, err := s.services(ctx, sc)
	names := map[string]map[string]string{}
	for _, n := range list {
		names[n.Slug] = n.Name
	}
	return names, err
}

// ShareCalendar gives the actor's calendar a new secret address and returns its secret; the one before ends.
func (s *Service) ShareCalendar(ctx context.Context, who civic.Actor, tenant string) (string, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return "", err
	}
	if _, err := s.people(ctx, who, t.ID); err != nil { // Feed asks for them again
		return "", err
	}
	if by, err := s.byEmail(ctx, t.ID, who.Staff.Email); err != nil {
		return "", err
	} else if !by {
		_, d, _, err := s.Views.Views(ctx, t.ID, who.Staff.ID)
		if err == nil {
			err = s.seenAt(ctx, d, s.midnight(s.Now()))
		}
		if err != nil {
			return "", fmt.Errorf("clerk: calendar: %w", err)
		}
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("clerk: calendar: %w", err)
	}
	hash := sha256.Sum256(raw)
	if err := s.Clocks.SaveFeed(ctx, t.ID, who.Staff.ID, hash[:], s.deskEvent(t, who, "calendar.shared")); err != nil {
		return "", fmt.Errorf("clerk: calendar: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// UnshareCalendar takes the address away.
func (s *Service) UnshareCalendar(ctx context.Context, who civic.Actor, tenant string) error {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return err
	}
	if err := s.Clocks.SaveFeed(ctx, t.ID, who.Staff.ID, nil, s.deskEvent(t, who, "calendar.unshared")); err != nil {
		return fmt.Errorf("clerk: calendar: %w", err)
	}
	return nil
}

func (s *Service) deskEvent(t civic.Tenant, who civic.Actor, kind string) civic.Event {
	return civic.Event{ID: s.NewID(), Tenant: t.ID, Actor: who.Name(), Kind: kind, Data: map[string]string{}, At: s.Now()}
}

// Feed is what a calendar's secret address shows: numbers and services, nothing of a person's.
type Feed struct {
	Tenant        civic.Tenant
	Cases         []civic.Case
	Resubmissions []civic.Resubmission
	Names         map[string]map[string]string
}

// feedAhead is how far a feed looks.
const feedAhead = 180

// Feed finds what the calendar of a secret address holds: the clerk's open cases and resubmissions from last week to half a year ahead.
// An address that nobody has, or somebody who was dismissed, is NotFound.
func (s *Service) Feed(ctx context.Context, secret string) (*Feed, error) {
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil || len(raw) != 32 {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	hash := sha256.Sum256(raw)
	tenant, staff, err := s.Clocks.Feed(ctx, hash[:])
	if err != nil {
		return nil, err
	}
	seen, err := s.visited(ctx, tenant, staff)
	if err != nil {
		return nil, err
	}
	who, err := s.authority(ctx, tenant, staff, seen)
	if civic.CodeOf(err) == civic.Forbidden {
		err = civic.Errorf(civic.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	f := &Feed{Tenant: sc.Tenant}
	today := s.midnight(s.Now())
	page, err := s.dueCases(ctx, sc, s.due(who, today.AddDate(0, 0, -7), today.AddDate(0, 0, feedAhead)))
	if err != nil {
		return nil, err
	}
	f.Cases = page.Cases
	if f.Resubmissions, err = s.resubmissions(ctx, sc, today.AddDate(0, 0, feedAhead)); err != nil {
		return nil, err
	}
	f.Names, err = s.serviceNames(ctx, sc)
	return f, err
}

// byEmail tells whether somebody is appointed to the desk by their address.
func (s *Service) byEmail(ctx context.Context, tenant, email string) (bool, error) {
	list, err := s.Team.Appointments(ctx, tenant)
	if err != nil {
		return false, fmt.Errorf("clerk: appointments: %w", err)
	}
	return slices.ContainsFunc(list, func(a civic.Appointment) bool {
		return email != "" && a.Email == email && (slices.Contains(a.Roles, civic.RoleClerk) || slices.Contains(a.Roles, civic.RoleLead))
	}), nil
}
