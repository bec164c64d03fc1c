package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore"
)

func testDirectory(t *testing.T, w *World) {
	check(t, w.Ping(t.Context()))
	tenants, err := w.Tenants(t.Context())
	check(t, err)
	w.Gera.Revision, w.Jena.Revision = 1, 1
	if d := cmp.Diff([]civic.Tenant{w.Gera, w.Jena}, tenants); d != "" {
		t.Error(d)
	}
	regions, err := w.Regions(t.Context())
	check(t, err)
	if len(regions) != 1 || regions[0].Inhabitants != 110000 || !regions[0].ValidTo.IsZero() || regions[0].ValidFrom.IsZero() {
		t.Errorf("regions: %+v", regions)
	}
	vs, err := w.PublishedVersions(t.Context())
	check(t, err)
	if len(vs) != 1 || string(vs[0].Package) != "zip" || vs[0].Number != 1 {
		t.Errorf("versions: %+v", vs)
	}
	_, err = w.FormVersion(t.Context(), "nothing")
	want(t, civic.NotFound, err)
	_, err = w.Overlay(t.Context(), w.Jena.ID, "hundesteuer", 7)
	want(t, civic.NotFound, err)
	overlay, err := w.Overlay(t.Context(), w.Jena.ID, "hundesteuer", 0)
	if check(t, err); overlay != nil {
		t.Errorf("overlay 0 is %q", overlay)
	}
}

func testSeed(t *testing.T, w *World) {
	before, err := w.DirectoryVersion(t.Context())
	check(t, err)
	again := w.Jena
	again.ID, again.Name = "another id", "Another name"
	appointed := civic.Appointment{ID: "a1", Tenant: again.ID, Email: "a@example.org", Roles: []civic.Role{civic.RoleAdmin}}
	data := sqlstore.SeedData{Tenants: []civic.Tenant{again}, Versions: []civic.FormVersion{w.Version},
		Offerings: []civic.Offering{{Tenant: again.ID, Service: "hundesteuer"}}, Appointments: []civic.Appointment{appointed}}
	check(t, w.Seed(t.Context(), data))
	after, err := w.DirectoryVersion(t.Context())
	if check(t, err); after != before {
		t.Error("seeding what is there changed the directory")
	}
	if list, err := w.Appointments(t.Context(), w.Jena.ID); err != nil || len(list) != 0 {
		t.Errorf("seeding again appointed %v (%v)", list, err)
	}
	data.Offerings = append(data.Offerings, civic.Offering{Tenant: again.ID, Service: "parkausweis", Enabled: true})
	next := civic.FormVersion{ID: "version-2", Service: "hundesteuer", Digest: "d2", Package: []byte("zip2"), CreatedBy: "shipped", Published: at(w.Store)}
	data.Versions = append(data.Versions, next)
	check(t, w.Seed(t.Context(), data))
	offers, err := w.Offerings(t.Context())
	check(t, err)
	if len(offers) != 3 || offers[2].Tenant != w.Jena.ID || offers[2].Service != "parkausweis" {
		t.Errorf("offerings: %+v", offers)
	}
	vs, err := w.PublishedVersions(t.Context())
	if check(t, err); len(vs) != 1 || vs[0].ID != "version-2" || vs[0].Number != 2 {
		t.Errorf("the newer shipped version does not replace the older: %+v", vs)
	}
}

func testVersions(t *testing.T, w *World) {
	before, err := w.DirectoryVersion(t.Context())
	check(t, err)
	v := civic.FormVersion{ID: "v2", Service: "hundesteuer", Digest: "d2", Package: []byte("zip2"), CreatedBy: "editor"}
	v, err = w.CreateVersion(t.Context(), v, event(w.Jena.ID, "version.created"))
	if check(t, err); v.Number != 2 || v.State() != "draft" {
		t.Fatalf("%+v", v)
	}
	twin := v
	twin.ID = "v3"
	_, err = w.CreateVersion(t.Context(), twin, event(w.Jena.ID, "version.created"))
	want(t, civic.Conflict, err)
	v.ApprovedBy, v.Published = "publisher", at(w.Store)
	offers := []civic.Offering{{Tenant: w.Jena.ID, Service: "hundesteuer"}}
	check(t, w.PublishVersion(t.Context(), v, offers, event(w.Jena.ID, "version.published")))
	want(t, civic.Conflict, w.PublishVersion(t.Context(), v, nil, event(w.Jena.ID, "version.published")))
	want(t, civic.Conflict, w.DeleteVersion(t.Context(), v.ID, event(w.Jena.ID, "version.deleted")))
	want(t, civic.NotFound, w.DeleteVersion(t.Context(), "nothing", event(w.Jena.ID, "version.deleted")))
	list, err := w.Versions(t.Context())
	check(t, err)
	if len(list) != 2 || list[0].ID != "v2" || list[0].State() != "published" || list[1].State() != "retired" || list[0].Package != nil {
		t.Errorf("%+v", list)
	}
	stored, err := w.Offerings(t.Context())
	if check(t, err); len(stored) != 2 || !stored[1].Enabled {
		t.Errorf("publishing changed an offering that was there: %+v", stored)
	}
	draft, err := w.CreateVersion(t.Context(), civic.FormVersion{ID: "v4", Service: "neu", Digest: "d"}, event(w.Jena.ID, "version.created"))
	check(t, err)
	check(t, w.DeleteVersion(t.Context(), draft.ID, event(w.Jena.ID, "version.deleted")))
	after, err := w.DirectoryVersion(t.Context())
	if check(t, err); after <= before {
		t.Error("the directory version stood still")
	}
}

func testTenants(t *testing.T, w *World) {
	n := civic.Tenant{ID: "t3", Slug: "zweckverband", Kind: civic.KindOther, Name: "Zweckverband", Key: []byte("k"), Created: at(w.Store),
		Profile: civic.Profile{City: "Weimar", Imprint: civic.Text{"de": "Text"}}}
	staff := []civic.Appointment{{ID: "a1", Email: "Admin@Example.org", Roles: []civic.Role{civic.RoleAdmin}}}
	offers := []civic.Offering{{Service: "hundesteuer", Enabled: true, Contact: civic.Contact{Unit: "Steueramt"}}}
	check(t, w.CreateTenant(t.Context(), n, offers, staff, event(w.Jena.ID, "tenant.created"))) // Jena stands for the state here
	for _, log := range []string{w.Jena.ID, n.ID} {
		if list, err := w.TenantEvents(t.Context(), log, "", 10); err != nil || len(list) != 1 || list[0].Kind != "tenant.created" || list[0].Tenant != log {
			t.Errorf("the log of %s: %+v (%v)", log, list, err)
		}
	}
	twin := n
	twin.ID = "t4"
	want(t, civic.Conflict, w.CreateTenant(t.Context(), twin, nil, nil, event(n.ID, "tenant.created")))
	want(t, civic.Conflict, w.RewrapTenant(t.Context(), n.ID, []byte("another"), []byte("k2"), event(n.ID, "tenant.key")))
	want(t, civic.NotFound, w.RewrapTenant(t.Context(), "nobody", n.Key, []byte("k2"), event(n.ID, "tenant.key")))
	before, err := w.DirectoryVersion(t.Context())
	check(t, err)
	check(t, w.RewrapTenant(t.Context(), n.ID, n.Key, []byte("k2"), event(n.ID, "tenant.key")))
	if after, err := w.DirectoryVersion(t.Context()); err != nil || after <= before {
		t.Error("other nodes do not learn that a key was wrapped anew", err)
	}
	n.Revision, n.Live, n.Name = 1, true, "Zweckverband Mitte"
	check(t, w.SaveTenant(t.Context(), n, event(n.ID, "tenant.saved")))
	want(t, civic.Conflict, w.SaveTenant(t.Context(), n, event(n.ID, "tenant.saved")))
	unknown := n
	unknown.ID = "nobody"
	want(t, civic.NotFound, w.SaveTenant(t.Context(), unknown, event(n.ID, "tenant.saved")))
	_, _, err = w.Logo(t.Context(), n.ID)
	want(t, civic.NotFound, err)
	check(t, w.SaveLogo(t.Context(), n.ID, "image/png", []byte("png"), event(n.ID, "logo.saved")))
	check(t, w.SaveLogo(t.Context(), n.ID, "image/svg+xml", []byte("svg"), event(n.ID, "logo.saved")))
	mediaType, body, err := w.Logo(t.Context(), n.ID)
	if check(t, err); mediaType != "image/svg+xml" || string(body) != "svg" {
		t.Errorf("%s %s", mediaType, body)
	}
	tenants, err := w.Tenants(t.Context())
	check(t, err)
	got := tenants[2]
	if got.Revision != 2 || got.Name != n.Name || !got.Live || got.LogoType != "image/svg+xml" || cmp.Diff(n.Profile, got.Profile) != "" {
		t.Errorf("%+v", got)
	}
	check(t, w.SaveLogo(t.Context(), n.ID, "", nil, event(n.ID, "logo.removed")))
	_, _, err = w.Logo(t.Context(), n.ID)
	want(t, civic.NotFound, err)
	appointed, err := w.AppointmentsFor(t.Context(), "admin@example.org", nil)
	if check(t, err); len(appointed) != 1 || appointed[0].Tenant != n.ID {
		t.Errorf("%+v", appointed)
	}
	check(t, w.AddFeedback(t.Context(), civic.Feedback{ID: "f1", Tenant: n.ID, Path: "/x", Barrier: true, Text: civic.Sealed("s"), Created: at(w.Store)}))
	mine, err := w.FeedbackOf(t.Context(), n.ID, 10)
	check(t, err)
	others, err := w.FeedbackOf(t.Context(), w.Jena.ID, 10)
	if check(t, err); len(mine) != 1 || !mine[0].Barrier || len(others) != 0 {
		t.Errorf("%+v %+v", mine, others)
	}
}

func testOfferings(t *testing.T, w *World) {
	save := func(overlay string) civic.Offering {
		t.Helper()
		o := civic.Offering{Service: "hundesteuer", Enabled: true, Contact: civic.Contact{Unit: "Steueramt"}}
		if overlay != "" {
			o.Overlay = []byte(overlay)
		}
		check(t, w.SaveOfferings(t.Context(), w.Jena.ID, []civic.Offering{o, {Service: "parkausweis"}}, event(w.Jena.ID, "offerings.saved")))
		offers, err := w.Offerings(t.Context())
		check(t, err)
		return offers[1] // gera's, jena's
	}
	if o := save(`{"a":1}`); o.OverlayVersion != 1 || string(o.Overlay) != `{"a":1}` || o.Contact.Unit != "Steueramt" {
		t.Errorf("%+v", o)
	}
	if o := save(`{"a":1}`); o.OverlayVersion != 1 {
		t.Errorf("an unchanged overlay got version %d", o.OverlayVersion)
	}
	if o := save(""); o.OverlayVersion != 2 || o.Overlay != nil {
		t.Errorf("%+v", o)
	}
	old, err := w.Overlay(t.Context(), w.Jena.ID, "hundesteuer", 1)
	if check(t, err); string(old) != `{"a":1}` {
		t.Errorf("the old overlay is %s", old)
	}
}

func testStaff(t *testing.T, w *World) {
	a := civic.Appointment{ID: "a1", Tenant: w.Jena.ID, Email: "kim@example.org", Roles: []civic.Role{civic.RoleClerk, civic.RoleLead}}
	g := civic.Appointment{ID: "a2", Tenant: w.Gera.ID, Group: "amt-33", Roles: []civic.Role{civic.RoleClerk}}
	check(t, w.SaveAppointment(t.Context(), a, event(a.Tenant, "appointment.saved")))
	check(t, w.SaveAppointment(t.Context(), g, event(g.Tenant, "appointment.saved")))
	stolen := a
	stolen.Tenant = w.Gera.ID
	if err := w.SaveAppointment(t.Context(), stolen, event(w.Gera.ID, "appointment.saved")); err == nil {
		t.Error("an appointment changed its tenant")
	}
	list, err := w.AppointmentsFor(t.Context(), "kim@example.org", []string{"amt-33", "other"})
	check(t, err)
	if d := cmp.Diff([]civic.Appointment{g, a}, list); d != "" {
		t.Error(d)
	}
	if list, err = w.AppointmentsFor(t.Context(), "", nil); err != nil || len(list) != 0 {
		t.Errorf("nobody has %v (%v)", list, err)
	}
	want(t, civic.NotFound, w.DeleteAppointment(t.Context(), w.Gera.ID, a.ID, event(w.Gera.ID, "appointment.deleted")))
	check(t, w.DeleteAppointment(t.Context(), w.Jena.ID, a.ID, event(w.Jena.ID, "appointment.deleted")))
	if list, err = w.Appointments(t.Context(), w.Jena.ID); err != nil || len(list) != 0 {
		t.Errorf("%v (%v)", list, err)
	}
	for _, c := range []civic.Colleague{{ID: "s2", Name: "Bert"}, {ID: "s1", Name: "Zoe"}, {ID: "s1", Name: "Anna"}} {
		check(t, w.SaveColleague(t.Context(), w.Jena.ID, c, nil))
	}
	// Who comes for the first time gets what was given to them before, and nothing of another authority's.
	given := func(f *civic.Filing) { f.Case.Assignee, f.Case.AssigneeName = "appointed:a", "anna@jena.example" }
	here, there := w.Case(t, w.account(), w.Jena.ID, given), w.Case(t, w.account(), w.Gera.ID, given)
	check(t, w.SaveColleague(t.Context(), w.Jena.ID, civic.Colleague{ID: "s1", Name: "Anna", Email: "anna@jena.example", ByGroup: []civic.Role{civic.RoleClerk, civic.RoleLead}}, []string{"appointed:a"}))
	for _, c := range []struct {
		civic.Case
		who string
	}{{here, "Anna"}, {there, "anna@jena.example"}} {
		f, err := w.CaseFile(t.Context(), c.Tenant, c.ID)
		if check(t, err); f.Case.AssigneeName != c.who || f.Case.Revision != c.Revision {
			t.Errorf("%s: %+v", c.Tenant, f.Case)
		}
	}
	team, err := w.Colleagues(t.Context(), w.Jena.ID)
	check(t, err)
	if d := cmp.Diff([]civic.Colleague{{ID: "s1", Name: "Anna", Email: "anna@jena.example", ByGroup: []civic.Role{civic.RoleClerk, civic.RoleLead}}, {ID: "s2", Name: "Bert"}}, team); d != "" {
		t.Error(d)
	}
	if team, err = w.Colleagues(t.Context(), w.Gera.ID); err != nil || len(team) != 0 {
		t.Errorf("%v (%v)", team, err)
	}
}

func testRoutes(t *testing.T, w *World) {
	r := civic.Route{ID: "r1", Tenant: w.Jena.ID, Connector: "webhook", Target: "https://example.org/in", Secret: civic.Sealed("s"), Active: true, Created: at(w.Store)}
	check(t, w.SaveRoute(t.Context(), r, event(r.Tenant, "route.saved")))
	r.Active = false
	check(t, w.SaveRoute(t.Context(), r, event(r.Tenant, "route.saved")))
	list, err := w.Routes(t.Context(), w.Jena.ID)
	check(t, err)
	if d := cmp.Diff([]civic.Route{r}, list); d != "" {
		t.Error(d)
	}
	if list, err = w.Routes(t.Context(), w.Gera.ID); err != nil || len(list) != 0 {
		t.Errorf("%v (%v)", list, err)
	}
	want(t, civic.NotFound, w.DeleteRoute(t.Context(), w.Gera.ID, r.ID, event(w.Gera.ID, "route.deleted")))
	check(t, w.DeleteRoute(t.Context(), w.Jena.ID, r.ID, event(w.Jena.ID, "route.deleted")))
}

func testDeliveries(t *testing.T, w *World) {
	c := w.Case(t, w.account(), w.Jena.ID, nil)
	made := func(id string) civic.Delivery {
		return civic.Delivery{ID: id, Tenant: w.Jena.ID, Case: c.ID, Submission: "s", Route: "r", Connector: "webhook", Target: "https://example.org", Created: at(w.Store)}
	}
	one, two := made("d1"), made("d2")
	check(t, w.CreateDeliveries(t.Context(), w.Jena.ID, []civic.Delivery{one}, []civic.Job{civic.Deliver{Tenant: w.Jena.ID, Delivery: "d1"}}))
	check(t, w.CreateDeliveries(t.Context(), w.Jena.ID, []civic.Delivery{one, two},
		[]civic.Job{civic.Deliver{Tenant: w.Jena.ID, Delivery: "d1"}, civic.Deliver{Tenant: w.Jena.ID, Delivery: "d2"}}))
	if n := w.jobs(t, "deliver"); n != 2 {
		t.Errorf("%d jobs for two deliveries", n)
	}
	check(t, w.CreateDeliveries(t.Context(), w.Jena.ID, nil, []civic.Job{civic.Notify{Tenant: w.Jena.ID, Case: c.ID}}))
	two.Attempts, two.Tried, two.Delivered = 1, at(w.Store), at(w.Store)
	check(t, w.SaveDelivery(t.Context(), two, &civic.Event{Case: c.ID, Actor: "system", Kind: "delivery.delivered"}))
	one.Attempts, one.Tried, one.Dead, one.LastError = 12, at(w.Store), at(w.Store), "connection refused"
	check(t, w.SaveDelivery(t.Context(), one, nil))
	list, err := w.Deliveries(t.Context(), w.Jena.ID, 10)
	check(t, err)
	if d := cmp.Diff([]civic.Delivery{one, two}, list); d != "" {
		t.Error(d)
	}
	one.Target = "https://other.example.org"
	check(t, w.Resend(t.Context(), one, civic.Event{Case: c.ID, Actor: "staff-1", Kind: "delivery.resent"}, civic.Deliver{Tenant: w.Jena.ID, Delivery: "d1"}))
	want(t, civic.Conflict, w.Resend(t.Context(), two, event(w.Jena.ID, "delivery.resent"), civic.Deliver{}))
	got, err := w.Delivery(t.Context(), w.Jena.ID, "d1")
	if check(t, err); got.State() != "retrying" || got.Target != one.Target {
		t.Errorf("%+v", got)
	}
	_, err = w.Delivery(t.Context(), w.Gera.ID, "d1")
	want(t, civic.NotFound, err)
	stolen := two
	stolen.Tenant = w.Gera.ID
	want(t, civic.NotFound, w.SaveDelivery(t.Context(), stolen, nil))
}

func testEvents(t *testing.T, w *World) {
	for _, kind := range []string{"a", "b", "c"} {
		check(t, w.SaveRoute(t.Context(), civic.Route{ID: kind, Tenant: w.Jena.ID, Created: at(w.Store)}, event(w.Jena.ID, kind)))
	}
	check(t, w.SaveRoute(t.Context(), civic.Route{ID: "d", Tenant: w.Gera.ID, Created: at(w.Store)}, event(w.Gera.ID, "d")))
	first, err := w.TenantEvents(t.Context(), w.Jena.ID, "", 2)
	check(t, err)
	if len(first) != 2 || first[0].Kind != "c" || first[1].Kind != "b" || first[0].Case != "" {
		t.Fatalf("%+v", first)
	}
	rest, err := w.TenantEvents(t.Context(), w.Jena.ID, first[1].ID, 2)
	if check(t, err); len(rest) != 1 || rest[0].Kind != "a" {
		t.Errorf("%+v", rest)
	}
}

func testPinned(t *testing.T, w *World) {
	w.Draft(t, w.account(), w.Jena.ID)
	w.Case(t, w.account(), w.Jena.ID, nil)
	w.Case(t, w.account(), w.Jena.ID, func(f *civic.Filing) { f.Case.State = civic.Closed })
	drafts, cases, err := w.Pinned(t.Context(), w.Version.ID)
	if check(t, err); drafts != 1 || cases != 1 {
		t.Errorf("%d drafts, %d cases", drafts, cases)
	}
}
