// Package mail sends e-mail over SMTP.
//
// A mail goes to one person. It is plain text with attachments, encoded so that umlauts arrive. What could add a header or
// a recipient (a line break in a subject, say) is refused, not mended. Errors tell whether another try makes sense and hold
// neither addresses nor content, since they end up in logs.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"net"
	netmail "net/mail"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"antragswerk/internal/civic"
)

// Sender sends mails through one SMTP server, each over a connection of its own. It is safe for several goroutines.
type Sender struct {
	host    string
	from    string
	options []gomail.Option
	now     civic.Clock
}

// patience bounds the whole conversation with the server about one mail.
const patience = time.Minute

// Open takes "smtp://user:password@host:port". Settings that may follow:
//
//	tls=starttls  encrypted after the greeting, or not at all (port 587); the default
//	tls=tls       encrypted from the start (port 465)
//	tls=none      not encrypted (port 25); the default on the loopback address
//	ca=file.pem   authorities to trust besides the system's, for a server of one's own
//	from=address  the sender; otherwise the one given to Open
//
// It does not connect; see Ping.
func Open(raw, from string, now civic.Clock) (*Sender, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("SMTP URL: not a URL of the form smtp://user:password@host:587") // the parser's error shows the password
	}
	if u.Scheme != "smtp" || u.Hostname() == "" {
		return nil, errors.New("SMTP URL: must begin with smtp:// and a host")
	}
	query := u.Query()
	for name := range query {
		if name != "tls" && name != "ca" && name != "from" {
			return nil, fmt.Errorf("SMTP URL: unknown setting %q; there are tls, ca and from", name)
		}
	}
	if query.Has("from") {
		from = query.Get("from")
	}
	s := &Sender{host: u.Hostname(), now: now}
	if s.from, err = address(from); err != nil {
		return nil, fmt.Errorf("SMTP URL: the sender %q is not an address", from)
	}
	options, err := transport(u, query)
	if err != nil {
		return nil, fmt.Errorf("SMTP URL: %w", err)
	}
	s.options = append(options, gomail.WithTimeout(patience))
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithUsername(user), gomail.WithPassword(password),
			gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("SMTP URL: %w", err)
	}
	return s, nil
}

// transport chooses port and encryption.
func transport(u *url.URL, query url.Values) ([]gomail.Option, error) {
	mode := query.Get("tls")
	if ip := net.ParseIP(u.Hostname()); mode == "" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		mode = "none"
	}
	var options []gomail.Option
	var port int
	switch mode {
	case "", "starttls":
		options, port = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory)), gomail.DefaultPortTLS
	case "tls":
		options, port = append(options, gomail.WithSSL()), gomail.DefaultPortSSL
	case "none":
		options, port = append(options, gomail.WithTLSPolicy(gomail.NoTLS)), gomail.DefaultPort
	default:
		return nil, fmt.Errorf("tls must be starttls, tls or none, not %q", mode)
	}
	if u.Port() != "" {
		n, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || n == 0 {
			return nil, errors.New("the port must be a number up to 65535")
		}
		port = int(n)
	}
	config := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if file := query.Get("ca"); file != "" {
		pem, err := os.ReadFile(file) // #nosec G304 -- the operator names the file
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: there is no certificate in %s", file)
		}
	}
	return append(options, gomail.WithTLSConfig(config), gomail.WithPort(port)), nil
}

// Send hands the mail to the server and returns when the server has taken it. Errors: Invalid when it will never be taken
// (malformed, or refused for good), Unavailable when another try makes sense. The same ID gives the same Message-ID, by
// which a mailbox may notice a mail that was sent twice.
func (s *Sender) Send(ctx context.Context, m civic.Mail) error {
	msg, err := s.compose(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return unavailable(err)
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return unavailable(err)
	}
	err = client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // a failed farewell does not undo what the server took
	if err != nil {
		return refusal(err)
	}
	return nil
}

// Ping connects, encrypts and logs in as Send would.
func (s *Sender) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return unavailable(err)
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err == nil {
		err = client.CloseWithSMTPClient(conn)
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// compose checks everything that becomes a header and builds the message.
func (s *Sender) compose(m civic.Mail) (*gomail.Msg, error) {
	if !plain(m.Subject, m.FromName, m.ID) || strings.ContainsAny(m.ID, "<>@ \"") {
		return nil, malformed()
	}
	to, err := address(m.To)
	if err != nil {
		return nil, malformed()
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: m.FromName, Address: s.from})
	msg.ToMailAddress(&netmail.Address{Address: to})
	if m.ReplyTo != "" {
		back, err := address(m.ReplyTo)
		if err == nil {
			err = msg.ReplyTo(back)
		}
		if err != nil {
			return nil, malformed()
		}
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(s.now())
	if m.ID != "" {
		_, domain, _ := strings.Cut(s.from, "@")
		msg.SetMessageIDWithValue(m.ID + "@" + domain)
	}
	// Keeps out-of-office replies away (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	for _, f := range m.Files {
		mediaType, _, err := mime.ParseMediaType(f.MediaType)
		if err != nil || f.Name == "" || !plain(f.Name) {
			return nil, malformed()
		}
		msg.AttachReadSeeker(f.Name, bytes.NewReader(f.Body), gomail.WithFileContentType(gomail.ContentType(mediaType)))
	}
	return msg, nil
}

// address returns a bare address; a name beside it, or several addresses, are an error.
func address(s string) (string, error) {
	parsed, err := netmail.ParseAddress(s)
	if err != nil || parsed.Address != s || !plain(s) {
		return "", errors.New("not an address")
	}
	return s, nil
}

// plain tells that no part has a control character, which is what could begin another header.
func plain(parts ...string) bool {
	for _, p := range parts {
		if strings.IndexFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }) >= 0 {
			return false
		}
	}
	return true
}

func malformed() error { return civic.Errorf(civic.Invalid, "error.mail.malformed") }

// refusal tells a final answer from one that may change. The library's error quotes addresses, so only the numbers go on.
func refusal(err error) error {
	var sent *gomail.SendError
	if !errors.As(err, &sent) {
		return unavailable(errors.New("the conversation with the mail server broke off"))
	}
	cause := fmt.Errorf("SMTP reply %d %s (%s)", sent.ErrorCode(), sent.EnhancedStatusCode(), sent.Reason)
	if !sent.IsTemp() && sent.ErrorCode() >= 500 {
		return civic.Errorf(civic.Invalid, "error.mail.refused").Because(cause)
	}
	return unavailable(cause)
}

func unavailable(cause error) error {
	return civic.Errorf(civic.Unavailable, "error.mail.unavailable").Because(cause)
}
