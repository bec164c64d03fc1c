package web

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// handler answers one request. An error becomes the error page, by its civic.Code.
type handler func(*request) error

// request is one HTTP request with what the middleware found out: who asks, in which language.
type request struct {
	*fiber.Ctx
	srv     *Server
	ctx     context.Context // ends with handlerTime or the server; after the answer, when that is still being sent
	cancel  context.CancelFunc
	limit   *time.Timer // cancels when the handler takes too long
	sending bool        // a file's bytes are read after the handler has returned
	route   *route
	id      string
	actor   civic.Actor
	citizen *login
	staff   *login
	codes   []string // recovery codes that this browser holds
	invited []string // invitation codes likewise
	l       *locale.Catalogue
	csrf    string
	csrfBad bool // the token was missing or wrong; only handlers of routes with keepTyped see such a request
	values  map[string][]string
	tenant  *civic.Tenant // set by brand
	now     *page.Notice  // set by warn
	back    string        // where a log-in should lead back to, for posts
}

// begin starts the request's time: the handler must be done within it. A file that it answers with may then take
// sendTime more, since its bytes are read from their store while they are sent.
func (r *request) begin(within time.Duration) {
	r.ctx, r.cancel = context.WithTimeout(r.srv.base, within+sendTime)
	r.limit = time.AfterFunc(within, r.cancel)
}

// finish ends the request's time, unless a file is still being sent: then its closing does.
func (r *request) finish() {
	r.limit.Stop()
	if !r.sending {
		r.cancel()
	}
}

// sent is a file on its way out; closing it ends the request's time.
type sent struct {
	io.Reader
	file io.Closer
	end  context.CancelFunc
}

func (s sent) Close() error {
	defer s.end()
	return s.file.Close()
}

// value returns the first posted value of a name, without white space around it.
func (r *request) value(name string) string {
	if v := r.values[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// render writes a page.
func (r *request) render(status int, c templ.Component) error {
	r.Status(status)
	r.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	if r.Method() == fiber.MethodPost {
		r.Set("X-Page", "answer") // for the script: this page has no address of its own
	}
	return c.Render(r.ctx, r.Ctx.Response().BodyWriter())
}

// seeOther redirects after a post, to a path of our own and nowhere else.
func (r *request) seeOther(path string) error {
	path = localPath(path, "/")
	if r.Get("X-Script") != "" && r.Method() == fiber.MethodPost {
		// The script opens the page itself: a redirect would fetch it twice, and lead where a script may not follow.
		r.saySession()
		r.Set("X-Location", path)
		return r.SendStatus(fiber.StatusNoContent)
	}
	return r.Redirect(path, fiber.StatusSeeOther)
}

// brand makes the tenant the one whose page this is.
func (r *request) brand(t civic.Tenant) { r.tenant = &t }

// shell is the frame of a page, in the tenant's look where one is set.
func (r *request) shell(title string) page.Shell {
	s := page.Shell{
		L: r.l, Title: title, CSRF: r.csrf, Path: r.pathQuery(),
		Assets: r.srv.pageAssets(),
		Theme:  r.theme(),
		Demo:   len(r.srv.Demo) > 0,
		Notice: r.takeNotice(),
		Brand:  r.srv.brandOf(r),
	}
	r.visitor(&s)
	return s
}

// pathQuery is the address to come back to: of a post, that of the page it came from, where the handler has named it.
func (r *request) pathQuery() string {
	if r.Method() != fiber.MethodGet && r.Method() != fiber.MethodHead {
		return localPath(or(r.back, r.Path()), "/")
	}
	return string(r.Context().URI().RequestURI())
}

// T words a catalogue key in the visitor's language.
func (r *request) T(key string, args ...any) string { return r.l.T(key, args...) }

// stream answers with a file that is never rendered in our origin: as an attachment, sandboxed, not sniffed.
func (r *request) stream(name, mediaType string, body io.Reader, size int64, inline bool) error {
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	r.Set(fiber.HeaderContentType, mediaType)
	r.Set(fiber.HeaderContentDisposition, disposition+"; filename*=UTF-8''"+url.PathEscape(name))
	r.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox; frame-ancestors 'self'")
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	if file, ok := body.(io.Closer); ok {
		r.sending, body = true, sent{body, file, r.cancel}
	}
	return r.SendStream(body, int(size))
}

// download answers with a document that we made ourselves.
func (r *request) download(name, mediaType string, body []byte) error {
	return r.stream(name, mediaType, bytes.NewReader(body), int64(len(body)), true)
}

// languageAction tells whether the language switch sent the form.
func (r *request) languageAction() (string, bool) {
	return strings.CutPrefix(r.value("_action"), "lang:")
}

// localPath returns p when it is a path of ours to redirect to, else the fallback.
func localPath(p, fallback string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return fallback
	}
	if u, err := url.Parse(p); err != nil || u.Host != "" || u.Scheme != "" {
		return fallback
	}
	return p
}
