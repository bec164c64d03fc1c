package deliver

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// callMail tells somebody that colleagues have called them: how often, and where to read it. What was written, and of whom, stays on the
// platform; what they have read meanwhile is no news.
func (s *Service) callMail(ctx context.Context, job civic.ViewMail, desk civic.Desk, who civic.Colleague) error {
	if who.Email == "" || !subscribed(desk, job.View) {
		return nil
	}
	t, err := s.Forms.TenantByID(ctx, job.Tenant)
	if err != nil {
		return fmt.Errorf("deliver: calls: %w", err)
	}
	notes, decisions, err := s.News.CountCalls(ctx, civic.Actor{System: true}, job.Tenant, job.Staff, time.UnixMicro(job.From).UTC(), time.UnixMicro(job.To).UTC())
	if civic.CodeOf(err) == civic.Forbidden {
		return nil // they have left the office
	}
	if err != nil {
		return fmt.Errorf("deliver: calls: %w", err)
	}
	if notes+decisions == 0 {
		return nil
	}
	l := staffLang(desk.Lang)
	base := s.PublicURL + "/desk/" + t.Slug
	parts := []string{l.T("mail.greeting")}
	if notes > 0 {
		parts = append(parts, l.Plural("mail.calls.notes", notes, "amount", l.Number(strconv.Itoa(notes)), "url", base+"/mentions"))
	}
	if decisions > 0 {
		parts = append(parts, l.Plural("mail.calls.decisions", decisions, "amount", l.Number(strconv.Itoa(decisions)), "url", base+"?only=proposed"))
	}
	parts = append(parts, l.T("mail.view.footer", "settings", base+"/settings"))
	return s.mail(ctx, civic.Mail{ID: deliveryID(job.Staff+job.View, strconv.FormatInt(job.To, 10)), To: who.Email, FromName: t.Name,
		Subject: l.Plural("mail.calls.subject", notes+decisions, "office", t.Name), Text: strings.Join(parts, "\n\n") + "\n"})
}
