package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"antragswerk/internal/civic"
)

const (
	codeLife   = time.Minute
	tokenLife  = 10 * time.Minute
	idLife     = 10 * time.Minute
	maxPending = 10_000 // codes and access tokens that are remembered at once
	maxForm    = 64 << 10
)

// Client is a relying party that the provider knows.
type Client struct {
	ID, Secret   string
	Audience     string // Citizen or Staff: which personas it is offered
	RedirectURLs []string
	LogoutURLs   []string // where a browser may be sent after logging out
}

// Config says as whom the provider speaks and to whom.
type Config struct {
	Issuer        string // PUBLIC_URL + "/demo/idp"
	Dir           string // where the key is kept
	Clients       []Client
	Tenants       Tenants
	Usual         []string // slugs of the authorities whose staff are offered as buttons
	StylesheetURL string   // the app's stylesheet, "" without one
	Now           civic.Clock
}

// Provider is the demo identity provider; mount it at the path of its issuer.
type Provider struct {
	cfg    Config
	path   string // of the issuer
	signer *signer
	page   *template.Template
	trouble,
	bye *template.Template
	mux *http.ServeMux

	mu     sync.Mutex
	codes  map[string]grant
	tokens map[string]grant
}

// grant is what a code or an access token stands for.
type grant struct {
	client, redirect, nonce, challenge string
	sid                                string
	who                                persona
	at                                 time.Time // of the login
	ends                               time.Time
}

// Open reads or makes the key.
func Open(cfg Config) (*Provider, error) {
	u, err := url.Parse(cfg.Issuer)
	if err != nil || u.Host == "" || strings.HasSuffix(u.Path, "/") {
		return nil, fmt.Errorf("demo: the issuer %q is not an address", cfg.Issuer)
	}
	if cfg.Tenants == nil || cfg.Now == nil {
		return nil, errors.New("demo: there are no tenants or no clock")
	}
	p := &Provider{cfg: cfg, path: u.Path, codes: map[string]grant{}, tokens: map[string]grant{}}
	if p.signer, err = openSigner(cfg.Dir); err != nil {
		return nil, err
	}
	for name, into := range map[string]**template.Template{
		"personas.html": &p.page, "trouble.html": &p.trouble, "bye.html": &p.bye,
	} {
		if *into, err = parsePage(name); err != nil {
			return nil, err
		}
	}
	p.mux = http.NewServeMux()
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /.well-known/openid-configuration": p.discovery,
		"GET /jwks":                             p.jwks,
		"GET /authorize":                        p.choose,
		"POST /authorize":                       p.chosen,
		"POST /token":                           p.token,
		"GET /userinfo":                         p.userinfo,
		"GET /end_session":                      p.endSession,
		"POST /end_session":                     p.endSession,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		p.mux.HandleFunc(method+" "+p.path+path, handle)
	}
	return p, nil
}

// ServeHTTP implements http.Handler; paths are those of the issuer's address.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	p.mux.ServeHTTP(w, r)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	at := func(path string) string { return p.cfg.Issuer + path }
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.cfg.Issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
		"userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "end_session_endpoint": at("/end_session"),
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code"},
		"response_modes_supported": []string{"query"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid", "profile", "email", "groups"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic"}, "code_challenge_methods_supported": []string{"S256"},
		"acr_values_supported": []string{"basic", "substantial", "high"}, "ui_locales_supported": []string{"de", "en"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, p.signer.jwks())
}

// userinfo tells the attributes of the persona that an access token stands for.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	g, ok := p.tokens[token]
	p.mu.Unlock()
	if !ok || p.cfg.Now().After(g.ends) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	answer(w, http.StatusOK, g.who.claimsOf())
}

// remember keeps a grant under a new name; the map is swept when it is full.
func (p *Provider) remember(into map[string]grant, g grant) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(into) >= maxPending {
		for name, old := range into {
			if p.cfg.Now().After(old.ends) {
				delete(into, name)
			}
		}
	}
	if len(into) >= maxPending {
		return "", errors.New("demo: too many logins at once")
	}
	name := random()
	into[name] = g
	return name, nil
}

// client returns the client of an id.
func (p *Provider) client(id string) (Client, bool) {
	for _, c := range p.cfg.Clients {
		if c.ID == id {
			return c, true
		}
	}
	return Client{}, false
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a browser that hung up needs no answer
}

// tenants lists the authorities to show: the usual ones, or what the search finds.
func (p *Provider) tenants(ctx context.Context, q string) ([]civic.Tenant, error) {
	if q != "" {
		return p.cfg.Tenants.Search(ctx, q, 20)
	}
	var usual []civic.Tenant
	for _, slug := range p.cfg.Usual {
		t, err := p.cfg.Tenants.Tenant(ctx, slug)
		if civic.CodeOf(err) == civic.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		usual = append(usual, t)
	}
	return usual, nil
}
