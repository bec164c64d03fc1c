package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Chain is where the chain of events lies.
type Chain interface {
	// Unlinked lists events of all tenants that are in no chain, by id after the one given, at most limit.
	Unlinked(ctx context.Context, after string, limit int) ([]civic.Record, error)
	NewestLinked(ctx context.Context) (string, error)
	LastLink(ctx context.Context, tenant string) (civic.Link, error)
	// AppendLinks is Conflict when another sequencer was quicker.
	AppendLinks(ctx context.Context, links []civic.Link, h civic.Head) error
	// Heads lists the last head of each tenant before a time; those whose last is older than since are left out.
	Heads(ctx context.Context, since, before time.Time) ([]civic.Head, error)
}

// Signer signs with the installation's key.
type Signer interface{ Sign(msg []byte) []byte }

// Anchors is a store apart from the database, where heads are kept.
type Anchors interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	List(ctx context.Context, prefix, after string, limit int) ([]string, error)
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
}

const (
	// linkPage is how many events are read at once, linkMost how many one run links: a backlog is worked off beside the day's work, not
	// before it.
	linkPage = 500
	linkMost = 5000
)

// link puts what has happened since the last run into the chains (docs/audit.md). It looks back as far as a transaction may have
// lasted, or at everything: what came with an old id, and what was put in past the platform.
func (s *Service) link(ctx context.Context, all bool) error {
	after := ""
	if !all {
		newest, err := s.Chain.NewestLinked(ctx)
		if err != nil {
			return fmt.Errorf("deliver: chain: %w", err)
		}
		after = civic.IDBefore(newest, civic.AuditLag)
	}
	for done := 0; done < linkMost; {
		page, err := s.Chain.Unlinked(ctx, after, linkPage)
		if err != nil {
			return fmt.Errorf("deliver: chain: %w", err)
		}
		var tenants []string
		by := map[string][]civic.Record{}
		for _, r := range page {
			if by[r.Tenant] == nil {
				tenants = append(tenants, r.Tenant)
			}
			by[r.Tenant] = append(by[r.Tenant], r)
			after = r.ID
		}
		for _, t := range tenants {
			err := s.extend(ctx, t, by[t])
			if civic.CodeOf(err) == civic.Conflict {
				return nil // another node is at it
			}
			if err != nil {
				return fmt.Errorf("deliver: chain of tenant %s: %w", t, err)
			}
		}
		if done += len(page); len(page) < linkPage {
			return nil
		}
	}
	return nil
}

// extend adds the records to the tenant's chain and signs its new end.
func (s *Service) extend(ctx context.Context, tenant string, records []civic.Record) error {
	last, err := s.Chain.LastLink(ctx, tenant)
	if err != nil {
		return err
	}
	links := make([]civic.Link, 0, len(records))
	for _, r := range records {
		last = last.Next(r.ID, r.Digest())
		links = append(links, last)
	}
	h := civic.Head{Tenant: tenant, Seq: last.Seq, Hash: last.Hash, At: s.Now()}
	h.Signature = s.Signer.Sign(h.Message())
	return s.Chain.AppendLinks(ctx, links, h)
}

// anchorFolder holds heads among the attachments: one object an hour, never written again, in a store that whoever can write to the
// database need not be able to write to.
const anchorFolder = "audit/"

func anchorKey(at time.Time) string { return anchorFolder + at.UTC().Format("2006-01-02T15") + ".json" }

// anchor keeps the heads that are new since the last anchor.
func (s *Service) anchor(ctx context.Context) error {
	now := s.Now()
	keys, err := s.Anchors.List(ctx, anchorFolder, anchorKey(now.AddDate(0, 0, -7)), 1000)
	if err != nil {
		return fmt.Errorf("deliver: anchor: %w", err)
	}
	since := time.Time{}
	if len(keys) > 0 {
		last := keys[len(keys)-1]
		if last >= anchorKey(now) {
			return nil
		}
		if since, err = time.Parse("2006-01-02T15", strings.TrimSuffix(strings.TrimPrefix(last, anchorFolder), ".json")); err != nil {
			return fmt.Errorf("deliver: anchor: %w", err)
		}
	}
	heads, err := s.Chain.Heads(ctx, since, now)
	if err != nil || len(heads) == 0 {
		return err
	}
	public := make([]civic.PublicHead, len(heads))
	for i, h := range heads {
		public[i] = h.Public("")
	}
	body, err := json.Marshal(map[string]any{"heads": public})
	if err == nil {
		err = s.Anchors.Put(ctx, anchorKey(now), bytes.NewReader(body), int64(len(body)))
	}
	if err != nil {
		return fmt.Errorf("deliver: anchor: %w", err)
	}
	return nil
}

// ReadAnchors returns all heads that were kept apart from the database.
func ReadAnchors(ctx context.Context, from Anchors) (heads []civic.Head, err error) {
	for after := ""; ; {
		keys, err := from.List(ctx, anchorFolder, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			r, err := from.Open(ctx, k)
			if err != nil {
				return nil, err
			}
			some, err := civic.ReadHeads(r)
			if err = errors.Join(err, r.Close()); err != nil {
				return nil, fmt.Errorf("%s: %w", k, err)
			}
			heads = append(heads, some...)
			after = k
		}
		if len(keys) < 1000 {
			return heads, nil
		}
	}
}
