package formimport

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// xdfConverter makes a package of one schema.
type xdfConverter struct {
	report   *Report
	lists    []*codeList
	used     map[string]bool   // files of code lists that a field refers to
	shared   map[string]int    // text of a group's or list's schema → how often it occurs
	defs     *object           // $defs
	defNames map[string]string // text → name in $defs
	keys     map[string]string // i18n key → what it means
}

// xnode is an element in its place, with the name of its property.
type xnode struct {
	el       *xdfElement
	parent   *xnode
	key      string   // name in the answers, "" for a label
	path     []string // in its frame: the answers, or one row of the list around it
	min, max int      // how often; max 0 is without bound
	bezug    []string
	kids     []*xnode
	rules    []any     // x-rules proposed for this group
	cond     []any     // if/then proposed for this group
	show     *object   // rule of the UI schema proposed for this element
	optional bool      // only asked under a condition, so never plainly required
	choice   *xdfCodes // choices of a select
}

// repeats tells whether the element is answered several times.
func (n *xnode) repeats() bool { return n.max != 1 }

// holds tells whether there is anything to answer in it.
func (n *xnode) holds() bool {
	if n.el.kind == isField {
		return n.key != ""
	}
	for _, k := range n.kids {
		if k.holds() {
			return true
		}
	}
	return false
}

// asks tells whether an answer is wanted somewhere in it whatever else is answered: only then its object is required.
func (n *xnode) asks() bool {
	switch {
	case n.min < 1 || n.optional || !n.holds():
		return false
	case n.el.kind == isField:
		return n.el.fieldArt != "hidden" && n.el.fieldArt != "locked" || n.el.content != ""
	case n.repeats():
		return true
	}
	for _, k := range n.kids {
		if k.asks() {
			return true
		}
	}
	return false
}

// what is how the report calls the element.
func (e *xdfElement) what() string {
	if e.id == "" {
		return e.title()
	}
	return e.title() + " (" + e.id + ")"
}

// tree gives every element its place and name.
func (c *xdfConverter) tree(top *xdfElement) *xnode {
	root := &xnode{el: top, min: 1, max: 1}
	c.grow(root)
	root.setPaths(nil)
	c.choose(root)
	return root
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

func (c *xdfConverter) grow(n *xnode) {
	taken := map[string]bool{}
	for i, kid := range n.el.kids {
		k := &xnode{el: kid.el, parent: n, bezug: kid.bezug}
		if !c.multiplicity(k, kid.count) {
			continue
		}
		c.grow(k)
		if kid.el.kind == isField && kid.el.fieldArt == "label" {
			n.kids = append(n.kids, k)
			continue
		}
		k.key = kid.el.id
		if !plainName.MatchString(k.key) {
			k.key = "f" + strconv.Itoa(i+1)
			c.report.chose(kid.el.what(), "has no usable id; its answers are called %s", k.key)
		}
		for name, j := k.key, 2; taken[k.key]; j++ {
			if k.key = fmt.Sprintf("%s_%d", name, j); !taken[k.key] {
				c.report.chose(kid.el.what(), "stands twice in the same group; the second is called %s, which other systems do not know", k.key)
			}
		}
		taken[k.key] = true
		n.kids = append(n.kids, k)
	}
	if n.el.kind == isGroup && !n.holds() && len(n.kids) == 0 {
		c.report.lose(n.el.what(), "the group is empty")
	}
	if n.el.art == "X" {
		for _, k := range n.kids {
			k.optional = true
		}
	}
}

// setPaths fills in the paths once every name is known.
func (n *xnode) setPaths(base []string) {
	for _, k := range n.kids {
		k.path = base
		if k.key != "" {
			k.path = append(append([]string{}, base...), k.key)
		}
		if k.repeats() {
			k.setPaths(nil) // paths inside begin again at the row
		} else {
			k.setPaths(k.path)
		}
	}
}

// multiplicity reads "1:1", "0:*". It returns false for an element that is never there.
func (c *xdfConverter) multiplicity(n *xnode, count string) bool {
	n.min, n.max = 1, 1
	low, high, ok := strings.Cut(strings.ReplaceAll(count, " ", ""), ":")
	least, err := strconv.Atoi(low)
	most, err2 := strconv.Atoi(high)
	if high == "*" {
		most, err2 = 0, nil
	}
	switch {
	case !ok || err != nil || err2 != nil || least < 0 || most < 0 || least > 1000 || (most > 0 && most < least):
		c.report.lose(n.el.what(), "the multiplicity %q cannot be read; 1:1 is taken", clip(count, 40))
		return true
	case high == "0":
		c.report.lose(n.el.what(), "left out: its multiplicity is 0:0")
		return false
	}
	n.min, n.max = least, most
	return true
}

// clip shortens a foreign text for a remark.
func clip(s string, n int) string {
	r := []rune(oneLine(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}

// count sums up for the report, and names elements that the catalogue itself does not mean to be used as they are.
func (c *xdfConverter) count(n *xnode) {
	for _, k := range n.kids {
		switch {
		case k.el.status == "inaktiv" || k.el.status == "7" || k.el.status == "8":
			c.report.chose(k.el.what(), "is marked as inactive in the catalogue (status %s); look for what took its place", k.el.status)
		case k.el.elementArt == "ABS":
			c.report.chose("abstract elements", "the catalogue means others to be derived from those with elementArt ABS; look for them in schema.json")
		}
		if k.el.until != "" {
			c.report.chose(k.el.what(), "is valid until %s by the catalogue; nothing checks that", clip(k.el.until, 40))
		}
		switch {
		case k.el.kind == isGroup:
			c.report.Counts.Groups++
			if k.repeats() {
				c.report.Counts.Lists++
			}
		case k.el.fieldArt == "label" || k.el.fieldArt == "hidden":
		case k.el.dataType == "file" || k.el.dataType == "obj":
			c.report.Counts.Files++
			c.report.Counts.Questions++
		default:
			c.report.Counts.Questions++
		}
		c.count(k)
	}
}
