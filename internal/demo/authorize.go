package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// request is a checked authorization request.
type request struct {
	client   Client
	redirect string
	state    string
	query    url.Values
	lang     string
	want     civic.Level // the weakest level that would do
}

// personasPage is the data of the persona page.
type personasPage struct {
	Lang, Stylesheet string
	T                words
	Action           string     // where buttons post to
	Keep             url.Values // the request's parameters, for the search form
	Staff            bool
	Query            string
	People           []offer
	Places           []place
	Problem          string
	Typed            string
}

// offer is a persona's button.
type offer struct {
	persona
	TooLow bool
}

// place is an authority with the buttons of its staff.
type place struct {
	Name   string
	People []offer
}

// choose shows the personas (GET).
func (p *Provider) choose(w http.ResponseWriter, r *http.Request) {
	req, ok := p.check(w, r)
	if !ok {
		return
	}
	p.showPersonas(w, r, req, "", http.StatusOK)
}

// chosen sends the browser back as the persona (POST).
func (p *Provider) chosen(w http.ResponseWriter, r *http.Request) {
	req, ok := p.check(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		p.refuse(w, r, http.StatusBadRequest)
		return
	}
	if r.PostForm.Has("cancel") {
		p.back(w, r, req, url.Values{"error": {"access_denied"}})
		return
	}
	key := strings.ToLower(strings.TrimSpace(r.PostForm.Get("persona")))
	who, found, err := p.find(r.Context(), req.client.Audience, key)
	if err != nil {
		p.refuse(w, r, http.StatusServiceUnavailable)
		return
	}
	if !found {
		p.showPersonas(w, r, req, key, http.StatusUnprocessableEntity)
		return
	}
	now := p.cfg.Now()
	code, err := p.remember(p.codes, grant{
		client: req.client.ID, redirect: req.redirect, nonce: req.query.Get("nonce"),
		challenge: req.query.Get("code_challenge"), sid: random(), who: who, at: now, ends: now.Add(codeLife),
	})
	if err != nil {
		p.back(w, r, req, url.Values{"error": {"temporarily_unavailable"}})
		return
	}
	p.back(w, r, req, url.Values{"code": {code}})
}

// check reads the authorization request. A wrong client or redirect address is told to the person, everything else to
// the client.
func (p *Provider) check(w http.ResponseWriter, r *http.Request) (request, bool) {
	q := r.URL.Query()
	client, ok := p.client(q.Get("client_id"))
	if !ok || !slices.Contains(client.RedirectURLs, q.Get("redirect_uri")) {
		p.refuse(w, r, http.StatusBadRequest)
		return request{}, false
	}
	req := request{
		client: client, redirect: q.Get("redirect_uri"), state: q.Get("state"), query: q,
		lang: langOf(q.Get("ui_locales")), want: weakest(q.Get("acr_values")),
	}
	problem := ""
	switch {
	case q.Get("response_type") != "code":
		problem = "unsupported_response_type"
	case !slices.Contains(strings.Fields(q.Get("scope")), "openid"):
		problem = "invalid_scope"
	case q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43:
		problem = "invalid_request" // PKCE is not optional here
	case slices.Contains(strings.Fields(q.Get("prompt")), "none"):
		problem = "login_required"
	}
	if problem != "" {
		p.back(w, r, req, url.Values{"error": {problem}})
		return request{}, false
	}
	return req, true
}

// back sends the browser to the client with an answer.
func (p *Provider) back(w http.ResponseWriter, r *http.Request, req request, answer url.Values) {
	u, err := url.Parse(req.redirect)
	if err != nil {
		p.refuse(w, r, http.StatusBadRequest)
		return
	}
	q := u.Query()
	for name, values := range answer {
		q[name] = values
	}
	q.Set("state", req.state)
	q.Set("iss", p.cfg.Issuer)
	u.RawQuery = q.Encode()
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

func (p *Provider) showPersonas(w http.ResponseWriter, r *http.Request, req request, typed string, status int) {
	search := strings.TrimSpace(req.query.Get("q"))
	keep := url.Values{}
	for name, values := range req.query {
		if name != "q" {
			keep[name] = values
		}
	}
	data := personasPage{
		Lang: req.lang, Stylesheet: p.cfg.StylesheetURL, T: wordsIn(req.lang), Action: p.path + "/authorize?" + keep.Encode(),
		Keep: keep, Staff: req.client.Audience == Staff, Query: search, Typed: typed,
	}
	if status == http.StatusUnprocessableEntity {
		data.Problem = data.T["unknown"]
	}
	if data.Staff {
		data.People = offers(stateRoles(req.lang), req.want)
		tenants, err := p.tenants(r.Context(), search)
		if err != nil {
			p.refuse(w, r, http.StatusServiceUnavailable)
			return
		}
		for _, t := range tenants {
			data.Places = append(data.Places, place{Name: t.Name, People: offers(tenantRoles(t, req.lang), req.want)})
		}
	} else {
		data.People = offers(citizens(req.lang), req.want)
	}
	show(w, status, p.page, data)
}

func offers(all []persona, want civic.Level) []offer {
	var list []offer
	for _, who := range all {
		list = append(list, offer{persona: who, TooLow: !who.Level.AtLeast(want)})
	}
	return list
}

// refuse shows an error page of our own, since there is nobody to send the browser back to.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, status int) {
	lang := langOf(r.URL.Query().Get("ui_locales"))
	show(w, status, p.trouble, map[string]any{"Lang": lang, "Stylesheet": p.cfg.StylesheetURL, "T": wordsIn(lang), "Down": status >= 500})
}

// weakest is the least level that the acr_values name.
func weakest(acrs string) civic.Level {
	least := civic.LevelNone
	for _, word := range strings.Fields(acrs) {
		level := civic.Level(word)
		known := level == civic.LevelBasic || level == civic.LevelSubstantial || level == civic.LevelHigh
		if known && (least == civic.LevelNone || !level.AtLeast(least)) {
			least = level
		}
	}
	return least
}
