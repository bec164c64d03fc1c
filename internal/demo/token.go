package demo

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
)

// token trades a code for an ID token. A code is good once: whatever is wrong with the request, it is gone.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	client, ok := p.authenticate(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="demo"`)
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" {
		answer(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
		return
	}
	p.mu.Lock()
	g, known := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	now := p.cfg.Now()
	switch {
	case !known, now.After(g.ends), g.client != client.ID, g.redirect != r.PostForm.Get("redirect_uri"),
		subtle.ConstantTimeCompare([]byte(b64(sum[:])), []byte(g.challenge)) != 1:
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	g.ends = now.Add(tokenLife)
	access, err := p.remember(p.tokens, g)
	if err != nil {
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable"})
		return
	}
	id, err := p.signer.sign(p.idToken(g, access))
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(tokenLife.Seconds()), "id_token": id,
	})
}

// authenticate checks the client's secret, sent as HTTP basic (RFC 6749, 2.3.1).
func (p *Provider) authenticate(r *http.Request) (Client, bool) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return Client{}, false
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	client, known := p.client(id)
	same := subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) == 1
	return client, errID == nil && errSecret == nil && known && same && client.Secret != ""
}

// idToken holds who it is and how well that was proved; attributes wait at the userinfo endpoint.
func (p *Provider) idToken(g grant, access string) map[string]any {
	now := p.cfg.Now()
	half := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": p.cfg.Issuer, "aud": g.client, "sub": g.who.Key, "sid": g.sid, "acr": string(g.who.Level),
		"iat": now.Unix(), "exp": now.Add(idLife).Unix(), "auth_time": g.at.Unix(), "at_hash": b64(half[:16]),
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	return claims
}

// endSession ends nothing, since the provider keeps no session of its own: it asks for a persona each time. It sends
// the browser to an address that the client registered, or says goodbye.
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.refuse(w, r, http.StatusBadRequest)
		return
	}
	to := r.Form.Get("post_logout_redirect_uri")
	client, ok := p.client(r.Form.Get("client_id"))
	if to != "" && ok && slices.Contains(client.LogoutURLs, to) {
		if state := r.Form.Get("state"); state != "" {
			u, err := url.Parse(to)
			if err != nil {
				p.refuse(w, r, http.StatusBadRequest)
				return
			}
			q := u.Query()
			q.Set("state", state)
			u.RawQuery = q.Encode()
			to = u.String()
		}
		http.Redirect(w, r, to, http.StatusSeeOther) // #nosec G710 -- checked against the client's list
		return
	}
	lang := langOf(r.Form.Get("ui_locales"))
	show(w, http.StatusOK, p.bye, map[string]any{"Lang": lang, "Stylesheet": p.cfg.StylesheetURL, "T": wordsIn(lang)})
}
