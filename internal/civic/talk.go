package civic

import "time"

// Message (Nachricht) goes between citizen and authority on a case.
type Message struct {
	ID, Case, Tenant, Dossier string
	FromOffice                bool
	Author                    string // staff id, or "citizen"
	AuthorName                string // staff name shown to the citizen, "" for the citizen
	Body                      Sealed // plain text
	Created                   time.Time
	Read                      time.Time // when the other side first opened it
}

// Request (Nachforderung) names the fields and attachments to correct.
type Request struct {
	ID, Case, Tenant, Dossier string
	Pointers                  []string // JSON Pointers opened for correction
	Text                      Sealed   // what is wrong and what to do
	Due                       time.Time
	Created                   time.Time
	Answered                  time.Time // zero: open
	Recalled                  time.Time
	Submission                string    // the amendment that answered it
	Comments                  Sealed    // JSON {pointer: what is wrong there}, nil without any
	Remind                    time.Time // when to remind, zero: not, or it was done
	Reminded                  time.Time
	Lapsed                    time.Time // when the office was told that nobody answered in time
}

// Open tells whether the citizen still has to answer.
func (r Request) Open() bool { return r.Answered.IsZero() && r.Recalled.IsZero() }

// Note (Vermerk) is for colleagues only; the citizen never gets it.
type Note struct {
	ID, Case, Tenant, Dossier, Author, AuthorName string
	Body                                          Sealed
	Created                                       time.Time
}

// Outcome is how a case was decided.
type Outcome string

// The outcomes.
const (
	Granted       Outcome = "granted"
	PartlyGranted Outcome = "partly_granted"
	Refused       Outcome = "refused"
	DeemedGranted Outcome = "deemed_granted" // nobody decided in time (§ 42a VwVfG); nobody chooses it
)

// Decision (Bescheid) with its letter; deemed delivered on the fourth day after it was made available (§ 9 OZG).
type Decision struct {
	ID, Case, Tenant, Dossier string
	Outcome                   Outcome
	Letter                    Sealed // Markdown, frozen
	Author, AuthorName        string
	Created                   time.Time
	Deemed                    time.Time // day from which it counts as announced
	Read                      time.Time
	Approver, ApproverName    string // of four eyes the second pair, "" without
	Digest                    []byte // SHA-256 of the letter
	Seal                      Seal
}

// DeemedAnnounced is the fourth day after provision (§ 9(1) OZG), as a date.
func DeemedAnnounced(provided time.Time) time.Time { return provided.AddDate(0, 0, 4) }

// Payment (Zahlung) of one case.
type Payment struct {
	ID, Case, Tenant string
	Cents            int64
	Items            []PaymentItem
	Method           string // cash, transfer, card … once paid
	Created          time.Time
	Paid             time.Time
	Waived           time.Time
	Failed           time.Time
	BookedBy         string
}

// PaymentItem is one fee position.
type PaymentItem struct {
	Code, Label string
	Cents       int64
}

// State of a payment, from its timestamps: awaiting, paid, failed, waived.
func (p Payment) State() string {
	switch {
	case !p.Paid.IsZero():
		return "paid"
	case !p.Waived.IsZero():
		return "waived"
	case !p.Failed.IsZero():
		return "failed"
	default:
		return "awaiting"
	}
}

// Feedback (Rückmeldung) about a page or a barrier, to a tenant.
type Feedback struct {
	ID, Tenant string
	Path       string
	Barrier    bool
	Text       Sealed // sealed under the tenant's key
	Created    time.Time
}
