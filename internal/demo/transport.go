package demo

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// Transport answers requests for the issuer's addresses in this process and hands all others to next (nil: refuse
// nothing, use http.DefaultTransport). The server is its own provider: asking itself over the network could wait for
// the very request that asks, or come too early, before it listens.
func (p *Provider) Transport(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return inside{provider: p, next: next}
}

type inside struct {
	provider *Provider
	next     http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t inside) RoundTrip(r *http.Request) (*http.Response, error) {
	here := t.provider.cfg.Issuer + "/"
	if !strings.HasPrefix(r.URL.String(), here) {
		return t.next.RoundTrip(r)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	served.RequestURI = r.URL.RequestURI()
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	t.provider.ServeHTTP(rec, served)
	if r.Body != nil {
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status: http.StatusText(rec.status), StatusCode: rec.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: rec.header, Body: io.NopCloser(&rec.body), ContentLength: int64(rec.body.Len()), Request: r,
	}, nil
}

// recorder keeps an answer in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
