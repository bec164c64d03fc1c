package e2e

import (
	"database/sql"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to do what somebody would who owns the database
)

// command runs the binary with the world's settings and returns what it says and its status.
func (w *World) command(t *testing.T, args ...string) (string, int) {
	t.Helper()
	bin, err := binary()
	must(t, err)
	cmd := exec.Command(bin, args...)
	cmd.Env = w.env
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// What happened becomes a chain while the server runs; whoever changes the database past it is found, also when the end is cut off
// together with all that vouched for it.
func TestAudit(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	_, number, err := w.NewVisitor(t).apply("jena", "Protokoll", newPDF("a.pdf"))
	must(t, err)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(at)) // opening it is an event, too
	w.Restart(t)               // a start works off at once what the next round would
	db := w.database(t)
	for deadline := time.Now().Add(60 * time.Second); scalar(t, db, "SELECT COUNT(*) FROM events WHERE id NOT IN (SELECT event FROM audit_links)") > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("events are in no chain after a minute")
		}
	}
	if n := scalar(t, db, "SELECT COUNT(*) FROM events WHERE kind = 'case.opened'"); n != 1 {
		t.Errorf("reading the case left %d events", n)
	}
	if said, status := w.command(t, "audit", "verify", "--tenant", "jena"); status != 0 || !strings.Contains(said, "every chain is whole") {
		t.Fatalf("a chain that nobody touched: status %d, %s", status, said)
	}
	p, err := w.NewVisitor(t).Send(http.MethodGet, "/audit/heads.json", nil, "")
	must(t, err)
	if p.Status != 200 || !strings.Contains(string(p.Body), `"heads":[]`) { // nothing happened yesterday
		t.Errorf("published: %d %s", p.Status, string(p.Body))
	}
	if said, status := w.command(t, "audit", "erase", "--tenant", "jena", "--case", at[strings.LastIndexByte(at, '/')+1:]); status != 1 || !strings.Contains(said, "still there") {
		t.Errorf("events of a case that is there were erased: %d %s", status, said)
	}
	heads, status := w.command(t, "audit", "heads")
	if status != 0 || !strings.Contains(heads, `"authority": "jena"`) {
		t.Fatalf("heads: %s", heads)
	}
	kept := filepath.Join(t.TempDir(), "heads.json")
	must(t, os.WriteFile(kept, []byte(heads), 0o600), w.end(syscall.SIGTERM))

	for _, trigger := range []string{"events_no_update", "events_no_delete", "audit_links_no_delete", "audit_heads_no_delete"} {
		run(t, db, "DROP TRIGGER "+trigger)
	}
	jena := "(SELECT id FROM tenants WHERE slug = 'jena')"
	run(t, db, "UPDATE events SET actor = 'nobody' WHERE kind = 'case.opened'")
	if said, status := w.command(t, "audit", "verify"); status != 1 || !strings.Contains(said, "was changed") || !strings.Contains(said, "jena") {
		t.Errorf("a changed event: status %d, %s", status, said)
	}
	run(t, db, "DELETE FROM events WHERE tenant = "+jena)
	run(t, db, "DELETE FROM audit_links WHERE tenant = "+jena)
	run(t, db, "DELETE FROM audit_heads WHERE tenant = "+jena)
	if said, status := w.command(t, "audit", "verify", "--heads", kept); status != 1 || !strings.Contains(said, "cut off") {
		t.Errorf("all of it cut off: status %d, %s", status, said)
	}
}

// database opens the world's own.
func (w *World) database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.Dir, "antragswerk.db")+"?_pragma=busy_timeout(20000)")
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.Exec(statement)
	must(t, err)
}

func scalar(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	must(t, db.QueryRow(query).Scan(&n))
	return n
}
