package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/seal"
)

// keysCommand looks after the master key: who hangs on which, a new one while requests run, and the end of an old one.
func keysCommand(ctx context.Context, args []string, out io.Writer) error {
	usage := errors.New("keys status | rotate [--delay 1m] | drop ID | new ID")
	if len(args) == 0 {
		return usage
	}
	if args[0] == "new" { // for installations whose keys come from the environment; it opens nothing
		id, err := keyID(args[1:])
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(out, seal.NewMasterKey(id))
		return err
	}
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return err
	}
	p := &platform{cfg: cfg, log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}
	defer p.close(context.WithoutCancel(ctx))
	if err := p.openVault(ctx); err != nil {
		return err
	}
	if err := p.openStore(ctx); err != nil {
		return err
	}
	switch args[0] {
	case "status":
		return p.keyStatus(ctx, out)
	case "rotate":
		flags := flag.NewFlagSet("keys rotate", flag.ContinueOnError)
		flags.SetOutput(out)
		delay := flags.Duration("delay", time.Minute, "how long every node has to read the new key before it is used")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return p.rotate(ctx, *delay, out)
	case "drop":
		id, err := keyID(args[1:])
		if err != nil {
			return err
		}
		return p.dropKey(ctx, id, out)
	}
	return usage
}

func keyID(args []string) (byte, error) {
	if len(args) != 1 {
		return 0, errors.New("name one key by its id, a number from 1 to 255")
	}
	n, err := strconv.ParseUint(args[0], 10, 8)
	if err != nil || n == 0 {
		return 0, errors.New("the id of a key is a number from 1 to 255")
	}
	return byte(n), nil
}

// wrappedBy counts the authorities' keys by the master key that wraps them.
func (p *platform) wrappedBy(ctx context.Context) (map[byte]int, []civic.Tenant, error) {
	tenants, err := p.store.Tenants(ctx)
	count := map[byte]int{}
	for _, t := range tenants {
		count[seal.WrappedBy(t.Key)]++
	}
	return count, tenants, err
}

func (p *platform) keyStatus(ctx context.Context, out io.Writer) error {
	count, _, err := p.wrappedBy(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "master key\tfor what is new\tauthorities' keys under it\tto keep its receipts genuine when it is gone")
	for _, m := range p.vault.Masters() {
		fmt.Fprintf(w, "%d\t%s\t%d\t%s\n", m.ID, since(m), count[m.ID], m.Receipts)
	}
	return w.Flush()
}

func since(m seal.Master) string {
	switch {
	case m.Current:
		return "yes"
	case m.From.After(now()):
		return "from " + m.From.UTC().Format(time.RFC3339)
	}
	return "no"
}

// rotate makes a new master key, waits until every node knows it, and wraps each authority's key anew while the platform works.
// Cut off, it goes on when it is called again: a new key is only made when all authorities are under the newest.
func (p *platform) rotate(ctx context.Context, delay time.Duration, out io.Writer) error {
	count, tenants, err := p.wrappedBy(ctx)
	if err != nil {
		return err
	}
	newest := p.vault.Masters()[0]
	if count[newest.ID] == len(tenants) {
		file := p.cfg.get("MASTER_KEY_FILE")
		if p.cfg.get("MASTER_KEY") != "" {
			return fmt.Errorf("MASTER_KEY comes from the environment: add the line of \"antragswerk keys new %d\" to it on every node, then call this again", newest.ID+1)
		}
		id, err := seal.AddMaster(file, now().Add(delay))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "master key %d is in %s; every node must have it within %s\n", id, file, delay)
		if err := p.reloadVault(); err != nil {
			return err
		}
		newest = p.vault.Masters()[0]
	}
	if wait := newest.From.Sub(now()); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
	}
	done := 0
	for _, t := range tenants {
		key, err := p.vault.RewrapTenantKey(t.ID, t.Key)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Slug, err)
		}
		if string(key) == string(t.Key) {
			continue
		}
		ev := civic.Event{ID: newID(), Tenant: t.ID, Actor: "system", Kind: "tenant.key", At: now(), Data: map[string]string{"master": strconv.Itoa(int(newest.ID))}}
		if err := p.store.RewrapTenant(ctx, t.ID, t.Key, key, ev); err != nil && civic.CodeOf(err) != civic.Conflict {
			return fmt.Errorf("%s: %w", t.Slug, err)
		}
		done++
	}
	fmt.Fprintf(out, "%d authorities' keys are under master key %d now. Keep the older ones until backups from before are gone; then: antragswerk keys drop ID\n", done, newest.ID)
	return nil
}

// dropKey ends an old master key, when no authority needs it.
func (p *platform) dropKey(ctx context.Context, id byte, out io.Writer) error {
	count, _, err := p.wrappedBy(ctx)
	if err != nil {
		return err
	}
	if count[id] > 0 {
		return fmt.Errorf("%d authorities' keys are under master key %d: rotate first", count[id], id)
	}
	if p.cfg.get("MASTER_KEY") != "" {
		return fmt.Errorf("nothing is under master key %d: take its line out of MASTER_KEY; keep its line \"receipts:…\" of \"keys status\"", id)
	}
	if err := seal.DropMaster(p.cfg.get("MASTER_KEY_FILE"), id); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "master key %d is gone. Receipts that it signed still prove genuine; recovery codes and invitations from before the rotation open nothing any more\n", id)
	return err
}

// keysReadEvery is how long a running node may work with a key file that has changed.
const keysReadEvery = 5 * time.Second

// followKeys lets a running node learn of keys that were added or taken away.
func (p *platform) followKeys(ctx context.Context) {
	if p.cfg.get("MASTER_KEY") == "" {
		go p.vault.Follow(ctx, p.cfg.get("MASTER_KEY_FILE"), keysReadEvery, func(err error) { p.log.Error("keys", "cause", err) })
	}
}

func (p *platform) reloadVault() error {
	text, err := os.ReadFile(p.cfg.get("MASTER_KEY_FILE")) // #nosec G304 -- the operator names the file
	if err != nil {
		return err
	}
	return p.vault.Load(string(text))
}
