package supply

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const check = `openssl pkeyutl -verify -pubin -inkey release.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig && sha256sum --check --strict SHA256SUMS`

// A release is signed by the key from the environment, everybody can check it with OpenSSL or any Ed25519, and a changed file,
// list or signature does not pass.
func TestReleaseIsSigned(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "antragswerk-linux-amd64")
	put := func(text string) {
		if err := os.WriteFile(binary, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("program")
	script, err := filepath.Abs("../../deploy/tools/sign.sh")
	if err != nil {
		t.Fatal(err)
	}
	sign := func(key string) error {
		c := exec.Command("sh", script, dir)
		c.Env = append(os.Environ(), "RELEASE_KEY="+key)
		return c.Run()
	}
	if sign("") == nil || sign("no key") == nil {
		t.Error("signed without a key")
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := sign(strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))); err != nil {
		t.Fatal(err)
	}
	list, _ := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	sig, _ := os.ReadFile(filepath.Join(dir, "SHA256SUMS.sig"))
	if !strings.Contains(string(list), "antragswerk-linux-amd64") || !ed25519.Verify(private.Public().(ed25519.PublicKey), list, sig) {
		t.Fatalf("the signature does not hold over\n%s", list)
	}
	passes := func() bool {
		c := exec.Command("sh", "-c", check)
		c.Dir = dir
		return c.Run() == nil
	}
	if !passes() {
		t.Fatal("what the script's head tells to run does not accept the release")
	}
	put("another program")
	if passes() {
		t.Error("a changed file passes")
	}
	put("program")
	for _, name := range []string{"SHA256SUMS", "SHA256SUMS.sig"} {
		path := filepath.Join(dir, name)
		whole, _ := os.ReadFile(path)
		changed := append([]byte{}, whole...)
		changed[3] ^= 1
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if passes() {
			t.Errorf("a changed %s passes", name)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(script)
	if !strings.Contains(string(text), check) {
		t.Error("the script's head tells another way to check than is tested")
	}
}
