package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// setting is one key of the configuration: environment and file use the same names.
type setting struct{ key, fallback, help string }

// settings is the whole list, in the order in which help and doctor show it. {DATA_DIR} and {LISTEN} are filled in.
var settings = []setting{
	{"LISTEN", "127.0.0.1:8080", "address to listen on"},
	{"PUBLIC_URL", "http://{LISTEN}", "address under which people reach the platform"},
	{"HOST_NAMES", "", "municipalities' own host names that lead to their pages, comma between: antrag.jena.example=jena"},
	{"CHALLENGE", "", "for what every browser computes or waits first, comma between: read, write, login; empty: only above the limits"},
	{"ADMIT_PER_MINUTE", "0", "new visitors let in each minute, the others wait in line; 0 lets everybody in at once"},
	{"TRUSTED_PROXY", "", "addresses of reverse proxies, comma between, whose X-Forwarded-For is believed"},
	{"DATA_DIR", "data", "folder for everything that is embedded: database, attachments, keys"},
	{"DATABASE_URL", "sqlite:{DATA_DIR}/antragswerk.db", "sqlite:FILE or postgres://…"},
	{"DATABASE_OWNER_URL", "", "postgres://… of the role that owns the tables and runs migrations; empty: DATABASE_URL's"},
	{"BLOB_URL", "file:{DATA_DIR}/attachments", "file:FOLDER or s3:https://KEY:SECRET@HOST/BUCKET"},
	{"REDIS_URL", "", "redis://… or rediss://…; empty keeps caches and limits in memory, for one node only"},
	{"OIDC_CITIZEN_ISSUER", "demo:", "identity provider of citizens and organisations: https://… or demo:"},
	{"OIDC_CITIZEN_CLIENT_ID", "antragswerk-citizen", "client id there"},
	{"OIDC_CITIZEN_CLIENT_SECRET", "", "client secret there"},
	{"OIDC_CITIZEN_LEVELS", "", "what acr says there, comma between: urn:example:loa3=high; levels are basic, substantial, high; empty: eIDAS and STORK"},
	{"OIDC_CITIZEN_LEVEL_CLAIM", "", "a second claim that says it, the weaker counts; empty: trust_level_authentication"},
	{"OIDC_STAFF_ISSUER", "demo:", "identity provider of staff: https://… or demo:"},
	{"OIDC_STAFF_CLIENT_ID", "antragswerk-staff", "client id there"},
	{"OIDC_STAFF_CLIENT_SECRET", "", "client secret there"},
	{"SMTP_URL", "demo:", "smtp://USER:PASSWORD@HOST:PORT?tls=starttls or demo: for the mailbox at /demo/mail"},
	{"MAIL_FROM", "antragswerk@localhost", "sender of the platform's mails"},
	{"CLAMD_URL", "", "tcp:HOST:PORT or unix:SOCKET of clamd; empty marks attachments as not scanned"},
	{"MASTER_KEY_FILE", "{DATA_DIR}/master.key", "file with the master key; made when it is absent"},
	{"MASTER_KEY", "", "the master key itself, lines as in the file, where secrets come from the environment; empty: MASTER_KEY_FILE"},
	{"WEASYPRINT", "", "path of weasyprint for tagged PDF/UA; empty uses the built-in engine"},
	{"LETTER_SEAL", "ed25519", "seal of letters: ed25519 signs with the installation's key, none leaves them without"},
	{"SECURITY_CONTACT", "", "whom to write to about a weakness, mailto:… or https://…, for /.well-known/security.txt"},
	{"DEMO_IN_PUBLIC", "", "\"yes, with invented people\" lets demo: run on a public address"},
	{"DEMO_CASES", "0", "number of invented applications to put into an empty demo installation"},
	{"WEBHOOK_PRIVATE", "no", "\"yes\" lets webhooks reach private addresses, for tests and closed networks"},
}

// config is the configuration of one process.
type config struct{ values map[string]string }

func (c config) get(key string) string { return c.values[key] }

// loadConfig reads the environment over the file named by CONFIG_FILE (lines KEY=VALUE). It is strict: a key of ours that
// we do not know is an error that suggests the nearest one.
func loadConfig(env []string) (config, error) {
	c := config{values: map[string]string{}}
	var problems []error
	given := map[string]string{}
	for _, line := range env {
		k, v, _ := strings.Cut(line, "=")
		given[k] = v
	}
	if file := given["CONFIG_FILE"]; file != "" {
		problems = append(problems, c.readFile(file)...)
	}
	for k, v := range given {
		switch {
		case known(k):
			if v != "" {
				c.values[k] = v
			}
		case looksOurs(k):
			problems = append(problems, fmt.Errorf("environment: unknown setting %s%s", k, suggestion(k)))
		}
	}
	c.fill()
	problems = append(problems, c.check()...)
	return c, errors.Join(problems...)
}

func (c config) readFile(name string) []error {
	f, err := os.Open(name) // #nosec -- the operator names the file
	if err != nil {
		return []error{fmt.Errorf("configuration file: %w", err)}
	}
	defer f.Close()
	var problems []error
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, v, ok := strings.Cut(line, "=")
		k = strings.TrimSpace(k)
		if !ok || !known(k) {
			problems = append(problems, fmt.Errorf("%s:%d: unknown setting %s%s", name, n, k, suggestion(k)))
			continue
		}
		c.values[k] = strings.Trim(strings.TrimSpace(v), `"`)
	}
	if err := lines.Err(); err != nil {
		problems = append(problems, fmt.Errorf("configuration file: %w", err))
	}
	return problems
}

func known(key string) bool {
	return slices.ContainsFunc(settings, func(s setting) bool { return s.key == key })
}

// looksOurs tells environment variables that were surely meant for us from the many that are not.
func looksOurs(key string) bool {
	for _, p := range []string{"OIDC_CITIZEN_", "OIDC_STAFF_", "CLAMD_", "MASTER_KEY", "BLOB_", "ANTRAGSWERK_"} {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// suggestion names the nearest key, " (did you mean X?)".
func suggestion(key string) string {
	best, name := 4, ""
	for _, s := range settings {
		if d := editDistance(strings.ToUpper(key), s.key); d < best {
			best, name = d, s.key
		}
	}
	if name == "" {
		return "; \"antragswerk help\" lists all settings"
	}
	return " (did you mean " + name + "?)"
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// fill sets the defaults of what was not given.
func (c config) fill() {
	for _, s := range settings {
		if c.values[s.key] == "" {
			v := strings.ReplaceAll(s.fallback, "{DATA_DIR}", c.values["DATA_DIR"])
			c.values[s.key] = strings.ReplaceAll(v, "{LISTEN}", c.values["LISTEN"])
		}
	}
}

// check finds values that cannot work, before anything is opened.
func (c config) check() []error {
	var problems []error
	if _, _, err := net.SplitHostPort(c.get("LISTEN")); err != nil {
		problems = append(problems, fmt.Errorf("LISTEN: %q is no HOST:PORT, for example 127.0.0.1:8080", c.get("LISTEN")))
	}
	u, err := url.Parse(c.get("PUBLIC_URL"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		problems = append(problems, fmt.Errorf("PUBLIC_URL: %q is no address like https://antrag.example.org, without a path", c.get("PUBLIC_URL")))
	}
	for key, schemes := range map[string][]string{"DATABASE_URL": {"sqlite:", "postgres://", "postgresql://"}, "BLOB_URL": {"file:", "s3:"},
		"REDIS_URL": {"", "redis://", "rediss://"}, "SMTP_URL": {"demo:", "smtp://"}, "CLAMD_URL": {"", "tcp:", "unix:"},
		"OIDC_CITIZEN_ISSUER": {"demo:", "https://", "http://"}, "OIDC_STAFF_ISSUER": {"demo:", "https://", "http://"}} {
		v := c.get(key)
		if !slices.ContainsFunc(schemes, func(s string) bool { return s == "" && v == "" || s != "" && strings.HasPrefix(v, s) }) {
			problems = append(problems, fmt.Errorf("%s: %q must begin with %s", key, redact(v), strings.Join(schemes, " or ")))
		}
	}
	if v := c.get("LETTER_SEAL"); v != "ed25519" && v != "none" {
		problems = append(problems, fmt.Errorf("LETTER_SEAL: %q; write ed25519 or none", v))
	}
	if _, err := c.levels("OIDC_CITIZEN_LEVELS"); err != nil {
		problems = append(problems, fmt.Errorf("OIDC_CITIZEN_LEVELS: %w", err))
	}
	for _, class := range c.words("CHALLENGE") {
		if !slices.Contains([]string{"read", "write", "login"}, class) {
			problems = append(problems, fmt.Errorf("CHALLENGE: %q; write read, write or login", class))
		}
	}
	if n, err := strconv.Atoi(c.get("ADMIT_PER_MINUTE")); err != nil || n < 0 || n > 1_000_000 {
		problems = append(problems, fmt.Errorf("ADMIT_PER_MINUTE: %q is no number from 0 to 1000000", c.get("ADMIT_PER_MINUTE")))
	}
	if _, err := c.hosts(); err != nil {
		problems = append(problems, fmt.Errorf("HOST_NAMES: %w", err))
	}
	if v := c.get("SECURITY_CONTACT"); v != "" && !reportable(v) {
		problems = append(problems, fmt.Errorf("SECURITY_CONTACT: %q is neither mailto:somebody@example.org nor an https:// address", v))
	}
	if _, err := c.proxies(); err != nil {
		problems = append(problems, fmt.Errorf("TRUSTED_PROXY: %w", err))
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// reportable tells whether a contact fits into one line of a security.txt.
func reportable(contact string) bool {
	u, err := url.Parse(contact)
	return err == nil && !strings.ContainsAny(contact, " \t") && (u.Scheme == "mailto" && strings.Contains(u.Opaque, "@") || u.Scheme == "https" && u.Host != "")
}

// redact leaves the password out of an address.
func redact(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = "…@" + rest[at+1:]
	}
	return scheme + "://" + rest
}

// publicURL is PUBLIC_URL, checked before.
func (c config) publicURL() *url.URL {
	u, err := url.Parse(strings.TrimSuffix(c.get("PUBLIC_URL"), "/"))
	if err != nil {
		return &url.URL{}
	}
	return u
}

// dataDir makes the data folder, for its owner only.
func (c config) dataDir(sub ...string) (string, error) {
	dir := filepath.Join(append([]string{c.get("DATA_DIR")}, sub...)...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("DATA_DIR: %w", err)
	}
	return dir, nil
}

// ownerURL is the database address that owns the tables.
func (c config) ownerURL() string {
	if u := c.get("DATABASE_OWNER_URL"); u != "" {
		return u
	}
	return c.get("DATABASE_URL")
}

// words are the parts of a list with commas or spaces between.
func (c config) words(key string) []string {
	return strings.FieldsFunc(c.get(key), func(r rune) bool { return r == ',' || r == ' ' })
}

// levels are pairs of a provider's word and our level; nil where there are none.
func (c config) levels(key string) (map[string]civic.Level, error) {
	var out map[string]civic.Level
	for _, pair := range c.words(key) {
		at := strings.LastIndexByte(pair, '=')
		level := civic.Level(pair[at+1:])
		if at < 1 || level == civic.LevelNone || !level.AtLeast(civic.LevelBasic) {
			return nil, fmt.Errorf("%q is no pair like urn:example:loa3=high with one of the levels basic, substantial, high", pair)
		}
		if out == nil {
			out = map[string]civic.Level{}
		}
		out[pair[:at]] = level
	}
	return out, nil
}

// admitEvery is the time between two new visitors, 0 for none.
func (c config) admitEvery() time.Duration {
	n, err := strconv.Atoi(c.get("ADMIT_PER_MINUTE"))
	if err != nil || n <= 0 { // checked before
		return 0
	}
	return time.Minute / time.Duration(n)
}

// hosts are the pairs of HOST_NAMES.
func (c config) hosts() (map[string]string, error) {
	out := map[string]string{}
	for _, word := range c.words("HOST_NAMES") {
		name, slug, _ := strings.Cut(word, "=")
		if name == "" || slug == "" || strings.ContainsAny(name, "/:@") || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return nil, fmt.Errorf("%q is no pair like antrag.jena.example=jena", word)
		}
		out[strings.ToLower(name)] = slug
	}
	return out, nil
}

// proxies are the addresses of TRUSTED_PROXY.
func (c config) proxies() ([]netip.Addr, error) {
	var out []netip.Addr
	for _, word := range c.words("TRUSTED_PROXY") {
		a, err := netip.ParseAddr(word)
		if err != nil {
			return nil, err
		}
		out = append(out, a.Unmap())
	}
	return out, nil
}
