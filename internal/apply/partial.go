package apply

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// A file may come in pieces, over a line that breaks. What is known of an upload under way stands in the draft's sealed content,
// so that it is stored with the draft's revision, opens with the draft on any node and any device, and goes with it. Each
// piece is a sealed blob of its own. The last one makes the file: pieces are read in order into one blob, by the same way and
// the same checks as a file that comes at once. What is left behind has no row and is swept a day after it was made.

const (
	// PartialLife is how long an upload may take from its announcement; less than what the sweep of blobs waits.
	PartialLife = 20 * time.Hour
	// maxPartial limits the uploads under way in one draft; an older one makes place for a new one.
	maxPartial = 8
	// minPiece is the least that is kept of a piece that breaks off, so that the pieces of a file are few. Bytes.
	minPiece = 64 << 10
	// freePieces may be smaller than minPiece though nothing broke; that limits what a draft must remember of a file.
	freePieces = 256
	// MaxUpload is the most that any field takes, for a client that asks beforehand. Bytes.
	MaxUpload = maxTotal
)

const sealPiece = "piece"

// Announcement says which file is about to come. Stamp is what the browser knows the file by, beside its name.
type Announcement struct {
	Dossier, Pointer, Name, Stamp string
	Bytes                         int64
}

// Partial is an upload under way: Received of Bytes have come. At Received = Bytes the file is an attachment of the draft.
type Partial struct {
	Announcement
	ID       string
	Received int64
	Expires  time.Time
}

// partial is what the draft holds of it; its id becomes the attachment's.
type partial struct {
	ID      string    `json:"id"`
	Pointer string    `json:"pointer"`
	Name    string    `json:"name"`
	Stamp   string    `json:"stamp,omitempty"`
	Bytes   int64     `json:"bytes"`
	Created time.Time `json:"created"`
	Pieces  []piece   `json:"pieces,omitempty"`
}

type piece struct {
	ID    string `json:"id"`
	Bytes int64  `json:"bytes"`
}

func (p partial) received() (n int64) {
	for _, x := range p.Pieces {
		n += x.Bytes
	}
	return n
}

func (p partial) expires() time.Time { return p.Created.Add(PartialLife) }

func (p partial) shown(dossier string) Partial {
	return Partial{Announcement: Announcement{Dossier: dossier, Pointer: p.Pointer, Name: p.Name, Stamp: p.Stamp, Bytes: p.Bytes}, ID: p.ID,
		Received: p.received(), Expires: p.expires()}
}

func blobKey(dossier, id string) string { return "a/" + dossier + "/" + id }

// Announce begins an upload in pieces. Errors name the field, as those of Attach do.
func (s *Service) Announce(ctx context.Context, who civic.Actor, lang string, in Announcement) (Partial, error) {
	p := partial{ID: s.NewID(), Pointer: in.Pointer, Name: in.Name, Stamp: in.Stamp, Bytes: in.Bytes, Created: s.Now()}
	var gone []partial
	_, _, err := s.edit(ctx, who, in.Dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		rule, ok := a.Form.FileRule(a.State, in.Pointer)
		switch {
		case !ok:
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		case in.Bytes <= 0:
			return nil, civic.Errorf(civic.Invalid, "error.file.empty").At(in.Pointer)
		case rule.MaxBytes > 0 && in.Bytes > rule.MaxBytes, in.Bytes > maxTotal:
			return nil, civic.Errorf(civic.TooLarge, "error.file.large", "max", megabytes(rule.MaxBytes)).At(in.Pointer)
		}
		if err := room(a.Files, rule, in.Pointer); err != nil {
			return nil, err
		}
		a.partial, gone = crowd(append(slices.Clone(a.partial), p), s.Now())
		return nil, nil
	})
	if err != nil {
		return Partial{}, err
	}
	for _, g := range gone {
		s.forget(ctx, in.Dossier, g.Pieces)
	}
	return p.shown(in.Dossier), nil
}

// crowd leaves out what has expired, and the oldest while there are too many or too much is announced.
func crowd(list []partial, now time.Time) (stay, gone []partial) {
	total := int64(0)
	for i, p := range slices.Backward(list) {
		total += p.Bytes
		if !now.Before(p.expires()) || len(list)-i > maxPartial || total > maxTotal {
			total -= p.Bytes
			gone = append(gone, p)
			continue
		}
		stay = append(stay, p)
	}
	slices.Reverse(stay)
	return stay, gone
}

// forget deletes pieces that nothing needs any more. What it fails to delete is swept later.
func (s *Service) forget(ctx context.Context, dossier string, pieces []piece) {
	for _, x := range pieces {
		_ = s.Blobs.Delete(ctx, blobKey(dossier, x.ID))
	}
}

// Partials lists the uploads of a draft that are under way, oldest first.
func (s *Service) Partials(ctx context.Context, who civic.Actor, dossier, lang string) ([]Partial, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil {
		return nil, err
	}
	var out []Partial
	for _, p := range a.partial {
		if s.Now().Before(p.expires()) {
			out = append(out, p.shown(dossier))
		}
	}
	return out, nil
}

// Partial tells how far an upload is; one that is complete too. NotFound when it was dropped, refused or has expired.
func (s *Service) Partial(ctx context.Context, who civic.Actor, dossier, lang, id string) (Partial, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil {
		return Partial{}, err
	}
	return s.partial(a, id)
}

func (s *Service) partial(a *Application, id string) (Partial, error) {
	if i := at(a.partial, id); i >= 0 && s.Now().Before(a.partial[i].expires()) {
		return a.partial[i].shown(a.Draft.ID), nil
	}
	// The answer to the last piece may have been lost on its way.
	if i := slices.IndexFunc(a.Files, func(f Attachment) bool { return f.ID == id }); i >= 0 {
		f := a.Files[i]
		return Partial{Announcement: Announcement{Dossier: a.Draft.ID, Pointer: f.Pointer, Name: f.FileName, Bytes: f.Bytes}, ID: id, Received: f.Bytes,
			Expires: a.Draft.Expires}, nil
	}
	return Partial{}, civic.Errorf(civic.NotFound, "error.upload.gone")
}

func at(list []partial, id string) int {
	return slices.IndexFunc(list, func(p partial) bool { return p.ID == id })
}

// Append takes the bytes from offset on. What arrived of a piece that breaks off is kept, and Invalid says that it broke.
// Conflict when the upload is not at that offset; TooLarge, without keeping anything, when more comes than was announced. The
// last byte makes the attachment; a file that is refused then is gone, and its error names the field.
func (s *Service) Append(ctx context.Context, who civic.Actor, lang, dossier, id string, offset int64, body io.Reader) (Partial, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil {
		return Partial{}, err
	}
	if a.Draft.Submission != "" {
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
	rule, ok := a.Form.FileRule(a.State, p.Pointer)
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
	_, _, err := s.edit(ctx, who, dossier, lang, func(a *Application) (_ []formdef.Problem, err error) {
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
	rule, ok := a.Form.FileRule(a.State, p.Pointer)
	err := error(civic.Errorf(civic.NotFound, "error.not_found"))
	var att civic.Attachment
	if ok {
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
		_, _, err = s.edit(ctx, who, dossier, lang, func(a *Application) ([]formdef.Problem, error) {
			i := at(a.partial, id)
			if i < 0 {
				return nil, civic.Errorf(civic.NotFound, "error.upload.gone")
			}
			att.Pointer = a.partial[i].Pointer // its row may have moved while the last piece came
			a.partial = slices.Delete(slices.Clone(a.partial), i, i+1)
			return nil, s.refer(a, att)
		})
	}
	switch civic.CodeOf(err) {
	case "":
		s.forget(ctx, dossier, pieces)
		done := p.shown(dossier)
		done.Received = p.Bytes
		return done, nil
	case civic.Invalid, civic.TooLarge, civic.NotFound:
		s.forget(ctx, dossier, []piece{last}) // the file's own blob, if there is one, is swept
		return p.shown(dossier), errors.Join(err, s.DropPartial(ctx, who, dossier, lang, id))
	}
	s.forget(ctx, dossier, []piece{last})
	return p.shown(dossier), err
}

// DropPartial ends an upload that is under way and deletes what came of it; one that is not there is no error.
func (s *Service) DropPartial(ctx context.Context, who civic.Actor, dossier, lang, id string) error {
	var gone []piece
	errNone := errors.New("nothing to drop")
	_, _, err := s.edit(ctx, who, dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		i := at(a.partial, id)
		if i < 0 {
			return nil, errNone
		}
		gone = a.partial[i].Pieces
		a.partial = slices.Delete(slices.Clone(a.partial), i, i+1)
		return nil, nil
	})
	if errors.Is(err, errNone) {
		return nil
	}
	if err == nil {
		s.forget(ctx, dossier, gone)
	}
	return err
}

// withoutRow moves uploads along with the rows of an array when the row at the pointer is removed; those into it are gone.
func withoutRow(list []partial, row string) []partial {
	var out []partial
	for _, p := range list {
		if p.Pointer = without(p.Pointer, row); p.Pointer != "" {
			out = append(out, p)
		}
	}
	return out
}

// without is a pointer after the row at another was removed; "" for one into that row.
func without(pointer, row string) string {
	array, n := cutRow(row)
	if n < 0 {
		return pointer
	}
	rest, inside := strings.CutPrefix(pointer, array+"/")
	index, field, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(index)
	switch {
	case !inside || err != nil || i < n:
		return pointer
	case i == n:
		return ""
	}
	return array + "/" + strconv.Itoa(i-1) + "/" + field
}

// cutRow parts the pointer of a row into its array and its index, -1 when it is none.
func cutRow(pointer string) (array string, index int) {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return "", -1
	}
	n, err := strconv.Atoi(pointer[i+1:])
	if err != nil {
		return "", -1
	}
	return pointer[:i], n
}
