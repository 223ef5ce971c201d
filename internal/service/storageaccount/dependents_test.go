// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// world is an Azure in which accounts depend on the storage account "contoso".
type world struct {
	*fixture.World
	proto *acctest.Proto
	made  acctest.Object
	id    string
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{World: fixture.New(t)}
	w.proto = w.Proto()
	w.made = w.proto.Create(resourceType, config(nil))
	w.id = w.ID(azure.StorageAccountType, "contoso")
	return w
}

// secondary attaches the storage account to a media account as a secondary one, or detaches it.
func (w world) secondary(account string, attached bool) {
	storage := []*armmedia.StorageAccount{
		{ID: to.Ptr(w.ID(azure.StorageAccountType, account)), Type: to.Ptr(armmedia.Primary)},
	}
	if attached {
		storage = append(storage, &armmedia.StorageAccount{ID: to.Ptr(w.id), Type: to.Ptr(armmedia.Secondary)})
	}
	w.UpdateAccount(account, armmedia.AccountUpdate{
		Properties: &armmedia.AccountProperties{StorageAccounts: storage},
	})
}

// analyzer makes a Video Analyzer account on the storage account.
func (w world) analyzer() {
	reader, _ := w.Identity("reader")
	w.proto.Create("azuremedia_video_analyzer", acctest.Value{
		"name": "analyzer", "resource_group_name": "media", "location": "westus2",
		"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{reader}},
		"storage_account": acctest.Value{"id": w.id},
	})
}

// one fails the test if more was said than one warning or error of a rule.
func one(t *testing.T, diags acctest.Diagnostics, rule string, texts ...string) {
	t.Helper()
	if len(diags) != 1 || !strings.HasSuffix(diags[0].Summary, "("+rule+")") {
		t.Errorf("want one diagnostic of %s:\n%s", rule, diags.Text())
	}
	says(t, diags, texts...)
}

// TestDelete_ofStorageInUse is refused while an account of any kind depends on it, by keys or by
// identity (ACC006), and a plan warns of it.
func TestDelete_ofStorageInUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attach, detach func(world)
		found, remedy  string
		bound          bool
	}{
		"the primary one of a media account": {
			attach: func(w world) { w.RecreateAccount("contoso") },
			detach: func(w world) { w.DeleteAccount("contoso") },
			found:  "the Media Services account contoso (by the access keys, /subscriptions/",
			remedy: "Destroy the Media Services account contoso before it", bound: true,
		},
		"a secondary one": {
			attach: func(w world) { w.Account("other"); w.secondary("other", true) },
			detach: func(w world) { w.secondary("other", false) },
			found:  "the Media Services account other (by the access keys, /subscriptions/",
			remedy: "First detach it from the Media Services account other",
		},
		"auto-storage": {
			attach: func(w world) { w.BatchAccount("contosobatch", w.id) },
			detach: func(w world) { w.DeleteBatchAccount("contosobatch") },
			found:  "the Batch account contosobatch (by the access keys, /subscriptions/",
			remedy: "First detach it from the Batch account contosobatch",
		},
		"a Video Analyzer account, by its keys": {
			attach: func(w world) { w.analyzer() },
			found:  "the Video Analyzer account analyzer (by the access keys, /subscriptions/",
			remedy: "First detach it from the Video Analyzer account analyzer",
		},
		"a workspace, by identity": {
			attach: func(w world) { w.Workspace("learning", w.id, "Identity") },
			found:  "the Machine Learning workspace learning (by identity, /subscriptions/",
			remedy: "Destroy the Machine Learning workspace learning before it", bound: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.attach(w)
			destroy := w.proto.Plan(resourceType, w.made, nil)
			one(t, destroy.Diagnostics.Warnings(), "ACC006", "Storage Account Still In Use",
				"Found: the storage account contoso, which is attached to "+test.found, test.remedy)
			replacement := w.proto.Plan(resourceType, w.made, config(acctest.Value{"name": "renamed"})).Diagnostics
			one(t, replacement, "ACC006", test.found, test.remedy)
			if strings.Contains(replacement.Text(), "create_before_destroy = true") == test.bound {
				t.Errorf("a way to replace it:\n%s", replacement.Text())
			}

			kept, diags := w.proto.Apply(destroy)
			one(t, diags, "ACC006", test.found, test.remedy, "Nothing was changed.")
			if kept.State == nil || len(w.Requests(http.MethodDelete, "/storageAccounts/contoso")) > 0 {
				t.Error("the storage account was deleted")
			}
			if test.detach == nil {
				return
			}
			test.detach(w)
			destroy = w.Proto().Plan(resourceType, w.made, nil)
			if gone, diags := w.proto.Apply(destroy); gone.State != nil || len(diags)+len(destroy.Diagnostics) > 0 {
				t.Errorf("%s%s", destroy.Diagnostics.Text(), diags.Text())
			}
		})
	}
}

// TestPlan_toDestroyEverything warns of nothing: the same plan destroys the dependent.
func TestPlan_toDestroyEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	media := w.proto.Create("azuremedia_account", acctest.Value{
		"name": "contoso", "resource_group_name": "media", "location": "westus2",
		"storage_accounts": []any{acctest.Value{"id": w.id, "is_primary": true}},
	})
	proto := w.Proto() // As a plan of its own.
	goes := proto.Plan("azuremedia_account", media, nil)
	destroy := proto.Plan(resourceType, w.made, nil)
	if len(destroy.Diagnostics) > 0 {
		t.Error(destroy.Diagnostics.Text())
	}
	for _, plan := range []acctest.Plan{goes, destroy} {
		if gone, diags := proto.Apply(plan); gone.State != nil || len(diags) > 0 {
			t.Error(diags.Text())
		}
	}
}

// TestUpdate_ofKeysInUse is refused while an account accesses the storage with its keys (ACC007), and
// the plan warns of it. One that does so by identity does not stand in the way.
func TestUpdate_ofKeysInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.BatchAccount("contosobatch", w.id)
	w.Workspace("learning", w.id, "Identity")
	off := config(acctest.Value{"shared_access_key_enabled": false, "min_tls_version": "TLS1_1"})
	plan := w.proto.Plan(resourceType, w.made, off)
	texts := []string{
		"Access Keys Still In Use", "Found: shared_access_key_enabled = false for the storage account contoso",
		"the Batch account contosobatch (by the access keys, /subscriptions/", "managed identity",
		`AttributeName("shared_access_key_enabled")`,
	}
	one(t, plan.Diagnostics.Warnings(), "ACC007", texts...)
	kept, diags := w.proto.Apply(plan)
	one(t, diags, "ACC007", append(texts, "Nothing was changed.")...)
	if strings.Contains(diags.Text(), "learning") {
		t.Errorf("names an account without keys:\n%s", diags.Text())
	}
	if kept.State["shared_access_key_enabled"] != true || len(w.Requests(http.MethodPatch, "/storageAccounts/contoso")) > 0 {
		t.Errorf("the storage account was changed: %v", kept.State)
	}

	w.DeleteBatchAccount("contosobatch")
	plan = w.Proto().Plan(resourceType, w.made, off)
	if changed, diags := w.proto.Apply(plan); changed.State["shared_access_key_enabled"] != false || len(diags)+len(plan.Diagnostics) > 0 {
		t.Errorf("%s%s", plan.Diagnostics.Text(), diags.Text())
	}
}

// TestDelete_whereDependentsAreHidden goes by what can be known, and the plan says what cannot.
func TestDelete_whereDependentsAreHidden(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		code   string
		goes   bool
	}{
		"no permission to list": {403, "AuthorizationFailed", true},
		"a failure of the list": {400, "BadRequest", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.Error, Method: http.MethodGet, Path: "*/batchAccounts",
				Status: test.status, Code: test.code, Times: -1,
			}); err != nil {
				t.Fatal(err)
			}
			plan := w.proto.Plan(resourceType, w.made, nil)
			one(t, plan.Diagnostics.Warnings(), "ACC006", "Dependents Not Listed",
				"accounts may depend on it in Batch accounts in the subscription "+w.SubscriptionID()+
					" ("+test.code+"), which could not be listed")
			gone, diags := w.proto.Apply(plan)
			if (gone.State == nil) != test.goes || (len(diags) == 0) != test.goes {
				t.Errorf("%v: %s", gone.State, diags.Text())
			}
		})
	}
}

// TestAccStorageAccount_secondaryReplaced replaces a secondary storage account: without
// create_before_destroy nothing is changed, and with it one apply does it all, the new one attached
// before the old one goes.
func TestAccStorageAccount_secondaryReplaced(t *testing.T) {
	t.Parallel()
	opened := acctest.New(t)
	with := func(name, lifecycle string) string {
		return opened.Config(account(inGroup, "westus2", "") + fmt.Sprintf(`
resource "azuremedia_storage_account" "second" {
  name                = %q
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
  %s
}

resource "azuremedia_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
  storage_accounts = [
    { id = azuremedia_storage_account.test.id, is_primary = true },
    { id = azuremedia_storage_account.second.id, is_primary = false },
  ]
}
`, name, lifecycle))
	}
	const newFirst = "lifecycle { create_before_destroy = true }"
	second := check.Resource("azuremedia_storage_account.second")
	changes := func() []string {
		journal, err := opened.Rehearsal().Journal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var changes []string
		for _, entry := range journal {
			if entry.Method == http.MethodPut || entry.Method == http.MethodPatch || entry.Method == http.MethodDelete {
				changes = append(changes, entry.Method+" "+entry.Path[strings.LastIndexByte(entry.Path, '/')+1:])
			}
		}
		return changes
	}
	var before int
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: opened.Factories(),
		CheckDestroy:             opened.Empty, // By one command.
		Steps: []resource.TestStep{
			{Config: with("before", ""), PostApplyFunc: func() { before = len(changes()) }},
			{
				Config:      with("after", ""),
				ExpectError: check.Says("Storage Account Still In Use (ACC006)", "create_before_destroy = true", "Nothing was changed."),
			},
			{
				PreConfig: func() {
					if got := changes()[before:]; len(got) > 0 {
						t.Errorf("the refused apply sent %v", got)
					}
				},
				Config: with("after", newFirst),
				ConfigPlanChecks: second.Does(plancheck.ResourceActionCreateBeforeDestroy,
					plancheck.ExpectResourceAction("azuremedia_account.test", plancheck.ResourceActionUpdate)),
				PostApplyFunc: func() {
					got := changes()[before:]
					want := []string{"PUT after", "PATCH contoso", "DELETE before"}
					if !slices.Equal(got, want) {
						t.Errorf("the apply sent %v, want %v", got, want)
					}
				},
			},
		},
	})
}

// TestUpdate_ofKeysInSecrets is refused while a secret holds a key that applications read (ACC007).
func TestUpdate_ofKeysInSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Vault("apps")
	secrets := w.Secrets("apps")
	_, err := secrets.SetSecret(t.Context(), "key", azsecrets.SetSecretParameters{
		Value: to.Ptr("x"), Tags: map[string]*string{"ProviderAddress": &w.id},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	off := config(acctest.Value{"shared_access_key_enabled": false, "min_tls_version": "TLS1_1"})
	plan := w.proto.Plan(resourceType, w.made, off)
	texts := []string{"the Key Vault secret apps/key (by the access keys, https://apps.vault.azure.net/secrets/key)", "delete the secret"}
	one(t, plan.Diagnostics.Warnings(), "ACC007", texts...)
	_, diags := w.proto.Apply(plan)
	one(t, diags, "ACC007", texts...)
	if _, err := secrets.DeleteSecret(t.Context(), "key", nil); err != nil {
		t.Fatal(err)
	}
	if _, diags := w.Proto().Apply(w.Proto().Plan(resourceType, w.made, off)); len(diags) > 0 {
		t.Errorf("after the secret is gone: %s", diags.Text())
	}
}
