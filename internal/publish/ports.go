package publish

import (
	"context"

	"antragswerk/internal/civic"
)

// Store keeps form versions; they belong to the state.
type Store interface {
	// Versions lists all versions of all services without packages, by service, newest first.
	Versions(ctx context.Context) ([]civic.FormVersion, error)
	FormVersion(ctx context.Context, id string) (civic.FormVersion, error)
	// CreateVersion stores a draft version and returns it with its number; Conflict when the digest exists for the service.
	CreateVersion(ctx context.Context, v civic.FormVersion, ev civic.Event) (civic.FormVersion, error)
	// PublishVersion publishes a draft, retires the one before, and, for a service new to the platform, creates offers.
	PublishVersion(ctx context.Context, v civic.FormVersion, offers []civic.Offering, ev civic.Event) error
	// DeleteVersion removes an unpublished draft.
	DeleteVersion(ctx context.Context, id string, ev civic.Event) error
	// Pinned counts drafts and open cases on a version, capped at civic.CountCap each.
	Pinned(ctx context.Context, version string) (drafts, cases int, err error)
}

// Directory knows which tenant is the state, and who is responsible for what (find).
type Directory interface {
	AllTenants(ctx context.Context) ([]civic.Tenant, error)
	// Ordinary lists the authorities that are responsible for a service of the level, or all when every one answers for itself.
	Ordinary(ctx context.Context, level civic.RegionLevel, every bool) ([]civic.Tenant, error)
	// Invalidate makes the next question look at the store again.
	Invalidate()
}

// Journal is read by auditors.
type Journal interface {
	// TenantEvents lists a tenant's events, newest first, at most limit, older than the event id before ("" from the newest).
	TenantEvents(ctx context.Context, tenant, before string, limit int) ([]civic.Event, error)
}
