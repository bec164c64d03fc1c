package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"archive/zip"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Limits of an uploaded package.
const (
	maxZip   = 2 << 20
	maxPlain = 10 << 20
	maxFiles = 500
)

// Upload is a form package on its way in.
type Upload struct {
	Name     string // of the file; names the service where the ZIP has no folder of its own
	Service  string // slug, "" takes the folder's or file's name
	Body     io.Reader
	Reserved []string // words that no service may be called
}

// Report is what was found out about an uploaded package.
type Report struct {
	Service  string
	Version  civic.FormVersion // stored; zero when Findings forbid it
	Findings []formdef.Finding
	Trials   []Trial
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Upload checks a package and stores it as a draft version when nothing is wrong with it. What is wrong comes back as
// findings, all at once; errors are for files that are no package at all.
func (s *Service) Upload(ctx context.Context, who civic.Actor, up Upload) (*Report, error) {
	t, err := s.state(ctx, who, civic.RoleEditor)
	if err != nil {
		return nil, err
	}
	files, folder, err := unpack(up.Body)
	if err != nil {
		return nil, err
	}
	slug := firstOf(strings.TrimSpace(up.Service), folder, strings.TrimSuffix(path.Base(strings.ReplaceAll(up.Name, `\`, "/")), ".zip"))
	if !slugForm.MatchString(slug) || len(slug) > 60 || slices.Contains(up.Reserved, slug) {
		return nil, civic.Errorf(civic.Invalid, "error.state.slug").At("service")
	}
	r := &Report{Service: slug}
	packed, err := pack(files)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, fmt.Errorf("publish: pack: %w", err)
	}
	p := r.examine(slug, z)
	if p == nil {
		return r, nil
	}
	form, err := formdef.Compile(p)
	if err != nil {
		r.Findings = append(r.Findings, findings(err)...)
		return r, nil
	}
	r.Trials = replay(form, s.d.Now())
	if len(r.Findings) > 0 {
		return r, nil
	}
	if r.Version, err = s.draft(ctx, who, t, slug, packed, p); err != nil {
		return nil, err
	}
	return r, nil
}

// examine loads and lints, samples included; nil when the package cannot even be loaded.
func (r *Report) examine(slug string, fsys fs.FS) *formdef.Package {
	p, err := formdef.Load(slug, fsys)
	if err != nil {
		r.Findings = findings(err)
		return nil
	}
	r.Findings = p.Lint()
	return p
}

// A line of an error that opens a finding, and lines of source code that a parser quotes.
var (
	findingLine = regexp.MustCompile(`^([\w./-]+\.(?:yaml|json)):(\S*?):? (.+)$`)
	quotedLine  = regexp.MustCompile(`^\s*>?\s*(\d+ \||\^)`)
)

// findings turns an error of several lines, "file:pointer: text" or "file: text", into findings.
func findings(err error) []formdef.Finding {
	var out []formdef.Finding
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimRight(line, "\r\n")
		m := findingLine.FindStringSubmatch(line)
		switch {
		case m != nil:
			out = append(out, formdef.Finding{File: m[1], Pointer: m[2], Text: m[3]})
		case strings.TrimSpace(line) == "" || quotedLine.MatchString(line):
		case len(out) > 0:
			out[len(out)-1].Text += "\n" + line
		default:
			out = append(out, formdef.Finding{Text: line})
		}
	}
	return out
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// file is a file of a package.
type file struct {
	name string
	body []byte
}

// unpack reads a ZIP within the limits. A single folder around everything is taken off and returned.
func unpack(body io.Reader) ([]file, string, error) {
	raw, err := io.ReadAll(io.LimitReader(body, maxZip+1))
	if err != nil {
		return nil, "", civic.Errorf(civic.Invalid, "error.file.broken").At("package").Because(err)
	}
	if len(raw) > maxZip {
		return nil, "", civic.Errorf(civic.TooLarge, "error.state.zip.large", "max", maxZip>>20).At("package")
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, "", civic.Errorf(civic.Invalid, "error.state.zip.none").At("package").Because(err)
	}
	var files []file
	left := int64(maxPlain)
	for _, entry := range z.File {
		name := strings.TrimSuffix(entry.Name, "/")
		if !fs.ValidPath(name) || strings.Contains(name, `\`) || entry.Mode()&fs.ModeType != 0 && !entry.Mode().IsDir() {
			return nil, "", civic.Errorf(civic.Invalid, "error.state.zip.path").At("package")
		}
		if entry.Mode().IsDir() || strings.HasPrefix(name, "__MACOSX/") || path.Base(name) == ".DS_Store" {
			continue
		}
		if len(files) == maxFiles {
			return nil, "", civic.Errorf(civic.TooLarge, "error.state.zip.files", "max", maxFiles).At("package")
		}
		plain, err := inflate(entry, left)
		if err != nil {
			return nil, "", err
		}
		left -= int64(len(plain))
		files = append(files, file{name, plain})
	}
	files, folder := strip(files)
	return files, folder, nil
}

// inflate reads an entry, whatever size its header claims.
func inflate(entry *zip.File, left int64) ([]byte, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, civic.Errorf(civic.Invalid, "error.state.zip.none").At("package").Because(err)
	}
	defer r.Close()
	plain, err := io.ReadAll(io.LimitReader(r, left+1))
	if int64(len(plain)) > left {
		return nil, civic.Errorf(civic.TooLarge, "error.state.zip.plain", "max", maxPlain>>20).At("package")
	}
	if err != nil {
		return nil, civic.Errorf(civic.Invalid, "error.state.zip.none").At("package").Because(err)
	}
	return plain, nil
}

// strip takes off the folder that holds everything.
func strip(files []file) ([]file, string) {
	if len(files) == 0 {
		return files, ""
	}
	top, _, ok := strings.Cut(files[0].name, "/")
	if !ok || slices.ContainsFunc(files, func(f file) bool { return !strings.HasPrefix(f.name, top+"/") }) {
		return files, ""
	}
	// A package with nothing but texts/ or samples/ is none; its folder is not its name.
	if top == "texts" || top == "samples" {
		return files, ""
	}
	for i := range files {
		files[i].name = strings.TrimPrefix(files[i].name, top+"/")
	}
	return files, top
}

// pack writes the package as we keep it: files by name, at the root, without times.
func pack(files []file) ([]byte, error) {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i, f := range files {
		if i > 0 && files[i-1].name == f.name {
			return nil, civic.Errorf(civic.Invalid, "error.state.zip.twice").At("package")
		}
		e, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err == nil {
			_, err = e.Write(f.body)
		}
		if err != nil {
			return nil, fmt.Errorf("publish: pack: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("publish: pack: %w", err)
	}
	return out.Bytes(), nil
}
