package publish

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"archive/zip"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/formimport"
)

// Limits of what a form of another system is read from.
const (
	// MaxForeign is how many bytes its files may have together.
	MaxForeign      = 20_000_000
	maxForeignFiles = 50
)

// Import is a form of another system on its way in: FIM XDatenfelder as XML with its code lists, or a react-jsonschema-form
// schema with its uiSchema, each as files or in a ZIP.
type Import struct {
	Service  string // slug, "" takes one made of the form's title
	Reserved []string
	files    []formimport.File
	bytes    int64
}

// Add reads one of its files.
func (i *Import) Add(name string, body io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(body, MaxForeign-i.bytes+1))
	if err != nil {
		return civic.Errorf(civic.Invalid, "error.file.broken").At("package").Because(err)
	}
	if i.bytes += int64(len(raw)); i.bytes > MaxForeign {
		return civic.Errorf(civic.TooLarge, "error.state.import.large", "max", MaxForeign/1_000_000).At("package")
	}
	if len(i.files) == maxForeignFiles {
		return civic.Errorf(civic.TooLarge, "error.state.zip.files", "max", maxForeignFiles).At("package")
	}
	i.files = append(i.files, formimport.File{Name: name, Body: bytes.NewReader(raw), Size: int64(len(raw))})
	return nil
}

// xdf tells whether the files are XDatenfelder: some of them, or what a ZIP holds, is XML.
func (i *Import) xdf() bool {
	return slices.ContainsFunc(i.files, func(f formimport.File) bool {
		head := make([]byte, 64)
		n, _ := f.Body.ReadAt(head, 0)
		head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\ufeff")), " \t\r\n")
		if bytes.HasPrefix(head, []byte("<")) || bytes.HasPrefix(head, []byte("\xff\xfe<")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
			return true
		}
		z, err := zip.NewReader(f.Body, f.Size)
		return err == nil && slices.ContainsFunc(z.File, func(e *zip.File) bool { return strings.HasSuffix(strings.ToLower(e.Name), ".xml") })
	})
}

// Import turns the form into a package and stores that as a draft, whatever is left to mend in it: a draft with findings is not
// published (see Publish), and its report lies in it. Invalid, with why the importer refuses it, for what is no form.
func (s *Service) Import(ctx context.Context, who civic.Actor, in *Import) (civic.FormVersion, error) {
	t, err := s.state(ctx, who, civic.RoleEditor)
	if err != nil {
		return civic.FormVersion{}, err
	}
	if len(in.files) == 0 {
		return civic.FormVersion{}, civic.Errorf(civic.Invalid, "error.state.nofile").At("package")
	}
	read := formimport.RJSF
	if in.xdf() {
		read = formimport.XDF
	}
	made, err := read(in.files...)
	if err != nil {
		return civic.FormVersion{}, civic.Errorf(civic.Invalid, "error.state.import", "why", why(err)).At("package").Because(err)
	}
	slug := firstOf(strings.TrimSpace(in.Service), made.Slug)
	if !slugForm.MatchString(slug) || len(slug) > 60 || slices.Contains(in.Reserved, slug) {
		return civic.FormVersion{}, civic.Errorf(civic.Invalid, "error.state.slug").At("service")
	}
	var files []file
	for _, f := range made.Files {
		files = append(files, file{f.Name, f.Body})
	}
	packed, err := pack(files)
	if err != nil {
		return civic.FormVersion{}, err
	}
	if len(packed) > maxZip {
		return civic.FormVersion{}, civic.Errorf(civic.TooLarge, "error.state.zip.large", "max", maxZip>>20).At("package")
	}
	p, _, err := compile(civic.FormVersion{Service: slug, Package: packed})
	if err != nil {
		return civic.FormVersion{}, civic.Errorf(civic.Invalid, "error.state.import", "why", why(err)).At("package").Because(err)
	}
	return s.draft(ctx, who, t, slug, packed, p)
}

// draft stores a package as a new version.
func (s *Service) draft(ctx context.Context, who civic.Actor, state civic.Tenant, slug string, packed []byte, p *formdef.Package) (civic.FormVersion, error) {
	v := civic.FormVersion{ID: s.d.NewID(), Service: slug, Digest: p.Digest, Package: packed, CreatedBy: who.Staff.ID, Created: s.d.Now()}
	stored, err := s.d.Store.CreateVersion(ctx, v, s.event(who, state, "form.uploaded", v))
	if civic.CodeOf(err) == civic.Conflict {
		return v, civic.Errorf(civic.Conflict, "error.state.exists").At("package").Because(err)
	}
	if err != nil {
		return v, fmt.Errorf("publish: upload: %w", err)
	}
	return stored, nil
}

// maxReadme is how much of a package's README a page shows.
const maxReadme = 200 << 10

// readme is the README.md of a package, "" without one: of an imported form, what could not be carried over.
func readme(packed []byte) string {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return ""
	}
	f, err := z.Open("README.md")
	if err != nil {
		return ""
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxReadme))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(raw), "")
}

// why is an importer's reason, no longer than a person reads.
func why(err error) string {
	text := []rune(strings.Join(strings.Fields(err.Error()), " "))
	if len(text) > 400 {
		return string(text[:400]) + "…"
	}
	return string(text)
}
