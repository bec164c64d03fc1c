package strip

import (
	"bytes"
	"encoding/binary"
)

func (s *stripper) jpegStart() error {
	b, ok, err := s.peek(2)
	if !ok || err != nil {
		return err
	}
	if b[0] != 0xff || b[1] != 0xd8 {
		return s.asItIs()
	}
	s.step = s.jpegSegment
	return s.take(2)
}

// jpegSegment is at a marker (ITU-T T.81, annex B).
func (s *stripper) jpegSegment() error {
	b, ok, err := s.peek(2)
	if !ok || err != nil {
		return err
	}
	kind := b[1]
	switch {
	case b[0] != 0xff:
		return s.asItIs()
	case kind == 0xff: // fill byte
		return s.take(1)
	case kind == 0xd9:
		if err := s.take(2); err != nil {
			return err
		}
		return s.end()
	case kind == 0x01 || kind >= 0xd0 && kind <= 0xd7: // stand alone
		s.step = s.jpegData
		return s.take(2)
	case kind < 0xc0 || kind == 0xd8:
		return s.asItIs()
	}
	if b, ok, err = s.peek(4); !ok || err != nil {
		return err
	}
	size := 2 + int(binary.BigEndian.Uint16(b[2:]))
	if size < 4 {
		return s.asItIs()
	}
	if b, ok, err = s.peek(size); !ok || err != nil {
		return err
	}
	if !tells(kind, b[4:]) {
		if kind == 0xda {
			s.step = s.jpegData
		}
		return s.take(size)
	}
	if tiff, ok := bytes.CutPrefix(b[4:], []byte("Exif\x00\x00")); ok && kind == 0xe1 {
		if o := orientationOf(tiff); o > 0 {
			body := append([]byte("Exif\x00\x00"), upright(o)...)
			s.out.Write([]byte{0xff, 0xe1, 0, byte(len(body) + 2)})
			s.out.Write(body)
		}
	}
	s.skip = int64(size)
	return nil
}

// tells is every segment of applications but those that colours need: JFIF without its thumbnail's owner, ICC profile, Adobe's
// transform; and comments.
func tells(kind byte, body []byte) bool {
	switch kind {
	case 0xe0:
		return !bytes.HasPrefix(body, []byte("JFIF\x00"))
	case 0xe2:
		return !bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case 0xee:
		return !bytes.HasPrefix(body, []byte("Adobe"))
	}
	return kind >= 0xe1 && kind <= 0xef || kind == 0xfe
}

// jpegData is inside the picture, up to the next marker; 0xff00 and restarts belong to it.
func (s *stripper) jpegData() error {
	if _, err := s.in.Peek(1); err != nil {
		return err
	}
	b, err := s.in.Peek(s.in.Buffered())
	if err != nil {
		return err
	}
	i := bytes.IndexByte(b, 0xff)
	if i != 0 {
		if i < 0 {
			i = len(b)
		}
		s.copy = int64(i)
		return nil
	}
	b, ok, err := s.peek(2)
	if !ok || err != nil {
		return err
	}
	if b[1] == 0 || b[1] >= 0xd0 && b[1] <= 0xd7 {
		s.copy = 2
		return nil
	}
	s.step = s.jpegSegment
	return nil
}
