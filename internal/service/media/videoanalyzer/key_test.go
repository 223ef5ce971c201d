// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const (
	attachment = "azuremedia_customer_key_attachment"
	keyID      = "https://keys.vault.azure.net/keys/video"
)

// keyed is a world with a vault, a key in it, and an account's identity that may read it.
func keyed(t *testing.T, vault ...func(*armkeyvault.VaultCreateOrUpdateParameters)) *world {
	t.Helper()
	w := newWorld(t)
	w.Vault("keys", vault...)
	w.Key("keys", "video")
	w.Grant("keys", w.principal)
	return w
}

// under is the configuration of an account with a key.
func (w *world) under(key string, more acctest.Value) acctest.Value {
	config := w.config(acctest.Value{"encryption": acctest.Value{
		"type": "CustomerKey", "key_vault_key_id": key, "user_assigned_identity_id": w.identity,
	}})
	for name, value := range more {
		config[name] = value
	}
	return config
}

// attached is the configuration of an attachment to the account.
func (w *world) attached(key string) acctest.Value {
	return acctest.Value{
		"account_id": w.id(), "key_vault_key_id": key, "user_assigned_identity_id": w.identity,
	}
}

// TestKey_breaksOneRule breaks one rule of customers' keys at a time: for an account that is to be
// created, for one that is there, and for an attachment to it.
func TestKey_breaksOneRule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		vault   []func(*armkeyvault.VaultCreateOrUpdateParameters)
		arrange func(w *world) (key string)
		// warned says that the plan warns, and the apply refuses.
		warned bool
		texts  []string
	}{
		{
			name: "type",
			arrange: func(w *world) string {
				w.Key("keys", "curve", func(p *azkeys.CreateKeyParameters) {
					p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
				})
				return "https://keys.vault.azure.net/keys/curve"
			},
			texts: []string{"(CMK002)", "a key of type EC", "RSA"},
		},
		{
			name: "disabled",
			arrange: func(w *world) string {
				w.UpdateKey("keys", "video", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				return keyID
			},
			warned: true,
			texts:  []string{"(CMK004)", "a disabled key", "Enable it"},
		},
		{
			name: "region",
			vault: []func(*armkeyvault.VaultCreateOrUpdateParameters){
				func(p *armkeyvault.VaultCreateOrUpdateParameters) { p.Location = to.Ptr("northeurope") },
			},
			arrange: func(*world) string { return keyID },
			texts:   []string{"(CMK005)", "a vault in northeurope for a Video Analyzer account in westus2"},
		},
		{
			name:    "purge protection",
			vault:   []func(*armkeyvault.VaultCreateOrUpdateParameters){fixture.WithoutPurgeProtection},
			arrange: func(*world) string { return keyID },
			warned:  true,
			texts:   []string{"(CMK007)", "purge protection"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := keyed(t, test.vault...)
			created := w.proto.Create(resourceType, w.config(nil))
			key := test.arrange(w)
			fresh := w.under(key, acctest.Value{"name": "another"})
			for _, plan := range []acctest.Plan{
				w.Proto().Plan(resourceType, acctest.Object{}, fresh),
				w.Proto().Plan(resourceType, created, w.under(key, nil)),
				w.Proto().Plan(attachment, acctest.Object{}, w.attached(key)),
			} {
				diags := plan.Diagnostics
				if test.warned {
					if len(diags.Errors()) > 0 || !strings.Contains(diags.Text(), test.texts[0]) {
						t.Errorf("want a warning while planning: %s", diags.Text())
					}
					_, diags = w.proto.Apply(plan)
				}
				for _, want := range test.texts {
					if len(diags.Errors()) != 1 || !strings.Contains(diags.Errors().Text(), want) {
						t.Errorf("want one error with %q, got:\n%s", want, diags.Text())
					}
				}
			}
			if encryption := w.show().Properties.Encryption; *encryption.Type != armmedia.SystemKey {
				t.Errorf("the encryption is %v", encryption)
			}
		})
	}
}

// TestKey_isReadAsTheAccountsOwnIdentity names an identity that is not the account's (CMK008).
func TestKey_isReadAsTheAccountsOwnIdentity(t *testing.T) {
	t.Parallel()
	w := keyed(t)
	stranger, principal := w.Identity("stranger")
	w.Grant("keys", principal)
	strange := acctest.Value{"encryption": acctest.Value{
		"type": "CustomerKey", "key_vault_key_id": keyID, "user_assigned_identity_id": stranger,
	}}
	says(t, w.Proto().Plan(resourceType, acctest.Object{}, w.config(strange)).Diagnostics, "(CMK008)",
		`"encryption").AttributeName("user_assigned_identity_id")`, "which the account does not list")

	// The identity that reads the key is kept, whoever attached the key.
	created := w.proto.Create(resourceType, w.under(keyID, nil))
	other := w.config(acctest.Value{
		"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{stranger}},
		"storage_account": acctest.Value{"id": w.store},
	})
	plan := w.proto.Plan(resourceType, created, other)
	_, diags := w.proto.Apply(plan)
	if diags = append(plan.Diagnostics, diags...); len(diags) > 0 || len(w.show().Identity.UserAssignedIdentities) != 2 {
		t.Errorf("%v: %s", w.show().Identity, diags.Text())
	}
}

// TestKey_movesToAnotherIdentity in one change: the account lists both until it reads its key by the new one.
func TestKey_movesToAnotherIdentity(t *testing.T) {
	t.Parallel()
	w := keyed(t)
	other, principal := w.Identity("other")
	w.Grant("keys", principal)
	created := w.proto.Create(resourceType, w.under(keyID, nil))
	access := w.WatchAccess(w.id())
	proto := w.Proto()
	config := w.under(keyID, acctest.Value{
		"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{other}},
		"storage_account": acctest.Value{"id": w.store},
	})
	config["encryption"] = acctest.Value{
		"type": "CustomerKey", "key_vault_key_id": keyID, "user_assigned_identity_id": other,
	}
	plan := proto.Plan(resourceType, created, config)
	moved, diags := proto.Apply(plan)
	if diags = append(plan.Diagnostics, diags...); len(diags) > 0 || len(w.show().Identity.UserAssignedIdentities) != 1 {
		t.Errorf("%v: %s", w.show().Identity, diags.Text())
	}
	read, _ := proto.Read(moved)
	if again := w.Proto().Plan(resourceType, read, config); len(again.Diagnostics) > 0 ||
		!reflect.DeepEqual(again.State, read.State) {
		t.Errorf("planned %v: %s", again.State, again.Diagnostics.Text())
	}
	access.Check(t)
}

// TestAttachment_needsAUserAssignedIdentity: a Video Analyzer account has no other (CMK008).
func TestAttachment_needsAUserAssignedIdentity(t *testing.T) {
	t.Parallel()
	w := keyed(t)
	w.proto.Create(resourceType, w.config(nil))
	plan := w.proto.Plan(attachment, acctest.Object{}, acctest.Value{
		"account_id": w.id(), "key_vault_key_id": keyID,
	})
	if diags := plan.Diagnostics.Text(); !strings.Contains(diags, "(CMK008)") || !strings.Contains(diags, "Video Analyzer") {
		t.Errorf("without an identity: %s", diags)
	}
}

func TestKey_waitsForAGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Vault("keys")
	w.Key("keys", "video")
	_, err := w.Rehearsal().AddFault(t.Context(),
		fault.Fault{Kind: fault.DelayedGrants, Delay: fault.Duration(4 * time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(10 * time.Minute) // The roles are older than that.
	w.proto = w.Proto()
	w.Grant("keys", w.principal)
	created := w.proto.Create(resourceType, w.under(keyID, nil))
	encryption, _ := created.State["encryption"].(acctest.Value)
	if current, _ := encryption["current_key_id"].(string); !strings.HasPrefix(current, keyID+"/") {
		t.Errorf("the account runs on %v", encryption)
	}
	if puts := w.Requests(http.MethodPut, put); len(puts) < 3 {
		t.Errorf("%d PUTs, want several until the grant acts", len(puts))
	}
}

func TestKey_saysThatTheGrantIsMissing(t *testing.T) {
	t.Parallel()
	w := keyed(t)
	w.Revoke("keys", w.principal)
	plan := w.proto.Plan(resourceType, acctest.Object{}, w.under(keyID, acctest.Value{
		"timeouts": acctest.Value{"create": "3m"},
	}))
	if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Errors()) > 0 || !strings.Contains(text, "(CMK009)") {
		t.Fatalf("want a warning while planning: %s", text)
	}
	_, diags := w.proto.Apply(plan)
	says(t, diags, "(CMK009)", `"encryption").AttributeName("key_vault_key_id")`, "without get, wrapKey, unwrapKey",
		`Azure said "Access to the Customer Key was forbidden"`, "Waited 1m21s for Azure to list the grant of the identity ",
		"in the vault keys", "azuremedia_customer_key_grant")
}

// TestKey_inaccessible changes and destroys an account that cannot reach its key (CMK012, CMK013).
func TestKey_inaccessible(t *testing.T) {
	t.Parallel()
	w := keyed(t)
	config := w.under(keyID, nil)
	created := w.proto.Create(resourceType, config)
	tagged := w.under(keyID, acctest.Value{"tags": acctest.Value{"a": "1"}})
	enable := func(enabled bool) {
		w.UpdateKey("keys", "video", "", azkeys.KeyAttributes{Enabled: to.Ptr(enabled)})
	}
	enable(false)
	lost, diags := w.proto.Read(created)
	silent(t, "reading", diags)
	says(t, w.proto.Plan(resourceType, lost, tagged).Diagnostics,
		"(CMK012)", `"encryption").AttributeName("key_vault_key_id")`, "The key video is disabled", "Enable it: az keyvault key set-attributes")

	// Nothing is to be changed: there is a warning, and an update that waits in vain.
	plan := w.proto.Plan(resourceType, lost, config)
	if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || len(plan.Diagnostics) != 1 ||
		!strings.Contains(text, "(CMK012)") || !strings.Contains(text, "a destroy goes on") {
		t.Errorf("want one warning: %s", text)
	}
	_, diags = w.proto.Apply(plan)
	says(t, diags, "(CMK012)", "The key video is disabled")

	// The encryption is somebody else's: so is the warning.
	silent(t, "the plan without encryption", w.proto.Plan(resourceType, lost, w.config(nil)).Diagnostics)

	enable(true)
	regained, diags := w.proto.Apply(plan)
	silent(t, "once access is back", diags)
	regained, _ = w.proto.Read(regained)
	silent(t, "the plan after that", w.proto.Plan(resourceType, regained, config).Diagnostics)

	enable(false)
	lost, _ = w.proto.Read(regained)
	_, diags = w.proto.Apply(w.proto.Plan(resourceType, lost, nil))
	silent(t, "destroying", diags)
}

// TestAttachment_lostAccess has the account's attachment lose the key in different ways.
func TestAttachment_lostAccess(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		lose, restore func(w *world)
		text          string
	}{
		{
			"grant removed",
			func(w *world) { w.Revoke("keys", w.principal) },
			func(w *world) { w.Grant("keys", w.principal) },
			"azuremedia_customer_key_grant",
		},
		{
			"key deleted",
			func(w *world) { w.DeleteKey("keys", "video") },
			func(w *world) { w.RecoverKey("keys", "video") },
			"az keyvault key recover",
		},
		{
			"vault deleted",
			func(w *world) { w.DeleteVault("keys") },
			func(w *world) { w.RecoverVault("keys") },
			"az keyvault recover",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := keyed(t)
			w.proto.Create(resourceType, w.config(nil))
			config := w.attached(keyID)
			made := w.proto.Create(attachment, config)
			test.lose(w)
			lost, diags := w.proto.Read(made)
			silent(t, "reading", diags)
			plan := w.proto.Plan(attachment, lost, config)
			if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || len(plan.Diagnostics) != 1 ||
				!strings.Contains(text, "(CMK012)") || !strings.Contains(text, test.text) {
				t.Errorf("want one warning with %q: %s", test.text, text)
			}

			// The attachment can be destroyed all the same, and says that the account stays as it is.
			destroyed, diags := w.proto.Apply(w.proto.Plan(attachment, lost, nil))
			if len(diags.Errors()) > 0 || len(diags.Warnings()) != 1 || destroyed.State != nil {
				t.Errorf("destroying: %s", diags.Text())
			}
			test.restore(w)
			if encryption := w.show().Properties.Encryption; *encryption.Type != armmedia.CustomerKey || encryption.Status != nil {
				t.Errorf("once access is back, the account says %v", encryption)
			}
		})
	}
}
