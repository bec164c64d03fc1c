package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Dir keeps blobs as files in 256 folders, named by the first byte of the key's SHA-256, with "/" of the key written "%".
// Only one machine may use the directory at a time, but several processes of it may.
type Dir struct {
	root string
}

var _ Store = (*Dir)(nil)

const (
	// incoming holds files that are being written; a crash may leave some there.
	incoming = "incoming"
	// abandoned is the age at which a file in incoming belongs to nobody any more.
	abandoned = 24 * time.Hour
)

// OpenDir opens the directory, made when it is not there, and removes what crashes left in it more than a day ago.
func OpenDir(path string) (*Dir, error) {
	if path == "" {
		return nil, errors.New("blob directory: no path given")
	}
	d := &Dir{root: path}
	if err := os.MkdirAll(filepath.Join(path, incoming), 0o700); err != nil {
		return nil, fmt.Errorf("blob directory: %w", err)
	}
	if err := errors.Join(d.tidy(), syncFolder(path)); err != nil {
		return nil, fmt.Errorf("blob directory: %w", err)
	}
	return d, nil
}

// dirOf returns the path of a file: URL; both "file:blobs" and "file:///var/blobs" are understood.
func dirOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		return strings.TrimPrefix(raw, "file:")
	}
	return filepath.FromSlash(u.Path)
}

// tidy removes abandoned files. The file system's own clock decides, told by a file written just now.
func (d *Dir) tidy() error {
	probe, err := os.CreateTemp(filepath.Join(d.root, incoming), "probe-*")
	if err != nil {
		return err
	}
	now, err := probe.Stat()
	err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(d.root, incoming))
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && now.ModTime().Sub(info.ModTime()) > abandoned {
			err = os.Remove(filepath.Join(d.root, incoming, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process may tidy too
			return err
		}
	}
	return nil
}

func (d *Dir) file(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(d.root, hex.EncodeToString(sum[:1]), strings.ReplaceAll(key, "/", "%"))
}

// Put writes, syncs, renames and syncs the folder, in this order: a crash at any point leaves the old state or the new.
func (d *Dir) Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	tmp, err := os.CreateTemp(filepath.Join(d.root, incoming), "put-*")
	if err != nil {
		return Info{}, unavailable(err)
	}
	in := newIntake(&untilDone{ctx: ctx, src: r}, size)
	if err := d.write(tmp, in, d.file(key)); err != nil {
		_ = os.Remove(tmp.Name()) // not there any more when the last sync failed; then the blob may or may not have come to stay
		if in.err != nil {
			return Info{}, in.err
		}
		return Info{}, unavailable(err)
	}
	return in.info(), nil
}

func (d *Dir) write(tmp *os.File, in *intake, path string) error {
	_, err := io.Copy(struct{ io.Writer }{tmp}, in) // plainly in portions of 32 KiB: a file would try to be clever
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	switch err := os.Mkdir(folder, 0o700); {
	case err == nil:
		if err := syncFolder(d.root); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncFolder(folder)
}

// Open opens the file.
func (d *Dir) Open(_ context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	f, err := os.Open(d.file(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Info{}, missing()
	}
	if err != nil {
		return nil, Info{}, unavailable(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, Info{}, unavailable(errors.Join(err, f.Close()))
	}
	return f, Info{Size: info.Size()}, nil
}

// Delete removes the file. The folder is not synced: a blob that is back after a crash is swept again.
func (d *Dir) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := os.Remove(d.file(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable(err)
	}
	return nil
}

// List reads all folders, so ask for many keys at a time.
func (d *Dir) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	var keys []string
	for folder := range 256 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, err := os.ReadDir(filepath.Join(d.root, hex.EncodeToString([]byte{byte(folder)})))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, unavailable(err)
		}
		for _, e := range entries {
			key := strings.ReplaceAll(e.Name(), "%", "/")
			if key > after && strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), max(limit, 0))], nil
}

// Ping writes a file and removes it.
func (d *Dir) Ping(context.Context) error {
	if err := d.tidy(); err != nil {
		return unavailable(err)
	}
	return nil
}

// untilDone ends a stream when the context does.
type untilDone struct {
	ctx context.Context //nolint:containedctx // lives for one Put
	src io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.src.Read(p)
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	f, err := os.Open(path) // #nosec G304 -- path checked the key
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func unavailable(cause error) error {
	return civic.Errorf(civic.Unavailable, "error.blob.unavailable").Because(cause)
}
