package apply

import (
	"context"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// SaveAbove takes of a page's post what stands above a file that comes with it: an answer there may have shown the file's
// question. What stands below has not arrived yet, and may never: it stays as it is. NotFound when the page shows no such
// question with that; then nothing is saved.
func (s *Service) SaveAbove(ctx context.Context, who civic.Actor, dossier, lang string, page int, in formdef.Typed, file string) error {
	_, _, err := s.edit(ctx, who, dossier, lang, func(a *Application) ([]formdef.Problem, error) {
		if !a.Form.Shows(page, a.State) {
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		now := a.State
		a.post(page, in)
		units := a.units(page, a.State)
		at := slices.IndexFunc(units, func(u unit) bool { return u.pointer == file })
		if at < 0 {
			return nil, civic.Errorf(civic.NotFound, "error.not_found")
		}
		all, below := byPointer(units), byPointer(units[at+1:])
		for _, c := range changes(now, a.State) {
			if _, ok := below[unitOf(all, c.key).pointer]; ok {
				put(&a.State, c.key, c.was, now)
			}
		}
		return nil, nil
	})
	return err
}
