package main

import (
	"context"
	"io"
	"slices"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
)

// What was made stands at the desk like what citizens sent: its form accepts the answers, the receipt's signature holds, it is found
// by its number. Going on after an interruption makes only what is missing.
func TestFill(t *testing.T) {
	for name, light := range map[string]bool{"whole": false, "light": true} {
		t.Run(name, func(t *testing.T) { testFill(t, light) })
	}
}

func testFill(t *testing.T, light bool) {
	p, ctx := house(t), t.Context()
	for _, step := range []func(context.Context) error{p.plant, p.openBlobs, p.joinUseCases} {
		if err := step(ctx); err != nil {
			t.Fatal(err)
		}
	}
	o := fillOptions{cases: 700, largest: 600, tenants: []string{"jena", "gera"}, seed: 3, light: light}
	count := func() (n int) {
		jena, err := p.find.Tenant(ctx, "jena")
		if err != nil {
			t.Fatal(err)
		}
		counts, err := p.store.Counts(ctx, jena.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			n += c
		}
		return n
	}
	for range 2 {
		if err := p.fill(ctx, o, io.Discard); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 600 {
			t.Fatalf("%d cases, want 600", n)
		}
	}
	o.cases, o.largest = 1300, 1200
	if err := p.fill(ctx, o, io.Discard); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1200 {
		t.Errorf("%d cases after going on, want 1200", n)
	}
	jena, err := p.find.Tenant(ctx, "jena")
	if err != nil {
		t.Fatal(err)
	}
	who := civic.Actor{Staff: &civic.Staff{ID: "x", Name: "Klara Akte", Roles: map[string][]civic.Role{jena.ID: {civic.RoleClerk}}}}
	in, err := p.clerk.Inbox(ctx, who, jena.ID, clerk.Ask{View: civic.ViewAll})
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]bool{}
	for _, row := range in.Rows {
		services[row.Case.Service] = true
		f, err := p.clerk.Open(ctx, who, jena.ID, row.Case.ID, "de")
		if err != nil {
			t.Fatal(err)
		}
		sub := f.Latest().Submission
		if len(f.Latest().Sections) == 0 || !p.vault.Verify(sub.SignedReceipt().Message(), sub.Receipt) {
			t.Errorf("%s has no answers or a wrong receipt", row.Case.FileNumber)
		}
		k := civic.Keys{Tenant: jena.ID, TenantKey: jena.Key, Dossier: f.Dossier.ID, DossierKey: f.Dossier.Key}
		frozen, err := p.vault.Open(k, "answers", sub.Answers)
		if err != nil {
			t.Fatal(err)
		}
		if problems := f.Form.Accepts(frozen, sub.Created); slices.ContainsFunc(problems, func(x formdef.Problem) bool { return x.Keyword != "x-date" }) {
			t.Errorf("%s: %v", row.Case.Service, problems)
		}
		found, err := p.clerk.Inbox(ctx, who, jena.ID, clerk.Ask{Filter: &civic.ViewFilter{Search: row.Case.FileNumber}})
		if err != nil || len(found.Rows) != 1 {
			t.Errorf("%s finds %d cases, %v", row.Case.FileNumber, len(found.Rows), err)
		}
	}
	if len(services) < 5 {
		t.Errorf("cases of %d services only", len(services))
	}
}

// The parts add up, and nobody is left without.
func TestFillSizes(t *testing.T) {
	for _, c := range []struct{ cases, largest, n int }{{1_000_000, 500_000, 664}, {10_000_000, 1_000_000, 664}, {700, 600, 2}, {10, 5, 664}, {5, 5, 1}} {
		sizes, sum := fillSizes(c.cases, c.largest, c.n), 0
		for _, s := range sizes {
			sum += s
		}
		if sum != c.cases || slices.Min(sizes) < 0 || sizes[0] != max(c.largest, c.cases*(2-min(c.n, 2))) {
			t.Errorf("%+v: %d in all, first %d, least %d", c, sum, sizes[0], slices.Min(sizes))
		}
	}
}
