package formimport

import (
	"strconv"
	"strings"
)

// A help text up to this length stands under its question; a longer one unfolds.
const maxHint = 200

// helpOf divides the help of a field into a hint and a text to unfold.
func helpOf(e *xdfElement) (hint, help string) {
	h := paragraphs(e.help)
	if oneLine(h) == e.title() {
		return "", ""
	}
	if len([]rune(h)) <= maxHint && !strings.Contains(h, "\n") {
		return h, ""
	}
	return "", h
}

// pages writes ui.json: each group of the top level is a page.
func (c *xdfConverter) pages(root *xnode) *object {
	var list []section
	for _, k := range root.kids {
		switch {
		case k.el.kind == isField:
			list = append(list, section{elements: c.control(k)})
		case k.repeats():
			list = append(list, section{title: k.el.title(), group: true, elements: c.repeated(k), rule: k.show})
		default:
			list = append(list, section{title: k.el.title(), group: true, elements: c.inside(k), rule: k.show})
		}
	}
	if help := c.groupHelp(root); len(help) > 0 && len(list) > 0 {
		list[0].elements = append(help, list[0].elements...)
	}
	for i, k := range root.kids {
		if n := k.questions(); n > longPage && k.el.kind == isGroup && list[i].group {
			c.report.chose(k.el.what(), "asks up to %d questions, and is divided into pages where its sections allow", n)
		}
	}
	ui, pages := categorize(list)
	c.report.Counts.Pages = pages
	return ui
}

// questions counts what a page of the element would ask at most, one row of each list.
func (n *xnode) questions() int {
	if n.el.kind == isField {
		if n.key == "" || n.el.fieldArt == "hidden" || n.el.fieldArt == "locked" {
			return 0
		}
		return 1
	}
	sum := 0
	for _, k := range n.kids {
		sum += k.questions()
	}
	return sum
}

// inside are the elements of a group with its help before them.
func (c *xdfConverter) inside(n *xnode) []any {
	out := c.groupHelp(n)
	for _, k := range n.kids {
		out = append(out, c.elements(k)...)
	}
	return out
}

func (c *xdfConverter) elements(n *xnode) []any {
	switch {
	case n.el.kind == isField:
		return c.control(n)
	case !n.holds() && len(n.kids) == 0:
		return nil
	case n.repeats() && n.holds():
		return c.repeated(n)
	}
	return []any{obj("type", "Group", "label", n.el.title(), "rule", optional(n.show), "elements", c.inside(n))}
}

// groupHelp is a sentence, or a text to unfold.
func (c *xdfConverter) groupHelp(n *xnode) []any {
	hint, help := helpOf(n.el)
	key := c.key("gruppe.", n.el, n.el.help)
	switch {
	case hint != "":
		return []any{obj("type", "Label", "text", hint, "i18n", key)}
	case help != "":
		return []any{obj("type", "HelpContent", "label", "Hilfe: "+n.el.title(), "i18n", key, "text", escapeMarkdown(help))}
	}
	return nil
}

// repeated is a list of rows. Scopes inside begin again at the row.
func (c *xdfConverter) repeated(n *xnode) []any {
	rows := obj("type", "VerticalLayout", "elements", c.inside(n))
	options := obj("itemLabel", n.el.title(), "detail", rows)
	return []any{obj("type", "Control", "scope", scopeOf(n.path), "options", options, "rule", optional(n.show))}
}

// control is the question of a field, or the text of a label.
func (c *xdfConverter) control(n *xnode) []any {
	e := n.el
	switch e.fieldArt {
	case "label":
		return c.label(n)
	case "hidden":
		return nil
	case "locked":
		if e.content == "" {
			return nil
		}
	case "", "input", "select":
	default:
		c.report.lose(e.what(), "the kind %q is not known; it is asked as input", clip(e.fieldArt, 40))
	}
	o := obj()
	if _, help := helpOf(e); help != "" {
		o.set("help", escapeMarkdown(help))
	}
	if n.choice != nil && len(n.choice.codes) <= 5 && !n.repeats() {
		o.set("format", "radio")
	}
	if v, err := strconv.Atoi(e.limits["maxLength"]); err == nil && v > 255 && n.choice == nil && (e.dataType == "text" || e.dataType == "text_latin") {
		o.set("multi", true)
	}
	out := obj("type", "Control", "scope", scopeOf(n.path))
	if len(o.keys) > 0 {
		out.set("options", o)
	}
	if n.show != nil {
		out.set("rule", n.show)
	}
	return []any{out}
}

// label is a text on the page; it has no answer.
func (c *xdfConverter) label(n *xnode) []any {
	e := n.el
	words := paragraphs(e.content)
	if words == "" {
		words = e.title()
	}
	key := c.key("hinweis.", e, words+"\n"+e.help)
	out := obj("type", "Label", "text", words, "i18n", key)
	if strings.Contains(words, "\n") || len([]rune(words)) > 600 {
		out = obj("type", "HelpContent", "label", e.title(), "i18n", key, "text", escapeMarkdown(words))
		c.report.chose(e.what(), "a long text of the page; it unfolds under its title")
	}
	if n.show != nil {
		out.set("rule", n.show)
	}
	list := []any{out}
	if hint, help := helpOf(e); hint+help != "" {
		list = append(list, obj("type", "HelpContent", "label", "Hilfe: "+e.title(), "i18n", key+".hilfe", "text", escapeMarkdown(hint+help)))
	}
	return list
}

// escapeMarkdown keeps the text of a foreign form as it was written, paragraphs and lists with dashes apart.
func escapeMarkdown(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\n")
		line = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`).Replace(line)
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, ">") || strings.HasPrefix(line, "=") || strings.HasPrefix(line, "~") {
			line = `\` + line
		}
		line = strings.ReplaceAll(strings.Replace(line, "• ", "- ", 1), "• ", "- ")
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
