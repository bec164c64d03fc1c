package find

import (
	"context"

	"antragswerk/internal/civic"
)

// Store is what the directory is read from; all of it is public data.
type Store interface {
	// DirectoryVersion grows with every change of tenants, regions, offerings and published versions.
	DirectoryVersion(ctx context.Context) (int64, error)
	Tenants(ctx context.Context) ([]civic.Tenant, error)
	Regions(ctx context.Context) ([]civic.Region, error)
	// PublishedVersions returns the newest published version of each service, with packages.
	PublishedVersions(ctx context.Context) ([]civic.FormVersion, error)
	Offerings(ctx context.Context) ([]civic.Offering, error)
	// FormVersion returns any version, with its package.
	FormVersion(ctx context.Context, id string) (civic.FormVersion, error)
	// Overlay returns the overlay of a tenant's offering in a version that may be older than today's; nil for version 0.
	Overlay(ctx context.Context, tenant, service string, version int64) ([]byte, error)
}
