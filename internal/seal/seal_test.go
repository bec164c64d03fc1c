package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"antragswerk/internal/civic"
)

// world is a vault with one tenant and one dossier.
func world(t testing.TB) (*Vault, civic.Keys) {
	t.Helper()
	v, err := New(NewMasterKey(1))
	if err != nil {
		t.Fatal(err)
	}
	return v, keysOf(t, v, "jena", "d1")
}

func keysOf(t testing.TB, v *Vault, tenant, dossier string) civic.Keys {
	t.Helper()
	tenantKey, err := v.NewTenantKey(tenant)
	if err != nil {
		t.Fatal(err)
	}
	dossierKey, err := v.NewDossierKey(tenant, tenantKey, dossier)
	if err != nil {
		t.Fatal(err)
	}
	return civic.Keys{Tenant: tenant, Dossier: dossier, TenantKey: tenantKey, DossierKey: dossierKey}
}

// uncached returns a vault with the same master keys that has opened nothing yet.
func uncached(v *Vault) *Vault {
	u := &Vault{cache: newKeyCache(cachedKeys), now: v.now}
	u.masters.Store(v.masters.Load())
	u.retired.Store(v.retired.Load())
	return u
}

func TestSealAndOpen(t *testing.T) {
	v, k := world(t)
	for _, plain := range []string{"", "x", strings.Repeat("äöü", 5000)} {
		sealed, err := v.Seal(k, "answers", []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		if len(plain) > 8 && bytes.Contains(sealed, []byte(plain)) {
			t.Error("the sealed form shows the content")
		}
		for name, vault := range map[string]*Vault{"same": v, "after a restart": uncached(v)} {
			got, err := vault.Open(k, "answers", sealed)
			if err != nil || string(got) != plain {
				t.Errorf("%s: %d bytes came back as %d, %v", name, len(plain), len(got), err)
			}
		}
	}
}

func TestTenantContentNeedsNoDossier(t *testing.T) {
	v, k := world(t)
	own := civic.Keys{Tenant: k.Tenant, TenantKey: k.TenantKey}
	sealed, err := v.Seal(own, "route-secret", []byte("hook"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := uncached(v).Open(own, "route-secret", sealed); err != nil || string(got) != "hook" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := v.Open(k, "route-secret", sealed); err == nil {
		t.Error("content of the tenant opened with the key of a dossier")
	}
}

func TestOpenRefusesWrongContext(t *testing.T) {
	v, k := world(t)
	other := keysOf(t, v, "gera", "d2")
	sealed, err := v.Seal(k, "answers", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*civic.Keys)) civic.Keys { c := k; change(&c); return c }
	cases := map[string]struct {
		keys    civic.Keys
		purpose string
	}{
		"another purpose":         {k, "message"},
		"another tenant id":       {with(func(c *civic.Keys) { c.Tenant = "gera" }), "answers"},
		"another dossier id":      {with(func(c *civic.Keys) { c.Dossier = "d2" }), "answers"},
		"another tenant's key":    {with(func(c *civic.Keys) { c.TenantKey = other.TenantKey }), "answers"},
		"another dossier's key":   {with(func(c *civic.Keys) { c.DossierKey = other.DossierKey }), "answers"},
		"everything of another":   {other, "answers"},
		"tenant key as dossier's": {with(func(c *civic.Keys) { c.DossierKey = c.TenantKey }), "answers"},
		"no keys":                 {civic.Keys{Tenant: "jena", Dossier: "d1"}, "answers"},
	}
	for name, c := range cases {
		for _, vault := range []*Vault{v, uncached(v)} { // a warm cache must not change the answer
			if got, err := vault.Open(c.keys, c.purpose, sealed); err == nil {
				t.Errorf("%s: opened as %q", name, got)
			} else if civic.CodeOf(err) != civic.Internal {
				t.Errorf("%s: code %s", name, civic.CodeOf(err))
			}
		}
	}
}

func TestEveryBitCounts(t *testing.T) {
	v, k := world(t)
	sealed, err := v.Seal(k, "answers", []byte("Hundesteuer"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(k, "answers", bad); err == nil {
			t.Fatalf("content with bit %d flipped opened", i)
		}
	}
	for i := range wrappedSize * 8 {
		bad := k
		bad.DossierKey = bytes.Clone(k.DossierKey)
		bad.DossierKey[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(bad, "answers", sealed); err == nil {
			t.Fatalf("dossier key with bit %d flipped opened", i)
		}
		bad = k
		bad.TenantKey = bytes.Clone(k.TenantKey)
		bad.TenantKey[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(bad, "answers", sealed); err == nil {
			t.Fatalf("tenant key with bit %d flipped opened", i)
		}
	}
	for n := range sealed {
		if _, err := v.Open(k, "answers", sealed[:n]); err == nil {
			t.Fatalf("the first %d bytes opened", n)
		}
	}
}

func TestMasterRotation(t *testing.T) {
	first := NewMasterKey(1)
	old, err := New(first)
	if err != nil {
		t.Fatal(err)
	}
	k := keysOf(t, old, "jena", "d1")
	sealed, _ := old.Seal(k, "answers", []byte("secret"))
	receipt := old.Sign([]byte("receipt"))
	code := old.MAC("recovery-code", []byte("abcd"))
	blind, _ := old.Blind(k.Tenant, k.TenantKey, "name", "muell")

	second := NewMasterKey(2)
	both, err := New(first + second)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := both.Open(k, "answers", sealed); err != nil || string(got) != "secret" {
		t.Fatalf("the old master no longer opens: %v", err)
	}
	if !both.Verify([]byte("receipt"), receipt) {
		t.Error("an old receipt no longer verifies")
	}
	if !bytes.Equal(both.MACs("recovery-code", []byte("abcd"))[1], code) {
		t.Error("the old MAC must be found among all, and not be the current one")
	}
	if !bytes.Equal(both.MAC("csrf", []byte("visit")), old.MAC("csrf", []byte("visit"))) {
		t.Error("a rotation ends forms that are open in browsers")
	}
	if !both.VerifyMAC("recovery-code", []byte("abcd"), code) || both.VerifyMAC("csrf", []byte("abcd"), code) {
		t.Error("VerifyMAC does not tell the purposes apart or forgets old keys")
	}

	moved := k
	if moved.TenantKey, err = both.RewrapTenantKey("jena", k.TenantKey); err != nil {
		t.Fatal(err)
	}
	if again, err := both.RewrapTenantKey("jena", moved.TenantKey); err != nil || !bytes.Equal(again, moved.TenantKey) {
		t.Errorf("rewrapping a current key changed it: %v", err)
	}
	if _, err := both.RewrapTenantKey("gera", k.TenantKey); err == nil {
		t.Error("a key was rewrapped for another tenant")
	}
	only, err := New(second)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := only.Open(moved, "answers", sealed); err != nil || string(got) != "secret" {
		t.Errorf("the new master alone does not open: %v", err)
	}
	if now, err := only.Blind("jena", moved.TenantKey, "name", "muell"); err != nil || !bytes.Equal(now, blind) {
		t.Errorf("blind terms changed with the master: %v", err)
	}
	if _, err := only.Open(k, "answers", sealed); err == nil || !strings.Contains(err.Error(), "master_missing") {
		t.Errorf("want a word about the missing master, got %v", err)
	}
}

func TestForwardingRewrapsTheDossierKey(t *testing.T) {
	v, from := world(t)
	sealed, _ := v.Seal(from, "answers", []byte("secret"))
	to := keysOf(t, v, "gera", "d9")
	own := to.DossierKey
	wrapped, err := v.RewrapDossierKey(from, to)
	if err != nil {
		t.Fatal(err)
	}
	to.DossierKey = wrapped
	if got, err := uncached(v).Open(to, "answers", sealed); err != nil || string(got) != "secret" {
		t.Errorf("got %q, %v", got, err)
	}
	to.DossierKey = own
	if _, err := v.Open(to, "answers", sealed); err == nil {
		t.Error("the receiving dossier's own key opened foreign content")
	}
	if _, err := v.RewrapDossierKey(civic.Keys{Tenant: from.Tenant, TenantKey: from.TenantKey}, to); err == nil {
		t.Error("the tenant's content key was given away")
	}
}

func TestBlindTerms(t *testing.T) {
	v, k := world(t)
	other := keysOf(t, v, "gera", "d2")
	seen := map[string]string{}
	for name, in := range map[string][4]string{
		"term":            {"jena", string(k.TenantKey), "name", "maier"},
		"other term":      {"jena", string(k.TenantKey), "name", "meier"},
		"other field":     {"jena", string(k.TenantKey), "street", "maier"},
		"other tenant":    {"gera", string(other.TenantKey), "name", "maier"},
		"shifted letters": {"jena", string(k.TenantKey), "namem", "aier"},
	} {
		a, err := v.Blind(in[0], []byte(in[1]), in[2], in[3])
		if err != nil || len(a) != 16 {
			t.Fatalf("%s: %x, %v", name, a, err)
		}
		b, _ := uncached(v).Blind(in[0], []byte(in[1]), in[2], in[3])
		if !bytes.Equal(a, b) {
			t.Errorf("%s: differs after a restart", name)
		}
		if before, dup := seen[string(a)]; dup {
			t.Errorf("%s and %s look alike", name, before)
		}
		seen[string(a)] = name
	}
}

func TestSignature(t *testing.T) {
	v, _ := world(t)
	sig := v.Sign([]byte("receipt"))
	if len(sig) != 64 || len(v.PublicKeys()) != 1 || len(v.PublicKeys()[0]) != 32 || !v.Verify([]byte("receipt"), sig) {
		t.Error("a fresh signature does not verify")
	}
	if v.Verify([]byte("Receipt"), sig) {
		t.Error("a changed receipt verifies")
	}
	stranger, _ := world(t)
	if stranger.Verify([]byte("receipt"), sig) {
		t.Error("another installation's key verifies")
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "master.key")
	vaults := make([]*Vault, 8)
	var wg sync.WaitGroup
	for i := range vaults {
		wg.Go(func() {
			v, err := Open(path)
			if err != nil {
				t.Error(err)
			}
			vaults[i] = v
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for _, v := range vaults {
		if !bytes.Equal(v.PublicKeys()[0], vaults[0].PublicKeys()[0]) {
			t.Fatal("two starts at the same time made two keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Errorf("%d files beside the key", len(left)-1)
	}
}

func TestKeyTextIsChecked(t *testing.T) {
	key := strings.TrimSpace(NewMasterKey(7))
	for name, text := range map[string]string{
		"empty": "", "comment only": "# nothing", "short": "1:YWJj", "zero id": "0:" + key[2:], "big id": "256:" + key[2:],
		"no number": "x:" + key[2:], "twice": key + "\n" + key, "not base64": "1:%%%",
	} {
		if _, err := New(text); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), key[2:]) {
			t.Errorf("%s: the error shows the key", name)
		}
	}
	bare, err := New(key[2:])
	if err != nil || bare.Masters()[0].ID != 1 {
		t.Fatalf("a key without id: %v", err)
	}
	several, err := New("# old, new\n" + key + ", " + NewMasterKey(9))
	if err != nil || several.Masters()[0].ID != 9 || len(several.Masters()) != 2 {
		t.Fatalf("several keys: %v", err)
	}
}

func TestKeyCacheIsBoundedAndForgets(t *testing.T) {
	c := newKeyCache(2)
	key := func(b byte) (k [keySize]byte) { k[0] = b; return k }
	c.put("a", key(1))
	first := c.items["a"].Value.(*cachedKey)
	c.put("b", key(2))
	c.get("a")
	c.put("c", key(3))
	if _, ok := c.get("b"); ok {
		t.Error("the least recent key stayed")
	}
	if got, ok := c.get("a"); !ok || got != key(1) {
		t.Error("the recent key fell out")
	}
	c.put("d", key(4))
	c.put("e", key(5))
	if first.key != ([keySize]byte{}) || c.order.Len() != 2 || len(c.items) != 2 {
		t.Error("an evicted key was not overwritten, or the cache grew")
	}
}

func FuzzOpen(f *testing.F) {
	v, k := world(f)
	sealed, err := v.Seal(k, "answers", []byte("secret"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed, k.TenantKey, k.DossierKey)
	f.Add([]byte{contentVersion}, []byte{wrapVersion}, []byte(nil))
	f.Fuzz(func(t *testing.T, content, tenantKey, dossierKey []byte) {
		keys := civic.Keys{Tenant: "jena", Dossier: "d1", TenantKey: tenantKey, DossierKey: dossierKey}
		got, err := v.Open(keys, "answers", content)
		genuine := bytes.Equal(content, sealed) && bytes.Equal(tenantKey, k.TenantKey) && bytes.Equal(dossierKey, k.DossierKey)
		if (err == nil) != genuine {
			t.Fatalf("genuine %v, but err %v (%q)", genuine, err, got)
		}
	})
}

func BenchmarkSeal4KiB(b *testing.B) {
	v, k := world(b)
	plain := make([]byte, 4<<10)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := v.Seal(k, "answers", plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlind(b *testing.B) {
	v, k := world(b)
	for b.Loop() {
		if _, err := v.Blind(k.Tenant, k.TenantKey, "name", "mustermann"); err != nil {
			b.Fatal(err)
		}
	}
}
