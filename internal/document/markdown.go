package document

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The kinds of block.
const (
	paragraph = "paragraph"
	heading   = "heading"
	list      = "list"
	item      = "item"
	quote     = "quote"
	divider   = "divider"
)

// block is a part of a letter's body. A heading or paragraph has spans; a list has items; items and quotes have blocks.
type block struct {
	Kind    string
	Level   int // of a heading, from 1
	Ordered bool
	Tight   bool // no space between it and the next: a short list's item
	Start   int  // the first item's number
	Spans   []span
	Blocks  []block
}

// span is text with emphasis; "\n" is a line break that the author wants.
type span struct {
	Text             string
	Strong, Emphasis bool
}

// marker is what stands before a list's item.
func (b block) marker(i int) string {
	if b.Ordered {
		return strconv.Itoa(b.Start+i) + "."
	}
	return "•"
}

// parseMarkdown reads a letter's body. Headings, paragraphs, lists, quotes, emphasis and line breaks have their meaning.
// All else is shown as it is written: HTML as its source, code as text, an image as its text, a link as text and address.
func parseMarkdown(body string) []block {
	source := []byte(body)
	return blocks(goldmark.New().Parser().Parse(text.NewReader(source)), source, 0)
}

// deepest bounds how far lists and quotes may nest; what lies deeper is shown flat.
const deepest = 8

func blocks(parent ast.Node, source []byte, depth int) []block {
	var out []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			out = append(out, block{Kind: heading, Level: n.Level, Spans: spans(n, source)})
		case *ast.List:
			out = append(out, nested(block{Kind: list, Ordered: n.IsOrdered(), Start: n.Start}, n, source, depth)...)
		case *ast.ListItem:
			out = append(out, block{Kind: item, Blocks: blocks(n, source, depth)})
		case *ast.Blockquote:
			out = append(out, nested(block{Kind: quote}, n, source, depth)...)
		case *ast.ThematicBreak:
			out = append(out, block{Kind: divider})
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			out = append(out, block{Kind: paragraph, Spans: []span{{Text: written(n, source)}}})
		default:
			out = append(out, block{Kind: paragraph, Tight: n.Kind() == ast.KindTextBlock, Spans: spans(n, source)})
		}
	}
	return out
}

// nested fills a list or a quote, or gives its paragraphs alone when it lies too deep.
func nested(b block, n ast.Node, source []byte, depth int) []block {
	if depth < deepest {
		b.Blocks = blocks(n, source, depth+1)
		return []block{b}
	}
	var flat []block
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindCodeBlock, ast.KindFencedCodeBlock, ast.KindHTMLBlock:
			flat = append(flat, block{Kind: paragraph, Spans: []span{{Text: written(n, source)}}})
		case ast.KindHeading, ast.KindParagraph, ast.KindTextBlock:
			flat = append(flat, block{Kind: paragraph, Spans: spans(n, source)})
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return flat
}

// written is a block's source.
func written(n ast.Node, source []byte) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		part := n.Lines().At(i)
		b.Write(part.Value(source))
	}
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		b.Write(h.ClosureLine.Value(source))
	}
	return strings.TrimRight(b.String(), "\n")
}

// spans reads the text within a block.
func spans(parent ast.Node, source []byte) []span {
	var out []span
	strong, emphasis := 0, 0
	add := func(s string) {
		if s != "" {
			out = append(out, span{Text: s, Strong: strong > 0, Emphasis: emphasis > 0})
		}
	}
	_ = ast.Walk(parent, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Emphasis:
			by := 1
			if !entering {
				by = -1
			}
			if n.Level > 1 {
				strong += by
			} else {
				emphasis += by
			}
		case *ast.Text:
			if !entering {
				break
			}
			add(unescape(n, source))
			switch {
			case n.HardLineBreak():
				add("\n")
			case n.SoftLineBreak():
				add(" ")
			}
		case *ast.String:
			if entering {
				add(string(n.Value))
			}
		case *ast.RawHTML:
			if entering {
				for i := range n.Segments.Len() {
					part := n.Segments.At(i)
					add(string(part.Value(source)))
				}
			}
		case *ast.AutoLink:
			if entering {
				add(string(n.Label(source)))
			}
		case *ast.Link:
			if address := string(n.Destination); !entering && address != "" && !strings.HasSuffix(joined(out), address) {
				add(" (" + address + ")")
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}

// unescape reads a text node: backslashes and entities have their meaning, but for a code span's text.
func unescape(n *ast.Text, source []byte) string {
	raw := n.Segment.Value(source)
	if n.IsRaw() || n.Parent().Kind() == ast.KindCodeSpan {
		return string(raw)
	}
	return string(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(raw))))
}

// joined is the text of spans.
func joined(list []span) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.Text)
	}
	return b.String()
}
