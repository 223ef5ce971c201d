// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

const (
	address = resourceType + ".test"
	tested  = check.Resource(address)
)

// ground is what an account stands on.
const ground = `
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "one" {
  name                = "videoone"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_storage_account" "two" {
  name                = "videotwo"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_user_assigned_identity" "one" {
  name                = "readerone"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_user_assigned_identity" "two" {
  name                = "readertwo"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}
`

// The storage accounts, with the identity that reaches them or with a copy of their keys.
const (
	oneByKeys     = "{ id = azuremedia_storage_account.one.id }"
	oneByIdentity = "{ id = azuremedia_storage_account.one.id, " +
		"user_assigned_identity_id = azuremedia_user_assigned_identity.one.id }"
	twoByIdentity = "{ id = azuremedia_storage_account.two.id, " +
		"user_assigned_identity_id = azuremedia_user_assigned_identity.two.id }"
)

const (
	one  = "azuremedia_user_assigned_identity.one.id"
	both = "azuremedia_user_assigned_identity.one.id, azuremedia_user_assigned_identity.two.id"
)

// analyzer is an account on that ground.
func analyzer(location, storage, identities, more string) string {
	return ground + fmt.Sprintf(`
resource "azuremedia_video_analyzer" "test" {
  name                = "contosovideo"
  resource_group_name = azuremedia_resource_group.test.name
  location            = %q
  storage_account     = %s

  identity = {
    type         = "UserAssigned"
    identity_ids = [%s]
  }

  %s
}
`, location, storage, identities, more)
}

// opened is the Azure of a test, and the world of somebody else in it.
func opened(t *testing.T) (*acctest.Azure, func() *world) {
	t.Helper()
	ours := acctest.New(t)
	return ours, func() *world { return &world{World: fixture.Of(t, ours), t: t} }
}

// assignRoles gives both identities their roles at both storage accounts.
func assignRoles(w *world) {
	w.t.Helper()
	for _, name := range []string{"readerone", "readertwo"} {
		_, principal := w.Identity(name)
		for _, store := range []string{"videoone", "videotwo"} {
			w.permit(w.ID(azure.StorageAccountType, store), principal)
		}
	}
}

// TestAccVideoAnalyzer_emptyIdentityIDs takes an empty set for none, which no account can do with, and null
// beside an identity for nothing. No plan after an apply has anything to do.
func TestAccVideoAnalyzer_emptyIdentityIDs(t *testing.T) {
	t.Parallel()
	cloud, somebody := opened(t)
	identified := func(ids string) string { return cloud.Config(analyzer("westus2", oneByIdentity, ids, "")) }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: cloud.Factories(),
		CheckDestroy:             cloud.Empty,
		Steps: []resource.TestStep{
			{Config: cloud.Config(ground)},
			{
				PreConfig:   func() { assignRoles(somebody()) },
				Config:      identified(""),
				ExpectError: check.Says("Missing Identity IDs", "List a user-assigned identity"),
			},
			{Config: identified("null, " + one)},
			{Config: identified("null, " + one), ConfigPlanChecks: check.Unchanged()},
			{Config: identified(one)},
		},
	})
}

func TestAccVideoAnalyzer_lifecycle(t *testing.T) {
	t.Parallel()
	cloud, somebody := opened(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: cloud.Factories(),
		CheckDestroy:             cloud.Empty,
		Steps: []resource.TestStep{
			{Config: cloud.Config(ground)},
			{
				PreConfig:        func() { assignRoles(somebody()) },
				Config:           cloud.Config(analyzer("West US 2", oneByIdentity, one, `tags = { a = "1" }`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("id", knownvalue.StringExact("/subscriptions/"+cloud.SubscriptionID()+
						"/resourceGroups/media/providers/Microsoft.Media/videoAnalyzers/contosovideo")),
					tested.Has("location", knownvalue.StringExact("West US 2")),
					tested.Has("provisioning_state", knownvalue.StringExact("Succeeded")),
					tested.Has("public_network_access_enabled", knownvalue.Bool(true)),
					tested.Has("identity.identity_ids", knownvalue.SetSizeExact(1)),
					tested.Has("endpoints", knownvalue.ListExact([]knownvalue.Check{
						knownvalue.ObjectExact(map[string]knownvalue.Check{
							"type": knownvalue.StringExact("ClientApi"),
							"url": knownvalue.StringRegexp(regexp.MustCompile(
								`^https://[0-9a-f]{32}\.api\.westus2-private1\.videoanalyzer\.azure\.net$`)),
						}),
					})),
					tested.Has("encryption", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"type":             knownvalue.StringExact("SystemKey"),
						"key_vault_key_id": knownvalue.Null(), "user_assigned_identity_id": knownvalue.Null(),
						"current_key_id": knownvalue.Null(), "status": knownvalue.Null(),
					})),
				},
			},
			{ // Other spellings are no change.
				Config: cloud.Config(analyzer("westus2",
					strings.ReplaceAll(oneByIdentity, "azuremedia_storage_account.one.id", "lower(azuremedia_storage_account.one.id)"),
					"upper("+one+")", `tags = { a = "1" }`)),
				ConfigPlanChecks: check.Unchanged(),
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location"}, // It is imported as Azure spells it.
			},
			{ // The import of a block plans nothing else.
				ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			},
			{
				Config: cloud.Config(analyzer("westus2", twoByIdentity, both, `
					tags                          = { b = "2" }
					public_network_access_enabled = false`)),
				ConfigPlanChecks: tested.Updates(
					tested.Plans("endpoints", knownvalue.ListSizeExact(1)),
					tested.Plans("encryption.type", knownvalue.StringExact("SystemKey"))),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("public_network_access_enabled", knownvalue.Bool(false)),
					tested.Has("identity.identity_ids", knownvalue.SetSizeExact(2)),
				},
				PostApplyFunc: func() {
					found := somebody().show()
					if len(found.Properties.StorageAccounts) != 1 ||
						!strings.HasSuffix(*found.Properties.StorageAccounts[0].ID, "/videotwo") ||
						!strings.HasSuffix(*found.Properties.StorageAccounts[0].Identity.UserAssignedIdentity, "/readertwo") {
						t.Errorf("the storage accounts are %v", found.Properties.StorageAccounts)
					}
				},
			},
			{
				Config:           cloud.Config(analyzer("westus2", oneByKeys, one, "")),
				ConfigPlanChecks: tested.Updates(),
				PostApplyFunc: func() {
					found := somebody().show()
					if len(found.Identity.UserAssignedIdentities) != 1 ||
						found.Properties.StorageAccounts[0].Identity != nil || len(found.Tags) != 0 {
						t.Errorf("the account is %v", found)
					}
				},
			},
			{
				Config:           cloud.Config(analyzer("northeurope", oneByKeys, one, "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
			},
			{
				Config:           cloud.Config(analyzer("northeurope", oneByKeys, one, "")),
				ConfigPlanChecks: check.Unchanged(),
			},
		},
	})
	if puts := cloud.Requests(http.MethodPut, put); len(puts) != 2 {
		t.Errorf("%d PUTs, want one for each creation: an update must not overwrite", len(puts))
	}
}

// keyGround is a key that the user-assigned identity one may read, in its so-manieth version.
func keyGround(generation int) string {
	return fmt.Sprintf(`
resource "azuremedia_key_vault" "test" {
  name                = "contoso-video"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_key_vault_key" "test" {
  name                = "video"
  key_vault_id        = azuremedia_key_vault.test.id
  rotate_when_changed = { generation = %d }
}

resource "azuremedia_customer_key_grant" "one" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_user_assigned_identity.one.principal_id
}

resource "azuremedia_customer_key_grant" "two" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_user_assigned_identity.two.principal_id
}
`, generation)
}

const granted = `depends_on = [azuremedia_customer_key_grant.one, azuremedia_customer_key_grant.two]`

func encrypted(key, identity, more string) string {
	return analyzer("westus2", oneByKeys, both, granted+fmt.Sprintf(`
	encryption = {
		type                      = "CustomerKey"
		key_vault_key_id          = %s
		user_assigned_identity_id = azuremedia_user_assigned_identity.%s.id
	}
	%s`, key, identity, more))
}

const versionless, versioned = "azuremedia_key_vault_key.test.versionless_id",
	"azuremedia_key_vault_key.test.versioned_id"

const version = "/[0-9a-f]{32}"

func keyOf(version string) knownvalue.Check {
	return knownvalue.StringRegexp(regexp.MustCompile(
		`^https://contoso-video\.vault\.azure\.net/keys/video` + version + `$`))
}

func TestAccVideoAnalyzer_encryption(t *testing.T) {
	t.Parallel()
	cloud, somebody := opened(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: cloud.Factories(),
		CheckDestroy:             cloud.Empty,
		Steps: []resource.TestStep{
			{
				Config: cloud.Config(keyGround(1) + encrypted(versionless, "one", "")),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.key_vault_key_id", keyOf("")),
					tested.Has("encryption.current_key_id", keyOf(version)),
					tested.Has("encryption.status", knownvalue.Null()),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location", "encryption"}, // An attachment may own the key.
			},
			{ // A new version is made, and found by the service 5 minutes later: never a difference.
				Config:        cloud.Config(keyGround(2) + encrypted(versionless, "one", "")),
				PostApplyFunc: func() { cloud.Advance(6 * time.Minute) },
			},
			{
				Config:           cloud.Config(keyGround(2) + encrypted(versionless, "one", "")),
				ConfigPlanChecks: check.Unchanged(),
			},
			{ // Another version, and another identity that reads it.
				Config: cloud.Config(keyGround(2) + encrypted(versioned, "two", "")),
				ConfigPlanChecks: tested.Updates(
					tested.PlansUnknown("encryption.current_key_id")),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.key_vault_key_id", keyOf(version)),
				},
				PostApplyFunc: func() {
					identity := somebody().show().Properties.Encryption.Identity
					if !strings.HasSuffix(*identity.UserAssignedIdentity, "/readertwo") {
						t.Errorf("the key is read as %v", identity)
					}
				},
			},
			{ // Left out, the encryption is not managed, and shows what the account has.
				Config:           cloud.Config(keyGround(2) + analyzer("westus2", oneByKeys, both, granted)),
				ConfigPlanChecks: check.Unchanged(),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("encryption.type", knownvalue.StringExact("CustomerKey")),
				},
			},
			{
				Config: cloud.Config(keyGround(2) + analyzer("westus2", oneByKeys, both,
					granted+"\n"+`encryption = { type = "SystemKey" }`)),
				ConfigPlanChecks: tested.Updates(
					tested.Plans("encryption.current_key_id", knownvalue.Null())),
				PostApplyFunc: func() {
					if encryption := somebody().show().Properties.Encryption; *encryption.Type != armmedia.SystemKey {
						t.Errorf("the encryption is %v", encryption)
					}
				},
			},
			{ // And back, so that all of it is destroyed with the key in use.
				Config: cloud.Config(keyGround(2) + encrypted(versionless, "one", "")),
				ConfigPlanChecks: tested.Updates(
					tested.PlansUnknown("encryption.current_key_id")),
			},
		},
	})
}

// TestAccVideoAnalyzer_destroyedWhileInaccessible destroys everything in one command.
func TestAccVideoAnalyzer_destroyedWhileInaccessible(t *testing.T) {
	t.Parallel()
	cloud, _ := opened(t)
	config := cloud.Config(keyGround(1) + encrypted(versionless, "one", ""))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: cloud.Factories(),
		CheckDestroy:             cloud.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					keys, err := cloud.Client().Keys("https://contoso-video.vault.azure.net/")
					if err == nil {
						_, err = keys.UpdateKey(context.WithoutCancel(t.Context()), "video", "",
							azkeys.UpdateKeyParameters{KeyAttributes: &azkeys.KeyAttributes{Enabled: to.Ptr(false)}}, nil)
					}
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

// TestAccVideoAnalyzer_attachment leaves the encryption out of the account: the attachment owns it,
// attaches a key, changes it and reverts it, and the account never plans anything about it.
func TestAccVideoAnalyzer_attachment(t *testing.T) {
	t.Parallel()
	cloud, somebody := opened(t)
	const attachment = "azuremedia_customer_key_attachment.test"
	attach := func(key, identity string) string {
		return cloud.Config(keyGround(1) + analyzer("westus2", oneByKeys, both, "") + fmt.Sprintf(`
resource "azuremedia_customer_key_attachment" "test" {
  account_id                = azuremedia_video_analyzer.test.id
  key_vault_key_id          = %s
  user_assigned_identity_id = azuremedia_user_assigned_identity.%s.id
  %s
}
`, key, identity, granted))
	}
	changes := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(attachment, plancheck.ResourceActionUpdate),
		plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop),
	}}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: cloud.Factories(),
		CheckDestroy:             cloud.Empty,
		Steps: []resource.TestStep{
			{
				Config: attach(versionless, "one"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(attachment, check.At("current_key_id"), keyOf(version)),
					statecheck.ExpectKnownValue(attachment, check.At("follows_latest_version"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(attachment, check.At("status"), knownvalue.Null()),
				},
			},
			{Config: attach(versionless, "one"), ConfigPlanChecks: check.Unchanged()},
			{ResourceName: attachment, ImportState: true, ImportStateVerify: true},
			{Config: attach(versioned, "one"), ConfigPlanChecks: changes},
			{
				Config: attach(versioned, "two"), ConfigPlanChecks: changes,
				PostApplyFunc: func() {
					identity := somebody().show().Properties.Encryption.Identity
					if !strings.HasSuffix(*identity.UserAssignedIdentity, "/readertwo") {
						t.Errorf("the key is read as %v", identity)
					}
				},
			},
			{
				Config: cloud.Config(keyGround(1) + analyzer("westus2", oneByKeys, both, "")),
				PostApplyFunc: func() {
					if encryption := somebody().show().Properties.Encryption; *encryption.Type != armmedia.SystemKey {
						t.Errorf("the encryption is %v", encryption)
					}
				},
			},
		},
	})
}

// TestAccVideoAnalyzer_dataSource reads an account by its name and by its ID.
func TestAccVideoAnalyzer_dataSource(t *testing.T) {
	t.Parallel()
	cloud := acctest.New(t)
	const data = `
data "azuremedia_video_analyzer" "by_name" {
  name                = azuremedia_video_analyzer.test.name
  resource_group_name = "MEDIA"
}

data "azuremedia_video_analyzer" "by_id" {
  id = lower(azuremedia_video_analyzer.test.id)
}
`
	like := func(source, attribute string, value knownvalue.Check) statecheck.StateCheck {
		return check.Resource("data."+resourceType+"."+source).Has(attribute, value)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: cloud.Factories(),
		CheckDestroy:             cloud.Empty,
		Steps: []resource.TestStep{{
			Config: cloud.Config(data + analyzer("westus2", oneByKeys, one, "")),
			ConfigStateChecks: []statecheck.StateCheck{
				like("by_name", "location", knownvalue.StringExact("West US 2")),
				like("by_name", "endpoints", knownvalue.ListSizeExact(1)),
				like("by_id", "name", knownvalue.StringExact("contosovideo")),
				like("by_id", "encryption.type", knownvalue.StringExact("SystemKey")),
			},
		}},
	})
}
