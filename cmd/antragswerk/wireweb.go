package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"antragswerk/internal/demo"
	"antragswerk/internal/login"
	"antragswerk/internal/seal"
	"antragswerk/internal/web"
)

// openLogin makes the relying party of an audience: citizen or staff.
func (p *platform) openLogin(ctx context.Context, audience string) (*login.Login, error) {
	key := "OIDC_" + strings.ToUpper(audience) + "_"
	cfg := login.Config{Issuer: p.cfg.get(key + "ISSUER"), ClientID: p.cfg.get(key + "CLIENT_ID"), ClientSecret: p.cfg.get(key + "CLIENT_SECRET"),
		RedirectURL: p.cfg.publicURL().JoinPath("auth", audience, "callback").String(), Audience: audience, Now: now, MAC: p.vault.MAC}
	if audience == login.Citizen {
		var err error
		if cfg.LevelMap, err = p.cfg.levels(key + "LEVELS"); err != nil {
			return nil, err
		}
		cfg.LevelClaim = p.cfg.get(key + "LEVEL_CLAIM")
	}
	if cfg.Issuer == "demo:" {
		if err := p.openDemoProvider(); err != nil {
			return nil, err
		}
		cfg.Issuer, cfg.ClientSecret = p.demoIssuer(), demoSecret(p.vault, audience)
		cfg.HTTP = &http.Client{Transport: p.idp.Transport(http.DefaultTransport), Timeout: 10 * time.Second}
	}
	return login.Open(ctx, cfg)
}

func (p *platform) demoIssuer() string { return p.cfg.publicURL().JoinPath("demo", "idp").String() }

func demoSecret(v *seal.Vault, audience string) string {
	return fmt.Sprintf("%x", v.MAC("demo-client", []byte(audience))[:16])
}

func (p *platform) openDemoProvider() error {
	if p.idp != nil {
		return nil
	}
	allow := p.cfg.get("DEMO_IN_PUBLIC") == "yes, with invented people"
	if err := demo.Check(p.cfg.get("LISTEN"), p.cfg.get("PUBLIC_URL"), allow); err != nil {
		return err
	}
	dir, err := p.cfg.dataDir("demo-idp")
	if err != nil {
		return err
	}
	public := p.cfg.publicURL()
	client := func(audience string) demo.Client {
		return demo.Client{ID: p.cfg.get("OIDC_" + strings.ToUpper(audience) + "_CLIENT_ID"), Secret: demoSecret(p.vault, audience), Audience: audience,
			RedirectURLs: []string{public.JoinPath("auth", audience, "callback").String()}, LogoutURLs: []string{public.JoinPath("/").String()}} // #nosec G125 -- citizen or staff
	}
	p.idp, err = demo.Open(demo.Config{Issuer: p.demoIssuer(), Dir: dir, Clients: []demo.Client{client("citizen"), client("staff")}, Tenants: p.find,
		Usual: []string{"jena", "erfurt", "kreis-gotha", "vg-hanstein-rusteberg"}, StylesheetURL: p.assets.URL("app.css"), Now: now})
	return err
}

func (p *platform) joinWeb(ctx context.Context) error {
	citizen, err := p.openLogin(ctx, login.Citizen)
	if err != nil {
		return err
	}
	staff, err := p.openLogin(ctx, login.Staff)
	if err != nil {
		return err
	}
	proxies, err := p.cfg.proxies()
	if err != nil {
		return err
	}
	hosts, err := p.cfg.hosts()
	if err != nil {
		return err
	}
	p.web = web.New(web.Deps{Find: p.find, Apply: p.apply, Clerk: p.clerk, Admin: p.admin, Publish: p.pub, Documents: p.out, Sessions: p.store, Heads: p.store, Cache: p.kv, Presence: p.kv, Limiter: p.kv, Line: p.kv, Challenge: p.cfg.words("CHALLENGE"), AdmitEvery: p.cfg.admitEvery(),
		Citizen: citizen, Staff: staff, Vault: platformVault{p.vault, p.find}, Assets: p.assets, Demo: p.mounts(), PublicURL: p.cfg.publicURL(), Hosts: hosts, SecurityContact: p.cfg.get("SECURITY_CONTACT"),
		Providers: p.providers(), Proxies: proxies, Now: now, NewID: newID, Log: p.log,
		Ready: []web.Check{{Name: "database", Ping: p.store.Ping}, {Name: "attachments", Ping: p.blobs.Ping}}})
	return nil
}

func (p *platform) mounts() map[string]web.Mount {
	m := map[string]web.Mount{}
	if p.idp != nil {
		m["/demo/idp"] = web.Mount{Handler: p.idp}
	}
	if p.mailbox != nil {
		m["/demo/mail"] = web.Mount{Handler: p.mailbox}
	}
	return m
}

// providers are the origins that forms may lead to.
func (p *platform) providers() []string {
	var out []string
	for _, key := range []string{"OIDC_CITIZEN_ISSUER", "OIDC_STAFF_ISSUER"} {
		if scheme, rest, ok := strings.Cut(p.cfg.get(key), "://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			out = append(out, scheme+"://"+host)
		}
	}
	return out
}
