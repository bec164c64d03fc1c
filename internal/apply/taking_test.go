package apply

import (
	"bytes"
	"slices"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

const proof = "/versicherung/nachweis"

// A file for a correction comes in pieces as one for a draft does, goes on after a reload, and is sent with the answer only.
func TestCorrectionInPieces(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	file := scan(200_000)
	in := Announcement{Dossier: id, Pointer: proof, Name: "neu.pdf", Stamp: "1", Bytes: int64(len(file))}
	_, err := w.AnnounceCorrection(ctx, who, "de", in, nil)
	code(t, err, civic.NotFound) // nobody asked
	w.ask(id, proof)
	_, err = w.Announce(ctx, who, "de", in)
	code(t, err, civic.Conflict) // the draft is sent
	for _, x := range []struct {
		change func(*Announcement)
		want   civic.Code
	}{
		{func(a *Announcement) { a.Pointer = chip }, civic.NotFound}, // not asked for
		{func(a *Announcement) { a.Bytes = 0 }, civic.Invalid},
		{func(a *Announcement) { a.Bytes = 90 << 20 }, civic.TooLarge},
	} {
		bad := in
		x.change(&bad)
		_, err := w.AnnounceCorrection(ctx, who, "de", bad, nil)
		code(t, err, x.want)
	}
	p, err := w.AnnounceCorrection(ctx, who, "de", in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.append(who, p, 0, bytes.NewReader(file[:120_000])); err != nil {
		t.Fatal(err)
	}
	list, err := w.Partials(ctx, who, id, "de")
	if err != nil || len(list) != 1 || list[0].ID != p.ID || list[0].Received != 120_000 || list[0].URN != "" {
		t.Fatal(list, err)
	}
	other := civic.Actor{Subject: civic.Subject{Account: "another"}}
	_, err = w.append(other, p, 120_000, bytes.NewReader(file[120_000:]))
	code(t, err, civic.NotFound)
	got, err := w.append(who, p, 120_000, bytes.NewReader(file[120_000:]))
	if err != nil || got.Received != got.Bytes || got.URN != w.rowOf(t, p).URN() {
		t.Fatal(got, err)
	}
	if again, err := w.Partial(ctx, who, id, "de", p.ID); err != nil || again.URN != got.URN {
		t.Errorf("whoever missed the answer learns %+v, %v", again, err)
	}
	if m, err := w.Case(ctx, who, id, "de", false); err != nil || slices.Contains(m.Form.URNs(m.State.Answers), got.URN) {
		t.Errorf("before the answer is sent the case refers to the file: %v", err)
	}
	c, err := w.Correct(ctx, who, id, "de", []string{"attach:" + got.URN})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = w.Answer(ctx, who, id, "de", posted(c.Pages, formdef.Typed{StepsField: c.Steps})); err != nil || len(c.Problems) > 0 {
		t.Fatal(err, c.Problems)
	}
	if m, err := w.Case(ctx, who, id, "de", false); err != nil || !slices.Contains(m.Form.URNs(m.State.Answers), got.URN) {
		t.Errorf("the answer was sent without the file: %v", err)
	}
}

// What had come for one request does not go on for the next, and nothing goes on when the answer is sent.
func TestCorrectionInPiecesEndsWithItsRequest(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	who, id := w.sent(t, civic.Actor{})
	w.ask(id, proof)
	file := scan(200_000)
	p, err := w.AnnounceCorrection(ctx, who, "de", Announcement{Dossier: id, Pointer: proof, Name: "alt.pdf", Bytes: int64(len(file))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.append(who, p, 0, bytes.NewReader(file[:100_000])); err != nil {
		t.Fatal(err)
	}
	c, err := w.Correct(ctx, who, id, "de", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = w.Answer(ctx, who, id, "de", posted(c.Pages, nil)); err != nil || len(c.Problems) > 0 {
		t.Fatal(err, c.Problems)
	}
	_, err = w.append(who, p, 100_000, bytes.NewReader(file[100_000:]))
	code(t, err, civic.Conflict)
	w.ask(id, proof)
	if list, err := w.Partials(ctx, who, id, "de"); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	_, err = w.append(who, p, 100_000, bytes.NewReader(file[100_000:]))
	code(t, err, civic.NotFound)
}
