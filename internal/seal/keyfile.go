package seal

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Open reads master keys from the file (see New for the format). When there is none it makes one with a new key,
// readable by its owner alone. Losing that file is losing everything that was sealed.
func Open(keyfile string) (*Vault, error) {
	text, err := os.ReadFile(keyfile) // #nosec G304 -- the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKeyFile(keyfile); err != nil {
			return nil, fmt.Errorf("master key file %s: %w", keyfile, err)
		}
		text, err = os.ReadFile(keyfile) // #nosec G304 -- the operator names the file
	}
	if err != nil {
		return nil, fmt.Errorf("master key file: %w", err)
	}
	v, err := New(string(text))
	if err != nil {
		return nil, fmt.Errorf("master key file %s: %w", keyfile, err)
	}
	v.keyfile = keyfile
	return v, nil
}

// NewMasterKey returns a line for the key file: the id and a new random key.
func NewMasterKey(id byte) string {
	var key [keySize]byte
	fill(key[:])
	return fmt.Sprintf("%d:%s\n", id, base64.StdEncoding.EncodeToString(key[:]))
}

// createKeyFile writes a new key beside its place and links it there: two processes that start at the same time end up
// with one key, and a crash leaves either the whole file or none.
func createKeyFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".master-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString("# Antragswerk master key. Keep a copy in a safe place: without it nothing can be read.\n" + NewMasterKey(1))
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

type parsedKey struct {
	id   byte
	from time.Time
	key  [keySize]byte
}

// parseMasters returns the keys, highest id first. Its errors name the entry by position, never by content.
func parseMasters(text string) (keys []parsedKey, retired []ed25519.PublicKey, err error) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, entry := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r <= ' ' }) {
			if encoded, ok := strings.CutPrefix(entry, "receipts:"); ok {
				raw, err := base64.StdEncoding.DecodeString(encoded)
				if err != nil || len(raw) != ed25519.PublicKeySize {
					return nil, nil, errors.New("after receipts: stands the base64 of a public key of 32 bytes")
				}
				retired = append(retired, raw)
				continue
			}
			key, err := parseMaster(entry)
			if err != nil {
				return nil, nil, fmt.Errorf("master key %d: %w", len(keys)+1, err)
			}
			if slices.ContainsFunc(keys, func(k parsedKey) bool { return k.id == key.id }) {
				return nil, nil, fmt.Errorf("master key %d: the id %d is there twice", len(keys)+1, key.id)
			}
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, nil, errors.New("no master key: expected lines of the form 1:<base64 of 32 bytes>")
	}
	slices.SortFunc(keys, func(a, b parsedKey) int { return int(b.id) - int(a.id) })
	return keys, retired, nil
}

func parseMaster(entry string) (parsedKey, error) {
	id, encoded, found := strings.Cut(entry, ":")
	if !found {
		id, encoded = "1", entry
	}
	var from time.Time
	if name, at, ok := strings.Cut(id, "@"); ok {
		seconds, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return parsedKey{}, errors.New("after @ stands from when the key is used, as seconds since 1970")
		}
		id, from = name, time.Unix(seconds, 0)
	}
	n, err := strconv.ParseUint(id, 10, 8)
	if err != nil || n == 0 {
		return parsedKey{}, errors.New("the id must be a number from 1 to 255")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != keySize {
		return parsedKey{}, errors.New("not the base64 of exactly 32 bytes (try: openssl rand -base64 32)")
	}
	return parsedKey{id: byte(n), from: from, key: [keySize]byte(raw)}, nil
}
