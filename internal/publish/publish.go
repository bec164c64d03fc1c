// Package publish is the use case of the state's editors, publishers and auditors: form packages are uploaded, checked,
// previewed and compared, published by a second person, and never changed afterwards. It may know civic and formdef;
// it must not know adapters or HTTP.
package publish

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"archive/zip"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Deps is what the use case works with.
type Deps struct {
	Store     Store
	Directory Directory
	Journal   Journal
	Now       civic.Clock
	NewID     func() string
}

// Service is safe for concurrent use.
type Service struct{ d Deps }

// New makes the use case.
func New(d Deps) *Service { return &Service{d} }

// state finds the state's tenant for somebody with a role over forms. Who has no role in the state gets NotFound, who has
// none of those wanted gets Forbidden.
func (s *Service) state(ctx context.Context, who civic.Actor, roles ...civic.Role) (civic.Tenant, error) {
	all, err := s.d.Directory.AllTenants(ctx)
	if err != nil {
		return civic.Tenant{}, err
	}
	i := slices.IndexFunc(all, func(t civic.Tenant) bool { return t.Kind == civic.KindLand })
	if i < 0 || !who.Has(all[i].ID, civic.Roles...) {
		return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if !who.Has(all[i].ID, roles...) {
		return civic.Tenant{}, civic.Errorf(civic.Forbidden, "error.state.role")
	}
	return all[i], nil
}

// readers may look at forms and versions.
var readers = []civic.Role{civic.RoleEditor, civic.RolePublisher, civic.RoleAuditor}

// State is the state's tenant for anybody with a role over forms, with what the actor may do there.
func (s *Service) State(ctx context.Context, who civic.Actor) (civic.Tenant, May, error) {
	t, err := s.state(ctx, who, append(slices.Clone(readers), civic.RoleAdmin)...)
	if err != nil {
		return t, May{}, err
	}
	return t, May{Read: who.Has(t.ID, readers...), Edit: who.Has(t.ID, civic.RoleEditor), Publish: who.Has(t.ID, civic.RolePublisher),
		Audit: who.Has(t.ID, civic.RoleAuditor, civic.RolePublisher), Rule: who.Has(t.ID, civic.RoleAdmin, civic.RolePublisher)}, nil
}

// May is what an actor may do in the state: read forms, upload and reject, publish, read events, create authorities.
type May struct{ Read, Edit, Publish, Audit, Rule bool }

// Line is a service with its versions, newest first.
type Line struct {
	Service  string
	Versions []civic.FormVersion
}

// Published is the version that citizens get, nil when there is none.
func (l Line) Published() *civic.FormVersion {
	for i := range l.Versions {
		if l.Versions[i].State() == "published" {
			return &l.Versions[i]
		}
	}
	return nil
}

// Drafts are the versions that wait to be published.
func (l Line) Drafts() []civic.FormVersion {
	return slices.DeleteFunc(slices.Clone(l.Versions), func(v civic.FormVersion) bool { return v.State() != "draft" })
}

// Lines lists all services.
func (s *Service) Lines(ctx context.Context, who civic.Actor) ([]Line, error) {
	if _, err := s.state(ctx, who, readers...); err != nil {
		return nil, err
	}
	return s.lines(ctx)
}

func (s *Service) lines(ctx context.Context) ([]Line, error) {
	all, err := s.d.Store.Versions(ctx)
	if err != nil {
		return nil, fmt.Errorf("publish: versions: %w", err)
	}
	var out []Line
	for _, v := range all {
		i := slices.IndexFunc(out, func(l Line) bool { return l.Service == v.Service })
		if i < 0 {
			out = append(out, Line{Service: v.Service})
			i = len(out) - 1
		}
		out[i].Versions = append(out[i].Versions, v)
	}
	for _, l := range out {
		slices.SortFunc(l.Versions, func(a, b civic.FormVersion) int { return b.Number - a.Number })
	}
	slices.SortFunc(out, func(a, b Line) int { return strings.Compare(a.Service, b.Service) })
	return out, nil
}

// Version is a version, opened and tried out.
type Version struct {
	civic.FormVersion // Package is nil
	Package           *formdef.Package
	Form              *formdef.Form
	Trials            []Trial
	Against           *civic.FormVersion // the published version that it is compared with, nil without one
	Changes           []formdef.Change
	Drafts, Cases     int               // running on it, capped at civic.CountCap
	Findings          []formdef.Finding // what a draft must be mended in before it is published
	Readme            string            // of a draft's package, Markdown
	Own               bool              // the actor uploaded it, so somebody else must publish it
	// First tells that the service was never published: Responsible are the authorities that could offer it from then on.
	First       bool
	Responsible []civic.Tenant
}

// Open opens a version: its form, its samples replayed, what it changes, and who runs on it.
func (s *Service) Open(ctx context.Context, who civic.Actor, id string) (*Version, error) {
	if _, err := s.state(ctx, who, readers...); err != nil {
		return nil, err
	}
	v, err := s.d.Store.FormVersion(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &Version{FormVersion: v, Own: v.CreatedBy == who.Staff.ID}
	if out.FormVersion.Package = nil; v.State() == "draft" {
		out.Readme = readme(v.Package)
	}
	if out.Package, out.Form, err = compile(v); err != nil {
		return nil, err
	}
	if v.State() == "draft" {
		out.Findings = out.Package.Lint()
	}
	out.Trials = replay(out.Form, s.d.Now())
	if out.Drafts, out.Cases, err = s.d.Store.Pinned(ctx, id); err != nil {
		return nil, fmt.Errorf("publish: pinned: %w", err)
	}
	if err := s.compare(ctx, out); err != nil {
		return nil, err
	}
	if out.First = v.State() == "draft" && out.Against == nil; out.First {
		about := out.Package.Service
		if out.Responsible, err = s.d.Directory.Ordinary(ctx, civic.RegionLevel(about.Level), about.EveryAuthority); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func compile(v civic.FormVersion) (*formdef.Package, *formdef.Form, error) {
	z, err := zip.NewReader(bytes.NewReader(v.Package), int64(len(v.Package)))
	if err != nil {
		return nil, nil, fmt.Errorf("publish: package of %s version %d: %w", v.Service, v.Number, err)
	}
	p, err := formdef.Load(v.Service, z)
	if err != nil {
		return nil, nil, fmt.Errorf("publish: package of %s version %d: %w", v.Service, v.Number, err)
	}
	f, err := formdef.Compile(p)
	if err != nil {
		return nil, nil, fmt.Errorf("publish: form of %s version %d: %w", v.Service, v.Number, err)
	}
	return p, f, nil
}

// compare sets a draft against the published version, and a published or retired one against the version before it.
func (s *Service) compare(ctx context.Context, v *Version) error {
	lines, err := s.lines(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(lines, func(l Line) bool { return l.Service == v.Service })
	if i < 0 {
		return nil
	}
	other := lines[i].Published()
	if v.State() != "draft" {
		other = nil
		for j, o := range lines[i].Versions {
			if o.Number < v.Number && o.State() != "draft" {
				other = &lines[i].Versions[j]
				break
			}
		}
	}
	if other == nil {
		return nil
	}
	full, err := s.d.Store.FormVersion(ctx, other.ID)
	if err != nil {
		return err
	}
	old, _, err := compile(full)
	if err != nil {
		return err
	}
	v.Against, v.Changes = other, formdef.Diff(old, v.Package)
	return nil
}

// Publish makes a draft the version that the next citizen gets. Whoever uploaded it cannot: a second person must have
// looked at it. Samples that do not do what they say forbid it. everywhere switches a service that is new to the platform on
// for all responsible authorities, each of which may switch it off again; otherwise each switches it on itself.
func (s *Service) Publish(ctx context.Context, who civic.Actor, id string, everywhere bool) (civic.FormVersion, error) {
	t, err := s.state(ctx, who, civic.RolePublisher)
	if err != nil {
		return civic.FormVersion{}, err
	}
	v, err := s.Open(ctx, who, id)
	if err != nil {
		return civic.FormVersion{}, err
	}
	switch {
	case v.State() != "draft":
		return v.FormVersion, civic.Errorf(civic.Conflict, "error.state.published")
	case v.Own:
		return v.FormVersion, civic.Errorf(civic.Forbidden, "error.state.second")
	case len(v.Findings) > 0:
		return v.FormVersion, civic.Errorf(civic.Conflict, "error.state.findings")
	case slices.ContainsFunc(v.Trials, func(t Trial) bool { return !t.Passed }):
		return v.FormVersion, civic.Errorf(civic.Conflict, "error.state.samples")
	case everywhere && !v.First:
		return v.FormVersion, civic.Errorf(civic.Conflict, "error.state.offered")
	}
	next := v.FormVersion
	next.ApprovedBy, next.Published = who.Staff.ID, s.d.Now()
	ev := s.event(who, t, "form.published", next)
	var offers []civic.Offering
	if everywhere {
		for _, a := range v.Responsible {
			offers = append(offers, civic.Offering{Tenant: a.ID, Service: v.Service, Enabled: true, Updated: next.Published})
		}
		ev.Data["offered"] = fmt.Sprint(len(offers))
	}
	err = s.d.Store.PublishVersion(ctx, next, offers, ev)
	s.d.Directory.Invalidate()
	if err != nil {
		return next, fmt.Errorf("publish: %w", err)
	}
	return next, nil
}

// Reject deletes a draft; editors and publishers may.
func (s *Service) Reject(ctx context.Context, who civic.Actor, id string) error {
	t, err := s.state(ctx, who, civic.RoleEditor, civic.RolePublisher)
	if err != nil {
		return err
	}
	v, err := s.d.Store.FormVersion(ctx, id)
	if err != nil {
		return err
	}
	if v.State() != "draft" {
		return civic.Errorf(civic.Conflict, "error.state.published")
	}
	return s.d.Store.DeleteVersion(ctx, id, s.event(who, t, "form.rejected", v))
}

// Download is a version's package as ZIP and a name for it.
func (s *Service) Download(ctx context.Context, who civic.Actor, id string) (string, []byte, error) {
	if _, err := s.state(ctx, who, readers...); err != nil {
		return "", nil, err
	}
	v, err := s.d.Store.FormVersion(ctx, id)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("%s-%d.zip", v.Service, v.Number), v.Package, nil
}

func (s *Service) event(who civic.Actor, state civic.Tenant, kind string, v civic.FormVersion) civic.Event {
	e := civic.Event{ID: s.d.NewID(), Tenant: state.ID, Actor: who.Name(), Kind: kind, At: s.d.Now(),
		Data: map[string]string{"version": v.ID, "service": v.Service, "digest": v.Digest}}
	if v.Number > 0 {
		e.Data["number"] = fmt.Sprint(v.Number)
	}
	return e
}

// eventPage is how many events a page lists.
const eventPage = 100

// Events lists what happened in the state, newest first, older than the event id before; next is "" at the end.
func (s *Service) Events(ctx context.Context, who civic.Actor, before string) (events []civic.Event, next string, err error) {
	t, err := s.state(ctx, who, civic.RoleAuditor, civic.RolePublisher)
	if err != nil {
		return nil, "", err
	}
	events, err = s.d.Journal.TenantEvents(ctx, t.ID, before, eventPage+1)
	if err != nil {
		return nil, "", fmt.Errorf("publish: events: %w", err)
	}
	if len(events) > eventPage {
		events = events[:eventPage]
		next = events[eventPage-1].ID
	}
	return events, next, nil
}
