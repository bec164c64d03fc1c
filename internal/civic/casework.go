package civic

import (
	"strings"
	"time"
)

// The fields of tags that say who applied and for what. They are blind like all terms; they are made when an application arrives.
const (
	PersonField = "person"
	TwinField   = "twin"
)

// PersonTags are what the cases of one applicant have in common: the account, and who the answers say they are ("" where they
// do not say enough).
func PersonTags(account, person string) []IndexTerm {
	var out []IndexTerm
	if account != "" {
		out = append(out, IndexTerm{Field: PersonField, Mode: "tag", Text: "account\n" + account})
	}
	if person != "" {
		out = append(out, IndexTerm{Field: PersonField, Mode: "tag", Text: "person\n" + plainly(person)})
	}
	return out
}

// TwinTag is what cases have in common in which one applicant asks one service for the same: all indexed answers agree. Nil
// where nobody knows who the applicant is.
func TwinTag(service string, person []IndexTerm, answers []IndexTerm) []IndexTerm {
	if len(person) == 0 {
		return nil
	}
	text := []string{service, person[len(person)-1].Text} // whoever applies once with an account and once without says the same of themselves
	for _, a := range answers {
		if strings.HasPrefix(a.Field, "/") {
			text = append(text, a.Field+"="+plainly(a.Text))
		}
	}
	return []IndexTerm{{Field: TwinField, Mode: "tag", Text: strings.Join(text, "\n")}}
}

// plainly is a text without what people write now so and now otherwise: case, space and hyphens.
func plainly(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, "-", " "))), " ")
}

// TwinAge is how long after its receipt a case that is done still counts as possibly the same as a new one.
const TwinAge = 365 * 24 * time.Hour

// CaseLink (Verknüpfung) is what Other has to do with Case, both of one office; the other side has a link of its own.
type CaseLink struct {
	Tenant, Case, Other string
	Kind                LinkKind
	Author, AuthorName  string
	Created             time.Time
	Number, Service     string    // of Other, as read
	State               CaseState // likewise
}

// LinkKind tells what two cases have to do with each other.
type LinkKind string

// The kinds of links.
const (
	LinkHolds    LinkKind = "holds"    // Other was merged into Case
	LinkInto     LinkKind = "into"     // Case was merged into Other
	LinkDistinct LinkKind = "distinct" // they look the same and are not
)

// Mirror is the link as Other sees it.
func (l CaseLink) Mirror() CaseLink {
	m := l
	m.Case, m.Other, m.Number, m.Service, m.State = l.Other, l.Case, "", "", ""
	switch l.Kind {
	case LinkHolds:
		m.Kind = LinkInto
	case LinkInto:
		m.Kind = LinkHolds
	}
	return m
}

// Merge (zusammenführen) ends a case that asks for the same as another, which goes on for both.
func (c Case) Merge(who Actor, now time.Time, into string) (Case, Event, error) {
	if err := c.in(Received, InProgress, WaitingApplicant); err != nil {
		return c, Event{}, err
	}
	n, e := c.move(Closed, "case.merged", who, now, map[string]string{"case": into})
	return n, e, nil
}

// Task (Aufgabe) is something to do on a case: an item of the form's checklist, or what somebody has added. Colleagues only.
type Task struct {
	ID, Case, Tenant, Dossier string
	Item                      string // of the checklist, "" when somebody added it
	Body                      Sealed // what is to be done, of a task of one's own
	Assignee, AssigneeName    string // "" nobody in particular
	Due                       time.Time
	Author, AuthorName        string
	Created                   time.Time
	Done                      time.Time // zero: open
	DoneBy, DoneByName        string
	Dropped                   time.Time // zero: not
}

// Annotation (Bearbeitungsangaben) are the office's own answers on a case, to a small form that it or the form's author wrote.
// The citizen never gets them.
type Annotation struct {
	Case, Tenant, Dossier string
	Content               Sealed // JSON of answers
	Revision              int64  // optimistic lock
	Author, AuthorName    string // who changed it last
	Changed               time.Time
}

// AnnotationForm is an authority's own form for annotations of a service's cases.
type AnnotationForm struct {
	Tenant, Service string
	Schema, UI      []byte // UI may be empty
	Changed         time.Time
}
