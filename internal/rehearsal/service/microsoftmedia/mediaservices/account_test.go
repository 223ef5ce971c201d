// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const (
	subscription = "/subscriptions/" + azuretest.Subscription
	accounts     = azuretest.Group + "/providers/Microsoft.Media/mediaservices"
	account      = accounts + "/media1"
	stores       = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts"
	store1       = stores + "/store1"
	store2       = stores + "/store2"

	synchronous = "2021-06-01" // the last version that answers when the work is done
	current     = "2023-01-01"
)

// body is the body of a PUT with these storage accounts, the first of them Primary.
func body(storage ...string) string { return bodyWith("", storage...) }

// bodyWith is the body of a PUT with further properties.
func bodyWith(properties string, storage ...string) string {
	var list []string
	for i, id := range storage {
		kind := "Secondary"
		if i == 0 {
			kind = "Primary"
		}
		list = append(list, fmt.Sprintf(`{"id":%q,"type":%q}`, id, kind))
	}
	if properties != "" {
		properties = "," + properties
	}
	return fmt.Sprintf(`{"location":"westus2","properties":{"storageAccounts":[%s]%s}}`,
		strings.Join(list, ","), properties)
}

func TestCreate_synchronousAsRecorded(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	created := azure.Want(azure.Call("PUT", account, synchronous,
		`{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{"storageAccounts":[{"id":"`+
			store1+`","type":"Primary"}]}}`), http.StatusCreated)
	for _, header := range []string{"Azure-AsyncOperation", "Location", "Retry-After"} {
		if value := created.Header.Get(header); value != "" {
			t.Errorf("%s: %s, want none", header, value)
		}
	}
	for header, want := range map[string]string{
		"Odata-Version": "4.0", "Server": "Microsoft-HTTPAPI/2.0", "Cache-Control": "no-cache",
		"Content-Type": "application/json; odata.metadata=minimal",
	} {
		if got := created.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	principal := created.Text("identity.principalId")
	id := created.Text("properties.mediaServiceId")
	want := map[string]any{
		"name": "media1", "id": account, "type": "Microsoft.Media/mediaservices", "location": "West US 2",
		"properties": map[string]any{
			"mediaServiceId":        id,
			"storageAccounts":       []any{map[string]any{"id": store1, "type": "Primary"}},
			"storageAuthentication": "System",
			"encryption":            map[string]any{"type": "SystemKey"},
			"keyDelivery": map[string]any{
				"accessControl": map[string]any{"defaultAction": "Allow", "ipAllowList": []any{}},
			},
			"publicNetworkAccess": "Enabled",
		},
		"systemData": map[string]any{
			"createdBy": azure.Caller.AppID, "createdByType": "Application", "createdAt": "2026-03-01T12:00:00Z",
			"lastModifiedBy": azure.Caller.AppID, "lastModifiedByType": "Application",
			"lastModifiedAt": "2026-03-01T12:00:00Z",
		},
		"identity": map[string]any{
			"type": "SystemAssigned", "principalId": principal, "tenantId": azure.Caller.TenantID,
		},
	}
	if diff := cmp.Diff(want, created.Body); diff != "" {
		t.Errorf("the account differs from the recorded one (-want +got):\n%s", diff)
	}
	if principal == "" || id == "" {
		t.Errorf("principalId %q and mediaServiceId %q, want both", principal, id)
	}

	again := azure.Want(azure.Call("PUT", account, synchronous,
		`{"location":"West US 2","identity":{"type":"SystemAssigned"},"properties":{"storageAccounts":[{"id":"`+
			store1+`","type":"Primary"}]}}`), http.StatusOK)
	if again.Text("identity.principalId") != principal || again.Text("properties.mediaServiceId") != id {
		t.Error("a second PUT changed the principal or the ID of the account")
	}
	off := azure.Want(azure.Call("PUT", account, synchronous,
		`{"location":"westus2","identity":{"type":"None"},"properties":{"storageAccounts":[{"id":"`+
			store1+`","type":"Primary"}]}}`), http.StatusOK)
	if diff := cmp.Diff(map[string]any{"type": "None"}, off.At("identity")); diff != "" {
		t.Errorf("identity switched off:\n%s", diff)
	}
}

func TestCreate_asynchronousAsRecorded(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2021-11-01", current} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			azure := startPaced(t, engine.Pace{Operation: time.Second, RetryAfter: 30 * time.Second})
			azure.store("store1")
			begun := azure.Want(azure.Call("PUT", account, version, body(store1)), http.StatusCreated)
			if wait := begun.Header.Get("Retry-After"); wait != "30" {
				t.Errorf("Retry-After: %s, want 30", wait)
			}
			const place = `^https://management\.azure\.com/subscriptions/[-0-9a-f]+/providers/Microsoft\.Media/` +
				`locations/westus2/mediaServicesOperation`
			status, result := begun.Header.Get("Azure-AsyncOperation"), begun.Header.Get("Location")
			for link, want := range map[string]string{status: "Statuses", result: "Results"} {
				if !regexp.MustCompile(place + want + `/[-0-9a-f]{36}\?api-version=` + version + `$`).MatchString(link) {
					t.Errorf("the operation is followed at %q, want …%s/…", link, want)
				}
			}
			want := map[string]any{
				"name": "media1", "id": account, "type": "Microsoft.Media/mediaservices",
				"location": "West US 2", "tags": map[string]any{},
				"properties": map[string]any{
					"mediaServiceId":  begun.Text("properties.mediaServiceId"),
					"storageAccounts": []any{map[string]any{"id": store1, "type": "Primary"}},
					"keyDelivery": map[string]any{
						"accessControl": map[string]any{"defaultAction": "Allow", "ipAllowList": []any{}},
					},
					"publicNetworkAccess": "Enabled", "provisioningState": "InProgress",
					"privateEndpointConnections": []any{},
				},
			}
			if diff := cmp.Diff(want, begun.Body); diff != "" {
				t.Errorf("the answer to the PUT (-want +got):\n%s", diff)
			}
			azure.Refused(azure.Call("PATCH", account, version, `{"tags":{}}`),
				http.StatusConflict, "OperationInProgress", "another operation")
			azure.Refused(azure.Call("POST", account+"/syncStorageKeys", version, `{"id":"store1"}`),
				http.StatusConflict, "OperationInProgress", "another operation")

			working := azure.Want(azure.Send("GET", status, ""), http.StatusOK)
			if state := working.Text("status"); state != "InProgress" {
				t.Errorf("the operation is %q, want InProgress", state)
			}
			azure.Want(azure.Send("GET", result, ""), http.StatusAccepted)

			azure.Advance(time.Second)
			done := azure.Want(azure.Send("GET", status, ""), http.StatusOK)
			operation := regexp.MustCompile(`[-0-9a-f]{36}\?`).FindString(status)[:36]
			if diff := cmp.Diff(map[string]any{
				"name": operation, "status": "Succeeded",
				"id":        subscription + "/providers/Microsoft.Media/locations/westus2/mediaServicesOperationStatuses/" + operation,
				"startTime": "2026-03-01T12:01:00Z", "endTime": "2026-03-01T12:01:01Z",
			}, done.Body); diff != "" {
				t.Errorf("the status of the operation (-want +got):\n%s", diff)
			}
			azure.Want(azure.Send("GET", result, ""), http.StatusOK)

			properties := want["properties"].(map[string]any)
			delete(want, "tags")
			properties["provisioningState"] = "Succeeded"
			properties["storageAuthentication"] = "System"
			properties["encryption"] = map[string]any{"type": "SystemKey"}
			if version == current {
				properties["minimumTlsVersion"] = "Tls12"
			}
			got := azure.Want(azure.Call("GET", account, version, ""), http.StatusOK)
			if diff := cmp.Diff(want, got.Body); diff != "" {
				t.Errorf("the account afterwards (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatch_byVersion(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusCreated)

	azure.Want(azure.Call("PATCH", account, synchronous, `{"tags":{"key1":"a","key2":"b"}}`), http.StatusOK)
	begun := azure.Want(azure.Call("PATCH", account, current, `{"tags":{"key1":"c"}}`), http.StatusAccepted)
	for _, header := range []string{"Azure-AsyncOperation", "Location", "Retry-After"} {
		if begun.Header.Get(header) == "" {
			t.Errorf("a PATCH answers without %s", header)
		}
	}
	for path, want := range map[string]any{
		"tags":                             map[string]any{"key1": "c"}, // replaced, not merged
		"properties.provisioningState":     "InProgress",
		"properties.storageAuthentication": "System",
		"properties.encryption":            map[string]any{"type": "SystemKey"},
	} {
		if diff := cmp.Diff(want, begun.At(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	got := azure.Call("GET", account, current, "")
	if got.Text("properties.provisioningState") != "Succeeded" {
		t.Errorf("after the PATCH: %s", got.Raw)
	}
	if data := got.At("systemData"); data == nil || got.Text("systemData.createdBy") == "" &&
		got.Text("systemData.lastModifiedAt") == "" {
		t.Errorf("systemData after a change: %v", data)
	}
}

func TestSystemData_appearsWithFirstChange(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusCreated)
	if data := azure.Call("GET", account, current, "").At("systemData"); data != nil {
		t.Errorf("systemData of an account never changed: %v", data)
	}
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
	want := map[string]any{
		"lastModifiedBy": azure.Caller.AppID, "lastModifiedByType": "Application",
		"lastModifiedAt": "2026-03-01T12:00:00Z",
	}
	if diff := cmp.Diff(want, azure.Call("GET", account, current, "").At("systemData")); diff != "" {
		t.Errorf("systemData after a change (-want +got):\n%s", diff)
	}
}

func TestPut_replacesTheWhole(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, current, `{"location":"westus2","tags":{"a":"b"},"properties":{
		"storageAccounts":[{"id":"`+store1+`","type":"Primary"}],"publicNetworkAccess":"Disabled",
		"keyDelivery":{"accessControl":{"defaultAction":"Deny","ipAllowList":["10.0.0.0/8"]}}}}`), http.StatusCreated)
	azure.Want(azure.Call("GET", account, current, ""), http.StatusOK)
	azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusOK)
	got := azure.Call("GET", account, current, "")
	if got.At("tags") != nil || got.Text("properties.publicNetworkAccess") != "Enabled" ||
		got.Text("properties.keyDelivery.accessControl.defaultAction") != "Allow" {
		t.Errorf("a PUT kept what it did not name: %s", got.Raw)
	}
}

func TestVersions_showWhatTheyHave(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusCreated)
	shown := map[string][]string{
		"2020-05-01": {"encryption", "mediaServiceId", "storageAccounts", "storageAuthentication"},
		"2021-05-01": {"encryption", "keyDelivery", "mediaServiceId", "storageAccounts", "storageAuthentication"},
		"2021-06-01": {
			"encryption", "keyDelivery", "mediaServiceId", "publicNetworkAccess", "storageAccounts",
			"storageAuthentication",
		},
		"2021-11-01": {
			"encryption", "keyDelivery", "mediaServiceId", "privateEndpointConnections", "provisioningState",
			"publicNetworkAccess", "storageAccounts", "storageAuthentication",
		},
		current: {
			"encryption", "keyDelivery", "mediaServiceId", "minimumTlsVersion", "privateEndpointConnections",
			"provisioningState", "publicNetworkAccess", "storageAccounts", "storageAuthentication",
		},
	}
	for version, want := range shown {
		properties, _ := azure.Call("GET", account, version, "").At("properties").(map[string]any)
		if diff := cmp.Diff(want, sortedKeys(properties)); diff != "" {
			t.Errorf("%s shows other properties (-want +got):\n%s", version, diff)
		}
	}
	azure.Want(azure.Call("GET", account, "2031-01-01", ""), http.StatusOK)
}

func TestGetBySubscription_onlyInTheFirstVersion(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusCreated)
	const bySubscription = subscription + "/providers/Microsoft.Media/mediaservices/"
	got := azure.Want(azure.Call("GET", bySubscription+"MEDIA1", "2020-05-01", ""), http.StatusOK)
	if got.Text("id") != account {
		t.Errorf("found %q, want %q", got.Text("id"), account)
	}
	azure.Want(azure.Call("GET", bySubscription+"media1", "2021-05-01", ""), http.StatusNotFound)
	azure.Want(azure.Call("GET", bySubscription+"media2", "2020-05-01", ""), http.StatusNotFound)
}

func TestLists(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	for _, id := range []string{account, accounts + "/media2", azuretest.Group + "2/providers/Microsoft.Media/mediaservices/media3"} {
		azure.Want(azure.Call("PUT", id, synchronous, body(store1)), http.StatusCreated)
	}
	for scope, want := range map[string]int{azuretest.Group: 2, subscription: 3} {
		listed := azure.Want(azure.Call("GET", scope+"/providers/Microsoft.Media/mediaservices", current, ""), http.StatusOK)
		if got := len(listed.At("value").([]any)); got != want {
			t.Errorf("%s lists %d accounts, want %d", scope, got, want)
		}
	}
	page := azure.Call("GET", subscription+"/providers/Microsoft.Media/mediaservices?$top=2", current, "")
	next, _ := page.Body["@odata.nextLink"].(string)
	if rest := azure.Want(azure.Send("GET", next, ""), http.StatusOK); len(rest.At("value").([]any)) != 1 {
		t.Errorf("the second page is %s", rest.Raw)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusCreated)
	gone := azure.Want(azure.Call("DELETE", account, current, ""), http.StatusOK)
	if gone.Raw != "" || gone.Header.Get("Content-Length") != "0" {
		t.Errorf("DELETE answers %q", gone.Raw)
	}
	azure.Want(azure.Call("DELETE", account, current, ""), http.StatusNoContent)
	azure.Refused(azure.Call("GET", account, current, ""), http.StatusNotFound, "ResourceNotFound",
		"The Resource 'Microsoft.Media/mediaservices/media1' under resource group 'rg' was not found.")
	azure.Want(azure.Call("GET", store1, "2023-01-01", ""), http.StatusOK)
}

func TestNames(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusCreated)
	const taken = "Already in use by another account. Please try again with a name that is not likely to be in use."
	const invalid = "The Media Account account name should be between 3 and 24 characters and may contain only lowercase letters and numbers."
	azure.Refused(azure.Call("PUT", azuretest.Group+"2/providers/Microsoft.Media/mediaservices/media1", current, body(store1)),
		http.StatusConflict, "Conflict", taken)
	azure.Refused(azure.Call("PUT", accounts+"/no-good", current, body(store1)),
		http.StatusBadRequest, "BadRequest", invalid)
	const check = subscription + "/providers/Microsoft.Media/locations/westus2/checkNameAvailability"
	for name, want := range map[string]map[string]any{
		"media2": {"nameAvailable": true},
		"media1": {"nameAvailable": false, "reason": "AlreadyExists", "message": taken},
		"Media3": {"nameAvailable": false, "reason": "Invalid", "message": invalid},
	} {
		// The CLI sends the type in capitals.
		answer := azure.Want(azure.Call("POST", check, current,
			fmt.Sprintf(`{"name":%q,"type":"MICROSOFT.MEDIA/MEDIASERVICES"}`, name)), http.StatusOK)
		if diff := cmp.Diff(want, answer.Body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	azure.Want(azure.Call("POST", check, current, `{"name":"a","type":"x"}`), http.StatusBadRequest)
	azure.Want(azure.Call("POST", check, current, `{`), http.StatusBadRequest)
}

func TestLimit_accountsPerSubscription(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	for i := range 100 {
		azure.Want(azure.Call("PUT", fmt.Sprintf("%s/media%d", accounts, i), synchronous, body(store1)), http.StatusCreated)
	}
	azure.Refused(azure.Call("PUT", accounts+"/media100", synchronous, body(store1)),
		http.StatusBadRequest, "BadRequest", "100 Media Services accounts")
}

// Tags come back as they were sent, whatever characters they have; a list of none is a list.
func TestAnswers(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	created := azure.Want(azure.Call("PUT", account, "2020-05-01", strings.Replace(body(store1), "{",
		`{"tags":{"b":"<&>","a":""},`, 1)), http.StatusCreated)
	if diff := cmp.Diff(map[string]any{"a": "", "b": "<&>"}, created.At("tags")); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	azure.Want(azure.Call("DELETE", account, "2020-05-01", ""), http.StatusOK)
	listed := azure.Call("GET", accounts, "2020-05-01", "")
	if diff := cmp.Diff(map[string]any{"value": []any{}}, listed.Body); diff != "" {
		t.Errorf("the empty list (-want +got):\n%s", diff)
	}
}

// The service fails over a space behind the comma (Azure/azure-rest-api-specs issue 21905).
func TestIdentity_withASpace(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	spaced := strings.Replace(body(store1), "{", `{"identity":{"type":"SystemAssigned, UserAssigned",`+
		`"userAssignedIdentities":{}},`, 1)
	azure.Refused(azure.Call("PUT", account, current, spaced),
		http.StatusInternalServerError, "InternalServerError", "An internal server error occurred.")
	azure.Want(azure.Call("PUT", account, synchronous, strings.Replace(body(store1), "{",
		`{"identity":{"type":"System Assigned"},`, 1)), http.StatusCreated)
}
