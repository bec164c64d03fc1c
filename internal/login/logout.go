package login

import (
	"context"
	"errors"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"

	"antragswerk/internal/civic"
)

// Logout returns the provider's address that ends its own session and comes back to returnTo (an address registered
// there); "" when it has none. The ID token tells it whose session.
func (l *Login) Logout(ctx context.Context, idToken, returnTo string) (string, error) {
	p, err := l.provider(ctx)
	if err != nil {
		return "", err
	}
	if p.meta.EndSession == "" {
		return "", nil
	}
	u, err := url.Parse(p.meta.EndSession)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("client_id", l.cfg.ClientID)
	if idToken != "" {
		q.Set("id_token_hint", idToken)
	}
	if returnTo != "" {
		q.Set("post_logout_redirect_uri", returnTo)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// BackChannel checks a logout token that the provider posted, and returns its session id ("issuer sid": another provider
// may use the same one) and its subject ("issuer subject"); either may be empty, never both. A token that is older than
// ten minutes is refused; whoever asks remembers for that long that one was used.
func (l *Login) BackChannel(ctx context.Context, token string) (sid, subject string, err error) {
	p, err := l.provider(ctx)
	if err != nil {
		return "", "", err
	}
	logout, err := p.verifier.VerifyLogout(oidc.ClientContext(ctx, l.client), token)
	if err != nil {
		return "", "", refuseLogout(err)
	}
	age := l.cfg.Now().Sub(logout.IssuedAt)
	if age > logoutWindow || age < -clockSkew {
		return "", "", refuseLogout(errors.New("issued too long ago, or in the future"))
	}
	if logout.Subject != "" {
		subject = l.cfg.Issuer + " " + logout.Subject
	}
	if logout.SessionID != "" {
		sid = l.cfg.Issuer + " " + logout.SessionID
	}
	return sid, subject, nil
}

func refuseLogout(cause error) error {
	return civic.Errorf(civic.Invalid, "error.login.logout_token").Because(cause)
}
