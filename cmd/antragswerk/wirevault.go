package main

import (
	"context"
	"fmt"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/find"
	"antragswerk/internal/seal"
)

func (p *platform) openVault(context.Context) (err error) {
	if _, err = p.cfg.dataDir(); err != nil {
		return err
	}
	if keys := p.cfg.get("MASTER_KEY"); keys != "" {
		if p.vault, err = seal.New(keys); err != nil {
			return fmt.Errorf("MASTER_KEY: %w", err)
		}
		return nil
	}
	p.vault, err = seal.Open(p.cfg.get("MASTER_KEY_FILE"))
	return err
}

// signet seals letters as the configuration says.
func (p *platform) signet() clerk.Signet {
	if p.cfg.get("LETTER_SEAL") == "none" {
		return seal.NoSignet{}
	}
	return seal.Signet{Vault: p.vault}
}

// platformVault seals what belongs to no authority under the state's own key.
type platformVault struct {
	*seal.Vault
	find *find.Service
}

func (v platformVault) keys() (civic.Keys, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // sessions are opened without one; the answer is in memory
	defer cancel()
	t, err := v.find.Tenant(ctx, stateSlug)
	return civic.Keys{Tenant: t.ID, TenantKey: t.Key}, err
}

// SealPlatform implements web.Vault.
func (v platformVault) SealPlatform(purpose string, plain []byte) ([]byte, error) {
	k, err := v.keys()
	if err != nil {
		return nil, err
	}
	return v.Seal(k, purpose, plain)
}

// OpenPlatform implements web.Vault.
func (v platformVault) OpenPlatform(purpose string, sealed []byte) ([]byte, error) {
	k, err := v.keys()
	if err != nil {
		return nil, err
	}
	return v.Open(k, purpose, sealed)
}
