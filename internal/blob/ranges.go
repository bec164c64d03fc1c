package blob

import (
	"errors"
	"io"
)

// nearby is how far ahead a seek is answered by reading on instead of by a new request.
const nearby = 64 << 10

// rangeReader reads a remote blob from wherever it was last told to stand, with one request per jump.
type rangeReader struct {
	fetch  func(from int64) (io.ReadCloser, error)
	size   int64
	offset int64 // where the next Read is to begin
	body   io.ReadCloser
	at     int64 // where body stands
	closed bool
}

func (r *rangeReader) Read(p []byte) (int, error) {
	if r.closed {
		return 0, errors.New("blob: read after close")
	}
	if len(p) == 0 {
		return 0, nil
	}
	if r.offset >= r.size {
		return 0, io.EOF
	}
	if err := r.stand(); err != nil {
		return 0, err
	}
	n, err := r.body.Read(p[:min(int64(len(p)), r.size-r.offset)])
	r.at += int64(n)
	r.offset = r.at
	if errors.Is(err, io.EOF) {
		if r.offset < r.size {
			return n, io.ErrUnexpectedEOF
		}
		err = nil // said by the next Read, in one place
	}
	return n, err
}

// stand brings body to offset.
func (r *rangeReader) stand() error {
	if ahead := r.offset - r.at; r.body != nil && ahead > 0 && ahead <= nearby {
		n, err := io.CopyN(io.Discard, r.body, ahead)
		r.at += n
		if err != nil {
			return err
		}
	}
	if r.body != nil && r.at == r.offset {
		return nil
	}
	if err := r.drop(); err != nil {
		return err
	}
	body, err := r.fetch(r.offset)
	if err != nil {
		return err
	}
	r.body, r.at = body, r.offset
	return nil
}

func (r *rangeReader) drop() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body = nil
	return err
}

func (r *rangeReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("blob: seek before the start")
	}
	r.offset = offset
	return offset, nil
}

func (r *rangeReader) Close() error {
	r.closed = true
	return r.drop()
}
