package civic

import "time"

// Service (Leistung) is an administrative service; its slug is the address below a tenant.
type Service struct {
	Slug      string
	LeiKa     string // 14 digits
	Level     RegionLevel
	Every     bool // offered by every authority for itself
	Delegable bool // a municipality may answer for it in the Kreis's place
}

// FormVersion (Fassung) is an immutable version of a service's form package.
type FormVersion struct {
	ID         string
	Service    string // slug
	Number     int    // 1, 2, …; per service
	Digest     string // SHA-256 hex of the package
	Package    []byte // zip of the package; nil in lists
	CreatedBy  string // staff id, "shipped" for the product's own
	Created    time.Time
	ApprovedBy string
	Published  time.Time // zero: a draft
	Retired    time.Time
}

// State of a version, computed from its timestamps.
func (v FormVersion) State() string {
	switch {
	case !v.Retired.IsZero():
		return "retired"
	case !v.Published.IsZero():
		return "published"
	default:
		return "draft"
	}
}

// Offering (Angebot) is a service switched on by a tenant, with its overlay.
type Offering struct {
	Tenant, Service string
	Enabled         bool
	Contact         Contact
	Overlay         []byte // JSON of formdef.Overlay; nil: none
	OverlayVersion  int64  // grows with each change; 0: never changed
	Updated         time.Time
}

// Contact is who answers questions about one service in one authority.
type Contact struct {
	Unit  string `json:"unit,omitempty"` // Amt, Sachgebiet
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	Hours string `json:"hours,omitempty"`
}

// Pins fix what a draft or submission was made with.
type Pins struct {
	Version string // FormVersion.ID
	Overlay int64  // Offering.OverlayVersion
	// OverlayTenant is whose overlay it is, "" for the tenant that the draft or submission lies with: a forwarded case
	// keeps the form that its citizen saw.
	OverlayTenant string
}
