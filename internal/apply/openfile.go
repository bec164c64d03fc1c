package apply

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// OpenFile is an attachment of the actor's dossier with its bytes; id is that of its URN. The caller closes it.
func (s *Service) OpenFile(ctx context.Context, who civic.Actor, dossier, id string) (Attachment, io.ReadSeekCloser, error) {
	d, list, err := s.mine(ctx, who, dossier)
	if err != nil {
		return Attachment{}, nil, err
	}
	// By URN: a case that was forwarded has its files under new ids, its answers name them as before.
	i := slices.IndexFunc(list, func(a civic.Attachment) bool { return a.URN() == "urn:uuid:"+id })
	if i < 0 {
		return Attachment{}, nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	t, err := s.Forms.TenantByID(ctx, d.Tenant)
	if err != nil {
		return Attachment{}, nil, err
	}
	return s.openAttachment(ctx, t, d, list[i])
}

// openAttachment opens an attachment's bytes.
func (s *Service) openAttachment(ctx context.Context, t civic.Tenant, d civic.Dossier, att civic.Attachment) (Attachment, io.ReadSeekCloser, error) {
	if att.Verdict == civic.VerdictInfected {
		return Attachment{}, nil, civic.Errorf(civic.Forbidden, "error.file.infected")
	}
	named, err := s.named(t, d, []civic.Attachment{att})
	if err != nil {
		return Attachment{}, nil, err
	}
	body, err := s.unsealed(ctx, keys(t, d), sealFile, att.BlobKey)
	if err != nil {
		return Attachment{}, nil, err
	}
	return named[0], body, nil
}

// unsealed opens a blob for reading its plain bytes. The caller closes it.
func (s *Service) unsealed(ctx context.Context, k civic.Keys, purpose, key string) (opened, error) {
	raw, err := s.Blobs.Open(ctx, key)
	if err != nil {
		return opened{}, civic.Errorf(civic.Unavailable, "error.file.store").Because(err)
	}
	size, err := raw.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = raw.Seek(0, io.SeekStart)
	}
	var plain io.ReadSeeker
	if err == nil {
		plain, err = s.Seal.OpenReader(k, purpose, raw, size)
	}
	if err != nil {
		_ = raw.Close()
		return opened{}, fmt.Errorf("apply: open file: %w", err)
	}
	return opened{plain, raw}, nil
}

// opened reads the plain bytes and closes the sealed ones.
type opened struct {
	io.ReadSeeker
	io.Closer
}

// mine finds the dossier of a draft or case of the actor, who must be logged in as the form asks, with its attachments.
func (s *Service) mine(ctx context.Context, who civic.Actor, id string) (civic.Dossier, []civic.Attachment, error) {
	draft, files, err := s.Drafts.Draft(ctx, who.Subject, id)
	d, pins := draft.Dossier, draft.Pins
	if civic.CodeOf(err) == civic.NotFound { // a forwarded case never was a draft
		var f civic.CaseFile
		if f, err = s.Cases.MyCase(ctx, who.Subject, id); err == nil && len(f.Submissions) > 0 {
			d, files, pins = f.Dossier, f.Attachments, f.Submissions[len(f.Submissions)-1].Pins
		}
	}
	if err != nil {
		return civic.Dossier{}, nil, err
	}
	files = slices.DeleteFunc(files, civic.Attachment.Expert)
	form, err := s.Forms.Pinned(ctx, d.Tenant, d.Service, pins)
	if err != nil {
		return civic.Dossier{}, nil, err
	}
	if draft.Invitation != nil {
		if draft.Submission != "" {
			return d, nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		return d, files, nil
	}
	return d, files, owns(form, d, who)
}

func (s *Service) named(t civic.Tenant, d civic.Dossier, list []civic.Attachment) ([]Attachment, error) {
	out := make([]Attachment, 0, len(list))
	for _, a := range list {
		name, err := s.Seal.Open(keys(t, d), sealName, a.Name)
		if err != nil {
			return nil, fmt.Errorf("apply: file name: %w", err)
		}
		out = append(out, Attachment{a, string(name)})
	}
	return out, nil
}

// referred moves each file to where the answers refer to it now: rows above it may have gone since it came. One that nothing refers
// to stays where it was.
func referred(list []Attachment, answers formdef.Answers) []Attachment {
	where := map[string]string{}
	var walk func(v any, pointer string)
	walk = func(v any, pointer string) {
		switch t := v.(type) {
		case map[string]any:
			for k, x := range t {
				walk(x, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k))
			}
		case []any:
			for i, x := range t {
				if urn, ok := x.(string); ok {
					where[urn] = pointer // of the field that holds several
					continue
				}
				walk(x, pointer+"/"+strconv.Itoa(i))
			}
		case string:
			where[t] = pointer
		}
	}
	if len(list) > 0 {
		walk(map[string]any(answers), "")
	}
	for i, f := range list {
		if pointer, ok := where[f.URN()]; ok {
			list[i].Pointer = pointer
		}
	}
	return list
}

func views(list []Attachment) map[string]formdef.File {
	m := make(map[string]formdef.File, len(list))
	for _, a := range list {
		m[a.URN()] = formdef.File{URN: a.URN(), Name: a.FileName, MediaType: a.MediaType, Bytes: a.Bytes, Verdict: string(a.Verdict)}
	}
	return m
}
