package apply

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"antragswerk/internal/formdef"
)

// Two windows, two devices or two people may work on one draft. A page says in SeenField which revision it was drawn from, and
// the draft remembers what each later save changed. So a post that comes late is merged: what only one side changed stands, and
// where both changed the same question nothing is overwritten; the person sees both and decides.

// SeenField is the name under which a page posts what it was drawn from: Application.Seen.
const SeenField = "_seen"

const (
	// maxTraces bounds how many changes a draft remembers. A post from before them is compared with all that differs.
	maxTraces  = 150
	maxWindows = 16
	maxHands   = 60
)

// trace remembers that a save changed an answer: enough to tell whether a page that was drawn before changed it too.
type trace struct {
	Revision int64  `json:"r"` // that the save made
	Window   string `json:"w"`
	Key      string `json:"k"` // pointer of an answer; typedKey and the input's name for something kept as typed
	Was      string `json:"o"` // digest of what stood there before, "" nothing
}

const typedKey = "typed:"

// saved remembers a window's own last save.
type saved struct {
	Window   string `json:"w"`
	Revision int64  `json:"r"`
}

// Hand is who last changed a page of the draft: By is how the owner calls a helper, "" for the owner.
type Hand struct {
	Page int       `json:"p"`
	By   string    `json:"b,omitempty"`
	At   time.Time `json:"t"`
}

// history is what a draft remembers of its saves; it is sealed with the answers.
type history struct {
	Since   int64   `json:"since,omitempty"` // traces are complete from this revision on
	Traces  []trace `json:"traces,omitempty"`
	Windows []saved `json:"windows,omitempty"`
	Hands   []Hand  `json:"hands,omitempty"` // the latest of each page and person, oldest first
}

// Clash is a question that was answered here and, since this page was drawn, differently elsewhere.
type Clash struct {
	Pointer, Label string
	Mine, Theirs   formdef.Line
	Gone           bool // its row was removed elsewhere
}

// seen is a page's SeenField, read.
type seen struct {
	revision int64
	window   string
}

func newWindow() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Seen is what a page that is drawn now must post back in SeenField. Each call is a window of its own.
func (a *Application) Seen() string {
	return strconv.FormatInt(a.Draft.Revision, 10) + "." + newWindow()
}

// readSeen reads what a page says it was drawn from; ok is false when it says nothing that we wrote.
func readSeen(values []string) (s seen, ok bool) {
	if len(values) == 0 {
		return seen{}, false
	}
	revision, window, found := strings.Cut(values[0], ".")
	n, err := strconv.ParseInt(revision, 10, 64)
	if err != nil || !found || n < 0 || len(window) != 8 {
		return seen{}, false
	}
	return seen{n, window}, true
}

// base is the revision that the window knows: that of its page, or of what it saved itself since.
func (h history) base(s seen) int64 {
	for _, w := range h.Windows {
		if w.Window == s.window {
			return max(s.revision, w.Revision)
		}
	}
	return s.revision
}

// foreign are the changes of others since a revision: what stood there at that time, by key. complete is false when the draft
// does not remember that far back.
func (h history) foreign(s seen, base int64) (was map[string]string, complete bool) {
	was = map[string]string{}
	for _, t := range h.Traces {
		if _, known := was[t.Key]; t.Revision > base && t.Window != s.window && !known {
			was[t.Key] = t.Was
		}
	}
	return was, base >= h.Since
}

// note remembers what a save changed.
func (h *history) note(revision int64, window string, changes []change) {
	for _, c := range changes {
		h.Traces = append(h.Traces, trace{revision, window, c.key, digestOf(c.was)})
	}
	if over := len(h.Traces) - maxTraces; over > 0 {
		h.Since = h.Traces[over-1].Revision
		h.Traces = slices.DeleteFunc(slices.Clone(h.Traces), func(t trace) bool { return t.Revision <= h.Since })
	}
}

func (h *history) know(revision int64, window string) {
	h.Windows = append(slices.DeleteFunc(slices.Clone(h.Windows), func(w saved) bool { return w.Window == window }), saved{window, revision})
	h.Windows = h.Windows[max(0, len(h.Windows)-maxWindows):]
}

func (h *history) sign(hand Hand) {
	h.Hands = append(slices.DeleteFunc(slices.Clone(h.Hands), func(o Hand) bool { return o.Page == hand.Page && o.By == hand.By }), hand)
	h.Hands = h.Hands[max(0, len(h.Hands)-maxHands):]
}

// change is a place at which two states differ.
type change struct {
	key      string
	was, now any
}

// changes lists where two states differ, by the smallest places.
func changes(was, now formdef.State) []change {
	d := differ{}
	d.object("", was.Answers, now.Answers)
	for _, name := range slices.Sorted(maps.Keys(joined(was.Typed, now.Typed))) {
		a, b := was.Typed[name], now.Typed[name]
		if !slices.Equal(a, b) {
			d.out = append(d.out, change{typedKey + name, orNil(a), orNil(b)})
		}
	}
	return d.out
}

func orNil(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func joined[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	if all == nil {
		all = make(map[string]V, len(b))
	}
	maps.Copy(all, b)
	return all
}

type differ struct{ out []change }

func (d *differ) object(at string, a, b map[string]any) {
	for k, v := range a {
		d.value(at, k, v, b[k])
	}
	for k, v := range b {
		if _, both := a[k]; !both {
			d.value(at, k, nil, v)
		}
	}
}

func (d *differ) value(at, token string, a, b any) {
	x, xo := a.(map[string]any)
	y, yo := b.(map[string]any)
	if (xo || a == nil) && (yo || b == nil) && len(x)+len(y) > 0 {
		d.object(at+"/"+escape(token), x, y)
		return
	}
	p, pl := a.([]any)
	q, ql := b.([]any)
	if (pl || a == nil) && (ql || b == nil) && (rows(p) || rows(q)) {
		here := at + "/" + escape(token)
		for i := range max(len(p), len(q)) {
			d.value(here, strconv.Itoa(i), item(p, i), item(q, i))
		}
		return
	}
	if !same(a, b) {
		d.out = append(d.out, change{at + "/" + escape(token), a, b})
	}
}

func same(a, b any) bool {
	switch x := a.(type) {
	case []any, map[string]any:
		return digestOf(a) == digestOf(b)
	default:
		switch b.(type) {
		case []any, map[string]any:
			return false
		}
		return x == b
	}
}

func item(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// rows tells a list of entries with questions of their own from one whose whole is an answer (what was ticked, files).
func rows(list []any) bool {
	return slices.ContainsFunc(list, func(v any) bool {
		switch v.(type) {
		case map[string]any, []any:
			return true
		}
		return false
	})
}

var escaping, unescaping = strings.NewReplacer("~", "~0", "/", "~1"), strings.NewReplacer("~1", "/", "~0", "~")

func escape(token string) string {
	if strings.ContainsAny(token, "~/") {
		return escaping.Replace(token)
	}
	return token
}

// digestOf is a short digest of an answer, "" for none. It lies beside the answers, under the same seal.
func digestOf(v any) string {
	if v == nil {
		return ""
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// put sets what stands at a key to what stands there in another state: v, nil for nothing.
func put(st *formdef.State, key string, v any, like formdef.State) {
	if name, typed := strings.CutPrefix(key, typedKey); typed {
		st.Typed = maps.Clone(st.Typed)
		if list, ok := v.([]string); ok {
			st.Typed = joined(st.Typed, formdef.Typed{name: list})
		} else {
			delete(st.Typed, name)
		}
		return
	}
	next, _ := placed(st.Answers, like.Answers, strings.Split(key, "/")[1:], v).(map[string]any)
	if next == nil {
		next = formdef.Answers{}
	}
	st.Answers = next
}

// placed is the holder with the value at the path, copied along it; where it has nothing, it becomes what like is.
func placed(holder, like any, path []string, v any) any {
	if len(path) == 0 {
		return v
	}
	token := unescaping.Replace(path[0])
	below, isList := like.([]any)
	if list, ok := holder.([]any); ok || holder == nil && isList {
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i > len(list) || i == len(list) && v == nil {
			return holder
		}
		if list = slices.Clone(list); i == len(list) {
			return append(list, placed(nil, item(below, i), path[1:], v))
		}
		if list[i] = placed(list[i], item(below, i), path[1:], v); list[i] == nil && i == len(list)-1 {
			list = list[:i]
		}
		return list
	}
	kin, _ := like.(map[string]any)
	object, _ := holder.(map[string]any)
	if object = maps.Clone(object); object == nil {
		object = map[string]any{}
	}
	if next := placed(object[token], kin[token], path[1:], v); next == nil {
		delete(object, token)
	} else {
		object[token] = next
	}
	return object
}
