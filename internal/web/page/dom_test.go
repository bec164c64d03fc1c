package page_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is a parsed page with the questions that accessibility asks of it.
type document struct {
	nodes []*html.Node
	ids   map[string]int
}

func parse(t *testing.T, body []byte) document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	d := document{ids: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		d.nodes = append(d.nodes, n)
		if id := attr(n, "id"); id != "" {
			d.ids[id]++
		}
	}
	return d
}

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

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// faults lists what is wrong with a page.
func (d document) faults() []string {
	var out []string
	fault := func(what string, n *html.Node) {
		out = append(out, what+": <"+n.Data+" id="+attr(n, "id")+" name="+attr(n, "name")+">")
	}
	labelled := map[string]bool{}
	headings := 0
	for _, n := range d.nodes {
		switch n.Data {
		case "h1":
			headings++
		case "label":
			labelled[attr(n, "for")] = text(n) != ""
		}
	}
	if headings != 1 {
		out = append(out, "not exactly one h1")
	}
	for id, count := range d.ids {
		if count > 1 {
			out = append(out, "id twice: "+id)
		}
	}
	for _, n := range d.nodes {
		d.check(n, labelled, fault)
	}
	return out
}

func (d document) check(n *html.Node, labelled map[string]bool, fault func(string, *html.Node)) {
	switch n.Data {
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] {
			fault("no label", n)
		}
	case "button", "a":
		// The button that the enter key presses is there for nobody to see, hear or reach.
		unseen := attr(n, "aria-hidden") == "true" && attr(n, "tabindex") == "-1"
		if text(n) == "" && attr(n, "aria-label") == "" && !unseen {
			fault("no text", n)
		}
		if target, local := strings.CutPrefix(attr(n, "href"), "#"); local && d.ids[target] == 0 {
			fault("link to nowhere #"+target, n)
		}
	case "img":
		if !has(n, "alt") {
			fault("no alt", n)
		}
	case "form":
		if strings.EqualFold(attr(n, "method"), "post") && !slices.ContainsFunc(slices.Collect(n.Descendants()), isToken) {
			fault("post without token", n)
		}
	}
	if attr(n, "tabindex") > "0" && attr(n, "tabindex") != "" {
		fault("positive tabindex", n)
	}
	if has(n, "style") || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return strings.HasPrefix(a.Key, "on") }) {
		fault("inline style or script", n)
	}
	for _, name := range []string{"aria-describedby", "aria-labelledby", "form"} {
		for _, id := range strings.Fields(attr(n, name)) {
			if d.ids[id] == 0 {
				fault(name+" to nowhere "+id, n)
			}
		}
	}
}

func isToken(n *html.Node) bool { return attr(n, "name") == "_csrf" && attr(n, "value") != "" }

func TestStoriesAreAccessible(t *testing.T) {
	for name, c := range stories() {
		var b bytes.Buffer
		if err := c.Render(t.Context(), &b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range parse(t, b.Bytes()).faults() {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// The checks themselves must see what they look for.
func TestFaultsAreSeen(t *testing.T) {
	d := parse(t, []byte(`<h1>a</h1><h1>b</h1><input id=x><a href="#no">z</a><a href="/">`+
		`</a><p id=x tabindex=3 style="a" aria-describedby=gone></p><form method=post></form><img src=a>`))
	got := strings.Join(d.faults(), "\n")
	for _, want := range []string{"h1", "id twice", "no label", "link to nowhere", "no text", "positive tabindex", "inline style", "aria-describedby to nowhere", "without token", "no alt"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q not seen in\n%s", want, got)
		}
	}
}

func TestProblemsLeadToFields(t *testing.T) {
	var b bytes.Buffer
	if err := stories()["problems-de"].Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if n := strings.Count(page, `<a class="kern-link" href="#f-`); n != 6 {
		t.Errorf("%d of 6 problems lead to a field", n)
	}
	for _, want := range []string{
		"<title>Fehler: Angaben zum Hund – Stadt Jena</title>",
		`name="/halter/geburtsdatum/day"`, `autocomplete="bday-day"`, `value="31"`,
		`name="_action" value="detach:/nachweise#urn:uuid:1"`, `value="upload:/nachweise"`,
		`value="add:/hunde"`, `value="remove:/hunde/0"`, `enctype="multipart/form-data"`,
		`form="antrag" name="_action" value="lang:en"`,
		"Prüfen Sie bitte „Chipnummer“. Die Chipnummer hat 15 Ziffern",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("missing %s", want)
		}
	}
}
