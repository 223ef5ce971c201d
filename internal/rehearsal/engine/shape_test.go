// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

const account = group + "/providers/Microsoft.Media/mediaservices/account"

func TestVersion_isRefusedWhereThereIsNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		code, words        string
	}{
		"known":               {method: "GET", path: account + "?api-version=2023-01-01", status: 404, code: "ResourceNotFound"},
		"newer than any":      {method: "GET", path: account + "?api-version=2031-12-24-preview", status: 404, code: "ResourceNotFound"},
		"older than any":      {method: "GET", path: account + "?api-version=2001-01-01", status: 400, code: "NoRegisteredProviderFound", words: "API version '2001-01-01' for type 'mediaservices'. The supported api-versions are '2023-01-01, "},
		"between two":         {method: "PUT", path: account + "?api-version=2021-07-07", body: `{"location":"westus2"}`, status: 400, code: "NoRegisteredProviderFound", words: "for location 'westus2'"},
		"not a version":       {method: "GET", path: account + "?api-version=latest", status: 400, code: "InvalidApiVersionParameter", words: "The api-version 'latest' is invalid. The supported versions are '20"},
		"of the group":        {method: "GET", path: group + "?api-version=2001-01-01", status: 400, code: "InvalidApiVersionParameter", words: "'2001-01-01'"},
		"of an action":        {method: "POST", path: account + "/syncStorageKeys?api-version=2001-01-01", status: 404, code: "InvalidResourceType"},
		"without the version": {method: "GET", path: account + "?api-version=", status: 400, code: "MissingApiVersionParameter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.refused(w.call(test.method, test.path, test.body), test.status, test.code, test.words)
			if noted := len(w.lastEntry().Notes) > 0; noted != (test.status == 400 && name != "without the version" || name == "of an action") {
				t.Errorf("journal: %v", w.lastEntry().Notes)
			}
		})
	}
}

func TestShape_refusesWhatTheDocumentsDoNotHave(t *testing.T) {
	t.Parallel()
	const known, newer = "2023-01-01", "2031-01-01"
	for name, test := range map[string]struct {
		method, version, body string
		status                int
		words, note           string
	}{
		"an unknown field of the resource": {
			version: known, body: "{\n  \"location\":\"westus2\",\n  \"propertys\":{}}", status: 400,
			words: "'Could not find member 'propertys' on object of type 'ResourceDefinition'. Path 'propertys', line 3, position 14.'.",
			note:  "propertys: unknown field",
		},
		"an unknown field deep down": {
			version: known, body: `{"location":"westus2","properties":{"storageAccounts":[{"id":"x","kind":"Primary"}]}}`,
			status: 400,
			words:  "'Could not find member 'kind' on object of type 'StorageAccount'. Path 'properties.storageAccounts[0].kind', line 1, position 72.'.",
			note:   "properties.storageAccounts[0].kind: unknown field",
		},
		"an unknown field in a newer version": {
			version: newer, body: `{"location":"westus2","properties":{"invented":1}}`, status: 201,
			note: "properties.invented: unknown field",
		},
		"an object where a text belongs": {
			version: known, body: `{"location":"westus2","properties":{"storageAccounts":[{"id":{}}]}}`, status: 400,
			words: "'Error reading string. Unexpected token: StartObject. Path 'properties.storageAccounts[0].id', line 1, position 61.'.",
			note:  "wrong type",
		},
		"a text where an object belongs": {
			version: known, body: `{"location":"westus2","properties":"none"}`, status: 400,
			words: "Error converting value: found string, expected object. Path 'properties'", note: "wrong type",
		},
		"a value that is not in the list": {
			version: known, body: `{"location":"westus2","properties":{"storageAuthentication":"Magic"}}`, status: 400,
			words: "found Magic, expected one of System, ManagedIdentity", note: "not in enum",
		},
		"a value that is not in the list of a newer version": {
			version: newer, body: `{"location":"westus2","properties":{"storageAuthentication":"Magic"}}`, status: 201,
			note: "not in enum",
		},
		"a required field left out": {
			version: known, body: `{"location":"westus2","properties":{"encryption":{}}}`, status: 400,
			words: "Required property 'type' not found in JSON. Path 'properties.encryption.type', line 1, position 53.", note: "missing",
		},
		"a location left out has words of its own": {
			version: known, body: `{"properties":{}}`, status: 400, words: "The location property is required",
		},
		"a tag with an odd name is no field": {
			version: known, body: `{"location":"westus2","tags":{"odd name":"1"}}`, status: 201,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got := w.want(w.call("PUT", account+"?api-version="+test.version, test.body), test.status)
			if message := got.text("error.message"); !strings.Contains(message, test.words) {
				t.Errorf("message %q\nwant %q", message, test.words)
			}
			notes := w.lastEntry().Notes
			noted := slices.ContainsFunc(notes, func(note string) bool { return strings.Contains(note, test.note) })
			if test.note != "" && !noted || test.note == "" && len(notes) > 0 {
				t.Errorf("journal: %q, want %q", notes, test.note)
			}
		})
	}
}

func TestShape_dropsWhatOnlyTheServiceSets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.want(w.call("PUT", account+"?api-version=2023-01-01", `{"id":"/mine","location":"westus2",
		"PROPERTIES":{"mediaServiceId":"mine","StorageAuthentication":"managedidentity"}}`), http.StatusCreated)
	if got.at("properties.mediaServiceId") != nil || got.text("id") != account {
		t.Errorf("kept what is read-only: %s", got.Body)
	}
	if spelled := got.text("properties.storageAuthentication"); spelled != "ManagedIdentity" {
		t.Errorf("spelled %q: %s", spelled, got.Body)
	}
}

func TestShape_showsWhatTheVersionHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(w.call("PUT", account+"?api-version=2023-01-01",
		`{"location":"westus2","properties":{"publicNetworkAccess":"Enabled","storageAuthentication":"System"}}`), http.StatusCreated)
	for version, shows := range map[string]bool{"2023-01-01": true, "2020-05-01": false, "2031-01-01": true} {
		one := w.want(w.call("GET", account+"?api-version="+version, ""), http.StatusOK)
		all := w.want(w.call("GET", group+"/providers/Microsoft.Media/mediaservices?api-version="+version, ""), http.StatusOK)
		listed := all.at("value").([]any)[0].(map[string]any)["properties"].(map[string]any)
		_, inList := listed["publicNetworkAccess"]
		if alone := one.at("properties.publicNetworkAccess") != nil; alone != shows || inList != shows {
			t.Errorf("%s: alone %v, in the list %v, want %v", version, alone, inList, shows)
		}
		if one.at("properties.storageAuthentication") == nil && version != "2020-05-01" {
			t.Errorf("%s lost too much: %s", version, one.Body)
		}
	}
}
