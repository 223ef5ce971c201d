// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// keyGround is a key that the user-assigned identity one may read, in its so-manieth version.
func keyGround(generation int) string {
	return fmt.Sprintf(`
resource "azuremedia_key_vault" "test" {
  name                = "contoso-media"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_key_vault_key" "test" {
  name                = "media"
  key_vault_id        = azuremedia_key_vault.test.id
  rotate_when_changed = { generation = %d }
}

resource "azuremedia_customer_key_grant" "one" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_user_assigned_identity.one.principal_id
}
`, generation)
}

// readByOne is what an account needs that is created with the key.
const readByOne = `
	depends_on = [azuremedia_customer_key_grant.one]
	identity = {
		type         = "UserAssigned"
		identity_ids = [azuremedia_user_assigned_identity.one.id]
	}
`

func encrypted(key, more string) string {
	return account(one, readByOne+fmt.Sprintf(`
	encryption = {
		type                      = "CustomerKey"
		key_vault_key_id          = %s
		user_assigned_identity_id = azuremedia_user_assigned_identity.one.id
	}
	%s`, key, more))
}

// leavesKeyOpen checks that an import shows no encryption.
func leavesKeyOpen(states []*terraform.InstanceState) error {
	for name, value := range states[0].Attributes {
		if strings.HasPrefix(name, "encryption") {
			return fmt.Errorf("%s = %s is imported", name, value)
		}
	}
	return nil
}

func keyOf(generation string) knownvalue.Check {
	return knownvalue.StringRegexp(regexp.MustCompile(
		`^https://contoso-media\.vault\.azure\.net/keys/media` + generation + `$`))
}

func TestAccAccount_encryption(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const versionless, versioned = "azuremedia_key_vault_key.test.versionless_id", "azuremedia_key_vault_key.test.versioned_id"
	const version = "/[0-9a-f]{32}"
	current := statecheck.CompareValue(differ{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: azure.Config(keyGround(1) + encrypted(versionless, "")),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.key_vault_key_id", keyOf("")),
					tested.Has("encryption.current_key_id", keyOf(version)),
					tested.Has("encryption.status", knownvalue.Null()),
					current.AddStateValue(address, check.At("encryption.current_key_id")),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				// An attachment may own the key: an import leaves it open, and the next refresh shows it.
				ImportStateVerifyIgnore: []string{"location", "encryption"},
				ImportStateCheck:        leavesKeyOpen,
			},
			{ // A new version is made, and found by the service 5 minutes later: never a difference.
				Config:        azure.Config(keyGround(2) + encrypted(versionless, "")),
				PostApplyFunc: func() { azure.Advance(6 * time.Minute) },
			},
			{
				Config:           azure.Config(keyGround(2) + encrypted(versionless, "")),
				ConfigPlanChecks: check.Unchanged(),
				ConfigStateChecks: []statecheck.StateCheck{
					current.AddStateValue(address, check.At("encryption.current_key_id")),
				},
			},
			{ // Something else is changed: the key is not sent, and what is known of it stays.
				Config: azure.Config(keyGround(2) + encrypted(versionless, `tags = { a = "1" }`)),
				ConfigPlanChecks: tested.Updates(
					tested.Plans("encryption.current_key_id", keyOf(version))),
			},
			{
				Config:           azure.Config(keyGround(2) + encrypted(versioned, `tags = { a = "1" }`)),
				ConfigPlanChecks: tested.Updates(tested.PlansUnknown("encryption.current_key_id")),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.key_vault_key_id", keyOf(version)),
				},
			},
			{ // Left out, the encryption is not managed, and shows what the account has.
				Config: azure.Config(keyGround(2) + account(one, readByOne+`tags = { a = "1" }`)),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectEmptyPlan(),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.type", knownvalue.StringExact("CustomerKey")),
				},
			},
			{
				Config: azure.Config(keyGround(2) + account(one, readByOne+`
					tags       = { a = "1" }
					encryption = { type = "SystemKey" }`)),
				ConfigPlanChecks: tested.Updates(
					tested.Plans("encryption.current_key_id", knownvalue.Null())),
				PostApplyFunc: func() {
					if encryption := get(t, azure).Properties.Encryption; *encryption.Type != armmedia.SystemKey {
						t.Errorf("the encryption is %v", encryption)
					}
				},
			},
			{ // And back, so that all of it is destroyed with the key in use.
				Config: azure.Config(keyGround(2) + encrypted(versionless, "")),
				ConfigPlanChecks: tested.Updates(
					tested.PlansUnknown("encryption.current_key_id")),
			},
		},
	})
}

// differ wants values that differ from one step to the next.
type differ struct{}

func (differ) CompareValues(values ...any) error {
	for i := 1; i < len(values); i++ {
		if values[i-1] == values[i] {
			return fmt.Errorf("%v stayed as it was", values[i])
		}
	}
	return nil
}

// TestAccAccount_encryptionOwnedByAnAttachment leaves the encryption out of the account: the
// attachment owns it, and the account never plans anything about it.
func TestAccAccount_encryptionOwnedByAnAttachment(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const attachment = `
resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_account.test.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_account.test.id
  key_vault_key_id = azuremedia_key_vault_key.test.versionless_id
  depends_on       = [azuremedia_customer_key_grant.test]
}
`
	const system = `identity = { type = "SystemAssigned" }`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: azure.Config(keyGround(1) + attachment + account(one, system))},
			{
				Config:           azure.Config(keyGround(1) + attachment + account(one, system)),
				ConfigPlanChecks: check.Unchanged(),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.type", knownvalue.StringExact("CustomerKey")),
				},
			},
			{
				Config:           azure.Config(keyGround(1) + attachment + account(one, system+"\n"+`tags = { a = "1" }`)),
				ConfigPlanChecks: tested.Updates(),
				PostApplyFunc: func() {
					if encryption := get(t, azure).Properties.Encryption; *encryption.Type != armmedia.CustomerKey {
						t.Errorf("the key was taken off: %v", encryption)
					}
				},
			},
		},
	})
}

// keyed is a world with a vault, a key in it, and an identity that may read it.
func keyed(t *testing.T, vault ...func(*armkeyvault.VaultCreateOrUpdateParameters)) (w *world, identity string) {
	t.Helper()
	w = newWorld(t)
	identity, principal := w.Identity("reader")
	w.Vault("keys", vault...)
	w.Key("keys", "media")
	w.Grant("keys", principal)
	return w, identity
}

// with is the configuration of an account with a key that an identity reads.
func (w *world) with(key, identity string, more acctest.Value) acctest.Value {
	config := w.config(acctest.Value{
		"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}},
		"encryption": acctest.Value{
			"type": "CustomerKey", "key_vault_key_id": key, "user_assigned_identity_id": identity,
		},
	})
	for name, value := range more {
		config[name] = value
	}
	return config
}

const keyID = "https://keys.vault.azure.net/keys/media"

// TestProtoAccount_encryptionBreaksOneRule breaks one rule of customers' keys at a time, for an
// account that is to be created and for one that is there.
func TestProtoAccount_encryptionBreaksOneRule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		vault   []func(*armkeyvault.VaultCreateOrUpdateParameters)
		arrange func(w *world, identity string) acctest.Value
		// warned says that the plan warns, and the apply refuses.
		warned bool
		texts  []string
	}{
		{
			name: "type",
			arrange: func(w *world, identity string) acctest.Value {
				w.Key("keys", "curve", func(p *azkeys.CreateKeyParameters) {
					p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
				})
				return w.with("https://keys.vault.azure.net/keys/curve", identity, nil)
			},
			texts: []string{"(CMK002)", `"encryption").AttributeName("key_vault_key_id")`, "a key of type EC", "RSA"},
		},
		{
			name: "disabled",
			arrange: func(w *world, identity string) acctest.Value {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				return w.with(keyID, identity, nil)
			},
			warned: true,
			texts:  []string{"(CMK004)", `"encryption").AttributeName("key_vault_key_id")`, "a disabled key", "Enable it"},
		},
		{
			name: "region",
			vault: []func(*armkeyvault.VaultCreateOrUpdateParameters){
				func(p *armkeyvault.VaultCreateOrUpdateParameters) { p.Location = to.Ptr("northeurope") },
			},
			arrange: func(w *world, identity string) acctest.Value { return w.with(keyID, identity, nil) },
			texts:   []string{"(CMK005)", "a vault in northeurope for a Media Services account in westus2"},
		},
		{
			name: "identity",
			arrange: func(w *world, identity string) acctest.Value {
				other, _ := w.Identity("other")
				return w.with(keyID, identity, acctest.Value{
					"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{other}},
				})
			},
			texts: []string{"(CMK008)", `"encryption").AttributeName("user_assigned_identity_id")`, "which the account does not list"},
		},
		{
			name: "suffix",
			arrange: func(w *world, identity string) acctest.Value {
				return w.with("https://keys.vault.azure.cn/keys/media", identity, nil)
			},
			texts: []string{"(CMK010)", `"encryption").AttributeName("key_vault_key_id")`, "vault.azure.net"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, identity := keyed(t, test.vault...)
			config := test.arrange(w, identity)
			before := w.config(acctest.Value{"identity": config["identity"]})
			for _, prior := range []func() acctest.Object{
				func() acctest.Object { return acctest.Object{} },
				func() acctest.Object { return w.proto.Create(resourceType, before) },
			} {
				before, run := prior(), w.Proto()
				plan := run.Plan(resourceType, before, config)
				diags := plan.Diagnostics
				if test.warned {
					if len(diags.Errors()) > 0 || len(diags.Warnings()) != 1 {
						t.Fatalf("want a warning while planning: %s", diags.Text())
					}
					_, diags = run.Apply(plan)
				}
				says(t, diags, test.texts...)
			}
		})
	}
}

// TestProtoAccount_systemIdentityReadsOnlyLater asks for the impossible: an identity that is
// created with the account, and may read the key before.
func TestProtoAccount_systemIdentityReadsOnlyLater(t *testing.T) {
	t.Parallel()
	w, _ := keyed(t)
	plan := w.proto.Plan(resourceType, acctest.Object{}, w.config(acctest.Value{
		"identity":   acctest.Value{"type": "SystemAssigned"},
		"encryption": acctest.Value{"type": "CustomerKey", "key_vault_key_id": keyID},
	}))
	says(t, plan.Diagnostics, "(CMK009)", `"encryption"`, "azuremedia_customer_key_attachment")
}

// TestProtoAccount_keepsTheIdentityThatReadsTheKey takes off the identity that reads the key, which another
// noun attaches: the account keeps it until the key is read by another, in the same run or in a later one.
func TestProtoAccount_keepsTheIdentityThatReadsTheKey(t *testing.T) {
	t.Parallel()
	for _, sameRun := range []bool{true, false} {
		t.Run(fmt.Sprintf("same run=%t", sameRun), func(t *testing.T) {
			t.Parallel()
			w, identity := keyed(t)
			created := w.proto.Create(resourceType, w.with(keyID, identity, nil))
			other, principal := w.Identity("other")
			w.Grant("keys", principal)
			swapped := w.config(acctest.Value{
				"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{other}},
			})
			access := w.WatchAccess(created.Identity["id"])
			proto := w.Proto()
			plan := proto.Plan(resourceType, created, swapped)
			now, diags := proto.Apply(plan)
			if diags = append(plan.Diagnostics, diags...); len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			listed := func(want int) {
				t.Helper()
				if ids := get(t, w.azure).Identity.UserAssignedIdentities; len(ids) != want {
					t.Errorf("the account lists %d identities, want %d", len(ids), want)
				}
			}
			listed(2)
			if !sameRun {
				now, _ = w.Proto().Read(now)
				again := w.Proto().Plan(resourceType, now, swapped)
				text := again.Diagnostics.Text()
				if len(again.Diagnostics.Warnings()) != 1 || len(again.Diagnostics) != 1 ||
					!strings.Contains(text, "(CMK008)") || !strings.Contains(text, "Until then the account keeps it") {
					t.Errorf("the plan after: %s", text)
				}
				proto = w.Proto()
			}
			w.moveTo(proto, other)
			if sameRun {
				listed(1)
			} else {
				listed(2)
				now, _ = w.Proto().Read(now)
				proto = w.Proto()
				plan := proto.Plan(resourceType, now, swapped)
				now, diags = proto.Apply(plan)
				if diags = append(plan.Diagnostics, diags...); len(diags) > 0 {
					t.Fatal(diags.Text())
				}
				listed(1)
			}
			now, _ = w.Proto().Read(now)
			unchanged := w.Proto().Plan(resourceType, now, swapped)
			if diff := cmp.Diff(now.State, unchanged.State); diff != "" || len(unchanged.Diagnostics) > 0 {
				t.Errorf("%s%s", diff, unchanged.Diagnostics.Text())
			}
			access.Check(t)
		})
	}
}

// moveTo has an attachment of the account read its key by another identity.
func (w *world) moveTo(proto *acctest.Proto, identity string) {
	w.t.Helper()
	const attachment = "azuremedia_customer_key_attachment"
	imported, diags := proto.ImportByID(attachment, w.ID("Microsoft.Media/mediaServices", "contosomedia"))
	if len(diags) > 0 {
		w.t.Fatal(diags.Text())
	}
	plan := proto.Plan(attachment, imported, acctest.Value{
		"account_id": imported.State["account_id"], "key_vault_key_id": keyID, "user_assigned_identity_id": identity,
	})
	_, diags = proto.Apply(plan)
	if diags = append(plan.Diagnostics, diags...); len(diags) > 0 {
		w.t.Fatal(diags.Text())
	}
}

func TestProtoAccount_waitsForAGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	identity, principal := w.Identity("reader")
	w.Vault("keys")
	w.Key("keys", "media")
	_, err := w.azure.Rehearsal().AddFault(t.Context(),
		fault.Fault{Kind: fault.DelayedGrants, Delay: fault.Duration(4 * time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	w.Grant("keys", principal)
	created := w.proto.Create(resourceType, w.with(keyID, identity, nil))
	encryption, _ := created.State["encryption"].(acctest.Value)
	if current, _ := encryption["current_key_id"].(string); !strings.HasPrefix(current, keyID+"/") {
		t.Errorf("the account runs on %v", encryption)
	}
	if puts := w.azure.Requests(http.MethodPut, "/mediaservices/contosomedia"); len(puts) < 3 {
		t.Errorf("%d PUTs, want several until the grant acts", len(puts))
	}
}

func TestProtoAccount_saysThatTheGrantIsMissing(t *testing.T) {
	t.Parallel()
	w, identity := keyed(t)
	w.Revoke("keys", principalOf(w))
	plan := w.proto.Plan(resourceType, acctest.Object{}, w.with(keyID, identity, acctest.Value{
		"timeouts": acctest.Value{"create": "3m"},
	}))
	if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Errors()) > 0 || !strings.Contains(text, "(CMK009)") {
		t.Fatalf("want a warning while planning: %s", text)
	}
	_, diags := w.proto.Apply(plan)
	says(t, diags, "(CMK009)", `"encryption").AttributeName("key_vault_key_id")`, "without get, wrapKey, unwrapKey",
		`Azure said "Access to the Customer Key was forbidden"`, "Waited 1m21s for Azure to list the grant of the identity "+identity,
		"(object ID "+principalOf(w)+") in the vault keys", "azuremedia_customer_key_grant")
}

func principalOf(w *world) string { return principal(w.t, w.azure, "reader") }

// TestProtoAccount_inaccessible changes and destroys an account that cannot reach its key.
func TestProtoAccount_inaccessible(t *testing.T) {
	t.Parallel()
	w, identity := keyed(t)
	config := w.with(keyID, identity, nil)
	created := w.proto.Create(resourceType, config)
	tagged := w.with(keyID, identity, acctest.Value{"tags": acctest.Value{"a": "1"}})
	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})

	lost, diags := w.proto.Read(created)
	if len(diags) > 0 {
		t.Fatalf("cannot be read: %s", diags.Text())
	}
	says(t, w.proto.Plan(resourceType, lost, tagged).Diagnostics,
		"(CMK012)", `"encryption").AttributeName("key_vault_key_id")`, "The key media is disabled", "Enable it: az keyvault key set-attributes")

	// Nothing is to be changed: there is a warning, and an update that waits in vain.
	plan := w.proto.Plan(resourceType, lost, config)
	if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || len(plan.Diagnostics) != 1 ||
		!strings.Contains(text, "(CMK012)") || !strings.Contains(text, "a destroy goes on") {
		t.Errorf("want one warning: %s", text)
	}
	_, diags = w.proto.Apply(plan)
	says(t, diags, "(CMK012)", "The key media is disabled")

	// The encryption is somebody else's: so is the warning.
	unmanaged := w.config(acctest.Value{"identity": config["identity"]})
	if plan := w.proto.Plan(resourceType, lost, unmanaged); len(plan.Diagnostics) > 0 {
		t.Errorf("warns of a key that it does not manage: %s", plan.Diagnostics.Text())
	}

	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(true)})
	regained, diags := w.proto.Apply(plan)
	if len(diags) > 0 {
		t.Errorf("access is back, but: %s", diags.Text())
	}
	regained, _ = w.proto.Read(regained)
	if plan := w.proto.Plan(resourceType, regained, config); len(plan.Diagnostics) > 0 {
		t.Errorf("once access is back, the plan is clean: %s", plan.Diagnostics.Text())
	}

	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
	lost, _ = w.proto.Read(regained)
	if _, diags := w.proto.Apply(w.proto.Plan(resourceType, lost, nil)); len(diags) > 0 {
		t.Errorf("cannot be destroyed: %s", diags.Text())
	}
}

// TestAccAccount_identifierInAnotherSpelling has something else write the identifier of the key with
// its port: the account is planned, refreshed and destroyed, and there is no difference.
func TestAccAccount_identifierInAnotherSpelling(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	config := azure.Config(keyGround(1) + encrypted("azuremedia_key_vault_key.test.versionless_id", ""))
	const respelt = "https://contoso-media.vault.azure.net:443/keys/media"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					encryption := *get(t, azure).Properties.Encryption
					encryption.KeyVaultProperties = &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr(respelt)}
					encryption.Status = nil
					patch(t, azure, armmedia.AccountUpdate{
						Properties: &armmedia.AccountProperties{Encryption: &encryption},
					})
				},
				Config:             config,
				PlanOnly:           true,
				ExpectNonEmptyPlan: false,
			},
			{RefreshState: true},
			{
				Config:           config,
				ConfigPlanChecks: check.Unchanged(),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.key_vault_key_id", keyOf("")),
				},
				PostApplyFunc: func() {
					if held := *get(t, azure).Properties.Encryption.KeyVaultProperties.KeyIdentifier; held != respelt {
						t.Errorf("Azure holds %s", held)
					}
				},
			},
		},
	})
}

// TestAccAccount_destroyedWhileInaccessible destroys everything in one command.
func TestAccAccount_destroyedWhileInaccessible(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	config := azure.Config(keyGround(1) + encrypted("azuremedia_key_vault_key.test.versionless_id", ""))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					keys, err := azure.Client().Keys("https://contoso-media.vault.azure.net/")
					if err != nil {
						t.Fatal(err)
					}
					_, err = keys.UpdateKey(t.Context(), "media", "",
						azkeys.UpdateKeyParameters{KeyAttributes: &azkeys.KeyAttributes{Enabled: to.Ptr(false)}}, nil)
					if err != nil {
						t.Fatal(err)
					}
				},
				Config:             config,
				PlanOnly:           true,
				ExpectNonEmptyPlan: true, // It is planned to wait for access.
			},
		},
	})
}
