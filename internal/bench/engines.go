package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// generalAnswers fill the pages of the general application; a page takes those that it asks for.
var generalAnswers = map[string]string{
	"/anliegen/art": "antrag", "/anliegen/betreff": "Fällung einer kranken Birke",
	"/anliegen/text":          "In meinem Garten steht eine Birke, die vom Pilz befallen ist. Ich bitte um die Genehmigung, sie zu fällen.",
	"/antragsteller/art":      "person",
	"/antragsteller/vornamen": "Erika", "/antragsteller/familienname": "Beispiel",
	"/antragsteller/anschrift/strasse": "Lindenweg 4", "/antragsteller/anschrift/plz": "07743", "/antragsteller/anschrift/ort": "Jena",
}

// uploadField is where the general application takes files.
const uploadField = "/anlagen/dateien"

// uploadPage leads a visitor to the page with that field.
func uploadPage(v *visitor) (string, error) {
	if err := begin(v, "jena", "allgemeiner-antrag"); err != nil {
		return "", err
	}
	for step := 0; step < 8; step++ {
		at := v.at
		body, err := v.get(at)
		if err != nil {
			return "", err
		}
		if strings.Contains(body, `name="`+uploadField+`"`) {
			return at, nil
		}
		fields := map[string][]string{"_action": {"next"}}
		for k, x := range generalAnswers {
			fields[k] = []string{x}
		}
		if err := v.post(at, fields); err != nil {
			return "", err
		}
	}
	return "", errors.New("no page with " + uploadField)
}

// loader fetches one address as fast as it can, with as little work of its own as possible.
type loader struct {
	client  *fasthttp.HostClient
	url     string
	cookies string
}

func newLoader(url, cookies string) *loader {
	u := fasthttp.AcquireURI()
	defer fasthttp.ReleaseURI(u)
	_ = u.Parse(nil, []byte(url)) // our own address
	return &loader{client: &fasthttp.HostClient{Addr: string(u.Host()), MaxConns: 64}, url: url, cookies: cookies}
}

func (l *loader) get() error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(l.url)
	if l.cookies != "" {
		req.Header.Set("Cookie", l.cookies)
	}
	if err := l.client.Do(req, resp); err != nil {
		return err
	}
	if resp.StatusCode() != fasthttp.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode())
	}
	return nil
}

// onBoth runs a measurement on SQLite and on a PostgreSQL of its own, which works on core 0 too.
func onBoth(ctx context.Context, o options, do func(name string, env []string) error) error {
	if strings.Contains("SQLite", o.engine) {
		if err := do("SQLite", nil); err != nil {
			return err
		}
	}
	if !strings.Contains("PostgreSQL", o.engine) {
		return nil
	}
	url, stop, err := startPostgres(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return do("PostgreSQL", []string{"DATABASE_URL=" + url})
}

// startPostgres makes a cluster in a temporary folder; it is durable (fsync on) as in production.
func startPostgres(ctx context.Context) (string, func(), error) {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		return "", nil, errors.New("PostgreSQL is not installed: make servers")
	}
	bin := bins[len(bins)-1]
	dir, err := os.MkdirTemp("", "antragswerk-bench-pg-")
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	data := filepath.Join(dir, "data")
	as, err := asPostgres(dir)
	if err != nil {
		return "", nil, err
	}
	init := exec.CommandContext(ctx, bin+"/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8") // #nosec -- the server's own tool
	init.SysProcAttr = as
	if out, err := init.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0", bin+"/postgres", "-D", data, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", "", "-c", "shared_buffers=512MB") // #nosec -- the server itself
	cmd.SysProcAttr, cmd.Dir = as, dir
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	if err := waitFor(port); err != nil {
		stop()
		return "", nil, err
	}
	create := exec.CommandContext(ctx, bin+"/createdb", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "postgres", "antragswerk") // #nosec -- the server's own tool
	for try := 0; ; try++ {
		out, err := create.CombinedOutput()
		if err == nil {
			break
		}
		if try == 20 {
			stop()
			return "", nil, fmt.Errorf("createdb: %w\n%s", err, out)
		}
		time.Sleep(200 * time.Millisecond)
		create = exec.CommandContext(ctx, create.Path, create.Args[1:]...) // #nosec -- the same again
	}
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/antragswerk?sslmode=disable", port), stop, nil
}

// asPostgres lets a child run as the user postgres when we are root, whom PostgreSQL refuses.
func asPostgres(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(u.Uid) //nolint:errcheck // a number by the system's word
	gid, _ := strconv.Atoi(u.Gid) //nolint:errcheck // likewise
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil // #nosec -- ids are small
}

// startS3 runs versitygw on core 0 on a temporary folder.
func startS3(ctx context.Context) (string, func(), error) {
	bin := filepath.Join(".tools", "bin", "versitygw")
	if _, err := os.Stat(bin); err != nil {
		return "", nil, errors.New("versitygw is not installed: make servers")
	}
	dir, err := os.MkdirTemp("", "antragswerk-bench-s3-")
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0", bin, "--access", "bench", "--secret", "bench-secret", "--port", fmt.Sprintf("127.0.0.1:%d", port), "posix", dir) // #nosec -- the server itself
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	if err := waitFor(port); err != nil {
		stop()
		return "", nil, err
	}
	return fmt.Sprintf("s3:http://bench:bench-secret@127.0.0.1:%d/attachments?create=1", port), stop, nil
}

func waitFor(port int) error {
	for range 200 {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("nothing listens on port %d", port)
}
