package sqlstore

import (
	"context"
	"errors"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Sessions and accounts belong to no tenant.
const logins = "logins"

// CreateSession stores a new session.
func (s *Store) CreateSession(ctx context.Context, n civic.Session) error {
	if len(n.Hash) == 0 {
		return wrap("create session", errors.New("a session needs a hash"))
	}
	return s.asSystem(logins).write(ctx, "create session", func(ctx context.Context, t *tx) error {
		return t.InsertSession(ctx, db.InsertSessionParams{Hash: n.Hash, Audience: n.Audience, Account: n.Account, Identity: full(n.Identity),
			Created: micros(n.Created), Seen: micros(n.Seen), Expires: micros(n.Expires), IssuerSid: n.IssuerSID, Subject: n.Subject})
	})
}

// Session returns NotFound when it is unknown or expired.
func (s *Store) Session(ctx context.Context, hash []byte) (n civic.Session, err error) {
	err = s.asSystem(logins).read(ctx, "session", func(ctx context.Context, t *tx) error {
		r, err := t.Session(ctx, db.SessionParams{Hash: full(hash), Now: s.micros()})
		n = toSession(r)
		return err
	})
	return n, err
}

// TouchSession moves Seen and Expires.
func (s *Store) TouchSession(ctx context.Context, hash []byte, seen, expires time.Time) error {
	return s.asSystem(logins).write(ctx, "touch session", func(ctx context.Context, t *tx) error {
		return one(t.TouchSession(ctx, db.TouchSessionParams{Seen: micros(seen), Expires: micros(expires), Hash: full(hash)}))
	})
}

// DeleteSession ends a session; one that is gone already is no error.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.asSystem(logins).write(ctx, "delete session", func(ctx context.Context, t *tx) error { return t.DeleteSession(ctx, full(hash)) })
}

// DeleteSessionsOf ends all sessions of a provider's session id or, with sid "", of a subject; returns their hashes.
func (s *Store) DeleteSessionsOf(ctx context.Context, sid, subject string) (hashes [][]byte, err error) {
	err = s.asSystem(logins).write(ctx, "delete sessions of", func(ctx context.Context, t *tx) (err error) {
		if sid != "" {
			hashes, err = t.DeleteSessionsBySID(ctx, sid)
		} else {
			hashes, err = t.DeleteSessionsBySubject(ctx, subject)
		}
		return err
	})
	return hashes, err
}

// EnsureAccount returns the account of an issuer's subject, and makes it at the first login. It remembers the day, so that the
// sweep knows accounts that nobody uses.
func (s *Store) EnsureAccount(ctx context.Context, issuer, subject string, organisation bool) (a civic.Account, err error) {
	var seen int64
	find := func(ctx context.Context, t *tx) error {
		r, err := t.Account(ctx, db.AccountParams{Issuer: issuer, Subject: subject})
		a = civic.Account{ID: r.ID, Issuer: r.Issuer, Subject: r.Subject, Organisation: r.Organisation}
		seen = r.Seen
		return err
	}
	err = s.asSystem(logins).read(ctx, "account", find)
	if err == nil && s.micros()-seen > (24*time.Hour).Microseconds() {
		err = s.asSystem(logins).write(ctx, "account seen", func(ctx context.Context, t *tx) error {
			return t.AccountSeen(ctx, db.AccountSeenParams{Seen: s.micros(), ID: a.ID})
		})
	}
	if civic.CodeOf(err) != civic.NotFound {
		return a, err
	}
	err = s.asSystem(logins).write(ctx, "ensure account", func(ctx context.Context, t *tx) error {
		err := t.InsertAccount(ctx, db.InsertAccountParams{ID: newID(), Issuer: issuer, Subject: subject, Organisation: organisation, Created: s.micros()})
		if err != nil {
			return err
		}
		return find(ctx, t)
	})
	return a, err
}
