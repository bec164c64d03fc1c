package web

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// verifyRoutes check receipts. Nothing is looked up: the signature is enough, so the pages say nothing about what file
// numbers there are, and work while the database does not.
func (s *Server) verifyRoutes() []route {
	return []route{
		get("/verify", anybody, s.verifyForm),
		post("/verify", anybody, s.verifyReceipt),
		get("/verify/keys.json", anybody, s.verifyKeys),
	}
}

// verifyForm asks for a receipt's details; the QR code of a receipt leads here with its code (?c=).
func (s *Server) verifyForm(r *request) error {
	return s.drawVerify(r, fiber.StatusOK, page.Verify{Code: readable(r.Query("c")), Scanned: r.Query("c") != ""})
}

func (s *Server) drawVerify(r *request, status int, p page.Verify) error {
	p.KeysURL = "/verify/keys.json"
	shell := r.shell(r.T("verify.title"))
	shell.Errors, shell.FormID = p.Failed(), "pruefen"
	return r.render(status, page.VerifyPage(shell, p))
}

// verifyReceipt tells whether this installation signed the receipt.
func (s *Server) verifyReceipt(r *request) error {
	typed := func(name string) string { return readable(r.value(name)) }
	p := page.Verify{Number: typed("number"), Code: typed("code"), Digest: typed("digest"), Time: typed("time"), Signature: typed("signature")}
	if lang, ok := r.languageAction(); ok {
		s.cookies.set(r.Ctx, cookieLang, locale.For(lang).Tag, yearOfCookie)
		r.l = locale.For(lang)
		return s.drawVerify(r, fiber.StatusOK, p)
	}
	receipt := readReceipt(r.l, &p)
	if p.Failed() {
		return s.drawVerify(r, fiber.StatusUnprocessableEntity, p)
	}
	p.Result = page.VerifyUnknown
	if s.Vault.Verify(receipt.Message(), receipt.Signature) {
		p.Result = page.VerifyGenuine
		p.Received, p.Checked = r.l.DateTime(receipt.At)+" ("+receipt.Time()+")", hex.EncodeToString(receipt.Digest)
	}
	p.Number = receipt.FileNumber
	return s.drawVerify(r, fiber.StatusOK, p)
}

// readReceipt reads what was typed and leaves in p what is wrong with it.
func readReceipt(l *locale.Catalogue, p *page.Verify) civic.Receipt {
	p.Errors = map[string]string{}
	wrong := func(name, key string) { p.Errors[name] = l.T("verify." + name + "." + key) }
	var out civic.Receipt
	if p.Code != "" || p.Digest+p.Time+p.Signature == "" {
		var err error
		if out, err = civic.ParseReceiptCode(p.Code); p.Code == "" {
			wrong("code", "missing")
		} else if err != nil {
			wrong("code", "wrong")
		}
	} else {
		var ok bool
		if out.Digest, ok = readBytes(p.Digest, 32); !ok {
			wrong("digest", "wrong")
		}
		if out.Signature, ok = readBytes(p.Signature, 64); !ok {
			wrong("signature", "wrong")
		}
		if out.At, ok = readTime(p.Time); !ok {
			wrong("time", "wrong")
		}
	}
	if out.FileNumber = fileNumber(p.Number); out.FileNumber == "" {
		wrong("number", "missing")
	}
	return out
}

// readable cuts what is longer than a code with its address can be.
func readable(typed string) string { return strings.ToValidUTF8(typed[:min(len(typed), 600)], "") }

// fileNumber writes a file number as offices do, however somebody copied it from paper.
func fileNumber(typed string) string {
	typed = strings.NewReplacer("–", "-", "—", "-", "‑", "-", "−", "-").Replace(typed)
	return strings.ToUpper(strings.Join(strings.Fields(typed), ""))
}

// readBytes reads so many bytes in hexadecimal or base64, in groups or not.
func readBytes(typed string, size int) ([]byte, bool) {
	typed = strings.Join(strings.Fields(typed), "")
	if b, err := hex.DecodeString(typed); err == nil && len(b) == size {
		return b, true
	}
	typed = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(typed), "=")
	b, err := base64.RawURLEncoding.DecodeString(typed)
	return b, err == nil && len(b) == size
}

// readTime reads the time as a receipt shows it.
func readTime(typed string) (time.Time, bool) {
	typed = strings.ToUpper(strings.Join(strings.Fields(typed), " "))
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 MST"} {
		if at, err := time.Parse(layout, typed); err == nil {
			return at, at.Year() > 0
		}
	}
	return time.Time{}, false
}

// verifyKeys publishes the keys as a JSON Web Key Set (RFC 7517, RFC 8037), for those who check without us.
func (s *Server) verifyKeys(r *request) error {
	type key struct {
		Kty string `json:"kty"`
		Crv string `json:"crv"`
		Alg string `json:"alg"`
		Use string `json:"use"`
		X   string `json:"x"`
	}
	var set struct {
		Keys []key `json:"keys"`
	}
	for _, k := range s.Vault.PublicKeys() {
		set.Keys = append(set.Keys, key{Kty: "OKP", Crv: "Ed25519", Alg: "EdDSA", Use: "sig", X: base64.RawURLEncoding.EncodeToString(k)})
	}
	body, err := json.Marshal(set)
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "application/jwk-set+json")
	return r.Send(body)
}
