package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// demoTowns get the invented applications of a demo installation.
var demoTowns = []string{"jena", "erfurt", "kreis-gotha", "vg-hanstein-rusteberg"}

// demoCases sends invented applications, made from the valid samples of the services, so that a desk is not empty at the
// first look. It does so once: where Jena has a case already, it does nothing.
func (p *platform) demoCases(ctx context.Context) error {
	n, err := strconv.Atoi(p.cfg.get("DEMO_CASES"))
	if err != nil || n <= 0 || p.idp == nil {
		return err
	}
	first, err := p.find.Tenant(ctx, demoTowns[0])
	if err != nil {
		return err
	}
	counts, err := p.store.Counts(ctx, first.ID)
	if err != nil {
		return err
	}
	for _, n := range counts {
		if n > 0 {
			return nil
		}
	}
	topics, err := p.find.Topics(ctx, "")
	if err != nil {
		return err
	}
	sent := 0
	for round := 0; sent < n && round < n; round++ {
		for _, topic := range topics {
			town := demoTowns[round%len(demoTowns)]
			form, err := p.find.Form(ctx, topic.Slug)
			if err != nil {
				return err
			}
			ok, err := p.demoCase(ctx, town, topic.Slug, form, round/len(demoTowns))
			if err != nil {
				return fmt.Errorf("%s in %s: %w", topic.Slug, town, err)
			}
			if ok {
				sent++
			}
			if sent == n {
				break
			}
		}
	}
	return nil
}

// demoCase sends the nth valid sample that can be sent as it is (without attachments that nobody uploaded).
func (p *platform) demoCase(ctx context.Context, town, service string, form *formdef.Form, nth int) (bool, error) {
	tenant, err := p.find.Tenant(ctx, town)
	if err != nil {
		return false, err
	}
	if _, _, _, err := p.find.Current(ctx, tenant.ID, service); err != nil {
		return false, nil //nolint:nilerr // it is not offered there
	}
	answers := demoAnswers(form, nth)
	if answers == nil {
		return false, nil
	}
	who := civic.Actor{Identity: &civic.Identity{Level: civic.LevelHigh}}
	started, err := p.apply.Start(ctx, who, apply.Start{Tenant: town, Service: service, Lang: "de"})
	if err != nil {
		return false, err
	}
	who.Subject.Codes = p.apply.CodeHashes([]string{started.Code})
	if err := p.apply.Fill(ctx, who, started.Dossier, answers, demoFile); err != nil {
		return false, err
	}
	_, got, err := p.apply.Submit(ctx, who, started.Dossier, "de", apply.Declaration{Given: true})
	return err == nil && len(got.Problems) == 0, err
}

// demoFile is what an invented application attaches: a PNG of one white dot.
func demoFile(string) (name string, body []byte) {
	return "Nachweis.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00IEND\xaeB`\x82")
}

func demoAnswers(form *formdef.Form, nth int) formdef.Answers {
	var valid []formdef.Answers
	for _, s := range form.Package.Samples {
		if string(s.Expect) != `"valid"` {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(s.Answers))
		dec.UseNumber()
		var a formdef.Answers
		if dec.Decode(&a) == nil {
			valid = append(valid, a)
		}
	}
	if len(valid) == 0 {
		return nil
	}
	return valid[nth%len(valid)]
}
