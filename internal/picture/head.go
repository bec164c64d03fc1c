package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
)

// head is what is known of a picture before it is decoded.
type head struct {
	weight      int64 // bytes while it is decoded
	orientation int   // as the camera noted it, 0 unknown
}

// headBytes is how much is read to find the size: cameras put a thumbnail of up to 64 kB before it.
const headBytes = 1 << 20

// look reads size, kind and orientation.
func look(r io.ReadSeeker) (h head, err error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return h, fmt.Errorf("picture: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, headBytes))
	if err != nil {
		return h, fmt.Errorf("picture: %w", err)
	}
	cfg, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return h, fmt.Errorf("picture: %w", err)
	}
	perPixel := int64(8) // an interlaced PNG holds its passes too
	switch kind {
	case "png":
		if cfg.ColorModel == color.NRGBA64Model || cfg.ColorModel == color.RGBA64Model {
			perPixel = 16
		}
	case "jpeg":
		var baseline bool
		h.orientation, baseline = segments(raw)
		if perPixel = 16; baseline { // else the decoder keeps the coefficients of all three colours
			perPixel = 4
		}
	default:
		return h, errNoPicture
	}
	if cfg.Width < 1 || cfg.Height < 1 {
		return h, errNoPicture
	}
	h.weight = int64(cfg.Width) * int64(cfg.Height) * perPixel
	return h, nil
}

// segments walks a JPEG's segments up to its picture (ITU-T T.81, annex B). Decoders pass over bytes and markers that belong nowhere, each
// in its own way; what comes after such is not believed to be baseline.
func segments(raw []byte) (orientation int, baseline bool) {
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff; {
		kind, size := raw[at+1], int(binary.BigEndian.Uint16(raw[at+2:]))
		if kind == 0xff { // fill byte
			at++
			continue
		}
		if kind < 0xc0 || kind >= 0xd0 && kind <= 0xd9 || size < 2 {
			return orientation, false
		}
		end := min(at+2+size, len(raw))
		if kind == 0xe1 && orientation == 0 {
			if tiff, ok := bytes.CutPrefix(raw[at+4:max(end, at+4)], []byte("Exif\x00\x00")); ok {
				orientation = orientationOf(tiff)
			}
		}
		if kind == 0xda || kind >= 0xc0 && kind <= 0xc2 {
			return orientation, kind == 0xc0 || kind == 0xc1
		}
		at = end
	}
	return orientation, false
}

// orientationOf finds the tag in the first directory of an Exif block, which is a TIFF file.
func orientationOf(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(tiff) < 8 {
		return 0
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
			return int(order.Uint16(entries[8:]))
		}
		entries = entries[12:]
	}
	return 0
}
