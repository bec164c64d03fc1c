package clerk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

const sealPreview = "preview"

// Pictures makes small pictures of large ones (internal/picture).
type Pictures interface {
	// Shrink returns a JPEG, no side longer than most; Invalid when there is none to be made.
	Shrink(ctx context.Context, r io.ReadSeeker, most int) ([]byte, error)
	// Turn turns such a JPEG clockwise by a multiple of 90 degrees.
	Turn(ctx context.Context, picture []byte, degrees int) ([]byte, error)
}

// Download is an attachment's plain bytes.
type Download struct {
	Name, MediaType string
	Bytes           int64
	Verdict         civic.Verdict
	Body            io.ReadSeekCloser
}

// held is an attachment with what opens it.
type held struct {
	civic.Attachment
	file civic.CaseFile
	keys civic.Keys
}

// hold finds an attachment of a case, named by its id or by the URN in the answers. An infected one stays shut.
func (s *Service) hold(ctx context.Context, who civic.Actor, tenant, id, attachment string) (held, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return held{}, err
	}
	raw, err := s.seen(ctx, sc, id)
	if err != nil {
		return held{}, err
	}
	i := slices.IndexFunc(raw.Attachments, func(a civic.Attachment) bool { return a.ID == attachment || a.URN() == "urn:uuid:"+attachment })
	if i < 0 {
		return held{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	h := held{raw.Attachments[i], raw, keys(sc.Tenant, raw.Dossier.ID, raw.Dossier.Key)}
	if ok, err := s.sent(ctx, h); err != nil || !ok {
		return held{}, or(err, civic.Errorf(civic.NotFound, "error.not_found"))
	}
	if h.Verdict == civic.VerdictInfected {
		return held{}, civic.Errorf(civic.Forbidden, "error.desk.infected")
	}
	return h, nil
}

// sent tells whether an attachment has reached the office: with a message, or named by answers that were sent. What somebody uploaded
// and has not sent yet is theirs alone.
func (s *Service) sent(ctx context.Context, h held) (bool, error) {
	if h.Message != "" || h.FromOffice {
		return true, nil
	}
	for _, sub := range slices.Backward(h.file.Submissions) {
		form, err := s.Forms.Pinned(ctx, h.keys.Tenant, h.file.Case.Service, sub.Pins)
		if err != nil {
			return false, err
		}
		raw, err := s.Seal.Open(h.keys, sealAnswers, sub.Answers)
		if err != nil {
			return false, fmt.Errorf("clerk: open answers: %w", err)
		}
		answers, err := parseAnswers(raw)
		if err != nil {
			return false, err
		}
		if slices.Contains(form.URNs(answers), h.URN()) {
			return true, nil
		}
	}
	return false, nil
}

// plain opens what lies sealed in the blob store.
func (s *Service) plain(ctx context.Context, k civic.Keys, purpose, key string) (io.ReadSeekCloser, error) {
	blob, err := s.Blobs.Open(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("clerk: attachment: %w", err)
	}
	size, err := blob.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clerk: attachment: %w", err), blob.Close())
	}
	plain, err := s.Seal.OpenReader(k, purpose, blob, size)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clerk: attachment: %w", err), blob.Close())
	}
	return opened{plain, blob}, nil
}

// opened reads plain bytes and closes the blob below.
type opened struct {
	io.ReadSeeker
	io.Closer
}

// OpenAttachment opens an attachment of a case, named by its id or by the URN in the answers; that it was opened is
// recorded. An infected one stays shut.
func (s *Service) OpenAttachment(ctx context.Context, who civic.Actor, tenant, id, attachment string) (*Download, error) {
	h, err := s.hold(ctx, who, tenant, id, attachment)
	if err != nil {
		return nil, err
	}
	name, err := s.open(h.keys, sealName, h.Name)
	if err != nil {
		return nil, err
	}
	body, err := s.plain(ctx, h.keys, sealFile, h.BlobKey)
	if err != nil {
		return nil, err
	}
	if err := s.sawAttachment(ctx, who, h); err != nil {
		return nil, errors.Join(err, body.Close())
	}
	return &Download{name, h.MediaType, h.Bytes, h.Verdict, body}, nil
}

// sameLook is how long somebody looks at an attachment at most: turning and zooming in that time is not opening it anew.
const sameLook = 10 * time.Minute

// sawAttachment records that somebody opened an attachment, unless they did a moment ago.
func (s *Service) sawAttachment(ctx context.Context, who civic.Actor, h held) error {
	for _, e := range slices.Backward(h.file.Events) {
		if s.Now().Sub(e.At) > sameLook {
			break
		}
		if e.Kind == "attachment.opened" && e.Actor == who.Name() && e.Data["attachment"] == h.ID {
			return nil
		}
	}
	if err := s.Store.Seen(ctx, h.keys.Tenant, h.file.Case.ID, s.event(h.file.Case, who, "attachment.opened", map[string]string{"attachment": h.ID})); err != nil {
		return fmt.Errorf("clerk: seen: %w", err)
	}
	return nil
}

// Sizes of previews, and what is the longest side of each in pixels. The smallest is the thumbnail in a list: seeing it belongs
// to seeing the case.
var previews = civic.PreviewSizes

// Preview is a picture among the attachments, made anew as a JPEG of that size and turned clockwise. It is kept, sealed like the
// file itself, until the file is gone. Anything that is no picture is Invalid.
func (s *Service) Preview(ctx context.Context, who civic.Actor, tenant, id, attachment, size string, turn int) ([]byte, error) {
	most, ok := previews[size]
	if !ok || turn%90 != 0 {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	h, err := s.hold(ctx, who, tenant, id, attachment)
	if err != nil {
		return nil, err
	}
	if !Viewable(h.MediaType) {
		return nil, civic.Errorf(civic.Invalid, "error.desk.preview")
	}
	picture, err := s.preview(ctx, h, size, most)
	if err != nil {
		return nil, err
	}
	if size != "s" {
		if err := s.sawAttachment(ctx, who, h); err != nil {
			return nil, err
		}
	}
	if turn%360 == 0 {
		return picture, nil
	}
	return s.Pictures.Turn(ctx, picture, turn)
}

// Viewable tells whether previews are made of files of that type.
func Viewable(mediaType string) bool { return mediaType == "image/jpeg" || mediaType == "image/png" }

func (s *Service) preview(ctx context.Context, h held, size string, most int) ([]byte, error) {
	key, err := civic.PreviewKey(h.BlobKey, size)
	if err != nil {
		return nil, err
	}
	kept, err := s.plain(ctx, h.keys, sealPreview, key)
	if err == nil {
		raw, err := io.ReadAll(kept)
		return raw, errors.Join(err, kept.Close())
	}
	if civic.CodeOf(err) != civic.NotFound {
		return nil, err
	}
	body, err := s.plain(ctx, h.keys, sealFile, h.BlobKey)
	if err != nil {
		return nil, err
	}
	picture, err := s.Pictures.Shrink(ctx, body, most)
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, err
	}
	if err := s.Blobs.Put(ctx, key, s.Seal.SealReader(h.keys, sealPreview, bytes.NewReader(picture)), -1); err != nil {
		return nil, fmt.Errorf("clerk: preview: %w", err)
	}
	return picture, nil
}
