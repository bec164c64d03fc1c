// Package picture makes small pictures of uploaded ones, for people who look at many. What it returns is a JPEG made anew:
// nothing of the file but its colours is left, neither hidden data nor whatever a decoder might trip over. It may know civic;
// it must not know where pictures come from or go.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	_ "image/png" // decodes PNG
	"io"
	"time"

	"antragswerk/internal/civic"
)

// maxWeight is how many bytes a picture may take while it is decoded: a file of a few kilobytes can announce gigabytes.
const maxWeight = 200 << 20

// quality of the JPEG that is made: letters stay sharp.
const quality = 82

// decodeTime is how long a picture may take: a progressive JPEG of a few megabytes can ask for hundreds of thousands of passes.
const decodeTime = 10 * time.Second

// Maker decodes one picture at a time, so that many clerks need no more memory than one.
type Maker struct{ busy chan struct{} }

// New makes one; a node has one.
func New() *Maker { return &Maker{busy: make(chan struct{}, 1)} }

// Shrink returns the JPEG or PNG upright, no side longer than most; one that is smaller keeps its size. What is no picture,
// or too large to be decoded, is Invalid.
func (m *Maker) Shrink(ctx context.Context, r io.ReadSeeker, most int) ([]byte, error) {
	h, err := look(r)
	if err != nil || h.weight > maxWeight {
		return nil, civic.Errorf(civic.Invalid, "error.desk.preview").Because(err)
	}
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	defer m.leave()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	img, _, err := image.Decode(timely{ctx, r})
	if err != nil {
		return nil, civic.Errorf(civic.Invalid, "error.desk.preview").Because(err)
	}
	return encode(upright(shrink(img, most), h.orientation))
}

// Turn returns a JPEG that Shrink has made, turned clockwise by a multiple of 90 degrees.
func (m *Maker) Turn(ctx context.Context, picture []byte, degrees int) ([]byte, error) {
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	defer m.leave()
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	orientation := map[int]int{90: 6, 180: 3, 270: 8}[(degrees%360+360)%360]
	return encode(upright(shrink(img, max(img.Bounds().Dx(), img.Bounds().Dy())), orientation))
}

// timely reads until its time is over; whoever decodes then stops, since decoders read as they go.
type timely struct {
	ctx context.Context
	io.Reader
}

func (t timely) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.Reader.Read(p)
}

func (m *Maker) enter(ctx context.Context) error {
	select {
	case m.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return civic.Errorf(civic.Unavailable, "error.desk.preview.busy").Because(ctx.Err())
	}
}

func (m *Maker) leave() { <-m.busy }

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return b.Bytes(), nil
}

// shrink averages the pixels that fall into one, over white, a row at a time: besides the picture it needs the memory of one row.
func shrink(src image.Image, most int) *image.RGBA {
	from := src.Bounds()
	w, h := fit(from.Dx(), from.Dy(), most)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), 1))
	sums := make([]uint64, 4*w) // red, green, blue, how many
	for y := range h {
		clear(sums)
		first := y * from.Dy() / h
		for sy := first; sy < max((y+1)*from.Dy()/h, first+1); sy++ {
			draw.Draw(row, row.Bounds(), image.White, image.Point{}, draw.Src)
			draw.Draw(row, row.Bounds(), src, image.Pt(from.Min.X, from.Min.Y+sy), draw.Over)
			for x := range from.Dx() {
				at, p := 4*(x*w/from.Dx()), row.Pix[4*x:4*x+3]
				sums[at] += uint64(p[0])
				sums[at+1] += uint64(p[1])
				sums[at+2] += uint64(p[2])
				sums[at+3]++
			}
		}
		for x := range w {
			p, sum := out.Pix[out.PixOffset(x, y):], sums[4*x:4*x+4]
			p[0], p[1], p[2], p[3] = byte(sum[0]/sum[3]), byte(sum[1]/sum[3]), byte(sum[2]/sum[3]), 0xff
		}
	}
	return out
}

// fit keeps the shape; no side is longer than most, or shorter than one pixel.
func fit(w, h, most int) (int, int) {
	if longest := max(w, h); longest > most {
		w, h = max(w*most/longest, 1), max(h*most/longest, 1)
	}
	return w, h
}

// upright undoes an orientation as cameras note it (Exif 2.32, tag 0x0112): 1 is upright, 3, 6 and 8 are turned, the others mirrored.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(tx, ty):][:4], img.Pix[img.PixOffset(x, y):][:4])
		}
	}
	return out
}

var errNoPicture = errors.New("no JPEG or PNG")
