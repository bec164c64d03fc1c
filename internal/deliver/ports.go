package deliver

import (
	"context"
	"io"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Deliveries is what the delivery jobs read and write; jobs act as the system, each for the tenant that it names.
type Deliveries interface {
	CaseFile(ctx context.Context, tenant, id string) (civic.CaseFile, error)
	Routes(ctx context.Context, tenant string) ([]civic.Route, error)
	// CreateDeliveries stores them and enqueues the jobs; ids that exist are left alone (at least once).
	CreateDeliveries(ctx context.Context, tenant string, ds []civic.Delivery, jobs []civic.Job) error
	Delivery(ctx context.Context, tenant, id string) (civic.Delivery, error)
	SaveDelivery(ctx context.Context, d civic.Delivery, ev *civic.Event) error
	AttachmentByID(ctx context.Context, tenant, id string) (civic.Attachment, civic.Dossier, error)
	SetVerdict(ctx context.Context, tenant, id string, v civic.Verdict, ev civic.Event) error
}

// Expiry is what the sweeping jobs need (system scope).
type Expiry interface {
	// DraftsExpiring lists unsent drafts that expire before t and whose owners were not warned yet, at most limit.
	DraftsExpiring(ctx context.Context, before time.Time, limit int) ([]civic.Draft, error)
	// MarkWarned remembers that the owner was told of d.Expires; NotFound when the draft changed since it was read.
	MarkWarned(ctx context.Context, d civic.Draft) error
	// ExpiredDrafts lists unsent drafts that expired before at and were warned of, or before unwarned and were not. At most limit.
	ExpiredDrafts(ctx context.Context, at, unwarned time.Time, limit int) ([]civic.Draft, error)
	// DeleteDossier deletes an unsent dossier with its rows and key and returns its blob keys.
	DeleteDossier(ctx context.Context, tenant, dossier string) ([]string, error)
	// UnknownBlobs returns those of the keys that no attachment row refers to.
	UnknownBlobs(ctx context.Context, keys []string) ([]string, error)
	DeleteSessionsBefore(ctx context.Context, t time.Time) (int, error)
}

// Invitations is what reminding of a co-signature needs.
type Invitations interface {
	Invitation(ctx context.Context, tenant, id string) (civic.Invitation, error)
	// InvitationsDue lists awaited co-signatures that end before t and of which nobody was reminded, and those that have ended, at
	// most limit.
	InvitationsDue(ctx context.Context, before time.Time, limit int) ([]civic.Invitation, error)
	// InvitationReminded remembers it with the jobs that do it; NotFound when it is not due any more.
	InvitationReminded(ctx context.Context, i civic.Invitation, jobs ...civic.Job) error
	// CosignMissed stores that nobody answered, with the step of the case that it makes; Conflict when somebody did.
	CosignMissed(ctx context.Context, i civic.Invitation, ch civic.CaseChange) error
}

// Requests is what reminding of requests needs.
type Requests interface {
	// RequestsDue lists those that wait for an answer and of which to remind, and those whose last day lies before past and whose
	// office was not told so; at most limit.
	RequestsDue(ctx context.Context, past time.Time, limit int) ([]civic.Request, error)
	// MarkRequest remembers that it was reminded of, or has lapsed; was is when it was reminded of before. NotFound when it was
	// answered meanwhile.
	MarkRequest(ctx context.Context, r civic.Request, was time.Time, ev civic.Event, jobs ...civic.Job) error
}

// Offices knows how an authority writes.
type Offices interface {
	Correspondence(ctx context.Context, tenant string) (civic.Correspondence, error)
	// Logo is NotFound for an authority without one.
	Logo(ctx context.Context, tenant string) (mediaType string, body []byte, err error)
}

// Forms finds tenants and compiled forms.
type Forms interface {
	TenantByID(ctx context.Context, id string) (civic.Tenant, error)
	Pinned(ctx context.Context, tenant, service string, pins civic.Pins) (*formdef.Form, error)
}

// Opener opens what is sealed, and seals what the platform itself writes.
type Opener interface {
	Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error)
	Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error)
	// MACs returns the MAC under every master key, the current first.
	MACs(purpose string, msg []byte) [][]byte
	OpenReader(k civic.Keys, purpose string, sealed io.ReadSeeker, size int64) (io.ReadSeeker, error)
}

// Blobs reads and sweeps sealed attachments.
type Blobs interface {
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	Delete(ctx context.Context, key string) error
	// List returns up to limit keys after the key given, with their age's upper bound decided by the store's listing.
	List(ctx context.Context, prefix, after string, limit int) ([]string, error)
}

// Connector is one way out; internal/connector/<id> each.
type Connector interface {
	// Send delivers once; the idempotency key is p.ID. A Permanent error stops retrying.
	Send(ctx context.Context, p civic.Parcel) error
}

// Mailer sends a mail.
type Mailer interface {
	Send(ctx context.Context, m civic.Mail) error
}

// Scanner looks for malware; verdict civic.VerdictUnscanned when there is none.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (civic.Verdict, string, error)
}

// Printer makes documents (internal/document).
type Printer interface {
	Receipt(ctx context.Context, r civic.ReceiptDocument) (pdf []byte, err error)
	Letter(ctx context.Context, l civic.Letter) (pdf []byte, err error)
}
