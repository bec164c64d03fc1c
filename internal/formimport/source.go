package formimport

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// File is a file to import from: a schema, a code list, a uiSchema, or a ZIP of such.
type File struct {
	Name string // as the person knows it; its ending says nothing, what is inside does
	Body io.ReaderAt
	Size int64 // bytes
}

// The bounds of a ZIP. What a ZIP says about the size of its files is not believed; the bytes are counted.
const (
	maxEntries = 1000
	maxTotal   = 128 << 20
)

// part is one file that is no ZIP: opened, it is read once from its beginning.
type part struct {
	name string
	open func() (io.ReadCloser, error)
}

// parts lists the files, with those inside ZIPs, in the order given; inside a ZIP in the order of names.
func parts(files []File) ([]part, error) {
	var out []part
	for _, f := range files {
		if f.Size > maxFile {
			return nil, fmt.Errorf("%s: it has %d MB; at most %d MB are read", f.Name, f.Size>>20, maxFile>>20)
		}
		if !isZIP(f) {
			out = append(out, part{f.Name, func() (io.ReadCloser, error) {
				return io.NopCloser(io.NewSectionReader(f.Body, 0, f.Size)), nil
			}})
			continue
		}
		inside, err := unzip(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		out = append(out, inside...)
	}
	return out, nil
}

func isZIP(f File) bool {
	head := make([]byte, 4)
	n, _ := f.Body.ReadAt(head, 0)
	return n == 4 && bytes.Equal(head, []byte("PK\x03\x04"))
}

func unzip(f File) ([]part, error) {
	z, err := zip.NewReader(f.Body, f.Size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is written by these names
		return nil, fmt.Errorf("the ZIP cannot be read: %w", err)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("the ZIP holds %d files; at most %d are read", len(z.File), maxEntries)
	}
	left := int64(maxTotal)
	var out []part
	for _, e := range z.File {
		base := path.Base(strings.ReplaceAll(e.Name, `\`, "/"))
		if e.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(e.Name, "__MACOSX/") {
			continue
		}
		out = append(out, part{f.Name + "/" + e.Name, func() (io.ReadCloser, error) {
			r, err := e.Open()
			if err != nil {
				return nil, fmt.Errorf("the ZIP cannot be read: %w", err)
			}
			return &counted{r, &left}, nil
		}})
	}
	slices.SortStableFunc(out, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// counted ends a ZIP bomb: all that is unpacked from one ZIP together has a bound.
type counted struct {
	io.ReadCloser
	left *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if *c.left -= int64(n); *c.left < 0 {
		return 0, fmt.Errorf("the ZIP unpacks to more than %d MB", maxTotal>>20)
	}
	return n, err
}

// whole reads a part that must fit into memory.
func (p part) whole(limit int) ([]byte, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > limit {
		return nil, fmt.Errorf("it has more than %d MB", limit>>20)
	}
	return raw, nil
}

// scan opens a part as XML and reads the start of its root.
func (p part) scan(use func(s *scanner, root rootElement) error) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r)
	start, err := s.root()
	if err != nil {
		return err
	}
	return use(s, rootElement{name: start.Name.Local, space: namespaceOf(start)})
}
