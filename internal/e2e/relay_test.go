package e2e

import (
	"io"
	"net"
	"strings"
	"testing"
)

// relay makes the world known under a second port, whose connections arrive from ever new client addresses: a real
// browser has but one, and a test is faster than the rate limits allow a person to be.
func (w *World) relay(t testing.TB) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = l.Close() })
	behind := strings.TrimPrefix(w.URL, "http://")
	w.env = append(w.env, "PUBLIC_URL=http://"+l.Addr().String())
	w.URL = "http://" + l.Addr().String()
	v := &Visitor{}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			v.mu.Lock()
			v.from = nil
			v.mu.Unlock()
			go func() {
				defer conn.Close()
				out, err := v.dial(t.Context(), "tcp", behind)
				if err != nil {
					return
				}
				defer out.Close()
				go func() {
					_, _ = io.Copy(out, conn)
					_ = out.(*net.TCPConn).CloseWrite()
				}()
				_, _ = io.Copy(conn, out)
			}()
		}
	}()
	return nil
}
