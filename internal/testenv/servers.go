package testenv

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// MalwareSample is harmless text that the clamd of Clamd takes for malware, wherever it stands in a file;
// MalwareName is what it calls it.
const (
	MalwareSample = "ANTRAGSWERK-MALWARE-SAMPLE-7f3a"
	MalwareName   = "Antragswerk.Test.Sample.UNOFFICIAL"
)

// Shared by all tests of the binary.
var (
	redisServer = sync.OnceValue(func() server {
		return launched("Redis", func() (server, error) { return launchRedis(false) })
	})
	redisCluster = sync.OnceValue(func() server {
		return launched("Redis Cluster", func() (server, error) { return launchRedis(true) })
	})
	s3Server    = sync.OnceValue(func() server { return launched("S3", launchS3) })
	clamdServer = sync.OnceValue(func() server { return launched("clamd", launchClamd) })
)

func launched(name string, launch func() (server, error)) server {
	s, err := launch()
	if err != nil {
		return server{err: fmt.Errorf("%s: %w", name, err)}
	}
	announce(s.version)
	return s
}

// Redis returns a redis: URL with a namespace of its own, in the form of internal/kv.
func Redis(t testing.TB) string {
	t.Helper()
	s := redisServer()
	s.check(t)
	return s.url + "?namespace=" + fresh("test")
}

// RedisCluster returns the redis: URL of a cluster of one node; a namespace may be added with "&namespace=".
func RedisCluster(t testing.TB) string {
	t.Helper()
	s := redisCluster()
	s.check(t)
	return s.url + "?addr=" + s.url[strings.LastIndex(s.url, "@")+1:]
}

// S3 returns an s3: URL with a bucket of its own that is created when it is opened, in the form of internal/blob.
func S3(t testing.TB) string {
	t.Helper()
	s := s3Server()
	s.check(t)
	return s.url + "/" + fresh("test-") + "?region=us-east-1&create=1"
}

// Clamd returns the tcp: address of a clamd whose only signature is MalwareSample and whose limit for a stream is 1 MiB.
func Clamd(t testing.TB) string {
	t.Helper()
	s := clamdServer()
	s.check(t)
	return s.url
}

func launchRedis(cluster bool) (server, error) {
	bin, err := program("redis-server", "apt-get install -y redis-server")
	if err != nil {
		return server{}, err
	}
	version, err := output(bin, "--version") // "Redis server v=7.0.15 sha=…"
	if err != nil {
		return server{}, fmt.Errorf("%s: %w", version, err)
	}
	dir, err := folder("redis", nil)
	if err != nil {
		return server{}, err
	}
	port, err := freePort()
	if err != nil {
		return server{}, err
	}
	password := rand.Text()
	args := []string{
		bin, "--port", port, "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--appendonly", "no", "--dir", dir,
	}
	kind, auth := "Redis ", "AUTH "+password+"\r\n"
	if cluster {
		bus, err := freePort() // else it is the other port plus 10,000, which may not exist
		if err != nil {
			return server{}, err
		}
		args = append(args, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-announce-ip", "127.0.0.1")
		kind = "Redis Cluster "
	}
	err = process{
		dir: dir, signal: "KILL", args: args,
		ready: func(ctx context.Context) error {
			if cluster { // all slots to the one node; the second time it refuses, and that is as good
				_ = ask(ctx, "127.0.0.1:"+port, auth+"CLUSTER ADDSLOTSRANGE 0 16383\r\n", "+OK\r\n+OK")
			}
			return ask(ctx, "127.0.0.1:"+port, auth+"SET ready yes\r\n", "+OK\r\n+OK")
		},
	}.start()
	_, number, _ := strings.Cut(version, "v=")
	number, _, _ = strings.Cut(number, " ")
	return server{url: "redis://:" + password + "@127.0.0.1:" + port, version: kind + number}, err
}

func launchS3() (server, error) {
	const install = "GOBIN=$PWD/.tools/bin go install github.com/versity/versitygw/cmd/versitygw@v1.8.0"
	bin, err := program("versitygw", install, filepath.Join(root(), ".tools", "bin"))
	if err != nil {
		return server{}, err
	}
	built, err := output("go", "version", "-m", bin) // it calls itself "git" unless it was built by its own makefile
	if err != nil {
		return server{}, fmt.Errorf("%s: %w", built, err)
	}
	dir, err := folder("s3", nil)
	if err != nil {
		return server{}, err
	}
	objects, sidecar, versions := filepath.Join(dir, "objects"), filepath.Join(dir, "sidecar"), filepath.Join(dir, "versions")
	if err := errors.Join(os.Mkdir(objects, 0o700), os.Mkdir(sidecar, 0o700), os.Mkdir(versions, 0o700)); err != nil {
		return server{}, err
	}
	port, err := freePort()
	if err != nil {
		return server{}, err
	}
	access, secret := strings.ToLower(rand.Text()), rand.Text()
	err = process{
		dir: dir, signal: "KILL",
		args: []string{
			bin, "--port", "127.0.0.1:" + port, "--access", access, "--secret", secret, "--quiet", "--health", "/health",
			"posix", "--sidecar", sidecar, "--versioning-dir", versions, objects,
		},
		ready: func(ctx context.Context) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/health", nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		},
	}.start()
	return server{
		url:     fmt.Sprintf("s3:http://%s:%s@127.0.0.1:%s", access, secret, port),
		version: "versitygw " + moduleVersion(built),
	}, err
}

// moduleVersion finds the main module's version in what "go version -m" prints.
func moduleVersion(built string) string {
	for line := range strings.Lines(built) {
		if f := strings.Fields(line); len(f) >= 3 && f[0] == "mod" {
			return f[2]
		}
	}
	return "of unknown version"
}

func launchClamd() (server, error) {
	bin, err := program("clamd", "apt-get install -y clamav-daemon", "/usr/sbin")
	if err != nil {
		return server{}, err
	}
	version, err := output(bin, "--version") // "ClamAV 1.4.6"
	if err != nil {
		return server{}, fmt.Errorf("%s: %w", version, err)
	}
	dir, err := folder("clamd", nil)
	if err != nil {
		return server{}, err
	}
	port, err := freePort()
	if err != nil {
		return server{}, err
	}
	// A database with one signature: any file type, at any offset. Nothing is downloaded.
	signatures := filepath.Join(dir, "signatures")
	line := fmt.Sprintf("%s:0:*:%x\n", strings.TrimSuffix(MalwareName, ".UNOFFICIAL"), MalwareSample)
	settings := filepath.Join(dir, "clamd.conf")
	text := fmt.Sprintf("DatabaseDirectory %s\nTCPSocket %s\nTCPAddr 127.0.0.1\nForeground yes\nStreamMaxLength 1M\n"+
		"TemporaryDirectory %s\nLogTime no\n", signatures, port, dir)
	err = errors.Join(
		os.Mkdir(signatures, 0o700),
		os.WriteFile(filepath.Join(signatures, "test.ndb"), []byte(line), 0o600),
		os.WriteFile(settings, []byte(text), 0o600),
	)
	if err != nil {
		return server{}, err
	}
	err = process{
		dir: dir, signal: "KILL", args: []string{bin, "--config-file", settings},
		ready: func(ctx context.Context) error {
			return ask(ctx, "127.0.0.1:"+port, "zPING\x00", "PONG")
		},
	}.start()
	version, _, _ = strings.Cut(version, "/")
	return server{url: "tcp:127.0.0.1:" + port, version: strings.Replace(version, "ClamAV", "clamd (ClamAV)", 1)}, err
}

// ask sends a request to a server and compares the start of its answer.
func ask(ctx context.Context, addr, request, want string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(conn, request); err != nil {
		return err
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(bufio.NewReader(conn), got); err != nil {
		return err
	}
	if !bytes.Equal(got, []byte(want)) {
		return fmt.Errorf("answered %q", got)
	}
	return nil
}
