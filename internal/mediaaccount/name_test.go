// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaaccount_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func TestNaming_accepts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		naming mediaaccount.Naming
		names  []string
	}{
		{mediaaccount.AccountName(), []string{"abc", "123", "contoso1", strings.Repeat("a", 24)}},
		{mediaaccount.VideoAnalyzerName(), []string{"abc", strings.Repeat("9", 24)}},
		{mediaaccount.StorageAccountName(), []string{"abc", strings.Repeat("a", 24)}},
		{mediaaccount.KeyVaultName(), []string{"abc", "Contoso-Vault-1", "a" + strings.Repeat("1", 23)}},
		{mediaaccount.KeyVaultKeyName(), []string{"k", "-", "a--b", strings.Repeat("K", 127)}},
		{mediaaccount.ResourceGroupName(), []string{"g", "_my.group-(old)", "Größe", "группа", strings.Repeat("ü", 90)}},
		{mediaaccount.UserAssignedIdentityName(), []string{"abc", "1--_x_", strings.Repeat("i", 128)}},
	} {
		for _, name := range test.names {
			if violations := test.naming.Check(name); len(violations) > 0 {
				t.Errorf("%s %q: %v", test.naming.Noun, name, violations)
			}
		}
	}
}

func TestNaming_refuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		naming mediaaccount.Naming
		name   string
		found  string
	}{
		{mediaaccount.AccountName(), "", `the Media Services account name "", which is empty`},
		{mediaaccount.AccountName(), "ab", `the Media Services account name "ab", which has 2 characters`},
		{mediaaccount.AccountName(), strings.Repeat("a", 25), `the Media Services account name "aaaaaaaaaaaaaaaaaaaaaaaaa", which has 25 characters`},
		{mediaaccount.AccountName(), "My-Account-M", `the Media Services account name "My-Account-M", which has 'M', '-', 'A'`},
		{mediaaccount.AccountName(), "contöso", `the Media Services account name "contöso", which has 'ö'`},
		{mediaaccount.AccountName(), "a\xffb", `the Media Services account name "a\xffb", which has '�'`},
		{mediaaccount.VideoAnalyzerName(), "A12", `the Video Analyzer account name "A12", which has 'A'`},
		{mediaaccount.StorageAccountName(), "my_store", `the storage account name "my_store", which has '_'`},
		{mediaaccount.KeyVaultName(), "1vault", `the key vault name "1vault", which begins with '1'`},
		{mediaaccount.KeyVaultName(), "-vault", `the key vault name "-vault", which begins with '-'`},
		{mediaaccount.KeyVaultName(), "vault-", `the key vault name "vault-", which ends with '-'`},
		{mediaaccount.KeyVaultName(), "my--vault", `the key vault name "my--vault", which has two hyphens in a row`},
		{mediaaccount.KeyVaultName(), "my.vault", `the key vault name "my.vault", which has '.'`},
		{mediaaccount.KeyVaultKeyName(), "my_key", `the key name "my_key", which has '_'`},
		{mediaaccount.KeyVaultKeyName(), strings.Repeat("k", 128), `the key name "` + strings.Repeat("k", 128) + `", which has 128 characters`},
		{mediaaccount.ResourceGroupName(), "group.", `the resource group name "group.", which ends with '.'`},
		{mediaaccount.ResourceGroupName(), "my group", `the resource group name "my group", which has ' '`},
		{mediaaccount.ResourceGroupName(), strings.Repeat("ü", 91), `the resource group name "` + strings.Repeat("ü", 91) + `", which has 91 characters`},
		{mediaaccount.UserAssignedIdentityName(), "_reader", `the user-assigned identity name "_reader", which begins with '_'`},
		{mediaaccount.UserAssignedIdentityName(), "re.der", `the user-assigned identity name "re.der", which has '.'`},
	} {
		violations := test.naming.Check(test.name)
		if len(violations) != 1 {
			t.Errorf("%s %q: want one violation, got %v", test.naming.Noun, test.name, violations)
			continue
		}
		want := rule.Violation{
			Rule: mediaaccount.Rule(mediaaccount.ACC003), Severity: rule.Error, Attribute: mediaaccount.AttributeName,
			Found: test.found, Required: test.naming.Required,
			Why:    "Azure refuses other names of a " + test.naming.Noun,
			Remedy: "Choose a name of " + test.naming.Required,
		}
		if diff := cmp.Diff(want, violations[0]); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", test.naming.Noun, test.name, diff)
		}
	}
}

func TestNaming_availability(t *testing.T) {
	t.Parallel()
	naming := mediaaccount.AccountName()
	if violations := naming.CheckAvailability("contoso", mediaaccount.Availability{Available: true}); len(violations) > 0 {
		t.Errorf("an available name breaks %v", violations)
	}
	for _, test := range []struct {
		answer mediaaccount.Availability
		found  string
	}{
		{
			mediaaccount.Availability{Reason: "AlreadyExists", Message: "Already in use by another account. "},
			`the Media Services account name "contoso", which is not available (AlreadyExists: Already in use by another account)`,
		},
		{mediaaccount.Availability{}, `the Media Services account name "contoso", which is not available`},
	} {
		violations := naming.CheckAvailability("contoso", test.answer)
		if len(violations) != 1 || violations[0].Rule.ID != mediaaccount.ACC003 || violations[0].Found != test.found ||
			!strings.Contains(violations[0].Remedy, "import") {
			t.Errorf("want %q, got %v", test.found, violations)
		}
	}
}

// FuzzNaming checks that no name is accepted that is longer or shorter than it may be, and that
// every refusal says why.
func FuzzNaming(f *testing.F) {
	for _, seed := range []string{"", "contoso", "Contoso-Vault", "a--b", "группа", "\xff\xfe", "a.", strings.Repeat("a", 130)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, naming := range []mediaaccount.Naming{
			mediaaccount.AccountName(), mediaaccount.VideoAnalyzerName(), mediaaccount.StorageAccountName(),
			mediaaccount.KeyVaultName(), mediaaccount.KeyVaultKeyName(), mediaaccount.ResourceGroupName(),
			mediaaccount.UserAssignedIdentityName(),
		} {
			length := len([]rune(name))
			violations := naming.Check(name)
			if len(violations) == 0 && (length < naming.Shortest || length > naming.Longest) {
				t.Errorf("%s %q of %d characters is accepted", naming.Noun, name, length)
			}
			for _, violation := range violations {
				if violation.Found == "" || violation.Remedy == "" {
					t.Errorf("%s %q is refused without a reason", naming.Noun, name)
				}
			}
		}
	})
}
