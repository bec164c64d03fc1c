package apply

import (
	"context"
	"crypto/rand"
	"crypto/subtle"

	"antragswerk/internal/civic"
)

// newCode makes a recovery code of 80 random bits.
func newCode() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return civic.WriteCode(b[:])
}

// codeHash is what is stored of a new code.
func (s *Service) codeHash(code string) []byte { return s.codeHashes(code)[0] }

// codeHashes are a code under every master key: those given out before a rotation still open.
func (s *Service) codeHashes(code string) [][]byte {
	return s.Seal.MACs("recovery", []byte(civic.ReadCode(code)))
}

// CodeHashes are what the store may know of recovery codes; what is no code is left out.
func (s *Service) CodeHashes(codes []string) [][]byte {
	var out [][]byte
	for _, c := range codes {
		if civic.ReadCode(c) != "" {
			out = append(out, s.codeHashes(c)...)
		}
	}
	return out
}

// CodeFor returns the one of the codes that opens a dossier, "" when none does.
func (s *Service) CodeFor(codes []string, hash []byte) string {
	for _, c := range codes {
		if civic.ReadCode(c) == "" {
			continue
		}
		for _, h := range s.codeHashes(c) {
			if subtle.ConstantTimeCompare(h, hash) == 1 {
				return c
			}
		}
	}
	return ""
}

// Recover checks a recovery code and returns it as we write it; Invalid when it is none or opens nothing.
func (s *Service) Recover(ctx context.Context, code string) (string, error) {
	if civic.ReadCode(code) == "" {
		return "", civic.Errorf(civic.Invalid, "error.code.form").At("code")
	}
	holder := civic.Subject{Codes: s.codeHashes(code)}
	drafts, cases, err := s.Drafts.Mine(ctx, holder)
	if err != nil {
		return "", err
	}
	if len(drafts)+len(cases) == 0 {
		claimed, err := s.Cases.Claimed(ctx, holder)
		if err != nil {
			return "", err
		}
		if claimed {
			return "", civic.Errorf(civic.Invalid, "error.code.account").At("code")
		}
		return "", civic.Errorf(civic.Invalid, "error.code.unknown").At("code")
	}
	c := civic.ReadCode(code)
	return c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:], nil
}
