package page

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/a-h/templ"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page/widget"
)

// FormAttrs says how a Form posts.
type FormAttrs struct {
	ID, Action string
	Multipart  bool   // the form has file inputs
	Back       bool   // what is sent comes back as it was typed, and nothing is done
	Autosave   bool   // the script saves it while it is being filled in (header X-Autosave: 1)
	Shape      string // with Autosave: of what is drawn
	// Uploads is where files go up in pieces ("" nowhere), Filer the script that does it, by the protocol in Uploader.
	Uploads, Filer, Uploader string
	Steps                    string // the name under which a page that is not saved says that a file has come
	// Forget tells the script to delete what it keeps of a draft when the form is sent: its id; ForgetAll for every draft.
	Forget string
}

// ForgetAll is a FormAttrs.Forget that names every draft: each of their addresses holds it.
const ForgetAll = "/"

// attrs are the script's texts, so that the script itself holds no language.
func (f FormAttrs) attrs(l *locale.Catalogue) templ.Attributes {
	a := templ.Attributes{"data-form": true, "data-sending": l.T("script.sending")}
	if f.Forget != "" {
		a["data-forget"] = f.Forget
	}
	if f.Autosave || f.Multipart {
		a["data-upload"] = l.T("script.upload")
		a["data-failed"] = l.T("script.failed")
	}
	if f.Autosave {
		a["data-autosave"] = true
		a["data-shape"] = f.Shape
		for _, state := range []string{"saving", "unsaved", "refused", "restored"} {
			a["data-"+state] = l.T("script." + state)
		}
	}
	if f.Uploads != "" && f.Uploader != "" {
		a["data-uploads"], a["data-filer"], a["data-uploader"] = f.Uploads, f.Filer, f.Uploader
		if f.Steps != "" {
			a["data-steps"] = f.Steps
		}
		a["data-uploading"], a["data-unfinished"] = l.T("script.uploading"), l.T("script.unfinished")
	}
	return a
}

// Btn is a button or a link that looks like one.
type Btn struct {
	Text    string
	Context string // read out after the text, where the text alone says too little
	Kind    string // primary (default), secondary, tertiary
	Icon    string
	Small   bool
	Block   bool   // as wide as its column
	Name    string // with Value: what is posted
	Value   string
	Form    string // id of the form when the button stands outside of it
	Href    string // makes it a link
	Attrs   templ.Attributes
}

func (b Btn) class() string {
	kind := b.Kind
	if kind == "" {
		kind = "primary"
	}
	c := "kern-btn kern-btn--" + kind
	if b.Small {
		c += " kern-btn--x-small"
	}
	if b.Block {
		c += " kern-btn--block"
	}
	return c
}

// Issue is an entry of the error summary: what is wrong and where to mend it ("#id", "/…/2#id", or "" nowhere).
type Issue struct{ Text, Href string }

// Issues words the problems of a form page and finds the field of each.
func Issues(l *locale.Catalogue, v formdef.View) []Issue {
	anchors := widget.AnchorsOf(v.Elements)
	out := make([]Issue, 0, len(v.Problems))
	for _, p := range v.Problems {
		issue := Issue{Text: ProblemText(l, p)}
		if id := anchors.Find(p.Pointer); id != "" {
			issue.Href = "#" + id
		}
		out = append(out, issue)
	}
	return out
}

// ProblemText words a problem in the reader's language: what to do, naming the field by its label.
func ProblemText(l *locale.Catalogue, p formdef.Problem) string { return widget.ProblemText(l, p) }

// Markdown draws safe Markdown: raw HTML is left out, only http, https, mailto and tel addresses become links.
// The highest heading becomes h3.
func Markdown(text string) templ.Component { return widget.Markdown(text) }

// TableHead describes a Table.
type TableHead struct {
	Caption     string
	HideCaption bool // a heading right above says the same
	Columns     []Column
}

// Column is a column of a Table. URL makes its head a link that sorts; Sort is the present order, in the words of
// aria-sort (ascending, descending) or "".
type Column struct {
	Text, URL, Sort string
	Numeric         bool
}

func caseKind(s civic.CaseState) string {
	switch s {
	case civic.AwaitingPayment, civic.AwaitingCosign, civic.WaitingApplicant:
		return "warning"
	case civic.Received, civic.InProgress:
		return "info"
	case civic.Decided, civic.Closed:
		return "success"
	default:
		return ""
	}
}

func publicKind(state string) string {
	switch state {
	case "ACTION_REQUIRED":
		return "warning"
	case "COMPLETED":
		return "success"
	case "INITIATED":
		return ""
	default:
		return "info"
	}
}

type task struct {
	page       formdef.Page
	number, id string
}

type taskGroup struct {
	title string
	tasks []task
}

// taskGroups gathers neighbouring pages of the same group and numbers them through.
func taskGroups(pages []formdef.Page) []taskGroup {
	var groups []taskGroup
	for i, p := range pages {
		if len(groups) == 0 || groups[len(groups)-1].title != p.Task {
			groups = append(groups, taskGroup{title: p.Task})
		}
		g := &groups[len(groups)-1]
		g.tasks = append(g.tasks, task{page: p, number: strconv.Itoa(i + 1), id: fmt.Sprintf("aufgabe-%d", i+1)})
	}
	return groups
}

// icon is the page's icon as a data address: the emblem costs no request of its own.
func (b Brand) icon() string {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="8" fill="%s"/>`+
		`<text x="24" y="34" text-anchor="middle" font-family="sans-serif" font-weight="bold" font-size="28" fill="%s">%s</text></svg>`,
		b.colour(), b.ink(), templ.EscapeString(b.initial()))
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))
}
