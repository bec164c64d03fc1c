package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// maxFields limits the inputs of one form.
const maxFields = 5000

// maxDrain is how much of a refused upload is read on, so that the rest of the form arrives and the page can be answered.
const maxDrain = 64 << 20

// errPartial tells that a form was not read to its end: what it lacks was not left empty by anybody.
var errPartial = errors.New("the form was not read to its end")

func broken(cause error) error {
	return civic.Errorf(civic.Invalid, "error.form.broken").Because(fmt.Errorf("%w: %w", errPartial, cause))
}

func tooMuch() error {
	return civic.Errorf(civic.TooLarge, "error.form.large").Because(errPartial)
}

// drain reads on after a refusal: a connection that is closed with unread bytes is reset, and the browser would show its own
// error instead of our page.
func drain(c *fiber.Ctx) {
	_, _ = io.Copy(io.Discard, io.LimitReader(bodyOf(c), maxDrain)) // the refusal stands, whatever becomes of the line
}

func isMultipart(c *fiber.Ctx) bool {
	t, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	return err == nil && t == "multipart/form-data"
}

// bodyOf is the request's body as it arrives.
func bodyOf(c *fiber.Ctx) io.Reader {
	if s := c.Context().RequestBodyStream(); s != nil {
		return &counted{s, c.Request().Header.ContentLength()}
	}
	return bytes.NewReader(c.Body())
}

// counted is a body of a length that was announced (negative: it was not). A connection that ends early looks like the end
// of the body to its stream; here it is an error.
type counted struct {
	io.Reader
	left int
}

func (b *counted) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.left -= n
	if errors.Is(err, io.EOF) && b.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// readForm reads the fields of a posted form, so many bytes of them; files in it are passed over.
func readForm(c *fiber.Ctx, most int) (map[string][]string, error) {
	if isMultipart(c) {
		return readParts(c, most, nil)
	}
	raw, err := io.ReadAll(io.LimitReader(bodyOf(c), int64(most)+1))
	if err != nil {
		return nil, broken(err)
	}
	if len(raw) > most {
		drain(c)
		return nil, tooMuch()
	}
	if t, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); len(raw) > 0 && t != "application/x-www-form-urlencoded" {
		return nil, broken(errors.New("no form"))
	}
	if bytes.Count(raw, []byte("&")) >= maxFields {
		return nil, tooMuch()
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, broken(err)
	}
	return values, nil
}

// upload is a file part of a form. Body streams; fields hold what stood before it in the form.
type upload struct {
	Field, Name string
	Fields      map[string][]string
	Body        io.Reader
}

// readParts reads a multipart form in order and hands each chosen file to take. An error of take does not end the
// reading: the other fields must not be lost; the first such error is returned with them. An error that is errPartial
// comes with some of the fields only.
func readParts(c *fiber.Ctx, most int, take func(upload) error) (map[string][]string, error) {
	_, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil {
		return nil, broken(err)
	}
	values, total, count := map[string][]string{}, 0, 0
	var refused error
	mr := multipart.NewReader(bodyOf(c), params["boundary"])
	for {
		part, err := mr.NextRawPart()
		if err == io.EOF { //nolint:errorlint // wrapped, it means that the closing boundary never came
			return values, refused
		}
		if err != nil {
			drain(c)
			return values, broken(err)
		}
		if count++; count > maxFields {
			drain(c)
			return values, tooMuch()
		}
		if part.FileName() != "" {
			if take == nil {
				continue
			}
			if err := take(upload{Field: part.FormName(), Name: part.FileName(), Fields: values, Body: part}); err != nil && refused == nil {
				refused = err
			}
			if _, err := io.Copy(io.Discard, io.LimitReader(part, maxDrain)); err != nil {
				return values, broken(err)
			}
			continue
		}
		name := part.FormName()
		total += len(name)
		raw, err := io.ReadAll(io.LimitReader(part, int64(max(most-total, 0))+1))
		if err != nil {
			return values, broken(err)
		}
		if total += len(raw); total > most {
			drain(c)
			return values, tooMuch()
		}
		if name != "" && !isEmptyFile(part) {
			values[name] = append(values[name], string(raw))
		}
	}
}

// isEmptyFile tells a file input in which nothing was chosen: it has a file name parameter, which is empty.
func isEmptyFile(p *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return false
	}
	_, has := params["filename"]
	return has
}
