// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/batch"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/machinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/videoanalyzer"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
)

// keyUser is a service whose accounts can be on a customer's key.
type keyUser interface {
	KeyUse(tx *engine.Tx, account *engine.Resource) envelope.Use
}

// copier is a service whose accounts hold copies of storage keys.
type copier interface {
	Copies(tx *engine.Tx, account *engine.Resource) map[engine.ID]envelope.Copies
}

// envelopes are the services that show who uses which key.
type envelopes struct {
	vaults   *keyvault.Service
	accounts *storage.Service
	users    map[string]keyUser
	copiers  map[string]copier
}

func newEnvelopes(
	vaults *keyvault.Service, accounts *storage.Service, b *batch.Service, m *machinelearning.Service,
	media *mediaservices.Service, analyzers *videoanalyzer.Service,
) envelopes {
	return envelopes{
		vaults: vaults, accounts: accounts,
		users: map[string]keyUser{
			storage.Type: accounts, batch.Type: b, mediaservices.Type: media, videoanalyzer.Type: analyzers,
		},
		copiers: map[string]copier{
			batch.Type: b, machinelearning.Type: m, mediaservices.Type: media, videoanalyzer.Type: analyzers,
		},
	}
}

// Keys says which account runs on which key, and who is behind.
type Keys struct {
	Time     time.Time    `json:"time"`
	Accounts []AccountKey `json:"accounts"`
	Storage  []StorageKey `json:"storage"`
}

// AccountKey is the customer's key of an account.
type AccountKey struct {
	Account engine.ID `json:"account"`
	Type    string    `json:"type"`
	Vault   string    `json:"vault"`
	Key     string    `json:"key"`
	// Version wraps the account's key; Newest is the newest one of the key, if it can be found.
	Version string     `json:"version"`
	Created *time.Time `json:"created,omitempty"` // the version
	Newest  string     `json:"newest,omitempty"`
	// Pinned says that the account names a version, and stays there.
	Pinned bool `json:"pinned"`
	// Behind says that there is a newer version than the one that the account runs on.
	Behind bool `json:"behind"`
	// Identity is the name of the identity that reads the key, PrincipalID its object ID.
	Identity    string `json:"identity"`
	PrincipalID string `json:"principalId"`
	// Lost says why the account cannot reach its key.
	Lost string `json:"lost,omitempty"`
}

// StorageKey is an access key of a storage account.
type StorageKey struct {
	Account engine.ID `json:"account"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Holders []Holder  `json:"holders"`
}

// Holder is an account with a copy of a storage key.
type Holder struct {
	Account engine.ID `json:"account"`
	// Behind says that the copy is of an earlier value of the key.
	Behind bool `json:"behind"`
}

// Keys returns which account runs on which key, and who is behind.
func (a *Azure) Keys(_ context.Context) (Keys, error) {
	found := Keys{Accounts: []AccountKey{}, Storage: []StorageKey{}}
	err := a.transact("reading the keys", func(tx *engine.Tx) {
		found.Time = tx.Now()
		watch := a.envelopes.vaults.Watch(tx)
		principals := map[string]entra.Principal{}
		for _, p := range a.directory.Principals(tx) {
			principals[p.ObjectID] = p
		}
		holders := map[string]map[engine.ID]Copy{} // By storage account.
		for _, account := range tx.Resources("", "") {
			if user, ok := a.envelopes.users[account.Type]; ok {
				if use := user.KeyUse(tx, account); use.Named.ID != "" {
					found.Accounts = append(found.Accounts, a.envelopes.describe(tx, account, use, principals[use.Named.Principal].Name, watch))
				}
			}
			if c, ok := a.envelopes.copiers[account.Type]; ok {
				for stored, held := range c.Copies(tx, account) {
					if holders[stored.Key()] == nil {
						holders[stored.Key()] = map[engine.ID]Copy{}
					}
					holders[stored.Key()][account.ID] = a.envelopes.compare(tx, stored, held)
				}
			}
		}
		for _, account := range tx.Resources("", storage.Type) {
			found.Storage = append(found.Storage, storageKeys(account, holders[account.ID.Key()])...)
		}
	})
	return found, err
}

// describe returns the key of an account.
func (envelopes) describe(
	tx *engine.Tx, account *engine.Resource, use envelope.Use, identity string, watch *keyvault.Watcher,
) AccountKey {
	shown := AccountKey{
		Account: account.ID, Type: account.Type, PrincipalID: use.Named.Principal, Identity: identity,
	}
	if named, ok := keyvault.ParseKeyID(tx, use.Named.ID); ok {
		shown.Vault, shown.Key, shown.Pinned = named.Vault, named.Key, named.Version != ""
	}
	if wraps, ok := keyvault.ParseKeyID(tx, use.KeyID); ok {
		shown.Version = wraps.Version
	}
	if use.Refused != nil {
		shown.Lost = use.Refused.Message
	}
	if facts, refused := watch.Describe(use.KeyID); refused == nil {
		shown.Created = &facts.Created
		if newest, ok := keyvault.ParseKeyID(tx, facts.NewestID); ok {
			shown.Newest = newest.Version
			shown.Behind = newest.Version != shown.Version
		}
	}
	return shown
}

// storageKeys returns the two access keys of a storage account, with the accounts that hold copies.
func storageKeys(account *engine.Resource, copies map[engine.ID]Copy) []StorageKey {
	var shown []StorageKey
	for _, name := range accessKeys() {
		key := StorageKey{Account: account.ID, Name: name, Created: madeAt(account, name), Holders: []Holder{}}
		for _, holder := range slices.Sorted(maps.Keys(copies)) {
			if held := copies[holder]; slices.Contains(held.Holds, name) {
				key.Holders = append(key.Holders, Holder{holder, slices.Contains(held.Behind, name)})
			}
		}
		shown = append(shown, key)
	}
	return shown
}

// accessKeys returns the names of the access keys of a storage account.
func accessKeys() []string { return []string{"key1", "key2"} }

// madeAt returns when an access key of a storage account was made.
func madeAt(account *engine.Resource, name string) time.Time {
	made, _ := time.Parse(time.RFC3339Nano, account.String("keyCreationTime."+name))
	return made
}
