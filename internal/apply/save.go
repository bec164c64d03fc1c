package apply

import (
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// step is a step on a draft: it edits the state and may return problems that are shown but do not stop the saving.
type step func(a *Application) ([]formdef.Problem, error)

// edit opens a draft, changes it and saves it. When another window saved in between, the change is made again on what is
// there now: appending loses nothing, and a post is merged (see post). Files that the change took out of the answers are
// deleted.
func (s *Service) edit(ctx context.Context, who civic.Actor, dossier, lang string, do step) (*Application, []formdef.Problem, error) {
	return s.editAs(ctx, who, dossier, lang, s.Open, do)
}

func (s *Service) editAs(ctx context.Context, who civic.Actor, dossier, lang string, open opener, do step) (*Application, []formdef.Problem, error) {
	for try := 0; ; try++ {
		a, err := open(ctx, who, dossier, lang)
		if err != nil {
			return nil, nil, err
		}
		if a.Draft.Submission != "" && a.request == nil {
			return a, nil, civic.Errorf(civic.Conflict, "error.draft.sent")
		}
		before, files := a.State, a.Form.URNs(a.State.Answers)
		problems, err := do(a)
		if err != nil {
			return a, problems, err
		}
		err = s.save(ctx, who, a, before)
		if civic.CodeOf(err) == civic.Conflict && try < 5 {
			continue
		}
		if err == nil {
			err = s.drop(ctx, who, a, lost(a, files))
		}
		return a, problems, err
	}
}

// opener opens a draft: Open, or open where nothing of it will be shown.
type opener func(ctx context.Context, who civic.Actor, dossier, lang string) (*Application, error)

// save stores an application's state and remembers what it changed; each change gives the draft another thirty days.
func (s *Service) save(ctx context.Context, who civic.Actor, a *Application, before formdef.State) error {
	d := a.Draft
	d.Updated = s.Now()
	d.Expires = d.Updated.Add(civic.DraftLife)
	h := a.history
	if list := changes(before, a.State); len(list) > 0 {
		h.note(d.Revision+1, a.window, list)
		if a.page >= 0 {
			h.sign(Hand{Page: a.page, By: a.hand(), At: d.Updated})
		}
	}
	if a.window != "" && len(a.Clashes) == 0 && !a.Moved {
		h.know(d.Revision+1, a.window)
	}
	var err error
	if d.Content, err = s.sealContent(a.Tenant, d.Dossier, content{Answers: a.State.Answers, Typed: a.State.Typed, Reach: a.Reach, Partial: a.partial, History: h}); err != nil {
		return err
	}
	if u := a.upload; a.request != nil {
		err = s.saveSent(ctx, who, d, u)
	} else if u != nil {
		err = s.Attachments.SaveUpload(ctx, who.Subject, d, *u, s.scanJobs(*u)...)
	} else {
		err = s.Drafts.SaveDraft(ctx, who.Subject, d)
	}
	if err != nil {
		return err
	}
	a.history = h
	a.Draft.Revision, a.Draft.Updated, a.Draft.Expires = d.Revision+1, d.Updated, d.Expires
	return nil
}

// hand is what the owner calls who works on the draft, "" for the owner.
func (a *Application) hand() string {
	if a.Helper == nil {
		return ""
	}
	return a.Helper.Label
}

// SavePage takes the post of a page; what could not be understood is kept as typed and comes back with its problems. One
// whose page was drawn before others saved is merged: see Application.Clashes.
func (s *Service) SavePage(ctx context.Context, who civic.Actor, dossier, lang string, page int, in formdef.Typed) (*Application, []formdef.Problem, error) {
	return s.edit(ctx, who, dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		if !a.Form.Shows(page, a.State) {
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		return a.post(page, in), nil
	})
}

// KeepPage stores a page whose log-in has expired meanwhile: the browser holds the draft's code or account, but not the
// assurance to see it. Nothing of the draft is returned; what clashes with others is Conflict, and stays with the browser. So is
// a draft that was sent meanwhile (error.draft.sent): nothing is kept then.
func (s *Service) KeepPage(ctx context.Context, who civic.Actor, dossier, lang string, page int, in formdef.Typed) error {
	a, _, err := s.editAs(ctx, who, dossier, lang, s.open, func(a *Application) ([]formdef.Problem, error) {
		a.post(page, in)
		return nil, nil
	})
	if err == nil && len(a.Clashes) > 0 {
		return civic.Errorf(civic.Conflict, "error.draft.clash")
	}
	return err
}

// Preview is the application as it would be after a post, without storing anything.
func (s *Service) Preview(ctx context.Context, who civic.Actor, dossier, lang string, page int, in formdef.Typed) (*Application, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil {
		return nil, err
	}
	if a.post(page, in); len(a.Clashes) > 0 {
		a.State = a.Shown
	}
	return a, nil
}

// Rows saves a page and then adds or removes a row of the array at the pointer.
func (s *Service) Rows(ctx context.Context, who civic.Actor, dossier, lang string, page int, in formdef.Typed, add bool, pointer string) (*Application, error) {
	a, _, err := s.edit(ctx, who, dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		if !a.Form.Shows(page, a.State) {
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		if !add && a.removed(in, pointer) {
			a.post(page, in)
			a.Moved = true
			return nil, nil
		}
		if a.post(page, in); len(a.Clashes) > 0 {
			return nil, nil
		}
		var err error
		if add {
			a.State, err = a.Form.AddRow(a.State, pointer)
		} else {
			if a.State, err = a.Form.RemoveRow(a.State, pointer); err == nil {
				a.partial = withoutRow(a.partial, pointer)
			}
		}
		if err != nil {
			return nil, civic.Errorf(civic.Invalid, "error.rows").Because(err)
		}
		return nil, nil
	})
	return a, err
}
