package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// control is a form control with what a visitor has made of it.
type control struct {
	node    *html.Node
	name    string
	kind    string // type of an input, else the element's name
	value   string
	checked bool
	files   []file
}

// file is a file that was chosen in a file input.
type file struct {
	Name string
	Body []byte
}

// form is a form with its controls, in document order. Controls outside of it that name it belong to it too.
type form struct {
	node     *html.Node
	controls []*control
}

// forms reads all forms of a page as a browser does when it shows it.
func (p *Page) forms() []*form {
	var out []*form
	for _, n := range p.tag("form") {
		f := &form{node: n}
		for _, c := range p.tag("input", "select", "textarea", "button") {
			if p.owner(c) == n {
				f.controls = append(f.controls, newControl(c))
			}
		}
		out = append(out, f)
	}
	return out
}

// owner is the form that a control belongs to.
func (p *Page) owner(c *html.Node) *html.Node {
	if id := attr(c, "form"); id != "" {
		return p.ids[id]
	}
	for n := c.Parent; n != nil; n = n.Parent {
		if n.Data == "form" {
			return n
		}
	}
	return nil
}

func newControl(n *html.Node) *control {
	c := &control{node: n, name: attr(n, "name"), kind: n.Data, value: attr(n, "value")}
	switch n.Data {
	case "input":
		if c.kind = attr(n, "type"); c.kind == "" {
			c.kind = "text"
		}
		c.checked = has(n, "checked")
		if (c.kind == "checkbox" || c.kind == "radio") && !has(n, "value") {
			c.value = "on"
		}
	case "textarea":
		var b strings.Builder
		for t := range n.Descendants() {
			b.WriteString(t.Data)
		}
		c.value = b.String()
	case "select":
		c.value = ""
		for i, o := range c.options() {
			if has(o, "selected") || i == 0 {
				c.value = optionValue(o)
			}
		}
	case "button":
		if c.kind = attr(n, "type"); c.kind == "" {
			c.kind = "submit"
		}
	}
	return c
}

func (c *control) options() []*html.Node {
	var out []*html.Node
	for o := range c.node.Descendants() {
		if o.Data == "option" && o.Type == html.ElementNode {
			out = append(out, o)
		}
	}
	return out
}

func optionValue(o *html.Node) string {
	if has(o, "value") {
		return attr(o, "value")
	}
	return text(o)
}

// disabled tells whether the control or a fieldset around it is switched off.
func (c *control) disabled() bool {
	for n := c.node; n != nil; n = n.Parent {
		if has(n, "disabled") && (n == c.node || n.Data == "fieldset") {
			return true
		}
	}
	return false
}

// has tells whether the form holds a control of this name.
func (f *form) has(name string) bool {
	return slices.ContainsFunc(f.controls, func(c *control) bool { return c.name == name })
}

// value is what a control of this name holds: of radios and checkboxes what is chosen, joined by commas.
func (f *form) value(name string) string {
	var out []string
	for _, c := range f.controls {
		if c.name == name && c.kind != "submit" && (c.kind != "checkbox" && c.kind != "radio" || c.checked) {
			out = append(out, c.value)
		}
	}
	return strings.Join(out, ",")
}

// fill types or chooses: values of checkboxes are joined by commas, "" unticks.
func (f *form) fill(name, value string) error {
	found := false
	for _, c := range f.controls {
		if c.name != name || c.kind == "submit" || c.kind == "hidden" {
			continue
		}
		if c.disabled() {
			return fmt.Errorf("%s is disabled", name)
		}
		switch c.kind {
		case "radio":
			c.checked = c.value == value
			found = found || c.checked
		case "checkbox":
			c.checked = slices.Contains(strings.Split(value, ","), c.value)
			found = found || c.checked || value == ""
		case "select":
			for _, o := range c.options() {
				if optionValue(o) == value {
					c.value, found = value, true
				}
			}
		case "file":
			return fmt.Errorf("%s takes files", name)
		default:
			c.value, found = value, true
		}
	}
	if !found {
		return fmt.Errorf("there is no %s that takes %q", name, value)
	}
	return nil
}

// choose puts files into a file input.
func (f *form) choose(name string, files ...file) error {
	for _, c := range f.controls {
		if c.name == name && c.kind == "file" && !c.disabled() {
			c.files = files
			return nil
		}
	}
	return fmt.Errorf("there is no file input %s", name)
}

// button finds a submit button by "name=value" or by what it says.
func (f *form) button(words string) *control {
	name, value, pair := strings.Cut(words, "=")
	for _, c := range f.controls {
		if c.kind == "submit" && pair && c.name == name && c.value == value {
			return c
		}
	}
	for _, match := range []func(string) bool{func(s string) bool { return s == words }, func(s string) bool { return strings.HasPrefix(s, words+" ") }} {
		for _, c := range f.controls {
			if c.kind == "submit" && attr(c.node, "aria-hidden") == "" && match(text(c.node)) {
				return c
			}
		}
	}
	return nil
}

// successful are the controls that a press of the button sends, in document order.
func (f *form) successful(pressed *control) []*control {
	var out []*control
	for _, c := range f.controls {
		switch {
		case c.name == "" || c.disabled():
		case c.kind == "submit" || c.kind == "button" || c.kind == "reset":
			if c == pressed {
				out = append(out, c)
			}
		case (c.kind == "checkbox" || c.kind == "radio") && !c.checked:
		default:
			out = append(out, c)
		}
	}
	return out
}

// values are the fields of a press as name and value.
func (f *form) values(pressed *control) url.Values {
	v := url.Values{}
	for _, c := range f.successful(pressed) {
		v.Add(c.name, strings.ReplaceAll(c.value, "\n", "\r\n"))
	}
	return v
}

// escaped are the letters that browsers write otherwise in a file's name.
var escaped = strings.NewReplacer("\"", "%22", "\r", "%0D", "\n", "%0A")

// encode writes the body of a press and its content type.
func (f *form) encode(pressed *control) (io.Reader, string, error) {
	if attr(f.node, "enctype") != "multipart/form-data" {
		return strings.NewReader(f.values(pressed).Encode()), "application/x-www-form-urlencoded", nil
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, c := range f.successful(pressed) {
		if c.kind != "file" {
			if err := w.WriteField(c.name, strings.ReplaceAll(c.value, "\n", "\r\n")); err != nil {
				return nil, "", err
			}
			continue
		}
		files := c.files
		if len(files) == 0 {
			files = []file{{}} // as browsers send an empty choice
		}
		for _, x := range files {
			h := textproto.MIMEHeader{}
			h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, c.name, escaped.Replace(x.Name)))
			h.Set("Content-Type", "application/octet-stream")
			part, err := w.CreatePart(h)
			if err != nil {
				return nil, "", err
			}
			if _, err := part.Write(x.Body); err != nil {
				return nil, "", err
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return &b, w.FormDataContentType(), nil
}
