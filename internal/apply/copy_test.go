package apply

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"antragswerk/internal/civic"
)

func unpacked(t *testing.T, write func(io.Writer) error) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(raw)
	}
	return out
}

// The copy holds what was sent, word for word, what was said, and the papers; it is its applicant's alone.
func TestCopy(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	if err := w.Write(ctx, who, id, "Wann kommt der Bescheid?", nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Rectify(ctx, who, id, "Art. 16", "Die Hausnummer ist 12"); err != nil {
		t.Fatal(err)
	}
	code(t, w.Rectify(ctx, who, id, "Art. 16", " "), civic.Invalid)
	papers := func(m *MyCase) ([]Paper, error) {
		return []Paper{{m.File.Case.FileNumber + ".pdf", []byte("%PDF")}}, nil
	}
	name, write, err := w.Copy(ctx, who, id, "de", papers)
	if err != nil {
		t.Fatal(err)
	}
	files := unpacked(t, write)
	var got copied
	if err := json.Unmarshal([]byte(files["data.json"]), &got); err != nil {
		t.Fatal(err)
	}
	if name != got.FileNumber+".zip" || files[got.FileNumber+".pdf"] != "%PDF" || got.Format != CopyFormat || got.State != "RECEIVED" {
		t.Errorf("%s: %+v", name, got)
	}
	var sent, frozen bytes.Buffer
	m, err := w.Case(ctx, who, id, "de", false)
	if err != nil {
		t.Fatal(err)
	}
	if json.Compact(&sent, got.Submissions[0].Answers) != nil || json.Compact(&frozen, m.Frozen) != nil || sent.String() != frozen.String() {
		t.Errorf("answers %s, sent %s", sent.String(), frozen.String())
	}
	if len(got.Messages) != 2 || got.Messages[1].Text != "Art. 16\n\nDie Hausnummer ist 12" || got.Messages[0].Text != "Wann kommt der Bescheid?" || len(got.Events) < 2 {
		t.Errorf("%+v %+v", got.Messages, got.Events)
	}
	for _, f := range got.Files {
		if files[f.Path] == "" {
			t.Errorf("%s is not in the copy", f.Path)
		}
	}
	_, _, err = w.Copy(ctx, civic.Actor{Subject: civic.Subject{Codes: [][]byte{[]byte("other")}}}, id, "de", papers)
	code(t, err, civic.NotFound)
}
