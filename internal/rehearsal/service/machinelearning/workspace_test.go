// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package machinelearning_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/machinelearning/armmachinelearning/v4"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/machinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

const (
	documented = "2023-10-01"
	newer      = "2025-06-01" // which knows how a workspace goes to its storage
	workspace  = azuretest.Group + "/providers/Microsoft.MachineLearningServices/workspaces/ml1"
	store1     = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts/store1"
)

// rehearsal is an Azure with workspaces, and what they stand on.
type rehearsal struct {
	*azuretest.Azure
	t       *testing.T
	service *machinelearning.Service
}

func start(t *testing.T) *rehearsal {
	t.Helper()
	r := &rehearsal{Azure: azuretest.New(t, engine.Pace{RetryAfter: time.Millisecond}), t: t}
	accounts := storage.New(r.Engine, r.KeyVault)
	r.service = machinelearning.New(r.Engine, accounts, r.Directory)
	blob.New(r.Engine, accounts, r.Directory, r.Authorization)
	return r
}

func (r *rehearsal) store(id string) {
	r.t.Helper()
	r.Want(r.Call("PUT", id, "2023-01-01",
		`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`), http.StatusAccepted)
}

// body is a workspace on a storage account, with more properties.
func body(store, more string) string {
	return `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{"storageAccount":"` + store +
		`","keyVault":"` + azuretest.Group + `/providers/Microsoft.KeyVault/vaults/v","applicationInsights":"` +
		azuretest.Group + `/providers/microsoft.insights/components/i"` + more + `}}`
}

// create makes a workspace.
func (r *rehearsal) create(id, version, body string) *azuretest.Answer {
	r.t.Helper()
	begun := r.Want(r.Call("PUT", id, version, body), http.StatusAccepted)
	return r.Want(r.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)
}

// The examples that Microsoft publishes get the answers that they document.
func TestExamples(t *testing.T) {
	t.Parallel()
	examples, err := openapi.Examples("machinelearning", documented)
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) < 9 {
		t.Errorf("only %d examples", len(examples))
	}
	for _, example := range examples {
		t.Run(example.File, func(t *testing.T) {
			t.Parallel()
			replay(t, example)
		})
	}
}

func replay(t *testing.T, example openapi.Example) {
	t.Helper()
	const groups = "/subscriptions/" + azuretest.Subscription + "/resourceGroups/"
	azure := start(t)
	azure.AddGroups("workspace-1234", "accountcrud-1234", "testrg123")
	store := groups + "accountcrud-1234/providers/Microsoft.Storage/storageAccounts/teststorageaccount"
	azure.store(store)
	azure.Want(azure.Call("PUT", groups+"workspace-1234/providers/Microsoft.ManagedIdentity/"+
		"userAssignedIdentities/testuai", "2023-01-31", `{"location":"westus2"}`), http.StatusCreated)
	if name, named := example.Parameters["workspaceName"].(string); named && example.Method != http.MethodPut {
		group, _ := example.Parameters["resourceGroupName"].(string)
		azure.create(groups+group+"/providers/Microsoft.MachineLearningServices/workspaces/"+name, documented,
			body(store, ""))
	}
	azure.Replay(example.Rewrite(strings.NewReplacer(
		"00000000-1111-2222-3333-444444444444", azuretest.Subscription,
		"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", azuretest.Subscription,
		"eastus2euap", "eastus2", // a region for Azure's own tests
	)))
}

// held is the key that the workspace holds, as it is told.
func (r *rehearsal) held() string {
	r.t.Helper()
	answer := r.Want(r.Call("POST", workspace+"/listStorageAccountKeys", documented, ""), http.StatusOK)
	if key, err := base64.StdEncoding.DecodeString(answer.Text("userStorageKey")); err != nil || len(key) != 64 {
		return ""
	}
	return answer.Text("userStorageKey")
}

// reach has the workspace make a container in its storage account, and returns the status.
func (r *rehearsal) reach(name string) (status int) {
	r.t.Helper()
	r.Transact(func(tx *engine.Tx) {
		client, refused := r.service.Storage(tx, tx.Resource(workspace))
		if refused != nil {
			r.t.Fatal(refused)
		}
		reply, err := client.CreateContainer(r.t.Context(), tx, name)
		if err != nil {
			r.t.Fatal(err)
		}
		status = reply.Status
	})
	return status
}

// credential is good for Resource Manager as the tests run it.
type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "any", ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

// The official client makes a workspace, which goes on with its copy of a key until it is told.
func TestSDK_resyncKeys(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	client, err := armmachinelearning.NewWorkspacesClient(azuretest.Subscription, credential{}, &arm.ClientOptions{
		ClientOptions:         policy.ClientOptions{Transport: azure, Retry: policy.RetryOptions{MaxRetries: -1}},
		DisableRPRegistration: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	creation, err := client.BeginCreateOrUpdate(ctx, "rg", "ml1", armmachinelearning.Workspace{
		Location: to.Ptr("westus2"),
		Identity: &armmachinelearning.ManagedServiceIdentity{
			Type: to.Ptr(armmachinelearning.ManagedServiceIdentityTypeSystemAssigned),
		},
		Properties: &armmachinelearning.WorkspaceProperties{
			StorageAccount: to.Ptr(store1), KeyVault: to.Ptr(azuretest.Group + "/providers/Microsoft.KeyVault/vaults/v"),
			ApplicationInsights: to.Ptr(azuretest.Group + "/providers/microsoft.insights/components/i"),
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := creation.PollUntilDone(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if state := *created.Properties.ProvisioningState; state != armmachinelearning.ProvisioningStateSucceeded {
		t.Errorf("provisioningState %s", state)
	}

	first := azure.held()
	if status := azure.reach("fresh"); first == "" || status != http.StatusCreated {
		t.Errorf("it holds %q, and its storage answers %d", first, status)
	}
	azure.Want(azure.Call("POST", store1+"/regenerateKey", "2023-01-01", `{"keyName":"key1"}`), http.StatusOK)
	if status := azure.reach("stale"); azure.held() != first || status != http.StatusForbidden {
		t.Errorf("with the old key its storage answers %d", status)
	}
	resync, err := client.BeginResyncKeys(ctx, "rg", "ml1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resync.PollUntilDone(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if status := azure.reach("synced"); azure.held() == first || status != http.StatusCreated {
		t.Errorf("with the new key its storage answers %d", status)
	}

	deletion, err := client.BeginDelete(ctx, "rg", "ml1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deletion.PollUntilDone(ctx, nil); err != nil {
		t.Error(err)
	}
	azure.Want(azure.Call("GET", workspace, documented, ""), http.StatusNotFound)
}

// A workspace on identity holds no key. Older versions do not tell.
func TestWorkspace_byIdentity(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	made := azure.create(workspace, newer, body(store1, `,"systemDatastoresAuthMode":"Identity"`))
	if mode := made.Text("properties.systemDatastoresAuthMode"); mode != "Identity" || azure.held() != "" {
		t.Errorf("on %s, it holds %q", mode, azure.held())
	}
	if old := azure.Call("GET", workspace, documented, ""); old.At("properties.systemDatastoresAuthMode") != nil {
		t.Errorf("%s tells of what it does not have: %s", documented, old.Raw)
	}
	if status := azure.reach("denied"); status != http.StatusForbidden {
		t.Errorf("status %d without a role", status)
	}
	azure.Grant(store1, authorization.StorageBlobDataContributor, made.Text("identity.principalId"))
	if status := azure.reach("granted"); status != http.StatusCreated {
		t.Errorf("status %d", status)
	}
	// An update by an older version leaves it so; one by a newer version changes it.
	azure.create(workspace, documented, body(store1, ""))
	if azure.held() != "" {
		t.Error("an older version changed how the workspace goes to its storage")
	}
	azure.Want(azure.Call("PATCH", workspace, newer, `{"properties":{"systemDatastoresAuthMode":"AccessKey"}}`), 200)
	if azure.held() == "" {
		t.Error("a workspace on keys holds none")
	}
}

func TestWorkspace_refusals(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	azure.store(store1 + "b")
	refused := func(method, id, body, message string) {
		t.Helper()
		azure.Refused(azure.Call(method, id, documented, body), http.StatusBadRequest, "ValidationError", message)
	}
	refused("PUT", workspace, `{"location":"westus2","identity":{"type":"SystemAssigned"}}`,
		"Missing dependent resources in workspace json")
	refused("PUT", workspace, strings.Replace(body(store1, ""), "SystemAssigned", "None", 1), "support MSI")
	refused("PUT", workspace, body(store1+"c", ""), "was not found")
	refused("PUT", workspace[:len(workspace)-1], body(store1, ""), "3 to 33 letters")
	azure.create(workspace, documented, body(store1, ""))
	refused("PUT", workspace, body(store1+"b", ""), "storageAccount of a workspace cannot be changed")
	refused("PUT", workspace, body(store1, `,"encryption":{"status":"Enabled","keyVaultProperties":{"keyVaultArmId":"v",`+
		`"keyIdentifier":"k"}}`), "encryption of a workspace cannot be changed")
}
