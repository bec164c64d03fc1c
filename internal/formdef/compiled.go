package formdef

import (
	"encoding/json"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// words is a text in every language of the form, by the language's position in compiled.langs.
type words []string

func (w words) in(lang int) string {
	if lang < len(w) {
		return w[lang]
	}
	return ""
}

// compiled is everything that can be known of a form before there are answers. It is never changed after compile.
type compiled struct {
	root        *schema
	valid       *jsonschema.Schema
	langs       []string // "de" first
	langIndex   map[string]int
	texts       map[string]map[string]string
	foreign     map[string]map[string]bool // by language: texts that are shown in German
	top         *frame
	pages       []*page
	elems       int // number of elements in the top frame
	fees        []fee
	cosign      *cond
	cosignEmail []string
	index       []indexField
	unsupported []string
	trees       []*elem // of the pages, and what lies around them, in document order
	defaultUI   json.RawMessage
	sources     map[string]bool // pointers (top frame) that rules and calculations read
	unshown     []Finding       // unsupported, for the author
	notes       []Finding       // what compiling noticed: dangling scopes, unknown options …
}

// frame is a space of pointers: the whole form, or one item of a repeating group.
type frame struct {
	schema   *schema
	owner    *elem // the list, nil for the form
	binds    map[string][]*elem
	prefixes map[string]bool // pointers above bound or calculated ones
	calcs    map[string]*calc
	rules    []*xrule
	i18n     string             // prefix of keys: the data path without indices
	plans    map[string][]slot  // by pointer of an object: its members that can hold something
	maps     map[string][]*elem // lists of the entries of an object, by its pointer
	tuples   map[string]int     // sizes of arrays of fixed entries, by pointer
	picks    map[string]*elem   // questions which branch is meant, by their names
}

// slot is a member of an object, prepared for building what counts.
type slot struct {
	name  string
	path  []string
	ptr   string
	binds []*elem
	calc  *calc
	inner bool // an object with slots of its own
	must  bool // required by its schema
	konst any  // of a required constant that nobody is asked for
	null  bool // null is an answer
	tuple int  // size of an array of fixed entries; inner too
}

// page is a compiled step.
type page struct {
	index  int
	body   *elem // its parents are the categories around it
	title  words
	task   words
	fields []*elem // fields and lists in document order, those in rows not
	exits  []*elem
	rules  []*xrule // cross-field rules of which this is the last page
	object []*schemaAt
}

// schemaAt is an object whose requirements depend on its answers.
type schemaAt struct {
	s     *schema
	path  []string
	ptr   string
	extra *jsonschema.Schema // only its combinators
}

// elem is a compiled element of the UI schema.
type elem struct {
	id        int
	kind      Kind
	uiType    string
	scopeText string
	at        string
	parent    *elem
	frame     *frame
	rule      *rule
	kids      []*elem
	label     words
	hint      words
	text      words
	hideLabel bool
	path      []string // in its frame
	ptr       string
	s         *schema
	field     *field
	list      *list
	page      int
	readonly  *bool  // options.readonly
	when      string // client condition, the pointer as %s when it lies in a row
	whenPtr   string
	errKeys   []string
	keep      bool
	held      *holder  // of an object
	blanks    sync.Map // pictures of the field while it is blank
	tuples    []tupleAbove
}

// tupleAbove is an array of fixed entries around a control: the path to it is the control's, cut at depth.
type tupleAbove struct{ depth, size int }

// holder is the object that holds another one.
type holder struct {
	parent *schema // nil for the form itself
	path   []string
	name   string
}

// list is a repeating group.
type list struct {
	*rows
	minItems  int
	maxItems  int
	labelProp []string
	item      words
	add       words
	keyed     *keyed // its rows are entries of an object
	required  bool
	valid     []*jsonschema.Schema // of the array itself
}

// rows is how a row of a list looks. Lists of things that hold lists of such things share it, so that they may be
// nested as deep as the answers are.
type rows struct {
	frame  *frame
	body   []*elem     // elements of one row, in frame
	object []*schemaAt // objects of one row whose requirements depend on answers
	linked bool
}

// field is a compiled question.
type field struct {
	widget       Widget
	input        string // text, email, tel, url
	choices      []choice
	choicesIn    [][]Choice // by language
	allowed      sync.Map   // choices that were found valid: in a list of a thousand codes, finding out takes a millisecond
	valid        []*jsonschema.Schema
	parent       *schema // the object that holds it
	parentPath   []string
	parentPtr    string
	complex      bool // an object around it has conditions
	chain        bool // every object around it is required
	need         bool // required by the object around it, whatever the answers
	name         string
	prefill      *prefill
	calc         *calc
	money        bool
	integer      bool
	multi        bool // array of choices or of files
	file         *attachment
	help         words
	placeholder  words
	suffix       words
	autocomplete string
	inputMode    string
	pattern      string
	maxLength    int
	width        int
	textRows     int
	parts        []string // of a date
	deprecated   bool
	readOnly     bool // schema readOnly
	constTrue    bool
	source       bool
	id           string
	proof        bool
	simple       bool     // shares its pointer with a list
	free         bool     // asked as JSON
	secret       bool     // writeOnly
	branch       *pick    // the question which branch is meant
	entry        *keyed   // the name of an entry
	labelKey     string   // of the catalogue, when there is no label
	example      any      // the first of the schema's examples, when it is typed
	union        []string // the types of a value that may have several
	isDate       bool     // format date
	format       string
}

type choice struct {
	value any
	post  string
	label words
	hint  words
	key   string
}

type prefill struct {
	attribute string
	locked    bool
}

type attachment struct {
	maxBytes   int64
	mediaTypes []string
	maxFiles   int
}

// calc is x-calculate of the property at ptr in a frame.
type calc struct {
	ptr    string
	path   []string
	logic  *logic
	places int // digits after the point, -1 when not rounded
	text   bool
}

// xrule is one entry of x-rules.
type xrule struct {
	logic    *logic
	base     []string // path of the object that carries it
	basePtr  string
	pointers []string // in the frame
	message  words
	frame    *frame
	shared   bool // it came with a block, of which the form may leave fields out
}

type fee struct {
	code   string
	label  words
	amount string
	logic  *logic
	cond   *cond
}

type indexField struct {
	path []string
	mode string
	col  bool
}
