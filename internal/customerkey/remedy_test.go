// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// TestRemedy_namesWhatItKnows reads the commands in the remedies where names are missing or
// unusual: a word that is not known is a placeholder, and no name breaks the command.
func TestRemedy_namesWhatItKnows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		vary    func(*customerkey.Facts)
		command string
	}{
		"nothing known of the key": {
			func(f *customerkey.Facts) {
				f.KeyID, f.Vault.ID = customerkey.KeyID{}, ""
				f.Key.Enabled, f.Key.Version = rule.Known(false), rule.Fact[string]{}
			},
			"az keyvault key set-attributes --vault-name VAULT --name KEY --enabled true",
		},
		"nothing known of the account": {
			func(f *customerkey.Facts) {
				f.Target.ID, f.Target.SystemAssigned = "", rule.Known(false)
			},
			"az ams account identity assign --resource-group GROUP --name ACCOUNT --system-assigned",
		},
		"a resource group with parentheses and a quote": {
			func(f *customerkey.Facts) {
				f.Target.ID = strings.Replace(accountID, "resourceGroups/media/", "resourceGroups/it's (old)/", 1)
				f.Target.SystemAssigned = rule.Known(false)
			},
			`--resource-group 'it'\''s (old)' --name contoso`,
		},
		"a storage account without any identity": {
			func(f *customerkey.Facts) {
				f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
				f.Target.SystemAssigned, f.Target.UserAssigned = rule.Known(false), rule.Known[[]string](nil)
			},
			"az storage account update --resource-group media --name contosostore --identity-type SystemAssigned)",
		},
		"a storage account with another user-assigned identity only": {
			func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
				f.Target.SystemAssigned, f.Target.UserAssigned = rule.Known(false), rule.Known([]string{"/other"})
			},
			"--identity-type UserAssigned --user-identity-id " + identityID,
		},
		"a Batch account": {
			func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Target.ID, f.Target.Kind = batchID, customerkey.BatchAccount()
				f.Target.UserAssigned = rule.Known[[]string](nil)
			},
			"az batch account identity assign --resource-group media --name contoso --user-assigned " + identityID,
		},
		"a video analyzer, whose command line has none": {
			func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Target.ID, f.Target.Kind = analyzerID, customerkey.VideoAnalyzer()
				f.Target.UserAssigned = rule.Known[[]string](nil)
			},
			"List it on the account (identity.identity_ids)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := fit(t)
			test.vary(&facts)
			errors := customerkey.Check(facts, today()).Errors()
			if len(errors) != 1 || !strings.Contains(errors[0].Remedy, test.command) {
				t.Errorf("want one remedy with\n  %s\ngot %v", test.command, errors)
			}
		})
	}
}
