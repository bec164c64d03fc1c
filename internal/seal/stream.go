package seal

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"

	"antragswerk/internal/civic"
)

// A sealed stream is: version, salt, then chunks of 64 KiB of plain bytes, each with its tag. Every stream has its own key
// (from the content key and the salt); a chunk's nonce is its index and whether it is the last. So chunks can be read
// alone, but not moved, repeated or cut off. An empty stream has one empty chunk; no other stream has one.
const (
	streamVersion = 2
	saltSize      = 32
	streamHeader  = 1 + saltSize
	chunkSize     = 64 << 10
	sealedChunk   = chunkSize + tagSize
)

// SealedSize returns how long the sealed form of plain bytes is, for a store that wants to know it beforehand.
func (v *Vault) SealedSize(plain int64) int64 {
	chunks := max(1, (plain+chunkSize-1)/chunkSize)
	return streamHeader + plain + chunks*tagSize
}

// plainSize is the inverse of SealedSize; false for lengths that no stream has.
func plainSize(sealed int64) (plain, chunks int64, ok bool) {
	body := sealed - streamHeader
	if body < tagSize {
		return 0, 0, false
	}
	chunks = (body + sealedChunk - 1) / sealedChunk
	plain = body - chunks*tagSize
	last := plain - (chunks-1)*chunkSize
	return plain, chunks, last > 0 || chunks == 1
}

// chunkCipher seals and opens the chunks of one stream.
type chunkCipher struct {
	aead    cipher.AEAD
	context []byte
}

func (v *Vault) chunkCipher(k civic.Keys, purpose string, header []byte) (*chunkCipher, error) {
	key, err := v.contentKey(k)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	own := subkey(key[:], "stream/"+string(header[1:]))
	defer clear(own[:])
	return &chunkCipher{aead: newGCM(&own), context: contentContext(header[0], purpose)}, nil
}

func chunkNonce(index int64, last bool) []byte {
	nonce := make([]byte, nonceSize)
	binary.BigEndian.PutUint64(nonce[nonceSize-9:], uint64(index))
	if last {
		nonce[nonceSize-1] = 1
	}
	return nonce
}

// SealReader returns the sealed form of r, made while it is read, with about 128 KiB of memory. Errors of r and of the
// keys come out of Read.
func (v *Vault) SealReader(k civic.Keys, purpose string, r io.Reader) io.Reader {
	header := make([]byte, streamHeader)
	header[0] = streamVersion
	fill(header[1:])
	c, err := v.chunkCipher(k, purpose, header)
	return &sealReader{src: r, chunks: c, out: header, err: err}
}

type sealReader struct {
	src    io.Reader
	chunks *chunkCipher
	plain  []byte // one chunk and one byte more, which tells whether it is the last
	ahead  int    // bytes of plain that are there already
	sealed []byte // reused for every chunk
	out    []byte // what Read has not handed out yet
	index  int64
	done   bool
	err    error
}

func (s *sealReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(s.out) == 0 || s.chunks == nil {
		if s.err != nil {
			return 0, s.err
		}
		if s.done {
			return 0, io.EOF
		}
		s.next()
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

func (s *sealReader) next() {
	if s.plain == nil {
		s.plain = make([]byte, chunkSize+1)
		s.sealed = make([]byte, 0, sealedChunk)
	}
	n, last := s.ahead, false
	for n <= chunkSize && !last {
		got, err := s.src.Read(s.plain[n:])
		n += got
		// Only io.EOF is an end: a broken upload says io.ErrUnexpectedEOF and must not become a whole stream.
		if last = err == io.EOF; err != nil && !last { //nolint:errorlint // a wrapped EOF is not the end of the stream
			s.err = err
			return
		}
	}
	size := min(n, chunkSize)
	s.sealed = s.chunks.aead.Seal(s.sealed[:0], chunkNonce(s.index, last), s.plain[:size], s.chunks.context)
	s.out, s.done = s.sealed, last
	s.index++
	if !last {
		s.plain[0], s.ahead = s.plain[chunkSize], 1
	}
}

// OpenReader returns the plain form of a sealed stream of the given size. Seeking is free; each chunk read is checked
// before any of its bytes is handed out. The end that Seek reports follows from sealedSize: a stream that was cut off is
// noticed when its last chunk is read. sealed must not be used by others meanwhile.
func (v *Vault) OpenReader(k civic.Keys, purpose string, sealed io.ReadSeeker, sealedSize int64) (io.ReadSeeker, error) {
	size, chunks, ok := plainSize(sealedSize)
	if !ok {
		return nil, broken(nil)
	}
	header := make([]byte, streamHeader)
	if _, err := sealed.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(sealed, header); err != nil {
		return nil, cut(err)
	}
	if header[0] != streamVersion {
		return nil, broken(nil)
	}
	c, err := v.chunkCipher(k, purpose, header)
	if err != nil {
		return nil, err
	}
	return &openReader{src: sealed, chunks: c, size: size, count: chunks, held: -1, at: streamHeader}, nil
}

type openReader struct {
	src    io.ReadSeeker
	chunks *chunkCipher
	size   int64 // of the plain bytes
	count  int64 // of chunks
	offset int64 // in the plain bytes
	held   int64 // index of the chunk in plain, -1 none
	plain  []byte
	buf    []byte
	at     int64 // where src stands, -1 unknown
}

func (o *openReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if o.offset >= o.size {
		// An empty stream still has a chunk to check, and its absence to notice.
		if o.size == 0 && o.held != 0 {
			if err := o.load(0); err != nil {
				return 0, err
			}
		}
		return 0, io.EOF
	}
	index := o.offset / chunkSize
	if index != o.held {
		if err := o.load(index); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.plain[o.offset%chunkSize:])
	o.offset += int64(n)
	return n, nil
}

func (o *openReader) load(index int64) error {
	o.held = -1
	start := streamHeader + index*sealedChunk
	if o.at != start {
		if _, err := o.src.Seek(start, io.SeekStart); err != nil {
			return err
		}
	}
	o.at = -1
	if o.buf == nil {
		o.buf = make([]byte, min(sealedChunk, o.size+tagSize))
	}
	last := index == o.count-1
	size := int64(sealedChunk)
	if last {
		size = o.size - index*chunkSize + tagSize
	}
	buf := o.buf[:size]
	if _, err := io.ReadFull(o.src, buf); err != nil {
		return cut(err)
	}
	plain, err := o.chunks.aead.Open(buf[:0], chunkNonce(index, last), buf, o.chunks.context)
	if err != nil {
		return broken(err)
	}
	o.plain, o.held, o.at = plain, index, start+size
	return nil
}

// cut turns an end before the announced size into broken content; errors of the source stay what they are.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return broken(err)
	}
	return err
}

func (o *openReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.offset
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, errors.New("seal: seek before the start")
	}
	o.offset = offset
	return offset, nil
}
