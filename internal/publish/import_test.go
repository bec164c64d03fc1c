package publish_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/publish"
)

const ferien = `{"title":"Ferienpass bestellen","type":"object","required":["name"],"properties":{"name":{"type":"string","title":"Name"},"alter":{"type":"integer","title":"Alter"}}}`

func foreign(t *testing.T, slug string, files ...string) *publish.Import {
	t.Helper()
	in := &publish.Import{Service: slug, Reserved: []string{"imprint"}}
	for _, f := range files {
		if err := in.Add("datei", strings.NewReader(f)); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// A form of another system becomes a draft with its report; nobody publishes it before it is mended.
func TestImportedFormsAreDraftsToMend(t *testing.T) {
	s, p := newPress(t)
	ctx, editor, publisher := t.Context(), person("e", civic.RoleEditor), person("p", civic.RolePublisher)
	fim, err := filepath.Glob("../formimport/testdata/xdf3-schwimmhalle/in/*.xml")
	if err != nil || len(fim) == 0 {
		t.Fatal(fim, err)
	}
	var schwimmhalle []string
	for _, name := range fim {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		schwimmhalle = append(schwimmhalle, string(raw))
	}
	for slug, in := range map[string]*publish.Import{"ferienpass-bestellen": foreign(t, "", ferien), "schwimmen": foreign(t, "schwimmen", schwimmhalle...)} {
		v, err := s.Import(ctx, editor, in)
		want(t, err, "")
		if v.Service != slug || v.Number == 0 {
			t.Errorf("%s is stored as %+v", slug, v)
		}
		open, err := s.Open(ctx, publisher, v.ID)
		want(t, err, "")
		if len(open.Findings) == 0 || !strings.Contains(open.Readme, "To mend before publishing") {
			t.Errorf("%s: %d findings, report %.80q", slug, len(open.Findings), open.Readme)
		}
		_, err = s.Publish(ctx, publisher, v.ID, false)
		want(t, err, civic.Conflict)
	}
	_, err = s.Import(ctx, editor, foreign(t, "", ferien))
	want(t, err, civic.Conflict) // it is there already
	if len(p.versions) != 2 {
		t.Errorf("%d versions", len(p.versions))
	}
}

func TestImportRefuses(t *testing.T) {
	s, p := newPress(t)
	ctx, editor := t.Context(), person("e", civic.RoleEditor)
	for name, in := range map[string]*publish.Import{"nothing": foreign(t, ""), "no form": foreign(t, "", "Hallo"), "another XML": foreign(t, "", "<html><body/></html>"),
		"a broken ZIP": foreign(t, "", "PK\x03\x04zip"), "a word of ours": foreign(t, "imprint", ferien), "a strange slug": foreign(t, "../x", ferien)} {
		if _, err := s.Import(ctx, editor, in); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Import(ctx, person("p", civic.RolePublisher), foreign(t, "", ferien))
	want(t, err, civic.Forbidden)
	big := &publish.Import{}
	want(t, big.Add("x", io.LimitReader(endless{}, publish.MaxForeign+1)), civic.TooLarge)
	if len(p.versions) != 0 {
		t.Errorf("%d versions", len(p.versions))
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("<"), len(p))), nil }
