package strip

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

const pngMark = "\x89PNG\r\n\x1a\n"

func (s *stripper) pngStart() error {
	b, ok, err := s.peek(len(pngMark))
	if !ok || err != nil {
		return err
	}
	if string(b) != pngMark {
		return s.asItIs()
	}
	s.step = s.pngChunk
	return s.take(len(pngMark))
}

// pngKept are the chunks that need not be understood and that colours, transparency and motion need.
var pngKept = []string{"tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "hIST", "pHYs", "sPLT", "cICP", "mDCV", "cLLI", "acTL", "fcTL", "fdAT"}

// pngChunk is at a chunk's length (ISO/IEC 15948).
func (s *stripper) pngChunk() error {
	b, ok, err := s.peek(8)
	if !ok || err != nil {
		return err
	}
	size, kind := int64(binary.BigEndian.Uint32(b)), string(b[4:8])
	whole := size + 12
	switch {
	case size > 1<<31-1:
		return s.asItIs()
	case kind == "IEND":
		s.copy = whole
		return s.end()
	case kind[0]&0x20 == 0 || slices.Contains(pngKept, kind): // critical ones have a capital
		s.copy = whole
		return nil
	case kind == "eXIf":
		b, _ := s.in.Peek(int(min(8+size, window))) // what is cut off is skipped all the same
		if o := orientationOf(b[8:]); o > 0 {
			body := append([]byte("eXIf"), upright(o)...)
			s.out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body)-4)))
			s.out.Write(binary.BigEndian.AppendUint32(body, crc32.ChecksumIEEE(body)))
		}
	}
	s.skip = whole
	return nil
}

func (s *stripper) webpStart() error {
	b, ok, err := s.peek(12)
	if !ok || err != nil {
		return err
	}
	if string(b[:4]) != "RIFF" || string(b[8:]) != "WEBP" {
		return s.asItIs()
	}
	s.step = s.webpChunk
	return s.take(12)
}

// webpChunk is at a chunk's name. The file's length stands before it and was read already: what tells is written over with zeros.
func (s *stripper) webpChunk() error {
	b, ok, err := s.peek(8)
	if !ok || err != nil {
		return err
	}
	kind, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
	padded := size + size&1
	if kind != "EXIF" && kind != "XMP " {
		s.copy = 8 + padded
		return nil
	}
	b, _ = s.in.Peek(int(min(8+size, window)))
	o := 0
	if kind == "EXIF" {
		o = orientationOf(b[8:])
	}
	if err := s.take(8); err != nil {
		return err
	}
	if o > 0 {
		s.out.Write(upright(o))
		padded -= tiffBytes
		s.skip = tiffBytes
	}
	s.step = func() error { return s.zeros(padded) }
	return nil
}

// zeros stand for the next n bytes.
func (s *stripper) zeros(n int64) error {
	if n == 0 {
		s.step = s.webpChunk
		return nil
	}
	some := min(n, 1<<12)
	got, err := s.in.Discard(int(some))
	s.out.Write(make([]byte, got))
	s.step = func() error { return s.zeros(n - some) }
	return err
}
