package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"antragswerk/internal/blob"
	"antragswerk/internal/civic"
	"antragswerk/internal/deliver"
	"antragswerk/internal/seal"
	"antragswerk/internal/sqlstore"
)

const auditUsage = "verify [--tenant NAME] [--heads FILE] | heads | erase --tenant NAME --case ID"

// auditCommand looks through the chains of events (docs/audit.md), or prints their signed heads.
func auditCommand(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) == 0 || !slices.Contains([]string{"verify", "heads", "erase"}, args[0]) {
		return errors.New("audit " + auditUsage)
	}
	flags := flag.NewFlagSet("audit "+args[0], flag.ContinueOnError)
	flags.SetOutput(out)
	only := flags.String("tenant", "", "one authority, by name in its address or by id (default: all)")
	kept := flags.String("heads", "", "file of heads that were published or kept: they must lie on the chains")
	caseID := flags.String("case", "", "id of an erased case, whose events are to go too")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	a, err := openAudit(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.store.Close()) }()
	switch args[0] {
	case "heads":
		return a.heads(ctx, out)
	case "erase":
		return a.erase(ctx, *only, *caseID, out)
	}
	return a.verify(ctx, *only, *kept, out)
}

// audit is what looking through the chains needs of an installation, which may be running meanwhile.
type audit struct {
	store *sqlstore.Store
	vault *seal.Vault
	blobs blob.Store
	names map[string]string // tenant id → name in the address
}

func openAudit(ctx context.Context) (*audit, error) {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(cfg.get("MASTER_KEY_FILE")); err != nil { // a new one would know no signature
		return nil, fmt.Errorf("MASTER_KEY_FILE: %w", err)
	}
	a := &audit{names: map[string]string{}}
	if a.vault, err = seal.Open(cfg.get("MASTER_KEY_FILE")); err != nil {
		return nil, err
	}
	if a.blobs, err = blob.Open(ctx, cfg.get("BLOB_URL")); err != nil {
		return nil, err
	}
	if a.store, err = sqlstore.Open(ctx, cfg.get("DATABASE_URL"), sqlstore.Deps{Now: now, Log: slog.New(slog.DiscardHandler),
		Blind:   func(civic.Keys, string, string) ([]byte, error) { return nil, errors.ErrUnsupported },
		Enqueue: func(context.Context, *sql.Tx, []civic.Job) error { return errors.ErrUnsupported },
	}); err != nil {
		return nil, err
	}
	tenants, err := a.store.Tenants(ctx)
	if err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	for _, t := range tenants {
		a.names[t.ID] = t.Slug
	}
	return a, nil
}

// heads prints the last head of each authority, as they are published at /audit/heads.json.
func (a *audit) heads(ctx context.Context, out io.Writer) error {
	heads, err := a.store.Heads(ctx, now().AddDate(-200, 0, 0), now())
	if err != nil {
		return err
	}
	public := make([]civic.PublicHead, len(heads))
	for i, h := range heads {
		public[i] = h.Public(a.names[h.Tenant])
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"heads": public})
}

// erase deletes the events of a case that was erased itself: their digests stay, and an event says that it was done.
func (a *audit) erase(ctx context.Context, tenant, caseID string, out io.Writer) error {
	id := tenant
	for known, slug := range a.names {
		if slug == tenant {
			id = known
		}
	}
	switch _, err := a.store.CaseFile(ctx, id, caseID); {
	case err == nil:
		return errors.New("this case is still there: only events of a case that was erased can go")
	case civic.CodeOf(err) != civic.NotFound:
		return err
	}
	ev := civic.Event{ID: newID(), Tenant: id, Actor: "system", At: now()}
	switch err := a.store.EraseEvents(ctx, id, caseID, ev); civic.CodeOf(err) {
	case civic.NotFound:
		return errors.New("there are no events of such a case at this authority")
	case civic.Conflict:
		return errors.New("some of its events are in no chain yet; try again in a minute")
	default:
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, "The events are erased; that it was done stands in the log.")
	return err
}

// verify looks through one chain, or all, and tells what is wrong. Status 1 when anything is.
func (a *audit) verify(ctx context.Context, only, keptFile string, out io.Writer) error {
	kept, err := deliver.ReadAnchors(ctx, plainBlobs{a.blobs})
	if err != nil {
		return fmt.Errorf("heads kept with the attachments: %w", err)
	}
	if keptFile != "" {
		f, err := os.Open(keptFile) // #nosec -- the operator names the file
		if err != nil {
			return err
		}
		more, err := civic.ReadHeads(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("%s: %w", keptFile, err)
		}
		kept = append(kept, more...)
	}
	ids, err := a.store.AuditedTenants(ctx)
	if err != nil {
		return err
	}
	wrong, chains, links := 0, 0, int64(0)
	for _, id := range ids {
		name := a.names[id]
		if name == "" {
			name = id
		}
		if only != "" && only != name && only != id {
			continue
		}
		check := civic.ChainCheck{Tenant: id, Verify: a.vault.Verify, Kept: kept}
		if err := a.store.Audit(ctx, &check); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		findings := check.Findings()
		for _, f := range findings {
			fmt.Fprintf(out, "WRONG  %-24s %s\n", name, wordFinding(f))
		}
		if len(findings) == 0 && (check.Links > 0 || only != "") {
			fmt.Fprintf(out, "ok     %-24s %d events%s\n", name, check.Links, wordErased(check.Erased))
		}
		wrong, chains, links = wrong+len(findings), chains+1, links+check.Links
	}
	if only != "" && chains == 0 {
		return fmt.Errorf("there is no authority %q", only)
	}
	fmt.Fprintf(out, "%d events of %d authorities, %d kept heads: ", links, chains, len(kept))
	if wrong > 0 {
		fmt.Fprintf(out, "%d findings\n", wrong)
		return errSaid
	}
	_, err = fmt.Fprintln(out, "every chain is whole")
	return err
}

func wordErased(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them erased on the record", n)
}

// wordFinding says in plain words what is wrong, and where.
func wordFinding(f civic.Finding) string {
	at := "no. " + fmt.Sprint(f.From)
	if f.To > f.From {
		at = fmt.Sprintf("no. %d to %d", f.From, f.To)
	}
	switch f.Fault {
	case civic.FaultChanged:
		return at + ": the event was changed after it was linked"
	case civic.FaultGone:
		return at + ": the event is gone, and no record says that it was erased"
	case civic.FaultGap:
		return at + ": a gap, the links are missing"
	case civic.FaultMoved:
		return at + ": the links have changed places"
	case civic.FaultRelinked:
		return at + ": the link does not follow from the one before it"
	case civic.FaultForged:
		if f.From == 0 {
			return "a head that was kept is not signed by this installation's key"
		}
		return at + ": the head is not signed by this installation's key"
	case civic.FaultRewritten:
		return at + ": something else was signed than what stands there"
	case civic.FaultTruncated:
		if f.From == 0 {
			return "cut off or written anew: the head " + f.Event + ", which was kept, is nowhere on the chain"
		}
		return at + ": cut off; these were signed, but are not there"
	case civic.FaultUnsigned:
		return at + ": links behind the last signed head"
	case civic.FaultUnlinked:
		return "the event " + f.Event + " was put in past the chain"
	}
	return at + ": " + string(f.Fault)
}
