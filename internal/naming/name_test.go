// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package naming_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func TestFormat_accepts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		format naming.Format
		names  []string
	}{
		{naming.MediaServices(), []string{"abc", "123", "contoso1", strings.Repeat("a", 24)}},
		{naming.VideoAnalyzer(), []string{"abc", strings.Repeat("9", 24)}},
		{naming.StorageAccount(), []string{"abc", strings.Repeat("a", 24)}},
		{naming.KeyVault(), []string{"abc", "Contoso-Vault-1", "a" + strings.Repeat("1", 23)}},
		{naming.KeyVaultKey(), []string{"k", "-", "a--b", strings.Repeat("K", 127)}},
		{naming.ResourceGroup(), []string{"g", "_my.group-(old)", "Größe", "группа", strings.Repeat("ü", 90)}},
		{naming.UserAssignedIdentity(), []string{"abc", "1--_x_", strings.Repeat("i", 128)}},
	} {
		for _, name := range test.names {
			if violations := test.format.Check(name); len(violations) > 0 {
				t.Errorf("%s %q: %v", test.format.Noun, name, violations)
			}
		}
	}
}

func TestFormat_refuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		format naming.Format
		name   string
		found  string
	}{
		{naming.MediaServices(), "", `the Media Services account name "", which is empty`},
		{naming.MediaServices(), "ab", `the Media Services account name "ab", which has 2 characters`},
		{naming.MediaServices(), strings.Repeat("a", 25), `the Media Services account name "aaaaaaaaaaaaaaaaaaaaaaaaa", which has 25 characters`},
		{naming.MediaServices(), "My-Account-M", `the Media Services account name "My-Account-M", which has 'M', '-', 'A'`},
		{naming.MediaServices(), "contöso", `the Media Services account name "contöso", which has 'ö'`},
		{naming.MediaServices(), "a\xffb", `the Media Services account name "a\xffb", which has '�'`},
		{naming.VideoAnalyzer(), "A12", `the Video Analyzer account name "A12", which has 'A'`},
		{naming.StorageAccount(), "my_store", `the storage account name "my_store", which has '_'`},
		{naming.KeyVault(), "1vault", `the key vault name "1vault", which begins with '1'`},
		{naming.KeyVault(), "-vault", `the key vault name "-vault", which begins with '-'`},
		{naming.KeyVault(), "vault-", `the key vault name "vault-", which ends with '-'`},
		{naming.KeyVault(), "my--vault", `the key vault name "my--vault", which has two hyphens in a row`},
		{naming.KeyVault(), "my.vault", `the key vault name "my.vault", which has '.'`},
		{naming.KeyVaultKey(), "my_key", `the key name "my_key", which has '_'`},
		{naming.KeyVaultKey(), strings.Repeat("k", 128), `the key name "` + strings.Repeat("k", 128) + `", which has 128 characters`},
		{naming.ResourceGroup(), "group.", `the resource group name "group.", which ends with '.'`},
		{naming.ResourceGroup(), "my group", `the resource group name "my group", which has ' '`},
		{naming.ResourceGroup(), strings.Repeat("ü", 91), `the resource group name "` + strings.Repeat("ü", 91) + `", which has 91 characters`},
		{naming.UserAssignedIdentity(), "_reader", `the user-assigned identity name "_reader", which begins with '_'`},
		{naming.UserAssignedIdentity(), "re.der", `the user-assigned identity name "re.der", which has '.'`},
	} {
		violations := test.format.Check(test.name)
		if len(violations) != 1 {
			t.Errorf("%s %q: want one violation, got %v", test.format.Noun, test.name, violations)
			continue
		}
		want := rule.Violation{
			Rule: naming.Rules().Get(naming.ACC003), Severity: rule.Error, Attribute: "name",
			Found: test.found, Required: test.format.Required,
			Why:    "Azure refuses other names of a " + test.format.Noun,
			Remedy: "Choose a name of " + test.format.Required,
		}
		if diff := cmp.Diff(want, violations[0]); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", test.format.Noun, test.name, diff)
		}
	}
}

func TestFormat_availability(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		answer naming.Availability
		found  string
	}{
		{
			naming.Availability{Reason: "AlreadyExists", Message: "Already in use by another account. "},
			`the Media Services account name "contoso", which is not available (AlreadyExists: Already in use by another account)`,
		},
		{naming.Availability{}, `the Media Services account name "contoso", which is not available`},
	} {
		violation := naming.MediaServices().Unavailable("contoso", test.answer)
		if violation.Rule.ID != naming.ACC003 || violation.Found != test.found ||
			!strings.Contains(violation.Remedy, "import") {
			t.Errorf("want %q, got %v", test.found, violation)
		}
	}
}

// FuzzFormat checks that no name is accepted that is longer or shorter than it may be, and that
// every refusal says why.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"", "contoso", "Contoso-Vault", "a--b", "группа", "\xff\xfe", "a.", strings.Repeat("a", 130)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, format := range []naming.Format{
			naming.MediaServices(), naming.VideoAnalyzer(), naming.StorageAccount(),
			naming.KeyVault(), naming.KeyVaultKey(), naming.ResourceGroup(),
			naming.UserAssignedIdentity(),
		} {
			length := len([]rune(name))
			violations := format.Check(name)
			if len(violations) == 0 && (length < format.Shortest || length > format.Longest) {
				t.Errorf("%s %q of %d characters is accepted", format.Noun, name, length)
			}
			for _, violation := range violations {
				if violation.Found == "" || violation.Remedy == "" {
					t.Errorf("%s %q is refused without a reason", format.Noun, name)
				}
			}
		}
	})
}
