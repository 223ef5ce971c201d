// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServices_keepTheirSettings(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	for service, want := range map[string]map[string]any{
		"blobServices": {
			"cors":                  map[string]any{"corsRules": []any{}},
			"deleteRetentionPolicy": map[string]any{"enabled": false, "allowPermanentDelete": false},
		},
		"fileServices": {
			"cors":                       map[string]any{"corsRules": []any{}},
			"protocolSettings":           map[string]any{"smb": map[string]any{}},
			"shareDeleteRetentionPolicy": map[string]any{"enabled": true, "days": 7.0},
		},
	} {
		got := azure.Want(azure.Call("GET", account+"/"+service+"/default", version, ""), http.StatusOK)
		if diff := cmp.Diff(want, got.At("properties")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", service, diff)
		}
		if id := got.Text("id"); id != account+"/"+service+"/default" {
			t.Errorf("%s has the ID %s", service, id)
		}
	}
	azure.Want(azure.Call("PUT", account+"/blobServices/default", version,
		`{"properties":{"isVersioningEnabled":true}}`), http.StatusOK)
	azure.Want(azure.Call("PUT", account+"/blobServices/default", version,
		`{"properties":{"deleteRetentionPolicy":{"enabled":true,"days":5}}}`), http.StatusOK)
	got := azure.Call("GET", account+"/blobServices/default", version, "")
	if got.At("properties.isVersioningEnabled") != true ||
		got.At("properties.deleteRetentionPolicy.days") != 5.0 {
		t.Errorf("after two changes: %s", got.Raw)
	}
	azure.Want(azure.Call("PATCH", account, version, `{"tags":{"a":"b"}}`), http.StatusOK)
	if again := azure.Call("GET", account+"/blobServices/default", version, ""); again.Raw != got.Raw {
		t.Errorf("a change of the account changed its services: %s", again.Raw)
	}
}

func TestServices_areThoseOfTheKind(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, `{"sku":{"name":"Premium_LRS"},"kind":"FileStorage","location":"westus2"}`)
	azure.Want(azure.Call("GET", account+"/fileServices/default", version, ""), http.StatusOK)
	azure.Refused(azure.Call("GET", account+"/blobServices/default", version, ""),
		http.StatusBadRequest, "FeatureNotSupportedForAccount", "Blob is not supported for the account.")
}
