package widget

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	reading "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Markdown draws safe Markdown: raw HTML is left out, only http, https, mailto, tel and local addresses become
// links, images are left out, and the highest heading becomes h3, below those of the page.
func Markdown(source string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if strings.TrimSpace(source) == "" {
			return nil
		}
		if _, err := io.WriteString(w, `<div class="aw-prose">`); err != nil {
			return err
		}
		if err := markdown.Convert([]byte(source), w); err != nil {
			return err
		}
		_, err := io.WriteString(w, `</div>`)
		return err
	})
}

// maxPublished bounds what Published keeps; a state has some thousand texts.
const maxPublished = 4096

// published holds texts as they are drawn, by source.
var published struct {
	sync.RWMutex
	drawn map[string]string
}

// Published draws a text of a form or an authority, which is the same for everybody, as Markdown does, and keeps what came out.
func Published(source string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		published.RLock()
		html, ok := published.drawn[source]
		published.RUnlock()
		if !ok {
			var b strings.Builder
			if err := Markdown(source).Render(ctx, &b); err != nil {
				return err
			}
			html = b.String()
			published.Lock()
			if published.drawn == nil || len(published.drawn) >= maxPublished {
				published.drawn = map[string]string{}
			}
			published.drawn[source] = html
			published.Unlock()
		}
		_, err := io.WriteString(w, html)
		return err
	})
}

// markdown is the converter: made once, because it is immutable and a page may hold many texts.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Linkify),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(tame{}, 100))),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(plain{}, 100))),
)

// tame lowers headings and unwraps links whose address is not allowed.
type tame struct{}

// Transform changes the parsed document in place.
func (tame) Transform(doc *ast.Document, _ reading.Reader, _ parser.Context) {
	var links []*ast.Link
	var headings []*ast.Heading
	highest := 6
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			headings = append(headings, n)
			highest = min(highest, n.Level)
		case *ast.Link:
			if !allowed(address(n)) {
				links = append(links, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, h := range headings {
		h.Level = min(h.Level-highest+3, 6)
	}
	for _, link := range links {
		parent := link.Parent()
		for child := link.FirstChild(); child != nil; child = link.FirstChild() {
			parent.InsertBefore(parent, link, child)
		}
		parent.RemoveChild(parent, link)
	}
}

// address is what the link will hold: entities resolved, the rest escaped. It is judged in this form, because
// "java&#115;cript:" is harmless only until then.
func address(n *ast.Link) string { return string(util.URLEscape(n.Destination, true)) }

// allowed tells whether an author's text may link to the address.
func allowed(address string) bool {
	scheme, _, found := strings.Cut(address, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return !strings.HasPrefix(address, "//")
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
		return true
	}
	return false
}

// plain renders what the design system has classes for, and leaves out what is not safe.
type plain struct{}

// RegisterFuncs takes over links, images and raw HTML.
func (p plain) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindLink, p.link)
	r.Register(ast.KindImage, skip)
	r.Register(ast.KindRawHTML, skip)
	r.Register(ast.KindHTMLBlock, skip)
}

func skip(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

func (plain) link(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</a>")
		return ast.WalkContinue, err
	}
	n, ok := node.(*ast.Link)
	if !ok {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<a class="kern-link" href="`)
	_, _ = w.Write(util.EscapeHTML([]byte(address(n))))
	if n.Title != nil {
		_, _ = w.WriteString(`" title="`)
		html.DefaultWriter.Write(w, n.Title)
	}
	_, err := w.WriteString(`">`)
	return ast.WalkContinue, err
}
