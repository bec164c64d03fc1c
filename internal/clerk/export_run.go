package clerk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"antragswerk/internal/civic"
)

// exportTries is how often an export that fails inside is begun anew.
const exportTries = 3

func exportBlob(e civic.Export) string { return "x/" + e.ID + "/" + e.Run }

// MakeExport is the job of an export. It makes the whole file or none: one that died is begun anew, and a run that another one has
// replaced, or somebody cancelled, stops at its next batch.
func (s *Service) MakeExport(ctx context.Context, job civic.MakeExport) error {
	e, err := s.Many.Exports.Export(ctx, job.Tenant, job.Export)
	if civic.CodeOf(err) == civic.NotFound {
		return nil // swept meanwhile
	}
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	if e.Run != job.Run || !e.Finished.IsZero() || !e.Cancelled.IsZero() || !e.Failed.IsZero() {
		return nil
	}
	t, err := s.Forms.TenantByID(ctx, e.Tenant)
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	err = s.make(ctx, t, &e)
	switch n, _ := s.Many.Attempt(ctx); {
	case errors.Is(err, errStopped):
		return nil
	case err == nil || n < exportTries && civic.CodeOf(err) == civic.Internal:
		return err
	}
	e.Failed = s.Now()
	var foreseen *civic.Error
	if asError(err, &foreseen) && foreseen.Code != civic.Internal && foreseen.Code != civic.Unavailable && len(foreseen.Args) == 0 {
		e.Reason = foreseen.Key
	}
	failed := s.Many.Exports.EndExport(ctx, t.ID, e, s.tenantEvent(t.ID, civic.Actor{System: true}, "export.failed", map[string]string{"export": e.ID}))
	if civic.CodeOf(failed) == civic.NotFound {
		failed = nil
	}
	return errors.Join(given{err}, failed)
}

// given is an error after which a job is not run again: its row says what became of it.
type given struct{ error }

func (g given) Unwrap() error   { return g.error }
func (g given) Permanent() bool { return true }

// errStopped tells a run that it shall go no further.
var errStopped = errors.New("another run makes it, or it was cancelled")

// make writes the file into the blob store, sealed on the way, and stores what it is.
func (s *Service) make(ctx context.Context, t civic.Tenant, e *civic.Export) error {
	raw, err := s.open(keys(t, "", nil), sealExport, e.Spec)
	if err != nil {
		return err
	}
	var w Wish
	if err := json.Unmarshal([]byte(raw), &w); err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	who, err := s.authority(ctx, t.ID, e.Actor, e.Created)
	if err == nil {
		who, err = under(who, t.ID, e.Roles)
	}
	if err != nil {
		return err
	}
	x, err := s.extract(ctx, who, t, w)
	if err != nil {
		return err
	}
	m := &measure{sum: sha256.New()}
	plain, in := io.Pipe()
	done := make(chan error, 1)
	writing, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		err := x.write(writing, io.MultiWriter(in, m), s.beats(writing, e))
		done <- errors.Join(err, in.CloseWithError(err))
	}()
	key := exportBlob(*e)
	err = s.Blobs.Put(ctx, key, s.Seal.SealReader(keys(t, "", nil), sealExport, plain), -1)
	_ = plain.CloseWithError(errStopped) // a store that gave up must not leave the writer waiting
	stop()
	if wrote := <-done; wrote != nil && (err == nil || errors.Is(wrote, errStopped)) {
		err = wrote
	}
	if err != nil {
		return err
	}
	e.Bytes, e.SHA256, e.Blob, e.Finished = m.n, m.sum.Sum(nil), key, s.Now()
	e.Expires, e.Services = e.Finished.Add(civic.ExportLife), sortedKeys(x.written)
	ev := s.exportEvent(t.ID, who, e.ID, w, e.Rows)
	ev.Data["sha256"] = hex.EncodeToString(e.SHA256)
	err = s.Many.Exports.EndExport(ctx, t.ID, *e, ev)
	if civic.CodeOf(err) == civic.NotFound {
		return errors.Join(s.Many.Trash.Delete(ctx, key), errStopped)
	}
	return err
}

// beats tells how far the run is, at most once a second, and stops one that shall stop.
func (s *Service) beats(ctx context.Context, e *civic.Export) func(int64) error {
	var last time.Time
	return func(rows int64) error {
		e.Rows = rows
		now := s.Now()
		if now.Sub(last) < time.Second {
			return nil
		}
		last = now
		err := s.Many.Exports.BeatExport(ctx, e.Tenant, e.ID, e.Run, rows)
		if civic.CodeOf(err) == civic.NotFound {
			return errStopped
		}
		return err
	}
}

// measure counts and hashes what is written.
type measure struct {
	n   int64
	sum hash.Hash
}

func (m *measure) Write(p []byte) (int, error) {
	m.n += int64(len(p))
	return m.sum.Write(p)
}

// write writes a table or documents.
func (x *extract) write(ctx context.Context, w io.Writer, beat func(int64) error) error {
	if x.wish.files() {
		return x.archive(ctx, w, beat)
	}
	batch := plainBatch
	if x.answers {
		batch = answerBatch
	}
	return x.table(ctx, w, x.all(batch), beat)
}
