package clerk

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Outcomes lists how a case can be decided, in the order in which pages show them.
var Outcomes = []civic.Outcome{civic.Granted, civic.PartlyGranted, civic.Refused}

// Verdict is a decision on its way out.
type Verdict struct {
	Outcome civic.Outcome
	Letter  string // Markdown with placeholders
	// Date words today's date for the letter's {{datum}}.
	Date string
}

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Fill replaces the placeholders of a letter: {{aktenzeichen}}, {{leistung}}, {{behoerde}}, {{datum}}, {{eingang}}. One that
// is unknown is Invalid: it would reach the citizen as it stands.
func (f *File) Fill(letter, date, received string) (string, error) {
	words := map[string]string{
		"aktenzeichen": f.Case.FileNumber, "leistung": f.Form.Package.Service.Name.In("de"), "behoerde": f.Tenant.Name,
		"datum": date, "eingang": received,
	}
	unknown := ""
	out := placeholder.ReplaceAllStringFunc(letter, func(m string) string {
		name := placeholder.FindStringSubmatch(m)[1]
		w, ok := words[strings.ToLower(name)]
		if !ok && unknown == "" {
			unknown = name
		}
		return w
	})
	if unknown != "" {
		return "", civic.Errorf(civic.Invalid, "error.desk.placeholder", "name", unknown).At("letter")
	}
	return out, nil
}

// Remedy is the notice on legal remedies that the service's author wrote, "" without one.
func (f *File) Remedy() string {
	return f.Form.Package.Service.Modules["de"].Remedy
}

// Peek reads a case for a form on it, without the record that Open makes.
func (s *Service) Peek(ctx context.Context, who civic.Actor, tenant, id, lang string) (*File, error) {
	return s.file(ctx, who, tenant, id, lang)
}

// Decide (bescheiden) ends the work: the letter is filled in and frozen, the citizen is told, and the day from which it
// counts as announced (§ 9 OZG) is kept. An open request is taken back.
func (s *Service) Decide(ctx context.Context, who civic.Actor, at At, v Verdict, received func(time.Time) string) error {
	if !slices.Contains(Outcomes, v.Outcome) {
		return civic.Errorf(civic.Invalid, "error.desk.outcome").At("outcome")
	}
	letter, err := text("letter", v.Letter, maxLetter)
	if err != nil {
		return err
	}
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		filled, err := f.Fill(letter, v.Date, received(f.Case.Received))
		if err != nil {
			return err
		}
		next, ev, err := f.Case.Decide(who, s.Now(), v.Outcome)
		if err != nil {
			return err
		}
		sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealLetter, filled)
		if err != nil {
			return err
		}
		d := civic.Decision{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Outcome: v.Outcome, Letter: sealed,
			Author: who.Staff.ID, AuthorName: who.Staff.Name, Created: s.Now(), Deemed: civic.DeemedAnnounced(s.Now())}
		ch.Case, ch.Events, ch.Decision, ch.Request = next, []civic.Event{ev}, &d, s.recalled(f)
		ch.Jobs = []civic.Job{civic.Notify{Tenant: f.Tenant.ID, Case: f.Case.ID, What: "decision", Ref: d.ID}}
		return nil
	})
}

// LetterPDF prints the decision's letter under the authority's letterhead, to whom the latest answers name. title and date are worded by the caller.
func (s *Service) LetterPDF(ctx context.Context, who civic.Actor, tenant, id string, words func(civic.Decision) (title, date string)) ([]byte, string, error) {
	f, err := s.file(ctx, who, tenant, id, "de")
	if err != nil {
		return nil, "", err
	}
	if f.Decision == nil {
		return nil, "", civic.Errorf(civic.NotFound, "error.not_found")
	}
	title, date := words(f.Decision.Decision)
	pdf, err := s.Printer.Letter(ctx, civic.Letter{Lang: "de", Title: title, FileNumber: f.Case.FileNumber, Date: date,
		Head: head(f.Tenant), To: f.addressee(), Body: f.Decision.Markdown, Footer: f.Tenant.Name, Created: f.Decision.Created})
	if err != nil {
		return nil, "", fmt.Errorf("clerk: letter: %w", err)
	}
	return pdf, "Bescheid-" + f.Case.FileNumber + ".pdf", nil
}

// addressee are the lines in an envelope's window: of the answers, else of the log-in; nil when neither has an address.
func (f *File) addressee() []string {
	if to := f.Form.Addressee(f.state.Answers); to != nil {
		return to
	}
	return f.reach.To
}

// head is the letterhead: name and address.
func head(t civic.Tenant) []string {
	out := []string{t.Name}
	if t.Profile.Street != "" {
		out = append(out, t.Profile.Street)
	}
	if place := strings.TrimSpace(t.Profile.Zip + " " + t.Profile.City); place != "" {
		out = append(out, place)
	}
	return out
}
