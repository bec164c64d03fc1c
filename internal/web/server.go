// Package web is the edge: the route table, handlers, middleware and the one error page. It turns HTTP into calls of
// the use cases and their answers into pages. It alone knows fiber; it must not know adapters: what it needs beyond
// the use cases stands in ports.go. Handlers of one area share a prefix (apply_…, desk_…, admin_…, state_…).
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"antragswerk/internal/admin"
	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/find"
	"antragswerk/internal/publish"
	"antragswerk/static"
)

// Deps is everything the server works with. All fields but Demo are required.
type Deps struct {
	Find      *find.Service
	Apply     *apply.Service
	Clerk     *clerk.Service
	Admin     *admin.Service
	Publish   *publish.Service
	Documents Documents

	Sessions Sessions
	Heads    Heads
	Cache    Cache
	Presence Presence
	Limiter  Limiter
	Line     Line
	Citizen  Login
	Staff    Login
	Vault    Vault
	Assets   *static.Assets

	// Ready checks the parts that a request needs; the error names the part and is for the log and /readyz.
	Ready []Check
	// Demo mounts foreign handlers below a path, e.g. the demo identity provider.
	Demo map[string]Mount

	PublicURL *url.URL
	// Hosts are the municipalities' own host names, in small letters, with the slug of the authority that each leads to.
	Hosts map[string]string
	// SecurityContact is where weaknesses are reported, mailto: or https:, "" nowhere.
	SecurityContact string
	// Providers are the origins of identity providers, to which a form may lead.
	Providers []string
	// Proxies are the addresses of our own reverse proxies, whose X-Forwarded-For is believed.
	Proxies []netip.Addr
	// Challenge are the classes of routes (read, write, login) for which every browser must prove something, even below the limits.
	Challenge []string
	// AdmitEvery is how long it takes until the next new visitor is let in; 0 lets everybody in at once.
	AdmitEvery time.Duration
	Now        civic.Clock
	NewID      func() string
	Log        *slog.Logger
}

// Check is one part that readiness depends on.
type Check struct {
	Name string
	Ping func(context.Context) error
}

// Server is the HTTP side of one node. It keeps no state that another node would need.
type Server struct {
	Deps
	app     *fiber.App
	metrics *metrics
	cookies cookieJar
	policy  string // content security policy of our pages
	base    context.Context
	cancel  context.CancelFunc
}

const (
	headerTimeout = 15 * time.Second
	// minimumRate is the slowest upload that is waited for, in bytes a second; one that stalls is waited for stallTime.
	minimumRate = 8 << 10
	stallTime   = 90 * time.Second
	// maxForm limits the fields of a form, files not counted.
	maxForm = 1 << 20
	// maxTyped is the same where what was typed is shown again when it is too long: encoded, a text grows up to threefold.
	maxTyped = 4 << 20
	// handlerTime is how long a request may take, besides the time in which its body may arrive (bodyTime).
	handlerTime = 30 * time.Second
	// sendTime is how long an answer may take to be read by the browser.
	sendTime = 5 * time.Minute
)

// New builds the server; it does not listen yet.
func New(d Deps) *Server {
	base, cancel := context.WithCancel(context.Background())
	s := &Server{Deps: d, metrics: newMetrics(), base: base, cancel: cancel, cookies: cookieJar{secure: d.PublicURL.Scheme == "https"},
		policy: contentPolicy(d.Providers)}
	s.app = fiber.New(fiber.Config{
		Immutable:                    true, // kept strings must not change under another request
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true, // otherwise the whole body is held in memory
		DisableStartupMessage:        true,
		BodyLimit:                    maxForm,
		ReadTimeout:                  headerTimeout,
		WriteTimeout:                 sendTime,
		IdleTimeout:                  75 * time.Second,
		ReadBufferSize:               16 << 10, // header limit
		ErrorHandler:                 s.onError,
	})
	s.app.Server().HeaderReceived = bodyDeadline
	s.register()
	return s
}

// bodyTime is how long a body of n bytes may take to arrive. Who announces more than is ever taken gets no more time for it.
func bodyTime(n int) time.Duration {
	return time.Duration(min(max(n, 0), apply.MaxUpload+maxForm)/minimumRate) * time.Second
}

// bodyDeadline replaces the header's deadline by one that fits the body: a slow line may take its time.
func bodyDeadline(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	n := h.ContentLength()
	if n <= 0 {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{ReadTimeout: headerTimeout + bodyTime(n)}
}

// Serve answers on the listener until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	if err := s.app.Listener(steadyListener{l, s.Now}); err != nil {
		return fmt.Errorf("web: serve: %w", err)
	}
	return nil
}

// Shutdown stops listening and waits for requests under way until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.cancel()
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("web: shutdown: %w", err)
	}
	return nil
}
