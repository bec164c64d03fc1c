package main

import (
	"io/fs"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/sqlstore"
)

// knowsAll tells whether every shipped form version is stored already, which is so at every start but the first of a
// release. It costs a few milliseconds, reading the packages ten times that.
func knowsAll(stored []civic.FormVersion) (bool, error) {
	known, all := map[string]bool{}, true
	for _, v := range stored {
		known[v.Service+" "+v.Digest] = true
	}
	err := shippedForms(func(slug string, dir fs.FS) error {
		digest, err := formdef.Digest(dir)
		all = all && known[slug+" "+digest]
		return err
	})
	return all, err
}

// news is what a new release brings to an installation that is in use: the form versions (sqlstore.Seed says which take
// effect), and services that it has never had, switched on at the authorities that are there. Regions, authorities and
// what somebody switched off or took away stay as they are.
func news(data sqlstore.SeedData, tenants []civic.Tenant, stored []civic.FormVersion) sqlstore.SeedData {
	had, there := map[string]bool{}, map[string]bool{}
	for _, v := range stored {
		had[v.Service] = true
	}
	for _, t := range tenants {
		there[t.Slug] = true
	}
	out := sqlstore.SeedData{Versions: data.Versions}
	ours := map[string]bool{}
	for _, t := range data.Tenants {
		if there[t.Slug] { // Seed finds their stored ids by the slug, and stores none again
			out.Tenants, ours[t.ID] = append(out.Tenants, t), true
		}
	}
	for _, o := range data.Offerings {
		if ours[o.Tenant] && !had[o.Service] {
			out.Offerings = append(out.Offerings, o)
		}
	}
	return out
}
