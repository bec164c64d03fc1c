package web

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/web/page"
)

// browser keeps cookies and comes from one address.
type browser struct {
	s       *Server
	from    string
	cookies map[string]string
}

func (b *browser) send(t *testing.T, method, path string, values url.Values, header ...string) (*http.Response, string) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	req.Host = "antrag.example"
	req.Header.Set("X-Forwarded-For", b.from)
	if values != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, body := b.s.ask(t, req)
	if b.cookies == nil {
		b.cookies = map[string]string{}
	}
	for _, c := range resp.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return resp, body
}

var hiddenField = regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`)

// hidden are the fields of the page's proof form.
func hidden(body string) url.Values {
	out := url.Values{}
	_, form, _ := strings.Cut(body, "data-proof=")
	form, _, _ = strings.Cut(form, "</form>")
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		out.Add(m[1], m[2])
	}
	return out
}

// compute does what static/src/work.js does.
func compute(challenge string) string {
	for n := 0; ; n++ {
		if leadingZeros(sha256.Sum256([]byte(challenge+":"+strconv.Itoa(n)))) >= proofBits {
			return strconv.Itoa(n)
		}
	}
}

// guarded is a server whose readers must prove something, with a clock that can be moved.
func guarded(t *testing.T, classes ...string) (*Server, *time.Time) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, _ := bare(t, func(d *Deps) {
		d.Challenge, d.Now, d.Cache = classes, func() time.Time { return now }, held{}
		d.Proxies = []netip.Addr{netip.MustParseAddr("0.0.0.0")}
	})
	return s, &now
}

func TestProofOpensAPage(t *testing.T) {
	s, now := guarded(t, "read")
	s.Limiter = &once{s: s}
	b := &browser{s: s, from: "203.0.113.1"}
	const at = "/verify?a=b"
	resp, body := b.send(t, "GET", at, nil)
	form := hidden(body)
	if resp.StatusCode != 429 || form.Get("back") != at || !strings.Contains(body, `<noscript><meta http-equiv="refresh" content="21">`) || !strings.Contains(body, `action="/proof"`) {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	challenge := form.Get(page.ChallengeField)
	proof := compute(challenge)
	refused := func(why string, b *browser, form url.Values) {
		t.Helper()
		b.send(t, "POST", proofPath, form)
		if resp, _ := b.send(t, "GET", at, nil); resp.StatusCode != 429 {
			t.Errorf("%s: status %d", why, resp.StatusCode)
		}
	}
	if resp, _ := b.send(t, "GET", "/imprint", nil); resp.StatusCode == 429 {
		t.Error("the imprint asks for a proof")
	}
	forged := strings.Replace(challenge, "-", "-x", 1)
	refused("no proof", b, url.Values{"back": {at}})
	refused("a challenge that is not ours", b, url.Values{page.ChallengeField: {forged}, page.ProofField: {compute(forged)}})
	refused("a wrong number", b, url.Values{page.ChallengeField: {challenge}, page.ProofField: {"x"}})
	refused("another client", &browser{s: s, from: "203.0.113.2"}, url.Values{page.ChallengeField: {challenge}, page.ProofField: {proof}})
	refused("from elsewhere", b, nil)
	*now = now.Add(challengeLasts)
	refused("too late", &browser{s: s, from: b.from}, url.Values{page.ChallengeField: {challenge}, page.ProofField: {proof}})
	*now = now.Add(-challengeLasts)

	b = &browser{s: s, from: b.from}
	resp, _ = b.send(t, "POST", proofPath, url.Values{page.ChallengeField: {challenge}, page.ProofField: {proof}, "back": {at}})
	if resp.StatusCode != 303 || resp.Header.Get("Location") != at {
		t.Errorf("%d, leads to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp, _ = b.send(t, "GET", at, nil); resp.StatusCode != 200 {
		t.Errorf("with a pass: status %d", resp.StatusCode)
	}
	refused("a proof that was used", &browser{s: s, from: b.from}, url.Values{page.ChallengeField: {challenge}, page.ProofField: {proof}})
	resp, _ = (&browser{s: s, from: b.from}).send(t, "POST", proofPath, url.Values{"back": {"//evil.example"}})
	if resp.Header.Get("Location") != "/" {
		t.Errorf("leads to %s", resp.Header.Get("Location"))
	}
	*now = now.Add(passLasts)
	if resp, _ = b.send(t, "GET", at, nil); resp.StatusCode != 429 {
		t.Errorf("with an old pass: status %d", resp.StatusCode)
	}
}

// Without scripts the page is loaded anew after some seconds, and then opens; not before, and for one browser at a time.
func TestWaitingOpensAPage(t *testing.T) {
	s, now := guarded(t, "read")
	s.Limiter = &once{s: s}
	b, many := &browser{s: s, from: "203.0.113.1"}, &browser{s: s, from: "203.0.113.1"}
	status := func(b *browser) int {
		resp, _ := b.send(t, "GET", "/verify", nil)
		return resp.StatusCode
	}
	if got := []int{status(b), status(many), status(b)}; got[0] != 429 || got[1] != 429 || got[2] != 429 {
		t.Errorf("at once: %v", got)
	}
	stolen := &browser{s: s, from: "203.0.113.9", cookies: map[string]string{"__Host-" + cookieSlow: b.cookies["__Host-"+cookieSlow]}}
	copied := &browser{s: s, from: b.from, cookies: map[string]string{"__Host-" + cookieSlow: b.cookies["__Host-"+cookieSlow]}}
	*now = now.Add(slowWait + time.Second)
	if got := []int{status(stolen), status(b), status(many), status(b)}; got[0] != 429 || got[1] != 200 || got[2] != 429 || got[3] != 200 {
		t.Errorf("after the wait: another client's %d, one's own %d, a second one in the same seconds %d, again %d", got[0], got[1], got[2], got[3])
	}
	*now = now.Add(slowWait + time.Second)
	if got := status(copied); got != 429 {
		t.Errorf("the same wait a second time: status %d", got)
	}
}

// once allows each key once in its time, by the server's clock.
type once struct {
	s    *Server
	last map[string]time.Time
}

func (o *once) Allow(_ ctx, key string, burst int, per time.Duration) (bool, time.Duration, error) {
	if burst > 1 {
		return true, 0, nil
	}
	if o.last == nil {
		o.last = map[string]time.Time{}
	}
	now := o.s.Now()
	if last, ok := o.last[key]; ok && (now.Sub(last) < per || strings.HasPrefix(key, "slow:") && strings.Contains(key, "-")) {
		return false, per, nil
	}
	o.last[key] = now
	return true, 0, nil
}

// What was typed into a form is carried on through a challenge; a post from elsewhere is not given a token by it.
func TestProofCarriesWhatWasTyped(t *testing.T) {
	s, _ := guarded(t, "write")
	b := &browser{s: s, from: "203.0.113.1"}
	typed := url.Values{"theme": {"dark", "<b>"}, "back": {"/verify"}, "_csrf": {"wrong"}}
	resp, body := b.send(t, "POST", "/theme", typed)
	form := hidden(body)
	if resp.StatusCode != 429 || strings.Join(form["theme"], "|") != "dark|&lt;b&gt;" || form.Get("_csrf") != "wrong" || !strings.Contains(body, `action="/theme"`) || strings.Contains(body, "http-equiv") {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	challenge := form.Get(page.ChallengeField)
	typed[page.ChallengeField], typed[page.ProofField] = []string{challenge}, []string{compute(challenge)}
	if resp, _ = b.send(t, "POST", "/theme", typed); resp.StatusCode != 403 {
		t.Errorf("a proof stands for a token: status %d", resp.StatusCode)
	}
	b = &browser{s: s, from: b.from}
	b.send(t, "GET", "/verify", nil)
	typed.Set("_csrf", s.token(b.cookies["__Host-"+cookieVisit]))
	_, body = b.send(t, "POST", "/theme", typed)
	challenge = hidden(body).Get(page.ChallengeField)
	typed[page.ChallengeField], typed[page.ProofField] = []string{challenge}, []string{compute(challenge)}
	if resp, body = b.send(t, "POST", "/theme", typed); resp.StatusCode != 303 || resp.Header.Get("Location") != "/verify" || b.cookies["__Host-"+cookieTheme] != "dark" {
		t.Errorf("%d %s %s", resp.StatusCode, resp.Header.Get("Location"), body)
	}
}

// Scripts, and what cannot be carried on, get a plain refusal; over the limit a person gets the way out.
func TestWhoIsChallenged(t *testing.T) {
	s, _ := guarded(t)
	s.Limiter = &counter{}
	for name, x := range map[string]struct {
		method string
		header []string
		proof  bool
	}{
		"a page": {"GET", []string{"Sec-Fetch-Mode", "navigate"}, true}, "an old browser": {"GET", nil, true}, "a form": {"POST", []string{"Sec-Fetch-Mode", "navigate"}, true},
		"a fetch": {"GET", []string{"Sec-Fetch-Mode", "cors"}, false}, "a picture": {"GET", []string{"Sec-Fetch-Mode", "no-cors"}, false}, "our script": {"POST", []string{"X-Script", "1"}, false},
		"autosave": {"POST", []string{"X-Autosave", "1"}, false}, "files": {"POST", []string{"Content-Type", "multipart/form-data; boundary=x"}, false},
	} {
		path := map[string]string{"GET": "/verify", "POST": "/theme"}[x.method]
		resp, body := (&browser{s: s, from: "203.0.113.1"}).send(t, x.method, path, url.Values{}, x.header...)
		if resp.StatusCode != 429 || strings.Contains(body, "data-proof") != x.proof || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %.200s", name, resp.StatusCode, body)
		}
	}
}
