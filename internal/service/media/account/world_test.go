// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

const (
	resourceType = "azuremedia_account"
	address      = resourceType + ".test"
	tested       = check.Resource(address)
)

// ground is what an account stands on.
const ground = `
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "one" {
  name                = "mediaone"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_storage_account" "two" {
  name                = "mediatwo"
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

const (
	one = "{ id = azuremedia_storage_account.one.id, is_primary = true },"
	two = "{ id = azuremedia_storage_account.two.id },"
	// secondary says of the second storage account what it is anyway.
	secondary = "{ id = azuremedia_storage_account.two.id, is_primary = false },"
)

// account is an account on that ground.
func account(storage, more string) string {
	return accountAt("westus2", storage, more)
}

func accountAt(location, storage, more string) string {
	return ground + fmt.Sprintf(`
resource "azuremedia_account" "test" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.test.name
  location            = %q

  storage_accounts = [%s]

  %s
}
`, location, storage, more)
}

// world is an Azure with what an account stands on, and the provider without the command line.
type world struct {
	*fixture.World
	t     *testing.T
	azure *acctest.Azure
	proto *acctest.Proto
	// one is the ID of a storage account that does for anything.
	one string
	// seen is how many requests were counted already.
	seen int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys := fixture.New(t)
	w := &world{World: keys, t: t, azure: keys.Azure, proto: keys.Proto()}
	w.one = w.store("mediaone", nil)
	return w
}

// store creates a storage account and returns its ID.
func (w *world) store(name string, more acctest.Value) string {
	w.t.Helper()
	config := acctest.Value{"name": name, "resource_group_name": "media", "location": "westus2"}
	maps.Copy(config, more)
	return w.proto.Create("azuremedia_storage_account", config).Identity["id"]
}

// config is the configuration of an account. A value of nil takes an attribute out.
func (w *world) config(more acctest.Value) acctest.Value {
	config := acctest.Value{
		"name": "contosomedia", "resource_group_name": "media", "location": "westus2",
		"storage_accounts": []any{acctest.Value{"id": w.one, "is_primary": true}},
	}
	maps.Copy(config, more)
	return config
}

// accounts is somebody else's client of accounts.
func accounts(t *testing.T, azure *acctest.Azure) *armmedia.AccountsClient {
	t.Helper()
	client, err := azure.Client().MediaAccounts(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// get reads the account as Azure has it.
func get(t *testing.T, azure *acctest.Azure) armmedia.Account {
	t.Helper()
	found, err := accounts(t, azure).Get(t.Context(), "media", "contosomedia")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// patch changes the account, as somebody else.
func patch(t *testing.T, azure *acctest.Azure, update armmedia.AccountUpdate) {
	t.Helper()
	poller, err := accounts(t, azure).BeginUpdate(t.Context(), "media", "contosomedia", update)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := poller.PollUntilDone(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// contribute lets an identity write the blobs of a storage account.
func contribute(t *testing.T, azure *acctest.Azure, storage, identity string) {
	t.Helper()
	assign(t, azure, "/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/"+storage,
		"ba92f5b4-2d11-453d-a403-e96b0029c9fe", // Storage Blob Data Contributor
		principal(t, azure, identity))
}

// assign gives a principal a role at a scope in the subscription.
func assign(t *testing.T, azure *acctest.Azure, scope, role, principal string) {
	t.Helper()
	client, err := azure.Client().RoleAssignments(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	subscription := "/subscriptions/" + azure.SubscriptionID()
	_, err = client.Create(t.Context(), subscription+scope, uuid.NewString(),
		armauthorization.RoleAssignmentCreateParameters{
			Properties: &armauthorization.RoleAssignmentProperties{
				PrincipalID:   &principal,
				PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
				RoleDefinitionID: to.Ptr(subscription +
					"/providers/Microsoft.Authorization/roleDefinitions/" + role),
			},
		}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// principal is the object ID of a user-assigned identity.
func principal(t *testing.T, azure *acctest.Azure, identity string) string {
	t.Helper()
	client, err := azure.Client().UserAssignedIdentities(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	found, err := client.Get(t.Context(), "media", identity, nil)
	if err != nil {
		t.Fatal(err)
	}
	return *found.Properties.PrincipalID
}
