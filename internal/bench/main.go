// Command bench measures the platform against bare references on the same machine in one run, and writes
// docs/benchmarks.md. Server and database run on core 0 (taskset), the load on core 1. It asserts nothing; the file it
// writes says what was measured and where it falls short of the aims.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// options of a run.
type options struct {
	binary  string
	out     string
	seconds time.Duration // per measurement
	clients int
	only    string
	engine  string
	cases   int
	light   bool
	kept    string
	keptDB  string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		if err := bare(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.StringVar(&o.binary, "binary", "bin/antragswerk", "the product, built")
	flag.StringVar(&o.out, "out", "docs/benchmarks.md", "report to write")
	flag.DurationVar(&o.seconds, "time", 6*time.Second, "time of each measurement")
	flag.IntVar(&o.clients, "clients", 8, "concurrent clients")
	flag.StringVar(&o.only, "only", "", "run only measurements whose name contains this")
	flag.StringVar(&o.engine, "engine", "", "measure the databases whose name contains this, e.g. SQLite")
	flag.IntVar(&o.cases, "cases", 100_000, "cases on the desks, nine tenths of them (a million at most) at one authority")
	flag.BoolVar(&o.light, "light", false, "cases of a quarter of the bytes (demo fill --light)")
	flag.StringVar(&o.kept, "kept", "", "DATA_DIR of an installation whose desks were filled before; more are made if it has fewer than -cases")
	flag.StringVar(&o.keptDB, "kept-db", "", "its DATABASE_URL")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run takes all measurements in turn and writes the report.
func run(ctx context.Context, o options) error {
	if _, err := exec.LookPath("taskset"); err != nil {
		return errors.New("taskset (Debian: util-linux) is needed to keep server and load on their own cores")
	}
	// The load stays on core 1; children that are servers are put on core 0 one by one.
	if err := exec.Command("taskset", "-apc", "1", fmt.Sprint(os.Getpid())).Run(); err != nil {
		return fmt.Errorf("taskset: %w", err)
	}
	var r report
	for _, m := range []struct {
		name string
		do   func(context.Context, options, *report) error
	}{{"page", measurePage}, {"journey", measureJourney}, {"submit", measureSubmit}, {"forms", measureForms}, {"upload", measureUpload}, {"desk", measureDesk}, {"start", measureStart}, {"weight", measureWeight}} {
		if !strings.Contains(m.name, o.only) {
			continue
		}
		fmt.Println("measuring:", m.name)
		if err := m.do(ctx, o, &r); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	fmt.Println(r.table())
	if o.only != "" {
		return nil
	}
	return r.write(o.out)
}
