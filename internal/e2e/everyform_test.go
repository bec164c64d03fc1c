package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"antragswerk/forms"
	"antragswerk/internal/formdef"
)

// shot is a page as it came from the platform, to be looked at in a browser.
type shot struct {
	Name, URL, Policy string
	Problems          bool // it must begin with an error summary
	File              string
}

// album collects shots for the browser, which looks at all of them without asking the platform again.
type album struct {
	dir   string
	shots []shot
}

func (a *album) keep(t *testing.T, name string, p *Page) {
	t.Helper()
	s := shot{Name: name, URL: p.URL.String(), Policy: p.Header.Get("Content-Security-Policy"), Problems: p.ids["fehler"] != nil,
		File: filepath.Join(a.dir, fmt.Sprintf("%04d.html", len(a.shots)))}
	must(t, os.WriteFile(s.File, p.Body, 0o600))
	a.shots = append(a.shots, s)
}

// TestEveryPageOfEveryForm visits each page of each shipped form over HTTP, with nonsense and with the answers of a valid
// sample, in all languages, and shows what came to one Chromium: axe, html-validate, the error summary and its focus,
// links between labels, hints and fields, target sizes, 320 px, forced colours, reduced motion, print.
func TestEveryPageOfEveryForm(t *testing.T) {
	browser, err := chromium()
	must(t, err)
	atOnce(t)
	w := Start(t, Config{Relay: true})
	a := &album{dir: t.TempDir()}
	entries, err := fs.ReadDir(forms.Files, ".")
	must(t, err)
	seen := 0
	for _, e := range entries {
		if _, err := fs.Stat(forms.Files, e.Name()+"/schema.json"); err != nil {
			continue
		}
		seen++
		w.visitForm(t, a, e.Name())
	}
	if seen < 22 { // as many as are shipped today; more are welcome
		t.Errorf("only %d forms", seen)
	}
	index := filepath.Join(a.dir, "index.json")
	raw, err := json.Marshal(a.shots)
	must(t, err, os.WriteFile(index, raw, 0o600))
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("browser", "forms.mjs"))
	cmd.Env = append(os.Environ(), "BASE="+w.URL, "CHROMIUM="+browser, "SHOTS="+index, "WIDTH=320")
	begun := time.Now()
	play(t, cmd, len(a.shots))
	t.Logf("%d pages of %d forms looked at in %s", len(a.shots), seen, time.Since(begun).Round(time.Second))
}

// visitForm keeps every page of a form: valid samples, the fullest first, until no page is left out, and some invalid ones.
func (w *World) visitForm(t *testing.T, a *album, service string) {
	t.Helper()
	sub, err := fs.Sub(forms.Files, service)
	must(t, err)
	pack, err := formdef.Load(service, sub)
	must(t, err)
	compiled, err := formdef.Compile(pack)
	must(t, err)
	tour := &tour{t: t, w: w, a: a, service: service, missing: map[string]bool{}}
	for n := range compiled.PageCount() {
		tour.missing[fmt.Sprint(n+1)] = true
	}
	var good, bad []formdef.Sample
	for _, s := range pack.Samples {
		if string(s.Expect) == `"valid"` {
			good = append(good, s)
		} else if !strings.HasPrefix(filepath.Base(s.File), "verborgen") && !strings.HasPrefix(filepath.Base(s.File), "unbekannt") {
			bad = append(bad, s)
		}
	}
	slices.SortStableFunc(good, func(x, y formdef.Sample) int { return len(y.Answers) - len(x.Answers) })
	good = slices.DeleteFunc(good, func(s formdef.Sample) bool { return len(s.Answers) > 3000 }) // many times the same
	for i, s := range good {
		if len(tour.missing) == 0 {
			break
		}
		if err := tour.walk(s, i == 0); err != nil {
			t.Errorf("%s: %s: %v", service, s.File, err)
		}
	}
	for page := range tour.missing {
		t.Errorf("%s: no valid sample leads to page %s", service, page)
	}
	refused := 0
	for _, s := range bad {
		if refused == 2 {
			break
		}
		if tour.refuse(s) {
			refused++
		}
	}
	if refused == 0 {
		t.Errorf("%s: no invalid sample was refused on a page", service)
	}
}

// tour goes through one form.
type tour struct {
	t       *testing.T
	w       *World
	a       *album
	service string
	missing map[string]bool // pages that nobody saw yet
}

// enter starts an application in a new browser, logged in where the form asks for it.
func (o *tour) enter() (*Visitor, error) {
	v := o.w.NewVisitor(o.t)
	for _, tenant := range []string{"jena", "kreis-gotha", "thueringen"} {
		if err := v.Go("/" + tenant + "/" + o.service); err != nil {
			return nil, err
		}
		if _, b := v.find("Ohne Konto beginnen"); b != nil {
			return v, v.Press("Ohne Konto beginnen")
		}
		if v.Page.link("Anmelden") != nil && v.Page.Status == http.StatusOK {
			if err := v.LogIn("citizen-high"); err != nil {
				return nil, err
			}
			if err := v.Go("/" + tenant + "/" + o.service); err != nil {
				return nil, err
			}
			if _, b := v.find("Antrag beginnen"); b != nil {
				return v, v.Press("Antrag beginnen")
			}
		}
	}
	return nil, v.wrong("%s cannot be begun", o.service)
}

var isoDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// today moves the days of a sample that is played on a day of its own, so that what lay ahead of it lies ahead of us.
func today(s formdef.Sample) (*sample, error) {
	out := &sample{}
	d := json.NewDecoder(strings.NewReader(string(s.Answers)))
	d.UseNumber()
	if err := d.Decode(&out.Answers); err != nil || s.Now == "" {
		return out, err
	}
	then, err := time.Parse(time.DateOnly, s.Now)
	if err != nil {
		return nil, err
	}
	days := int(time.Since(then).Hours()/24) / 7 * 7 // whole weeks: weekdays stay
	var move func(any) any
	move = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				v[k] = move(x)
			}
		case []any:
			for i, x := range v {
				v[i] = move(x)
			}
		case string:
			if at, err := time.Parse(time.DateOnly, v); err == nil && isoDate.MatchString(v) {
				return at.AddDate(0, 0, days).Format(time.DateOnly)
			}
		}
		return v
	}
	out.Answers = move(out.Answers)
	return out, nil
}

func (v *Visitor) pageNumber() string {
	return v.Page.URL.Path[strings.LastIndex(v.Page.URL.Path, "/")+1:]
}

// walk fills all pages. Those that nobody saw yet are kept as nonsense and as the sample leave them, and read in every
// language; the first walk goes on to the receipt.
func (o *tour) walk(from formdef.Sample, first bool) error {
	s, err := today(from)
	if err != nil {
		return err
	}
	v, err := o.enter()
	if err != nil {
		return err
	}
	stuck := 0 // one question brings up the next: a page may say the same of each
	for range 120 {
		page := v.pageNumber()
		if page == "check" {
			break
		}
		here := v.Page.URL.Path
		if o.missing[page] && v.Page.Status == http.StatusOK {
			if err := o.nonsense(v, s); err != nil {
				return err
			}
		}
		said := strings.Join(v.Page.Problems(), "; ")
		acted, err := v.fillPage(s)
		if err != nil {
			return err
		}
		if acted {
			continue
		}
		if err := v.Press("_action=next"); err != nil {
			return err
		}
		if v.Page.URL.Path == here {
			if stuck++; stuck > 4 && strings.Join(v.Page.Problems(), "; ") == said {
				return v.wrong("the sample does not get past this page")
			}
			continue
		}
		stuck = 0
		if o.missing[page] {
			delete(o.missing, page)
			if err := o.filled(v, here); err != nil {
				return err
			}
		}
	}
	if v.pageNumber() != "check" {
		return v.wrong("the sample does not come to an end")
	}
	if !first {
		return nil
	}
	return o.finish(v)
}

// nonsense types what nobody can mean into the page's text fields, chooses nothing, and keeps what the platform says.
func (o *tour) nonsense(v *Visitor, s *sample) error {
	here := v.Page.URL.Path
	f := v.formNamed("antrag")
	if f == nil {
		return v.wrong("there is no form")
	}
	for _, c := range f.controls {
		if _, known := s.typed(c.name); strings.HasPrefix(c.name, "/") && !c.disabled() && !has(c.node, "readonly") && (c.kind == "text" && known || c.kind == "textarea" && known) {
			c.value = "§"
		}
	}
	if err := v.Press("_action=next"); err != nil {
		return err
	}
	if v.Page.Status == http.StatusUnprocessableEntity {
		o.a.keep(o.t, o.service+" "+v.pageNumber()+" nonsense", v.Page)
	}
	if v.Page.URL.Path != here {
		return v.Go(here)
	}
	return nil
}

// filled keeps a page with its answers and reads it in every language.
func (o *tour) filled(v *Visitor, path string) error {
	p, err := v.Send(http.MethodGet, path, nil, "")
	if err != nil {
		return err
	}
	o.a.keep(o.t, o.service+" "+path[strings.LastIndex(path, "/")+1:]+" filled", p)
	return o.languages(v, path)
}

// languages reads a page in each language: it says which it is in, and offers the others.
func (o *tour) languages(v *Visitor, path string) error {
	for _, x := range [][2]string{{"en", "en"}, {"de-LS", "de-simple"}, {"de", "de"}} {
		p, err := v.Send(http.MethodGet, path+"?lang="+x[0], nil, "")
		if err != nil {
			return err
		}
		if got := attr(p.tag("html")[0], "lang"); got != x[1] || p.Status != http.StatusOK {
			o.t.Errorf("%s in %s: status %d, language %q", p, x[0], p.Status, got)
		}
		offered := p.all(func(n *html.Node) bool {
			return attr(n, "value") != "" && strings.HasPrefix(attr(n, "value"), "lang:") || strings.Contains(attr(n, "href"), "lang=")
		})
		if len(offered) != 2 {
			o.t.Errorf("%s in %s offers %d other languages", p, x[0], len(offered))
		}
	}
	return nil
}

// finish keeps the page of all answers, what it says when the declaration is missing, and the receipt.
func (o *tour) finish(v *Visitor) error {
	o.a.keep(o.t, o.service+" check", v.Page)
	if err := o.languages(v, v.Page.URL.Path); err != nil {
		return err
	}
	if err := v.Press("_action=submit"); err != nil {
		return err
	}
	o.a.keep(o.t, o.service+" check undeclared", v.Page)
	if _, err := v.send(); err != nil {
		return err
	}
	o.a.keep(o.t, o.service+" receipt", v.Page)
	return o.languages(v, v.Page.URL.Path)
}

// refuse plays an invalid sample and keeps the page that does not let it pass; false when none is a single page's matter.
func (o *tour) refuse(from formdef.Sample) bool {
	s, err := today(from)
	must(o.t, err)
	v, err := o.enter()
	must(o.t, err)
	stuck := 0
	for range 120 {
		here, said := v.Page.URL.Path, strings.Join(v.Page.Problems(), "; ")
		if v.pageNumber() == "check" || v.formNamed("antrag") == nil {
			return false
		}
		acted, err := v.fillPage(s)
		if err != nil {
			return false // a choice that the page does not offer
		}
		if acted {
			continue
		}
		if v.Press("_action=next") != nil {
			return false // the page is an exit
		}
		if v.Page.URL.Path != here {
			stuck = 0
		} else if stuck++; stuck > 4 && strings.Join(v.Page.Problems(), "; ") == said {
			o.a.keep(o.t, fmt.Sprintf("%s %s %s", o.service, v.pageNumber(), strings.TrimSuffix(filepath.Base(from.File), ".json")), v.Page)
			return true
		}
	}
	return false
}
