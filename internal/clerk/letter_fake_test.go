package clerk_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// written is what an office writes with, in memory.
type written struct {
	templates []civic.Template
	house     civic.Correspondence
	drafts    map[string]civic.LetterDraft
	logged    []civic.Event
}

func (o *office) paper() *written {
	if o.letters == nil {
		o.letters = &written{house: civic.DefaultCorrespondence(), drafts: map[string]civic.LetterDraft{}}
	}
	return o.letters
}

func (o *office) Templates(_ context.Context, tenant string) ([]civic.Template, error) {
	return slices.DeleteFunc(slices.Clone(o.paper().templates), func(t civic.Template) bool { return t.Tenant != tenant }), nil
}

func (o *office) SaveTemplate(_ context.Context, t civic.Template, ev civic.Event) error {
	p := o.paper()
	p.templates = append(slices.DeleteFunc(p.templates, func(x civic.Template) bool { return x.ID == t.ID }), t)
	p.logged = append(p.logged, ev)
	return nil
}

func (o *office) DeleteTemplate(_ context.Context, _, id string, ev civic.Event) error {
	p := o.paper()
	p.templates = slices.DeleteFunc(p.templates, func(x civic.Template) bool { return x.ID == id })
	p.logged = append(p.logged, ev)
	return nil
}

func (o *office) Correspondence(context.Context, string) (civic.Correspondence, error) {
	return o.paper().house, nil
}

func (o *office) SaveCorrespondence(_ context.Context, _ string, c civic.Correspondence, ev civic.Event) error {
	o.paper().house = c
	o.paper().logged = append(o.paper().logged, ev)
	return nil
}

func (o *office) LetterDrafts(_ context.Context, tenant, id, staff string) (out []civic.LetterDraft, err error) {
	for _, d := range o.paper().drafts {
		if d.Tenant == tenant && d.Case == id && d.Staff == staff {
			out = append(out, d)
		}
	}
	return out, nil
}

func (o *office) SaveLetterDraft(_ context.Context, d civic.LetterDraft) error {
	o.paper().drafts[d.Staff+d.Kind] = d
	return nil
}

func (o *office) DeleteLetterDraft(_ context.Context, d civic.LetterDraft) error {
	delete(o.paper().drafts, d.Staff+d.Kind)
	return nil
}

func (o *office) OpinionByCode(_ context.Context, hashes [][]byte, id string) (civic.Opinion, error) {
	for _, f := range o.files {
		for _, x := range f.Opinions {
			if x.Live(now) && (id == "" || x.ID == id) && slices.ContainsFunc(hashes, func(h []byte) bool { return string(h) == string(x.CodeHash) }) {
				return civic.Opinion{ID: x.ID, Tenant: f.Case.Tenant, Case: f.Case.ID}, nil
			}
		}
	}
	return civic.Opinion{}, civic.Errorf(civic.NotFound, "error.not_found")
}

func (o *office) OpinionOpened(_ context.Context, x civic.Opinion, ev civic.Event) error {
	for i := range o.files[x.Case].Opinions {
		o.files[x.Case].Opinions[i].Opened = now
	}
	o.seen = append(o.seen, ev)
	return nil
}

func (o *office) OpinionSeen(_ context.Context, _ civic.Opinion, ev civic.Event) error {
	o.seen = append(o.seen, ev)
	return nil
}

func (wax) MACs(purpose string, msg []byte) [][]byte {
	sum := sha256.Sum256([]byte(purpose + string(msg)))
	return [][]byte{sum[:]}
}

// stamp seals letters with what it was given.
type stamp struct{ down bool }

func (s stamp) SealLetter(_ context.Context, _ civic.Tenant, message []byte) (civic.Seal, error) {
	if s.down {
		return civic.Seal{}, fmt.Errorf("no answer")
	}
	return civic.Seal{Kind: "stamp", Bytes: message}, nil
}

// words words dates and keys so that tests can tell them.
var words = clerk.Words{
	Date:  func(t time.Time) string { return t.Format("02.01.2006") },
	Money: func(cents int64) string { return fmt.Sprintf("%d,%02d €", cents/100, cents%100) },
	Text: func(key string, args ...any) string {
		if strings.HasSuffix(key, ".name") {
			return fmt.Sprint("Guten Tag ", args[1])
		}
		return key
	},
}

// put keeps what a step says of proposals, opinions and attachments.
func put(f *civic.CaseFile, ch civic.CaseChange) {
	if p := ch.Proposal; p != nil {
		f.Proposals = append(slices.DeleteFunc(f.Proposals, func(x civic.Proposal) bool { return x.ID == p.ID }), *p)
	}
	if x := ch.Opinion; x != nil {
		f.Opinions = append(slices.DeleteFunc(f.Opinions, func(y civic.Opinion) bool { return y.ID == x.ID }), *x)
	}
	f.Attachments = append(f.Attachments, ch.Attachments...)
}

func (o *office) Logo(context.Context, string) (string, []byte, error) {
	return "", nil, civic.Errorf(civic.NotFound, "error.not_found")
}
