package page

import "antragswerk/internal/locale"

// AdminTeamTab is one of the pages on which an authority divides its desk.
type AdminTeamTab struct {
	Text, URL string
	Current   bool
}

// AdminGroups lists the groups of an authority's desk.
type AdminGroups struct {
	Base  string
	Tabs  []AdminTeamTab
	Rows  []AdminGroupRow
	Alert string
}

// AdminGroupRow is a group with its people.
type AdminGroupRow struct {
	Name, URL string
	People    []AdminMember
}

// AdminMember is somebody in a group.
type AdminMember struct {
	Name string
	Lead bool
}

// AdminTeamGroup is the form of one group.
type AdminTeamGroup struct {
	Title, Action, Delete, Back string
	Revision                    int64
	Name                        Input
	Members, Leads              Input
	Problem                     string // of the whole
	NoPeople                    bool
}

// AdminCircles lists the services and who may know of their cases.
type AdminCircles struct {
	Tabs []AdminTeamTab
	Rows []AdminCircleRow
}

// AdminCircleRow is a service and its circle, worded.
type AdminCircleRow struct {
	Service, URL, Who   string
	Restricted, Forlorn bool
}

// AdminCircle is the form of one circle.
type AdminCircle struct {
	Title, Action, Back string
	Revision            int64
	Open                Input
	Groups, People      Input
	Problem             string
}

// AdminRules lists the rules by which cases come to whom.
type AdminRules struct {
	Base     string
	Tabs     []AdminTeamTab
	Revision int64
	Rows     []AdminRuleRow
	Service  Input // of a new rule
	Problem  string
}

// AdminRuleRow is a rule in words.
type AdminRuleRow struct {
	ID, URL     string
	When        []string
	Then        string
	First, Last bool
}

// AdminRule is the form of one rule.
type AdminRule struct {
	Title, Action, Back string
	Revision            int64
	Service, Slug       string
	Conditions          []AdminCondition
	Group, Assignee     Input
	InTurn              Input
	Problem             string
	Errors              []Input
}

// AdminCondition is the part of the form for one condition.
type AdminCondition struct{ Question, Test, Value, From, To Input }

// AdminRuleTest tries a case on the rules.
type AdminRuleTest struct {
	Action, Back string
	Tabs         []AdminTeamTab
	Service      Input
	Chosen       bool // a service is chosen
	Answers      []Input
	Tried        bool
	Rows         []AdminTriedRule
	Result       string
}

// AdminTriedRule is a rule and whether it holds.
type AdminTriedRule struct {
	Number         int
	When           []string
	Then           string
	Holds, Decides bool
}

func (p AdminRule) issues(*locale.Catalogue) []Issue {
	inputs := []Input{}
	for _, c := range p.Conditions {
		inputs = append(inputs, c.Question, c.Test, c.Value, c.From, c.To)
	}
	out := InputIssues(append(inputs, p.Group, p.Assignee, p.InTurn)...)
	return whole(out, p.Problem)
}

// whole adds what is wrong with the form as a whole.
func whole(issues []Issue, problem string) []Issue {
	if problem != "" {
		issues = append([]Issue{{Text: problem}}, issues...)
	}
	return issues
}

// set tells whether the condition is there, or was typed wrongly.
func (c AdminCondition) set() bool {
	if len(InputIssues(c.Question, c.Test, c.Value, c.From, c.To)) > 0 {
		return true
	}
	for _, o := range c.Question.Options {
		if o.Selected && o.Value != "" {
			return true
		}
	}
	return false
}
