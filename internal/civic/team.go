package civic

import (
	"cmp"
	"slices"
	"time"
)

// Team (Sachgebiete) is how an authority divides its desk: groups, who may see which service, and by which rules cases come to whom.
// It is small and read with every page of the desk, so it is one document with one revision.
type Team struct {
	Revision int64             `json:"-"` // optimistic lock; 0: never saved
	Groups   []Group           `json:"groups,omitempty"`
	Circles  map[string]Circle `json:"circles,omitempty"` // by service
	Rules    []Rule            `json:"rules,omitempty"`   // in their order: the first that holds decides
}

// Group (Sachgebiet, Gruppe) is some of an authority's staff.
type Group struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Members []string `json:"members,omitempty"` // staff ids
	Leads   []string `json:"leads,omitempty"`   // those of them who give its cases out
}

// Circle (Kreis der Berechtigten) says who of the authority may know of a service's cases: nobody but these, or everybody.
// What a form calls restricted has an empty one until an admin sets it (§ 35 SGB I: also inside an authority social data
// reach only those whom they concern).
type Circle struct {
	Open   bool     `json:"open,omitempty"`
	Groups []string `json:"groups,omitempty"`
	People []string `json:"people,omitempty"`
}

// Group finds a group by id.
func (t Team) Group(id string) (Group, bool) {
	i := slices.IndexFunc(t.Groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}, false
	}
	return t.Groups[i], true
}

// Of lists the ids of the groups that somebody is a member of.
func (t Team) Of(staff string) (ids []string) {
	for _, g := range t.Groups {
		if slices.Contains(g.Members, staff) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

// LedBy tells whether somebody leads the group.
func (t Team) LedBy(group, staff string) bool {
	g, ok := t.Group(group)
	return ok && slices.Contains(g.Members, staff) && slices.Contains(g.Leads, staff)
}

// Sees tells whether somebody may know of a service's cases. restricted is what its form says, where no admin has said anything.
func (t Team) Sees(service, staff string, restricted bool) bool {
	c, set := t.Circles[service]
	if !set {
		return !restricted
	}
	if c.Open || slices.Contains(c.People, staff) {
		return true
	}
	return slices.ContainsFunc(t.Of(staff), func(g string) bool { return slices.Contains(c.Groups, g) })
}

// Renamed is the team after somebody who was appointed by e-mail has logged in: the id until then becomes theirs.
func (t Team) Renamed(was, id string) (Team, bool) {
	changed := false
	swap := func(list []string) []string {
		if !slices.Contains(list, was) {
			return list
		}
		changed = true
		list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == was })
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
		return list
	}
	t.Groups = slices.Clone(t.Groups)
	for i, g := range t.Groups {
		t.Groups[i].Members, t.Groups[i].Leads = swap(g.Members), swap(g.Leads)
	}
	circles := map[string]Circle{}
	for service, c := range t.Circles {
		c.People = swap(c.People)
		circles[service] = c
	}
	t.Circles = circles
	t.Rules = slices.Clone(t.Rules)
	for i, r := range t.Rules {
		if r.Assignee == was {
			t.Rules[i].Assignee, changed = id, true
		}
	}
	return t, changed
}

// Absence (Abwesenheit) is when somebody is away, and who acts for them.
type Absence struct {
	ID, Tenant           string
	Staff, Name          string // who is away
	Substitute, SubsName string // "" nobody
	From, To             string // days, 2026-03-01, both included
}

// On tells whether somebody is away on a day.
func (a Absence) On(day string) bool { return a.From <= day && day <= a.To }

// maxSubstitutes bounds how often a substitute's substitute is asked for.
const maxSubstitutes = 5

// Acting is who takes somebody's cases on a day: they themselves, or their substitute; "" when all of them are away.
func Acting(absences []Absence, staff, day string) string {
	for range maxSubstitutes {
		i := slices.IndexFunc(absences, func(a Absence) bool { return a.Staff == staff && a.On(day) })
		if i < 0 {
			return staff
		}
		if staff = absences[i].Substitute; staff == "" {
			return ""
		}
	}
	return ""
}

// StandIns are the absences of those for whom somebody acts on a day.
func StandIns(absences []Absence, staff, day string) (list []Absence) {
	for _, a := range absences {
		if a.On(day) && a.Staff != staff && Acting(absences, a.Staff, day) == staff {
			list = append(list, a)
		}
	}
	return list
}

// Mention (Erwähnung) calls a colleague to a note.
type Mention struct {
	ID, Tenant, Case, Note string
	Staff                  string // who is called
	By, ByName             string
	Created, Seen          time.Time
}

// Called is a mention as the one who is called finds it.
type Called struct {
	Mention
	FileNumber, Service, Group string
}

// TeamView is what is asked for with every page of the desk: the team, and the absences that are not over.
type TeamView struct {
	Team
	Absences []Absence
}

// Guest (wer gerade da ist) is somebody who has a case open.
type Guest struct {
	ID, Name string
	Since    time.Time
}

// ByArrival sorts guests by when they came.
func ByArrival(list []Guest) {
	slices.SortFunc(list, func(a, b Guest) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
}
