package clerk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Casework is what the desk keeps beside its cases.
type Casework interface {
	// Twins returns cases that look the same, without those that are linked: open ones and those received since, newest first.
	Twins(ctx context.Context, tenant, id string, since time.Time, limit int) ([]civic.Case, error)
	// HaveTwins tells which of these cases have some.
	HaveTwins(ctx context.Context, tenant string, ids []string, since time.Time) (map[string]bool, error)
	Links(ctx context.Context, tenant, id string) ([]civic.CaseLink, error)
	// Link stores a link from both sides with an event on each case.
	Link(ctx context.Context, tenant string, l civic.CaseLink, here, there civic.Event) error
	Tasks(ctx context.Context, tenant, id string) ([]civic.Task, error)
	SaveTask(ctx context.Context, tenant string, k civic.Task, ev civic.Event) error
}

// maxTwins is how many possible duplicates a case shows, maxEarlier how many earlier cases a page of them, maxMerged of how many
// merged cases the files and messages are shown.
const (
	maxTwins   = 10
	maxEarlier = 10
	maxMerged  = 5
)

// Beside (Umfeld) is what an office knows besides a case: possible duplicates, earlier cases of the same applicant, and what was
// merged with it.
type Beside struct {
	Twins       []Row
	Earlier     []Row
	MoreEarlier string // cursor of the next page, "" at the end
	Links       []civic.CaseLink
	Merged      []*File // cases that went into this one
}

// person are the tags of the applicant.
func (f *File) person() []civic.IndexTerm {
	return civic.PersonTags(f.Dossier.Account, f.Form.Person(f.state.Answers))
}

// indexed are the answers that the form indexes.
func (f *File) indexed() (out []civic.IndexTerm) {
	for _, t := range f.Form.IndexTerms(f.state.Answers) {
		out = append(out, civic.IndexTerm{Field: t.Pointer, Mode: t.Mode, Text: t.Text})
	}
	return out
}

// Beside looks around a case; after is where its list of earlier cases goes on.
func (s *Service) Beside(ctx context.Context, who civic.Actor, f *File, after string) (b Beside, err error) {
	if _, err := s.office(ctx, who, f.Tenant.ID); err != nil {
		return b, err
	}
	if b.Links, err = s.Work.Links(ctx, f.Tenant.ID, f.Case.ID); err != nil {
		return b, fmt.Errorf("clerk: links: %w", err)
	}
	for _, l := range b.Links {
		if l.Kind != civic.LinkHolds || len(b.Merged) == maxMerged {
			continue
		}
		m, err := s.Peek(ctx, who, f.Tenant.ID, l.Other, f.state.Lang)
		if civic.CodeOf(err) == civic.NotFound {
			continue // not the actor's to see
		}
		if err != nil {
			return b, err
		}
		b.Merged = append(b.Merged, m)
	}
	if f.Case.State.Open() {
		twins, err := s.Work.Twins(ctx, f.Tenant.ID, f.Case.ID, s.Now().Add(-civic.TwinAge), maxTwins)
		if err != nil {
			return b, fmt.Errorf("clerk: twins: %w", err)
		}
		if b.Twins, err = s.rows(ctx, f.Tenant, twins); err != nil {
			return b, err
		}
	}
	return b, s.earlier(ctx, f, after, &b)
}

// haveTwins tells which cases of a page look the same as another.
func (s *Service) haveTwins(ctx context.Context, t civic.Tenant, cases []civic.Case) (map[string]bool, error) {
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	found, err := s.Work.HaveTwins(ctx, t.ID, ids, s.Now().Add(-civic.TwinAge))
	if err != nil {
		return nil, fmt.Errorf("clerk: twins: %w", err)
	}
	return found, nil
}

// earlier finds the applicant's other cases, the newest first. They may be newer than this one, too.
func (s *Service) earlier(ctx context.Context, f *File, after string, b *Beside) error {
	tags := f.person()
	if len(tags) == 0 {
		return nil
	}
	page, err := s.Store.Cases(ctx, f.Tenant.ID, f.Scope.narrow(civic.InboxFilter{AnyTag: tags, After: after, Limit: maxEarlier + 1}))
	if err != nil {
		return err
	}
	b.MoreEarlier = page.Next
	var others []civic.Case
	for _, c := range page.Cases {
		if c.ID != f.Case.ID {
			others = append(others, c)
		}
	}
	b.Earlier, err = s.rows(ctx, f.Tenant, others)
	return err
}

func (s *Service) rows(ctx context.Context, t civic.Tenant, cases []civic.Case) ([]Row, error) {
	var out []Row
	for _, c := range cases {
		about, err := s.about(ctx, t, c)
		if err != nil {
			return nil, err
		}
		row := Row{Case: c, About: about, Due: s.dueOf(c)}
		form, err := s.form(ctx, c.Service)
		if err != nil {
			return nil, err
		}
		if row.Service = map[string]string{"de": c.Service}; form != nil {
			row.Service = form.Package.Service.Name
		}
		out = append(out, row)
	}
	return out, nil
}

// Comparison shows two cases side by side: what they say differently, and what they agree on.
type Comparison struct {
	This, Other *File
	Differ      []Change // Before is this case's
	Same        int      // answers that agree
}

// Compare (vergleichen) reads both cases; that somebody looked into the other is recorded.
func (s *Service) Compare(ctx context.Context, who civic.Actor, tenant, id, other, lang string) (*Comparison, error) {
	this, err := s.Peek(ctx, who, tenant, id, lang)
	if err != nil {
		return nil, err
	}
	if id == other {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	that, err := s.Open(ctx, who, tenant, other, lang)
	if err != nil {
		return nil, err
	}
	c := &Comparison{This: this, Other: that}
	for _, d := range changes(this.Latest().Sections, that.Latest().Sections) {
		if !alike(d.Before, d.After) {
			c.Differ = append(c.Differ, d)
		}
	}
	c.Same = len(lines(this.Latest().Sections))
	for _, d := range c.Differ {
		if d.Before.Pointer != "" {
			c.Same--
		}
	}
	return c, nil
}

// alike tells whether two answers say the same: files by their names and sizes, for each was uploaded anew.
func alike(a, b formdef.Line) bool {
	return a.Value == b.Value && a.Key == b.Key && slices.EqualFunc(a.Files, b.Files, func(x, y formdef.File) bool { return x.Name == y.Name && x.Bytes == y.Bytes })
}

// Merge (zusammenführen) ends a case as a duplicate of another, which holds its files and messages from then on; the citizen is
// told by the message.
func (s *Service) Merge(ctx context.Context, who civic.Actor, at At, into, message string) error {
	body, err := text("text", message, maxText)
	if err != nil {
		return err
	}
	kept, err := s.mergeable(ctx, who, at, into)
	if err != nil {
		return err
	}
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if f.Case.Service != kept.Case.Service { // who may see the one might not be allowed to see the other
			return civic.Errorf(civic.Conflict, "error.desk.merge")
		}
		next, ev, err := f.Case.Merge(who, s.Now(), kept.Case.ID)
		if err != nil {
			return err
		}
		sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealMessage, body)
		if err != nil {
			return err
		}
		m := civic.Message{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, FromOffice: true, Author: who.Staff.ID,
			AuthorName: who.Staff.Name, Body: sealed, Created: s.Now()}
		ch.Case, ch.Events, ch.Request, ch.Message = next, []civic.Event{ev, s.event(f.Case, who, "message.sent", map[string]string{"message": m.ID})}, s.recalled(f), &m
		ch.Link = s.link(who, f.Case, kept.Case.ID, civic.LinkInto)
		ch.Beside = s.event(kept.Case, who, "case.received_merged", map[string]string{"case": f.Case.ID})
		ch.Jobs = []civic.Job{civic.Notify{Tenant: f.Tenant.ID, Case: f.Case.ID, What: "message", Ref: m.ID}}
		return nil
	})
}

// mergeable finds the case that another is to go into: of the same office, still there, and itself in no other.
func (s *Service) mergeable(ctx context.Context, who civic.Actor, at At, into string) (*File, error) {
	kept, err := s.file(ctx, who, at.Tenant, into, at.Lang)
	if err != nil {
		return nil, err
	}
	links, err := s.Work.Links(ctx, at.Tenant, into)
	if err != nil {
		return nil, fmt.Errorf("clerk: links: %w", err)
	}
	for _, l := range links {
		if l.Kind == civic.LinkInto {
			return nil, civic.Errorf(civic.Conflict, "error.desk.merged")
		}
	}
	if at.Case == into || kept.Case.State == civic.Withdrawn || kept.Case.State == civic.Forwarded {
		return nil, civic.Errorf(civic.Conflict, "error.desk.merge")
	}
	return kept, nil
}

func (s *Service) link(who civic.Actor, c civic.Case, other string, kind civic.LinkKind) *civic.CaseLink {
	return &civic.CaseLink{Tenant: c.Tenant, Case: c.ID, Other: other, Kind: kind, Author: who.Staff.ID, AuthorName: who.Staff.Name, Created: s.Now()}
}

// Distinct (kein Duplikat) remembers that two cases only look the same.
func (s *Service) Distinct(ctx context.Context, who civic.Actor, at At, other string) error {
	this, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return err
	}
	that, err := s.file(ctx, who, at.Tenant, other, at.Lang)
	if err != nil {
		return err
	}
	links, err := s.Work.Links(ctx, at.Tenant, at.Case)
	if err != nil {
		return fmt.Errorf("clerk: links: %w", err)
	}
	for _, l := range links {
		if l.Other == other && l.Kind != civic.LinkDistinct {
			return civic.Errorf(civic.Conflict, "error.desk.merged")
		}
	}
	if this.Case.ID == that.Case.ID {
		return civic.Errorf(civic.Conflict, "error.desk.merge")
	}
	err = s.Work.Link(ctx, at.Tenant, *s.link(who, this.Case, other, civic.LinkDistinct), s.event(this.Case, who, "case.distinct", map[string]string{"case": other}),
		s.event(that.Case, who, "case.distinct", map[string]string{"case": this.Case.ID}))
	if err != nil {
		return fmt.Errorf("clerk: distinct: %w", err)
	}
	return nil
}
