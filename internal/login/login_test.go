package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/login"
)

func TestFinish(t *testing.T) {
	o := newOpener(t)
	l := open(t, login.Config{Issuer: o.URL})
	secret, query, asked := o.begin(t, l, civic.LevelSubstantial)
	for name, want := range map[string]string{
		"code_challenge_method": "S256", "prompt": "login", "max_age": "0", "response_type": "code", "ui_locales": "de",
		"redirect_uri": callback, "scope": "openid profile",
	} {
		if got := asked.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if acr := asked.Get("acr_values"); strings.Contains(acr, "basic") || !strings.Contains(acr, "STORK-QAA-Level-3") {
		t.Errorf("acr_values %q", acr)
	}
	who, err := l.Finish(t.Context(), secret, query)
	if err != nil {
		t.Fatal(err)
	}
	if who.IDToken == "" {
		t.Error("no ID token for the logout")
	}
	who.IDToken = ""
	want := civic.Identity{
		Issuer: o.URL, Subject: "sub-1", SessionID: "sid-1", Level: civic.LevelHigh, Name: "Max",
		Attributes: map[string]string{"given_name": "Max", "date_of_birth": "1985-04-12"},
	}
	if age := time.Since(who.LoggedIn); age < -time.Minute || age > time.Minute {
		t.Errorf("logged in at %v", who.LoggedIn)
	}
	who.LoggedIn = time.Time{}
	if diff := cmp.Diff(want, who); diff != "" {
		t.Error(diff)
	}
}

func TestFinishRefuses(t *testing.T) {
	past := time.Now().Add(-time.Hour).Unix()
	for _, tt := range []struct {
		name   string
		code   civic.Code
		claims map[string]any
		spoil  func(o *opener, secret *string, query map[string]string)
	}{
		{"wrong state", civic.Invalid, nil, func(_ *opener, _ *string, q map[string]string) { q["state"] += "x" }},
		{"no state", civic.Invalid, nil, func(_ *opener, _ *string, q map[string]string) { delete(q, "state") }},
		{"no cookie", civic.Invalid, nil, func(_ *opener, s *string, _ map[string]string) { *s = "" }},
		{"forged cookie", civic.Invalid, nil, func(_ *opener, s *string, _ map[string]string) { *s = "A" + (*s)[1:] }},
		{"answer of another issuer", civic.Invalid, nil, func(_ *opener, _ *string, q map[string]string) { q["iss"] = "https://evil.example" }},
		{"cancelled", civic.Invalid, nil, func(_ *opener, _ *string, q map[string]string) { q["error"] = "access_denied" }},
		{"alg none", civic.Invalid, nil, func(o *opener, _ *string, _ map[string]string) { o.unsigned = true }},
		{"userinfo of another", civic.Invalid, nil, func(o *opener, _ *string, _ map[string]string) { o.info = map[string]any{"sub": "sub-2"} }},
		{"wrong nonce", civic.Invalid, map[string]any{"nonce": "another"}, nil},
		{"no nonce", civic.Invalid, map[string]any{"nonce": nil}, nil},
		{"expired", civic.Invalid, map[string]any{"exp": past}, nil},
		{"wrong audience", civic.Invalid, map[string]any{"aud": "another"}, nil},
		{"another authorized party", civic.Invalid, map[string]any{"azp": "another"}, nil},
		{"two audiences without party", civic.Invalid, map[string]any{"aud": []string{"antragswerk", "another"}}, nil},
		{"wrong issuer", civic.Invalid, map[string]any{"iss": "https://evil.example"}, nil},
		{"no subject", civic.Invalid, map[string]any{"sub": nil}, nil},
		{"old login at the provider", civic.Invalid, map[string]any{"auth_time": past}, nil},
		{"no time of login", civic.Invalid, map[string]any{"auth_time": nil}, nil},
		{"level too low", civic.LoginFirst, map[string]any{"acr": "STORK-QAA-Level-1"}, nil},
		{"level unknown", civic.LoginFirst, map[string]any{"acr": "urn:mace:incommon:iap:gold"}, nil},
		{"level missing", civic.LoginFirst, map[string]any{"acr": nil}, nil},
		{"levels disagree", civic.LoginFirst, map[string]any{"trust_level_authentication": "STORK-QAA-Level-1"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOpener(t)
			l := open(t, login.Config{Issuer: o.URL})
			secret, query, _ := o.begin(t, l, civic.LevelSubstantial)
			o.claims = tt.claims
			if tt.spoil != nil {
				tt.spoil(o, &secret, query)
			}
			who, err := l.Finish(t.Context(), secret, query)
			wantCode(t, err, tt.code)
			if who.Subject != "" || who.Level != "" {
				t.Errorf("got %+v with the error", who)
			}
		})
	}
}

// A login that has to be fresh is refused when the provider lets in somebody who proved long ago who they are, or does not say
// when, whatever its unsigned answers claim.
func TestFreshLogin(t *testing.T) {
	for name, x := range map[string]struct {
		authTime any
		good     bool
	}{"now": {time.Now().Unix(), true}, "an hour ago": {time.Now().Add(-time.Hour).Unix(), false}, "unknown": {nil, false}} {
		o := newOpener(t)
		o.info["auth_time"] = time.Now().Unix()
		l := open(t, login.Config{Issuer: o.URL})
		address, secret, err := l.Begin(t.Context(), civic.LevelBasic, true, "de")
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Get("prompt") != "login" || q.Get("max_age") != "0" {
			t.Errorf("asked for %v", q)
		}
		o.nonce, o.claims = q.Get("nonce"), map[string]any{"auth_time": x.authTime}
		if _, err := l.Finish(t.Context(), secret, map[string]string{"state": q.Get("state"), "code": "c"}); (err == nil) != x.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Only the signed token says when somebody logged in.
func TestTimeOfLoginIsSigned(t *testing.T) {
	o := newOpener(t)
	o.info["auth_time"] = time.Now().Unix()
	l := open(t, login.Config{Issuer: o.URL})
	secret, query, _ := o.begin(t, l, civic.LevelBasic)
	o.claims = map[string]any{"auth_time": nil}
	who, err := l.Finish(t.Context(), secret, query)
	if err != nil || !who.LoggedIn.IsZero() {
		t.Errorf("%v, logged in at %v", err, who.LoggedIn)
	}
}

func TestKeyRotation(t *testing.T) {
	o := newOpener(t)
	l := open(t, login.Config{Issuer: o.URL})
	for _, kid := range []string{"first", "second"} {
		o.rotate(t, kid)
		secret, query, _ := o.begin(t, l, civic.LevelBasic)
		if _, err := l.Finish(t.Context(), secret, query); err != nil {
			t.Errorf("%s key: %v", kid, err)
		}
	}
}

func TestOldSecret(t *testing.T) {
	o := newOpener(t)
	now := time.Now()
	l := open(t, login.Config{Issuer: o.URL, Now: func() time.Time { return now }})
	secret, query, _ := o.begin(t, l, civic.LevelNone)
	now = now.Add(31 * time.Minute)
	_, err := l.Finish(t.Context(), secret, query)
	wantCode(t, err, civic.Invalid)
}

func TestSecretOfAnotherAudience(t *testing.T) {
	o := newOpener(t)
	secret, query, _ := o.begin(t, open(t, login.Config{Issuer: o.URL}), civic.LevelNone)
	_, err := open(t, login.Config{Issuer: o.URL, Audience: login.Staff}).Finish(t.Context(), secret, query)
	wantCode(t, err, civic.Invalid)
}

func TestProviderIsDownAtFirst(t *testing.T) {
	o := newOpener(t)
	o.down = true
	now := time.Now()
	l := open(t, login.Config{Issuer: o.URL, Now: func() time.Time { return now }})
	_, _, err := l.Begin(t.Context(), civic.LevelNone, false, "de")
	wantCode(t, err, civic.Unavailable)
	o.down = false
	_, _, err = l.Begin(t.Context(), civic.LevelNone, false, "de")
	wantCode(t, err, civic.Unavailable) // asked a moment ago
	now = now.Add(3 * time.Second)
	if _, _, err = l.Begin(t.Context(), civic.LevelNone, false, "de"); err != nil {
		t.Error(err)
	}
}

func TestStaff(t *testing.T) {
	for _, verified := range []bool{true, false} {
		o := newOpener(t)
		o.info = map[string]any{
			"sub": "sub-1", "email": "Klara.Akte@Example.org", "email_verified": verified, "groups": []string{"/clerk-jena", "editor"},
		}
		l := open(t, login.Config{Issuer: o.URL, Audience: login.Staff})
		secret, query, _ := o.begin(t, l, civic.LevelNone)
		who, err := l.Finish(t.Context(), secret, query)
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if verified {
			want = "klara.akte@example.org"
		}
		if who.Email != want || (who.Attributes["email"] != "") != verified {
			t.Errorf("verified %v: e-mail %q, attributes %v", verified, who.Email, who.Attributes)
		}
		if diff := cmp.Diff([]string{"clerk-jena", "editor"}, who.Groups); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOrganisationAndAddress(t *testing.T) {
	o := newOpener(t)
	o.info = map[string]any{
		"sub": "sub-1", "account_type": "organisation", "organisation_name": "Beispiel Bau GmbH", "groups": []string{"editor"},
		"address": map[string]string{"street_address": "Musterweg 7", "postal_code": "07743", "locality": "Jena"},
	}
	l := open(t, login.Config{Issuer: o.URL})
	secret, query, _ := o.begin(t, l, civic.LevelNone)
	who, err := l.Finish(t.Context(), secret, query)
	if err != nil {
		t.Fatal(err)
	}
	if !who.Organisation || who.Groups != nil {
		t.Errorf("organisation %v, groups %v (a citizen has none)", who.Organisation, who.Groups)
	}
	want := map[string]string{
		"organisation_name": "Beispiel Bau GmbH", "street_and_building": "Musterweg 7", "zip_code": "07743", "city": "Jena",
	}
	if diff := cmp.Diff(want, who.Attributes); diff != "" {
		t.Error(diff)
	}
}

func TestBackChannel(t *testing.T) {
	o := newOpener(t)
	l := open(t, login.Config{Issuer: o.URL})
	now := time.Now().Unix()
	event := map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	for _, tt := range []struct {
		name  string
		spoil map[string]any
		ok    bool
	}{
		{"good", nil, true},
		{"subject only", map[string]any{"sid": nil}, true},
		{"no event", map[string]any{"events": nil}, false},
		{"an ID token", map[string]any{"nonce": "n"}, false},
		{"no id", map[string]any{"jti": nil}, false},
		{"no time", map[string]any{"iat": nil}, false},
		{"old", map[string]any{"iat": now - 3600}, false},
		{"neither", map[string]any{"sid": nil, "sub": nil}, false},
		{"another client", map[string]any{"aud": "another"}, false},
		{"another issuer", map[string]any{"iss": "https://evil.example"}, false},
		{"another event", map[string]any{"events": map[string]any{"urn:else": map[string]any{}}}, false},
		{"from the future", map[string]any{"iat": now + 3600, "exp": now + 7200}, false},
		{"expired", map[string]any{"exp": now - 1}, false},
	} {
		claims := map[string]any{
			"iss": o.URL, "aud": "antragswerk", "sub": "sub-1", "sid": "sid-1", "iat": now, "exp": now + 120, "jti": "j", "events": event,
		}
		for name, value := range tt.spoil {
			claims[name] = value
			if value == nil {
				delete(claims, name)
			}
		}
		sid, subject, err := l.BackChannel(t.Context(), o.sign(t, claims))
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if wantSID := map[bool]string{true: o.URL + " sid-1"}[tt.name == "good"]; sid != wantSID {
			t.Errorf("%s: sid %q", tt.name, sid)
		}
		if tt.ok && subject != o.URL+" sub-1" || !tt.ok && sid+subject != "" {
			t.Errorf("%s: sid %q, subject %q", tt.name, sid, subject)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	good := login.Config{
		Issuer: "https://id.example.org", ClientID: "c", RedirectURL: callback, Audience: login.Citizen, MAC: mac, HTTP: http.DefaultClient,
	}
	for name, spoil := range map[string]func(*login.Config){
		"http abroad":  func(c *login.Config) { c.Issuer = "http://id.example.org" },
		"no address":   func(c *login.Config) { c.Issuer = "id.example.org" },
		"audience":     func(c *login.Config) { c.Audience = "all" },
		"client":       func(c *login.Config) { c.ClientID = "" },
		"redirect":     func(c *login.Config) { c.RedirectURL = "" },
		"mac":          func(c *login.Config) { c.MAC = nil },
		"http address": func(c *login.Config) { c.Issuer = "http://10.0.0.1" },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := login.Open(t.Context(), cfg); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if _, err := login.Open(t.Context(), good); err != nil {
		t.Error(err)
	}
}

func FuzzSecret(f *testing.F) {
	f.Add("e30.AAAA")
	f.Fuzz(func(t *testing.T, secret string) {
		l := open(t, login.Config{Issuer: "https://id.example.org"})
		if _, err := l.Finish(t.Context(), secret, nil); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%q: %v", secret, err)
		}
	})
}

// The operator's own words for levels take the place of ours, and a word that is not among them is no level.
func TestLevelsOfTheOperator(t *testing.T) {
	for _, x := range []struct {
		acr, claim any
		want       civic.Level
	}{
		{"gold", nil, civic.LevelHigh}, {nil, "silver", civic.LevelSubstantial}, {"gold", "silver", civic.LevelSubstantial},
		{"http://eidas.europa.eu/LoA/high", nil, civic.LevelNone}, {"GOLD", nil, civic.LevelNone}, {nil, nil, civic.LevelNone}, {[]string{"gold", "silver"}, nil, civic.LevelNone},
	} {
		o := newOpener(t)
		l := open(t, login.Config{Issuer: o.URL, LevelClaim: "vot", LevelMap: map[string]civic.Level{"gold": civic.LevelHigh, "silver": civic.LevelSubstantial}})
		secret, query, _ := o.begin(t, l, civic.LevelNone)
		o.claims = map[string]any{"acr": x.acr, "vot": x.claim, "trust_level_authentication": "STORK-QAA-Level-4"}
		who, err := l.Finish(t.Context(), secret, query)
		if err != nil || who.Level != x.want {
			t.Errorf("%v, %v: level %q, %v", x.acr, x.claim, who.Level, err)
		}
	}
}
