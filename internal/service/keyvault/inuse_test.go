// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// attach has an account read a key of the vault "keys" by an identity, whose object ID it returns.
func attach(w *fixture.World) (principal string) {
	reader, principal := w.Identity("reader")
	w.Grant("keys", principal)
	w.Account("contoso", reader)
	w.Attach("contoso", w.Key("keys", "media"), reader)
	return principal
}

// TestInUse warns of a plan that destroys, replaces or closes a vault from which an account reads its key
// (CMK018).
func TestInUse(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, config(nil))
	network := func(action, bypass string) acctest.Value {
		return acctest.Value{"network_acls": acctest.Value{"default_action": action, "bypass": bypass}}
	}
	closed := config(network("Deny", "None"))
	if diags := w.Proto().Plan(resourceType, made, nil).Diagnostics; len(diags) > 0 {
		t.Errorf("nobody uses it: %s", diags.Text())
	}
	attach(w)
	const found = "the Media Services account contoso (resource group media"
	for name, test := range map[string]struct {
		config acctest.Value
		title  string
		text   string
	}{
		"destroyed": {nil, "Key Vault Still In Use", "First give each account a key of another vault"},
		"replaced": {
			config(acctest.Value{"name": "others"}), "Key Vault Still In Use",
			"Add lifecycle { create_before_destroy = true } to the azuremedia_key_vault",
		},
		"switched": {
			config(acctest.Value{"rbac_authorization_enabled": true}), "Key Vault Switched While Still In Use",
			"First give the identity of each account the role Key Vault Crypto Service Encryption User",
		},
		"closed":                {closed, "Key Vault Closed While Still In Use", `bypass = "AzureServices"`},
		"open to services":      {config(network("Deny", "AzureServices")), "", ""},
		"open to all":           {config(network("Allow", "None")), "", ""},
		"closed to the public":  {config(acctest.Value{"public_network_access_enabled": false}), "", ""},
		"with other attributes": {config(acctest.Value{"tags": acctest.Value{"a": "2"}}), "", ""},
	} {
		diags := w.Proto().Plan(resourceType, made, test.config).Diagnostics
		if test.title == "" {
			if len(diags) > 0 {
				t.Errorf("%s: %s", name, diags.Text())
			}
			continue
		}
		if len(diags) != 1 || len(diags.Warnings()) != 1 || diags[0].Summary != test.title+" (CMK018)" ||
			!strings.Contains(diags.Text(), found) || !strings.Contains(diags.Text(), test.text) {
			t.Errorf("%s: %s", name, diags.Text())
		}
	}
}

// TestInUse_isKept refuses to delete a vault in use, and to switch it before the account has access in the
// new way (CMK018).
func TestInUse_isKept(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, config(nil))
	principal := attach(w)
	roles := config(acctest.Value{"rbac_authorization_enabled": true})
	for name, planned := range map[string]acctest.Value{"deleted": nil, "switched": roles} {
		proto := w.Proto()
		kept, diags := proto.Apply(proto.Plan(resourceType, made, planned))
		if kept.State == nil || len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "(CMK018)") ||
			!strings.Contains(diags.Text(), "Nothing was changed.") {
			t.Errorf("%s: %s", name, diags.Text())
		}
	}
	if len(w.Requests(http.MethodDelete, "/vaults/keys"))+len(w.Requests(http.MethodPatch, "/vaults/keys")) > 0 {
		t.Error("the vault was changed")
	}

	// To roles, and back: the account has access in both ways.
	w.Assign(w.ID(azure.VaultType, "keys"), principal, customerkey.RoleCryptoServiceEncryptionUserID)
	for _, planned := range []acctest.Value{roles, config(nil)} {
		proto := w.Proto()
		plan := proto.Plan(resourceType, made, planned)
		next, diags := proto.Apply(plan)
		if len(diags)+len(plan.Diagnostics) > 0 {
			t.Fatalf("%s%s", plan.Diagnostics.Text(), diags.Text())
		}
		made = next
	}

	w.Detach("contoso")
	proto := w.Proto()
	plan := proto.Plan(resourceType, made, nil)
	gone, diags := proto.Apply(plan)
	if gone.State != nil || len(diags)+len(plan.Diagnostics) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestAccInUse destroys and switches a vault from which an account reads its key.
func TestAccInUse(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	config := func(roles bool) string {
		return w.Config(vault("keys", fixture.Group, fixture.Location, fmt.Sprintf("rbac_authorization_enabled = %t", roles)))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config(false)},
			{
				PreConfig:   func() { attach(w) },
				Config:      config(true),
				ExpectError: check.Says("Key Vault Switched While Still In Use (CMK018)", "account contoso", "Nothing was changed"),
			},
			{
				Config:      w.Config(""),
				ExpectError: check.Says("Key Vault Still In Use (CMK018)", "account contoso", "Nothing was changed"),
			},
			{Config: config(false), ConfigPlanChecks: check.Unchanged()},
			{
				PreConfig: func() {
					if status := azure.Deref(w.ShowAccount("contoso").Properties.Encryption.Status); status != "" {
						t.Errorf("the account is %s", status)
					}
					w.Detach("contoso")
				},
				Config: config(true),
			},
		},
	})
}
