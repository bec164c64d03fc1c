package document

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	_ "image/jpeg" // logos
	_ "image/png"  // logos
	"net/http"

	_ "golang.org/x/image/webp" // logos
)

// The room for an authority's logo at the right of its letterhead, in millimetres.
const (
	logoTop    = 12.0
	logoWidth  = 50.0
	logoHeight = 20.0
	logoSide   = 1200 // pixels; finer than any printer at this size
)

// picture is an image as a PDF holds it: rows of red, green and blue, and how much each dot covers.
type picture struct {
	wide, high int
	colours    []byte
	cover      []byte
}

// readLogo reads a logo; nil when it is none that can be printed: a letter goes out without it.
func readLogo(body []byte) *picture {
	size, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || size.Width < 1 || size.Height < 1 || size.Width > 2*logoSide || size.Height > 2*logoSide {
		return nil
	}
	img, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	at := img.Bounds()
	p := &picture{wide: at.Dx(), high: at.Dy(), colours: make([]byte, 0, 3*at.Dx()*at.Dy()), cover: make([]byte, 0, at.Dx()*at.Dy())}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			r, g, b, a := img.At(x, y).RGBA()
			if a > 0 { // the colours are multiplied by it
				r, g, b = r*0xffff/a, g*0xffff/a, b*0xffff/a
			}
			p.colours = append(p.colours, byte(r>>8), byte(g>>8), byte(b>>8))
			p.cover = append(p.cover, byte(a>>8))
		}
	}
	return p
}

// logo draws a logo at the right of the letterhead, and returns how wide it is. It is decoration: the name stands beside it.
func (s *sheet) logo(body []byte) float64 {
	p := readLogo(body)
	if p == nil {
		return 0
	}
	scale := min(logoWidth/float64(p.wide), logoHeight/float64(p.high))
	w, h := float64(p.wide)*scale, float64(p.high)*scale
	s.beside(func() { s.draw(mark{x: right - w, y: logoTop, w: w, h: h, picture: p}) })
	return w
}

// image writes a picture into the file.
func (p *picture) image(f *file) ref {
	form := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", p.wide, p.high)
	mask := f.stream(form+" /ColorSpace /DeviceGray", p.cover, true)
	return f.stream(fmt.Sprintf("%s /ColorSpace /DeviceRGB /SMask %s", form, mask), p.colours, true)
}

// logoURL is a logo as a data: address, "" without one.
func logoURL(body []byte) template.URL {
	if readLogo(body) == nil {
		return ""
	}
	return template.URL("data:" + http.DetectContentType(body) + ";base64," + base64.StdEncoding.EncodeToString(body)) // #nosec -- made here
}
