// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// batchworld is a Batch account that somebody else has made, a vault in another region, a key in it,
// and a grant: nothing is missing for an attachment.
type batchworld struct {
	*fixture.World
	t       *testing.T
	account string
	key     string // With its version.
	reader  string // The object ID of the identity that reads the key.
}

func newBatch(t *testing.T, identities ...string) *batchworld {
	t.Helper()
	w := &batchworld{World: fixture.New(t), t: t}
	w.Vault("keys", func(vault *armkeyvault.VaultCreateOrUpdateParameters) {
		vault.Location = to.Ptr("northeurope")
	})
	w.key = w.Key("keys", "media")
	w.account = w.BatchAccount("contoso", "", func(account *armbatch.AccountCreateParameters) {
		if len(identities) == 0 {
			return
		}
		account.Identity = &armbatch.AccountIdentity{
			Type:                   to.Ptr(armbatch.ResourceIdentityTypeUserAssigned),
			UserAssignedIdentities: map[string]*armbatch.UserAssignedIdentities{},
		}
		for _, name := range identities {
			id, principal := w.Identity(name)
			account.Identity.UserAssignedIdentities[id] = &armbatch.UserAssignedIdentities{}
			w.reader = principal
			w.Grant("keys", principal)
		}
	})
	if len(identities) == 0 {
		w.reader = *w.ShowBatchAccount("contoso").Identity.PrincipalID
		w.Grant("keys", w.reader)
	}
	return w
}

func (w *batchworld) config(key string) acctest.Value {
	return acctest.Value{"account_id": w.account, "key_vault_key_id": key}
}

// runsOn is the key that the account shows, or "".
func (w *batchworld) runsOn() string {
	encryption := w.ShowBatchAccount("contoso").Properties.Encryption
	if *encryption.KeySource != armbatch.KeySourceMicrosoftKeyVault {
		return ""
	}
	return *encryption.KeyVaultProperties.KeyIdentifier
}

// TestAccAttachment_batch attaches a key, changes it, pins it and gives it up: each changes nothing but
// the encryption, and the account never goes over the key of the system.
func TestAccAttachment_batch(t *testing.T) {
	t.Parallel()
	w := newBatch(t)
	other := w.Key("keys", "other")
	const name = "azuremedia_customer_key_attachment.test"
	config := func(key string) string {
		return w.Config(fmt.Sprintf(`
resource "azuremedia_customer_key_attachment" "test" {
  account_id       = %q
  key_vault_key_id = %q
}
`, w.account, key))
	}
	has := func(attribute string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(name, tfjsonpath.New(attribute), value)
	}
	update := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(name, plancheck.ResourceActionUpdate),
	}}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy:             nil,
		Steps: []resource.TestStep{
			{
				Config: config(versionless(w.key)),
				ConfigStateChecks: []statecheck.StateCheck{
					has("follows_latest_version", knownvalue.Bool(true)),
					has("current_key_version", knownvalue.Null()), // Batch does not tell.
				},
			},
			{
				PreConfig: func() { w.Rotate("keys", "media") },
				Config:    config(versionless(w.key)),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
			{ResourceName: name, ImportState: true, ImportStateVerify: true},
			{
				Config: config(other), ConfigPlanChecks: update,
				ConfigStateChecks: []statecheck.StateCheck{
					has("follows_latest_version", knownvalue.Bool(false)),
					has("current_key_version", knownvalue.StringExact(version(other))),
				},
			},
			{Config: config(versionless(other)), ConfigPlanChecks: update},
			{
				PreConfig: func() {
					if on := w.runsOn(); on != versionless(other) {
						t.Errorf("the account runs on %q", on)
					}
				},
				Config: w.Config(""),
			},
		},
	})
	if on := w.runsOn(); on != "" {
		t.Errorf("the account still runs on %s", on)
	}
	if puts := len(w.Requests("PUT", "/batchAccounts/contoso")); puts != 1 {
		t.Errorf("the account was written as a whole %d times", puts-1)
	}
}

// TestBatch_userAssigned reads the key with the account's one user-assigned identity.
func TestBatch_userAssigned(t *testing.T) {
	t.Parallel()
	w := newBatch(t, "reader")
	id, _ := w.Identity("reader")
	proto := w.Proto()
	wrong := w.Proto().Plan(attachment, acctest.Object{}, w.config(w.key))
	if diags := wrong.Diagnostics.Text(); !strings.Contains(diags, "CMK008") {
		t.Errorf("as an identity that it does not have:\n%s", diags)
	}
	config := with(w.config(w.key), "user_assigned_identity_id", id)
	plan := proto.Plan(attachment, acctest.Object{}, config)
	if len(plan.Diagnostics) > 0 {
		t.Fatal(plan.Diagnostics.Text())
	}
	made, diags := proto.Apply(plan)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	unchanged(t, made, proto.Plan(attachment, made, config))
}

// TestBatch_severalIdentities refuses an account that may read the key with any of several identities.
func TestBatch_severalIdentities(t *testing.T) {
	t.Parallel()
	w := newBatch(t, "reader", "writer")
	id, _ := w.Identity("reader")
	proto := w.Proto()
	_, diags := proto.Apply(proto.Plan(attachment, acctest.Object{},
		with(w.config(w.key), "user_assigned_identity_id", id)))
	if text := diags.Errors().Text(); !strings.Contains(text, "has 2 user-assigned identities") {
		t.Errorf("said:\n%s", diags.Text())
	}
	if on := w.runsOn(); on != "" {
		t.Errorf("the account runs on %s", on)
	}
}

// TestBatch_wait does not wait for what Batch does not tell.
func TestBatch_wait(t *testing.T) {
	t.Parallel()
	w := newBatch(t)
	proto := w.Proto()
	config := with(w.config(versionless(w.key)), "wait_for_current_version", true)
	made, diags := proto.Apply(proto.Plan(attachment, acctest.Object{}, config))
	if text := diags.Warnings().Text(); len(diags) != 1 || !strings.Contains(text, "does not report which version") {
		t.Errorf("said:\n%s", diags.Text())
	}
	if reads := len(w.Requests("GET", "/batchAccounts/contoso")); reads > 4 {
		t.Errorf("the account was read %d times", reads)
	}
	unchanged(t, made, proto.Plan(attachment, made, config))
}

// TestBatch_grant waits for a grant that does not act yet.
func TestBatch_grant(t *testing.T) {
	t.Parallel()
	w := newBatch(t)
	w.Revoke("keys", w.reader)
	proto := w.Proto()
	config := with(w.config(w.key), "timeouts", acctest.Value{"create": "1s"})
	_, diags := proto.Apply(proto.Plan(attachment, acctest.Object{}, config))
	if text := diags.Errors().Text(); !strings.Contains(text, "CMK009") ||
		!strings.Contains(text, `Azure said "The specified encryption configuration is invalid"`) {
		t.Errorf("said:\n%s", diags.Text())
	}
}

// TestBatch_lost loses the key, says so, and comes back; what is destroyed meanwhile reverts nothing.
func TestBatch_lost(t *testing.T) {
	t.Parallel()
	w := newBatch(t)
	proto := w.Proto()
	config := w.config(w.key)
	made, diags := proto.Apply(proto.Plan(attachment, acctest.Object{}, config))
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	w.UpdateKey("keys", "media", version(w.key), azkeys.KeyAttributes{Enabled: to.Ptr(false)})
	lost, diags := proto.Read(made)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if text := proto.Plan(attachment, lost, config).Diagnostics.Text(); !strings.Contains(text, "CMK012") ||
		!strings.Contains(text, "az keyvault key set-attributes") {
		t.Errorf("said:\n%s", text)
	}
	_, diags = proto.Apply(proto.Plan(attachment, lost, nil))
	if text := diags.Text(); len(diags.Errors()) > 0 || !strings.Contains(text, "CMK013") ||
		!strings.Contains(text, "nothing was reverted") {
		t.Errorf("said:\n%s", text)
	}
	if on := w.runsOn(); on != w.key {
		t.Errorf("the account runs on %q", on)
	}

	w.UpdateKey("keys", "media", version(w.key), azkeys.KeyAttributes{Enabled: to.Ptr(true)})
	w.Advance(10 * time.Minute) // "It can take up to 10 minutes for the account to be accessible again".
	proto = w.Proto()
	back, diags := proto.Read(made)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	unchanged(t, back, proto.Plan(attachment, back, config))
	if _, diags = proto.Apply(proto.Plan(attachment, back, nil)); len(diags) > 0 {
		t.Error(diags.Text())
	}
	if on := w.runsOn(); on != "" {
		t.Errorf("the account still runs on %s", on)
	}
}

// TestMachineLearning_fixed refuses a workspace, and says why.
func TestMachineLearning_fixed(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	diags := w.Proto().Validate(attachment, acctest.Value{
		"account_id":       w.ID("Microsoft.MachineLearningServices/workspaces", "tailspin"),
		"key_vault_key_id": "https://keys.vault.azure.net/keys/media",
	})
	for _, text := range []string{
		"a Machine Learning workspace, which gets its customer-managed key when it is created", "Microsoft.Batch/batchAccounts",
	} {
		if !strings.Contains(diags.Text(), text) {
			t.Errorf("%q is not said:\n%s", text, diags.Text())
		}
	}
}
