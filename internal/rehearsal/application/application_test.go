// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package application_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/tokentest"
)

// world is a rehearsal with a storage account and a vault, at a time of its own.
type world struct {
	*rehearsal.Azure

	t      *testing.T
	access rehearsal.Access
}

const (
	group   = "/subscriptions/{subscriptionId}/resourceGroups/rg"
	storage = group + "/providers/Microsoft.Storage/storageAccounts/contoso"
	vault   = group + "/providers/Microsoft.KeyVault/vaults/secrets"
	secret  = "https://secrets.vault.azure.net/secrets/key"
	start   = "2026-03-01T12:00:00Z"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	now, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	azure, err := rehearsal.Open(t.Context(), "", engine.WithTime(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Azure: azure, t: t, access: azure.Access()}
	if err := azure.Transact(func(tx *engine.Tx) error {
		tokentest.UseSharedKey(t, tx)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.ask(http.MethodPut, group+"?api-version=2021-04-01", `{"location":"westus2"}`)
	w.ask(http.MethodPut, storage+"?api-version=2023-01-01", `{"location":"westus2","kind":"StorageV2","sku":{"name":"Standard_LRS"}}`)
	w.grant(w.access.ObjectID, "all")
	return w
}

// ask sends a request as the owner.
func (w *world) ask(method, url, body string) map[string]any {
	w.t.Helper()
	answer, err := w.Ask(w.t.Context(), rehearsal.Question{Method: method, URL: url, Body: []byte(body)})
	if err != nil || answer.Status >= http.StatusBadRequest {
		w.t.Fatalf("%s %s: %d %s, %v", method, url, answer.Status, answer.Body, err)
	}
	var content map[string]any
	if len(answer.Body) > 0 {
		if err := json.Unmarshal(answer.Body, &content); err != nil {
			w.t.Fatal(err)
		}
	}
	return content
}

// grant lets the owner do everything with the secrets of the vault, and somebody do something.
func (w *world) grant(principal string, permissions ...string) {
	w.t.Helper()
	entry := func(object string, permissions []string) map[string]any {
		return map[string]any{
			"tenantId": w.access.TenantID, "objectId": object, "permissions": map[string]any{"secrets": permissions},
		}
	}
	policies := []any{entry(w.access.ObjectID, []string{"all"})}
	if principal != w.access.ObjectID {
		policies = append(policies, entry(principal, permissions))
	}
	body, err := json.Marshal(map[string]any{"location": "westus2", "properties": map[string]any{
		"tenantId": w.access.TenantID, "sku": map[string]any{"family": "A", "name": "standard"},
		"accessPolicies": policies, "enableRbacAuthorization": false,
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.ask(http.MethodPut, vault+"?api-version=2023-07-01", string(body))
}

// regenerate makes a key of the storage account anew and returns it.
func (w *world) regenerate(key string) string {
	w.t.Helper()
	content := w.ask(http.MethodPost, storage+"/regenerateKey?api-version=2023-01-01", `{"keyName":"`+key+`"}`)
	keys, _ := content["keys"].([]any)
	for _, one := range keys {
		if shown, _ := one.(map[string]any); shown["keyName"] == key {
			value, _ := shown["value"].(string)
			return value
		}
	}
	w.t.Fatalf("no %s in %v", key, content)
	return ""
}

func (w *world) set(value string) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"value": value})
	if err != nil {
		w.t.Fatal(err)
	}
	w.ask(http.MethodPut, secret+"?api-version=7.4", string(body))
}

func connection(key string) string {
	return "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=" + key + ";EndpointSuffix=core.windows.net"
}

func (w *world) add(app application.Application) application.Record {
	w.t.Helper()
	added, err := w.AddApplication(w.t.Context(), app)
	if err != nil {
		w.t.Fatal(err)
	}
	return added
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.Advance(w.t.Context(), d); err != nil {
		w.t.Fatal(err)
	}
}

// record returns the record of the only application.
func (w *world) record() application.Record {
	w.t.Helper()
	records, err := w.Applications(w.t.Context())
	if err != nil || len(records) != 1 {
		w.t.Fatalf("%d applications, %v", len(records), err)
	}
	return records[0]
}

const day = fault.Duration(24 * time.Hour)

// In the documented order, with the time of the cache between the two regenerations, an application never
// stops.
func TestApplication_worksThroughARotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(connection(w.regenerate("key1")))
	added := w.add(application.Application{Secret: secret, Cache: day})
	if !added.Up || added.ID != "1" || added.Checks != 1 || added.Identity != w.access.ObjectID || added.Version == "" {
		t.Errorf("added %+v", added)
	}
	for _, key := range []string{"key2", "key1", "key2"} {
		w.set(connection(w.regenerate(key)))
		w.advance(24 * time.Hour)
	}
	record := w.record()
	if !record.Up || record.FirstFailure != nil || record.Version == added.Version {
		t.Errorf("after three regenerations: %+v", record)
	}
	// It was checked every hour, and after every request that may have changed something.
	if record.Checks != 1+3*(24+2) {
		t.Errorf("checked %d times", record.Checks)
	}
}

// An application whose key is regenerated stops in that moment, and works again when its cache is over.
func TestApplication_stopsWhileItsKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(w.regenerate("key1"))
	w.add(application.Application{Secret: secret, Account: "contoso", Cache: day - fault.Duration(15*time.Minute)})
	w.advance(23*time.Hour + 30*time.Minute)
	w.set(w.regenerate("key1"))
	record := w.record()
	const reason = "storage account contoso answers 403 AuthenticationFailed"
	if record.Up || record.Reason != reason || record.FirstFailure == nil || record.FirstFailure.Reason != reason ||
		record.FirstFailure.Time.Format(time.RFC3339) != "2026-03-02T11:30:00Z" || !record.Since.Equal(record.FirstFailure.Time) {
		t.Errorf("after its key was regenerated: %+v %+v", record, record.FirstFailure)
	}
	w.advance(20 * time.Minute)
	again := w.record()
	if !again.Up || again.Reason != "" || again.Since.Format(time.RFC3339) != "2026-03-02T11:45:00Z" ||
		again.Version == record.Version || again.FirstFailure == nil || *again.FirstFailure != *record.FirstFailure {
		t.Errorf("after its cache was over: %+v", again)
	}
	w.regenerate("key1")
	if later := w.record(); later.Up || !later.Since.After(again.Since) || *later.FirstFailure != *record.FirstFailure {
		t.Errorf("after another regeneration: %+v", later)
	}
}

// A version in the identifier is the one that is read, and a cache of no time reads at every check.
func TestApplication_readsTheVersionThatItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(connection(w.regenerate("key1")))
	newest := w.add(application.Application{Secret: secret}).Version
	if err := w.RemoveApplication(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	w.add(application.Application{Secret: newest})
	w.set("no key")
	if record := w.record(); !record.Up || record.Version != newest || record.ID != "2" {
		t.Errorf("another version: %+v", record)
	}
	w.ask(http.MethodPatch, newest+"?api-version=7.4", `{"attributes":{"enabled":false}}`)
	if record := w.record(); record.Up {
		t.Errorf("the version is disabled: %+v", record)
	}
}

func TestApplication_saysWhyItIsDown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(w *world, key string) application.Application
		reason string
	}{
		{"no key", func(w *world, _ string) application.Application {
			w.set("p@ssword")
			return application.Application{Account: "contoso"}
		}, "the secret holds neither a storage key nor a connection string with one"},
		{"a signature", func(w *world, _ string) application.Application {
			w.set("BlobEndpoint=https://contoso.blob.core.windows.net/;SharedAccessSignature=sv=1")
			return application.Application{}
		}, "the secret holds neither a storage key nor a connection string with one"},
		{"no account", func(w *world, key string) application.Application {
			w.set(key)
			return application.Application{}
		}, "the secret holds no connection string, and the application names no storage account"},
		{"another cloud", func(w *world, key string) application.Application {
			w.set(strings.Replace(connection(key), "windows.net", "chinacloudapi.cn", 1))
			return application.Application{}
		}, `the connection string names the host "contoso.blob.core.chinacloudapi.cn", at which there is no Blob endpoint`},
		{"another account", func(w *world, key string) application.Application {
			w.set(connection(key) + ";BlobEndpoint=https://fabrikam.blob.core.windows.net/")
			return application.Application{}
		}, "storage account fabrikam answers 404 ResourceNotFound"},
		{"no secret", func(*world, string) application.Application {
			return application.Application{Secret: "https://secrets.vault.azure.net/secrets/none"}
		}, "reading the secret: 404 SecretNotFound: A secret with (name/id) none was not found…"},
		{"no vault", func(*world, string) application.Application {
			return application.Application{Secret: "https://nowhere.vault.azure.net/secrets/key"}
		}, "reading the secret: 404 VaultNotFound: There is no vault nowhere…"},
		{"a disabled secret", func(w *world, _ string) application.Application {
			w.ask(http.MethodPatch, secret+"?api-version=7.4", `{"attributes":{"enabled":false}}`)
			return application.Application{}
		}, "reading the secret: 403 Forbidden SecretDisabled: Operation get is not allowed on a disabled secret."},
		{"no rights", func(w *world, _ string) application.Application {
			guest, err := w.AddPrincipal(w.t.Context(), "guest")
			if err != nil {
				w.t.Fatal(err)
			}
			w.grant(guest.ObjectID, "list")
			return application.Application{Identity: guest.ClientID}
		}, "reading the secret: 403 Forbidden AccessDenied: The user, group or application…"},
		{"no Shared Key", func(w *world, _ string) application.Application {
			w.ask(http.MethodPatch, storage+"?api-version=2023-01-01", `{"properties":{"allowSharedKeyAccess":false}}`)
			return application.Application{}
		}, "storage account contoso answers 403 KeyBasedAuthenticationNotPermitted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			key := w.regenerate("key1")
			w.set(connection(key))
			wanted := test.change(w, key)
			if wanted.Secret == "" {
				wanted.Secret = secret
			}
			record := w.add(wanted)
			beginning, cut := strings.CutSuffix(test.reason, "…")
			if record.Up || record.Reason != test.reason && (!cut || !strings.HasPrefix(record.Reason, beginning)) {
				t.Errorf("up: %v, %s", record.Up, record.Reason)
			}
		})
	}
}

// An application stops when its identity loses its rights, and when the identity is deleted.
func TestApplication_readsByItsIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(connection(w.regenerate("key1")))
	const path = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
	const identity = path + "?api-version=2023-01-31"
	made := w.ask(http.MethodPut, identity, `{"location":"westus2"}`)
	properties, _ := made["properties"].(map[string]any)
	principal, _ := properties["principalId"].(string)
	w.grant(principal, "get")
	id, _ := made["id"].(string)
	if added := w.add(application.Application{Secret: secret, Identity: strings.ToUpper(id)}); !added.Up || added.Identity != principal {
		t.Fatalf("added %+v", added)
	}
	w.grant(w.access.ObjectID)
	if record := w.record(); record.Up || record.Version != "" || !strings.Contains(record.Reason, "does not have secrets get permission") {
		t.Errorf("without rights: %+v", record)
	}
	w.grant(principal, "get")
	if record := w.record(); !record.Up {
		t.Errorf("with rights again: %+v", record)
	}
	w.ask(http.MethodDelete, identity, "")
	if record := w.record(); record.Up || !strings.HasPrefix(record.Reason, "reading the secret: signing in: there is no principal") {
		t.Errorf("without the identity: %+v", record)
	}
}

// Neither records nor anything else that rehearsal shows has the key.
func TestApplication_showsNoKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.regenerate("key1")
	w.set(connection(key))
	w.add(application.Application{Secret: secret, Cache: day})
	w.regenerate("key1")
	state, err := w.Show(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	journal, err := w.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal([]any{w.record(), state, journal})
	if err != nil || strings.Contains(string(shown), key) {
		t.Errorf("a key is shown, %v: %s", err, shown)
	}
}

func TestApplication_isRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for words, wanted := range map[string]application.Application{
		"is not the identifier of a secret":      {Secret: "https://secrets.vault.azure.net/keys/key"},
		`"" is not the identifier of a secret`:   {},
		`there is no principal "nobody"`:         {Secret: secret, Identity: "nobody"},
		"a cache time of -1h0m0s is negative":    {Secret: secret, Cache: fault.Duration(-time.Hour)},
		`"https://contoso/secrets/key" is not t`: {Secret: "https://contoso/secrets/key"},
	} {
		if _, err := w.AddApplication(t.Context(), wanted); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v, want %s", err, words)
		}
	}
	if err := w.RemoveApplication(t.Context(), "1"); err == nil || !strings.Contains(err.Error(), `there is no application "1"`) {
		t.Errorf("removed: %v", err)
	}
	w.advance(time.Hour)
	if records, err := w.Applications(t.Context()); err != nil || len(records) != 0 {
		t.Errorf("applications: %v, %v", records, err)
	}
}
