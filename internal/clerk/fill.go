package clerk

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Words words what placeholders stand for, in German, the language of the authority.
type Words struct {
	Date  func(time.Time) string
	Money func(cents int64) string
	Text  func(key string, args ...any) string // of the catalogue
}

// Placeholders are the names that every text may hold as {{name}}, in the order in which pages show them. Answers are named besides:
// {{feld:/pointer}} or {{feld:Label}}.
var Placeholders = []string{"aktenzeichen", "leistung", "behoerde", "datum", "eingang", "anrede", "name", "anschrift", "frist", "gebuehr", "entscheidung",
	"bearbeitung", "telefon", "email", "rechtsbehelf"}

// answerPrefix begins the name of a placeholder that stands for an answer.
const answerPrefix = "feld:"

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Filling is what the placeholders of a text are filled from, besides the case.
type Filling struct {
	Kind    civic.TemplateKind
	Outcome civic.Outcome
	Due     time.Time // last day of a request
	Remedy  string    // the notice on legal remedies
	// Leave lets stand what has no value yet, for a text that is still being written.
	Leave bool
	field string // at fault, when something is
}

// marked tells whether the text is Markdown: then what is filled in must not change its look.
func (f Filling) marked() bool {
	return f.Kind == civic.TemplateLetter || f.Kind == civic.TemplateRemedy
}

// Fill replaces the placeholders of a text. One that is unknown, or has no value in this case, is Invalid, with its name and line: it
// would reach the citizen as it stands.
func (s *Service) Fill(f *File, who civic.Actor, text string, in Filling) (string, error) {
	words := s.values(f, who, in)
	fault := error(nil)
	out := replace(text, func(name string, line int, begins bool, as string) string {
		value, known := words[strings.ToLower(name)]
		plain := strings.EqualFold(name, "rechtsbehelf") // is Markdown itself
		if at, is := answerOf(name); is {
			value, known = f.answer(at, s.Words)
		}
		switch {
		case value != "" && in.marked() && !plain:
			return quoteMarkdown(value, begins)
		case value != "":
			return value
		case in.Leave:
			return as
		case fault == nil && known:
			fault = civic.Errorf(civic.Invalid, "error.desk.placeholder.empty", "name", name, "line", line).At(in.at())
		case fault == nil:
			fault = unknown(name, line, in.at())
		}
		return as
	})
	if fault != nil {
		return "", fault
	}
	return out, nil
}

func (f Filling) at() string {
	if f.field != "" {
		return f.field
	}
	return "text"
}

// replace replaces each placeholder; line is where it stands, which it may begin, as is how it is written.
func replace(text string, by func(name string, line int, begins bool, as string) string) string {
	var b strings.Builder
	last, line := 0, 1
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		line += strings.Count(text[last:m[0]], "\n")
		b.WriteString(text[last:m[0]])
		begins := strings.TrimSpace(text[strings.LastIndexByte(text[:m[0]], '\n')+1:m[0]]) == ""
		b.WriteString(by(text[m[2]:m[3]], line, begins, text[m[0]:m[1]]))
		line += strings.Count(text[m[0]:m[1]], "\n")
		last = m[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

// answerOf reads the name of an answer's placeholder.
func answerOf(name string) (at string, ok bool) {
	if len(name) < len(answerPrefix) || !strings.EqualFold(name[:len(answerPrefix)], answerPrefix) {
		return "", false
	}
	return strings.TrimSpace(name[len(answerPrefix):]), true
}

// unknown refuses a placeholder, and says which one it may have been meant to be.
func unknown(name string, line int, field string) error {
	if like := nearest(strings.ToLower(name)); like != "" {
		return civic.Errorf(civic.Invalid, "error.desk.placeholder.like", "name", name, "line", line, "like", "{{"+like+"}}").At(field)
	}
	return civic.Errorf(civic.Invalid, "error.desk.placeholder", "name", name, "line", line).At(field)
}

// nearest is the placeholder that differs least from a word, "" when none is near.
func nearest(word string) string {
	best, least := "", 3
	for _, p := range Placeholders {
		if d := distance(word, p); d < least {
			best, least = p, d
		}
	}
	return best
}

// distance counts the letters to add, leave out or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// values are what the placeholders stand for in a case; "" has no value there.
func (s *Service) values(f *File, who civic.Actor, in Filling) map[string]string {
	due := in.Due
	if r := f.OpenRequest(); due.IsZero() && r != nil {
		due = r.Due
	}
	if due.IsZero() && in.Kind != civic.TemplateRequest {
		due = f.Case.Deadline
	}
	v := map[string]string{"aktenzeichen": f.Case.FileNumber, "leistung": f.Form.Package.Service.Name.In("de"), "behoerde": f.Tenant.Name, "datum": s.Words.Date(s.Now()),
		"eingang": s.Words.Date(f.Case.Received), "name": f.applicant(), "anschrift": strings.Join(f.addressee(), "\n"), "frist": "", "gebuehr": "", "entscheidung": "",
		"bearbeitung": who.Staff.Name, "telefon": f.Tenant.Profile.Phone, "email": f.Tenant.Profile.Email, "rechtsbehelf": strings.TrimSpace(in.Remedy)}
	v["anrede"] = s.Words.Text("desk.letter.anrede")
	if v["name"] != "" {
		v["anrede"] = s.Words.Text("desk.letter.anrede.name", "name", v["name"])
	}
	if !due.IsZero() {
		v["frist"] = s.Words.Date(due)
	}
	if f.Payment != nil {
		v["gebuehr"] = s.Words.Money(f.Payment.Cents)
	}
	if in.Outcome != "" {
		v["entscheidung"] = s.Words.Text("outcome." + string(in.Outcome))
	}
	return v
}

// applicant is who the letter is for, by name; "" when neither answers nor log-in tell.
func (f *File) applicant() string {
	if name := f.Form.Applicant(f.state.Answers); name != "" || len(f.reach.To) == 0 {
		return name
	}
	return f.reach.To[0]
}

// answer is an answer by pointer or label, as the citizen saw it. known tells whether the form asks for it at all.
func (f *File) answer(at string, w Words) (value string, known bool) {
	for _, l := range lines(f.Fields()) {
		if l.Pointer != at && !strings.EqualFold(l.Label, at) {
			continue
		}
		return lineText(l, w), true
	}
	return "", slices.ContainsFunc(asked(f.Form), func(q question) bool { return q.is(at) })
}

// lineText is an answer as one text, "" without one.
func lineText(l formdef.Line, w Words) string {
	switch {
	case len(l.Files) > 0:
		names := make([]string, len(l.Files))
		for i, x := range l.Files {
			names[i] = x.Name
		}
		return strings.Join(names, ", ")
	case l.Key == "unanswered":
		return ""
	case l.Key != "":
		return w.Text("choice." + l.Key)
	}
	return l.Value
}

// question is something that a form asks, once.
type question struct{ pointer, label string }

func (q question) is(at string) bool { return q.pointer == at || strings.EqualFold(q.label, at) }

// asked lists the questions of a form outside of repeating groups, whatever they depend on.
func asked(form *formdef.Form) []question {
	var out []question
	for _, e := range form.Inspect(formdef.Answers{}, "de").Elements {
		if e.Path != "" && e.Widget != "" {
			out = append(out, question{"/" + strings.ReplaceAll(e.Path, ".", "/"), e.Label})
		}
	}
	return out
}

// What has a meaning in Markdown: anywhere, and where a line begins.
var (
	markup = regexp.MustCompile("[\\\\`*_\\[\\]<&~|]")
	leads  = regexp.MustCompile(`^(\d*)([-+#>=.)])`)
)

// quoteMarkdown keeps a value from being read as Markdown; its lines stay lines.
func quoteMarkdown(value string, begins bool) string {
	list := strings.Split(strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n")), "\n")
	for i, line := range list {
		line = markup.ReplaceAllString(line, `\$0`)
		if begins || i > 0 {
			line = leads.ReplaceAllString(strings.TrimLeft(line, " \t"), `$1\$2`)
		}
		list[i] = line
	}
	return strings.Join(list, "\\\n")
}

// checkPlaceholders refuses a template that holds an unknown placeholder. Answers can be named where the service is known.
func checkPlaceholders(text, field string, form *formdef.Form) error {
	var fault error
	replace(text, func(name string, line int, _ bool, as string) string {
		at, isAnswer := answerOf(name)
		switch {
		case fault != nil:
		case isAnswer && form == nil:
			fault = civic.Errorf(civic.Invalid, "error.desk.placeholder.service", "name", name, "line", line).At(field)
		case isAnswer && !slices.ContainsFunc(asked(form), func(q question) bool { return q.is(at) }):
			fault = civic.Errorf(civic.Invalid, "error.desk.placeholder.answer", "name", at, "line", line).At(field)
		case !isAnswer && !slices.Contains(Placeholders, strings.ToLower(name)):
			fault = unknown(name, line, field)
		}
		return as
	})
	return fault
}

// Asks lists the answers that a text for a form can name: pointer and label.
func Asks(form *formdef.Form) [][2]string {
	var out [][2]string
	for _, q := range asked(form) {
		out = append(out, [2]string{q.pointer, q.label})
	}
	return out
}
