package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strconv"
	"time"

	"antragswerk/forms"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/sqlstore"
)

// asOf is the date of the regional table that is shipped (Gebietsstand).
var asOf = time.Date(2025, 8, 31, 0, 0, 0, 0, time.UTC)

// stateARS and stateSlug are the Land that this installation serves.
const (
	stateARS  = "16"
	stateSlug = "thueringen"
)

// product is what a new installation begins with: regions, authorities, services, and every service switched on where
// it belongs.
type product struct {
	now    time.Time
	newID  func() string
	newKey func(tenant string) ([]byte, error)
	atlas  civic.Atlas
	data   sqlstore.SeedData
	byARS  map[string]string // ARS → tenant id
}

// newProduct reads what is embedded and makes rows of it.
func newProduct(now time.Time, newID func() string, newKey func(string) ([]byte, error)) (sqlstore.SeedData, error) {
	p := &product{now: now, newID: newID, newKey: newKey, atlas: civic.Atlas{}, byARS: map[string]string{}}
	for _, step := range []func() error{p.regions, p.tenants, p.services} {
		if err := step(); err != nil {
			return sqlstore.SeedData{}, fmt.Errorf("product data: %w", err)
		}
	}
	return p.data, nil
}

// table reads a CSV file into rows by column name.
func table(name string) ([]map[string]string, error) {
	f, err := forms.Files.Open("regions/" + name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[all[0][i]] = cell
		}
		out = append(out, row)
	}
	return out, nil
}

func (p *product) regions() error {
	p.addRegion(civic.Region{ARS: stateARS, Name: "Thüringen", Level: civic.RegionLand, Kind: "land", Slug: stateSlug})
	kreise, err := table("kreise.csv")
	if err != nil {
		return err
	}
	for _, r := range kreise {
		p.addRegion(civic.Region{ARS: r["key"], Name: r["name"], Level: civic.RegionKreis, Kind: r["kind"], Kreis: r["key"], Slug: r["slug"], Inhabitants: number(r["einwohner"])})
	}
	bonds, err := table("verbaende.csv")
	if err != nil {
		return err
	}
	for _, r := range bonds {
		p.addRegion(civic.Region{ARS: r["key"], Name: r["name"], Level: civic.RegionVerband, Kind: r["kind"], Kreis: r["key"][:5], Fulfilling: r["erfuellende"], Slug: r["slug"]})
	}
	towns, err := table("gemeinden.csv")
	if err != nil {
		return err
	}
	for _, r := range towns {
		p.addRegion(civic.Region{ARS: r["ars"], Name: r["name"], Level: civic.RegionGemeinde, Kind: r["kind"], Kreis: r["kreis"], Verband: r["verband"],
			Zip: r["plz"], Inhabitants: number(r["einwohner"]), Slug: r["slug"]})
	}
	return nil
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func (p *product) addRegion(r civic.Region) {
	r.ValidFrom = asOf
	p.atlas[r.ARS] = r
	p.data.Regions = append(p.data.Regions, r)
}

// tenants makes one authority of each region that acts: a kreisfreie Stadt is one for both of its levels, and an
// erfüllende Gemeinde one for itself and its members.
func (p *product) tenants() error {
	for _, r := range p.data.Regions {
		t := civic.Tenant{Slug: r.Slug, ARS: r.ARS, Live: true, Created: p.now}
		switch {
		case r.Level == civic.RegionLand:
			t.Kind, t.Name = civic.KindLand, "Freistaat Thüringen"
		case r.Level == civic.RegionKreis && r.Kind != "kreisfreie-stadt":
			t.Kind, t.Name = civic.KindKreis, kreisName(r.Name)
		case r.Kind == "vg":
			t.Kind, t.Name = civic.KindVG, "Verwaltungsgemeinschaft "+r.Name
		case r.Level == civic.RegionGemeinde:
			t.Kind, t.Name = civic.KindGemeinde, townName(r)
			if r.Kind == "kreisfreie-stadt" {
				t.Kind = civic.KindKreisfrei
			}
			t.Profile.Zip, t.Profile.City = r.Zip, r.Name
		default:
			continue
		}
		t.ID = p.newID()
		key, err := p.newKey(t.ID)
		if err != nil {
			return fmt.Errorf("key of %s: %w", t.Slug, err)
		}
		t.Key = key
		p.byARS[t.ARS] = t.ID
		p.data.Tenants = append(p.data.Tenants, t)
	}
	return nil
}

// kreisName writes "Landkreis Gotha", but "Wartburgkreis" and "Ilm-Kreis" as they are called.
func kreisName(name string) string {
	for _, end := range []string{"kreis", "Kreis", "Land"} {
		if len(name) > len(end) && name[len(name)-len(end):] == end {
			return name
		}
	}
	return "Landkreis " + name
}

func townName(r civic.Region) string {
	if r.Kind == "gemeinde" {
		return "Gemeinde " + r.Name
	}
	return "Stadt " + r.Name
}

// services are the shipped form packages, published, and switched on in every authority that is responsible.
func (p *product) services() error {
	return shippedForms(func(slug string, dir fs.FS) error {
		pkg, err := formdef.Load(slug, dir)
		if err != nil {
			return err
		}
		raw, err := zipped(dir)
		if err != nil {
			return err
		}
		p.data.Versions = append(p.data.Versions, civic.FormVersion{ID: p.newID(), Service: slug, Number: 1, Digest: pkg.Digest, Package: raw,
			CreatedBy: "shipped", ApprovedBy: "shipped", Created: p.now, Published: p.now})
		p.offer(pkg)
		return nil
	})
}

// shippedForms visits the folders of the form packages that are embedded, in the order of their names.
func shippedForms(visit func(slug string, dir fs.FS) error) error {
	dirs, err := fs.ReadDir(forms.Files, ".")
	if err != nil {
		return err
	}
	for _, d := range dirs {
		if !d.IsDir() || d.Name() == "regions" {
			continue
		}
		sub, err := fs.Sub(forms.Files, d.Name())
		if err == nil {
			err = visit(d.Name(), sub)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name(), err)
		}
	}
	return nil
}

func (p *product) offer(pkg *formdef.Package) {
	who := p.atlas.Ordinary(civic.RegionLevel(pkg.Service.Level))
	for _, t := range p.data.Tenants {
		if who[t.ARS] || pkg.Service.EveryAuthority {
			p.data.Offerings = append(p.data.Offerings, civic.Offering{Tenant: t.ID, Service: pkg.Slug, Enabled: true, Updated: p.now})
		}
	}
}

// zipped packs a folder; equal folders give equal bytes.
func zipped(dir fs.FS) ([]byte, error) {
	var names []string
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range names {
		if err := addFile(z, dir, name); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func addFile(z *zip.Writer, dir fs.FS, name string) error {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}
