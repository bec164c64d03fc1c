package main

import (
	"context"
	"log/slog"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/find"
	"antragswerk/internal/sqlstore"
)

// house is a platform with keys, a real SQLite database and nothing else.
func house(t *testing.T) *platform {
	t.Helper()
	cfg, err := loadConfig([]string{"DATA_DIR=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{cfg: cfg, log: slog.New(slog.DiscardHandler)}
	for _, step := range []func(context.Context) error{p.openVault, p.openStore} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = p.store.Close() })
	p.find = find.New(find.Deps{Store: p.store, Now: now})
	return p
}

// TestAReleaseBringsItsServices: an installation of an older release gets the new services, switched on where they
// belong, and the new versions of those that it left as they were shipped; what it made or took away itself stays.
func TestAReleaseBringsItsServices(t *testing.T) {
	p, ctx := house(t), t.Context()
	old, err := newProduct(now(), newID, p.vault.NewTenantKey)
	if err != nil {
		t.Fatal(err)
	}
	const late, renewed, own, gone = "geburtsurkunde", "hundesteuer-anmeldung", "bewohnerparkausweis", "kreis-gotha"
	released := old
	old.Versions, old.Offerings, old.Tenants = nil, nil, nil
	jena := ""
	for _, x := range released.Tenants {
		if x.Slug == "jena" {
			jena = x.ID
		}
		if x.Slug != gone {
			old.Tenants = append(old.Tenants, x)
		}
	}
	for _, v := range released.Versions {
		switch v.Service {
		case late:
			continue
		case renewed:
			v.Digest = "the digest of last year"
		case own:
			v.Digest, v.CreatedBy = "made by the state", "editor"
		}
		old.Versions = append(old.Versions, v)
	}
	there := map[string]bool{}
	for _, x := range old.Tenants {
		there[x.ID] = true
	}
	for _, o := range released.Offerings {
		if o.Service == renewed && o.Tenant == jena {
			continue // Jena does not offer it
		}
		if o.Service != late && there[o.Tenant] {
			old.Offerings = append(old.Offerings, o)
		}
	}
	if err := p.store.Seed(ctx, old); err != nil {
		t.Fatal(err)
	}
	before := offersOf(t, p)
	if err := p.plant(ctx); err != nil {
		t.Fatal(err)
	}
	after := offersOf(t, p)
	if got, want := after[late]["jena"], true; got != want || len(after[late]) != len(after[own]) {
		t.Errorf("%s is offered in Jena: %t, by %d authorities, want %d", late, got, len(after[late]), len(after[own]))
	}
	if len(after[renewed]) != len(before[renewed]) || after[renewed]["jena"] {
		t.Errorf("%s is offered by %d authorities, before by %d; in Jena: %t", renewed, len(after[renewed]), len(before[renewed]), after[renewed]["jena"])
	}
	if _, err := p.find.Tenant(ctx, gone); err == nil {
		t.Errorf("%s is back", gone)
	}
	versions, err := p.store.Versions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	effective := map[string][]civic.FormVersion{}
	for _, v := range versions {
		if !v.Published.IsZero() && v.Retired.IsZero() {
			effective[v.Service] = append(effective[v.Service], v)
		}
	}
	for service, want := range map[string]int{late: 1, renewed: 2, own: 1, "gewerbeanmeldung": 1} {
		if got := effective[service]; len(got) != 1 || got[0].Number != want {
			t.Errorf("%s: %d versions in force, %+v, want number %d", service, len(got), got, want)
		}
	}
	if effective[own][0].CreatedBy != "editor" {
		t.Error("the shipped version took the place of the state's own")
	}
	changed, err := p.store.DirectoryVersion(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.plant(ctx); err != nil {
		t.Fatal(err)
	}
	if again, err := p.store.DirectoryVersion(ctx); err != nil || again != changed {
		t.Errorf("the next start changed the directory: %d, %d (%v)", changed, again, err)
	}
}

// offersOf lists who has which service switched on: service → slug.
func offersOf(t *testing.T, p *platform) map[string]map[string]bool {
	t.Helper()
	slugs := map[string]string{}
	tenants, err := p.store.Tenants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range tenants {
		slugs[x.ID] = x.Slug
	}
	offers, err := p.store.Offerings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]bool{}
	for _, o := range offers {
		if out[o.Service] == nil {
			out[o.Service] = map[string]bool{}
		}
		out[o.Service][slugs[o.Tenant]] = o.Enabled
	}
	return out
}

func TestAnEmptyDatabaseGetsEverything(t *testing.T) {
	p := house(t)
	if err := p.plant(t.Context()); err != nil {
		t.Fatal(err)
	}
	tenants, err := p.store.Tenants(t.Context())
	if err != nil || len(tenants) != 665 {
		t.Errorf("%d authorities (%v), want 665", len(tenants), err)
	}
	known, err := knowsAll(mustVersions(t, p.store))
	if err != nil || !known {
		t.Errorf("after the first start something is missing: %v", err)
	}
}

func mustVersions(t *testing.T, s *sqlstore.Store) []civic.FormVersion {
	t.Helper()
	v, err := s.Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}
