// Package blob keeps the bytes of attachments, already sealed by the caller: in a directory or in any S3 store.
//
// Everything streams: memory does not grow with the size of a blob. A blob is there when Put has returned and not before;
// a stream that breaks leaves nothing behind. Blobs are written once under a key that the caller chooses and that tells
// nothing about a person. Which rows refer to a blob is not this package's business; orphans are found by List.
package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"antragswerk/internal/civic"
)

// Store keeps blobs by key. Keys are parts of letters, digits, "-", "_" and "." joined by "/", at most 200 bytes in all;
// no key may be another's folder ("a" and "a/b"). Errors: NotFound for a blob that is not there, Invalid for a bad key,
// Unavailable when the store does not answer.
type Store interface {
	// Put streams r to the key and returns when the blob is durable; an older blob of that key is replaced as a whole.
	// size is -1 when it is not known. A reader that fails, or has fewer or more bytes than size, leaves nothing behind.
	Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error)
	// Open returns the blob for reading. Nothing is transferred before the first Read, and then only from where the reader
	// stands. Its Info has no SHA256: who put the blob keeps it. ctx must live as long as the reader.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)
	// Delete removes the blob; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// List returns up to limit keys with the prefix that come after the key given, in the order of their bytes.
	List(ctx context.Context, prefix, after string, limit int) ([]string, error)
	// Ping tells whether the store can be written to (directory) or answers and has the bucket (S3).
	Ping(ctx context.Context) error
}

// Info describes a blob: its bytes as stored.
type Info struct {
	Size   int64
	SHA256 [sha256.Size]byte
}

// Open chooses the store by the URL's scheme: "file:/var/lib/antragswerk/blobs" or, with "https:" alike,
// "s3:http://key:secret@127.0.0.1:9000/bucket?region=us-east-1". See OpenDir and OpenS3.
func Open(ctx context.Context, url string) (Store, error) {
	schemes := map[string]func() (Store, error){
		"file": func() (Store, error) { return OpenDir(dirOf(url)) },
		"s3":   func() (Store, error) { return OpenS3(ctx, url) },
	}
	scheme, _, _ := strings.Cut(url, ":")
	open, ok := schemes[scheme]
	if !ok {
		return nil, fmt.Errorf("blob URL: the scheme must be file: or s3:, not %q", scheme)
	}
	store, err := open()
	if err != nil {
		return nil, err // and not the typed nil beside it
	}
	return store, nil
}

const maxKey = 200

// checkKey refuses what a file system, a URL or an S3 store might read as something else.
func checkKey(key string) error {
	ok := key != "" && len(key) <= maxKey
	for part := range strings.SplitSeq(key, "/") {
		ok = ok && part != "" && part[0] != '.' && strings.IndexFunc(part, notInKey) < 0
	}
	if !ok {
		return civic.Errorf(civic.Invalid, "error.blob.key")
	}
	return nil
}

func notInKey(r rune) bool {
	letter := 'a' <= r|0x20 && r|0x20 <= 'z' && r < 0x80
	return !letter && !('0' <= r && r <= '9') && r != '-' && r != '_' && r != '.'
}

func missing() error { return civic.Errorf(civic.NotFound, "error.blob.missing") }

// errSize is what Put says to a reader that has not as many bytes as announced.
var errSize = errors.New("blob: the stream is not as long as announced")

// intake is the stream on its way in: counted, hashed, and held to the size that was announced.
type intake struct {
	src  io.Reader
	want int64 // -1 unknown
	got  int64
	sum  hash.Hash
	err  error // why the stream broke; the store's own error would hide it
}

func newIntake(r io.Reader, size int64) *intake {
	return &intake{src: r, want: size, sum: sha256.New()}
}

func (in *intake) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.src.Read(p)
	in.sum.Write(p[:n])
	in.got += int64(n)
	if n > 0 && err == nil && in.got == in.want {
		err = in.atEnd() // known here, so that a store that stops reading at the size still learns of an overlong stream
	}
	switch {
	case err == io.EOF && in.want >= 0 && in.got < in.want, in.want >= 0 && in.got > in.want: //nolint:errorlint // Readers return EOF bare
		in.err = errSize
	case err != nil && err != io.EOF: //nolint:errorlint // as above
		// Wrapped, since io.ErrUnexpectedEOF of a broken upload would count as a regular end with some readers.
		in.err = fmt.Errorf("blob: stream broke off: %w", err)
	default:
		return n, err
	}
	return 0, in.err
}

// atEnd reads on until the source says something.
func (in *intake) atEnd() error {
	var one [1]byte
	for {
		n, err := in.src.Read(one[:])
		if n > 0 {
			return errSize
		}
		if err != nil {
			return err
		}
	}
}

func (in *intake) info() Info {
	return Info{Size: in.got, SHA256: [sha256.Size]byte(in.sum.Sum(nil))}
}
