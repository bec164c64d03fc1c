package civic

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"
)

// Invitation (Einladung) lets somebody else, who has its code, do one thing with one dossier for a limited time.
type Invitation struct {
	ID, Dossier, Tenant string
	Purpose             Purpose
	CodeHash            []byte // MAC of the code; the code itself is stored nowhere (InvitationCode)
	Name                Sealed // how the applicant calls who is invited
	MaySend             bool   // may also send the application
	Created, Expires    time.Time
	Opened              time.Time // first used, zero never
	Revoked             time.Time
	Answered            time.Time // a co-signature was given or refused
	Consent             Consent   // to a co-signature, "" while it is awaited
	Reminded            bool
	Case                string // the awaited application's, where a sweep asks
}

// Purpose is what an invitation is for.
type Purpose string

// The purposes: to help fill in a draft, and to confirm an application that was sent.
const (
	PurposeHelp   Purpose = "help"
	PurposeCosign Purpose = "cosign"
)

// Consent (Zustimmung) is what became of a co-signature.
type Consent string

// The answers to a co-signature; missed, when nobody answered in time.
const (
	ConsentGiven   Consent = "confirmed"
	ConsentRefused Consent = "declined"
	ConsentMissed  Consent = "missed"
)

// HelpLives are the days for which somebody may be invited to help; a draft has at most MaxHelpers of them at a time.
var HelpLives = []int{1, 7, 14}

// MaxHelpers is how many people may help with a draft at a time.
const MaxHelpers = 5

// Live tells whether the invitation opens anything.
func (i Invitation) Live(now time.Time) bool { return i.Revoked.IsZero() && now.Before(i.Expires) }

// codeText is Crockford's base 32: no letters that look like digits.
var codeText = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

var (
	codeGaps  = strings.NewReplacer("-", "", " ", "", "–", "", "\u00a0", "")
	codeTwins = strings.NewReplacer("O", "0", "I", "1", "L", "1")
)

// WriteCode writes the first 80 bits of random or authenticated bytes as a code for people: K7QF-M2XD-9PA4-3RTV.
func WriteCode(b []byte) string {
	c := codeText.EncodeToString(b[:10])
	return c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:]
}

// ReadCode reads a code as people write it: small letters, spaces, O for 0, I and L for 1. It returns its 16 letters, "" for
// what is none.
func ReadCode(s string) string {
	s = codeTwins.Replace(strings.ToUpper(codeGaps.Replace(s)))
	if len(s) != 16 {
		return ""
	}
	if _, err := codeText.DecodeString(s); err != nil {
		return ""
	}
	return s
}

// MACs returns a message's MAC for a purpose under every key, the current first.
type MACs func(purpose string, msg []byte) [][]byte

// NewInvitationCode is the code of a new invitation, with the hash to store of it. It follows from the id and a key, so that it
// can be shown and mailed again without being stored.
func (m MACs) NewInvitationCode(id string) (code string, hash []byte) {
	code = WriteCode(m("invitation-code", []byte(id))[0])
	return code, m.InvitationHashes(code)[0]
}

// InvitationHashes are what the store may know of a code, under every key; none for what is no code.
func (m MACs) InvitationHashes(code string) [][]byte {
	if code = ReadCode(code); code == "" {
		return nil
	}
	return m("invitation", []byte(code))
}

// InvitationCode is an invitation's code, made again; "" when the key that it was made under is gone.
func (m MACs) InvitationCode(i Invitation) string {
	for _, mac := range m("invitation-code", []byte(i.ID)) {
		code := WriteCode(mac)
		for _, hash := range m.InvitationHashes(code) {
			if subtle.ConstantTimeCompare(hash, i.CodeHash) == 1 {
				return code
			}
		}
	}
	return ""
}
