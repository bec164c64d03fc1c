package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"
)

// together runs work on several clients for a time and gathers how long each round took.
func together(clients int, length time.Duration, work func(client int) error) (latencies, time.Duration, error) {
	var (
		mu    sync.Mutex
		all   latencies
		first error
		wg    sync.WaitGroup
	)
	began := time.Now()
	for c := range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var own latencies
			for time.Since(began) < length {
				t := time.Now()
				if err := work(c); err != nil {
					mu.Lock()
					first = errors.Join(first, err)
					mu.Unlock()
					break
				}
				own = append(own, time.Since(t))
			}
			mu.Lock()
			all = append(all, own...)
			mu.Unlock()
		}()
	}
	wg.Wait()
	return all, time.Since(began), first
}

// visitor is a browser without scripts, as thin as a load needs it.
type visitor struct {
	http *http.Client
	base string
	csrf string
	// at is the path of the last page.
	at string
}

func newVisitor(base string) *visitor {
	jar, _ := cookiejar.New(nil) //nolint:errcheck // never fails without options
	return &visitor{base: base, http: &http.Client{Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *visitor) do(req *http.Request) (int, string, error) {
	resp, err := v.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, "", err
	}
	v.at = req.URL.Path
	if to := resp.Header.Get("Location"); to != "" {
		v.at = to
	}
	return resp.StatusCode, string(body), nil
}

// get fetches a page and keeps its CSRF token.
func (v *visitor) get(path string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, v.base+path, nil) //nolint:noctx // the client has a time-out
	if err != nil {
		return "", err
	}
	status, body, err := v.do(req)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", fmt.Errorf("GET %s: status %d", path, status)
	}
	if _, rest, ok := strings.Cut(body, `name="_csrf" value="`); ok {
		v.csrf, _, _ = strings.Cut(rest, `"`)
	}
	return body, nil
}

// post sends fields and expects to be led on.
func (v *visitor) post(path string, fields url.Values) error {
	fields.Set("_csrf", v.csrf)
	req, err := http.NewRequest(http.MethodPost, v.base+path, strings.NewReader(fields.Encode())) //nolint:noctx // the client has a time-out
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, err := v.do(req)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther {
		return fmt.Errorf("POST %s: status %d: %s", path, status, problems(body))
	}
	return nil
}

// follow fetches a page and goes where it leads.
func (v *visitor) follow(path string) (string, error) {
	for range 10 {
		req, err := http.NewRequest(http.MethodGet, v.full(path), nil) //nolint:noctx // the client has a time-out
		if err != nil {
			return "", err
		}
		status, body, err := v.do(req)
		if err != nil {
			return "", err
		}
		if status == http.StatusOK {
			return body, nil
		}
		if status/100 != 3 {
			return "", fmt.Errorf("GET %s: status %d", path, status)
		}
		path = v.at
	}
	return "", errors.New("led in a circle from " + path)
}

// send posts fields; that somebody else was quicker, or that it is not one's own, is an answer too.
func (v *visitor) send(path string, fields url.Values) (int, error) {
	fields.Set("_csrf", v.csrf)
	req, err := http.NewRequest(http.MethodPost, v.full(path), strings.NewReader(fields.Encode())) //nolint:noctx // the client has a time-out
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, err := v.do(req)
	if err == nil && status != http.StatusSeeOther && status != http.StatusConflict && status != http.StatusForbidden {
		err = fmt.Errorf("POST %s: status %d: %s", path, status, problems(body))
	}
	return status, err
}

// full is an address with its host.
func (v *visitor) full(path string) string {
	if strings.HasPrefix(path, "http") {
		return path
	}
	return v.base + path
}

// unescape reads an attribute's text.
func unescape(s string) string { return html.UnescapeString(s) }

// file posts one file as a browser does, its size known to nobody before.
func (v *visitor) file(path, field, name string, body io.Reader) error {
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		err := form.WriteField("_csrf", v.csrf)
		if err == nil {
			var w io.Writer
			if w, err = form.CreateFormFile(field, name); err == nil {
				_, err = io.Copy(w, body)
			}
		}
		if err == nil {
			err = form.WriteField("_action", "upload:"+field)
		}
		if err == nil {
			err = form.Close()
		}
		write.CloseWithError(err)
	}()
	var whole bytes.Buffer // with its length told, as browsers do
	if _, err := io.Copy(&whole, read); err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, v.base+path, &whole) //nolint:noctx // the client has a time-out
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	status, answer, err := v.do(req)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther {
		return fmt.Errorf("upload: status %d: %s", status, problems(answer))
	}
	return nil
}

// problems is the text of a page's error summary, for a failing benchmark's message.
func problems(body string) string {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return ""
	}
	var out []string
	var walk func(*html.Node, bool)
	walk = func(n *html.Node, inside bool) {
		for _, a := range n.Attr {
			inside = inside || a.Key == "id" && a.Val == "fehler"
		}
		if t := strings.TrimSpace(n.Data); inside && n.Type == html.TextNode && t != "" {
			out = append(out, t)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside)
		}
	}
	walk(doc, false)
	return strings.Join(out, "; ")
}
