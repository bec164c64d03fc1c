package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
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
		if rt.token && !strings.Contains(rt.path, "backchannel") {
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
	for host, want := range map[string]bool{"127.0.0.1:8080": true, "localhost": true, "localhost:1": true, "[::1]:80": true, "127.0.0.1.evil.example": false, "evil.example": false, "localhost.evil.example": false} {
		if got := isLoopback(host); got != want {
			t.Errorf("isLoopback(%q) = %v", host, got)
		}
	}
}

// fuzzForm reads a body as the server does.
func fuzzForm(contentType string, body []byte) (map[string][]string, error) {
	app := fiber.New()
	var fctx fasthttp.RequestCtx
	fctx.Request.Header.SetMethod("POST")
	fctx.Request.Header.SetContentType(contentType)
	fctx.Request.SetBody(body)
	c := app.AcquireCtx(&fctx)
	defer app.ReleaseCtx(c)
	return readForm(c)
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
