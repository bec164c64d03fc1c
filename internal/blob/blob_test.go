package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/blob"
	"antragswerk/internal/blob/blobtest"
	"antragswerk/internal/civic"
	"antragswerk/internal/testenv"
)

func TestDir(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, "file:"+t.TempDir()) })
}

func TestS3(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, testenv.S3(t)) })
}

func open(t testing.TB, url string) blob.Store {
	t.Helper()
	s, err := blob.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpenRefusesWrongURLs(t *testing.T) {
	for _, url := range []string{
		"", "file:", "ftp:x", "s3:", "s3:http://h/b", "s3:ftp://k:Tr0ub4dor@h/b", "s3:http://k:Tr0ub4dor@h/", "s3:http://k:Tr0ub4dor@h/b/c",
		"s3:http://k:Tr0ub4dor@h/b?colour=red", "s3:http://k:Tr0ub4dor@h:port/b",
	} {
		s, err := blob.Open(t.Context(), url)
		if err == nil {
			t.Errorf("%q: opened %T", url, s)
		} else if strings.Contains(err.Error(), "Tr0ub4dor") {
			t.Errorf("%q: the error shows the secret: %v", url, err)
		}
	}
}

func TestBucketIsMadeOnlyWhenAskedFor(t *testing.T) {
	url := testenv.S3(t)
	without := strings.Replace(url, "&create=1", "", 1)
	if _, err := blob.Open(t.Context(), without); err == nil || !strings.Contains(err.Error(), "create=1") {
		t.Fatalf("got %v", err)
	}
	open(t, url)
	open(t, url)
	open(t, without)
}

func TestUnreachableS3IsUnavailable(t *testing.T) {
	s := open(t, testenv.S3(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Ping(ctx); civic.CodeOf(err) != civic.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestDirLeavesNoPartsAndTidiesUp(t *testing.T) {
	root := t.TempDir()
	s := open(t, "file://"+root)
	broken := io.MultiReader(strings.NewReader("half"), errReader{})
	if _, err := s.Put(t.Context(), "a", broken, -1); err == nil {
		t.Fatal("a broken stream was taken")
	}
	incoming := filepath.Join(root, "incoming")
	if left, _ := os.ReadDir(incoming); len(left) != 0 {
		t.Errorf("%d files left of a broken stream", len(left))
	}
	old, recent := filepath.Join(incoming, "put-old"), filepath.Join(incoming, "put-recent")
	for _, name := range []string{old, recent} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	open(t, "file:"+root)
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Error("an abandoned file stayed")
	}
	if _, err := os.Stat(recent); err != nil {
		t.Error("an upload that may be under way was removed")
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("line cut") }

// TestMemoryStaysConstant streams far more than it may keep.
func TestMemoryStaysConstant(t *testing.T) {
	const size = 64 << 20
	for name, url := range map[string]string{"dir": "file:" + t.TempDir(), "s3": testenv.S3(t)} {
		s := open(t, url)
		for how, announced := range map[string]int64{"known": size, "unknown": -1} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := s.Put(t.Context(), how, io.LimitReader(zeros{}, size), announced); err != nil {
				t.Fatalf("%s, %s: %v", name, how, err)
			}
			runtime.ReadMemStats(&after)
			// All that was ever allocated, not what is left: nothing of the size of the stream was held at any time.
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 20 {
				t.Errorf("%s, size %s: allocated %d MiB for %d MiB", name, how, used, size>>20)
			}
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func BenchmarkPut10MiB(b *testing.B) {
	body := blobtest.Random(10 << 20)
	for name, url := range map[string]string{"dir": "file:" + b.TempDir(), "s3": testenv.S3(b)} {
		s := open(b, url)
		for how, size := range map[string]int64{"known": int64(len(body)), "unknown": -1} {
			b.Run(name+"/"+how, func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := s.Put(b.Context(), "a", struct{ io.Reader }{bytes.NewReader(body)}, size); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func FuzzKeys(f *testing.F) {
	for _, key := range []string{"a/b", "../x", "a//b", "%2e%2e/x"} {
		f.Add(key)
	}
	root := f.TempDir()
	s := open(f, "file:"+filepath.Join(root, "store"))
	f.Fuzz(func(t *testing.T, key string) {
		_, err := s.Put(t.Context(), key, strings.NewReader("x"), 1)
		if err != nil && civic.CodeOf(err) != civic.Invalid {
			t.Fatalf("%q: %v", key, err)
		}
		if outside, _ := os.ReadDir(root); len(outside) != 1 {
			t.Fatalf("%q left the directory", key)
		}
		found, listErr := s.List(t.Context(), key, "", 1)
		if err == nil && (listErr != nil || len(found) != 1 || found[0] != key) {
			t.Fatalf("%q is listed as %q, %v", key, found, listErr)
		}
		if err == nil && s.Delete(t.Context(), key) != nil {
			t.Fatalf("%q cannot be deleted", key)
		}
	})
}
