package formtest

import (
	"strings"

	"golang.org/x/net/html"
)

// Input is one control of a page, as a browser without scripts sees it.
type Input struct {
	Kind     string // text, textarea, select, radio, checkbox, file
	Name     string
	Value    string // what would be sent; of radio and checkbox if it is on
	On       bool   // a radio or checkbox that is on
	Options  []string
	Disabled bool
	ReadOnly bool
}

// Page is what a page holds for a browser without scripts.
type Page struct {
	Inputs  []Input
	Actions []string // values of the buttons
	IDs     map[string]int
	Refs    []string // ids that for, aria-describedby, aria-labelledby and links refer to
	Unnamed []string // controls without a label, by name
}

// Read reads the HTML of a page. What stands in template elements is not there for a browser without scripts.
func Read(source string) (Page, error) {
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return Page{}, err
	}
	p := Page{IDs: map[string]int{}}
	r := &reader{page: &p, labels: map[string]bool{}}
	r.walk(root, false)
	for i, in := range p.Inputs {
		if id := r.ids[i]; !r.labels[id] {
			p.Unnamed = append(p.Unnamed, in.Name)
		}
	}
	return p, nil
}

type reader struct {
	page   *Page
	ids    []string
	labels map[string]bool
}

func attr(n *html.Node, key string) string {
	v, _ := has(n, key)
	return v
}

func has(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func (r *reader) walk(n *html.Node, disabled bool) {
	if n.Type == html.ElementNode {
		if n.Data == "template" {
			return
		}
		r.refs(n)
		if _, off := has(n, "disabled"); off && n.Data == "fieldset" {
			disabled = true
		}
		r.control(n, disabled)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, disabled)
	}
}

func (r *reader) refs(n *html.Node) {
	if id := attr(n, "id"); id != "" {
		r.page.IDs[id]++
	}
	for _, key := range []string{"for", "aria-describedby", "aria-labelledby"} {
		r.page.Refs = append(r.page.Refs, strings.Fields(attr(n, key))...)
	}
	if n.Data == "label" && strings.TrimSpace(words(n)) != "" {
		r.labels[attr(n, "for")] = true
	}
}

func (r *reader) control(n *html.Node, disabled bool) {
	_, off := has(n, "disabled")
	_, readonly := has(n, "readonly")
	in := Input{Name: attr(n, "name"), Value: attr(n, "value"), Disabled: disabled || off, ReadOnly: readonly}
	switch n.Data {
	case "input":
		switch in.Kind = attr(n, "type"); in.Kind {
		case "radio", "checkbox":
			_, in.On = has(n, "checked")
		case "file", "hidden":
		default:
			in.Kind = "text"
			in.Value = strings.NewReplacer("\r", "", "\n", "").Replace(in.Value)
		}
	case "textarea":
		in.Kind = "textarea"
		in.Value = strings.ReplaceAll(words(n), "\n", "\r\n") // the parser dropped the line break after the tag already
	case "select":
		in.Kind = "select"
		r.options(n, &in)
	case "button":
		r.page.Actions = append(r.page.Actions, in.Value)
		return
	default:
		return
	}
	r.page.Inputs = append(r.page.Inputs, in)
	r.ids = append(r.ids, attr(n, "id"))
}

func (r *reader) options(n *html.Node, in *Input) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.Data == "option" {
			v := attr(c, "value")
			if _, selected := has(c, "selected"); selected || len(in.Options) == 0 {
				in.Value = v
			}
			in.Options = append(in.Options, v)
			continue
		}
		r.options(c, in)
	}
}

func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(words(c))
	}
	return b.String()
}

// Post is what a browser sends of the page as it is.
func (p Page) Post() map[string][]string {
	out := map[string][]string{}
	for _, in := range p.Inputs {
		if in.Disabled || in.Name == "" || in.Kind == "file" || (in.Kind == "radio" || in.Kind == "checkbox") && !in.On {
			continue
		}
		out[in.Name] = append(out[in.Name], in.Value)
	}
	return out
}

// Broken names what a page must not have: ids that stand twice, references to nothing, controls without a name.
func (p Page) Broken() []string {
	var out []string
	for id, n := range p.IDs {
		if n > 1 {
			out = append(out, "the id "+id+" stands twice")
		}
	}
	for _, ref := range p.Refs {
		if p.IDs[ref] == 0 {
			out = append(out, "nothing has the id "+ref)
		}
	}
	for _, name := range p.Unnamed {
		out = append(out, "no label for "+name)
	}
	return out
}
