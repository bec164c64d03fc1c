package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"antragswerk/internal/civic"
)

// halves is a picture whose left half is red and right half blue.
func halves(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 0xff, A: 0xff}
			if x >= w/2 {
				c = color.RGBA{B: 0xff, A: 0xff}
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func encoded(t *testing.T, img image.Image, kind string) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	if kind == "png" {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif puts an orientation into a JPEG as cameras do.
func exif(raw []byte, orientation uint16) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	tiff = append(binary.BigEndian.AppendUint16(tiff, orientation), 0, 0, 0, 0, 0, 0)
	body := append([]byte("Exif\x00\x00"), tiff...)
	seg := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(append([]byte{0xff, 0xd8}, seg...), body...), raw[2:]...)
}

// colours are the corners top left and bottom right: r or b.
func colours(t *testing.T, raw []byte) (size image.Point, corners string) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	for _, p := range []image.Point{{1, 1}, {b.Dx() - 2, b.Dy() - 2}} {
		r, _, blue, _ := img.At(p.X, p.Y).RGBA()
		if r > blue {
			corners += "r"
		} else {
			corners += "b"
		}
	}
	return b.Size(), corners
}

func TestShrinkKeepsShapeAndTurnsUpright(t *testing.T) {
	m, ctx := New(), t.Context()
	for name, c := range map[string]struct {
		raw     []byte
		size    image.Point
		corners string
	}{
		"png":             {encoded(t, halves(400, 200), "png"), image.Pt(100, 50), "rb"},
		"jpeg":            {encoded(t, halves(200, 400), "jpeg"), image.Pt(50, 100), "rb"},
		"small":           {encoded(t, halves(40, 20), "png"), image.Pt(40, 20), "rb"},
		"upside down":     {exif(encoded(t, halves(400, 200), "jpeg"), 3), image.Pt(100, 50), "br"},
		"turned camera":   {exif(encoded(t, halves(400, 200), "jpeg"), 6), image.Pt(50, 100), "rb"},
		"other turn":      {exif(encoded(t, halves(400, 200), "jpeg"), 8), image.Pt(50, 100), "br"},
		"mirrored":        {exif(encoded(t, halves(400, 200), "jpeg"), 2), image.Pt(100, 50), "br"},
		"a thread":        {encoded(t, halves(4000, 2), "png"), image.Pt(100, 1), "rb"},
		"no such turning": {exif(encoded(t, halves(400, 200), "jpeg"), 99), image.Pt(100, 50), "rb"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := m.Shrink(ctx, bytes.NewReader(c.raw), 100)
			if err != nil {
				t.Fatal(err)
			}
			size, corners := image.Point{}, ""
			if size, corners = colours(t, out); size != c.size || c.size.Y > 1 && corners != c.corners {
				t.Errorf("%v %s, want %v %s", size, corners, c.size, c.corners)
			}
		})
	}
}

func TestTurn(t *testing.T) {
	m, ctx := New(), t.Context()
	raw := encoded(t, halves(100, 50), "jpeg")
	for degrees, want := range map[int]struct {
		size    image.Point
		corners string
	}{0: {image.Pt(100, 50), "rb"}, 90: {image.Pt(50, 100), "rb"}, 180: {image.Pt(100, 50), "br"}, 270: {image.Pt(50, 100), "br"}, -90: {image.Pt(50, 100), "br"}} {
		out, err := m.Turn(ctx, raw, degrees)
		if err != nil {
			t.Fatal(err)
		}
		if size, corners := colours(t, out); size != want.size || corners != want.corners {
			t.Errorf("%d: %v %s, want %v %s", degrees, size, corners, want.size, want.corners)
		}
	}
}

// bomb is a PNG of a few bytes that announces 30,000 by 30,000 pixels.
func bomb() []byte {
	ihdr := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), 30000), 30000), 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

func TestWhatIsRefused(t *testing.T) {
	m := New()
	whole := encoded(t, halves(400, 200), "jpeg")
	for name, raw := range map[string][]byte{"a bomb": bomb(), "a PDF": []byte("%PDF-1.7"), "nothing": nil, "half a picture": whole[:len(whole)/3]} {
		_, err := m.Shrink(t.Context(), bytes.NewReader(raw), 100)
		if civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Whoever gives up waiting is not served later.
	m.busy <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Shrink(ctx, bytes.NewReader(whole), 100); civic.CodeOf(err) != civic.Unavailable {
		t.Errorf("waited for ever: %v", err)
	}
}

// slow is a picture in whose middle the time is over.
type slow struct {
	*bytes.Reader
	reads int
	over  func()
}

func (s *slow) Read(p []byte) (int, error) {
	if s.reads++; s.reads == 4 { // the first two find its size
		s.over()
	}
	return s.Reader.Read(p[:min(len(p), 1024)])
}

// A picture that takes too long is given up in the middle, so that the others are not kept waiting.
func TestDecodingEndsInTime(t *testing.T) {
	m := New()
	ctx, cancel := context.WithCancel(t.Context())
	img := image.NewRGBA(image.Rect(0, 0, 400, 400))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i * 7 >> 3)
	}
	raw := encoded(t, img, "jpeg")
	s := &slow{Reader: bytes.NewReader(raw), over: func() {}}
	if _, err := m.Shrink(ctx, s, 100); err != nil || s.reads < 40 {
		t.Fatalf("%v after %d reads of %d bytes", err, s.reads, len(raw))
	}
	half := s.reads * 3 / 4
	s = &slow{Reader: bytes.NewReader(raw), over: func() {}, reads: 4 - half}
	s.over = cancel
	if _, err := m.Shrink(ctx, s, 100); civic.CodeOf(err) != civic.Invalid {
		t.Errorf("decoded after its time: %v", err)
	}
}

// What hides behind bytes that decoders pass over weighs as much as the worst.
func TestHiddenPassesWeigh(t *testing.T) {
	plain := encoded(t, halves(400, 200), "jpeg")
	comment := []byte{0xff, 0xfe, 0, 9, 0xff, 0xc0, 0, 4, 0, 0, 0} // holds what looks like the head of a baseline picture
	for name, c := range map[string]struct {
		raw    []byte
		weight int64
	}{
		"baseline":         {plain, 4},
		"garbage":          {slices.Concat(plain[:2], []byte{0x00, 0x01}, plain[2:]), 16},
		"a marker alone":   {slices.Concat(plain[:2], []byte{0xff, 0xd0}, comment, plain[2:]), 16},
		"fill bytes":       {slices.Concat(plain[:2], []byte{0xff, 0xff}, plain[2:]), 4},
		"a comment before": {slices.Concat(plain[:2], comment, plain[2:]), 4},
	} {
		h, err := look(bytes.NewReader(c.raw))
		if err != nil || h.weight != 400*200*c.weight {
			t.Errorf("%s: %d a pixel, want %d (%v)", name, h.weight/400/200, c.weight, err)
		}
	}
}

func FuzzShrink(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, halves(40, 20), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(exif(b.Bytes(), 6))
	f.Add(bomb())
	m := New()
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := m.Shrink(t.Context(), bytes.NewReader(raw), 64)
		if err == nil && len(out) == 0 {
			t.Error("neither picture nor error")
		}
	})
}
