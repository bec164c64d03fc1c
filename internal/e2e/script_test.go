package e2e

import (
	"bufio"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The language of scenarios: one action a line, # begins a comment, $NAME is what an earlier line kept.
//
//	as NAME                     go on as this visitor; who is not yet there comes with a new browser
//	window NAME of OTHER        a second window of somebody's browser
//	go PATH                     open an address
//	follow WORDS                press the link that says so
//	log in PERSONA              become a persona, here or on the provider's page
//	fill FIELD = VALUE          type, or choose in a select, of radios, of checkboxes (a,b); empty unticks
//	upload FIELD = NAME, NAME   choose files of the kind that their names promise
//	press BUTTON                by its words, or name=value
//	complete SERVICE SAMPLE     fill all pages of a form from a shipped sample, up to the summary
//	keep NAME attribute A       remember an attribute's value; also: class C, path, answers, letter REGEXP (first group)
//	expire COOKIE               lose a cookie, as when a session ends
//	expect status N
//	expect at PATTERN           the page's path and query, with * for anything but /
//	expect text WORDS           also: expect no text WORDS
//	expect button WORDS         also: expect no button WORDS
//	expect value FIELD = VALUE
//	expect problem WORDS        an entry of the error summary contains them
//	expect answers NAME         the page's summary equals what was kept
//	expect type MEDIA           of the answer, and that it has a body
//	expect mail to ADDRESS: WORDS   within ten seconds the demo mailbox holds such a mail
//	again PATH until WORDS      open it until it says so, at most ten seconds
//	new version SERVICE PHRASE  make a package of the shipped form whose German texts say so; upload it with "upload package = $PACKAGE"
//	new version SERVICE with SETTING    likewise, with another line in form.yaml
type script struct {
	t        *testing.T
	w        *World
	visitors map[string]*Visitor
	v        *Visitor
	kept     map[string]string
	packages map[string]file
}

var dollar = regexp.MustCompile(`\$([A-Z_]+)`)

// run plays a file.
func (w *World) run(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "scenarios", name))
	must(t, err)
	defer f.Close()
	s := &script{t: t, w: w, visitors: map[string]*Visitor{}, kept: map[string]string{}, packages: map[string]file{}}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line = dollar.ReplaceAllStringFunc(line, func(name string) string {
			if v, ok := s.kept[name[1:]]; ok {
				return v
			}
			return name
		})
		if err := s.do(line); err != nil {
			t.Fatalf("%s:%d: %s: %v", name, n, line, err)
		}
	}
	must(t, lines.Err())
}

func (s *script) do(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	if verb == "as" || verb == "window" {
		return s.enter(verb, rest)
	}
	if s.v == nil {
		return fmt.Errorf("nobody is here yet")
	}
	name, value := pair(rest)
	switch verb {
	case "go":
		return s.v.Go(rest)
	case "follow":
		return s.v.Follow(rest)
	case "log":
		return s.v.LogIn(strings.TrimPrefix(rest, "in "))
	case "fill":
		return s.v.Fill(name, value)
	case "press":
		return s.v.Press(rest)
	case "upload":
		return s.upload(name, value)
	case "complete":
		service, sample, _ := strings.Cut(rest, " ")
		return s.v.Complete(service, sample)
	case "expire":
		s.v.Forget(rest)
		return nil
	case "keep":
		return s.keep(rest)
	case "expect":
		return s.expect(rest)
	case "again":
		at, words, _ := strings.Cut(rest, " until ")
		return s.again(at, words)
	case "new":
		service, phrase, _ := strings.Cut(strings.TrimPrefix(rest, "version "), " ")
		return s.newVersion(service, phrase)
	}
	return fmt.Errorf("unknown action")
}

func pair(rest string) (string, string) {
	name, value, _ := strings.Cut(rest, "=")
	return strings.TrimSpace(name), strings.TrimSpace(value)
}

func (s *script) enter(verb, rest string) error {
	name, other, _ := strings.Cut(rest, " of ")
	if verb == "window" {
		if s.visitors[other] == nil {
			return fmt.Errorf("%s is not here", other)
		}
		s.visitors[name] = s.visitors[other].Window()
	}
	if s.visitors[name] == nil {
		s.visitors[name] = s.w.NewVisitor(s.t)
	}
	s.v = s.visitors[name]
	return nil
}

func (s *script) upload(field, names string) error {
	var files []file
	for _, name := range strings.Split(names, ",") {
		name = strings.TrimSpace(name)
		f, ok := s.packages[name]
		if !ok {
			var err error
			if f, err = newFile(name); err != nil {
				return err
			}
		}
		files = append(files, f)
	}
	return s.v.Choose(field, files...)
}

func (s *script) keep(rest string) error {
	f := strings.SplitN(rest, " ", 3)
	if len(f) < 2 {
		return fmt.Errorf("keep what?")
	}
	what := ""
	switch f[1] {
	case "attribute":
		what = s.v.Page.Attr(f[2])
	case "class":
		what = s.v.Page.Class(f[2])
	case "path":
		what = s.v.Page.URL.Path
	case "answers":
		what = strings.Join(s.v.Page.Answers(), "\n")
	case "letter":
		pattern, err := regexp.Compile(f[2])
		if err != nil {
			return err
		}
		if m := pattern.FindSubmatch(s.v.Page.Body); m != nil {
			what = string(m[len(m)-1])
		}
	default:
		return fmt.Errorf("keep attribute, class, path, answers or letter")
	}
	if what == "" {
		return s.v.wrong("there is nothing to keep")
	}
	s.kept[f[0]] = what
	return nil
}

func (s *script) expect(rest string) error {
	what, words, _ := strings.Cut(rest, " ")
	negative := what == "no"
	if negative {
		what, words, _ = strings.Cut(words, " ")
	}
	p, ok := s.v.Page, false
	switch what {
	case "status":
		ok = strconv.Itoa(p.Status) == words
	case "at":
		at := p.URL.RequestURI()
		if at, err := url.PathUnescape(at); err == nil {
			ok, _ = path.Match(words, at)
		}
	case "text":
		ok = strings.Contains(p.Text(), words)
	case "button":
		f, _ := s.v.find(words)
		ok = f != nil
	case "value":
		name, value := pair(words)
		var has string
		if has, ok = s.v.Value(name); !ok || has != value {
			return s.v.wrong("%s holds %q", name, has)
		}
	case "problem":
		ok = strings.Contains(strings.Join(p.Problems(), "\n"), words)
	case "answers":
		if ok = strings.Join(p.Answers(), "\n") == s.kept[words]; !ok {
			return fmt.Errorf("the page says\n%s\nand not\n%s", strings.Join(p.Answers(), "\n"), s.kept[words])
		}
	case "type":
		ok = strings.HasPrefix(p.Header.Get("Content-Type"), words) && len(p.Body) > 100
	case "mail":
		to, said, _ := strings.Cut(strings.TrimPrefix(words, "to "), ": ")
		return s.mail(to, said)
	default:
		return fmt.Errorf("expect what?")
	}
	if ok == negative {
		return s.v.wrong("it is not so; the page says: %.900s", p.Text())
	}
	return nil
}

// again opens an address until it says so: jobs take a moment.
func (s *script) again(at, words string) error {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err := s.v.Go(at); err != nil {
			return err
		}
		if strings.Contains(s.v.Page.Text(), words) {
			return nil
		}
		if time.Now().After(deadline) {
			return s.v.wrong("after ten seconds it still says: %.900s", s.v.Page.Text())
		}
	}
}

// mail waits for a mail in the demo mailbox and looks into each that went to the address.
func (s *script) mail(to, words string) error {
	reader := s.w.NewVisitor(s.t)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err := reader.Go("/demo/mail"); err != nil {
			return err
		}
		list := reader.Page
		for _, row := range list.tag("tr") {
			if !strings.Contains(text(row), to) {
				continue
			}
			for n := range row.Descendants() {
				if n.Data != "a" {
					continue
				}
				if err := reader.Go(attr(n, "href")); err != nil {
					return err
				}
				if strings.Contains(reader.Page.Text(), words) {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("no mail to %s says %q; the mailbox: %.900s", to, words, reader.Page.Text())
}
