package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Offer is a service as its authority's admin sees it.
type Offer struct {
	civic.Offering
	Name      map[string]string // by language
	LeiKa     string
	Changed   bool // the authority changes something of it
	Conflicts []formdef.Conflict
}

// Offers lists the services that the authority is or may be responsible for.
func (s *Service) Offers(ctx context.Context, who civic.Actor, tenant string) ([]Offer, error) {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	list, err := s.d.Directory.OfferingsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Offer, 0, len(list))
	for _, o := range list {
		form, err := s.d.Directory.Form(ctx, o.Service)
		if err != nil {
			return nil, err
		}
		overlay, err := overlayOf(o)
		if err != nil {
			return nil, err
		}
		meta := form.Package.Service
		offer := Offer{Offering: o, Name: meta.Name, LeiKa: meta.LeiKa, Changed: len(o.Overlay) > 0}
		if offer.Changed {
			_, offer.Conflicts = form.With(overlay)
		}
		out = append(out, offer)
	}
	return out, nil
}

func overlayOf(o civic.Offering) (formdef.Overlay, error) {
	var overlay formdef.Overlay
	if len(o.Overlay) == 0 {
		return overlay, nil
	}
	if err := json.Unmarshal(o.Overlay, &overlay); err != nil {
		return overlay, fmt.Errorf("admin: overlay of %s: %w", o.Service, err)
	}
	return overlay, nil
}

// Switch turns services on or off; without names all that the authority is or may be responsible for.
func (s *Service) Switch(ctx context.Context, who civic.Actor, tenant string, on bool, services ...string) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	list, err := s.d.Directory.OfferingsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	var change []civic.Offering
	for _, o := range list {
		if o.Enabled != on && (len(services) == 0 || slices.Contains(services, o.Service)) {
			o.Enabled, o.Updated = on, s.d.Now()
			change = append(change, o)
		}
	}
	for _, name := range services {
		if !slices.ContainsFunc(list, func(o civic.Offering) bool { return o.Service == name }) {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
	}
	if len(change) == 0 {
		return nil
	}
	kind := "service.off"
	if on {
		kind = "service.on"
	}
	return s.saveOffers(ctx, who, t.ID, kind, change)
}

func (s *Service) saveOffers(ctx context.Context, who civic.Actor, tenant, kind string, change []civic.Offering) error {
	var names []string
	for _, o := range change {
		names = append(names, o.Service)
	}
	err := s.d.Tenants.SaveOfferings(ctx, tenant, change, s.event(who, tenant, kind, map[string]string{"services": strings.Join(names, " ")}))
	s.d.Directory.Invalidate()
	if err != nil {
		return fmt.Errorf("admin: offerings: %w", err)
	}
	return nil
}

// Setting is one service with everything that the authority may set.
type Setting struct {
	Tenant    civic.Tenant
	Offering  civic.Offering
	Form      *formdef.Form // without overlay
	Overlay   formdef.Overlay
	Conflicts []formdef.Conflict
	labels    map[string]string
}

// Rules says what of the service may be set.
func (st *Setting) Rules() formdef.OverlayRules { return st.Form.Package.Form.Overlay }

// Fee is the state's fee of a code; ok is false when there is none.
func (st *Setting) Fee(code string) (formdef.Fee, bool) {
	for _, f := range st.Form.Package.Form.Fees {
		if f.Code == code {
			return f, true
		}
	}
	return formdef.Fee{}, false
}

// Label names the field of a pointer; the pointer itself where no sample shows it.
func (st *Setting) Label(pointer string) string {
	if l := st.labels[star(pointer)]; l != "" {
		return l
	}
	return pointer
}

// star writes "*" for the positions in a pointer.
func star(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// labelsOf collects the labels of all fields that the empty form or a valid sample shows.
func labelsOf(f *formdef.Form, lang string) map[string]string {
	out := map[string]string{}
	all := []formdef.Answers{{}}
	for _, sample := range f.Package.Samples {
		answers := formdef.Answers{}
		dec := json.NewDecoder(bytes.NewReader(sample.Answers))
		dec.UseNumber()
		if dec.Decode(&answers) == nil {
			all = append(all, answers)
		}
	}
	for _, a := range all {
		for _, sec := range f.Summary(formdef.State{Answers: a, Lang: lang}, true) {
			for _, l := range sec.Rows {
				if p := star(l.Pointer); !l.Heading && out[p] == "" {
					out[p] = l.Label
				}
			}
		}
	}
	return out
}

// Setting opens one service for setting it.
func (s *Service) Setting(ctx context.Context, who civic.Actor, tenant, service, lang string) (*Setting, error) {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	list, err := s.d.Directory.OfferingsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(o civic.Offering) bool { return o.Service == service })
	if i < 0 {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	st := &Setting{Tenant: t, Offering: list[i]}
	if st.Form, err = s.d.Directory.Form(ctx, service); err != nil {
		return nil, err
	}
	if st.Overlay, err = overlayOf(list[i]); err != nil {
		return nil, err
	}
	_, st.Conflicts = st.Form.With(st.Overlay)
	st.labels = labelsOf(st.Form, lang)
	return st, nil
}

// SettingChange is what an admin saves of a service.
type SettingChange struct {
	Version int64 // of the overlay as it was read
	Contact civic.Contact
	Overlay formdef.Overlay // fees as typed: with a decimal comma or point
}

// maxProofs limits the extra attachments that an authority asks for.
const maxProofs = 10

// SaveSetting stores contact and overlay. Invalid names the field ("fee_<code>", "proof", an overlay entry); Conflict when
// somebody else has saved meanwhile.
func (s *Service) SaveSetting(ctx context.Context, who civic.Actor, tenant, service string, in SettingChange) error {
	st, err := s.Setting(ctx, who, tenant, service, "de")
	if err != nil {
		return err
	}
	if st.Offering.OverlayVersion != in.Version {
		return civic.Errorf(civic.Conflict, "error.admin.moved")
	}
	if in.Contact.Email != "" && !isEmail(in.Contact.Email) {
		return civic.Errorf(civic.Invalid, "error.admin.email").At("contact_email")
	}
	overlay, err := cleanOverlay(in.Overlay)
	if err != nil {
		return err
	}
	if _, conflicts := st.Form.With(overlay); len(conflicts) > 0 {
		return civic.Errorf(civic.Invalid, "error.admin.overlay", "entry", conflicts[0].Entry, "why", conflicts[0].Why)
	}
	o := st.Offering
	o.Contact, o.Updated, o.Overlay = in.Contact, s.d.Now(), nil
	raw, err := json.Marshal(overlay)
	if err != nil {
		return fmt.Errorf("admin: overlay: %w", err)
	}
	if string(raw) != "{}" {
		o.Overlay = raw
	}
	return s.saveOffers(ctx, who, st.Tenant.ID, "service.set", []civic.Offering{o})
}

// cleanOverlay drops what is empty and writes amounts as decimals.
func cleanOverlay(in formdef.Overlay) (formdef.Overlay, error) {
	out := formdef.Overlay{Off: in.Off}
	for code, typed := range in.Fees {
		if strings.TrimSpace(typed) == "" {
			continue
		}
		amount, ok := decimal(typed)
		if !ok {
			return out, civic.Errorf(civic.Invalid, "error.admin.fee").At("fee_" + code)
		}
		if out.Fees == nil {
			out.Fees = map[string]string{}
		}
		out.Fees[code] = amount
	}
	for lang, modules := range in.Modules {
		for name, body := range modules {
			body = strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
			if body == "" {
				continue
			}
			if len(body) > maxPage {
				return out, civic.Errorf(civic.Invalid, "error.admin.long", "max", maxPage).At("text_" + lang + "_" + name)
			}
			if out.Modules == nil {
				out.Modules = map[string]map[string]string{}
			}
			if out.Modules[lang] == nil {
				out.Modules[lang] = map[string]string{}
			}
			out.Modules[lang][name] = body
		}
	}
	for pointer, choices := range in.Choices {
		if list := trimmed(choices); len(list) > 0 {
			if out.Choices == nil {
				out.Choices = map[string][]string{}
			}
			out.Choices[pointer] = list
		}
	}
	for _, p := range in.Proofs {
		if p.Label = strings.TrimSpace(p.Label); p.Label == "" {
			continue
		}
		if len(out.Proofs) == maxProofs || len(p.Label) > maxLine || len(p.Hint) > maxLine*2 {
			return out, civic.Errorf(civic.Invalid, "error.admin.proof", "max", maxProofs).At("proof")
		}
		p.Key = proofKey(p, out.Proofs)
		out.Proofs = append(out.Proofs, p)
	}
	return out, nil
}

func trimmed(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) && len(s) <= maxLine {
			out = append(out, s)
		}
	}
	return out
}

// proofKey keeps a proof's key, or gives a new one the first that is free.
func proofKey(p formdef.Proof, others []formdef.Proof) string {
	taken := func(key string) bool {
		return slices.ContainsFunc(others, func(o formdef.Proof) bool { return o.Key == key })
	}
	if p.Key != "" && !taken(p.Key) {
		return p.Key
	}
	for n := 1; ; n++ {
		if key := fmt.Sprintf("nachweis%d", n); !taken(key) {
			return key
		}
	}
}

// decimal reads an amount in euros as people write it ("12,50", "1.200,00", "30 €") and writes it with two places.
func decimal(typed string) (string, bool) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), "€"))
	if strings.Contains(s, ",") {
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	}
	whole, cents, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 7 || strings.Trim(whole, "0123456789") != "" || len(cents) > 2 || strings.Trim(cents, "0123456789") != "" {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	return whole + "." + cents + "00"[len(cents):], true
}
