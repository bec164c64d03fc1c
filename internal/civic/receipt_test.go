package civic

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
	"time"
)

func signed() Receipt {
	digest := sha256.Sum256([]byte("answers"))
	return Receipt{FileNumber: "HUST-2026-000123", Digest: digest[:], At: time.Date(2026, 11, 24, 10, 15, 7, 123456, time.FixedZone("", 3600)),
		Signature: bytes.Repeat([]byte{0xa5, 0x5a}, 32)}
}

func TestReceiptCodeReadsBack(t *testing.T) {
	want := signed()
	code := want.Code()
	for name, typed := range map[string]string{
		"the code":               code,
		"the address":            "https://antraege.example.org" + want.VerifyPath(),
		"the address, with more": "https://antraege.example.org/verify?lang=en&c=" + code,
		"broken over lines":      "  " + code[:40] + "\n" + code[40:90] + " " + code[90:] + "\n",
	} {
		got, err := ParseReceiptCode(typed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got.FileNumber = want.FileNumber
		if !bytes.Equal(got.Message(), want.Message()) || !bytes.Equal(got.Signature, want.Signature) {
			t.Errorf("%s: %q, want %q", name, got.Message(), want.Message())
		}
	}
}

func TestReceiptCodeHoldsNoFileNumber(t *testing.T) {
	a, b := signed(), signed()
	b.FileNumber = "HUST-2026-999999"
	if a.Code() != b.Code() || strings.Contains(a.VerifyPath(), a.FileNumber) {
		t.Error("the file number stands in the address")
	}
}

func TestReceiptMessage(t *testing.T) {
	got := strings.Split(string(signed().Message()), "\n")
	if len(got) != 4 || got[0] != "antragswerk-receipt-v1" || got[1] != "HUST-2026-000123" || len(got[2]) != 64 || got[3] != "2026-11-24T09:15:07Z" {
		t.Errorf("%q", got)
	}
}

func TestWhatIsNoReceiptCode(t *testing.T) {
	code := signed().Code()
	for _, typed := range []string{"", "x", code[:len(code)-1], code + "AAAA", "C" + code[1:], strings.Repeat("A", len(code)), "https://antraege.example.org/verify", "https://antraege.example.org/verify?c=", strings.Replace(code, code[3:6], "§§", 1), "AX" + code[2:]} {
		if got, err := ParseReceiptCode(typed); err == nil {
			t.Errorf("%.40q was read as %+v", typed, got)
		}
	}
	if (Receipt{FileNumber: "A", Digest: []byte("short")}).VerifyPath() != "" {
		t.Error("an unsigned receipt has an address")
	}
}

func FuzzParseReceiptCode(f *testing.F) {
	f.Add(signed().Code())
	f.Add("https://antraege.example.org" + signed().VerifyPath())
	f.Add("%?c=%zz")
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := ParseReceiptCode(typed)
		if err != nil {
			return
		}
		again, err := ParseReceiptCode(got.Code())
		if err != nil || !bytes.Equal(again.Message(), got.Message()) || !bytes.Equal(again.Signature, got.Signature) {
			t.Errorf("%q does not come back: %v", typed, err)
		}
	})
}
