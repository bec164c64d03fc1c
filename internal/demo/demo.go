// Package demo is what a trial installation has instead of the state's identity provider and mail server: an OpenID
// Connect provider whose login page is a choice of personas, and a mailbox that keeps mails instead of sending them.
// Both are http.Handlers on the server itself. Nobody but cmd may import it, and it must refuse to run where strangers
// could reach it (Check), because everybody may be anybody here.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"antragswerk/internal/civic"
)

//go:embed page/*.html
var pages embed.FS

// Tenants finds authorities for the personas of their staff.
type Tenants interface {
	// Search lists authorities by the beginning of a word of their name; "" lists none.
	Search(ctx context.Context, q string, limit int) ([]civic.Tenant, error)
	// Tenant returns NotFound for an unknown slug.
	Tenant(ctx context.Context, slug string) (civic.Tenant, error)
}

// Check refuses the demo identity provider on an address that strangers can reach, unless allow says in plain words
// that this is wanted. listen is what the server binds to, publicURL what browsers use.
func Check(listen, publicURL string, allow bool) error {
	if allow {
		return nil
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("demo: %q is not an address to listen on: %w", listen, err)
	}
	u, err := url.Parse(publicURL)
	if err != nil {
		return fmt.Errorf("demo: %q is not an address: %w", publicURL, err)
	}
	for _, h := range []string{host, u.Hostname()} {
		if !loopback(h) {
			return fmt.Errorf("demo: the demo identity provider lets anybody in as anybody, and %q can be reached from "+
				"outside; set OIDC_CITIZEN_ISSUER and OIDC_STAFF_ISSUER, or allow it explicitly", h)
		}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// parsePage reads one page and the frame that all share.
func parsePage(name string) (*template.Template, error) {
	return template.New("frame.html").ParseFS(pages, "page/frame.html", "page/"+name)
}

// show answers with a page. The server's own headers (CSP and others) stay as they are.
func show(w http.ResponseWriter, status int, t *template.Template, data any) {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		http.Error(w, "demo: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, b.String())
}

// writeFile replaces a file so that a crash leaves the old or the new one, never half of it.
func writeFile(path string, body []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(body); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
