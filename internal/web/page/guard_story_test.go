package page_test

import (
	"github.com/a-h/templ"

	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// guardStories are the pages that stand before others: a proof, a line, a log-in that must be fresh.
func guardStories(l *locale.Catalogue) map[string]templ.Component {
	s := shell(l, "Moment")
	s.Notice = nil
	return map[string]templ.Component{
		"proof": page.ChallengePage(s, page.Challenge{Action: "/x/1", Challenge: "abc-def.ghi", Bits: 17, Wait: 20, Typed: []page.TypedValue{{Name: page.CSRFField, Value: "t"}, {Name: "/halter/familienname", Value: "<b>Schulz</b>"}}}),
		"room":  page.WaitingPage(s, page.WaitingRoom{Place: 42, Minutes: 5}), "room-full": page.WaitingPage(s, page.WaitingRoom{Full: true}),
		"again": page.ReloginPage(s, page.Relogin{Action: "/state/forms/1/publish", LoginURL: "/auth/staff/login?fresh=1", Again: true, Typed: []page.TypedValue{{Name: "from", Value: "2026-01-01"}}}),
	}
}
