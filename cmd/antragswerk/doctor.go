package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"antragswerk/internal/blob"
	"antragswerk/internal/kv"
	"antragswerk/internal/scan"
	"antragswerk/internal/seal"
	"antragswerk/internal/sqlstore"
	"antragswerk/static"
)

// visit is one question of the doctor and its answer.
type visit struct {
	name string
	// ask returns what is there, a warning ("" none), or an error with what to do.
	ask func(ctx context.Context, c config) (found, warning string, err error)
}

// doctor tells in plain words what is configured, reachable and wrong. Status 1 when something is wrong.
func doctor(ctx context.Context, _ []string, out io.Writer) error {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		fmt.Fprintf(out, "WRONG  configuration\n       %s\n", strings.ReplaceAll(err.Error(), "\n", "\n       "))
		return errSaid
	}
	sick := false
	for _, v := range []visit{{"address", askAddress}, {"master key", askKey}, {"database", askDatabase}, {"attachments", askBlobs}, {"caches and limits", askKV},
		{"citizens' login", askLogin("OIDC_CITIZEN_ISSUER")}, {"staff's login", askLogin("OIDC_STAFF_ISSUER")}, {"mail", askMail}, {"virus scanner", askScanner},
		{"PDF", askPDF}, {"styles and scripts", askAssets}} {
		each, cancel := context.WithTimeout(ctx, 10*time.Second)
		found, warning, err := v.ask(each, cfg)
		cancel()
		switch {
		case err != nil:
			sick = true
			fmt.Fprintf(out, "WRONG  %-18s %v\n", v.name, err)
		case warning != "":
			fmt.Fprintf(out, "note   %-18s %s\n       %-18s %s\n", v.name, found, "", warning)
		default:
			fmt.Fprintf(out, "ok     %-18s %s\n", v.name, found)
		}
	}
	if sick {
		return errSaid
	}
	return nil
}

func askAddress(_ context.Context, c config) (string, string, error) {
	found := fmt.Sprintf("listens on %s, known as %s", c.get("LISTEN"), c.get("PUBLIC_URL"))
	if strings.HasPrefix(c.get("PUBLIC_URL"), "https://") && c.get("SECURITY_CONTACT") == "" {
		return found, "SECURITY_CONTACT is empty: whoever finds a weakness cannot tell you (/.well-known/security.txt)", nil
	}
	if strings.HasPrefix(c.get("PUBLIC_URL"), "http://") && !strings.HasPrefix(c.get("LISTEN"), "127.0.0.1") {
		return found, "PUBLIC_URL is not https: cookies and answers would travel unencrypted", nil
	}
	return found, "", nil
}

func askKey(_ context.Context, c config) (string, string, error) {
	if keys := c.get("MASTER_KEY"); keys != "" {
		_, err := seal.New(keys)
		return "from the environment", "", err
	}
	file := c.get("MASTER_KEY_FILE")
	info, err := os.Stat(file)
	if os.IsNotExist(err) {
		return file + " does not exist yet", "it is made at the first start; keep a copy apart from the database", nil
	}
	if err != nil {
		return "", "", err
	}
	if _, err := seal.Open(file); err != nil {
		return "", "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return file, fmt.Sprintf("others can read it (mode %o): chmod 600 %s", info.Mode().Perm(), file), nil
	}
	return file, "", nil
}

func askDatabase(ctx context.Context, c config) (string, string, error) {
	address := c.get("DATABASE_URL")
	state, err := sqlstore.Inspect(ctx, address)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", redact(address), err)
	}
	found := redact(address) + ", " + state
	if strings.HasPrefix(address, "sqlite:") && c.get("REDIS_URL") != "" {
		return found, "SQLite serves one node only; with several nodes set DATABASE_URL to PostgreSQL", nil
	}
	return found, "", nil
}

func askBlobs(ctx context.Context, c config) (string, string, error) {
	s, err := blob.Open(ctx, c.get("BLOB_URL"))
	if err != nil {
		return "", "", err
	}
	return redact(c.get("BLOB_URL")), "", s.Ping(ctx)
}

func askKV(ctx context.Context, c config) (string, string, error) {
	if c.get("REDIS_URL") == "" {
		return "in memory", "right for one node; with several nodes set REDIS_URL", nil
	}
	s, err := kv.Open(ctx, c.get("REDIS_URL"), now)
	if err != nil {
		return "", "", err
	}
	return redact(c.get("REDIS_URL")), "", s.Ping(ctx)
}

func askLogin(key string) func(context.Context, config) (string, string, error) {
	return func(ctx context.Context, c config) (string, string, error) {
		if c.get(key) == "demo:" {
			return "demo personas", "anybody can be anybody; set " + key + " before real people use this", nil
		}
		p := &platform{cfg: c, log: slog.New(slog.DiscardHandler)}
		if err := p.openVault(ctx); err != nil {
			return "", "", err
		}
		l, err := p.openLogin(ctx, strings.ToLower(strings.Split(key, "_")[1]))
		if err != nil {
			return "", "", err
		}
		return c.get(key), "", l.Check(ctx)
	}
}

func askMail(_ context.Context, c config) (string, string, error) {
	if c.get("SMTP_URL") == "demo:" {
		return "kept at /demo/mail", "nobody gets a mail; set SMTP_URL before real people use this", nil
	}
	return redact(c.get("SMTP_URL")) + ", from " + c.get("MAIL_FROM"), "", nil
}

func askScanner(ctx context.Context, c config) (string, string, error) {
	if c.get("CLAMD_URL") == "" {
		return "none", "attachments are marked \"not scanned\", and everybody who opens one is told; set CLAMD_URL", nil
	}
	s, err := scan.Open(c.get("CLAMD_URL"))
	if err != nil {
		return "", "", err
	}
	return c.get("CLAMD_URL"), "", s.Ping(ctx)
}

func askPDF(_ context.Context, c config) (string, string, error) {
	if c.get("WEASYPRINT") == "" {
		return "built-in engine", "PDFs carry no tags for screen readers; the same stands beside them as a page. Set WEASYPRINT for PDF/UA", nil
	}
	if newPrinter(c).Engine() != "weasyprint" {
		return "", "", fmt.Errorf("%s cannot be run: PDFs come from the built-in engine, without tags for screen readers. Install it, or correct WEASYPRINT",
			c.get("WEASYPRINT"))
	}
	return "WeasyPrint, " + c.get("WEASYPRINT"), "", nil
}

func askAssets(context.Context, config) (string, string, error) {
	a, err := static.Open()
	if err != nil {
		return "", "", err
	}
	return a.URL("app.css"), "", nil
}
