package civic

import "time"

// Retention (Aufbewahrung) is for how many months an authority keeps the cases of a service after their last step.
type Retention struct {
	Tenant, Service                string
	Decided, Withdrawn, Relocation int // after a decision or closing, after a withdrawal, after it was forwarded
}

const (
	// WithdrawnMonths is how long a withdrawn case is kept where nobody has said otherwise: somebody may ask what became of it.
	WithdrawnMonths = 12
	// RelocationMonths is how long the copy of a forwarded case stays: the new authority has the whole.
	RelocationMonths = 1
	// LongestMonths is what can be set at most: birth registers are kept for 110 years (§ 5 Abs. 5 PStG).
	LongestMonths = 110 * 12
	// EraseNotice is how long before a case is erased its applicant is told.
	EraseNotice = 30 * 24 * time.Hour
	// AccountLife is how long an account is kept that nobody uses (§ 8 Abs. 7 OZG).
	AccountLife = 2 * 365 * 24 * time.Hour
)

// UsualRetention is what holds for a form that says for how many years closed cases are kept.
func UsualRetention(years int) Retention {
	return Retention{Decided: max(years, 1) * 12, Withdrawn: WithdrawnMonths, Relocation: RelocationMonths}
}

// Until is when a case in that state that was last changed then is to be erased; false while the office works on it.
func (r Retention) Until(state CaseState, changed time.Time) (time.Time, bool) {
	months := r.Decided
	switch state {
	case Decided, Closed:
	case Withdrawn:
		months = r.Withdrawn
	case Forwarded:
		months = r.Relocation
	default:
		return time.Time{}, false
	}
	return changed.AddDate(0, months, 0), true
}

// Retained is a case whose work has ended, as the sweep looks at it: nothing of its content.
type Retained struct {
	Tenant, Case, Dossier, Service, Version string
	State                                   CaseState
	Revision                                int64
	Changed                                 time.Time
	Erase                                   time.Time // when to erase it, zero: not planned yet
	Told                                    time.Time // when its applicant was told, zero: not yet
}

// Hold is why a case is kept as it is.
type Hold string

// The grounds of Art. 18 Abs. 1 lit. a to d DSGVO lock the processing; a dispute only stops the erasure (Art. 17 Abs. 3 lit. e).
const (
	HoldAccuracy  Hold = "accuracy"
	HoldUnlawful  Hold = "unlawful"
	HoldClaims    Hold = "claims"
	HoldObjection Hold = "objection"
	HoldDispute   Hold = "dispute"
)

// Holds lists the grounds in the order in which pages show them.
var Holds = []Hold{HoldAccuracy, HoldUnlawful, HoldClaims, HoldObjection, HoldDispute}

// Locked tells whether the office must leave the case alone (Art. 18 DSGVO): only the lock may be taken off.
func (c Case) Locked() bool { return c.Hold != "" && c.Hold != HoldDispute }

// Keep (sperren, aufbewahren) stops the erasure of a case and, for the grounds of Art. 18, all work on it.
func (c Case) Keep(who Actor, now time.Time, why Hold) (Case, Event, error) {
	if c.Hold != "" {
		return c, Event{}, Errorf(Conflict, "error.desk.held")
	}
	c.Hold, c.Held = why, now
	n, e := c.move(c.State, "case.held", who, now, map[string]string{"hold": string(why)})
	return n, e, nil
}

// Free (Sperre aufheben) takes that back; the time for which it is kept begins again.
func (c Case) Free(who Actor, now time.Time) (Case, Event, error) {
	if c.Hold == "" {
		return c, Event{}, Errorf(Conflict, "error.desk.free")
	}
	why := c.Hold
	c.Hold, c.Held = "", time.Time{}
	n, e := c.move(c.State, "case.freed", who, now, map[string]string{"hold": string(why)})
	return n, e, nil
}
