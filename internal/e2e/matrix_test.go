package e2e

import (
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// moreDoors are guarded addresses that need an object's id in them: FILE is a file of the CASE, DRAFT and SENT a citizen's dossiers.
func moreDoors() (list []door) {
	for _, path := range []string{"proposal", "letter.pdf", "proposal.pdf", "annotations", "twin/x"} {
		list = append(list, door{"GET", "CASE/" + path, "?" + inJena})
	}
	list = append(list, door{"GET", "VIEW", "?" + inJena}, door{"GET", "SHOW", "?" + inJena})
	for _, path := range []string{"views/x", "bulk/1", "exports/1", "exports/1/file"} {
		list = append(list, door{"GET", "/desk/jena/" + path, "?" + inJena})
	}
	for _, path := range []string{"calendar/share", "calendar/unshare", "views/x/move"} {
		list = append(list, door{"POST", "/desk/jena/" + path, "-" + inJena})
	}
	list = append(list, door{"GET", "/admin/jena/desk/templates/x", "?admin-jena lead-jena"}, door{"POST", "/admin/jena/desk/annotations/hundesteuer-anmeldung", "-admin-jena lead-jena"},
		door{"GET", "/admin/jena/desk/groups/x", "?admin-jena"}, door{"GET", "/admin/jena/desk/rules/x", "?admin-jena"})
	everyStaff := "clerk-jena lead-jena admin-jena clerk-erfurt lead-erfurt admin-erfurt admin-kreis-gotha dismissed " + inState
	return append(list, door{"GET", "/desk", "?" + everyStaff}, door{"GET", "/admin", "?" + everyStaff}, door{"GET", "/state/forms/new", "editor"})
}

// open are the routes that lead to nobody's things, or to one's own by the cookie alone; nobody is refused there because of who they are.
var open = strings.Fields(`GET/healthz GET/readyz GET/metrics GET/static/:file GET/robots.txt GET/.well-known/security.txt POST/csp-report POST/proof POST/theme GET/verify POST/verify GET/verify/keys.json GET/audit/heads.json
	GET/auth/:audience/login GET/auth/:audience/callback POST/auth/:audience/logout POST/auth/:audience/backchannel GET/auth/:audience/keep GET/auth/:audience/left
	GET/ GET/l/:leika/:ars GET/imprint GET/privacy GET/accessibility GET/feedback POST/feedback GET/me POST/me/recover POST/me/forget
	GET/invited POST/invited POST/invited/leave POST/:tenant/:service/start GET/:tenant GET/:tenant/imprint GET/:tenant/privacy GET/:tenant/accessibility
	GET/:tenant/feedback POST/:tenant/feedback GET/:tenant/logo GET/:tenant/:service GET/:tenant/:service/privacy`)

// ownersDoors are the citizen's: only whose dossier it is comes in. What begins with "?" may not be there yet, even for them.
func ownersDoors() (list []door) {
	for _, path := range []string{"DRAFT/1", "DRAFT/check", "DRAFT/helpers", "SENT/receipt", "SENT/receipt.pdf", "ME", "ME/receipt.pdf", "ME/copy.zip", "OWNFILE"} {
		list = append(list, door{"GET", path, "owner"})
	}
	for _, path := range []string{"ME/correct", "ME/letter.pdf", "ME/file/x", "DRAFT/file/x", "SENT/file/x", "ME/correct/upload", "DRAFT/upload", "/invited/ID", "/invited/ID/file/x", "/opinion/x", "/opinion/x/file/x", "/calendar/x"} {
		list = append(list, door{"GET", path, "?owner"})
	}
	for _, path := range []string{"DRAFT/1", "DRAFT/submit", "DRAFT/helpers", "DRAFT/helpers/x/end", "DRAFT/upload", "DRAFT/upload/x", "ME/discard", "ME/message", "ME/rectify", "ME/correct", "ME/withdraw", "ME/reinvite",
		"ME/correct/upload", "ME/correct/upload/x", "/invited/ID", "/opinion/x"} {
		list = append(list, door{"POST", path, "-owner"})
	}
	for _, method := range []string{"HEAD", "PATCH", "DELETE"} {
		list = append(list, door{method, "DRAFT/upload/x", "-owner"}, door{method, "ME/correct/upload/x", "-owner"})
	}
	// What a server can do with uploads (tus) is the same for everybody.
	return append(list, door{"OPTIONS", "DRAFT/upload", "everybody"}, door{"OPTIONS", "ME/correct/upload", "everybody"})
}

// tableRoute is a line of the server's route table.
type tableRoute struct {
	method, path string
	staff        bool
}

func (r tableRoute) matches(method, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	have, want := strings.Split(path, "/"), strings.Split(r.path, "/")
	if r.method != method || len(have) != len(want) {
		return false
	}
	for i := range want {
		if have[i] != want[i] && (!strings.HasPrefix(want[i], ":") || have[i] == "") {
			return false
		}
	}
	return true
}

func routeTable(t *testing.T) (list []tableRoute) {
	t.Helper()
	bin, err := binary()
	must(t, err)
	said, err := exec.Command(bin, "routes").Output()
	must(t, err)
	for line := range strings.Lines(string(said)) {
		f := strings.Fields(line)
		list = append(list, tableRoute{f[0], f[1], len(f) > 2})
	}
	if len(list) < 200 {
		t.Fatalf("the table has %d routes", len(list))
	}
	return list
}

// everyRouteHasADoor fails for a route of the server's table that no door of ours leads to: whoever adds one says who may come in.
func everyRouteHasADoor(t *testing.T, table []tableRoute, doors []door) {
	t.Helper()
	reached := map[tableRoute]bool{}
	for _, d := range doors {
		i := slices.IndexFunc(table, func(r tableRoute) bool { return r.matches(d.method, d.path) })
		if i < 0 {
			t.Errorf("%s %s leads to no route", d.method, d.path)
			continue
		}
		reached[table[i]] = true
	}
	for _, r := range table {
		everybody := slices.Contains(open, r.method+r.path)
		if everybody && r.staff {
			t.Errorf("%s %s is guarded, and said to be open", r.method, r.path)
		}
		if !everybody && !reached[r] {
			t.Errorf("%s %s: nobody says who may come in (roles_test.go, matrix_test.go)", r.method, r.path)
		}
	}
	for _, o := range open {
		method, path, _ := strings.Cut(o, "/")
		if !slices.ContainsFunc(table, func(r tableRoute) bool { return r.method == method && r.path == "/"+path }) {
			t.Errorf("%s is open, and gone", o)
		}
	}
}

// knock asks for an address as a form and as our script would, and tells what came without following it.
func (v *Visitor) knock(method, path, token string) (status int, location string, err error) {
	v.count()
	once := *v.http
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	body := ""
	if method == http.MethodPost {
		body = url.Values{"_csrf": {token}, "revision": {"1"}, "text": {"Hallo"}, "note": {"Hallo"}, "method": {"cash"}}.Encode()
	}
	req, err := http.NewRequest(method, v.w.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("X-CSRF-Token", token)
	for name, value := range map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0", "Upload-Metadata": "filename YS5wZGY=,field L2FubGFnZW4vZGF0ZWllbg=="} {
		req.Header.Set(name, value)
	}
	if method == http.MethodPatch {
		req.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "null")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := once.Do(req)
	if err != nil {
		return 0, "", err
	}
	return resp.StatusCode, resp.Header.Get("Location"), resp.Body.Close()
}

// refused tells whether the answer is that there is nothing, or nothing for them; or, for whoever has no login, the way to it.
func refused(status int, location string, stranger bool) bool {
	return status == http.StatusForbidden || status == http.StatusNotFound ||
		stranger && (status == http.StatusUnauthorized || status == http.StatusSeeOther && strings.HasPrefix(location, "/auth/"))
}

// ownersOnly tries the citizen's doors as everybody.
func ownersOnly(t *testing.T, visitors map[string]*Visitor, doors []door) {
	t.Helper()
	for persona, v := range visitors {
		token := v.csrf(t)
		for _, d := range doors {
			mine := persona == "owner" && strings.Contains(d.open, "owner")
			if mine && strings.HasPrefix(d.open, "-") {
				continue // what it does is the scenarios' business
			}
			status, location, err := v.knock(d.method, d.path, token)
			must(t, err)
			stranger := !strings.Contains(persona, "-") || strings.HasPrefix(persona, "citizen")
			switch {
			case d.open == "everybody", mine && strings.HasPrefix(d.open, "?"):
				if status >= 500 {
					t.Errorf("%s %s for %s: status %d", d.method, d.path, persona, status)
				}
			case mine:
				if status != http.StatusOK {
					t.Errorf("%s %s for its owner: status %d %s", d.method, d.path, status, location)
				}
			case !refused(status, location, stranger):
				t.Errorf("%s %s for %s: status %d %s", d.method, d.path, persona, status, location)
			}
		}
	}
}

// foreignObjects tries what stands in another authority through one's own doors: Erfurt's people may enter /desk/erfurt, but find
// nothing of Jena's there, by whatever id.
func foreignObjects(t *testing.T, visitors map[string]*Visitor, table []tableRoute, doors []door) {
	t.Helper()
	tried, tokens := map[string]bool{}, map[string]string{}
	for _, persona := range []string{"clerk-erfurt", "lead-erfurt", "admin-erfurt"} {
		tokens[persona] = visitors[persona].csrf(t)
	}
	for _, d := range doors {
		path, moved := strings.CutPrefix(d.path, "/desk/jena/")
		area := "/desk/erfurt/"
		if !moved {
			path, moved = strings.CutPrefix(d.path, "/admin/jena/")
			area = "/admin/erfurt/"
		}
		i := slices.IndexFunc(table, func(r tableRoute) bool { return r.matches(d.method, d.path) })
		if !moved || i < 0 || tried[d.method+table[i].path] || strings.Count(table[i].path, ":") < 2 || strings.Contains(table[i].path, ":service") || strings.HasSuffix(table[i].path, "/:group") ||
			strings.Contains(table[i].path, "/:group/") || strings.Contains(table[i].path, "/:rule") {
			continue // services are everybody's; groups and rules are words in the authority's own settings, not rows with an id
		}
		tried[d.method+table[i].path] = true
		for _, persona := range []string{"clerk-erfurt", "lead-erfurt", "admin-erfurt"} {
			v := visitors[persona]
			status, location, err := v.knock(d.method, area+path, tokens[persona])
			must(t, err)
			if !refused(status, location, false) {
				t.Errorf("%s %s for %s: status %d %s", d.method, area+path, persona, status, location)
			}
		}
	}
	if len(tried) < 50 {
		t.Errorf("only %d routes to objects were tried", len(tried))
	}
}

// dismissed is somebody who was let in by Jena's administration and then dismissed, with the session still open.
func (w *World) dismissed(t *testing.T) *Visitor {
	t.Helper()
	admin := w.staff(t, "admin-jena", "/admin/jena/staff")
	must(t, admin.Fill("name", "clerk-gera@demo.invalid"), admin.Fill("roles", "clerk"), admin.Press("Bestellen"))
	v := w.staff(t, "clerk-gera", "/desk/jena")
	v.want(t, 200)
	if v.Page.URL.Path != "/desk/jena" {
		t.Fatalf("who was appointed is led to %s", v.Page.URL.Path)
	}
	before := len(admin.Page.tag("form"))
	must(t, admin.Press("Abberufen"))
	if n := len(admin.Page.tag("form")); n >= before {
		t.Fatalf("nobody was dismissed: %d forms, %d before", n, before)
	}
	return v
}
