package civic

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// Rule (Zuteilungsregel) says whose a case is that has come: of the service, and with answers that meet all conditions.
type Rule struct {
	ID         string      `json:"id"`
	Service    string      `json:"service,omitempty"` // "" any
	Conditions []Condition `json:"conditions,omitempty"`
	Group      string      `json:"group,omitempty"`
	Assignee   string      `json:"assignee,omitempty"` // staff id
	InTurn     bool        `json:"inTurn,omitempty"`   // the group's members who are there, one after the other
}

// The ways to compare an answer.
const (
	TestIs      = "is"      // one of the values, separated by commas; case and outer spaces do not matter
	TestLetters = "letters" // begins with a letter or letters between From and To: A to K, Sch to St
	TestBetween = "between" // a number or a date from From to To; either may be open
)

// Condition compares one answer; of an answer in a list, one row is enough.
type Condition struct {
	Pointer string `json:"pointer"` // rows of a list as "*"
	Test    string `json:"test"`
	Value   string `json:"value,omitempty"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
}

// Holds tells whether the rule catches a case of the service; answers gives the texts that were answered to a pointer.
func (r Rule) Holds(service string, answers func(pointer string) []string) bool {
	if r.Service != "" && r.Service != service {
		return false
	}
	return !slices.ContainsFunc(r.Conditions, func(c Condition) bool { return !slices.ContainsFunc(answers(c.Pointer), c.Holds) })
}

// Holds tells whether an answer meets the condition.
func (c Condition) Holds(answer string) bool {
	answer = strings.TrimSpace(answer)
	switch c.Test {
	case TestIs:
		return slices.ContainsFunc(strings.Split(c.Value, ","), func(v string) bool { return strings.EqualFold(strings.TrimSpace(v), answer) })
	case TestLetters:
		word := sorted(answer)
		from, to := sorted(c.From), sorted(c.To)
		return word != "" && cut(word, from) >= from && (to == "" || cut(word, to) <= to)
	case TestBetween:
		return between(answer, c.From, c.To)
	}
	return false
}

// cut is as much of a word as another has letters.
func cut(word, other string) string {
	w, n := []rune(word), len([]rune(other))
	return string(w[:min(len(w), n)])
}

// sorted folds a word as German lists of names do (DIN 5007-2: ä as ae).
func sorted(s string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// between compares dates as dates and everything else as decimal numbers.
func between(answer, from, to string) bool {
	if day, err := time.Parse(time.DateOnly, answer); err == nil {
		a, okA := dayOf(from)
		b, okB := dayOf(to)
		return okA && okB && (a.IsZero() || !day.Before(a)) && (b.IsZero() || !day.After(b))
	}
	n, ok := number(answer)
	if !ok {
		return false
	}
	low, okLow := number(from)
	high, okHigh := number(to)
	return (from == "" || okLow && n.Cmp(low) >= 0) && (to == "" || okHigh && n.Cmp(high) <= 0)
}

func dayOf(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	d, err := time.Parse(time.DateOnly, s)
	return d, err == nil
}

// number reads 1234.5 and 1.234,50.
func number(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if strings.Contains(s, ",") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	}
	if s == "" || len(s) > 40 || strings.ContainsAny(s, "eE/") {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// Bound tells whether s can stand as an end of "between".
func Bound(s string) bool {
	_, date := dayOf(s)
	_, num := number(s)
	return date || num
}

// Routed (zugeteilt nach Regel) gives a case that has come to a group, a colleague or both. Nobody has begun to work on it thereby.
func (c Case) Routed(now time.Time, rule, group, staff, name string) (Case, Event, error) {
	if err := c.in(AwaitingPayment, Received); err != nil {
		return c, Event{}, err
	}
	c.Group, c.Assignee, c.AssigneeName = group, staff, name
	n, e := c.move(c.State, "case.routed", Actor{System: true}, now, map[string]string{"rule": rule, "group": group, "assignee": staff})
	return n, e, nil
}

// Regroup (an ein anderes Sachgebiet geben) makes a case another group's, "" the whole office's; who worked on it keeps it only
// as a member of that group.
func (c Case) Regroup(who Actor, now time.Time, group string, keeps bool) (Case, Event, error) {
	if err := c.in(AwaitingPayment, Received, InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	data := map[string]string{"group": group, "group_was": c.Group}
	if c.Group = group; !keeps && c.Assignee != "" {
		data["assignee"], data["assignee_was"] = "", c.Assignee
		c.Assignee, c.AssigneeName = "", ""
	}
	n, e := c.move(c.State, "case.regrouped", who, now, data)
	return n, e, nil
}

// HandOver (Vorgänge übergeben) gives open cases of one colleague to another.
type HandOver struct {
	From, To, ToName string
	Cases            []string // nil all
	Groups           []string // nil of any
	Denied           []string // services whose cases stay
	Actor            string
	At               time.Time
}
