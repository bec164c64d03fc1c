package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// stepRow is a line of testdata/steps.txt.
type stepRow struct {
	name, event, path string
	who               []string
	fields            [][2]string
	cells             map[string]string // by situation: what becomes of the case
}

func readSteps(t *testing.T) (rows []stepRow, situations []string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "steps.txt"))
	must(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		cells := strings.Split(lines.Text(), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if situations == nil {
			situations = cells[4:]
			continue
		}
		if len(cells) != len(situations)+4 {
			t.Fatalf("step %s has %d cells for %d states", cells[0], len(cells)-4, len(situations))
		}
		row := stepRow{name: cells[0], who: strings.Fields(cells[1]), event: cells[2], cells: map[string]string{}}
		query := ""
		row.path, query, _ = strings.Cut(cells[3], "?")
		for _, pair := range strings.Split(query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			row.fields = append(row.fields, [2]string{name, value})
		}
		for i, s := range situations {
			row.cells[s] = cells[4+i]
		}
		rows = append(rows, row)
	}
	return rows, situations
}

// stage is a world in which all steps are tried: the people, and what the requests name.
type stage struct {
	w      *World
	rows   []stepRow
	people map[string]*Visitor
	tokens map[string]string
	words  map[string]string // what $WORDS stand for in every case
}

// trial is a case on its way, with the people whom only it has.
type trial struct {
	at, dossier, field string
	people             map[string]*Visitor
	words              map[string]string
}

// Every step is tried in every state by everybody: whoever may moves the case as testdata/steps.txt says, and for all others
// nothing changes: neither state nor revision nor history. internal/web tests that the table holds all routes and states.
func TestEveryStepInEveryState(t *testing.T) {
	atOnce(t)
	s := newStage(t)
	_, situations := readSteps(t)
	for _, situation := range situations {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			shared := s.bring(t, situation)
			for _, row := range s.rows {
				s.refuse(t, situation, row, shared)
				s.allow(t, situation, row, shared)
			}
		})
	}
}

// bring makes a case and takes it to a situation by the steps themselves.
func (s *stage) bring(t *testing.T, situation string) *trial {
	t.Helper()
	v := s.w.NewVisitor(t)
	p := &trial{field: "/anliegen/text", people: map[string]*Visitor{"owner": v}, words: map[string]string{}}
	number := ""
	other := map[string][3]string{"awaiting_payment": {"melderegisterauskunft", "gueltig-zwei-daten", "/verwendung/zweck"}, "awaiting_cosign": {"kita-anmeldung", "gueltig-bestaetigung", "/kind/vornamen"}}
	if x, is := other[situation]; is {
		base, err := v.begin("jena", x[0])
		must(t, err, v.Complete(x[0], x[1]))
		number, err = v.send()
		must(t, err)
		p.dossier, p.field = path.Base(base), x[2]
	} else {
		base, sent, err := v.apply("jena", "Schritte", newPDF("a.pdf"))
		must(t, err)
		p.dossier, number = path.Base(base), sent
	}
	if m := regexp.MustCompile(`/invited#([0-9A-Z-]{19})`).FindSubmatch(v.Page.Body); m != nil {
		p.people["cosigner"] = s.enter(t, string(m[1]))
	}
	for _, n := range s.look(t, "lead", "/desk/jena?q="+url.QueryEscape(number)).tag("a") {
		if href, _, _ := strings.Cut(attr(n, "href"), "?"); casePath.MatchString(href) && strings.Contains(text(n), number) {
			p.at = href
		}
	}
	if p.at == "" {
		t.Fatalf("%s is not in the inbox", number)
	}
	ways := map[string]string{"in_progress": "take", "in_progress+proposal": "take propose", "waiting_applicant": "take ask", "decided": "take decide", "closed": "take decide close", "withdrawn": "withdraw",
		"forwarded": "take forward"}
	for _, name := range strings.Fields(ways[situation]) {
		row := s.rows[slices.IndexFunc(s.rows, func(r stepRow) bool { return r.name == name })]
		if status, to := s.take(t, row, p, row.who[0]); status != http.StatusSeeOther {
			t.Fatalf("%s on the way to %s: status %d %s", name, situation, status, to)
		}
	}
	return p
}

// enter is somebody who holds a code.
func (s *stage) enter(t *testing.T, code string) *Visitor {
	t.Helper()
	v := s.w.NewVisitor(t)
	must(t, v.Go("/invited"), v.Fill("code", code), v.Press("Öffnen"))
	return v
}

// take sends a step as somebody.
func (s *stage) take(t *testing.T, row stepRow, p *trial, who string) (int, string) {
	t.Helper()
	v, token := s.people[who], s.tokens[who]
	if v == nil {
		if v = p.people[who]; v == nil { // the case has no such person: whoever tries is a stranger
			v = s.people["nobody"]
		}
		token = v.csrf(t)
	}
	form := url.Values{"_csrf": {token}}
	for _, f := range row.fields {
		form.Add(s.fill(t, f[0], p), s.fill(t, f[1], p))
	}
	form.Del("")
	status, location, err := v.Probe(http.MethodPost, s.fill(t, row.path, p), form)
	must(t, err)
	return status, location
}

var dollarWord = regexp.MustCompile(`\$[A-Z]+`)

func (s *stage) fill(t *testing.T, text string, p *trial) string {
	return dollarWord.ReplaceAllStringFunc(text, func(name string) string {
		switch name {
		case "$CASE":
			return p.at
		case "$DOSSIER":
			return p.dossier
		case "$FIELD":
			return p.field
		case "$PROPOSAL":
			return held(s.look(t, "lead", p.at+"/proposal"), "proposal")
		case "$OPINION":
			page := s.look(t, "lead", p.at)
			id := held(page, "opinion")
			if code := page.Class("aw-copy__text"); code != "" && p.words["opinion"] != id {
				p.people["expert"], p.words["opinion"] = s.enter(t, code), id
			}
			return or(p.words["opinion"], nowhere)
		case "$RESUBMISSION":
			return held(s.look(t, "lead", p.at), "resubmission")
		case "$ANNOTATION":
			return held(s.look(t, "lead", p.at+"/annotations"), "revision")
		}
		return s.words[name]
	})
}

// nowhere is an id that nothing has.
const nowhere = "00000000-0000-7000-8000-000000000000"

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// held is the value of the first control of a name, of a select the first that it offers.
func held(p *Page, name string) string {
	for _, n := range p.tag("input", "button", "select") {
		if attr(n, "name") != name {
			continue
		}
		if n.Data != "select" {
			return attr(n, "value")
		}
		for o := range n.Descendants() {
			if o.Data == "option" && attr(o, "value") != "" {
				return attr(o, "value")
			}
		}
	}
	return ""
}

func (s *stage) look(t *testing.T, who, path string) *Page {
	t.Helper()
	p, err := s.people[who].Send(http.MethodGet, path, nil, "")
	must(t, err)
	return p
}

// sight is what the office sees of where a case stands.
type sight struct {
	State, Revision string
	Events          []string // newest first, without what machines do
}

func (s *stage) sight(t *testing.T, p *trial) (out sight) {
	t.Helper()
	page := s.look(t, "lead", p.at)
	out.State, out.Revision = page.Attr("data-case-state"), held(page, "revision")
	if out.State == "" || out.Revision == "" {
		t.Fatalf("%s shows no case: status %d, %.300s", page, page.Status, page.Text())
	}
	for _, li := range page.all(func(n *html.Node) bool { return attr(n, "class") == "aw-timeline__item" }) {
		var lines []string
		for n := range li.Descendants() {
			if n.Data == "span" {
				lines = append(lines, text(n))
			}
		}
		if !strings.HasPrefix(lines[1], "Plattform ·") {
			out.Events = append(out.Events, lines[0])
		}
	}
	return out
}

func (a sight) equal(b sight) bool {
	return a.State == b.State && a.Revision == b.Revision && slices.Equal(a.Events, b.Events)
}

// refuse tries a step as everybody who must not take it.
func (s *stage) refuse(t *testing.T, situation string, row stepRow, p *trial) {
	s.fill(t, row.path, p) // whoever is asked outside has looked before
	before := s.sight(t, p)
	var everybody []string
	for who := range s.people {
		everybody = append(everybody, who)
	}
	for who := range p.people {
		everybody = append(everybody, who)
	}
	for _, who := range everybody {
		if slices.Contains(row.who, who) {
			continue
		}
		status, to := s.take(t, row, p, who)
		login := status == http.StatusUnauthorized || status == http.StatusSeeOther && strings.HasPrefix(to, "/auth/")
		elsewhere := row.name == "answer" && to == "/me/"+p.dossier // that page is not there for them either
		if status != http.StatusForbidden && status != http.StatusNotFound && !login && !elsewhere && !(status == http.StatusConflict && s.office(who)) {
			t.Errorf("%s in %s by %s: status %d %s", row.name, situation, who, status, to)
		}
	}
	if after := s.sight(t, p); !before.equal(after) {
		t.Errorf("%s in %s: somebody who must not has changed %+v to %+v", row.name, situation, before, after)
	}
}

// office tells who may see the case, and so learns that a step is not possible rather than not theirs.
func (s *stage) office(who string) bool { return who == "clerk" || who == "lead" }

// allow takes a step as everybody who may, and looks whether it does what the table says.
func (s *stage) allow(t *testing.T, situation string, row stepRow, shared *trial) {
	cells := strings.Split(row.cells[situation], "/")
	for i, who := range row.who {
		cell := cells[i%len(cells)]
		number, _ := strconv.Atoi(strings.Replace(cell, "-", "409", 1))
		p := shared
		if cell != "=" && number == 0 {
			p = s.bring(t, situation)
			if row.name == "opine" {
				s.take(t, s.rows[slices.IndexFunc(s.rows, func(r stepRow) bool { return r.name == "consult" })], p, "clerk")
				s.fill(t, "$OPINION", p)
			}
		}
		before := s.sight(t, p)
		status, to := s.take(t, row, p, who)
		after := s.sight(t, p)
		if number > 0 {
			if status != number || !before.equal(after) {
				t.Errorf("%s in %s by %s: status %d %s, not %d; %+v became %+v", row.name, situation, who, status, to, number, before, after)
			}
			continue
		}
		state := strings.Replace(cell, "=", situation, 1)
		state, _, _ = strings.Cut(state, "+")
		news := after.Events[:max(0, len(after.Events)-len(before.Events))]
		if status != http.StatusSeeOther || after.State != state || !slices.Contains(news, row.event) {
			t.Errorf("%s in %s by %s: status %d %s; %s instead of %s, new in its history %q", row.name, situation, who, status, to, after.State, state, news)
		}
	}
}

// newStage starts a world with a group, a label and a form by which silence is consent, and logs everybody in.
func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{w: Start(t, Config{}), people: map[string]*Visitor{}, tokens: map[string]string{}}
	s.rows, _ = readSteps(t)
	for name, persona := range map[string]string{"clerk": "clerk-jena", "lead": "lead-jena", "admin": "admin-jena", "clerk elsewhere": "clerk-erfurt", "lead elsewhere": "lead-erfurt",
		"admin elsewhere": "admin-erfurt", "editor": "editor", "publisher": "publisher", "auditor": "auditor"} {
		s.people[name] = s.w.staff(t, persona, "/")
	}
	s.people["nobody"], s.people["other citizen"], s.people["organisation"] = s.w.NewVisitor(t), s.w.NewVisitor(t), s.w.NewVisitor(t)
	must(t, s.people["other citizen"].Go("/me"), s.people["other citizen"].LogIn("citizen-high"), s.people["organisation"].Go("/me"), s.people["organisation"].LogIn("organisation"))
	for name, v := range s.people {
		s.tokens[name] = v.csrf(t)
	}

	editor, publisher, admin, lead := s.people["editor"], s.people["publisher"], s.people["admin"], s.people["lead"]
	f, err := zipForm("allgemeiner-antrag", replaceIn("form.yaml", "deadline:\n  days: 28", "deadline:\n  days: 28\n  deemed: { months: 3, legalBasis: § 42a VwVfG }"))
	must(t, err, editor.Go("/state/forms/new"), editor.Choose("package", f), editor.Press("Hochladen und prüfen"))
	editor.want(t, http.StatusOK)
	must(t, publisher.Go(editor.Page.URL.Path), publisher.Press("Veröffentlichen"))
	must(t, admin.Go("/admin/jena/desk/annotations/allgemeiner-antrag"), admin.Fill("schema", `{"type":"object","properties":{"ort":{"type":"string","title":"Geprüft in"}}}`), admin.Press("Speichern"))
	must(t, admin.Go("/admin/jena/desk/groups/new"), admin.Fill("name", "Team Süd"), admin.Press("Speichern"))
	must(t, lead.post("/admin/jena/desk/labels", fields("_csrf", s.tokens["lead"], "name", "Eilig", "colour", "red")))
	lead.want(t, http.StatusOK)

	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	s.words = map[string]string{"$SOON": day(20), "$LATER": day(300)}
	twin := s.bring(t, "received")
	page := s.look(t, "lead", twin.at)
	s.words["$TWIN"], s.words["$COLLEAGUE"], s.words["$GROUP"], s.words["$LABEL"] = path.Base(twin.at), held(page, "assignee"), held(page, "group"), held(page, "label")
	s.words["$TARGET"] = held(s.look(t, "lead", twin.at+"/forward?to=Erfurt"), "target")
	for name, word := range s.words {
		if word == "" {
			t.Fatal(fmt.Errorf("nothing to put in the place of %s", name))
		}
	}
	return s
}
