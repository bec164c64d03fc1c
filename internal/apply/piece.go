package apply

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// firstBytes reads what the type of a file is told by, and returns the whole again. An error comes again to who reads on.
func firstBytes(r io.Reader) (head []byte, whole io.Reader) {
	head = make([]byte, sniff)
	n, _ := io.ReadFull(r, head)
	return head[:n], io.MultiReader(bytes.NewReader(head[:n]), r)
}

// typeAllowed tells the media type of a file and refuses what the field does not take.
func typeAllowed(head []byte, rule formdef.FileRule, pointer string) (string, error) {
	mediaType := typeOf(head)
	if !slices.Contains(rule.MediaTypes, mediaType) {
		return "", civic.Errorf(civic.Invalid, "error.file.type", "types", typeNames(rule.MediaTypes)).At(pointer)
	}
	return mediaType, nil
}

// pieceReader reads a piece that may break off: what came is a whole piece then, and broke says why there is no more.
type pieceReader struct {
	r     io.Reader
	n     int64
	left  int64 // bytes that the file still lacks
	over  bool
	broke error
}

func (p *pieceReader) Read(buf []byte) (int, error) {
	n, err := p.r.Read(buf)
	p.n += int64(n)
	if p.left -= int64(n); p.left < 0 {
		p.over = true
		return 0, errOver
	}
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped EOF is no end
		p.broke, err = err, io.EOF
	}
	return n, err
}

// pieceSequence reads pieces one after the other, one open at a time. err is what one of them could not be read for.
type pieceSequence struct {
	pieces []piece
	open   func(piece) (io.ReadCloser, error)
	now    io.ReadCloser
	left   int64 // of the one that is open
	err    error
}

func (s *pieceSequence) Read(p []byte) (int, error) {
	for s.err == nil {
		if s.now == nil {
			if len(s.pieces) == 0 {
				return 0, io.EOF
			}
			next, err := s.open(s.pieces[0])
			if err != nil {
				s.err = err
				break
			}
			s.now = next
			s.left, s.pieces = s.pieces[0].Bytes, s.pieces[1:]
		}
		n, err := s.now.Read(p)
		s.left -= int64(n)
		switch {
		case err != nil && err != io.EOF: //nolint:errorlint // as above
			s.err = err
		case err == io.EOF && s.left != 0: //nolint:errorlint // as above
			s.err = fmt.Errorf("apply: a piece differs by %d bytes from what was received", s.left)
		case err == io.EOF: //nolint:errorlint // as above
			s.err = s.close()
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, s.err
}

func (s *pieceSequence) close() error {
	if s.now == nil {
		return nil
	}
	err := s.now.Close()
	s.now = nil
	return err
}
