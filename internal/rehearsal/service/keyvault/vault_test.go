// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

func TestAVaultIsShownWithItsDefaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := want(t, w.put("defaults", nil), http.StatusOK)
	if got := created.Text("properties", "provisioningState"); got != "RegisteringDns" {
		t.Errorf("a new vault is %s", got)
	}
	if got := created.Text("properties", "vaultUri"); got != "https://defaults.vault.azure.net" {
		t.Errorf("the URI of a new vault is %s", got)
	}
	if created.Header.Get("X-Ms-Retry-After-Ms") == "" {
		t.Error("nothing tells when to look again")
	}
	if !w.heard(keyvault.AccessChanged, string(w.vaultID("defaults"))) {
		t.Error("nobody heard of the vault")
	}
	shown := want(t, w.arm(http.MethodGet, w.vaultID("defaults"), ""), http.StatusOK)
	wanted := map[string]any{
		"id":       string(w.vaultID("defaults")),
		"name":     "defaults",
		"type":     "Microsoft.KeyVault/vaults",
		"location": "westeurope",
		"tags":     map[string]any{},
		"properties": map[string]any{
			"tenantId": w.Tenant,
			"sku":      map[string]any{"family": "A", "name": "standard"},
			"accessPolicies": []any{map[string]any{
				"tenantId": w.Tenant, "objectId": w.Owner.ObjectID,
				"permissions": map[string]any{"keys": []any{"all"}, "secrets": []any{"all"}},
			}},
			"enabledForDeployment":      false,
			"enableRbacAuthorization":   false,
			"enableSoftDelete":          true,
			"softDeleteRetentionInDays": 90.0,
			"publicNetworkAccess":       "Enabled",
			"vaultUri":                  "https://defaults.vault.azure.net/",
			"provisioningState":         "Succeeded",
		},
		"systemData": map[string]any{
			"createdBy": w.Owner.AppID, "createdByType": "Application",
			"createdAt":      "2026-03-01T12:00:00.000Z",
			"lastModifiedBy": w.Owner.AppID, "lastModifiedByType": "Application",
			"lastModifiedAt": "2026-03-01T12:00:00.000Z",
		},
	}
	if diff := cmp.Diff(wanted, shown.Body); diff != "" {
		t.Errorf("the vault is not as recorded (-want +got):\n%s", diff)
	}
}

func TestRolesDecideByDefaultFromTheVersionThatSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for version, wanted := range map[string]bool{"2023-07-01": false, "2026-02-01": true} {
		name := "v" + strings.ReplaceAll(version, "-", "")
		body := w.vaultBody(map[string]any{"enableRbacAuthorization": nil})
		path := string(w.vaultID(name)) + "?api-version=" + version
		made := want(t, w.As(t, w.Owner, http.MethodPut, path, body), http.StatusOK)
		properties, _ := made.Body["properties"].(map[string]any)
		if got := properties["enableRbacAuthorization"]; got != wanted {
			t.Errorf("at %s a vault begins with roles %v, want %v", version, got, wanted)
		}
		// A later write that says nothing changes nothing.
		again := want(t, w.As(t, w.Owner, http.MethodPut, path, body), http.StatusOK)
		properties, _ = again.Body["properties"].(map[string]any)
		if got := properties["enableRbacAuthorization"]; got != wanted {
			t.Errorf("at %s a second write makes it %v, want %v", version, got, wanted)
		}
	}
}

func TestVaultRules(t *testing.T) {
	w := newWorld(t)
	w.vault("taken", nil)
	many := make([]any, 1025)
	for i := range many {
		many[i] = w.policy(fmt.Sprintf("00000000-0000-0000-0000-%012d", i), "get")
	}
	other := w.policy(w.Owner.ObjectID, "get")
	other["tenantId"] = "99999999-9999-9999-9999-999999999999"
	for name, test := range map[string]struct {
		change        map[string]any
		code, message string
	}{
		"soft delete off": {
			map[string]any{"enableSoftDelete": false},
			"BadRequest",
			`The property "enableSoftDelete" cannot be set to false. …`,
		},
		"purge protection off": {
			map[string]any{"enablePurgeProtection": false},
			"BadRequest",
			`The property "enablePurgeProtection" cannot be set to false. Enabling the purge ` +
				`protection for a vault is an irreversible action.`,
		},
		"retention too short": {
			map[string]any{"softDeleteRetentionInDays": 6},
			"BadRequest",
			`The property "softDeleteRetentionInDays" has an invalid value. …`,
		},
		"retention too long": {
			map[string]any{"softDeleteRetentionInDays": 91},
			"BadRequest",
			`The property "softDeleteRetentionInDays" has an invalid value. …`,
		},
		"no tenant": {
			map[string]any{"tenantId": "somewhere"},
			"BadRequest",
			"An invalid value was provided for 'tenantId'.",
		},
		"unknown SKU": {
			map[string]any{"sku": map[string]any{"name": "gold"}},
			"InvalidRequestContent",
			"The request content was invalid …",
		},
		"no access policies": {
			map[string]any{"accessPolicies": nil},
			"BadRequest",
			"The parameter accessPolicies is not specified.",
		},
		"too many access policies": {
			map[string]any{"accessPolicies": many}, "BadRequest", "The vault has 1025 access …",
		},
		"access policy of another tenant": {
			map[string]any{"accessPolicies": []any{other}}, "BadRequest", "The access policy of …",
		},
		"access policy for no object": {
			map[string]any{"accessPolicies": []any{w.policy("me", "get")}},
			"BadRequest",
			"An invalid value was provided for 'objectId'.",
		},
		"two access policies for one object": {
			map[string]any{"accessPolicies": []any{
				w.policy(w.Owner.ObjectID, "get"), w.policy(w.Owner.ObjectID, "list"),
			}}, "BadRequest", "The access policies have the object ID …",
		},
		"no range of addresses": {
			map[string]any{"networkAcls": map[string]any{
				"ipRules": []any{map[string]any{"value": "10.0.0.0/33"}},
			}}, "BadRequest", "The value '10.0.0.0/33' of an IP rule …",
		},
		"range of IPv6 addresses": {
			map[string]any{"networkAcls": map[string]any{
				"ipRules": []any{map[string]any{"value": "2001:db8::/32"}},
			}}, "BadRequest", "The value '2001:db8::/32' of an IP rule …",
		},
		"recovery of nothing": {
			map[string]any{"createMode": "recover"},
			"SoftDeletedVaultDoesNotExist",
			"A soft deleted vault with the given name does not exist. …",
		},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, w.put("broken", test.change), http.StatusBadRequest, test.code, "", test.message)
			if answer := w.arm(http.MethodGet, w.vaultID("broken"), ""); answer.Status != 404 {
				t.Errorf("a refused vault is there: %v", answer.Body)
			}
		})
	}
	for _, name := range []string{"ab", "1vault", "a--b", "ends-", "a-very-long-name-of-a-vau", "a_b"} {
		refused(t, w.put(name, nil), http.StatusBadRequest, "VaultNameNotValid", "",
			"The vault name '"+name+"' is invalid. A vault's name must be between 3-24 …")
	}
	elsewhere := w.Group(t, "other")
	refused(t, w.arm(http.MethodPut, elsewhere+"/providers/Microsoft.KeyVault/vaults/TAKEN",
		w.vaultBody(nil)), http.StatusConflict, "VaultAlreadyExists", "",
		"The vault name 'TAKEN' is already in use. Vault names are …")
}

func TestWhatIsFixedAfterCreation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("fixed", map[string]any{
		"softDeleteRetentionInDays": 7, "enablePurgeProtection": true,
	})
	patch := func(properties string) func() (int, string, string) {
		return func() (int, string, string) {
			answer := w.arm(http.MethodPatch, id, `{"properties":`+properties+`}`)
			return answer.Status, answer.Code(), answer.Text("error", "message")
		}
	}
	for properties, message := range map[string]string{
		`{"softDeleteRetentionInDays":30}`: `The property "softDeleteRetentionInDays" has been set ` +
			`already and it can't be modified.`,
		`{"enablePurgeProtection":false}`: `The property "enablePurgeProtection" cannot be set to ` +
			`false. Enabling the purge protection for a vault is an irreversible action.`,
	} {
		status, code, reply := patch(properties)()
		if status != 400 || code != "BadRequest" || reply != message {
			t.Errorf("%s: %d %s %s", properties, status, code, reply)
		}
	}
	// What a write does not mention stays, null included.
	for _, change := range []map[string]any{
		nil, {"softDeleteRetentionInDays": nil, "enablePurgeProtection": nil},
	} {
		want(t, w.put("fixed", change), http.StatusOK)
	}
	want(t, w.arm(http.MethodPatch, id,
		`{"tags":{"team":"video"},"properties":{"enablePurgeProtection":null}}`), http.StatusOK)
	shown := want(t, w.arm(http.MethodGet, id, ""), http.StatusOK)
	properties, _ := shown.Body["properties"].(map[string]any)
	if properties["softDeleteRetentionInDays"] != 7.0 || properties["enablePurgeProtection"] != true {
		t.Errorf("the vault forgot what it was created with: %v", properties)
	}
	if shown.Text("tags", "team") != "video" {
		t.Errorf("the tags are %v", shown.Body["tags"])
	}
}

func TestAVaultIsListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("one", nil)
	for _, scope := range []engine.ID{w.group, w.Subscription} {
		list := want(t, w.arm(http.MethodGet, scope+"/providers/Microsoft.KeyVault/vaults", ""),
			http.StatusOK)
		if len(list.Value()) != 1 {
			t.Errorf("in %s are %v", scope, list.Value())
		}
	}
}

func TestTheFirewallIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := want(t, w.put("walled", map[string]any{"networkAcls": map[string]any{
		"defaultAction": "Deny",
		"ipRules":       []any{map[string]any{"value": "203.0.113.7"}},
	}}), http.StatusOK)
	properties, _ := made.Body["properties"].(map[string]any)
	wanted := map[string]any{
		"bypass": "AzureServices", "defaultAction": "Deny",
		"ipRules":             []any{map[string]any{"value": "203.0.113.7/32"}},
		"virtualNetworkRules": []any{},
	}
	if diff := cmp.Diff(wanted, properties["networkAcls"]); diff != "" {
		t.Errorf("the firewall (-want +got):\n%s", diff)
	}
	open := want(t, w.put("walled", map[string]any{"networkAcls": map[string]any{
		"bypass": "AzureServices", "defaultAction": "Allow",
	}}), http.StatusOK)
	if properties, _ := open.Body["properties"].(map[string]any); properties["networkAcls"] != nil {
		t.Errorf("a firewall that does nothing is shown: %v", properties["networkAcls"])
	}
}

func TestAccessPoliciesAreChangedOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("granting", nil)
	const someone = "aaaaaaaa-0000-0000-0000-000000000001"
	steps := []struct {
		kind        string
		permissions []string
		wanted      string
	}{
		{"add", []string{"get", "wrapKey"}, "get wrapKey"},
		{"add", []string{"wrapKey", "unwrapKey"}, "get wrapKey unwrapKey"},
		{"remove", []string{"wrapKey"}, "get unwrapKey"},
		{"replace", []string{"list"}, "list"},
		{"remove", []string{"list", "get"}, ""},
		{"remove", []string{"list"}, ""},
	}
	for _, step := range steps {
		answer := want(t, w.arm(http.MethodPut, id+"/accessPolicies/"+engine.ID(step.kind),
			w.json(map[string]any{"properties": map[string]any{
				"accessPolicies": []any{w.policy(someone, step.permissions...)},
			}})), http.StatusOK)
		if !w.heard(keyvault.AccessChanged, string(id)) {
			t.Errorf("%s: nobody heard of it", step.kind)
		}
		if got := granted(answer.Body, someone); got != step.wanted {
			t.Errorf("%s %v: granted %q, want %q", step.kind, step.permissions, got, step.wanted)
		}
		if step.wanted == "" && strings.Contains(w.json(answer.Body), someone) {
			t.Errorf("%s %v: an entry that grants nothing is left", step.kind, step.permissions)
		}
		if got := granted(answer.Body, w.Owner.ObjectID); got != "all" {
			t.Errorf("%s %v: the owner has %q", step.kind, step.permissions, got)
		}
	}
	foreign := w.policy(someone, "get")
	foreign["tenantId"] = "99999999-9999-9999-9999-999999999999"
	for kind, body := range map[string]string{
		"swap": w.json(map[string]any{"properties": map[string]any{"accessPolicies": []any{}}}),
		"add": w.json(map[string]any{"properties": map[string]any{
			"accessPolicies": []any{foreign},
		}}),
		"remove": w.json(map[string]any{"properties": map[string]any{
			"accessPolicies": []any{foreign},
		}}),
	} {
		answer := w.arm(http.MethodPut, id+"/accessPolicies/"+engine.ID(kind), body)
		if answer.Status != http.StatusBadRequest {
			t.Errorf("%s %s: %d %v", kind, body, answer.Status, answer.Body)
		}
	}
}

func granted(body map[string]any, object string) string {
	var policies []struct {
		ObjectID    string `json:"objectId"`
		Permissions struct {
			Keys []string `json:"keys"`
		} `json:"permissions"`
	}
	engine.Read(body, "properties.accessPolicies", &policies)
	for _, policy := range policies {
		if policy.ObjectID == object {
			return strings.Join(policy.Permissions.Keys, " ")
		}
	}
	return ""
}

func (w *world) deletedID(name string) engine.ID {
	return w.Subscription + "/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/" +
		engine.ID(name)
}

func TestADeletedVaultIsRecovered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("lost", map[string]any{"enablePurgeProtection": true})
	kid := w.key("lost", "key", ec)
	w.published = nil
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusNoContent)
	if !w.heard(keyvault.AccessChanged, string(id)) {
		t.Error("nobody heard of the deletion")
	}
	deleted := want(t, w.arm(http.MethodGet, w.deletedID("lost"), ""), http.StatusOK)
	wanted := map[string]any{
		"id": string(w.deletedID("lost")), "name": "lost",
		"type": "Microsoft.KeyVault/deletedVaults",
		"properties": map[string]any{
			"vaultId": string(id), "location": "westeurope", "tags": map[string]any{},
			"deletionDate": "2026-03-01T12:00:00Z", "scheduledPurgeDate": "2026-05-30T12:00:00Z",
			"purgeProtectionEnabled": true,
		},
	}
	if diff := cmp.Diff(wanted, deleted.Body); diff != "" {
		t.Errorf("the deleted vault (-want +got):\n%s", diff)
	}
	list := want(t, w.arm(http.MethodGet,
		w.Subscription+"/providers/Microsoft.KeyVault/deletedVaults", ""), http.StatusOK)
	if len(list.Value()) != 1 {
		t.Errorf("deleted vaults: %v", list.Value())
	}
	refused(t, w.put("lost", nil), http.StatusConflict, "ConflictError", "",
		"A vault with the same name already exists in deleted state. You need to either recover "+
			"or purge existing key vault. Follow this link "+
			"https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.")
	refused(t, w.data(http.MethodGet, "lost", "keys", ""), http.StatusNotFound,
		keyvault.CodeVaultNotFound, "", "There is no vault lost. …")
	refused(t, w.arm(http.MethodPost, w.deletedID("lost")+"/purge", ""),
		http.StatusMethodNotAllowed, "MethodNotAllowed", "",
		"Operation 'DeletedVaultPurge' is not allowed.")

	recovery := map[string]any{"createMode": "recover", "accessPolicies": nil}
	elsewhere := w.Group(t, "other") + "/providers/Microsoft.KeyVault/vaults/lost"
	moved := strings.Replace(w.vaultBody(recovery), "West Europe", "westus", 1)
	for _, answer := range []resourcestest.Answer{
		w.arm(http.MethodPut, elsewhere, w.vaultBody(recovery)), w.arm(http.MethodPut, id, moved),
	} {
		refused(t, answer, http.StatusBadRequest, "SoftDeletedVaultDoesNotExist", "",
			"A soft deleted vault with the given name does not exist. …")
	}
	want(t, w.put("lost", recovery), http.StatusOK)
	if !w.heard(keyvault.AccessChanged, string(id)) {
		t.Error("nobody heard of the recovery")
	}
	if got := granted(w.arm(http.MethodGet, id, "").Body, w.Owner.ObjectID); got != "all" {
		t.Errorf("the recovered vault grants %q", got)
	}
	back := want(t, w.data(http.MethodGet, "lost", "keys/key", ""), http.StatusOK)
	if back.Text("key", "kid") != kid {
		t.Errorf("the key came back as %v", back.Body)
	}
	// Recovering what is there leaves it as it is.
	again := want(t, w.put("lost", recovery), http.StatusOK)
	if got := granted(again.Body, w.Owner.ObjectID); got != "all" {
		t.Errorf("recovered twice, the vault grants %q", got)
	}
	refused(t, w.arm(http.MethodGet, w.deletedID("lost"), ""), http.StatusNotFound,
		"DeletedVaultNotFound", "", "The specified deleted vault 'lost' does not exist.")
}

func TestAPurgedVaultIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.WithPace(engine.Pace{Operation: time.Minute, RetryAfter: time.Second}))
	id := w.vault("gone", nil)
	w.key("gone", "key", ec)
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	begun := want(t, w.arm(http.MethodPost, w.deletedID("gone")+"/purge", ""), http.StatusAccepted)
	_, location, _ := strings.Cut(begun.Header.Get("Location"), "https://management.azure.com")
	follow := func() (int, map[string]any) {
		answer := w.As(t, w.Owner, http.MethodGet, location, "")
		return answer.Status, answer.Body
	}
	status, body := follow()
	if diff := cmp.Diff(map[string]any{
		"createdDateTime": "2026-03-01 12:00:00Z", "status": "NotStarted",
	}, body); status != http.StatusAccepted || diff != "" {
		t.Errorf("at work: %d %s", status, diff)
	}
	w.advance(time.Minute)
	status, body = follow()
	if diff := cmp.Diff(map[string]any{
		"createdDateTime": "2026-03-01 12:00:00Z", "status": "Succeeded",
		"lastActionDateTime": "2026-03-01 12:01:00Z",
	}, body); status != http.StatusOK || diff != "" {
		t.Errorf("done: %d %s", status, diff)
	}
	w.vault("gone", nil)
	refused(t, w.data(http.MethodGet, "gone", "keys/key", ""), http.StatusNotFound,
		"KeyNotFound", "", "A key with (name/id) key was not found in this key vault. …")
	if answer := w.As(t, w.Owner, http.MethodGet, location+"x", ""); answer.Status == http.StatusOK {
		t.Errorf("an operation that is not: %v", answer.Body)
	}
}

func TestAPurgeIsOfOneDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.WithPace(engine.Pace{Operation: time.Hour, RetryAfter: time.Second}))
	id := w.vault("again", nil)
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	want(t, w.arm(http.MethodPost, w.deletedID("again")+"/purge", ""), http.StatusAccepted)
	w.advance(time.Minute)
	want(t, w.put("again", map[string]any{"createMode": "recover"}), http.StatusOK)
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	w.advance(time.Hour)
	want(t, w.arm(http.MethodGet, w.deletedID("again"), ""), http.StatusOK)
}

func TestTheRetentionEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("short", map[string]any{
		"softDeleteRetentionInDays": 7, "enablePurgeProtection": true,
	})
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	w.advance(6 * 24 * time.Hour)
	// A vault that was recovered and deleted again has a retention of its own.
	want(t, w.put("short", map[string]any{"createMode": "recover"}), http.StatusOK)
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	w.advance(6 * 24 * time.Hour)
	want(t, w.arm(http.MethodGet, w.deletedID("short"), ""), http.StatusOK)
	w.advance(24 * time.Hour)
	want(t, w.arm(http.MethodGet, w.deletedID("short"), ""), http.StatusNotFound)
	w.vault("short", nil)
}

func TestAVaultIsDeletedSoftlyWithItsGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("inside", nil)
	answer := w.As(t, w.Owner, http.MethodDelete, string(w.group)+"?api-version=2021-04-01", "")
	want(t, answer, http.StatusAccepted)
	w.advance(time.Hour)
	want(t, w.arm(http.MethodGet, w.deletedID("inside"), ""), http.StatusOK)
}

func TestNamesAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("present", nil)
	want(t, w.arm(http.MethodDelete, w.vault("absent", nil), ""), http.StatusOK)
	ask := func(body string) map[string]any {
		return w.arm(http.MethodPost,
			w.Subscription+"/providers/Microsoft.KeyVault/checkNameAvailability", body).Body
	}
	for name, reason := range map[string]any{
		"free": nil, "Present": "AlreadyExists", "absent": "AlreadyExists", "no": "AccountNameInvalid",
	} {
		answer := ask(`{"name":"` + name + `","type":"Microsoft.KeyVault/vaults"}`)
		if answer["nameAvailable"] != (reason == nil) || answer["reason"] != reason {
			t.Errorf("%s: %v", name, answer)
		}
	}
	for _, body := range []string{`{"name":"free"}`, `{"type":"Microsoft.KeyVault/vaults"}`, `[]`} {
		if answer := ask(body); answer["error"] == nil {
			t.Errorf("%s: %v", body, answer)
		}
	}
}
