package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/web/page"
)

// Line gives out times, one after the other (internal/kv).
type Line interface {
	// Reserve takes the next free time of a line that moves on by one every each, and returns how long it is until then. ok is
	// false, and nothing is taken, when it is longer than most.
	Reserve(ctx context.Context, key string, each, most time.Duration) (wait time.Duration, ok bool, err error)
}

// The waiting room lets new visitors in at the rate that the operator has set. Who is in the middle of something never waits:
// who is logged in, who has been let in and was here in the last half hour, and who sends a form.
const (
	insideLasts  = 30 * time.Minute
	insideRenew  = 5 * time.Minute
	longestWait  = 2 * time.Hour
	lateLasts    = 10 * time.Minute // how long after their time somebody is still let in
	cookieInside = "aw_inside"
	cookieTicket = "aw_ticket"
)

// waitingRoom shows where in line a visitor stands, until it is their turn.
func (s *Server) waitingRoom(r *request) (waits bool, err error) {
	if r.route.class != reading || r.route.legal() || r.route.guard != anybody || !changesNothing(r.Method()) || strings.HasPrefix(r.Path(), "/auth/") {
		return false, nil
	}
	since, _, inside := s.stamped("inside", s.cookies.get(r.Ctx, cookieInside))
	inside = inside && s.Now().Sub(since) < insideLasts
	open := s.AdmitEvery == 0
	if open && len(r.codes) == 0 {
		return false, nil
	}
	// While the room is open, whoever fills in a form is noted as being in: they stay so if it is closed meanwhile.
	if inside || open || r.citizen != nil || r.staff != nil || s.itsTheirTurn(r) {
		if !inside || s.Now().Sub(since) > insideRenew {
			s.cookies.set(r.Ctx, cookieInside, s.stamp("inside", s.Now()), insideLasts)
		}
		return false, nil
	}
	p, again := s.placeOf(r)
	if again == 0 {
		return false, nil
	}
	r.Set(fiber.HeaderRetryAfter, strconv.Itoa(again))
	r.Set("Refresh", strconv.Itoa(again))
	return true, r.render(fiber.StatusTooManyRequests, page.WaitingPage(r.shell(r.T("room.title")), p))
}

func (s *Server) itsTheirTurn(r *request) bool {
	turn, _, ok := s.stamped("ticket", s.cookies.get(r.Ctx, cookieTicket))
	late := s.Now().Sub(turn)
	if !ok || late < 0 || late > lateLasts {
		return false
	}
	s.cookies.set(r.Ctx, cookieTicket, "", -1)
	return true
}

// placeOf is where the visitor stands in line, and after how many seconds to ask again; 0 lets them in. Whoever is new is put at
// the end of the line; without the line's store nobody waits.
func (s *Server) placeOf(r *request) (p page.WaitingRoom, again int) {
	turn, _, ok := s.stamped("ticket", s.cookies.get(r.Ctx, cookieTicket))
	wait := turn.Sub(s.Now())
	if !ok || wait < 0 {
		var fits bool
		var err error
		wait, fits, err = s.Line.Reserve(r.ctx, "room", s.AdmitEvery, longestWait)
		switch {
		case err != nil:
			s.Log.Warn("waiting room unavailable", "cause", err)
			return p, 0
		case !fits:
			return page.WaitingRoom{Full: true}, int(lateLasts / time.Second)
		case wait < time.Second:
			s.cookies.set(r.Ctx, cookieInside, s.stamp("inside", s.Now()), insideLasts)
			return p, 0
		}
		s.cookies.set(r.Ctx, cookieTicket, s.stamp("ticket", s.Now().Add(wait)), wait+lateLasts)
	}
	p.Place, p.Minutes = int((wait+s.AdmitEvery-1)/s.AdmitEvery), int((wait+time.Minute-1)/time.Minute)
	return p, min(max(int(wait/time.Second)+1, 2), 30)
}
