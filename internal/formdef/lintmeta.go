package formdef

import (
	"regexp"
	"slices"
	"strings"
)

var (
	reLeiKa  = regexp.MustCompile(`^\d{14}$`)
	rePrefix = regexp.MustCompile(`^[A-Z]{2,8}$`)
)

// ModuleNames are the text modules of a service, as overlays name them.
var ModuleNames = []string{
	"short", "full", "requirements", "documents", "fees", "deadlines", "processingTime", "legalBasis", "procedure", "authority", "hints", "remedy",
}

// Named returns a module by its name, "" for an unknown one.
func (m Modules) Named(name string) string {
	list := []string{
		m.Short, m.Full, m.Requirements, m.Documents, m.Fees, m.Deadlines, m.ProcessingTime, m.LegalBasis, m.Procedure, m.Authority, m.Hints, m.Remedy,
	}
	if i := slices.Index(ModuleNames, name); i >= 0 {
		return list[i]
	}
	return ""
}

// meta checks service.yaml and form.yaml.
func (l *linter) meta() {
	s, m := l.p.Service, l.p.Form
	l.oneOf("service.yaml", "/level", s.Level, "land", "kreis", "gemeinde")
	l.oneOf("form.yaml", "/assurance", m.Assurance, "none", "basic", "substantial", "high")
	l.oneOf("form.yaml", "/account", m.Account, "person", "organisation", "both", "none")
	if !reLeiKa.MatchString(s.LeiKa) {
		l.say("service.yaml", "/leika", "leika", "value", s.LeiKa)
	}
	if s.Category == "" {
		l.say("service.yaml", "/category", "category")
	}
	if !rePrefix.MatchString(m.FilePrefix) {
		l.say("form.yaml", "/filePrefix", "filePrefix", "value", m.FilePrefix)
	}
	if m.Retention.Years <= 0 || m.Retention.LegalBasis == "" {
		l.say("form.yaml", "/retention", "retention")
	}
	if !m.Deadline.one() {
		l.say("form.yaml", "/deadline", "deadline")
	}
	if d := m.Deadline.Deemed; d != nil && (d.Months < 1 || d.Months > 60 || d.LegalBasis == "") {
		l.say("form.yaml", "/deadline/deemed", "deemed")
	}
	l.fees()
	l.cosign()
	l.index()
	l.overlay()
	l.metaTexts()
}

func (l *linter) oneOf(file, at, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		l.say(file, at, "oneOf", "value", value, "allowed", strings.Join(allowed, ", "))
	}
}

func (l *linter) fees() {
	seen := map[string]bool{}
	for i, f := range l.b.c.fees {
		at := "/fees/" + itoa(i)
		if f.code == "" || seen[f.code] {
			l.say("form.yaml", at+"/code", "fee.code")
		}
		seen[f.code] = true
		if f.amount == "" && f.logic == nil && !slices.Contains(l.p.Form.Overlay.Fees, f.code) {
			l.say("form.yaml", at, "fee.amount")
		}
		if f.logic != nil {
			l.reads(l.b.c.top, "form.yaml", at+"/calculate", f.logic, "")
		}
	}
}

func (l *linter) cosign() {
	c := l.p.Form.Cosign
	if c == nil {
		return
	}
	l.oneOf("form.yaml", "/cosign/assurance", c.Assurance, "none", "basic", "substantial", "high")
	if c.Days < 7 || c.Days > 90 {
		l.say("form.yaml", "/cosign/days", "cosign.days", "value", c.Days)
	}
	if c.Email != "" && !l.exists(l.b.c.root, splitPointer(c.Email)) {
		l.say("form.yaml", "/cosign/email", "cosign.email", "pointer", c.Email)
	}
}

func (l *linter) index() {
	for i, x := range l.p.Form.Index {
		at := "/index/" + itoa(i)
		l.oneOf("form.yaml", at+"/mode", x.Mode, "word", "name", "number", "exact")
		if !l.exists(l.b.c.root, splitPointer(x.Pointer)) {
			l.say("form.yaml", at+"/pointer", "index.pointer", "pointer", x.Pointer)
		}
	}
}

func (l *linter) overlay() {
	o := l.p.Form.Overlay
	for i, code := range o.Fees {
		if !slices.ContainsFunc(l.p.Form.Fees, func(f Fee) bool { return f.Code == code }) {
			l.say("form.yaml", "/overlay/fees/"+itoa(i), "overlay.fee", "code", code)
		}
	}
	for i, name := range o.Texts {
		if !slices.Contains(ModuleNames, name) {
			l.say("form.yaml", "/overlay/texts/"+itoa(i), "overlay.text", "value", name, "allowed", strings.Join(ModuleNames, ", "))
		}
	}
	for i, ptr := range o.Optional {
		at := "/overlay/optional/" + itoa(i)
		elems := l.b.c.elemsAt(ptr)
		if len(elems) == 0 {
			l.say("form.yaml", at, "overlay.unasked", "pointer", ptr)
		}
		for _, e := range elems {
			if e.ptr == ptr && e.field.need {
				l.say("form.yaml", at, "overlay.required", "pointer", ptr)
			}
		}
	}
	for i, ptr := range o.Choices {
		elems := l.b.c.elemsAt(ptr)
		if len(elems) == 0 || elems[0].field == nil || !elems[0].s.is("string") {
			l.say("form.yaml", "/overlay/choices/"+itoa(i), "overlay.choices", "pointer", ptr)
		}
	}
}

// metaTexts wants every text of the YAML files in German and English.
func (l *linter) metaTexts() {
	s, m := l.p.Service, l.p.Form
	both := func(file, at string, t Text) {
		for _, lang := range []string{"de", "en"} {
			if strings.TrimSpace(t[lang]) == "" {
				l.say(file, at+"/"+lang, "translation", "lang", lang)
			}
		}
	}
	both("service.yaml", "/name", s.Name)
	if len(s.Place) > 0 {
		both("service.yaml", "/place", s.Place)
	}
	both("form.yaml", "/declaration", m.Declaration)
	if m.Cosign != nil {
		both("form.yaml", "/cosign/who", m.Cosign.Who)
		both("form.yaml", "/cosign/declaration", m.Cosign.Declaration)
	}
	for i, f := range m.Fees {
		both("form.yaml", "/fees/"+itoa(i)+"/label", f.Label)
	}
	for _, lang := range []string{"de", "en"} {
		if len(s.Keywords[lang]) == 0 {
			l.say("service.yaml", "/keywords/"+lang, "keywords")
		}
		for _, name := range ModuleNames {
			if text := s.Modules[lang].Named(name); text == "" && ((name != "hints" && name != "remedy") || s.Modules["de"].Named(name) != "") {
				l.say("service.yaml", "/modules/"+lang+"/"+name, "module", "lang", lang)
			}
		}
		p := m.Privacy[lang]
		for name, text := range map[string]string{"purpose": p.Purpose, "legalBasis": p.LegalBasis, "recipients": p.Recipients, "retention": p.Retention} {
			if strings.TrimSpace(text) == "" {
				l.say("form.yaml", "/privacy/"+lang+"/"+name, "privacy")
			}
		}
		if len(m.Checklist[lang]) != len(m.Checklist["de"]) {
			l.say("form.yaml", "/checklist/"+lang, "checklist", "n", len(m.Checklist[lang]), "german", len(m.Checklist["de"]))
		}
	}
}

// translations wants English for every German text, and knows keys that nobody reads.
func (l *linter) translations() {
	de, en := l.p.Texts["de"], l.p.Texts["en"]
	for _, key := range sortedKeys(de) {
		if strings.TrimSpace(en[key]) == "" {
			l.say("texts/en.json", "/"+escapePointer(key), "text.missing")
		}
	}
	used := map[string]bool{}
	for _, w := range l.b.asked {
		key := ""
		for _, k := range w.keys {
			used[k] = true
			if key == "" {
				key = k
			}
		}
		_, german := l.b.c.text("de", w.keys...)
		_, english := l.b.c.text("en", w.keys...)
		if key != "" && (w.fallback != "" || german) && !english && strings.ContainsFunc(w.fallback, isLetter) {
			l.say("texts/en.json", "/"+escapePointer(key), "text.untranslated", "text", w.fallback)
		}
	}
	errorKeys := l.errorKeys()
	for _, lang := range sortedKeys(l.p.Texts) {
		for _, key := range sortedKeys(l.p.Texts[lang]) {
			prefix, _, isError := strings.Cut(key, ".error.")
			if !used[key] && !(isError && errorKeys[prefix]) {
				l.say("texts/"+lang+".json", "/"+escapePointer(key), "text.unread", "meant", closest(key, sortedKeys(used)))
			}
		}
	}
}

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0xbf }

// errorKeys are the prefixes under which a field looks for its own messages.
func (l *linter) errorKeys() map[string]bool {
	out := map[string]bool{}
	var walk func(f *frame)
	walk = func(f *frame) {
		for _, binds := range f.binds {
			for _, e := range binds {
				for _, k := range e.errKeys {
					out[k] = true
				}
				if e.list != nil {
					walk(e.list.frame)
				}
			}
		}
	}
	walk(l.b.c.top)
	return out
}
