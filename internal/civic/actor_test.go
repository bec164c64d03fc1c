package civic

import (
	"strings"
	"testing"
)

func TestReachOfAnIdentity(t *testing.T) {
	home := map[string]string{"given_name": "Aylin", "family_name": "Öztürk", "street_and_building": "Am Anger 15", "zip_code": "07743", "city": "Jena"}
	for name, c := range map[string]struct {
		who   *Identity
		email string
		to    string
	}{
		"nobody":             {nil, "", ""},
		"proven":             {&Identity{Email: "a@example.org", EmailVerified: true, Attributes: home}, "a@example.org", "Aylin Öztürk|Am Anger 15|07743 Jena"},
		"not proven":         {&Identity{Email: "a@example.org", Attributes: home}, "", "Aylin Öztürk|Am Anger 15|07743 Jena"},
		"without a street":   {&Identity{Attributes: map[string]string{"family_name": "Öztürk", "city": "Jena"}}, "", ""},
		"of an organisation": {&Identity{Attributes: map[string]string{"organisation_name": "Muster GmbH", "street_and_building": "Weg 1", "city": "Jena"}}, "", "Muster GmbH|Weg 1|Jena"},
		"without attributes": {&Identity{}, "", ""},
	} {
		r := c.who.Reach()
		if r.Email != c.email || strings.Join(r.To, "|") != c.to || r.Empty() != (c.email+c.to == "") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
