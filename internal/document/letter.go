package document

import (
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// The address field of DIN 5008, form B, in millimetres.
const (
	addressText  = 62.7 // below the zone for the return address and notes
	addressWidth = 80.0
	infoLeft     = 125.0
	letterText   = 103.5
)

// drawLetter prints a letter with the built-in engine.
func (p *Printer) drawLetter(l civic.Letter, words *locale.Catalogue) ([]byte, error) {
	a := about{title: title(l.Title, l.FileNumber), lang: words.Lang(), created: l.Created}
	if len(l.Head) > 0 {
		a.author = l.Head[0]
	}
	return p.layLetter(l, words).paint(a), nil
}

// layLetter lays a letter out on pages.
func (p *Printer) layLetter(l civic.Letter, words *locale.Catalogue) *sheet {
	s := newSheet(p.fonts)
	beside := s.logo(l.Logo)
	if beside > 0 {
		beside += 5
	}
	s.letterhead(l.Head, beside)
	info := max(54, s.y+10)
	for _, fact := range [][2]string{{words.T("document.file_number"), l.FileNumber}, {words.T("document.date"), l.Date}} {
		if fact[1] != "" {
			s.in("P", func() { s.label(infoLeft, info, fact[0]+" ", smallStyle, false) })
			s.y = info + 1
			s.paragraph(infoLeft, 4.5, right-infoLeft, run{fact[1], valueStyle})
			info = s.y + 5.5
		}
	}
	s.y = info + 6
	if len(l.To) > 0 {
		s.address(l)
		s.y = max(s.y, letterText)
	}
	s.heading(l.Title, 1, style{bold, 14, ink}, 7)
	s.y += 4
	for _, b := range parseMarkdown(l.Body) {
		s.block(b, left)
	}
	s.footer(footing{label: words.T("document.file_number"), number: l.FileNumber, text: l.Footer, words: words})
	return s
}

// address prints the addressee where the window of an envelope shows it, the sender's line above, and marks for folding.
func (s *sheet) address(l civic.Letter) {
	if len(l.Head) > 0 {
		sender := style{regular, 7, soft}
		text := s.fonts.clean(strings.Join(l.Head[:min(3, len(l.Head))], " · "))
		s.in("P", func() { s.label(left, addressText-2.6, text, sender, false) })
		s.rule(left, addressText-1.6, min(s.fonts.width(text, regular, sender.size), addressWidth), 0.15, hair)
	}
	s.y = addressText + 0.8
	for _, text := range l.To {
		s.paragraph(left, 4.6, addressWidth, run{text, bodyStyle})
	}
	for _, y := range []float64{105, 148.5, 210} { // fold, punch, fold
		s.rule(5, y, 4, 0.15, hair)
	}
}

const (
	textHeight = 5.3
	textGap    = 2.8
	tightGap   = 0.8
	indent     = 6.0
)

// block prints a block of a letter's body, indented to x.
func (s *sheet) block(b block, x float64) {
	switch b.Kind {
	case heading:
		size := []float64{13, 12, 11, 10.5}[min(b.Level, 4)-1]
		s.y += 2.5
		s.room(22)
		s.title(x, styled(b.Spans, style{bold, size, ink}), min(max(b.Level, 2), 6), textHeight+0.5)
		s.y += 1.2
	case paragraph:
		list := s.lines(styled(b.Spans, bodyStyle), right-x)
		s.room(textHeight * float64(min(2, len(list)))) // no first line alone at a page's end
		s.in("P", func() { s.print(x, textHeight, list) })
		if b.Tight {
			s.y += tightGap
		} else {
			s.y += textGap
		}
	case list:
		s.in("L", func() {
			for i, item := range b.Blocks {
				s.in("LI", func() {
					s.room(textHeight)
					s.in("Lbl", func() { s.label(x, s.y+textHeight*0.75, b.marker(i)+" ", bodyStyle, false) })
					s.in("LBody", func() { s.blocks(item.Blocks, x+indent) })
				})
			}
		}).attrs = map[bool]string{true: numberList, false: bulletList}[b.Ordered]
		if x == left {
			s.y += textGap - tightGap
		}
	case quote:
		s.in("BlockQuote", func() { s.blocks(b.Blocks, x+indent) })
	case divider:
		s.room(6)
		s.rule(x, s.y+2, right-x, 0.15, hair)
		s.y += 6
	}
}

func (s *sheet) blocks(list []block, x float64) {
	for _, b := range list {
		s.block(b, x)
	}
}

// styled gives spans their look upon a base.
func styled(spans []span, base style) []run {
	out := make([]run, 0, len(spans))
	for _, sp := range spans {
		st := base
		switch {
		case sp.Strong:
			st.face = bold
		case sp.Emphasis && base.face == regular:
			st.face = italic
		}
		out = append(out, run{sp.Text, st})
	}
	return out
}
