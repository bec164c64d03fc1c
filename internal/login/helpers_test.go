package login_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"antragswerk/internal/civic"
	"antragswerk/internal/login"
)

const callback = "http://127.0.0.1:8080/login/callback"

func mac(purpose string, msg []byte) []byte {
	h := hmac.New(sha256.New, []byte("a key for tests"))
	h.Write([]byte(purpose + "\x00"))
	h.Write(msg)
	return h.Sum(nil)
}

// opener is a provider written for these tests, which can be told to misbehave.
type opener struct {
	*httptest.Server
	mu        sync.Mutex
	key       *rsa.PrivateKey
	kid       string
	nonce     string
	challenge string
	claims    map[string]any // override what the ID token says; nil deletes
	info      map[string]any // the userinfo answer
	unsigned  bool
	down      bool
}

func newOpener(t *testing.T) *opener {
	t.Helper()
	o := &opener{info: map[string]any{"sub": "sub-1", "given_name": "Max", "birthdate": "1985-04-12"}}
	o.rotate(t, "first")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if o.down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		reply(w, map[string]any{
			"issuer": o.URL, "authorization_endpoint": o.URL + "/authorize", "token_endpoint": o.URL + "/token",
			"jwks_uri": o.URL + "/jwks", "userinfo_endpoint": o.URL + "/userinfo", "end_session_endpoint": o.URL + "/end",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid", "profile"},
		})
	})
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &o.key.PublicKey, KeyID: o.kid, Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, _ *http.Request) { reply(w, o.info) })
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": o.token(t)})
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func (o *opener) rotate(t *testing.T, kid string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.key, o.kid = key, kid
}

func (o *opener) token(t *testing.T) string {
	now := time.Now().Unix()
	all := map[string]any{
		"iss": o.URL, "aud": "antragswerk", "sub": "sub-1", "sid": "sid-1", "nonce": o.nonce, "iat": now, "exp": now + 300,
		"auth_time": now, "acr": "http://eidas.europa.eu/LoA/high",
	}
	for name, value := range o.claims {
		if value == nil {
			delete(all, name)
			continue
		}
		all[name] = value
	}
	return o.sign(t, all)
}

func (o *opener) sign(t *testing.T, claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		t.Error(err)
	}
	if o.unsigned {
		enc := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		return enc(`{"alg":"none","kid":"`+o.kid+`"}`) + "." + enc(string(body)) + "."
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: o.key, KeyID: o.kid}}, nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	signed, err := s.Sign(body)
	if err != nil {
		t.Error(err)
		return ""
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		t.Error(err)
	}
	return compact
}

// begin starts a login and returns its secret and the answer of a provider that is content.
func (o *opener) begin(t *testing.T, l *login.Login, want civic.Level) (string, map[string]string, url.Values) {
	t.Helper()
	address, secret, err := l.Begin(t.Context(), want, false, "de")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	o.nonce, o.challenge = q.Get("nonce"), q.Get("code_challenge")
	return secret, map[string]string{"state": q.Get("state"), "code": "c"}, q
}

func open(t *testing.T, cfg login.Config) *login.Login {
	t.Helper()
	if cfg.Audience == "" {
		cfg.Audience = login.Citizen
	}
	if cfg.ClientID == "" {
		cfg.ClientID, cfg.ClientSecret = "antragswerk", "hush"
	}
	if cfg.RedirectURL == "" {
		cfg.RedirectURL = callback
	}
	cfg.MAC = mac
	l, err := login.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func wantCode(t *testing.T, err error, code civic.Code) {
	t.Helper()
	if got := civic.CodeOf(err); got != code {
		t.Errorf("code %q, want %q: %v", got, code, err)
	}
}
