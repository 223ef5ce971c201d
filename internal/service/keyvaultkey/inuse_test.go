// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// attached has somebody else attach an account to a key.
func (w world) attached(account, key string) {
	w.Account(account, "")
	w.Grant("keys", w.Principal(account))
	w.reattach(account, key)
}

func (w world) reattach(account, key string) {
	w.UpdateAccount(account, armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		Encryption: &armmedia.Encryption{
			Type:               to.Ptr(armmedia.CustomerKey),
			KeyVaultProperties: &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr(key)},
		},
	}})
}

func (w world) reverted(account string) {
	w.UpdateAccount(account, armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		Encryption: &armmedia.Encryption{Type: to.Ptr(armmedia.SystemKey)},
	}})
}

// TestPlan_thatTakesAKeyInUseAway warns of it before it hurts (CMK004, CMK014).
func TestPlan_thatTakesAKeyInUseAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Vault("others")
	proto := w.Proto()
	object := proto.Create(resourceType, w.config(nil))
	first, _ := object.State["versioned_id"].(string)
	w.attached("contoso", identifier)
	w.attached("pinned", first)
	w.attached("elsewhere", w.Key("keys", "another"))
	version := first[strings.LastIndexByte(first, '/')+1:]
	const following, pinned, elsewhere = "account contoso (resource group media, on version ", "account pinned (resource group media, on version ", "elsewhere"

	for _, test := range []struct {
		name   string
		config acctest.Value
		rule   string
		texts  []string
	}{
		{"disabled", acctest.Value{"enabled": false}, "CMK004", []string{"enabled = false, planned for version " + version}},
		{
			"no longer unwraps",
			acctest.Value{"key_opts": []any{"wrapKey", "sign"}},
			"CMK004",
			[]string{"key_opts without unwrapKey", "azuremedia_customer_key_attachment"},
		},
		{"another name", acctest.Value{"name": "other"}, "CMK014", []string{"create_before_destroy = true"}},
		{"another vault", acctest.Value{"key_vault_id": w.ID(azure.VaultType, "others")}, "CMK014", []string{"create_before_destroy = true"}},
		{"more operations", acctest.Value{"key_opts": []any{"wrapKey", "unwrapKey", "sign"}}, "", nil},
		{"a new version", acctest.Value{"key_size": 3072}, "", nil},
		{"nothing", nil, "", nil},
	} {
		diags := proto.Plan(resourceType, object, w.config(test.config)).Diagnostics
		if test.rule == "" {
			if len(diags) > 0 {
				t.Errorf("%s: %s", test.name, diags.Text())
			}
			continue
		}
		if len(diags.Warnings()) != 1 || len(diags) != 1 || !strings.HasSuffix(diags[0].Summary, "("+test.rule+")") {
			t.Fatalf("%s: want one warning of %s:\n%s", test.name, test.rule, diags.Text())
		}
		says(t, diags, append(test.texts, following+version, pinned+version, "Required: ", "Remedy: ")...)
		if strings.Contains(diags.Text(), elsewhere) {
			t.Errorf("%s: names an account that uses another key:\n%s", test.name, diags.Text())
		}
	}

	// Of a version that is not the newest an account that is pinned to it needs no more than that one.
	w.reverted("contoso")
	proto = w.Proto()
	object = proto.Update(object, w.config(rotated("1")))
	if diags := proto.Plan(resourceType, object, w.config(acctest.Value{"enabled": false})).Diagnostics; len(diags) > 0 {
		t.Errorf("nobody uses the newest version: %s", diags.Text())
	}
	w.reattach("contoso", identifier)
	says(t, w.Proto().Plan(resourceType, object, w.config(acctest.Value{"enabled": false})).Diagnostics, "Media Services account contoso")
}

// TestDelete_ofAKeyInUse is refused until no account uses it (CMK014). An account that has lost it
// already does not stand in the way.
func TestDelete_ofAKeyInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	object := proto.Create(resourceType, w.config(nil))
	w.attached("contoso", identifier)

	plan := proto.Plan(resourceType, object, nil)
	if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || len(plan.Diagnostics) != 1 ||
		!strings.Contains(text, "(CMK014)") || !strings.Contains(text, "account contoso") {
		t.Errorf("planned: %s", text)
	}
	kept, diags := proto.Apply(plan)
	says(t, diags.Errors(), "(CMK014)", "the key media, which is in use by the Media Services account contoso (resource group media, on version ",
		"az keyvault key delete --vault-name keys --name media", "Nothing was changed.")
	if kept.State == nil || len(w.Requests(http.MethodDelete, "/keys/media")) > 0 {
		t.Error("the key was deleted")
	}

	w.reverted("contoso")
	gone, diags := proto.Apply(proto.Plan(resourceType, object, nil))
	must(t, gone, diags)

	object = proto.Create(resourceType, w.config(acctest.Value{"name": "second"}))
	w.reattach("contoso", "https://keys.vault.azure.net/keys/second")
	w.Revoke("keys", w.Principal("contoso"))
	gone, diags = proto.Apply(proto.Plan(resourceType, object, nil))
	must(t, gone, diags)
}

// TestDelete_whereNobodyTellsWhoUsesTheKey goes by what can be known.
func TestDelete_whereNobodyTellsWhoUsesTheKey(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fault.Fault
		goes  bool
	}{
		"no permission to list":  {fault.Fault{Path: "*/mediaservices", Status: 403, Code: "AuthorizationFailed"}, true},
		"a service that is gone": {fault.Fault{Path: "*/mediaservices", Status: 404, Code: "InvalidResourceType"}, true},
		"a failure of the list":  {fault.Fault{Path: "*/mediaservices", Status: 400, Code: "BadRequest"}, false},
		"a failure to examine":   {fault.Fault{Path: "*/vaults*", Status: 400, Code: "BadRequest"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			object := proto.Create(resourceType, w.config(nil))
			w.attached("contoso", identifier)
			test.fault.Kind, test.fault.Method, test.fault.Times = fault.Error, http.MethodGet, -1
			w.strike(test.fault)
			proto.NextRun()
			// A plan never fails for it.
			plan := proto.Plan(resourceType, object, w.config(acctest.Value{"enabled": false}))
			if len(plan.Diagnostics) > 0 {
				t.Error(plan.Diagnostics.Text())
			}
			gone, diags := proto.Apply(proto.Plan(resourceType, object, nil))
			if (gone.State == nil) != test.goes || (len(diags) == 0) != test.goes {
				t.Errorf("%v: %s", gone.State, diags.Text())
			}
		})
	}
}
