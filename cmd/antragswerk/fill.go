package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"antragswerk/internal/civic"
	"antragswerk/internal/find"
)

// demoCommand is what only a demo installation has.
func demoCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "fill" {
		return errors.New("demo fill --cases N: fills desks with invented cases")
	}
	o, err := fillFlags(args[1:], out)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return err
	}
	if cfg.get("OIDC_STAFF_ISSUER") != "demo:" {
		return errors.New("this installation has real people (OIDC_STAFF_ISSUER is not demo:); invented cases must not stand beside theirs")
	}
	p := &platform{cfg: cfg, log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}
	defer p.close(context.WithoutCancel(ctx))
	if err := p.openVault(ctx); err != nil {
		return err
	}
	if err := p.openStore(ctx); err != nil {
		return err
	}
	p.find = find.New(find.Deps{Store: p.store, Now: now})
	if err := p.plant(ctx); err != nil {
		return err
	}
	return p.fill(ctx, o, out)
}

// fillOptions say how many cases to make, and for whom. The same options make the same cases.
type fillOptions struct {
	cases, largest int
	tenants        []string
	seed           uint64
	light          bool
}

func fillFlags(args []string, out io.Writer) (o fillOptions, err error) {
	flags := flag.NewFlagSet("demo fill", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.IntVar(&o.cases, "cases", 10_000, "how many cases in all")
	flags.IntVar(&o.largest, "largest", 0, "how many of them at the first authority (default: half, a million at most)")
	names := flags.String("tenants", "", "authorities by name in their address, separated by commas, the largest first (default: all, Jena first)")
	flags.BoolVar(&o.light, "light", false, "a quarter of the bytes: cases with answers, found by their number and by whole names, without messages, letters and events")
	flags.Uint64Var(&o.seed, "seed", 1, "what chance begins with")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if *names != "" {
		o.tenants = strings.Split(*names, ",")
	}
	if o.cases < 1 || o.largest < 0 || o.largest > o.cases {
		return o, errors.New("--cases must be 1 or more, --largest between 0 and --cases")
	}
	if o.largest == 0 {
		o.largest = min((o.cases+1)/2, 1_000_000)
	}
	return o, nil
}

// fillBatch is how many cases share a transaction: what is lost when the command is stopped.
const fillBatch = 500

// fill makes the cases that are not there yet, authority by authority, and tells how fast.
func (p *platform) fill(ctx context.Context, o fillOptions, out io.Writer) error {
	tenants, err := p.fillTenants(ctx, o.tenants)
	if err != nil {
		return err
	}
	sizes := fillSizes(o.cases, o.largest, len(tenants))
	began, made := time.Now(), atomic.Int64{} //nolint:forbidigo // how long it takes is no business time
	stop := fillProgress(ctx, out, began, &made, o.cases)
	defer stop()
	molds := map[string][]mold{}
	for i, t := range tenants {
		if err := p.fillTenant(ctx, o, t, sizes[i], molds, &made); err != nil {
			return fmt.Errorf("%s: %w", t.Slug, err)
		}
	}
	stop()
	took := time.Since(began)
	_, err = fmt.Fprintf(out, "%d cases at %d authorities made in %s, %.0f a second; what was there already was left alone.\n", made.Load(), len(tenants),
		took.Round(time.Second), float64(made.Load())/took.Seconds())
	return err
}

// fillTenants are the authorities that get cases, the largest first.
func (p *platform) fillTenants(ctx context.Context, slugs []string) ([]civic.Tenant, error) {
	if len(slugs) > 0 {
		var list []civic.Tenant
		for _, s := range slugs {
			t, err := p.find.Tenant(ctx, strings.TrimSpace(s))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s, err)
			}
			list = append(list, t)
		}
		return list, nil
	}
	all, err := p.find.AllTenants(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(t civic.Tenant) bool { return !t.Live || t.Kind == civic.KindLand })
	rank := func(t civic.Tenant) int {
		if i := slices.Index(demoTowns, t.Slug); i >= 0 {
			return i
		}
		return len(demoTowns)
	}
	slices.SortStableFunc(all, func(a, b civic.Tenant) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.Slug, b.Slug)
	})
	return all, nil
}

// fillSizes divides the cases as real authorities differ: the first has the largest share, the others fall off by their rank, down
// to 100, or to what there is.
func fillSizes(cases, largest, n int) []int {
	sizes := make([]int, n)
	if n == 0 {
		return sizes
	}
	sizes[0] = largest
	if n == 1 {
		sizes[0] = cases
		return sizes
	}
	rest, floor := cases-largest, min(100, (cases-largest)/(n-1))
	spare, weight := rest-floor*(n-1), 0.0
	for i := 1; i < n; i++ {
		weight += 1 / float64(i)
	}
	for i := 1; i < n; i++ {
		sizes[i] = floor + int(math.Floor(float64(spare)/weight/float64(i)))
		rest -= sizes[i]
	}
	sizes[1] += rest
	return sizes
}

// fillTenant makes an authority's cases in batches.
func (p *platform) fillTenant(ctx context.Context, o fillOptions, t civic.Tenant, size int, molds map[string][]mold, made *atomic.Int64) error {
	m, err := p.newMaker(ctx, o, t, size, molds)
	if err != nil || len(m.molds) == 0 {
		return err
	}
	begin, err := p.fillFrom(ctx, m)
	if err != nil || begin >= size {
		return err
	}
	for _, c := range m.team {
		if err := p.store.SaveColleague(ctx, t.ID, c, nil); err != nil {
			return err
		}
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(fillWorkers())
	for from := begin; from < size && ctx.Err() == nil; from += fillBatch {
		work.Go(func() error {
			list, err := p.missing(ctx, m, from)
			if err != nil || len(list) == 0 {
				return err
			}
			made.Add(int64(len(list)))
			return p.store.Fill(ctx, t.ID, list)
		})
	}
	return work.Wait()
}

// missing makes the cases of a batch that are not there. A batch is stored as a whole; only one that was the last of a smaller
// inventory is there in part.
func (p *platform) missing(ctx context.Context, m *maker, from int) (list []civic.Filed, err error) {
	to := min(from+fillBatch, m.size)
	last, err := p.store.Filled(ctx, m.tenant.ID, m.ids(to-1).next())
	if err != nil || last {
		return nil, err
	}
	first, err := p.store.Filled(ctx, m.tenant.ID, m.ids(from).next())
	for i := from; i < to && err == nil; i++ {
		there := false
		if first {
			there, err = p.store.Filled(ctx, m.tenant.ID, m.ids(i).next())
		}
		if there || err != nil {
			continue
		}
		var f civic.Filed
		f, err = m.make(i)
		list = append(list, f)
	}
	return list, err
}

// fillWorkers is how many batches are made at once.
func fillWorkers() int { return runtime.GOMAXPROCS(0) + 1 }

// fillFrom is the first case of an authority that may be missing: batches are stored nearly in order.
func (p *platform) fillFrom(ctx context.Context, m *maker) (int, error) {
	var failed error
	missing := sort.Search((m.size+fillBatch-1)/fillBatch, func(batch int) bool {
		there, err := p.store.Filled(ctx, m.tenant.ID, m.ids(min((batch+1)*fillBatch, m.size)-1).next())
		failed = errors.Join(failed, err)
		return !there
	})
	return max(0, missing-fillWorkers()) * fillBatch, failed
}

// fillProgress prints the rate now and then until the returned function is called.
func fillProgress(ctx context.Context, out io.Writer, began time.Time, made *atomic.Int64, of int) func() {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				n := made.Load()
				_, _ = fmt.Fprintf(out, "%d of %d cases, %.0f a second\n", n, of, float64(n)/time.Since(began).Seconds())
			}
		}
	}()
	return stop
}
