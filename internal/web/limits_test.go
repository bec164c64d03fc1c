package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// watched is a listener whose connections tell what was read and until when the server waits.
type watched struct {
	net.Listener
	mu        sync.Mutex
	deadlines []time.Time
	read      chan int
}

func (w *watched) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watchedConn{c, w}, nil
}

type watchedConn struct {
	net.Conn
	w *watched
}

func (c *watchedConn) SetReadDeadline(t time.Time) error {
	c.w.mu.Lock()
	c.w.deadlines = append(c.w.deadlines, t)
	c.w.mu.Unlock()
	return c.Conn.SetReadDeadline(t)
}

func (c *watchedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.w.read <- n
	}
	return n, err
}

// dialled is a connection to a server that listens until the test ends.
func dialled(t *testing.T, s *Server) (net.Conn, *watched) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{Listener: l, read: make(chan int, 1<<16)}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(w) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Close() // it may have been closed by the other side
		if err := s.Shutdown(t.Context()); err != nil {
			t.Log(err)
		}
		<-ended
	})
	return c, w
}

// A header that arrives letter by letter is waited for no longer than one that arrives at once: each letter would otherwise hold
// a connection for a little longer, and a few machines all of them (slow loris).
func TestTrickledHeadersGetNoMoreTime(t *testing.T) {
	s, _ := bare(t, nil)
	began := time.Now()
	c, w := dialled(t, s)
	for _, letter := range []byte("GET /healthz HTTP/1.1\r\nX-Slow: aaaaaaaaaa") {
		if _, err := c.Write([]byte{letter}); err != nil {
			t.Fatal(err)
		}
		<-w.read // the server has it
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.deadlines) == 0 {
		t.Fatal("the server waits for ever")
	}
	first := w.deadlines[0]
	for _, d := range w.deadlines {
		if !d.Equal(first) || d.IsZero() || d.After(time.Now().Add(headerTimeout)) || d.Before(began.Add(headerTimeout-time.Second)) {
			t.Errorf("it waits until %s, then until %s", first.Sub(began), d.Sub(began))
		}
	}
}

// What is longer than it may be is refused, on a connection that then ends or goes on soundly.
func TestSizesAreLimited(t *testing.T) {
	const form = "Content-Type: application/x-www-form-urlencoded\r\n"
	for name, x := range map[string]struct {
		request string
		status  int
	}{
		"a header":         {"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", 20<<10) + "\r\n\r\n", 413},
		"an address":       {"GET /" + strings.Repeat("a", 20<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n", 413},
		"a form":           {"POST /theme HTTP/1.1\r\nHost: localhost\r\n" + form + "Content-Length: 1100000\r\n\r\n" + strings.Repeat("a", 1_100_000), 413},
		"very many fields": {"POST /theme HTTP/1.1\r\nHost: localhost\r\n" + form + "Content-Length: 12000\r\n\r\n" + strings.Repeat("a&", 6000), 413},
		"a form in pieces": {"POST /theme HTTP/1.1\r\nHost: localhost\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n10C8E0\r\n" + strings.Repeat("a", 1_100_000) + "\r\n0\r\n\r\n", 413},
		"a report":         {"POST " + reportPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("a", 20_000), 400},
	} {
		s, _ := bare(t, nil)
		c, _ := dialled(t, s)
		go func() { _, _ = io.WriteString(c, x.request) }() // the answer may come before all is written
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if resp.StatusCode != x.status || resp.Body.Close() != nil {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
}

// Files are attachments of no origin, whatever they are called and say that they are.
func TestFilesHaveNoOrigin(t *testing.T) {
	s := &Server{base: t.Context()}
	for name, want := range map[string]string{
		"a.html": "attachment; filename*=UTF-8''a.html", "Gürtel & Söhne.pdf": "attachment; filename*=UTF-8''G%C3%BCrtel%20&%20S%C3%B6hne.pdf",
		"a\r\nSet-Cookie: x=y": "attachment; filename*=UTF-8''a%0D%0ASet-Cookie:%20x=y", `a"; inline; x="`: "attachment; filename*=UTF-8''a%22%3B%20inline%3B%20x=%22",
	} {
		app := fiber.New()
		app.Get("/", func(c *fiber.Ctx) error {
			r := &request{Ctx: c, srv: s}
			r.begin(time.Minute)
			defer r.finish()
			return r.stream(name, "text/html", strings.NewReader("<script>1</script>"), 18, false)
		})
		resp, _ := (&Server{app: app}).ask(t, httptest.NewRequest("GET", "/", nil))
		if resp.Header.Get("Content-Disposition") != want || resp.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox; frame-ancestors 'self'" ||
			resp.Header.Get("Cache-Control") != "private, no-store" || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %v", name, resp.Header)
		}
	}
}

// A post says where it comes from in three ways; each of them may refuse it, and none of them is needed beside the token.
func TestWherePostsComeFrom(t *testing.T) {
	s, _ := bare(t, nil)
	for _, x := range []struct {
		site, origin, host string
		good               bool
	}{
		{"same-origin", "null", "antrag.example", true}, {"", "", "antrag.example", true}, {"none", "", "antrag.example", true}, {"", "https://antrag.example", "antrag.example", true},
		{"", "https://ANTRAG.example", "antrag.example", true}, {"", "http://127.0.0.1:8080", "127.0.0.1:8080", true},
		{"same-site", "", "antrag.example", false}, {"cross-site", "https://antrag.example", "antrag.example", false}, {"", "https://evil.example", "antrag.example", false},
		{"", "http://antrag.example", "antrag.example", false}, {"", "https://antrag.example:8443", "antrag.example", false}, {"", "https://antrag.example.evil.example", "antrag.example", false},
		{"", "://", "antrag.example", false}, {"", "https://antrag.example@evil.example", "antrag.example", false}, {"", "http://127.0.0.1:9", "127.0.0.1:8080", false},
	} {
		app, got := fiber.New(), false
		app.Post("/", func(c *fiber.Ctx) error { got = s.sameOrigin(c); return nil })
		req := httptest.NewRequest("POST", "/", nil)
		req.Host = x.host
		for name, value := range map[string]string{"Sec-Fetch-Site": x.site, "Origin": x.origin} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		(&Server{app: app}).ask(t, req)
		if got != x.good {
			t.Errorf("%+v: %v", x, got)
		}
	}
}

// Log-ins are limited as such, by client: their provider is asked for each.
func TestLoginsAreThrottled(t *testing.T) {
	s, _ := bare(t, nil)
	found := 0
	for _, rt := range s.routes() {
		if strings.HasPrefix(rt.path, "/auth/") && (strings.HasSuffix(rt.path, "/login") || strings.HasSuffix(rt.path, "/callback") || strings.HasSuffix(rt.path, "/backchannel")) {
			if found++; rt.class != entering {
				t.Errorf("%s is of class %q", rt.path, rt.class)
			}
		}
	}
	if l := limits[entering]; found != 3 || l.burst > 120 || l.per < time.Minute {
		t.Errorf("%d routes, %+v", found, l)
	}
}
