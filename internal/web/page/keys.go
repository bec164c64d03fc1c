package page

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Commands is how a page is used by keyboard: with the zero value it has no shortcuts and no palette.
type Commands struct {
	URL  string // of the page of shortcuts
	Find string // where a search goes; "" nowhere
}

// Shortcut is a line of the page of shortcuts. Its keys are alternatives, each one key or keys after one another ("g i"); an element
// of a page is done by the key that its attribute data-key names.
type Shortcut struct {
	Keys []string
	Text string // key in the catalogues
}

// ShortcutGroup is where some shortcuts hold.
type ShortcutGroup struct {
	Title     string // key in the catalogues
	Shortcuts []Shortcut
}

// Shortcuts are all that there are. Each can be turned off, since it is a single key (WCAG 2.1.4), but for the one with Ctrl.
var Shortcuts = []ShortcutGroup{
	{"keys.group.everywhere", []Shortcut{
		{[]string{"Ctrl+K"}, "keys.do.commands"}, {[]string{"?"}, "keys.do.help"}, {[]string{"/"}, "keys.do.search"}, {[]string{"g i"}, "keys.do.inbox"},
		{[]string{"g m"}, "keys.do.mentions"}, {[]string{"g t"}, "keys.do.team"}, {[]string{"g c"}, "keys.do.calendar"}, {[]string{"g f"}, "keys.do.figures"},
		{[]string{"g a"}, "keys.do.admin"},
	}},
	{"keys.group.inbox", []Shortcut{
		{[]string{"j"}, "keys.do.down"}, {[]string{"k"}, "keys.do.up"}, {[]string{"o", "Enter"}, "keys.do.open"}, {[]string{"x"}, "keys.do.tick"},
		{[]string{"Shift+X"}, "keys.do.range"}, {[]string{"b"}, "keys.do.bulk"},
	}},
	{"keys.group.case", []Shortcut{
		{[]string{"j"}, "keys.do.next"}, {[]string{"k"}, "keys.do.previous"}, {[]string{"u"}, "keys.do.back"}, {[]string{"e"}, "keys.do.step"},
		{[]string{"q"}, "keys.do.ask"}, {[]string{"r"}, "keys.do.reply"}, {[]string{"n"}, "keys.do.note"}, {[]string{"a"}, "keys.do.assign"},
	}},
}

// scriptKeys are the keys that the script listens to, without those that browsers know anyway.
func scriptKeys() string {
	var keys []string
	for _, g := range Shortcuts {
		for _, s := range g.Shortcuts {
			for _, k := range s.Keys {
				if k != "Enter" && !strings.Contains(k, "+") && !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
		}
	}
	return strings.Join(keys, ",")
}

// caps are the key caps to be drawn for a key: one after another, together where there is a plus.
func caps(key string) []string {
	return strings.FieldsFunc(key, func(r rune) bool { return r == ' ' || r == '+' })
}

// capWord is what stands on a key.
func (s Shell) capWord(key string) string {
	switch key {
	case "Ctrl", "Enter", "Shift":
		return s.T("keys." + strings.ToLower(key))
	}
	return key
}

// shortcutsURL is the page of shortcuts, which leads back to this one.
func (s Shell) shortcutsURL() string {
	return s.Commands.URL + "?back=" + url.QueryEscape(s.Path)
}

// key lets a key do what an element is for.
func key(name string) templ.Attributes { return templ.Attributes{"data-key": name} }

// keyHold lets a key lead to an element without pressing it: what it does cannot be undone.
func keyHold(name string) templ.Attributes {
	return templ.Attributes{"data-key": name, "data-hold": true}
}

// KeysSheet is the page of shortcuts.
type KeysSheet struct{ BackURL string }
