package formimport

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// The bounds of a foreign XML file. The largest schemas of the federal catalogue have some 5 MB, 30 levels and 300 questions.
const (
	maxFile     = 32 << 20  // bytes, of a file or of one inside a ZIP
	maxToken    = 1 << 20   // bytes between two tags, or of one tag with its attributes
	maxText     = 256 << 10 // bytes of one element's text
	maxXMLDepth = 100
)

// scanner reads XML as a stream. Memory is bounded by the longest token, whatever the file's size; document types,
// and with them entities, are refused.
type scanner struct {
	dec   *xml.Decoder
	in    *meter
	depth int
}

// meter counts the bytes of the file and of the token that is being read.
type meter struct {
	r            *bufio.Reader
	total, token int
	err          error
}

var (
	errTooLarge = fmt.Errorf("it has more than %d MB", maxFile>>20)
	errToken    = fmt.Errorf("a text or tag has more than %d kB", maxToken>>10)
)

// ReadByte makes the decoder read from here directly, so that the count is exact.
func (m *meter) ReadByte() (byte, error) {
	if m.total++; m.total > maxFile {
		m.err = errTooLarge
		return 0, m.err
	}
	if m.token++; m.token > maxToken {
		m.err = errToken
		return 0, m.err
	}
	return m.r.ReadByte()
}

// Read serves a decoder of another character set.
func (m *meter) Read(p []byte) (int, error) {
	for i := range p {
		c, err := m.ReadByte()
		if err != nil {
			return i, err
		}
		p[i] = c
	}
	return len(p), nil
}

func newScanner(r io.Reader) *scanner {
	in := &meter{r: bufio.NewReader(r)}
	dec := xml.NewDecoder(in)
	dec.CharsetReader = charset
	return &scanner{dec: dec, in: in}
}

// charset knows the character sets that older editors of the administration write.
func charset(name string, r io.Reader) (io.Reader, error) {
	known := map[string]*charmap.Charmap{
		"iso-8859-1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15, "latin1": charmap.ISO8859_1,
		"windows-1252": charmap.Windows1252, "us-ascii": charmap.ISO8859_1, "ascii": charmap.ISO8859_1,
	}
	if c := known[strings.ToLower(name)]; c != nil {
		return c.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("the character set %q is not known; save the file as UTF-8", name)
}

// next returns the next start or end of an element, or text; nothing else matters.
func (s *scanner) next() (xml.Token, error) {
	for {
		s.in.token = 0
		t, err := s.dec.RawToken()
		if err != nil {
			return nil, s.fault(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if s.depth++; s.depth > maxXMLDepth {
				return nil, s.fault(fmt.Errorf("it is nested deeper than %d levels", maxXMLDepth))
			}
			return t, nil
		case xml.EndElement:
			s.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		case xml.Directive:
			return nil, s.fault(errors.New("it brings a document type (DOCTYPE), which could define entities; remove it"))
		}
	}
}

// fault adds the line, and words what the decoder says.
func (s *scanner) fault(err error) error {
	if s.in.err != nil {
		err = s.in.err
	}
	line, _ := s.dec.InputPos()
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		err = errors.New(syntax.Msg)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it ends too early")
	}
	return fmt.Errorf("line %d: %w", line, err)
}

// root finds the document's element.
func (s *scanner) root() (xml.StartElement, error) {
	for {
		t, err := s.next()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := t.(xml.StartElement); ok {
			return start.Copy(), nil
		}
	}
}

// children calls visit for every child of the element whose start was read last; visit must read the child to its end.
func (s *scanner) children(parent string, visit func(xml.StartElement) error) error {
	for {
		t, err := s.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := visit(t.Copy()); err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local != parent {
				return s.fault(fmt.Errorf("<%s> is closed by </%s>", parent, t.Name.Local))
			}
			return nil
		}
	}
}

// text reads an element to its end and returns its text with that of the elements inside, as in
// <feldart><code>input</code></feldart>, without the blanks around it.
func (s *scanner) text(of string) (string, error) {
	var b strings.Builder
	open := []string{of}
	for len(open) > 0 {
		t, err := s.next()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			open = append(open, t.Name.Local)
		case xml.EndElement:
			if last := open[len(open)-1]; t.Name.Local != last {
				return "", s.fault(fmt.Errorf("<%s> is closed by </%s>", last, t.Name.Local))
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if b.Len()+len(t) > maxText {
				return "", s.fault(fmt.Errorf("the text of <%s> has more than %d kB", of, maxText>>10))
			}
			b.Write(t)
		}
	}
	return strings.TrimSpace(b.String()), nil
}

// skip reads an element to its end.
func (s *scanner) skip(of string) error {
	return s.children(of, func(k xml.StartElement) error { return s.skip(k.Name.Local) })
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
