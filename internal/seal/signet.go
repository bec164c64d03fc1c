package seal

import (
	"context"

	"antragswerk/internal/civic"
)

// Signet seals letters with the installation's own signing key (Ed25519), the one that receipts are signed with: whoever has its
// public key can check them, now and later. It is no qualified seal after eIDAS: that is for another adapter to fetch (ADR 25).
type Signet struct{ Vault *Vault }

// SealLetter signs the message.
func (s Signet) SealLetter(_ context.Context, _ civic.Tenant, message []byte) (civic.Seal, error) {
	return civic.Seal{Kind: "ed25519", Bytes: s.Vault.Sign(message)}, nil
}

// NoSignet leaves letters without a seal.
type NoSignet struct{}

// SealLetter seals nothing.
func (NoSignet) SealLetter(context.Context, civic.Tenant, []byte) (civic.Seal, error) {
	return civic.Seal{}, nil
}
