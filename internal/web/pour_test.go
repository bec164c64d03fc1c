package web

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// A list that breaks in the middle ends with an error at the other side, whichever format it has; a whole one does not.
func TestPourCutsTheLine(t *testing.T) {
	s := New(Deps{PublicURL: &url.URL{Scheme: "http", Host: "localhost"}, Now: time.Now, NewID: func() string { return "id" }, Log: slog.New(slog.DiscardHandler)})
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/:end", func(c *fiber.Ctx) error {
		r := &request{Ctx: c, srv: s, route: &route{}, id: "id"}
		r.begin(time.Minute)
		defer r.finish()
		broken := c.Params("end") == "broken"
		return r.pour("liste.ndjson", "application/x-ndjson", func(w io.Writer) error {
			for range 10_000 {
				if _, err := io.WriteString(w, strings.Repeat("x", 99)+"\n"); err != nil {
					return err
				}
			}
			if broken {
				return errors.New("the database went away")
			}
			return nil
		})
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(l) }()
	t.Cleanup(func() { _ = app.Shutdown() })
	for end, whole := range map[string]bool{"whole": true, "broken": false} {
		resp, err := http.Get("http://" + l.Addr().String() + "/" + end)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if whole && (err != nil || len(body) != 1_000_000) || !whole && err == nil {
			t.Errorf("%s: %d bytes, %v", end, len(body), err)
		}
	}
}
