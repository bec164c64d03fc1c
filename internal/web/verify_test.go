package web

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/static"
)

// signer is a vault that can sign and nothing else.
type signer struct {
	Vault
	keys []ed25519.PrivateKey
}

func newSigner(seeds ...byte) signer {
	var s signer
	for _, b := range seeds {
		s.keys = append(s.keys, ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(b)), ed25519.SeedSize))))
	}
	return s
}

func (s signer) MAC(purpose string, msg []byte) []byte {
	sum := sha256.Sum256(append([]byte(purpose), msg...))
	return sum[:]
}

func (s signer) PublicKeys() []ed25519.PublicKey {
	var out []ed25519.PublicKey
	for _, k := range s.keys {
		out = append(out, k.Public().(ed25519.PublicKey))
	}
	return out
}

func (s signer) Verify(msg, sig []byte) bool {
	for _, k := range s.PublicKeys() {
		if ed25519.Verify(k, msg, sig) {
			return true
		}
	}
	return false
}

type generous struct{}

func (generous) Allow(context.Context, string, int, time.Duration) (bool, time.Duration, error) {
	return true, 0, nil
}

// keyServer has keys and no database: a handler that asked one would panic.
func keyServer(v Vault) *Server {
	return New(Deps{PublicURL: &url.URL{Scheme: "http", Host: "antraege.example"}, Vault: v, Limiter: generous{}, Assets: &static.Assets{},
		Now: func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }, NewID: func() string { return "id" }, Log: slog.New(slog.DiscardHandler)})
}

func answer(t *testing.T, s *Server, method, path, cookie, body string) (int, string, string) {
	t.Helper()
	req := httptest.NewRequest(method, "http://antraege.example"+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set(fiber.HeaderContentType, fiber.MIMEApplicationForm)
	}
	if cookie != "" {
		req.Header.Set(fiber.HeaderCookie, cookie)
	}
	resp, err := s.app.Test(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(page), strings.Join(resp.Header.Values("Set-Cookie"), "\n")
}

var (
	tokenOf = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)
	visitOf = regexp.MustCompile(`(aw_visit=[^;]+)`)
)

// check sends the page's form.
func check(t *testing.T, s *Server, fields url.Values) (int, string) {
	t.Helper()
	status, page, cookies := answer(t, s, fiber.MethodGet, "/verify", "", "")
	token, visit := tokenOf.FindStringSubmatch(page), visitOf.FindStringSubmatch(cookies)
	if status != fiber.StatusOK || token == nil || visit == nil {
		t.Fatalf("%d, %q, %s", status, cookies, page)
	}
	fields.Set("_csrf", token[1])
	status, page, _ = answer(t, s, fiber.MethodPost, "/verify", visit[1], fields.Encode())
	return status, page
}

const (
	saysGenuine = "Diese Bestätigung wurde hier ausgestellt"
	saysUnknown = "Das passt zu keiner Bestätigung dieser Plattform"
)

func TestVerify(t *testing.T) {
	vault := newSigner(1, 2)
	s := keyServer(vault)
	digest := sha256.Sum256([]byte("answers"))
	r := civic.Receipt{FileNumber: "HUST-2026-000123", Digest: digest[:], At: time.Date(2026, 11, 24, 9, 15, 7, 0, time.UTC)}
	sign := func(key ed25519.PrivateKey) civic.Receipt {
		out := r
		out.Signature = ed25519.Sign(key, r.Message())
		return out
	}
	current, older, foreign := sign(vault.keys[0]), sign(vault.keys[1]), sign(newSigner(9).keys[0])
	parts := func(r civic.Receipt) url.Values {
		return url.Values{"number": {r.FileNumber}, "digest": {hex.EncodeToString(r.Digest)}, "time": {r.Time()}, "signature": {base64.StdEncoding.EncodeToString(r.Signature)}}
	}
	with := func(v url.Values, name, value string) url.Values { v.Set(name, value); return v }
	code := func(r civic.Receipt, number string) url.Values {
		return url.Values{"number": {number}, "code": {r.Code()}}
	}
	for name, x := range map[string]struct {
		fields url.Values
		status int
		says   string
	}{
		"the code":                     {code(current, "HUST-2026-000123"), 200, saysGenuine},
		"the address":                  {url.Values{"number": {"HUST-2026-000123"}, "code": {"http://antraege.example" + current.VerifyPath()}}, 200, saysGenuine},
		"a number as copied":           {code(current, " hust–2026 –000123 "), 200, saysGenuine},
		"an older key":                 {code(older, "HUST-2026-000123"), 200, saysGenuine},
		"the details":                  {parts(current), 200, saysGenuine},
		"the details in groups":        {with(parts(current), "digest", strings.ToUpper(hex.EncodeToString(digest[:32])[:32])+" "+hex.EncodeToString(digest[:])[32:]), 200, saysGenuine},
		"another's key":                {code(foreign, "HUST-2026-000123"), 200, saysUnknown},
		"another paper":                {code(current, "HUST-2026-000124"), 200, saysUnknown},
		"a changed time":               {with(parts(current), "time", "2026-11-24T09:15:08Z"), 200, saysUnknown},
		"a changed digest":             {with(parts(current), "digest", strings.Repeat("0", 64)), 200, saysUnknown},
		"a changed signature":          {with(parts(current), "signature", base64.StdEncoding.EncodeToString(make([]byte, 64))), 200, saysUnknown},
		"no number":                    {code(current, " "), 422, "Geben Sie das Aktenzeichen ein"},
		"nothing":                      {url.Values{}, 422, "Geben Sie den Prüfcode ein"},
		"half a code":                  {url.Values{"number": {"A"}, "code": {current.Code()[:50]}}, 422, "kein vollständiger Prüfcode"},
		"a time that is none":          {with(parts(current), "time", "gestern"), 422, "Schreiben Sie den Zeitpunkt"},
		"half a digest":                {with(parts(current), "digest", "04a1"), 422, "Die Prüfsumme ist nicht vollständig"},
		"a signature that is too long": {with(parts(current), "signature", strings.Repeat("A", 120)), 422, "Die Signatur ist nicht vollständig"},
		"much too much":                {url.Values{"number": {strings.Repeat("ä", 9000)}, "code": {strings.Repeat("A", 9000)}}, 422, "kein vollständiger Prüfcode"},
	} {
		status, page := check(t, s, x.fields)
		if status != x.status || !strings.Contains(page, x.says) {
			t.Errorf("%s: status %d, not %d, or the page does not say %q", name, status, x.status, x.says)
		}
		if got := strings.Contains(page, saysGenuine); got != (x.says == saysGenuine) {
			t.Errorf("%s: genuine: %v", name, got)
		}
		if x.status == 422 && (!strings.Contains(page, "<title>Fehler: ") || !strings.Contains(page, `id="fehler"`)) {
			t.Errorf("%s: the page does not begin with what is wrong", name)
		}
	}
}

// The address that a phone reads leads to a page that knows the code and asks for the number alone.
func TestVerifyScanned(t *testing.T) {
	s := keyServer(newSigner(1))
	r := civic.Receipt{Digest: make([]byte, 32), Signature: make([]byte, 64), At: time.Unix(1, 0)}
	status, page, _ := answer(t, s, fiber.MethodGet, r.VerifyPath(), "", "")
	if status != fiber.StatusOK || !strings.Contains(page, r.Code()) || !strings.Contains(page, "Der Code ist eingelesen") {
		t.Errorf("%d: %s", status, page)
	}
}

func TestLanguageSwitchKeepsWhatWasTyped(t *testing.T) {
	status, page := check(t, keyServer(newSigner(1)), url.Values{"number": {"HUST-2026-7"}, "_action": {"lang:en"}})
	if status != fiber.StatusOK || !strings.Contains(page, `value="HUST-2026-7"`) || !strings.Contains(page, "Check a receipt") {
		t.Errorf("%d: %s", status, page)
	}
}

func TestVerifyKeys(t *testing.T) {
	vault := newSigner(1, 2)
	_, body, _ := answer(t, keyServer(vault), fiber.MethodGet, "/verify/keys.json", "", "")
	var set struct {
		Keys []struct{ Kty, Crv, X string }
	}
	if err := json.Unmarshal([]byte(body), &set); err != nil || len(set.Keys) != 2 {
		t.Fatal(err, body)
	}
	for i, k := range set.Keys {
		x, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || k.Kty != "OKP" || k.Crv != "Ed25519" || !ed25519.Verify(x, []byte("m"), ed25519.Sign(vault.keys[i], []byte("m"))) {
			t.Errorf("%+v: %v", k, err)
		}
	}
}
