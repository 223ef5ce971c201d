// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// The examples that Microsoft publishes with the documents get the statuses that they have; that
// the answers are as documented is checked with every answer.
func TestTheExamplesOfResourceManager(t *testing.T) {
	t.Parallel()
	examples, err := openapi.Examples("keyvault-rm", vaultVersion)
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range examples {
		switch {
		case strings.HasPrefix(example.Operation, "Private"), example.Operation == "Operations_List":
			continue // rehearsal has none of these
		case example.File == "createVaultWithNetworkAcls.json":
			continue // it lacks the access policies that the service insists on, and has a quoted range
		}
		t.Run(example.File, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if group, ok := example.Parameters["resourceGroupName"].(string); ok {
				w.group = w.Group(t, group)
			}
			name, named := example.Parameters["vaultName"].(string)
			versions := strings.NewReplacer()
			if named && !strings.HasPrefix(example.File, "createVault") {
				versions = w.prepareVault(example, name)
			}
			w.replay(example.Rewrite(versions).Rewrite(strings.NewReplacer(
				"00000000-0000-0000-0000-000000000000", w.Subscription.Name())))
		})
	}
}

// prepareVault makes what an example takes to be there, and tells how its texts are to be
// replaced.
func (w *world) prepareVault(example openapi.Example, name string) *strings.Replacer {
	w.t.Helper()
	// The examples have one GUID for the subscription, the tenant and the object.
	body := w.vaultBody(map[string]any{
		"tenantId": w.Subscription.Name(), "accessPolicies": []any{},
	})
	body = strings.Replace(body, "West Europe", "westus", 1)
	want(w.t, w.arm(http.MethodPut, w.vaultID(name), body), http.StatusOK)
	if _, inRegion := example.Parameters["location"]; inRegion {
		want(w.t, w.arm(http.MethodDelete, w.vaultID(name), ""), http.StatusOK)
	}
	key, ok := example.Parameters["keyName"].(string)
	if !ok || example.Method == http.MethodPut {
		return strings.NewReplacer()
	}
	made := want(w.t, w.arm(http.MethodPut, w.vaultID(name)+"/keys/"+engine.ID(key),
		`{"properties":{"kty":"EC"}}`), http.StatusOK)
	uri := made.Text("properties", "keyUriWithVersion")
	version, _ := example.Parameters["keyVersion"].(string)
	return strings.NewReplacer(orNone(version), uri[len(uri)-32:])
}

// orNone keeps a replacer from replacing the empty text.
func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func TestTheExamplesOfTheDataPlane(t *testing.T) {
	t.Parallel()
	var examples []openapi.Example
	for _, document := range []string{"keyvault-keys", "keyvault-secrets"} {
		found, err := openapi.Examples(document, keyVersion)
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, found...)
	}
	missing := map[string]bool{
		"ImportKey": true, "release": true, "GetRandomBytes": true,
		// The example has digest and signature the wrong way round.
		"verify": true,
	}
	for _, example := range examples {
		if missing[example.Operation] {
			continue
		}
		t.Run(example.File, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.vault("myvault", nil)
			if example.Document == "keyvault-secrets" {
				w.replay(example.Rewrite(w.prepareSecret(example)))
			} else {
				w.replay(example.Rewrite(w.prepareKey(example)))
			}
		})
	}
}

// prepareKey makes the key of an example in the state that the example takes it to be in.
func (w *world) prepareKey(example openapi.Example) *strings.Replacer {
	w.t.Helper()
	name, named := example.Parameters["key-name"].(string)
	if example.Operation == "RestoreKey" {
		body, _ := example.Body().(map[string]any)
		value, _ := body["value"].(string)
		return strings.NewReplacer(value, w.lost("myvault", "KeyBackupRestoreTest"))
	}
	if !named || example.Operation == "CreateKey" {
		return strings.NewReplacer()
	}
	kid := w.key("myvault", name, rsa)
	if strings.Contains(example.Path, "deletedkeys") {
		want(w.t, w.data(http.MethodDelete, "myvault", "keys/"+name, ""), http.StatusOK)
	}
	version, _ := example.Parameters["key-version"].(string)
	replaced := []string{orNone(version), kid[len(kid)-32:]}
	if example.Operation == "decrypt" || example.Operation == "unwrapKey" {
		body, _ := example.Body().(map[string]any)
		secret := fmt.Sprintf(`{"alg":%q,"value":"c2VjcmV0"}`, body["alg"])
		encrypted := want(w.t, w.data(http.MethodPost, "myvault", "keys/"+name+"/encrypt", secret), 200)
		value, _ := body["value"].(string)
		replaced = append(replaced, value, encrypted.Text("value"))
	}
	return strings.NewReplacer(replaced...)
}

// prepareSecret does the same for a secret.
func (w *world) prepareSecret(example openapi.Example) *strings.Replacer {
	w.t.Helper()
	name, named := example.Parameters["secret-name"].(string)
	switch {
	case example.Operation == "RestoreSecret":
		w.secret("myvault", "SecretBackupRestoreTest", `{"value":"v"}`)
		body, _ := example.Body().(map[string]any)
		value, _ := body["value"].(string)
		return strings.NewReplacer(value, w.lostSecret("myvault", "SecretBackupRestoreTest"))
	case !named || example.Operation == "SetSecret":
		return strings.NewReplacer()
	}
	id := w.secret("myvault", name, `{"value":"v"}`)
	if strings.Contains(example.Path, "deletedsecrets") {
		want(w.t, w.data(http.MethodDelete, "myvault", "secrets/"+name, ""), http.StatusOK)
	}
	version, _ := example.Parameters["secret-version"].(string)
	return strings.NewReplacer(orNone(version), id[len(id)-32:])
}

// replay sends an example's request as the owner.
func (w *world) replay(example openapi.Example) {
	w.t.Helper()
	request, err := example.Request(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	audience := "https://management.azure.com"
	if example.Document != "keyvault-rm" {
		audience = keyvault.Audience
	}
	request.Header.Set("Authorization", "Bearer "+w.token(w.Owner, audience))
	if answer := w.Send(w.t, request); !example.Documents(answer.Status) {
		w.t.Errorf("%s %s: %d %v", request.Method, request.URL, answer.Status, answer.Body)
	}
}
