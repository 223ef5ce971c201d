// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// locked are the accounts that say that they cannot access their key.
func locked(w *fixture.World, accounts ...string) []string {
	return slices.DeleteFunc(accounts, func(account string) bool {
		encryption := azure.Deref(w.ShowAccount(account).Properties.Encryption)
		return azure.Deref(encryption.Status) == "" && encryption.KeyVaultProperties != nil
	})
}

// grant is a grant of the keys of the vault, with an attachment that needs it.
func grant(account, key, identity, principal string) string {
	return fmt.Sprintf(`
resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = %q
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id                = %q
  key_vault_key_id          = %q
  user_assigned_identity_id = %q
  depends_on                = [azuremedia_customer_key_grant.test]
}
`, principal, account, key, identity)
}

// TestAccSwitch leads a vault from access policies to roles and back, twice, in one apply each. Of its
// accounts, one has a grant in the configuration and one was granted access by somebody else. Both have
// access after every request, and what they do not need goes.
func TestAccSwitch(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	reader, principal := w.Identity("reader")
	account := w.Account("contoso", reader)
	theirs, theirPrincipal := w.Identity("theirs")
	access := w.WatchAccess(account, w.Account("fabrikam", theirs))
	key := w.Client.Cloud().VaultURI("keys") + "keys/media"
	config := func(roles bool, more string) string {
		return w.Config(vault("keys", fixture.Group, fixture.Location, fmt.Sprintf("rbac_authorization_enabled = %t", roles)) + more)
	}
	granted := grant(account, key, reader, principal)
	id := w.ID(azure.VaultType, "keys")
	const address = check.Resource("azuremedia_customer_key_grant.test")
	switched := func(roles bool) resource.TestStep {
		mode := map[bool]string{false: "access_policy", true: "role_assignment"}[roles]
		step := resource.TestStep{
			Config:            config(roles, granted),
			ConfigPlanChecks:  address.Updates(plancheck.ExpectResourceAction("azuremedia_key_vault.test", plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{address.Has("mode", knownvalue.StringExact(mode))},
		}
		return step
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config(false, "")},
			{
				PreConfig: func() {
					w.Grant("keys", theirPrincipal)
					w.Attach("fabrikam", w.Key("keys", "media"), theirs)
				},
				Config: config(false, granted),
			},
			switched(true),
			{
				PreConfig: func() {
					if left := permissions(w.ShowVault("keys"), principal); left != nil {
						t.Errorf("the access policy stays: %v", left)
					}
				},
				Config: config(true, granted), ConfigPlanChecks: check.Unchanged(),
			},
			switched(false),
			{
				PreConfig: func() {
					if left := w.Assignments(id); len(left) > 0 {
						t.Errorf("%d role assignments stay", len(left))
					}
				},
				Config: config(false, granted), ConfigPlanChecks: check.Unchanged(),
			},
			switched(true),
			{
				PreConfig: func() { w.Detach("fabrikam") },
				Config:    config(true, granted), ConfigPlanChecks: check.Unchanged(),
			},
		},
	})
	access.Check(t)
}

// TestSwitch_isRefused: these credentials may not grant access in the new way, so that the vault stays as it
// is (CMK018).
func TestSwitch_isRefused(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, config(nil))
	attach(w)
	roles := config(acctest.Value{"rbac_authorization_enabled": true})
	proto := w.Restricted("Microsoft.Authorization/roleAssignments/write")
	plan := proto.Plan(resourceType, made, roles)
	if len(plan.Diagnostics) != 1 || len(plan.Diagnostics.Warnings()) != 1 {
		t.Error(plan.Diagnostics.Text())
	}
	says(t, plan.Diagnostics, "Key Vault Switched While Still In Use (CMK018)", "account contoso",
		"First give the identity of each account the role Key Vault Crypto Service Encryption User")
	_, diags := proto.Apply(plan)
	says(t, diags, "ERROR: Key Vault Switched While Still In Use (CMK018)", "account contoso",
		"These credentials may not give that access", "Nothing was changed.")
	if len(w.Requests(http.MethodPatch, "/vaults/keys")) > 0 || len(locked(w, "contoso")) > 0 {
		t.Error("the vault was switched")
	}
}

// TestSwitch_cut kills the apply that switches a vault after each of its changes. The account keeps its access,
// the next runs end where an undisturbed one does, and what was given is taken away with the grant.
func TestSwitch_cut(t *testing.T) {
	t.Parallel()
	for _, toRoles := range []bool{true, false} {
		t.Run(fmt.Sprintf("to roles=%t", toRoles), func(t *testing.T) {
			t.Parallel()
			for passing, whole := 0, false; !whole; passing++ {
				if passing > 10 {
					t.Fatal("the switch never ends")
				}
				whole = cutSwitch(t, toRoles, passing)
			}
		})
	}
}

// cutSwitch lets only some changes pass. Whole says that these were all.
func cutSwitch(t *testing.T, toRoles bool, passing int) (whole bool) {
	t.Helper()
	w := fixture.New(t)
	after := config(acctest.Value{"rbac_authorization_enabled": toRoles})
	vault := w.Proto().Create(resourceType, config(acctest.Value{"rbac_authorization_enabled": !toRoles}))
	reader, principal := w.Identity("reader")
	account := w.Account("contoso", reader)
	const grantType = "azuremedia_customer_key_grant"
	configured := acctest.Value{"key_vault_id": vault.State["id"], "principal_id": principal}
	granted := w.Proto().Create(grantType, configured)
	w.Attach("contoso", w.Key("keys", "media"), reader)

	// apply switches the vault and has the grant follow, in one run.
	apply := func() (diags acctest.Diagnostics) {
		proto := w.Proto()
		first, next := proto.Plan(resourceType, vault, after), proto.Plan(grantType, granted, configured)
		diags = append(first.Diagnostics, next.Diagnostics...)
		for _, plan := range []struct {
			acctest.Plan
			state *acctest.Object
		}{{first, &vault}, {next, &granted}} {
			state, more := proto.Apply(plan.Plan)
			if diags = append(diags, more...); len(more) > 0 {
				return diags
			}
			*plan.state = state
		}
		return diags
	}
	access, restore := w.WatchAccess(account), w.Cut(passing)
	whole = len(apply()) == 0
	restore()
	for range 2 {
		for _, state := range []*acctest.Object{&vault, &granted} {
			*state, _ = w.Proto().Read(*state)
		}
		if diags := apply(); len(diags) > 0 {
			t.Fatalf("after %d changes: %s", passing, diags.Text())
		}
	}
	settled(t, w.Proto(), vault, after)
	access.Check(t)

	w.Detach("contoso")
	proto := w.Proto()
	if _, diags := proto.Apply(proto.Plan(grantType, granted, nil)); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	left := permissions(w.ShowVault("keys"), principal)
	if assigned(w, principal) > 0 || left != nil {
		t.Errorf("to roles %t, after %d changes: left are %d role assignments, %v", toRoles, passing, assigned(w, principal), left)
	}
	return whole
}

// TestSwitch_isTakenUp by a grant that is new in the same apply, and is taken away with it.
func TestSwitch_isTakenUp(t *testing.T) {
	t.Parallel()
	for _, toRoles := range []bool{true, false} {
		w := fixture.New(t)
		made := w.Proto().Create(resourceType, config(acctest.Value{"rbac_authorization_enabled": !toRoles}))
		reader, principal := w.Identity("reader")
		w.Account("contoso", reader)
		if id := w.ID(azure.VaultType, "keys"); toRoles {
			w.Grant("keys", principal)
		} else {
			w.Assign(id, principal, customerkey.RoleCryptoServiceEncryptionUserID)
		}
		w.Attach("contoso", w.Key("keys", "media"), reader)
		proto := w.Proto()
		made = proto.Update(made, config(acctest.Value{"rbac_authorization_enabled": toRoles}))
		const grantType = "azuremedia_customer_key_grant"
		granted := proto.Create(grantType, acctest.Value{"key_vault_id": made.State["id"], "principal_id": principal})
		w.Detach("contoso")
		if _, diags := proto.Apply(proto.Plan(grantType, granted, nil)); len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		left := permissions(w.ShowVault("keys"), principal)
		if toRoles && assigned(w, principal) > 0 || !toRoles && left != nil {
			t.Errorf("to roles %t: left are %d role assignments, %v", toRoles, assigned(w, principal), left)
		}
	}
}

// TestSwitch_admitsAnyReader: a Batch account does not tell by which of its identities it reads its key, so
// that all of them get access.
func TestSwitch_admitsAnyReader(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, config(nil))
	first, one := w.Identity("first")
	second, two := w.Identity("second")
	for _, principal := range []string{one, two} {
		w.Grant("keys", principal)
	}
	key := w.Key("keys", "media")
	w.BatchAccount("batch", "", func(account *armbatch.AccountCreateParameters) {
		account.Identity = &armbatch.AccountIdentity{
			Type:                   to.Ptr(armbatch.ResourceIdentityTypeUserAssigned),
			UserAssignedIdentities: map[string]*armbatch.UserAssignedIdentities{first: {}, second: {}},
		}
		account.Properties.Encryption = &armbatch.EncryptionProperties{
			KeySource:          to.Ptr(armbatch.KeySourceMicrosoftKeyVault),
			KeyVaultProperties: &armbatch.KeyVaultProperties{KeyIdentifier: &key},
		}
	})
	w.Proto().Update(made, config(acctest.Value{"rbac_authorization_enabled": true}))
	got := []int{assigned(w, one), assigned(w, two)}
	if diff := cmp.Diff([]int{1, 1}, got); diff != "" {
		t.Errorf("assigned: %s", diff)
	}
}

// TestSwitch_keepsAGrantOfOneKey: an access policy cannot follow it, and nothing is switched.
func TestSwitch_keepsAGrantOfOneKey(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, config(acctest.Value{"rbac_authorization_enabled": true}))
	const grantType = "azuremedia_customer_key_grant"
	configured := acctest.Value{"key_vault_id": made.State["id"], "principal_id": stranger, "key_name": "media"}
	granted := w.Proto().Create(grantType, configured)
	proto := w.Proto()
	proto.Plan(resourceType, made, config(nil))
	says(t, proto.Plan(grantType, granted, configured).Diagnostics, "ERROR: Access Policy For One Key", "Remove key_name")
}

// TestSwitch_ofAGrantThatMoves in the same apply, to a single key: nothing is left of what was made for it where
// it was, be it by an apply before that was cut off.
func TestSwitch_ofAGrantThatMoves(t *testing.T) {
	t.Parallel()
	for passing := range 4 {
		w := fixture.New(t)
		made := w.Proto().Create(resourceType, config(nil))
		reader, principal := w.Identity("reader")
		w.Account("contoso", reader)
		const grantType = "azuremedia_customer_key_grant"
		configured := acctest.Value{"key_vault_id": made.State["id"], "principal_id": principal}
		granted := w.Proto().Create(grantType, configured)
		w.Attach("contoso", w.Key("keys", "media"), reader)

		configured["key_name"] = "media"
		apply := func() (diags acctest.Diagnostics) {
			proto := w.Proto()
			vault := proto.Plan(resourceType, made, config(acctest.Value{"rbac_authorization_enabled": true}))
			grant := proto.Plan(grantType, granted, configured)
			for _, plan := range []acctest.Plan{vault, grant} {
				_, said := proto.Apply(plan)
				if diags = append(append(diags, plan.Diagnostics...), said...); len(said.Errors()) > 0 {
					break
				}
			}
			return diags
		}
		if passing > 0 {
			restore := w.Cut(passing)
			apply()
			restore()
			made, _ = w.Proto().Read(made)
			granted, _ = w.Proto().Read(granted)
		}
		if diags := apply(); len(diags) > 0 {
			t.Fatalf("after %d changes: %s", passing, diags.Text())
		}
		if left := permissions(w.ShowVault("keys"), principal); left != nil || assigned(w, principal) > 0 || len(locked(w, "contoso")) > 0 {
			t.Errorf("after %d changes, left are %v and %d roles on the vault; locked is %v",
				passing, left, assigned(w, principal), locked(w, "contoso"))
		}
	}
}

// TestSwitch_ofAGrantThatRetains access for an account that has not moved yet: what is retained follows, and goes
// when the account has moved. The apply plans again what it plans, and comes to the same.
func TestSwitch_ofAGrantThatRetains(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	vault := w.Proto().Create(resourceType, config(nil))
	reader, principal := w.Identity("reader")
	other, otherPrincipal := w.Identity("other")
	w.Account("contoso", reader, other)
	const grantType = "azuremedia_customer_key_grant"
	configured := acctest.Value{"key_vault_id": vault.State["id"], "principal_id": principal}
	granted := w.Proto().Create(grantType, configured)
	key := w.Key("keys", "media")
	w.Attach("contoso", key, reader)
	configured["principal_id"] = otherPrincipal
	granted = w.Proto().Update(granted, configured)

	after := config(acctest.Value{"rbac_authorization_enabled": true})
	proto := w.Proto()
	proto.Plan(resourceType, vault, after)
	planned := proto.Plan(grantType, granted, configured)
	proto = w.Proto()
	vault, _ = proto.Apply(proto.Plan(resourceType, vault, after))
	again := proto.Plan(grantType, granted, configured)
	for name, value := range planned.State {
		if !cmp.Equal(value, any(acctest.Unknown{})) && !cmp.Equal(value, again.State[name]) {
			t.Errorf("%s is planned as %v, and then as %v", name, value, again.State[name])
		}
	}
	var diags acctest.Diagnostics
	if granted, diags = proto.Apply(again); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if left := permissions(w.ShowVault("keys"), principal); left != nil || assigned(w, principal) != 1 || len(locked(w, "contoso")) > 0 {
		t.Errorf("left are %v and %d roles; locked is %v", left, assigned(w, principal), locked(w, "contoso"))
	}
	w.Attach("contoso", key, other)
	granted, _ = w.Proto().Read(granted)
	w.Proto().Update(granted, configured)
	if assigned(w, principal) != 0 || assigned(w, otherPrincipal) != 1 || len(locked(w, "contoso")) > 0 {
		t.Errorf("the account has moved: %d and %d roles; locked is %v",
			assigned(w, principal), assigned(w, otherPrincipal), locked(w, "contoso"))
	}
}
