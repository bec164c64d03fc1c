package formdef

import (
	"slices"
	"strings"
	"time"
)

// rehearsalDay is the day on which Lint plays samples that name none, so that a package stays sound as it was.
func rehearsalDay() time.Time { return time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC) }

// linter gathers findings.
type linter struct {
	p   *Package
	b   *builder
	out []Finding
}

func (l *linter) say(file, pointer, key string, args ...any) {
	l.add(found(file, pointer, key, args...))
}

func (l *linter) add(f Finding) {
	if !slices.ContainsFunc(l.out, func(g Finding) bool { return f.String() == g.String() }) {
		l.out = append(l.out, f)
	}
}

// Lint finds what the author of a package must mend before it can be published; a sound package has no findings.
func (p *Package) Lint() []Finding {
	l := &linter{p: p}
	b, err := buildForm(p)
	if err != nil {
		l.fault(err)
		return l.out
	}
	l.b = b
	for _, e := range b.errs {
		l.fault(e)
	}
	for _, n := range b.c.notes {
		l.add(n)
	}
	for _, n := range b.c.unshown {
		l.add(n)
	}
	l.schemaWords()
	l.meta()
	l.pages()
	l.frames(b.c.top, map[*frame]bool{})
	l.cycles()
	l.translations()
	if len(p.Annotations) > 0 {
		if _, err := CompileAnnotations(p.Annotations, p.AnnotationsUI, p.Texts); err != nil {
			l.say("annotations/schema.json", "", "said", "text", err)
		}
	}
	if len(b.errs) == 0 && len(l.out) == 0 {
		l.samples()
	}
	return l.out
}

func (l *linter) fault(err error) {
	if f, ok := err.(Finding); ok {
		l.add(f)
		return
	}
	l.say("schema.json", "", "said", "text", err)
}

// samples plays every sample; they mean little while the form itself is not sound.
func (l *linter) samples() {
	f := &Form{Package: l.p, c: l.b.c}
	valid := false
	for _, s := range l.p.Samples {
		want, err := s.expected()
		valid = valid || (err == nil && want == nil)
		if diff := f.Rehearse(s, rehearsalDay()); diff != "" {
			l.say(s.File, "/expect", "sample", "diff", diff)
		}
	}
	if !valid {
		l.say("samples", "", "sample.none")
	}
}

// pages finds pages that nobody can reach.
func (l *linter) pages() {
	for i, p := range l.b.c.pages {
		at := strings.TrimPrefix(p.body.at, "#")
		if !holdsAnything(p.body) {
			l.say("ui.json", at, "page.empty")
		}
		for e := p.body; e != nil; e = e.parent {
			if l.never(e) {
				l.say("ui.json", at, "page.never")
			}
		}
		asked := map[string]bool{}
		for _, e := range p.fields {
			if asked[e.ptr] && alwaysShown(e) {
				l.say("ui.json", strings.TrimPrefix(e.at, "#"), "page.twice", "pointer", e.ptr)
			}
			asked[e.ptr] = asked[e.ptr] || alwaysShown(e)
		}
		for _, e := range p.exits {
			if alwaysShown(e) && i+1 < len(l.b.c.pages) {
				l.say("ui.json", strings.TrimPrefix(e.at, "#"), "exit")
			}
		}
	}
}

func holdsAnything(e *elem) bool {
	if e.field != nil || e.list != nil || e.kind == KindLabel || e.kind == KindHelp || e.kind == KindExit {
		return true
	}
	return slices.ContainsFunc(e.kids, holdsAnything)
}

func alwaysShown(e *elem) bool {
	for ; e != nil; e = e.parent {
		if e.rule.shows() {
			return false
		}
	}
	return true
}

// never tells whether an element's rule keeps it hidden whatever is answered.
func (l *linter) never(e *elem) bool {
	if !e.rule.shows() {
		return false
	}
	can, must := l.outcome(e.rule.cond, e.frame)
	if e.rule.effect == "SHOW" {
		return !can
	}
	return must
}

// outcome tells whether a condition can hold, and whether it always does.
func (l *linter) outcome(c *cond, f *frame) (can, must bool) {
	switch c.op {
	case condTrue:
		return true, true
	case condAnd, condOr:
		return l.outcomes(c, f)
	}
	binds := f.binds[c.ptr]
	if len(binds) == 0 && f.calcs[c.ptr] == nil && !f.prefixes[c.ptr] {
		holds := c.absent && !c.failGone // nobody ever answers it
		return holds, holds
	}
	if c.op != condOneOf || c.absent || len(binds) == 0 || binds[0].field == nil || len(binds[0].field.choices) == 0 || binds[0].field.multi {
		return true, false
	}
	for _, ch := range binds[0].field.choices {
		for _, v := range c.in {
			if sameScalar(ch.value, v) {
				return true, false
			}
		}
	}
	return false, false
}

func (l *linter) outcomes(c *cond, f *frame) (can, must bool) {
	and := c.op == condAnd
	can, must = and, and
	for _, k := range c.kids {
		kc, km := l.outcome(k, f)
		if and {
			can, must = can && kc, must && km
		} else {
			can, must = can || kc, must || km
		}
	}
	return can, must
}
