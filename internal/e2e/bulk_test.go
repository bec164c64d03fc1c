package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var casePath = regexp.MustCompile(`^/desk/jena/[0-9a-f-]{36}$`)

// chooseAll begins a bulk with all cases that a filter of the inbox finds, and returns its address.
func (v *Visitor) chooseAll(t testing.TB, filter string) string {
	t.Helper()
	must(t, v.Go("/desk/jena"+filter), v.Press("Alle gefundenen"))
	if !strings.HasPrefix(v.Page.URL.Path, "/desk/jena/bulk/") {
		t.Fatal(v.wrong("no bulk"))
	}
	return v.Page.URL.Path
}

// settled waits until the work on a page has come to its end.
func (v *Visitor) settled(t testing.TB, path string) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		must(t, v.Go(path))
		if !strings.Contains(string(v.Page.Body), "data-poll") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(v.wrong("still at work"))
		}
	}
}

func (v *Visitor) says(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(v.Page.Text(), w) {
			t.Errorf("%s does not say %q: %.600s", v.Page, w, v.Page.Text())
		}
	}
}

// stocked waits until the inbox holds so many cases, and returns their addresses: the invented ones come while the server runs.
func (v *Visitor) stocked(t testing.TB, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		must(t, v.Go("/desk/jena?view=all"))
		if list := v.casesOf(); len(list) >= n {
			return list
		}
		if time.Now().After(deadline) {
			t.Fatal(v.wrong("too few cases"))
		}
	}
}

// casesOf are the addresses of the cases on an inbox page.
func (v *Visitor) casesOf() (list []string) {
	for _, n := range v.Page.tag("a") {
		if p, _, _ := strings.Cut(attr(n, "href"), "?"); casePath.MatchString(p) && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// A lead gives all cases out at once and takes that back; what colleagues have done meanwhile stays, and is named.
func TestBulk(t *testing.T) {
	for name, c := range map[string]Config{"SQLite": {}, "PostgreSQL": {Postgres: true}} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			c.Env = []string{"DEMO_CASES=12"}
			w := Start(t, c)
			lead, clerk := w.staff(t, "lead-jena", "/desk/jena"), w.staff(t, "clerk-jena", "/desk/jena")
			lead.stocked(t, 12)
			must(t, lead.Go("/desk/jena?state=received")) // those that must be paid for first cannot be given out
			cases := lead.casesOf()
			n := len(cases)
			if n < 5 {
				t.Fatalf("only %d cases", n)
			}
			total := strconv.Itoa(n)

			// Nothing ticked, and steps that somebody must not or cannot take.
			must(t, lead.Press("Ausgewählte bearbeiten"))
			lead.says(t, "Wählen Sie mindestens einen Vorgang aus.")
			at := clerk.chooseAll(t, "?state=received")
			must(t, clerk.post(at, fields("_csrf", clerk.token(), "kind", "assign", "assignee", "somebody")))
			clerk.want(t, http.StatusUnprocessableEntity)
			must(t, clerk.Go(at+"?step=message"), clerk.Fill("text", "Guten Tag {{unbekannt}}"), clerk.Press("Für "+total+" Vorgänge ausführen"))
			clerk.want(t, http.StatusUnprocessableEntity)
			if typed, _ := clerk.Value("text"); typed != "Guten Tag {{unbekannt}}" {
				t.Errorf("what was typed is lost: %q", typed)
			}
			clerk.says(t, "unbekannt")

			// The lead assigns all; the page without scripts goes on by itself, and the end says how it went.
			at = lead.chooseAll(t, "?state=received")
			must(t, lead.Go(at+"?step=assign"), lead.Fill("assignee", lead.option("assignee", "Ich")), lead.Press("Für "+total+" Vorgänge ausführen"))
			lead.settled(t, at)
			lead.says(t, "Beendet", total+" von "+total, total+" Vorgänge erledigt")
			must(t, clerk.Go(at))
			clerk.want(t, http.StatusNotFound) // a colleague's, and the clerk leads nobody

			// The clerk takes one; taking back leaves it to them and says so.
			must(t, clerk.Go(cases[0]), clerk.Press("Übernehmen"), lead.Press("Rückgängig machen"))
			undo := lead.Page.URL.Path
			lead.settled(t, undo)
			lead.says(t, strconv.Itoa(n-1)+" Vorgänge erledigt", "1 Vorgang nicht möglich", "Inzwischen „Übernommen“")
			must(t, lead.Go(at))
			lead.says(t, "wurde rückgängig gemacht")
			must(t, lead.Go("/desk/jena?state=in_progress&assignee=none"))
			if got := len(lead.casesOf()); got != n-1 {
				t.Errorf("%d cases are nobody's, not %d", got, n-1)
			}

			// Decisions: what a colleague did after the choice is not overtaken, and a second try takes the cases as they are.
			at = lead.chooseAll(t, "?state=in_progress")
			must(t, clerk.Go(cases[0]), clerk.Fill("note", "Rückruf"), clerk.Press("Vermerk speichern"))
			form := fields("_csrf", lead.token(), "kind", "decide", "outcome", "granted", "letter", "Antrag {{aktenzeichen}} wird bewilligt.", "_action", "preview")
			must(t, lead.post(at, form))
			if lead.says(t, "wird bewilligt."); strings.Contains(lead.Page.Text(), "Antrag {{aktenzeichen}} wird bewilligt. Antrag {{") {
				t.Error("the preview is not filled in")
			}
			form.Set("_action", "go")
			must(t, lead.post(at, form))
			lead.settled(t, at)
			lead.says(t, "Inzwischen „Vermerk geschrieben“")
			must(t, lead.Press("Fehlgeschlagene noch einmal versuchen"))
			lead.settled(t, at)
			if strings.Contains(lead.Page.Text(), "Vermerk geschrieben") {
				t.Error("the second try took the case as it was before")
			}
			// Started once is started: a form that was sent twice changes nothing.
			status, _, err := lead.Probe(http.MethodPost, at, form)
			if must(t, err); status != http.StatusConflict {
				t.Errorf("started twice: status %d", status)
			}

			// Closing can be taken back on the same day.
			at = lead.chooseAll(t, "?state=decided")
			must(t, lead.Go(at+"?step=close"), lead.Press("_action=go"))
			lead.settled(t, at)
			must(t, lead.Press("Rückgängig machen"))
			lead.settled(t, lead.Page.URL.Path)
			must(t, lead.Go("/desk/jena?state=closed"))
			if got := len(lead.casesOf()); got != 0 {
				t.Errorf("%d cases are still closed", got)
			}
		})
	}
}

// The process is killed while a message goes to many: afterwards everybody has it, and nobody twice.
func TestBulkKill9(t *testing.T) {
	for name, c := range map[string]Config{"SQLite": {}} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			const n = 12
			c.Env = []string{"DEMO_CASES=" + strconv.Itoa(n)}
			w := Start(t, c)
			lead := w.staff(t, "lead-jena", "/desk/jena")
			lead.stocked(t, n)
			at := lead.chooseAll(t, "?view=all")
			must(t, lead.Go(at+"?step=message"), lead.Fill("text", "Rundschreiben zu {{aktenzeichen}}"), lead.Press("Für "+strconv.Itoa(n)+" Vorgänge ausführen"))
			for i := range 3 {
				time.Sleep(time.Duration(50+20*i) * time.Millisecond)
				w.Kill9(t)
				must(t, w.launch())
			}
			lead.settled(t, at)
			lead.says(t, "Beendet")
			must(t, lead.Go("/desk/jena?view=all"))
			for _, path := range lead.casesOf() {
				must(t, lead.Go(path), lead.Fill("text", "Einzelnes Schreiben"), lead.Press("Nachricht senden"), lead.Go(path))
				// The page may show a message in several places: as often as one that was certainly written once.
				if once, got := strings.Count(lead.Page.Text(), "Einzelnes Schreiben"), strings.Count(lead.Page.Text(), "Rundschreiben zu "); once == 0 || got != once {
					t.Errorf("%s shows one message %d times and the bulk's %d times", path, once, got)
				}
			}
		})
	}
}

// Lists go out as they were asked for: short ones at once, files by a job with a checksum, for who asked alone; each is recorded.
func TestExport(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{Env: []string{"DEMO_CASES=12"}})
	clerk, lead := w.staff(t, "clerk-jena", "/desk/jena"), w.staff(t, "lead-jena", "/desk/jena")
	cases := len(clerk.stocked(t, 12))
	must(t, clerk.Go("/desk/jena/export?view=all"))
	token := clerk.token()
	clerk.says(t, strconv.Itoa(cases)+" Vorgänge")

	p, err := clerk.Send(http.MethodPost, "/desk/jena/export?view=all", strings.NewReader(fields("_csrf", token, "_action", "make", "format", "csv-de", "columns", "number", "columns", "state").Encode()), "application/x-www-form-urlencoded")
	must(t, err)
	if !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") || p.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("headers %v", p.Header)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(p.Body, []byte("\xEF\xBB\xBF"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if must(t, err); len(rows) != cases+1 || rows[0][0] != "Aktenzeichen" || !fileNumber.MatchString(rows[1][0]) || rows[1][1] == "" {
		t.Errorf("%d rows for %d cases: %v", len(rows), cases, rows[:min(2, len(rows))])
	}

	// Answers of a service, asked or not, are columns; the choice is kept as a template.
	form := fields("_csrf", token, "_action", "save", "format", "xlsx", "service", "hundesteuer-anmeldung", "columns", "number", "answers", "answers", "name", "Hunde")
	must(t, clerk.post("/desk/jena/export?view=all", form))
	clerk.says(t, "Die Vorlage ist gespeichert.", "Hunde")
	must(t, clerk.post("/desk/jena/export?view=all", form))
	clerk.want(t, http.StatusUnprocessableEntity) // the name is taken
	form.Set("_action", "make")
	p, err = clerk.Send(http.MethodPost, "/desk/jena/export?view=all", strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
	must(t, err)
	z, err := zip.NewReader(bytes.NewReader(p.Body), int64(len(p.Body)))
	if must(t, err); !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" }) {
		t.Error("no workbook")
	}
	for _, bad := range []url.Values{fields("_action", "make", "format", "exe", "columns", "number"), fields("_action", "make", "format", "csv"), fields("_action", "make", "format", "csv", "columns", "secret"),
		fields("_action", "make", "format", "csv", "columns", "/name"), fields("_action", "make", "format", "csv", "columns", "number", "service", "unbekannt")} {
		bad.Set("_csrf", token)
		must(t, clerk.post("/desk/jena/export?view=all", bad))
		clerk.want(t, http.StatusUnprocessableEntity)
	}

	must(t, clerk.post("/desk/jena/export?view=all", fields("_csrf", token, "_action", "make", "format", "archive")))
	made := clerk.Page.URL.Path
	clerk.settled(t, made)
	clerk.says(t, "Fertig", "SHA-256")
	file, err := clerk.Send(http.MethodGet, made+"/file", nil, "")
	must(t, err)
	sum := sha256.Sum256(file.Body)
	clerk.says(t, hex.EncodeToString(sum[:]))
	z, err = zip.NewReader(bytes.NewReader(file.Body), int64(len(file.Body)))
	must(t, err)
	papers := 0
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/Antrag.pdf") {
			papers++
		}
	}
	if papers != cases || z.File[len(z.File)-1].Name != "index.csv" {
		t.Errorf("%d applications for %d cases, last %s", papers, cases, z.File[len(z.File)-1].Name)
	}
	// A lead sees that it was made, and gets no file: another's scope may be another.
	must(t, lead.Go(made))
	lead.says(t, "nur herunterladen, wer sie angefordert hat")
	lead.expectStatus(t, http.StatusNotFound, made+"/file")
	w.staff(t, "clerk-erfurt", "/desk/erfurt").expectStatus(t, http.StatusNotFound, made, "/desk/jena/exports", "/desk/jena/export", "/desk/jena/bulk")
}
