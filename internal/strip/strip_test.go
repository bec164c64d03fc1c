package strip_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"antragswerk/internal/strip"
)

const secret = "GPS 50.9271 N 11.5892 E"

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	m.Set(3, 3, color.White)
	return m
}

func tiff(orientation uint16) []byte {
	b := append([]byte("II\x2a\x00\x08\x00\x00\x00\x01\x00"), 0x12, 0x01, 3, 0, 1, 0, 0, 0)
	return append(binary.LittleEndian.AppendUint16(b, orientation), "\x00\x00\x00\x00\x00\x00"+secret...)
}

func segment(kind byte, body string) string {
	return string([]byte{0xff, kind, byte((len(body) + 2) >> 8), byte(len(body) + 2)}) + body
}

// jpegOf has everything that cameras and programs leave in a file, and a film behind it.
func jpegOf(t testing.TB, orientation uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	raw := b.String()
	return []byte(raw[:2] + segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00") + segment(0xe1, "Exif\x00\x00"+string(tiff(orientation))) +
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret) + segment(0xed, "Photoshop 3.0\x00"+secret) + segment(0xe2, "MPF\x00"+secret) +
		segment(0xe2, "ICC_PROFILE\x00colours") + segment(0xfe, secret) + "\xff" + raw[2:] + "\xff\xd8" + secret)
}

func chunk(kind string, body []byte) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func pngOf(t testing.TB, orientation uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	raw := b.String()
	return []byte(raw[:33] + chunk("eXIf", tiff(orientation)) + chunk("tEXt", []byte("Location\x00"+secret)) + chunk("prVt", []byte(secret)) + chunk("gAMA", []byte{0, 0, 0xb1, 0x8f}) + raw[33:] + secret)
}

func webpOf(orientation uint16) []byte {
	block := func(kind, body string) string {
		if len(body)%2 == 1 {
			return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body + "\x00"
		}
		return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
	}
	body := "WEBP" + block("VP8X", "\x0c\x00\x00\x00\x3b\x00\x00\x27\x00\x00") + block("VP8 ", "picture") + block("EXIF", string(tiff(orientation))) + block("XMP ", secret) + block("ICCP", "colours")
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body)
}

func stripped(t testing.TB, mediaType string, raw []byte) []byte {
	t.Helper()
	out, err := io.ReadAll(strip.Reader(mediaType, bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	slow, err := io.ReadAll(strip.Reader(mediaType, iotest.OneByteReader(bytes.NewReader(raw))))
	if err != nil || !bytes.Equal(out, slow) {
		t.Fatalf("it depends on how the bytes come: %d and %d (%v)", len(out), len(slow), err)
	}
	return out
}

// What tells of its maker goes; every point of the picture, its colours and what turns it upright stay.
func TestPlacesAreTakenOut(t *testing.T) {
	for _, orientation := range []uint16{1, 6} {
		for mediaType, raw := range map[string][]byte{"image/jpeg": jpegOf(t, orientation), "image/png": pngOf(t, orientation), "image/webp": webpOf(orientation)} {
			out := stripped(t, mediaType, raw)
			if !bytes.Contains(raw, []byte(secret)) || bytes.Contains(out, []byte(secret)) || bytes.Contains(out, []byte("GPS")) {
				t.Errorf("%s still tells: %q", mediaType, out[:min(len(out), 300)])
			}
			turned := bytes.Contains(out, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"))
			if turned != (orientation == 6) {
				t.Errorf("%s, orientation %d: kept %v", mediaType, orientation, turned)
			}
			switch mediaType {
			case "image/webp":
				if len(out) != len(raw) || !strings.Contains(string(out), "colours") || !strings.Contains(string(out), "picture") {
					t.Errorf("%q", out)
				}
			default:
				before, _, err := image.Decode(bytes.NewReader(raw))
				if err != nil {
					t.Fatal(err)
				}
				after, _, err := image.Decode(bytes.NewReader(out))
				if err != nil {
					t.Fatalf("%s: %v", mediaType, err)
				}
				for x := range 60 {
					for y := range 40 {
						if before.At(x, y) != after.At(x, y) {
							t.Fatalf("%s: another picture", mediaType)
						}
					}
				}
			}
		}
	}
	if out := stripped(t, "image/jpeg", jpegOf(t, 1)); !bytes.Contains(out, []byte("ICC_PROFILE\x00colours")) || !bytes.Contains(out, []byte("JFIF")) {
		t.Error("colours are lost")
	}
	if out := stripped(t, "image/png", pngOf(t, 1)); !bytes.Contains(out, []byte("gAMA")) {
		t.Error("colours are lost")
	}
}

// What is no such picture passes as it is, and a stream that breaks is not taken for a whole one.
func TestOthersPass(t *testing.T) {
	for _, mediaType := range []string{"image/jpeg", "image/png", "image/webp", "application/pdf"} {
		for _, raw := range []string{"", "x", "%PDF-1.7 " + secret, "\xff\xd8\xff", "\xff\xd8\xff\xe1\xff\xff", pngMark[:4], pngMark + "\xff\xff\xff\xffabcd", "RIFF1234WEB"} {
			if got := string(stripped(t, mediaType, []byte(raw))); got != raw {
				t.Errorf("%s: %q became %q", mediaType, raw, got)
			}
		}
	}
	for mediaType, raw := range map[string][]byte{"image/jpeg": jpegOf(t, 6), "image/png": pngOf(t, 6), "image/webp": webpOf(6)} {
		for cut := range raw {
			if _, err := io.ReadAll(strip.Reader(mediaType, io.MultiReader(bytes.NewReader(raw[:cut]), iotest.ErrReader(io.ErrClosedPipe)))); !errors.Is(err, io.ErrClosedPipe) {
				t.Fatalf("%s cut at %d: %v", mediaType, cut, err)
			}
		}
	}
}

const pngMark = "\x89PNG\r\n\x1a\n"

// No bytes make it hang or grow, and what was stripped once stays as it is.
func FuzzReader(f *testing.F) {
	f.Add(jpegOf(f, 6))
	f.Add(pngOf(f, 6))
	f.Add(webpOf(6))
	f.Add([]byte("\xff\xd8\xff\xda\x00\x02\xff\x00\xff\xd0\xff\xff\xe1\x00\x03x\xff\xd9tail"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, mediaType := range []string{"image/jpeg", "image/png", "image/webp"} {
			out := stripped(t, mediaType, raw)
			if len(out) > len(raw)+4 { // a last chunk whose check sum was cut off has one again
				t.Fatalf("%s grew from %d to %d", mediaType, len(raw), len(out))
			}
			if again := stripped(t, mediaType, out); !bytes.Equal(again, out) {
				t.Fatalf("%s: not the same when stripped again", mediaType)
			}
		}
	})
}
