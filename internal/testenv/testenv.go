// Package testenv starts the real servers that tests run against: PostgreSQL, Redis, an S3 gateway, clamd.
//
// Each is started at most once per test binary, on a free port of the loopback address, in a folder of its own, and ends
// with the binary, however that ends. What a call returns (a database, a bucket, a namespace) belongs to the calling test
// alone. A server that is not installed fails the test and says how to install it; nothing is ever skipped.
//
// Each server's name and version goes to standard error and to the test's log, and is appended to the file that
// REAL_SERVERS_LOG names (go test shows the output of green packages only with -v). For tests only.
package testenv

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	installHint = "run deploy/tools/install-test-servers.sh"
	startTime   = 30 * time.Second
)

// counter numbers databases, buckets and namespaces within this test binary.
var counter atomic.Int64

// fresh returns a name that no other test uses, in lower-case letters and digits.
func fresh(prefix string) string {
	return fmt.Sprintf("%s%d%s", prefix, counter.Add(1), strings.ToLower(rand.Text()[:8]))
}

// server is a running server, or the reason why there is none.
type server struct {
	url     string // what its users connect to
	version string // "PostgreSQL 15.4"
	err     error
}

// check fails the test when the server did not start and otherwise tells which one it is.
func (s server) check(t testing.TB) {
	t.Helper()
	if s.err != nil {
		t.Fatalf("testenv: %v", s.err)
	}
	t.Logf("real server: %s", s.version)
}

// announce tells once per test binary what it runs against.
func announce(version string) {
	line := "real server: " + version + "\n"
	fmt.Fprint(os.Stderr, line)
	if path := os.Getenv("REAL_SERVERS_LOG"); path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = f.WriteString(line)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "testenv:", err)
		}
	}
}

// supervise is run by sh with the server's command as arguments. It ends the server when its standard input closes, which
// is when the test binary is gone, and then removes the server's folder.
const supervise = `
dir=$1; sig=$2; shift 2
exec 3<&0
"$@" 3<&- </dev/null & server=$!
(cat <&3 >/dev/null; kill -s "$sig" "$server") 2>/dev/null & watch=$!
wait "$server"
kill "$watch" 2>/dev/null
cd / && rm -rf "$dir"
`

// process is a server to start.
type process struct {
	dir     string // removed at the end
	args    []string
	signal  string // that ends it at once: TERM, QUIT …
	account *syscall.Credential
	ready   func(ctx context.Context) error
}

// start runs the process until the test binary ends, and returns when it is ready.
func (p process) start() error {
	log, err := os.Create(filepath.Join(p.dir, "server.log"))
	if err != nil {
		return err
	}
	cmd := exec.Command("sh", append([]string{"-c", supervise, "sh", p.dir, p.signal}, p.args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	// An own session: an interrupt at the terminal ends the test binary, and the supervisor then tidies up.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: p.account}
	// The writing end stays open as long as this process lives; nobody ever writes.
	if _, err := cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()

	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		if err = p.ready(ctx); err == nil {
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("%s ended at once: %s", filepath.Base(p.args[0]), tail(log))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready after %s (%w): %s", filepath.Base(p.args[0]), startTime, err, tail(log))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tail returns the end of a log, also when its folder is gone already.
func tail(f *os.File) string {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err.Error()
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(b[max(0, len(b)-1500):]))
}

// folder makes a server's folder, owned by the account when there is one.
func folder(name string, account *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp("", "antragswerk-"+name+"-")
	if err == nil && account != nil {
		err = os.Chown(dir, int(account.Uid), int(account.Gid))
	}
	return dir, err
}

// freePort returns a loopback port that nobody listens on right now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// program finds an executable in PATH and the folders; the error says how to install it.
func program(name, install string, folders ...string) (string, error) {
	for _, pattern := range folders {
		found, err := filepath.Glob(filepath.Join(pattern, name))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed: %s, or %s", name, installHint, install)
	}
	return path, nil
}

// output runs a program to its end and returns what it printed.
func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// root returns the folder of go.mod above the working directory, where .tools/bin may be.
func root() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}
