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

func TestCheckRequest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                    string
		typ, version, operation string
		body                    string
		want                    []string // Path, kind and whether allowed.
	}{
		{
			name: "tutorial's create without a storage account type",
			typ:  accounts, version: "2020-05-01", operation: http.MethodPut,
			body: `{"identity":{"type":"SystemAssigned"},"location":"westus2","properties":{
				"storageAccounts":[{"id":"x"}],"encryption":{"type":"SystemKey"}}}`,
		},
		{
			name: "typos",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPut,
			body: `{"location":"westus2","tag":{},"properties":{
				"storageAccounts":[{"id":"x","typ":"Primary"}],
				"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifer":"k"}}}}`,
			want: []string{
				"properties.encryption.keyVaultProperties.keyIdentifer unknown field",
				"properties.storageAccounts[0].typ unknown field",
				"tag unknown field",
			},
		},
		{
			name: "any case",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPut,
			body: `{"Location":"w","Properties":{"StorageAccounts":[{"ID":"x","Type":"primary"}],
				"PublicNetworkAccess":"DISABLED"}}`,
		},
		{
			name: "wrong types",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPut,
			body: `{"location":7,"tags":{"a":1,"b.c":true},"properties":{"storageAccounts":{"id":"x"},
				"encryption":"SystemKey","keyDelivery":{"accessControl":{"ipAllowList":["a",1]}}}}`,
			want: []string{
				"location wrong type",
				"properties.encryption wrong type",
				"properties.keyDelivery.accessControl.ipAllowList[1] wrong type",
				"properties.storageAccounts wrong type",
				"tags.a wrong type",
				"tags['b.c'] wrong type",
			},
		},
		{
			name: "values outside enums",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPatch,
			body: `{"properties":{"encryption":{"type":"MyKey"},"minimumTlsVersion":"TLS1_2"}}`,
			want: []string{
				"properties.encryption.type not in enum",
				"properties.minimumTlsVersion not in enum",
			},
		},
		{
			name: "required fields",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPut,
			body: `{"properties":{"encryption":{"type":null,"identity":{}}}}`,
			want: []string{
				"properties.encryption.identity.useSystemAssignedIdentity missing",
				"properties.encryption.type missing",
				"location missing",
			},
		},
		{
			name: "null takes away",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPatch,
			body: `{"tags":null,"identity":{"type":"UserAssigned","userAssignedIdentities":{"/a/b.c":null}},
				"properties":{"encryption":{"type":"SystemKey","keyVaultProperties":null}}}`,
		},
		{
			name: "a resource as it was read",
			typ:  accounts, version: "2023-01-01", operation: http.MethodPut,
			body: `{"id":"i","name":"n","type":"t","systemData":{"createdBy":1},"location":"w",
				"properties":{"provisioningState":"Whatever","mediaServiceId":"m"},
				"identity":{"type":"UserAssigned","userAssignedIdentities":{"/a/b.c":{"clientId":"c"}}}}`,
			want: []string{
				"id read-only allowed",
				"identity.userAssignedIdentities['/a/b.c'].clientId read-only allowed",
				"name read-only allowed",
				"properties.mediaServiceId read-only allowed",
				"properties.provisioningState read-only allowed",
				"systemData read-only allowed",
				"type read-only allowed",
			},
		},
		{
			name: "a storage account as it was read, though creation has other fields",
			typ:  storage, version: "2023-01-01", operation: http.MethodPut,
			body: `{"id":"i","sku":{"name":"Standard_LRS","tier":"Standard"},"kind":"StorageV2","location":"w",
				"properties":{"primaryEndpoints":{"blob":"b"},"creationTime":"c"}}`,
			want: []string{
				"id read-only allowed",
				"properties.creationTime read-only allowed",
				"properties.primaryEndpoints read-only allowed",
			},
		},
		{
			name: "a field of a later version",
			typ:  accounts, version: "2021-05-01", operation: http.MethodPut,
			body: `{"location":"w","properties":{"publicNetworkAccess":"Enabled"}}`,
			want: []string{"properties.publicNetworkAccess unknown field"},
		},
		{
			name: "PATCH of 2020-05-01 with tags only",
			typ:  accounts, version: "2020-05-01", operation: http.MethodPatch,
			body: `{"tags":{"key1":"value3"}}`,
		},
		{
			name: "a version newer than its document",
			typ:  accounts, version: "2030-01-01", operation: http.MethodPatch,
			body: `{"brandNew":{"a":1},"properties":{"minimumTlsVersion":"Tls14","storageAuthentication":1}}`,
			want: []string{
				"brandNew unknown field allowed",
				"properties.minimumTlsVersion not in enum allowed",
				"properties.storageAuthentication wrong type",
			},
		},
		{
			name: "numbers",
			typ:  shape.KeyVault, version: "7.4", operation: "CreateKey",
			body: `{"kty":"RSA","key_size":2048.5,"attributes":{"exp":1700000000},"key_ops":["wrapKey"]}`,
			want: []string{"key_size wrong type"},
		},
		{
			name: "a whole number where any number is taken",
			typ:  storage + "/managementPolicies", version: "2023-01-01", operation: http.MethodPut,
			body: `{"properties":{"policy":{"rules":[{"name":"r","type":"Lifecycle","definition":{"actions":{"baseBlob":{
				"delete":{"daysAfterModificationGreaterThan":30},
				"tierToCool":{"daysAfterModificationGreaterThan":1.5},
				"tierToCold":{"daysAfterModificationGreaterThan":"30"}}}}}]}}}`,
			want: []string{
				"properties.policy.rules[0].definition.actions.baseBlob.tierToCold.daysAfterModificationGreaterThan wrong type",
			},
		},
		{
			name: "the data plane knows no resources to send back",
			typ:  shape.KeyVault, version: "7.4", operation: "UpdateKey",
			body: `{"key":{"kid":"k"},"attributes":{"enabled":true,"created":1}}`,
			want: []string{"attributes.created read-only allowed", "key unknown field"},
		},
		{
			name: "role assignment",
			typ:  "Microsoft.Authorization/roleAssignments", version: "2022-04-01", operation: http.MethodPut,
			body: `{"properties":{"roleDefinitionId":"r","principaId":"p"}}`,
			want: []string{"properties.principaId unknown field", "properties.principalId missing"},
		},
		{
			name: "an action that takes nothing",
			typ:  storage, version: "2023-01-01", operation: shape.Action("listKeys"),
			body: `{"anything":1}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := operation(t, test.typ, test.version, test.operation)
			var got []string
			for _, p := range o.CheckRequest(decode(t, test.body)) {
				line := p.Path + " " + string(p.Kind)
				if p.Allowed {
					line += " allowed"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckRequest_withoutBody(t *testing.T) {
	t.Parallel()
	create := operation(t, accounts, "2023-01-01", http.MethodPut)
	if got := create.CheckRequest(nil); len(got) != 1 || got[0].Kind != shape.Missing {
		t.Errorf("problems of a missing body = %v", got)
	}
	if got := operation(t, accounts, "2023-01-01", http.MethodGet).CheckRequest(nil); got != nil {
		t.Errorf("problems of GET = %v", got)
	}
	if got := create.CheckRequest([]any{}); len(got) != 1 || got[0].Kind != shape.WrongType {
		t.Errorf("problems of an array = %v", got)
	}
}

func TestProblem_tellsWhatIsExpected(t *testing.T) {
	t.Parallel()
	create := operation(t, accounts, "2023-01-01", http.MethodPut)
	problems := create.CheckRequest(map[string]any{
		"location":   json.Number("1.5"),
		"properties": map[string]any{"encryption": map[string]any{"type": "MyKey", "kind": "x"}},
	})
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	want := []string{
		"location: wrong type number, expected string",
		"properties.encryption.kind: unknown field, expected one of identity, keyVaultProperties, status, type",
		"properties.encryption.type: not in enum MyKey, expected one of SystemKey, CustomerKey",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if problems[1].Object != "AccountEncryption" {
		t.Errorf("object = %q", problems[1].Object)
	}
	if got := shape.Refused(problems); len(got) != 3 {
		t.Errorf("refused = %v", got)
	}
	missing := shape.Problem{Kind: shape.Missing, Expected: "object"}
	if got, want := missing.String(), "body: missing, expected object"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, typ, version, operation, body, want string }{
		{
			"names and values", accounts, "2023-01-01", http.MethodPut,
			`{"LOCATION":"West US","Tags":{"Type":"primary","id":"X"},
			  "Properties":{"storageaccounts":[{"ID":"x","type":"primary"}],"Encryption":{"TYPE":"customerkey"}}}`,
			`{"location":"West US","tags":{"Type":"primary","id":"X"},
			  "properties":{"storageAccounts":[{"id":"x","type":"Primary"}],"encryption":{"type":"CustomerKey"}}}`,
		},
		{
			"keys of free maps", accounts, "2023-01-01", http.MethodPatch,
			`{"identity":{"Type":"UserAssigned","userassignedidentities":{"/Subscriptions/S":{"ClientID":"c"}}}}`,
			`{"identity":{"type":"UserAssigned","userAssignedIdentities":{"/Subscriptions/S":{"clientId":"c"}}}}`,
		},
		{
			"unknown fields", accounts, "2023-01-01", http.MethodPatch,
			`{"Whatever":{"Type":[1,{"A":null}]}}`, `{"Whatever":{"Type":[1,{"A":null}]}}`,
		},
		{
			"the documented spelling wins", accounts, "2023-01-01", http.MethodPatch,
			`{"TAGS":{"a":"1"},"tags":{"a":"2"},"properties":{"storageAccounts":[],"storageaccounts":[1]}}`,
			`{"tags":{"a":"2"},"properties":{"storageAccounts":[]}}`,
		},
		{
			"vaults keep the spelling of permissions", vaults, "2023-07-01", http.MethodPut,
			`{"properties":{"SKU":{"name":"Standard","family":"a"},
			  "accessPolicies":[{"permissions":{"Keys":["Get","WRAPKEY"]}}]}}`,
			`{"properties":{"sku":{"name":"standard","family":"A"},
			  "accessPolicies":[{"permissions":{"keys":["Get","WRAPKEY"]}}]}}`,
		},
		{
			"fields that were read", storage, "2023-01-01", http.MethodPut,
			`{"ID":"i","properties":{"primaryendpoints":{"BLOB":"b"}}}`,
			`{"id":"i","properties":{"primaryEndpoints":{"blob":"b"}}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := operation(t, test.typ, test.version, test.operation)
			body := decode(t, test.body)
			if diff := cmp.Diff(any(decode(t, test.want)), o.Canonical(body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(decode(t, test.body), body); diff != "" {
				t.Errorf("the original was changed:\n%s", diff)
			}
		})
	}
}

func TestDropReadOnly(t *testing.T) {
	t.Parallel()
	o := operation(t, storage, "2023-01-01", http.MethodPut)
	got := o.DropReadOnly(decode(t, `{"id":"i","Name":"n","sku":{"name":"Standard_LRS","tier":"Standard"},
		"tags":{"id":"kept"},"typo":1,"properties":{"primaryEndpoints":{"blob":"b"},"accessTier":"Hot",
		"encryption":{"keySource":"Microsoft.Keyvault","keyvaultproperties":{"keyname":"k",
		"currentVersionedKeyIdentifier":"c"}}}}`))
	want := decode(t, `{"sku":{"name":"Standard_LRS","tier":"Standard"},"tags":{"id":"kept"},"typo":1,
		"properties":{"accessTier":"Hot","encryption":{"keySource":"Microsoft.Keyvault",
		"keyvaultproperties":{"keyname":"k"}}}}`)
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestPrune_showsTheFieldsOfTheVersion(t *testing.T) {
	t.Parallel()
	full := `{"id":"i","name":"n","type":"t","location":"West US","tags":{"a":"b"},"internal":true,
		"systemData":{"createdBy":"x","secret":1},
		"identity":{"type":"UserAssigned","userAssignedIdentities":{"/a":{"clientId":"c"}}},
		"properties":{"mediaServiceId":"m","storageAccounts":[{"id":"x","type":"Primary","status":"s"}],
		"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"k","currentKeyIdentifier":"c"},
		"identity":{"useSystemAssignedIdentity":true}},"keyDelivery":{},"publicNetworkAccess":"Enabled",
		"provisioningState":"Succeeded","minimumTlsVersion":"Tls12"}}`
	for version, want := range map[string]string{
		"2020-05-01": "encryption mediaServiceId storageAccounts",
		"2021-05-01": "encryption keyDelivery mediaServiceId storageAccounts",
		"2021-06-01": "encryption keyDelivery mediaServiceId publicNetworkAccess storageAccounts",
		"2021-11-01": "encryption keyDelivery mediaServiceId provisioningState publicNetworkAccess storageAccounts",
		"2023-01-01": "encryption keyDelivery mediaServiceId minimumTlsVersion provisioningState publicNetworkAccess storageAccounts",
	} {
		got := operation(t, accounts, version, http.MethodGet).Prune(decode(t, full))
		properties, ok := got["properties"].(map[string]any)
		if !ok {
			t.Fatalf("%s: no properties in %v", version, got)
		}
		if names := strings.Join(sortedKeys(properties), " "); names != want {
			t.Errorf("%s: properties %s, want %s", version, names, want)
		}
		if _, shown := got["internal"]; shown {
			t.Errorf("%s shows a field that no document has", version)
		}
	}

	first := operation(t, accounts, "2020-05-01", http.MethodGet).Prune(decode(t, full))
	want := decode(t, `{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"k","currentKeyIdentifier":"c"}}`)
	properties, _ := first["properties"].(map[string]any)
	if diff := cmp.Diff(any(want), properties["encryption"]); diff != "" {
		t.Errorf("encryption at 2020-05-01 (-want +got):\n%s", diff)
	}
}

func TestPrune_list(t *testing.T) {
	t.Parallel()
	got := operation(t, accounts, "2023-01-01", shape.List).Prune(decode(t,
		`{"value":[{"name":"n","internal":1,"tags":{"internal":"kept"}}],"@odata.nextLink":"l","count":1}`))
	want := decode(t, `{"value":[{"name":"n","tags":{"internal":"kept"}}],"@odata.nextLink":"l"}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}

func TestPrune_otherCases(t *testing.T) {
	t.Parallel()
	newer := operation(t, accounts, "2030-01-01", http.MethodGet)
	if got := newer.Prune(map[string]any{"brandNew": 1}); got["brandNew"] != 1 {
		t.Errorf("a newer version keeps what no document has: %v", got)
	}
	empty := operation(t, accounts, "2023-01-01", shape.Action("syncStorageKeys"))
	if got := empty.Prune(map[string]any{"a": 1}); got != nil {
		t.Errorf("syncStorageKeys answers with nothing, not %v", got)
	}
	vault := operation(t, vaults, "2023-07-01", http.MethodPut)
	got := vault.Prune(decode(t, `{"properties":{"createMode":"recover","vaultUri":"u"}}`))
	if diff := cmp.Diff(decode(t, `{"properties":{"vaultUri":"u"}}`), got); diff != "" {
		t.Errorf("createMode is only sent (-want +got):\n%s", diff)
	}
}

func TestPrune_valuesOfOtherTypes(t *testing.T) {
	t.Parallel()
	type identity struct {
		Type   string         `json:"type"`
		Assign map[string]any `json:"userAssignedIdentities,omitempty"`
	}
	got := operation(t, accounts, "2020-05-01", http.MethodGet).Prune(map[string]any{
		"location":   json.Number("1"),
		"tags":       map[string]string{"a": "b"},
		"identity":   &identity{Type: "None", Assign: map[string]any{"/a": struct{}{}}},
		"properties": map[string]any{"storageAccounts": []map[string]any{{"id": "x", "status": "s"}}},
		"systemData": func() {},
	})
	want := map[string]any{
		"location":   json.Number("1"),
		"tags":       map[string]any{"a": "b"},
		"identity":   map[string]any{"type": "None"},
		"properties": map[string]any{"storageAccounts": []any{map[string]any{"id": "x"}}},
		"systemData": nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func FuzzBody(f *testing.F) {
	f.Add(`{"location":"w","properties":{"storageAccounts":[{"id":"x","Type":"primary"}]}}`)
	f.Add(`[{"tags":null}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var body any
		if json.Unmarshal([]byte(text), &body) != nil {
			return
		}
		o := operation(t, accounts, "2023-01-01", http.MethodPut)
		o.CheckRequest(body)
		dropped := o.DropReadOnly(body)
		for _, p := range o.CheckRequest(dropped) {
			if p.Kind == shape.ReadOnly {
				t.Errorf("%s is left in %v", p.Path, dropped)
			}
		}
		if fields, ok := body.(map[string]any); ok {
			o.Prune(fields)
		}
	})
}

func sortedKeys(fields map[string]any) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
