// Package blobtest is what every blob store must do, as a test suite.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/blob"
	"antragswerk/internal/civic"
)

// Run runs the suite; open returns an empty store for each test.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, blob.Store)
	}{
		{"RoundTrip", roundTrip},
		{"Replace", replace},
		{"Absent", absent},
		{"BrokenStream", brokenStream},
		{"WrongSize", wrongSize},
		{"Cancelled", cancelled},
		{"Ranges", ranges},
		{"Keys", keys},
		{"List", list},
		{"Concurrent", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Random returns n bytes that do not compress.
func Random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}).Read(b)
	return b
}

// streamOnly hides what a reader can do beyond Read: an upload cannot be read twice.
func streamOnly(b []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(b)} }

func put(t *testing.T, s blob.Store, key string, body []byte) {
	t.Helper()
	if _, err := s.Put(t.Context(), key, streamOnly(body), int64(len(body))); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func get(t *testing.T, s blob.Store, key string) ([]byte, error) {
	t.Helper()
	r, info, err := s.Open(t.Context(), key)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if int64(len(b)) != info.Size {
		t.Errorf("%s: read %d bytes, info says %d", key, len(b), info.Size)
	}
	return b, errors.Join(err, r.Close())
}

func roundTrip(t *testing.T, s blob.Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 100_000, 5 << 20, 11<<20 + 3} {
		body := Random(n)
		for name, size := range map[string]int64{"known": int64(n), "unknown": -1} {
			key := fmt.Sprintf("tenant/%s-%d", name, n)
			info, err := s.Put(t.Context(), key, streamOnly(body), size)
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			if want := (blob.Info{Size: int64(n), SHA256: sha256.Sum256(body)}); info != want {
				t.Errorf("%s: info %v, want %v", key, info, want)
			}
			if got, err := get(t, s, key); err != nil || !bytes.Equal(got, body) {
				t.Errorf("%s: %d bytes came back, %v", key, len(got), err)
			}
		}
	}
}

func replace(t *testing.T, s blob.Store) {
	put(t, s, "a/b", []byte("first and longer"))
	put(t, s, "a/b", []byte("second"))
	if got, err := get(t, s, "a/b"); err != nil || string(got) != "second" {
		t.Errorf("got %q, %v", got, err)
	}
}

func absent(t *testing.T, s blob.Store) {
	if _, _, err := s.Open(t.Context(), "no/such"); civic.CodeOf(err) != civic.NotFound {
		t.Errorf("open: %v", err)
	}
	if err := s.Delete(t.Context(), "no/such"); err != nil {
		t.Errorf("delete: %v", err)
	}
	put(t, s, "a", []byte("x"))
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, _, err := s.Open(t.Context(), "a"); civic.CodeOf(err) != civic.NotFound {
		t.Errorf("open after delete: %v", err)
	}
}

// brokenStream includes io.ErrUnexpectedEOF: that is what a cut-off upload says, and it must not pass for an end.
func brokenStream(t *testing.T, s blob.Store) {
	put(t, s, "kept", []byte("older"))
	for _, fault := range []error{errors.New("line cut"), io.ErrUnexpectedEOF} {
		for _, n := range []int{0, 1000, 6 << 20} {
			for _, size := range []int64{-1, 8 << 20} {
				r := io.MultiReader(streamOnly(Random(n)), iotest.ErrReader(fault))
				if _, err := s.Put(t.Context(), "kept", r, size); !errors.Is(err, fault) {
					t.Errorf("%v after %d of %d bytes: Put says %v", fault, n, size, err)
				}
				r = io.MultiReader(streamOnly(Random(n)), iotest.ErrReader(fault))
				if _, err := s.Put(t.Context(), "new", r, size); !errors.Is(err, fault) {
					t.Errorf("%v after %d of %d bytes: Put says %v", fault, n, size, err)
				}
			}
		}
	}
	onlyKept(t, s)
}

func onlyKept(t *testing.T, s blob.Store) {
	t.Helper()
	if got, err := get(t, s, "kept"); err != nil || string(got) != "older" {
		t.Errorf("the older blob is now %d bytes, %v", len(got), err)
	}
	if left, err := s.List(t.Context(), "", "", 10); err != nil || !cmp.Equal(left, []string{"kept"}) {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func wrongSize(t *testing.T, s blob.Store) {
	put(t, s, "kept", []byte("older"))
	for _, n := range []int{0, 10, 100_000, 1 << 20} {
		for _, size := range []int64{int64(n) + 1, int64(n) - 1, int64(n) / 2} {
			if size < 0 || size == int64(n) {
				continue
			}
			for _, key := range []string{"kept", "new"} {
				if _, err := s.Put(t.Context(), key, streamOnly(Random(n)), size); err == nil {
					t.Errorf("%d bytes announced as %d were taken", n, size)
				}
			}
		}
	}
	onlyKept(t, s)
}

// cancelled is what happens when a browser goes away while nothing arrives.
func cancelled(t *testing.T, s blob.Store) {
	put(t, s, "kept", []byte("older"))
	for _, size := range []int64{-1, 9 << 20} {
		ctx, cancel := context.WithCancel(t.Context())
		r := io.MultiReader(streamOnly(Random(6<<20)), readerFunc(func(p []byte) (int, error) {
			cancel()
			return copy(p, "more"), nil
		}))
		if _, err := s.Put(ctx, "new", r, size); err == nil {
			t.Errorf("size %d: a cancelled upload was taken", size)
		}
		cancel()
	}
	onlyKept(t, s)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func ranges(t *testing.T, s blob.Store) {
	body := Random(300_000)
	put(t, s, "r", body)
	r, _, err := s.Open(t.Context(), "r")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	part := make([]byte, 1000)
	for _, from := range []int64{299_000, 0, 1, 5000, 250_000, 100, 1100} {
		if at, err := r.Seek(from, io.SeekStart); err != nil || at != from {
			t.Fatalf("seek: %d, %v", at, err)
		}
		if _, err := io.ReadFull(r, part); err != nil || !bytes.Equal(part, body[from:from+1000]) {
			t.Errorf("from %d: wrong bytes, %v", from, err)
		}
	}
	if end, err := r.Seek(0, io.SeekEnd); err != nil || end != int64(len(body)) {
		t.Errorf("end %d, %v", end, err)
	}
	if n, err := r.Read(part); n != 0 || err != io.EOF {
		t.Errorf("read at the end: %d, %v", n, err)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("seek before the start is allowed")
	}
	put(t, s, "small", body[:2000])
	small, _, err := s.Open(t.Context(), "small")
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(small, body[:2000]); err != nil {
		t.Error(err)
	}
	if err := small.Close(); err != nil {
		t.Error(err)
	}
	if _, err := small.Read(part); err == nil {
		t.Error("a closed reader reads")
	}
}

func keys(t *testing.T, s blob.Store) {
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", ".hidden", "a b", "a%b", "ä", "a\\b", "a\x00b", "a\nb", "a?b",
		strings.Repeat("a", 201),
	} {
		if _, err := s.Put(t.Context(), key, strings.NewReader("x"), 1); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("put %q: %v", key, err)
		}
		if _, _, err := s.Open(t.Context(), key); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("open %q: %v", key, err)
		}
		if err := s.Delete(t.Context(), key); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("delete %q: %v", key, err)
		}
	}
	for _, key := range []string{"a", "Z-9_x.y", "b/c/d", strings.Repeat("a", 200)} {
		put(t, s, key, []byte(key))
		if got, err := get(t, s, key); err != nil || string(got) != key {
			t.Errorf("%q: got %q, %v", key, got, err)
		}
	}
}

func list(t *testing.T, s blob.Store) {
	var want []string
	for i := range 12 {
		want = append(want, fmt.Sprintf("jena/%02d", i))
	}
	for _, key := range append([]string{"gera/1", "jena-sued/1"}, want...) {
		put(t, s, key, []byte("x"))
	}
	var got []string
	for after := ""; ; {
		page, err := s.List(t.Context(), "jena/", after, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > 5 {
			t.Fatalf("page of %d keys", len(page))
		}
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		after = page[len(page)-1]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	all, err := s.List(t.Context(), "", "", 100)
	if diff := cmp.Diff(append([]string{"gera/1", "jena-sued/1"}, want...), all); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if none, err := s.List(t.Context(), "", "", 0); err != nil || len(none) != 0 {
		t.Errorf("limit 0: %q, %v", none, err)
	}
}

// concurrent puts the same key from several sides: one whole blob is there in the end.
func concurrent(t *testing.T, s blob.Store) {
	bodies := [][]byte{Random(70_000), Random(80_000)}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 5 {
				body := bodies[i%2]
				if _, err := s.Put(t.Context(), "same", streamOnly(body), int64(len(body))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got, err := get(t, s, "same"); err != nil || !bytes.Equal(got, bodies[0]) && !bytes.Equal(got, bodies[1]) {
		t.Errorf("a mixture of %d bytes, %v", len(got), err)
	}
}
