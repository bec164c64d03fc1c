package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"antragswerk/internal/admin"
	"antragswerk/internal/apply"
	"antragswerk/internal/blob"
	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/connector/email"
	"antragswerk/internal/connector/webhook"
	"antragswerk/internal/deliver"
	"antragswerk/internal/demo"
	"antragswerk/internal/document"
	"antragswerk/internal/find"
	"antragswerk/internal/kv"
	"antragswerk/internal/locale"
	"antragswerk/internal/mail"
	"antragswerk/internal/picture"
	"antragswerk/internal/publish"
	"antragswerk/internal/queue"
	"antragswerk/internal/scan"
	"antragswerk/internal/seal"
	"antragswerk/internal/sheet"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/strip"
	"antragswerk/internal/web"
	"antragswerk/static"
)

// platform is everything of one node, joined. After it was built nobody can tell which adapter was chosen.
type platform struct {
	zone  *time.Location // where days begin and end
	cfg   config
	log   *slog.Logger
	vault *seal.Vault
	store *sqlstore.Store
	queue *queue.Queue
	blobs blob.Store
	kv    kv.Store
	find  *find.Service
	apply *apply.Service
	clerk *clerk.Service
	admin *admin.Service
	pub   *publish.Service
	out   *deliver.Service
	web   *web.Server

	mailer  deliver.Mailer
	mailbox *demo.Mailbox
	idp     *demo.Provider
	assets  *static.Assets
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// newID makes a UUIDv7: unique without asking anybody, and in the order of time.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// build joins the parts; close ends what build began.
func build(ctx context.Context, cfg config, log *slog.Logger) (*platform, error) {
	p := &platform{cfg: cfg, log: log}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{{"keys", p.openVault}, {"database", p.openStore}, {"jobs", p.openQueue}, {"attachments", p.openBlobs}, {"caches", p.openKV},
		{"use cases", p.joinUseCases}, {"product data", p.plant}, {"mail", p.openMail}, {"delivery", p.joinDelivery}, {"web", p.joinWeb}} {
		if err := step.do(ctx); err != nil {
			p.close(ctx)
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return p, nil
}

func (p *platform) openStore(ctx context.Context) (err error) {
	if err := sqlstore.Migrate(ctx, p.cfg.ownerURL(), queue.Migrate); err != nil {
		return err
	}
	p.store, err = sqlstore.Open(ctx, p.cfg.get("DATABASE_URL"), sqlstore.Deps{Now: now, Log: p.log,
		Blind: func(k civic.Keys, field, term string) ([]byte, error) {
			return p.vault.Blind(k.Tenant, k.TenantKey, field, term)
		},
		Enqueue: p.enqueue,
	})
	return err
}

// enqueue stores jobs in the transaction of their cause. The queue works on the store's database, so it is opened after it.
func (p *platform) enqueue(ctx context.Context, tx *queue.Tx, jobs []civic.Job) error {
	return p.queue.Enqueue(ctx, tx, jobs)
}

func (p *platform) openQueue(context.Context) (err error) {
	p.queue, err = queue.New(queue.Deps{DB: p.store.DB(), Kind: p.store.Kind(), Log: p.log})
	return err
}

// patience is how many attempts of an arrival wait for its routing by rule; then its deliveries and receipt go out without.
const patience = 3

// arrived works off what has come to a desk: its rules say whose it is, then it goes out to other systems.
func (p *platform) arrived(ctx context.Context, job civic.FanOut) error {
	if err := p.clerk.Place(ctx, job.Tenant, job.Case); err != nil {
		if n, _ := queue.Attempt(ctx); n <= patience {
			return err
		}
		p.log.Error("a case was not routed by rule", "case", job.Case, "cause", err)
	}
	return p.out.FanOut(ctx, job)
}

func (p *platform) registerJobs() error {
	return p.queue.Register(queue.Handlers{
		FanOut:         p.arrived,
		Deliver:        p.out.Deliver,
		Notify:         p.out.Notify,
		ScanAttachment: p.out.ScanAttachment,
		Sweep:          p.sweep,
		RunBulk:        p.clerk.RunBulk,
		MakeExport:     p.clerk.MakeExport,
		ViewMail:       p.out.ViewMail,
	})
}

// sweep hands each clean-up to whose rows it is about.
func (p *platform) sweep(ctx context.Context, job civic.Sweep) error {
	if job.What == "exports" {
		return p.clerk.SweepMany(ctx)
	}
	return p.out.Sweep(ctx, job)
}

// many is what the desk needs for many cases at once. What prints documents joins later.
func (p *platform) many() clerk.Many {
	return clerk.Many{Bulks: p.store, Walks: p.store, Exports: p.store, Templates: p.store, Trash: p.blobs, Sheet: sheet.Open, Attempt: queue.Attempt,
		Word: func(lang, key string) string { return locale.For(lang).T(key) }}
}

func (p *platform) openBlobs(ctx context.Context) (err error) {
	p.blobs, err = blob.Open(ctx, p.cfg.get("BLOB_URL"))
	return err
}

func (p *platform) openKV(ctx context.Context) (err error) {
	p.kv, err = kv.Open(ctx, p.cfg.get("REDIS_URL"), now)
	return err
}

// plainBlobs hides the blob store's details from use cases, which count and hash for themselves.
type plainBlobs struct{ blob.Store }

func (b plainBlobs) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	_, err := b.Store.Put(ctx, key, r, size)
	return err
}

func (b plainBlobs) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	r, _, err := b.Store.Open(ctx, key)
	return r, err
}

func (p *platform) scans() bool { return p.cfg.get("CLAMD_URL") != "" }

func (p *platform) joinUseCases(context.Context) error {
	var err error
	if p.zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		return err
	}
	blobs := plainBlobs{p.blobs}
	p.find = find.New(find.Deps{Store: p.store, Now: now})
	p.apply = apply.New(apply.Deps{Drafts: p.store, Attachments: p.store, Corrections: p.store, Cases: p.store, Invitations: p.store, Forms: p.find, Seal: p.vault, Blobs: blobs, Now: now, NewID: newID, Zone: p.zone, Strip: strip.Reader, Scans: p.scans()})
	p.clerk = clerk.New(clerk.Deps{
		Store:    p.store,
		Team:     p.store,
		Teams:    p.store,
		Handing:  p.store,
		Clocks:   p.store,
		Counted:  p.store,
		Views:    p.store,
		Calling:  p.store,
		Labels:   p.store,
		Forms:    p.find,
		Seal:     p.vault,
		Blobs:    blobs,
		Printer:  p.printer(),
		Letters:  p.store,
		Drafts:   p.store,
		Asked:    p.store,
		Signet:   p.signet(),
		Words:    clerk.Words{Date: locale.For("de").Date, Money: locale.For("de").Money, Text: locale.For("de").T},
		Pictures: picture.New(),
		Work:     p.store,
		Margins:  p.store,
		Many:     p.many(),
		Now:      now,
		NewID:    newID,
		Zone:     p.zone,
		Strip:    strip.Reader,
		Scans:    p.scans(),
	})
	p.admin = admin.New(admin.Deps{Tenants: p.store, Staff: p.store, Routes: p.store, Teams: p.store, Periods: p.store, Directory: p.find, Seal: p.vault, Now: now, NewID: newID})
	p.pub = publish.New(publish.Deps{Store: p.store, Directory: p.find, Journal: p.store, Now: now, NewID: newID})
	return nil
}

func (p *platform) printer() *document.Printer { return newPrinter(p.cfg) }

// newPrinter is the printer that the configuration asks for; the doctor asks the same one.
func newPrinter(c config) *document.Printer {
	return document.New(document.Config{WeasyPrint: c.get("WEASYPRINT")})
}

// plant puts what a new installation begins with into an empty database, and the services and form versions that a new
// release brings into one that is in use.
func (p *platform) plant(ctx context.Context) error {
	tenants, err := p.store.Tenants(ctx)
	if err != nil {
		return err
	}
	stored, err := p.store.Versions(ctx)
	if err != nil {
		return err
	}
	used := len(tenants) > 0
	if used {
		if known, err := knowsAll(stored); known || err != nil {
			return err
		}
	}
	data, err := newProduct(now(), newID, p.vault.NewTenantKey)
	if err != nil {
		return err
	}
	if used {
		data = news(data, tenants, stored)
	}
	if err := p.store.Seed(ctx, data); err != nil && !p.plantedByOther(ctx) {
		return err
	}
	p.find.Invalidate()
	return nil
}

// plantedByOther tells whether another node of this release, started at the same time, stored what is shipped.
func (p *platform) plantedByOther(ctx context.Context) bool {
	stored, err := p.store.Versions(ctx)
	if err != nil {
		return false
	}
	known, err := knowsAll(stored)
	return known && err == nil
}

func (p *platform) openMail(context.Context) error {
	assets, err := static.Open()
	if err != nil {
		return err
	}
	p.assets = assets
	if address := p.cfg.get("SMTP_URL"); address != "demo:" {
		p.mailer, err = mail.Open(address, p.cfg.get("MAIL_FROM"), now)
		return err
	}
	dir, err := p.cfg.dataDir("demo-mail")
	if err != nil {
		return err
	}
	p.mailbox, err = demo.OpenMailbox(dir, assets.URL("app.css"), now)
	p.mailer = p.mailbox
	return err
}

// team joins who works where with the directory.
type team struct {
	*sqlstore.Store
	find *find.Service
}

func (t team) AllTenants(ctx context.Context) ([]civic.Tenant, error) { return t.find.AllTenants(ctx) }

func (p *platform) joinDelivery(context.Context) error {
	var scanner deliver.Scanner = scan.None{}
	if address := p.cfg.get("CLAMD_URL"); address != "" {
		clamd, err := scan.Open(address)
		if err != nil {
			return err
		}
		scanner = clamd
	}
	p.out = deliver.New(deliver.Deps{Deliveries: p.store, Expiry: p.store, Retained: p.store, Periods: p.store, Invitations: p.store, Requests: p.store, Offices: p.store,
		Subscriptions: p.store, News: p.clerk, Tongues: p.store, Clocks: p.store, Figures: p.store, Team: team{p.store, p.find},
		Chain: p.store, Signer: p.vault, Anchors: plainBlobs{p.blobs},
		Forms: p.find, Seal: p.vault, Blobs: plainBlobs{p.blobs},
		Connectors: map[string]deliver.Connector{
			"webhook": webhook.New(webhook.Config{AllowPrivate: p.cfg.get("WEBHOOK_PRIVATE") == "yes", Now: now}),
			"email":   email.New(email.Config{Mailer: p.mailer}),
		},
		Mailer: p.mailer, Scanner: scanner, Printer: p.printer(), Now: now, NewID: newID, Zone: p.zone, Attempt: queue.Attempt, PublicURL: p.cfg.publicURL().String()})
	p.clerk.Many.Papers = p.out
	return p.registerJobs()
}

// close ends what was begun, in reverse.
func (p *platform) close(ctx context.Context) {
	if p.queue != nil {
		if err := p.queue.Stop(ctx); err != nil {
			p.log.Warn("jobs did not stop in time; they are given back", "cause", err)
		}
	}
	if c, ok := p.kv.(io.Closer); ok {
		_ = c.Close()
	}
	if p.store != nil {
		if err := p.store.Close(); err != nil {
			p.log.Warn("database", "cause", err)
		}
	}
}
