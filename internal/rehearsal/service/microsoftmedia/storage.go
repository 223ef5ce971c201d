// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// StorageAccounts is the part of Microsoft.Storage that the accounts use.
type StorageAccounts interface {
	// Account returns the storage account, or nil.
	Account(tx *engine.Tx, id engine.ID) *engine.Resource
	// Keys returns the values of its access keys.
	Keys(tx *engine.Tx, id engine.ID) (key1, key2 []byte, ok bool)
}

// Attached is a storage account as an account lists it.
type Attached struct {
	ID engine.ID `json:"id"`
	// Identity is the identity with which the account accesses it.
	Identity *Identity `json:"identity,omitempty"`
}

// KeyCopies are copies of access keys by lower-case ID of the storage account.
type KeyCopies map[string]KeyCopy

// KeyCopy is an account's copy of a storage account's access keys. Only syncStorageKeys refreshes it.
type KeyCopy struct {
	Key1   []byte    `json:"key1"`
	Key2   []byte    `json:"key2"`
	Synced time.Time `json:"synced"`
	// Earlier are the copies before this one, newest first, that may still be in use.
	Earlier []KeyCopy `json:"earlier,omitempty"`
}

// CopyKeys reads the present access keys of a storage account.
func CopyKeys(
	tx *engine.Tx, accounts StorageAccounts, id engine.ID,
) (KeyCopy, *engine.Error) {
	key1, key2, reached := accounts.Keys(tx, id)
	if !reached {
		return KeyCopy{}, StorageInaccessible()
	}
	return KeyCopy{Key1: key1, Key2: key2, Synced: tx.Now()}, nil
}

// After returns the copy as the successor of another one, which may stay in use for the lag.
func (k KeyCopy) After(before KeyCopy, lag time.Duration) KeyCopy {
	earlier := append([]KeyCopy{before}, before.Earlier...)
	earlier[0].Earlier = nil
	replaced := k.Synced
	for i, one := range earlier {
		if !k.Synced.Before(replaced.Add(lag)) {
			earlier = earlier[:i]
			break
		}
		replaced = one.Synced
	}
	k.Earlier = earlier
	return k
}

// At returns the copy in use at a moment, or the oldest one for an earlier moment.
func (k KeyCopy) At(moment time.Time) KeyCopy {
	for _, one := range k.Earlier {
		if !moment.Before(k.Synced) {
			break
		}
		k = one
	}
	return k
}

// StorageInaccessible returns the error of the OpenAPI documents' example of a failed operation.
func StorageInaccessible() *engine.Error {
	return engine.Errorf(http.StatusBadRequest, "BadRequest", "Storage account cannot be accessed.")
}

// CheckAttached refuses IDs that are not storage accounts, and duplicates.
func CheckAttached(list []Attached) *engine.Error {
	for i, listed := range list {
		if !strings.EqualFold(listed.ID.Type(), "Microsoft.Storage/storageAccounts") {
			return Bad("'%s' is not the resource ID of a storage account.", listed.ID)
		}
		if Find(list[:i], listed.ID) != nil {
			return Bad("The storage account '%s' is listed more than once.", listed.ID)
		}
	}
	return nil
}

// Find returns the storage account with the resource ID, or nil.
func Find(list []Attached, id engine.ID) *Attached {
	at := slices.IndexFunc(list, func(a Attached) bool { return a.ID.Is(id) })
	if at < 0 {
		return nil
	}
	return &list[at]
}

// ToSync returns the storage account that a request of syncStorageKeys names. The
// caller names it by resource ID; the OpenAPI document's example for Media Services has the bare
// name.
func ToSync(
	r *engine.Request, account *engine.Resource, list []Attached,
) (*Attached, *engine.Error) {
	asked, _ := r.Body["id"].(string)
	at := slices.IndexFunc(list, func(a Attached) bool {
		return a.ID.Is(engine.ID(asked)) || strings.EqualFold(a.ID.Name(), asked)
	})
	if at < 0 {
		return nil, Bad("The storage account '%s' is not attached to the account '%s'.",
			asked, account.Name)
	}
	return &list[at], nil
}

// CheckStorageKind refuses the kinds of storage account that a service does not work on: it keeps
// blobs, and in the primary one tables and queues too, of standard performance. Media Services says
// so in storage-account-concept.md, the OpenAPI documents of both at StorageAccount.id.
func CheckStorageKind(account *engine.Resource, service string, primary bool) *engine.Error {
	sku, _ := account.SKU["name"].(string)
	switch {
	case strings.HasPrefix(sku, "Premium"):
		return Bad("The storage account '%s' is a premium account (%s), which %s does not support.",
			account.ID, sku, service)
	case account.Kind == "BlobStorage" && primary:
		return Bad("The storage account '%s' is a blob-only account, which cannot be the Primary "+
			"storage account.", account.ID)
	}
	return nil
}

// ByAccount returns the copies of the keys of these storage accounts.
func (c KeyCopies) ByAccount(listed []Attached) map[engine.ID]envelope.Copies {
	copies := map[engine.ID]envelope.Copies{}
	for _, one := range listed {
		if held, ok := c[one.ID.Key()]; ok {
			copies[one.ID] = envelope.Copies{Keys: [][]byte{held.Key1, held.Key2}, Synced: held.Synced}
		}
	}
	return copies
}
