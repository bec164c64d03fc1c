package civic

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"
)

// Receipt (Empfangsbestätigung) is what the platform signs when a submission has become durable. Whoever holds one can
// have it checked without the platform looking anything up: the signature is enough.
type Receipt struct {
	FileNumber string
	Digest     []byte    // SHA-256, 32 bytes
	At         time.Time // of the submission; seconds count
	Signature  []byte    // Ed25519, 64 bytes
}

// SignedReceipt is the receipt that the submission was answered with.
func (s Submission) SignedReceipt() Receipt {
	return Receipt{FileNumber: s.FileNumber, Digest: s.Digest, At: s.Created, Signature: s.Receipt}
}

// Sizes of a receipt's parts in bytes.
const (
	receiptDigest    = 32
	receiptSignature = 64
	receiptCode      = 1 + 8 + receiptDigest + receiptSignature
	receiptVersion   = 1
)

// Message is what the signature covers: version, file number, digest in hex, time in RFC 3339 (UTC, seconds), one a line.
func (r Receipt) Message() []byte {
	return []byte(strings.Join([]string{"antragswerk-receipt-v1", r.FileNumber, hex.EncodeToString(r.Digest), r.Time()}, "\n"))
}

// Time is the time as the signature covers it, fit to be typed: 2026-11-24T09:15:07Z.
func (r Receipt) Time() string { return r.At.UTC().Format(time.RFC3339) }

// Code is digest, time and signature in 140 letters, digits, "-" and "_", for a web address. The file number is not in
// it: it belongs to a person and must not stand in an address. Whoever checks a receipt types it from the paper, which
// also keeps a genuine code from vouching for another paper. "" for a submission without a signature.
func (r Receipt) Code() string {
	if len(r.Digest) != receiptDigest || len(r.Signature) != receiptSignature {
		return ""
	}
	b := append(make([]byte, 0, receiptCode), receiptVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.Unix())) // #nosec -- written and read back as the same 64 bits
	b = append(append(b, r.Digest...), r.Signature...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// VerifyPath is the address on the platform that checks the receipt, "" without a signature.
func (r Receipt) VerifyPath() string {
	if code := r.Code(); code != "" {
		return "/verify?c=" + code
	}
	return ""
}

// ErrReceiptCode tells that something is no code of a receipt.
var ErrReceiptCode = errors.New("civic: not the code of a receipt")

// ParseReceiptCode reads what Code wrote, or the whole web address that a phone reads from the QR code; spaces and line
// breaks in it do not matter. The file number is left empty. The error is ErrReceiptCode.
func ParseReceiptCode(s string) (Receipt, error) {
	s = strings.Join(strings.Fields(s), "")
	if u, err := url.Parse(s); err == nil && u.Query().Has("c") {
		s = u.Query().Get("c")
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != receiptCode || b[0] != receiptVersion {
		return Receipt{}, ErrReceiptCode
	}
	at := int64(binary.BigEndian.Uint64(b[1:9])) // #nosec -- see Code
	if at < 0 || at > 253402300799 {             // the year 9999
		return Receipt{}, ErrReceiptCode
	}
	return Receipt{At: time.Unix(at, 0).UTC(), Digest: b[9 : 9+receiptDigest], Signature: b[9+receiptDigest:]}, nil
}
