// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// versionOf is the version in an identifier.
func versionOf(id string) string { return id[len(id)-32:] }

func TestASecretAndItsVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("holding", nil)
	made := want(t, w.data(http.MethodPut, "holding", "secrets/Key1",
		`{"value":"first","contentType":"text/plain","tags":{"a":"b"},"attributes":{"exp":1899000000,"nbf":1798000000}}`), 200)
	first := made.Text("id")
	wanted := map[string]any{
		"id": "https://holding.vault.azure.net/secrets/Key1/" + versionOf(first), "value": "first",
		"contentType": "text/plain", "tags": map[string]any{"a": "b"},
		"attributes": map[string]any{
			"enabled": true, "created": float64(start.Unix()), "updated": float64(start.Unix()),
			"nbf": 1798000000.0, "exp": 1899000000.0,
			"recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90.0,
		},
	}
	if diff := cmp.Diff(wanted, made.Body); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
	}
	// The version is not yet valid, and later it has expired: both are no reason to refuse it.
	for range 2 {
		for _, path := range []string{"secrets/key1", "secrets/KEY1/", "secrets/Key1/" + versionOf(first)} {
			got := want(t, w.data(http.MethodGet, "holding", path, ""), http.StatusOK)
			if diff := cmp.Diff(wanted, got.Body); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
		w.advance(10 * 365 * 24 * time.Hour)
	}
	// A new version has nothing of the one before.
	second := w.secret("holding", "key1", `{"value":"second"}`)
	got := want(t, w.data(http.MethodGet, "holding", "secrets/Key1", ""), http.StatusOK)
	if got.Text("id") != second || got.Text("value") != "second" || got.Body["tags"] != nil || got.Body["contentType"] != nil {
		t.Errorf("the second version: %v", got.Body)
	}
	if old := w.data(http.MethodGet, "holding", "secrets/Key1/"+versionOf(first), ""); old.Text("value") != "first" {
		t.Errorf("the first version: %v", old.Body)
	}
}

func TestASecretIsUpdated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("updating", nil)
	first := w.secret("updating", "s", `{"value":"one","contentType":"text/plain","tags":{"a":"b"}}`)
	w.advance(time.Hour)
	path := "secrets/s/" + versionOf(first)
	updated := want(t, w.data(http.MethodPatch, "updating", path, `{"contentType":"key"}`), http.StatusOK)
	wanted := map[string]any{
		"id": first, "contentType": "key", "tags": map[string]any{"a": "b"},
		"attributes": map[string]any{
			"enabled": true, "created": float64(start.Unix()), "updated": float64(start.Add(time.Hour).Unix()),
			"recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90.0,
		},
	}
	if diff := cmp.Diff(wanted, updated.Body); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	second := w.secret("updating", "s", `{"value":"two"}`)
	want(t, w.data(http.MethodPatch, "updating", path, `{"attributes":{"enabled":false}}`), http.StatusOK)
	refused(t, w.data(http.MethodGet, "updating", path, ""), http.StatusForbidden, "Forbidden", "SecretDisabled",
		"Operation get is not allowed on a disabled secret.")
	if got := want(t, w.data(http.MethodGet, "updating", "secrets/s", ""), 200); got.Text("id") != second {
		t.Errorf("the newest version is %v", got.Body)
	}
	// An update without a version is of the newest one, and no other version stands in for it.
	want(t, w.data(http.MethodPatch, "updating", path, `{"attributes":{"enabled":true},"tags":{}}`), http.StatusOK)
	want(t, w.data(http.MethodPatch, "updating", "secrets/s", `{"attributes":{"enabled":false}}`), http.StatusOK)
	want(t, w.data(http.MethodGet, "updating", "secrets/s", ""), http.StatusForbidden)
	got := want(t, w.data(http.MethodGet, "updating", path, ""), http.StatusOK)
	if got.Text("value") != "one" || got.Body["tags"] != nil {
		t.Errorf("the first version: %v", got.Body)
	}
	// A value is never updated.
	refused(t, w.data(http.MethodPatch, "updating", path, `{"value":"three"}`), http.StatusBadRequest,
		"BadParameter", "", "The request body is not what UpdateSecret takes: value: unknown field…")
	const gone = "A secret with (name/id) %s was not found in this key vault. If you recently deleted this " +
		"secret you may be able to recover it using the correct recovery command. For help resolving this " +
		"issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
	for _, missing := range []string{"none", "s/" + strings.Repeat("0", 32)} {
		for method, body := range map[string]string{http.MethodGet: "", http.MethodPatch: "{}"} {
			refused(t, w.data(method, "updating", "secrets/"+missing, body), http.StatusNotFound,
				"SecretNotFound", "", fmt.Sprintf(gone, missing))
		}
	}
}

func TestTheLimitsOfASecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("limits", nil)
	tags := func(count int) map[string]any {
		tags := map[string]any{}
		for i := range count {
			tags[fmt.Sprint(i)] = ""
		}
		return tags
	}
	for _, test := range []struct {
		body    map[string]any
		message string // "" where it is accepted
	}{
		{map[string]any{"value": ""}, ""},
		{map[string]any{"value": strings.Repeat("ä", 12800)}, ""},
		{map[string]any{"value": strings.Repeat("ä", 12800) + "x"}, "The value has 25601 bytes. At most 25600 are allowed."},
		{map[string]any{"value": "v", "contentType": strings.Repeat("ä", 255)}, ""},
		{
			map[string]any{"value": "v", "contentType": strings.Repeat("x", 256)},
			"The contentType has 256 characters. At most 255 are allowed.",
		},
		{map[string]any{"value": "v", "tags": tags(15)}, ""},
		{map[string]any{"value": "v", "tags": tags(16)}, "There are 16 tags. At most 15 are allowed."},
		{
			map[string]any{"value": "v", "attributes": map[string]any{"nbf": 2, "exp": 2}},
			"It would expire before it becomes valid: nbf is 2, exp is 2.",
		},
		{map[string]any{}, "The request body is not what SetSecret takes: value: missing, expected string"},
		{map[string]any{"value": "v", "kind": "key"}, "The request body is not what SetSecret takes: kind: unknown field…"},
		{map[string]any{"value": 1}, "The request body is not what SetSecret takes: value: wrong type integer, expected string"},
	} {
		answer := w.data(http.MethodPut, "limits", "secrets/"+strings.Repeat("n", 127), w.json(test.body))
		if test.message == "" {
			want(t, answer, http.StatusOK)
		} else {
			refused(t, answer, http.StatusBadRequest, "BadParameter", "", test.message)
		}
	}
	for _, name := range []string{"a_b", "a.b", strings.Repeat("n", 128)} {
		refused(t, w.data(http.MethodPut, "limits", "secrets/"+name, `{"value":"v"}`), http.StatusBadRequest,
			"BadParameter", "", "The request URI contains an invalid name: "+name)
	}
}

func TestListsOfSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("listing", nil)
	w.key("listing", "k", ec)
	names := []string{}
	for i := range 5 {
		name := fmt.Sprintf("s%d", i)
		w.secret("listing", name, `{"value":"v","contentType":"text/plain","tags":{"a":"b"}}`)
		names = append(names, "https://listing.vault.azure.net/secrets/"+name)
	}
	want(t, w.data(http.MethodDelete, "listing", "secrets/s3", ""), http.StatusOK)
	if got := w.pages("listing", "secrets?maxresults=2"); !slices.Equal(got, slices.Delete(names, 3, 4)) {
		t.Errorf("listed %v", got)
	}
	if got := w.pages("listing", "deletedsecrets"); !slices.Equal(got, []string{"https://listing.vault.azure.net/secrets/s3"}) {
		t.Errorf("deleted %v", got)
	}
	versions := []string{}
	for range 3 {
		versions = append(versions, w.secret("listing", "many", `{"value":"v"}`))
	}
	slices.Sort(versions)
	if got := w.pages("listing", "secrets/many/versions?maxresults=2"); !slices.Equal(got, versions) {
		t.Errorf("listed %v, want %v", got, versions)
	}
	// No entry has a value.
	for _, path := range []string{"secrets", "secrets/many/versions", "deletedsecrets"} {
		for _, item := range w.data(http.MethodGet, "listing", path, "").Value() {
			shown, _ := item.(map[string]any)
			fields := slices.Sorted(maps.Keys(shown))
			fields = slices.DeleteFunc(fields, func(field string) bool {
				return slices.Contains([]string{
					"attributes", "contentType", "deletedDate", "id", "recoveryId", "scheduledPurgeDate", "tags",
				}, field)
			})
			if len(fields) > 0 {
				t.Errorf("%s shows %v", path, fields)
			}
		}
	}
}

func TestADeletedSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vault := w.vault("deleting", map[string]any{"softDeleteRetentionInDays": 7})
	id := w.secret("deleting", "s", `{"value":"v","contentType":"text/plain"}`)
	w.key("deleting", "s", ec) // Its name is no secret's.
	deleted := want(t, w.data(http.MethodDelete, "deleting", "secrets/s", ""), http.StatusOK)
	wanted := map[string]any{
		"id": id, "contentType": "text/plain", "recoveryId": "https://deleting.vault.azure.net/deletedsecrets/s",
		"deletedDate": float64(start.Unix()), "scheduledPurgeDate": float64(start.AddDate(0, 0, 7).Unix()),
		"attributes": map[string]any{
			"enabled": true, "created": float64(start.Unix()), "updated": float64(start.Unix()),
			"recoveryLevel": "CustomizedRecoverable+Purgeable", "recoverableDays": 7.0,
		},
	}
	if diff := cmp.Diff(wanted, deleted.Body); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	shown := want(t, w.data(http.MethodGet, "deleting", "deletedsecrets/s", ""), http.StatusOK)
	if diff := cmp.Diff(wanted, shown.Body); diff != "" {
		t.Errorf("the deleted secret (-want +got):\n%s", diff)
	}
	refused(t, w.data(http.MethodGet, "deleting", "secrets/s", ""), http.StatusNotFound, "SecretNotFound", "",
		"A secret with (name/id) s was not found in this key vault…")
	refused(t, w.data(http.MethodPut, "deleting", "secrets/s", `{"value":"v"}`), http.StatusConflict, "Conflict",
		"ObjectIsDeletedButRecoverable", "Secret s is currently in a deleted but recoverable state, and its name "+
			"cannot be reused; in this state, the secret can only be recovered or purged.")

	w.published = nil
	recovered := want(t, w.data(http.MethodPost, "deleting", "deletedsecrets/s/recover", ""), http.StatusOK)
	if recovered.Text("id") != id || recovered.Body["value"] != nil || w.heard(keyvault.AccessChanged, string(vault)) {
		t.Errorf("recovered %v", recovered.Body)
	}
	if got := w.data(http.MethodGet, "deleting", "secrets/s", ""); got.Text("value") != "v" {
		t.Errorf("recovered %v", got.Body)
	}
	refused(t, w.data(http.MethodPost, "deleting", "deletedsecrets/s/recover", ""), http.StatusBadRequest,
		"MethodNotAllowed", "RequestNotAllowedOnNonDeletedObject", "Secret s exists already.")
	refused(t, w.data(http.MethodGet, "deleting", "deletedsecrets/s", ""), http.StatusNotFound,
		"SecretNotFound", "", "Deleted Secret not found: s")

	want(t, w.data(http.MethodDelete, "deleting", "secrets/s", ""), http.StatusOK)
	want(t, w.data(http.MethodDelete, "deleting", "deletedsecrets/s", ""), http.StatusNoContent)
	w.secret("deleting", "s", `{"value":"v"}`)
	want(t, w.data(http.MethodDelete, "deleting", "secrets/s", ""), http.StatusOK)
	w.advance(7*24*time.Hour - time.Second)
	want(t, w.data(http.MethodGet, "deleting", "deletedsecrets/s", ""), http.StatusOK)
	w.advance(time.Second)
	want(t, w.data(http.MethodGet, "deleting", "deletedsecrets/s", ""), http.StatusNotFound)
	want(t, w.data(http.MethodGet, "deleting", "keys/s", ""), http.StatusOK)

	w.vault("deleting", map[string]any{"softDeleteRetentionInDays": 7, "enablePurgeProtection": true})
	w.secret("deleting", "s", `{"value":"v"}`)
	want(t, w.data(http.MethodDelete, "deleting", "secrets/s", ""), http.StatusOK)
	refused(t, w.data(http.MethodDelete, "deleting", "deletedsecrets/s", ""), http.StatusForbidden, "Forbidden", "",
		"Operation \"purge\" is not allowed because purge protection is enabled for this vault…")
}

// A secret is gone with its vault, comes back with it, and does not survive it.
func TestTheSecretsOfADeletedVault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("leaving", nil)
	w.secret("leaving", "s", `{"value":"v"}`)
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	refused(t, w.data(http.MethodGet, "leaving", "secrets/s", ""), http.StatusNotFound,
		keyvault.CodeVaultNotFound, "", "There is no vault leaving…")
	w.vault("leaving", map[string]any{"createMode": "recover"})
	if got := want(t, w.data(http.MethodGet, "leaving", "secrets/s", ""), 200); got.Text("value") != "v" {
		t.Errorf("recovered %v", got.Body)
	}
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	want(t, w.arm(http.MethodPost, w.deletedID("leaving")+"/purge", ""), http.StatusAccepted)
	w.advance(time.Hour)
	w.vault("leaving", nil)
	want(t, w.data(http.MethodGet, "leaving", "secrets/s", ""), http.StatusNotFound)
}

func TestTheFirewallAndSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("wall", map[string]any{"networkAcls": map[string]any{"defaultAction": "Deny", "bypass": "AzureServices"}})
	refused(t, w.data(http.MethodGet, "wall", "secrets/s", ""), http.StatusForbidden, "Forbidden",
		"ForbiddenByFirewall", "Client address is not authorized and caller is not a trusted service…")
}

func decoded(t *testing.T, value string) string {
	t.Helper()
	plain, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// lostSecret backs a secret up and purges it.
func (w *world) lostSecret(vault, name string) (value string) {
	w.t.Helper()
	value = want(w.t, w.data(http.MethodPost, vault, "secrets/"+name+"/backup", ""), http.StatusOK).Text("value")
	want(w.t, w.data(http.MethodDelete, vault, "secrets/"+name, ""), http.StatusOK)
	want(w.t, w.data(http.MethodDelete, vault, "deletedsecrets/"+name, ""), http.StatusNoContent)
	return value
}

func TestARestoredSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("holding", nil)
	w.vault("others", nil)
	first := w.secret("holding", "s", `{"value":"confidential one"}`)
	second := w.secret("holding", "s", `{"value":"two"}`)
	value := w.lostSecret("holding", "s")
	if plain := decoded(t, value); strings.Contains(plain, "confidential") {
		t.Error("the backup can be read")
	}
	body := w.json(map[string]any{"value": value})
	restored := want(t, w.data(http.MethodPost, "holding", "secrets/restore", body), http.StatusOK)
	if restored.Text("id") != second || restored.Body["value"] != nil {
		t.Errorf("restored %v", restored.Body)
	}
	for version, value := range map[string]string{"": "two", versionOf(first): "confidential one"} {
		if got := w.data(http.MethodGet, "holding", "secrets/s/"+version, ""); got.Text("value") != value {
			t.Errorf("version %q: %v", version, got.Body)
		}
	}
	refused(t, w.data(http.MethodPost, "holding", "secrets/restore", body), http.StatusConflict, "Conflict", "",
		"There is a secret named s in the vault already.")
	want(t, w.data(http.MethodDelete, "holding", "secrets/s", ""), http.StatusOK)
	refused(t, w.data(http.MethodPost, "holding", "secrets/restore", body), http.StatusConflict, "Conflict",
		"ObjectIsDeletedButRecoverable", "Secret s is currently in a deleted but recoverable state…")
	want(t, w.data(http.MethodPost, "others", "secrets/restore", body), http.StatusOK)
	// A backup of a key is none of a secret, and the other way round.
	w.key("holding", "k", ec)
	refused(t, w.data(http.MethodPost, "holding", "keys/restore", body), http.StatusBadRequest, "BadParameter", "",
		"Backup blob contains invalid or corrupt data.")
	refused(t, w.data(http.MethodPost, "holding", "secrets/restore", w.json(map[string]any{"value": w.backup("holding", "k")})),
		http.StatusBadRequest, "BadParameter", "", "Backup blob contains invalid or corrupt data.")
}

// Neither the journal nor the tree of resources shows a value, also not of what was refused.
func TestNobodySeesTheValueOfASecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("quiet", nil)
	w.secret("quiet", "s", `{"value":"confidential"}`)
	backup := w.lostSecret("quiet", "s")
	for _, body := range []string{
		`{"value":"confidential"}`, `{"value":"confidential","contentType":1}`, `{"value":["confidential"]}`,
		`{"Value":"confidential","unknown":"confidential"}`, `{"value":"confidential"`, `"confidential"`,
		w.json(map[string]any{"value": strings.Repeat("confidential", 3000)}),
	} {
		w.data(http.MethodPut, "quiet", "secrets/s?api-version=7.6", body)
		w.data(http.MethodPut, "quiet", "secrets/s", body)
		w.data(http.MethodPatch, "quiet", "secrets/s", body)
		w.data(http.MethodPost, "quiet", "secrets/restore", body)
	}
	w.data(http.MethodGet, "quiet", "secrets/s", "")
	w.data(http.MethodPost, "quiet", "secrets/restore", w.json(map[string]any{"value": backup}))
	w.Transact(t, func(tx *engine.Tx) {
		shown := w.json(tx.Journal(0)) + w.json(tx.Resources("", ""))
		if strings.Contains(shown, "confidential") || strings.Contains(shown, backup) {
			t.Error("a value is shown: " + shown)
		}
	})
}
