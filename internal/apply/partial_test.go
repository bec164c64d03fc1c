package apply

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// scan is a PDF of n bytes whose every place can be told from its neighbours.
func scan(n int) []byte {
	b := slices.Clone(pdf)
	for i := len(b); i < n; i++ {
		b = append(b, byte(i*7+i>>8))
	}
	return b
}

func breaksOff(b []byte) io.Reader {
	return io.MultiReader(bytes.NewReader(b), iotest.ErrReader(io.ErrUnexpectedEOF))
}

// announced begins the upload of a chip certificate into a filled application.
func (w *world) announced(t *testing.T, bytes int) (civic.Actor, Partial) {
	t.Helper()
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	p, err := w.Announce(t.Context(), who, "de", Announcement{Dossier: id, Pointer: chip, Name: "Chip.pdf", Stamp: "1", Bytes: int64(bytes)})
	if err != nil {
		t.Fatal(err)
	}
	return who, p
}

func (w *world) append(who civic.Actor, p Partial, offset int, body io.Reader) (Partial, error) {
	return w.Append(context.Background(), who, "de", p.Dossier, p.ID, int64(offset), body)
}

// rowOf is the attachment that an upload has become.
func (w *world) rowOf(t *testing.T, p Partial) civic.Attachment {
	t.Helper()
	for _, a := range w.store.attachmentsOf(p.Dossier) {
		if a.ID == p.ID {
			return a
		}
	}
	t.Fatal("no file came of the upload")
	return civic.Attachment{}
}

// made opens the file that an upload has become. The test closes it.
func (w *world) made(t *testing.T, who civic.Actor, p Partial) (Attachment, io.ReadCloser) {
	t.Helper()
	a, body, err := w.OpenFile(t.Context(), who, p.Dossier, strings.TrimPrefix(w.rowOf(t, p).URN(), "urn:uuid:"))
	if err != nil {
		t.Fatal(err)
	}
	return a, body
}

func TestUploadInPieces(t *testing.T) {
	w := newWorld(t)
	file := scan(300_000)
	who, p := w.announced(t, len(file))
	blobs := len(w.blobs.blobs)
	// A piece, one that breaks off, one of which too little comes to be kept, the same again, the rest.
	got, err := w.append(who, p, 0, bytes.NewReader(file[:100_000]))
	if err != nil || got.Received != 100_000 {
		t.Fatal(got, err)
	}
	got, err = w.append(who, p, 100_000, breaksOff(file[100_000:170_000]))
	if code(t, err, civic.Invalid); got.Received != 170_000 {
		t.Fatalf("of a piece that broke off %d are kept", got.Received)
	}
	got, err = w.append(who, p, 170_000, breaksOff(file[170_000:171_000]))
	if code(t, err, civic.Invalid); got.Received != 170_000 {
		t.Fatalf("of too little %d are kept", got.Received)
	}
	for _, wrong := range []int{0, 100_000, 171_000, 300_000} {
		got, err = w.append(who, p, wrong, bytes.NewReader(file[:1000]))
		if code(t, err, civic.Conflict); got.Received != 170_000 {
			t.Errorf("at offset %d the upload says that it is at %d", wrong, got.Received)
		}
	}
	list, err := w.Partials(t.Context(), who, p.Dossier, "de")
	if err != nil || len(list) != 1 || list[0].Received != 170_000 || list[0].Name != "Chip.pdf" {
		t.Fatal(list, err)
	}
	if got, err = w.append(who, p, 170_000, bytes.NewReader(file[170_000:])); err != nil || got.Received != got.Bytes {
		t.Fatal(got, err)
	}
	a, body := w.made(t, who, p)
	raw, err := io.ReadAll(body)
	if err != nil || !bytes.Equal(raw, file) || a.FileName != "Chip.pdf" || a.Pointer != chip {
		t.Errorf("%d bytes of %d came back as %s at %s: %v", len(raw), len(file), a.FileName, a.Pointer, err)
	}
	if err := body.Close(); err != nil || w.blobs.open != 0 {
		t.Errorf("%d blobs are still open: %v", w.blobs.open, err)
	}
	if n := len(w.blobs.blobs) - blobs; n != 1 {
		t.Errorf("%d blobs more than before, not one", n)
	}
	// Whoever missed the answer asks again, and sends the last piece again.
	if got, err = w.Partial(t.Context(), who, p.Dossier, "de", p.ID); err != nil || got.Received != int64(len(file)) {
		t.Error(got, err)
	}
	_, err = w.append(who, p, 170_000, bytes.NewReader(file[170_000:]))
	if code(t, err, civic.Conflict); len(w.blobs.blobs) != blobs+1 {
		t.Error("the last piece that came twice left something behind")
	}
	if list, err := w.Partials(t.Context(), who, p.Dossier, "de"); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	rows := len(w.store.rows)
	if _, err := w.Detach(t.Context(), who, p.Dossier, "de", chip, a.URN()); err != nil || len(w.store.rows) != rows-1 {
		t.Errorf("taken out of the answers, the file's row stays: %v", err)
	}
}

func TestUploadInPiecesRefused(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.filled(t, civic.Actor{}, "hundesteuer-anmeldung", "gueltig-ein-hund")
	blobs, rows := len(w.blobs.blobs), len(w.store.rows)
	for name, c := range map[string]struct {
		in   Announcement
		want civic.Code
	}{
		"over the limit": {Announcement{Pointer: chip, Bytes: 11 << 20}, civic.TooLarge},
		"of no length":   {Announcement{Pointer: chip}, civic.Invalid},
		"of less":        {Announcement{Pointer: chip, Bytes: -1}, civic.Invalid},
		"to no field":    {Announcement{Pointer: "/fremd", Bytes: 9}, civic.NotFound},
		"to a text":      {Announcement{Pointer: "/halter/familienname", Bytes: 9}, civic.NotFound},
		"to a hidden":    {Announcement{Pointer: "/befreiung/nachweis", Bytes: 9}, civic.NotFound},
	} {
		c.in.Dossier = id
		_, err := w.Announce(ctx, who, "de", c.in)
		t.Log(name)
		code(t, err, c.want)
	}
	begin := func(n int64) Partial {
		p, err := w.Announce(ctx, who, "de", Announcement{Dossier: id, Pointer: chip, Name: "x.pdf", Bytes: n})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	// Another kind of file is refused by its first bytes, and the upload is gone.
	p := begin(200_000)
	_, err := w.append(who, p, 0, bytes.NewReader(append([]byte("<html><script>"), make([]byte, 100_000)...)))
	code(t, err, civic.Invalid)
	var e *civic.Error
	if !errors.As(err, &e) || e.Field != chip || e.Key != "error.file.type" {
		t.Errorf("%v does not say what is wrong with which field", err)
	}
	_, err = w.append(who, p, 0, bytes.NewReader(pdf))
	code(t, err, civic.NotFound)
	// In pieces too small to tell, it is told at the end.
	p = begin(600)
	if p, err = w.append(who, p, 0, strings.NewReader("<h")); err != nil || p.Received != 2 {
		t.Fatal(p, err)
	}
	_, err = w.append(who, p, 2, strings.NewReader(strings.Repeat("x", 598)))
	code(t, err, civic.Invalid)
	// More than announced is not taken at all.
	p = begin(200_000)
	got, err := w.append(who, p, 0, bytes.NewReader(scan(200_001)))
	if code(t, err, civic.TooLarge); got.Received != 0 {
		t.Error("of too much something is kept")
	}
	// Another's.
	other, theirs := w.start(t, civic.Actor{}, "hundesteuer-anmeldung")
	for _, dossier := range []string{id, theirs} {
		_, err = w.Append(ctx, other, "de", dossier, p.ID, 0, bytes.NewReader(pdf))
		code(t, err, civic.NotFound)
		_, err = w.Partial(ctx, other, dossier, "de", p.ID)
		code(t, err, civic.NotFound)
	}
	code(t, w.DropPartial(ctx, other, id, "de", p.ID), civic.NotFound)
	if err := w.DropPartial(ctx, who, id, "de", p.ID); err != nil {
		t.Error(err)
	}
	if n := len(w.blobs.blobs) - blobs; n != 0 || len(w.store.rows) != rows {
		t.Errorf("left behind: %d blobs, %d rows", n, len(w.store.rows)-rows)
	}
}

// A store that fails at the end loses nothing but the last piece; a piece that is not what it was makes no file.
func TestUploadInPiecesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	file := scan(200_000)
	who, p := w.announced(t, len(file))
	before := len(w.store.rows)
	if _, err := w.append(who, p, 0, bytes.NewReader(file[:100_000])); err != nil {
		t.Fatal(err)
	}
	var first string
	for k, b := range w.blobs.blobs {
		if bytes.HasPrefix(b, []byte("sealed piece")) {
			first = k
		}
	}
	good := w.blobs.blobs[first]
	for _, bad := range [][]byte{nil, good[:50_000], append(slices.Clone(good), 'x'), []byte("forged")} {
		if w.blobs.blobs[first] = bad; bad == nil {
			delete(w.blobs.blobs, first)
		}
		got, err := w.append(who, p, 100_000, bytes.NewReader(file[100_000:]))
		if c := civic.CodeOf(err); c != civic.Internal && c != civic.Unavailable {
			t.Errorf("a piece of %d bytes: %v", len(bad), err)
		}
		if got.Received != 100_000 || len(w.store.rows) != before {
			t.Errorf("a piece of %d bytes: at %d, %d rows", len(bad), got.Received, len(w.store.rows))
		}
	}
	w.blobs.blobs[first] = good
	if got, err := w.append(who, p, 100_000, bytes.NewReader(file[100_000:])); err != nil || got.Received != 200_000 {
		t.Error(got, err)
	}
}

// Two connections that send the same piece, and a save of another window in between: one piece counts.
func TestUploadInPiecesAndAnotherWindow(t *testing.T) {
	w := newWorld(t)
	file := scan(200_000)
	who, p := w.announced(t, len(file))
	w.store.before = func() {
		if _, err := w.append(who, p, 0, bytes.NewReader(file[:90_000])); err != nil {
			t.Error(err)
		}
	}
	got, err := w.append(who, p, 0, bytes.NewReader(file[:80_000]))
	if code(t, err, civic.Conflict); got.Received != 90_000 {
		t.Errorf("the upload is at %d", got.Received)
	}
	w.store.before = func() {
		_, _, err := w.SavePage(t.Context(), who, p.Dossier, "de", 0, formdef.Typed{"/halter/art": {"person"}, "/halter/familienname": {"Zweitfenster"}})
		if err != nil {
			t.Error(err)
		}
	}
	if got, err = w.append(who, p, 90_000, bytes.NewReader(file[90_000:])); err != nil || got.Received != 200_000 {
		t.Fatal(got, err)
	}
	if raw := string(w.store.drafts[p.Dossier].Content); !strings.Contains(raw, "Zweitfenster") || !strings.Contains(raw, w.rowOf(t, p).URN()) {
		t.Errorf("one of both is lost: %s", raw)
	}
}

func TestUploadsUnderWayAreFewAndEnd(t *testing.T) {
	w := newWorld(t)
	who, first := w.announced(t, 500_000)
	if _, err := w.append(who, first, 0, bytes.NewReader(scan(100_000))); err != nil {
		t.Fatal(err)
	}
	blobs := len(w.blobs.blobs)
	for range maxPartial {
		if _, err := w.Announce(t.Context(), who, "de", Announcement{Dossier: first.Dossier, Pointer: chip, Name: "x.pdf", Bytes: 10}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := w.Partials(t.Context(), who, first.Dossier, "de")
	if err != nil || len(list) != maxPartial || list[0].ID == first.ID || len(w.blobs.blobs) != blobs-1 {
		t.Errorf("%d uploads are under way (%v), %d blobs went", len(list), err, blobs-len(w.blobs.blobs))
	}
	w.clock = w.clock.Add(PartialLife)
	if list, err := w.Partials(t.Context(), who, first.Dossier, "de"); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	_, err = w.append(who, first, 100_000, bytes.NewReader(pdf))
	code(t, err, civic.NotFound)
	// Many small pieces are taken up to a number, larger ones further on.
	who, p := w.announced(t, 500_000)
	file := scan(500_000)
	for i := range freePieces {
		if _, err := w.append(who, p, i, bytes.NewReader(file[i:i+1])); err != nil {
			t.Fatal(err)
		}
	}
	_, err = w.append(who, p, freePieces, bytes.NewReader(file[freePieces:freePieces+1]))
	code(t, err, civic.Invalid)
	if got, err := w.append(who, p, freePieces, bytes.NewReader(file[freePieces:])); err != nil || got.Received != got.Bytes {
		t.Error(got, err)
	}
}

func TestUploadsMoveWithTheirRows(t *testing.T) {
	list := []partial{{ID: "a", Pointer: "/hunde/0/chip"}, {ID: "b", Pointer: "/hunde/1/chip"}, {ID: "c", Pointer: "/hunde/2/chip"}, {ID: "d", Pointer: "/hunde"}, {ID: "e", Pointer: "/anlage"}}
	got := withoutRow(list, "/hunde/1")
	want := []partial{{ID: "a", Pointer: "/hunde/0/chip"}, {ID: "c", Pointer: "/hunde/1/chip"}, {ID: "d", Pointer: "/hunde"}, {ID: "e", Pointer: "/anlage"}}
	if !slices.EqualFunc(got, want, func(a, b partial) bool { return a.ID == b.ID && a.Pointer == b.Pointer }) {
		t.Errorf("%+v", got)
	}
	if time.Duration(0) >= PartialLife || PartialLife >= 24*time.Hour {
		t.Error("uploads must end before their pieces are swept")
	}
}
