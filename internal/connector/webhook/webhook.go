// Package webhook is a way out: a submission is posted to an address of the authority, signed, streamed in constant memory.
//
// The body is multipart/form-data: part "submission" (JSON: ids, file number, answers, digest, list of files), part
// "application" (the PDF), then one part "file" per attachment. Headers: Idempotency-Key is the delivery's id;
// X-Antragswerk-Timestamp is Unix seconds; X-Antragswerk-Signature is "v1=" and the hex HMAC-SHA-256, under the route's
// secret, of timestamp + "." + hex SHA-256 of the part "submission", whose list of files holds the SHA-256 of each.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"antragswerk/internal/civic"
)

// Config says how far a webhook may reach.
type Config struct {
	// AllowPrivate lets it reach loopback and private networks; otherwise they are refused after name resolution.
	AllowPrivate bool
	Now          civic.Clock
}

// Connector posts parcels.
type Connector struct {
	cfg    Config
	client *http.Client
}

// New makes a connector.
func New(cfg Config) *Connector {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if !cfg.AllowPrivate {
		dialer.Control = refusePrivate
	}
	return &Connector{cfg: cfg, client: &http.Client{
		Timeout: 5 * time.Minute,
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
			ResponseHeaderTimeout: time.Minute, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// failure is an attempt that did not arrive. Its text is shown to the authority's admin.
type failure struct {
	text      string
	permanent bool
}

func (f *failure) Error() string { return "webhook: " + f.text }

// Permanent tells that trying again without a change is useless.
func (f *failure) Permanent() bool { return f.permanent }

// refusePrivate looks at the address that a name resolved to, so that no name leads inside.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &failure{text: "unreadable address", permanent: true}
	}
	a := ap.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || sharedNet.Contains(a) || translated.Contains(a) {
		return &failure{text: "the address leads into a private network, which is refused", permanent: true}
	}
	return nil
}

// sharedNet is carrier-grade NAT (RFC 6598), which netip does not count as private.
var sharedNet = netip.MustParsePrefix("100.64.0.0/10")

// translated is IPv6 for any IPv4 address behind a translator (RFC 6052), a private one too.
var translated = netip.MustParsePrefix("64:ff9b::/96")

// body is the part "submission".
type body struct {
	ID         string          `json:"id"`
	Tenant     string          `json:"tenant"`
	Authority  string          `json:"authority"`
	Service    string          `json:"service"`
	LeiKa      string          `json:"leika"`
	FileNumber string          `json:"fileNumber"`
	Case       string          `json:"case"`
	Kind       string          `json:"kind"`
	Submitted  string          `json:"submitted"`
	Answers    json.RawMessage `json:"answers"`
	Digest     string          `json:"digest"`
	Files      []file          `json:"files"`
}

type file struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	MediaType string `json:"mediaType"`
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"`
}

// Send posts the parcel once. 2xx is delivered; 4xx is permanent but for those that ask to wait or repeat.
func (c *Connector) Send(ctx context.Context, p civic.Parcel) error {
	if u, err := url.Parse(p.Target); err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && c.cfg.AllowPrivate) {
		return &failure{text: "the address must begin with https://", permanent: true}
	}
	main, err := json.Marshal(bodyOf(p))
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() { write.CloseWithError(writeParts(form, main, p)) }()
	defer read.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Target, read)
	if err != nil {
		return &failure{text: "unreadable address", permanent: true}
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("User-Agent", "antragswerk")
	req.Header.Set("Idempotency-Key", p.ID)
	stamp := strconv.FormatInt(c.cfg.Now().Unix(), 10)
	req.Header.Set("X-Antragswerk-Timestamp", stamp)
	req.Header.Set("X-Antragswerk-Signature", "v1="+Sign(p.Secret, stamp, main))
	resp, err := c.client.Do(req)
	if err != nil {
		var f *failure
		if errors.As(err, &f) {
			return f
		}
		return &failure{text: reason(err)}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return verdict(resp.StatusCode)
}

// reason is why a request failed, without the address, which may hold a token.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func verdict(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return &failure{text: fmt.Sprintf("the other side answered %d", status)}
	}
	return &failure{text: fmt.Sprintf("the other side answered %d", status), permanent: true}
}

// Sign is the signature's hex: HMAC-SHA-256 of timestamp + "." + hex SHA-256 of the part "submission".
func Sign(secret []byte, timestamp string, submission []byte) string {
	sum := sha256.Sum256(submission)
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(timestamp + "." + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(m.Sum(nil))
}

func bodyOf(p civic.Parcel) body {
	b := body{ID: p.ID, Tenant: p.Tenant, Authority: p.TenantName, Service: p.Service, LeiKa: p.LeiKa, FileNumber: p.FileNumber, Case: p.CaseID,
		Kind: string(p.Kind), Submitted: p.Submitted.UTC().Format(time.RFC3339), Answers: p.Answers, Digest: hex.EncodeToString(p.Digest), Files: []file{}}
	for _, f := range p.Files {
		b.Files = append(b.Files, file{f.ID, f.Name, f.MediaType, f.Bytes, hex.EncodeToString(f.SHA256)})
	}
	return b
}

func writeParts(form *multipart.Writer, main []byte, p civic.Parcel) error {
	if err := writePart(form, "submission", "submission.json", "application/json", bytes.NewReader(main)); err != nil {
		return err
	}
	if len(p.PDF) > 0 {
		if err := writePart(form, "application", p.FileNumber+".pdf", "application/pdf", bytes.NewReader(p.PDF)); err != nil {
			return err
		}
	}
	for _, f := range p.Files {
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("attachment: %w", err)
		}
		err = writePart(form, "file", f.Name, f.MediaType, r)
		_ = r.Close()
		if err != nil {
			return err
		}
	}
	return form.Close()
}

func writePart(form *multipart.Writer, field, name, mediaType string, r io.Reader) error {
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", multipart.FileContentDisposition(field, name))
	h.Set("Content-Type", mediaType)
	w, err := form.CreatePart(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}
