package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// formsCommand works on form packages in folders: check, inspect, render, diff, import.
func formsCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("forms: check DIR… [--lang L] | inspect DIR|--schema F --ui F [--data F] [--lang L] | render DIR|--schema F --ui F [--data F] [--page N] [--lang L] | diff OLD NEW [--lang L] | import --from xdf|rjsf FILE… -o DIR")
	}
	switch args[0] {
	case "check":
		return formsCheck(args[1:], out)
	case "inspect":
		return formsInspect(args[1:], out)
	case "render":
		return formsRender(ctx, args[1:], out)
	case "diff":
		return formsDiff(args[1:], out)
	case "import":
		return formsImport(args[1:], out)
	}
	return fmt.Errorf("forms: unknown command %q: check, inspect, render, diff or import", args[0])
}

// formsCheck prints a line for each finding and ends with status 1 when there are any.
func formsCheck(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("forms check", flag.ContinueOnError)
	lang := flags.String("lang", spoken(), "language of the findings: de or en")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dirs := flags.Args()
	if len(dirs) == 0 {
		return errors.New("forms check: name the folders of the packages")
	}
	l := locale.For(*lang)
	bad := false
	for _, dir := range dirs {
		findings, err := lintDir(dir)
		if err != nil {
			fmt.Fprintf(out, "%s: %v\n", dir, err)
			bad = true
			continue
		}
		for _, f := range findings {
			f.Text = page.FindingText(l, f)
			fmt.Fprintf(out, "%s/%s\n", strings.TrimSuffix(dir, "/"), f)
			bad = true
		}
		if len(findings) == 0 {
			fmt.Fprintf(out, "%s: %s\n", strings.TrimSuffix(dir, "/"), l.T("finding.sound"))
		}
	}
	if bad {
		return errSaid
	}
	return nil
}

// formsDiff prints in sentences what the second package changes against the first.
func formsDiff(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("forms diff", flag.ContinueOnError)
	lang := flags.String("lang", spoken(), "language of the sentences: de or en")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return errors.New("forms diff: name the folder of the old package and that of the new one")
	}
	var two [2]*formdef.Package
	for i := range two {
		dir := flags.Arg(i)
		p, err := formdef.Load(filepath.Base(filepath.Clean(dir)), os.DirFS(dir))
		if err != nil {
			return fmt.Errorf("forms diff: %w", err)
		}
		two[i] = p
	}
	for _, c := range formdef.Diff(two[0], two[1]) {
		fmt.Fprintln(out, page.ChangeText(locale.For(*lang), c))
	}
	return nil
}

// spoken is the language of the terminal: German where LANG says so, else English.
func spoken() string {
	if strings.HasPrefix(os.Getenv("LANG"), "de") {
		return "de"
	}
	return "en"
}

func lintDir(dir string) ([]formdef.Finding, error) {
	p, err := formdef.Load(filepath.Base(filepath.Clean(dir)), os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	return p.Lint(), nil
}

// formSource are the flags that inspect and render share.
type formSource struct {
	schema, ui, data, lang string
	page                   int
}

// parse reads flags and an optional folder, and compiles the form.
func (s *formSource) parse(name string, args []string) (*formdef.Form, formdef.State, error) {
	flags := flag.NewFlagSet("forms "+name, flag.ContinueOnError)
	flags.StringVar(&s.schema, "schema", "", "JSON Schema file, instead of a package folder")
	flags.StringVar(&s.ui, "ui", "", "UI schema file")
	flags.StringVar(&s.data, "data", "", "file with answers")
	flags.StringVar(&s.lang, "lang", "de", "language")
	flags.IntVar(&s.page, "page", 1, "page to render")
	dir := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		dir, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return nil, formdef.State{}, err
	}
	if dir == "" {
		dir = flags.Arg(0)
	}
	form, err := s.compile(dir)
	if err != nil {
		return nil, formdef.State{}, fmt.Errorf("forms %s: %w", name, err)
	}
	state := formdef.State{Answers: formdef.Answers{}, Now: now(), Lang: s.lang}
	if s.data != "" {
		if state.Answers, err = readAnswers(s.data); err != nil {
			return nil, formdef.State{}, fmt.Errorf("forms %s: %w", name, err)
		}
	}
	return form, state, nil
}

func (s *formSource) compile(dir string) (*formdef.Form, error) {
	if s.schema == "" {
		if dir == "" {
			return nil, errors.New("name a package folder, or --schema and --ui")
		}
		p, err := formdef.Load(filepath.Base(filepath.Clean(dir)), os.DirFS(dir))
		if err != nil {
			return nil, err
		}
		return formdef.Compile(p)
	}
	schema, err := os.ReadFile(s.schema)
	if err != nil {
		return nil, err
	}
	var ui []byte
	if s.ui != "" {
		if ui, err = os.ReadFile(s.ui); err != nil {
			return nil, err
		}
	}
	return formdef.CompileBare(schema, ui, nil)
}

func readAnswers(file string) (formdef.Answers, error) {
	raw, err := os.ReadFile(file) // #nosec -- the user names the file
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var a formdef.Answers
	if err := dec.Decode(&a); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return a, nil
}

// formsInspect prints, as JSON, what the engine makes of a form.
func formsInspect(args []string, out io.Writer) error {
	var s formSource
	form, state, err := s.parse("inspect", args)
	if err != nil {
		return err
	}
	found := form.InspectState(state)
	l := locale.For(s.lang)
	for i, p := range found.Errors {
		found.Errors[i].Text = page.ProblemText(l, p)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(found)
}

// formsRender prints the HTML of a page, without style sheets.
func formsRender(ctx context.Context, args []string, out io.Writer) error {
	var s formSource
	form, state, err := s.parse("render", args)
	if err != nil {
		return err
	}
	v, ok := form.View(s.page-1, state, nil)
	if !ok {
		return fmt.Errorf("forms render: these answers do not lead to page %d of %d", s.page, form.PageCount())
	}
	l := locale.For(s.lang)
	shell := page.Shell{L: l, Title: v.Title, FormID: "antrag", Path: "/", Brand: page.Brand{Name: l.T("brand.portal"), Home: "/"}}
	name := ""
	if form.Package != nil {
		name = form.Package.Service.Name.In(s.lang)
	}
	return page.ApplyPage(shell, page.FormPage{Service: name, View: v, Action: "."}).Render(ctx, out)
}
