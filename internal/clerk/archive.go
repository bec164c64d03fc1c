package clerk

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"antragswerk/internal/civic"
)

// Bundle is all attachments of a case as a ZIP file that is made while it is read.
type Bundle struct {
	Name string
	Body io.ReadCloser
}

// BundleWords are the texts inside a bundle: the folder of what came with messages, and the file that tells what was left out.
type BundleWords struct{ Messages, LeftOut, Infected string }

// Bundle (alle Anlagen) packs the attachments of a case. Infected ones stay out, and a text file says so. It is recorded. The
// files are read one after the other while the bundle is, so that its size costs no memory; ctx must live as long.
func (s *Service) Bundle(ctx context.Context, who civic.Actor, tenant, id string, words BundleWords) (*Bundle, error) {
	f, err := s.file(ctx, who, tenant, id, "de")
	if err != nil {
		return nil, err
	}
	if len(f.Attachments) == 0 {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	ev := s.event(f.Case, who, "attachments.downloaded", map[string]string{"count": fmt.Sprint(len(f.Attachments))})
	if err := s.Store.Seen(ctx, f.Tenant.ID, f.Case.ID, ev); err != nil {
		return nil, fmt.Errorf("clerk: seen: %w", err)
	}
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(s.pack(ctx, w, f, words)) }()
	return &Bundle{f.Case.FileNumber + ".zip", r}, nil
}

func (s *Service) pack(ctx context.Context, w io.Writer, f *File, words BundleWords) error {
	z := zip.NewWriter(w)
	k := keys(f.Tenant, f.Dossier.ID, f.Dossier.Key)
	var leftOut []string
	for i, a := range f.Attachments {
		name := fmt.Sprintf("%02d-%s", i+1, bundled(a.FileName))
		if a.Message != "" {
			name = words.Messages + "/" + name
		}
		if a.Verdict == civic.VerdictInfected {
			leftOut = append(leftOut, name)
			continue
		}
		if err := s.packOne(ctx, z, k, name, a); err != nil {
			return err
		}
	}
	if len(leftOut) > 0 {
		entry, err := z.CreateHeader(&zip.FileHeader{Name: words.LeftOut + ".txt", Method: zip.Deflate, Modified: s.Now()})
		if err != nil {
			return fmt.Errorf("clerk: bundle: %w", err)
		}
		if _, err := io.WriteString(entry, words.Infected+"\r\n\r\n"+strings.Join(leftOut, "\r\n")+"\r\n"); err != nil {
			return fmt.Errorf("clerk: bundle: %w", err)
		}
	}
	return z.Close()
}

// packOne stores a file as it is: PDF and pictures are packed already.
func (s *Service) packOne(ctx context.Context, z *zip.Writer, k civic.Keys, name string, a Attachment) error {
	body, err := s.plain(ctx, k, sealFile, a.BlobKey)
	if err != nil {
		return err
	}
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: a.Created})
	if err == nil {
		_, err = io.Copy(entry, body)
	}
	if err = errors.Join(err, body.Close()); err != nil {
		return fmt.Errorf("clerk: bundle: %w", err)
	}
	return nil
}

// bundled is a file name that no archive tool reads as a path.
func bundled(name string) string { return safeName(name, extension(name)) }

// extension is the name's, when it is one of letters and digits.
func extension(name string) string {
	ext := path.Ext(name)
	if len(ext) > 6 || strings.ContainsFunc(strings.TrimPrefix(ext, "."), func(r rune) bool { return !('0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z') }) {
		return ""
	}
	return ext
}
