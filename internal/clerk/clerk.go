// Package clerk is the authority's use case: the inbox, a case with everything that belongs to it, and what a clerk does
// with it: take, write, ask, note, book, decide, close, forward. Every method asks for a role in the tenant first; for
// anybody else the tenant and its cases do not exist. Content is opened here and nowhere further out. It may know civic
// and formdef; it must not know adapters or HTTP.
package clerk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// The purposes under which content is sealed.
const (
	sealAnswers = "answers"
	sealMessage = "message"
	sealNote    = "note"
	sealLetter  = "letter"
	sealRequest = "request"
	sealName    = "name"
	sealFile    = "file"
	sealColumns = "columns"
	sealReach   = "reach"
	sealComment = "comment"
	sealDraft   = "letter-draft"
	sealOpinion = "opinion"
)

// Deps is what the use case works with.
type Deps struct {
	Store   Store
	Team    Colleagues
	Teams   Teams
	Handing Handing
	Clocks  Clocks
	Counted Counted
	Views   Views
	Calling Calling
	Labels  Labels
	Forms   Forms
	Seal    Sealer
	Blobs   Blobs
	Printer Printer
	Many    Many
	// Pictures makes previews of pictures.
	Pictures Pictures
	Work     Casework
	Margins  Margins
	Now      civic.Clock
	NewID    func() string
	Letters  Letters
	Drafts   Drafts
	Asked    Opinions
	Signet   Signet
	Words    Words
	// Zone is where days begin and end for deadlines; nil is UTC.
	Zone *time.Location
	// Strip takes out of a picture what tells of its maker, while it is read; nil leaves pictures as they are.
	Strip func(mediaType string, r io.Reader) io.Reader
	// Scans tells that a scanner is configured; without one attachments are marked as not scanned.
	Scans bool
}

// Service is safe for concurrent use.
type Service struct{ Deps }

// New makes the use case.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Strip == nil {
		d.Strip = func(_ string, r io.Reader) io.Reader { return r }
	}
	return &Service{d}
}

// office finds the tenant for somebody who works on its cases. Who has no role there gets NotFound, who has another
// role than those wanted (clerk or lead when none is named) gets Forbidden.
func (s *Service) office(ctx context.Context, who civic.Actor, tenant string, roles ...civic.Role) (civic.Tenant, error) {
	if len(roles) == 0 {
		roles = []civic.Role{civic.RoleClerk, civic.RoleLead}
	}
	if !who.Has(tenant, civic.Roles...) {
		return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if !who.Has(tenant, roles...) {
		return civic.Tenant{}, civic.Errorf(civic.Forbidden, "error.desk.role")
	}
	return s.Forms.TenantByID(ctx, tenant)
}

// Tenants lists the authorities in which the actor works on cases, by name.
func (s *Service) Tenants(ctx context.Context, who civic.Actor) ([]civic.Tenant, error) {
	if who.Staff == nil {
		return nil, civic.Errorf(civic.LoginFirst, "error.login.staff")
	}
	var out []civic.Tenant
	for id := range who.Staff.Roles {
		if !who.Has(id, civic.RoleClerk, civic.RoleLead) {
			continue
		}
		t, err := s.Forms.TenantByID(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b civic.Tenant) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func keys(t civic.Tenant, dossier string, key []byte) civic.Keys {
	return civic.Keys{Tenant: t.ID, Dossier: dossier, TenantKey: t.Key, DossierKey: key}
}

// open opens a short piece of content.
func (s *Service) open(k civic.Keys, purpose string, sealed civic.Sealed) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.Seal.Open(k, purpose, sealed)
	if err != nil {
		return "", fmt.Errorf("clerk: open %s: %w", purpose, err)
	}
	return string(plain), nil
}

func (s *Service) seal(k civic.Keys, purpose, plain string) (civic.Sealed, error) {
	sealed, err := s.Seal.Seal(k, purpose, []byte(plain))
	if err != nil {
		return nil, fmt.Errorf("clerk: seal %s: %w", purpose, err)
	}
	return sealed, nil
}

// form is the newest form of a service, nil when it is no longer published.
func (s *Service) form(ctx context.Context, service string) (*formdef.Form, error) {
	f, err := s.Forms.Form(ctx, service)
	if civic.CodeOf(err) == civic.NotFound {
		return nil, nil
	}
	return f, err
}

// Limits of what a clerk types, in bytes.
const (
	maxText   = 20_000
	maxLetter = 100_000
)

// text checks what was typed into a field.
func text(field, s string, limit int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	switch {
	case s == "":
		return "", civic.Errorf(civic.Invalid, "error.desk.empty").At(field)
	case len(s) > limit:
		return "", civic.Errorf(civic.Invalid, "error.desk.long", "limit", limit).At(field)
	}
	return s, nil
}

// Moved is the cause of a Conflict when somebody else was faster: what happened since the page was read.
type Moved struct {
	Since    []civic.Event
	Revision int64 // the case's now
}

func (m *Moved) Error() string { return fmt.Sprintf("case is at revision %d now", m.Revision) }

// MovedOf returns what happened in between, nil when err is no such conflict.
func MovedOf(err error) *Moved {
	var m *Moved
	if errors.As(err, &m) {
		return m
	}
	return nil
}
