package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// door is an address and who may come in; everybody else gets 403 or 404, and whoever is nobody is led to the login.
type door struct {
	method, path string
	open         string // personas, with spaces between; with "-" before them tried by the others alone, with "?" there may be nothing for them either
}

const (
	inJena  = "clerk-jena lead-jena"
	inState = "editor publisher auditor"
)

// doors are the guarded addresses; CASE is a case in Jena, VERSION a form version.
func doors() []door {
	list := []door{
		{"GET", "/desk/jena", inJena}, {"GET", "CASE", inJena}, {"GET", "CASE/ask", inJena}, {"GET", "CASE/decide", inJena}, {"GET", "CASE/forward", inJena},
		{"GET", "/desk/jena/views", inJena}, {"GET", "/desk/jena/views/new", inJena}, {"GET", "/desk/jena/settings", inJena}, {"GET", "/admin/jena/desk/labels", "lead-jena admin-jena"},
		{"GET", "FILE", inJena},
		{"GET", "/desk/jena/calendar", inJena}, {"GET", "CASE/clocks", inJena}, {"GET", "/desk/jena/figures", "lead-jena admin-jena"}, {"GET", "/desk/jena/figures.csv", "lead-jena admin-jena"},
		{"GET", "/admin/jena/desk/clocks", "admin-jena"}, {"POST", "/admin/jena/desk/clocks", "-admin-jena"},
		{"GET", "/desk/keys", inJena + " admin-jena clerk-erfurt lead-erfurt admin-erfurt admin-kreis-gotha dismissed " + inState},
		{"GET", "/admin/jena", "admin-jena"}, {"GET", "/admin/jena/profile", "admin-jena"}, {"GET", "/admin/jena/services", "admin-jena"},
		{"GET", "/admin/jena/services/hundesteuer-anmeldung", "admin-jena"}, {"GET", "/admin/jena/staff", "admin-jena"}, {"GET", "/admin/jena/routes", "admin-jena"},
		{"GET", "/admin/jena/feedback", "admin-jena"},
		{"GET", "/desk/jena/team", inJena}, {"GET", "/desk/jena/mentions", inJena},
		{"GET", "/admin/jena/desk/groups", "admin-jena"}, {"GET", "/admin/jena/desk/groups/new", "admin-jena"}, {"GET", "/admin/jena/desk/circles", "admin-jena"},
		{"GET", "/admin/jena/desk/circles/unterhaltsvorschuss", "admin-jena"}, {"GET", "/admin/jena/desk/rules", "admin-jena"},
		{"GET", "/admin/jena/desk/rules/new", "admin-jena"}, {"GET", "/admin/jena/desk/rules/test", "admin-jena"},
		{"GET", "/state", inState}, {"GET", "VERSION", inState}, {"GET", "VERSION/preview", inState}, {"GET", "VERSION/package.zip", inState},
		{"GET", "/state/tenants", inState}, {"GET", "/state/tenants/new", "publisher"}, {"GET", "/state/events", "publisher auditor"}, {"GET", "/state/forms/import", "editor"},
	}
	list = append(list, door{"GET", "/admin/jena/privacy", "admin-jena"}, door{"GET", "/admin/jena/privacy/register.json", "admin-jena"},
		door{"GET", "/admin/jena/privacy/hundesteuer-anmeldung", "admin-jena"}, door{"POST", "/admin/jena/privacy/hundesteuer-anmeldung", "-admin-jena"},
		door{"POST", "CASE/lock", "-" + inJena}, door{"POST", "CASE/unlock", "-" + inJena})
	for _, path := range []string{"write", "consult", "files.zip"} {
		list = append(list, door{"GET", "CASE/" + path, inJena})
	}
	for _, path := range []string{"desk", "desk/templates", "desk/templates/new?kind=letter", "desk/letters", "desk/annotations", "desk/annotations/hundesteuer-anmeldung"} {
		list = append(list, door{"GET", "/admin/jena/" + path, "admin-jena lead-jena"})
	}
	for _, path := range []string{"desk/templates/new?kind=letter", "desk/templates/x", "desk/templates/x/delete", "desk/letters"} {
		list = append(list, door{"POST", "/admin/jena/" + path, "-admin-jena lead-jena"})
	}
	for _, path := range []string{"bulk", "exports", "export"} {
		list = append(list, door{"GET", "/desk/jena/" + path, inJena})
	}
	for _, path := range []string{"bulk", "export", "bulk/1", "bulk/1/cancel", "bulk/1/resume", "bulk/1/undo", "exports/1/cancel", "exports/1/restart", "export/template/1/delete"} {
		list = append(list, door{"POST", "/desk/jena/" + path, "-" + inJena})
	}
	for _, step := range []string{"deadline", "fiction", "resubmit", "resubmitted", "write", "proposal", "consult", "consult/end", "take", "release", "recall", "close", "assign", "pay", "ask", "decide", "forward", "note", "message", "task", "annotations", "twin/x", "group", "presence"} {
		list = append(list, door{"POST", "CASE/" + step, "-" + inJena})
	}
	for _, path := range []string{"live", "profile", "logo", "services", "services/hundesteuer-anmeldung", "staff", "staff/dismiss", "routes", "routes/switch", "deliveries"} {
		list = append(list, door{"POST", "/admin/jena/" + path, "-admin-jena"})
	}
	for _, path := range []string{"away", "back", "handover"} {
		list = append(list, door{"POST", "/desk/jena/team/" + path, "-" + inJena})
	}
	for _, path := range []string{"groups/new", "groups/x/delete", "circles/unterhaltsvorschuss", "rules", "rules/test", "rules/new"} {
		list = append(list, door{"POST", "/admin/jena/desk/" + path, "-admin-jena"})
	}
	for _, path := range []string{"/desk/jena/views", "/desk/jena/views/x", "/desk/jena/views/x/move", "/desk/jena/views/x/delete", "/desk/jena/settings", "CASE/labels"} {
		list = append(list, door{"POST", path, "-" + inJena})
	}
	list = append(list, door{"POST", "/admin/jena/desk/labels", "-lead-jena admin-jena"}, door{"POST", "/admin/jena/desk/labels/delete", "-lead-jena admin-jena"})
	return append(list, door{"POST", "/state/tenants", "-publisher"}, door{"POST", "/state/forms", "-" + inState}, door{"POST", "/state/forms/import", "-editor"}, door{"POST", "VERSION/publish", "-publisher"},
		door{"POST", "VERSION/reject", "-editor publisher"})
}

// Every guarded address is tried by everybody, on Jena's own objects, and Jena's objects are tried through Erfurt's doors; every dossier of a
// citizen's by everybody else. The doors are held against the server's route table: a route without one fails. Posts (their list begins
// with "-") are tried only by those who must not: what they do for the others is the scenarios' business.
func TestRolesAndRoutes(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	citizen := w.NewVisitor(t)
	sent, number, err := citizen.apply("jena", "Rollen", newPDF("a.pdf"))
	must(t, err, citizen.Go("/me/"+sent[strings.LastIndexByte(sent, '/')+1:]))
	files := citizen.Page.downloads()
	draft, err := citizen.begin("jena", "allgemeiner-antrag")
	must(t, err)
	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(at))
	editor := w.staff(t, "editor", "/state")
	version := ""
	for _, n := range editor.Page.tag("a") {
		if strings.HasPrefix(attr(n, "href"), "/state/forms/0") {
			version = attr(n, "href")
		}
	}
	dossier, file := sent[strings.LastIndexByte(sent, '/')+1:], clerk.Page.downloads()[0]
	replace := strings.NewReplacer("CASE", at, "FILE", file, "VIEW", strings.Replace(file, "/file/", "/view/", 1), "SHOW", strings.Replace(file, "/file/", "/show/", 1),
		"VERSION", version, "DRAFT", draft, "SENT", sent, "ME", "/me/"+dossier, "ID", dossier, "OWNFILE", files[0])
	named := func(doors []door) []door {
		for i := range doors {
			doors[i].path = replace.Replace(doors[i].path)
		}
		return doors
	}
	staffDoors, citizenDoors, table := named(append(doors(), moreDoors()...)), named(ownersDoors()), routeTable(t)
	everyRouteHasADoor(t, table, append(slices.Clone(staffDoors), citizenDoors...))

	visitors := map[string]*Visitor{"nobody": w.NewVisitor(t), "citizen-high": w.NewVisitor(t), "organisation": w.NewVisitor(t), "dismissed": w.dismissed(t), "owner": citizen}
	must(t, visitors["citizen-high"].Go("/me"), visitors["citizen-high"].LogIn("citizen-high"), visitors["organisation"].Go("/me"), visitors["organisation"].LogIn("organisation"))
	for _, persona := range []string{"clerk-jena", "lead-jena", "admin-jena", "clerk-erfurt", "lead-erfurt", "admin-erfurt", "admin-kreis-gotha", "editor", "publisher", "auditor"} {
		visitors[persona] = w.staff(t, persona, "/")
	}
	ownersOnly(t, visitors, citizenDoors)
	foreignObjects(t, visitors, table, staffDoors)
	delete(visitors, "owner")
	for persona, v := range visitors {
		token := v.csrf(t)
		for _, d := range staffDoors {
			if err := v.try(d, persona, d.path, token); err != nil {
				t.Error(err)
			}
		}
	}
}

func (v *Visitor) try(d door, persona, path, token string) error {
	post, maybe := strings.HasPrefix(d.open, "-"), strings.HasPrefix(d.open, "?")
	open := slices.Contains(strings.Fields(strings.TrimLeft(d.open, "-?")), persona)
	if post && open {
		return nil
	}
	status, location, err := v.knock(d.method, path, token)
	if err != nil {
		return err
	}
	good := status == http.StatusForbidden || status == http.StatusNotFound
	switch {
	case open && maybe:
		good = status < http.StatusInternalServerError
	case open:
		good = status == http.StatusOK
	case persona == "nobody" || persona == "citizen-high" || persona == "organisation":
		good = status == http.StatusSeeOther && strings.HasPrefix(location, "/auth/staff/login?")
		if post && status == http.StatusUnauthorized {
			good = true // a page that carries on what was typed until somebody has logged in
		}
	}
	if !good {
		return fmt.Errorf("%s %s for %s: status %d %s", d.method, d.path, persona, status, location)
	}
	return nil
}

// Everybody follows every link that their pages show, so far as 120 pages reach; each leads to a sound page.
func TestLinksLeadSomewhere(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{Env: []string{"DEMO_CASES=12"}})
	for _, x := range [][2]string{{"", "/"}, {"citizen-substantial", "/me"}, {"clerk-jena", "/desk"}, {"lead-jena", "/desk"}, {"admin-jena", "/admin"}, {"publisher", "/state"}, {"auditor", "/state/events"}} {
		v := w.NewVisitor(t)
		must(t, v.Go(x[1]))
		if x[0] != "" {
			must(t, v.LogIn(x[0]))
		}
		v.crawl(t, x[0], x[1], 120)
	}
}

// crawl opens all links that a page shows, and theirs. Addresses that differ only in ids are tried a few times.
func (v *Visitor) crawl(t *testing.T, who, start string, limit int) {
	t.Helper()
	queue, seen := []string{start}, map[string]bool{start: true}
	kinds := map[string]int{}
	for len(queue) > 0 && limit > 0 {
		path := queue[0]
		queue, limit = queue[1:], limit-1
		p, err := v.Send(http.MethodGet, path, nil, "")
		must(t, err)
		if p.Status != http.StatusOK {
			t.Errorf("%s follows a link to %s: status %d", who, path, p.Status)
		}
		for _, n := range p.tag("a") {
			to, err := p.URL.Parse(attr(n, "href"))
			if err != nil {
				t.Errorf("%s: bad address %q", p, attr(n, "href"))
				continue
			}
			to.Fragment = ""
			next := to.RequestURI()
			if to.Host != p.URL.Host || seen[next] || strings.HasPrefix(to.Path, "/auth/") || to.Query().Has("lang") {
				continue
			}
			seen[next] = true
			if kind := shape(to); kinds[kind] < 4 {
				kinds[kind]++
				queue = append(queue, next)
			}
		}
	}
}

// shape is an address without what tells cases, towns and sorts apart.
func shape(u *url.URL) string {
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if len(p) == 36 || i == 2 && parts[1] != "state" {
			parts[i] = "*"
		}
	}
	if len(parts) == 2 && !slices.Contains([]string{"desk", "admin", "state", "me", "imprint", "privacy", "accessibility", "feedback", ""}, parts[1]) || len(parts) == 3 {
		parts[1] = "*"
	}
	var keys []string
	for k := range u.Query() {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return strings.Join(parts, "/") + "?" + strings.Join(keys, "&")
}
