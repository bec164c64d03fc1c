// Package static holds the styles, scripts and fonts as they are sent to a browser, named by their digests and
// compressed once at build time ("make assets" fills dist). It may import the standard library only; templates and
// cache headers are not its business.
package static

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the binary was built without its assets.
var ErrNotBuilt = errors.New("static: the assets are not built; run \"make assets\" and build again")

// Assets are the built files, in memory and immutable.
type Assets struct {
	names map[string]string // "app.css" → "app.1a2b3c4d5e6f.css"
	files map[string]file   // by built name
}

type file struct {
	mediaType string
	body      []byte
	brotli    []byte // nil where compression gains nothing
	gzip      []byte
}

// Open reads the embedded assets. The error is ErrNotBuilt when there are none.
func Open() (*Assets, error) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return open(sub)
}

func open(fsys fs.FS) (*Assets, error) {
	raw, err := fs.ReadFile(fsys, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	a := &Assets{files: map[string]file{}}
	if err := json.Unmarshal(raw, &a.names); err != nil {
		return nil, fmt.Errorf("static: manifest.json: %w", err)
	}
	for _, name := range a.names {
		f := file{mediaType: mediaType(name)}
		if f.body, err = fs.ReadFile(fsys, name); err != nil {
			return nil, fmt.Errorf("static: %w", err)
		}
		f.brotli = smaller(fsys, name+".br", f.body)
		f.gzip = smaller(fsys, name+".gz", f.body)
		a.files[name] = f
	}
	return a, nil
}

// smaller reads a compressed form, nil when it is missing or no smaller.
func smaller(fsys fs.FS, name string, body []byte) []byte {
	b, err := fs.ReadFile(fsys, name)
	if err != nil || len(b) >= len(body) {
		return nil
	}
	return b
}

// URL returns the address of an asset by its plain name: "app.css" → "/static/app.1a2b3c4d5e6f.css". An unknown
// name gives "", so that a page does without it.
func (a *Assets) URL(name string) string {
	built, ok := a.names[name]
	if !ok {
		return ""
	}
	return "/static/" + built
}

// Get returns a file by its built name, without the /static/ before it, in the best encoding that the
// Accept-Encoding header takes ("br", "gzip" or "" for none). The body must not be changed. Its name holds its
// digest, so it may be cached for ever.
func (a *Assets) Get(name, acceptEncoding string) (body []byte, mediaType, encoding string, ok bool) {
	f, ok := a.files[strings.TrimPrefix(name, "/static/")]
	if !ok {
		return nil, "", "", false
	}
	switch {
	case f.brotli != nil && accepts(acceptEncoding, "br"):
		return f.brotli, f.mediaType, "br", true
	case f.gzip != nil && accepts(acceptEncoding, "gzip"):
		return f.gzip, f.mediaType, "gzip", true
	}
	return f.body, f.mediaType, "", true
}

// accepts tells whether an Accept-Encoding header names the coding and does not refuse it by q=0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, weighted := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !weighted {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}
