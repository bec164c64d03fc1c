package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// begin starts a draft without an account; the visitor stands on its first page. The result is the draft's address.
func (v *Visitor) begin(tenant, service string) (string, error) {
	if err := v.Go("/" + tenant + "/" + service); err != nil {
		return "", err
	}
	if err := v.Press("Ohne Konto beginnen"); err != nil {
		return "", err
	}
	base, ok := strings.CutSuffix(v.Page.URL.Path, "/1")
	if !ok {
		return "", v.wrong("no first page of a draft")
	}
	return base, nil
}

// generalAnswers fill the general application, page by page; the third takes files.
func generalAnswers(subject string) [][2]string {
	return [][2]string{
		{"/anliegen/art", "antrag"}, {"/anliegen/betreff", subject}, {"/anliegen/text", "Am Dorfteich fehlt eine Bank zum Ausruhen."},
		{"_action", "next"},
		{"/antragsteller/art", "person"}, {"/antragsteller/vornamen", "Erika"}, {"/antragsteller/familienname", "Mustermann"},
		{"/antragsteller/anschrift/strasse", "Am Teich 1"}, {"/antragsteller/anschrift/plz", "99084"}, {"/antragsteller/anschrift/ort", "Erfurt"},
		{"_action", "next"},
	}
}

// toFiles starts a general application and goes to its page of files.
func (v *Visitor) toFiles(tenant, subject string) (string, error) {
	base, err := v.begin(tenant, "allgemeiner-antrag")
	if err != nil {
		return base, err
	}
	for _, a := range generalAnswers(subject) {
		if a[0] == "_action" {
			err = v.Press("_action=" + a[1])
		} else {
			err = v.Fill(a[0], a[1])
		}
		if err != nil {
			return base, err
		}
	}
	if v.Page.URL.Path != base+"/3" {
		return base, v.wrong("this is not the page of files")
	}
	return base, nil
}

// send confirms and sends from the page of all answers; the result is the file number on the receipt.
func (v *Visitor) send() (string, error) {
	if err := v.Fill("_declaration", "yes"); err != nil {
		return "", err
	}
	if err := v.Press("_action=submit"); err != nil {
		return "", err
	}
	number := v.Page.Attr("data-file-number")
	if number == "" {
		return "", v.wrong("this is no receipt")
	}
	return number, nil
}

// apply sends a general application with a file.
func (v *Visitor) apply(tenant, subject string, f file) (base, number string, err error) {
	if base, err = v.toFiles(tenant, subject); err != nil {
		return base, "", err
	}
	if err = v.Choose("/anlagen/dateien", f); err != nil {
		return base, "", err
	}
	if err = v.Press("_action=next"); err != nil {
		return base, "", err
	}
	number, err = v.send()
	return base, number, err
}

// staff opens a browser in which a persona is logged in, on the page that this leads to.
func (w *World) staff(t testing.TB, persona, path string) *Visitor {
	t.Helper()
	v := w.NewVisitor(t)
	must(t, v.Go(path), v.LogIn(persona))
	return v
}

// caseAt finds the address of a case by its file number.
func (v *Visitor) caseAt(tenant, number string) (string, error) {
	if err := v.Go("/desk/" + tenant + "?q=" + url.QueryEscape(number)); err != nil {
		return "", err
	}
	var found []string
	for _, n := range v.Page.tag("a") {
		href, _, _ := strings.Cut(attr(n, "href"), "?")
		if strings.HasPrefix(href, "/desk/"+tenant+"/") && strings.Contains(text(n), number) {
			found = append(found, href)
		}
	}
	if len(found) != 1 {
		return "", v.wrong("%d cases have the number %s", len(found), number)
	}
	return found[0], nil
}

// downloads are the addresses of the files that a page offers.
func (p *Page) downloads() []string {
	var out []string
	for _, n := range p.tag("a") {
		if href := attr(n, "href"); strings.Contains(href, "/file/") {
			out = append(out, href)
		}
	}
	return out
}

// token is the CSRF token of the visitor's page.
func (v *Visitor) token() string {
	for _, f := range v.forms {
		if f.has("_csrf") {
			return f.value("_csrf")
		}
	}
	return ""
}

// Probe asks once, without following a redirect, and returns status and target.
func (v *Visitor) Probe(method, path string, fields url.Values) (int, string, error) {
	v.count()
	once := *v.http
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequest(method, v.w.URL+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return 0, "", err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := once.Do(req)
	if err != nil {
		return 0, "", err
	}
	p, err := newPage(resp)
	if err != nil {
		return 0, "", err
	}
	for _, f := range p.faults() {
		v.t.Errorf("%s: %s", p, f)
	}
	return resp.StatusCode, resp.Header.Get("Location"), nil
}

// expectStatus opens addresses and demands a status of each.
func (v *Visitor) expectStatus(t testing.TB, status int, paths ...string) {
	t.Helper()
	for _, path := range paths {
		p, err := v.Send(http.MethodGet, path, nil, "")
		must(t, err)
		if p.Status != status {
			t.Errorf("%s: status %d, not %d: %.200s", p, p.Status, status, p.Text())
		}
	}
}

// post sends fields as a form does that nobody has made.
func (v *Visitor) post(path string, fields url.Values) error {
	return v.show(v.Send(http.MethodPost, path, strings.NewReader(fields.Encode()), "application/x-www-form-urlencoded"))
}

func fields(namesAndValues ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		v.Add(namesAndValues[i], namesAndValues[i+1])
	}
	return v
}

func numbered(format string, n int) url.Values {
	v := url.Values{}
	for i := range n {
		v.Add(fmt.Sprintf(format, i), "x")
	}
	return v
}
