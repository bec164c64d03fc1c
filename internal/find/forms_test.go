package find

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// shelves is a store of one authority that offers one service, with one overlay.
type shelves struct {
	pack     []byte
	overlays map[int64][]byte
	version  int64
	fails    error
	reads    int
	asked    atomic.Int64 // for packages of versions
}

func (s *shelves) DirectoryVersion(context.Context) (int64, error) { return s.version, s.fails }
func (s *shelves) Tenants(context.Context) ([]civic.Tenant, error) {
	s.reads++
	return []civic.Tenant{{ID: "t", Slug: "jena", Name: "Stadt Jena", Kind: civic.KindKreisfrei, Live: true}, {ID: "u", Slug: "still", Name: "Still"}}, s.fails
}
func (s *shelves) Regions(context.Context) ([]civic.Region, error) { return nil, nil }
func (s *shelves) PublishedVersions(context.Context) ([]civic.FormVersion, error) {
	return []civic.FormVersion{{ID: "v1", Service: "hundesteuer-anmeldung", Number: 1, Package: s.pack}}, nil
}
func (s *shelves) Offerings(context.Context) ([]civic.Offering, error) {
	return []civic.Offering{{Tenant: "t", Service: "hundesteuer-anmeldung", Enabled: true, OverlayVersion: 2}, {Tenant: "u", Service: "hundesteuer-anmeldung", Enabled: true}}, nil
}
func (s *shelves) FormVersion(_ context.Context, id string) (civic.FormVersion, error) {
	s.asked.Add(1)
	if id == "v1" {
		return civic.FormVersion{ID: "v1", Service: "hundesteuer-anmeldung", Number: 1, Package: s.pack}, nil
	}
	return civic.FormVersion{}, civic.Errorf(civic.NotFound, "error.not_found")
}
func (s *shelves) Overlay(_ context.Context, tenant, _ string, version int64) ([]byte, error) {
	raw, ok := s.overlays[version]
	if !ok || tenant != "t" {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return raw, s.fails
}

func newShelves(t *testing.T) (*shelves, *Service, *time.Time) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(os.DirFS("../../forms/hundesteuer-anmeldung")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	store := &shelves{pack: b.Bytes(), overlays: map[int64][]byte{2: []byte(`{}`)}, version: 1}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return store, New(Deps{Store: store, Now: func() time.Time { return now }}), &now
}

// A form that many ask for at the same moment is read and compiled once.
func TestCompiledOnce(t *testing.T) {
	store, s, _ := newShelves(t)
	var all sync.WaitGroup
	forms := make([]*formdef.Form, 16)
	for i := range forms {
		all.Go(func() { forms[i], _ = s.Form(t.Context(), "hundesteuer-anmeldung") })
	}
	all.Wait()
	for _, f := range forms {
		if f == nil || f != forms[0] {
			t.Fatal("not everybody got the same form")
		}
	}
	if n := store.asked.Load(); n != 1 {
		t.Errorf("the package was read %d times", n)
	}
}

func TestPinnedForms(t *testing.T) {
	store, s, _ := newShelves(t)
	const service = "hundesteuer-anmeldung"
	_, current, pins, err := s.Current(t.Context(), "t", service)
	if err != nil || pins != (civic.Pins{Version: "v1", Overlay: 2}) {
		t.Fatalf("%+v, %v", pins, err)
	}
	again, err := s.Pinned(t.Context(), "t", service, pins)
	if err != nil || again != current {
		t.Errorf("not from the cache: %v", err)
	}
	for tenant, name := range map[string]string{"u": "not live", "x": "unknown"} {
		if _, _, _, err := s.Current(t.Context(), tenant, service); civic.CodeOf(err) != civic.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A forwarded case keeps the overlay of the authority where it was sent, whatever its new one has under that number.
	f, err := s.Pinned(t.Context(), "u", service, civic.Pins{Version: "v1", Overlay: 2, OverlayTenant: "t"})
	if err != nil || f != current {
		t.Errorf("a forwarded case has another form: %v", err)
	}
	if _, err := s.Pinned(t.Context(), "u", service, civic.Pins{Version: "v1", Overlay: 2}); err == nil || civic.CodeOf(err) == civic.NotFound {
		t.Errorf("an overlay that is not there: %v", err)
	}
	if _, err := s.Pinned(t.Context(), "t", service, civic.Pins{Version: "gone"}); civic.CodeOf(err) != civic.NotFound {
		t.Errorf("an unknown version: %v", err)
	}
	store.overlays[3], store.fails = []byte(`{}`), civic.Errorf(civic.Unavailable, "error.unavailable")
	if _, err := s.Pinned(t.Context(), "t", service, civic.Pins{Version: "v1", Overlay: 3}); civic.CodeOf(err) != civic.Unavailable {
		t.Errorf("a store that is down: %v", err)
	}
}

// The directory is read anew when the store has a newer one, and an old one outlives a store that is down.
func TestDirectoryIsRenewed(t *testing.T) {
	store, s, now := newShelves(t)
	ask := func(want int) {
		t.Helper()
		if _, err := s.Tenant(t.Context(), "jena"); err != nil || store.reads != want {
			t.Errorf("%v, read %d times, not %d", err, store.reads, want)
		}
	}
	ask(1)
	store.version = 2
	ask(1)
	*now = now.Add(time.Second)
	ask(2)
	store.version = 3
	s.Invalidate()
	ask(3)
	store.fails = civic.Errorf(civic.Unavailable, "error.unavailable")
	*now = now.Add(time.Second)
	ask(3)
}
