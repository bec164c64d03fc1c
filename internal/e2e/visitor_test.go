package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// addresses numbers the client addresses of this test binary.
var addresses atomic.Uint32

// requestsPerAddress is how many requests a visitor sends from one address: rate limits count by address, and a test is
// faster than a person.
const requestsPerAddress = 60

// Visitor is somebody with a browser: cookies, a page, and what was typed into it. Its methods return an error when what
// they should do cannot be done on the page; they are for one goroutine, but Send.
type Visitor struct {
	t     testing.TB
	w     *World
	http  *http.Client
	jar   http.CookieJar
	Lang  string // Accept-Language
	Page  *Page
	forms []*form

	mu   sync.Mutex
	sent int
	from net.IP
}

// NewVisitor opens a browser that nobody used before.
func (w *World) NewVisitor(t testing.TB) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &Visitor{t: t, w: w, jar: jar, Lang: "de"}
	v.http = v.client(v.dial)
	t.Cleanup(v.http.CloseIdleConnections)
	return v
}

func (v *Visitor) client(dial func(context.Context, string, string) (net.Conn, error)) *http.Client {
	return &http.Client{Jar: v.jar, Timeout: 60 * time.Second, Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 32}}
}

// Window opens a second window of the same browser: same cookies, another page.
func (v *Visitor) Window() *Visitor {
	return &Visitor{t: v.t, w: v.w, http: v.http, jar: v.jar, Lang: v.Lang}
}

// dial connects from a loopback address of the visitor's own.
func (v *Visitor) dial(ctx context.Context, network, address string) (net.Conn, error) {
	v.mu.Lock()
	if v.from == nil {
		n := addresses.Add(1)
		v.from = net.IPv4(127, byte(1+n>>16), byte(n>>8), byte(1+n%250))
	}
	from := v.from
	v.mu.Unlock()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	return d.DialContext(ctx, network, address)
}

// count moves to another address from time to time.
func (v *Visitor) count() {
	v.mu.Lock()
	v.sent++
	again := v.sent%requestsPerAddress == 0
	if again {
		v.from = nil
	}
	v.mu.Unlock()
	if again {
		v.http.CloseIdleConnections()
	}
}

// Send makes a request and returns the page at which its redirects end. The visitor's own page stays.
func (v *Visitor) Send(method, path string, body io.Reader, contentType string) (*Page, error) {
	v.count()
	target, err := url.Parse(v.w.URL)
	if err == nil {
		target, err = target.Parse(path)
	}
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, target.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Language", v.Lang)
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost { // as Chromium does under "Referrer-Policy: no-referrer"
		req.Header.Set("Origin", "null")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := v.http.Do(req)
	if err != nil {
		return nil, err
	}
	p, err := newPage(resp)
	if err != nil {
		return nil, err
	}
	if p.URL.Host == target.Host { // else a foreign identity provider's
		for _, f := range p.faults() {
			v.t.Errorf("%s: %s", p, f)
		}
	}
	return p, nil
}

func (v *Visitor) show(p *Page, err error) error {
	if err != nil {
		return err
	}
	v.Page, v.forms = p, p.forms()
	return nil
}

// Go opens an address of the world.
func (v *Visitor) Go(path string) error { return v.show(v.Send(http.MethodGet, path, nil, "")) }

// Follow opens the link that says these words.
func (v *Visitor) Follow(words string) error {
	n := v.Page.link(words)
	if n == nil {
		return v.wrong("there is no link %q", words)
	}
	to, err := v.Page.URL.Parse(attr(n, "href"))
	if err != nil {
		return err
	}
	return v.Go(to.String())
}

// Fill types into or chooses in the first form that has a control of this name.
func (v *Visitor) Fill(name, value string) error {
	var tried error
	for _, f := range v.forms {
		if f.has(name) {
			err := f.fill(name, value)
			if err == nil {
				return nil
			}
			tried = err
		}
	}
	if tried == nil {
		tried = fmt.Errorf("there is no field %s", name)
	}
	return v.wrong("%w", tried)
}

// Choose puts files into a file input.
func (v *Visitor) Choose(name string, files ...file) error {
	for _, f := range v.forms {
		if f.has(name) && f.choose(name, files...) == nil {
			return nil
		}
	}
	return v.wrong("there is no file input %s", name)
}

// Value is what the page's control of this name holds.
func (v *Visitor) Value(name string) (string, bool) {
	for _, f := range v.forms {
		if f.has(name) {
			return f.value(name), true
		}
	}
	return "", false
}

// find looks for a button, in the page's content first, then around it.
func (v *Visitor) find(words string) (*form, *control) {
	for _, inside := range []bool{true, false} {
		for _, f := range v.forms {
			if b := f.button(words); b != nil && inMain(f) == inside {
				return f, b
			}
		}
	}
	return nil, nil
}

func inMain(f *form) bool {
	for n := f.node; n != nil; n = n.Parent {
		if n.Data == "main" {
			return true
		}
	}
	return false
}

// Press sends a form by the button that says these words, or that is "name=value".
func (v *Visitor) Press(words string) error {
	f, b := v.find(words)
	if f == nil {
		return v.wrong("there is no button %q", words)
	}
	return v.show(v.press(f, b))
}

func (v *Visitor) press(f *form, b *control) (*Page, error) {
	to, err := v.Page.URL.Parse(attr(f.node, "action"))
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(attr(f.node, "method"), "post") {
		to.RawQuery = f.values(b).Encode()
		return v.Send(http.MethodGet, to.String(), nil, "")
	}
	body, contentType, err := f.encode(b)
	if err != nil {
		return nil, err
	}
	return v.Send(http.MethodPost, to.String(), body, contentType)
}

// LogIn becomes a persona on the page of the demo provider, where a guarded page has led.
func (v *Visitor) LogIn(persona string) error {
	if v.Page == nil || !strings.HasPrefix(v.Page.URL.Path, "/demo/idp/") {
		audience := "staff"
		if strings.HasPrefix(persona, "citizen") || persona == "organisation" {
			audience = "citizen"
		}
		back := "/"
		if v.Page != nil {
			back = v.Page.URL.RequestURI()
		}
		if err := v.Go("/auth/" + audience + "/login?" + url.Values{"return": {back}, "level": {"basic"}}.Encode()); err != nil {
			return err
		}
	}
	if f, b := v.find("persona=" + persona); f != nil {
		return v.show(v.press(f, b))
	}
	for _, f := range v.forms {
		if i := slices.IndexFunc(f.controls, func(c *control) bool { return c.name == "persona" && c.kind == "text" }); i >= 0 {
			f.controls[i].value = persona
			return v.show(v.press(f, f.button("Anmelden")))
		}
	}
	return v.wrong("this is no page of personas")
}

// Forget drops a cookie, as an expired session does.
func (v *Visitor) Forget(cookie string) {
	u, err := url.Parse(v.w.URL)
	if err != nil {
		v.t.Fatal(err)
	}
	v.jar.SetCookies(u, []*http.Cookie{{Name: cookie, Path: "/", MaxAge: -1}})
}

// wrong says what could not be done, and where.
func (v *Visitor) wrong(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if v.Page == nil {
		return err
	}
	return errors.Join(fmt.Errorf("%s (status %d, %q): %w", v.Page, v.Page.Status, v.Page.heading(), err), v.problems())
}

func (v *Visitor) problems() error {
	if list := v.Page.Problems(); len(list) > 0 {
		return fmt.Errorf("the page says: %s", strings.Join(list, "; "))
	}
	return nil
}

func (p *Page) heading() string {
	if list := p.tag("h1"); len(list) > 0 {
		return text(list[0])
	}
	return ""
}

// must ends the test at the first error.
func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// want ends the test unless the visitor's page has this status.
func (v *Visitor) want(t testing.TB, status int) {
	t.Helper()
	if v.Page.Status != status {
		t.Fatal(v.wrong("status is %d, not %d: %.300s", v.Page.Status, status, v.Page.Text()))
	}
}
