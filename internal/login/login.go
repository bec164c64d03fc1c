// Package login is the OpenID Connect relying party: it sends a browser to an identity provider and turns what comes
// back into a civic.Identity with its assurance level. One Login serves one audience (citizens or staff) at one
// provider; BundID and others sit behind a broker such as Keycloak. It knows neither cookies nor sessions, and it
// fails closed: what is not understood is no assurance at all.
package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"antragswerk/internal/civic"
)

// The audiences that a provider is asked for.
const (
	Citizen = "citizen"
	Staff   = "staff"
)

const (
	secretLife   = 30 * time.Minute // an online identity card with a reader at hand takes its time
	askAgain     = 2 * time.Second  // after a failed discovery
	callTimeout  = 10 * time.Second
	maxAnswer    = 1 << 20
	clockSkew    = time.Minute
	logoutWindow = 10 * time.Minute
)

// Config says which provider to trust and as whom to speak to it.
type Config struct {
	Issuer       string // https:, or http: on loopback
	ClientID     string
	ClientSecret string // "" for a public client
	RedirectURL  string // our own address that the provider sends the browser back to
	Audience     string // Citizen or Staff
	// Organisation marks every account of this provider as an organisation's, whatever account_type says.
	Organisation bool
	// Scopes are asked for besides openid, profile, email (and groups for staff).
	Scopes []string
	// LevelMap tells which level a value of acr or of LevelClaim stands for; nil means DefaultLevels. Other values are none.
	LevelMap map[string]civic.Level
	// LevelClaim is a second claim that speaks of the level, the weaker of both counts; "" means trust_level_authentication.
	LevelClaim string
	HTTP       *http.Client // nil: a client with time-outs
	Now        civic.Clock
	// MAC authenticates the secret that lies in the browser's cookie; purpose separates it from other uses of the key.
	MAC func(purpose string, msg []byte) []byte
}

// Login is a relying party for one audience; safe for concurrent use.
type Login struct {
	cfg    Config
	client *http.Client

	turn  chan struct{} // held while asking the provider about itself
	mu    sync.RWMutex
	known *provider
	retry time.Time
	cause error
}

// provider is what discovery told.
type provider struct {
	*oidc.Provider
	meta     metadata
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
}

type metadata struct {
	EndSession  string   `json:"end_session_endpoint"`
	UserInfo    string   `json:"userinfo_endpoint"`
	Scopes      []string `json:"scopes_supported"`
	ACRs        []string `json:"acr_values_supported"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	IssParam    bool     `json:"authorization_response_iss_parameter_supported"`
}

// Open checks the configuration. It does not wait for the provider, which may start later than we do: each use asks
// again until the provider has answered once, and is Unavailable until then.
func Open(ctx context.Context, cfg Config) (*Login, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := checkIssuer(cfg.Issuer); err != nil {
		return nil, err
	}
	switch {
	case cfg.Audience != Citizen && cfg.Audience != Staff:
		return nil, fmt.Errorf("login: audience %q is neither %s nor %s", cfg.Audience, Citizen, Staff)
	case cfg.ClientID == "":
		return nil, errors.New("login: the client id is missing")
	case cfg.RedirectURL == "":
		return nil, errors.New("login: the redirect address is missing")
	case cfg.MAC == nil:
		return nil, errors.New("login: there is no MAC for the cookie")
	}
	if cfg.LevelMap == nil {
		cfg.LevelMap = DefaultLevels()
	}
	if cfg.LevelClaim == "" {
		cfg.LevelClaim = "trust_level_authentication"
	}
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return time.Now().UTC() }
	}
	client := &http.Client{Timeout: callTimeout}
	if cfg.HTTP != nil {
		copied := *cfg.HTTP
		client = &copied
	}
	client.Transport = capped{next: client.Transport}
	return &Login{cfg: cfg, client: client, turn: make(chan struct{}, 1)}, nil
}

// checkIssuer lets plain http pass on loopback only.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("login: the issuer %q is not an address", issuer)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return fmt.Errorf("login: the issuer %q must use https (http is for loopback only)", issuer)
	}
	return nil
}

// provider returns what is known about the provider and asks it when nothing is.
func (l *Login) provider(ctx context.Context) (*provider, error) {
	l.mu.RLock()
	p := l.known
	l.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	}
	// Only the holder of the turn writes these fields.
	if l.known != nil {
		return l.known, nil
	}
	if l.cfg.Now().Before(l.retry) {
		return nil, unavailable(l.cause)
	}
	p, err := l.discover(ctx)
	if err != nil {
		l.cause, l.retry = err, l.cfg.Now().Add(askAgain)
		return nil, unavailable(err)
	}
	l.mu.Lock()
	l.known = p
	l.mu.Unlock()
	return p, nil
}

func (l *Login) discover(ctx context.Context) (*provider, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, l.client), l.cfg.Issuer)
	if err != nil {
		return nil, err
	}
	p := &provider{Provider: found}
	if err := found.Claims(&p.meta); err != nil {
		return nil, err
	}
	// Verifier keeps one remote key set: a key id that it has not seen makes it fetch the keys anew (rotation).
	p.verifier = found.Verifier(&oidc.Config{ClientID: l.cfg.ClientID, Now: l.cfg.Now})
	p.oauth = oauth2.Config{
		ClientID: l.cfg.ClientID, ClientSecret: l.cfg.ClientSecret, RedirectURL: l.cfg.RedirectURL,
		Endpoint: found.Endpoint(), Scopes: l.scopes(p.meta.Scopes),
	}
	p.oauth.Endpoint.AuthStyle = authStyle(l.cfg.ClientSecret, p.meta.AuthMethods)
	return p, nil
}

// scopes leaves out what the provider does not know, because some refuse the whole request for one unknown scope.
func (l *Login) scopes(supported []string) []string {
	want := []string{"profile", "email"}
	if l.cfg.Audience == Staff {
		want = append(want, "groups")
	}
	scopes := []string{oidc.ScopeOpenID}
	for _, s := range want {
		if slices.Contains(supported, s) {
			scopes = append(scopes, s)
		}
	}
	return append(scopes, l.cfg.Scopes...)
}

// authStyle decides how to show the client secret. Trying both would use up the code at a strict provider.
func authStyle(secret string, methods []string) oauth2.AuthStyle {
	basic := len(methods) == 0 || slices.Contains(methods, "client_secret_basic")
	if secret == "" || !basic {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

func unavailable(cause error) error {
	return civic.Errorf(civic.Unavailable, "error.login.unavailable").Because(cause)
}

// Check tells whether the provider answers, for a readiness page and the doctor.
func (l *Login) Check(ctx context.Context) error {
	_, err := l.provider(ctx)
	return err
}

// language is what the provider's pages understand: plain German is ordinary German there.
func language(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return base
}
