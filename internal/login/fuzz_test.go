package login_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/login"
)

// stranger is a provider whose token endpoint answers with anything.
type stranger struct{ says string }

func (s *stranger) RoundTrip(r *http.Request) (*http.Response, error) {
	const issuer = "https://id.example.org"
	body := s.says
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		body = fmt.Sprintf(`{"issuer":%q,"authorization_endpoint":"%s/auth","token_endpoint":"%s/token","jwks_uri":"%s/jwks","id_token_signing_alg_values_supported":["RS256"]}`, issuer, issuer, issuer, issuer)
	case "/jwks":
		body = `{"keys":[]}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// FuzzCallback comes back from the provider with any parameters and any answer of its token endpoint, and tells by any token that a
// session is over: without a signature nobody is let in, nobody is logged out, and nothing panics.
func FuzzCallback(f *testing.F) {
	f.Add(true, "code", "", "", `{"access_token":"a","token_type":"Bearer","id_token":"e30.e30.e30"}`)
	f.Add(true, "code", "", "https://id.example.org", `{"access_token":"a","token_type":"Bearer","id_token":"eyJhbGciOiJub25lIn0.e30."}`)
	f.Add(false, "", "access_denied", "", "")
	f.Add(true, "", "login_required", "https://evil.example", "{")
	f.Add(true, "c", "", "", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA")
	f.Fuzz(func(t *testing.T, known bool, code, fault, issuer, says string) {
		provider := &stranger{says}
		l := open(t, login.Config{Issuer: "https://id.example.org", HTTP: &http.Client{Transport: provider}})
		address, secret, err := l.Begin(t.Context(), civic.Level(""), false, "de")
		if err != nil {
			t.Fatal(err)
		}
		query := map[string]string{"code": code, "error": fault, "iss": issuer, "state": code}
		if known {
			_, state, _ := strings.Cut(address, "state=")
			query["state"], _, _ = strings.Cut(state, "&")
		}
		if who, err := l.Finish(t.Context(), secret, query); err == nil {
			t.Errorf("let in as %+v", who)
		}
		if sid, subject, err := l.BackChannel(t.Context(), says); err == nil {
			t.Errorf("logged out %q %q", sid, subject)
		}
	})
}
