package web

import (
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// auditRoutes publish the heads of the chains of events: who keeps them can later prove what the platform had on record.
func (s *Server) auditRoutes() []route {
	return []route{get("/audit/heads.json", anybody, s.auditHeads)}
}

// auditHeads lists the last head of each authority on the day that ?day= names (UTC), yesterday without one: days that are over do not
// change. Only hashes are told, not how many events there were.
func (s *Server) auditHeads(r *request) error {
	today := s.Now().UTC().Truncate(24 * time.Hour)
	day, err := time.Parse(time.DateOnly, r.Query("day"))
	if r.Query("day") == "" {
		day, err = today.AddDate(0, 0, -1), nil
	}
	if err != nil || !day.Before(today) {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	heads, err := s.Heads.Heads(r.ctx, time.Time{}, day.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	tenants, err := s.Find.AllTenants(r.ctx)
	if err != nil {
		return err
	}
	slugs := map[string]string{}
	for _, t := range tenants {
		slugs[t.ID] = t.Slug
	}
	list := make([]civic.PublicHead, len(heads))
	for i, h := range heads {
		list[i] = h.Public(slugs[h.Tenant])
	}
	body, err := json.Marshal(struct {
		Day   string             `json:"day"`
		Heads []civic.PublicHead `json:"heads"`
	}{day.Format(time.DateOnly), list})
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return r.Send(body)
}
