// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccountkeys_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	noun    = "azuremedia_storage_account_keys"
	account = "azuremedia_storage_account"
)

// store makes a storage account and returns its ID.
func store(w *fixture.World, more acctest.Value) string {
	config := acctest.Value{"name": "contoso", "resource_group_name": fixture.Group, "location": fixture.Location}
	for name, value := range more {
		config[name] = value
	}
	return w.Proto().Create(account, config).Identity["id"]
}

// keysOf are the keys as somebody else reads them.
func keysOf(t *testing.T, client *azure.Client, id string) (values []string, created []time.Time) {
	t.Helper()
	stores, at, err := azure.Open(id, azure.StorageAccountType, client.StorageAccounts)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := stores.ListKeys(context.WithoutCancel(t.Context()), at.ResourceGroupName, at.Name, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range listed.Keys {
		values, created = append(values, *key.Value), append(created, *key.CreationTime)
	}
	return values, created
}

func TestProtoKeys(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	id := store(w, nil)
	proto := w.Proto()
	opened, diags := proto.Open(noun, acctest.Value{"storage_account_id": strings.ToUpper(id)})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	values, created := keysOf(t, w.Client, id)
	for name, want := range map[string]any{
		"key1": values[0], "key2": values[1], "sas_token": nil, "sas_expires_at": nil,
		"key1_created_at": created[0].UTC().Format(time.RFC3339), "key2_created_at": created[1].UTC().Format(time.RFC3339),
	} {
		if opened[name] != want {
			t.Errorf("%s = %v, want %v", name, opened[name], want)
		}
	}
	want := "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=" + values[1] + ";EndpointSuffix=core.windows.net"
	if got, _ := opened["key2_connection_string"].(string); got != want {
		t.Errorf("the connection string is %s", got)
	}
	name := "key1"
	stores, _ := w.Client.StorageAccounts(w.SubscriptionID())
	if _, err := stores.RegenerateKey(t.Context(), fixture.Group, "contoso", armstorage.AccountRegenerateKeyParameters{KeyName: &name}, nil); err != nil {
		t.Fatal(err)
	}
	again, _ := w.Proto().Open(noun, acctest.Value{"storage_account_id": id})
	if again["key1"] == opened["key1"] || again["key2"] != opened["key2"] {
		t.Error("the keys are not those of the moment")
	}
}

// TestProtoKeys_signs uses a signature until it has expired, and until its key is regenerated.
func TestProtoKeys_signs(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	id := store(w, nil)
	config := func(key any) acctest.Value {
		return acctest.Value{"storage_account_id": strings.ToUpper(id), "sas": acctest.Value{
			"key": key, "services": []any{"blob", "queue"}, "resource_types": []any{"service"},
			"permissions": []any{"list", "read"}, "valid_for": "PT2H",
		}}
	}
	uses := func(opened acctest.Value) int {
		t.Helper()
		token, _ := opened["sas_token"].(string)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			"https://contoso.blob.core.windows.net/?comp=list&"+token, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: w.Transport()}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	proto := w.Proto()
	first, diags := proto.Open(noun, config(nil))
	second, more := proto.Open(noun, config("key2"))
	if diags = append(diags, more...); len(diags) > 0 || uses(first) != http.StatusOK || uses(second) != http.StatusOK {
		t.Fatalf("%d and %d: %s", uses(first), uses(second), diags.Text())
	}
	if want := w.Client.TimeOf("").Add(2 * time.Hour).UTC().Format(time.RFC3339); first["sas_expires_at"] == "" ||
		!strings.HasPrefix(want, first["sas_expires_at"].(string)[:15]) {
		t.Errorf("it expires at %v, want about %s", first["sas_expires_at"], want)
	}
	name := "key1"
	stores, _ := w.Client.StorageAccounts(w.SubscriptionID())
	if _, err := stores.RegenerateKey(t.Context(), fixture.Group, "contoso", armstorage.AccountRegenerateKeyParameters{KeyName: &name}, nil); err != nil {
		t.Fatal(err)
	}
	if uses(first) != http.StatusForbidden || uses(second) != http.StatusOK {
		t.Errorf("after the regeneration of key1: %d and %d", uses(first), uses(second))
	}
	w.Advance(3 * time.Hour)
	if uses(second) != http.StatusForbidden {
		t.Error("it is used after it has expired")
	}
}

func TestProtoKeys_refuses(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	id := store(w, acctest.Value{"shared_access_key_enabled": false})
	sas := func(valid string, services ...any) acctest.Value {
		return acctest.Value{"storage_account_id": id, "sas": acctest.Value{
			"services": services, "resource_types": []any{"object"}, "permissions": []any{"read"}, "valid_for": valid,
		}}
	}
	of := func(id string) acctest.Value { return acctest.Value{"storage_account_id": id} }
	allowed := strings.Replace(id, "/contoso", "/another", 1)
	w.Proto().Create(account, acctest.Value{
		"name": "another", "resource_group_name": fixture.Group, "location": fixture.Location,
	})
	for name, test := range map[string]struct {
		proto  *acctest.Proto
		config acctest.Value
		texts  []string
	}{
		"keys that are switched off": {w.Proto(), of(id), []string{"Access Keys Switched Off", "contoso", "shared_access_key_enabled"}},
		"a caller who may not list them": {
			w.Restricted("Microsoft.Storage/storageAccounts/listKeys/action"), of(allowed),
			[]string{"Storage Account Keys Not Read", "listkeys/action", "Storage Account Key Operator Service Role", "another"},
		},
		"no account":  {w.Proto(), of(id + "2"), []string{"Storage Account Keys Not Read", "ResourceNotFound"}},
		"another ID":  {w.Proto(), of(w.ID(azure.VaultType, "keys")), []string{"Invalid Resource ID", "storageAccounts"}},
		"a duration":  {w.Proto(), sas("1h", "blob"), []string{"Invalid Duration", "PT6H"}},
		"a service":   {w.Proto(), sas("PT1H", "cosmos"), []string{"blob", "cosmos"}},
		"no services": {w.Proto(), sas("PT1H"), []string{"one element or more"}},
		"null":        {w.Proto(), sas("PT1H", nil, "blob"), []string{"Null Element"}},
	} {
		_, diags := test.proto.Open(noun, test.config)
		for _, text := range test.texts {
			if !strings.Contains(diags.Errors().Text(), text) {
				t.Errorf("%s lacks %q: %s", name, text, diags.Text())
			}
		}
	}
}

// TestAccKeys hands the keys to another provider, as a configuration does.
func TestAccKeys(t *testing.T) {
	t.Parallel()
	opened := acctest.New(t)
	factories := opened.Factories()
	factories["echo"] = echoprovider.NewProviderServer()
	config := opened.Config(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

ephemeral "azuremedia_storage_account_keys" "test" {
  storage_account_id = azuremedia_storage_account.test.id
  sas = {
    services       = ["blob"]
    resource_types = ["object"]
    permissions    = ["read"]
    valid_for      = "PT1H"
  }
}
`)
	echo := config + `
provider "echo" {
  data = ephemeral.azuremedia_storage_account_keys.test
}

resource "echo" "test" {}
`
	has := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey(name), want)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		CheckDestroy:             opened.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			{Config: config, ConfigPlanChecks: check.Unchanged()},
			{
				Config: echo,
				ConfigStateChecks: []statecheck.StateCheck{
					has("key1", knownvalue.StringRegexp(regexp.MustCompile(`^[A-Za-z0-9+/]{86}==$`))),
					has("key2_connection_string", knownvalue.StringRegexp(regexp.MustCompile(
						`^DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=.{88};EndpointSuffix=core.windows.net$`))),
					has("sas_token", knownvalue.StringRegexp(regexp.MustCompile(`^se=.*&sig=.*&sp=r&spr=https&srt=o&ss=b&sv=`))),
				},
			},
		},
	})
}
