// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"maps"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// scenario is a life of a resource.
type scenario struct {
	name string
	kind string // Its Terraform type.
	// furnish makes what the resource stands on.
	furnish func(*fixture.World) stage
}

// stage is what a scenario does in its Azure.
type stage struct {
	steps []step
	// accounts are those whose access to their keys is watched.
	accounts []string
}

// step is one apply.
type step struct {
	name   string
	config acctest.Value        // nil destroys.
	before func(*fixture.World) // What happens before.
}

// lives returns the usual steps: create, update and destroy.
func lives(config, changes acctest.Value) []step {
	return []step{{name: "create", config: config}, {name: "update", config: with(config, changes)}, {name: "destroy"}}
}

func with(config, changes acctest.Value) acctest.Value {
	changed := maps.Clone(config)
	maps.Copy(changed, changes)
	return changed
}

func placed(name string, more acctest.Value) acctest.Value {
	return with(acctest.Value{"name": name, "resource_group_name": fixture.Group, "location": fixture.Location}, more)
}

func userAssigned(ids ...any) acctest.Value {
	return acctest.Value{"type": "UserAssigned", "identity_ids": ids}
}

// scenarios returns at least one scenario for each resource of the provider.
func scenarios() []scenario {
	tags := acctest.Value{"tags": acctest.Value{"b": "2"}}
	return []scenario{
		{"resource_group", "azuremedia_resource_group", func(*fixture.World) stage {
			return stage{steps: lives(acctest.Value{"name": "other", "location": fixture.Location, "tags": acctest.Value{"a": "1"}}, tags)}
		}},
		{"user_assigned_identity", "azuremedia_user_assigned_identity", func(*fixture.World) stage {
			return stage{steps: lives(placed("reader", nil), tags)}
		}},
		{"storage_account", "azuremedia_storage_account", func(w *fixture.World) stage {
			one, _ := w.Identity("one")
			two, _ := w.Identity("two")
			return stage{steps: lives(placed("contoso", acctest.Value{"identity": userAssigned(one)}),
				acctest.Value{"tags": acctest.Value{"b": "2"}, "identity": userAssigned(two)})}
		}},
		{"key_vault (access policies, then roles)", "azuremedia_key_vault", func(*fixture.World) stage {
			return stage{steps: lives(placed("keys", acctest.Value{"tags": acctest.Value{"a": "1"}}),
				acctest.Value{"rbac_authorization_enabled": true, "tags": acctest.Value{"b": "2"}})}
		}},
		{"key_vault (roles, then access policies)", "azuremedia_key_vault", func(*fixture.World) stage {
			return stage{steps: lives(placed("keys", acctest.Value{"rbac_authorization_enabled": true}),
				acctest.Value{"rbac_authorization_enabled": false})}
		}},
		{"key_vault (recovered)", "azuremedia_key_vault", func(w *fixture.World) stage {
			w.Vault("keys")
			w.Key("keys", "media")
			w.DeleteVault("keys")
			return stage{steps: []step{
				{name: "create", config: placed("keys", acctest.Value{"rbac_authorization_enabled": true, "tags": acctest.Value{"a": "1"}})},
			}}
		}},
		{"key_vault_key", "azuremedia_key_vault_key", func(w *fixture.World) stage {
			config := acctest.Value{
				"name": "media", "key_vault_id": w.Vault("keys"), "tags": acctest.Value{"a": "1"},
				"rotation_policy": acctest.Value{"expire_after": "P90D"},
			}
			rotated := acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}, "rotation_policy": acctest.Value{"expire_after": "P60D"}}
			return stage{steps: []step{
				{name: "create", config: config},
				{name: "update", config: with(config, tags)},
				{name: "rotation", config: with(config, rotated)},
				{name: "destroy"},
			}}
		}},
		{"key_vault_key (recovered)", "azuremedia_key_vault_key", func(w *fixture.World) stage {
			id := w.Vault("keys")
			w.Key("keys", "media")
			w.DeleteKey("keys", "media")
			return stage{steps: []step{{name: "create", config: acctest.Value{
				"name": "media", "key_vault_id": id,
				"rotate_when_changed": acctest.Value{"n": "1"}, "rotation_policy": acctest.Value{"expire_after": "P90D"},
			}}}}
		}},
		{"customer_key_grant (access policies)", "azuremedia_customer_key_grant", func(w *fixture.World) stage {
			return grants(w, w.Vault("keys"))
		}},
		{"customer_key_grant (roles)", "azuremedia_customer_key_grant", func(w *fixture.World) stage {
			return grants(w, w.Vault("keys", fixture.ByRoles))
		}},
		{"customer_key_attachment (media account)", "azuremedia_customer_key_attachment", func(w *fixture.World) stage {
			account := w.Account("contoso", "")
			w.Vault("keys")
			w.Grant("keys", w.Principal("contoso"))
			return attachments(w, account, "")
		}},
		{"customer_key_attachment (Batch account)", "azuremedia_customer_key_attachment", func(w *fixture.World) stage {
			account := w.BatchAccount("contosobatch", "")
			w.Vault("keys")
			w.Grant("keys", azure.Deref(w.ShowBatchAccount("contosobatch").Identity.PrincipalID))
			return attachments(w, account, "")
		}},
		{"customer_key_attachment (Video Analyzer account)", "azuremedia_customer_key_attachment", func(w *fixture.World) stage {
			w.Account("contoso")
			identity, principal := w.Identity("reader")
			account := w.VideoAnalyzer("contosovideo", w.ID(azure.StorageAccountType, "contoso"), identity, principal)
			w.Vault("keys")
			w.Grant("keys", principal)
			return attachments(w, account, identity)
		}},
		{"customer_key_attachment (storage account)", "azuremedia_customer_key_attachment", func(w *fixture.World) stage {
			identity, principal := w.Identity("reader")
			w.Proto().Create("azuremedia_storage_account", placed("contoso", acctest.Value{"identity": userAssigned(identity)}))
			w.Vault("keys")
			w.Grant("keys", principal)
			return attachments(w, w.ID(azure.StorageAccountType, "contoso"), identity)
		}},
		{"account", "azuremedia_account", func(w *fixture.World) stage {
			identity, principal := w.Identity("reader")
			w.Account("contoso")
			w.Account("second")
			w.Vault("keys")
			w.Grant("keys", principal)
			w.Key("keys", "media")
			config := placed("created", acctest.Value{
				"storage_accounts": []any{acctest.Value{"id": w.ID(azure.StorageAccountType, "contoso"), "is_primary": true}},
				"identity":         userAssigned(identity),
				"encryption": acctest.Value{
					"type": "CustomerKey", "user_assigned_identity_id": identity,
					"key_vault_key_id": "https://keys.vault.azure.net/keys/media",
				},
			})
			return stage{
				accounts: []string{w.ID(azure.MediaAccountType, "created")},
				steps: lives(config, acctest.Value{"tags": acctest.Value{"b": "2"}, "storage_accounts": []any{
					acctest.Value{"id": w.ID(azure.StorageAccountType, "contoso"), "is_primary": true},
					acctest.Value{"id": w.ID(azure.StorageAccountType, "second")},
				}}),
			}
		}},
		{"video_analyzer", "azuremedia_video_analyzer", func(w *fixture.World) stage {
			identity, principal := w.Identity("reader")
			w.Account("contoso")
			storage := w.ID(azure.StorageAccountType, "contoso")
			w.VideoAnalyzer("another", storage, identity, principal) // It assigns the roles.
			return stage{steps: lives(placed("created", acctest.Value{
				"identity":        userAssigned(identity),
				"storage_account": acctest.Value{"id": storage, "user_assigned_identity_id": identity},
			}), tags)}
		}},
		{"storage_key_rotation", "azuremedia_storage_key_rotation", func(w *fixture.World) stage {
			account := w.Account("contoso")
			config := acctest.Value{
				"storage_account_id": w.ID(azure.StorageAccountType, "contoso"), "dependent_ids": []any{account},
				"rotate_when_changed": acctest.Value{"n": "1"},
			}
			turned := with(config, acctest.Value{"rotate_when_changed": acctest.Value{"n": "2"}})
			return stage{steps: []step{
				{name: "create", config: config},
				{name: "rotation, first half", config: turned},
				{name: "rotation, second half", config: turned, before: func(w *fixture.World) { w.Advance(7 * time.Hour) }},
				{name: "destroy"},
			}}
		}},
	}
}

// grants returns the life of a grant that moves to another principal while an account reads its key by it.
func grants(w *fixture.World, vault string) stage {
	_, one := w.Identity("one")
	_, two := w.Identity("two")
	return stage{steps: lives(acctest.Value{"key_vault_id": vault, "principal_id": one}, acctest.Value{"principal_id": two})}
}

// attachments returns the life of an attachment that changes its key.
func attachments(w *fixture.World, account, identity string) stage {
	w.Key("keys", "media")
	w.Key("keys", "next")
	config := acctest.Value{"account_id": account, "key_vault_key_id": "https://keys.vault.azure.net/keys/media"}
	if identity != "" {
		config["user_assigned_identity_id"] = identity
	}
	return stage{
		accounts: []string{account},
		steps:    lives(config, acctest.Value{"key_vault_key_id": "https://keys.vault.azure.net/keys/next"}),
	}
}
