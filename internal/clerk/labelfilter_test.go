package clerk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// Labels are asked for all together or one of them, and none is a choice like any other; so it is with groups.
func TestNoLabelAndNoGroup(t *testing.T) {
	tag := func(ids ...string) (out []civic.IndexTerm) {
		for _, id := range ids {
			out = append(out, civic.IndexTerm{Field: "label", Mode: "tag", Text: id})
		}
		return out
	}
	type asked struct {
		Tags, Any  []civic.IndexTerm
		Unlabelled bool
		Groups     []string
		Wrong      string
	}
	for name, x := range map[string]struct {
		filter civic.ViewFilter
		want   asked
	}{
		"all":           {civic.ViewFilter{Labels: []string{"a", "b"}}, asked{Tags: tag("a", "b")}},
		"one of":        {civic.ViewFilter{Labels: []string{"a", "b"}, AnyLabel: true}, asked{Any: tag("a", "b")}},
		"none":          {civic.ViewFilter{Labels: []string{civic.Nobody}}, asked{Unlabelled: true}},
		"none or one":   {civic.ViewFilter{Labels: []string{"a", civic.Nobody}, AnyLabel: true}, asked{Any: tag("a"), Unlabelled: true}},
		"none and one":  {civic.ViewFilter{Labels: []string{"a", civic.Nobody}}, asked{Tags: tag("a"), Wrong: "label"}},
		"no group":      {civic.ViewFilter{Groups: []string{civic.Nobody}}, asked{Groups: []string{""}}},
		"none or group": {civic.ViewFilter{Groups: []string{"g", civic.Nobody}}, asked{Groups: []string{"g", ""}}},
	} {
		s, o, _ := desk(t)
		in, err := s.Inbox(t.Context(), staff("jena", civic.RoleClerk), "jena", clerk.Ask{Filter: &x.filter})
		want(t, err, "")
		got := asked{Tags: o.asked.Tags, Any: o.asked.AnyTag, Unlabelled: o.asked.Unlabelled, Groups: o.asked.Groups}
		if len(in.Wrong) > 0 {
			got.Wrong = in.Wrong[0].Field
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
