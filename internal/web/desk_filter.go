package web

import (
	"net/url"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// fieldInput begins the name of an input that filters by an indexed answer; its pointer follows. Columns are named likewise.
const fieldInput = "field:"

// inboxSort is an order of the inbox: name in the address, sort and direction.
type inboxSort struct {
	name, sort string
	ascending  bool
}

// inboxSorts begin, for each column, with the order that a click on its head means first.
var inboxSorts = []inboxSort{{"newest", "received", false}, {"oldest", "received", true}, {"deadline", "deadline", true}, {"deadline_last", "deadline", false},
	{"changed", "changed", false}, {"changed_last", "changed", true}, {"number", "number", true}, {"number_last", "number", false}}

func ordersOf(column string) (out []inboxSort) {
	for _, o := range inboxSorts {
		if o.sort == column {
			out = append(out, o)
		}
	}
	return out
}

func sortName(sort string, ascending bool) string {
	for _, o := range inboxSorts {
		if o.sort == sort && o.ascending == ascending {
			return o.name
		}
	}
	if ascending {
		return "oldest"
	}
	return "newest"
}

// filterNames are the parts of a filter in the address. "own" says that the address holds the whole filter, even an empty one.
var filterNames = []string{"own", "q", "state", "service", "assignee", "group", "label", "labels", "due", "due_from", "due_to", "received", "from", "to",
	"changed", "changed_from", "changed_to", "only"}

// inboxNames are all parts of an inbox's address.
var inboxNames = append([]string{"view", "sort", "after"}, filterNames...)

// maxPart is how long a part of the address may be, in bytes; the use case says what is too long for a search.
const maxPart = 1000

// part tells whether a name belongs to the inbox's address.
func part(name string) bool {
	return slices.Contains(inboxNames, name) || strings.HasPrefix(name, fieldInput+"/") && len(name) < 300
}

// inboxValues are the parts of the address that the inbox knows.
func (r *request) inboxValues() url.Values {
	q := url.Values{}
	r.Context().QueryArgs().VisitAll(func(name, value []byte) {
		if n := string(name); part(n) && len(value) > 0 && len(value) < maxPart && len(q[n]) < 60 {
			q.Add(n, string(value))
		}
	})
	return q
}

// inboxQuery is the inbox's part of the address, with the changes; an empty value takes a name out.
func (r *request) inboxQuery(changes ...string) string {
	q := r.inboxValues()
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Del(changes[i]); changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// inboxAsk reads from the address what to show.
func (r *request) inboxAsk() clerk.Ask {
	q := r.inboxValues()
	ask := clerk.Ask{View: q.Get("view"), After: q.Get("after"), Lang: r.l.Tag}
	for name := range q {
		if name != "view" && name != "sort" && name != "after" {
			f := filterOf(q)
			ask.Filter = &f
			break
		}
	}
	for _, o := range inboxSorts {
		if o.name == q.Get("sort") {
			ask.Sort, ask.Ascending = o.sort, o.ascending
		}
	}
	return ask
}

// filterOf reads a filter from its words. Which of them are wrong is for the use case to say.
func filterOf(q url.Values) civic.ViewFilter {
	f := civic.ViewFilter{Search: strings.TrimSpace(q.Get("q")), States: q["state"], Services: q["service"], Assignees: q["assignee"], Groups: q["group"], Labels: q["label"],
		Due: spanOf(q, "due", "due_from", "due_to"), Received: spanOf(q, "received", "from", "to"), Changed: spanOf(q, "changed", "changed_from", "changed_to"),
		AnyLabel: q.Get("labels") == oneLabel, Unread: slices.Contains(q["only"], "unread"), Proposed: slices.Contains(q["only"], "proposed"),
		Escalated: slices.Contains(q["only"], "escalated")}
	if slices.Contains(q["only"], "overdue") {
		f.Due.Word = "overdue"
	}
	for name, values := range q {
		if pointer, ok := strings.CutPrefix(name, fieldInput); ok {
			if text := strings.TrimSpace(values[0]); text != "" {
				f.Fields = append(f.Fields, civic.FieldTest{Pointer: pointer, Text: text})
			}
		}
	}
	slices.SortFunc(f.Fields, func(a, b civic.FieldTest) int { return strings.Compare(a.Pointer, b.Pointer) })
	return f
}

// oneLabel says in the address that of the labels one is enough.
const oneLabel = "any"

// onlyOf are the words of what a filter lets through only.
func onlyOf(f civic.ViewFilter) (out []string) {
	for _, x := range []struct {
		word string
		on   bool
	}{{"unread", f.Unread}, {"proposed", f.Proposed}, {"escalated", f.Escalated}} {
		if x.on {
			out = append(out, x.word)
		}
	}
	return out
}

// anySpan is the choice that filters nothing.
const anySpan = "any"

func spanOf(q url.Values, word, from, to string) civic.DaySpan {
	s := civic.DaySpan{Word: q.Get(word), From: strings.TrimSpace(q.Get(from)), To: strings.TrimSpace(q.Get(to))}
	if s.Word == anySpan {
		s.Word = ""
	}
	return s
}

// filterQuery puts a filter into the words of an address, with the view and the order that it is looked at in.
func filterQuery(f civic.ViewFilter, v civic.View) url.Values {
	q := url.Values{"own": {"1"}}
	set := func(name string, values ...string) {
		for _, x := range values {
			if x != "" {
				q.Add(name, x)
			}
		}
	}
	set("q", f.Search)
	set("state", f.States...)
	set("service", f.Services...)
	set("assignee", f.Assignees...)
	set("group", f.Groups...)
	set("label", f.Labels...)
	if f.AnyLabel {
		set("labels", oneLabel)
	}
	for _, s := range []struct {
		word, from, to string
		civic.DaySpan
	}{{"due", "due_from", "due_to", f.Due}, {"received", "from", "to", f.Received}, {"changed", "changed_from", "changed_to", f.Changed}} {
		set(s.word, s.Word)
		set(s.from, s.From)
		set(s.to, s.To)
	}
	set("only", onlyOf(f)...)
	for _, t := range f.Fields {
		set(fieldInput+t.Pointer, t.Text)
	}
	set("view", v.ID)
	if v.Sort != "" {
		set("sort", sortName(v.Sort, v.Ascending))
	}
	return q
}

// without is an address that lacks one value of a name.
func without(q url.Values, name, value string) string {
	out := url.Values{}
	for n, values := range q {
		for _, v := range values {
			if n != name || v != value && value != "" {
				out.Add(n, v)
			}
		}
	}
	return "?" + out.Encode()
}
