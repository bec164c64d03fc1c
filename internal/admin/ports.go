package admin

import (
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Tenants keeps authorities; every method carries the tenant.
type Tenants interface {
	// CreateTenant stores a new authority with its first offerings and appointments; Conflict when the slug is taken. The event
	// stands in the log of its tenant, which is the state's, and in the new authority's.
	CreateTenant(ctx context.Context, t civic.Tenant, offers []civic.Offering, staff []civic.Appointment, ev civic.Event) error
	// SaveTenant stores name, profile, live at Revision+1; Conflict when the stored revision is not t.Revision.
	SaveTenant(ctx context.Context, t civic.Tenant, ev civic.Event) error
	SaveLogo(ctx context.Context, tenant, mediaType string, body []byte, ev civic.Event) error
	Logo(ctx context.Context, tenant string) (mediaType string, body []byte, err error)
	// SaveOfferings stores several at once; each overlay gets OverlayVersion+1 when it differs from the stored one.
	SaveOfferings(ctx context.Context, tenant string, offers []civic.Offering, ev civic.Event) error
	FeedbackOf(ctx context.Context, tenant string, limit int) ([]civic.Feedback, error)
	AddFeedback(ctx context.Context, f civic.Feedback) error
}

// Staff keeps appointments.
type Staff interface {
	Appointments(ctx context.Context, tenant string) ([]civic.Appointment, error)
	SaveAppointment(ctx context.Context, a civic.Appointment, ev civic.Event) error
	DeleteAppointment(ctx context.Context, tenant, id string, ev civic.Event) error
	// AppointmentsFor finds a person's appointments in all tenants by verified e-mail (lower case) or group. A system query.
	AppointmentsFor(ctx context.Context, email string, groups []string) ([]civic.Appointment, error)
}

// Routes keeps the ways out and shows what did not arrive.
type Routes interface {
	Routes(ctx context.Context, tenant string) ([]civic.Route, error)
	SaveRoute(ctx context.Context, r civic.Route, ev civic.Event) error
	DeleteRoute(ctx context.Context, tenant, id string, ev civic.Event) error
	// Deliveries lists those not delivered yet first, then newest, at most limit.
	Deliveries(ctx context.Context, tenant string, limit int) ([]civic.Delivery, error)
	Delivery(ctx context.Context, tenant, id string) (civic.Delivery, error)
	// Resend stores the changed target, clears Dead and enqueues the job.
	Resend(ctx context.Context, d civic.Delivery, ev civic.Event, job civic.Job) error
}

// Directory finds tenants and forms (find).
type Directory interface {
	Tenant(ctx context.Context, slug string) (civic.Tenant, error)
	TenantByID(ctx context.Context, id string) (civic.Tenant, error)
	AllTenants(ctx context.Context) ([]civic.Tenant, error)
	// OfferingsOf returns one entry per published service that the tenant is or may be responsible for, switched on or not.
	OfferingsOf(ctx context.Context, tenant string) ([]civic.Offering, error)
	Form(ctx context.Context, service string) (*formdef.Form, error)
	// Invalidate makes the next question look at the store again.
	Invalidate()
}

// Sealer makes keys and seals what belongs to the tenant as a whole.
type Sealer interface {
	NewTenantKey(tenant string) ([]byte, error)
	Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error)
	Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error)
}
