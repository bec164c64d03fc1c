package document

import (
	"fmt"
	"strings"
)

// element is a part of the document as a reader without eyes gets it (ISO 32000-1, 14.7 and 14.8): a heading, a
// paragraph, a table. It holds either further elements or what is drawn on pages, never both.
type element struct {
	tag   string // of the standard structure types: H1, P, Table …
	alt   string // what is said instead of a picture
	attrs string // attribute objects, as they stand in the file
	kids  []*element
	drawn []sequence
	self  ref
}

// sequence is a run of marks on one page that belongs to one element.
type sequence struct{ page, id int }

// Attributes of elements (14.8.5).
const (
	rowHeader   = "<</O /Table /Scope /Row>>"
	numberList  = "<</O /List /ListNumbering /Decimal>>"
	bulletList  = "<</O /List /ListNumbering /Disc>>"
	figureFrame = "<</O /Layout /Placement /Block /BBox [%s %s %s %s]>>"
)

// in draws within an element of this type, which becomes the last of the current one.
func (s *sheet) in(tag string, draw func()) *element {
	e, outer := &element{tag: tag}, s.at
	outer.kids = append(outer.kids, e)
	s.at = e
	draw()
	s.at = outer
	return e
}

// beside draws what is no part of the text, such as the foot of each page: readers skip it.
func (s *sheet) beside(draw func()) {
	outer := s.at
	s.at = nil
	draw()
	s.at = outer
}

// paragraph prints text as a paragraph of its own.
func (s *sheet) paragraph(x, height, width float64, runs ...run) {
	s.in("P", func() { s.print(x, height, s.lines(runs, width)) })
}

// prune removes elements that nothing was drawn for; a table's cells stay, so that columns stay columns.
func (e *element) prune() bool {
	kept := e.kids[:0]
	for _, k := range e.kids {
		if k.prune() {
			kept = append(kept, k)
		}
	}
	e.kids = kept
	return len(e.kids) > 0 || len(e.drawn) > 0 || e.tag == "TD" || e.tag == "TH"
}

// number gives an element and all below it their places in the file.
func (e *element) number(f *file) {
	e.self = f.reserve()
	for _, k := range e.kids {
		k.number(f)
	}
}

// write writes an element and all below it. owners tells for each page and sequence whose it is.
func (e *element) write(f *file, parent ref, pages []ref, owners [][]ref) {
	var b strings.Builder
	fmt.Fprintf(&b, "<</Type /StructElem /S /%s /P %s", e.tag, parent)
	if e.alt != "" {
		b.WriteString(" /Alt " + words(e.alt))
	}
	if e.attrs != "" {
		b.WriteString(" /A " + e.attrs)
	}
	if len(e.drawn) > 0 {
		fmt.Fprintf(&b, " /Pg %s", pages[e.drawn[0].page])
	}
	b.WriteString(" /K [")
	for _, k := range e.kids {
		b.WriteString(k.self.String() + " ")
	}
	for _, d := range e.drawn {
		owners[d.page][d.id] = e.self
		if d.page == e.drawn[0].page {
			fmt.Fprintf(&b, "%d ", d.id)
			continue
		}
		fmt.Fprintf(&b, "<</Type /MCR /Pg %s /MCID %d>> ", pages[d.page], d.id)
	}
	b.WriteString("]>>")
	f.put(e.self, b.String())
	for _, k := range e.kids {
		k.write(f, e.self, pages, owners)
	}
}

// writeTree writes the whole tree and returns its root. sequences counts those of each page.
func (e *element) writeTree(f *file, pages []ref, sequences []int) ref {
	root := f.reserve()
	e.prune()
	e.number(f)
	owners := make([][]ref, len(pages))
	for i, n := range sequences {
		owners[i] = make([]ref, n)
	}
	e.write(f, root, pages, owners)
	var b strings.Builder
	for i, list := range owners {
		fmt.Fprintf(&b, "%d [", i)
		for _, owner := range list {
			b.WriteString(owner.String() + " ")
		}
		b.WriteString("] ")
	}
	f.put(root, fmt.Sprintf("<</Type /StructTreeRoot /K [%s] /ParentTree <</Nums [%s]>> /ParentTreeNextKey %d>>", e.self, b.String(), len(pages)))
	return root
}

// entry is a line of the outline, which readers offer as a table of contents.
type entry struct {
	text  string
	level int // from 1
	page  int
	top   float64 // points from the page's foot
}

// writeOutline writes the outline, its entries below each other by level; 0 when there is none.
func writeOutline(f *file, entries []entry, pages []ref) ref {
	if len(entries) == 0 {
		return 0
	}
	root := f.reserve()
	refs := make([]ref, len(entries))
	for i := range entries {
		refs[i] = f.reserve()
	}
	// children of -1 are those of the root.
	children, parent := map[int][]int{}, make([]int, len(entries))
	var open []int
	for i, e := range entries {
		for len(open) > 0 && entries[open[len(open)-1]].level >= e.level {
			open = open[:len(open)-1]
		}
		parent[i] = -1
		if len(open) > 0 {
			parent[i] = open[len(open)-1]
		}
		children[parent[i]] = append(children[parent[i]], i)
		open = append(open, i)
	}
	family := func(i int) string {
		list := children[i]
		if len(list) == 0 {
			return ""
		}
		return fmt.Sprintf(" /First %s /Last %s /Count %d", refs[list[0]], refs[list[len(list)-1]], len(list))
	}
	f.put(root, "<</Type /Outlines"+family(-1)+">>")
	for p := -1; p < len(entries); p++ { // in order: the same bytes each time
		above := root
		if p >= 0 {
			above = refs[p]
		}
		list := children[p]
		for n, i := range list {
			e := entries[i]
			body := fmt.Sprintf("<</Title %s /Parent %s /Dest [%s /XYZ null %s null]%s", words(e.text), above, pages[e.page], number(e.top), strings.Replace(family(i), "/Count ", "/Count -", 1))
			if n > 0 {
				body += " /Prev " + refs[list[n-1]].String()
			}
			if n+1 < len(list) {
				body += " /Next " + refs[list[n+1]].String()
			}
			f.put(refs[i], body+">>")
		}
	}
	return root
}
