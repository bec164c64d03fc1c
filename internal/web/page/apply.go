package page

import (
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page/widget"
)

// FormPage is one page of an application.
type FormPage struct {
	Service string // name
	View    formdef.View
	Action  string // address that it posts to
	Code    string // recovery code, "" when it is not known here
	Saved   string // worded time of the last save
	First   bool
	Return  bool // came from the check page and goes back there
	FileURL func(urn string) string
	Uploads string // address where files go up in pieces
	Prove   bool   // offers to log in and prefill
	// SeenField is the hidden input's name for Seen, what the page was drawn from.
	SeenField, Seen string
	Clashes         []Clash
	Helping         Helping
}

// Clash is a question that was answered here and, meanwhile, differently in another window; Gone, when its row was removed there.
type Clash struct {
	Label, Mine, Theirs string
	Gone                bool
}

func (p FormPage) kit(s Shell) widget.Kit {
	return widget.Kit{L: s.L, FileURL: p.FileURL, Foreign: s.Foreign}
}

// CheckPage is check-your-answers before sending (§ 9a(2), (3) OZG).
type CheckPage struct {
	Service     string
	Sections    []formdef.Section
	Change      func(formdef.Section) string
	FileURL     func(urn string) string
	Problems    []CheckProblem
	Fees        []Fee
	Total       string
	PayFirst    bool
	Declaration string
	NotDeclared bool // sent without the tick
	Action      string
	BackURL     string
	PrivacyURL  string
	Authority   string
	NoticeTo    string // e-mail address for notices, "" without one
	Code        string
	// SeenField is the hidden input's name for Seen, what the page was drawn from.
	SeenField, Seen string
	Helping         Helping
	Cosign          string // what happens with the second person, "" when nobody must confirm
	Dossier         string // its id
}

// CheckProblem is what must be mended first, with the page's address.
type CheckProblem struct{ Text, URL string }

func (p CheckPage) issues(l *locale.Catalogue) []Issue {
	var out []Issue
	for _, x := range p.Problems {
		out = append(out, Issue{Text: x.Text, Href: x.URL})
	}
	if p.NotDeclared {
		out = append(out, Issue{Text: l.T("check.declaration.missing"), Href: "#" + InputID("_declaration")})
	}
	return out
}

func (p CheckPage) declaration(l *locale.Catalogue) Input {
	in := Input{Kind: formdef.WidgetCheckbox, Name: "_declaration", Label: p.Declaration, Required: true, Options: Options("", "yes", p.Declaration)}
	if p.NotDeclared {
		in.Error = l.T("check.declaration.missing")
	}
	return in
}

// Receipt confirms a submission.
type Receipt struct {
	Service, Authority   string
	FileNumber, Received string
	Digest               string
	PDF, CaseURL         string
	Email                string // where a copy went, "" none
	Code                 string
	PayFirst             bool
	Fees                 []Fee
	Total                string
	Deadline             string // worded date, "" none
	Awaited              *AwaitedBox
	Sections             []formdef.Section
	// How the receipt can be checked; "" when it is not signed.
	VerifyURL, VerifyPath, SignedNumber, SignedAt, Signature string
}
