package formimport

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	showRule = regexp.MustCompile(`(?i)^wenn (?:in |im )?(?:(?:das|die|der|dem|den) )?(?:(?:daten)?feld(?:es)? )?@(\d+)([^=<>@]{0,200})(?:===|==|=)([^<>@]{1,600}?),? ?dann (.+)$`)
	// where the second half begins: what is to happen otherwise
	otherwise = regexp.MustCompile(`(?i)[,.;]? ?\b(?:sonst|ansonsten|andernfalls|wenn)\b`)
	showVerb  = regexp.MustCompile(`(?i)\b(?:muss .*(?:befüllt|ausgefüllt|angezeigt)|zeige|aktiviere|(?:ist|sind) .*(?:zu befüllen|anzuzeigen|einzublenden)|blende .* ein)\b`)
	mustVerb  = regexp.MustCompile(`(?i)\b(?:befüllt|ausgefüllt|pflicht\w*|zu befüllen)\b`)
	hideVerb  = regexp.MustCompile(`(?i)\b(?:nicht|deaktiviere|auszublenden|ausgeblendet|blende)\b`)
	notPlain  = regexp.MustCompile(`(?i)\b(?:nicht|kein\w*|wobei|vorbefüll\w*|ausgewählt|den wert|länder|land|länge|größer|kleiner|alle|deaktivier\w*|ausblend\w*|auszublenden)\b|[<>]`)
	otherCond = regexp.MustCompile(`(?i)<>|!=|\bsonst\b|\bansonsten\b|\bandernfalls\b|\bnein\b|\bfalsch\b|===? ?|= `)
)

// proposeShow recognises "if this is chosen, show that, otherwise not" and writes a rule of the UI schema, and, where the
// sentence demands an answer, the requirement under the same condition.
func (c *xdfConverter) proposeShow(s sentence) string {
	m := showRule.FindStringSubmatch(s.text)
	if m == nil {
		return ""
	}
	when := s.named("@" + m[1])
	then, other := m[4], ""
	if cut := otherwise.FindStringIndex(then); cut != nil {
		then, other = then[:cut[0]], then[cut[0]:]
	}
	targets := s.named(then)
	if len(when) != 1 || len(targets) == 0 || slices.Contains(targets, when[0]) || len(when)+len(targets) != len(s.refs) {
		return ""
	}
	if !showVerb.MatchString(then) || notPlain.MatchString(then) || !hideVerb.MatchString(other) || !otherCond.MatchString(other) {
		return ""
	}
	in := conditionValues(when[0], m[3])
	if in == nil || when[0].repeats() {
		return ""
	}
	if !within(when[0], targets) {
		return ""
	}
	said := []string{}
	for _, t := range targets {
		must := mustVerb.MatchString(then) || t.min > 0
		c.show(s.host, when[0], t, in, must)
		said = append(said, fmt.Sprintf("%s is shown%s", t.el.title(), map[bool]string{true: " and required"}[must && t.wants()]))
	}
	shown, _ := flat(in)
	return fmt.Sprintf("%s when the answer to „%s“ is %s", strings.Join(said, ", "), when[0].el.title(), strings.Trim(shown, "[]"))
}

// within tells whether the targets can be shown by that answer: none lies around it, none was shown by one of them before.
func within(when *xnode, targets []*xnode) bool {
	for _, t := range targets {
		if t.leaf() == nil && t.holds() {
			return false
		}
		for up := when; up != nil; up = up.parent {
			if up == t {
				return false
			}
		}
	}
	return true
}

// conditionValues reads the values of the condition; nil when one of them is no choice of the field.
func conditionValues(n *xnode, text string) []any {
	var out []any
	for _, alt := range regexp.MustCompile(`(?i)\boder\b`).Split(text, -1) {
		alt = strings.Trim(alt, ` ="'„“”(),`)
		word := regexp.MustCompile(`^[^\s"'„“”,]+`).FindString(alt)
		switch {
		case n.choice == nil && n.el.dataType == "bool":
			switch strings.ToLower(word) {
			case "ja", "wahr", "true":
				out = append(out, true)
			case "nein", "falsch", "false":
				out = append(out, false)
			default:
				return nil
			}
		case n.choice != nil && n.el.dataType == "text":
			i := slices.IndexFunc(n.choice.codes, func(c code) bool {
				return c.value == word || strings.EqualFold(c.name, strings.Trim(alt, `"' `))
			})
			if i < 0 || len(out) > 50 {
				return nil
			}
			out = append(out, n.choice.codes[i].value)
		default:
			return nil
		}
	}
	return out
}

// show writes the rule at the target. A target that several sentences show appears when one of them holds.
func (c *xdfConverter) show(host, when, target *xnode, in []any, must bool) {
	is := obj("enum", in)
	if len(in) == 1 {
		is = obj("const", in[0])
	}
	cond := obj("scope", scopeOf(when.path), "schema", is, "failWhenUndefined", true)
	if target.show == nil {
		target.show = obj("effect", "SHOW", "condition", cond)
	} else if old := target.show.sub("condition"); old.str("type") == "OR" {
		old.set("conditions", append(old.list("conditions"), cond))
	} else {
		target.show.set("condition", obj("type", "OR", "conditions", []any{old, cond}))
	}
	target.optional = true
	if !must || !target.wants() {
		return
	}
	base := host.path
	if host.repeats() {
		base = nil
	}
	path := target.path[len(base):]
	then := obj("required", []any{path[len(path)-1]})
	for i := len(path) - 2; i >= 0; i-- {
		then = obj("properties", obj(path[i], then))
	}
	given := when.path[len(base):]
	last := given[len(given)-1]
	test := obj("required", []any{last}, "properties", obj(last, is))
	for i := len(given) - 2; i >= 0; i-- {
		test = obj("required", []any{given[i]}, "properties", obj(given[i], test))
	}
	host.cond = append(host.cond, obj("if", test, "then", then))
}

// wants tells whether the element holds something that must be answered once it is shown.
func (n *xnode) wants() bool {
	was, least := n.optional, n.min
	n.optional, n.min = false, max(n.min, 1)
	out := n.asks()
	n.optional, n.min = was, least
	return out
}
