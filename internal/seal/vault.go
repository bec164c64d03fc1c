// Package seal keeps the keys: what a person entrusts to an authority is readable only through it.
//
// Three levels: a master key (from a file or a setting) wraps one key per tenant, the tenant's key wraps one key per
// dossier, the dossier's key seals content. Wrapped keys lie in the database beside what they protect; destroying one
// destroys everything beneath it. Ids of tenant and dossier are bound into the wrapping, so that a key that was moved
// to another row does not open. All sealing is AES-256-GCM; all derived keys come from HKDF with SHA-256.
//
// The package does no I/O beyond reading (and once making) its key file. It never logs, and its errors hold no content.
package seal

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"

	"antragswerk/internal/civic"
)

const (
	keySize = 32
	// cachedKeys bounds how many unwrapped keys are held in memory, about 1 MiB in all.
	cachedKeys = 4096
)

// Vault opens and seals. It is safe for use by several goroutines.
type Vault struct {
	masters []master // newest first; masters[0] wraps and signs what is new
	cache   *keyCache
}

// master is one master key with what is derived from it.
type master struct {
	id      byte
	wrap    [keySize]byte
	mac     [keySize]byte
	signing ed25519.PrivateKey
}

// New makes a vault from master keys as text: entries "id:base64 of 32 bytes", separated by white space or commas, id
// from 1 to 255. The highest id is used for everything new; the others still open what they wrapped. A single key
// without id has the id 1. Lines that start with # are comments.
func New(keys string) (*Vault, error) {
	parsed, err := parseMasters(keys)
	if err != nil {
		return nil, err
	}
	v := &Vault{cache: newKeyCache(cachedKeys)}
	for _, p := range parsed {
		m := master{id: p.id}
		m.wrap = subkey(p.key[:], "tenant-keys")
		m.mac = subkey(p.key[:], "mac")
		seed := subkey(p.key[:], "receipts")
		m.signing = ed25519.NewKeyFromSeed(seed[:])
		clear(seed[:])
		v.masters = append(v.masters, m)
	}
	return v, nil
}

// subkey derives a key for one use; the use is part of the derivation, so that no two uses share a key.
func subkey(key []byte, use string) [keySize]byte {
	derived, err := hkdf.Key(sha256.New, key, nil, "antragswerk/"+use, keySize)
	if err != nil {
		panic("seal: " + err.Error()) // only a length over 255 hashes can fail
	}
	return [keySize]byte(derived)
}

// NewTenantKey makes a key for the tenant and returns it wrapped by the current master key.
func (v *Vault) NewTenantKey(tenant string) ([]byte, error) {
	var key [keySize]byte
	defer clear(key[:])
	fill(key[:])
	m := v.masters[0]
	return wrap(m.wrap, m.id, tenantContext(tenant), key), nil
}

// NewDossierKey makes a key for the dossier and returns it wrapped by the tenant's key.
func (v *Vault) NewDossierKey(tenant string, tenantKey []byte, dossier string) ([]byte, error) {
	outer, err := v.tenantKey(tenant, tenantKey)
	if err != nil {
		return nil, err
	}
	var key [keySize]byte
	defer clear(key[:])
	fill(key[:])
	return wrap(outer, underTenant, dossierContext(tenant, dossier), key), nil
}

// RewrapTenantKey returns the tenant's key wrapped by the current master key. Once all tenants are rewrapped, the old
// master key may be taken away.
func (v *Vault) RewrapTenantKey(tenant string, wrapped []byte) ([]byte, error) {
	key, err := v.tenantKey(tenant, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	m := v.masters[0]
	if wrapped[1] == m.id {
		return wrapped, nil
	}
	return wrap(m.wrap, m.id, tenantContext(tenant), key), nil
}

// RewrapDossierKey returns the key of the dossier from, wrapped for the tenant and dossier of to (whose DossierKey is
// not read). What was sealed under from opens with the new key: nothing needs to be sealed again when a case is forwarded.
func (v *Vault) RewrapDossierKey(from, to civic.Keys) ([]byte, error) {
	if from.Dossier == "" || to.Dossier == "" {
		return nil, broken(nil) // the tenant's own key must never become a dossier's
	}
	key, err := v.contentKey(from)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	outer, err := v.tenantKey(to.Tenant, to.TenantKey)
	if err != nil {
		return nil, err
	}
	return wrap(outer, underTenant, dossierContext(to.Tenant, to.Dossier), key), nil
}

// fill writes random bytes; crypto/rand never returns an error.
func fill(b []byte) { _, _ = rand.Read(b) }

// broken is the one answer to everything that does not open: tampered, cut, or under another key.
func broken(cause error) error {
	return civic.Errorf(civic.Internal, "error.seal.broken").Because(cause)
}
