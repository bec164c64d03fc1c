package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// entry is what a citizen holds in the hand: the number of the receipt and the file that was sent.
type entry struct {
	number, subject string
	sent            file
}

// ledger is what was promised, by number.
type ledger struct {
	mu      sync.Mutex
	entries []entry
}

func (l *ledger) add(e entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
}

const (
	crashClients     = 16
	crashSubmissions = 200
	crashes          = 3
)

// The process is killed three times while 16 clients send 200 applications. Afterwards every receipt that was shown is
// one case with its file, byte for byte, and no application is there twice.
func TestKill9(t *testing.T) {
	for name, c := range map[string]Config{"SQLite": {}, "PostgreSQL": {Postgres: true}} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			w := Start(t, c)
			book := &ledger{}
			var next, done atomic.Int64
			var clients sync.WaitGroup
			for range crashClients {
				clients.Go(func() {
					for {
						n := next.Add(1)
						if n > crashSubmissions {
							return
						}
						if err := applyWhateverHappens(t, w, fmt.Sprintf("Antrag Nummer %d", n), book); err != nil {
							t.Errorf("application %d: %v", n, err)
						}
						done.Add(1)
					}
				})
			}
			for i := range crashes {
				for done.Load() < int64((i+1)*crashSubmissions/(crashes+1)) {
					time.Sleep(2 * time.Millisecond)
				}
				time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
				w.Kill9(t)
				must(t, w.launch())
			}
			clients.Wait()
			if len(book.entries) != crashSubmissions {
				t.Errorf("%d receipts for %d applications", len(book.entries), crashSubmissions)
			}
			audit(t, w, book)
		})
	}
}

// applyWhateverHappens sends one application as a person would whose line breaks: when a page does not come, they open the
// draft again and go on where it stands. Without a draft yet they begin anew.
func applyWhateverHappens(t *testing.T, w *World, subject string, book *ledger) error {
	v := w.NewVisitor(t)
	f := newPDF(subject + ".pdf")
	base := ""
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); {
		var err error
		if base == "" {
			if base, err = v.toFiles("jena", subject); err != nil {
				base = "" // the draft has not got as far as its files: begin anew
			}
		} else {
			err = v.Go(base + "/3") // of a draft that was sent it leads to the receipt
		}
		var number string
		if err == nil {
			number, err = v.finish(f)
		}
		if err == nil {
			book.add(entry{number, subject, f})
			return nil
		}
		if v.Page != nil && v.Page.Status >= 500 {
			return err
		}
		time.Sleep(30 * time.Millisecond)
	}
	return errors.New("not sent within 90 s")
}

// finish attaches the file unless it is there already, and sends; on a receipt it reads the number.
func (v *Visitor) finish(f file) (string, error) {
	if number := v.Page.Attr("data-file-number"); number != "" {
		return number, nil
	}
	if v.formNamed("antrag") == nil {
		return "", v.wrong("no page of the draft")
	}
	if len(v.Page.downloads()) == 0 {
		if err := v.Choose("/anlagen/dateien", f); err != nil {
			return "", err
		}
	}
	if err := v.Press("_action=next"); err != nil {
		return "", err
	}
	return v.send()
}

// audit compares the ledger with what the authority holds.
func audit(t *testing.T, w *World, book *ledger) {
	t.Helper()
	clerk := w.staff(t, "clerk-jena", "/desk/jena?sort=number")
	var held []string
	for {
		held = append(held, inboxNumbers(clerk.Page)...)
		if clerk.Page.link("Weitere Vorgänge") == nil {
			break
		}
		must(t, clerk.Follow("Weitere Vorgänge"))
	}
	slices.Sort(held)
	if n := len(held); n != crashSubmissions {
		t.Errorf("the authority holds %d cases", n)
	}
	if twice := len(held) - len(slices.Compact(slices.Clone(held))); twice > 0 {
		t.Errorf("%d numbers are there twice", twice)
	}
	subjects := map[string]bool{}
	for _, e := range book.entries {
		if subjects[e.subject] {
			t.Errorf("%s has two receipts", e.subject)
		}
		subjects[e.subject] = true
		at, err := clerk.caseAt("jena", e.number)
		if err != nil {
			t.Errorf("receipt %s: %v", e.number, err)
			continue
		}
		must(t, clerk.Go(at))
		files := clerk.Page.downloads()
		slices.Sort(files)
		if files = slices.Compact(files); len(files) != 1 {
			t.Errorf("case %s has %d files", e.number, len(files))
			continue
		}
		p, err := clerk.Send(http.MethodGet, files[0], nil, "")
		must(t, err)
		if !bytes.Equal(p.Body, e.sent.Body) {
			t.Errorf("the file of %s has %d other bytes (status %d)", e.number, len(p.Body), p.Status)
		}
	}
}
