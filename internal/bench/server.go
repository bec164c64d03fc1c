package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process on core 0.
type server struct {
	cmd  *exec.Cmd
	url  string
	dir  string
	took time.Duration // from start to the first good answer of /readyz
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// startProduct runs the binary on core 0 in a folder of its own with extra settings.
func startProduct(ctx context.Context, o options, dir string, env ...string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	at := fmt.Sprintf("127.0.0.1:%d", port)
	for _, e := range env {
		if listen, ok := strings.CutPrefix(e, "LISTEN="); ok {
			at = listen
		}
	}
	binary, err := filepath.Abs(o.binary)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0", binary, "serve") // #nosec -- our own binary
	cmd.Env = append(os.Environ(), append([]string{"LISTEN=" + at, "DATA_DIR=" + dir, "GOMAXPROCS=1"}, env...)...)
	return start(cmd, "http://"+at, dir, "/readyz")
}

// startBare runs this program's own reference server on core 0.
func startBare(ctx context.Context) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	at := fmt.Sprintf("127.0.0.1:%d", port)
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0", self, "bare", at) // #nosec -- ourselves
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	return start(cmd, "http://"+at, "", "/")
}

func start(cmd *exec.Cmd, url, dir, ready string) (*server, error) {
	log, err := os.CreateTemp("", "antragswerk-bench-*.log")
	if err != nil {
		return nil, err
	}
	cmd.Stderr, cmd.Stdout = log, log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, url: url, dir: dir}
	for time.Since(began) < time.Minute {
		resp, err := http.Get(url + ready) //nolint:noctx // a bounded loop on loopback
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.took = time.Since(began)
				return s, nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s did not get ready; see %s", url, log.Name())
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan error, 1)
	go func() { done <- s.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		<-done
	}
}

// memory is the resident set in MiB: now, and the highest so far.
func (s *server) memory() (now, peak int, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for _, line := range strings.Split(string(raw), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kib, _ := strconv.Atoi(f[1]) //nolint:errcheck // other lines hold words
		switch f[0] {
		case "VmRSS:":
			now = kib >> 10
		case "VmHWM:":
			peak = kib >> 10
		}
	}
	if now == 0 {
		return 0, 0, errors.New("no VmRSS")
	}
	return now, peak, nil
}

// forgetPeak makes the memory of now, in MiB, the highest so far.
func (s *server) forgetPeak() (int, error) {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), []byte("5"), 0); err != nil {
		return 0, err
	}
	now, _, err := s.memory()
	return now, err
}

// spent is the processor time that processes with these names have used so far: what they work does not depend on who else works
// on this machine, as rates do.
func spent(names ...string) (time.Duration, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, path := range stats {
		raw, err := os.ReadFile(path) // #nosec -- of the kernel
		if err != nil {
			continue // it has ended
		}
		if name, took := spentOf(string(raw)); slices.Contains(names, name) {
			sum += took
		}
	}
	return sum, nil
}

// spentOf reads a line of /proc: the process's name, and its processor time, user and system, its own and its ended children's.
func spentOf(line string) (name string, took time.Duration) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	from, to := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	f := strings.Fields(line[to+1:])
	if len(f) < 15 {
		return "", 0
	}
	for _, i := range []int{11, 12, 13, 14} {
		n, err := strconv.Atoi(f[i])
		if err != nil {
			return "", 0
		}
		took += time.Duration(n) * tick
	}
	return line[from+1 : to], took
}

// spent is the processor time that the server has used.
func (s *server) spent() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, took := spentOf(string(raw))
	return took, nil
}
