package civic

import "time"

// Route (Zustellweg) sends a tenant's submissions of a service to a connector besides the inbox.
type Route struct {
	ID, Tenant, Service string // Service "" = all
	Connector           string // "webhook", "email"
	Target              string // address of the other side
	Secret              Sealed // under the tenant's key; for signing
	Active              bool
	Created             time.Time
}

// Delivery (Zustellung) is one submission on one route.
type Delivery struct {
	ID, Tenant, Case, Submission, Route string
	Connector, Target                   string // as at the last attempt; a person may change the target and send again
	Attempts                            int
	LastError                           string // technical, no personal data
	Created                             time.Time
	Tried                               time.Time
	Delivered                           time.Time
	Dead                                time.Time
}

// State of a delivery, from its timestamps: waiting, retrying, delivered, dead.
func (d Delivery) State() string {
	switch {
	case !d.Delivered.IsZero():
		return "delivered"
	case !d.Dead.IsZero():
		return "dead"
	case d.Attempts > 0:
		return "retrying"
	default:
		return "waiting"
	}
}

// FanOut is the one job of a submission: makes its deliveries, and the notice of that name, "" when nobody can be reached.
type FanOut struct {
	Tenant     string `json:"tenant"`
	Case       string `json:"case"`
	Submission string `json:"submission"`
	Service    string `json:"service"`
	Notice     string `json:"notice,omitempty"`
}

// Kind names the job.
func (FanOut) Kind() string { return "fan_out" }

// Deliver tries one delivery.
type Deliver struct {
	Tenant   string `json:"tenant"`
	Delivery string `json:"delivery"`
}

// Kind names the job.
func (Deliver) Kind() string { return "deliver" }

// Notify mails the applicant that something happened on the case; what, is a key: receipt, message, request, request_reminder, request_lapsed, decision, forwarded, withdrawn.
type Notify struct {
	Tenant string `json:"tenant"`
	Case   string `json:"case"`
	What   string `json:"what"`
	Ref    string `json:"ref"` // id of the submission, message, request or decision
}

// Kind names the job.
func (Notify) Kind() string { return "notify" }

// ScanAttachment scans one upload for malware.
type ScanAttachment struct {
	Tenant     string `json:"tenant"`
	Attachment string `json:"attachment"`
}

// Kind names the job.
func (ScanAttachment) Kind() string { return "scan_attachment" }

// Sweep is the periodic clean-up: draft expiry with notice before, orphaned blobs, old sessions.
type Sweep struct {
	What string `json:"what"` // drafts | blobs | sessions | invitations | requests | retention | views | chain | chain_all | anchors …
}

// Kind names the job.
func (Sweep) Kind() string { return "sweep" }
