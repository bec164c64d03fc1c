package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// views are what clerks keep: what is theirs, what is nobody's, what is late, what comes and goes, one word, one service.
var views = []string{
	"state=open&assignee=me", "state=open&assignee=none", "state=open&due=overdue", "state=received", "state=waiting_applicant",
	"state=open&received=week", "changed=today", "state=decided&assignee=me", "q=Lindenmann", "state=open&service=hundesteuer-anmeldung",
}

// tenViews saves the views for the clerk who has logged in; those of the run before are kept.
func tenViews(v *visitor, desk string) error {
	body, err := v.get(desk + "/views")
	if err != nil {
		return err
	}
	for i, filter := range views {
		name := fmt.Sprintf("Messung %d", i+1)
		if strings.Contains(body, name+"<") {
			continue
		}
		if _, err := v.get(desk + "/views/new?own=1&" + filter); err != nil {
			return err
		}
		if err := v.post(desk+"/views", url.Values{"name": {name}, "filter": {"own=1&" + filter}, "sort": {"newest"}}); err != nil {
			return err
		}
	}
	return nil
}

// exported is how many cases are taken out, if there are as many; the generator spreads cases evenly over its years.
const (
	exported    = 100_000
	filledYears = 5
)

// exportDesk takes the newest cases of the large desk out as a table, with what is sealed in it and without.
func exportDesk(o options, r *report, s *server, engine string) error {
	v, err := clerkAt(s.url, "clerk-"+largeDesk, "/desk/"+largeDesk)
	if err != nil {
		return err
	}
	days := filledYears * 365 * min(1, float64(exported)/float64(largest(o)))
	from := time.Now().Add(-time.Duration(days * float64(24*time.Hour))).Format(time.DateOnly)
	for _, kind := range []struct {
		name    string
		columns []string
	}{
		{"five columns", []string{"number", "service", "state", "received", "deadline"}},
		{"five columns and the applicant's name, which is sealed", []string{"number", "service", "state", "received", "deadline", "about"}},
	} {
		for _, format := range []string{"csv", "xlsx"} {
			name := fmt.Sprintf("Export as %s at %s, %s: %s", strings.ToUpper(format), largeDesk, engine, kind.name)
			if err := exportOnce(r, s, v, name, from, format, kind.columns); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportOnce asks for a table and waits for its job. Time counts from the click until the page says that it is there.
func exportOnce(r *report, s *server, v *visitor, name, from, format string, columns []string) error {
	at := "/desk/" + largeDesk + "/export?own=1&from=" + from
	if _, err := v.get(at); err != nil {
		return err
	}
	before, err := s.forgetPeak()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := v.post(at, url.Values{"_action": {"make"}, "format": {format}, "columns": columns}); err != nil {
		return err
	}
	made := v.at
	if !strings.Contains(made, "/exports/") {
		return errors.New("the list is so short that no job makes it: fill the desk")
	}
	digest := regexp.MustCompile(`[0-9a-f]{64}`)
	var body string
	for !digest.MatchString(body) {
		if time.Since(began) > 5*time.Minute {
			return errors.New("not made after five minutes")
		}
		time.Sleep(50 * time.Millisecond)
		if body, err = v.get(made); err != nil {
			return err
		}
	}
	took := time.Since(began)
	_, peak, err := s.memory()
	if err != nil {
		return err
	}
	rows, err := rowsMade(body)
	if err != nil {
		return err
	}
	r.add(name, fmt.Sprintf("%.0f rows/s (%d in %.1f s), %d MiB more memory", float64(rows)/took.Seconds(), rows, took.Seconds(), peak-before), "–", "20,000 rows/s, 64 MiB")
	return nil
}

// rowsMade reads how many rows an export's page tells.
func rowsMade(body string) (int, error) {
	m := regexp.MustCompile(`(?s)>Vorgänge</dt>\s*<dd[^>]*><span[^>]*>([0-9.]+)`).FindStringSubmatch(body)
	if m == nil {
		return 0, errors.New("the export's page tells no number of rows")
	}
	return strconv.Atoi(strings.ReplaceAll(m[1], ".", ""))
}
