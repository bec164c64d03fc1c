package web

import (
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Whoever finds a weakness finds whom to tell (RFC 9116), by an entry that is valid today and not for ever.
func TestSecurityTxt(t *testing.T) {
	s := keyServer(newSigner(1))
	if status, _, _ := answer(t, s, fiber.MethodGet, "/.well-known/security.txt", "", ""); status != fiber.StatusNotFound {
		t.Errorf("status %d without a contact", status)
	}
	s.SecurityContact = "mailto:sicherheit@example.org"
	status, text, _ := answer(t, s, fiber.MethodGet, "/.well-known/security.txt", "", "")
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), ": ")
		fields[k] = v
	}
	expires, err := time.Parse(time.RFC3339, fields["Expires"])
	if status != fiber.StatusOK || fields["Contact"] != s.SecurityContact || fields["Canonical"] != "http://antraege.example/.well-known/security.txt" ||
		err != nil || expires.Before(s.Now().AddDate(0, 1, 0)) || expires.After(s.Now().AddDate(1, 0, 0)) {
		t.Errorf("%d %v\n%s", status, err, text)
	}
}
