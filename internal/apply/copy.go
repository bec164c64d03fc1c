package apply

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"antragswerk/internal/civic"
)

// CopyFormat names how a copy's JSON is built; docs/copy.md describes it.
const CopyFormat = "antragswerk-copy/1"

// Paper is a document that is printed into a copy.
type Paper struct {
	Name string
	Body []byte
}

// copied is everything of an application, for people and machines (Art. 15 and 20 DSGVO).
type copied struct {
	Format     string `json:"format"`
	Made       string `json:"made"`
	Office     string `json:"office"`
	Service    string `json:"service"`
	Name       string `json:"name"`
	FileNumber string `json:"fileNumber,omitempty"`
	State      string `json:"state"`
	// Kept is when it is to be erased, where that is known.
	Kept        string             `json:"keptUntil,omitempty"`
	Locked      string             `json:"locked,omitempty"`
	Reach       *civic.Reach       `json:"reach,omitempty"`
	Draft       any                `json:"draft,omitempty"`
	Submissions []copiedSubmission `json:"submissions,omitempty"`
	Messages    []copiedMessage    `json:"messages,omitempty"`
	Requests    []copiedRequest    `json:"requests,omitempty"`
	Decision    *copiedDecision    `json:"decision,omitempty"`
	Payment     *copiedPayment     `json:"payment,omitempty"`
	Files       []copiedFile       `json:"files,omitempty"`
	Events      []copiedEvent      `json:"events,omitempty"`
}

type copiedSubmission struct {
	Kind    string          `json:"kind"`
	Sent    string          `json:"sent"`
	Level   string          `json:"level"`
	Version string          `json:"formVersion"`
	Answers json.RawMessage `json:"answers"` // exactly as sent
}

type copiedMessage struct {
	FromOffice bool   `json:"fromOffice"`
	Author     string `json:"author,omitempty"`
	Sent       string `json:"sent"`
	Text       string `json:"text"`
}

type copiedRequest struct {
	Sent     string            `json:"sent"`
	Due      string            `json:"due,omitempty"`
	Text     string            `json:"text"`
	Pointers []string          `json:"pointers"`
	Comments map[string]string `json:"comments,omitempty"`
}

type copiedDecision struct {
	Outcome string `json:"outcome"`
	Made    string `json:"made"`
	Letter  string `json:"letter"`
}

type copiedPayment struct {
	State string `json:"state"`
	Cents int64  `json:"cents"`
}

type copiedFile struct {
	ID        string `json:"id"` // as the answers name it
	Name      string `json:"name"`
	Path      string `json:"path,omitempty"` // in the copy; none where malware was found in it
	MediaType string `json:"mediaType"`
	Bytes     int64  `json:"bytes"`
	Verdict   string `json:"verdict"`
}

type copiedEvent struct {
	At   string `json:"at"`
	Kind string `json:"kind"`
}

// Copy packs everything of a case into a ZIP while it is written: data.json, the papers, and the files, one after the other, so that
// its size costs no memory. ctx must live as long.
func (s *Service) Copy(ctx context.Context, who civic.Actor, dossier, lang string, papers func(*MyCase) ([]Paper, error)) (name string, write func(io.Writer) error, err error) {
	m, err := s.Case(ctx, who, dossier, lang, false)
	if err != nil {
		return "", nil, err
	}
	data, err := s.copyOf(m, lang)
	if err != nil {
		return "", nil, err
	}
	return m.File.Case.FileNumber + ".zip", func(w io.Writer) error {
		z := zip.NewWriter(w)
		printed, err := papers(m)
		if err != nil {
			return err
		}
		for _, p := range printed {
			if err := s.packBytes(z, p.Name, p.Body); err != nil {
				return err
			}
		}
		return s.packAll(ctx, z, m.Tenant, m.File.Dossier, data, m.Files)
	}, nil
}

// CopyDraft is Copy for what was not sent yet.
func (s *Service) CopyDraft(ctx context.Context, who civic.Actor, dossier, lang string) (name string, write func(io.Writer) error, err error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil {
		return "", nil, err
	}
	if a.Helper != nil {
		return "", nil, civic.Errorf(civic.NotFound, "error.not_found") // the copy is the owner's
	}
	data := copied{Format: CopyFormat, Made: stamp(s.Now()), Office: a.Tenant.Name, Service: a.Draft.Service, Name: a.Form.Package.Service.Name.In(lang), State: "INITIATED",
		Kept: stamp(a.Draft.Expires), Draft: a.State.Answers, Files: listed(a.Files)}
	data.Reach = &a.Reach
	return "Entwurf-" + a.Draft.Service + ".zip", func(w io.Writer) error {
		return s.packAll(ctx, zip.NewWriter(w), a.Tenant, a.Draft.Dossier, data, a.Files)
	}, nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// copyOf words a case for its copy. Notes are the office's own; who wants to know them asks it.
func (s *Service) copyOf(m *MyCase, lang string) (copied, error) {
	c := m.File.Case
	d := copied{Format: CopyFormat, Made: stamp(s.Now()), Office: m.Tenant.Name, Service: c.Service, Name: m.Form.Package.Service.Name.In(lang), FileNumber: c.FileNumber,
		State: c.State.Public(), Kept: stamp(c.Erase), Locked: string(c.Hold), Files: listed(m.Files)}
	d.Reach = &m.Reach
	for _, sub := range m.File.Submissions {
		frozen, _, err := s.Answers(m, sub)
		if err != nil {
			return d, err
		}
		d.Submissions = append(d.Submissions, copiedSubmission{string(sub.Kind), stamp(sub.Created), string(sub.Level), sub.Version, frozen})
	}
	for _, x := range m.Messages {
		d.Messages = append(d.Messages, copiedMessage{x.FromOffice, x.AuthorName, stamp(x.Created), x.Text})
	}
	for _, x := range m.Requests {
		d.Requests = append(d.Requests, copiedRequest{stamp(x.Created), stamp(x.Due), x.Words, x.Pointers, x.Comments})
	}
	if x := m.File.Decision; x != nil {
		d.Decision = &copiedDecision{string(x.Outcome), stamp(x.Created), m.Letter}
	}
	if x := m.File.Payment; x != nil {
		d.Payment = &copiedPayment{x.State(), x.Cents}
	}
	for _, e := range m.File.Events {
		d.Events = append(d.Events, copiedEvent{stamp(e.At), e.Kind})
	}
	return d, nil
}

// listed gives each file its place in the copy.
func listed(files []Attachment) []copiedFile {
	var out []copiedFile
	for i, f := range files {
		x := copiedFile{ID: f.URN(), Name: f.FileName, MediaType: f.MediaType, Bytes: f.Bytes, Verdict: string(f.Verdict)}
		if f.Verdict != civic.VerdictInfected {
			x.Path = path.Join("files", fmt.Sprintf("%02d-%s", i+1, safeName(f.FileName, f.MediaType)))
		}
		out = append(out, x)
	}
	return out
}

func (s *Service) packAll(ctx context.Context, z *zip.Writer, t civic.Tenant, d civic.Dossier, data copied, files []Attachment) error {
	raw, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return fmt.Errorf("apply: copy: %w", err)
	}
	if err := s.packBytes(z, "data.json", raw); err != nil {
		return err
	}
	for i, f := range files {
		if data.Files[i].Path == "" {
			continue
		}
		_, body, err := s.openAttachment(ctx, t, d, f.Attachment)
		if err != nil {
			return err
		}
		entry, err := z.CreateHeader(&zip.FileHeader{Name: data.Files[i].Path, Method: zip.Store, Modified: f.Created})
		if err == nil {
			_, err = io.Copy(entry, body)
		}
		if err = errors.Join(err, body.Close()); err != nil {
			return fmt.Errorf("apply: copy: %w", err)
		}
	}
	return z.Close()
}

func (s *Service) packBytes(z *zip.Writer, name string, body []byte) error {
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: s.Now()})
	if err == nil {
		_, err = entry.Write(body)
	}
	if err != nil {
		return fmt.Errorf("apply: copy: %w", err)
	}
	return nil
}
