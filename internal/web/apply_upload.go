package web

import (
	"encoding/base64"
	"net/http"
	"slices"
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
	headerToken   = "X-CSRF-Token" // #nosec G101 -- the name of a header
)

func (s *Server) uploadRoutes() []route {
	draft := func(h handler) handler {
		return func(r *request) error {
			if _, err := s.openDraft(r); err != nil { // of this tenant and service
				return err
			}
			return h(r)
		}
	}
	correction := func(h handler) handler { return h } // whose it is the use case knows
	return slices.Concat(s.uploadsAt("/me/:dossier/correct/upload", correction, s.uploadCorrection),
		s.uploadsAt("/:tenant/:service/apply/:dossier/upload", draft, s.uploadBegin))
}

func (s *Server) uploadsAt(at string, of func(handler) handler, begin handler) []route {
	line := func(method, path string, class class, h handler) route {
		return route{method: method, path: path, class: class, script: true, handle: of(h)}
	}
	return []route{
		{method: fiber.MethodOptions, path: at, class: reading, script: true, handle: s.uploadTerms},
		line(fiber.MethodGet, at, reading, s.uploadList),
		line(fiber.MethodPost, at, uploading, begin),
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
	at := r.uploads()
	out := make([]underWay, 0, len(list))
	for _, p := range list {
		out = append(out, underWay{URL: at + p.ID, Pointer: p.Pointer, Name: p.Name, Stamp: p.Stamp, Bytes: p.Bytes, Received: p.Received})
	}
	return r.JSON(out)
}

func (s *Server) uploadBegin(r *request) error {
	in, err := r.announcement()
	if err != nil {
		return err
	}
	p, err := s.Apply.Announce(r.ctx, r.actor, r.l.Tag, in)
	return r.begun(p, err)
}

// uploadCorrection begins an upload for the answer to a request. Beyond the protocol the page comes with it, as a form: its rows
// and questions are nowhere else.
func (s *Server) uploadCorrection(r *request) error {
	in, err := r.announcement()
	if err != nil {
		return err
	}
	typed, err := readForm(r.Ctx, maxTyped)
	if err != nil {
		return err
	}
	p, err := s.Apply.AnnounceCorrection(r.ctx, r.actor, r.l.Tag, in, typed)
	return r.begun(p, err)
}

// announcement reads which file is about to come.
func (r *request) announcement() (in apply.Announcement, err error) {
	if err := r.tus(); err != nil {
		return in, err
	}
	size, err := strconv.ParseInt(r.Get("Upload-Length"), 10, 64)
	if err != nil || size < 0 {
		return in, refusal{fiber.StatusBadRequest, "Upload-Length is missing or no number"}
	}
	meta, ok := readMetadata(r.Get("Upload-Metadata"))
	if !ok {
		return in, refusal{fiber.StatusBadRequest, "Upload-Metadata cannot be read"}
	}
	return apply.Announcement{Dossier: r.Params("dossier"), Pointer: meta["field"], Name: meta["filename"], Stamp: meta["stamp"], Bytes: size}, nil
}

// begun answers that an upload has begun, if it has.
func (r *request) begun(p apply.Partial, err error) error {
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderLocation, r.uploads()+p.ID)
	r.sayUpload(p)
	return r.SendStatus(fiber.StatusCreated)
}

// uploads is below which address the uploads of the draft or the correction are.
func (r *request) uploads() string {
	if r.Params("tenant") == "" {
		return "/me/" + r.Params("dossier") + "/correct/upload/"
	}
	return r.base() + "/upload/"
}

// sayUpload puts where an upload is into the headers.
func (r *request) sayUpload(p apply.Partial) {
	r.saySession()
	r.Set("Upload-Offset", strconv.FormatInt(p.Received, 10))
	if p.URN != "" {
		r.Set("X-Attachment", p.URN) // what the file is called by now
	}
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
