package seal

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
)

// blindSize is the length of a blind term in bytes: short enough for an index, long enough that terms of one tenant do
// not collide by chance.
const blindSize = 16

// Blind turns a search term into 16 bytes that are equal for equal terms of the same tenant and field, and tell nothing
// else. They do not change when the master key does.
func (v *Vault) Blind(tenant string, tenantKey []byte, field, term string) ([]byte, error) {
	key, err := v.tenantSubkey(tenant, tenantKey, "blind-terms")
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	return sum(&key, field, term)[:blindSize], nil
}

// MAC authenticates msg for the purpose ("csrf", "login" …), 32 bytes. It is under the oldest master key, so that a rotation ends
// no form that is open in a browser and no login on its way, and nodes agree while one of them knows a newer key already.
func (v *Vault) MAC(purpose string, msg []byte) []byte {
	all := *v.masters.Load()
	return sum(&all[len(all)-1].mac, purpose, string(msg))
}

// MACs returns msg's MAC under every master key, the current first: look a stored MAC up by all of them, or codes given
// out before the last rotation are lost.
func (v *Vault) MACs(purpose string, msg []byte) [][]byte {
	masters, current := *v.masters.Load(), v.current()
	all := [][]byte{sum(&current.mac, purpose, string(msg))}
	for i := range masters {
		if masters[i].id != current.id {
			all = append(all, sum(&masters[i].mac, purpose, string(msg)))
		}
	}
	return all
}

// VerifyMAC tells in constant time whether mac is msg's under any master key.
func (v *Vault) VerifyMAC(purpose string, msg, mac []byte) bool {
	ok := false
	for _, want := range v.MACs(purpose, msg) {
		ok = hmac.Equal(want, mac) || ok
	}
	return ok
}

func sum(key *[keySize]byte, label, msg string) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write(bind(label, msg))
	return h.Sum(nil)
}

// Sign returns the Ed25519 signature (64 bytes) of a receipt under the current key.
func (v *Vault) Sign(msg []byte) []byte { return ed25519.Sign(v.current().signing, msg) }

// Verify tells whether sig is a signature of msg by this installation, under the current or an older key.
func (v *Vault) Verify(msg, sig []byte) bool {
	for _, key := range v.PublicKeys() {
		if ed25519.Verify(key, msg, sig) {
			return true
		}
	}
	return false
}

// PublicKeys returns the Ed25519 keys (32 bytes each) that check what Sign makes and made, the current first; publish
// them, so that others can check too.
func (v *Vault) PublicKeys() []ed25519.PublicKey {
	current := v.current()
	keys := []ed25519.PublicKey{current.signing.Public().(ed25519.PublicKey)}
	for _, m := range *v.masters.Load() {
		if m.id != current.id {
			keys = append(keys, m.signing.Public().(ed25519.PublicKey))
		}
	}
	return append(keys, *v.retired.Load()...)
}
