// Package strip takes out of pictures what tells where, when and with what they were made (Art. 5 Abs. 1 lit. c DSGVO: an office that
// asks for a photo of a dog has not asked where its owner lives). Segments are left out, the picture itself is not touched: nothing is
// decoded, memory does not grow with the file, and what turns it upright stays. It must not know who uploads what.
//
// What it does not understand passes as it is: a picture that viewers can show all the same is not refused for its form.
package strip

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Reader returns the picture without what tells of its maker; anything that is no JPEG, PNG or WebP as it is.
func Reader(mediaType string, r io.Reader) io.Reader {
	s := &stripper{in: bufio.NewReaderSize(r, window)}
	switch mediaType {
	case "image/jpeg":
		s.step = s.jpegStart
	case "image/png":
		s.step = s.pngStart
	case "image/webp":
		s.step = s.webpStart
	default:
		return r
	}
	return s
}

// window is more than the longest segment of a JPEG, and what is read of other blocks to find the orientation.
const window = 1 << 17

// stripper reads a part at a time. Each step puts some bytes into out, or sets copy or skip, or ends with an error.
type stripper struct {
	in         *bufio.Reader
	out        bytes.Buffer
	copy, skip int64 // bytes that pass, bytes that do not
	step       func() error
	err        error
}

// Read gives what the steps have let through.
func (s *stripper) Read(p []byte) (int, error) {
	for {
		switch {
		case s.out.Len() > 0:
			return s.out.Read(p)
		case s.err != nil:
			return 0, s.err
		case len(p) == 0:
			return 0, nil
		case s.copy > 0:
			n, err := s.in.Read(p[:min(int64(len(p)), s.copy)])
			s.copy -= int64(n)
			if s.err = err; n > 0 {
				return n, nil
			}
		case s.skip > 0:
			n, err := s.in.Discard(int(min(s.skip, window)))
			s.skip -= int64(n)
			s.err = err
		default:
			if err := s.step(); err != nil {
				s.err = err
			}
		}
	}
}

// asItIs lets the rest pass.
func (s *stripper) asItIs() error {
	s.step = func() error {
		if _, err := s.in.Peek(1); err != nil {
			return err
		}
		s.copy = int64(s.in.Buffered())
		return nil
	}
	return nil
}

// end leaves out what follows the picture: cameras hide a second one there, or a film. It is read, so that its sender is not cut off.
func (s *stripper) end() error {
	s.step = func() error {
		if _, err := s.in.Peek(1); err != nil {
			return err
		}
		s.skip = int64(s.in.Buffered())
		return nil
	}
	return nil
}

// peek shows the next n bytes; false when there are fewer, which then pass as they are.
func (s *stripper) peek(n int) ([]byte, bool, error) {
	b, err := s.in.Peek(n)
	if len(b) == n {
		return b, true, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	return nil, false, s.asItIs()
}

// take moves the next n bytes, which were peeked, to where they are read from.
func (s *stripper) take(n int) error {
	_, err := io.CopyN(&s.out, s.in, int64(n))
	return err
}

// upright is a TIFF that says nothing but the orientation.
func upright(orientation int) []byte {
	b := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	b[19] = byte(orientation)
	return b
}

// tiffBytes is its length, and the least that any TIFF with one entry has.
const tiffBytes = 26

// orientationOf finds the tag in the first directory of a TIFF (2 to 8), else 0.
func orientationOf(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(tiff) < tiffBytes:
		return 0
	case bytes.HasPrefix(tiff, []byte("MM")):
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 2 && o <= 8 {
				return o
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
