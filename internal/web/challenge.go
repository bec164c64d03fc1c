package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

// Who asks for more than a client is given, or for a class of pages that the operator has put under it, proves that it costs
// them something: their browser computes for a second or two, or waits. Nobody solves a puzzle, and nobody else is asked.
const (
	proofPath      = "/proof"
	proofBits      = 17               // leading zeros: 131,000 hashes on average, a second or two of a cheap telephone
	challengeLasts = 10 * time.Minute // for the computing
	slowWait       = 20 * time.Second // the way without scripts
	passLasts      = 30 * time.Minute
	passShare      = 10 // a pass is worth this part of what a client is given
	cookiePass     = "aw_pass"
	cookieSlow     = "aw_slow"
)

// signed is a text that we have written, for a purpose: it lies in the browser, so that no node has to remember it.
func (s *Server) signed(purpose, text string) string {
	return text + "." + encode(s.Vault.MAC(purpose, []byte(text))[:18])
}

// unsigned returns the text, or false when we have not written it.
func (s *Server) unsigned(purpose, signed string) (string, bool) {
	text, _, _ := strings.Cut(signed, ".")
	return text, text != "" && len(signed) < 200 && hmac.Equal([]byte(signed), []byte(s.signed(purpose, text)))
}

// stamp is a signed time and something random besides, which names it.
func (s *Server) stamp(purpose string, at time.Time) string {
	return s.signed(purpose, strconv.FormatInt(at.Unix(), 36)+"-"+randomText(9))
}

// stamped returns the time of a stamp and its name.
func (s *Server) stamped(purpose, signed string) (at time.Time, name string, ok bool) {
	text, ok := s.unsigned(purpose, signed)
	seconds, err := strconv.ParseInt(text[:max(strings.IndexByte(text, '-'), 0)], 36, 64)
	return time.Unix(seconds, 0), text, ok && err == nil
}

// pass is the name of the browser's pass, "" when it has none or an old one.
func (s *Server) pass(r *request) string {
	until, name, ok := s.stamped("pass", s.cookies.get(r.Ctx, cookiePass))
	if !ok || !s.Now().Before(until) {
		return ""
	}
	return name
}

func (s *Server) givePass(r *request) {
	s.cookies.set(r.Ctx, cookiePass, s.stamp("pass", s.Now().Add(passLasts)), passLasts)
}

// proved checks a proof: for this client, in time, for the first time, and with enough zeros.
func (s *Server) proved(r *request, challenge, proof string) bool {
	until, name, ok := s.stamped("proof "+r.clientKey(), challenge)
	if !ok || !s.Now().Before(until) || len(proof) > 20 || leadingZeros(sha256.Sum256([]byte(challenge+":"+proof))) < proofBits {
		return false
	}
	first, _, err := s.Limiter.Allow(r.ctx, "proof:"+name, 1, 2*challengeLasts)
	return first || err != nil
}

func leadingZeros(sum [32]byte) int {
	n := 0
	for _, b := range sum {
		if n += bits.LeadingZeros8(b); b != 0 {
			break
		}
	}
	return n
}

// waited tells whether the browser was told to wait and has. A client gets by so often only as one browser would.
func (s *Server) waited(r *request) bool {
	from, name, ok := s.stamped("slow "+r.clientKey(), s.cookies.get(r.Ctx, cookieSlow))
	if !ok || s.Now().Before(from) {
		return false
	}
	s.cookies.set(r.Ctx, cookieSlow, "", -1)
	if s.Now().Sub(from) > passLasts {
		return false
	}
	for _, key := range []string{"slow:" + name, "slow:" + r.clientKey()} {
		if one, _, err := s.Limiter.Allow(r.ctx, key, 1, slowWait); err == nil && !one {
			return false
		}
	}
	return true
}

// provable tells whether a refused request comes from somebody who looks at a page. What scripts ask for is refused as it is,
// and so are files on their way.
func (r *request) provable() bool {
	mode := r.Get("Sec-Fetch-Mode")
	return !r.route.script && !r.route.token && !r.route.quiet && (mode == "" || mode == "navigate") && r.Get("X-Script") == "" && r.Get("X-Autosave") == "" &&
		slices.Contains([]class{reading, writing, entering}, r.route.class) && !isMultipart(r.Ctx)
}

// challenge lets the request pass when it brings a proof or has waited; else the page says what to do, and carries on what
// was typed. A post's own CSRF token is carried on as it came: who had none has none after it.
func (s *Server) challenge(r *request) (passed bool, err error) {
	p := page.Challenge{Action: proofPath, Wait: int(slowWait / time.Second), Bits: proofBits, Worker: s.Assets.URL("work.js")}
	var challenge, proof string
	if changesNothing(r.Method()) {
		p.Typed = []page.TypedValue{{Name: "back", Value: r.pathQuery()}}
	} else {
		values, err := readForm(r.Ctx, r.route.most())
		if err != nil {
			return false, err
		}
		p.Action = string(r.Context().URI().RequestURI())
		challenge, proof = first(values[page.ChallengeField]), first(values[page.ProofField])
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if name == page.ChallengeField || name == page.ProofField {
				continue
			}
			for _, v := range values[name] {
				p.Typed = append(p.Typed, page.TypedValue{Name: name, Value: v})
			}
		}
		r.values = values
	}
	if proof != "" && s.proved(r, challenge, proof) || s.waited(r) {
		s.givePass(r)
		return true, nil
	}
	if visit := s.cookies.get(r.Ctx, cookieVisit); visit != "" {
		r.csrf = s.token(visit) // who asks is not looked up for a page that costs us as little as it can
	}
	p.Challenge = s.stamp("proof "+r.clientKey(), s.Now().Add(challengeLasts))
	if from, _, ok := s.stamped("slow "+r.clientKey(), s.cookies.get(r.Ctx, cookieSlow)); !ok || s.Now().After(from) {
		s.cookies.set(r.Ctx, cookieSlow, s.stamp("slow "+r.clientKey(), s.Now().Add(slowWait)), passLasts)
	}
	shell := r.shell(r.T("challenge.title"))
	if changesNothing(r.Method()) {
		shell.Refresh = p.Wait + 1
	}
	r.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.Wait))
	return false, r.render(fiber.StatusTooManyRequests, page.ChallengePage(shell, p))
}

// proof takes what was computed for a page that was asked for, and leads back to it.
func (s *Server) proof(r *request) error {
	values, err := readForm(r.Ctx, maxReport)
	if err != nil {
		return err
	}
	r.values = values
	if !s.sameOrigin(r.Ctx) {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	if s.proved(r, r.value(page.ChallengeField), r.value(page.ProofField)) || s.waited(r) {
		s.givePass(r)
	}
	return r.seeOther(localPath(r.value("back"), "/")) // where the page itself asks once more, when it was no proof
}
