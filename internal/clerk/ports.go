package clerk

import (
	"context"
	"io"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Store is the authority's side of its cases; every method carries the tenant.
type Store interface {
	Cases(ctx context.Context, tenant string, f civic.InboxFilter) (civic.InboxPage, error)
	CaseFile(ctx context.Context, tenant, id string) (civic.CaseFile, error)
	// Seen records that the case was opened and clears Unread; citizens' messages are marked read. It does not change the revision.
	Seen(ctx context.Context, tenant, id string, ev civic.Event) error
	Change(ctx context.Context, tenant string, ch civic.CaseChange) error
	Forward(ctx context.Context, tenant string, f civic.Forwarding) error
	NextFileNumber(ctx context.Context, tenant, prefix string, year int) (string, error)
}

// Teams keeps how an authority divides its desk.
type Teams interface {
	// Team is the authority's team, with the absences that are not over on the day.
	Team(ctx context.Context, tenant, day string) (civic.TeamView, error)
	// SaveTeam stores it at Revision+1; Conflict when the stored revision is another.
	SaveTeam(ctx context.Context, tenant string, t civic.Team, ev civic.Event) error
	SaveAbsence(ctx context.Context, a civic.Absence, ev civic.Event) error
	DeleteAbsence(ctx context.Context, tenant, id string, ev civic.Event) error
	// NextTurn counts the cases that a rule has given out, from 1.
	NextTurn(ctx context.Context, tenant, rule string) (int64, error)
	Mentions(ctx context.Context, tenant, staff, before string, limit int) ([]civic.Called, error)
	MentionsSeen(ctx context.Context, tenant, caseID, staff string) error
}

// Colleagues knows who was appointed, and remembers who has been at an authority's desk.
type Colleagues interface {
	Colleagues(ctx context.Context, tenant string) ([]civic.Colleague, error)
	// SaveColleague remembers somebody, and gives them the cases that were assigned to the ids until now.
	SaveColleague(ctx context.Context, tenant string, c civic.Colleague, until []string) error
	Appointments(ctx context.Context, tenant string) ([]civic.Appointment, error)
}

// Forms finds tenants and compiled forms (find).
type Forms interface {
	TenantByID(ctx context.Context, id string) (civic.Tenant, error)
	Current(ctx context.Context, tenant, service string) (civic.Offering, *formdef.Form, civic.Pins, error)
	Pinned(ctx context.Context, tenant, service string, pins civic.Pins) (*formdef.Form, error)
	// Form is the newest published form of a service, without overlay.
	Form(ctx context.Context, service string) (*formdef.Form, error)
	// OfferingsOf returns one entry per published service that the tenant is or may be responsible for.
	OfferingsOf(ctx context.Context, tenant string) ([]civic.Offering, error)
	AllTenants(ctx context.Context) ([]civic.Tenant, error)
}

// Sealer encrypts (internal/seal).
type Sealer interface {
	// RewrapDossierKey wraps the key of the dossier from for the tenant and dossier of to: what is sealed stays as it is.
	RewrapDossierKey(from, to civic.Keys) ([]byte, error)
	Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error)
	Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error)
	SealReader(k civic.Keys, purpose string, r io.Reader) io.Reader
	OpenReader(k civic.Keys, purpose string, sealed io.ReadSeeker, size int64) (io.ReadSeeker, error)
	// MACs returns the MAC under every master key, the current first.
	MACs(purpose string, msg []byte) [][]byte
}

// Blobs keeps the sealed bytes of attachments.
type Blobs interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
}

// Printer makes letters (internal/document).
type Printer interface {
	Letter(ctx context.Context, l civic.Letter) (pdf []byte, err error)
}
