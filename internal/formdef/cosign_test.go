package formdef

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The second person is asked for by condition, and their address is never taken for the applicant's.
func TestCosign(t *testing.T) {
	p, err := Load("kita-anmeldung", os.DirFS("../../forms/kita-anmeldung"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	for answers, want := range map[string]bool{
		`{}`: false, `{"eltern":{"sorge":"beide"}}`: false, `{"eltern":{"sorge":"allein","bestaetigen":true}}`: false,
		`{"eltern":{"sorge":"beide","bestaetigen":false}}`: false, `{"eltern":{"sorge":"beide","bestaetigen":true}}`: true,
	} {
		var a Answers
		if err := json.Unmarshal([]byte(answers), &a); err != nil {
			t.Fatal(err)
		}
		if got := f.Cosign(State{Answers: a}); (got != nil) != want || got != nil && got.Days != 14 {
			t.Errorf("%s: %+v", answers, got)
		}
	}
	both := Answers{"eltern": map[string]any{"kontakt": map[string]any{"email": "a@example.org"}, "zweiteemail": "b@example.org"}}
	second := Answers{"eltern": map[string]any{"zweiteemail": "b@example.org"}}
	if f.Email(both) != "a@example.org" || f.Email(second) != "" || f.CosignEmail(second) != "b@example.org" || f.CosignEmail(Answers{}) != "" {
		t.Errorf("%q %q %q", f.Email(both), f.Email(second), f.CosignEmail(second))
	}
}

func TestCosignIsChecked(t *testing.T) {
	p, err := Load("kita-anmeldung", os.DirFS("../../forms/kita-anmeldung"))
	if err != nil {
		t.Fatal(err)
	}
	p.Form.Cosign = &Cosign{Assurance: "some", Days: 3, Email: "/nirgends", Who: Text{"de": "x"}}
	said := ""
	for _, f := range p.Lint() {
		said += f.String() + "\n"
	}
	for _, want := range []string{"/cosign/assurance", "/cosign/days", "/cosign/email", "/cosign/who/en", "/cosign/declaration/de"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing is said of %s:\n%s", want, said)
		}
	}
}
