package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one measured figure beside its reference and its aim.
type row struct{ what, value, reference, aim string }

// report collects rows in order.
type report struct{ rows []row }

func (r *report) add(what, value, reference, aim string) {
	r.rows = append(r.rows, row{what, value, reference, aim})
	fmt.Printf("  %s: %s (reference: %s; aim: %s)\n", what, value, reference, aim)
}

func (r *report) table() string {
	var b strings.Builder
	b.WriteString("| What | Measured | Bare reference, same run | Aim |\n|---|---|---|---|\n")
	for _, x := range r.rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", x.what, x.value, x.reference, x.aim)
	}
	return b.String()
}

func (r *report) write(file string) error {
	text := fmt.Sprintf(`# Benchmarks

Written by `+"`make bench`"+` on %s, %s, %d cores. Server and database on core 0, load on core 1, all on loopback.
Differences under 1.3 times are noise on this kind of machine. The references lie in `+"`internal/bench`"+` and
`+"`internal/sqlstore`"+`: a fiber + templ handler of the same page, and an insert of all the rows that a submission
writes, in one transaction.

%s`, time.Now().Format("2006-01-02"), runtime.GOOS+"/"+runtime.GOARCH+" "+runtime.Version(), runtime.NumCPU(), r.table())
	return os.WriteFile(file, []byte(text), 0o644) // #nosec -- a document
}

// latencies of one measurement.
type latencies []time.Duration

func (l latencies) at(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	slices.Sort(l)
	return l[min(int(q*float64(len(l))), len(l)-1)]
}

// rate is how a measurement reads: "1,234/s, p50 1.2 ms, p99 3.4 ms".
func (l latencies) rate(took time.Duration) string {
	return fmt.Sprintf("%.0f/s, p50 %s, p99 %s", float64(len(l))/took.Seconds(), milli(l.at(.5)), milli(l.at(.99)))
}

func milli(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
