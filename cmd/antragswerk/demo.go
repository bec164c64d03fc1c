package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"sync"

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

// demoFile is what an invented application attaches: a picture of a page with lines on it.
func demoFile(string) (name string, body []byte) { return "Nachweis.png", demoPage() }

var demoPage = sync.OnceValue(func() []byte {
	page := image.NewPaletted(image.Rect(0, 0, 420, 594), color.Palette{color.White, color.Gray{0x55}, color.Gray{0xbb}})
	fill := func(x, y, w, h int, tone uint8) {
		for dy := range h {
			for dx := range w {
				page.SetColorIndex(x+dx, y+dy, tone)
			}
		}
	}
	fill(40, 48, 180, 14, 1)
	for line := range 18 {
		fill(40, 110+line*22, 340-line%4*45, 6, 2)
	}
	fill(40, 530, 120, 3, 1)
	var b bytes.Buffer
	if err := png.Encode(&b, page); err != nil {
		panic(err) // into memory, of a picture that is made here
	}
	return b.Bytes()
})

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
