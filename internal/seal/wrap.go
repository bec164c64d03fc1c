package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"os"

	"antragswerk/internal/civic"
)

// A wrapped key is: version, id of the master key (0: under a tenant's key), nonce, encrypted key, tag.
const (
	wrapVersion = 1
	underTenant = 0
	nonceSize   = 12
	tagSize     = 16
	wrappedSize = 2 + nonceSize + keySize + tagSize
)

// bind joins the parts of an additional-data string, each with its length, so that no two lists look alike.
func bind(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}

func tenantContext(tenant string) []byte { return bind("tenant-key", tenant) }

func dossierContext(tenant, dossier string) []byte { return bind("dossier-key", tenant, dossier) }

func newGCM(key *[keySize]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("seal: " + err.Error()) // the length is right by its type
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return gcm
}

// wrap encrypts key under outer. The header is authenticated with the context.
func wrap(outer [keySize]byte, id byte, ctx []byte, key [keySize]byte) []byte {
	defer clear(outer[:])
	defer clear(key[:])
	out := make([]byte, 2+nonceSize, wrappedSize)
	out[0], out[1] = wrapVersion, id
	fill(out[2:])
	return newGCM(&outer).Seal(out, out[2:], key[:], append(ctx, out[0], out[1])) // #nosec G407 -- fill wrote a random nonce
}

func unwrap(outer [keySize]byte, ctx, wrapped []byte) (key [keySize]byte, err error) {
	defer clear(outer[:])
	plain, err := newGCM(&outer).Open(nil, wrapped[2:2+nonceSize], wrapped[2+nonceSize:], append(ctx, wrapped[0], wrapped[1]))
	if err != nil {
		return key, broken(err)
	}
	copy(key[:], plain)
	clear(plain)
	return key, nil
}

// tenantKey unwraps a tenant's key with the master key that it names.
func (v *Vault) tenantKey(tenant string, wrapped []byte) (key [keySize]byte, err error) {
	if len(wrapped) != wrappedSize || wrapped[0] != wrapVersion {
		return key, broken(nil)
	}
	ctx := tenantContext(tenant)
	name := string(ctx) + string(wrapped)
	if key, ok := v.cache.get(name); ok {
		return key, nil
	}
	m := v.master(wrapped[1])
	if m == nil && v.keyfile != "" {
		if text, err := os.ReadFile(v.keyfile); err == nil && v.Load(string(text)) == nil { // #nosec G304 -- the operator names the file; // another node was quicker to see a new key
			m = v.master(wrapped[1])
		}
	}
	if m != nil {
		if key, err = unwrap(m.wrap, ctx, wrapped); err == nil {
			v.cache.put(name, key)
		}
		return key, err
	}
	return key, civic.Errorf(civic.Internal, "error.seal.master_missing", "id", int(wrapped[1]))
}

func (v *Vault) master(id byte) *master {
	all := *v.masters.Load()
	for i := range all {
		if all[i].id == id {
			return &all[i]
		}
	}
	return nil
}

// contentKey unwraps the key that seals content: the dossier's, or one of the tenant's own when no dossier is named.
func (v *Vault) contentKey(k civic.Keys) (key [keySize]byte, err error) {
	if k.Dossier == "" {
		return v.tenantSubkey(k.Tenant, k.TenantKey, "tenant-content")
	}
	if len(k.DossierKey) != wrappedSize || k.DossierKey[0] != wrapVersion || k.DossierKey[1] != underTenant {
		return key, broken(nil)
	}
	ctx := dossierContext(k.Tenant, k.Dossier)
	// The wrapped tenant key is part of the name: an answer must not depend on what was cached before.
	name := string(ctx) + string(k.TenantKey) + string(k.DossierKey)
	if key, ok := v.cache.get(name); ok {
		return key, nil
	}
	outer, err := v.tenantKey(k.Tenant, k.TenantKey)
	if err != nil {
		return key, err
	}
	if key, err = unwrap(outer, ctx, k.DossierKey); err == nil {
		v.cache.put(name, key)
	}
	return key, err
}

// tenantSubkey derives a key for one use from the tenant's, so that wrapping, sealing and blinding share none.
func (v *Vault) tenantSubkey(tenant string, wrapped []byte, use string) (key [keySize]byte, err error) {
	name := string(bind("subkey", use, tenant)) + string(wrapped)
	if key, ok := v.cache.get(name); ok {
		return key, nil
	}
	outer, err := v.tenantKey(tenant, wrapped)
	if err != nil {
		return key, err
	}
	key = subkey(outer[:], use)
	v.cache.put(name, key)
	return key, nil
}
