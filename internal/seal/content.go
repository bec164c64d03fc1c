package seal

import "antragswerk/internal/civic"

// Sealed content is: version, nonce, encrypted bytes, tag. The purpose ("answers", "message" …) is authenticated, so that
// one column's bytes do not open as another's.
const (
	contentVersion  = 1
	contentOverhead = 1 + nonceSize + tagSize
)

func contentContext(version byte, purpose string) []byte {
	return append(bind("content", purpose), version)
}

// Seal encrypts plain under the keys' dossier, or under the tenant's key when k names no dossier.
func (v *Vault) Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error) {
	key, err := v.contentKey(k)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	out := make([]byte, 1+nonceSize, len(plain)+contentOverhead)
	out[0] = contentVersion
	fill(out[1:])
	return newGCM(&key).Seal(out, out[1:], plain, contentContext(contentVersion, purpose)), nil // #nosec G407 -- fill wrote a random nonce
}

// Open decrypts what Seal made with the same keys and purpose; anything else is an error.
func (v *Vault) Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < contentOverhead || sealed[0] != contentVersion {
		return nil, broken(nil)
	}
	key, err := v.contentKey(k)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	plain, err := newGCM(&key).Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], contentContext(contentVersion, purpose))
	if err != nil {
		return nil, broken(err)
	}
	return plain, nil
}
