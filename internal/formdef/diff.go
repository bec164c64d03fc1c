package formdef

import (
	"fmt"
	"slices"
	"strings"
)

// Diff tells in readable English what the new package changes against the old one, for the preview before
// publishing: fields, what is required, choices, pages, fees, texts and settings. Packages that do not compile are
// compared by their settings and texts alone.
func Diff(old, changed *Package) []string {
	d := &differ{}
	before, err := buildForm(old)
	after, err2 := buildForm(changed)
	if err == nil && err2 == nil {
		d.pages(before.c, after.c)
		d.fields(fieldMap(before.c), fieldMap(after.c))
		d.rules(before.c, after.c)
	}
	d.settings(old, changed)
	d.fees(old.Form.Fees, changed.Form.Fees)
	d.texts(old, changed)
	return d.out
}

type differ struct{ out []string }

func (d *differ) say(format string, args ...any) { d.out = append(d.out, fmt.Sprintf(format, args...)) }

func (d *differ) pages(a, b *compiled) {
	titles := func(c *compiled) []string {
		var out []string
		for _, p := range c.pages {
			out = append(out, p.title.in(0))
		}
		return out
	}
	x, y := titles(a), titles(b)
	for _, t := range y {
		if !slices.Contains(x, t) {
			d.say("Page %q is new.", t)
		}
	}
	for _, t := range x {
		if !slices.Contains(y, t) {
			d.say("Page %q is gone.", t)
		}
	}
	if len(x) == len(y) && !slices.Equal(x, y) {
		sorted := func(s []string) []string { s = slices.Clone(s); slices.Sort(s); return s }
		if slices.Equal(sorted(x), sorted(y)) {
			d.say("The pages come in another order: %s.", strings.Join(y, ", "))
		}
	}
}

// fieldMap lists the questions by pointer, those of rows with *.
func fieldMap(c *compiled) map[string]*elem {
	out := map[string]*elem{}
	var walk func(f *frame, prefix string)
	walk = func(f *frame, prefix string) {
		for ptr, binds := range f.binds {
			out[prefix+ptr] = binds[0]
			if binds[0].list != nil {
				walk(binds[0].list.frame, prefix+ptr+"/*")
			}
		}
	}
	walk(c.top, "")
	return out
}

func (d *differ) fields(a, b map[string]*elem) {
	for _, ptr := range sortedKeys(b) {
		e := b[ptr]
		was := a[ptr]
		if was == nil {
			must := ""
			if e.field.need {
				must = ", which must be answered"
			}
			d.say("Field %q (%s) is new%s.", e.label.in(0), ptr, must)
			continue
		}
		d.field(ptr, was, e)
	}
	for _, ptr := range sortedKeys(a) {
		if b[ptr] == nil {
			d.say("Field %q (%s) is gone.", a[ptr].label.in(0), ptr)
		}
	}
}

func (d *differ) field(ptr string, a, b *elem) {
	name := fmt.Sprintf("Field %q (%s)", b.label.in(0), ptr)
	if x, y := a.label.in(0), b.label.in(0); x != y {
		d.say("%s was called %q.", name, x)
	}
	if x, y := a.hint.in(0), b.hint.in(0); x != y {
		d.say("%s has another hint: %q.", name, y)
	}
	switch {
	case b.field.need && !a.field.need:
		d.say("%s must now be answered.", name)
	case a.field.need && !b.field.need:
		d.say("%s may now stay empty.", name)
	}
	if a.field.widget != b.field.widget {
		d.say("%s is asked in another way: %s instead of %s.", name, widgetName(b), widgetName(a))
	}
	if a.page != b.page {
		d.say("%s moves from page %d to page %d.", name, a.page+1, b.page+1)
	}
	d.choices(name, a.field.choices, b.field.choices)
	for _, key := range []string{"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "format", "multipleOf"} {
		x, y := limitText(a.s, key), limitText(b.s, key)
		switch {
		case x == y:
		case y == "":
			d.say("%s has no %s any more (was %s).", name, key, x)
		case x == "":
			d.say("%s has a new %s: %s.", name, key, y)
		default:
			d.say("%s has %s %s instead of %s.", name, key, y, x)
		}
	}
	if x, y := fmt.Sprint(a.rule != nil), fmt.Sprint(b.rule != nil); x != y {
		d.say("%s is %s shown on a condition.", name, map[bool]string{true: "now", false: "no longer"}[b.rule != nil])
	}
}

func limitText(s *schema, key string) string {
	if n := s.attr(key); n != nil {
		return postValue(n.plain())
	}
	return ""
}

func (d *differ) choices(name string, a, b []choice) {
	find := func(list []choice, post string) bool {
		return slices.ContainsFunc(list, func(c choice) bool { return c.post == post })
	}
	for _, c := range b {
		if !find(a, c.post) && len(a) > 0 {
			d.say("%s has the new choice %q.", name, firstText(c.label.in(0), c.post))
		}
	}
	for _, c := range a {
		if !find(b, c.post) && len(b) > 0 {
			d.say("%s has no longer the choice %q.", name, firstText(c.label.in(0), c.post))
		}
	}
}

func firstText(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func (d *differ) rules(a, b *compiled) {
	x, y := ruleTexts(a), ruleTexts(b)
	for _, t := range y {
		if !slices.Contains(x, t) {
			d.say("New rule: %q.", t)
		}
	}
	for _, t := range x {
		if !slices.Contains(y, t) {
			d.say("Rule gone: %q.", t)
		}
	}
}

func ruleTexts(c *compiled) []string {
	var out []string
	for _, r := range c.top.rules {
		out = append(out, r.message.in(0))
	}
	return out
}

func (d *differ) settings(a, b *Package) {
	change := func(what string, x, y any) {
		if fmt.Sprint(x) != fmt.Sprint(y) {
			d.say("%s: %v instead of %v.", what, y, x)
		}
	}
	change("LeiKa key", a.Service.LeiKa, b.Service.LeiKa)
	change("Level", a.Service.Level, b.Service.Level)
	change("Category", a.Service.Category, b.Service.Category)
	change("Minimum assurance level", a.Form.Assurance, b.Form.Assurance)
	change("Account", a.Form.Account, b.Form.Account)
	change("File number prefix", a.Form.FilePrefix, b.Form.FilePrefix)
	change("Paid first", a.Form.PayFirst, b.Form.PayFirst)
	change("Retention in years", a.Form.Retention.Years, b.Form.Retention.Years)
	change("Deadline in days", a.Form.Deadline.Days, b.Form.Deadline.Days)
	change("What a municipality may change", a.Form.Overlay, b.Form.Overlay)
	change("Indexed fields", a.Form.Index, b.Form.Index)
}

func (d *differ) fees(a, b []Fee) {
	find := func(list []Fee, code string) *Fee {
		for i := range list {
			if list[i].Code == code {
				return &list[i]
			}
		}
		return nil
	}
	for _, f := range b {
		was := find(a, f.Code)
		switch {
		case was == nil:
			d.say("Fee %q (%s) is new: %s EUR.", f.Label.In("de"), f.Code, firstText(f.Amount, "calculated"))
		default:
			if was.Amount != f.Amount {
				d.say("Fee %q (%s): %s EUR instead of %s EUR.", f.Label.In("de"), f.Code, firstText(f.Amount, "calculated"), firstText(was.Amount, "calculated"))
			}
			if string(was.Calculate) != string(f.Calculate) || string(was.Condition) != string(f.Condition) {
				d.say("Fee %q (%s) is calculated, or due, in another way.", f.Label.In("de"), f.Code)
			}
		}
	}
	for _, f := range a {
		if find(b, f.Code) == nil {
			d.say("Fee %q (%s) is gone.", f.Label.In("de"), f.Code)
		}
	}
}

func (d *differ) texts(a, b *Package) {
	for _, lang := range []string{"de", "en"} {
		if x, y := a.Service.Name[lang], b.Service.Name[lang]; x != y {
			d.say("The service is called %q instead of %q (%s).", y, x, lang)
		}
		for _, name := range ModuleNames {
			if a.Service.Modules[lang].Named(name) != b.Service.Modules[lang].Named(name) {
				d.say("Text %q is changed (%s).", name, lang)
			}
		}
		if a.Form.Privacy[lang] != b.Form.Privacy[lang] {
			d.say("The privacy notice is changed (%s).", lang)
		}
		if a.Form.Declaration[lang] != b.Form.Declaration[lang] {
			d.say("The declaration is changed (%s).", lang)
		}
		if !slices.Equal(a.Form.Checklist[lang], b.Form.Checklist[lang]) {
			d.say("The checklist is changed (%s).", lang)
		}
	}
	for _, lang := range sortedKeys(b.Texts) {
		n := 0
		for key, text := range b.Texts[lang] {
			if was, ok := a.Texts[lang][key]; ok && was != text {
				n++
			}
		}
		if n > 0 {
			d.say("%d translations are reworded (%s).", n, lang)
		}
	}
}
