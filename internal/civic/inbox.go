package civic

import "time"

// InboxFilter (Postkorb-Filter) selects cases of one tenant. Zero fields do not filter; those that are set must all hold, and of
// a list one value.
type InboxFilter struct {
	States                 []CaseState
	Services               []string
	Denied                 []string    // services whose cases are not this clerk's to see
	Assignee               string      // staff id; "none" = nobody
	Assignees              []string    // staff ids; "" = nobody
	Groups                 []string    // "" = everybody's
	Tags                   []IndexTerm // of mode tag or field; a case has all of them
	AnyTag                 []IndexTerm // likewise; a case has one of them at least
	Unlabelled             bool        // without a label; together with AnyTag: without one, or with one of those
	Unread                 bool
	Overdue                bool
	Escalated              bool
	From, To               time.Time // received
	DueFrom, DueTo         time.Time // deadline; a case without one is not found
	ChangedFrom, ChangedTo time.Time // last change
	Search                 string    // words, names and numbers; all must match
	Sort                   string    // received (default), deadline, number, changed
	Ascending              bool
	After                  string // cursor of the last row of the page before
	Beside                 string // id of a case to begin after, in place of After, whether the filter lets it through or not
	Limit                  int    // 1..200, default 50
}

// InboxPage is one page of cases.
type InboxPage struct {
	Cases []Case
	Next  string // cursor, "" at the end
	Short bool   // it ends before it is full, because what the filter lets through is rare: Next looks further
}

// Counts are capped at CountCap each: "über 10.000".
type Counts map[CaseState]int

// CountCap is where counting stops.
const CountCap = 10000

// Hits is how many cases a filter lets through; More says that there are more than N, which nobody has counted.
type Hits struct {
	N    int
	More bool
}

// Session is a login or a browser's visit, kept in SQL.
type Session struct {
	Hash                   []byte // SHA-256 of the cookie's secret
	Audience               string // citizen | staff
	Account                string
	Identity               Sealed // JSON of Identity, sealed under a platform key
	Created, Seen, Expires time.Time
	IssuerSID              string // provider's session id, for back-channel logout
	Subject                string // issuer + " " + subject
}
