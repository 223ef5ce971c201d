// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// The kinds of accounts, by the last part of their resource type.
const (
	media   = "mediaServices"
	video   = "videoAnalyzers"
	storage = "storageAccounts"
	batch   = "batchAccounts"
)

// estate is what a configuration says, by labels, which are the names of its resources.
type estate struct {
	Vaults     map[string]vault
	Identities map[string]identity
	Keys       map[string]key
	Accounts   map[string]account
	Rotations  map[string]rotation
	Order      uint64 // In which the resources are written.
}

type vault struct {
	Name   string
	Roles  bool
	Before bool // create_before_destroy, here and below.
}

type identity struct {
	Name   string
	Before bool
}

type key struct {
	Name, Vault string
	Turn        int // Its value in rotate_when_changed.
	Size        int
	Before      bool
}

// account is an account of a kind. The accounts that it stores in, its identity and its key are labels.
type account struct {
	Kind, Name      string
	Storage, Second string
	Identity        string // "" is the system-assigned one.
	Key             string // "" is the system key.
	Pinned, Inline  bool
	Narrow          bool // Its grant is for the one key, where roles decide.
	Before          bool
}

type rotation struct {
	Storage string
	Trigger int
	Every   string // Its rotation_interval, or "".
}

func (e estate) clone() estate {
	e.Vaults, e.Identities, e.Keys = maps.Clone(e.Vaults), maps.Clone(e.Identities), maps.Clone(e.Keys)
	e.Accounts, e.Rotations = maps.Clone(e.Accounts), maps.Clone(e.Rotations)
	return e
}

// labels returns the labels of a map in order.
func labels[T any](of map[string]T) []string { return slices.Sorted(maps.Keys(of)) }

// users returns the accounts that store in a storage account.
func (e estate) users(storageLabel string) (found []string) {
	for _, label := range labels(e.Accounts) {
		if each := e.Accounts[label]; each.Storage == storageLabel || each.Second == storageLabel {
			found = append(found, label)
		}
	}
	return found
}

// without returns the estate without an account, and without what only it has used.
func (e estate) without(label string) estate {
	e = e.clone()
	delete(e.Accounts, label)
	for name, each := range e.Rotations {
		if each.Storage == label {
			delete(e.Rotations, name)
		}
	}
	return e.tidied()
}

// tidied returns the estate without keys, identities, vaults and storage accounts that nobody uses.
func (e estate) tidied() estate {
	used := map[string]bool{}
	for _, each := range e.Accounts {
		used[each.Identity], used[each.Key] = true, true
		used[e.Keys[each.Key].Vault] = true
	}
	unused := func(label string) bool { return !used[label] }
	maps.DeleteFunc(e.Keys, func(label string, _ key) bool { return unused(label) })
	maps.DeleteFunc(e.Identities, func(label string, _ identity) bool { return unused(label) })
	maps.DeleteFunc(e.Vaults, func(label string, _ vault) bool { return unused(label) })
	return e
}

// accountIn returns the address of an account in Azure.
func accountIn(subscription string, a account) string {
	return "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + providers()[a.Kind] + "/" + a.Name
}

func providers() map[string]string {
	return map[string]string{
		media: "Microsoft.Media/mediaServices", video: "Microsoft.Media/videoAnalyzers",
		storage: "Microsoft.Storage/storageAccounts", batch: "Microsoft.Batch/batchAccounts",
	}
}

const (
	group    = "media"
	location = "westus2"
)

// writing writes an estate as a configuration.
type writing struct {
	estate
	subscription string
	// principals are the object IDs of the identities of accounts that no resource manages.
	principals map[string]string
}

const head = `terraform {
  required_providers {
    azuremedia = { source = "azuremedia/azuremedia" }
  }
}

provider "azuremedia" {
  environment = "rehearsal"
}
`

// text returns the configuration.
func (w writing) text() string {
	blocks := []string{block("resource_group", "group", "name = %q\nlocation = %q", group, location)}
	for _, label := range labels(w.Vaults) {
		each := w.Vaults[label]
		blocks = append(blocks, resource("key_vault", label, each.Name, each.Before,
			fmt.Sprintf("rbac_authorization_enabled = %t", each.Roles)))
	}
	for _, label := range labels(w.Identities) {
		each := w.Identities[label]
		blocks = append(blocks, resource("user_assigned_identity", label, each.Name, each.Before))
	}
	for _, label := range labels(w.Keys) {
		each := w.Keys[label]
		blocks = append(blocks, block("key_vault_key", label,
			"name = %q\nkey_vault_id = azuremedia_key_vault.%s.id\nkey_size = %d\nrotate_when_changed = { n = \"%d\" }%s",
			each.Name, each.Vault, each.Size, each.Turn, lifecycle(each.Before)))
	}
	for _, label := range labels(w.Accounts) {
		blocks = append(blocks, w.account(label)...)
	}
	blocks = append(blocks, w.grants()...)
	for _, label := range labels(w.Rotations) {
		blocks = append(blocks, w.rotation(label))
	}
	random := rand.New(rand.NewPCG(w.Order, 0))
	if w.Order > 0 {
		random.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	}
	return head + strings.Join(blocks, "")
}

func block(noun, label, body string, values ...any) string {
	text := strings.ReplaceAll(strings.TrimSpace(fmt.Sprintf(body, values...)), "\n", "\n  ")
	return fmt.Sprintf("\nresource \"azuremedia_%s\" %q {\n  %s\n}\n", noun, label, text)
}

// resource writes a block of what is in the resource group.
func resource(noun, label, name string, before bool, more ...string) string {
	return block(noun, label, "%s", fmt.Sprintf("name = %q\nresource_group_name = azuremedia_resource_group.group.name\n"+
		"location = azuremedia_resource_group.group.location\n%s%s", name, strings.Join(more, "\n"), lifecycle(before)))
}

func lifecycle(before bool) string {
	if !before {
		return ""
	}
	return "\nlifecycle {\n  create_before_destroy = true\n}"
}

// nouns are the resources that manage accounts of the kinds.
func nouns() map[string]string {
	return map[string]string{media: "account", video: "video_analyzer", storage: "storage_account"}
}

// address returns the expression for the ID of an account.
func (w writing) address(label string) string {
	each := w.Accounts[label]
	if each.Kind == batch {
		return fmt.Sprintf("%q", accountIn(w.subscription, each))
	}
	return "azuremedia_" + nouns()[each.Kind] + "." + label + ".id"
}

// principal returns the expression for the identity by which an account reads its key.
func (w writing) principal(label string) string {
	each := w.Accounts[label]
	switch {
	case each.Identity != "":
		return "azuremedia_user_assigned_identity." + each.Identity + ".principal_id"
	case each.Kind == batch:
		return fmt.Sprintf("%q", w.principals[each.Name])
	default:
		return strings.TrimSuffix(w.address(label), ".id") + ".identity.principal_id"
	}
}

// grant returns the label of the grant by which an account reads its key. A system-assigned identity has the label of
// its account. A user-assigned one has a grant for each vault: the first has its own label, and moves with the keys.
func (w writing) grant(label string) string {
	each := w.Accounts[label]
	if each.Identity == "" {
		return label
	}
	holder := w.Keys[each.Key].Vault
	if first := w.readers(each.Identity, "")[0]; w.Keys[w.Accounts[first].Key].Vault == holder {
		return each.Identity
	}
	return each.Identity + "_" + holder
}

// readers returns the accounts that read keys by an identity, in one vault or, for "", in any.
func (w writing) readers(reader, holder string) (found []string) {
	for _, label := range labels(w.Accounts) {
		each := w.Accounts[label]
		if each.Key != "" && each.Identity == reader && (holder == "" || w.Keys[each.Key].Vault == holder) {
			found = append(found, label)
		}
	}
	return found
}

// grants writes the grants.
func (w writing) grants() (blocks []string) {
	written := map[string]bool{}
	for _, label := range labels(w.Accounts) {
		each := w.Accounts[label]
		if each.Key == "" || written[w.grant(label)] {
			continue
		}
		written[w.grant(label)] = true
		holder := w.Keys[each.Key].Vault
		narrow := ""
		if each.Narrow && w.Vaults[holder].Roles && w.alone(label) {
			narrow = "\nkey_name = azuremedia_key_vault_key." + each.Key + ".name"
		}
		blocks = append(blocks, block("customer_key_grant", w.grant(label),
			"key_vault_id = azuremedia_key_vault.%s.id\nprincipal_id = %s%s", holder, w.principal(label), narrow))
	}
	return blocks
}

// alone reports whether nobody reads another key by the grant of an account.
func (w writing) alone(label string) bool {
	each := w.Accounts[label]
	return each.Identity == "" || !slices.ContainsFunc(w.readers(each.Identity, w.Keys[each.Key].Vault),
		func(other string) bool { return w.Accounts[other].Key != each.Key })
}

func (w writing) account(label string) (blocks []string) {
	each := w.Accounts[label]
	var inline, keyID, reader string
	var grant string
	if each.Key != "" {
		grant = "azuremedia_customer_key_grant." + w.grant(label)
		keyID = "azuremedia_key_vault_key." + each.Key + map[bool]string{false: ".versionless_id", true: ".versioned_id"}[each.Pinned]
		if each.Identity != "" {
			reader = "\nuser_assigned_identity_id = azuremedia_user_assigned_identity." + each.Identity + ".id"
		}
	}
	switch {
	case each.Key == "":
	case each.Inline:
		inline = fmt.Sprintf("\nencryption = {\n  type = \"CustomerKey\"\n  key_vault_key_id = %s%s\n}\ndepends_on = [%s]",
			keyID, strings.ReplaceAll(reader, "\n", "\n  "), grant)
	default:
		blocks = append(blocks, block("customer_key_attachment", label,
			"account_id = %s\nkey_vault_key_id = %s%s\ndepends_on = [%s]", w.address(label), keyID, reader, grant))
	}
	if each.Kind == batch {
		return blocks
	}
	return append(blocks, resource(nouns()[each.Kind], label, each.Name, each.Before, w.identity(each)+w.stores(each)+inline))
}

func (w writing) identity(a account) string {
	if a.Identity == "" {
		return `identity = { type = "SystemAssigned" }`
	}
	return "identity = { type = \"UserAssigned\", identity_ids = [azuremedia_user_assigned_identity." + a.Identity + ".id] }"
}

func (w writing) stores(a account) string {
	switch {
	case a.Kind == video:
		return "\nstorage_account = { id = " + w.address(a.Storage) + " }"
	case a.Kind == media && a.Second != "":
		return "\nstorage_accounts = [{ id = " + w.address(a.Storage) + ", is_primary = true }, { id = " + w.address(a.Second) + " }]"
	case a.Kind == media:
		return "\nstorage_accounts = [{ id = " + w.address(a.Storage) + ", is_primary = true }]"
	default:
		return ""
	}
}

func (w writing) rotation(label string) string {
	each := w.Rotations[label]
	var dependents []string
	for _, user := range w.users(each.Storage) {
		dependents = append(dependents, w.address(user))
	}
	var interval string
	if each.Every != "" {
		interval = fmt.Sprintf("\nrotation_interval = %q", each.Every)
	}
	return block("storage_key_rotation", label,
		"storage_account_id = %s\ndependent_ids = [%s]\nrotate_when_changed = { n = \"%d\" }%s",
		w.address(each.Storage), strings.Join(dependents, ", "), each.Trigger, interval)
}
