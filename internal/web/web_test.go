package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/static"
)

func TestLocalPathLeadsNowhereElse(t *testing.T) {
	for in, want := range map[string]string{
		"/me": "/me", "/a?b=c": "/a?b=c", "": "/x", "//evil.example": "/x", "/\\evil.example": "/x", "https://evil.example": "/x",
		"javascript:alert(1)": "/x", "/a\nb": "/x", "me": "/x", "/\tevil": "/x",
	} {
		if got := localPath(in, "/x"); got != want {
			t.Errorf("localPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRoutesAreGuardedAndUnique(t *testing.T) {
	s := &Server{Deps: Deps{PublicURL: &url.URL{}}}
	seen := map[string]bool{}
	for _, rt := range s.routes() {
		key := rt.method + " " + rt.path
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
		if rt.handle == nil {
			t.Errorf("%s has no handler", key)
		}
		for _, area := range []string{"/desk", "/admin", "/state"} {
			if strings.HasPrefix(rt.path, area) && rt.guard != staffOnly {
				t.Errorf("%s is open to everybody", key)
			}
		}
		if rt.method == fiber.MethodPost && rt.class == free {
			t.Errorf("%s has no rate limit", key)
		}
		if rt.token && !strings.Contains(rt.path, "backchannel") && rt.path != reportPath && rt.path != proofPath {
			t.Errorf("%s takes posts without a CSRF token", key)
		}
	}
}

func TestFixedWordsComeBeforeNames(t *testing.T) {
	s := &Server{Deps: Deps{PublicURL: &url.URL{}}}
	names := map[string]bool{}
	for _, rt := range s.routes() {
		first, _, _ := strings.Cut(strings.TrimPrefix(rt.path, "/"), "/")
		if strings.HasPrefix(first, ":") {
			names[rt.method] = true
		} else if names[rt.method] {
			t.Errorf("%s %s comes after a route that begins with a name and would swallow it", rt.method, rt.path)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{"127.0.0.1:8080": true, "localhost": true, "localhost:1": true, "[::1]:80": true, "127.0.0.1.evil.example": false, "127.0.0.1:80.evil.example": false, "evil.example": false, "localhost.evil.example": false} {
		if got := isLoopback(host); got != want {
			t.Errorf("isLoopback(%q) = %v", host, got)
		}
	}
}

// fuzzForm reads a body as the server does.
func fuzzForm(contentType string, body []byte) (map[string][]string, error) {
	return announcedForm(contentType, body, len(body))
}

// announcedForm reads a body whose header announced more, perhaps.
func announcedForm(contentType string, body []byte, length int) (map[string][]string, error) {
	app := fiber.New()
	var fctx fasthttp.RequestCtx
	fctx.Request.Header.SetMethod("POST")
	fctx.Request.Header.SetContentType(contentType)
	fctx.Request.SetBodyStream(bytes.NewReader(body), length)
	fctx.Request.Header.SetContentLength(length)
	c := app.AcquireCtx(&fctx)
	defer app.ReleaseCtx(c)
	return readForm(c, maxForm)
}

// A form that breaks off is not a form with empty fields.
func TestBrokenFormsAreNotForms(t *testing.T) {
	const head = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
	whole := head + "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.pdf\"\r\n\r\n%PDF\r\n--x--\r\n"
	values, err := fuzzForm("multipart/form-data; boundary=x", []byte(whole))
	if err != nil || values["a"][0] != "1" || len(values) != 1 {
		t.Fatalf("%v, %v", values, err)
	}
	end := strings.LastIndex(whole, "--x--") + len("--x--")
	for n := range end {
		if _, err := announcedForm("multipart/form-data; boundary=x", []byte(whole[:n]), len(whole)); !errors.Is(err, errPartial) {
			t.Errorf("cut after %d bytes (%q): %v", n, whole[max(0, n-10):n], err)
		}
	}
	if _, err := announcedForm("application/x-www-form-urlencoded", []byte("a=1&b="), 7); !errors.Is(err, errPartial) {
		t.Errorf("a short form: %v", err)
	}
	names := strings.Repeat("--x\r\nContent-Disposition: form-data; name=\""+strings.Repeat("n", 60000)+"\"\r\n\r\n\r\n", 20)
	if _, err := fuzzForm("multipart/form-data; boundary=x", []byte(names+"--x--\r\n")); civic.CodeOf(err) != civic.TooLarge {
		t.Errorf("1.2 MB of names: %v", err)
	}
	for contentType, body := range map[string]string{"application/x-www-form-urlencoded": "a=%zz", "application/json": "{}", "text/plain": "a=1", "multipart/form-data": "--x--"} {
		if _, err := fuzzForm(contentType, []byte(body)); !errors.Is(err, errPartial) {
			t.Errorf("%s %q: %v", contentType, body, err)
		}
	}
}

func TestRedirectsStayHere(t *testing.T) {
	app := fiber.New()
	for path, want := range map[string]string{"/me": "/me", "/\\evil.example/x": "/", "//evil.example": "/", "https://evil.example": "/"} {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		r := &request{Ctx: c}
		if err := r.seeOther(path); err != nil {
			t.Fatal(err)
		}
		if got := string(c.Response().Header.Peek("Location")); got != want {
			t.Errorf("%q leads to %q", path, got)
		}
		app.ReleaseCtx(c)
	}
}

// blob tells whether it was closed, and whether its context still lived when it was read.
type blob struct {
	io.Reader
	ctx    context.Context
	closed bool
	err    error
}

func (b *blob) Read(p []byte) (int, error) {
	b.err = errors.Join(b.err, b.ctx.Err())
	return b.Reader.Read(p)
}

func (b *blob) Close() error { b.closed = true; return nil }

// A file's bytes are read after its handler has returned: its context lives until they are sent, and not longer.
func TestFilesAreSentWithinTheirContext(t *testing.T) {
	s := &Server{base: t.Context()}
	app := fiber.New()
	var file *blob
	var ctx context.Context
	app.Get("/", func(c *fiber.Ctx) error {
		r := &request{Ctx: c, srv: s}
		r.begin(time.Minute)
		defer r.finish()
		ctx, file = r.ctx, &blob{Reader: strings.NewReader("%PDF"), ctx: r.ctx}
		if c.Query("none") != "" {
			return c.SendStatus(fiber.StatusNoContent)
		}
		return r.stream("a.pdf", "application/pdf", file, 4, false)
	})
	resp, err := app.Test(httptest.NewRequest(fiber.MethodGet, "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "%PDF" || file.err != nil || !file.closed || ctx.Err() == nil {
		t.Errorf("%q, %v; read: %v, closed: %v, context: %v", body, err, file.err, file.closed, ctx.Err())
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if resp, err = app.Test(httptest.NewRequest(fiber.MethodGet, "/?none=1", nil)); err != nil || resp.Body.Close() != nil || ctx.Err() == nil {
		t.Errorf("%v, a context outlives its request", err)
	}
}

// line records the deadline that holds while it is read.
type line struct {
	net.Conn
	until time.Time
	read  []time.Time
}

func (l *line) SetReadDeadline(t time.Time) error { l.until = t; return nil }

func (l *line) Read([]byte) (int, error) { l.read = append(l.read, l.until); return 0, nil }

func TestStalledConnectionsEnd(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := &line{}
	c := &steadyConn{Conn: l, now: func() time.Time { return now }}
	read := func(until time.Time) time.Time {
		if err := c.SetReadDeadline(until); err != nil {
			t.Fatal(err)
		}
		_, _ = c.Read(nil)
		return l.read[len(l.read)-1]
	}
	for name, x := range map[string]struct{ set, want time.Time }{
		"a header": {now.Add(headerTimeout), now.Add(headerTimeout)}, "none": {}, "a large body": {now.Add(3 * time.Hour), now.Add(stallTime)},
	} {
		if got := read(x.set); !got.Equal(x.want) {
			t.Errorf("%s: ends %s, not %s", name, got, x.want)
		}
	}
	read(now.Add(3 * time.Hour))
	now = now.Add(time.Minute)
	if _, _ = c.Read(nil); !l.until.Equal(now.Add(stallTime)) {
		t.Error("a body that goes on arriving is not given more time")
	}
}

func FuzzReadForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("a=1&b=%zz&/halter/name=x"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../etc/passwd\"\r\n\r\n1\r\n--x--"))
	f.Add("multipart/form-data", []byte("--"))
	f.Add("application/json", []byte("{}"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		values, err := fuzzForm(contentType, body)
		if err != nil {
			return
		}
		total, count := 0, 0
		for _, list := range values {
			for _, v := range list {
				count++
				total += len(v)
			}
		}
		if total > maxForm || count > maxFields {
			t.Fatalf("%d fields of %d bytes", count, total)
		}
	})
}

// A log-in that does not reach the level leads to a page that says so, not to the log-in again and again.
func TestStepUpDoesNotLoop(t *testing.T) {
	s := &Server{Deps: Deps{Assets: &static.Assets{}, Log: slog.New(slog.DiscardHandler)}}
	app := fiber.New()
	app.Get("/jena/:service", func(c *fiber.Ctx) error {
		r := &request{Ctx: c, srv: s, ctx: t.Context(), l: locale.For("de"), route: &route{}}
		return r.fail(civic.Errorf(civic.LoginFirst, "error.login.level", "level", "high"))
	})
	for cookie, want := range map[string]int{"": fiber.StatusSeeOther, cookieNotice + "=success:notice.saved": fiber.StatusSeeOther,
		cookieNotice + "=warning:" + noticeLevel: fiber.StatusForbidden} {
		req := httptest.NewRequest(fiber.MethodGet, "/jena/x?a=b", nil)
		req.Header.Set("Cookie", cookie)
		resp, err := app.Test(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		const login = "/auth/citizen/login?level=high&return=%2Fjena%2Fx%3Fa%3Db"
		there := resp.Header.Get("Location") == login || strings.Contains(string(body), strings.ReplaceAll(login, "&", "&amp;"))
		if resp.StatusCode != want || !there {
			t.Errorf("%q: status %d, %q, %s", cookie, resp.StatusCode, resp.Header.Get("Location"), body)
		}
	}
}

// A connection is not held for longer because more is announced than anybody takes.
func TestBodyTimeIsBounded(t *testing.T) {
	most := bodyTime(apply.MaxUpload + maxForm)
	for _, n := range []int{1 << 30, 1 << 50, math.MaxInt} {
		if got := bodyTime(n); got != most {
			t.Errorf("%d announced bytes are waited for for %v", n, got)
		}
	}
	if bodyTime(-1) != 0 || bodyTime(apply.MaxUpload) < apply.MaxUpload/minimumRate*time.Second {
		t.Error("a slow line has no time for a file that is allowed")
	}
}
