package civic

import (
	"strings"
	"time"
)

// Timing (Fristen) is what a service says about time: by when the office means to decide, and after how long approval is deemed given
// (Genehmigungsfiktion, § 42a VwVfG), counted by its authority's calendar.
type Timing struct {
	Calendar Calendar
	Decide   Span
	Deemed   Span // zero: silence says nothing
}

// Start sets a case's clocks going at the moment in which it reaches the office.
func (k Timing) Start(c Case, now time.Time) Case {
	c.Deadline, c.Paused = time.Time{}, time.Time{}
	if !k.Decide.Zero() {
		c.Deadline = k.Calendar.End(now, k.Decide)
	}
	return k.Complete(c, now)
}

// Complete says that the documents are complete only now: that is when the period of § 42a Abs. 2 VwVfG begins.
func (k Timing) Complete(c Case, now time.Time) Case {
	c.Fiction = time.Time{}
	if !k.Deemed.Zero() {
		c.Fiction = k.Calendar.End(now, k.Deemed)
	}
	return c
}

// pause stops the clocks while the applicant has to answer.
func (c Case) pause(now time.Time) Case {
	if c.Paused.IsZero() {
		c.Paused = now
	}
	return c
}

// resume lets them run on: what is due moves by the days that they stood, begun ones counted whole.
func (c Case) resume(now time.Time) Case {
	if c.Paused.IsZero() {
		return c
	}
	days := int((now.Sub(c.Paused) + 24*time.Hour - 1) / (24 * time.Hour))
	if !c.Deadline.IsZero() {
		c.Deadline = c.Deadline.AddDate(0, 0, days)
	}
	if !c.Fiction.IsZero() {
		c.Fiction = c.Fiction.AddDate(0, 0, days)
	}
	c.Paused = time.Time{}
	return c
}

// Postpone (Frist ändern) sets another day by which the office means to decide.
func (c Case) Postpone(who Actor, now, to time.Time) (Case, Event, error) {
	if !c.State.Open() {
		return c, Event{}, Errorf(Conflict, "error.case.state", "state", string(c.State))
	}
	c.Deadline, c.Escalated = to, time.Time{}
	n, e := c.move(c.State, "deadline.changed", who, now, map[string]string{"to": to.Format(time.DateOnly)})
	return n, e, nil
}

// Prolong (Frist verlängern) moves the day on which approval is deemed given; the law allows it once (§ 42a Abs. 2 Satz 3 VwVfG).
func (c Case) Prolong(who Actor, now, to time.Time) (Case, Event, error) {
	if !c.State.Open() {
		return c, Event{}, Errorf(Conflict, "error.case.state", "state", string(c.State))
	}
	if c.Fiction.IsZero() || !to.After(c.Fiction) {
		return c, Event{}, Errorf(Invalid, "error.case.fiction").At("fiction")
	}
	c.Fiction = to
	n, e := c.move(c.State, "fiction.prolonged", who, now, map[string]string{"to": to.Format(time.DateOnly)})
	return n, e, nil
}

// Deem (Genehmigungsfiktion) ends the work because nobody decided in time: approval is deemed given (§ 42a Abs. 1 VwVfG).
func (c Case) Deem(now time.Time) (Case, Event, error) {
	if err := c.in(Received, InProgress); err != nil {
		return c, Event{}, err
	}
	if c.Fiction.IsZero() || !now.After(c.Fiction) {
		return c, Event{}, Errorf(Conflict, "error.case.fiction")
	}
	c.Unread = true
	n, e := c.move(Decided, "case.deemed", Actor{System: true}, now, map[string]string{"outcome": string(DeemedGranted)})
	return n, e, nil
}

// Escalate (eskalieren) remembers that whoever leads was told that the case is late. It does not move the case.
func (c Case) Escalate(now time.Time) (Case, Event, error) {
	if !c.State.Open() || !c.Escalated.IsZero() {
		return c, Event{}, Errorf(Conflict, "error.case.state", "state", string(c.State))
	}
	c.Escalated = now
	n, e := c.move(c.State, "case.escalated", Actor{System: true}, now, nil)
	return n, e, nil
}

// Calendar is the authority's: Corpus Christi is a holiday in the Eichsfeld (ARS 16061) and where an authority says so of itself.
func (t Tenant) Calendar(zone *time.Location) Calendar {
	c := Calendar{Zone: zone, CorpusChristi: strings.HasPrefix(t.ARS, "16061")}
	if said := t.Profile.Desk.CorpusChristi; said != "" {
		c.CorpusChristi = said == "yes"
	}
	return c
}

// DeskSettings are what an authority sets for its desk's clocks and figures.
type DeskSettings struct {
	CorpusChristi string `json:"corpusChristi,omitempty"` // yes, no, "" after the place
	// EscalateDays is how many days after its deadline whoever leads is told of a case; 0 is at once, below 0 never.
	EscalateDays int `json:"escalateDays,omitempty"`
	// NoWeekly keeps the weekly mail with the figures from being sent.
	NoWeekly bool `json:"noWeekly,omitempty"`
}
