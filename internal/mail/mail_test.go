package mail

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func now() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

func sender(t *testing.T, url string) *Sender {
	t.Helper()
	s, err := Open(url, "noreply@land.example", now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func letter() civic.Mail {
	return civic.Mail{
		ID: "0198-receipt", To: "erika@example.org", Subject: "Eingangsbestätigung für Ihren Antrag – Straße & Größe, eine lange Zeile",
		Text: "Guten Tag,\n\nIhr Antrag ist da. Grüße!\n.\nEnde", ReplyTo: "amt@jena.example", FromName: "Stadt Jena, Bürgerbüro",
		Files: []civic.MailFile{{Name: "Bestätigung – Größe.pdf", MediaType: "application/pdf", Body: []byte("%PDF-1.7\x00\xff\r\n.\r\n")}},
	}
}

func TestWhatArrives(t *testing.T) {
	srv := serve(t, nil)
	if err := sender(t, "smtp://"+srv.addr).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	mails := srv.mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	got := mails[0]
	if !strings.HasPrefix(got.from, "FROM:<noreply@land.example>") || !strings.HasPrefix(got.to, "TO:<erika@example.org>") || strings.Count(got.to, "TO:") != 1 {
		t.Errorf("envelope %q, %q", got.from, got.to)
	}
	for i, r := range got.data {
		if r > 0x7e {
			t.Fatalf("unencoded %q at %d", r, i)
		}
	}
	msg, err := netmail.ReadMessage(strings.NewReader(got.data))
	if err != nil {
		t.Fatal(err)
	}
	head := map[string]string{}
	words := new(mime.WordDecoder)
	for _, name := range []string{"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Auto-Submitted"} {
		if len(msg.Header[name]) != 1 {
			t.Errorf("%s: %q", name, msg.Header[name])
		}
		if head[name], err = words.DecodeHeader(msg.Header.Get(name)); err != nil {
			t.Error(err)
		}
	}
	from, err := netmail.ParseAddress(msg.Header.Get("From"))
	if err != nil || from.Name != "Stadt Jena, Bürgerbüro" || from.Address != "noreply@land.example" {
		t.Errorf("from %v, %v", from, err)
	}
	delete(head, "From")
	want := map[string]string{
		"To": "<erika@example.org>", "Reply-To": "<amt@jena.example>", "Subject": letter().Subject,
		"Date": "Wed, 04 Mar 2026 05:06:07 +0000", "Message-Id": "<0198-receipt@land.example>", "Auto-Submitted": "auto-generated",
	}
	if diff := cmp.Diff(want, head); diff != "" {
		t.Error(diff)
	}
	checkParts(t, msg)
}

func checkParts(t *testing.T, msg *netmail.Message) {
	t.Helper()
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	text, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(text))
	if plain := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimRight(plain, "\n") != letter().Text {
		t.Errorf("text %q, %v", plain, err)
	}
	if media, p, _ := mime.ParseMediaType(text.Header.Get("Content-Type")); media != "text/plain" || !strings.EqualFold(p["charset"], "utf-8") {
		t.Errorf("text is %s %v", media, p)
	}
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	_, p, err := mime.ParseMediaType(file.Header.Get("Content-Disposition"))
	name, _ := new(mime.WordDecoder).DecodeHeader(p["filename"])
	if err != nil || name != letter().Files[0].Name {
		t.Errorf("file name %q, %v (%s)", name, err, file.Header.Get("Content-Disposition"))
	}
	if media, _, _ := mime.ParseMediaType(file.Header.Get("Content-Type")); media != "application/pdf" {
		t.Errorf("file is %s", media)
	}
	raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file))
	if err != nil || string(raw) != string(letter().Files[0].Body) {
		t.Errorf("file %q, %v", raw, err)
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("more parts: %v", err)
	}
}

func TestHeaderInjectionIsRefused(t *testing.T) {
	srv := serve(t, nil)
	s := sender(t, "smtp://"+srv.addr)
	const evil = "\r\nBcc: mallory@example.org"
	for name, change := range map[string]func(*civic.Mail){
		"subject":             func(m *civic.Mail) { m.Subject += evil },
		"subject, LF":         func(m *civic.Mail) { m.Subject += "\nX: y" },
		"subject, CR":         func(m *civic.Mail) { m.Subject += "\rX: y" },
		"subject, NUL":        func(m *civic.Mail) { m.Subject += "\x00" },
		"sender's name":       func(m *civic.Mail) { m.FromName += evil },
		"recipient":           func(m *civic.Mail) { m.To += evil },
		"two recipients":      func(m *civic.Mail) { m.To += ", mallory@example.org" },
		"named recipient":     func(m *civic.Mail) { m.To = "Erika <erika@example.org>" },
		"no recipient":        func(m *civic.Mail) { m.To = "" },
		"reply-to":            func(m *civic.Mail) { m.ReplyTo += evil },
		"id":                  func(m *civic.Mail) { m.ID += evil },
		"id with brackets":    func(m *civic.Mail) { m.ID = "a>@b" },
		"file name":           func(m *civic.Mail) { m.Files[0].Name = "a" + evil },
		"nameless file":       func(m *civic.Mail) { m.Files[0].Name = "" },
		"media type":          func(m *civic.Mail) { m.Files[0].MediaType = "text/html" + evil },
		"no media type":       func(m *civic.Mail) { m.Files[0].MediaType = "" },
		"recipient with SMTP": func(m *civic.Mail) { m.To = "a@b> SIZE=1\r\nRCPT TO:<c@d" },
	} {
		m := letter()
		change(&m)
		err := s.Send(t.Context(), m)
		if civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(srv.mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

func TestEncryptionAndLogin(t *testing.T) {
	started := serve(t, func(s *smtpServer) { s.startTLS = true })
	first := serve(t, func(s *smtpServer) { s.fromFirst = true })
	open := serve(t, nil)
	for name, c := range map[string]struct {
		srv       *smtpServer
		url       string
		encrypted bool
		user      string
		ok        bool
	}{
		"starttls":                    {started, "smtp://user:p%40ss@" + started.addr + "?tls=starttls&ca=" + started.ca, true, "|user|p@ss", true},
		"tls":                         {first, "smtp://user:p%40ss@" + first.addr + "?tls=tls&ca=" + first.ca, true, "|user|p@ss", true},
		"none":                        {open, "smtp://" + open.addr + "?tls=none", false, "", true},
		"loopback, not told":          {open, "smtp://" + open.addr, false, "", true},
		"server without STARTTLS":     {open, "smtp://" + open.addr + "?tls=starttls", false, "", false},
		"unknown authority, starttls": {started, "smtp://" + started.addr + "?tls=starttls", false, "", false},
		"unknown authority, tls":      {first, "smtp://" + first.addr + "?tls=tls", false, "", false},
		"wrong password":              {started, "smtp://user:wrong@" + started.addr + "?tls=starttls&ca=" + started.ca, false, "", false},
		"password in the clear":       {open, "smtp://user:p%40ss@" + open.addr + "?tls=none", false, "", false},
	} {
		before := len(c.srv.mails())
		s := sender(t, c.url)
		pingErr, err := s.Ping(t.Context()), s.Send(t.Context(), letter())
		mails := c.srv.mails()[before:]
		if !c.ok {
			if civic.CodeOf(err) != civic.Unavailable || civic.CodeOf(pingErr) != civic.Unavailable || len(mails) != 0 {
				t.Errorf("%s: %v, %v, %d mails", name, err, pingErr, len(mails))
			}
			continue
		}
		if err != nil || pingErr != nil || len(mails) != 1 || mails[0].encrypted != c.encrypted || mails[0].user != c.user {
			t.Errorf("%s: %v, %v, %+v", name, err, pingErr, mails)
		}
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		verb, reply string
		code        civic.Code
	}{
		"no such mailbox":   {"RCPT", "550 5.1.1 erika@example.org unknown", civic.Invalid},
		"mailbox is full":   {"RCPT", "452 4.2.2 erika@example.org is full", civic.Unavailable},
		"sender refused":    {"MAIL", "553 5.1.8 no", civic.Invalid},
		"content refused":   {"DATA", "554 5.7.1 spam", civic.Invalid},
		"greylisted":        {"DATA", "451 4.7.1 later", civic.Unavailable},
		"hangs up":          {"DATA", "", civic.Unavailable},
		"hangs up earlier":  {"RCPT", "", civic.Unavailable},
		"will not say bye":  {"QUIT", "", ""},
		"error at farewell": {"QUIT", "421 4.0.0 sorry", ""},
	} {
		srv := serve(t, func(s *smtpServer) { s.replies[c.verb] = c.reply })
		err := sender(t, "smtp://"+srv.addr).Send(t.Context(), letter())
		if civic.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "erika") {
			t.Errorf("%s: the error shows the address: %v", name, err)
		}
	}
}

func TestOpenRefusesWrongURLs(t *testing.T) {
	for _, url := range []string{
		"", "smtp:", "smtp://", "http://host", "smtp://user:Tr0ub4dor@host:port", "smtp://host:99999", "smtp://host?tls=perhaps",
		"smtp://host?colour=red", "smtp://host?ca=/no/such/file", "smtp://host?from=nobody", "smtp://host?from=A+<a@b.example>",
	} {
		if _, err := Open(url, "noreply@land.example", now); err == nil {
			t.Errorf("%q: accepted", url)
		} else if strings.Contains(err.Error(), "Tr0ub4dor") {
			t.Errorf("%q: the error shows the password", url)
		}
	}
	s, err := Open("smtp://host?from=post@jena.example", "noreply@land.example", now)
	if err != nil || s.from != "post@jena.example" {
		t.Errorf("from %v, %v", s, err)
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("Betreff", "Amt", "a@b.example", "datei.pdf")
	f.Add("a\r\nBcc: x@y.example", "\u2028", "a@b.example\r\n", "\"a\nb\"")
	s, err := Open("smtp://host", "noreply@land.example", now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, subject, name, to, file string) {
		msg, err := s.compose(civic.Mail{
			ID: "1", To: to, Subject: subject, FromName: name, Text: "x",
			Files: []civic.MailFile{{Name: file, MediaType: "text/plain"}},
		})
		if err != nil {
			return
		}
		var out strings.Builder
		if _, err := msg.WriteTo(&out); err != nil {
			return // the library refuses it, which is as good
		}
		parsed, err := netmail.ReadMessage(strings.NewReader(out.String()))
		if err != nil {
			t.Fatalf("not a message: %v\n%s", err, out.String())
		}
		known := "|From|To|Subject|Date|Message-Id|Auto-Submitted|Mime-Version|Content-Type|Content-Transfer-Encoding|"
		for header, values := range parsed.Header {
			if !strings.Contains(known, "|"+header+"|") || len(values) != 1 {
				t.Fatalf("header %s: %q", header, values)
			}
		}
		if list, err := parsed.Header.AddressList("To"); err != nil || len(list) != 1 {
			t.Fatalf("recipients %v, %v", list, err)
		}
	})
}
