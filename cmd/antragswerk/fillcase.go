package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/seal"
)

// maker makes the cases of one authority: each from a valid sample of a service that it offers, with names of its own, checked
// and frozen as an application is, sealed under a key of its own, and as far along as its age says.
type maker struct {
	tenant civic.Tenant
	seed   uint64
	light  bool
	size   int
	until  time.Time
	molds  []mold
	team   []civic.Colleague
	vault  *seal.Vault
}

// mold is a sample that cases are made from.
type mold struct {
	service string
	form    *formdef.Form
	pins    civic.Pins
	frozen  []byte
}

// fillYears is how far back the cases reach.
const fillYears = 5

// newMaker makes the maker of an authority; molds keeps what makers before it have cast.
func (p *platform) newMaker(ctx context.Context, o fillOptions, t civic.Tenant, size int, molds map[string][]mold) (*maker, error) {
	name := fnv.New64a()
	_, _ = name.Write([]byte(t.Slug)) // never fails
	m := &maker{tenant: t, seed: o.seed ^ name.Sum64(), light: o.light, size: size, until: now(), vault: p.vault}
	offers, err := p.find.OfferingsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		_, form, pins, err := p.find.Current(ctx, t.ID, o.Service)
		if civic.CodeOf(err) == civic.NotFound {
			continue // not offered
		}
		if err != nil {
			return nil, err
		}
		key := o.Service + " " + pins.Version
		if pins.Overlay > 0 {
			key += " " + t.ID
		}
		if _, cast := molds[key]; !cast {
			molds[key] = castMolds(o.Service, form, pins)
		}
		for _, mold := range molds[key] {
			mold.pins = pins
			m.molds = append(m.molds, mold)
		}
	}
	// Whom a demo log-in makes the clerk and the lead of the authority work beside colleagues; the larger the office, the more.
	for _, role := range []string{"clerk", "lead"} {
		m.team = append(m.team, civic.Colleague{ID: admin.StaffID(p.demoIssuer(), role+"-"+t.Slug), Name: role + "-" + t.Slug})
	}
	for i := range min(60, size/4000) {
		m.team = append(m.team, civic.Colleague{ID: fmt.Sprintf("fill-%s-%02d", t.Slug, i+1), Name: fmt.Sprintf("Arbeitsplatz %d", i+1)})
	}
	return m, nil
}

// castMolds takes the valid samples of a form that need no file.
func castMolds(service string, form *formdef.Form, pins civic.Pins) (list []mold) {
	for _, s := range form.Package.Samples {
		at := now()
		if day, err := time.Parse(time.DateOnly, s.Now); err == nil {
			at = day
		}
		var answers formdef.Answers
		dec := json.NewDecoder(bytes.NewReader(s.Answers))
		dec.UseNumber()
		if string(s.Expect) != `"valid"` || dec.Decode(&answers) != nil || len(form.URNs(answers)) > 0 {
			continue
		}
		if frozen, problems := form.Freeze(formdef.State{Answers: answers, Now: at, Lang: "de"}); len(problems) == 0 {
			list = append(list, mold{service, form, pins, frozen})
		}
	}
	return list
}

// ids makes the ids of one case, the same each time; the first is the case's own.
func (m *maker) ids(i int) *idMaker {
	return &idMaker{at: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() + int64(i), chance: rand.New(rand.NewPCG(m.seed, uint64(i)))} // #nosec -- invented cases
}

// idMaker makes UUIDv7s that grow with the number of the case.
type idMaker struct {
	at     int64
	chance *rand.Rand
}

func (d *idMaker) next() string {
	var u uuid.UUID
	for i := range 6 {
		u[i] = byte(d.at >> (40 - 8*i))
	}
	for i := 6; i < 16; i++ {
		u[i] = byte(d.chance.UintN(256))
	}
	u[6], u[8] = u[6]&0x0f|0x70, u[8]&0x3f|0x80
	return u.String()
}

// make makes the case number i of the authority.
func (m *maker) make(i int) (f civic.Filed, err error) {
	ids := m.ids(i)
	f.Case.ID = ids.next()
	chance := ids.chance
	// Services are asked for unequally: the square prefers the first.
	luck := chance.Float64()
	mold := m.molds[int(luck*luck*float64(len(m.molds)))]
	span := fillYears * 365 * 24 * time.Hour
	received := m.until.Add(-span + time.Duration((float64(i)+chance.Float64())/float64(m.size)*float64(span))).Truncate(time.Microsecond)
	answers, err := m.answers(mold, chance)
	if err != nil {
		return f, err
	}
	frozen, err := json.Marshal(answers)
	if err != nil {
		return f, err
	}
	dossier, t := ids.next(), m.tenant.ID
	wrapped, err := m.vault.NewDossierKey(t, m.tenant.Key, dossier)
	if err != nil {
		return f, err
	}
	k := civic.Keys{Tenant: t, TenantKey: m.tenant.Key, Dossier: dossier, DossierKey: wrapped}
	number := civic.FileNumber(mold.form.Package.Form.FilePrefix, received.Year(), int64(1_000_000+i)) // beyond what is counted
	sum := sha256.Sum256(frozen)
	f.Dossier = civic.Dossier{ID: dossier, Tenant: t, Service: mold.service, Key: wrapped, ARS: m.tenant.ARS, Lang: "de", Created: received}
	f.Case = civic.Case{ID: f.Case.ID, Tenant: t, Dossier: dossier, Service: mold.service, FileNumber: number, State: civic.Received, Revision: 1,
		Received: received, Changed: received, Key: wrapped}
	if days := mold.form.Package.Form.Deadline.Days; days > 0 {
		f.Case.Deadline = received.AddDate(0, 0, days)
	}
	f.Submission = civic.Submission{ID: ids.next(), Dossier: dossier, Tenant: t, Case: f.Case.ID, Pins: mold.pins, Kind: civic.SubmissionFirst, Digest: sum[:],
		FileNumber: number, Level: civic.LevelNone, Created: received}
	f.Submission.Receipt = m.vault.Sign(f.Submission.SignedReceipt().Message())
	if f.Submission.Answers, err = m.vault.Seal(k, "answers", frozen); err != nil {
		return f, err
	}
	if err := m.index(&f, k, mold.form.IndexTerms(answers)); err != nil {
		return f, err
	}
	m.event(&f, ids, "citizen", "case.submitted", received)
	if err := m.live(&f, k, ids); err != nil {
		return f, err
	}
	if m.light {
		lighten(&f)
	}
	return f, nil
}

// lighten leaves of a case what lists and its own page need: a disk that holds a million whole cases holds several of these.
func lighten(f *civic.Filed) {
	f.Events, f.Messages, f.Decision = nil, nil, nil
	var whole []civic.IndexTerm
	for _, t := range f.Terms {
		if t.Mode == "name" || t.Field == "number" {
			whole = append(whole, civic.IndexTerm{Mode: "exact", Text: t.Text})
		}
	}
	f.Terms = whole
}

// answers are a mold's with other names.
func (m *maker) answers(of mold, chance *rand.Rand) (answers formdef.Answers, err error) {
	dec := json.NewDecoder(bytes.NewReader(of.frozen))
	dec.UseNumber()
	if err := dec.Decode(&answers); err != nil {
		return nil, err
	}
	family := familyName(chance)
	for _, t := range of.form.IndexTerms(answers) {
		last := t.Pointer[strings.LastIndexByte(t.Pointer, '/')+1:]
		switch {
		case t.Mode != "name":
		case last == "vornamen" || last == "vorname":
			put(answers, t.Pointer, givenNames[chance.IntN(len(givenNames))])
		case last == "familienname" || last == "name":
			put(answers, t.Pointer, family)
		}
	}
	return answers, nil
}

// put replaces a text in the answers.
func put(answers formdef.Answers, pointer, text string) {
	var at any = map[string]any(answers)
	steps := strings.Split(pointer, "/")[1:]
	for i, s := range steps {
		switch v := at.(type) {
		case map[string]any:
			if _, is := v[s].(string); is && i == len(steps)-1 {
				v[s] = text
			}
			at = v[s]
		case []any:
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 || n >= len(v) {
				return
			}
			if _, is := v[n].(string); is && i == len(steps)-1 {
				v[n] = text
			}
			at = v[n]
		}
	}
}

// index gives the case its terms and the columns of its row.
func (m *maker) index(f *civic.Filed, k civic.Keys, terms []formdef.IndexTerm) error {
	shown := map[string]string{}
	for _, t := range terms {
		f.Terms = append(f.Terms, civic.IndexTerm{Field: t.Pointer, Mode: t.Mode, Text: t.Text})
		if t.Column {
			shown[t.Pointer] = strings.TrimPrefix(shown[t.Pointer]+", "+t.Shown, ", ")
		}
	}
	f.Terms = append(f.Terms, civic.IndexTerm{Field: "number", Mode: "number", Text: f.Case.FileNumber})
	if len(shown) == 0 {
		return nil
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	f.Case.Columns, err = m.vault.Seal(k, "columns", raw)
	return err
}

func (m *maker) event(f *civic.Filed, ids *idMaker, actor, kind string, at time.Time) {
	f.Events = append(f.Events, civic.Event{ID: ids.next(), Tenant: f.Case.Tenant, Case: f.Case.ID, Actor: actor, Kind: kind, At: at})
}

// familyName puts a name together: a place and who lived there.
func familyName(chance *rand.Rand) string {
	return familyFirst[chance.IntN(len(familyFirst))] + familyLast[chance.IntN(len(familyLast))]
}

var (
	givenNames  = strings.Fields("Anna Ben Clara David Emma Felix Greta Hannes Ida Jakob Klara Leon Mia Noah Olga Paul Ronja Samuel Thea Ulrich Vera Wilhelm Yara Zoe")
	familyFirst = strings.Fields("Acker Au Bach Berg Birken Brück Buchen Burg Dorf Eichen Erlen Feld Fichten Garten Grund Heide Hof Kamp Kirch Linden Markt Moor Mühl Neu Ost Rain Sand See Stein Tal Ufer Wald Weiden West Wiesen Winkel")
	familyLast  = strings.Fields("bauer bäcker brenner fischer gruber haupt hauser höfer huber jäger kamp keller kötter krämer lechner mann meier meister moser müller muth ner reiter richter rieder schmidt schneider schulte schütz stetter wagner weber wirth zeller")
)
