// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// TestAccess says which accounts lose it, under which rule, and what to do.
func TestAccess(t *testing.T) {
	t.Parallel()
	const vault, reader = "/subscriptions/S/resourceGroups/media/providers/Microsoft.KeyVault/vaults/keys",
		"/subscriptions/S/resourceGroups/media/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
	uses := []customerkey.Use{
		{AccountID: accountID, Kind: customerkey.MediaServices()},
		{AccountID: strings.Replace(accountID, "contoso", "fabrikam", 1), Kind: customerkey.MediaServices(), Current: version1},
	}
	const names = ": the Media Services account contoso (resource group media), " +
		"the Media Services account fabrikam (resource group media, on version " + version1 + ")"
	for name, test := range map[string]struct {
		access    customerkey.Access
		rule      rule.ID
		found     string
		replacing string
	}{
		"grant": {
			customerkey.GrantAccess(vault, "", "P"), customerkey.CMK016,
			"the grant of the keys of the vault keys to the principal P", "",
		},
		"grant of a key": {
			customerkey.GrantAccess(vault, "media", "P"), customerkey.CMK016,
			"the grant of the key media of the vault keys to the principal P", "",
		},
		"identity": {
			customerkey.IdentityAccess(reader), customerkey.CMK017, "the identity reader, by which", "to the azuremedia_user_assigned_identity",
		},
		"vault": {
			customerkey.VaultAccess(vault), customerkey.CMK018, "the vault keys, from which", "to the azuremedia_key_vault",
		},
		"to roles":    {customerkey.ModelAccess(vault, true), customerkey.CMK018, "access by roles", ""},
		"to policies": {customerkey.ModelAccess(vault, false), customerkey.CMK018, "access by access policies", ""},
		"network":     {customerkey.NetworkAccess(vault), customerkey.CMK018, "only the listed networks", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, none := range []func() (rule.Violation, bool){
				func() (rule.Violation, bool) { return test.access.Taking(nil, true) },
				func() (rule.Violation, bool) { return test.access.Refusing(nil) },
			} {
				if _, found := none(); found {
					t.Error("taken away from nobody")
				}
			}
			removed, _ := test.access.Taking(uses, false)
			replaced, _ := test.access.Taking(uses, true)
			refused, _ := test.access.Refusing(uses)
			for _, violation := range []rule.Violation{removed, replaced, refused} {
				if violation.Rule.ID != test.rule || !strings.HasSuffix(violation.Found, names) ||
					!strings.Contains(violation.Found, test.found) || violation.Required == "" || violation.Why == "" {
					t.Errorf("%+v", violation)
				}
			}
			if removed.Severity != rule.Warning || replaced.Severity != rule.Warning || refused.Severity != rule.Error {
				t.Errorf("%s, %s, %s", removed.Severity, replaced.Severity, refused.Severity)
			}
			if strings.Contains(removed.Remedy, "lifecycle") || !strings.HasPrefix(refused.Remedy, "First ") {
				t.Errorf("%s\n%s", removed.Remedy, refused.Remedy)
			}
			const lifecycle = "lifecycle { create_before_destroy = true } "
			for _, remedy := range []string{replaced.Remedy, refused.Remedy} {
				if strings.Contains(remedy, lifecycle+test.replacing) != (test.replacing != "") {
					t.Error(remedy)
				}
			}
		})
	}
}
