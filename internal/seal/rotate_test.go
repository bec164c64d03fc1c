package seal

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A key is known to every node before one uses it, and what it or an older one made opens all the time.
func TestNewMasterWaitsForItsTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master.key")
	node, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Unix(1_800_000_000, 0)
	node.now = func() time.Time { return clock }
	before, _ := node.NewTenantKey("jena")
	id, err := AddMaster(file, clock.Add(time.Minute))
	if err != nil || id != 2 {
		t.Fatalf("id %d, %v", id, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v", err)
	}
	load := func() {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := node.Load(string(text)); err != nil {
			t.Fatal(err)
		}
	}
	load()
	if key, _ := node.NewTenantKey("gera"); WrappedBy(key) != 1 {
		t.Error("a key is used that other nodes may not know yet")
	}
	receipt, code := node.Sign([]byte("receipt")), node.MACs("recovery", []byte("x"))[0]
	clock = clock.Add(time.Minute)
	if key, _ := node.NewTenantKey("gera"); WrappedBy(key) != 2 || !node.Masters()[0].Current {
		t.Error("the new key is not used")
	}
	moved, err := node.RewrapTenantKey("jena", before)
	if err != nil || WrappedBy(moved) != 2 || WrappedBy(before) != 1 || WrappedBy(nil) != 0 {
		t.Fatalf("%d %v", WrappedBy(moved), err)
	}
	if !node.Verify([]byte("receipt"), receipt) || !bytes.Equal(node.MACs("recovery", []byte("x"))[1], code) {
		t.Error("receipts or codes of the older key are lost")
	}

	if err := DropMaster(file, 2); err == nil {
		t.Error("the newest key was taken away")
	}
	if err := DropMaster(file, 7); err == nil {
		t.Error("a key that is not there was taken away")
	}
	if err := DropMaster(file, 1); err != nil {
		t.Fatal(err)
	}
	load()
	if !node.Verify([]byte("receipt"), receipt) || len(node.PublicKeys()) != 2 || len(node.Masters()) != 1 {
		t.Error("a receipt of the key that is gone proves nothing any more")
	}
	fresh := uncached(node)
	if _, err := fresh.NewDossierKey("jena", moved, "d1"); err != nil {
		t.Error("what was wrapped anew does not open:", err)
	}
	if _, err := fresh.NewDossierKey("jena", before, "d1"); err == nil {
		t.Error("the key that is gone still opens")
	}
	if err := node.Load("receipts:" + strings.Repeat("A", 44)); err == nil || len(node.Masters()) != 1 {
		t.Error("a file without a master key took the keys away")
	}
}

// A node that meets a key under a master that it has not heard of yet looks into the file.
func TestUnknownMasterIsLookedUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master.key")
	late, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := AddMaster(file, time.Time{}); err != nil {
		t.Fatal(err)
	}
	quick, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := quick.NewTenantKey("jena")
	if _, err := late.NewDossierKey("jena", key, "d1"); err != nil || WrappedBy(key) != 2 {
		t.Errorf("under %d: %v", WrappedBy(key), err)
	}
}

// A running node learns of the file's changes, keeps what it has while the file is wrong, and says so once.
func TestFollow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master.key")
	v, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	faults, ended := make(chan error, 100), make(chan struct{})
	go func() { v.Follow(ctx, file, time.Millisecond, func(err error) { faults <- err }); close(ended) }()
	until := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	if _, err := AddMaster(file, time.Time{}); err != nil {
		t.Fatal(err)
	}
	until("a new key is not seen", func() bool { return len(v.Masters()) == 2 })
	if err := replaceFile(file, "1:broken\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-faults; err == nil || strings.Contains(err.Error(), "broken") {
		t.Errorf("%v", err)
	}
	if len(v.Masters()) != 2 {
		t.Error("a broken file took the keys away")
	}
	if err := replaceFile(file, NewMasterKey(1)); err != nil {
		t.Fatal(err)
	}
	until("a mended file is not seen", func() bool { return len(v.Masters()) == 1 })
	stop()
	<-ended
	if len(faults) != 0 {
		t.Error("one fault was told more than once")
	}
}
