package formimport

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The rules of FIM are sentences. Three forms are recognised, because the federal library words them alike again and
// again: either/or, "if the one is given, so must be the other", and "if this is chosen, show that". Everything else is
// for a person. What is recognised is a proposal too: the report puts it beside its sentence.

// rules tries every rule of the form, and the groups of which only one member may be filled (art X).
func (c *xdfConverter) rules(n *xnode) {
	for _, r := range n.el.rules {
		said := c.propose(n, r)
		c.report.rule(RuleNote{ID: r.id, Name: r.name, Text: r.text, Where: n.el.what(), Proposal: said})
	}
	if n.el.art == "X" {
		c.pickOne(n)
	}
	for _, k := range n.kids {
		c.rules(k)
	}
}

func (c *xdfConverter) pickOne(n *xnode) {
	var members []*xnode
	for _, k := range n.kids {
		if k.holds() {
			members = append(members, k)
		}
	}
	if len(members) < 2 {
		return
	}
	c.addRule(n, members, exactlyOne, n)
	c.report.chose(n.el.what(), "is a group of which exactly one member is filled (art X); a cross-field rule says so")
}

// sentence is a rule with its references cut out: @0, @1 … stand for them.
type sentence struct {
	text string
	refs []*xnode
	host *xnode // the object that holds them all
}

var (
	ruleRef   = regexp.MustCompile(`\b(?:[GF]\d{8,12}\.)*[GF]\d{8,12}\b`)
	refLabel  = regexp.MustCompile(`(@\d+)\s*(?:"[^"]*"|'[^']*'|„[^“”"]*[“”"])`)
	manyBlank = regexp.MustCompile(`\s+`)
)

// read resolves the references of a rule; ok is false when one is not there, or not only once.
func (c *xdfConverter) read(n *xnode, text string) (s sentence, ok bool) {
	s.text = manyBlank.ReplaceAllString(strings.TrimSpace(text), " ")
	if len(s.text) > 2000 {
		return s, false
	}
	names := []string{}
	s.text = ruleRef.ReplaceAllStringFunc(s.text, func(ref string) string {
		if !slices.Contains(names, ref) {
			names = append(names, ref)
		}
		return fmt.Sprintf("@%d", slices.Index(names, ref))
	})
	s.text = refLabel.ReplaceAllString(s.text, "$1")
	start := n
	if n.el.kind == isField && n.parent != nil {
		start = n.parent
	}
	for host := start; host != nil && len(names) > 0; host = host.parent {
		s.refs = nil
		for _, name := range names {
			if found := host.lookup(strings.Split(name, ".")); found != nil {
				s.refs = append(s.refs, found)
			}
		}
		if len(s.refs) == len(names) {
			s.host = host
			return s, true
		}
		if host.repeats() {
			break // a row does not see what is around its list
		}
	}
	return s, false
}

// lookup finds the element with this id (and these groups around it) below a group, in the same frame. The nearest wins
// when there are several; nil when two are equally near.
func (n *xnode) lookup(ids []string) *xnode {
	level := n.kids
	for len(level) > 0 {
		var hits, next []*xnode
		for _, k := range level {
			if k.matches(ids) && (k.holds() || k.el.fieldArt == "label") {
				hits = append(hits, k)
			}
			if !k.repeats() {
				next = append(next, k.kids...)
			}
		}
		if len(hits) > 1 {
			return nil
		}
		if len(hits) == 1 {
			return hits[0]
		}
		level = next
	}
	return nil
}

func (n *xnode) matches(ids []string) bool {
	for i := len(ids) - 1; i >= 0; i-- {
		if n == nil || longID(n.el.id) != longID(ids[i]) {
			return false
		}
		n = n.parent
	}
	return true
}

const (
	refPart  = `(?:(?:das|die|der|dem|den) )?(?:(?:daten)?feld(?:es|er|ern)?(?:gruppen?)? |(?:daten)?(?:feld)?gruppen? )*@\d+`
	refList  = refPart + `(?: ?(?:,|,? ?(?:und/)?oder|bzw\.) ?` + refPart + `)+`
	isFilled = ` ?(?:mit )?(?:befüllt|ausgefüllt|gefüllt|angegeben|belegt)(?: sein| werden)?\.?`
)

var (
	ruleSome = regexp.MustCompile(`(?i)^(?:es )?(?:(?:muss|müssen|ist|sind) )?(?:mindestens|wenigstens|zumindest) (?:eines|eine|einer|ein) (?:(?:der|von|von den|dieser) )?(?:(?:beiden|drei|folgenden) )?(?:(?:daten)?felder[n]? |(?:daten)?(?:feld)?gruppen |angaben )?:? ?(` + refList + `)(?: muss)?` + isFilled + `$`)
	ruleOr   = regexp.MustCompile(`(?i)^(?:es )?muss (` + refList + `)` + isFilled + `$`)
	ruleOne  = regexp.MustCompile(`(?i)^(?:es )?(?:(?:muss|darf|ist) )?(?:entweder|genau (?:eines|eine) der(?: beiden| folgenden)?(?: (?:daten)?felder| (?:daten)?(?:feld)?gruppen)?|entweder muss|entweder ist) (` + refList + `)(?: muss)?` + isFilled + `$`)
	ruleThen = regexp.MustCompile(`(?i)^wenn ` + refPart[:len(refPart)-len(`@\d+`)] + `@(\d+) (?:nicht leer(?: ist)?|befüllt(?: ist| wird)?|ausgefüllt(?: ist)?), ?(?:so |dann )?(?:darf|muss) ` + refPart[:len(refPart)-len(`@\d+`)] + `@(\d+) (?:nicht leer sein|(?:ebenfalls |auch )?(?:befüllt|ausgefüllt)(?: sein| werden))\.?$`)
	refToken = regexp.MustCompile(`@(\d+)`)
)

// The kinds of rules that become JSON-Logic.
const (
	atLeastOne = "at least one"
	exactlyOne = "exactly one"
	oneNeeds   = "the one needs the other"
)

// propose writes what a rule means, or returns "".
func (c *xdfConverter) propose(n *xnode, r xdfRule) string {
	s, ok := c.read(n, r.text)
	if !ok {
		return ""
	}
	for _, form := range []struct {
		re   *regexp.Regexp
		kind string
	}{{ruleSome, atLeastOne}, {ruleOr, atLeastOne}, {ruleOne, exactlyOne}} {
		if m := form.re.FindStringSubmatch(s.text); m != nil {
			return c.addRule(s.host, s.named(m[1]), form.kind, n)
		}
	}
	if m := ruleThen.FindStringSubmatch(s.text); m != nil && m[1] != m[2] {
		return c.addRule(s.host, s.named("@"+m[1]+" @"+m[2]), oneNeeds, n)
	}
	return c.proposeShow(s)
}

// named lists the elements that a part of the sentence names.
func (s sentence) named(part string) []*xnode {
	var out []*xnode
	for _, m := range refToken.FindAllStringSubmatch(part, -1) {
		i := 0
		for _, d := range m[1] {
			i = min(i*10+int(d-'0'), 1000)
		}
		if i < len(s.refs) && !slices.Contains(out, s.refs[i]) {
			out = append(out, s.refs[i])
		}
	}
	return out
}

// addRule writes a cross-field rule at the host. It returns "" when a member must be filled anyway, so that the
// sentence and the multiplicities contradict each other, or when no page asks for a member.
func (c *xdfConverter) addRule(host *xnode, members []*xnode, kind string, bearer *xnode) string {
	base := host.path
	if host.repeats() {
		base = nil
	}
	var names, pointers, labels []any
	for _, m := range members {
		leaf := m.leaf()
		if leaf == nil || kind != oneNeeds && m.min > 0 && !m.optional || len(members) < 2 {
			return ""
		}
		names = append(names, pointer(m.path[len(base):]))
		pointers = append(pointers, pointer(leaf.path[len(base):]))
		labels = append(labels, "„"+m.el.title()+"“")
	}
	var logic, message any
	switch kind {
	case atLeastOne:
		logic = obj("!", obj("missing_some", []any{1, names}))
		message = "Machen Sie zu mindestens einem dieser Punkte Angaben: " + enumerate(labels) + "."
	case exactlyOne:
		logic = obj("==", []any{obj("count", obj("missing", names)), len(names) - 1})
		message = "Machen Sie zu genau einem dieser Punkte Angaben: " + enumerate(labels) + "."
	case oneNeeds:
		logic = obj("or", []any{obj("missing", names[:1]), obj("!", obj("missing", names[1:]))})
		message = fmt.Sprintf("Wenn Sie %s angeben, geben Sie bitte auch %s an.", labels[0], labels[1])
		pointers = pointers[1:]
	}
	if host.mayBeAbsent() {
		logic = obj("or", []any{obj("!", obj("var", "")), logic})
	}
	rule := obj("logic", logic, "message", message, "pointers", pointers)
	text, _ := flat(rule)
	for _, known := range host.rules {
		if t, _ := flat(known); t == text {
			return "the same cross-field rule as above"
		}
	}
	host.rules = append(host.rules, rule)
	return fmt.Sprintf("cross-field rule (%s): %s", kind, message)
}

// enumerate joins labels: a, b oder c.
func enumerate(labels []any) string {
	var b strings.Builder
	for i, l := range labels {
		switch {
		case i > 0 && i == len(labels)-1:
			b.WriteString(" oder ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, l)
	}
	return b.String()
}

// leaf is the first question of an element: where a message about it is shown.
func (n *xnode) leaf() *xnode {
	switch {
	case n.repeats() && n.holds():
		return n
	case n.el.kind == isField:
		if n.key == "" || n.el.fieldArt == "hidden" || n.el.fieldArt == "locked" {
			return nil
		}
		return n
	}
	for _, k := range n.kids {
		if l := k.leaf(); l != nil {
			return l
		}
	}
	return nil
}

// mayBeAbsent tells whether the object of a group may be left out as a whole: then its rules say nothing.
func (n *xnode) mayBeAbsent() bool {
	for ; n != nil && n.parent != nil; n = n.parent {
		if n.repeats() {
			return false // a row that is there counts
		}
		if n.min < 1 || n.optional || n.show != nil {
			return true
		}
	}
	return false
}
