package apply

import (
	"context"
	"errors"
	"io"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Append takes the bytes from offset on. What arrived of a piece that breaks off is kept, and Invalid says that it broke.
// Conflict when the upload is not at that offset; TooLarge, without keeping anything, when more comes than was announced. The
// last byte makes the attachment; a file that is refused then is gone, and its error names the field.
func (s *Service) Append(ctx context.Context, who civic.Actor, lang, dossier, id string, offset int64, body io.Reader) (Partial, error) {
	a, err := s.taking(ctx, who, dossier, lang)
	if err != nil {
		return Partial{}, err
	}
	if a.Draft.Submission != "" && a.request == nil {
		return Partial{}, civic.Errorf(civic.Conflict, "error.draft.sent")
	}
	now, err := s.partial(a, id)
	if err != nil {
		return Partial{}, err
	}
	if now.Received != offset {
		return now, civic.Errorf(civic.Conflict, "error.upload.offset")
	}
	if now.Received == now.Bytes {
		return now, nil
	}
	if now.Received == 0 {
		if body, err = s.expected(a, now, body); err != nil {
			return now, errors.Join(err, s.DropPartial(ctx, who, dossier, lang, id))
		}
	}
	next := piece{ID: s.NewID()}
	in := &pieceReader{r: body, left: now.Bytes - now.Received}
	err = s.Blobs.Put(ctx, blobKey(dossier, next.ID), s.Seal.SealReader(keys(a.Tenant, a.Draft.Dossier), sealPiece, in), -1)
	next.Bytes = in.n
	switch {
	case in.over:
		return now, civic.Errorf(civic.TooLarge, "error.upload.more").At(now.Pointer)
	case err != nil:
		return now, civic.Errorf(civic.Unavailable, "error.file.store").At(now.Pointer).Because(err)
	case in.left > 0 && in.n < minPiece && (in.broke != nil || in.n == 0):
		s.forget(ctx, dossier, []piece{next})
	case in.left > 0 && in.n < minPiece && len(a.partial[at(a.partial, id)].Pieces) >= freePieces:
		s.forget(ctx, dossier, []piece{next})
		err = civic.Errorf(civic.Invalid, "error.upload.small").At(now.Pointer)
	case in.left > 0:
		now, err = s.keep(ctx, who, lang, dossier, id, offset, next)
	default:
		return s.complete(ctx, who, lang, a, id, next)
	}
	if err == nil && in.broke != nil {
		err = civic.Errorf(civic.Invalid, "error.file.broken").At(now.Pointer).Because(in.broke)
	}
	return now, err
}

// expected refuses a file by its first bytes, so that nobody waits for the rest of one that will not be taken.
func (s *Service) expected(a *Application, p Partial, body io.Reader) (io.Reader, error) {
	rule, ok := a.takes(p.ID)
	if !ok {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	head, rest := firstBytes(body)
	if len(head) < sniff && int64(len(head)) < p.Bytes {
		return rest, nil // too little came to tell
	}
	_, err := typeAllowed(head, rule, p.Pointer)
	return rest, err
}

// keep notes a piece in the draft, if no other one came in its place meanwhile.
func (s *Service) keep(ctx context.Context, who civic.Actor, lang, dossier, id string, offset int64, next piece) (Partial, error) {
	var now Partial
	_, _, err := s.editAs(ctx, who, dossier, lang, s.taking, func(a *Application) (_ []formdef.Problem, err error) {
		if now, err = s.partial(a, id); err != nil {
			return nil, err
		}
		i := at(a.partial, id)
		if now.Received != offset || i < 0 {
			return nil, civic.Errorf(civic.Conflict, "error.upload.offset")
		}
		p := a.partial[i]
		p.Pieces = append(slices.Clone(p.Pieces), next)
		a.partial = slices.Clone(a.partial)
		a.partial[i], now = p, p.shown(dossier)
		return nil, nil
	})
	if err != nil {
		s.forget(ctx, dossier, []piece{next})
	}
	return now, err
}

// complete makes the file of the pieces and the last one, which the draft does not know: until the file is stored and
// referred to, the upload is where it was before it.
func (s *Service) complete(ctx context.Context, who civic.Actor, lang string, a *Application, id string, last piece) (Partial, error) {
	dossier := a.Draft.ID
	i := at(a.partial, id)
	if i < 0 {
		s.forget(ctx, dossier, []piece{last})
		return s.partial(a, id)
	}
	p := a.partial[i]
	pieces := append(slices.Clone(p.Pieces), last)
	all := &pieceSequence{pieces: pieces, open: func(x piece) (io.ReadCloser, error) {
		return s.unsealed(ctx, keys(a.Tenant, a.Draft.Dossier), sealPiece, blobKey(dossier, x.ID))
	}}
	rule, ok := a.takes(id)
	err := error(civic.Errorf(civic.NotFound, "error.not_found"))
	var att civic.Attachment
	switch {
	case ok && a.request != nil:
		err = roomInAll(a.Files, p.Pointer) // the page knows which of the field's files it has taken out
	case ok:
		err = room(a.Files, rule, p.Pointer)
	}
	if err == nil {
		att, err = s.store(ctx, a.Tenant, a.Draft.Dossier, Upload{Dossier: dossier, Pointer: p.Pointer, Name: p.Name, Body: all, id: id}, rule)
		err = errors.Join(err, all.close())
	}
	if all.err != nil { // not the browser's fault, and not the file's: the last piece may come again
		err = all.err
	}
	if err == nil {
		_, _, err = s.editAs(ctx, who, dossier, lang, s.taking, func(a *Application) ([]formdef.Problem, error) {
			i := at(a.partial, id)
			if i < 0 {
				return nil, civic.Errorf(civic.NotFound, "error.upload.gone")
			}
			att.Pointer = a.partial[i].Pointer // its row may have moved while the last piece came
			a.partial = slices.Delete(slices.Clone(a.partial), i, i+1)
			if a.request != nil {
				a.upload = &att // the answer refers to it when it is sent
				return nil, roomInAll(a.Files, att.Pointer)
			}
			return nil, s.refer(a, att)
		})
	}
	switch civic.CodeOf(err) {
	case "":
		s.forget(ctx, dossier, pieces)
		done := p.shown(dossier)
		done.Received, done.URN = p.Bytes, att.URN()
		return done, nil
	case civic.Invalid, civic.TooLarge, civic.NotFound:
		s.forget(ctx, dossier, []piece{last}) // the file's own blob, if there is one, is swept
		return p.shown(dossier), errors.Join(err, s.DropPartial(ctx, who, dossier, lang, id))
	}
	s.forget(ctx, dossier, []piece{last})
	return p.shown(dossier), err
}
