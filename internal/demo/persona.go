package demo

import (
	"context"
	"strings"

	"antragswerk/internal/civic"
)

// The audiences of a client.
const (
	Citizen = "citizen"
	Staff   = "staff"
)

// persona is somebody whom a visitor may be.
type persona struct {
	Key      string // value of the button
	Name     string
	What     string // what this login is good for, in the page's language
	Audience string
	Level    civic.Level
	claims   map[string]any
}

// stork are BundID's words for the levels.
func stork(l civic.Level) string {
	switch l {
	case civic.LevelBasic:
		return "STORK-QAA-Level-1"
	case civic.LevelSubstantial:
		return "STORK-QAA-Level-3"
	case civic.LevelHigh:
		return "STORK-QAA-Level-4"
	default:
		return ""
	}
}

// citizens are the people and the company of the demo, in the order of their buttons. None of them lives.
func citizens(lang string) []persona {
	say := func(de, en string) string {
		if lang == "en" {
			return en
		}
		return de
	}
	return []persona{
		{
			Key: "citizen-basic", Name: "Erika Beispiel", Audience: Citizen, Level: civic.LevelBasic,
			What: say("Basisregistrierung: Benutzername und Passwort", "Basic: user name and password"),
			claims: map[string]any{
				"salutation": "Frau", "given_name": "Erika", "family_name": "Beispiel",
			},
		},
		{
			Key: "citizen-substantial", Name: "Max Muster", Audience: Citizen, Level: civic.LevelSubstantial,
			What: say("Vertrauensniveau substanziell: ELSTER-Zertifikat", "Substantial: ELSTER certificate"),
			claims: map[string]any{
				"salutation": "Herr", "given_name": "Max", "family_name": "Muster", "date_of_birth": "1985-04-12",
				"street_and_building": "Musterweg 7", "zip_code": "07743", "city": "Jena", "country": "DE",
				"nationality": "DE",
			},
		},
		{
			Key: "citizen-high", Name: "Dr. Aylin Öztürk-Weiß", Audience: Citizen, Level: civic.LevelHigh,
			What: say("Vertrauensniveau hoch: Online-Ausweis", "High: electronic identity card"),
			claims: map[string]any{
				"salutation": "Frau", "title": "Dr.", "given_name": "Aylin", "family_name": "Öztürk-Weiß",
				"birth_name": "Öztürk", "date_of_birth": "1979-11-30", "place_of_birth": "İzmir",
				"street_and_building": "Straße des Beispiels 12a", "zip_code": "99084", "city": "Erfurt", "country": "DE",
				"nationality": "DE",
			},
		},
		{
			Key: "organisation", Name: "Beispiel Bau GmbH", Audience: Citizen, Level: civic.LevelSubstantial,
			What: say("Unternehmenskonto: Organisationszertifikat", "Business account: organisation certificate"),
			claims: map[string]any{
				"account_type": "organisation", "organisation_name": "Beispiel Bau GmbH", "legal_form": "GmbH",
				"register_type": "HRB", "register_court": "Amtsgericht Jena", "register_number": "HRB 000000",
				"given_name": "Jörg", "family_name": "Beispiel",
				"street_and_building": "Gewerbestraße 1", "zip_code": "07745", "city": "Jena", "country": "DE",
			},
		},
	}
}

// stateRoles are the personas of the state's own staff.
func stateRoles(lang string) []persona {
	what := map[string][2]string{
		"editor":    {"Redaktion des Landes: bearbeitet Leistungen und Formulare", "State editor: edits services and forms"},
		"publisher": {"Freigabe des Landes: veröffentlicht Fassungen", "State publisher: publishes versions"},
		"auditor":   {"Revision des Landes: sieht Protokolle", "State auditor: sees the log"},
	}
	names := map[string]string{"editor": "Edda Entwurf", "publisher": "Peter Freigabe", "auditor": "Rosa Revision"}
	var all []persona
	for _, key := range []string{"editor", "publisher", "auditor"} {
		all = append(all, staff(key, names[key], pick(what[key], lang)))
	}
	return all
}

// tenantRoles are the personas of one authority.
func tenantRoles(t civic.Tenant, lang string) []persona {
	what := map[string][2]string{
		"clerk": {"Sachbearbeitung", "Clerk"}, "lead": {"Leitung", "Lead"}, "admin": {"Administration", "Administration"},
	}
	names := map[string]string{"clerk": "Klara Akte", "lead": "Leo Leitung", "admin": "Ada Amt"}
	var all []persona
	for _, role := range []string{"clerk", "lead", "admin"} {
		all = append(all, staff(role+"-"+t.Slug, names[role], pick(what[role], lang)+" · "+t.Name))
	}
	return all
}

func pick(texts [2]string, lang string) string {
	if lang == "en" {
		return texts[1]
	}
	return texts[0]
}

func staff(key, name, what string) persona {
	first, last, _ := strings.Cut(name, " ")
	return persona{
		Key: key, Name: name, What: what, Audience: Staff, Level: civic.LevelSubstantial,
		claims: map[string]any{"given_name": first, "family_name": last, "groups": []string{key}},
	}
}

// claimsOf is what the provider tells about a persona.
func (p persona) claimsOf() map[string]any {
	all := map[string]any{
		"sub": p.Key, "name": p.Name, "email": p.Key + "@demo.invalid", "email_verified": true,
		"trust_level_authentication": stork(p.Level),
	}
	if p.Audience == Citizen {
		all["account_type"] = "person"
	}
	for name, value := range p.claims {
		all[name] = value
	}
	return all
}

// find returns the persona of a key for an audience; ok is false for one that does not exist.
func (p *Provider) find(ctx context.Context, audience, key string) (persona, bool, error) {
	fixed := citizens("de")
	if audience == Staff {
		fixed = stateRoles("de")
	}
	for _, who := range fixed {
		if who.Key == key {
			return who, true, nil
		}
	}
	role, slug, ok := strings.Cut(key, "-")
	if audience != Staff || !ok || slug == "" || len(slug) > 100 {
		return persona{}, false, nil
	}
	t, err := p.cfg.Tenants.Tenant(ctx, slug)
	if civic.CodeOf(err) == civic.NotFound {
		return persona{}, false, nil
	}
	if err != nil {
		return persona{}, false, err
	}
	for _, who := range tenantRoles(t, "de") {
		if strings.HasPrefix(who.Key, role+"-") {
			return who, true, nil
		}
	}
	return persona{}, false, nil
}
