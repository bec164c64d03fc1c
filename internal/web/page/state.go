package page

import (
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// StateForms lists services with their form versions.
type StateForms struct {
	Rows      []StateForm
	MayUpload bool
}

// StateForm is one service.
type StateForm struct {
	Name, Slug string
	Published  *StateLink
	Drafts     []StateLink
	Older      []StateLink
}

// StateLink leads to a version.
type StateLink struct{ Text, URL string }

// StateUpload takes a form package.
type StateUpload struct {
	Service, Error, FileError string
	Checked                   bool // a package was read; Findings say what is wrong with it
	Findings                  []formdef.Finding
	Max                       string
}

func (p StateUpload) service(l *locale.Catalogue) Input {
	return Input{Name: "service", Label: l.T("state.upload.service"), Hint: l.T("state.upload.service.hint"), Value: p.Service, Error: p.Error, Width: 20, Autocomplete: "off"}
}

func (p StateUpload) issues(l *locale.Catalogue) []Issue {
	out := InputIssues(p.service(l))
	if p.FileError != "" {
		out = append(out, Issue{Text: p.FileError, Href: "#" + InputID("package")})
	}
	return out
}

// StateVersion is a version with all that one wants to know before publishing it.
type StateVersion struct {
	URL, Name, Slug    string
	Version            civic.FormVersion
	Facts              []string
	MayPublish         bool
	MayReject          bool
	Findings           []formdef.Finding // what is to be mended first
	Readme             string            // of its package, Markdown
	Own                bool              // the actor uploaded it
	Everywhere         *Input            // offers a new service in all responsible authorities; nil where that is no question
	Failed             int
	Trials             []StateTrial
	Against            string      // what it is compared with, worded; "" nothing
	Changes            []string    // sentences
	Pages              []StateLink // previews
	Drafts, Cases      string
	DownloadURL, Error string
}

// StateTrial is a replayed sample.
type StateTrial struct {
	Name, Got, URL string
	Passed         bool
}

// StatePreview draws one page of a form, read only.
type StatePreview struct {
	Name, Title, BackURL string
	Number, Of           int
	Previous, Next       string
	Samples              []Option
	Action               string
	Elements             []formdef.Element
	Hidden               bool // the sample's answers do not lead to this page
}

// StateTenants lists authorities.
type StateTenants struct {
	Search    string
	Rows      []StateTenant
	Total     int
	MayCreate bool
}

// StateTenant is one authority.
type StateTenant struct {
	Name, Slug, URL, Kind string
	Live                  bool
}

func (p StateTenants) search(l *locale.Catalogue) Input {
	return Input{Name: "q", Label: l.T("state.tenants.search"), Value: p.Search, Type: "search", Required: true, Width: 20}
}

// StateNew makes an authority outside of the regional table.
type StateNew struct {
	Inputs []Input
}

// StateEvents is a page of the state's log.
type StateEvents struct {
	Rows    []StateEvent
	NextURL string
}

// StateEvent is one entry.
type StateEvent struct{ At, Text, Who, Data string }

// FindingText words what is wrong with a form package; what only a parser says stays in its own words.
func FindingText(l *locale.Catalogue, f formdef.Finding) string {
	if f.Key == "" {
		return f.Text
	}
	return l.T("finding."+f.Key, f.Args...)
}

// ChangeText words a difference between two form packages.
func ChangeText(l *locale.Catalogue, c formdef.Change) string { return l.T("diff."+c.Key, c.Args...) }
