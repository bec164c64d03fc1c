package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"antragswerk/internal/civic"
)

// maxMails is how many mails the demo mailbox keeps.
const maxMails = 500

// Mailbox keeps mails in a folder instead of sending them, and shows them at /demo/mail.
type Mailbox struct {
	dir        string
	stylesheet string
	now        civic.Clock
	most       int
	list, one,
	none *template.Template
	mux *http.ServeMux
	mu  sync.Mutex // one writer at a time, so that the folder stays within its size
}

// kept is a mail as it lies in the folder.
type kept struct {
	Name string `json:"-"`
	At   time.Time
	Mail civic.Mail
}

// OpenMailbox makes the folder if it is missing.
func OpenMailbox(dir, stylesheetURL string, now civic.Clock) (*Mailbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	m := &Mailbox{dir: dir, stylesheet: stylesheetURL, now: now, most: maxMails, mux: http.NewServeMux()}
	var err error
	for name, into := range map[string]**template.Template{"mails.html": &m.list, "mail.html": &m.one, "nomail.html": &m.none} {
		if *into, err = parsePage(name); err != nil {
			return nil, err
		}
	}
	m.mux.HandleFunc("GET /demo/mail", m.showAll)
	m.mux.HandleFunc("GET /demo/mail/{mail}", m.showOne)
	m.mux.HandleFunc("GET /demo/mail/{mail}/{file}", m.download)
	return m, nil
}

// Send keeps the mail. The same id twice is kept once, as a mail server would not do but a reader expects.
func (m *Mailbox) Send(ctx context.Context, mail civic.Mail) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	names, err := m.names()
	if err != nil {
		return err
	}
	id := safeName(mail.ID)
	if slices.ContainsFunc(names, func(n string) bool { return id != "" && strings.HasSuffix(n, "-"+id+".json") }) {
		return nil
	}
	if id == "" {
		id = random()
	}
	at := m.now()
	body, err := json.Marshal(kept{At: at, Mail: mail})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	name := fmt.Sprintf("%020d-%s.json", at.UnixMicro(), id)
	if err := writeFile(filepath.Join(m.dir, name), body); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	names = append(names, name)
	slices.Sort(names)
	for _, old := range names[:max(0, len(names)-m.most)] {
		if err := os.Remove(filepath.Join(m.dir, old)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}

// safeName keeps what is harmless in a file name.
func safeName(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, id[:min(len(id), 64)])
}

// names lists the files, oldest first.
func (m *Mailbox) names() ([]string, error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Mails returns what is kept, newest first.
func (m *Mailbox) Mails() ([]civic.Mail, error) {
	all, err := m.all()
	var mails []civic.Mail
	for _, k := range all {
		mails = append(mails, k.Mail)
	}
	return mails, err
}

func (m *Mailbox) all() ([]kept, error) {
	names, err := m.names()
	if err != nil {
		return nil, err
	}
	var all []kept
	for _, name := range names {
		k, err := m.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // swept while we looked
		}
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	slices.SortStableFunc(all, func(a, b kept) int { return cmp.Compare(b.Name, a.Name) })
	return all, nil
}

func (m *Mailbox) read(name string) (kept, error) {
	raw, err := os.ReadFile(filepath.Join(m.dir, name)) // #nosec G304 G703 -- names come from the folder's own list
	if err != nil {
		return kept{}, err
	}
	k := kept{}
	if err := json.Unmarshal(raw, &k); err != nil {
		return kept{}, fmt.Errorf("demo: %s: %w", name, err)
	}
	k.Name = strings.TrimSuffix(name, ".json")
	return k, nil
}

// ServeHTTP implements http.Handler; paths begin with /demo/mail.
func (m *Mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

func (m *Mailbox) page(r *http.Request) (map[string]any, words) {
	lang := langOf(strings.NewReplacer(",", " ", ";", " ").Replace(r.Header.Get("Accept-Language")))
	t := wordsIn(lang)
	return map[string]any{"Lang": lang, "Stylesheet": m.stylesheet, "T": t}, t
}

func (m *Mailbox) showAll(w http.ResponseWriter, r *http.Request) {
	data, _ := m.page(r)
	all, err := m.all()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	data["Mails"] = all
	show(w, http.StatusOK, m.list, data)
}

func (m *Mailbox) showOne(w http.ResponseWriter, r *http.Request) {
	data, _ := m.page(r)
	k, ok := m.wanted(r)
	if !ok {
		show(w, http.StatusNotFound, m.none, data)
		return
	}
	data["Mail"], data["Paragraphs"] = k, paragraphs(k.Mail.Text)
	show(w, http.StatusOK, m.one, data)
}

func (m *Mailbox) wanted(r *http.Request) (kept, bool) {
	id := r.PathValue("mail")
	if len(id) > 100 || strings.ContainsAny(id, `./\`) {
		return kept{}, false
	}
	k, err := m.read(id + ".json")
	return k, err == nil
}

// download sends an attachment; browsers must save it, not show it.
func (m *Mailbox) download(w http.ResponseWriter, r *http.Request) {
	k, ok := m.wanted(r)
	n, err := strconv.Atoi(r.PathValue("file"))
	if !ok || err != nil || n < 0 || n >= len(k.Mail.Files) {
		data, _ := m.page(r)
		show(w, http.StatusNotFound, m.none, data)
		return
	}
	f := k.Mail.Files[n]
	w.Header().Set("Content-Type", f.MediaType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)))
	_, _ = w.Write(f.Body) // a browser that hung up needs no answer
}
