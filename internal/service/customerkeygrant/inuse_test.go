// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestInUse warns of a plan that takes a grant away from accounts, and refuses the apply, until they do not
// read their key by it any more (CMK016).
func TestInUse(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			var modes []func(*armkeyvault.VaultCreateOrUpdateParameters)
			if byRoles {
				modes = append(modes, fixture.ByRoles)
			}
			w := newWorld(t, modes...)
			reader, _ := w.Identity("reader")
			made := w.Proto().Create(grant, w.config())
			key := w.Key("keys", "media")
			if diags := w.Proto().Plan(grant, made, nil).Diagnostics; len(diags) > 0 {
				t.Errorf("nobody uses it: %s", diags.Text())
			}
			for _, account := range []string{"contoso", "fabrikam"} {
				w.Account(account, reader)
				w.Attach(account, key, reader)
			}

			diags := w.Proto().Plan(grant, made, nil).Diagnostics
			if len(diags) != 1 || len(diags.Warnings()) != 1 || diags[0].Summary != "Grant Still In Use (CMK016)" ||
				!strings.Contains(diags.Text(), "account contoso (resource group media") ||
				!strings.Contains(diags.Text(), "account fabrikam (resource group media") ||
				!strings.Contains(diags.Text(), "First give each account another key or identity") {
				t.Error(diags.Text())
			}
			refused := func(names string) {
				t.Helper()
				proto := w.Proto()
				kept, diags := proto.Apply(proto.Plan(grant, made, nil))
				if kept.State == nil || len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "(CMK016)") ||
					!strings.Contains(diags.Text(), names) || !strings.Contains(diags.Text(), "Nothing was changed.") {
					t.Errorf("%v: %s", kept.State, diags.Text())
				}
			}
			refused("contoso")
			w.Detach("contoso")
			refused("fabrikam")
			if byRoles { // Another assignment gives the same access.
				w.Assign(customerkey.KeyScope(w.vault, "media"), w.principal, customerkey.RoleCryptoUserID)
			} else {
				w.Detach("fabrikam")
			}
			proto := w.Proto()
			plan := proto.Plan(grant, made, nil)
			gone, diags := proto.Apply(plan)
			if gone.State != nil || len(diags)+len(plan.Diagnostics) > 0 {
				t.Errorf("%v: %s", gone.State, diags.Text())
			}
		})
	}
}

// TestInUse_takesNothingAway: somebody else granted the same before, and the grant leaves that.
func TestInUse_takesNothingAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader, _ := w.Identity("reader")
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, w.principal, "get", "wrapKey")
	made := w.Proto().Create(grant, w.config())
	w.Account("contoso", reader)
	w.Attach("contoso", w.Key("keys", "media"), reader)
	if diags := w.Proto().Plan(grant, made, nil).Diagnostics; len(diags) != 1 {
		t.Errorf("the grant alone gives unwrapKey: %s", diags.Text())
	}
	made, diags := w.Proto().ImportByID(grant, w.vault+"/objectId/"+w.principal)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diags := w.Proto().Plan(grant, made, nil).Diagnostics; len(diags) != 1 {
		t.Errorf("an imported grant owns all: %s", diags.Text())
	}
}

// TestInUse_isLeftByTheSamePlan: who detaches the account, or destroys it, is not warned.
func TestInUse_isLeftByTheSamePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader, _ := w.Identity("reader")
	account, key := w.Account("contoso", reader), w.Key("keys", "media")
	made := w.Proto().Create(grant, w.config())
	const attachment = "azuremedia_customer_key_attachment"
	attached := w.Proto().Create(attachment, acctest.Value{
		"account_id": account, "key_vault_key_id": key, "user_assigned_identity_id": reader,
	})
	proto := w.Proto() // Terraform plans a destruction in this order.
	detaching, revoking := proto.Plan(attachment, attached, nil), proto.Plan(grant, made, nil)
	if diags := revoking.Diagnostics; len(diags) > 0 {
		t.Error(diags.Text())
	}
	for _, plan := range []acctest.Plan{detaching, revoking} {
		if gone, diags := proto.Apply(plan); gone.State != nil || len(diags) > 0 {
			t.Errorf("%v: %s", gone.State, diags.Text())
		}
	}
}

// TestAccInUse takes a grant away from under an attachment, and then with it.
func TestAccInUse(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			var modes []func(*armkeyvault.VaultCreateOrUpdateParameters)
			if byRoles {
				modes = append(modes, fixture.ByRoles)
			}
			w := newWorld(t, modes...)
			reader, _ := w.Identity("reader")
			account, key := w.Account("contoso", reader), w.Key("keys", "media")
			granted := fmt.Sprintf(`
resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = %q
  principal_id = %q
}
`, w.vault, w.principal)
			attached := fmt.Sprintf(`
resource "azuremedia_customer_key_attachment" "test" {
  account_id                = %q
  key_vault_key_id          = %q
  user_assigned_identity_id = %q
  %%s
}
`, account, key, reader)
			both := w.Config(granted + fmt.Sprintf(attached, "depends_on = [azuremedia_customer_key_grant.test]"))
			encryption := func() armmedia.Encryption { return azure.Deref(w.ShowAccount("contoso").Properties.Encryption) }
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: w.Factories(),
				Steps: []resource.TestStep{
					{Config: both},
					{
						Config:      w.Config(fmt.Sprintf(attached, "")),
						ExpectError: check.Says("Grant Still In Use (CMK016)", "account contoso", "Nothing was changed"),
					},
					{
						PreConfig: func() {
							if now := encryption(); azure.Deref(now.Status) != "" || azure.Deref(now.Type) != armmedia.CustomerKey {
								t.Errorf("the account is not as it was: %+v", now)
							}
						},
						Config: both, ConfigPlanChecks: check.Unchanged(),
					},
					{Config: w.Config("")},
					{Config: both},
					{Config: both, Destroy: true},
				},
			})
			if now := azure.Deref(encryption().Type); now != armmedia.SystemKey {
				t.Errorf("the account is on the %s", now)
			}
		})
	}
}

// TestInUse_unseen says which accounts could not be listed, beside those that are known to lose access.
func TestInUse_unseen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader, _ := w.Identity("reader")
	w.Account("contoso", reader)
	made := w.Proto().Create(grant, w.config())
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: http.MethodGet, Path: "*/batchAccounts", Status: 403, Code: "AuthorizationFailed", Times: -1,
	}); err != nil {
		t.Fatal(err)
	}
	unlisted := "ccounts may depend on it in Batch accounts in the subscription " + w.SubscriptionID() +
		" (AuthorizationFailed), which could not be listed"
	says := func(what string, diags acctest.Diagnostics, texts ...string) {
		t.Helper()
		for _, want := range append(texts, unlisted, "(CMK016)") {
			if len(diags) != 1 || !strings.Contains(diags.Text(), want) {
				t.Errorf("%s: want %q: %s", what, want, diags.Text())
			}
		}
	}
	says("nobody", w.Proto().Plan(grant, made, nil).Diagnostics.Warnings(), "Dependents Not Listed", "if there are any: a")
	w.Attach("contoso", w.Key("keys", "media"), reader)
	proto := w.Proto()
	plan := proto.Plan(grant, made, nil)
	says("an account", plan.Diagnostics.Warnings(), "Grant Still In Use", "contoso", "; more a")
	_, diags := proto.Apply(plan)
	says("refused", diags.Errors(), "Grant Still In Use", "; more a")
	w.Detach("contoso")
	if gone, diags := proto.Apply(plan); gone.State != nil || len(diags) > 0 {
		t.Errorf("what cannot be seen stands in nobody's way: %v: %s", gone.State, diags.Text())
	}
}
