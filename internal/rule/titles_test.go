// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// fault matches a title that says what is wrong. "Six Hours to Settle" or "Every Dependent Is
// Synced" states what should be, and reads like success.
var fault = regexp.MustCompile(`\b(Not|No|Cannot|Without|Missing|Too|Contradicts|Late|Behind|Another|Still|Failed|` +
	`Unknown|Disabled|Inaccessible|Exposed|Exceeded|Elsewhere|Interrupted|System Key|Shared Keys)\b`)

func everyRule() []rule.Rule {
	return slices.Concat(
		customerkey.Rules(), keyrotation.Rules(), mediaaccount.Rules(), naming.Rules(), posture.Rules(),
	)
}

// TestRules_haveAPlaceInTheGuide follows the link of every rule's error to the guide.
func TestRules_haveAPlaceInTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guides/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	const page = "https://registry.terraform.io/providers/azuremedia/azuremedia/latest/docs/guides/rules#"
	for _, r := range everyRule() {
		anchor, ok := strings.CutPrefix(r.URL(), page)
		if !ok || strings.Count(string(guide), `<a id="`+anchor+`"></a>**`+string(r.ID)+`**`) != 1 {
			t.Errorf("the guide has no place for %s", r.URL())
		}
	}
	if url := (rule.Rule{}).URL(); url != "" {
		t.Errorf("what is no rule is documented at %s", url)
	}
}

// TestRules_titlesStateTheFault holds every rule to a name for the guide and a title of its own
// for its error.
func TestRules_titlesStateTheFault(t *testing.T) {
	t.Parallel()
	titled, named := map[string]rule.ID{}, map[string]rule.ID{}
	for _, r := range everyRule() {
		if r.Name == "" || r.Title == "" || r.Source == "" || len(r.Found) == 0 || !strings.HasSuffix(r.Sentence, ".") {
			t.Errorf("%s is not complete: %+v", r.ID, r)
		}
		if !fault.MatchString(r.Title) {
			t.Errorf("the title of %s, %q, states no fault", r.ID, r.Title)
		}
		if other, taken := titled[r.Title]; taken {
			t.Errorf("%s and %s share the title %q", other, r.ID, r.Title)
		}
		if other, taken := named[r.Name]; taken {
			t.Errorf("%s and %s share the name %q", other, r.ID, r.Name)
		}
		titled[r.Title], named[r.Name] = r.ID, r.ID
	}
	for title, id := range titled {
		if other, taken := named[title]; taken {
			t.Errorf("the title of %s, %q, is the name of %s", id, title, other)
		}
		if strings.HasSuffix(title, ".") {
			t.Errorf("the title of %s, %q, is a sentence", id, title)
		}
	}
}
