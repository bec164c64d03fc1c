package civic

import (
	"fmt"
	"time"
)

// CaseState is where the authority's work stands.
type CaseState string

// The states of a case.
const (
	AwaitingPayment  CaseState = "awaiting_payment"
	AwaitingCosign   CaseState = "awaiting_cosign"
	Received         CaseState = "received"
	InProgress       CaseState = "in_progress"
	WaitingApplicant CaseState = "waiting_applicant"
	Decided          CaseState = "decided"
	Closed           CaseState = "closed"
	Withdrawn        CaseState = "withdrawn"
	Forwarded        CaseState = "forwarded"
)

// CaseStates lists all states in the order of the work.
var CaseStates = []CaseState{AwaitingPayment, AwaitingCosign, Received, InProgress, WaitingApplicant, Decided, Closed, Withdrawn, Forwarded}

// Public is the state that the citizen sees: INITIATED, SUBMITTED, RECEIVED, PROCESSING, ACTION_REQUIRED, COMPLETED (ZBP status v6).
func (s CaseState) Public() string {
	switch s {
	case AwaitingPayment, AwaitingCosign:
		return "SUBMITTED"
	case Received:
		return "RECEIVED"
	case InProgress:
		return "PROCESSING"
	case WaitingApplicant:
		return "ACTION_REQUIRED"
	default:
		return "COMPLETED"
	}
}

// Open tells whether anybody still has to work on it.
func (s CaseState) Open() bool {
	return s != Decided && s != Closed && s != Withdrawn && s != Forwarded
}

// Desk tells whether it is for the office to see to: what a second person must confirm first has not arrived.
func (s CaseState) Desk() bool { return s.Open() && s != AwaitingCosign }

// Case (Vorgang) is the authority's work on an application.
type Case struct {
	ID, Tenant, Dossier, Service string
	FileNumber                   string
	State                        CaseState
	Revision                     int64  // optimistic lock
	Assignee                     string // staff id, "" nobody
	AssigneeName                 string // for lists
	Received                     time.Time
	Deadline                     time.Time // zero: none
	Changed                      time.Time
	Columns                      Sealed // JSON {pointer: text} of the form's inbox columns
	Key                          []byte // the dossier's wrapped key, to open what is sealed
	Unread                       bool   // the citizen wrote or answered since a clerk last opened it
	ForwardedTo                  string // case id
	Group                        string // whose of the office's groups it is, "" everybody's
	Labels                       []string
	Paused                       time.Time // since when its clock stands, zero: it runs
	Fiction                      time.Time // when approval is deemed given (§ 42a VwVfG), zero: never
	Escalated                    time.Time // when the lead was told that it is late
	Hold                         Hold      // why it is kept as it is, "" it is not
	Held                         time.Time // since when
	Erase                        time.Time // when it is to be erased, zero: not planned; the sweep of retention decides
}

// FileNumber (Aktenzeichen) is prefix, year and a number per tenant: HUST-2026-000123.
func FileNumber(prefix string, year int, n int64) string {
	return fmt.Sprintf("%s-%d-%06d", prefix, year, n)
}

// Event (Protokolleintrag) says what happened and who did it; never content.
type Event struct {
	ID, Tenant, Case string
	Actor            string            // Actor.Name
	Kind             string            // case.taken, message.sent …
	Data             map[string]string // ids, states, counts; no personal data
	At               time.Time
}

func (c Case) move(to CaseState, kind string, who Actor, now time.Time, data map[string]string) (Case, Event) {
	d := map[string]string{"from": string(c.State), "to": string(to)}
	for k, v := range data {
		d[k] = v
	}
	c.State, c.Revision, c.Changed = to, c.Revision+1, now
	return c, Event{Tenant: c.Tenant, Case: c.ID, Actor: who.Name(), Kind: kind, Data: d, At: now}
}

func (c Case) in(states ...CaseState) error {
	for _, s := range states {
		if c.State == s {
			return nil
		}
	}
	return Errorf(Conflict, "error.case.state", "state", string(c.State))
}

// Take (übernehmen) makes the actor the assignee; a received case is then in progress.
func (c Case) Take(who Actor, now time.Time) (Case, Event, error) {
	if err := c.in(Received, InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	to := c.State
	if to == Received {
		to = InProgress
	}
	was := c.Assignee
	c.Assignee, c.AssigneeName = who.Staff.ID, who.Staff.Name
	n, e := c.move(to, "case.taken", who, now, map[string]string{"assignee": c.Assignee, "assignee_was": was})
	return n, e, nil
}

// Assign (zuteilen) gives the case to a colleague; a received case is then in progress.
func (c Case) Assign(who Actor, now time.Time, staff, name string) (Case, Event, error) {
	if err := c.in(Received, InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	to := c.State
	if to == Received {
		to = InProgress
	}
	was := c.Assignee
	c.Assignee, c.AssigneeName = staff, name
	n, e := c.move(to, "case.assigned", who, now, map[string]string{"assignee": staff, "assignee_was": was})
	return n, e, nil
}

// Release (zurückgeben) gives the case back to the group.
func (c Case) Release(who Actor, now time.Time) (Case, Event, error) {
	if err := c.in(Received, InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	was := c.Assignee
	c.Assignee, c.AssigneeName = "", ""
	n, e := c.move(c.State, "case.released", who, now, map[string]string{"assignee": "", "assignee_was": was})
	return n, e, nil
}

// Ask (nachfordern) waits for the applicant.
func (c Case) Ask(who Actor, now time.Time, request string) (Case, Event, error) {
	if err := c.in(Received, InProgress); err != nil {
		return c, Event{}, err
	}
	n, e := c.pause(now).move(WaitingApplicant, "request.sent", who, now, map[string]string{"request": request})
	return n, e, nil
}

// Answered (Nachforderung beantwortet) brings the case back to work.
func (c Case) Answered(who Actor, now time.Time, submission string) (Case, Event, error) {
	if err := c.in(WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	c.Unread = true
	n, e := c.resume(now).move(InProgress, "request.answered", who, now, map[string]string{"submission": submission})
	return n, e, nil
}

// Recall (Nachforderung zurücknehmen) stops waiting for the applicant.
func (c Case) Recall(who Actor, now time.Time) (Case, Event, error) {
	if err := c.in(WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	n, e := c.resume(now).move(InProgress, "request.recalled", who, now, nil)
	return n, e, nil
}

// Paid (bezahlt) lets the work begin.
func (c Case) Paid(who Actor, now time.Time) (Case, Event, error) {
	if err := c.in(AwaitingPayment); err != nil {
		return c, Event{}, err
	}
	n, e := c.move(Received, "payment.booked", who, now, nil)
	return n, e, nil
}

// Cosigned (mitgezeichnet) lets the work begin once the second person has answered, or has not in time: an authority may not
// turn away an application because it lacks something (§ 24 Abs. 3 VwVfG). The office's time begins now.
func (c Case) Cosigned(who Actor, now time.Time, answer Consent, unpaid bool, timing Timing) (Case, Event, error) {
	if err := c.in(AwaitingCosign); err != nil {
		return c, Event{}, err
	}
	to := Received
	if unpaid {
		to = AwaitingPayment
	}
	c = timing.Start(c, now)
	c.Unread = true
	n, e := c.move(to, "case.cosign."+string(answer), who, now, nil)
	return n, e, nil
}

// Decide (bescheiden) ends the work with a decision.
func (c Case) Decide(who Actor, now time.Time, outcome Outcome) (Case, Event, error) {
	if err := c.in(InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	n, e := c.move(Decided, "case.decided", who, now, map[string]string{"outcome": string(outcome)})
	return n, e, nil
}

// Close (abschließen) files the case; the retention period starts.
func (c Case) Close(who Actor, now time.Time) (Case, Event, error) {
	if err := c.in(Decided); err != nil {
		return c, Event{}, err
	}
	n, e := c.move(Closed, "case.closed", who, now, nil)
	return n, e, nil
}

// Reopen (Abschluss zurücknehmen) takes back the closing of a case.
func (c Case) Reopen(who Actor, now time.Time) (Case, Event, error) {
	if err := c.in(Closed); err != nil {
		return c, Event{}, err
	}
	n, e := c.move(Decided, "case.reopened", who, now, nil)
	return n, e, nil
}

// Withdraw (zurücknehmen) is the citizen's end.
func (c Case) Withdraw(who Actor, now time.Time) (Case, Event, error) {
	if !c.State.Open() {
		return c, Event{}, Errorf(Conflict, "error.case.state", "state", string(c.State))
	}
	c.Unread = true
	n, e := c.move(Withdrawn, "case.withdrawn", who, now, nil)
	return n, e, nil
}

// Forward (abgeben) ends the case here; a new one exists at the responsible authority.
func (c Case) Forward(who Actor, now time.Time, to string) (Case, Event, error) {
	if err := c.in(Received, InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	c.ForwardedTo = to
	n, e := c.move(Forwarded, "case.forwarded", who, now, map[string]string{"case": to})
	return n, e, nil
}
