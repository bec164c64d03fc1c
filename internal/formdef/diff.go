package formdef

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two packages: a key of the catalogue ("diff." before it) and pairs of name and value for it.
type Change struct {
	Key  string
	Args []any
}

// Diff tells what the new package changes against the old one, for the preview before publishing: fields, what is required,
// choices, pages, fees, texts and settings. Packages that do not compile are compared by their settings and texts alone.
func Diff(old, changed *Package) []Change {
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

type differ struct{ out []Change }

func (d *differ) say(key string, args ...any) { d.out = append(d.out, Change{Key: key, Args: args}) }

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
			d.say("page.new", "page", t)
		}
	}
	for _, t := range x {
		if !slices.Contains(y, t) {
			d.say("page.gone", "page", t)
		}
	}
	if len(x) == len(y) && !slices.Equal(x, y) {
		sorted := func(s []string) []string { s = slices.Clone(s); slices.Sort(s); return s }
		if slices.Equal(sorted(x), sorted(y)) {
			d.say("page.order", "pages", strings.Join(y, ", "))
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
			key := "field.new"
			if e.field.need {
				key = "field.new.required"
			}
			d.say(key, "field", e.label.in(0), "pointer", ptr)
			continue
		}
		d.field(ptr, was, e)
	}
	for _, ptr := range sortedKeys(a) {
		if b[ptr] == nil {
			d.say("field.gone", "field", a[ptr].label.in(0), "pointer", ptr)
		}
	}
}

func (d *differ) field(ptr string, a, b *elem) {
	say := func(key string, args ...any) {
		d.say("field."+key, append([]any{"field", b.label.in(0), "pointer", ptr}, args...)...)
	}
	if x, y := a.label.in(0), b.label.in(0); x != y {
		say("label", "was", x)
	}
	if x, y := a.hint.in(0), b.hint.in(0); x != y {
		say("hint", "hint", y)
	}
	switch {
	case b.field.need && !a.field.need:
		say("required")
	case a.field.need && !b.field.need:
		say("optional")
	}
	if a.field.widget != b.field.widget {
		say("widget", "now", widgetName(b), "was", widgetName(a))
	}
	if a.page != b.page {
		say("moved", "from", a.page+1, "to", b.page+1)
	}
	d.choices(say, a.field.choices, b.field.choices)
	for _, key := range []string{"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "format", "multipleOf"} {
		x, y := limitText(a.s, key), limitText(b.s, key)
		switch {
		case x == y:
		case y == "":
			say("limit.gone", "limit", key, "was", x)
		case x == "":
			say("limit.new", "limit", key, "now", y)
		default:
			say("limit", "limit", key, "now", y, "was", x)
		}
	}
	switch {
	case a.rule == nil && b.rule != nil:
		say("condition.new")
	case a.rule != nil && b.rule == nil:
		say("condition.gone")
	}
}

func limitText(s *schema, key string) string {
	if n := s.attr(key); n != nil {
		return postValue(n.plain())
	}
	return ""
}

func (d *differ) choices(say func(string, ...any), a, b []choice) {
	find := func(list []choice, post string) bool {
		return slices.ContainsFunc(list, func(c choice) bool { return c.post == post })
	}
	for _, c := range b {
		if !find(a, c.post) && len(a) > 0 {
			say("choice.new", "choice", firstText(c.label.in(0), c.post))
		}
	}
	for _, c := range a {
		if !find(b, c.post) && len(b) > 0 {
			say("choice.gone", "choice", firstText(c.label.in(0), c.post))
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
			d.say("rule.new", "rule", t)
		}
	}
	for _, t := range x {
		if !slices.Contains(y, t) {
			d.say("rule.gone", "rule", t)
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
			d.say("setting."+what, "now", fmt.Sprint(y), "was", fmt.Sprint(x))
		}
	}
	change("leika", a.Service.LeiKa, b.Service.LeiKa)
	change("level", a.Service.Level, b.Service.Level)
	change("category", a.Service.Category, b.Service.Category)
	change("assurance", a.Form.Assurance, b.Form.Assurance)
	change("account", a.Form.Account, b.Form.Account)
	change("prefix", a.Form.FilePrefix, b.Form.FilePrefix)
	change("payfirst", a.Form.PayFirst, b.Form.PayFirst)
	change("restricted", a.Form.Restricted, b.Form.Restricted)
	change("foureyes", a.Form.FourEyes, b.Form.FourEyes)
	cosign := func(m FormMeta) any {
		if m.Cosign == nil {
			return "–"
		}
		c := m.Cosign
		return fmt.Sprintf("%s, %s, %d, %s, %s %s", c.Who["de"], c.Assurance, c.Days, c.Declaration["de"], c.Email, c.Condition)
	}
	change("cosign", cosign(a.Form), cosign(b.Form))
	change("retention", a.Form.Retention.Years, b.Form.Retention.Years)
	was, now := a.Form.Deadline, b.Form.Deadline
	change("deadline", was.Days, now.Days)
	change("workingDays", was.WorkingDays, now.WorkingDays)
	change("weeks", was.Weeks, now.Weeks)
	change("months", was.Months, now.Months)
	change("deemed", was.Silence().Months, now.Silence().Months)
	change("overlay", a.Form.Overlay, b.Form.Overlay)
	change("index", a.Form.Index, b.Form.Index)
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
			d.say("fee.new", "fee", f.Label.In("de"), "code", f.Code, "now", firstText(f.Amount, "–"))
		default:
			if was.Amount != f.Amount {
				d.say("fee.amount", "fee", f.Label.In("de"), "code", f.Code, "now", firstText(f.Amount, "–"), "was", firstText(was.Amount, "–"))
			}
			if string(was.Calculate) != string(f.Calculate) || string(was.Condition) != string(f.Condition) {
				d.say("fee.way", "fee", f.Label.In("de"), "code", f.Code)
			}
		}
	}
	for _, f := range a {
		if find(b, f.Code) == nil {
			d.say("fee.gone", "fee", f.Label.In("de"), "code", f.Code)
		}
	}
}

func (d *differ) texts(a, b *Package) {
	for _, lang := range []string{"de", "en"} {
		if x, y := a.Service.Name[lang], b.Service.Name[lang]; x != y {
			d.say("name", "now", y, "was", x, "lang", lang)
		}
		for _, name := range ModuleNames {
			if a.Service.Modules[lang].Named(name) != b.Service.Modules[lang].Named(name) {
				d.say("module", "module", name, "lang", lang)
			}
		}
		if a.Form.Privacy[lang] != b.Form.Privacy[lang] {
			d.say("privacy", "lang", lang)
		}
		if a.Form.Declaration[lang] != b.Form.Declaration[lang] {
			d.say("declaration", "lang", lang)
		}
		if !slices.Equal(a.Form.Checklist[lang], b.Form.Checklist[lang]) {
			d.say("checklist", "lang", lang)
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
			d.say("translations", "n", n, "lang", lang)
		}
	}
}
