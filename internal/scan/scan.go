// Package scan asks a malware scanner about uploaded files: clamd, over its INSTREAM command.
//
// Files stream through in constant memory and are never written anywhere by this package. When there is no scanner the
// verdict is "unscanned", and whoever opens the file is told; an unreachable scanner is an error, never a verdict.
package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Scanner says whether a file is malware.
type Scanner interface {
	// Scan reads r to its end. The signature is the scanner's name for what it found, "" unless infected. Errors: TooLarge
	// for more bytes than the scanner takes, Unavailable when it does not answer; an error of r comes back as it is.
	Scan(ctx context.Context, r io.Reader) (verdict civic.Verdict, signature string, err error)
	// Ping tells whether the scanner answers.
	Ping(ctx context.Context) error
}

const (
	// portion is how much is sent at a time.
	portion = 64 << 10
	// longestScan bounds one file from first byte to verdict, also when the caller's context has no deadline.
	longestScan = 5 * time.Minute
	// longestReply is more than clamd ever says.
	longestReply = 4 << 10
)

// Open chooses the scanner by the URL: "" for none, "tcp:host:3310" or "unix:/run/clamav/clamd.ctl" for clamd. It does not
// connect: a scanner that starts later than the platform is no reason not to start.
func Open(raw string) (Scanner, error) {
	scheme, rest, _ := strings.Cut(raw, ":")
	switch scheme {
	case "":
		return None{}, nil
	case "tcp":
		host := strings.TrimPrefix(rest, "//")
		if _, port, err := net.SplitHostPort(host); err != nil || port == "" {
			return nil, fmt.Errorf("clamd URL: tcp: needs host and port, as in tcp:127.0.0.1:3310")
		}
		return &Clamd{network: "tcp", address: host}, nil
	case "unix":
		u, err := url.Parse(raw)
		if err != nil || u.Path == "" || u.Host != "" {
			return nil, errors.New("clamd URL: unix: needs an absolute path, as in unix:/run/clamav/clamd.ctl")
		}
		return &Clamd{network: "unix", address: u.Path}, nil
	}
	return nil, fmt.Errorf("clamd URL: the scheme must be tcp: or unix:, not %q; leave it empty for no scanner", scheme)
}

// None is the scanner that is not there.
type None struct{}

// Scan says "unscanned" and does not read r.
func (None) Scan(context.Context, io.Reader) (civic.Verdict, string, error) {
	return civic.VerdictUnscanned, "", nil
}

// Ping succeeds: there is nothing to reach.
func (None) Ping(context.Context) error { return nil }

// Clamd is a clamd server. Each scan has a connection of its own.
type Clamd struct{ network, address string }

// Scan sends r in portions and waits for the verdict.
func (c *Clamd) Scan(ctx context.Context, r io.Reader) (civic.Verdict, string, error) {
	var fault error // of r
	reply, err := c.converse(ctx, func(w io.Writer) error {
		err := send(w, r)
		var of *readError
		if errors.As(err, &of) {
			fault = of.error
		}
		return err
	})
	switch {
	case fault != nil:
		return "", "", fault
	case err != nil:
		return "", "", unavailable(err)
	}
	return verdict(reply)
}

// Ping asks for a sign of life.
func (c *Clamd) Ping(ctx context.Context) error {
	reply, err := c.converse(ctx, func(w io.Writer) error {
		_, err := io.WriteString(w, "zPING\x00")
		return err
	})
	if err == nil && reply != "PONG" {
		err = fmt.Errorf("clamd answers %q", reply)
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// converse connects, lets say speak, and returns the reply. clamd may reply before it heard everything (a stream over its
// limit) and then hangs up; its reply explains the failed write and goes first.
func (c *Clamd) converse(ctx context.Context, say func(io.Writer) error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, longestScan)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // wakes what waits on the connection

	said := say(conn)
	var own *readError
	if errors.As(said, &own) {
		return "", said
	}
	reply, heard := io.ReadAll(io.LimitReader(conn, longestReply))
	if text := string(bytes.TrimRight(reply, "\x00\n")); text != "" && bytes.ContainsAny(reply, "\x00\n") {
		return text, nil
	}
	if err := errors.Join(ctx.Err(), said, heard); err != nil {
		return "", err
	}
	return "", io.ErrUnexpectedEOF
}

// readError is a fault of the file that is scanned, not of the scanner.
type readError struct{ error }

// send speaks INSTREAM: each portion after its length, and a length of zero at the end. A reader that breaks gets no end, so
// that half a file never gets a verdict.
func send(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	buf := make([]byte, 4+portion)
	for {
		n, err := r.Read(buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n)) // #nosec -- at most portion
			if _, err := w.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is not the end
			_, err := w.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return &readError{err}
		}
	}
}

// verdict reads clamd's reply: "stream: OK", "stream: Name FOUND" or "… ERROR".
func verdict(reply string) (civic.Verdict, string, error) {
	text := strings.TrimPrefix(reply, "stream: ")
	if name, found := strings.CutSuffix(text, " FOUND"); found && name != "" {
		return civic.VerdictInfected, name, nil
	}
	switch {
	case text == "OK":
		return civic.VerdictClean, "", nil
	case strings.Contains(text, "size limit exceeded"):
		return "", "", civic.Errorf(civic.TooLarge, "error.scan.too_large")
	}
	return "", "", unavailable(fmt.Errorf("clamd answers %q", text))
}

func unavailable(cause error) error {
	return civic.Errorf(civic.Unavailable, "error.scan.unavailable").Because(cause)
}
