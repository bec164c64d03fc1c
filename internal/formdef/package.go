package formdef

import (
	"encoding/json"
	"io/fs"
)

// Package is a form package as its author wrote it: one folder with service.yaml, form.yaml,
// schema.json, ui.json, texts/ and samples/ (docs/forms.md). It is data; Compile makes it usable.
type Package struct {
	Slug    string // folder name, the service's address below a tenant
	Service ServiceMeta
	Form    FormMeta
	Schema  json.RawMessage // JSON Schema, any draft from 4 on; 2020-12 for our own
	UI      json.RawMessage // JSON Forms UI schema; nil means the default layout
	// Texts holds translations: language tag ("de", "en", "de-LS") → i18n key → text.
	Texts   map[string]map[string]string
	Samples []Sample
	// Annotations and AnnotationsUI are the small form in which clerks note what they find; nil without one.
	Annotations, AnnotationsUI json.RawMessage
	// Digest is the SHA-256 (hex) of the package's files in path order; equal packages have equal digests.
	Digest string
}

// Text is a text in several languages, keyed by language tag; "de" is always there.
type Text map[string]string

// In returns the text in the language, falling back to German.
func (t Text) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return t["de"]
}

// ServiceMeta is service.yaml: what a citizen must know before starting (modules after XZuFi 2.2).
type ServiceMeta struct {
	LeiKa string `yaml:"leika"` // 14 digits
	OZG   string `yaml:"ozg,omitempty"`
	Level string `yaml:"level"` // land | kreis | gemeinde
	// EveryAuthority offers the service at each authority for itself, whatever its level (Allgemeiner Antrag).
	EveryAuthority bool `yaml:"everyAuthority,omitempty"`
	// Delegable lets a municipality answer for a kreis or land service itself (towns with an own Gewerbebehörde).
	Delegable bool `yaml:"delegable,omitempty"`
	// Place says in one sentence which place decides who is responsible, where it is not the one where the citizen
	// lives (the place of birth for a birth certificate).
	Place    Text   `yaml:"place,omitempty"`
	Category string `yaml:"category"` // one of Categories
	// LifeSituations are keys after the portal's list, for browsing.
	LifeSituations []string            `yaml:"lifeSituations,omitempty"`
	Name           Text                `yaml:"name"`
	Keywords       map[string][]string `yaml:"keywords"` // language → search words, synonyms
	Modules        map[string]Modules  `yaml:"modules"`  // language → text modules (safe Markdown)
}

// Modules are the XZuFi text modules of a service in one language; each is safe Markdown.
type Modules struct {
	Short          string `yaml:"short"`          // 05 Kurztext / 24 Teaser
	Full           string `yaml:"full"`           // 06 Volltext
	Requirements   string `yaml:"requirements"`   // 09 Voraussetzungen
	Documents      string `yaml:"documents"`      // 08 Unterlagen
	Fees           string `yaml:"fees"`           // Kosten
	Deadlines      string `yaml:"deadlines"`      // Fristen
	ProcessingTime string `yaml:"processingTime"` // Bearbeitungsdauer
	LegalBasis     string `yaml:"legalBasis"`     // 07 Handlungsgrundlagen
	Procedure      string `yaml:"procedure"`      // 11 Verfahrensablauf
	Authority      string `yaml:"authority"`      // 22 zuständige Stelle
	Hints          string `yaml:"hints,omitempty"`
	Remedy         string `yaml:"remedy,omitempty"` // 25 Rechtsbehelf
}

// FormMeta is form.yaml: how the form is run.
type FormMeta struct {
	Assurance  string             `yaml:"assurance"`  // minimum: none | basic | substantial | high
	Account    string             `yaml:"account"`    // person | organisation | both | none: who may log in for it
	FilePrefix string             `yaml:"filePrefix"` // start of the file number, e.g. "HUST"
	Fees       []Fee              `yaml:"fees,omitempty"`
	PayFirst   bool               `yaml:"payFirst,omitempty"` // the case awaits payment before anybody works on it
	Retention  Retention          `yaml:"retention"`
	Privacy    map[string]Privacy `yaml:"privacy"` // language → Art. 13 GDPR notice of this form
	Deadline   Deadline           `yaml:"deadline"`
	Routes     []string           `yaml:"routes,omitempty"` // default ways out besides the inbox: connector ids
	Index      []IndexField       `yaml:"index,omitempty"`
	Overlay    OverlayRules       `yaml:"overlay,omitempty"`
	// Restricted lets nobody of an authority know of its cases but those whom its admin names.
	Restricted bool `yaml:"restricted,omitempty"`
	// Declaration is what the citizen confirms before sending, per language (plain text).
	Declaration Text `yaml:"declaration"`
	// Cosign asks a second person to confirm what was sent, before the office works on it.
	Cosign *Cosign `yaml:"cosign,omitempty"`
	// FourEyes lets nobody decide alone: what one clerk proposes, another one sends.
	FourEyes bool `yaml:"fourEyes,omitempty"`
	// Checklist is what a clerk checks, per language.
	Checklist map[string][]string `yaml:"checklist,omitempty"`
}

// Cosign (Mitzeichnung) says who else must confirm an application. It is asked for when Condition, a UI-schema rule condition,
// holds or is absent. An application that nobody confirms in time, or that is declined, goes to the office all the same, marked so.
type Cosign struct {
	Condition   json.RawMessage `yaml:"condition,omitempty"`
	Assurance   string          `yaml:"assurance"`       // of the second person's log-in: none | basic | substantial | high
	Days        int             `yaml:"days"`            // within which to confirm, 7 to 90
	Who         Text            `yaml:"who"`             // "der andere Elternteil"
	Declaration Text            `yaml:"declaration"`     // what they confirm
	Email       string          `yaml:"email,omitempty"` // pointer of the answer that holds their address
}

// Fee is one fee position. Amount is a decimal in EUR ("30.00"); Calculate, when set, is JSON-Logic over the
// answers and wins over Amount ({"var": "$amount"} gives the possibly overlaid Amount). It is due when Condition,
// a UI-schema rule condition, holds or is absent. Without Amount it is due only where an authority has set one by its overlay.
type Fee struct {
	Code      string          `yaml:"code"`
	Label     Text            `yaml:"label"`
	Amount    string          `yaml:"amount"`
	Calculate json.RawMessage `yaml:"calculate,omitempty"`
	Condition json.RawMessage `yaml:"condition,omitempty"`
}

// Retention says how long a closed case is kept.
type Retention struct {
	Years      int    `yaml:"years"`
	LegalBasis string `yaml:"legalBasis"`
}

// Privacy holds the form's part of the notice after Art. 13 GDPR; the authority adds itself, its officer and rights.
type Privacy struct {
	Purpose    string `yaml:"purpose"`
	LegalBasis string `yaml:"legalBasis"`
	Recipients string `yaml:"recipients"`
	Retention  string `yaml:"retention"`
}

// Deadline is by when the office means to decide, from receipt; LegalBasis is set where the law sets it.
type Deadline struct {
	Span       `yaml:",inline"`
	LegalBasis string `yaml:"legalBasis,omitempty"`
	// Deemed is after how long approval is deemed given when nobody has decided; only where the law says so, which LegalBasis names
	// (§ 42a VwVfG). The period stands while the applicant has to complete the documents.
	Deemed *Deemed `yaml:"deemed,omitempty"`
}

// Deemed is when approval is deemed given.
type Deemed struct {
	Months     int    `yaml:"months"`
	LegalBasis string `yaml:"legalBasis"`
}

// Span is a period of one unit. Its fields are those of civic.Span.
type Span struct {
	Months      int `yaml:"months,omitempty"`
	Weeks       int `yaml:"weeks,omitempty"`
	Days        int `yaml:"days,omitempty"`
	WorkingDays int `yaml:"workingDays,omitempty"`
}

// Silence is Deemed's period, zero without one.
func (d Deadline) Silence() Span {
	if d.Deemed == nil {
		return Span{}
	}
	return Span{Months: d.Deemed.Months}
}

// one tells whether exactly one unit is set, and to something sensible.
func (s Span) one() bool {
	n := 0
	for _, v := range []int{s.Months, s.Weeks, s.Days, s.WorkingDays} {
		if v < 0 || v > 3660 {
			return false
		}
		if v > 0 {
			n++
		}
	}
	return n == 1
}

// IndexField is an answer that clerks can filter and search by. Mode: word (stemmed), name (also by its beginning),
// number (also by its beginning), exact. Array items are addressed by "*": /hunde/*/chipnummer.
type IndexField struct {
	Pointer string `yaml:"pointer"`
	Mode    string `yaml:"mode"`
	Column  bool   `yaml:"column,omitempty"` // shown in the inbox (sealed, opened per page)
}

// OverlayRules says what a municipality may change.
type OverlayRules struct {
	Fees     []string `yaml:"fees,omitempty"`     // fee codes whose amount it sets
	Texts    []string `yaml:"texts,omitempty"`    // module names (fees, deadlines, hints …) it may add to
	Optional []string `yaml:"optional,omitempty"` // pointers of optional fields it may switch off
	Choices  []string `yaml:"choices,omitempty"`  // pointers of string fields for which it lists the choices
	Proof    bool     `yaml:"proof,omitempty"`    // may ask for extra proofs
}

// Sample is one example with its expected outcome; run as a test and replayed before publishing.
type Sample struct {
	File    string          `json:"-"`
	Name    string          `json:"name"`
	Answers json.RawMessage `json:"answers"`
	// Now is the day on which the sample is played (2026-03-01), for rules that read $today; without it, the day given.
	Now string `json:"now,omitempty"`
	// Expect is "valid" or a list of {pointer, keyword}.
	Expect json.RawMessage `json:"expect"`
}

// Overlay is what one municipality changes of one service; versioned, it survives a new form version.
type Overlay struct {
	Fees    map[string]string            `json:"fees,omitempty"`    // code → decimal EUR
	Modules map[string]map[string]string `json:"modules,omitempty"` // language → module name → text
	Off     []string                     `json:"off,omitempty"`     // pointers of switched-off optional fields
	Choices map[string][]string          `json:"choices,omitempty"` // pointer → choices
	Proofs  []Proof                      `json:"proofs,omitempty"`  // extra attachments asked for
}

// Proof is an extra attachment that a municipality asks for; its answer lies at /_proofs/<Key>.
type Proof struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	Hint     string `json:"hint,omitempty"`
	Required bool   `json:"required,omitempty"`
}

// Load reads a package from the root of fsys and checks its shape strictly: an unknown key is an error.
// Errors name file and pointer. It does not compile.
func Load(slug string, fsys fs.FS) (*Package, error) { return load(slug, fsys) }
