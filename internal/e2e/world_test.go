package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antragswerk/internal/testenv"
)

// Config says which adapters a world has; the zero value is what a newcomer gets: SQLite, a folder, memory, demo logins.
type Config struct {
	Postgres, S3, Redis, Clamd bool
	Certified                  bool     // citizens log in at npm's oidc-provider
	Relay                      bool     // for a real browser: the world is reached through a port that hides the one client address
	Env                        []string // further settings, KEY=VALUE
	Empty                      bool     // begin without tables and data, as the very first start does
}

// World is a running binary with a data folder of its own.
type World struct {
	URL  string // "http://127.0.0.1:PORT"
	Dir  string // DATA_DIR
	env  []string
	cmd  *exec.Cmd
	log  *logFile
	done chan error
	// ErrorsExpected lets the log hold lines of level ERROR.
	ErrorsExpected bool
}

// logFile collects what the binary writes.
type logFile struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logFile) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// workshop is the folder of the binary and of the data that worlds begin with; removed at the end.
var workshop = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "antragswerk-e2e-") })

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := workshop(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// binary is the program under test, built once.
var binary = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("E2E_BINARY"); given != "" {
		return filepath.Abs(given)
	}
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "antragswerk")
	cmd := exec.Command("go", "build", "-o", out, "./cmd/antragswerk")
	cmd.Dir = filepath.Join("..", "..")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return out, nil
})

// planted is a data folder after the first start on SQLite, from which worlds are copied.
var planted = sync.OnceValues(func() (string, error) {
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	w := &World{Dir: filepath.Join(dir, "planted")}
	if err := w.prepare(nil); err != nil {
		return "", err
	}
	if err := w.launch(); err != nil {
		return "", err
	}
	return w.Dir, w.end(syscall.SIGTERM)
})

// Start runs a world until the test ends; it must then stop at SIGTERM with status 0, and its log must hold no panic.
func Start(t testing.TB, c Config) *World {
	t.Helper()
	w := &World{Dir: filepath.Join(t.TempDir(), "data")}
	env := append([]string{}, c.Env...)
	if c.Postgres {
		env = append(env, "DATABASE_URL="+testenv.Postgres(t))
	}
	if c.S3 {
		env = append(env, "BLOB_URL="+testenv.S3(t))
	}
	if c.Redis {
		env = append(env, "REDIS_URL="+testenv.Redis(t))
	}
	if c.Clamd {
		env = append(env, "CLAMD_URL="+testenv.Clamd(t))
	}
	if !c.Postgres && !c.Empty {
		from, err := planted()
		must(t, err, os.CopyFS(w.Dir, os.DirFS(from)), os.Chmod(filepath.Join(w.Dir, "master.key"), 0o600))
	}
	must(t, w.prepare(env))
	if c.Relay {
		must(t, w.relay(t))
	}
	if c.Certified {
		w.certified(t)
	}
	must(t, w.launch())
	t.Cleanup(func() { w.stop(t) })
	return w
}

// prepare chooses a port and writes the environment.
func (w *World) prepare(env []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	w.URL, w.log = "http://"+at, &logFile{}
	w.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LISTEN=" + at, "DATA_DIR=" + w.Dir, "WEBHOOK_PRIVATE=yes"}, env...)
	return nil
}

// launch starts the binary and waits until it is ready.
func (w *World) launch() error {
	bin, err := binary()
	if err != nil {
		return err
	}
	w.cmd = exec.Command(bin, "serve")
	w.cmd.Env, w.cmd.Stdout, w.cmd.Stderr = w.env, w.log, w.log
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := w.cmd.Start(); err != nil {
		return err
	}
	w.done = make(chan error, 1)
	go func(c *exec.Cmd, done chan error) { done <- c.Wait() }(w.cmd, w.done)
	for deadline := time.Now().Add(40 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		select {
		case err := <-w.done:
			w.cmd = nil
			return fmt.Errorf("the binary ended at its start (%w): %s", err, w.log)
		default:
		}
		if w.ready() {
			return nil
		}
	}
	return errors.Join(fmt.Errorf("not ready after 40 s: %s", w.log), w.end(syscall.SIGKILL))
}

func (w *World) ready() bool {
	resp, err := http.Get(w.URL + "/readyz")
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// end sends a signal and waits for the end.
func (w *World) end(sig syscall.Signal) error {
	if w.cmd == nil {
		return nil
	}
	if err := w.cmd.Process.Signal(sig); err != nil {
		return err
	}
	defer func() { w.cmd = nil }()
	select {
	case err := <-w.done:
		if sig == syscall.SIGKILL {
			return nil
		}
		return err
	case <-time.After(40 * time.Second):
		_ = w.cmd.Process.Kill()
		return fmt.Errorf("still running 40 s after signal %v", sig)
	}
}

// Kill9 ends the binary as a power cut would.
func (w *World) Kill9(t testing.TB) {
	t.Helper()
	must(t, w.end(syscall.SIGKILL))
}

// Restart starts the binary again on the same data.
func (w *World) Restart(t testing.TB) {
	t.Helper()
	must(t, w.end(syscall.SIGTERM), w.launch())
}

func (w *World) stop(t testing.TB) {
	if err := w.end(syscall.SIGTERM); err != nil {
		t.Errorf("stopping: %v", err)
	}
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, "panic") || strings.Contains(line, "goroutine ") || !w.ErrorsExpected && strings.Contains(line, `"level":"ERROR"`) {
			t.Errorf("log: %.1500s", line)
		}
	}
}
