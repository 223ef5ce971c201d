// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// loss is a way to lose access to a key, and the way back.
type loss struct {
	name string
	// arrange is called before the key is attached.
	arrange func(*world)
	lose    func(world)
	restore func(world)
	cause   customerkey.Cause
	texts   []string
}

func losses() []loss {
	return []loss{
		{
			name:    "key disabled",
			lose:    func(w world) { w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)}) },
			restore: func(w world) { w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(true)}) },
			cause:   customerkey.KeyDisabled,
			texts:   []string{"The key media is disabled", "az keyvault key set-attributes", "--enabled true"},
		},
		{
			name: "version disabled",
			lose: func(w world) {
				w.Key("keys", "media")
				w.UpdateKey("keys", "media", version(w.key), azkeys.KeyAttributes{Enabled: to.Ptr(false)})
			},
			restore: func(w world) {
				w.UpdateKey("keys", "media", version(w.key), azkeys.KeyAttributes{Enabled: to.Ptr(true)})
			},
			cause: customerkey.VersionDisabled,
			texts: []string{"which the account runs on, is disabled, though a newer one is not", "--enabled true"},
		},
		{
			name:    "key deleted",
			lose:    func(w world) { w.DeleteKey("keys", "media") },
			restore: func(w world) { w.RecoverKey("keys", "media") },
			cause:   customerkey.KeyDeleted,
			texts:   []string{"The key media was deleted", "az keyvault key recover --vault-name keys --name media"},
		},
		{
			name:    "vault deleted",
			lose:    func(w world) { w.DeleteVault("keys") },
			restore: func(w world) { w.RecoverVault("keys") },
			cause:   customerkey.VaultDeleted,
			texts:   []string{"The vault keys was deleted", "az keyvault recover --name keys"},
		},
		{
			name:    "policy removed",
			lose:    func(w world) { w.Revoke("keys", w.Principal("contoso")) },
			restore: func(w world) { w.Grant("keys", w.Principal("contoso")) },
			cause:   customerkey.GrantRemoved,
			texts:   []string{"is without get, wrapKey, unwrapKey", "azuremedia_customer_key_grant", "az keyvault set-policy"},
		},
		{
			name: "role unassigned",
			arrange: func(w *world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{EnableRbacAuthorization: to.Ptr(true)})
				scope := "/subscriptions/" + w.SubscriptionID() +
					"/resourceGroups/media/providers/Microsoft.KeyVault/vaults/keys"
				w.Assign(scope, w.Owner(), customerkey.RoleCryptoOfficerID)
				w.assignment = w.Assign(scope+"/keys/media", w.Principal("contoso"),
					customerkey.RoleCryptoServiceEncryptionUserID)
			},
			lose: func(w world) { w.Unassign(w.assignment) },
			restore: func(w world) {
				w.Assign("/subscriptions/"+w.SubscriptionID(), w.Principal("contoso"),
					customerkey.RoleCryptoServiceEncryptionUserID)
			},
			cause: customerkey.GrantRemoved,
			texts: []string{"is without get, wrapKey, unwrapKey", "az role assignment create"},
		},
		{
			name: "identity deleted",
			arrange: func(w *world) {
				var principal string
				w.identity, principal = w.Identity("reader")
				w.Identify("contoso", "", w.identity)
				w.Grant("keys", principal)
			},
			lose:    func(w world) { w.DeleteIdentity("reader") },
			restore: nil, // An identity of the same name would be another one.
			cause:   customerkey.IdentityRemoved,
			texts:   []string{"and is without it now: found no user-assigned identity"},
		},
		{
			name: "firewall",
			lose: func(w world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
					Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
					DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny),
				}})
			},
			restore: func(w world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
					Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptionsAzureServices),
					DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionAllow),
				}})
			},
			cause: customerkey.VaultFirewall,
			texts: []string{"turns everyone away", "--bypass AzureServices"},
		},
	}
}

// TestInaccessible loses access in every way: the plan says which it is and what to do, an apply
// changes nothing, a destruction goes on, and after the remedy the plan is clean (CMK012).
func TestInaccessible(t *testing.T) {
	t.Parallel()
	for _, test := range losses() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if test.arrange != nil {
				test.arrange(&w)
			}
			proto := w.Proto()
			made := proto.Create(attachment, w.config())
			before := len(w.Requests("PATCH", "/mediaservices/contoso"))
			test.lose(w)

			lost, said := proto.Read(made)
			if len(said) > 0 {
				t.Fatalf("reading: %s", said.Text())
			}
			plan := proto.Plan(attachment, lost, w.config())
			says(t, plan.Diagnostics, "CMK012", append(test.texts, "WARNING", "a destroy goes on")...)
			if _, open := plan.State["status"].(acctest.Unknown); !open {
				t.Errorf("nothing is planned, so that nothing would be waited for: %v", plan.State)
			}
			changed := proto.Plan(attachment, lost, with(w.config(), "key_vault_key_id", w.key))
			says(t, changed.Diagnostics.Errors(), "CMK012", append(test.texts, nothingChanged, "terraform destroy -refresh=false")...)
			if destroy := proto.Plan(attachment, lost, nil); len(destroy.Diagnostics) > 0 {
				t.Errorf("planning to destroy: %s", destroy.Diagnostics.Text())
			}
			w.diagnosed(t, test)

			_, said = proto.Apply(plan)
			says(t, said, "CMK012", append(test.texts, "ERROR", nothingChanged)...)
			if patches := w.Requests("PATCH", "/mediaservices/contoso"); len(patches) > before {
				t.Errorf("%d PATCHes: nothing may be attempted", len(patches))
			}
			if test.restore == nil {
				return
			}
			test.restore(w)
			back, said := proto.Read(lost)
			if len(said) > 0 || back.State["status"] != nil {
				t.Fatalf("reading again: %v: %s", back.State, said.Text())
			}
			plan = proto.Plan(attachment, back, w.config())
			if len(plan.Diagnostics) > 0 {
				t.Errorf("planning again: %s", plan.Diagnostics.Text())
			}
			unchanged(t, back, plan)
		})
	}
}

// diagnosed reads the same from the data source.
func (w world) diagnosed(t *testing.T, test loss) {
	t.Helper()
	shown, said := w.Proto().ReadData(attachment, acctest.Value{"account_id": w.account})
	if len(said) > 0 {
		t.Fatal(said.Text())
	}
	causes, _ := shown["causes"].([]any)
	if shown["reachable"] != false || len(causes) == 0 {
		t.Fatalf("shown as reachable: %v", shown)
	}
	first, _ := causes[0].(acctest.Value)
	sentence, _ := first["sentence"].(string)
	remedy, _ := first["remedy"].(string)
	if first["cause"] != string(test.cause) || shown["summary"] != sentence {
		t.Errorf("cause %v, want %s", first, test.cause)
	}
	for _, text := range test.texts {
		if !strings.Contains(sentence+remedy, text) {
			t.Errorf("%q and %q lack %q", sentence, remedy, text)
		}
	}
}

// TestInaccessible_withoutAStatus loses access to a key while the account says nothing about it:
// no recording of Azure's has a status.
func TestInaccessible_withoutAStatus(t *testing.T) {
	t.Parallel()
	for _, test := range losses() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if test.arrange != nil {
				test.arrange(&w)
			}
			proto := w.protoThrough(t, withoutStatus)
			made := proto.Create(attachment, w.config())
			test.lose(w)
			lost, _ := proto.Read(made)
			if lost.State["status"] != nil {
				t.Fatalf("the status was not taken out: %v", lost.State)
			}
			plan := proto.Plan(attachment, lost, w.config())
			switch test.name {
			case "firewall": // One of its rules may let the service in.
				unchanged(t, lost, plan)
			case "policy removed": // The owner's policy might be that of a group.
				unchanged(t, lost, plan)
			default:
				says(t, plan.Diagnostics, "CMK012", test.texts...)
			}
		})
	}
}

// TestInaccessible_healsInTheApply restores access between plan and apply, as another resource of
// the same apply does it: the apply goes through, and waits for a grant to act.
func TestInaccessible_healsInTheApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	w.Revoke("keys", w.Principal("contoso"))
	w.delayGrants(t, 4*time.Minute)
	lost, _ := proto.Read(made)
	plan := proto.Plan(attachment, lost, w.config())
	says(t, plan.Diagnostics, "CMK012")

	w.Grant("keys", w.Principal("contoso"))
	before := w.now()
	back, said := proto.Apply(plan)
	if len(said) > 0 || back.State["status"] != nil {
		t.Fatalf("%v: %s", back.State, said.Text())
	}
	if waited := w.now().Sub(before); waited < 4*time.Minute {
		t.Errorf("waited %s, but the grant acts after 4m", waited)
	}
	plan = proto.Plan(attachment, back, w.config())
	if len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
	unchanged(t, back, plan)
}

// TestInaccessible_destroys goes on with a warning, and leaves the account as it is (CMK013).
func TestInaccessible_destroys(t *testing.T) {
	t.Parallel()
	for _, test := range losses() {
		for _, status := range []bool{true, false} {
			name := test.name
			if !status && (test.name == "firewall" || test.name == "policy removed") {
				continue // The account says nothing, and neither does the vault.
			}
			if !status {
				name += ", without a status"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				if test.arrange != nil {
					test.arrange(&w)
				}
				proto := w.Proto()
				if !status {
					proto = w.protoThrough(t, withoutStatus)
				}
				made := proto.Create(attachment, w.config())
				test.lose(w)
				gone, said := proto.Apply(proto.Plan(attachment, made, nil))
				if gone.State != nil {
					t.Errorf("left in state: %v", gone.State)
				}
				says(t, said, "CMK013", append(test.texts[:1:1], "WARNING", "nothing was reverted",
					"None is needed if the account is destroyed as well")...)
				if kind, _ := w.encryption(); kind != "CustomerKey" {
					t.Errorf("the account runs on the %s", kind)
				}
				w.DeleteAccount("contoso")
			})
		}
	}
}
