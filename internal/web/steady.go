package web

import (
	"net"
	"time"

	"antragswerk/internal/civic"
)

// steadyListener accepts connections that end when nothing arrives for stallTime, however long their body may take:
// otherwise a header that announces a large one would hold a connection for hours without sending a byte of it.
type steadyListener struct {
	net.Listener
	now civic.Clock
}

func (l steadyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err // as it is: the server looks at its type
	}
	return &steadyConn{Conn: c, now: l.now}, nil
}

type steadyConn struct {
	net.Conn
	now   civic.Clock
	until time.Time // the server's own deadline
}

func (c *steadyConn) SetReadDeadline(t time.Time) error {
	c.until = t
	return c.Conn.SetReadDeadline(t)
}

func (c *steadyConn) Read(p []byte) (int, error) {
	if stall := c.now().Add(stallTime); c.until.After(stall) {
		if err := c.Conn.SetReadDeadline(stall); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(p)
}
