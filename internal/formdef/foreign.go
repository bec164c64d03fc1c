package formdef

import "strings"

// foreign collects, language by language, the texts that the form lacks, so that its German ones stand there. A page that
// shows one says so (WCAG 3.1.2): a reader that speaks English must not read German by English rules.
type foreign struct {
	lacks, own map[string]map[string]bool // language → text
}

func (f *foreign) note(lang, text string, own bool) {
	if text == "" || lang == "de" {
		return
	}
	if f.lacks == nil {
		f.lacks, f.own = map[string]map[string]bool{}, map[string]map[string]bool{}
	}
	in := f.lacks
	if own {
		in = f.own
	}
	if in[lang] == nil {
		in[lang] = map[string]bool{}
	}
	in[lang][text] = true
}

// noteText notes a text of the package's descriptions.
func (f *foreign) noteText(langs []string, t Text) {
	for _, lang := range langs {
		f.note(lang, t.In(lang), t[lang] != "")
	}
}

// notePackage notes what a package says beside its questions.
func (f *foreign) notePackage(langs []string, p *Package) {
	f.noteText(langs, p.Service.Name)
	f.noteText(langs, p.Service.Place)
	f.noteText(langs, p.Form.Declaration)
	if c := p.Form.Cosign; c != nil {
		f.noteText(langs, c.Declaration)
	}
	for _, x := range p.Form.Fees {
		f.noteText(langs, x.Label)
	}
	for _, lang := range langs {
		for key, text := range p.Texts["de"] {
			if strings.Contains(key, ".error.") {
				f.note(lang, text, false)
			}
		}
		for key, text := range p.Texts[lang] {
			if strings.Contains(key, ".error.") {
				f.note(lang, p.Texts["de"][key], text != "")
			}
		}
		own, m := p.Service.Modules[lang], p.Service.ModulesIn(lang)
		for _, name := range moduleNames {
			f.note(lang, *m.place(name), *own.place(name) != "")
		}
	}
}

// words are the texts that are shown in German for want of others; one that some question has in the language is in it.
func (f *foreign) words() map[string]map[string]bool {
	for lang, own := range f.own {
		for text := range own {
			delete(f.lacks[lang], text)
		}
	}
	return f.lacks
}

// Foreign tells of the texts of a page in the language which of them stand in German all the same; nil when none can. What
// people answered is not the form's text and must not be asked about.
func (f *Form) Foreign(lang string) func(text string) bool {
	if lang == "de" {
		return nil
	}
	if _, known := f.c.langIndex[lang]; !known {
		return func(text string) bool { return text != "" }
	}
	lacks, local := f.c.foreign[lang], f.localWords(lang)
	if len(lacks)+len(local) == 0 {
		return nil
	}
	return func(text string) bool { return lacks[text] || local[text] }
}

// localWords are a municipality's own texts, which it writes in German, except for the modules that it words in the language.
func (f *Form) localWords(lang string) map[string]bool {
	if f.delta == nil {
		return nil
	}
	out := map[string]bool{}
	for _, set := range f.delta.choices {
		for _, v := range set.values {
			out[v] = true
		}
	}
	for _, p := range f.delta.o.Proofs {
		out[p.Label], out[p.Hint] = true, p.Hint != ""
	}
	for name, text := range f.delta.o.Modules["de"] {
		m := f.tailored(f.delta).Service.Modules[lang]
		if own := m.place(name); own != nil && *own == "" {
			out[text] = text != ""
		}
	}
	return out
}
