package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Page is an answer to a request, parsed when it is HTML.
type Page struct {
	Method string // of the request that it answers, for messages
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
	nodes  []*html.Node // elements in document order; nil for anything but HTML
	ids    map[string]*html.Node
}

func newPage(resp *http.Response) (*Page, error) {
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("%s %s: %w", resp.Request.Method, resp.Request.URL, err)
	}
	p := &Page{Method: resp.Request.Method, URL: resp.Request.URL, Status: resp.StatusCode, Header: resp.Header, Body: body, ids: map[string]*html.Node{}}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return p, nil
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	for n := range root.Descendants() {
		if n.Data == "template" { // waits for a script; nothing of it is on the page
			for n.FirstChild != nil {
				n.RemoveChild(n.FirstChild)
			}
		}
		if n.Type == html.ElementNode {
			p.nodes = append(p.nodes, n)
			if id := attr(n, "id"); id != "" && p.ids[id] == nil {
				p.ids[id] = n
			}
		}
	}
	return p, nil
}

// String names the page in messages.
func (p *Page) String() string { return p.Method + " " + p.URL.RequestURI() }

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// text is what an element says, with single spaces.
func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "script" {
			b.WriteString(c.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// all are the elements that the function accepts.
func (p *Page) all(accept func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for _, n := range p.nodes {
		if accept(n) {
			out = append(out, n)
		}
	}
	return out
}

func (p *Page) tag(names ...string) []*html.Node {
	return p.all(func(n *html.Node) bool { return slices.Contains(names, n.Data) })
}

// Text is what the whole page says, controls' values left out.
func (p *Page) Text() string {
	if p.nodes == nil {
		return string(p.Body)
	}
	return text(p.nodes[0].Parent)
}

// Attr is the value of the first attribute of this name on the page, "" without one.
func (p *Page) Attr(name string) string {
	for _, n := range p.nodes {
		if has(n, name) {
			return attr(n, name)
		}
	}
	return ""
}

// Class is the text of the first element of a class, "" without one.
func (p *Page) Class(name string) string {
	for _, n := range p.nodes {
		if slices.Contains(strings.Fields(attr(n, "class")), name) {
			return text(n)
		}
	}
	return ""
}

// scanned is what a file's line says about the virus scan, which may end at any moment.
var scanned = regexp.MustCompile(` · (Wird|Nicht) auf Schadsoftware geprüft`)

// Answers are the summary lists of the page, each line "question: answer".
func (p *Page) Answers() []string {
	var out []string
	for _, n := range p.tag("section") {
		if !slices.Contains(strings.Fields(attr(n, "class")), "aw-summary") || attr(n, "aria-labelledby") == "kosten" {
			continue
		}
		question := ""
		for c := range n.Descendants() {
			switch c.Data {
			case "dt":
				question = text(c)
			case "dd":
				out = append(out, question+": "+scanned.ReplaceAllString(text(c), ""))
			}
		}
	}
	return out
}

// Problems are the entries of the error summary.
func (p *Page) Problems() []string {
	box := p.ids["fehler"]
	if box == nil {
		return nil
	}
	var out []string
	for c := range box.Descendants() {
		if c.Data == "li" {
			out = append(out, text(c))
		}
	}
	return out
}

// unworded matches a catalogue key that was shown in place of its text.
var unworded = regexp.MustCompile(`(?:^|[ >(])((?:error|notice|desk|admin|state|case|me|apply|check|receipt|portal|service|shell|problem|form|file|answer|choice|role|kind|connector|level|event|outcome|payment|module)\.[a-z_]+(?:\.[a-z_0-9]+)*)(?:[ <)]|$)`)

// leaks are signs that something inside shows through.
var leaks = []string{"goroutine ", "panic:", "runtime error", ".go:", "SQLSTATE", "sql: ", "templ: ", "%!", "<nil>"}

// faults lists what is wrong with a page whatever it is about.
func (p *Page) faults() []string {
	if p.nodes == nil {
		return nil
	}
	var out []string
	fault := func(what string) { out = append(out, what) }
	if n := len(p.tag("h1")); n != 1 {
		fault("not exactly one h1")
	}
	if lang := attr(p.nodes[0], "lang"); lang == "" {
		fault("no language")
	}
	if titles := p.tag("title"); len(titles) == 0 || text(titles[0]) == "" {
		fault("no title")
	}
	policy := p.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		fault("content security policy " + policy)
	}
	seen := map[string]bool{}
	labels := map[string]bool{}
	for _, n := range p.nodes {
		if id := attr(n, "id"); id != "" && seen[id] {
			fault("id twice: " + id)
		} else {
			seen[id] = true
		}
		if n.Data == "label" && text(n) != "" {
			labels[attr(n, "for")] = true
		}
	}
	for _, n := range p.nodes {
		p.elementFaults(n, labels, fault)
	}
	words := p.Text()
	for _, l := range leaks {
		if strings.Contains(words, l) {
			fault("shows what is inside: " + l)
		}
	}
	if m := unworded.FindStringSubmatch(words); m != nil && !strings.HasSuffix(m[1], ".yaml") && !strings.HasSuffix(m[1], ".json") {
		fault("text missing: " + m[1])
	}
	return out
}

func (p *Page) elementFaults(n *html.Node, labels map[string]bool, fault func(string)) {
	name := "<" + n.Data + " id=" + attr(n, "id") + " name=" + attr(n, "name") + ">"
	switch n.Data {
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !labels[attr(n, "id")] && attr(n, "aria-label") == "" {
			fault("no label: " + name)
		}
	case "button", "a":
		if text(n) == "" && attr(n, "aria-label") == "" && attr(n, "aria-hidden") == "" {
			fault("says nothing: " + name + attr(n, "href"))
		}
		if target, local := strings.CutPrefix(attr(n, "href"), "#"); local && p.ids[target] == nil {
			fault("leads nowhere: #" + target)
		}
	case "img":
		if !has(n, "alt") {
			fault("no alt: " + attr(n, "src"))
		}
	case "script":
		if attr(n, "src") == "" {
			fault("inline script")
		}
	case "style":
		fault("inline style sheet")
	case "form":
		token := func(c *html.Node) bool { return attr(c, "name") == "_csrf" && attr(c, "value") != "" }
		if strings.EqualFold(attr(n, "method"), "post") && !strings.HasPrefix(p.URL.Path, "/demo/") && !slices.ContainsFunc(slices.Collect(n.Descendants()), token) {
			fault("post without token: " + attr(n, "action"))
		}
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "style", strings.HasPrefix(a.Key, "on"):
			fault("inline " + a.Key + ": " + name)
		case a.Key == "tabindex" && a.Val > "0":
			fault("positive tabindex: " + name)
		case a.Key == "aria-describedby", a.Key == "aria-labelledby", a.Key == "form", a.Key == "for":
			for _, id := range strings.Fields(a.Val) {
				if p.ids[id] == nil {
					fault(a.Key + " leads nowhere: " + id + " at " + name)
				}
			}
		}
	}
}

// link finds the first link that says exactly these words, else one that contains them.
func (p *Page) link(words string) *html.Node {
	for _, match := range []func(string) bool{func(s string) bool { return s == words }, func(s string) bool { return strings.Contains(s, words) }} {
		for _, n := range p.tag("a") {
			if match(text(n)) {
				return n
			}
		}
	}
	return nil
}
