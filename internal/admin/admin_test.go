package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// hall is the store and the directory in memory.
type hall struct {
	shelf        shelf
	team         civic.Team
	tenants      map[string]civic.Tenant
	offers       map[string][]civic.Offering
	appointments []civic.Appointment
	routes       []civic.Route
	deliveries   []civic.Delivery
	feedback     []civic.Feedback
	events       []civic.Event
	jobs         []civic.Job
	forms        map[string]*formdef.Form
	logo         []byte
	fresh        int
}

func (h *hall) CreateTenant(_ context.Context, t civic.Tenant, offers []civic.Offering, staff []civic.Appointment, ev civic.Event) error {
	h.tenants[t.ID], h.offers[t.ID] = t, offers
	h.appointments = append(h.appointments, staff...)
	h.events = append(h.events, ev)
	return nil
}

func (h *hall) SaveTenant(_ context.Context, t civic.Tenant, ev civic.Event) error {
	if h.tenants[t.ID].Revision != t.Revision {
		return civic.Errorf(civic.Conflict, "error.moved")
	}
	t.Revision++
	h.tenants[t.ID] = t
	h.events = append(h.events, ev)
	return nil
}

func (h *hall) SaveLogo(_ context.Context, _, _ string, body []byte, _ civic.Event) error {
	h.logo = body
	return nil
}

func (h *hall) Logo(context.Context, string) (string, []byte, error) { return "image/png", h.logo, nil }

func (h *hall) SaveOfferings(_ context.Context, tenant string, offers []civic.Offering, ev civic.Event) error {
	for _, o := range offers {
		i := slices.IndexFunc(h.offers[tenant], func(x civic.Offering) bool { return x.Service == o.Service })
		if !bytes.Equal(h.offers[tenant][i].Overlay, o.Overlay) {
			o.OverlayVersion++
		}
		h.offers[tenant][i] = o
	}
	h.events = append(h.events, ev)
	return nil
}

func (h *hall) FeedbackOf(context.Context, string, int) ([]civic.Feedback, error) {
	return h.feedback, nil
}

func (h *hall) AddFeedback(_ context.Context, f civic.Feedback) error {
	h.feedback = append(h.feedback, f)
	return nil
}

func (h *hall) Appointments(_ context.Context, tenant string) ([]civic.Appointment, error) {
	return slices.DeleteFunc(slices.Clone(h.appointments), func(a civic.Appointment) bool { return a.Tenant != tenant }), nil
}

func (h *hall) SaveAppointment(_ context.Context, a civic.Appointment, _ civic.Event) error {
	h.appointments = append(slices.DeleteFunc(h.appointments, func(o civic.Appointment) bool { return o.ID == a.ID }), a)
	return nil
}

func (h *hall) DeleteAppointment(_ context.Context, _, id string, _ civic.Event) error {
	h.appointments = slices.DeleteFunc(h.appointments, func(o civic.Appointment) bool { return o.ID == id })
	return nil
}

func (h *hall) AppointmentsFor(_ context.Context, email string, groups []string) ([]civic.Appointment, error) {
	return slices.DeleteFunc(slices.Clone(h.appointments), func(a civic.Appointment) bool {
		return !(a.Email != "" && a.Email == email || slices.Contains(groups, a.Group))
	}), nil
}

func (h *hall) Routes(context.Context, string) ([]civic.Route, error) { return h.routes, nil }
func (h *hall) SaveRoute(_ context.Context, r civic.Route, _ civic.Event) error {
	h.routes = append(slices.DeleteFunc(h.routes, func(o civic.Route) bool { return o.ID == r.ID }), r)
	return nil
}
func (h *hall) DeleteRoute(context.Context, string, string, civic.Event) error { return nil }
func (h *hall) Deliveries(context.Context, string, int) ([]civic.Delivery, error) {
	return h.deliveries, nil
}
func (h *hall) Delivery(context.Context, string, string) (civic.Delivery, error) {
	return h.deliveries[0], nil
}

func (h *hall) Resend(_ context.Context, d civic.Delivery, _ civic.Event, job civic.Job) error {
	h.deliveries[0] = d
	h.jobs = append(h.jobs, job)
	return nil
}

func (h *hall) Tenant(_ context.Context, slug string) (civic.Tenant, error) {
	for _, t := range h.tenants {
		if t.Slug == slug {
			return t, nil
		}
	}
	return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
}

func (h *hall) TenantByID(_ context.Context, id string) (civic.Tenant, error) {
	if t, ok := h.tenants[id]; ok {
		return t, nil
	}
	return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
}

func (h *hall) AllTenants(context.Context) ([]civic.Tenant, error) {
	var out []civic.Tenant
	for _, t := range h.tenants {
		out = append(out, t)
	}
	return out, nil
}

func (h *hall) OfferingsOf(_ context.Context, tenant string) ([]civic.Offering, error) {
	return slices.Clone(h.offers[tenant]), nil
}
func (h *hall) Form(_ context.Context, service string) (*formdef.Form, error) {
	return h.forms[service], nil
}
func (h *hall) Invalidate() { h.fresh++ }

// wax seals by writing tenant and purpose before the text.
type wax struct{}

func (wax) NewTenantKey(tenant string) ([]byte, error) { return []byte("key of " + tenant), nil }
func (wax) Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error) {
	return []byte(k.Tenant + "/" + purpose + ":" + string(plain)), nil
}

func (wax) Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error) {
	plain, ok := strings.CutPrefix(string(sealed), k.Tenant+"/"+purpose+":")
	if !ok {
		return nil, errors.New("wrong key")
	}
	return []byte(plain), nil
}

// newHall is the state and one town with two services, of which every authority offers one.
func newHall(t *testing.T) (*admin.Service, *hall) {
	t.Helper()
	h := &hall{tenants: map[string]civic.Tenant{"L": {ID: "L", Slug: "thueringen", Kind: civic.KindLand, Name: "Thüringen"},
		"J": {ID: "J", Slug: "jena", Kind: civic.KindKreisfrei, Name: "Jena", Revision: 4}}, offers: map[string][]civic.Offering{}, forms: map[string]*formdef.Form{}}
	for _, slug := range []string{"hund", "allgemein"} {
		p := &formdef.Package{Slug: slug, Schema: json.RawMessage(`{"type":"object","properties":{"name":{"type":"string","title":"Name"},"fax":{"type":"string","title":"Fax"}}}`)}
		p.Service.Name, p.Service.Modules = formdef.Text{"de": slug}, map[string]formdef.Modules{"de": {Short: "Kurz"}}
		p.Service.EveryAuthority = slug == "allgemein"
		p.Form.Fees = []formdef.Fee{{Code: "marke", Label: formdef.Text{"de": "Marke"}, Amount: "5.00"}}
		p.Form.Overlay = formdef.OverlayRules{Fees: []string{"marke"}, Texts: []string{"hints"}, Optional: []string{"/fax"}, Proof: true}
		f, err := formdef.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		h.forms[slug] = f
		for _, id := range []string{"L", "J"} {
			h.offers[id] = append(h.offers[id], civic.Offering{Tenant: id, Service: slug})
		}
	}
	n := 0
	return admin.New(admin.Deps{Tenants: h, Staff: h, Routes: h, Teams: h, Periods: &h.shelf, Directory: h, Seal: wax{}, Now: func() time.Time { return time.Unix(1, 0) },
		NewID: func() string { n++; return fmt.Sprintf("id%d", n) }}), h
}

func staff(tenant string, roles ...civic.Role) civic.Actor {
	return civic.Actor{Staff: &civic.Staff{ID: "anna", Roles: map[string][]civic.Role{tenant: roles}}}
}

func want(t *testing.T, err error, code civic.Code) {
	t.Helper()
	if civic.CodeOf(err) != code {
		t.Fatalf("error %v, want code %q", err, code)
	}
}

func TestWhoMayWhat(t *testing.T) {
	s, h := newHall(t)
	h.appointments = []civic.Appointment{{Tenant: "J", Email: "a@jena.de", Roles: []civic.Role{civic.RoleClerk, civic.RolePublisher}},
		{Tenant: "J", Group: "it", Roles: []civic.Role{civic.RoleAdmin}}, {Tenant: "gone", Email: "a@jena.de", Roles: []civic.Role{civic.RoleClerk}}}
	for name, c := range map[string]struct {
		id   civic.Identity
		want map[string][]civic.Role
	}{
		"by verified e-mail, state roles dropped": {civic.Identity{Email: "A@Jena.de", EmailVerified: true}, map[string][]civic.Role{"J": {civic.RoleClerk}}},
		"unverified e-mail":                       {civic.Identity{Email: "a@jena.de"}, nil},
		"appointed group":                         {civic.Identity{Groups: []string{"it"}}, map[string][]civic.Role{"J": {civic.RoleAdmin}}},
		"default groups":                          {civic.Identity{Groups: []string{"lead-jena", "editor"}}, map[string][]civic.Role{"J": {civic.RoleLead}, "L": {civic.RoleEditor}}},
		"foreign groups":                          {civic.Identity{Groups: []string{"lead-", "editor-jena", "boss-jena", "clerk-gera", "-jena"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := s.Staff(t.Context(), c.id)
			want(t, err, "")
			var got map[string][]civic.Role
			if p != nil {
				got = p.Roles
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStrangersAndClerksCannotAdminister(t *testing.T) {
	s, h := newHall(t)
	ctx := t.Context()
	for _, c := range []struct {
		who  civic.Actor
		code civic.Code
	}{{civic.Actor{}, civic.NotFound}, {staff("L", civic.RoleAdmin), civic.NotFound}, {staff("J", civic.RoleClerk, civic.RoleLead), civic.Forbidden}} {
		_, err := s.Offers(ctx, c.who, "J")
		want(t, err, c.code)
		want(t, s.Switch(ctx, c.who, "J", true), c.code)
		want(t, s.SetLive(ctx, c.who, "J", true), c.code)
		want(t, s.Appoint(ctx, c.who, "J", "x@y.de", []civic.Role{civic.RoleAdmin}), c.code)
		_, err = s.AddRoute(ctx, c.who, "J", admin.NewRoute{Connector: "email", Target: "x@y.de"})
		want(t, err, c.code)
		want(t, s.SaveProfile(ctx, c.who, "J", admin.ProfileChange{Name: "Hack"}), c.code)
		_, err = s.Feedback(ctx, c.who, "J")
		want(t, err, c.code)
	}
	if len(h.events) != 0 {
		t.Errorf("left traces: %v", h.events)
	}
}

func TestProfile(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	ok := admin.ProfileChange{Revision: 4, Name: " Stadt Jena ", Profile: civic.Profile{Colour: "#00695c", Zip: "07743", Email: "post@jena.de", Website: "https://jena.de"}}
	want(t, s.SaveProfile(ctx, who, "J", ok), "")
	if got := h.tenants["J"]; got.Name != "Stadt Jena" || got.Profile.Colour != "#00695c" || got.Revision != 5 || h.fresh == 0 {
		t.Errorf("%+v", got)
	}
	want(t, s.SaveProfile(ctx, who, "J", ok), civic.Conflict)
	for field, change := range map[string]func(*admin.ProfileChange){
		"name": func(c *admin.ProfileChange) { c.Name = "x" }, "zip": func(c *admin.ProfileChange) { c.Profile.Zip = "7743" },
		"email": func(c *admin.ProfileChange) { c.Profile.Email = "jena" }, "website": func(c *admin.ProfileChange) { c.Profile.Website = "javascript:alert(1)" },
		"colour": func(c *admin.ProfileChange) { c.Profile.Colour = "#ffff00" },
	} {
		bad := ok
		bad.Revision = 5
		change(&bad)
		err := s.SaveProfile(ctx, who, "J", bad)
		var e *civic.Error
		if !errors.As(err, &e) || e.Code != civic.Invalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestColourSaysWhatWouldDo(t *testing.T) {
	for _, c := range []string{"#ffff00", "#00bcd4", "#ff8800", "#ffffff"} {
		var e *civic.Error
		if err := admin.CheckColour(c); !errors.As(err, &e) || e.Key != "error.admin.contrast" {
			t.Fatalf("%s passed: %v", c, err)
		}
		if better, _ := e.Args[3].(string); admin.CheckColour(better) != nil {
			t.Errorf("%s: the advice %s does not pass either", c, better)
		}
	}
	want(t, admin.CheckColour("red"), civic.Invalid)
	want(t, admin.CheckColour("#767676"), "") // 4.54:1
	want(t, admin.CheckColour("#777777"), civic.Invalid)
}

func TestLogoByContent(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	var small, large bytes.Buffer
	if err := errors.Join(png.Encode(&small, image.NewGray(image.Rect(0, 0, 9, 9))), png.Encode(&large, image.NewGray(image.Rect(0, 0, 2001, 1)))); err != nil {
		t.Fatal(err)
	}
	want(t, s.SaveLogo(ctx, who, "J", small.Bytes()), "")
	want(t, s.SaveLogo(ctx, who, "J", large.Bytes()), civic.Invalid)
	want(t, s.SaveLogo(ctx, who, "J", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`)), civic.Invalid)
	want(t, s.SaveLogo(ctx, who, "J", append(small.Bytes(), make([]byte, 256<<10)...)), civic.TooLarge)
	want(t, s.SaveLogo(ctx, who, "J", nil), "")
	if h.logo != nil {
		t.Error("logo not removed")
	}
}

func TestServices(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	want(t, s.Switch(ctx, who, "J", true), "")
	want(t, s.Switch(ctx, who, "J", false, "hund"), "")
	want(t, s.Switch(ctx, who, "J", true, "katze"), civic.NotFound)
	if h.offers["J"][0].Enabled || !h.offers["J"][1].Enabled {
		t.Errorf("%+v", h.offers["J"])
	}
	in := admin.SettingChange{Overlay: formdef.Overlay{Fees: map[string]string{"marke": "1.007,5 €"}, Off: []string{"/fax"},
		Modules: map[string]map[string]string{"de": {"hints": " Bitte\r\nkommen "}, "en": {"hints": " "}}, Proofs: []formdef.Proof{{Label: "Impfpass"}, {Label: " "}}}}
	want(t, s.SaveSetting(ctx, who, "J", "hund", in), "")
	st, err := s.Setting(ctx, who, "J", "hund", "de")
	want(t, err, "")
	wantOverlay := formdef.Overlay{Fees: map[string]string{"marke": "1007.50"}, Off: []string{"/fax"}, Modules: map[string]map[string]string{"de": {"hints": "Bitte\nkommen"}},
		Proofs: []formdef.Proof{{Key: "nachweis1", Label: "Impfpass"}}}
	if diff := cmp.Diff(wantOverlay, st.Overlay); diff != "" {
		t.Error(diff)
	}
	if st.Label("/fax") != "Fax" || len(st.Conflicts) != 0 {
		t.Errorf("label %q, conflicts %v", st.Label("/fax"), st.Conflicts)
	}
	want(t, s.SaveSetting(ctx, who, "J", "hund", in), civic.Conflict)
	in.Version = 1
	in.Overlay.Off = []string{"/name"}
	want(t, s.SaveSetting(ctx, who, "J", "hund", in), civic.Invalid)
	for _, amount := range []string{"zwölf", "1,234", "-5", "12,5,0", "99999999"} {
		err := s.SaveSetting(ctx, who, "J", "hund", admin.SettingChange{Version: 1, Overlay: formdef.Overlay{Fees: map[string]string{"marke": amount}}})
		if civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%q: %v", amount, err)
		}
	}
	want(t, s.SaveSetting(ctx, who, "J", "hund", admin.SettingChange{Version: 1}), "")
	if h.offers["J"][0].Overlay != nil {
		t.Error("an empty overlay is none")
	}
}

func TestTheLastAdminStays(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	want(t, s.Appoint(ctx, who, "J", "Anna@Jena.de", []civic.Role{civic.RoleAdmin, civic.RolePublisher}), "")
	if a := h.appointments[0]; a.Email != "anna@jena.de" || len(a.Roles) != 1 {
		t.Errorf("%+v: a town has no publishers", a)
	}
	want(t, s.Appoint(ctx, who, "J", "anna@jena.de", []civic.Role{civic.RoleClerk}), civic.Conflict)
	want(t, s.Dismiss(ctx, who, "J", h.appointments[0].ID), civic.Conflict)
	want(t, s.Appoint(ctx, who, "J", "it-gruppe", []civic.Role{civic.RoleAdmin}), "")
	want(t, s.Dismiss(ctx, who, "J", h.appointments[0].ID), "")
	want(t, s.Dismiss(ctx, who, "J", "other"), civic.NotFound)
	for _, name := range []string{"", "zwei wörter", "a@", "a@b, c@d.de"} {
		want(t, s.Appoint(ctx, who, "J", name, []civic.Role{civic.RoleClerk}), civic.Invalid)
	}
	want(t, s.Appoint(ctx, who, "J", "x@y.de", []civic.Role{civic.RoleEditor}), civic.Invalid)
}

func TestRoutes(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	secret, err := s.AddRoute(ctx, who, "J", admin.NewRoute{Connector: "webhook", Target: "https://fach.example/in", Service: "hund"})
	want(t, err, "")
	if len(secret) != 64 || string(h.routes[0].Secret) != "J/secret:"+secret {
		t.Errorf("secret %q sealed as %q", secret, h.routes[0].Secret)
	}
	for _, bad := range []admin.NewRoute{{Connector: "fax", Target: "1"}, {Connector: "email", Target: "nix"}, {Connector: "webhook", Target: "http://example.org"},
		{Connector: "webhook", Target: "https://u:p@example.org"}, {Connector: "webhook", Target: "file:///etc/passwd"}, {Connector: "email", Target: "a@b.de", Service: "katze"}} {
		if _, err := s.AddRoute(ctx, who, "J", bad); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	h.deliveries = []civic.Delivery{{ID: "d", Tenant: "J", Connector: "email", Target: "alt@jena.de", Dead: time.Unix(2, 0)}}
	want(t, s.Resend(ctx, who, "J", "d", "neu"), civic.Invalid)
	want(t, s.Resend(ctx, who, "J", "d", "neu@jena.de"), "")
	if h.deliveries[0].Target != "neu@jena.de" || h.jobs[0] != (civic.Deliver{Tenant: "J", Delivery: "d"}) {
		t.Errorf("%+v %+v", h.deliveries, h.jobs)
	}
	h.deliveries[0].Delivered = time.Unix(3, 0)
	want(t, s.Resend(ctx, who, "J", "d", ""), civic.Conflict)
}

func TestFeedbackIsSealed(t *testing.T) {
	s, h := newHall(t)
	want(t, s.GiveFeedback(t.Context(), "J", "/jena", "Zu klein", true), "")
	want(t, s.GiveFeedback(t.Context(), "J", "/jena", "", true), civic.Invalid)
	if string(h.feedback[0].Text) != "J/feedback:Zu klein" {
		t.Errorf("%q", h.feedback[0].Text)
	}
	list, err := s.Feedback(t.Context(), staff("J", civic.RoleAdmin), "J")
	if err != nil || list[0].Words != "Zu klein" {
		t.Errorf("%v %v", list, err)
	}
}

func TestCreateTenant(t *testing.T) {
	s, h := newHall(t)
	ctx := t.Context()
	in := admin.NewTenant{Slug: "zweckverband-orla", Name: "Zweckverband Orla", Admin: "Chef@Orla.de", Reserved: []string{"desk"}}
	_, err := s.CreateTenant(ctx, staff("J", civic.RoleAdmin), in)
	want(t, err, civic.NotFound)
	_, err = s.CreateTenant(ctx, staff("L", civic.RoleEditor), in)
	want(t, err, civic.Forbidden)
	got, err := s.CreateTenant(ctx, staff("L", civic.RolePublisher), in)
	want(t, err, "")
	if string(got.Key) != "key of "+got.ID || got.Kind != civic.KindOther || len(h.offers[got.ID]) != 1 || h.offers[got.ID][0].Service != "allgemein" ||
		h.appointments[0].Email != "chef@orla.de" || h.appointments[0].Tenant != got.ID {
		t.Errorf("%+v %+v %+v", got, h.offers[got.ID], h.appointments)
	}
	// The state's auditors read the state's log.
	if ev := h.events[len(h.events)-1]; ev.Tenant != "L" || ev.Kind != "tenant.created" || ev.Data["slug"] != in.Slug || ev.Data["authority"] != got.ID {
		t.Errorf("event %+v", ev)
	}
	for _, slug := range []string{"desk", "jena", "Orla", "-orla", "o", "a--b", "größe", "1orla", ""} {
		bad := in
		bad.Slug = slug
		_, err := s.CreateTenant(ctx, staff("L", civic.RoleAdmin), bad)
		var e *civic.Error
		if !errors.As(err, &e) || e.Field != "slug" {
			t.Errorf("slug %q: %v", slug, err)
		}
	}
}
