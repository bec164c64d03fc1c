package apply

import (
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// A file is where the answers refer to it, whatever row it came to; one that they do not name stays.
func TestFilesFollowTheirRows(t *testing.T) {
	file := func(id, pointer string) Attachment {
		return Attachment{Attachment: civic.Attachment{ID: id, BlobKey: "a/d/" + id, Pointer: pointer}}
	}
	urn := func(id string) string { return file(id, "").URN() }
	got := referred([]Attachment{file("1", "/hunde/2/foto"), file("2", "/belege"), file("3", "/weg"), file("4", "/a~1b/0")},
		formdef.Answers{"hunde": []any{map[string]any{}, map[string]any{"foto": urn("1")}}, "belege": []any{"x", urn("2")}, "a/b": []any{map[string]any{"c": urn("4")}}})
	for i, want := range []string{"/hunde/1/foto", "/belege", "/weg", "/a~1b/0/c"} {
		if got[i].Pointer != want {
			t.Errorf("file %d is at %s, not at %s", i+1, got[i].Pointer, want)
		}
	}
}

// In a correction a file keeps to its row when those above it, or its own, are removed after it came, not before.
func TestCorrectionFilesFollowTheirRows(t *testing.T) {
	const came = "attach:urn:uuid:1"
	for _, x := range []struct {
		steps []string
		want  string
	}{
		{nil, "/hunde/2/foto"},
		{[]string{"remove:/hunde/0", "remove:/hunde/0"}, "/hunde/2/foto"}, // its step is not known: another window's
		{[]string{"remove:/hunde/0", came}, "/hunde/2/foto"},
		{[]string{came, "add:/hunde", "remove:/hunde/0"}, "/hunde/1/foto"},
		{[]string{came, "remove:/hunde/3", "remove:/katzen/0"}, "/hunde/2/foto"},
		{[]string{came, "remove:/hunde/1", "remove:/hunde/1"}, ""},
	} {
		if got := followed("/hunde/2/foto", "urn:uuid:1", x.steps); got != x.want {
			t.Errorf("%v: the file is at %q, not at %q", x.steps, got, x.want)
		}
	}
}

// A dossier that invites and ends in a loop is told to wait; the next day it may again.
func TestInvitingIsBounded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.withGuests()
	owner, id := w.start(t, citizen("owner", civic.LevelBasic), "hundesteuer-anmeldung")
	invite := func() error { return w.InviteHelper(ctx, owner, Invite{Dossier: id, Label: "Frau Weber", Days: 7}) }
	for range maxInvites {
		code(t, invite(), "")
		h, err := w.Helpers(ctx, owner, id, "de")
		if err != nil {
			t.Fatal(err)
		}
		code(t, w.Uninvite(ctx, owner, id, h.Invited[0].ID), "")
	}
	code(t, invite(), civic.Invalid)
	w.clock = w.clock.AddDate(0, 0, 1)
	code(t, invite(), "")
}
