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
	"sync/atomic"
	"time"

	"antragswerk/internal/civic"
)

const (
	keySize = 32
	// cachedKeys bounds how many unwrapped keys are held in memory, about 1 MiB in all.
	cachedKeys = 4096
)

// Vault opens and seals. It is safe for use by several goroutines.
type Vault struct {
	masters atomic.Pointer[[]master] // highest id first; never empty
	retired atomic.Pointer[[]ed25519.PublicKey]
	cache   *keyCache
	now     civic.Clock
	keyfile string // '' when the keys came as text
}

// master is one master key with what is derived from it.
type master struct {
	id      byte
	from    time.Time // from when it is used for what is new
	wrap    [keySize]byte
	mac     [keySize]byte
	signing ed25519.PrivateKey
}

// New makes a vault from master keys as text: entries "id:base64 of 32 bytes", separated by white space or commas, id
// from 1 to 255. The highest id is used for everything new; the others still open what they wrapped. A single key
// without id has the id 1. "id@seconds:…" is used for what is new only from then on (Unix time), so that every node has
// read it before one uses it. "receipts:" and the base64 of a public key keep the receipts of a key that is gone genuine. Lines
// that start with # are comments.
func New(keys string) (*Vault, error) {
	v := &Vault{cache: newKeyCache(cachedKeys), now: time.Now}
	return v, v.Load(keys)
}

// Load takes the keys in place of those that the vault has, while others work with it; after an error it has the old ones.
func (v *Vault) Load(keys string) error {
	parsed, retired, err := parseMasters(keys)
	if err != nil {
		return err
	}
	all := make([]master, 0, len(parsed))
	for _, p := range parsed {
		m := master{id: p.id, from: p.from}
		m.wrap = subkey(p.key[:], "tenant-keys")
		m.mac = subkey(p.key[:], "mac")
		seed := subkey(p.key[:], "receipts")
		m.signing = ed25519.NewKeyFromSeed(seed[:])
		clear(seed[:])
		all = append(all, m)
	}
	v.masters.Store(&all)
	v.retired.Store(&retired)
	return nil
}

// current is the key for what is new: the one with the highest id whose time has come.
func (v *Vault) current() *master {
	all := *v.masters.Load()
	for i := range all {
		if !all[i].from.After(v.now()) {
			return &all[i]
		}
	}
	return &all[len(all)-1]
}

// Master tells of a master key what may be shown.
type Master struct {
	ID      byte
	From    time.Time // zero: always
	Current bool      // used for what is new
	// Receipts is the line that keeps its receipts genuine when it is gone.
	Receipts string
}

// Masters lists the master keys, the highest id first.
func (v *Vault) Masters() (list []Master) {
	current := v.current().id
	for _, m := range *v.masters.Load() {
		list = append(list, Master{ID: m.id, From: m.from, Current: m.id == current, Receipts: receiptsLine(m.signing)})
	}
	return list
}

// WrappedBy tells which master key a wrapped tenant's key needs, 0 for what is none.
func WrappedBy(wrapped []byte) byte {
	if len(wrapped) != wrappedSize || wrapped[0] != wrapVersion {
		return 0
	}
	return wrapped[1]
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
	m := v.current()
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
	m := v.current()
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
