package clerk

import (
	"slices"

	"antragswerk/internal/civic"
)

// Difference is what an event changed of a case, or what it added. What is state, assignee, group, deadline, answer, note, message or
// request; Label names the answer.
type Difference struct {
	What, Label   string
	Before, After string // states, staff and group ids; texts of what was written
}

// Differences says what somebody else's step has changed since a page was read.
func (f *File) Differences(e civic.Event) (out []Difference) {
	d := e.Data
	if d["from"] != d["to"] && d["to"] != "" {
		out = append(out, Difference{What: "state", Before: d["from"], After: d["to"]})
	}
	for _, what := range []string{"assignee", "group", "deadline"} {
		after, changed := d[what]
		if before, known := d[what+"_was"]; changed && known && before != after {
			out = append(out, Difference{What: what, Before: before, After: after})
		}
	}
	for _, m := range f.Messages {
		if m.ID == d["message"] {
			out = append(out, Difference{What: "message", After: m.Text})
		}
	}
	for _, n := range f.Notes {
		if n.ID == d["note"] {
			out = append(out, Difference{What: "note", After: n.Text})
		}
	}
	for _, r := range f.Requests {
		if r.ID == d["request"] {
			out = append(out, Difference{What: "request", After: r.Words})
		}
	}
	i := slices.IndexFunc(f.Submissions, func(s Submission) bool { return s.ID == d["submission"] })
	if i > 0 {
		for _, ch := range f.Submissions[i].Changes {
			out = append(out, Difference{What: "answer", Label: ch.Label, Before: ch.Before.Value, After: ch.After.Value})
		}
	}
	return out
}

// stale tells whether a step is on a revision that somebody has moved on from. What only adds to a case, a message or a note, is
// held up only by what others did: one's own last note is no news.
func (f *File) stale(at At, who civic.Actor) bool {
	if at.Revision == 0 || at.Revision == f.Case.Revision {
		return false
	}
	return !at.adds || slices.ContainsFunc(MovedOf(moved(f, at.Revision)).Since, func(e civic.Event) bool { return e.Actor != who.Name() })
}
