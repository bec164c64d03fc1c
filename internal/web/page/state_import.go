package page

import (
	"github.com/a-h/templ"

	"antragswerk/internal/locale"
)

// slug asks how an imported service shall be called; the form's title makes a proposal.
func (p StateUpload) slug(l *locale.Catalogue) Input {
	in := p.service(l)
	in.Hint = l.T("state.import.service.hint")
	return in
}

func fileProblem(problem string) templ.Attributes {
	if problem == "" {
		return templ.Attributes{"aria-describedby": "paket-hinweis"}
	}
	return templ.Attributes{"aria-describedby": "paket-hinweis paket-fehler", "aria-invalid": "true"}
}
