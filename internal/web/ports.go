package web

import (
	"context"
	"crypto/ed25519"
	"time"

	"antragswerk/internal/civic"
)

// Sessions keeps logins in SQL (internal/sqlstore), cached in front by kv.
type Sessions interface {
	CreateSession(ctx context.Context, s civic.Session) error
	// Session returns NotFound when it is unknown or expired.
	Session(ctx context.Context, hash []byte) (civic.Session, error)
	// TouchSession moves Seen and Expires; called at most once a minute per session.
	TouchSession(ctx context.Context, hash []byte, seen, expires time.Time) error
	DeleteSession(ctx context.Context, hash []byte) error
	// DeleteSessionsOf ends all sessions of a provider's session id or, with sid "", of a subject ("issuer subject"); returns their hashes.
	DeleteSessionsOf(ctx context.Context, sid, subject string) ([][]byte, error)
}

// Limiter refuses what comes too often (internal/kv).
type Limiter interface {
	// Allow tells whether one more is allowed now, else after how long.
	Allow(ctx context.Context, key string, burst int, per time.Duration) (bool, time.Duration, error)
}

// Login is an OIDC relying party for one audience (internal/login).
type Login interface {
	// Begin returns the provider's address to send the browser to and the secret to keep in its cookie until it returns.
	// With fresh the provider must ask the person anew who they are.
	Begin(ctx context.Context, want civic.Level, fresh bool, lang string) (address, secret string, err error)
	// Finish checks state, nonce, PKCE and token against the secret. It fails closed: an unknown level is none.
	Finish(ctx context.Context, secret string, query map[string]string) (civic.Identity, error)
	// Logout returns the provider's end-session address, "" when it has none.
	Logout(ctx context.Context, idToken, returnTo string) (string, error)
	// BackChannel checks a logout token of the last ten minutes and returns sid ("issuer sid") and subject ("issuer subject"),
	// either may be empty.
	BackChannel(ctx context.Context, token string) (sid, subject string, err error)
}

// Cache keeps what may be lost (internal/kv).
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool, error)
	Set(ctx context.Context, key string, val []byte, ttl time.Duration) error
	Delete(ctx context.Context, keys ...string) error
}

// Heads knows the signed heads of the chains of events.
type Heads interface {
	// Heads lists the last head of each tenant before a time; those whose last is older than since are left out.
	Heads(ctx context.Context, since, before time.Time) ([]civic.Head, error)
}

// Vault makes tokens and keeps identities secret (internal/seal).
type Vault interface {
	// MAC authenticates msg for a purpose, 32 bytes.
	MAC(purpose string, msg []byte) []byte
	// SealPlatform and OpenPlatform encrypt what belongs to no tenant, under a key of the platform.
	SealPlatform(purpose string, plain []byte) ([]byte, error)
	OpenPlatform(purpose string, sealed []byte) ([]byte, error)
	// Verify tells whether sig signs msg under a key of this installation's, current or older.
	Verify(msg, sig []byte) bool
	// PublicKeys are those keys, the current first.
	PublicKeys() []ed25519.PublicKey
}

// Documents prints what a citizen keeps (deliver, which prints the same for mails and parcels).
type Documents interface {
	// ReceiptPDF is the application as a PDF: receipt and answers of a submission. frozen are its answers.
	ReceiptPDF(ctx context.Context, f civic.CaseFile, sub civic.Submission, frozen []byte, lang string) ([]byte, error)
	// LetterPDF is the decision's letter under the authority's letterhead.
	LetterPDF(ctx context.Context, f civic.CaseFile, markdown, lang string) ([]byte, error)
}
