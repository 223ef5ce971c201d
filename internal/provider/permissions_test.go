// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// permissions is a row of the guide to permissions.
type permissions struct {
	resource string
	roles    []string
	scope    string
}

// permissionsGuide returns the rows of the guide.
func permissionsGuide(t *testing.T) (rows []permissions) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docs, "guides/permissions.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`azuremedia_") {
			continue
		}
		rows = append(rows, permissions{
			strings.TrimSpace(strings.ReplaceAll(cells[1], "`", "")), strings.Split(strings.TrimSpace(cells[2]), ", "),
			strings.TrimSpace(cells[3]),
		})
	}
	return rows
}

// tried returns what is created, and changed then, to try a row.
func (p permissions) tried(w *fixture.World) (noun string, config, change acctest.Value) {
	noun, variant, _ := strings.Cut(p.resource, ", ")
	row := map[string]string{
		resourceGroup: "resource group", identityType: "identity", storageType: "storage account", vaultType: "vault",
		accountType: "media account", analyzerType: "video analyzer",
	}[noun]
	switch {
	case noun == keyType:
		return noun, acctest.Value{"name": "media", "key_vault_id": w.Vault("keys", fixture.ByRoles)}, acctest.Value{"key_size": 3072}
	case noun == rotationType:
		return rotationOf(w, variant)
	case noun == grantType && variant == "vault with roles":
		row = "grant by role"
	case noun == grantType:
		row = "grant by policy"
	case noun == attachType && variant == "Batch account":
		row = "attachment to a Batch account"
	case noun == attachType && variant == "Media Services account":
		row = "attachment to a media account"
	case noun == attachType:
		return attachmentToStorage(w)
	}
	config, change = minimalResources()[row].prepare(w)
	return noun, config, change
}

// attachmentToStorage returns an attachment to a storage account with a system-assigned identity.
func attachmentToStorage(w *fixture.World) (noun string, config, change acctest.Value) {
	object := w.Proto().Create(storageType, acctest.Value{
		"name": "contoso", "resource_group_name": fixture.Group, "location": fixture.Location,
		"identity": acctest.Value{"type": string(armstorage.IdentityTypeSystemAssigned)},
	})
	w.Vault("keys", fixture.ByRoles)
	config = acctest.Value{"account_id": object.State["id"], "key_vault_key_id": versionless(w.Key("keys", "media"))}
	w.Proto().Create(grantType, acctest.Value{
		"key_vault_id": w.ID(azure.VaultType, "keys"), "principal_id": object.State["identity"].(acctest.Value)["principal_id"],
	})
	return attachType, config, acctest.Value{"key_vault_key_id": versionless(w.Key("keys", "second"))}
}

// rotationOf returns a rotation that regenerates a key when it changes, and what holds a copy if there is any.
func rotationOf(w *fixture.World, variant string) (noun string, config, change acctest.Value) {
	object := w.Proto().Create(storageType, acctest.Value{
		"name": "contoso", "resource_group_name": fixture.Group, "location": fixture.Location,
	})
	config = acctest.Value{"storage_account_id": object.State["id"], "dependent_ids": []any{}}
	switch variant {
	case "with a Batch account":
		config["dependent_ids"] = []any{w.BatchAccount("contoso", object.State["id"].(string))}
	case "with a secret":
		w.Vault("contoso-kv", fixture.ByRoles)
		config["secrets"] = []any{acctest.Value{"id": "https://contoso-kv.vault.azure.net/secrets/storage-key"}}
	}
	return rotationType, config, acctest.Value{"rotate_when_changed": acctest.Value{"reason": "1"}}
}

// lives creates a resource, reads it, changes it and deletes it, and returns what went wrong.
func lives(proto *acctest.Proto, noun string, config, change acctest.Value) acctest.Diagnostics {
	plan := proto.Plan(noun, acctest.Object{}, config)
	if errs := plan.Diagnostics.Errors(); len(errs) > 0 {
		return errs
	}
	object, diags := proto.Apply(plan)
	if errs := diags.Errors(); len(errs) > 0 {
		return errs
	}
	proto.NextRun()
	if object, diags = proto.Read(object); len(diags.Errors()) > 0 {
		return diags.Errors()
	}
	if change != nil {
		config = maps.Clone(config)
		maps.Copy(config, change)
		plan = proto.Plan(noun, object, config)
		if errs := plan.Diagnostics.Errors(); len(errs) > 0 {
			return errs
		}
		if object, diags = proto.Apply(plan); len(diags.Errors()) > 0 {
			return diags.Errors()
		}
	}
	plan = proto.Plan(noun, object, nil)
	if errs := plan.Diagnostics.Errors(); len(errs) > 0 {
		return errs
	}
	_, diags = proto.Apply(plan)
	return diags.Errors()
}

// TestPermissions tries each row of the guide: with its roles the resource lives, and without one of them an error
// names the action that is missing.
func TestPermissions(t *testing.T) {
	t.Parallel()
	rows := permissionsGuide(t)
	covered := map[string]bool{}
	for _, row := range rows {
		noun, _, _ := strings.Cut(row.resource, ", ")
		covered[noun] = true
		for without := -1; without < len(row.roles); without++ {
			roles, name := slices.Clone(row.roles), "with its roles"
			if without >= 0 {
				name = "without " + roles[without]
				roles = slices.Delete(roles, without, without+1)
			}
			t.Run(row.resource+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := fixture.New(t)
				noun, config, change := row.tried(w)
				scope := "/subscriptions/" + w.SubscriptionID()
				if row.scope == "" {
					scope += "/resourceGroups/" + fixture.Group
				}
				errs := lives(w.Allowed(scope, roles...), noun, config, change)
				switch text := errs.Text(); {
				case without < 0 && len(errs) > 0:
					t.Error(text)
				case without >= 0 && (len(errs) == 0 || !strings.Contains(text, "Microsoft.")):
					t.Errorf("names no action that is missing: %s", text)
				}
			})
		}
	}
	for noun := range acctest.New(t).Proto().Schemas().ResourceSchemas {
		if !covered[noun] {
			t.Errorf("the guide has no row for %s", noun)
		}
	}
}
