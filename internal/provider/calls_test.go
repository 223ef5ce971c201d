// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// estateSize is how many accounts the estate has, and how many vaults.
const estateSize = 10

// object is a resource of the estate with its configuration.
type object struct {
	acctest.Object
	config acctest.Value
}

// estate makes accounts, each with a vault, a key, a grant, an attachment, two storage accounts and their
// rotations.
func estate(w *fixture.World) []*object { return estateOf(w, estateSize) }

// estateOf makes so many accounts.
func estateOf(w *fixture.World, size int) (objects []*object) {
	proto := w.Proto()
	add := func(kind string, config acctest.Value) *object {
		made := &object{proto.Create("azuremedia_"+kind, config), config}
		objects = append(objects, made)
		return made
	}
	named := func(name string, more acctest.Value) acctest.Value {
		config := acctest.Value{"name": name, "resource_group_name": fixture.Group, "location": fixture.Location}
		maps.Copy(config, more)
		return config
	}
	for i := range size {
		vault := add("key_vault", named(fmt.Sprintf("estate-vault-%d", i), nil)).State["id"]
		key := add("key_vault_key", acctest.Value{"name": "key", "key_vault_id": vault})
		primary := add("storage_account", named(fmt.Sprintf("estate%dp", i), nil)).State["id"]
		secondary := add("storage_account", named(fmt.Sprintf("estate%ds", i), nil)).State["id"]
		account := add("account", named(fmt.Sprintf("estate%d", i), acctest.Value{
			"identity": acctest.Value{"type": "SystemAssigned"},
			"storage_accounts": []any{
				acctest.Value{"id": primary, "is_primary": true}, acctest.Value{"id": secondary},
			},
		}))
		add("customer_key_grant", acctest.Value{
			"key_vault_id": vault, "principal_id": account.State["identity"].(acctest.Value)["principal_id"],
		})
		add("customer_key_attachment", acctest.Value{
			"account_id": account.State["id"], "key_vault_key_id": key.State["versionless_id"],
		})
		for _, storage := range []any{primary, secondary} {
			add("storage_key_rotation", acctest.Value{
				"storage_account_id": storage, "dependent_ids": []any{account.State["id"]},
				"rotate_when_changed": acctest.Value{"generation": "1"},
			})
		}
	}
	return objects
}

// TestCalls holds what a plan costs that finds nothing to do, and the first half of all rotations: a few lists,
// whatever the size of the estate, one read for each key, and four requests for each step of a rotation.
func TestCalls(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	objects := estate(w)
	proto := w.Proto()
	var plans []acctest.Plan
	refresh := func() {
		plans = nil
		proto.NextRun()
		for _, one := range objects {
			read, diags := proto.Read(one.Object)
			plan := proto.Plan(one.Type, read, one.config)
			if diags = append(diags, plan.Diagnostics...).Errors(); len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			plans = append(plans, plan)
		}
	}
	costs(t, w, "a plan without a change", refresh, map[string]int{
		"GET Microsoft.KeyVault/vaults":                1,
		"GET Microsoft.KeyVault/vaults/{name}":         1,
		"GET Microsoft.Media/mediaservices":            1,
		"GET Microsoft.Media/mediaservices/{name}":     1,
		"GET Microsoft.Storage/storageAccounts":        1,
		"GET Microsoft.Storage/storageAccounts/{name}": 1,
		"GET {vault}/keys/key":                         estateSize,
	})

	for _, one := range objects {
		if _, ok := one.config["rotate_when_changed"]; ok {
			one.config["rotate_when_changed"] = acctest.Value{"generation": "2"}
		}
	}
	refresh()
	costs(t, w, "the first half of all rotations", func() {
		proto.NextRun()
		for i, one := range objects {
			if _, ok := one.config["rotate_when_changed"]; !ok {
				continue
			}
			if _, diags := proto.Apply(plans[i]); len(diags.Errors()) > 0 {
				t.Fatal(diags.Text())
			}
		}
	}, map[string]int{
		"GET Microsoft.Media/mediaservices":                           1,
		"GET Microsoft.Media/mediaservices/{name}":                    1,
		"GET Microsoft.Storage/storageAccounts/{name}":                4 * estateSize,
		"POST Microsoft.Storage/storageAccounts/{name}/regenerateKey": 2 * estateSize,
		"POST Microsoft.Media/mediaservices/{name}/syncStorageKeys":   2 * estateSize,
	})
}

var (
	vaultHost    = regexp.MustCompile(`[a-z0-9-]+\.vault\.azure\.net`)
	resourceName = regexp.MustCompile(`^(\S+ Microsoft\.\w+/\w+/)[^/]+`)
)

// costs compares what something sends with what it should.
func costs(t *testing.T, w *fixture.World, name string, do func(), want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, call := range w.Calls(do) {
		got[resourceName.ReplaceAllString(vaultHost.ReplaceAllString(call, "{vault}"), "$1{name}")]++
	}
	total := 0
	for _, calls := range got {
		total += calls
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s takes %d calls (-want +got):\n%s", name, total, diff)
	}
}
