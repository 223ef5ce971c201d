// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
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
		return acctest.Value{"network_acls": acctest.Value{
			"default_action": action, "bypass": bypass, "ip_rules": []any{"127.0.0.1"}, // From where the provider asks.
		}}
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
		"closed":                {closed, "Key Vault Closed While Still In Use", `bypass = "AzureServices"`},
		"switched":              {config(acctest.Value{"rbac_authorization_enabled": true}), "", ""},
		"open to services":      {config(network("Deny", "AzureServices")), "", ""},
		"open to all":           {config(network("Allow", "None")), "", ""},
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

// TestInUse_isNotClosed refuses to close the firewall to the services of Azure while an account reads its key
// there, also where Azure alone knows that they do not bypass it (CMK018).
func TestInUse_isNotClosed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before armkeyvault.NetworkRuleSet
		change acctest.Value
	}{
		"firewall": {change: acctest.Value{"network_acls": acctest.Value{"default_action": "Deny", "bypass": "None"}}},
		"public access": {
			armkeyvault.NetworkRuleSet{
				DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionAllow), Bypass: to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
			},
			acctest.Value{"public_network_access_enabled": false},
		},
	} {
		w := fixture.New(t)
		made := w.Proto().Create(resourceType, config(nil))
		w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &test.before})
		attach(w)
		changed := len(w.Requests(http.MethodPatch, "/vaults/keys"))
		proto := w.Proto()
		plan := proto.Plan(resourceType, made, config(test.change))
		says(t, plan.Diagnostics, "WARNING: Key Vault Closed While Still In Use (CMK018)", "account contoso")
		_, diags := proto.Apply(plan)
		says(t, diags, "ERROR: Key Vault Closed While Still In Use (CMK018)", "account contoso", "Nothing was changed.")
		if len(w.Requests(http.MethodPatch, "/vaults/keys")) > changed {
			t.Errorf("%s: the vault was changed", name)
		}
		w.Detach("contoso")
		w.Proto().Update(made, config(test.change))
	}
}

// TestPlan_saysWhoIsShutOut: the address from which Terraform itself reaches the vault.
func TestPlan_saysWhoIsShutOut(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	network := func(action string, ips ...any) acctest.Value {
		return config(acctest.Value{"network_acls": acctest.Value{"default_action": action, "ip_rules": ips}})
	}
	open := w.Proto().Create(resourceType, config(nil))
	denying := w.Proto().Update(open, network("Deny", "127.0.0.0/8"))
	for name, test := range map[string]struct {
		prior  acctest.Object
		config acctest.Value
		warns  bool
	}{
		"by the firewall":      {open, network("Deny", "203.0.113.7"), true},
		"by a narrower rule":   {denying, network("Deny", "127.0.0.2"), true},
		"no public access":     {open, config(acctest.Value{"public_network_access_enabled": false}), true},
		"let in":               {open, network("Deny", "203.0.113.7", "127.0.0.1"), false},
		"open":                 {denying, network("Allow"), false},
		"shut out already":     {w.Proto().Update(denying, network("Deny", "203.0.113.7")), network("Deny"), false},
		"an unknown address":   {denying, network("Deny", acctest.Unknown{}), false},
		"nothing of that kind": {open, config(acctest.Value{"tags": acctest.Value{"a": "2"}}), false},
	} {
		diags := w.Proto().Plan(resourceType, test.prior, test.config).Diagnostics
		if test.warns != (len(diags) == 1) {
			t.Errorf("%s: %s", name, diags.Text())
		}
		if test.warns {
			says(t, diags, "WARNING: Key Vault Closed To These Credentials", "not to let in 127.0.0.1", `Add "127.0.0.1" to ip_rules`)
		}
	}
}

// TestInUse_isKept refuses to delete a vault in use (CMK018).
func TestInUse_isKept(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, config(nil))
	attach(w)
	proto := w.Proto()
	kept, diags := proto.Apply(proto.Plan(resourceType, made, nil))
	if kept.State == nil || len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "(CMK018)") ||
		!strings.Contains(diags.Text(), "Nothing was changed.") ||
		len(w.Requests(http.MethodDelete, "/vaults/keys")) > 0 {
		t.Errorf("deleted: %s", diags.Text())
	}

	w.Detach("contoso")
	proto = w.Proto()
	plan := proto.Plan(resourceType, made, nil)
	gone, diags := proto.Apply(plan)
	if gone.State != nil || len(diags)+len(plan.Diagnostics) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestAccInUse destroys a vault from which an account reads its key.
func TestAccInUse(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	config := w.Config(vault("keys", fixture.Group, fixture.Location, ""))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:   func() { attach(w) },
				Config:      w.Config(""),
				ExpectError: check.Says("Key Vault Still In Use (CMK018)", "account contoso", "Nothing was changed"),
			},
			{Config: config, ConfigPlanChecks: check.Unchanged()},
			{
				PreConfig: func() {
					if status := azure.Deref(w.ShowAccount("contoso").Properties.Encryption.Status); status != "" {
						t.Errorf("the account is %s", status)
					}
					w.Detach("contoso")
				},
				Config: w.Config(""),
			},
		},
	})
}
