package document

import (
	"strings"
	"unicode"
)

const softHyphen = '\u00ad'

// run is text in one style.
type run struct {
	text  string
	style style
}

// line is a laid-out line: runs side by side.
type line []run

// piece is what a line is made of: a part of a word, a space, or the end of a line.
type piece struct {
	run
	width  float64
	space  bool
	end    bool
	cut    bool // a line may end after it
	hyphen bool // and then shows a hyphen
}

// lines breaks runs into lines no wider than width. A word that is wider than a line is cut where the line is full.
func (s *sheet) lines(runs []run, width float64) []line {
	b := breaker{fonts: s.fonts, limit: width}
	var word []piece
	for _, r := range runs {
		for _, p := range s.pieces(r) {
			switch {
			case p.end:
				b.word(word)
				word = nil
				b.spaces = append(b.spaces, b.gap(p.style))
				b.flush()
			case p.space:
				b.word(word)
				word = nil
				b.spaces = append(b.spaces, p)
			default:
				word = append(word, p)
				if p.cut {
					b.word(word)
					word = nil
				}
			}
		}
	}
	b.word(word)
	if len(b.current) > 0 || len(b.done) == 0 {
		b.flush()
	}
	return b.done
}

// pieces cuts a run at spaces, ends of lines, hyphens and soft hyphens.
func (s *sheet) pieces(r run) []piece {
	var out []piece
	var part strings.Builder
	add := func(p piece) {
		p.style = r.style
		p.width = s.fonts.width(p.text, r.style.face, r.style.size)
		out = append(out, p)
	}
	flush := func(cut, hyphen bool) {
		if part.Len() > 0 {
			add(piece{run: run{text: part.String()}, cut: cut, hyphen: hyphen})
			part.Reset()
		}
	}
	letters := []rune(s.fonts.clean(r.text))
	for i, c := range letters {
		switch {
		case c == '\n':
			flush(false, false)
			add(piece{end: true})
		case c == softHyphen:
			flush(true, true)
		case c == ' ':
			flush(false, false)
			add(piece{run: run{text: " "}, space: true})
		default:
			part.WriteRune(c)
			inside := i > 0 && i+1 < len(letters) && unicode.IsLetter(letters[i-1]) && unicode.IsLetter(letters[i+1])
			if inside && (c == '-' || c == '/' || c == '–') {
				flush(true, false)
			}
		}
	}
	flush(false, false)
	return out
}

// breaker fills lines one unbreakable word at a time.
type breaker struct {
	fonts   fonts
	limit   float64
	done    []line
	current []piece
	spaces  []piece // waiting for the next word; they vanish at a line's end
	width   float64
}

func total(list []piece) float64 {
	sum := 0.0
	for _, p := range list {
		sum += p.width
	}
	return sum
}

// word puts pieces that belong together on this line or the next.
func (b *breaker) word(word []piece) {
	if len(word) == 0 {
		return
	}
	width := total(word)
	if len(b.current) > 0 && b.width+total(b.spaces)+width > b.limit {
		b.flush()
	}
	if width > b.limit {
		b.chop(word)
		return
	}
	b.put(word)
}

func (b *breaker) put(word []piece) {
	if len(b.current) > 0 {
		b.current = append(b.current, b.spaces...)
		b.width += total(b.spaces)
	}
	b.spaces = nil
	b.current = append(b.current, word...)
	b.width += total(word)
}

// chop spreads a word that is wider than a line.
func (b *breaker) chop(word []piece) {
	for _, p := range word {
		rest := p
		for rest.text != "" {
			n, width := b.fit(rest)
			if n == 0 {
				b.flush()
				continue
			}
			b.put([]piece{{run: run{rest.text[:n], rest.style}, width: width}})
			rest.text = rest.text[n:]
		}
	}
}

// fit tells how many bytes of a piece fit on the current line, and their width; at least one letter fits an empty line.
func (b *breaker) fit(p piece) (n int, width float64) {
	gap := 0.0
	if len(b.current) > 0 {
		gap = total(b.spaces)
	}
	for i, r := range p.text {
		w := b.fonts.width(string(r), p.style.face, p.style.size)
		if b.width+gap+width+w > b.limit && (i > 0 || len(b.current) > 0) {
			return i, width
		}
		width += w
	}
	return len(p.text), width
}

// gap is a space that only readers of the text notice.
func (b *breaker) gap(st style) piece {
	return piece{run: run{" ", st}, width: b.fonts.width(" ", st.face, st.size), space: true}
}

// flush ends the current line; neighbours in one style become one run, so that a reader finds whole words. Where words
// part at the line's end, a space stays there unseen: who has the text read aloud must hear two words.
func (b *breaker) flush() {
	var out line
	for i, p := range b.current {
		text := p.text
		if p.hyphen && i == len(b.current)-1 {
			text += "-"
		}
		if n := len(out); n > 0 && out[n-1].style == p.style {
			out[n-1].text += text
			continue
		}
		out = append(out, run{text, p.style})
	}
	if n := len(out); n > 0 && len(b.spaces) > 0 {
		out[n-1].text += " "
	}
	b.done = append(b.done, out)
	b.current, b.spaces, b.width = nil, nil, 0
}

// print draws lines one below the other from the sheet's height on, on further pages as needed.
func (s *sheet) print(x, height float64, list []line) {
	for _, l := range list {
		s.room(height)
		s.printLine(x, s.y+height*0.75, l)
		s.y += height
	}
}

// printLine draws one line at its baseline.
func (s *sheet) printLine(x, baseline float64, l line) {
	for _, r := range l {
		s.draw(mark{x: x, y: baseline, text: r.text, style: r.style, of: s.at})
		x += s.fonts.width(r.text, r.style.face, r.style.size)
	}
}

// label draws text on one line at its baseline; flush right when x is its right end.
func (s *sheet) label(x, baseline float64, text string, st style, toRight bool) {
	text = strings.NewReplacer("\n", " ", string(softHyphen), "").Replace(s.fonts.clean(text))
	if toRight {
		x -= s.fonts.width(text, st.face, st.size)
	}
	s.draw(mark{x: x, y: baseline, text: text, style: st, of: s.at})
}
