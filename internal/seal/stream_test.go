package seal

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"antragswerk/internal/civic"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(b)
	return b
}

func sealStream(t testing.TB, v *Vault, k civic.Keys, plain []byte) []byte {
	t.Helper()
	sealed, err := io.ReadAll(v.SealReader(k, "attachment", bytes.NewReader(plain)))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func openStream(v *Vault, k civic.Keys, sealed []byte) ([]byte, error) {
	r, err := v.OpenReader(k, "attachment", bytes.NewReader(sealed), int64(len(sealed)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestStreamRoundTrip(t *testing.T) {
	v, k := world(t)
	for _, n := range []int{0, 1, 17, chunkSize - 1, chunkSize, chunkSize + 1, 2 * chunkSize, 3*chunkSize + 5} {
		plain := randomBytes(n)
		sealed := sealStream(t, v, k, plain)
		if want := v.SealedSize(int64(n)); int64(len(sealed)) != want {
			t.Errorf("%d bytes: sealed %d, announced %d", n, len(sealed), want)
		}
		got, err := openStream(uncached(v), k, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
		r, _ := v.OpenReader(k, "attachment", bytes.NewReader(sealed), int64(len(sealed)))
		if err := iotest.TestReader(r, plain); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestStreamSealsOddReaders(t *testing.T) {
	v, k := world(t)
	plain := randomBytes(chunkSize + 100)
	for name, r := range map[string]io.Reader{
		"one byte at a time": iotest.OneByteReader(bytes.NewReader(plain)),
		"data with EOF":      iotest.DataErrReader(bytes.NewReader(plain)),
		"halves":             iotest.HalfReader(bytes.NewReader(plain)),
	} {
		sealed, err := io.ReadAll(v.SealReader(k, "attachment", r))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := openStream(v, k, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A cut-off upload must never become a whole stream; net/http says io.ErrUnexpectedEOF for one.
func TestStreamPassesErrorsOn(t *testing.T) {
	v, k := world(t)
	for _, fault := range []error{errors.New("line cut"), io.ErrUnexpectedEOF} {
		for _, n := range []int{0, 10, chunkSize, chunkSize + 1} {
			r := io.MultiReader(bytes.NewReader(randomBytes(n)), iotest.ErrReader(fault))
			sealed, err := io.ReadAll(v.SealReader(k, "attachment", r))
			if !errors.Is(err, fault) {
				t.Errorf("after %d bytes: %v instead of %v", n, err, fault)
			}
			if _, err := openStream(v, k, sealed); err == nil {
				t.Errorf("what was sealed of a broken stream of %d bytes opens", n)
			}
		}
	}
	bad := k
	bad.DossierKey = nil
	if _, err := io.ReadAll(v.SealReader(bad, "attachment", bytes.NewReader(nil))); err == nil {
		t.Error("sealed without a key")
	}
}

func TestStreamTampering(t *testing.T) {
	v, k := world(t)
	plain := randomBytes(3*chunkSize + 10)
	sealed := sealStream(t, v, k, plain)
	second := sealStream(t, v, k, plain)
	chunk := func(b []byte, i int) []byte {
		from := streamHeader + i*sealedChunk
		return b[from:min(len(b), from+sealedChunk)]
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	head := sealed[:streamHeader]
	cases := map[string][]byte{
		"nothing":                      {},
		"header only":                  head,
		"last chunk gone":              sealed[:streamHeader+3*sealedChunk],
		"last two gone":                sealed[:streamHeader+2*sealedChunk],
		"cut inside a chunk":           sealed[:streamHeader+sealedChunk+500],
		"one byte short":               sealed[:len(sealed)-1],
		"one byte more":                join(sealed, []byte{0}),
		"two chunks swapped":           join(head, chunk(sealed, 1), chunk(sealed, 0), chunk(sealed, 2), chunk(sealed, 3)),
		"a chunk repeated":             join(head, chunk(sealed, 0), chunk(sealed, 0), chunk(sealed, 2), chunk(sealed, 3)),
		"first chunk gone":             join(head, chunk(sealed, 1), chunk(sealed, 2), chunk(sealed, 3)),
		"a chunk of another stream":    join(head, chunk(sealed, 0), chunk(second, 1), chunk(sealed, 2), chunk(sealed, 3)),
		"the header of another":        join(second[:streamHeader], sealed[streamHeader:]),
		"a last chunk from the middle": join(head, chunk(sealed, 3)),
	}
	for name, bad := range cases {
		if got, err := openStream(v, k, bad); err == nil {
			t.Errorf("%s: opened as %d bytes", name, len(got))
		}
	}
	for _, at := range []int{0, 1, streamHeader - 1, streamHeader, streamHeader + sealedChunk - 1, len(sealed) / 2, len(sealed) - 1} {
		bad := bytes.Clone(sealed)
		bad[at] ^= 0x10
		if _, err := openStream(v, k, bad); err == nil {
			t.Errorf("byte %d changed, and it opened", at)
		}
	}
	if r, err := v.OpenReader(k, "message", bytes.NewReader(sealed), int64(len(sealed))); err == nil {
		if _, err = io.ReadAll(r); err == nil {
			t.Error("opened for another purpose")
		}
	}
}

func TestEmptyStreamIsChecked(t *testing.T) {
	v, k := world(t)
	sealed := sealStream(t, v, k, nil)
	sealed[len(sealed)-1] ^= 1
	if _, err := openStream(v, k, sealed); err == nil {
		t.Error("a forged empty stream opened")
	}
}

// countingReader counts what is read of the sealed bytes.
type countingReader struct {
	*bytes.Reader
	read, seeks int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func (c *countingReader) Seek(o int64, w int) (int64, error) { c.seeks++; return c.Reader.Seek(o, w) }

func TestRangesReadOnlyTheirChunks(t *testing.T) {
	v, k := world(t)
	plain := randomBytes(16 * chunkSize)
	src := &countingReader{Reader: bytes.NewReader(sealStream(t, v, k, plain))}
	r, err := v.OpenReader(k, "attachment", src, src.Size())
	if err != nil {
		t.Fatal(err)
	}
	if end, err := r.Seek(0, io.SeekEnd); err != nil || end != int64(len(plain)) {
		t.Fatalf("end %d, %v", end, err)
	}
	const from, size = 9*chunkSize + 7, 1000
	if _, err := r.Seek(from, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, size)
	if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, plain[from:from+size]) {
		t.Fatalf("wrong range: %v", err)
	}
	if want := streamHeader + sealedChunk; src.read != want {
		t.Errorf("read %d sealed bytes, want %d", src.read, want)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("seek before the start is allowed")
	}
	// Reading on from the start needs no seek of the source, which for a remote store is a request each.
	src.seeks = 0
	whole, _ := v.OpenReader(k, "attachment", src, src.Size())
	if _, err := io.Copy(io.Discard, whole); err != nil || src.seeks != 1 {
		t.Errorf("%d seeks, %v", src.seeks, err)
	}
}

func FuzzOpenReader(f *testing.F) {
	v, k := world(f)
	good := sealStream(f, v, k, []byte("secret"))
	f.Add(good)
	f.Add(good[:streamHeader])
	f.Fuzz(func(t *testing.T, sealed []byte) {
		got, err := openStream(v, k, sealed)
		if (err == nil) != bytes.Equal(sealed, good) {
			t.Fatalf("err %v, %q", err, got)
		}
	})
}

func BenchmarkStream10MiB(b *testing.B) {
	v, k := world(b)
	plain := randomBytes(10 << 20)
	sealed := sealStream(b, v, k, plain)
	b.Run("seal", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := io.Copy(io.Discard, v.SealReader(k, "attachment", bytes.NewReader(plain))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		b.ReportAllocs()
		for b.Loop() {
			r, err := v.OpenReader(k, "attachment", bytes.NewReader(sealed), int64(len(sealed)))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
