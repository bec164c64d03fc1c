package publish_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/publish"
)

// press is the store, the directory and the journal in memory.
type press struct {
	versions []civic.FormVersion
	events   []civic.Event
	offers   []civic.Offering
	fresh    int
}

func (p *press) Versions(context.Context) ([]civic.FormVersion, error) {
	return slices.Clone(p.versions), nil
}

func (p *press) FormVersion(_ context.Context, id string) (civic.FormVersion, error) {
	for _, v := range p.versions {
		if v.ID == id {
			return v, nil
		}
	}
	return civic.FormVersion{}, civic.Errorf(civic.NotFound, "error.not_found")
}

func (p *press) CreateVersion(_ context.Context, v civic.FormVersion, ev civic.Event) (civic.FormVersion, error) {
	for _, o := range p.versions {
		if o.Digest == v.Digest {
			return v, civic.Errorf(civic.Conflict, "error.exists")
		}
	}
	v.Number = len(p.versions) + 1
	p.versions, p.events = append(p.versions, v), append(p.events, ev)
	return v, nil
}

func (p *press) PublishVersion(_ context.Context, v civic.FormVersion, offers []civic.Offering, ev civic.Event) error {
	p.offers = append(p.offers, offers...)
	for i := range p.versions {
		if p.versions[i].ID == v.ID {
			p.versions[i].Published, p.versions[i].ApprovedBy = v.Published, v.ApprovedBy
		}
	}
	p.events = append(p.events, ev)
	return nil
}

func (p *press) DeleteVersion(_ context.Context, id string, _ civic.Event) error {
	p.versions = slices.DeleteFunc(p.versions, func(v civic.FormVersion) bool { return v.ID == id })
	return nil
}
func (p *press) Pinned(context.Context, string) (int, int, error) { return 3, 1, nil }
func (p *press) AllTenants(context.Context) ([]civic.Tenant, error) {
	return []civic.Tenant{{ID: "J", Kind: civic.KindGemeinde}, {ID: "L", Kind: civic.KindLand, Slug: "thueringen"}}, nil
}
func (p *press) Ordinary(ctx context.Context, level civic.RegionLevel, every bool) ([]civic.Tenant, error) {
	if level != civic.RegionGemeinde || every {
		return p.AllTenants(ctx)
	}
	return []civic.Tenant{{ID: "J"}, {ID: "G"}}, nil
}
func (p *press) Invalidate() { p.fresh++ }
func (p *press) TenantEvents(_ context.Context, _, _ string, limit int) ([]civic.Event, error) {
	return p.events[:min(len(p.events), limit)], nil
}

func newPress(t *testing.T) (*publish.Service, *press) {
	t.Helper()
	p := &press{}
	n := 0
	return publish.New(publish.Deps{Store: p, Directory: p, Journal: p, Now: func() time.Time { return time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC) },
		NewID: func() string { n++; return fmt.Sprintf("v%d", n) }}), p
}

func person(id string, roles ...civic.Role) civic.Actor {
	return civic.Actor{Staff: &civic.Staff{ID: id, Roles: map[string][]civic.Role{"L": roles}}}
}

func want(t *testing.T, err error, code civic.Code) {
	t.Helper()
	if civic.CodeOf(err) != code {
		t.Fatalf("error %v, want code %q", err, code)
	}
}

// entry is a file of a ZIP to upload.
type entry struct{ name, body string }

// shipped is a package of the product, below a folder, with some files changed.
func shipped(t *testing.T, folder string, change func(name, body string) string) []entry {
	t.Helper()
	src := os.DirFS("../../forms/hundesteuer-anmeldung")
	var out []entry
	err := fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(src, name)
		if err != nil {
			return err
		}
		body := string(raw)
		if change != nil {
			body = change(name, body)
		}
		out = append(out, entry{folder + name, body})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func packed(t *testing.T, files []entry) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f.name)
		if err == nil {
			_, err = io.WriteString(e, f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestTwoPersonsPublish(t *testing.T) {
	s, p := newPress(t)
	ctx := t.Context()
	both, second := person("anna", civic.RoleEditor, civic.RolePublisher), person("bert", civic.RolePublisher)
	up := publish.Upload{Name: "paket.zip", Body: packed(t, shipped(t, "hundesteuer-anmeldung/", nil))}
	r, err := s.Upload(ctx, both, up)
	want(t, err, "")
	if len(r.Findings) != 0 || r.Service != "hundesteuer-anmeldung" || r.Version.Number != 1 || len(r.Trials) < 8 {
		t.Fatalf("%s %v, %d samples, findings %v", r.Service, r.Version.Number, len(r.Trials), r.Findings)
	}
	id := r.Version.ID
	_, err = s.Publish(ctx, both, id, false)
	want(t, err, civic.Forbidden)
	_, err = s.Publish(ctx, person("clara", civic.RoleEditor, civic.RoleAuditor), id, false)
	want(t, err, civic.Forbidden)
	_, err = s.Publish(ctx, second, id, false)
	want(t, err, "")
	if p.versions[0].ApprovedBy != "bert" || p.fresh == 0 {
		t.Errorf("approved by %q", p.versions[0].ApprovedBy)
	}
	_, err = s.Publish(ctx, second, id, false)
	want(t, err, civic.Conflict)
	want(t, s.Reject(ctx, both, id), civic.Conflict)
	// The same again is refused; with a changed text it is a version that tells what changed.
	_, err = s.Upload(ctx, both, publish.Upload{Body: packed(t, shipped(t, "hundesteuer-anmeldung/", nil))})
	want(t, err, civic.Conflict)
	changed := shipped(t, "", func(name, body string) string {
		if name == "form.yaml" {
			return strings.Replace(body, "filePrefix: ", "filePrefix: X", 1)
		}
		return body
	})
	r, err = s.Upload(ctx, both, publish.Upload{Service: "hundesteuer-anmeldung", Body: packed(t, changed)})
	want(t, err, "")
	v, err := s.Open(ctx, person("clara", civic.RoleAuditor), r.Version.ID)
	want(t, err, "")
	if len(v.Changes) == 0 || v.Against == nil || v.Against.ID != id || v.Drafts != 3 || v.Cases != 1 || v.Own {
		t.Errorf("changes %v against %v, %d drafts, %d cases", v.Changes, v.Against, v.Drafts, v.Cases)
	}
	want(t, s.Reject(ctx, second, r.Version.ID), "")
	events, next, err := s.Events(ctx, person("clara", civic.RoleAuditor), "")
	if err != nil || next != "" || events[0].Kind != "form.uploaded" {
		t.Errorf("%v %q %v", events, next, err)
	}
}

// A service that is new to the platform is offered by nobody, or, when the publisher says so, by all that are responsible;
// a later version never touches what authorities have decided.
func TestOfferEverywhere(t *testing.T) {
	for everywhere, offered := range map[bool]int{false: 0, true: 2} {
		s, p := newPress(t)
		ctx, second := t.Context(), person("bert", civic.RolePublisher)
		r, err := s.Upload(ctx, person("anna", civic.RoleEditor), publish.Upload{Body: packed(t, shipped(t, "hundesteuer-anmeldung/", nil))})
		want(t, err, "")
		v, err := s.Open(ctx, second, r.Version.ID)
		want(t, err, "")
		if !v.First || len(v.Responsible) != 2 {
			t.Fatalf("first %v, responsible %v", v.First, v.Responsible)
		}
		_, err = s.Publish(ctx, second, r.Version.ID, everywhere)
		want(t, err, "")
		if len(p.offers) != offered {
			t.Errorf("everywhere %v: %+v", everywhere, p.offers)
		}
		for _, o := range p.offers {
			if !o.Enabled || o.Service != "hundesteuer-anmeldung" || o.Tenant != "J" && o.Tenant != "G" {
				t.Errorf("%+v", o)
			}
		}
		if got := p.events[len(p.events)-1].Data["offered"]; (got == "2") != everywhere {
			t.Errorf("the event says %q", got)
		}
		r, err = s.Upload(ctx, person("anna", civic.RoleEditor), publish.Upload{Service: "hundesteuer-anmeldung", Body: packed(t, shipped(t, "", func(name, body string) string {
			return strings.Replace(body, "filePrefix: ", "filePrefix: X", 1)
		}))})
		want(t, err, "")
		_, err = s.Publish(ctx, second, r.Version.ID, true)
		want(t, err, civic.Conflict)
		if v, err = s.Open(ctx, second, r.Version.ID); err != nil || v.First || v.Responsible != nil {
			t.Errorf("the next version: first %v, %v, %v", v.First, v.Responsible, err)
		}
	}
}

func TestStrangersSeeNoForms(t *testing.T) {
	s, _ := newPress(t)
	town := civic.Actor{Staff: &civic.Staff{ID: "x", Roles: map[string][]civic.Role{"J": {civic.RoleEditor, civic.RolePublisher, civic.RoleAdmin}}}}
	for _, c := range []struct {
		who  civic.Actor
		code civic.Code
	}{{civic.Actor{}, civic.NotFound}, {town, civic.NotFound}, {person("x", civic.RoleClerk), civic.Forbidden}} {
		_, err := s.Lines(t.Context(), c.who)
		want(t, err, c.code)
		_, err = s.Upload(t.Context(), c.who, publish.Upload{Body: strings.NewReader("")})
		want(t, err, c.code)
		_, err = s.Publish(t.Context(), c.who, "v1", false)
		want(t, err, c.code)
		_, _, err = s.Events(t.Context(), c.who, "")
		want(t, err, c.code)
	}
	_, err := s.Upload(t.Context(), person("x", civic.RolePublisher), publish.Upload{Body: strings.NewReader("")})
	want(t, err, civic.Forbidden)
}

func TestFaultyPackagesSayEverything(t *testing.T) {
	s, p := newPress(t)
	editor := person("anna", civic.RoleEditor)
	for name, change := range map[string]func(name, body string) string{
		"unknown key":   func(n, b string) string { return b + map[bool]string{true: "\nunbekannt: 1\n"}[n == "form.yaml"] },
		"broken schema": func(n, b string) string { return strings.Replace(b, `"type"`, `"typ`, boolInt(n == "schema.json")) },
		"file by $ref": func(n, b string) string {
			return strings.Replace(b, `{`, `{"$ref":"file:///etc/passwd",`, boolInt(n == "schema.json"))
		},
		"lying sample": func(n, b string) string {
			return strings.ReplaceAll(b, `"expect": "valid"`, `"expect": [{"pointer":"/x","keyword":"required"}]`)
		},
		"dangling scope": func(n, b string) string {
			return strings.Replace(b, "#/properties/", "#/properties/nix/", boolInt(n == "ui.json"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := s.Upload(t.Context(), editor, publish.Upload{Body: packed(t, shipped(t, "hundesteuer-anmeldung/", change))})
			want(t, err, "")
			if len(r.Findings) == 0 || r.Findings[0].Text == "" {
				t.Error("nothing found")
			}
		})
	}
	if len(p.versions) != 0 {
		t.Errorf("stored %d", len(p.versions))
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestBadArchives(t *testing.T) {
	s, _ := newPress(t)
	many := make([]entry, 501)
	for i := range many {
		many[i] = entry{fmt.Sprintf("f/%d", i), "x"}
	}
	for name, c := range map[string]struct {
		body io.Reader
		code civic.Code
	}{
		"no zip":        {strings.NewReader("PK no"), civic.Invalid},
		"empty":         {strings.NewReader(""), civic.Invalid},
		"parent path":   {packed(t, []entry{{"../../etc/passwd", "x"}}), civic.Invalid},
		"absolute path": {packed(t, []entry{{"/etc/passwd", "x"}}), civic.Invalid},
		"backslash":     {packed(t, []entry{{`a\..\b`, "x"}}), civic.Invalid},
		"twice":         {packed(t, []entry{{"f/a", "x"}, {"f/a", "y"}}), civic.Invalid},
		"bomb":          {packed(t, []entry{{"f/a", strings.Repeat("0", 11<<20)}}), civic.TooLarge},
		"many files":    {packed(t, many), civic.TooLarge},
		"large":         {io.LimitReader(zeros{}, 3<<20), civic.TooLarge},
		"bad name":      {packed(t, []entry{{"Böse/a", "x"}}), civic.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Upload(t.Context(), person("anna", civic.RoleEditor), publish.Upload{Body: c.body})
			want(t, err, c.code)
		})
	}
	_, err := s.Upload(t.Context(), person("anna", civic.RoleEditor), publish.Upload{Service: "imprint", Reserved: []string{"imprint"}, Body: packed(t, []entry{{"a", "x"}})})
	want(t, err, civic.Invalid)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// FuzzUpload looks for archives that crash the examination.
func FuzzUpload(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"hund/form.yaml", "hund/schema.json"} {
		if e, err := w.Create(name); err == nil {
			_, _ = e.Write([]byte("{}"))
		}
	}
	_ = w.Close()
	f.Add(b.Bytes())
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := &press{}
		s := publish.New(publish.Deps{Store: p, Directory: p, Journal: p, Now: time.Now, NewID: func() string { return "v" }})
		r, err := s.Upload(t.Context(), person("anna", civic.RoleEditor), publish.Upload{Name: "hund.zip", Body: bytes.NewReader(raw)})
		if err == nil && len(r.Findings) == 0 && len(p.versions) == 0 {
			t.Error("neither stored nor explained")
		}
	})
}
