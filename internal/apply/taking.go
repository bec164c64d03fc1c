package apply

import (
	"context"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Corrections keeps what comes for an application that was sent, while the office waits for a correction.
type Corrections interface {
	// SaveSent stores the content of the subject's own sent draft at Revision+1, and with it the row of a file that has come
	// (nil: none). Conflict when the stored revision is not d.Revision or the draft was not sent.
	SaveSent(ctx context.Context, who civic.Subject, d civic.Draft, a *civic.Attachment, jobs ...civic.Job) error
}

func (s *Service) saveSent(ctx context.Context, who civic.Actor, d civic.Draft, a *civic.Attachment) error {
	if a == nil {
		return s.Corrections.SaveSent(ctx, who.Subject, d, nil)
	}
	return s.Corrections.SaveSent(ctx, who.Subject, d, a, s.scanJobs(*a)...)
}

// taking opens what files may come for: a draft, or a sent application of which the office waits for a correction. The answers
// of a correction stand on its page alone; what is on its way for it stands with the draft that it once was.
func (s *Service) taking(ctx context.Context, who civic.Actor, dossier, lang string) (*Application, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil || a.Draft.Submission == "" {
		return a, err
	}
	m, err := s.Case(ctx, who, dossier, lang, false)
	if err != nil {
		return nil, err
	}
	a.request, a.Files = m.corrected(), m.Files
	a.partial = slices.DeleteFunc(slices.Clone(a.partial), func(p partial) bool { return a.request == nil || p.Request != a.request.ID })
	return a, nil
}

// takes is what the field of an upload takes, false when there is no such upload, or no such field any more.
func (a *Application) takes(id string) (formdef.FileRule, bool) {
	i := at(a.partial, id)
	switch {
	case i < 0:
		return formdef.FileRule{}, false
	case a.request == nil:
		return a.Form.FileRule(a.State, a.partial[i].Pointer)
	}
	return *a.partial[i].Rule, true
}

// AnnounceCorrection begins an upload in pieces for the answer to the open request; in is what the page posts, as for
// CorrectFile. The page goes on with the step "attach:" and the URN when the file is there.
func (s *Service) AnnounceCorrection(ctx context.Context, who civic.Actor, lang string, in Announcement, typed formdef.Typed) (Partial, error) {
	c, _, err := s.correct(ctx, who, in.Dossier, lang, typed[StepsField], typed)
	if err != nil {
		return Partial{}, err
	}
	rule, err := c.room(s.NewID(), in.Pointer)
	if err != nil {
		return Partial{}, err
	}
	if err := in.fits(rule); err != nil {
		return Partial{}, err
	}
	p, gone := s.announced(in), []partial(nil)
	p.Request, p.Rule = c.Request.ID, &rule
	_, _, err = s.editAs(ctx, who, in.Dossier, lang, s.taking, func(a *Application) ([]formdef.Problem, error) {
		if a.request == nil || a.request.ID != p.Request {
			return nil, civic.Errorf(civic.NotFound, "error.request.none") // answered or taken back meanwhile
		}
		a.partial, gone = crowd(append(slices.Clone(a.partial), p), s.Now())
		return nil, nil
	})
	return s.begun(ctx, in.Dossier, p, gone, err)
}
