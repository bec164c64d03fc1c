package page

import (
	"fmt"
	"strconv"

	"github.com/piglig/go-qr"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// The answers of the page that checks receipts.
const (
	VerifyGenuine = "genuine"
	VerifyUnknown = "unknown"
)

// Verify asks for what a receipt says of itself, and tells whether the platform signed it.
type Verify struct {
	Number, Code            string // as typed, or the code as a phone read it
	Digest, Time, Signature string // as typed, instead of the code
	Scanned                 bool   // the code came with the address: only the number is missing
	Errors                  map[string]string
	Result                  string // VerifyGenuine, VerifyUnknown; "" nothing was checked yet
	Received, Checked       string // time and digest of a genuine receipt
	KeysURL                 string
}

// Failed tells whether something that was typed cannot be read.
func (v Verify) Failed() bool { return len(v.Errors) > 0 }

// typedOut tells whether digest, time and signature are used instead of the code.
func (v Verify) typedOut() bool { return v.Code == "" && v.Digest+v.Time+v.Signature != "" }

func (v Verify) number(l *locale.Catalogue) Input {
	return Input{Name: "number", Label: l.T("verify.number"), Hint: l.T("verify.number.hint"), Value: v.Number, Error: v.Errors["number"], Required: true, Width: 20, MaxLength: 60}
}

func (v Verify) code(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "code", Label: l.T("verify.code"), Hint: l.T("verify.code.hint"), Value: v.Code, Error: v.Errors["code"], NoMark: true, Rows: 3, MaxLength: 600}
}

// parts are the three inputs that stand in for the code.
func (v Verify) parts(l *locale.Catalogue) []Input {
	return []Input{
		{Name: "digest", Label: l.T("verify.digest"), Hint: l.T("verify.digest.hint"), Value: v.Digest, Error: v.Errors["digest"], NoMark: true, MaxLength: 200},
		{Name: "time", Label: l.T("verify.time"), Hint: l.T("verify.time.hint"), Value: v.Time, Error: v.Errors["time"], NoMark: true, Width: 20, MaxLength: 40},
		{Name: "signature", Label: l.T("verify.signature"), Hint: l.T("verify.signature.hint"), Value: v.Signature, Error: v.Errors["signature"], NoMark: true, MaxLength: 200},
	}
}

func (v Verify) issues(l *locale.Catalogue) []Issue {
	return InputIssues(append([]Input{v.number(l), v.code(l)}, v.parts(l)...)...)
}

// quiet is the white margin of a QR code in dots (ISO/IEC 18004).
const quiet = 4

// mask is the pattern laid over the code (ISO/IEC 18004, 7.8). Which one is best depends on what lies below; a signature lies as
// evenly as noise, so that trying all eight would cost half a millisecond for nothing.
const mask = 3

// qrPath are the dark dots of a QR code as an SVG path, and the side of the picture in dots, margin included.
func qrPath(text string) (path string, side int, err error) {
	segments, err := go_qr.MakeSegments(text)
	if err != nil {
		return "", 0, fmt.Errorf("page: QR code: %w", err)
	}
	code, err := go_qr.EncodeSegments(segments, go_qr.Medium, 1, 40, mask, true)
	if err != nil {
		return "", 0, fmt.Errorf("page: QR code: %w", err)
	}
	var b []byte
	number := func(command string, n int) { b = strconv.AppendInt(append(b, command...), int64(n), 10) }
	for y := range code.Size() {
		for x := 0; x < code.Size(); x++ {
			from := x
			for x < code.Size() && code.Module(x, y) {
				x++
			}
			if x > from {
				number("M", from+quiet)
				number(" ", y+quiet)
				number("h", x-from)
				number("v1h-", x-from)
				b = append(b, 'z')
			}
		}
	}
	return string(b), code.Size() + 2*quiet, nil
}
