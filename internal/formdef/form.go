// Package formdef is the form language: a form package (JSON Schema 2020-12 plus JSON Forms UI schema and YAML
// settings, docs/forms.md) is loaded, compiled once into an immutable Form, and then answers every question that
// the other rooms have: which pages there are for these answers, what each looks like, what a browser's post means,
// what is wrong with it, what to freeze at submission, how to show it to a clerk. It knows neither HTML nor tenants.
package formdef

import (
	"encoding/json"
	"sync"
	"time"
)

// Answers is a JSON object as decoded with UseNumber: map[string]any, []any, string, json.Number, bool, nil.
type Answers = map[string]any

// Typed is what a browser posted for one page: input name (JSON Pointer, dates with /day …) → raw values in order.
type Typed = map[string][]string

// State is everything a journey depends on.
type State struct {
	Answers Answers
	// Typed keeps raw input that could not be turned into an answer, so that it is shown again as typed.
	Typed Typed
	// Proven holds identity attributes (given_name, family_name, date_of_birth …) for x-prefill.
	Proven map[string]string
	// Files describes the attachments of the dossier by their URN.
	Files map[string]File
	Now   time.Time
	Lang  string // "de", "en", "de-LS"
}

// File is an attachment as a page shows it.
type File struct {
	URN, Name, MediaType string
	Bytes                int64
	Verdict              string // clean | infected | waiting | unscanned
}

// Form is a compiled form version: immutable, shared by all requests.
type Form struct {
	Package *Package
	c       *compiled
	delta   *delta   // a municipality's overlay, nil without
	only    []string // pointers that may be changed, nil for all
}

// Compile compiles a package. The schema may not refer outside itself. Errors name file and pointer.
func Compile(p *Package) (*Form, error) { return compile(p) }

// Schema returns what a package without meta data makes: for "forms inspect --schema F --ui F".
func CompileBare(schema, ui json.RawMessage, texts map[string]map[string]string) (*Form, error) {
	return compileBare(schema, ui, texts)
}

// With returns the form with a municipality's overlay: a small delta that shares everything else.
// Conflicts are overlay entries that this version no longer knows; they are left out.
func (f *Form) With(o Overlay) (*Form, []Conflict) { return f.with(o) }

// Conflict is an overlay entry that a form version does not know or allow.
type Conflict struct{ Entry, Why string }

// Page is one step of the journey.
type Page struct {
	Index   int // position in the UI schema, stable; the page's number in addresses is Index+1
	Title   string
	Task    string // task group
	Done    bool   // no problems on it and every required answer given
	Visited bool   // some answer on it is given
	Asked   bool   // something on it can be changed (after Restrict: belongs to the correction)
}

// Journey lists the pages that these answers lead through, in order.
func (f *Form) Journey(s State) []Page { return f.journey(s) }

// Path lists the indexes of the pages that these answers lead through, in order, up to the first exit.
func (f *Form) Path(s State) []int { return f.path(s) }

// Shows tells whether these answers lead to the page.
func (f *Form) Shows(index int, s State) bool { return f.newRun(&s).onJourney(index) }

// PageCount is the number of pages in the UI schema, visible or not.
func (f *Form) PageCount() int { return f.pageCount() }

// View is one page ready to be drawn. ok is false when the page does not exist or is hidden for these answers.
// When check is true, problems with what is there are attached to fields (after a post, or a revisit).
func (f *Form) View(index int, s State, problems []Problem) (view View, ok bool) {
	return f.view(index, s, problems)
}

// Decode takes the post of one page: it reads only inputs that the page shows for these answers (never the shape
// of what was posted), converts them by the schema, and returns the new state (answers and what stays as typed) and
// the problems of conversion and of the page (required, format, rules). Hidden, locked and foreign names are ignored.
// Several pages may be edited in turn: after it, Journey may differ.
func (f *Form) Decode(index int, s State, in Typed) (State, []Problem) { return f.decode(index, s, in) }

// AddRow appends an empty row to the list at the pointer; RemoveRow takes the pointer of the row itself (/hunde/1).
// They refuse what the schema forbids (ErrListFull, ErrListShort) and lists that no page shows (ErrNoSuchList).
func (f *Form) AddRow(s State, pointer string) (State, error)    { return f.addRow(s, pointer) }
func (f *Form) RemoveRow(s State, pointer string) (State, error) { return f.removeRow(s, pointer) }

// Attach records an uploaded file's URN at the pointer of a file field; Detach removes it (and returns false when it is not there).
func (f *Form) Attach(s State, pointer, urn string) (State, error) { return f.attach(s, pointer, urn) }
func (f *Form) Detach(s State, pointer, urn string) (State, bool)  { return f.detach(s, pointer, urn) }

// FileRule returns the upload rule of the file field at the pointer, ok false when the page does not show such a field.
func (f *Form) FileRule(s State, pointer string) (FileRule, bool) { return f.fileRule(s, pointer) }

// FileRule is x-attachment.
type FileRule struct {
	Label      string
	MaxBytes   int64
	MediaTypes []string // by content: application/pdf, image/jpeg, image/png …
	MaxFiles   int
}

// Check returns every problem of the whole application: schema, required, rules, attachments; of visible pages only.
func (f *Form) Check(s State) []Problem { return f.check(s) }

// Freeze returns the exact bytes to submit: hidden answers dropped, calculated values computed, keys in schema
// order, numbers as decimals; and the problems that forbid it (then the bytes are nil).
func (f *Form) Freeze(s State) ([]byte, []Problem) { return f.freeze(s) }

// Accepts checks frozen or foreign bytes: exactly what the pages could have produced, or the problems.
// It refuses unknown keys, hidden fields with values, more than 1 MiB, depth over 32, or over 1,000 items in an array.
func (f *Form) Accepts(raw []byte, now time.Time) []Problem { return f.accepts(raw, now) }

// Summary shows answers as the citizen saw them, page by page; the desk, the PDF and the check page use the same.
// unanswered also lists visible fields without an answer.
func (f *Form) Summary(s State, unanswered bool) []Section { return f.summary(s, unanswered) }

// Fees computes the positions that are due.
func (f *Form) Fees(s State) []FeeDue { return f.fees(s) }

// FeeDue is one position; Cents is exact.
type FeeDue struct {
	Code, Label string
	Cents       int64
}

// Exit is the visible exit page of the journey so far, or nil.
func (f *Form) Exit(s State) *Exit { return f.exit(s) }

// Exit ends a journey with a text (safe Markdown) and what to do instead.
type Exit struct {
	Page        int
	Title, Text string
}

// Restrict returns the set of pointers that may be changed when an office asked to correct these (a pointer opens
// everything below it), for a request: View and Decode of the returned form lock all others.
func (f *Form) Restrict(pointers []string) *Form { return f.restrict(pointers) }

// IndexTerms returns the answers that form.yaml index: names, in order.
func (f *Form) IndexTerms(a Answers) []IndexTerm { return f.indexTerms(a) }

// IndexTerm is one indexed value.
type IndexTerm struct {
	Pointer, Mode, Text string
	Shown               string // as the summary words it, in German
	Column              bool
}

// URNs lists the attachments that the answers refer to, in document order.
func (f *Form) URNs(a Answers) []string { return f.urns(a) }

// Problem is something wrong with an answer. Text is the author's own message (error.<keyword> or error.custom in the
// texts); without it the reader makes one from Keyword, Label and Params through the catalogue ("problem.<keyword>").
type Problem struct {
	Pointer string            `json:"pointer"` // input name of the field, so that a link finds it
	Keyword string            `json:"keyword"` // required, minLength, format, type, date, rule, maxItems, attachment, exit …; of Accepts also unknown, hidden, calculated, maxBytes, maxDepth, number, json
	Page    int               `json:"-"`       // page index of the field
	Label   string            `json:"label,omitempty"`
	Params  map[string]string `json:"params,omitempty"` // limit, format, example, kind (text|choice|date|number|file|group|boolean)
	Text    string            `json:"message,omitempty"`
	// Fresh: the question appeared by this very post and was not on the page, so nobody could answer it yet. A caller
	// whose problems are all fresh shows the page again without blaming anybody.
	Fresh bool `json:"-"`
}

// View is one page.
type View struct {
	Page
	Number, Of  int // position among the visible pages, from 1
	Elements    []Element
	Problems    []Problem
	Exit        *Exit
	Unsupported []string
}

// Kind of an element.
type Kind string

// The kinds of elements.
const (
	KindControl    Kind = "control" // Field is set
	KindGroup      Kind = "group"   // fieldset with Label and Children
	KindVertical   Kind = "vertical"
	KindHorizontal Kind = "horizontal"
	KindLabel      Kind = "label" // Label text
	KindHelp       Kind = "help"  // Label as summary, Text as Markdown
	KindExit       Kind = "exit"  // Label, Text as Markdown
	KindList       Kind = "list"  // repeating group: Rows, CanAdd
	// KindRemark is what somebody said of the element after it: Text. No form has one; it is put in where answers are corrected.
	KindRemark Kind = "remark"
)

// Element is a node of a page. Invisible elements are present only when Hidden is true and a script may reveal them
// (When says on which condition); without scripts they are not drawn.
type Element struct {
	Kind              Kind
	At                string // JSON Pointer into the UI schema
	Pointer           string // data pointer for lists and objects
	Label, Hint, Text string
	Hidden            bool
	When              string // JSON of a simple client condition {"pointer":…, "in":[…]} or "" when only the server can tell
	Field             *Field
	Children          []Element
	Rows              []Row
	CanAdd            bool
	AddLabel          string
	Error             string // problem of the list itself; Key as in Problem
	Problem           *Problem
}

// Row is one item of a repeating group.
type Row struct {
	Pointer   string // /hunde/0
	Title     string // "Hund 1" or options.elementLabelProp's value
	CanRemove bool
	Elements  []Element
}

// Widget names how a field is asked.
type Widget string

// The widgets.
const (
	WidgetText       Widget = "text"
	WidgetTextArea   Widget = "textarea"
	WidgetNumber     Widget = "number" // also money: Suffix "€"
	WidgetDate       Widget = "date"   // Parts day, month, year
	WidgetDateNative Widget = "date-native"
	WidgetTime       Widget = "time"
	WidgetDateTime   Widget = "datetime"
	WidgetSelect     Widget = "select"
	WidgetRadio      Widget = "radio"
	WidgetCheckbox   Widget = "checkbox"   // one tick: boolean const true, or options.toggle
	WidgetCheckboxes Widget = "checkboxes" // several of
	WidgetFile       Widget = "file"
	WidgetOutput     Widget = "output" // calculated or locked: shown, not asked
	WidgetPassword   Widget = "password"
)

// Field is one question.
type Field struct {
	Pointer, ID                                           string // input name; id usable in HTML, unique on the page
	Widget                                                Widget
	Type                                                  string // text, email, tel, url
	Label, Hint, Help                                     string // Help is Markdown to unfold
	Example                                               string // of the schema, as the language writes it
	LabelKey                                              string // of the catalogue ("entry", "pick"), when the form has no label
	LabelHidden                                           bool
	Required, ReadOnly, Disabled                          bool
	Given                                                 bool   // there, and not shown: an empty field leaves it
	Locked                                                bool   // proven by the identity provider: shown and marked
	Value                                                 string // as typed, else as the language writes it
	Parts                                                 []DatePart
	Choices                                               []Choice
	Problem                                               *Problem
	Autocomplete, InputMode, Pattern, Suffix, Placeholder string
	MaxLength, Width, TextRows                            int
	Rule                                                  *FileRule
	Files                                                 []File
	Deprecated                                            bool
	// Blank keeps the picture of the field while nothing on it comes from answers; nil when something does.
	Blank *Blank
}

// Blank keeps what does not depend on anybody's answers; safe for concurrent use.
type Blank struct {
	kept *sync.Map
	as   blankAs
}

// blankAs is what pictures of one blank field differ in.
type blankAs struct {
	lang     int
	required bool
	drawer   string
}

// Drawn is what was kept under the drawer's own key, or what draw makes, which is kept then.
func (b *Blank) Drawn(key string, draw func() (string, error)) (string, error) {
	as := b.as
	as.drawer = key
	if kept, ok := b.kept.Load(as); ok {
		return kept.(string), nil //nolint:errcheck // nothing else is kept
	}
	drawn, err := draw()
	if err == nil {
		b.kept.Store(as, drawn)
	}
	return drawn, err
}

// DatePart is one of the inputs of a date: Part is day, month or year, Name the input name.
type DatePart struct{ Part, Name, Value string }

// Choice is one option. An empty Label with Key "yes", "no", "none" is worded by the catalogue.
type Choice struct {
	Value, Label, Hint, Key string
	Selected                bool
}

// Section is a page of the summary.
type Section struct {
	Page  int
	Title string
	Rows  []Line
}

// Line is one answer, or a heading of a repeated item (Heading true, Level from 1).
type Line struct {
	Pointer string
	Label   string
	Value   string // as the citizen saw it; several lines joined by \n
	Key     string // "yes", "no", "given", "unanswered" when worded by the catalogue
	Files   []File
	Heading bool
	Level   int
	Locked  bool
	Chosen  bool // Value is the form's words, not the citizen's
}
