// Package page draws whole HTML pages and the parts that they share: the shell with header, navigation and footer,
// error summary, tables, badges, summaries. Each page is one typed templ component that works without scripts.
// It may import the nouns (civic), the form language's views (formdef), the texts (locale) and page/widget; it
// must not know the web framework, the use cases or any adapter.
package page

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"antragswerk/internal/locale"
	"antragswerk/internal/web/page/widget"
)

// CSRFField is the name of the hidden input that every POST form carries.
const CSRFField = "_csrf"

// BackField is the hidden input of a form that comes back as it was typed.
const BackField = "_back"

// Shell is everything around a page's own content. The zero value of each field but L, Title and Assets leaves
// its part out.
type Shell struct {
	L      *locale.Catalogue // the reader's language
	Title  string            // of the page, plain text; the heading h1 is the page's own
	Errors bool              // the page shows an error summary: the title says so first
	Brand  Brand
	Assets Assets
	CSRF   string
	Path   string // path and query of this page, to come back to after switching language or theme
	// FormID names the page's form when it holds unsaved answers: the language switch then submits it with
	// _action "lang:<tag>", so that nothing typed is lost. Empty: the switch is a link with ?lang=<tag>.
	FormID    string
	Nav       []NavItem
	Crumbs    []Crumb // from the start page to the parent; the page itself is not in it
	Visitor   Visitor
	Theme     string // "light", "dark", or "" for what the visitor's device prefers
	Notice    *Notice
	RequestID string
	Demo      bool // this installation shows invented people and data
	Refresh   int  // seconds after which a page is loaded anew where no script does it, 0 never
	Wide      bool // tables and the desk use the whole width
	Session   Session
	Commands  Commands
	// Foreign tells which texts of the page's form stand in German, though the page is in another language; nil none.
	Foreign func(text string) bool
}

// In are the attributes of an element with a text of the form; see widget.Kit.
func (s Shell) In(text string) templ.Attributes { return s.kit().In(text) }

func (s Shell) kit() widget.Kit { return widget.Kit{L: s.L, Foreign: s.Foreign} }

// T words a key in the shell's language; see locale.Catalogue.T.
func (s Shell) T(key string, args ...any) string { return s.L.T(key, args...) }

// Brand is whose page this is: an authority, or the state for the portal.
type Brand struct {
	Name    string // "Stadt Jena"
	Tagline string // below the name: "Online-Dienste"; "" leaves it out
	State   string // "Freistaat Thüringen", in the line above the header; "" leaves the line out
	Home    string // address of the start page
	Colour  string // #rrggbb; "" takes the house colour
	LogoURL string // "" draws the name's initial on the colour
	// Addresses of the pages that every authority must have.
	Imprint, Privacy, Accessibility, Feedback string
}

// Assets are the addresses of styles, scripts and fonts with their digests; empty ones are not referred to.
type Assets struct{ CSS, JS, Filer, Uploader, FontRegular, FontBold string }

// NavItem is an entry of the main navigation.
type NavItem struct {
	Text, URL string
	Current   bool
	Count     string // "3", "über 10.000": shown beside the text
	Key       string // shortcut, see Shortcuts
}

// Crumb is one step of the way from the start page.
type Crumb struct{ Text, URL string }

// Visitor is who looks at the page.
type Visitor struct {
	Name      string // "" nobody is logged in
	Detail    string // authority or assurance level, beside the name
	LoginURL  string // offered when nobody is logged in; "" offers none
	LogoutURL string // POST address
}

// Notice is a message about what has just been done, shown once. Kind is info, success, warning or danger.
type Notice struct{ Kind, Text string }

// Session tells the page's script when to warn. Seconds 0 means that nothing expires.
type Session struct {
	Seconds int    // until the session ends without another request
	KeepURL string // GET address that prolongs it
	LeftURL string // GET address that tells how many seconds are left, in X-Session-Seconds, without prolonging it
	// LoginURL is where to log in again after it has ended, to come back to this page.
	LoginURL string
}

// docTitle is the text of the title element: errors first, then the page, then whose it is.
func (s Shell) docTitle() string {
	t := s.Title
	if s.Brand.Name != "" && s.Brand.Name != s.Title {
		t += " – " + s.Brand.Name
	}
	if s.Errors {
		t = s.T("shell.title.error", "title", t)
	}
	return t
}

// languageURL is the current page in another language.
func (s Shell) languageURL(tag string) string {
	u, err := url.Parse(s.Path)
	if err != nil || u.IsAbs() || u.Host != "" {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set("lang", tag)
	u.RawQuery = q.Encode()
	return u.String()
}

// otherThemes lists the themes to switch to, without the current one.
func (s Shell) otherThemes() []string {
	var out []string
	for _, t := range []string{"light", "dark", "auto"} {
		if t != s.Theme && (t != "auto" || s.Theme != "") {
			out = append(out, t)
		}
	}
	return out
}

// initial is the letter that stands for an authority without a logo: of its place, not of its kind.
func (b Brand) initial() string {
	name := b.Name
	for _, kind := range []string{"Stadt ", "Gemeinde ", "Landkreis ", "Verwaltungsgemeinschaft ", "Freistaat ", "Land ", "Kreis ", "VG "} {
		name = strings.TrimPrefix(name, kind)
	}
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return "A"
}

// houseColour is used where an authority has set none.
const houseColour = "#2044aa"

func (b Brand) colour() string {
	if !isColour(b.Colour) {
		return houseColour
	}
	return b.Colour
}

// ink is black or white, whichever reads better on the colour (WCAG relative luminance, threshold where both are equal).
func (b Brand) ink() string {
	if luminance(b.colour()) > 0.179 {
		return "#000"
	}
	return "#fff"
}
