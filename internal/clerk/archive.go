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
	list, err := s.withMerged(ctx, who, f)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, x := range list {
		if n += len(x.Attachments); len(x.Attachments) == 0 {
			continue
		}
		ev := s.event(x.Case, who, "attachments.downloaded", map[string]string{"count": fmt.Sprint(len(x.Attachments))})
		if err := s.Store.Seen(ctx, x.Tenant.ID, x.Case.ID, ev); err != nil {
			return nil, fmt.Errorf("clerk: seen: %w", err)
		}
	}
	if n == 0 {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(s.pack(ctx, w, list, words)) }()
	return &Bundle{f.Case.FileNumber + ".zip", r}, nil
}

// maxBundled is of how many merged cases a bundle holds the files.
const maxBundled = 50

// withMerged is a case and those that went into it, as far as the actor may see them.
func (s *Service) withMerged(ctx context.Context, who civic.Actor, f *File) ([]*File, error) {
	links, err := s.Work.Links(ctx, f.Tenant.ID, f.Case.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: links: %w", err)
	}
	list := []*File{f}
	for _, l := range links {
		if l.Kind != civic.LinkHolds || len(list) > maxBundled {
			continue
		}
		m, err := s.file(ctx, who, f.Tenant.ID, l.Other, "de")
		if civic.CodeOf(err) == civic.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// pack writes the files of a case and, each in a folder of its own, those of the cases that were merged with it.
func (s *Service) pack(ctx context.Context, w io.Writer, list []*File, words BundleWords) error {
	z := zip.NewWriter(w)
	var leftOut []string
	for n, f := range list {
		folder := ""
		if n > 0 {
			folder = f.Case.FileNumber + "/"
		}
		for i, a := range f.Attachments {
			name := fmt.Sprintf("%02d-%s", i+1, bundled(a.FileName))
			if a.Message != "" {
				name = words.Messages + "/" + name
			}
			if name = folder + name; a.Verdict == civic.VerdictInfected {
				leftOut = append(leftOut, name)
				continue
			}
			if err := s.packOne(ctx, z, keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), name, a); err != nil {
				return err
			}
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
