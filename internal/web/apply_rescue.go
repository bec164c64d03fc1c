package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

const rescueCode = page.RescueCode

// rescue answers a post to a draft that this browser cannot open any more, because its cookies or its log-in are gone: what was
// typed is carried on by the page, until a code or another log-in opens the draft. Whether there is such a draft it does not tell.
func (s *Server) rescue(r *request, cause error) error { return s.drawRescue(r, cause, "") }

func (s *Server) drawRescue(r *request, cause error, codeError string) error {
	code := civic.CodeOf(cause)
	if lang, ok := r.languageAction(); ok {
		s.speak(r, lang)
	}
	s.logFailure(r.id, code, cause)
	p := page.Rescue{Action: r.back, LoginURL: "/auth/citizen/login?" + url.Values{"return": {r.back}}.Encode(), Code: r.value(rescueCode), CodeErr: codeError}
	for _, name := range slices.Sorted(maps.Keys(r.values)) {
		if name == page.CSRFField || name == rescueCode || name == "_action" {
			continue
		}
		for _, v := range r.values[name] {
			p.Typed = append(p.Typed, page.TypedValue{Name: name, Value: v, Shown: strings.HasPrefix(name, "/") && strings.TrimSpace(v) != ""})
		}
	}
	shell := r.shell(r.T("rescue.title"))
	shell.FormID, shell.Errors = "eingaben", codeError != ""
	return r.render(statuses[code], page.RescuePage(shell, p))
}

// unlock takes the recovery code of a rescue page; from then on this browser holds it. done tells that the page was answered.
func (s *Server) unlock(r *request) (done bool, err error) {
	code, err := s.recovered(r, r.value(rescueCode))
	switch civic.CodeOf(err) {
	case "":
		r.holdCode(code)
		return false, nil
	case civic.Invalid, civic.TooMany:
		return true, s.drawRescue(r, err, r.words(err))
	}
	return true, err
}

// recovered checks a recovery code; nobody may try many.
func (s *Server) recovered(r *request, code string) (string, error) {
	if err := s.tries(r); err != nil {
		return "", err
	}
	return s.Apply.Recover(r.ctx, code)
}

// tries limits how often a client may try a code.
func (s *Server) tries(r *request) error {
	ok, wait, err := s.Limiter.Allow(r.ctx, "recover:"+r.clientKey(), 10, recoverPeriod)
	if err == nil && !ok {
		return civic.Errorf(civic.TooMany, "error.too_many", "seconds", int(wait.Seconds())+1)
	}
	return nil
}
