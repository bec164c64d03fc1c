package web

import (
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// historyTabs are the parts of a case's history, by the beginnings of their events' kinds. Everything but who looked is shown first.
var historyTabs = []struct {
	name  string
	kinds []string
}{
	{"", nil},
	{"talk", []string{"message.", "request.", "document.", "mail.", "notice.", "opinion.", "note."}},
	{"steps", []string{"case.", "task.", "payment.", "annotation.", "proposal.", "letter."}},
	{"out", []string{"delivery.", "export."}},
	{"looks", []string{"case.opened", "attachment.", "attachments."}},
}

func isLook(kind string) bool {
	return kind == "case.opened" || kind == "attachment.opened" || kind == "attachments.downloaded"
}

// deskHistory words everything that happened on a case, the newest first, with what was said where there was something.
func (r *request) deskHistory(f *clerk.File, w clerk.Worklist, b clerk.Beside, base string, p *page.DeskCase) {
	here := r.Query("history")
	if !slices.ContainsFunc(historyTabs, func(t struct {
		name  string
		kinds []string
	}) bool {
		return t.name == here
	}) {
		here = ""
	}
	for _, t := range historyTabs {
		url := base + r.inboxQuery()
		if t.name != "" {
			url = base + withQuery(r.inboxQuery(), "history", t.name)
		}
		p.Work.HistoryTabs = append(p.Work.HistoryTabs, page.DeskVersion{Text: r.T("desk.history." + or(t.name, "all")), URL: url + "#verlauf", Current: t.name == here})
	}
	said := sayings(f, w, b)
	events := slices.Clone(f.Events)
	slices.Reverse(events)
	events = slices.DeleteFunc(events, func(e civic.Event) bool { return !shownUnder(here, e.Kind) })
	p.Work.History = r.deskEvents(f, events)
	for i, e := range events {
		p.Work.History[i].Detail = said.of(r, e)
	}
}

func shownUnder(tab, kind string) bool {
	for _, t := range historyTabs {
		if t.name != tab {
			continue
		}
		if tab == "" || tab == "steps" {
			if isLook(kind) {
				return false
			}
		}
		return t.kinds == nil || slices.ContainsFunc(t.kinds, func(k string) bool { return strings.HasPrefix(kind, k) })
	}
	return false
}

// spoken are texts by the ids that events name.
type spoken map[string]string

func sayings(f *clerk.File, w clerk.Worklist, b clerk.Beside) spoken {
	out := spoken{}
	for _, m := range f.Messages {
		out[m.ID] = m.Text
	}
	for _, q := range f.Requests {
		out[q.ID] = q.Words
	}
	for _, n := range f.Notes {
		out[n.ID] = n.Text
	}
	for _, a := range f.Attachments {
		out[a.ID] = a.FileName
	}
	for _, t := range slices.Concat(w.Checklist, w.Own) {
		out[t.ID] = t.Text
	}
	for _, l := range b.Links {
		out[l.Other] = l.Number
	}
	for _, p := range w.People {
		out[p.ID] = p.Name
	}
	delete(out, "")
	return out
}

// maxSaid is how much of a text the history repeats, in letters.
const maxSaid = 240

// of is what an event is about, "" when its words say all.
func (s spoken) of(r *request, e civic.Event) string {
	for _, key := range []string{"message", "request", "note", "attachment", "task", "case", "assignee"} {
		text := s[e.Data[key]]
		if text == "" {
			continue
		}
		if letters := []rune(text); len(letters) > maxSaid {
			text = string(letters[:maxSaid]) + " …"
		}
		return text
	}
	if outcome := e.Data["outcome"]; outcome != "" && r.l.Has("outcome."+outcome) {
		return r.T("outcome." + outcome)
	}
	if c := e.Data["connector"]; c != "" && r.l.Has("connector."+c) {
		return r.T("connector." + c)
	}
	return ""
}
