package web

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// machinePaths are asked by machines that know the node's address only; their answers hold no link.
var machinePaths = []string{"/healthz", "/readyz", "/metrics"}

// elsewhere answers requests under a name that is not the platform's own: that of a municipality leads to its pages, any
// other is refused, so that no answer ever speaks of a host that a stranger has chosen. The platform's own are the public
// name, and any on loopback.
func (s *Server) elsewhere(c *fiber.Ctx) (done bool, err error) {
	host := hostOf(c)
	if strings.EqualFold(host, s.PublicURL.Host) || isLoopback(host) || slices.Contains(machinePaths, c.Path()) {
		return false, nil
	}
	if slug, ours := s.Hosts[strings.ToLower(withoutPort(host))]; ours && changesNothing(c.Method()) {
		return true, c.Redirect(s.PublicURL.JoinPath(under(slug, c.Path())).String(), fiber.StatusFound) // #nosec G125 -- a path of ours, on our own host whatever it says
	}
	l := locale.For(s.language(c))
	c.Status(fiber.StatusMisdirectedRequest).Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return true, page.Misdirected(l, s.PublicURL.JoinPath("/").String()).Render(s.base, c.Response().BodyWriter())
}

// under is a path among the pages of an authority. What was asked for is not led on with it: it may be anything.
func under(slug, path string) string {
	path = localPath(path, "/")
	if path == "/"+slug || strings.HasPrefix(path, "/"+slug+"/") {
		return path
	}
	return "/" + slug + path
}

// hostOf is the Host header itself; what a proxy says about it is not asked.
func hostOf(c *fiber.Ctx) string { return string(c.Context().Host()) }

func withoutPort(host string) string {
	if h, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		return h
	}
	return host
}

func isLoopback(host string) bool {
	name := withoutPort(host)
	if name == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && a.IsLoopback()
}
