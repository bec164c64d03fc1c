package login

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"antragswerk/internal/civic"
)

// Begin returns the provider's address to send the browser to, and the secret to keep in its cookie until it returns.
// From the substantial level on, and where fresh asks for it, the person has to prove anew who they are, so that a weaker
// or older login that still lasts at the provider is not taken for it.
func (l *Login) Begin(ctx context.Context, want civic.Level, fresh bool, lang string) (address, secret string, err error) {
	p, err := l.provider(ctx)
	if err != nil {
		return "", "", err
	}
	begun := newPending(want, fresh, l.cfg.Now())
	options := []oauth2.AuthCodeOption{oidc.Nonce(begun.Nonce), oauth2.S256ChallengeOption(begun.Verifier)}
	if acr := l.acrValues(want, p.meta.ACRs); acr != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", acr))
	}
	if begun.Fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	if lang != "" {
		options = append(options, oauth2.SetAuthURLParam("ui_locales", language(lang)))
	}
	secret, err = l.pack(begun)
	if err != nil {
		return "", "", err
	}
	return p.oauth.AuthCodeURL(begun.State, options...), secret, nil
}

// Finish checks what the provider sent back (query of the redirect address) against the secret of Begin and returns
// who it is. It fails closed: a level below the one that Begin wanted is LoginFirst.
func (l *Login) Finish(ctx context.Context, secret string, query map[string]string) (civic.Identity, error) {
	begun, err := l.unpack(secret)
	if err != nil {
		return civic.Identity{}, err
	}
	if subtle.ConstantTimeCompare([]byte(query["state"]), []byte(begun.State)) != 1 {
		return civic.Identity{}, civic.Errorf(civic.Invalid, "error.login.lost").Because(errors.New("state differs"))
	}
	if code := query["error"]; code != "" {
		return civic.Identity{}, refused(code)
	}
	p, err := l.provider(ctx)
	if err != nil {
		return civic.Identity{}, err
	}
	if iss := query["iss"]; iss != l.cfg.Issuer && (iss != "" || p.meta.IssParam) {
		return civic.Identity{}, failed(fmt.Errorf("answer of another issuer"))
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, l.client), callTimeout)
	defer cancel()
	token, err := p.oauth.Exchange(ctx, query["code"], oauth2.VerifierOption(begun.Verifier))
	if err != nil {
		return civic.Identity{}, exchangeFailed(err)
	}
	claims, raw, err := l.verify(ctx, p, token, begun)
	if err != nil {
		return civic.Identity{}, failed(err)
	}
	who := l.identity(claims, raw)
	if !who.Level.AtLeast(begun.Want) {
		return civic.Identity{}, civic.Errorf(civic.LoginFirst, "error.login.level", "have", string(who.Level), "want", string(begun.Want))
	}
	return who, nil
}

// verify checks the ID token and everything that hangs on it, and adds the attributes of the userinfo endpoint.
func (l *Login) verify(ctx context.Context, p *provider, token *oauth2.Token, begun pending) (claims, string, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return nil, "", errors.New("no ID token")
	}
	id, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, "", err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(begun.Nonce)) != 1 {
		return nil, "", errors.New("nonce differs")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, "", err
		}
	}
	signed := claims{}
	if err := id.Claims(&signed); err != nil {
		return nil, "", err
	}
	if azp := signed.text("azp"); azp != l.cfg.ClientID && (azp != "" || len(id.Audience) > 1) {
		return nil, "", errors.New("token of another client")
	}
	if id.Subject == "" || len(id.Subject) > 255 {
		return nil, "", errors.New("no usable subject")
	}
	if begun.Fresh && signed.time("auth_time").Before(time.Unix(begun.Begun, 0).Add(-clockSkew)) {
		return nil, "", errors.New("the login at the provider is older than this request")
	}
	if p.meta.UserInfo == "" {
		return signed, raw, nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, "", err
	}
	if info.Subject != id.Subject {
		return nil, "", errors.New("userinfo of another subject")
	}
	more := claims{}
	if err := info.Claims(&more); err != nil {
		return nil, "", err
	}
	return signed.with(more), raw, nil
}

// refused words the provider's own refusal. Only access_denied is the person's doing.
func refused(code string) error {
	cause := fmt.Errorf("provider: %.60q", code)
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required":
		return civic.Errorf(civic.Invalid, "error.login.cancelled").Because(cause)
	case "unmet_authentication_requirements":
		return civic.Errorf(civic.LoginFirst, "error.login.level", "have", string(civic.LevelNone), "want", "").Because(cause)
	case "temporarily_unavailable", "server_error":
		return unavailable(cause)
	default:
		return failed(cause)
	}
}

// exchangeFailed tells a code that was used or is too old from a provider that is down. The provider's own words
// may hold anything, so only its error code goes to the log.
func exchangeFailed(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return unavailable(err)
	}
	cause := fmt.Errorf("token endpoint: status %d, %.60q", answer.Response.StatusCode, answer.ErrorCode)
	switch {
	case answer.ErrorCode == "invalid_grant":
		return civic.Errorf(civic.Invalid, "error.login.lost").Because(cause)
	case answer.Response.StatusCode >= 500:
		return unavailable(cause)
	default:
		return failed(cause)
	}
}

func failed(cause error) error {
	return civic.Errorf(civic.Invalid, "error.login.failed").Because(cause)
}

// claims are the decoded claims of a token.
type claims map[string]json.RawMessage

// with adds claims that the signed token lacks; what was signed wins, and only the signed token speaks of acr and auth_time.
func (c claims) with(more claims) claims {
	for name, value := range more {
		if _, ok := c[name]; !ok && name != "acr" && name != "auth_time" {
			c[name] = value
		}
	}
	return c
}
