package find

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"archive/zip"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// directory is everything public at one moment. It is never changed after it was built.
type directory struct {
	version int64
	atlas   civic.Atlas
	tenants []civic.Tenant // by name
	bySlug  map[string]civic.Tenant
	byID    map[string]civic.Tenant
	byARS   map[string]civic.Tenant
	offers  map[offerKey]civic.Offering
	topics  []Topic // by German name
	byTopic map[string]int
	words   []wordsOf
	places  placeIndex
	members map[string][]civic.Region // tenant id → the places that it acts for besides its own
}

type offerKey struct{ tenant, service string }

// Topic is a published service with its newest form.
type Topic struct {
	civic.Service
	Version civic.FormVersion // without the package
	Package *formdef.Package  // what it says of itself: Service and Form alone
}

// Name is the service's name in a language.
func (t Topic) Name(lang string) string { return t.Package.Service.Name.In(lang) }

// Modules are the text modules in a language, falling back to German.
func (t Topic) Modules(lang string) formdef.Modules { return t.Package.Service.ModulesIn(lang) }

func readDirectory(ctx context.Context, store Store, version int64, before *directory) (*directory, error) {
	d := &directory{version: version, atlas: civic.Atlas{}, bySlug: map[string]civic.Tenant{}, byID: map[string]civic.Tenant{},
		byARS: map[string]civic.Tenant{}, offers: map[offerKey]civic.Offering{}, byTopic: map[string]int{}, members: map[string][]civic.Region{}}
	var err error
	if d.tenants, err = store.Tenants(ctx); err != nil {
		return nil, fmt.Errorf("find: tenants: %w", err)
	}
	regions, err := store.Regions(ctx)
	if err != nil {
		return nil, fmt.Errorf("find: regions: %w", err)
	}
	offers, err := store.Offerings(ctx)
	if err != nil {
		return nil, fmt.Errorf("find: offerings: %w", err)
	}
	versions, err := store.PublishedVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("find: versions: %w", err)
	}
	slices.SortFunc(d.tenants, func(a, b civic.Tenant) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	for _, t := range d.tenants {
		d.bySlug[t.Slug], d.byID[t.ID] = t, t
		if t.ARS != "" {
			d.byARS[t.ARS] = t
		}
	}
	for _, o := range offers {
		d.offers[offerKey{o.Tenant, o.Service}] = o
	}
	for _, r := range regions {
		d.atlas[r.ARS] = r
	}
	if d.topics, err = readTopics(versions, before); err != nil {
		return nil, err
	}
	d.finish(regions)
	return d, nil
}

// readTopics reads the versions, as many at once as there are processors. One that the directory before had is taken
// from there, since a version never changes.
func readTopics(versions []civic.FormVersion, before *directory) ([]Topic, error) {
	topics, errs := make([]Topic, len(versions)), make([]error, len(versions))
	known := map[string]Topic{}
	if before != nil {
		for _, t := range before.topics {
			known[t.Version.ID] = t
		}
	}
	var work sync.WaitGroup
	seats := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, v := range versions {
		if t, ok := known[v.ID]; ok {
			v.Package = nil
			t.Version = v
			topics[i] = t
			continue
		}
		seats <- struct{}{}
		work.Go(func() {
			topics[i], errs[i] = readTopic(v)
			<-seats
		})
	}
	work.Wait()
	return topics, errors.Join(errs...)
}

// readTopic reads what a published version says of itself; its form is compiled when somebody asks for it.
func readTopic(v civic.FormVersion) (Topic, error) {
	p, err := load(v)
	if err != nil {
		return Topic{}, err
	}
	v.Package = nil
	return Topic{Service: civic.Service{Slug: v.Service, LeiKa: p.Service.LeiKa, Level: civic.RegionLevel(p.Service.Level),
		Every: p.Service.EveryAuthority, Delegable: p.Service.Delegable}, Version: v, Package: &formdef.Package{Service: p.Service, Form: p.Form}}, nil
}

func load(v civic.FormVersion) (*formdef.Package, error) {
	z, err := zip.NewReader(bytes.NewReader(v.Package), int64(len(v.Package)))
	if err != nil {
		return nil, fmt.Errorf("find: package of %s version %d: %w", v.Service, v.Number, err)
	}
	p, err := formdef.Load(v.Service, z)
	if err != nil {
		return nil, fmt.Errorf("find: package of %s version %d: %w", v.Service, v.Number, err)
	}
	return p, nil
}

// Compile unpacks and compiles a version.
func Compile(v civic.FormVersion) (*formdef.Package, *formdef.Form, error) {
	p, err := load(v)
	if err != nil {
		return nil, nil, err
	}
	form, err := formdef.Compile(p)
	if err != nil {
		return nil, nil, fmt.Errorf("find: form of %s version %d: %w", v.Service, v.Number, err)
	}
	return p, form, nil
}

// finish builds what is looked up: topics by slug, search words, places, members.
func (d *directory) finish(regions []civic.Region) {
	slices.SortFunc(d.topics, func(a, b Topic) int { return cmp.Compare(fold(a.Name("de")), fold(b.Name("de"))) })
	for i, t := range d.topics {
		d.byTopic[t.Slug] = i
		d.words = append(d.words, wordsOfTopic(t))
	}
	d.places = newPlaceIndex(regions, d.atlas)
	for _, r := range regions {
		if r.Level != civic.RegionGemeinde {
			continue
		}
		if t, ok := d.byARS[d.atlas.Responsible(civic.RegionGemeinde, r.ARS, nobody)]; ok && t.ARS != r.ARS {
			d.members[t.ID] = append(d.members[t.ID], r)
		}
	}
}

func nobody(string) bool { return false }

// responsible is the authority for a topic at a place.
func (d *directory) responsible(t Topic, ars string) (civic.Tenant, bool) {
	offers := func(c string) bool {
		who, ok := d.byARS[c]
		return ok && (t.Level == civic.RegionGemeinde || t.Delegable) && d.offered(who.ID, t.Slug)
	}
	if t.Every {
		offers = nobody // each answers for itself; a place's matter goes to the ordinary one
	}
	tenant, ok := d.byARS[d.atlas.Responsible(t.Level, ars, offers)]
	return tenant, ok
}

func (d *directory) offered(tenant, service string) bool {
	return d.offers[offerKey{tenant, service}].Enabled
}

// mayOffer tells whether a tenant is or may become responsible for a topic.
func (d *directory) mayOffer(t civic.Tenant, topic Topic) bool {
	if topic.Every || t.Kind == civic.KindOther {
		return true
	}
	switch topic.Level {
	case civic.RegionLand:
		return t.Kind == civic.KindLand || topic.Delegable
	case civic.RegionKreis:
		return t.Kind == civic.KindKreis || t.Kind == civic.KindKreisfrei || topic.Delegable && t.Kind == civic.KindGemeinde
	}
	return t.Kind == civic.KindGemeinde || t.Kind == civic.KindKreisfrei || t.Kind == civic.KindVG
}
