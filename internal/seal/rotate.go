package seal

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Follow reads the key file again and again until ctx ends: a key that was added or taken away is so on every node, without a
// restart. failed is told of a file that cannot be read or is wrong, once until it is right again; the vault keeps what it has.
func (v *Vault) Follow(ctx context.Context, keyfile string, every time.Duration, failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	was, sick := "", false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		text, err := os.ReadFile(keyfile) // #nosec G304 -- the operator names the file
		if err == nil && string(text) == was {
			continue
		}
		if err == nil {
			was = string(text)
			err = v.Load(was)
		}
		if err != nil && !sick {
			failed(fmt.Errorf("master key file: %w", err))
		}
		sick = err != nil
	}
}

// AddMaster writes a new master key with the next id into the file, to be used for what is new from the given time on. The file is
// replaced whole: who reads it meanwhile, or after a crash, has the old one or the new one.
func AddMaster(keyfile string, from time.Time) (id byte, err error) {
	text, keys, err := readKeyFile(keyfile)
	if err != nil {
		return 0, err
	}
	if keys[0].id == 255 {
		return 0, errors.New("the id 255 is the last; take old keys away and write the rest with lower ids")
	}
	id = keys[0].id + 1
	var key [keySize]byte
	fill(key[:])
	line := fmt.Sprintf("%d@%d:%s\n", id, from.Unix(), base64.StdEncoding.EncodeToString(key[:]))
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return id, replaceFile(keyfile, text+line)
}

// DropMaster takes a key out of the file and leaves the public key of its receipts. Whoever calls it has seen to it that nothing needs the key any more.
func DropMaster(keyfile string, id byte) error {
	text, keys, err := readKeyFile(keyfile)
	if err != nil {
		return err
	}
	if keys[0].id == id {
		return errors.New("the newest key cannot be taken away")
	}
	var kept []string
	found := false
	for line := range strings.Lines(text) {
		p, err := parseMaster(strings.TrimSpace(line))
		if err == nil && p.id == id && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			found = true
			seed := subkey(p.key[:], "receipts")
			kept = append(kept, receiptsLine(ed25519.NewKeyFromSeed(seed[:]))+"\n")
			continue
		}
		kept = append(kept, line)
	}
	if !found {
		return fmt.Errorf("no line of %s holds the key %d alone", keyfile, id)
	}
	return replaceFile(keyfile, strings.Join(kept, ""))
}

func receiptsLine(signing ed25519.PrivateKey) string {
	return "receipts:" + base64.StdEncoding.EncodeToString(signing.Public().(ed25519.PublicKey))
}

func readKeyFile(keyfile string) (string, []parsedKey, error) {
	text, err := os.ReadFile(keyfile) // #nosec G304 -- the operator names the file
	if err != nil {
		return "", nil, fmt.Errorf("master key file: %w", err)
	}
	keys, _, err := parseMasters(string(text))
	if err != nil {
		return "", nil, fmt.Errorf("master key file %s: %w", keyfile, err)
	}
	return string(text), keys, nil
}

// replaceFile puts a whole file in the place of another, durable before it returns.
func replaceFile(path, text string) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".master-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(text)
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	folder, err := os.Open(dir) // #nosec G304 -- the operator names the file
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
