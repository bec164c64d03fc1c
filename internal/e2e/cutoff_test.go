package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rowsOf reads a list with all its rows; half a row is an error.
func rowsOf(t *testing.T, raw []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))))
	rows, err := r.ReadAll()
	must(t, err)
	return rows
}

// The line breaks while a list is sent: the office goes on, and the next one is whole. A list of 10,000 rows is made by a job, and is
// there only when it is whole, also when the process is killed while it is made; a line that breaks costs the list nothing.
func TestExportCutOff(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	must(t, w.end(syscall.SIGTERM))
	bin, err := binary()
	must(t, err)
	fill := exec.Command(bin, "demo", "fill", "--cases", "10000", "--largest", "10000", "--tenants", "jena")
	fill.Env = w.env
	if said, err := fill.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	must(t, w.launch())
	v := w.staff(t, "clerk-jena", "/desk/jena/export")
	form := fields("_csrf", v.token(), "_action", "make", "format", "csv", "columns", "number", "columns", "state", "columns", "received")

	open := v.whole(t, http.MethodPost, "/desk/jena/export", form)
	rows := rowsOf(t, open)
	if len(rows) < 100 {
		t.Fatalf("only %d rows", len(rows))
	}
	for range 3 {
		v.cut(t, http.MethodPost, "/desk/jena/export", form)
	}
	if again := rowsOf(t, v.whole(t, http.MethodPost, "/desk/jena/export", form)); !slices.EqualFunc(rows, again, slices.Equal) {
		t.Errorf("%d rows after the cut, %d before", len(again), len(rows))
	}

	must(t, v.post("/desk/jena/export?view=all", form))
	made := v.Page.URL.Path
	if !strings.HasPrefix(made, "/desk/jena/exports/") {
		t.Fatal(v.wrong("no job makes the list"))
	}
	w.Kill9(t)
	must(t, w.launch())
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		p, err := v.Send(http.MethodGet, made+"/file", nil, "")
		must(t, err)
		if p.Status == http.StatusOK {
			break
		}
		if p.Status != http.StatusNotFound && p.Status != http.StatusConflict || time.Now().After(deadline) {
			t.Fatalf("%s: status %d: %.300s", made, p.Status, p.Text())
		}
	}
	v.cut(t, http.MethodGet, made+"/file", nil)
	file := v.whole(t, http.MethodGet, made+"/file", nil)
	sum := sha256.Sum256(file)
	must(t, v.Go(made))
	v.says(t, "Fertig", hex.EncodeToString(sum[:]))
	numbers := map[string]bool{}
	for _, row := range rowsOf(t, file) {
		numbers[row[0]] = true
	}
	if len(numbers) < 10_001 {
		t.Errorf("%d numbers", len(numbers))
	}
}

func (v *Visitor) request(t *testing.T, method, path string, form url.Values) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, v.w.URL+path, strings.NewReader(form.Encode()))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := v.http.Do(req)
	must(t, err)
	if !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%s: status %d, %v", path, resp.StatusCode, resp.Header)
	}
	return resp
}

// whole is all of a file.
func (v *Visitor) whole(t *testing.T, method, path string, form url.Values) []byte {
	t.Helper()
	resp := v.request(t, method, path, form)
	raw, err := io.ReadAll(resp.Body)
	must(t, err, resp.Body.Close())
	return raw
}

// cut takes the beginning of a file and hangs up.
func (v *Visitor) cut(t *testing.T, method, path string, form url.Values) {
	t.Helper()
	resp := v.request(t, method, path, form)
	_, err := io.ReadFull(resp.Body, make([]byte, 64))
	must(t, err, resp.Body.Close())
}
