package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// keys runs the command beside the server.
func (w *World) keys(t *testing.T, args ...string) (string, error) {
	t.Helper()
	bin, err := binary()
	must(t, err)
	cmd := exec.Command(bin, append([]string{"keys"}, args...)...)
	cmd.Env = w.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The master key is exchanged while people send applications: none of them notices, what was sealed before and meanwhile opens, and
// after the old key is gone and the server started anew it opens with the new one alone.
func TestMasterKeyIsRotatedWhilePeopleWork(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	book := &ledger{}
	send := func(subject string) {
		v, f := w.NewVisitor(t), newPDF(subject+".pdf")
		_, number, err := v.apply("jena", subject, f)
		if err != nil {
			t.Errorf("%s: %v", subject, err)
			return
		}
		book.add(entry{number, subject, f})
	}
	// A page that is open in a browser all the while, and a receipt of the old key.
	open := w.NewVisitor(t)
	_, err := open.toFiles("jena", "Angefangen davor")
	must(t, err)
	receipt := w.NewVisitor(t)
	_, number, err := receipt.apply("jena", "Gesendet davor", newPDF("davor.pdf"))
	must(t, err)
	check := attr(receipt.Page.link("Zur Prüfseite"), "href")

	var over atomic.Bool
	var people sync.WaitGroup
	for i := range 3 {
		people.Go(func() {
			for n := 0; n == 0 || !over.Load(); n++ {
				send(fmt.Sprintf("Person %d, Antrag %d", i, n))
			}
		})
	}
	said, err := w.keys(t, "rotate", "--delay", "0s")
	if err != nil {
		t.Error(said)
	}
	over.Store(true)
	people.Wait()
	send("Gesendet danach")
	must(t, open.Choose("/anlagen/dateien", newPDF("offen.pdf")), open.Press("_action=next"))
	if _, err := open.send(); err != nil {
		t.Errorf("a form that was open could not be sent: %v", err)
	}
	if said, err := w.keys(t, "drop", "2"); err == nil {
		t.Errorf("the newest key is gone: %s", said)
	}
	if said, err := w.keys(t, "drop", "1"); err != nil {
		t.Error(said)
	}
	if said, err := w.keys(t, "status"); err != nil || strings.Contains(said, "\n1 ") || !strings.Contains(said, "\n2 ") {
		t.Errorf("%v\n%s", err, said)
	}
	w.Restart(t)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	for _, e := range book.entries {
		at, err := clerk.caseAt("jena", e.number)
		must(t, err, clerk.Go(at))
		if !strings.Contains(clerk.Page.Text(), e.subject) {
			t.Errorf("case %s does not show its subject", e.number)
		}
		p, err := clerk.Send(http.MethodGet, clerk.Page.downloads()[0], nil, "")
		must(t, err)
		if !bytes.Equal(p.Body, e.sent.Body) {
			t.Errorf("the file of %s has %d other bytes (status %d)", e.number, len(p.Body), p.Status)
		}
	}
	anybody := w.NewVisitor(t)
	must(t, anybody.Go(check), anybody.Fill("number", number), anybody.Press("Prüfen"))
	if !strings.Contains(anybody.Page.Text(), "Diese Bestätigung wurde hier ausgestellt") {
		t.Error("a receipt of the old key is no longer genuine")
	}
}
