package scan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/testenv"
)

func open(t testing.TB, url string) Scanner {
	t.Helper()
	s, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestClamd(t *testing.T) {
	s := open(t, testenv.Clamd(t))
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("Antrag ", 140_000) // close to the limit of 1 MiB
	for name, c := range map[string]struct {
		in        io.Reader
		verdict   civic.Verdict
		signature string
	}{
		"clean":              {strings.NewReader("Hundesteuer"), civic.VerdictClean, ""},
		"empty":              {strings.NewReader(""), civic.VerdictClean, ""},
		"big and clean":      {strings.NewReader(big), civic.VerdictClean, ""},
		"malware":            {strings.NewReader("x " + testenv.MalwareSample + " y"), civic.VerdictInfected, testenv.MalwareName},
		"malware far behind": {strings.NewReader(big + testenv.MalwareSample), civic.VerdictInfected, testenv.MalwareName},
		"byte by byte":       {iotest.OneByteReader(strings.NewReader(testenv.MalwareSample)), civic.VerdictInfected, testenv.MalwareName},
	} {
		verdict, signature, err := s.Scan(t.Context(), c.in)
		if verdict != c.verdict || signature != c.signature || err != nil {
			t.Errorf("%s: %q, %q, %v", name, verdict, signature, err)
		}
	}
}

func TestFileOverTheScannersLimitHasNoVerdict(t *testing.T) {
	s := open(t, testenv.Clamd(t))
	for _, size := range []int{2 << 20, 64 << 20} {
		in := io.MultiReader(bytes.NewReader(make([]byte, size)), strings.NewReader(testenv.MalwareSample))
		if verdict, _, err := s.Scan(t.Context(), in); civic.CodeOf(err) != civic.TooLarge || verdict != "" {
			t.Errorf("%d MiB: %q, %v", size>>20, verdict, err)
		}
	}
}

func TestBrokenFileHasNoVerdict(t *testing.T) {
	s := open(t, testenv.Clamd(t))
	for _, fault := range []error{errors.New("line cut"), io.ErrUnexpectedEOF} {
		in := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(fault))
		if verdict, _, err := s.Scan(t.Context(), in); !errors.Is(err, fault) || verdict != "" {
			t.Errorf("%q, %v", verdict, err)
		}
	}
}

func TestNoScannerSaysSo(t *testing.T) {
	s := open(t, "")
	verdict, signature, err := s.Scan(t.Context(), strings.NewReader(testenv.MalwareSample))
	if verdict != civic.VerdictUnscanned || signature != "" || err != nil || s.Ping(t.Context()) != nil {
		t.Errorf("%q, %q, %v", verdict, signature, err)
	}
}

// answering is a scanner that reads nothing and says reply; "" hangs up at once.
func answering(t *testing.T, reply string) Scanner {
	t.Helper()
	l, err := net.Listen("unix", t.TempDir()+"/clamd.ctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, reply)
			_ = conn.Close()
		}
	}()
	return open(t, "unix:"+l.Addr().String())
}

func TestOnlyAnOKIsClean(t *testing.T) {
	for _, reply := range []string{"", "\x00", "stream: OK", "stream: OK but\x00", "OKAY\x00", " FOUND\x00", "stream: lstat() failed. ERROR\x00", strings.Repeat("a", 1<<20)} {
		verdict, signature, err := answering(t, reply).Scan(t.Context(), strings.NewReader("x"))
		if verdict != "" || signature != "" || civic.CodeOf(err) != civic.Unavailable {
			t.Errorf("%.40q: %q, %q, %v", reply, verdict, signature, err)
		}
	}
	if verdict, _, err := answering(t, "stream: OK\x00").Scan(t.Context(), strings.NewReader("x")); verdict != civic.VerdictClean || err != nil {
		t.Errorf("%q, %v", verdict, err)
	}
	if err := answering(t, "no\x00").Ping(t.Context()); civic.CodeOf(err) != civic.Unavailable {
		t.Errorf("ping: %v", err)
	}
}

func TestSilentScannerIsLeft(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err = open(t, "tcp:"+l.Addr().String()).Scan(ctx, strings.NewReader("x"))
	if civic.CodeOf(err) != civic.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	_ = l.Close()
	if _, _, err = open(t, "tcp:"+l.Addr().String()).Scan(t.Context(), strings.NewReader("x")); civic.CodeOf(err) != civic.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
}

func TestOpenRefusesWrongURLs(t *testing.T) {
	for _, url := range []string{"tcp:", "tcp:localhost", "unix:", "unix:relative", "unix://host/path", "http://localhost:3310", "/run/clamd.ctl"} {
		if s, err := Open(url); err == nil {
			t.Errorf("%q: opened %T", url, s)
		}
	}
	for _, url := range []string{"tcp:127.0.0.1:3310", "tcp://[::1]:3310", "unix:/run/clamd.ctl", "unix:///run/clamd.ctl"} {
		open(t, url)
	}
}

func FuzzVerdict(f *testing.F) {
	f.Add("stream: OK")
	f.Add("stream: X FOUND")
	f.Fuzz(func(t *testing.T, reply string) {
		v, signature, err := verdict(reply)
		switch {
		case err != nil && (v != "" || signature != ""), err == nil && v == "":
			t.Fatalf("%q: %q, %q, %v", reply, v, signature, err)
		case v == civic.VerdictClean && strings.TrimPrefix(reply, "stream: ") != "OK":
			t.Fatalf("%q is clean", reply)
		}
	})
}
