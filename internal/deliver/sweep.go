package deliver

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

const (
	// warnBefore is how long before its deletion the owner of a draft is told (§ 8a(2) OZG).
	warnBefore = 7 * 24 * time.Hour
	// warnLate is how much of that may be missing, because sweeps are apart; what is warned of later lives on longer.
	warnLate = 24 * time.Hour
	// unwarnedLife is how long a draft outlives its date while its owner cannot be told, before it goes all the same.
	unwarnedLife = civic.DraftLife
	// orphanAge spares blobs whose row may still be on its way.
	orphanAge = 24 * time.Hour
	sweepPage = 200
)

// ScanAttachment looks for malware in an upload. A scanner that is down means "waiting", not "clean": the job comes again.
func (s *Service) ScanAttachment(ctx context.Context, job civic.ScanAttachment) error {
	a, d, err := s.Deliveries.AttachmentByID(ctx, job.Tenant, job.Attachment)
	if civic.CodeOf(err) == civic.NotFound {
		return nil // removed meanwhile
	}
	if err != nil {
		return fmt.Errorf("deliver: scan: %w", err)
	}
	if a.Verdict != civic.VerdictWaiting {
		return nil
	}
	t, err := s.Forms.TenantByID(ctx, a.Tenant)
	if err != nil {
		return fmt.Errorf("deliver: scan: %w", err)
	}
	body, err := s.plain(ctx, civic.Keys{Tenant: t.ID, Dossier: d.ID, TenantKey: t.Key, DossierKey: d.Key}, a)
	if err != nil {
		return err
	}
	defer body.Close()
	verdict, _, err := s.Scanner.Scan(ctx, body)
	if err != nil {
		return fmt.Errorf("deliver: scan: %w", err)
	}
	ev := civic.Event{ID: s.NewID(), Tenant: a.Tenant, Actor: "system", Kind: "attachment.scanned", At: s.Now(),
		Data: map[string]string{"attachment": a.ID, "verdict": string(verdict)}}
	if err := s.Deliveries.SetVerdict(ctx, a.Tenant, a.ID, verdict, ev); err != nil {
		return fmt.Errorf("deliver: scan: %w", err)
	}
	return nil
}

// Sweep is the periodic clean-up.
func (s *Service) Sweep(ctx context.Context, job civic.Sweep) error {
	switch job.What {
	case "drafts":
		// What is due for deletion is deleted, whether or not mails go out now.
		warned := s.warn(ctx)
		return errors.Join(s.expire(ctx), warned)
	case "blobs":
		return s.orphans(ctx)
	case "invitations":
		return s.remind(ctx)
	case "requests":
		return s.chase(ctx)
	case "clocks":
		return s.clocks(ctx)
	case "figures":
		return s.figures(ctx)
	case "retention":
		return s.retention(ctx)
	case "views":
		return s.tell(ctx)
	case "chain", "chain_all":
		return s.link(ctx, job.What == "chain_all")
	case "anchors":
		return s.anchor(ctx)
	case "sessions":
		if _, err := s.Expiry.DeleteSessionsBefore(ctx, s.Now()); err != nil {
			return fmt.Errorf("deliver: sessions: %w", err)
		}
		return nil
	}
	return permanent{fmt.Errorf("deliver: there is nothing to sweep called %q", job.What)}
}

// warn tells owners of drafts that are about to be deleted, once each. One that cannot be told keeps nobody else from
// being told; it is tried again with the next sweep, unless its address will never take a mail.
func (s *Service) warn(ctx context.Context) error {
	drafts, err := s.Expiry.DraftsExpiring(ctx, s.Now().Add(warnBefore), sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: warn: %w", err)
	}
	var failed []error
	for _, d := range drafts {
		if d.Expires.Before(s.Now().Add(warnBefore - warnLate)) {
			d.Expires = s.Now().Add(warnBefore) // nobody swept in time: the owner still gets the whole notice
		}
		err := s.warnOne(ctx, d)
		if err == nil || isPermanent(err) {
			err = s.Expiry.MarkWarned(ctx, d)
		}
		if err != nil && civic.CodeOf(err) != civic.NotFound { // not found: it was saved, sent or discarded meanwhile
			failed = append(failed, fmt.Errorf("deliver: warn: dossier %s: %w", d.Dossier.ID, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) warnOne(ctx context.Context, d civic.Draft) error {
	t, err := s.Forms.TenantByID(ctx, d.Tenant)
	if err != nil {
		return fmt.Errorf("deliver: warn: %w", err)
	}
	form, err := s.Forms.Pinned(ctx, d.Tenant, d.Service, d.Pins)
	if err != nil {
		return fmt.Errorf("deliver: warn: %w", err)
	}
	raw, err := s.Seal.Open(civic.Keys{Tenant: t.ID, Dossier: d.Dossier.ID, TenantKey: t.Key, DossierKey: d.Key}, sealDraft, d.Content)
	if err != nil {
		return fmt.Errorf("deliver: warn: %w", err)
	}
	var content struct {
		Answers formdef.Answers `json:"answers"`
		Reach   civic.Reach     `json:"reach"`
	}
	if err := json.Unmarshal(raw, &content); err != nil {
		return fmt.Errorf("deliver: warn: %w", err)
	}
	to := form.Email(content.Answers)
	if to == "" {
		to = content.Reach.Email
	}
	if to == "" {
		return nil // the list of drafts shows the date too
	}
	l := locale.For(d.Lang)
	args := []any{"office", t.Name, "service", serviceName(form, d.Service, l.Tag), "date", l.Date(d.Expires),
		"url", s.PublicURL + "/" + t.Slug + "/" + d.Service + "/apply/" + d.Dossier.ID + "/1"}
	return s.mail(ctx, civic.Mail{ID: deliveryID(d.Dossier.ID, "expiry"+d.Updated.String()), To: to, FromName: t.Name, Subject: l.T("mail.expiry.subject", args...),
		Text: l.T("mail.greeting") + "\n\n" + l.T("mail.expiry.text", args...) + "\n\n" + l.T("mail.footer", args...) + "\n"})
}

// expire deletes drafts thirty days after their last change, with key and files, and never without the notice before.
func (s *Service) expire(ctx context.Context) error {
	for {
		drafts, err := s.Expiry.ExpiredDrafts(ctx, s.Now(), s.Now().Add(-unwarnedLife), sweepPage)
		if err != nil {
			return fmt.Errorf("deliver: expire: %w", err)
		}
		for _, d := range drafts {
			blobs, err := s.Expiry.DeleteDossier(ctx, d.Tenant, d.Dossier.ID)
			if err != nil {
				return fmt.Errorf("deliver: expire: %w", err)
			}
			if err := s.deleteBlobs(ctx, blobs); err != nil {
				return err
			}
		}
		if len(drafts) < sweepPage {
			return nil
		}
	}
}

func (s *Service) deleteBlobs(ctx context.Context, keys []string) error {
	for _, k := range keys {
		if err := s.Blobs.Delete(ctx, k); err != nil {
			return fmt.Errorf("deliver: blobs: %w", err)
		}
	}
	return nil
}

// orphans deletes blobs that no row refers to: uploads that broke off between the two, those of deleted rows, and previews of
// either.
func (s *Service) orphans(ctx context.Context) error {
	return errors.Join(s.orphansIn(ctx, "a/", func(key string) (string, bool) { return key, true }), s.orphansIn(ctx, "p/", civic.PreviewOf))
}

// orphansIn looks through a folder; row is the key by which a row refers to a blob.
func (s *Service) orphansIn(ctx context.Context, folder string, row func(key string) (string, bool)) error {
	after := ""
	for {
		keys, err := s.Blobs.List(ctx, folder, after, 1000)
		if err != nil {
			return fmt.Errorf("deliver: orphans: %w", err)
		}
		var old []string
		by := map[string][]string{}
		for _, k := range keys {
			if made, ok := madeAt(k); ok && s.Now().Sub(made) > orphanAge {
				of, ok := row(k)
				if !ok {
					continue
				}
				if by[of] == nil {
					old = append(old, of)
				}
				by[of] = append(by[of], k)
			}
		}
		unknown, err := s.Expiry.UnknownBlobs(ctx, old)
		if err != nil {
			return fmt.Errorf("deliver: orphans: %w", err)
		}
		for _, of := range unknown {
			if err := s.deleteBlobs(ctx, by[of]); err != nil {
				return err
			}
		}
		if len(keys) < 1000 {
			return nil
		}
		after = keys[len(keys)-1]
	}
}

// madeAt reads the time out of the UUIDv7 that ends a blob's key (RFC 9562: its first 48 bits are milliseconds).
func madeAt(key string) (time.Time, bool) {
	id := strings.ReplaceAll(key[strings.LastIndexByte(key, '/')+1:], "-", "")
	if len(id) != 32 || id[12] != '7' {
		return time.Time{}, false
	}
	b, err := hex.DecodeString(id[:12])
	if err != nil {
		return time.Time{}, false
	}
	var ms int64
	for _, x := range b {
		ms = ms<<8 | int64(x)
	}
	return time.UnixMilli(ms), true
}
