package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// viewRoutes lead to the attachments of a case.
func (s *Server) viewRoutes() []route {
	const at = "/desk/:tenant/:case"
	return []route{
		get(at+"/view/:file", staffOnly, s.deskPreview),
		get(at+"/show/:file", staffOnly, s.deskShow),
		get(at+"/files.zip", staffOnly, s.deskBundle),
	}
}

// viewable tells how an attachment can be looked at: as a picture, in a frame, or not at all.
func viewable(a clerk.Attachment) (picture, frame bool) {
	if a.Verdict == civic.VerdictInfected {
		return false, false
	}
	return clerk.Viewable(a.MediaType), a.MediaType == "application/pdf"
}

// deskFileOf is an attachment in a list; its name leads to the viewer where there is one.
func (r *request) deskFileOf(base string, a clerk.Attachment, about string) page.DeskFile {
	f := page.DeskFile{Name: a.FileName, URL: base + "/file/" + a.ID, About: about, Bytes: a.Bytes, Verdict: a.Verdict, FromOffice: a.FromOffice,
		Viewed: r.Query("file") == a.ID}
	picture, frame := viewable(a)
	if picture || frame {
		f.ViewURL = r.viewURL(base, a.ID, 0, false)
	}
	if picture {
		f.Thumb = base + "/view/" + a.ID + "?size=s"
	}
	return f
}

// deskFileURL is where the answers lead to for one of their files.
func (r *request) deskFileURL(f *clerk.File, base string) func(urn string) string {
	return func(urn string) string {
		for _, a := range f.Attachments {
			if a.URN() == urn {
				file := r.deskFileOf(base, a, "")
				return or(file.ViewURL, file.URL)
			}
		}
		return base + "/file/" + strings.TrimPrefix(urn, "urn:uuid:")
	}
}

// viewURL is the case page with an attachment beside the answers.
func (r *request) viewURL(base, id string, turn int, large bool) string {
	q := url.Values{"file": {id}}
	if turn = (turn%360 + 360) % 360; turn != 0 {
		q.Set("turn", strconv.Itoa(turn))
	}
	if large {
		q.Set("size", "l")
	}
	if v := r.Query("version"); v != "" {
		q.Set("version", v)
	}
	return base + join(r.inboxQuery(), q.Encode()) + "#betrachter"
}

func join(query, more string) string {
	if query == "" {
		return "?" + more
	}
	return query + "&" + more
}

// deskViewer shows the attachment that the address names.
func (r *request) deskViewer(f *clerk.File, base string, p *page.DeskCase) {
	if len(f.Attachments) > 0 {
		p.FilesURL = base + "/files.zip"
	}
	var list []clerk.Attachment
	at := -1
	for _, a := range f.Attachments {
		if picture, frame := viewable(a); picture || frame {
			if a.ID == r.Query("file") {
				at = len(list)
			}
			list = append(list, a)
		}
	}
	if at < 0 {
		return
	}
	a := list[at]
	turn, large := turnOf(r), r.Query("size") == "l"
	v := &page.DeskViewer{Name: a.FileName, DownloadURL: base + "/file/" + a.ID, CloseURL: base + r.inboxQuery() + "#anlagen", Turn: turn, Large: large, Number: at + 1, Of: len(list)}
	if at > 0 {
		v.PreviousURL = r.viewURL(base, list[at-1].ID, 0, false)
	}
	if at+1 < len(list) {
		v.NextURL = r.viewURL(base, list[at+1].ID, 0, false)
	}
	if v.Picture = clerk.Viewable(a.MediaType); v.Picture {
		size := "m"
		if large {
			size = "l"
		}
		v.PictureSource = base + "/view/" + a.ID
		v.Source = v.PictureSource + "?size=" + size + "&turn=" + strconv.Itoa(turn)
		v.LeftURL, v.RightURL, v.ZoomURL = r.viewURL(base, a.ID, turn-90, large), r.viewURL(base, a.ID, turn+90, large), r.viewURL(base, a.ID, turn, !large)
	} else {
		v.Source = base + "/show/" + a.ID + "#navpanes=0&view=FitH"
	}
	p.Viewer = v
}

// turnOf reads by how much a picture is turned; what is no multiple of 90 counts as not at all.
func turnOf(r *request) int {
	n, err := strconv.Atoi(r.Query("turn", "0"))
	if err != nil || n%90 != 0 {
		return 0
	}
	return (n%360 + 360) % 360
}

// deskPreview sends a picture that was made anew.
func (s *Server) deskPreview(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	jpeg, err := s.Clerk.Preview(r.ctx, r.actor, t.ID, r.Params("case"), r.Params("file"), r.Query("size", "m"), turnOf(r))
	if err != nil {
		return err
	}
	return r.download("preview.jpg", "image/jpeg", jpeg)
}

// showPolicy is for a PDF in a frame of ours. The browser's own viewer shows it, which a sandbox would forbid (Chromium, PDFium); it runs
// apart from the page, and whatever the file asks for is refused: no address, no script of ours, no form.
const showPolicy = "default-src 'none'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"

// deskShow sends a PDF to be shown in a frame. Nothing else is ever shown in our origin.
func (s *Server) deskShow(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	d, err := s.Clerk.OpenAttachment(r.ctx, r.actor, t.ID, r.Params("case"), r.Params("file"))
	if err != nil {
		return err
	}
	if err := r.stream(d.Name, d.MediaType, d.Body, d.Bytes, d.MediaType == "application/pdf"); err != nil {
		return err
	}
	if d.MediaType == "application/pdf" {
		r.Set(fiber.HeaderContentSecurityPolicy, showPolicy)
	}
	return nil
}

// deskBundle sends all attachments as one ZIP file while it is made. Its words are the authority's.
func (s *Server) deskBundle(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	b, err := s.Clerk.Bundle(r.ctx, r.actor, t.ID, r.Params("case"), clerk.BundleWords{Messages: r.T("desk.messages.folder"), LeftOut: r.T("desk.files.left_out"),
		Infected: r.T("desk.files.left_out.text")})
	if err != nil {
		return err
	}
	return r.stream(strings.ReplaceAll(b.Name, "/", "-"), "application/zip", b.Body, -1, false)
}
