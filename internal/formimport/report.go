package formimport

import (
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/formdef"
)

// Report tells what became of a foreign form: what was carried over, what was not, what was guessed, and what a person
// must still write before "forms check" is silent.
type Report struct {
	Source  string // "FIM XDatenfelder 3", "react-jsonschema-form"
	Subject string // id and version, or the file's name
	Title   string
	Counts  Counts
	Lost    []Note // not carried over, or carried over in another way
	Choices []Note // what the importer decided and a person should confirm
	Rules   []RuleNote
	Missing []string          // code lists to be brought along, with where to get them
	Mend    []formdef.Finding // what "forms check" still says
	Samples string            // how the example answers were made, or why there are none
}

// Counts sums the form up.
type Counts struct{ Pages, Questions, Groups, Lists, Files, CodeLists int }

// Note is one remark on one element; Places are where it stands in the form.
type Note struct {
	What   string // the element: label and id, or a pointer
	Text   string
	Places int
}

// RuleNote is one rule of the foreign form.
type RuleNote struct {
	ID, Name, Text string
	Where          string // group or schema that carries it
	Proposal       string // what was written for it, "" when a person must
	Places         int
}

// lose notes what was not carried over. The same remark on the same element is kept once and counted.
func (r *Report) lose(what, format string, args ...any) {
	r.Lost = noteOnce(r.Lost, what, format, args)
}

// chose notes what the importer decided.
func (r *Report) chose(what, format string, args ...any) {
	r.Choices = noteOnce(r.Choices, what, format, args)
}

func noteOnce(list []Note, what, format string, args []any) []Note {
	n := Note{What: oneLine(what), Text: oneLine(fmt.Sprintf(format, args...)), Places: 1}
	for i := range list {
		if list[i].What == n.What && list[i].Text == n.Text {
			list[i].Places++
			return list
		}
	}
	return append(list, n)
}

func (r *Report) missing(list string) {
	if !slices.Contains(r.Missing, list) {
		r.Missing = append(r.Missing, list)
	}
}

func (r *Report) rule(n RuleNote) {
	for i := range r.Rules {
		if o := &r.Rules[i]; o.ID == n.ID && o.Text == n.Text && o.Where == n.Where && o.Proposal == n.Proposal {
			o.Places++
			return
		}
	}
	n.Places = 1
	r.Rules = append(r.Rules, n)
}

// Proposed counts the rules for which something was written.
func (r *Report) Proposed() int {
	n := 0
	for _, x := range r.Rules {
		if x.Proposal != "" {
			n++
		}
	}
	return n
}

// Summary is the report in some lines, for a terminal.
func (r *Report) Summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s)\n", r.Title, r.Source, r.Subject)
	fmt.Fprintf(&b, "  carried over: %s\n", r.Counts)
	fmt.Fprintf(&b, "  not or not fully carried over: %d remarks\n", len(r.Lost))
	fmt.Fprintf(&b, "  to confirm: %d decisions of the importer\n", len(r.Choices))
	if len(r.Rules) > 0 {
		fmt.Fprintf(&b, "  rules: %d, of which %d proposed and %d to be written by hand\n", len(r.Rules), r.Proposed(), len(r.Rules)-r.Proposed())
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(&b, "  code lists that were not brought along: %d\n", len(r.Missing))
	}
	fmt.Fprintf(&b, "  to mend before publishing: %d findings\n", len(r.Mend))
	return b.String()
}

// String is the counts as a person reads them.
func (c Counts) String() string {
	return fmt.Sprintf("%s, %s, %s, %s, %s, %s", many(c.Pages, "page"), many(c.Questions, "question"), many(c.Groups, "group"),
		many(c.Lists, "repeating group"), many(c.Files, "upload"), many(c.CodeLists, "code list"))
}

func many(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Markdown is the whole report, as it stands in the package's README.md.
func (r *Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", md(r.Title))
	fmt.Fprintf(&b, "Imported from %s, %s. This report belongs to the import; delete it when nothing in it is open any more.\n\n", r.Source, md(r.Subject))
	fmt.Fprintf(&b, "Carried over: %s.\n", r.Counts)
	r.mendSection(&b)
	if len(r.Missing) > 0 {
		b.WriteString("\n## Code lists that were not brought along\n\nUntil then their questions are free text. Import again with the genericode files beside the schema or in one ZIP.\n\n")
		for _, m := range r.Missing {
			fmt.Fprintf(&b, "- %s\n", md(m))
		}
	}
	noteSection(&b, "Not carried over, or in another way", r.Lost)
	noteSection(&b, "Decided by the importer: please confirm", r.Choices)
	r.ruleSection(&b)
	if r.Samples != "" {
		fmt.Fprintf(&b, "\n## Example answers\n\n%s\n", r.Samples)
	}
	return b.String()
}

func noteSection(b *strings.Builder, title string, notes []Note) {
	if len(notes) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, n := range notes {
		fmt.Fprintf(b, "- **%s**: %s%s\n", md(n.What), md(n.Text), places(n.Places))
	}
}

func places(n int) string {
	if n > 1 {
		return fmt.Sprintf(" (in %d places)", n)
	}
	return ""
}

func (r *Report) ruleSection(b *strings.Builder) {
	if len(r.Rules) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## Rules\n\nAll are kept in `schema.json` under `x-fim`. A proposal is live in the form: read the sentence, then keep or remove it.\n")
	for _, proposed := range []bool{true, false} {
		title := "To be written by hand"
		if proposed {
			title = "Proposed"
		}
		head := false
		for _, n := range r.Rules {
			if (n.Proposal != "") != proposed {
				continue
			}
			if !head {
				fmt.Fprintf(b, "\n### %s\n\n", title)
				head = true
			}
			fmt.Fprintf(b, "- **%s %s**, %s%s: %s\n", md(n.ID), md(oneLine(n.Name)), md(n.Where), places(n.Places), md(oneLine(n.Text)))
			if proposed {
				fmt.Fprintf(b, "  - %s\n", md(n.Proposal))
			}
		}
	}
}

// mendSection groups what "forms check" says by file; the same sentence for many keys becomes one line.
func (r *Report) mendSection(b *strings.Builder) {
	b.WriteString("\n## To mend before publishing\n\n")
	if len(r.Mend) == 0 {
		b.WriteString("Nothing: `antragswerk forms check` is silent.\n")
		return
	}
	fmt.Fprintf(b, "`antragswerk forms check` names %s:\n\n", many(len(r.Mend), "finding"))
	english := 0
	for _, f := range r.Mend {
		if f.File == "texts/en.json" {
			english++
			continue
		}
		fmt.Fprintf(b, "- `%s` `%s`: %s\n", f.File, f.Pointer, md(f.Text))
	}
	if english > 0 {
		fmt.Fprintf(b, "- `texts/en.json`: %s; every key stands there with an empty text, `forms check` names the German\n", fmt.Sprintf("%d translations are missing", english))
	}
}

// md keeps foreign text from becoming markup.
func md(s string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`, "\n", " ").Replace(s)
}
