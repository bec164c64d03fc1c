package admin

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Tests lists the ways to compare an answer, in the order in which pages show them.
var Tests = []string{civic.TestIs, civic.TestLetters, civic.TestBetween}

// MaxConditions is how many conditions a rule has at most.
const MaxConditions = 4

// SaveRule stores a new rule (without id) at the end, or changes one.
func (s *Service) SaveRule(ctx context.Context, who civic.Actor, tenant string, revision int64, r civic.Rule) error {
	fresh := r.ID == ""
	if fresh {
		r.ID = s.d.NewID()
	}
	return s.change(ctx, who, tenant, revision, "team.rule", r.ID, func(c *Crew) error {
		i := slices.IndexFunc(c.Team.Rules, func(o civic.Rule) bool { return o.ID == r.ID })
		switch {
		case !fresh && i < 0:
			return civic.Errorf(civic.NotFound, "error.not_found")
		case fresh && len(c.Team.Rules) >= maxRules:
			return civic.Errorf(civic.Invalid, "error.team.many", "n", maxRules).At("group")
		}
		if err := c.checkRule(r); err != nil {
			return err
		}
		c.Team.Rules = slices.Clone(c.Team.Rules)
		if fresh {
			c.Team.Rules = append(c.Team.Rules, r)
		} else {
			c.Team.Rules[i] = r
		}
		return nil
	})
}

// checkRule names the input that is wrong; those of the nth condition end in its number.
func (c *Crew) checkRule(r civic.Rule) error {
	service, known := c.Service(r.Service)
	_, group := c.Team.Group(r.Group)
	switch {
	case r.Service != "" && !known:
		return civic.Errorf(civic.Invalid, "error.team.service").At("service")
	case r.Group == "" && r.Assignee == "":
		return civic.Errorf(civic.Invalid, "error.team.result").At("group")
	case r.Group != "" && !group:
		return civic.Errorf(civic.Invalid, "error.desk.group").At("group")
	case r.Assignee != "" && c.Person(r.Assignee) == "":
		return civic.Errorf(civic.Invalid, "error.desk.colleague").At("assignee")
	case r.InTurn && (r.Group == "" || r.Assignee != ""):
		return civic.Errorf(civic.Invalid, "error.team.turn").At("assignee")
	case r.Assignee != "" && known && !c.Team.Sees(r.Service, r.Assignee, service.Form.Package.Form.Restricted):
		return civic.Errorf(civic.Invalid, "error.desk.circle").At("assignee")
	case len(r.Conditions) > 0 && r.Service == "", len(r.Conditions) > MaxConditions:
		return civic.Errorf(civic.Invalid, "error.team.service").At("service")
	}
	var asked []formdef.Question
	if len(r.Conditions) > 0 {
		asked = service.Form.Questions("de")
	}
	for i, x := range r.Conditions {
		n := string(rune('0' + i))
		switch {
		case !slices.ContainsFunc(asked, func(q formdef.Question) bool { return q.Pointer == x.Pointer }):
			return civic.Errorf(civic.Invalid, "error.team.question").At("pointer" + n)
		case x.Test == civic.TestIs && strings.Trim(x.Value, ", ") == "":
			return civic.Errorf(civic.Invalid, "error.team.value").At("value" + n)
		case x.Test == civic.TestLetters && (!letters(x.From) || !letters(x.To)):
			return civic.Errorf(civic.Invalid, "error.team.letters").At("from" + n)
		case x.Test == civic.TestBetween && (x.From+x.To == "" || !bound(x.From) || !bound(x.To)):
			return civic.Errorf(civic.Invalid, "error.team.bounds").At("from" + n)
		case !slices.Contains(Tests, x.Test):
			return civic.Errorf(civic.Invalid, "error.team.test").At("test" + n)
		}
	}
	return nil
}

func letters(s string) bool {
	return s != "" && len(s) <= 40 && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

func bound(s string) bool { return s == "" || civic.Bound(s) }

// MoveRule puts a rule one place earlier or later: the first that holds decides.
func (s *Service) MoveRule(ctx context.Context, who civic.Actor, tenant string, revision int64, id string, up bool) error {
	return s.change(ctx, who, tenant, revision, "team.rule.moved", id, func(c *Crew) error {
		rules := slices.Clone(c.Team.Rules)
		i := slices.IndexFunc(rules, func(r civic.Rule) bool { return r.ID == id })
		j := i + 1
		if up {
			j = i - 1
		}
		if i < 0 {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		if j >= 0 && j < len(rules) {
			rules[i], rules[j] = rules[j], rules[i]
		}
		c.Team.Rules = rules
		return nil
	})
}

// DeleteRule takes a rule away.
func (s *Service) DeleteRule(ctx context.Context, who civic.Actor, tenant string, revision int64, id string) error {
	return s.change(ctx, who, tenant, revision, "team.rule.deleted", id, func(c *Crew) error {
		n := len(c.Team.Rules)
		c.Team.Rules = slices.DeleteFunc(slices.Clone(c.Team.Rules), func(r civic.Rule) bool { return r.ID == id })
		if len(c.Team.Rules) == n {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		return nil
	})
}
