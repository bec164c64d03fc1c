package login

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

const (
	maxValue  = 500 // letters of one attribute
	maxGroups = 1000
)

// attributeNames returns the claims that a form can be prefilled with, as providers behind BundID and
// Mein Unternehmenskonto name them, and what we call them. Everything else that a provider tells is forgotten.
func attributeNames() map[string]string {
	names := map[string]string{
		// OpenID Connect's own names for the same things; an own name wins where both are given.
		"birthdate": "date_of_birth", "phone_number": "telephone",
	}
	for _, name := range []string{
		"salutation", "title", "given_name", "family_name", "birth_name", "date_of_birth", "place_of_birth", "nationality",
		"street_and_building", "zip_code", "city", "community_id", "country", "email", "telephone",
		"legacy_postkorb_handle", "pseudonym",
		"organisation_name", "legal_form", "register_type", "register_court", "register_number", "activity",
	} {
		names[name] = name
	}
	return names
}

// identity translates verified claims.
func (l *Login) identity(c claims, raw string) civic.Identity {
	who := civic.Identity{
		Issuer: l.cfg.Issuer, Subject: c.text("sub"), SessionID: c.text("sid"), IDToken: raw,
		Level:         l.level(c.text("acr"), c.text(l.cfg.LevelClaim)),
		Organisation:  l.cfg.Organisation || isOrganisation(c.text("account_type")),
		Attributes:    map[string]string{},
		Email:         strings.ToLower(c.text("email")),
		EmailVerified: c.truth("email_verified"),
		Name:          c.text("name"),
		LoggedIn:      c.time("auth_time"),
	}
	for claim, name := range attributeNames() {
		value := c.text(claim)
		if value != "" && (claim == name || c.text(name) == "") {
			who.Attributes[name] = value
		}
	}
	c.address(who.Attributes)
	if who.Name == "" {
		who.Name = strings.TrimSpace(c.text("given_name") + " " + c.text("family_name"))
	}
	if l.cfg.Audience == Staff {
		who.Groups = c.groups()
		// An address that nobody proved must not match an appointment.
		if !who.EmailVerified {
			who.Email = ""
			delete(who.Attributes, "email")
		}
	}
	return who
}

func isOrganisation(kind string) bool {
	return slices.Contains([]string{"organisation", "organization", "legal_person", "legalperson", "unternehmen"}, strings.ToLower(kind))
}

// text returns a claim as text: strings, numbers, and lists of one; "" for all else and for what is too long.
func (c claims) text(name string) string {
	raw := c[name]
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) == 1 {
		raw = list[0]
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		var n json.Number
		if json.Unmarshal(raw, &n) != nil {
			return ""
		}
		s = n.String()
	}
	s = strings.TrimSpace(s)
	if len([]rune(s)) > maxValue {
		return ""
	}
	return s
}

// truth reads a boolean; some providers write it as text.
func (c claims) truth(name string) bool {
	var b bool
	if json.Unmarshal(c[name], &b) == nil {
		return b
	}
	return c.text(name) == "true"
}

// time reads seconds since 1970; the zero time when the claim is missing.
func (c claims) time(name string) time.Time {
	var n float64
	if c[name] == nil || json.Unmarshal(c[name], &n) != nil {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// groups reads the group names; Keycloak writes them as paths.
func (c claims) groups() []string {
	var all []string
	if json.Unmarshal(c["groups"], &all) != nil {
		return nil
	}
	var groups []string
	for _, g := range all {
		g = strings.TrimPrefix(strings.TrimSpace(g), "/")
		if g != "" && len(g) <= maxValue && len(groups) < maxGroups {
			groups = append(groups, g)
		}
	}
	return groups
}

// address takes OpenID Connect's address claim apart where the flat attributes are missing.
func (c claims) address(into map[string]string) {
	var parts claims
	if json.Unmarshal(c["address"], &parts) != nil {
		return
	}
	for claim, name := range map[string]string{
		"street_address": "street_and_building", "postal_code": "zip_code", "locality": "city", "country": "country",
	} {
		if value := parts.text(claim); value != "" && into[name] == "" {
			into[name] = value
		}
	}
}
