package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// measurePage compares a form page of the product with the same page from a bare handler.
func measurePage(ctx context.Context, o options, r *report) error {
	ref, err := startBare(ctx)
	if err != nil {
		return err
	}
	reference, took, err := pages(ref.url, "/", o, nil)
	ref.stop()
	if err != nil {
		return err
	}
	return withProduct(ctx, o, nil, func(s *server) error {
		v := newVisitor(s.url)
		if err := begin(v, "jena", journeyService); err != nil {
			return err
		}
		got, gotTook, err := pages(s.url, v.at, o, v)
		if err != nil {
			return err
		}
		r.add("Form page (10 fields), GET", got.rate(gotTook), reference.rate(took), "half of the reference")
		return nil
	})
}

// pages fetches one page over and over; the visitor lends its cookies.
func pages(base, at string, o options, v *visitor) (latencies, time.Duration, error) {
	cookies := ""
	if v != nil {
		u, err := url.Parse(base)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range v.http.Jar.Cookies(u) {
			cookies += c.Name + "=" + c.Value + "; "
		}
	}
	load := newLoader(base+at, strings.TrimSuffix(cookies, "; "))
	return together(o.clients, o.seconds, func(int) error { return load.get() })
}

// withProduct runs the product in a fresh folder.
func withProduct(ctx context.Context, o options, env []string, do func(*server) error) error {
	dir, err := os.MkdirTemp("", "antragswerk-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startProduct(ctx, o, dir, env...)
	if err != nil {
		return err
	}
	defer s.stop()
	return do(s)
}

// begin starts an application; the visitor then stands on its first page.
func begin(v *visitor, tenant, service string) error {
	at := "/" + tenant + "/" + service
	if _, err := v.get(at); err != nil {
		return err
	}
	return v.post(at+"/start", url.Values{})
}

// towns spread the load as real applications are spread.
var towns = []string{"jena", "erfurt", "gera", "weimar", "suhl", "nordhausen", "ilmenau", "altenburg"}

// journey is an application from the service page to the receipt: 2 pages, check, submit. The general application has
// no attachment that must be there, so that the journey measures the platform and not the disk of uploads.
func journey(base string, client int) error {
	v := newVisitor(base)
	defer v.http.CloseIdleConnections()
	town := towns[client%len(towns)]
	if err := begin(v, town, "allgemeiner-antrag"); err != nil {
		return err
	}
	for step := 0; step < 8; step++ {
		if path.Base(v.at) == "check" {
			break
		}
		at := v.at
		if _, err := v.get(at); err != nil {
			return err
		}
		fields := url.Values{"_action": {"next"}}
		for k, x := range generalAnswers {
			fields.Set(k, x)
		}
		if err := v.post(at, fields); err != nil {
			return err
		}
	}
	check := v.at
	if _, err := v.get(check); err != nil {
		return err
	}
	if err := v.post(path.Dir(check)+"/submit", url.Values{"_action": {"submit"}, "_declaration": {"yes"}}); err != nil {
		return err
	}
	body, err := v.get(v.at)
	if err != nil {
		return err
	}
	if !strings.Contains(body, "data-file-number=") {
		return fmt.Errorf("no receipt at %s", v.at)
	}
	return nil
}

// measureJourney drives whole applications, each durable, on both databases.
func measureJourney(ctx context.Context, o options, r *report) error {
	return onBoth(ctx, o, func(name string, env []string) error {
		return withProduct(ctx, o, env, func(s *server) error {
			if err := journey(s.url, 0); err != nil {
				return err
			}
			idle, _, err := s.memory()
			if err != nil {
				return err
			}
			server, database := filepath.Base(o.binary), "postgres"
			before, err := spent(server)
			if err != nil {
				return err
			}
			beforeDB, err := spent(database)
			if err != nil {
				return err
			}
			got, took, err := together(o.clients, o.seconds, func(c int) error { return journey(s.url, c) })
			if err != nil {
				return err
			}
			after, err := spent(server)
			if err != nil {
				return err
			}
			afterDB, err := spent(database)
			if err != nil {
				return err
			}
			r.add("Whole journey (10 requests), durable, "+name, got.rate(took), "–", "500/s, p99 under 50 ms")
			each := func(d time.Duration) string { return milli(d / time.Duration(max(len(got), 1))) }
			r.add("Processor time of a journey, with what follows it, "+name, fmt.Sprintf("server %s, database %s", each(after-before), each(afterDB-beforeDB)), "–", "–")
			_, peak, err := s.memory()
			if err != nil {
				return err
			}
			r.add("Memory after a first journey, then at the peak of the load, "+name, fmt.Sprintf("%d MiB, %d MiB", idle, peak), "–", "60 MiB, 150 MiB")
			return nil
		})
	})
}

// measureStart times a first start with all data and a warm one, and the memory of an idle server.
func measureStart(ctx context.Context, o options, r *report) error {
	dir, err := os.MkdirTemp("", "antragswerk-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	first, err := startProduct(ctx, o, dir)
	if err != nil {
		return err
	}
	first.stop()
	warm, err := startProduct(ctx, o, dir)
	if err != nil {
		return err
	}
	defer warm.stop()
	time.Sleep(2 * time.Second)
	idle, _, err := warm.memory()
	if err != nil {
		return err
	}
	r.add("First start with all data to the first answer", fmt.Sprintf("%d ms", first.took.Milliseconds()), "–", "5,000 ms")
	r.add("Warm start with 605 municipalities to the first answer", fmt.Sprintf("%d ms", warm.took.Milliseconds()), "–", "500 ms")
	r.add("Memory, idle", fmt.Sprintf("%d MiB", idle), "–", "60 MiB")
	return nil
}

// measureUpload streams files of 10 MiB through the server into S3.
func measureUpload(ctx context.Context, o options, r *report) error {
	s3, stop, err := startS3(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return withProduct(ctx, o, []string{"BLOB_URL=" + s3}, func(s *server) error {
		const size = 10 << 20
		body := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), size-9-1024)...)
		upload := func(int) error {
			v := newVisitor(s.url)
			defer v.http.CloseIdleConnections()
			at, err := uploadPage(v)
			if err != nil {
				return err
			}
			return v.file(at, uploadField, "nachweis.pdf", bytes.NewReader(body))
		}
		if err := upload(0); err != nil { // what the first request of a kind needs once is not the uploads'
			return err
		}
		before, err := s.forgetPeak()
		if err != nil {
			return err
		}
		got, took, err := together(4, o.seconds, upload)
		if err != nil {
			return err
		}
		_, peak, err := s.memory()
		if err != nil {
			return err
		}
		r.add("Uploads of 10 MiB into S3, 4 clients", fmt.Sprintf("%.0f MiB/s, p99 %s", float64(len(got))*size/(1<<20)/took.Seconds(), milli(got.at(.99))), "–", "80 MiB/s")
		r.add("Memory that the uploads add", fmt.Sprintf("%d MiB", peak-before), "–", "less than 32 MiB")
		return nil
	})
}

// measureSubmit runs the store's own benchmark: a submission against a bare insert of all its rows.
func measureSubmit(ctx context.Context, o options, r *report) error {
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0,1", "go", "test", "./internal/sqlstore", "-run", "^$", "-bench", "Submit|BareInsert", "-benchtime", o.seconds.String())
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	for name, engine := range map[string]string{"SQLite": "sqlite", "PostgreSQL": "postgres"} {
		r.add("Durable submissions in the store, "+name, benchRate(string(out), "BenchmarkSubmit/"+engine), benchRate(string(out), "BenchmarkBareInsert/"+engine), "half of the reference")
		r.add("The same with all its sealing, "+name, benchRate(string(out), "BenchmarkSealedSubmit/"+engine), benchRate(string(out), "BenchmarkSubmit/"+engine), "nine tenths of the reference")
	}
	return nil
}

// measureForms runs the form engine's own benchmarks: a form of 300 questions, 200 rules, 200 rows and 800 kB of schema.
func measureForms(ctx context.Context, o options, r *report) error {
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0", "go", "test", "./internal/formdef", "./internal/web/page/widget", "-run", "^$", "-bench", "Big", "-benchmem", "-benchtime", (o.seconds / 4).String())
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	big := string(out)
	r.add("Big form: a page of ten questions, looked at and drawn", benchCost(big, "BenchmarkBigPage/questions"), "–", "10 ms")
	r.add("Big form: a page of 200 rows, looked at and drawn", benchCost(big, "BenchmarkBigPage/rows"), "–", "10 ms")
	r.add("Big form: the post of a page, read and checked", benchCost(big, "BenchmarkBigDecode"), "–", "10 ms")
	r.add("Big form: a submission, checked", benchCost(big, "BenchmarkBigAccepts"), benchCost(big, "BenchmarkBigBareValidator"), "twice the reference")
	return nil
}

// benchCost is the time and the allocations of one operation in the output of go test -bench -benchmem.
func benchCost(out, name string) string {
	for _, line := range strings.Split(out, "\n") {
		f := strings.Fields(line)
		if len(f) < 8 || !strings.HasPrefix(f[0], name) {
			continue
		}
		var ns float64
		if _, err := fmt.Sscan(f[2], &ns); err == nil && ns > 0 {
			return fmt.Sprintf("%.2f ms, %s allocations", ns/1e6, f[6])
		}
	}
	return "not measured"
}

// benchRate is the rate of a benchmark in the output of go test -bench.
func benchRate(out, name string) string {
	for _, line := range strings.Split(out, "\n") {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(strings.ToLower(f[0]), strings.ToLower(name)) {
			continue
		}
		var ns float64
		if _, err := fmt.Sscan(f[2], &ns); err == nil && ns > 0 {
			return fmt.Sprintf("%.0f/s", 1e9/ns)
		}
	}
	return "not measured"
}

// measureWeight counts what a form page costs on a cold cache: the page, and what it refers to.
func measureWeight(ctx context.Context, o options, r *report) error {
	return withProduct(ctx, o, nil, func(s *server) error {
		v := newVisitor(s.url)
		if err := begin(v, "jena", journeyService); err != nil {
			return err
		}
		body, err := v.get(v.at)
		if err != nil {
			return err
		}
		pageBytes, err := wire(v, v.at)
		if err != nil {
			return err
		}
		requests, plain, fonts := 1, pageBytes, 0
		for _, a := range assetsOf(body) {
			n, err := wire(v, a)
			if err != nil {
				return err
			}
			requests++
			if strings.HasSuffix(a, ".woff2") {
				fonts += n
			} else {
				plain += n
			}
		}
		r.add("Form page on a cold cache", fmt.Sprintf("%d requests, %.1f kB without fonts, %.1f kB with them", requests, float64(plain)/1000, float64(plain+fonts)/1000),
			"best peer: 8 requests, 126 kB", "6 requests, 60 kB, 110 kB")
		return nil
	})
}

// wire is the size of an answer as it is sent, compressed where the server does so.
func wire(v *visitor, at string) (int, error) {
	req, err := http.NewRequest(http.MethodGet, v.base+at, nil) //nolint:noctx // the client has a time-out
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "br, gzip")
	_, body, err := v.do(req)
	return len(body), err
}

// assetsOf lists what a page refers to below /static/.
func assetsOf(body string) []string {
	var out []string
	for _, part := range strings.Split(body, `"/static/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		out = append(out, "/static/"+name)
	}
	return out
}
