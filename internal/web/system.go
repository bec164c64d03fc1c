package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// systemRoutes are for machines and browsers' small needs.
func (s *Server) systemRoutes() []route {
	return []route{
		{method: fiber.MethodGet, path: "/healthz", class: free, handle: s.healthz},
		{method: fiber.MethodGet, path: "/readyz", class: free, handle: s.readyz},
		{method: fiber.MethodGet, path: "/metrics", class: free, handle: s.scrape},
		{method: fiber.MethodGet, path: "/static/:file", class: free, handle: s.asset},
		{method: fiber.MethodGet, path: "/robots.txt", class: free, handle: s.robots},
		{method: fiber.MethodGet, path: "/.well-known/security.txt", class: free, handle: s.securityTxt},
		post("/theme", anybody, s.setTheme),
		{method: fiber.MethodPost, path: proofPath, class: proving, handle: s.proof, token: true},
		{method: fiber.MethodPost, path: reportPath, class: reporting, handle: s.cspReport, token: true, script: true},
	}
}

// healthz tells that the process answers.
func (s *Server) healthz(r *request) error { return r.SendString("ok\n") }

// readyz tells whether requests can be served: each part is asked, the answer names those that fail.
func (s *Server) readyz(r *request) error {
	ctx, cancel := context.WithTimeout(r.ctx, 3*time.Second)
	defer cancel()
	var b strings.Builder
	status := fiber.StatusOK
	for _, c := range s.Ready {
		if err := c.Ping(ctx); err != nil {
			s.Log.Error("not ready", "part", c.Name, "cause", err)
			status = fiber.StatusServiceUnavailable
			fmt.Fprintf(&b, "%s: down\n", c.Name)
			continue
		}
		fmt.Fprintf(&b, "%s: ok\n", c.Name)
	}
	return r.Status(status).SendString(b.String())
}

func (s *Server) robots(r *request) error {
	return r.SendString("User-agent: *\nDisallow: /me\nDisallow: /desk\nDisallow: /admin\nDisallow: /state\nDisallow: /auth\nDisallow: /demo\n")
}

// securityTxtFor is how long a security.txt holds (RFC 9116 wants less than a year): whoever cached it asks again.
const securityTxtFor = 90 * 24 * time.Hour

// securityTxt tells whom to write to about a weakness (RFC 9116); there is none while nobody is named.
func (s *Server) securityTxt(r *request) error {
	if s.SecurityContact == "" {
		return notFound(r)
	}
	r.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	expires := s.Now().Add(securityTxtFor).UTC().Truncate(24 * time.Hour)
	return r.SendString("Contact: " + s.SecurityContact + "\nExpires: " + expires.Format(time.RFC3339) + "\nPreferred-Languages: de, en\nCanonical: " +
		s.PublicURL.JoinPath(".well-known", "security.txt").String() + "\n")
}

// asset serves a file of the build; its name holds its digest, so it never changes.
func (s *Server) asset(r *request) error {
	body, mediaType, encoding, ok := s.Assets.Get(r.Params("file"), r.Get(fiber.HeaderAcceptEncoding))
	if !ok {
		return notFound(r)
	}
	r.Set(fiber.HeaderContentType, mediaType)
	r.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	r.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if encoding != "" {
		r.Set(fiber.HeaderContentEncoding, encoding)
	}
	return r.Send(body)
}

// metrics counts requests by route pattern, never by address.
type metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	submissions prometheus.Counter
	violations  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry:    prometheus.NewRegistry(),
		requests:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "antragswerk_requests_total", Help: "HTTP requests by method, route and status."}, []string{"method", "route", "status"}),
		submissions: prometheus.NewCounter(prometheus.CounterOpts{Name: "antragswerk_submissions_total", Help: "Applications received."}),
		violations:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "antragswerk_policy_violations_total", Help: "What browsers refused by the content security policy."}, []string{"directive", "blocked"}),
		seconds:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "antragswerk_request_seconds", Help: "Time to answer by route.", Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, 1, 5}}, []string{"route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.submissions, m.violations, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// Registry lets other parts add their own metrics.
func (s *Server) Registry() prometheus.Registerer { return s.metrics.registry }

func (s *Server) scrape(r *request) error {
	return adaptor.HTTPHandler(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))(r.Ctx)
}

// Mount is a foreign http.Handler below one of our paths.
type Mount struct{ Handler http.Handler }

func (m Mount) serve(c *fiber.Ctx) error {
	c.Locals("route", "demo")
	return adaptor.HTTPHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.Handler.ServeHTTP(w, lasting(r))
	}))(c)
}

// lasting is the request with strings of its own: the adaptor's lie in the connection's buffer, where the next request
// would change whatever the handler keeps.
func lasting(r *http.Request) *http.Request {
	out := *r
	out.Method, out.Proto, out.Host, out.RequestURI = strings.Clone(r.Method), strings.Clone(r.Proto), strings.Clone(r.Host), strings.Clone(r.RequestURI)
	if u, err := url.ParseRequestURI(out.RequestURI); err == nil {
		out.URL = u
	}
	out.Header = make(http.Header, len(r.Header))
	for name, values := range r.Header {
		for _, v := range values {
			out.Header.Add(strings.Clone(name), strings.Clone(v))
		}
	}
	return &out
}
