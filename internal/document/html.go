package document

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/piglig/go-qr"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

//go:embed page.html
var pageFile embed.FS

// parsePage reads the template of both documents, which is part of the program; a broken one is a broken build.
func parsePage() *template.Template {
	return template.Must(template.New("page.html").Funcs(template.FuncMap{
		"lines": func(s string) []string { return strings.Split(s, "\n") },
	}).ParseFS(pageFile, "page.html"))
}

// pageData is either kind of document.
type pageData struct {
	Title, Author, Running string
	Made                   string    // RFC 3339, "" when unknown
	Page                   [3]string // "page ", " of ", and what follows, around the two numbers
	Words                  *locale.Catalogue
	Receipt                *civic.ReceiptDocument
	Code                   template.URL // the QR code as a data: address
	CodeText, CodeAlt      string       // what stands beside it, and what is read instead
	CodeHow                string       // how it is used
	Letter                 *civic.Letter
	Logo                   template.URL // as a data: address
	Body                   []block
}

// receiptHTML is the accessible HTML of a receipt; it refers to nothing outside itself.
func (p *Printer) receiptHTML(r civic.ReceiptDocument, words *locale.Catalogue) ([]byte, error) {
	d := pageData{Title: title(r.Title, r.FileNumber), Author: r.Tenant, Running: title(words.T("document.file_number"), r.FileNumber), Words: words, Receipt: &r}
	if r.VerifyURL != "" {
		code, err := go_qr.EncodeText(r.VerifyURL, go_qr.Medium)
		if err != nil {
			return nil, fmt.Errorf("QR code: %w", err)
		}
		png, err := code.ToPNGBytes(go_qr.NewQrCodeImgConfig(6, 0)) // six dots for each of the code's, no margin
		if err != nil {
			return nil, fmt.Errorf("QR code: %w", err)
		}
		d.CodeText, d.CodeAlt, d.CodeHow = words.T("document.verify"), words.T("document.code"), words.T("document.verify.how", "url", withoutQuery(r.VerifyURL))
		d.Code = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)) // #nosec -- made here
	}
	if !r.Created.IsZero() {
		d.Made = r.Created.UTC().Format("2006-01-02T15:04:05Z")
	}
	return p.render(d)
}

// letterHTML is the accessible HTML of a letter.
func (p *Printer) letterHTML(l civic.Letter, words *locale.Catalogue) ([]byte, error) {
	d := pageData{Title: title(l.Title, l.FileNumber), Running: title(words.T("document.file_number"), l.FileNumber), Words: words, Letter: &l, Logo: logoURL(l.Logo), Body: parseMarkdown(l.Body)}
	if len(l.Head) > 0 {
		d.Author = l.Head[0]
	}
	if !l.Created.IsZero() {
		d.Made = l.Created.UTC().Format("2006-01-02T15:04:05Z")
	}
	return p.render(d)
}

func (p *Printer) render(d pageData) ([]byte, error) {
	const number = "\x00"
	copy(d.Page[:], strings.SplitN(d.Words.T("document.page", "n", number, "of", number), number, 3))
	var b bytes.Buffer
	if err := p.page.Execute(&b, d); err != nil {
		return nil, err
	}
	// The same letters as in the other engine: whatever fonts the machine has, none goes missing unseen.
	return []byte(p.fonts.clean(b.String())), nil
}

// title joins what a document is with the number it belongs to.
func title(what, number string) string { return strings.TrimSpace(what + " " + number) }
