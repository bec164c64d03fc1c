package page

// CasePresence is who else has a case open, and where the script says that this reader still has.
type CasePresence struct {
	URL, Changed string // what to say when the case moves on
	Revision     int64
	Lines        []string
}

// CaseGroup moves a case to another group.
type CaseGroup struct {
	Action string
	Name   string // the group whose it is, "" the whole office's
	Groups Input
}

// DeskTeam is the team: who is away, which groups there are, and what a lead hands over.
type DeskTeam struct {
	Base     string
	Absences []DeskAbsence
	Groups   []AdminGroupRow
	Staff    Input // whose absence; without options it is the reader's own
	From, To Input
	Instead  Input // who acts
	Lead     bool
	HandFrom Input
	HandTo   Input
	Problem  string
}

// DeskAbsence is a line of the list.
type DeskAbsence struct {
	ID, Name, When, Instead string
	Now, MayEnd             bool
}

func (d DeskTeam) issues() []Issue {
	return whole(InputIssues(d.Staff, d.From, d.To, d.Instead, d.HandFrom, d.HandTo), d.Problem)
}

// DeskCalls lists where colleagues have called the reader to.
type DeskCalls struct {
	Rows    []DeskCall
	NextURL string
}

// DeskCall is one call.
type DeskCall struct {
	URL, FileNumber, Service, Who, At string
	Fresh                             bool
}
