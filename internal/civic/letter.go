package civic

import (
	"encoding/hex"
	"strings"
	"time"
)

// Template (Textbaustein) is a text that an authority's clerks begin a message, a request or a letter with.
type Template struct {
	ID, Tenant string
	Service    string // slug, "" for all
	Kind       TemplateKind
	Outcome    Outcome // of a letter: what it decides, "" any
	Title      string
	Body       string // plain text, of letters and notices Markdown, with placeholders
	ChangedBy  string // staff id
	Changed    time.Time
}

// TemplateKind is what a template is for.
type TemplateKind string

// The kinds of templates; a remedy notice (Rechtsbehelfsbelehrung) ends letters and is chosen by its service.
const (
	TemplateMessage TemplateKind = "message"
	TemplateRequest TemplateKind = "request"
	TemplateLetter  TemplateKind = "letter"
	TemplateRemedy  TemplateKind = "remedy"
)

// TemplateKinds lists the kinds in the order in which pages show them.
var TemplateKinds = []TemplateKind{TemplateMessage, TemplateRequest, TemplateLetter, TemplateRemedy}

// Fits tells whether the template is one for a service's letters that decide so; an outcome of "" is any.
func (t Template) Fits(kind TemplateKind, service string, outcome Outcome) bool {
	return t.Kind == kind && (t.Service == "" || t.Service == service) && (t.Outcome == "" || outcome == "" || t.Outcome == outcome)
}

// Correspondence (Schriftverkehr) is how an authority writes: its letterhead beyond its address, and when it reminds.
type Correspondence struct {
	Head     string `json:"head,omitempty"`   // further lines of the letterhead
	Foot     string `json:"foot,omitempty"`   // foot of each page: bank, opening hours …
	Remind   int    `json:"remind,omitempty"` // days before a request's last day on which the applicant is reminded, 0 not
	Silent   bool   `json:"silent,omitempty"` // the applicant is not told that the day has passed
	Revision int64  `json:"-"`
}

// DefaultCorrespondence is how an authority writes that has set nothing.
func DefaultCorrespondence() Correspondence { return Correspondence{Remind: 3} }

// HeadLines are the further lines of the letterhead.
func (c Correspondence) HeadLines() []string {
	var out []string
	for line := range strings.Lines(c.Head) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// LetterDraft (angefangenes Schreiben) is what a clerk was writing on a case, until it is sent.
type LetterDraft struct {
	Tenant, Case, Dossier, Staff string
	Kind                         string // message, ask, decide
	Body                         Sealed // JSON of what stands in the form, by field
	Changed                      time.Time
}

// Proposal (Entscheidungsvorschlag) is a decision that waits for a second pair of eyes. Its letter is frozen.
type Proposal struct {
	ID, Case, Tenant, Dossier string
	Outcome                   Outcome
	Letter                    Sealed // Markdown, as it will be sent
	Author, AuthorName        string
	Created                   time.Time
	Checked                   time.Time // zero: it waits
	Checker, CheckerName      string
	Verdict                   string // approved, returned, withdrawn; "" while it waits
	Note                      Sealed // why it was sent back
}

// Open tells whether somebody still has to look at it.
func (p Proposal) Open() bool { return p.Checked.IsZero() }

// Opinion (Stellungnahme) is what another office or an expert is asked about a case: they see what is marked and nothing else.
type Opinion struct {
	ID, Case, Tenant, Dossier string
	Submission                string   // whose answers are shown
	Pointers                  []string // of the answers and attachments shown
	CodeHash                  []byte   // MAC of the code, as of an Invitation
	Email                     Sealed   // who is asked
	Question                  Sealed
	Author, AuthorName        string // who asks
	Created, Expires          time.Time
	Opened                    time.Time // first looked at, zero never
	Revoked                   time.Time
	Answered                  time.Time
	Name                      Sealed // who answered, as they say
	Answer                    Sealed
}

// Live tells whether its code opens anything.
func (o Opinion) Live(now time.Time) bool { return o.Revoked.IsZero() && now.Before(o.Expires) }

// Waits tells whether an answer may still come.
func (o Opinion) Waits(now time.Time) bool { return o.Answered.IsZero() && o.Live(now) }

// Shows tells whether a pointer, or one below it, was marked.
func (o Opinion) Shows(pointer string) bool {
	for _, p := range o.Pointers {
		if p == pointer || strings.HasPrefix(pointer, p+"/") {
			return true
		}
	}
	return false
}

// expertFile begins the Message of an attachment that came with an opinion.
const expertFile = "opinion:"

// Files is what the attachments that came with the opinion say as their Message.
func (o Opinion) Files() string { return expertFile + o.ID }

// Expert tells whether the attachment came with an opinion: it is the office's, and not the applicant's to see.
func (a Attachment) Expert() bool { return strings.HasPrefix(a.Message, expertFile) }

// Letterhead is an authority's name and address with the further lines that it has set.
func Letterhead(t Tenant, c Correspondence) []string {
	var out []string
	for _, line := range []string{t.Name, t.Profile.Street, strings.TrimSpace(t.Profile.Zip + " " + t.Profile.City), t.Profile.Phone, t.Profile.Email} {
		if line != "" {
			out = append(out, line)
		}
	}
	return append(out, c.HeadLines()...)
}

// Footer is what stands at the foot of each page.
func (c Correspondence) Footer(t Tenant) string {
	if c.Foot != "" {
		return strings.Join(strings.FieldsFunc(c.Foot, func(r rune) bool { return r == '\n' }), " · ")
	}
	return t.Name
}

// OpinionLives are the days for which somebody may be asked.
var OpinionLives = []int{7, 14, 30, 60}

// Seal (elektronisches Siegel) vouches for a letter: that it came from here, and says what it said.
type Seal struct {
	Kind  string // "ed25519"; "" without one
	Bytes []byte
}

// SealMessage is what the seal of a letter covers: version, file number, digest of the letter in hex, time, one a line.
func SealMessage(number string, digest []byte, at time.Time) []byte {
	return []byte(strings.Join([]string{"antragswerk-letter-v1", number, hex.EncodeToString(digest), at.UTC().Format(time.RFC3339)}, "\n"))
}
