// Package document prints receipts and letters as tagged PDF, which screen readers can read (PDF/UA-1). Two engines
// share one reading of a letter's Markdown: a built-in one in pure Go, which needs nothing but the program, and
// WeasyPrint, which knows more scripts than the built-in typeface, where it is installed.
// It may import civic and locale; it must not know where a document's facts come from. The same input gives the same
// bytes: no clock and no chance goes in.
package document

import (
	"context"
	"fmt"
	"html/template"
	"os/exec"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// Config chooses the engine.
type Config struct {
	// WeasyPrint is the program's name or path, e.g. "weasyprint"; "" for the built-in engine. A program that cannot
	// be found leaves the built-in engine in charge; Printer.Engine tells.
	WeasyPrint string
	Timeout    time.Duration // for one document; 0: 30 s
}

// Printer prints documents; it is safe for concurrent use.
type Printer struct {
	fonts   fonts
	page    *template.Template
	weasy   string // the program's path, "" for the built-in engine
	timeout time.Duration
}

// New returns a printer. It never fails: the built-in engine is part of the program.
func New(c Config) *Printer {
	p := &Printer{fonts: loadFonts(), page: parsePage(), timeout: c.Timeout}
	if p.timeout <= 0 {
		p.timeout = 30 * time.Second
	}
	if c.WeasyPrint != "" {
		if path, err := exec.LookPath(c.WeasyPrint); err == nil {
			p.weasy = path
		}
	}
	return p
}

// Engine names the engine in charge: "weasyprint" or "built-in".
func (p *Printer) Engine() string {
	if p.weasy != "" {
		return "weasyprint"
	}
	return "built-in"
}

// Receipt prints a receipt or an application as PDF. An error of WeasyPrint's is worth another try later.
func (p *Printer) Receipt(ctx context.Context, r civic.ReceiptDocument) ([]byte, error) {
	words := locale.For(r.Lang)
	out, err := p.choose(ctx, func() ([]byte, error) { return p.receiptHTML(r, words) }, func() ([]byte, error) { return p.drawReceipt(r, words) })
	if err != nil {
		return nil, fmt.Errorf("document: receipt: %w", err)
	}
	return out, nil
}

// Letter prints a letter as PDF. An error of WeasyPrint's is worth another try later.
func (p *Printer) Letter(ctx context.Context, l civic.Letter) ([]byte, error) {
	words := locale.For(l.Lang)
	out, err := p.choose(ctx, func() ([]byte, error) { return p.letterHTML(l, words) }, func() ([]byte, error) { return p.drawLetter(l, words) })
	if err != nil {
		return nil, fmt.Errorf("document: letter: %w", err)
	}
	return out, nil
}

// choose prints with the engine in charge.
func (p *Printer) choose(ctx context.Context, html, draw func() ([]byte, error)) ([]byte, error) {
	if p.weasy == "" {
		return draw()
	}
	page, err := html()
	if err != nil {
		return nil, err
	}
	return p.runWeasy(ctx, page)
}
