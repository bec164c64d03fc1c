package clerk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"antragswerk/internal/civic"
)

// maxFile limits one file that an office sends, in bytes.
const maxFile = 20 << 20

// Upload is a file for a message on its way in; Body streams and is read once.
type Upload struct {
	Field, Name string
	Body        io.Reader
}

var errOver = errors.New("over the limit")

// Keep (Anlage ablegen) streams a file, sealed, into the blob store and returns its row for Write. PDF, JPEG and PNG
// are taken, told by content. What no message refers to in the end is swept.
func (s *Service) Keep(ctx context.Context, who civic.Actor, at At, up Upload) (civic.Attachment, error) {
	f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return civic.Attachment{}, err
	}
	return s.keep(ctx, f, up)
}

func (s *Service) keep(ctx context.Context, f *File, up Upload) (civic.Attachment, error) {
	head := make([]byte, 8)
	n, err := io.ReadFull(up.Body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return civic.Attachment{}, civic.Errorf(civic.Invalid, "error.file.broken").At(up.Field).Because(err)
	}
	kind, extension := typeOf(head[:n])
	if kind == "" {
		return civic.Attachment{}, civic.Errorf(civic.Invalid, "error.file.type", "types", "PDF, JPG, PNG").At(up.Field)
	}
	k := keys(f.Tenant, f.Dossier.ID, f.Dossier.Key)
	id := s.NewID()
	a := civic.Attachment{ID: id, Dossier: f.Dossier.ID, Tenant: f.Tenant.ID, BlobKey: "a/" + f.Dossier.ID + "/" + id, MediaType: kind,
		Verdict: civic.VerdictUnscanned, FromOffice: true, Created: s.Now()}
	if s.Scans {
		a.Verdict = civic.VerdictWaiting
	}
	if a.Name, err = s.seal(k, sealName, safeName(up.Name, extension)); err != nil {
		return a, err
	}
	m := &meter{r: s.Strip(kind, io.MultiReader(bytes.NewReader(head[:n]), up.Body)), sum: sha256.New()}
	err = s.Blobs.Put(ctx, a.BlobKey, s.Seal.SealReader(k, sealFile, m), -1)
	switch {
	case m.n > maxFile:
		return a, civic.Errorf(civic.TooLarge, "error.file.large", "max", fmt.Sprintf("%d MB", maxFile>>20)).At(up.Field)
	case m.err != nil:
		return a, civic.Errorf(civic.Invalid, "error.file.broken").At(up.Field).Because(m.err)
	case err != nil:
		return a, civic.Errorf(civic.Unavailable, "error.file.store").At(up.Field).Because(err)
	}
	a.Bytes, a.SHA256 = m.n, m.sum.Sum(nil)
	return a, nil
}

// meter counts and hashes what is read and stops at the limit.
type meter struct {
	r   io.Reader
	n   int64
	sum hash.Hash
	err error
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.n += int64(n); m.n > maxFile {
		return 0, errOver
	}
	m.sum.Write(p[:n])
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

// typeOf tells media type and extension by content.
func typeOf(head []byte) (mediaType, extension string) {
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "application/pdf", ".pdf"
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg", ".jpg"
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png", ".png"
	}
	return "", ""
}

// safeName keeps a file name for display: no path, no invisible characters, at most 100 letters, a true extension.
func safeName(name, extension string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	letters := []rune(strings.TrimSpace(strings.ToValidUTF8(name, "")))
	letters = slices.DeleteFunc(letters, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"|?*/`, r)
	})
	letters = []rune(strings.TrimLeft(string(letters), ". ")) // ".." is a folder, ".name" is hidden
	if len(letters) > 100 {
		letters = letters[:100]
	}
	if len(letters) == 0 {
		letters = []rune("Anlage")
	}
	return string(letters) + extension
}
