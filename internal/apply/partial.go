package apply

import (
	"context"
	"errors"
	"slices"
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
	URN      string // of the attachment that it has become, "" before
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
	// For a correction: the request that it answers, and what the field takes, which only the page knows the rows of.
	Request string            `json:"request,omitempty"`
	Rule    *formdef.FileRule `json:"rule,omitempty"`
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
	p, gone := s.announced(in), []partial(nil)
	_, _, err := s.edit(ctx, who, in.Dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		rule, ok := a.Form.FileRule(a.State, in.Pointer)
		if !ok {
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		if err := in.fits(rule); err != nil {
			return nil, err
		}
		if err := room(a.Files, rule, in.Pointer); err != nil {
			return nil, err
		}
		a.partial, gone = crowd(append(slices.Clone(a.partial), p), s.Now())
		return nil, nil
	})
	return s.begun(ctx, in.Dossier, p, gone, err)
}

func (s *Service) announced(in Announcement) partial {
	return partial{ID: s.NewID(), Pointer: in.Pointer, Name: in.Name, Stamp: in.Stamp, Bytes: in.Bytes, Created: s.Now()}
}

// fits refuses by its size what the field would not take.
func (in Announcement) fits(rule formdef.FileRule) error {
	switch {
	case in.Bytes <= 0:
		return civic.Errorf(civic.Invalid, "error.file.empty").At(in.Pointer)
	case rule.MaxBytes > 0 && in.Bytes > rule.MaxBytes, in.Bytes > maxTotal:
		return civic.Errorf(civic.TooLarge, "error.file.large", "max", megabytes(rule.MaxBytes)).At(in.Pointer)
	}
	return nil
}

// begun is an upload that was noted, if it was; those that made place for it are gone.
func (s *Service) begun(ctx context.Context, dossier string, p partial, gone []partial, err error) (Partial, error) {
	if err != nil {
		return Partial{}, err
	}
	for _, g := range gone {
		s.forget(ctx, dossier, g.Pieces)
	}
	return p.shown(dossier), nil
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
	a, err := s.taking(ctx, who, dossier, lang)
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
	a, err := s.taking(ctx, who, dossier, lang)
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
			Expires: a.Draft.Expires, URN: f.URN()}, nil
	}
	return Partial{}, civic.Errorf(civic.NotFound, "error.upload.gone")
}

func at(list []partial, id string) int {
	return slices.IndexFunc(list, func(p partial) bool { return p.ID == id })
}

// DropPartial ends an upload that is under way and deletes what came of it; one that is not there is no error.
func (s *Service) DropPartial(ctx context.Context, who civic.Actor, dossier, lang, id string) error {
	var gone []piece
	errNone := errors.New("nothing to drop")
	_, _, err := s.editAs(ctx, who, dossier, lang, s.taking, func(a *Application) ([]formdef.Problem, error) {
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
