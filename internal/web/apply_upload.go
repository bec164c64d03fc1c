package web

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
)

// Resumable uploads by the tus protocol 1.0.0: core, creation, expiration, termination. They are for the script; without it a
// file comes with its form. The visitor is who the cookies say, as everywhere; the CSRF token comes in a header.

const (
	tusVersion    = "1.0.0"
	tusExtensions = "creation,expiration,termination"
	tusMedia      = "application/offset+octet-stream"
	headerToken   = "X-CSRF-Token"
)

func (s *Server) uploadRoutes() []route {
	const at = "/:tenant/:service/apply/:dossier/upload"
	line := func(method, path string, class class, h handler) route {
		return route{method: method, path: path, class: class, script: true, handle: func(r *request) error {
			if _, err := s.openDraft(r); err != nil { // of this tenant and service
				return err
			}
			return h(r)
		}}
	}
	return []route{
		{method: fiber.MethodOptions, path: at, class: reading, script: true, handle: s.uploadTerms},
		line(fiber.MethodGet, at, reading, s.uploadList),
		line(fiber.MethodPost, at, uploading, s.uploadBegin),
		line(fiber.MethodHead, at+"/:upload", reading, s.uploadState),
		line(fiber.MethodPatch, at+"/:upload", uploading, s.uploadPiece),
		line(fiber.MethodDelete, at+"/:upload", uploading, s.uploadDrop),
		line(fiber.MethodPost, at+"/:upload", uploading, s.uploadOverride),
	}
}

// uploadTerms says what this server can do.
func (s *Server) uploadTerms(r *request) error {
	r.Set("Tus-Resumable", tusVersion)
	r.Set("Tus-Version", tusVersion)
	r.Set("Tus-Extension", tusExtensions)
	r.Set("Tus-Max-Size", strconv.Itoa(apply.MaxUpload))
	return r.SendStatus(fiber.StatusNoContent)
}

// tus checks the protocol's version and answers in it.
func (r *request) tus() error {
	r.Set("Tus-Resumable", tusVersion)
	if r.Get("Tus-Resumable") == tusVersion {
		return nil
	}
	r.Set("Tus-Version", tusVersion)
	return refusal{fiber.StatusPreconditionFailed, "Tus-Resumable: " + tusVersion + " is missing"}
}

// refusal is an answer to a client that does not keep to the protocol; no person reads it.
type refusal struct {
	status int
	text   string
}

func (e refusal) Error() string { return e.text }

// underWay is an upload as the script gets it.
type underWay struct {
	URL      string `json:"url"`
	Pointer  string `json:"pointer"`
	Name     string `json:"name"`
	Stamp    string `json:"stamp"`
	Bytes    int64  `json:"bytes"`
	Received int64  `json:"received"`
}

// uploadList tells which uploads of the draft can go on.
func (s *Server) uploadList(r *request) error {
	list, err := s.Apply.Partials(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
	if err != nil {
		return err
	}
	out := make([]underWay, 0, len(list))
	for _, p := range list {
		out = append(out, underWay{URL: r.base() + "/upload/" + p.ID, Pointer: p.Pointer, Name: p.Name, Stamp: p.Stamp, Bytes: p.Bytes, Received: p.Received})
	}
	return r.JSON(out)
}

func (s *Server) uploadBegin(r *request) error {
	if err := r.tus(); err != nil {
		return err
	}
	size, err := strconv.ParseInt(r.Get("Upload-Length"), 10, 64)
	if err != nil || size < 0 {
		return refusal{fiber.StatusBadRequest, "Upload-Length is missing or no number"}
	}
	meta, ok := readMetadata(r.Get("Upload-Metadata"))
	if !ok {
		return refusal{fiber.StatusBadRequest, "Upload-Metadata cannot be read"}
	}
	p, err := s.Apply.Announce(r.ctx, r.actor, r.l.Tag, apply.Announcement{Dossier: r.Params("dossier"), Pointer: meta["field"],
		Name: meta["filename"], Stamp: meta["stamp"], Bytes: size})
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderLocation, r.base()+"/upload/"+p.ID)
	r.sayUpload(p)
	return r.SendStatus(fiber.StatusCreated)
}

// sayUpload puts where an upload is into the headers.
func (r *request) sayUpload(p apply.Partial) {
	r.saySession()
	r.Set("Upload-Offset", strconv.FormatInt(p.Received, 10))
	r.Set("Upload-Expires", p.Expires.UTC().Format(http.TimeFormat))
}

func (s *Server) uploadState(r *request) error {
	if err := r.tus(); err != nil {
		return err
	}
	p, err := s.Apply.Partial(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, r.Params("upload"))
	if err != nil {
		return err
	}
	r.sayUpload(p)
	r.Set("Upload-Length", strconv.FormatInt(p.Bytes, 10))
	r.Set("Upload-Metadata", writeMetadata([][2]string{{"field", p.Pointer}, {"filename", p.Name}, {"stamp", p.Stamp}}))
	return r.SendStatus(fiber.StatusOK)
}

// uploadPiece takes bytes.
func (s *Server) uploadPiece(r *request) error {
	if err := r.tus(); err != nil {
		return err
	}
	if r.Get(fiber.HeaderContentType) != tusMedia {
		return refusal{fiber.StatusUnsupportedMediaType, "Content-Type must be " + tusMedia}
	}
	offset, err := strconv.ParseInt(r.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return refusal{fiber.StatusBadRequest, "Upload-Offset is missing or no number"}
	}
	p, err := s.Apply.Append(r.ctx, r.actor, r.l.Tag, r.Params("dossier"), r.Params("upload"), offset, bodyOf(r.Ctx))
	if err != nil {
		return err
	}
	r.sayUpload(p)
	return r.SendStatus(fiber.StatusNoContent)
}

func (s *Server) uploadDrop(r *request) error {
	if err := r.tus(); err != nil {
		return err
	}
	if err := s.Apply.DropPartial(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, r.Params("upload")); err != nil {
		return err
	}
	return r.SendStatus(fiber.StatusNoContent)
}

// uploadOverride is for lines on which only GET and POST get through.
func (s *Server) uploadOverride(r *request) error {
	switch r.Get("X-HTTP-Method-Override") {
	case fiber.MethodPatch:
		return s.uploadPiece(r)
	case fiber.MethodDelete:
		return s.uploadDrop(r)
	}
	return notFound(r)
}

// readMetadata reads pairs of a key and its value in base 64: "filename QS5wZGY=,field L2E=".
func readMetadata(header string) (map[string]string, bool) {
	out := map[string]string{}
	if header == "" {
		return out, true
	}
	for pair := range strings.SplitSeq(header, ",") {
		key, coded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.StdEncoding.DecodeString(coded)
		if err != nil || key == "" {
			return nil, false
		}
		out[key] = string(value)
	}
	return out, true
}

func writeMetadata(pairs [][2]string) string {
	var out []string
	for _, p := range pairs {
		out = append(out, p[0]+" "+base64.StdEncoding.EncodeToString([]byte(p[1])))
	}
	return strings.Join(out, ",")
}

// failScript answers a script: its words are shown to the person, its status tells what to do. The body is read before: a
// connection that is closed on unread bytes would look as if the line had broken, and the script would send the same again.
func (r *request) failScript(err error) error {
	drain(r.Ctx)
	if e, ok := err.(refusal); ok { //nolint:errorlint // never wrapped
		return r.Status(e.status).SendString(e.text + "\n")
	}
	code := civic.CodeOf(err)
	r.srv.logFailure(r.id, code, err)
	return r.Status(statuses[code]).SendString(or(r.words(err), r.T("error.title."+string(code))))
}
