package apply

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

const (
	// maxFiles and maxTotal limit all attachments of one dossier.
	maxFiles = 50
	maxTotal = 100 << 20
	sniff    = 512
)

// Upload is a file on its way in; Body streams and is read once.
type Upload struct {
	Dossier, Pointer, Name string
	Body                   io.Reader
	id                     string // of the attachment that it becomes, "" for a new one
}

// Attach stores a file and records it in the draft. The bytes are durable before anything refers to them. Errors name
// the field: TooLarge over the field's limit, Invalid for a type (told by content) that the field does not take.
func (s *Service) Attach(ctx context.Context, who civic.Actor, lang string, up Upload) (*Application, error) {
	a, err := s.Open(ctx, who, up.Dossier, lang)
	if err != nil {
		return nil, err
	}
	if a.Draft.Submission != "" {
		return a, civic.Errorf(civic.Conflict, "error.draft.sent")
	}
	rule, ok := a.Form.FileRule(a.State, up.Pointer)
	if !ok {
		return a, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if err := room(a.Files, rule, up.Pointer); err != nil {
		return a, err
	}
	att, err := s.store(ctx, a.Tenant, a.Draft.Dossier, up, rule)
	if err != nil {
		return a, err
	}
	a, _, err = s.edit(ctx, who, up.Dossier, lang, func(a *Application) ([]formdef.Problem, error) { return nil, s.refer(a, att) })
	return a, err // on an error the blob is swept
}

// refer makes the answers refer to a stored file. Its row is stored with them: there is no file that nothing refers to, and no
// reference to none.
func (s *Service) refer(a *Application, att civic.Attachment) error {
	if err := roomInAll(a.Files, att.Pointer); err != nil {
		return err // others came while this one was on its way
	}
	state, err := a.Form.Attach(a.State, att.Pointer, att.URN())
	if err != nil {
		return civic.Errorf(civic.Invalid, "error.file.count").At(att.Pointer).Because(err)
	}
	named, err := s.named(a.Tenant, a.Draft.Dossier, []civic.Attachment{att})
	if err != nil {
		return err
	}
	a.Files = append(a.Files, named...)
	a.State, a.upload = state, &att
	a.State.Files = views(a.Files)
	return nil
}

// lost lists the files that were referred to before and are not any more.
func lost(a *Application, before []string) []string {
	if len(before) == 0 {
		return nil
	}
	now := a.Form.URNs(a.State.Answers)
	return slices.DeleteFunc(before, func(urn string) bool { return slices.Contains(now, urn) })
}

// drop deletes the rows of files that an unsent draft does not refer to any more; their bytes are swept.
func (s *Service) drop(ctx context.Context, who civic.Actor, a *Application, urns []string) error {
	for _, f := range a.Files {
		if !slices.Contains(urns, f.URN()) {
			continue
		}
		err := s.Attachments.DeleteAttachment(ctx, who.Subject, a.Draft.ID, f.ID)
		if code := civic.CodeOf(err); err != nil && code != civic.NotFound && code != civic.Conflict {
			return fmt.Errorf("apply: drop file: %w", err)
		}
	}
	return nil
}

// room refuses a file that the field or the dossier has no room for.
func room(files []Attachment, rule formdef.FileRule, pointer string) error {
	here := 0
	for _, f := range files {
		if f.Pointer == pointer {
			here++
		}
	}
	if rule.MaxFiles > 1 && here >= rule.MaxFiles {
		return civic.Errorf(civic.Invalid, "error.file.count").At(pointer)
	}
	return roomInAll(files, pointer)
}

// roomInAll refuses a file that the dossier has no room for.
func roomInAll(files []Attachment, pointer string) error {
	total := int64(0)
	for _, f := range files {
		total += f.Bytes
	}
	if len(files) >= maxFiles {
		return civic.Errorf(civic.Invalid, "error.file.count").At(pointer)
	}
	if total >= maxTotal {
		return civic.Errorf(civic.TooLarge, "error.file.total", "max", maxTotal>>20).At(pointer)
	}
	return nil
}

func (s *Service) scanJobs(a civic.Attachment) []civic.Job {
	if !s.Scans {
		return nil
	}
	return []civic.Job{civic.ScanAttachment{Tenant: a.Tenant, Attachment: a.ID}}
}

// store streams a file, sealed, into the blob store and returns its row. Nothing is left behind on failure.
func (s *Service) store(ctx context.Context, t civic.Tenant, d civic.Dossier, up Upload, rule formdef.FileRule) (civic.Attachment, error) {
	head := make([]byte, sniff)
	n, err := io.ReadFull(up.Body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return civic.Attachment{}, civic.Errorf(civic.Invalid, "error.file.broken").At(up.Pointer).Because(err)
	}
	head = head[:n]
	if n == 0 {
		return civic.Attachment{}, civic.Errorf(civic.Invalid, "error.file.empty").At(up.Pointer)
	}
	mediaType, err := typeAllowed(head, rule, up.Pointer)
	if err != nil {
		return civic.Attachment{}, err
	}
	meter := &meter{r: s.Strip(mediaType, io.MultiReader(bytes.NewReader(head), up.Body)), max: rule.MaxBytes, sum: sha256.New()}
	blob := s.NewID() // never that of bytes which something may refer to already: those were scanned, and may have been sent
	a := civic.Attachment{ID: cmp.Or(up.id, blob), Dossier: d.ID, Tenant: t.ID, Pointer: up.Pointer, BlobKey: blobKey(d.ID, blob), MediaType: mediaType,
		Verdict: civic.VerdictUnscanned, Created: s.Now()}
	if s.Scans {
		a.Verdict = civic.VerdictWaiting
	}
	if a.Name, err = s.Seal.Seal(keys(t, d), sealName, []byte(safeName(up.Name, mediaType))); err != nil {
		return a, fmt.Errorf("apply: attach: %w", err)
	}
	err = s.Blobs.Put(ctx, a.BlobKey, s.Seal.SealReader(keys(t, d), sealFile, meter), -1)
	switch {
	case meter.over:
		return a, civic.Errorf(civic.TooLarge, "error.file.large", "max", megabytes(rule.MaxBytes)).At(up.Pointer)
	case meter.err != nil:
		return a, civic.Errorf(civic.Invalid, "error.file.broken").At(up.Pointer).Because(meter.err)
	case err != nil:
		return a, civic.Errorf(civic.Unavailable, "error.file.store").At(up.Pointer).Because(err)
	}
	a.Bytes, a.SHA256 = meter.n, meter.sum.Sum(nil)
	return a, nil
}

var errOver = errors.New("over the limit")

// meter counts and hashes what is read and stops at the limit.
type meter struct {
	r      io.Reader
	n, max int64
	sum    hash.Hash
	over   bool
	err    error
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	if m.max > 0 && m.n > m.max {
		m.over = true
		return 0, errOver
	}
	m.sum.Write(p[:n])
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

// typeOf tells the media type by content, never by name.
func typeOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "application/pdf"
	case len(head) > 12 && bytes.Equal(head[4:8], []byte("ftyp")) && (bytes.HasPrefix(head[8:], []byte("heic")) || bytes.HasPrefix(head[8:], []byte("mif1"))):
		return "image/heic"
	}
	t, _, _ := strings.Cut(http.DetectContentType(head), ";")
	return t
}

var extensions = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp",
	"image/heic": ".heic", "image/gif": ".gif", "image/bmp": ".bmp", "text/plain": ".txt"}

// typeNames words media types as people know them: PDF, JPG, PNG.
func typeNames(types []string) string {
	var out []string
	for _, t := range types {
		out = append(out, strings.ToUpper(strings.TrimPrefix(extensions[t], ".")))
	}
	return strings.Join(out, ", ")
}

func megabytes(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}

// safeName keeps a file name for display: no path, no control or invisible characters, at most 120 letters, and an
// extension that tells the truth.
func safeName(name, mediaType string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimLeft(strings.TrimSpace(name), ".")
	if r := []rune(name); len(r) > 120 {
		name = string(r[:110]) + string(r[len(r)-10:])
	}
	if name == "" {
		name = "Datei"
	}
	want := extensions[mediaType]
	lower := strings.ToLower(name)
	if want != "" && !strings.HasSuffix(lower, want) && !(want == ".jpg" && strings.HasSuffix(lower, ".jpeg")) {
		name += want
	}
	return name
}

// Detach removes a file from the draft; its bytes are swept.
func (s *Service) Detach(ctx context.Context, who civic.Actor, dossier, lang, pointer, urn string) (*Application, error) {
	a, _, err := s.edit(ctx, who, dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		state, ok := a.Form.Detach(a.State, pointer, urn)
		if !ok {
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		a.State = state
		return nil, nil
	})
	return a, err
}
