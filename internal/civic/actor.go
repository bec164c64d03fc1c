package civic

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Level is the assurance level (Vertrauensniveau, BSI TR-03107-1) of a login.
type Level string

// The levels, weakest first.
const (
	LevelNone        Level = "none"
	LevelBasic       Level = "basic"
	LevelSubstantial Level = "substantial"
	LevelHigh        Level = "high"
)

var levels = []Level{LevelNone, LevelBasic, LevelSubstantial, LevelHigh}

// AtLeast tells whether l reaches the wanted level. An unknown level reaches nothing but none: fail closed.
func (l Level) AtLeast(want Level) bool {
	w := slices.Index(levels, want)
	return w >= 0 && max(slices.Index(levels, l), 0) >= w
}

// Identity (Antragsteller) is who an identity provider says somebody is.
type Identity struct {
	Issuer, Subject string
	Level           Level
	Organisation    bool              // from an organisation account (Organisationskonto, § 3(3) OZG)
	Attributes      map[string]string // given_name, family_name, date_of_birth, street_and_building, zip_code, city, email …
	Groups          []string          // staff only
	Email, Name     string
	EmailVerified   bool
	SessionID       string    // the provider's sid, for back-channel logout
	IDToken         string    // for RP-initiated logout
	LoggedIn        time.Time // when the person last proved to the provider who they are; zero where it does not say
}

// Reach (Erreichbarkeit) is how a person says by logging in that they can be reached. It is sealed with what they send, and
// used where the form itself asks for no address.
type Reach struct {
	Email string   `json:"email,omitempty"` // proven by the identity provider
	To    []string `json:"to,omitempty"`    // name and address as on an envelope
}

// Empty tells whether it says nothing.
func (r Reach) Empty() bool { return r.Email == "" && len(r.To) == 0 }

// Reach is what the identity says; an e-mail address that the provider has not proven could be another's and is left out.
func (i *Identity) Reach() Reach {
	if i == nil {
		return Reach{}
	}
	var r Reach
	if i.EmailVerified {
		r.Email = i.Email
	}
	a := i.Attributes
	person := strings.TrimSpace(a["given_name"] + " " + a["family_name"])
	if person+a["organisation_name"] == "" || a["street_and_building"] == "" || a["city"] == "" {
		return r
	}
	for _, line := range []string{a["organisation_name"], person, a["street_and_building"], strings.TrimSpace(a["zip_code"] + " " + a["city"])} {
		if line != "" {
			r.To = append(r.To, line)
		}
	}
	return r
}

// Account (Konto) is a citizen's or organisation's account: one issuer and subject.
type Account struct {
	ID, Issuer, Subject string
	Organisation        bool
}

// Role is what a person may do in a tenant; editor, publisher and auditor exist in the state's tenant only.
type Role string

// The roles.
const (
	RoleClerk     Role = "clerk"
	RoleLead      Role = "lead"
	RoleAdmin     Role = "admin" // tenant admin
	RoleEditor    Role = "editor"
	RolePublisher Role = "publisher"
	RoleAuditor   Role = "auditor"
)

// Roles lists all roles in the order in which pages show them.
var Roles = []Role{RoleClerk, RoleLead, RoleAdmin, RoleEditor, RolePublisher, RoleAuditor}

// Staff (Beschäftigte) is a logged-in member of an authority, with the roles that the appointments give.
type Staff struct {
	ID    string // stable id of the person (issuer and subject hashed), used as assignee
	Name  string
	Email string
	Roles map[string][]Role // tenant id → roles
	// ByGroup are those of Roles that the log-in's groups give: only the next log-in says whether they still do.
	ByGroup map[string][]Role
}

// Colleague (Kollegin, Kollege) is whom cases can be given to: somebody who has been at an authority's desk, or was appointed
// to it by e-mail.
type Colleague struct {
	ID, Name string
	Email    string // proven; "" where none is known
	ByGroup  []Role // that their log-in's groups gave when they last came to the desk
}

// Same tells whether nothing of a colleague has changed.
func (c Colleague) Same(o Colleague) bool {
	return c.ID == o.ID && c.Name == o.Name && c.Email == o.Email && slices.Equal(c.ByGroup, o.ByGroup)
}

// awaited begins the id of a colleague who was appointed and has not logged in yet.
const awaited = "appointed:"

// Awaited tells whether an assignee's id is of somebody who has not logged in yet: their name is an e-mail address.
func Awaited(id string) bool { return strings.HasPrefix(id, awaited) }

// Subject is the citizen's half of an actor: what makes a dossier theirs.
type Subject struct {
	Account string   // account id, "" without login
	Codes   [][]byte // hashes of the recovery codes that this browser holds
	Invited [][]byte // hashes of the invitation codes that it holds: they open what each is for, and own nothing
}

// Empty tells whether the subject can own and open nothing.
func (s Subject) Empty() bool { return s.Account == "" && len(s.Codes)+len(s.Invited) == 0 }

// Owns tells whether a dossier is the subject's own: its account's, or one whose recovery code it holds.
func (s Subject) Owns(d Dossier) bool {
	return d.Account != "" && d.Account == s.Account || len(d.CodeHash) > 0 && slices.ContainsFunc(s.Codes, func(c []byte) bool { return bytes.Equal(c, d.CodeHash) })
}

// Actor is whoever asks a use case for something. The zero Actor is a stranger.
type Actor struct {
	Subject  Subject
	Identity *Identity // logged-in citizen or organisation
	Staff    *Staff    // logged-in clerk, admin …
	System   bool      // the platform's own jobs
}

// Level returns the assurance level of the citizen's login.
func (a Actor) Level() Level {
	if a.Identity == nil {
		return LevelNone
	}
	return a.Identity.Level
}

// Has tells whether the actor holds one of the roles in the tenant.
func (a Actor) Has(tenant string, roles ...Role) bool {
	if a.Staff == nil {
		return false
	}
	return slices.ContainsFunc(a.Staff.Roles[tenant], func(r Role) bool { return slices.Contains(roles, r) })
}

// Name returns what to write into an event: "citizen", "system", or the staff id; never a person's name.
func (a Actor) Name() string {
	switch {
	case a.System:
		return "system"
	case a.Staff != nil:
		return a.Staff.ID
	default:
		return "citizen"
	}
}

// Appointment (Bestellung) gives a person, known by e-mail or OIDC group, roles in a tenant.
type Appointment struct {
	ID, Tenant string
	Email      string // lower case; or
	Group      string // OIDC group
	Roles      []Role
}

// Colleague is who was appointed by e-mail, until they log in.
func (a Appointment) Colleague() Colleague {
	return Colleague{ID: awaited + a.ID, Name: a.Email, Email: a.Email}
}

// DefaultGroups are the OIDC groups that hold a role in a tenant without being appointed one by one:
// clerk-<slug>, lead-<slug>, admin-<slug>; in the state's tenant also editor, publisher and auditor.
func DefaultGroups(t Tenant) map[string]Role {
	g := map[string]Role{"clerk-" + t.Slug: RoleClerk, "lead-" + t.Slug: RoleLead, "admin-" + t.Slug: RoleAdmin}
	if t.Kind == KindLand {
		g["editor"], g["publisher"], g["auditor"] = RoleEditor, RolePublisher, RoleAuditor
	}
	return g
}
