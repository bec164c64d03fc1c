package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// clerkAt logs a persona in.
func clerkAt(base, persona, path string) (*visitor, error) {
	v := newVisitor(base)
	body, err := v.follow(path)
	if err != nil {
		return nil, err
	}
	m := regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"(.*?)</form>`)
	for _, form := range m.FindAllStringSubmatch(body, -1) {
		if !strings.Contains(form[2], `name="persona"`) {
			continue
		}
		fields := url.Values{"persona": {persona}}
		for _, f := range regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(form[2], -1) {
			if f[1] != "persona" {
				fields.Set(f[1], unescape(f[2]))
			}
		}
		at := v.at
		if to := unescape(form[1]); to != "" {
			at = to
		}
		if _, err := v.send(at, fields); err != nil {
			return nil, err
		}
		_, err := v.follow(v.at)
		return v, err
	}
	return nil, errors.New("no page of personas at " + v.at)
}

// steps are what is measured: each returns the address to get, for the nth time.
type deskStep struct {
	name string
	at   func(n int) string
}

var caseLink = regexp.MustCompile(`href="/desk/[a-z0-9-]+/([0-9a-f]{8}-[0-9a-f-]{27})`)

// atDesk lets the clerks work at one authority.
func atDesk(o options, r *report, s *server, engine, town, bare string) error {
	people := make([]*visitor, clerks)
	for i := range people {
		var err error
		if people[i], err = clerkAt(s.url, "clerk-"+town, "/desk/"+town); err != nil {
			return err
		}
	}
	desk := "/desk/" + town
	cases, number, err := someCases(people[0], desk)
	if err != nil {
		return err
	}
	name := func(what string) string { return fmt.Sprintf("Desk of %s, %s: %s", town, engine, what) }
	for i, step := range []deskStep{
		{"inbox", func(int) string { return desk }},
		{"inbox, with the counters of ten views", nil},
		{"inbox, two filters", func(n int) string {
			return desk + "?state=open&assignee=me&sort=" + [...]string{"deadline", "changed", "newest"}[n%3]
		}},
		{"inbox, open by deadline", func(int) string { return desk + "?state=open&sort=deadline" }},
		{"inbox, searched by a name", func(n int) string {
			return desk + "?q=" + url.QueryEscape([...]string{"Bergmüller", "Lindenmann", "Wald", "Anna"}[n%4])
		}},
		{"inbox, searched by a number", func(int) string { return desk + "?q=" + number }},
		{"inbox, search and filters", func(n int) string { return desk + "?state=closed&sort=number&q=" + [...]string{"Anna", "Bach"}[n%2] }},
		{"a case, opened", func(n int) string { return desk + "/" + cases[n%len(cases)] }},
	} {
		if step.at == nil { // from here on the clerks have ten views of their own, and each inbox counts them
			if err := tenViews(people[0], desk); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			step.at = func(int) string { return desk }
		}
		got, took, err := atWork(o.seconds, func(c, n int) error {
			_, err := people[c].get(step.at(c*7919 + n))
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		reference := "–"
		if i == 0 {
			reference = bare
		}
		r.add(name(step.name), got.rate(took), reference, "p99 under 20 ms")
	}
	return takeCases(o, r, people, desk, cases, name("a case, taken or given back"))
}

// takeCases posts the steps by which clerks take cases and give them back, each another one. A step that somebody else was quicker
// with, or that is not theirs to take back, is refused, which is work too; how many were is told.
func takeCases(o options, r *report, people []*visitor, desk string, cases []string, name string) error {
	for _, v := range people { // for the token
		if _, err := v.get(desk + "/" + cases[0]); err != nil {
			return err
		}
	}
	var conflicts, all atomic.Int64
	got, took, err := atWork(o.seconds, func(c, n int) error {
		status, err := people[c].send(desk+"/"+cases[(c+n/2*clerks)%len(cases)]+[...]string{"/take", "/release"}[n%2], url.Values{})
		if all.Add(1); status != http.StatusSeeOther {
			conflicts.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.add(name, fmt.Sprintf("%s; %d%% were refused", got.rate(took), 100*conflicts.Load()/max(all.Load(), 1)), "–", "p99 under 20 ms")
	return nil
}

// someCases reads links of cases from pages of the inbox, and a file number.
func someCases(v *visitor, desk string) (list []string, number string, err error) {
	for _, query := range []string{"?state=received", "?state=open", "?state=open&sort=oldest", "?state=closed", "?sort=deadline"} {
		body, err := v.get(desk + query)
		if err != nil {
			return nil, "", err
		}
		for _, m := range caseLink.FindAllStringSubmatch(body, -1) {
			list = append(list, m[1])
		}
		if m := regexp.MustCompile(`[A-Z]{3,5}-20\d\d-\d{6,}`).FindString(body); m != "" {
			number = m
		}
	}
	if len(list) == 0 || number == "" {
		return nil, "", errors.New("the inbox shows no case")
	}
	return list, number, nil
}

// atWork lets all clerks make steps for a time, each in its own rhythm: the steps of one are a pause apart on average, and never
// those of all at once, as those of people are not.
func atWork(length time.Duration, step func(clerk, n int) error) (latencies, time.Duration, error) {
	var mu sync.Mutex
	var all latencies
	counts := make([]int, clerks)
	_, took, err := together(clerks, length, func(c int) error {
		if counts[c] == 0 {
			time.Sleep(time.Duration(rand.IntN(int(pause)))) // #nosec -- so that clerks do not march
		}
		began := time.Now()
		if err := step(c, counts[c]); err != nil {
			return err
		}
		took := time.Since(began)
		if counts[c]++; counts[c] > 1 { // the first opens a connection
			mu.Lock()
			all = append(all, took)
			mu.Unlock()
		}
		time.Sleep(max(pause/2+time.Duration(rand.IntN(int(pause)))-took, 0)) // #nosec -- likewise
		return nil
	})
	return all, took, err
}
