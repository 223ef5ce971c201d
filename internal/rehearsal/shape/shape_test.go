// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
)

const (
	accounts = "Microsoft.Media/mediaservices"
	storage  = "Microsoft.Storage/storageAccounts"
	vaults   = "Microsoft.KeyVault/vaults"
)

func TestFor_findsOperations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typ, version, operation string
		wantID                  string // Empty: there is no such operation.
	}{
		{accounts, "2023-01-01", http.MethodPut, "Mediaservices_CreateOrUpdate"},
		{"MICROSOFT.MEDIA/MediaServices", "2023-01-01", "put", "Mediaservices_CreateOrUpdate"},
		{accounts, "2023-01-01", "mediaservices_update", "Mediaservices_Update"},
		{accounts, "2020-05-01", shape.List, "Mediaservices_List"},
		{accounts, "2020-05-01", shape.Action("SyncStorageKeys"), "Mediaservices_SyncStorageKeys"},
		{accounts, "2023-01-01", http.MethodHead, ""},
		{accounts, "2018-07-01", http.MethodPut, ""},
		{"Microsoft.Media/other", "2023-01-01", http.MethodPut, ""},
		// Video Analyzer lost the action in its second version.
		{
			"Microsoft.Media/videoAnalyzers", "2021-05-01-preview", shape.Action("syncStorageKeys"),
			"VideoAnalyzers_SyncStorageKeys",
		},
		{"Microsoft.Media/videoAnalyzers", "2021-11-01-preview", shape.Action("syncStorageKeys"), ""},
		{
			"Microsoft.Media/locations/mediaServicesOperationStatuses", "2021-11-01", http.MethodGet,
			"MediaServicesOperationStatuses_Get",
		},
		{"Microsoft.Media/locations/mediaServicesOperationStatuses", "2021-06-01", http.MethodGet, ""},
		{
			"Microsoft.Media/locations", "2021-11-01", shape.Action("checkNameAvailability"),
			"Locations_CheckNameAvailability",
		},
		{
			"Microsoft.Storage", "2019-06-01", shape.Action("checkNameAvailability"),
			"StorageAccounts_CheckNameAvailability",
		},
		{vaults + "/accessPolicies", "2018-02-14", http.MethodPut, "Vaults_UpdateAccessPolicy"},
		{shape.KeyVault, "7.0", "wrapKey", "wrapKey"},
		{shape.KeyVault, "2025-07-01", "createkey", "CreateKey"},
		{"Microsoft.Resources/resourceGroups", "2016-09-01", http.MethodPut, "ResourceGroups_CreateOrUpdate"},
		{
			"Microsoft.Authorization/roleAssignments", "2018-01-01-preview", http.MethodPut,
			"RoleAssignments_Create",
		},
	} {
		operation, ok := shape.For(test.typ, test.version, test.operation)
		if ok != (test.wantID != "") || operation.ID != test.wantID {
			t.Errorf("For(%q, %q, %q) = %q, %v, want %q",
				test.typ, test.version, test.operation, operation.ID, ok, test.wantID)
		}
	}
}

func TestFor_describesTheOperation(t *testing.T) {
	t.Parallel()
	before, after := operation(t, accounts, "2021-06-01", http.MethodPatch),
		operation(t, accounts, "2021-11-01", http.MethodPatch)
	if diff := cmp.Diff([]int{200}, before.Statuses); diff != "" || before.LongRunning {
		t.Errorf("PATCH at 2021-06-01 is synchronous: long-running %v, %s", before.LongRunning, diff)
	}
	if diff := cmp.Diff([]int{202}, after.Statuses); diff != "" || !after.LongRunning {
		t.Errorf("PATCH at 2021-11-01 is long-running: long-running %v, %s", after.LongRunning, diff)
	}
	if !after.TakesBody() || !after.NeedsBody || !after.HasResponse() {
		t.Errorf("PATCH takes and gives a body: %+v", after)
	}
	if sync := operation(t, accounts, "2023-01-01", shape.Action("syncStorageKeys")); sync.HasResponse() {
		t.Error("syncStorageKeys answers without a body")
	}
	if typ := after.Type; typ != accounts {
		t.Errorf("type = %q, want %q", typ, accounts)
	}
	if key := operation(t, shape.KeyVault, "7.4", "UpdateKey"); key.Path != "/keys/{key-name}/{key-version}" {
		t.Errorf("path = %q", key.Path)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typ, version string
		want         shape.Version
	}{
		{accounts, "2021-06-01", shape.Version{Documented: "2021-06-01"}},
		{accounts, "2024-01-01", shape.Version{Documented: "2023-01-01", Lenient: true}},
		{accounts, "2023-01-01-preview", shape.Version{}},
		{accounts, "2022-01-01", shape.Version{}},
		{accounts, "2015-10-01", shape.Version{}},
		{accounts, "", shape.Version{}},
		{accounts, "2024-13-41", shape.Version{}},
		{accounts, "2024-01-01-nonsense", shape.Version{}},
		{accounts, "9.9", shape.Version{}},
		{"Microsoft.Media/videoAnalyzers", "2021-11-01-Preview", shape.Version{
			Name: "2021-11-01-preview", Documented: "2021-11-01-preview",
		}},
		{"Microsoft.Media/videoAnalyzers", "2021-11-01", shape.Version{
			Documented: "2021-11-01-preview", Lenient: true,
		}},
		{storage, "2019-06-01", shape.Version{Documented: "2023-01-01", Lenient: true}},
		{storage, "2023-02-02", shape.Version{Documented: "2023-01-01", Lenient: true}},
		{storage, "2022-02-02", shape.Version{}},
		{vaults, "2018-02-14", shape.Version{Documented: "2023-07-01", Lenient: true}},
		{shape.KeyVault, "7.4", shape.Version{Documented: "7.4"}},
		{shape.KeyVault, "7.0", shape.Version{Documented: "7.4", Lenient: true}},
		{shape.KeyVault, "7.10", shape.Version{Documented: "7.4", Lenient: true}},
		{shape.KeyVault, "2027-01-01", shape.Version{Documented: "7.4", Lenient: true}},
		{shape.KeyVault, "2017-01-01", shape.Version{}},
		{shape.KeyVault, "6.9", shape.Version{}},
		// Written here for all its versions: not lenient.
		{"Microsoft.Resources/resourceGroups", "2021-04-01", shape.Version{Documented: "2025-04-01"}},
		{"Microsoft.ManagedIdentity/userAssignedIdentities", "2018-11-30", shape.Version{Documented: "2024-11-30"}},
		{"Microsoft.Nothing/here", "2021-04-01", shape.Version{}},
	} {
		got, ok := shape.Resolve(test.typ, test.version)
		if ok && test.want.Name == "" {
			test.want.Name = test.version
		}
		if ok != (test.want.Documented != "") || got != test.want && ok {
			t.Errorf("Resolve(%q, %q) = %+v, %v, want %+v", test.typ, test.version, got, ok, test.want)
		}
	}
}

func TestVersions_oldestFirst(t *testing.T) {
	t.Parallel()
	want := []string{"2020-05-01", "2021-05-01", "2021-06-01", "2021-11-01", "2023-01-01"}
	if diff := cmp.Diff(want, shape.Versions(accounts)); diff != "" {
		t.Errorf("versions of media accounts (-want +got):\n%s", diff)
	}
	keys := shape.Versions(shape.KeyVault)
	if keys[0] != "7.0" || keys[len(keys)-1] != "2025-07-01" || !slices.Contains(keys, "7.4") {
		t.Errorf("versions of Key Vault = %v", keys)
	}
	if got := shape.Versions("Microsoft.Nothing/here"); got != nil {
		t.Errorf("versions of an unknown type = %v", got)
	}
}

// Every type, version and operation can be had, and the names that Locate
// derives from a path are those that For understands.
func TestEveryOperationIsFound(t *testing.T) {
	t.Parallel()
	count := 0
	for _, typ := range shape.Types() {
		for _, version := range shape.Versions(typ) {
			for _, name := range shape.Operations(typ, version) {
				count++
				o := operation(t, typ, version, name)
				if typ == shape.KeyVault {
					continue
				}
				located, operation, ok := shape.Locate(o.Method, o.Path)
				if !ok || !strings.EqualFold(located, typ) || operation != name {
					t.Errorf("Locate(%s %s) = %q, %q, %v, want %q, %q",
						o.Method, o.Path, located, operation, ok, typ, name)
				}
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d operations", count)
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	const group = "/subscriptions/s/resourceGroups/providers"
	for _, test := range []struct{ method, path, typ, operation string }{
		{"GET", "/subscriptions", "Microsoft.Resources/subscriptions", "LIST"},
		{"GET", "/subscriptions/s", "Microsoft.Resources/subscriptions", "GET"},
		{"PUT", group, "Microsoft.Resources/resourceGroups", "PUT"},
		{"GET", group + "/resources", "Microsoft.Resources/resources", "LIST"},
		{"GET", "/subscriptions/s/providers", "Microsoft.Resources/providers", "LIST"},
		{"GET", "/subscriptions/s/providers/Microsoft.Media", "Microsoft.Resources/providers", "GET"},
		{
			"POST", "/subscriptions/s/providers/Microsoft.Media/register",
			"Microsoft.Resources/providers", "POST register",
		},
		{"PATCH", group + "/providers/Microsoft.Media/mediaServices/a/", "Microsoft.Media/mediaServices", "PATCH"},
		{"GET", group + "/providers/Microsoft.Media/mediaServices", "Microsoft.Media/mediaServices", "LIST"},
		{
			"POST", group + "/providers/Microsoft.Media/mediaServices/a/syncStorageKeys",
			"Microsoft.Media/mediaServices", "POST syncStorageKeys",
		},
		{
			"PUT", group + "/providers/Microsoft.Media/mediaServices/a/providers/Microsoft.Authorization/roleAssignments/r",
			"Microsoft.Authorization/roleAssignments", "PUT",
		},
		{"GET", "/providers/Microsoft.Media/operations", "Microsoft.Media/operations", "LIST"},
		{"DELETE", "/subscriptions", "", ""},
		{"GET", "/", "", ""},
		{"GET", "", "", ""},
		{"GET", "/subscriptions//resourceGroups", "Microsoft.Resources/resourceGroups", "LIST"},
		{"GET", "/subscriptions/s//x", "", ""},
	} {
		typ, operation, ok := shape.Locate(test.method, test.path)
		if ok != (test.typ != "") || typ != test.typ || operation != test.operation {
			t.Errorf("Locate(%s %q) = %q, %q, %v, want %q, %q",
				test.method, test.path, typ, operation, ok, test.typ, test.operation)
		}
	}
}

func FuzzLocate(f *testing.F) {
	f.Add("GET", "/subscriptions/s/providers/Microsoft.Media/register")
	f.Fuzz(func(_ *testing.T, method, path string) { shape.Locate(method, path) })
}

func FuzzResolve(f *testing.F) {
	f.Add("2023-01-01")
	f.Add("7.6-preview.2")
	f.Fuzz(func(t *testing.T, version string) {
		for _, typ := range []string{accounts, shape.KeyVault} {
			if resolved, ok := shape.Resolve(typ, version); ok && resolved.Documented == "" {
				t.Errorf("Resolve(%q, %q) = %+v", typ, version, resolved)
			}
		}
	})
}

func operation(t *testing.T, typ, version, name string) shape.Operation {
	t.Helper()
	o, ok := shape.For(typ, version, name)
	if !ok {
		t.Fatalf("%s has no %s at %s", typ, name, version)
	}
	return o
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("decoding %s: %v", text, err)
	}
	return body
}
