// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// The answer to a creation has every value of the recorded one, and no other.
func TestCreate_asRecorded(t *testing.T) {
	t.Parallel()
	azure := start(t)
	const group = "/subscriptions/" + azuretest.Subscription + "/resourceGroups/rg163"
	const (
		store    = group + "/providers/Microsoft.Storage/storageAccounts/sto1821"
		identity = "/subscriptions/" + azuretest.Subscription +
			"/resourcegroups/rg163/providers/Microsoft.ManagedIdentity/userAssignedIdentities/uami2560"
	)
	azure.AddGroups("rg163")
	azure.Want(azure.Call("PUT", store, "2023-01-01",
		`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`), http.StatusAccepted)
	made := azure.Want(azure.Call("PUT", identity, "2023-01-31", `{"location":"westus2"}`), http.StatusCreated)
	azure.permit(made.Text("properties.principalId"), store)

	created := azure.Want(azure.Call("PUT", group+"/providers/Microsoft.Media/videoAnalyzers/media5242", current,
		`{"location":"West US 2","tags":{"key1":"value1","key2":"value2"},"identity":{"type":"UserAssigned",`+
			`"userAssignedIdentities":{"`+identity+`":{}}},"properties":{"storageAccounts":[{"id":"`+store+
			`","identity":{"userAssignedIdentity":"`+identity+`"}}]}}`), http.StatusCreated)
	for _, header := range []string{"Azure-AsyncOperation", "Location", "Retry-After"} {
		if value := created.Header.Get(header); value != "" {
			t.Errorf("%s: %s, want none", header, value)
		}
	}
	if got := created.Header.Get("Content-Type"); got != "application/json; odata.metadata=minimal" {
		t.Errorf("Content-Type: %s", got)
	}
	want := fmt.Sprintf(`{"name":"media5242","id":"%[1]s/providers/Microsoft.Media/videoAnalyzers/media5242",`+
		`"type":"Microsoft.Media/videoAnalyzers","location":"West US 2","tags":{"key1":"value1","key2":"value2"},`+
		`"properties":{"storageAccounts":[{"id":%[2]q,"identity":{"userAssignedIdentity":%[3]q}}],`+
		`"endpoints":[{"endpointUrl":"https://<hex>.api.westus2-private1.videoanalyzer.azure.net","type":"ClientApi"}],`+
		`"encryption":{"type":"SystemKey"},"provisioningState":"Succeeded","publicNetworkAccess":"Enabled",`+
		`"networkAccessControl":{"integration":{"publicNetworkAccess":"Enabled"},`+
		`"ingestion":{"publicNetworkAccess":"Enabled"},"consumption":{"publicNetworkAccess":"Enabled"}},"iotHubs":[]},`+
		`"systemData":{"createdBy":%[4]q,"createdByType":"Application","createdAt":"2026-03-01T12:01:00Z",`+
		`"lastModifiedBy":%[4]q,"lastModifiedByType":"Application","lastModifiedAt":"2026-03-01T12:01:00Z"},`+
		`"identity":{"type":"UserAssigned","userAssignedIdentities":{%[3]q:{"clientId":%[5]q,"principalId":%[6]q}}}}`,
		group, store, identity, azure.Caller.AppID,
		made.Text("properties.clientId"), made.Text("properties.principalId"))
	got := regexp.MustCompile(`https://[0-9a-f]{32}\.`).ReplaceAllString(created.Raw, "https://<hex>.")
	if diff := cmp.Diff(value(t, want), value(t, got)); diff != "" {
		t.Errorf("the account (-want +got):\n%s", diff)
	}
}

// value decodes a JSON document.
func value(t *testing.T, document string) any {
	t.Helper()
	var decoded any
	if err := json.Unmarshal([]byte(document), &decoded); err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	return decoded
}

func TestCreate_beforeItWasAsynchronous(t *testing.T) {
	t.Parallel()
	azure := start(t)
	// The document asks for an encryption there; azurerm 3 sent none, and the service took that.
	created := azure.Want(azure.Call("PUT", account, former, identified()), http.StatusCreated)
	if kind := created.Text("properties.encryption.type"); kind != "SystemKey" {
		t.Errorf("encryption %s", kind)
	}
	properties, _ := created.At("properties").(map[string]any)
	for _, name := range []string{"provisioningState", "publicNetworkAccess", "networkAccessControl", "iotHubs"} {
		if _, shown := properties[name]; shown {
			t.Errorf("%s has %s, which this version does not know", former, name)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	azure := startPaced(t, engine.Pace{Operation: time.Minute, RetryAfter: time.Second})
	created := azure.create(identified())
	begun := azure.Want(azure.Call("PATCH", account, current,
		`{"tags":{"a":"b"},"properties":{"publicNetworkAccess":"Disabled"}}`), http.StatusAccepted)
	if state := begun.Text("properties.provisioningState"); state != "InProgress" {
		t.Errorf("provisioningState %s while the operation is at work", state)
	}
	azure.Refused(azure.Call("PATCH", account, current, `{"tags":{}}`),
		http.StatusConflict, "OperationInProgress", "already in progress")
	azure.Refused(azure.Call("POST", account+"/syncStorageKeys", former, `{"id":"`+store1+`"}`),
		http.StatusConflict, "OperationInProgress", "already in progress")
	follow := func(header string) *azuretest.Answer {
		at := begun.Header.Get(header)
		if !strings.Contains(at, "/locations/westus2/videoAnalyzerOperation") {
			t.Errorf("%s: %s", header, at)
		}
		return azure.Send("GET", at, "")
	}
	azure.Want(follow("Location"), http.StatusAccepted)
	azure.Advance(time.Minute)
	if status := follow("Azure-AsyncOperation").Text("status"); status != "Succeeded" {
		t.Errorf("the operation is %s", status)
	}
	done := azure.Want(follow("Location"), http.StatusOK)
	if access := done.Text("properties.publicNetworkAccess"); access != "Disabled" {
		t.Errorf("publicNetworkAccess %s", access)
	}
	if diff := cmp.Diff(created.At("properties.endpoints"), done.At("properties.endpoints")); diff != "" {
		t.Errorf("the endpoints changed:\n%s", diff)
	}

	// The version before, and a PUT, answer when the work is done.
	azure.Want(azure.Call("PATCH", account, former, `{"tags":{"c":"d"}}`), http.StatusOK)
	replaced := azure.Want(azure.Call("PUT", account, current, identified()), http.StatusOK)
	if diff := cmp.Diff(created.At("properties"), replaced.At("properties")); diff != "" {
		t.Errorf("a PUT of the same account (-before +after):\n%s", diff)
	}
}

// An update whose storage the account does not reach fails as an operation, and changes nothing.
func TestUpdate_fails(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store2", "Standard_LRS", "StorageV2")
	before := azure.create(identified()).At("properties.storageAccounts")
	begun := azure.Want(azure.Call("PATCH", account, current, `{"properties":{"storageAccounts":[{"id":"`+
		store2+`","identity":{"userAssignedIdentity":"`+reader+`"}}],"publicNetworkAccess":"Disabled"}}`), http.StatusAccepted)
	status := azure.Want(azure.Send("GET", begun.Header.Get("Azure-AsyncOperation"), ""), http.StatusOK)
	if status.Text("status") != "Failed" || status.Code() != "BadRequest" ||
		status.Message() != "Storage account cannot be accessed." {
		t.Errorf("the operation: %s", status.Raw)
	}
	got := azure.get()
	if diff := cmp.Diff(before, got.At("properties.storageAccounts")); diff != "" {
		t.Errorf("the storage accounts (-want +got):\n%s", diff)
	}
	if got.Text("properties.publicNetworkAccess") != "Enabled" ||
		got.Text("properties.provisioningState") != "Failed" {
		t.Errorf("after the failure: %s", got.Raw)
	}
	azure.permit(azure.principal, store2)
	azure.Want(azure.Call("PATCH", account, current, `{"properties":{"storageAccounts":[{"id":"`+store2+
		`","identity":{"userAssignedIdentity":"`+reader+`"}}]}}`), http.StatusAccepted)
	if state := azure.get().Text("properties.provisioningState"); state != "Succeeded" {
		t.Errorf("provisioningState %s once the identity has its roles", state)
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.Refused(azure.Call("PUT", account, current, strings.Replace(
		identified(), `"UserAssigned"`, `"SystemAssigned,UserAssigned"`, 1)),
		http.StatusBadRequest, "BadRequest", "user-assigned identities only")
	const stranger = azuretest.Group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/stranger"
	azure.Refused(azure.Call("PUT", account, current, strings.Replace(
		identified(), `"userAssignedIdentity":"`+reader, `"userAssignedIdentity":"`+stranger, 1)),
		http.StatusBadRequest, "BadRequest", "not one of the user-assigned identities")
	hub := `"iotHubs":[{"id":"` + azuretest.Group + `/providers/Microsoft.Devices/IotHubs/hub","identity":` +
		`{"userAssignedIdentity":"%s"}}]`
	azure.Refused(azure.Call("PUT", account, current, identified(fmt.Sprintf(hub, stranger))),
		http.StatusBadRequest, "BadRequest", "not one of the user-assigned identities")
	azure.create(identified(fmt.Sprintf(hub, reader)))
	azure.Refused(azure.Call("PATCH", account, current, `{"identity":{"type":"None"}}`),
		http.StatusBadRequest, "BadRequest", "not one of the user-assigned identities")
}

func TestNames(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(identified())
	check := func(kind, name string) *azuretest.Answer {
		return azure.Want(azure.Call("POST", subscription+
			"/providers/Microsoft.Media/locations/westus2/checkNameAvailability", current,
			`{"name":"`+name+`","type":"`+kind+`"}`), http.StatusOK)
	}
	const taken = "Already in use by another account."
	for _, test := range []struct{ kind, name, reason, message string }{
		{"Microsoft.Media/videoAnalyzers", "video1", "AlreadyExists", taken},
		{"VIDEOANALYZERS", "VIDEO1", "Invalid", "The Video Analyzer account name should be between 3 and 24"},
		{"videoAnalyzers", "a", "Invalid", "The Video Analyzer account name"},
		{"videoAnalyzers", "video2", "", ""},
		{"Microsoft.Media/mediaservices", "video1", "", ""},
	} {
		got := check(test.kind, test.name)
		if got.Text("reason") != test.reason || !strings.HasPrefix(got.Text("message"), test.message) ||
			got.At("nameAvailable") != (test.reason == "") {
			t.Errorf("%s %s: %s", test.kind, test.name, got.Raw)
		}
	}
	azure.Refused(azure.Call("PUT", strings.Replace(account, "/rg/", "/rg2/", 1), current, identified()),
		http.StatusConflict, "Conflict", taken)
	azure.Refused(azure.Call("PUT", accounts+"/Video-2", current, identified()),
		http.StatusBadRequest, "BadRequest", "lowercase letters and numbers")
}

func TestListAndDelete(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(identified())
	for _, scope := range []string{azuretest.Group, subscription} {
		for api, want := range map[string]int{former: 1, current: 1} {
			listed := azure.Want(azure.Call("GET", scope+"/providers/Microsoft.Media/videoAnalyzers", api, ""), http.StatusOK)
			if list, _ := listed.At("value").([]any); len(list) != want {
				t.Errorf("%s %s lists %d accounts", api, scope, len(list))
			}
		}
	}
	azure.Want(azure.Call("DELETE", account, current, ""), http.StatusOK)
	azure.Want(azure.Call("DELETE", account, current, ""), http.StatusNoContent)
	azure.Refused(azure.Call("GET", account, current, ""), http.StatusNotFound, "ResourceNotFound", "video1")
}

// Every way to reach the storage or not has its answer at creation.
func TestStorage_rules(t *testing.T) {
	t.Parallel()
	const elsewhere = "/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg/providers/" +
		"Microsoft.Storage/storageAccounts/store1"
	for name, test := range map[string]struct {
		body    string
		message string
	}{
		"none":                    {byKeys(), "needs a storage account"},
		"twice":                   {byKeys(store1, strings.ToUpper(store1)), "listed more than once"},
		"no storage account":      {byKeys(account), "not the resource ID of a storage account"},
		"missing":                 {byKeys(stores + "/nowhere"), "Storage account cannot be accessed."},
		"V9 another subscription": {byKeys(elsewhere), "in another subscription"},
		"ACC002 premium":          {byKeys(stores + "/premium"), "which Video Analyzer does not support"},
		"ACC002 blob-only":        {byKeys(stores + "/blobs"), "blob-only"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			azure.store("premium", "Premium_LRS", "BlockBlobStorage")
			azure.store("blobs", "Standard_LRS", "BlobStorage")
			for _, api := range []string{former, current} {
				azure.Refused(azure.Call("PUT", account, api, test.body), http.StatusBadRequest, "BadRequest", test.message)
			}
		})
	}
}

// The identity needs both roles, and the account tells when it has lost one.
func TestStorage_roles(t *testing.T) {
	t.Parallel()
	const inaccessible = "Storage account cannot be accessed."
	for lacking, role := range map[string]string{
		"Reader":                        authorization.StorageBlobDataContributor,
		"Storage Blob Data Contributor": storageReader,
	} {
		t.Run("without "+lacking, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			azure.store("store2", "Standard_LRS", "StorageV2")
			body := strings.ReplaceAll(identified(), store1, store2)
			azure.Grant(store2, role, azure.principal)
			azure.Refused(azure.Call("PUT", account, current, body), http.StatusBadRequest, "BadRequest", inaccessible)
			azure.permit(azure.principal, store2)
			azure.create(body)
		})
	}
}

func TestStorage_status(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(identified())
	status := func() any {
		list, _ := azure.get().At("properties.storageAccounts").([]any)
		first, _ := list[0].(map[string]any)
		return first["status"]
	}
	if got := status(); got != nil {
		t.Errorf("status %v while all is well", got)
	}
	azure.Want(azure.Call("DELETE", store1, "2023-01-01", ""), http.StatusOK)
	if got := status(); got != "identityDisconnected" {
		t.Errorf("status %v without the storage account", got)
	}
	azure.Want(azure.Call("PATCH", account, former, `{"tags":{"a":"b"}}`), http.StatusOK)
}
