package admin

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // logos
	_ "image/png"  // logos
	"math"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"antragswerk/internal/civic"
)

// Limits of a profile.
const (
	maxName  = 120    // letters
	maxLine  = 200    // letters
	maxPage  = 40_000 // bytes of a Markdown text
	maxLogo  = 256 << 10
	maxPixel = 2000 // of a logo's side
	// minContrast is what WCAG 2.2 asks of text on a background, here of white on the authority's colour.
	minContrast = 4.5
)

// ProfileChange is what an admin saves of the authority's own page.
type ProfileChange struct {
	Revision int64 // of the tenant as it was read
	Name     string
	Profile  civic.Profile
}

// SaveProfile stores name and profile. Invalid names the field; Conflict when somebody else has saved meanwhile.
func (s *Service) SaveProfile(ctx context.Context, who civic.Actor, tenant string, in ProfileChange) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	if err := checkProfile(in); err != nil {
		return err
	}
	in.Profile.Desk = t.Profile.Desk // has a page of its own
	t.Name, t.Profile, t.Revision = strings.TrimSpace(in.Name), in.Profile, in.Revision
	return s.saveTenant(ctx, t, s.event(who, t.ID, "tenant.profile", nil))
}

// SaveDesk stores the settings of the desk's clocks and figures. Conflict when somebody else has saved meanwhile.
func (s *Service) SaveDesk(ctx context.Context, who civic.Actor, tenant string, revision int64, d civic.DeskSettings) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	if d.EscalateDays < -1 || d.EscalateDays > 90 {
		return civic.Errorf(civic.Invalid, "error.admin.escalate").At("escalate")
	}
	if d.CorpusChristi != "yes" && d.CorpusChristi != "no" {
		d.CorpusChristi = ""
	}
	t.Profile.Desk, t.Revision = d, revision
	return s.saveTenant(ctx, t, s.event(who, t.ID, "tenant.desk", nil))
}

func (s *Service) saveTenant(ctx context.Context, t civic.Tenant, ev civic.Event) error {
	err := s.d.Tenants.SaveTenant(ctx, t, ev)
	s.d.Directory.Invalidate()
	if civic.CodeOf(err) == civic.Conflict {
		return civic.Errorf(civic.Conflict, "error.admin.moved").Because(err)
	}
	return err
}

func checkProfile(in ProfileChange) error {
	name := strings.TrimSpace(in.Name)
	if n := len([]rune(name)); n < 2 || n > maxName {
		return civic.Errorf(civic.Invalid, "error.admin.name", "max", maxName).At("name")
	}
	p := in.Profile
	for field, v := range map[string]string{"street": p.Street, "zip": p.Zip, "city": p.City, "phone": p.Phone, "hours": p.Hours, "head": p.Head, "officer": p.Officer} {
		if len([]rune(v)) > maxLine*2 {
			return civic.Errorf(civic.Invalid, "error.admin.long", "max", maxLine*2).At(field)
		}
	}
	if p.Zip != "" && !zip.MatchString(p.Zip) {
		return civic.Errorf(civic.Invalid, "error.admin.zip").At("zip")
	}
	if p.Email != "" && !isEmail(p.Email) {
		return civic.Errorf(civic.Invalid, "error.admin.email").At("email")
	}
	if u, err := url.Parse(p.Website); p.Website != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		return civic.Errorf(civic.Invalid, "error.admin.website").At("website")
	}
	for field, texts := range map[string]civic.Text{"imprint": p.Imprint, "privacy": p.Privacy, "accessibility": p.Accessibility, "welcome": p.Welcome} {
		for lang, v := range texts {
			if len(v) > maxPage {
				return civic.Errorf(civic.Invalid, "error.admin.long", "max", maxPage).At(field + "_" + lang)
			}
		}
	}
	return CheckColour(p.Colour)
}

var (
	zip    = regexp.MustCompile(`^[0-9]{5}$`)
	colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= maxLine
}

// CheckColour refuses a colour on which white is hard to read, and says which darker one of its kind would do. "" is
// the house colour.
func CheckColour(c string) error {
	switch {
	case c == "":
		return nil
	case !colour.MatchString(c):
		return civic.Errorf(civic.Invalid, "error.admin.colour").At("colour")
	}
	ratio := contrast(c)
	if ratio >= minContrast {
		return nil
	}
	return civic.Errorf(civic.Invalid, "error.admin.contrast", "ratio", strings.Replace(strconv.FormatFloat(math.Floor(ratio*10)/10, 'f', 1, 64), ".", ",", 1),
		"better", darker(c)).At("colour")
}

// contrast is the contrast ratio (WCAG 2.2) of white on a colour #rrggbb, from 1 to 21.
func contrast(c string) float64 {
	n, err := strconv.ParseUint(c[1:], 16, 32)
	if err != nil {
		return 1
	}
	linear := func(v uint64) float64 {
		x := float64(v&0xff) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 1.05 / (0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n) + 0.05)
}

// darker is the lightest shade of a colour on which white reads well.
func darker(c string) string {
	n, err := strconv.ParseUint(c[1:], 16, 32)
	if err != nil {
		return "#000000"
	}
	shade := c
	for f := 99; f > 0 && contrast(shade) < minContrast; f-- {
		part := func(shift uint) uint64 { return (n >> shift & 0xff) * uint64(f) / 100 }
		shade = fmt.Sprintf("#%02x%02x%02x", part(16), part(8), part(0))
	}
	return shade
}

// SetLive opens the authority's pages to everybody, or closes them.
func (s *Service) SetLive(ctx context.Context, who civic.Actor, tenant string, live bool) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	t.Live = live
	return s.saveTenant(ctx, t, s.event(who, t.ID, "tenant.live", map[string]string{"live": strconv.FormatBool(live)}))
}

// SaveLogo stores a logo: PNG, JPEG or WebP by content, at most 256 KiB and 2,000 pixels a side. An empty body takes the
// logo away.
func (s *Service) SaveLogo(ctx context.Context, who civic.Actor, tenant string, body []byte) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	kind := ""
	if len(body) > 0 {
		if kind, err = logoType(body); err != nil {
			return err
		}
	}
	err = s.d.Tenants.SaveLogo(ctx, t.ID, kind, body, s.event(who, t.ID, "tenant.logo", map[string]string{"type": kind}))
	s.d.Directory.Invalidate()
	return err
}

func logoType(body []byte) (string, error) {
	if len(body) > maxLogo {
		return "", civic.Errorf(civic.TooLarge, "error.admin.logo.large", "max", maxLogo>>10).At("logo")
	}
	wrong := civic.Errorf(civic.Invalid, "error.admin.logo.type").At("logo")
	if len(body) > 16 && bytes.Equal(body[:4], []byte("RIFF")) && bytes.Equal(body[8:12], []byte("WEBP")) {
		return "image/webp", nil
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || format != "png" && format != "jpeg" {
		return "", wrong.Because(err)
	}
	if cfg.Width > maxPixel || cfg.Height > maxPixel {
		return "", civic.Errorf(civic.Invalid, "error.admin.logo.pixels", "max", maxPixel).At("logo")
	}
	return "image/" + format, nil
}

// Logo is public.
func (s *Service) Logo(ctx context.Context, tenant string) (mediaType string, body []byte, err error) {
	return s.d.Tenants.Logo(ctx, tenant)
}
