package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/find"
	"antragswerk/internal/locale"
	"antragswerk/internal/sqlstore"
)

// shelf is a directory's store that holds what a new installation begins with.
type shelf struct{ data sqlstore.SeedData }

func (s shelf) DirectoryVersion(context.Context) (int64, error)     { return 1, nil }
func (s shelf) Tenants(context.Context) ([]civic.Tenant, error)     { return s.data.Tenants, nil }
func (s shelf) Regions(context.Context) ([]civic.Region, error)     { return s.data.Regions, nil }
func (s shelf) Offerings(context.Context) ([]civic.Offering, error) { return s.data.Offerings, nil }
func (s shelf) PublishedVersions(context.Context) ([]civic.FormVersion, error) {
	return s.data.Versions, nil
}
func (s shelf) FormVersion(context.Context, string) (civic.FormVersion, error) {
	return civic.FormVersion{}, civic.Errorf(civic.NotFound, "error.not_found")
}
func (s shelf) Overlay(context.Context, string, string, int64) ([]byte, error) { return nil, nil }

func newShelf(t *testing.T) shelf {
	t.Helper()
	n := 0
	data, err := newProduct(time.Now(), func() string { n++; return fmt.Sprintf("id-%d", n) }, func(string) ([]byte, error) { return []byte("key"), nil })
	if err != nil {
		t.Fatal(err)
	}
	return shelf{data}
}

func TestTheStateIsThere(t *testing.T) {
	data := newShelf(t).data
	levels := map[civic.RegionLevel]int{}
	for _, r := range data.Regions {
		levels[r.Level]++
	}
	if levels[civic.RegionGemeinde] != 605 || levels[civic.RegionKreis] != 22 || levels[civic.RegionVerband] != 80 || levels[civic.RegionLand] != 1 {
		t.Errorf("regions = %v, want 605 Gemeinden, 22 Kreise, 80 Verbände, 1 Land", levels)
	}
	kinds, slugs := map[civic.TenantKind]int{}, map[string]bool{}
	for _, x := range data.Tenants {
		kinds[x.Kind]++
		if slugs[x.Slug] {
			t.Errorf("the slug %s is there twice", x.Slug)
		}
		slugs[x.Slug] = true
	}
	want := map[civic.TenantKind]int{civic.KindLand: 1, civic.KindKreis: 17, civic.KindKreisfrei: 5, civic.KindGemeinde: 600, civic.KindVG: 42}
	for k, n := range want {
		if kinds[k] != n {
			t.Errorf("%d tenants of kind %s, want %d", kinds[k], k, n)
		}
	}
	for _, s := range []string{"jena", "kreis-gotha", "vg-hanstein-rusteberg", "thueringen", "elxleben-ilm-kreis", "elxleben-soemmerda"} {
		if !slugs[s] {
			t.Errorf("there is no tenant %s", s)
		}
	}
}

// TestServicesArePublishedAndOffered: each folder is one published version, switched on at every authority of its level.
func TestServicesArePublishedAndOffered(t *testing.T) {
	data := newShelf(t).data
	offers := map[string]int{}
	for _, o := range data.Offerings {
		offers[o.Service]++
	}
	// Gemeinde matters: 605 Gemeinden less the members of Verbände that do not act, plus the 42 Verwaltungsgemeinschaften.
	gemeinde := offers["hundesteuer-anmeldung"]
	if gemeinde < 150 || gemeinde > 250 {
		t.Errorf("Gemeinde matters are offered by %d authorities", gemeinde)
	}
	topics, err := find.New(find.Deps{Store: shelf{data}, Now: time.Now}).Topics(context.Background(), "")
	if err != nil || len(topics) != len(data.Versions) {
		t.Fatalf("%d topics of %d versions (%v)", len(topics), len(data.Versions), err)
	}
	keys := map[string]string{}
	for _, topic := range topics {
		want := map[civic.RegionLevel]int{civic.RegionGemeinde: gemeinde, civic.RegionKreis: 22, civic.RegionLand: 1}[topic.Level]
		if topic.Every {
			want = len(data.Tenants)
		}
		if offers[topic.Slug] != want {
			t.Errorf("%s is offered by %d authorities, want %d", topic.Slug, offers[topic.Slug], want)
		}
		// A deep link names a LeiKa key: it must lead to one service.
		if other := keys[topic.LeiKa]; other != "" {
			t.Errorf("%s and %s have the same LeiKa key %s", topic.Slug, other, topic.LeiKa)
		}
		keys[topic.LeiKa] = topic.Slug
		for _, lang := range []string{"de", "en"} {
			if key := "category." + topic.Package.Service.Category; locale.For(lang).T(key) == key {
				t.Errorf("%s: the catalogue has no %s in %s", topic.Slug, key, lang)
			}
		}
	}
	for service, want := range map[string]int{"gewerbeanmeldung": 22, "allgemeiner-antrag": len(data.Tenants)} {
		if offers[service] != want {
			t.Errorf("%s is offered by %d authorities, want %d", service, offers[service], want)
		}
	}
}

func TestSearchLeadsToTheRightOffice(t *testing.T) {
	f := find.New(find.Deps{Store: newShelf(t), Now: time.Now})
	ctx := context.Background()
	for _, c := range []struct{ q, place, service, office string }{
		{"hund anmelden", "Jena", "hundesteuer-anmeldung", "jena"},
		{"hundestuer", "jena", "hundesteuer-anmeldung", "jena"},
		{"register a dog", "Jena", "hundesteuer-anmeldung", "jena"},
		{"Gewerbe anmelden", "Hohengandern", "gewerbeanmeldung", "kreis-eichsfeld"},
		{"Hundesteuer", "Hohengandern", "hundesteuer-anmeldung", "vg-hanstein-rusteberg"},
		{"parkausweis", "Weimar", "bewohnerparkausweis", "weimar"},
		{"Anwohnerparken", "07743", "bewohnerparkausweis", "jena"},
		{"Adresse herausfinden", "Muehlhausen", "melderegisterauskunft", "muehlhausen-thueringen"},
		{"strassenfest", "Gera", "sondernutzungserlaubnis", "gera"},
		{"straßenfest", "Nordhausn", "sondernutzungserlaubnis", "nordhausen"},
		{"Hund abmelden", "Jena", "hundesteuer-abmeldung", "jena"},
		{"mein Hund ist gestorben", "Jena", "hundesteuer-abmeldung", "jena"},
		{"geburtsurkunde", "Hohengandern", "geburtsurkunde", "vg-hanstein-rusteberg"},
		{"birth certificate", "Weimar", "geburtsurkunde", "weimar"},
		{"Wohngeld", "Hohengandern", "wohngeld-mietzuschuss", "kreis-eichsfeld"},
		{"Wohngeld", "Gera", "wohngeld-mietzuschuss", "gera"},
		{"Unterhalt", "Hohengandern", "unterhaltsvorschuss", "kreis-eichsfeld"},
		{"WBS", "Ilmenau", "wohnberechtigungsschein", "kreis-ilm-kreis"},
		{"angeln", "Hohengandern", "fischereischein", "vg-hanstein-rusteberg"},
		{"Meldebestätigung", "Jena", "meldebestaetigung", "jena"},
		{"umziehen anmelden", "Jena", "wohnsitzanmeldung", "jena"},
		{"ummelden", "Jena", "wohnsitzanmeldung", "jena"},
		{"moving house", "Jena", "wohnsitzanmeldung", "jena"},
		{"Plakate", "Jena", "plakatierung", "jena"},
		{"Osterfeuer", "Hohengandern", "brauchtumsfeuer", "vg-hanstein-rusteberg"},
		{"Baum faellen", "Jena", "baumfaellung", "jena"},
		{"Schlagloch", "Jena", "maengelmeldung", "jena"},
		{"Kindergarten", "Jena", "kita-anmeldung", "jena"},
		{"Saal", "Jena", "saalnutzung", "jena"},
		{"falschparker", "Jena", "hinweis-ordnungsamt", "jena"},
		{"Fuehrungszeugniss", "Jena", "fuehrungszeugnis", "jena"},
	} {
		t.Run(c.q+" in "+c.place, func(t *testing.T) {
			topics, err := f.Topics(ctx, c.q)
			if err != nil || len(topics) == 0 || topics[0].Slug != c.service {
				t.Fatalf("topics = %v (%v), want %s first", slugsOf(topics), err, c.service)
			}
			places, err := f.Places(ctx, c.place)
			if err != nil || len(places.Places) == 0 {
				t.Fatalf("places = %v (%v)", places, err)
			}
			office, err := f.Responsible(ctx, c.service, places.Places[0].ARS)
			if err != nil || office.Tenant.Slug != c.office || !office.Online {
				t.Errorf("office = %s, online %v (%v), want %s", office.Tenant.Slug, office.Online, err, c.office)
			}
		})
	}
}

func slugsOf(topics []find.Topic) []string {
	var out []string
	for _, t := range topics {
		out = append(out, t.Slug)
	}
	return out
}

func TestAnUnknownPostcodeAsksForTheName(t *testing.T) {
	f := find.New(find.Deps{Store: newShelf(t), Now: time.Now})
	got, err := f.Places(context.Background(), "12345")
	if err != nil || !got.ByName || len(got.Places) != 0 {
		t.Errorf("12345: %+v (%v), want to be asked for the name", got, err)
	}
}

func TestNamesakesAreToldApart(t *testing.T) {
	f := find.New(find.Deps{Store: newShelf(t), Now: time.Now})
	got, err := f.Places(context.Background(), "Elxleben")
	if err != nil || len(got.Places) != 2 || got.Places[0].KreisName == got.Places[1].KreisName {
		t.Errorf("Elxleben: %+v (%v), want two with different Kreise", got, err)
	}
}

func TestConfigurationIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ env, want string }{
		"a key of ours that does not exist": {"OIDC_CITIZEN_CLIENTID=x", "did you mean OIDC_CITIZEN_CLIENT_ID?"},
		"an address without a port":         {"LISTEN=localhost", "LISTEN"},
		"a contact that is none":            {"SECURITY_CONTACT=security@example.org", "SECURITY_CONTACT"},
		"a contact of two lines":            {"SECURITY_CONTACT=mailto:a@b.example\nExpires: never", "SECURITY_CONTACT"},
		"a scheme that nobody knows":        {"DATABASE_URL=mysql://x", "must begin with sqlite:"},
		"a public address with a path":      {"PUBLIC_URL=https://example.org/x", "PUBLIC_URL"},
		"a broken proxy address":            {"TRUSTED_PROXY=nobody", "TRUSTED_PROXY"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadConfig([]string{c.env})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.env, err, c.want)
			}
		})
	}
	if _, err := loadConfig([]string{"HOME=/root", "PATH=/bin"}); err != nil {
		t.Errorf("foreign variables: %v", err)
	}
}

func TestPasswordsAreNotShown(t *testing.T) {
	for in, want := range map[string]string{"postgres://u:secret@h/db": "postgres://…@h/db", "sqlite:x.db": "sqlite:x.db", "s3:https://k:secret@h/b": "s3:https://…@h/b"} {
		if got := redact(in); got != want {
			t.Errorf("redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSettingsHaveHelp(t *testing.T) {
	for i, s := range settings {
		if s.help == "" || slices.IndexFunc(settings, func(x setting) bool { return x.key == s.key }) != i {
			t.Errorf("%s: no help, or there twice", s.key)
		}
	}
}
