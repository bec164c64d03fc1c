package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// maxPDF is more than any letter needs; a program that writes without end is stopped by its time limit, and must not
// fill the memory until then.
const maxPDF = 64 << 20

// runWeasy turns HTML into tagged PDF/UA. The HTML holds all that it shows and refers to nothing outside; the
// base address resolves to nothing, should that ever change. The program gets no environment, so that no proxy is used.
func (p *Printer) runWeasy(ctx context.Context, html []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.weasy, "--quiet", "--encoding", "utf-8", "--base-url", "about:blank", "--pdf-variant", "pdf/ua-1", "-", "-") // #nosec G204 -- the operator names the program; what a person wrote goes to its standard input
	cmd.Env = []string{"LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent",
		"SOURCE_DATE_EPOCH=0", "PYTHONHASHSEED=0"} // the same bytes each time
	cmd.WaitDelay = 5 * time.Second // for helpers of the program's that outlive it
	cmd.Stdin = bytes.NewReader(html)
	var pdf, said limited
	pdf.left, said.left = maxPDF, 64<<10
	cmd.Stdout, cmd.Stderr = &pdf, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("weasyprint: %w: %s", err, lastLineOf(said.String()))
	}
	if !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) {
		return nil, errors.New("weasyprint wrote no PDF")
	}
	return pdf.Bytes(), nil
}

// lastLineOf is what the program said at the end: the kind of error, without the document's content.
func lastLineOf(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	last := lines[len(lines)-1]
	kind, _, _ := strings.Cut(last, ":")
	return kind
}

// limited is a buffer that refuses more than it may hold.
type limited struct {
	bytes.Buffer
	left int
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errors.New("too much output")
	}
	return l.Buffer.Write(p)
}
