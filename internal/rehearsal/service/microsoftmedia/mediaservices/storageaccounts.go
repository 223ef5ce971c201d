// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"slices"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// How an account proves to its storage who it is.
const (
	authenticationSystem   = "System"
	authenticationIdentity = "ManagedIdentity"
)

// storageLimit is how many storage accounts a media account may have
// (limits-quotas-constraints-reference.md).
const storageLimit = 100

// storageAccount is a storage account as a media account lists it.
type storageAccount struct {
	microsoftmedia.Attached
	Type string `json:"type,omitempty"`
}

const (
	primary   = "Primary"
	secondary = "Secondary"
)

// OriginLag is the longest time until all streaming origins use the keys of a sync.
// The documented procedure waits six hours (previous/media-services-roll-storage-access-keys.md of January
// 2017); no public source says what happens meanwhile.
const OriginLag = 6 * time.Hour

func storageOf(account *engine.Resource) []storageAccount {
	var list []storageAccount
	account.Read("storageAccounts", &list)
	return list
}

// setStorage sets the storage accounts of an account, without status and other fields that the service
// does not keep.
func setStorage(account *engine.Resource, list []storageAccount) {
	entries := []any{}
	for _, listed := range list {
		entry := map[string]any{"id": string(listed.ID), "type": listed.Type}
		if listed.Identity != nil {
			entry["identity"] = identityObject(listed.Identity)
		}
		entries = append(entries, entry)
	}
	account.Set("storageAccounts", entries)
}

// identityObject returns an identity as the properties hold it.
func identityObject(i *microsoftmedia.Identity) map[string]any {
	object := map[string]any{"useSystemAssignedIdentity": i.UserAssigned == ""}
	if i.UserAssigned != "" {
		object["userAssignedIdentity"] = string(i.UserAssigned)
	}
	return object
}

func primaryOf(list []storageAccount) engine.ID {
	for _, listed := range list {
		if listed.Type == primary {
			return listed.ID
		}
	}
	return ""
}

func attached(list []storageAccount, id engine.ID) *storageAccount {
	at := slices.IndexFunc(list, func(listed storageAccount) bool { return listed.ID.Is(id) })
	if at < 0 {
		return nil
	}
	return &list[at]
}

// attachments returns what the list has in common with those of other accounts of Microsoft.Media.
func attachments(list []storageAccount) []microsoftmedia.Attached {
	var common []microsoftmedia.Attached
	for _, listed := range list {
		common = append(common, listed.Attached)
	}
	return common
}

// checkStorage checks the list of storage accounts against the rules and notes which of them the account
// has not reached yet.
func (s *Service) checkStorage(
	r *engine.Request, old, next *engine.Resource, known *secrets,
) *engine.Error {
	list := storageOf(next)
	if len(list) == 1 && list[0].Type == "" {
		list[0].Type = primary // Microsoft's tutorial and sample leave the type out
	}
	if refused := checkList(list); refused != nil {
		return refused
	}
	setStorage(next, list)
	var before []storageAccount
	if old != nil {
		before = storageOf(old)
		if was := primaryOf(before); was != "" && !was.Is(primaryOf(list)) {
			return microsoftmedia.Bad("The primary storage account '%s' cannot be taken out or replaced.", was)
		}
	}
	failed := known.Unproven // by an operation that did not succeed
	known.Unproven = nil
	for _, listed := range list {
		if refused := s.checkListed(r, next, listed, attached(before, listed.ID) == nil); refused != nil {
			return refused
		}
		if slices.ContainsFunc(failed, listed.ID.Is) || unproven(r.Tx, old, next, listed, known) {
			known.Unproven = append(known.Unproven, listed.ID)
		}
	}
	return nil
}

// checkList refuses lists that are not valid, whatever the storage accounts are.
func checkList(list []storageAccount) *engine.Error {
	if len(list) > storageLimit {
		return microsoftmedia.Bad("A Media Services account can have %d storage accounts; %d were given.",
			storageLimit, len(list))
	}
	primaries := 0
	for _, listed := range list {
		if listed.Type == primary {
			primaries++
		}
		if listed.Type == "" {
			return microsoftmedia.Bad("The storage account '%s' needs a type, Primary or Secondary.", listed.ID)
		}
	}
	if refused := microsoftmedia.CheckAttached(attachments(list)); refused != nil {
		return refused
	}
	if primaries != 1 {
		return microsoftmedia.Bad("A Media Services account needs exactly one Primary storage account; %d were given.",
			primaries)
	}
	return nil
}

// checkListed refuses a storage account whose keys the caller may not list, and a kind that the service
// does not support. It does not check accounts that were attached before.
func (s *Service) checkListed(
	r *engine.Request, next *engine.Resource, listed storageAccount, added bool,
) *engine.Error {
	byKeys := next.String("storageAuthentication") == authenticationSystem
	if byKeys && !listed.ID.SubscriptionID().Is(next.ID.SubscriptionID()) {
		return microsoftmedia.Bad("The storage account '%s' is in another subscription, which takes managed identity "+
			"storage authentication.", listed.ID)
	}
	if !byKeys {
		if _, refused := microsoftmedia.Principal(r.Tx, next, listed.Identity); refused != nil {
			return refused
		}
	}
	// note-account-storage-same-subscription.md: whoever creates or updates the account must be
	// allowed to list the keys, with either kind of authentication. Resource Manager checks what a
	// body refers to.
	var sent []any
	if engine.Read(r.Body, "properties.storageAccounts", &sent) {
		if refused := r.PermitLinked("Microsoft.Storage/storageAccounts/listkeys/action", listed.ID); refused != nil {
			return refused
		}
	}
	if account := s.storage.Account(r.Tx, listed.ID); account != nil && added {
		return checkStorageKind(account, listed.Type)
	}
	return nil
}

// checkStorageKind refuses the kinds of storage account that the service does not support
// (storage-account-concept.md). Blob-only accounts may be Secondary, as the OpenAPI documents say.
func checkStorageKind(account *engine.Resource, as string) *engine.Error {
	var hierarchical bool
	if account.Read("isHnsEnabled", &hierarchical) && hierarchical {
		return microsoftmedia.Bad("The storage account '%s' has a hierarchical namespace (Data Lake Storage Gen2), "+
			"which Media Services does not support.", account.ID)
	}
	return microsoftmedia.CheckStorageKind(account, "Media Services", as == primary)
}

// unproven reports whether the service must reach the storage account for the change to succeed: it has
// no copy of its keys, or accesses it with another identity than before.
func unproven(
	tx *engine.Tx, old, next *engine.Resource, listed storageAccount, known *secrets,
) bool {
	if next.String("storageAuthentication") == authenticationSystem {
		_, held := known.StorageKeys[listed.ID.Key()]
		return !held
	}
	if old == nil || old.String("storageAuthentication") != authenticationIdentity {
		return true
	}
	was := attached(storageOf(old), listed.ID)
	if was == nil {
		return true
	}
	before, refused := microsoftmedia.Principal(tx, old, was.Identity)
	now, _ := microsoftmedia.Principal(tx, next, listed.Identity)
	return refused != nil || before != now
}

// writeBlobs is the action for which the account's identity needs permission: the role Storage Blob Data
// Contributor grants it, the role Contributor does not (trouble-storage-issues.md).
const writeBlobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"

// reachStorage accesses the storage accounts that are not proven yet: for a copy of their keys, or with
// the account's identity. It drops the copies that are no longer needed.
func (s *Service) reachStorage(
	tx *engine.Tx, account *engine.Resource, known *secrets,
) *engine.Error {
	list := storageOf(account)
	byKeys := account.String("storageAuthentication") == authenticationSystem
	kept := microsoftmedia.KeyCopies{}
	for _, listed := range list {
		if held, ok := known.StorageKeys[listed.ID.Key()]; ok && byKeys {
			kept[listed.ID.Key()] = held
		}
		if !slices.ContainsFunc(known.Unproven, listed.ID.Is) {
			continue
		}
		if byKeys {
			held, refused := microsoftmedia.CopyKeys(tx, s.storage, listed.ID)
			if refused != nil {
				return refused
			}
			kept[listed.ID.Key()] = held
			continue
		}
		principal, refused := microsoftmedia.Principal(tx, account, listed.Identity)
		if refused != nil || s.storage.Account(tx, listed.ID) == nil ||
			!s.grants.AllowedData(tx, principal, writeBlobs, listed.ID) {
			return StorageInaccessible()
		}
	}
	known.StorageKeys, known.Unproven = kept, nil
	return nil
}

// StorageInaccessible returns the error of the OpenAPI document's example of a failed operation.
func StorageInaccessible() *engine.Error { return microsoftmedia.StorageInaccessible() }

// syncStorageKeys makes the account read the keys of one of its storage accounts again.
func (s *Service) syncStorageKeys(
	r *engine.Request, account *engine.Resource,
) (*engine.Response, error) {
	if account.Pending != "" {
		return nil, microsoftmedia.Busy()
	}
	if refused := s.keys.Reachable(r.Tx, account); refused != nil {
		return nil, refused
	}
	listed, refused := microsoftmedia.ToSync(r, account, attachments(storageOf(account)))
	if refused != nil {
		return nil, refused
	}
	if account.String("storageAuthentication") == authenticationSystem {
		held, refused := microsoftmedia.CopyKeys(r.Tx, s.storage, listed.ID)
		if refused != nil {
			return nil, refused
		}
		known := secretsOf(account)
		if before, ok := known.StorageKeys[listed.ID.Key()]; ok {
			held = held.After(before, OriginLag)
		}
		if known.StorageKeys == nil {
			known.StorageKeys = microsoftmedia.KeyCopies{}
		}
		known.StorageKeys[listed.ID.Key()] = held
		account.Hide(known)
		r.Save(account)
	}
	return &engine.Response{Status: http.StatusOK}, nil // recorded: no body at all
}

// StorageKeys returns the copies that an account holds of the access keys of one of its storage
// accounts, as of the last time that it fetched them.
func (*Service) StorageKeys(
	tx *engine.Tx, account, storage engine.ID,
) (key1, key2 []byte, synced time.Time, ok bool) {
	resource := tx.Resource(account)
	if resource == nil {
		return nil, nil, time.Time{}, false
	}
	held, ok := secretsOf(resource).StorageKeys[storage.Key()]
	return held.Key1, held.Key2, held.Synced, ok
}

// showStorage sorts the storage accounts for the answer. They are a set: the order in the answer to a PUT
// differs from that in the next GET (recorded at 2021-05-01).
func showStorage(r *engine.Request, shown *engine.Resource) {
	list := storageOf(shown)
	slices.SortFunc(list, func(a, b storageAccount) int {
		first, second := sha256.Sum256([]byte(a.ID.Key())), sha256.Sum256([]byte(b.ID.Key()))
		return bytes.Compare(first[:], second[:])
	})
	if r.HTTP.Method != http.MethodGet {
		slices.Reverse(list)
	}
	setStorage(shown, list)
}

// KeyUse returns which key wraps the account key of an account.
func (s *Service) KeyUse(tx *engine.Tx, account *engine.Resource) envelope.Use {
	return s.keys.KeyUse(tx, account)
}

// Copies returns the copies that an account holds of storage keys, by storage account.
func (*Service) Copies(_ *engine.Tx, account *engine.Resource) map[engine.ID]envelope.Copies {
	return secretsOf(account).StorageKeys.ByAccount(attachments(storageOf(account)))
}
