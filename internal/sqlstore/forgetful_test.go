package sqlstore_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"regexp"
	"sync/atomic"
	"testing"
)

// A forgetful line to PostgreSQL is a store written by somebody who forgot the tenant in every condition: it takes each comparison of a
// tenant with a value out of the statements on their way. What comes back foreign then, row-level security has let through.
type forgetful struct {
	url     string       // the database through the line
	removed atomic.Int64 // conditions
}

// condition is the comparison of a tenant with a value. The value must stay used, or the statement would have one too many.
var condition = regexp.MustCompile(`(?i)\b(WHERE|AND|OR|ON|WHEN)(\s+\(?)(?:\w+\.)?tenant\s*=\s*(\$\d+)`)

// public tables are read by everybody and say so in their policies: there is nothing to forget.
var public = regexp.MustCompile(`(?i)\b(FROM|JOIN|UPDATE|INTO)\s+(offerings|overlays|logos|tenants)\b`)

func newForgetful(t *testing.T, database string) *forgetful {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	f, server := &forgetful{}, u.Host
	u.Host = l.Addr().String()
	f.url = u.String()
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go f.join(client, server)
		}
	}()
	return f
}

func (f *forgetful) join(client net.Conn, address string) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	_ = f.pass(server, client)
}

// pass reads the protocol's messages (a kind, but for those that open a connection, and a length) and changes statements.
func (f *forgetful) pass(server io.Writer, client io.Reader) error {
	opening := true
	for {
		head := make([]byte, 5)
		if opening {
			head = head[:4]
		}
		if _, err := io.ReadFull(client, head); err != nil {
			return err
		}
		kind, size := byte(0), binary.BigEndian.Uint32(head[len(head)-4:])
		body := make([]byte, size-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return err
		}
		if opening {
			opening = binary.BigEndian.Uint32(body) != 196608 // a request for encryption or to cancel comes before version 3.0
		} else {
			kind = head[0]
		}
		switch kind {
		case 'Q':
			body = append(f.forget(bytes.TrimSuffix(body, []byte{0})), 0)
		case 'P': // name, statement, types
			name, rest, _ := bytes.Cut(body, []byte{0})
			statement, types, _ := bytes.Cut(rest, []byte{0})
			body = bytes.Join([][]byte{name, f.forget(statement), types}, []byte{0})
		}
		binary.BigEndian.PutUint32(head[len(head)-4:], uint32(len(body)+4))
		if _, err := server.Write(append(head, body...)); err != nil {
			return err
		}
	}
}

func (f *forgetful) forget(statement []byte) []byte {
	if public.Match(statement) {
		return statement
	}
	return condition.ReplaceAllFunc(statement, func(c []byte) []byte {
		f.removed.Add(1)
		return condition.ReplaceAll(c, []byte("$1$2(CAST($3 AS TEXT) IS NOT NULL)"))
	})
}

func TestForget(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT * FROM cases c WHERE c.tenant = $1 AND c.id = $2":                         "SELECT * FROM cases c WHERE (CAST($1 AS TEXT) IS NOT NULL) AND c.id = $2",
		"UPDATE cases SET tenant = $1 WHERE id = $2 AND tenant = $3":                      "UPDATE cases SET tenant = $1 WHERE id = $2 AND (CAST($3 AS TEXT) IS NOT NULL)",
		"SELECT 1 FROM cases c JOIN dossiers d ON d.tenant = c.tenant AND d.tenant = $12": "SELECT 1 FROM cases c JOIN dossiers d ON d.tenant = c.tenant AND (CAST($12 AS TEXT) IS NOT NULL)",
		"SELECT * FROM offerings WHERE tenant = $1":                                       "SELECT * FROM offerings WHERE tenant = $1",
	} {
		if got := string((&forgetful{}).forget([]byte(in))); got != want {
			t.Errorf("%s\nbecomes %s", in, got)
		}
	}
}
