package login

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"antragswerk/internal/civic"
)

// pending is a login under way. It travels in a short-lived cookie, so that no node has to remember it.
type pending struct {
	State    string      `json:"s"`
	Nonce    string      `json:"n"`
	Verifier string      `json:"v"`
	Want     civic.Level `json:"w"`
	Fresh    bool        `json:"f,omitempty"` // the person has to prove who they are anew
	Begun    int64       `json:"b"`           // seconds
}

func newPending(want civic.Level, fresh bool, now time.Time) pending {
	return pending{
		State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Want: want,
		Fresh: fresh || want.AtLeast(civic.LevelSubstantial), Begun: now.Unix(),
	}
}

func random() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails: the runtime stops the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// purpose binds the MAC to this client: a citizens' cookie does not open a staff login.
func (l *Login) purpose() string { return "login " + l.cfg.Audience + " " + l.cfg.ClientID }

func (l *Login) pack(p pending) (string, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	mac := l.cfg.MAC(l.purpose(), raw)
	enc := base64.RawURLEncoding
	return enc.EncodeToString(raw) + "." + enc.EncodeToString(mac), nil
}

// unpack opens the cookie; a missing, foreign or old one is an expired login.
func (l *Login) unpack(secret string) (pending, error) {
	expired := civic.Errorf(civic.Invalid, "error.login.lost")
	body, mac, _ := strings.Cut(secret, ".")
	enc := base64.RawURLEncoding
	raw, err := enc.DecodeString(body)
	if err != nil || len(secret) > 2048 {
		return pending{}, expired
	}
	given, err := enc.DecodeString(mac)
	if err != nil || !hmac.Equal(given, l.cfg.MAC(l.purpose(), raw)) {
		return pending{}, expired
	}
	var p pending
	if err := json.Unmarshal(raw, &p); err != nil {
		return pending{}, expired.Because(err)
	}
	age := l.cfg.Now().Sub(time.Unix(p.Begun, 0))
	if age > secretLife || age < -clockSkew {
		return pending{}, expired
	}
	return p, nil
}
