package main

import (
	"math/rand/v2"
	"time"

	"antragswerk/internal/civic"
)

// fates are how far cases of an age have come, in parts of a thousand: the first one whose days cover the age holds.
var fates = []struct {
	days  float64
	share map[civic.CaseState]int
}{
	{3, map[civic.CaseState]int{civic.Received: 800, civic.InProgress: 150, civic.WaitingApplicant: 50}},
	{30, map[civic.CaseState]int{civic.Received: 250, civic.InProgress: 400, civic.WaitingApplicant: 100, civic.Decided: 200, civic.Closed: 50}},
	{120, map[civic.CaseState]int{civic.Received: 20, civic.InProgress: 80, civic.WaitingApplicant: 40, civic.Decided: 260, civic.Closed: 600}},
	{1 << 20, map[civic.CaseState]int{civic.InProgress: 3, civic.WaitingApplicant: 2, civic.Decided: 15, civic.Closed: 950, civic.Withdrawn: 30}},
}

func fate(age time.Duration, chance *rand.Rand) civic.CaseState {
	for _, f := range fates {
		if age.Hours()/24 > f.days {
			continue
		}
		n := chance.IntN(1000)
		for _, state := range civic.CaseStates {
			if n -= f.share[state]; n < 0 {
				return state
			}
		}
	}
	return civic.Closed
}

// live lets happen to a case what happens to cases of its age: somebody opens and takes it, both sides write, it is decided and
// closed, or taken back.
func (m *maker) live(f *civic.Filed, k civic.Keys, ids *idMaker) error {
	c, chance := &f.Case, ids.chance
	state := fate(m.until.Sub(c.Received), chance)
	later := func() time.Time {
		left := m.until.Sub(c.Changed)
		c.Changed = c.Changed.Add(time.Duration(chance.Float64() * chance.Float64() * float64(min(left, 30*24*time.Hour)))).Truncate(time.Microsecond)
		c.Revision++
		return c.Changed
	}
	if c.Unread = state == civic.Received && chance.IntN(10) < 7; c.Unread {
		return nil
	}
	who := m.team[chance.IntN(len(m.team))]
	m.event(f, ids, who.ID, "case.opened", later())
	if chance.IntN(100) < 15 {
		if err := m.say(f, k, ids, civic.Message{Author: "citizen"}, later()); err != nil {
			return err
		}
	}
	if state == civic.Received {
		return nil
	}
	c.State = civic.InProgress
	c.Assignee, c.AssigneeName = who.ID, who.Name
	m.event(f, ids, who.ID, "case.taken", later())
	if state == civic.WaitingApplicant || chance.IntN(100) < 10 {
		if err := m.say(f, k, ids, civic.Message{FromOffice: true, Author: who.ID, AuthorName: who.Name}, later()); err != nil {
			return err
		}
	}
	switch c.State = state; state {
	case civic.Decided, civic.Closed:
		if err := m.decide(f, k, ids, who, later()); err != nil {
			return err
		}
		if state == civic.Closed {
			m.event(f, ids, who.ID, "case.closed", later())
		}
	case civic.Withdrawn:
		m.event(f, ids, "citizen", "case.withdrawn", later())
	}
	return nil
}

// said is what both sides write, again and again.
var said = []string{
	"Guten Tag, gibt es schon einen Stand zu meinem Antrag? Vielen Dank.",
	"Bitte beachten Sie, dass ich ab nächster Woche nur noch per E-Mail erreichbar bin.",
	"Die fehlende Unterlage reiche ich nach, sobald ich sie habe.",
	"Wir haben Ihren Antrag geprüft. Uns fehlt noch eine Angabe; bitte antworten Sie hier.",
	"Vielen Dank für Ihre Nachricht. Wir melden uns, sobald die Prüfung abgeschlossen ist.",
}

func (m *maker) say(f *civic.Filed, k civic.Keys, ids *idMaker, msg civic.Message, at time.Time) (err error) {
	text := said[ids.chance.IntN(3)]
	kind := "message.received"
	if msg.FromOffice {
		text, kind = said[3+ids.chance.IntN(2)], "message.sent"
	}
	msg.ID, msg.Case, msg.Tenant, msg.Dossier, msg.Created = ids.next(), f.Case.ID, f.Case.Tenant, f.Dossier.ID, at
	if msg.Body, err = m.vault.Seal(k, "message", []byte(text)); err != nil {
		return err
	}
	f.Messages = append(f.Messages, msg)
	f.Terms = append(f.Terms, civic.IndexTerm{Field: "message", Mode: "word", Text: text})
	m.event(f, ids, msg.Author, kind, at)
	return nil
}

func (m *maker) decide(f *civic.Filed, k civic.Keys, ids *idMaker, who civic.Colleague, at time.Time) error {
	outcome, letter := civic.Granted, "Sehr geehrte Damen und Herren,\n\nIhrem Antrag **"+f.Case.FileNumber+"** wird stattgegeben.\n\nMit freundlichen Grüßen"
	if ids.chance.IntN(100) < 15 {
		outcome, letter = civic.Refused, "Sehr geehrte Damen und Herren,\n\nIhren Antrag **"+f.Case.FileNumber+"** lehnen wir ab, weil die Voraussetzungen nicht vorliegen.\n\nMit freundlichen Grüßen"
	}
	sealed, err := m.vault.Seal(k, "letter", []byte(letter))
	if err != nil {
		return err
	}
	f.Decision = &civic.Decision{ID: ids.next(), Case: f.Case.ID, Tenant: f.Case.Tenant, Dossier: f.Dossier.ID, Outcome: outcome, Letter: sealed,
		Author: who.ID, AuthorName: who.Name, Created: at, Deemed: civic.DeemedAnnounced(at)}
	m.event(f, ids, who.ID, "case.decided", at)
	return nil
}
