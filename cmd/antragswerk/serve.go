package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"antragswerk/internal/queue"
	"antragswerk/internal/sqlstore"
)

// grace is how long requests and jobs under way may take when the process is told to stop.
const grace = 25 * time.Second

// serve runs one node until it is told to stop. A request under way is finished, a job under way finished or given back.
func serve(ctx context.Context, _ []string, out io.Writer) error {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	began := now()
	p, err := build(ctx, cfg, log)
	if err != nil {
		return err
	}
	p.followKeys(ctx)
	listener, err := net.Listen("tcp", cfg.get("LISTEN"))
	if err != nil {
		p.close(ctx)
		return fmt.Errorf("LISTEN: %w", err)
	}
	if err := p.queue.Start(ctx); err != nil {
		p.close(ctx)
		return fmt.Errorf("jobs: %w", err)
	}
	failed := make(chan error, 1)
	go func() { failed <- p.web.Serve(listener) }()
	p.greet(out, now().Sub(began))
	go p.warm(ctx)
	if err := p.demoCases(ctx); err != nil {
		log.Error("demo cases", "cause", err)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("stopping")
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if stop := p.web.Shutdown(end); stop != nil && err == nil {
		err = stop
	}
	p.close(end)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// warm reads the directory, so that no citizen waits for it, and gives the memory back that starting took. Where it
// fails, the first request says why.
func (p *platform) warm(ctx context.Context) {
	if _, err := p.find.AllTenants(ctx); err != nil && ctx.Err() == nil {
		p.log.Error("forms", "cause", err)
	}
	debug.FreeOSMemory()
}

// greet tells where to go and as whom.
func (p *platform) greet(out io.Writer, took time.Duration) {
	at := p.cfg.publicURL().String()
	fmt.Fprintf(out, "Antragswerk %s is ready after %d ms.\n\n", version, took.Milliseconds())
	fmt.Fprintf(out, "  Portal              %s/\n  A municipality      %s/jena\n  My applications     %s/me\n  Desk of the clerks  %s/desk\n  Municipality admin  %s/admin\n  State               %s/state\n", at, at, at, at, at, at)
	if p.idp != nil {
		fmt.Fprintf(out, "\nLog in as one of the personas: citizen-basic, citizen-substantial, citizen-high, organisation;\nclerk-jena, lead-jena, admin-jena (any authority: clerk-kreis-gotha …); editor, publisher, auditor.\n")
	}
	if p.mailbox != nil {
		fmt.Fprintf(out, "Mails are kept at %s/demo/mail and sent to nobody.\n", at)
	}
	fmt.Fprintln(out)
}

// migrate brings the database to this version's tables and ends.
func migrate(ctx context.Context, _ []string, out io.Writer) error {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return err
	}
	if _, err := cfg.dataDir(); err != nil {
		return err
	}
	if err := sqlstore.Migrate(ctx, cfg.ownerURL(), queue.Migrate); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "The database has this version's tables:", redact(cfg.get("DATABASE_URL")))
	return err
}
