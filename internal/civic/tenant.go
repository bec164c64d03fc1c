package civic

import "time"

// TenantKind is what kind of authority a tenant is.
type TenantKind string

// The kinds of tenants.
const (
	KindLand      TenantKind = "land"
	KindKreis     TenantKind = "kreis"     // Landkreis
	KindKreisfrei TenantKind = "kreisfrei" // kreisfreie Stadt: acts as Gemeinde and as Kreis
	KindGemeinde  TenantKind = "gemeinde"  // Gemeinde or Stadt; an erfüllende Gemeinde is one that acts for others too
	KindVG        TenantKind = "vg"        // Verwaltungsgemeinschaft
	KindOther     TenantKind = "other"     // created by the state, outside the regional table
)

// Tenant (Mandant) is an authority on the platform.
type Tenant struct {
	ID       string
	Slug     string
	Kind     TenantKind
	ARS      string // 12 digits for a Gemeinde, 9 for a VG, 5 for a Kreis, 2 for the Land; "" for other
	Name     string
	Profile  Profile
	LogoType string // media type of the logo, "" without one
	Live     bool
	Key      []byte // tenant key, wrapped by the master key
	Revision int64
	Created  time.Time
}

// Profile is what an authority says about itself; its admin sets it.
type Profile struct {
	Street        string       `json:"street,omitempty"`
	Zip           string       `json:"zip,omitempty"`
	City          string       `json:"city,omitempty"`
	Email         string       `json:"email,omitempty"`
	Phone         string       `json:"phone,omitempty"`
	Website       string       `json:"website,omitempty"`
	Hours         string       `json:"hours,omitempty"`
	Head          string       `json:"head,omitempty"`          // who represents the authority (Impressum)
	Colour        string       `json:"colour,omitempty"`        // #rrggbb, contrast-checked when set
	Imprint       Text         `json:"imprint,omitempty"`       // Markdown, added to the generated part
	Privacy       Text         `json:"privacy,omitempty"`       // Markdown
	Accessibility Text         `json:"accessibility,omitempty"` // Markdown: known barriers
	Officer       string       `json:"officer,omitempty"`       // data protection officer's contact
	Welcome       Text         `json:"welcome,omitempty"`       // Markdown on the start page
	Desk          DeskSettings `json:"desk,omitzero"`
}

// RegionLevel is the level of a region.
type RegionLevel string

// The levels of regions.
const (
	RegionLand     RegionLevel = "land"
	RegionKreis    RegionLevel = "kreis"
	RegionVerband  RegionLevel = "verband"
	RegionGemeinde RegionLevel = "gemeinde"
)

// Region (Gebiet) is a row of the regional table.
type Region struct {
	ARS         string // 2, 5, 9 or 12 digits, as text
	Name        string
	Level       RegionLevel
	Kind        string // kreisfreie-stadt | stadt | gemeinde | landkreis | vg | eg | land
	Kreis       string // 5 digits, of a Gemeinde
	Verband     string // 9 digits: the VG or erfüllende Gemeinde that it belongs to, "" when it stands alone
	Fulfilling  string // of an eg: ARS of the erfüllende Gemeinde
	Zip         string // of the town hall; a Gemeinde may have more
	Inhabitants int
	Slug        string
	ValidFrom   time.Time
	ValidTo     time.Time // zero: still valid
	Successor   string    // ARS
}
