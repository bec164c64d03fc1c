package supply

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The bill of a real binary names what is linked into it, and is the same when it is written again.
func TestBillOfMaterials(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	// A small program of the house.
	build := exec.Command("go", "build", "-o", program, "./deploy/tools/sbom")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lock, err := os.ReadFile("../../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	write := func() []byte {
		bom, err := Make(program, "1.2.3", lock, func(string, string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(bom)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	text := write()
	if !bytes.Equal(text, write()) {
		t.Error("two bills of one binary differ")
	}
	sum, err := sha256File(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"bomFormat":"CycloneDX"`, `"version":"1.2.3"`, sum, `"purl":"pkg:golang/std@1.`, `"purl":"pkg:npm/%40kern-ux/native@`, `"alg":"SHA-512"`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the bill lacks %s", want)
		}
	}
	if _, err := Make("sbom.go", "", lock, nil); err == nil {
		t.Error("a file that is no binary has a bill")
	}
	if _, err := Make(program, "", []byte("{"), nil); err == nil {
		t.Error("half a lock file passes")
	}
}
