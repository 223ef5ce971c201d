// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"net/http"
	"slices"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// The actions for which an account's identity needs permission: the roles Storage Blob Data Contributor
// and Reader grant them (the documentation of Video Analyzer accounts asks for both).
const (
	writeBlobs  = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
	readStorage = "Microsoft.Storage/storageAccounts/read"
)

// disconnected is the status of a storage account that the account's identity cannot access, according to
// the OpenAPI documents' example. One that it can access has no status (recorded).
const disconnected = "identityDisconnected"

func storageOf(account *engine.Resource) []microsoftmedia.Attached {
	var list []microsoftmedia.Attached
	account.Read("storageAccounts", &list)
	return list
}

// setStorage sets the storage accounts of an account, without status and other fields that the service
// does not keep.
func setStorage(
	account *engine.Resource, list []microsoftmedia.Attached,
	status func(microsoftmedia.Attached) string,
) {
	entries := []any{}
	for _, listed := range list {
		entry := map[string]any{"id": string(listed.ID)}
		if listed.Identity != nil {
			entry["identity"] = map[string]any{"userAssignedIdentity": string(listed.Identity.UserAssigned)}
		}
		if reply := status(listed); reply != "" {
			entry["status"] = reply
		}
		entries = append(entries, entry)
	}
	account.Set("storageAccounts", entries)
}

// checkStorage checks the list of storage accounts against the rules and notes which of them the account
// has not reached yet.
func (s *Service) checkStorage(
	r *engine.Request, old, next *engine.Resource, known *secrets,
) *engine.Error {
	list := storageOf(next)
	if len(list) == 0 {
		return microsoftmedia.Bad("A Video Analyzer account needs a storage account; none was given.")
	}
	if refused := microsoftmedia.CheckAttached(list); refused != nil {
		return refused
	}
	known.Unproven = nil
	for _, listed := range list {
		if refused := s.checkListed(r, next, listed); refused != nil {
			return refused
		}
		if unproven(r.Tx, old, next, listed, known) {
			known.Unproven = append(known.Unproven, listed.ID)
		}
	}
	setStorage(next, list, func(microsoftmedia.Attached) string { return "" })
	return nil
}

// checkListed refuses a storage account in another subscription, of a kind that the service does not
// support, or with an identity that the account does not have. Without an identity, the caller must be
// allowed to list its keys.
func (s *Service) checkListed(
	r *engine.Request, next *engine.Resource, listed microsoftmedia.Attached,
) *engine.Error {
	if !listed.ID.SubscriptionID().Is(next.ID.SubscriptionID()) {
		return microsoftmedia.Bad("The storage account '%s' is in another subscription than the account.",
			listed.ID)
	}
	if account := s.storage.Account(r.Tx, listed.ID); account != nil {
		if refused := microsoftmedia.CheckStorageKind(account, "Video Analyzer", true); refused != nil {
			return refused
		}
	}
	if listed.Identity == nil {
		return r.PermitLinked("Microsoft.Storage/storageAccounts/listkeys/action", listed.ID)
	}
	_, refused := microsoftmedia.Principal(r.Tx, next, listed.Identity)
	return refused
}

// unproven reports whether the service must reach the storage account for the change to succeed: it has
// no copy of its keys, or accesses it with another identity than before.
func unproven(
	tx *engine.Tx, old, next *engine.Resource, listed microsoftmedia.Attached, known *secrets,
) bool {
	if listed.Identity == nil {
		_, held := known.StorageKeys[listed.ID.Key()]
		return !held
	}
	if old == nil {
		return true
	}
	was := microsoftmedia.Find(storageOf(old), listed.ID)
	if was == nil || was.Identity == nil {
		return true
	}
	before, refused := microsoftmedia.Principal(tx, old, was.Identity)
	now, _ := microsoftmedia.Principal(tx, next, listed.Identity)
	return refused != nil || before != now
}

// reachStorage accesses the storage accounts that are not proven yet: with the identity, or without one
// for a copy of their keys. It drops the copies that are no longer needed.
func (s *Service) reachStorage(
	tx *engine.Tx, account *engine.Resource, known *secrets,
) *engine.Error {
	kept := microsoftmedia.KeyCopies{}
	for _, listed := range storageOf(account) {
		held, ok := known.StorageKeys[listed.ID.Key()]
		if !slices.ContainsFunc(known.Unproven, listed.ID.Is) {
			if ok && listed.Identity == nil {
				kept[listed.ID.Key()] = held
			}
			continue
		}
		if listed.Identity != nil {
			if !s.reaches(tx, account, listed) {
				return microsoftmedia.StorageInaccessible()
			}
			continue
		}
		held, refused := microsoftmedia.CopyKeys(tx, s.storage, listed.ID)
		if refused != nil {
			return refused
		}
		kept[listed.ID.Key()] = held
	}
	known.StorageKeys, known.Unproven = kept, nil
	return nil
}

// reaches reports whether the identity named for a storage account has the permissions that the service
// needs.
func (s *Service) reaches(
	tx *engine.Tx, account *engine.Resource, listed microsoftmedia.Attached,
) bool {
	principal, refused := microsoftmedia.Principal(tx, account, listed.Identity)
	return refused == nil && s.storage.Account(tx, listed.ID) != nil &&
		s.grants.AllowedData(tx, principal, writeBlobs, listed.ID) &&
		s.grants.Allowed(tx, principal, readStorage, listed.ID)
}

// syncStorageKeys makes the account read the keys of one of its storage accounts again. Only
// 2021-05-01-preview has it. There is nothing to fetch where an identity is named.
func (s *Service) syncStorageKeys(
	r *engine.Request, account *engine.Resource,
) (*engine.Response, error) {
	if account.Pending != "" {
		return nil, microsoftmedia.Busy()
	}
	if refused := s.keys.Reachable(r.Tx, account); refused != nil {
		return nil, refused
	}
	listed, refused := microsoftmedia.ToSync(r, account, storageOf(account))
	if refused != nil {
		return nil, refused
	}
	if listed.Identity == nil {
		held, refused := microsoftmedia.CopyKeys(r.Tx, s.storage, listed.ID)
		if refused != nil {
			return nil, refused
		}
		known := secretsOf(account)
		known.StorageKeys[listed.ID.Key()] = held
		account.Hide(known)
		r.Save(account)
	}
	return &engine.Response{Status: http.StatusOK}, nil
}

// showStorage shows which storage accounts the identity cannot access.
func (s *Service) showStorage(tx *engine.Tx, shown *engine.Resource) {
	setStorage(shown, storageOf(shown), func(listed microsoftmedia.Attached) string {
		if listed.Identity == nil || s.reaches(tx, shown, listed) {
			return ""
		}
		return disconnected
	})
}

// StorageKeys returns the copies that an account holds of the access keys of one of its storage
// accounts.
func (*Service) StorageKeys(
	tx *engine.Tx, account, storage engine.ID,
) (held microsoftmedia.KeyCopy, ok bool) {
	resource := tx.Resource(account)
	if resource == nil {
		return held, false
	}
	held, ok = secretsOf(resource).StorageKeys[storage.Key()]
	return held, ok
}

// KeyUse returns which key wraps the account key of an account.
func (s *Service) KeyUse(tx *engine.Tx, account *engine.Resource) envelope.Use {
	return s.keys.KeyUse(tx, account)
}

// Copies returns the copies that an account holds of storage keys, by storage account.
func (*Service) Copies(_ *engine.Tx, account *engine.Resource) map[engine.ID]envelope.Copies {
	return secretsOf(account).StorageKeys.ByAccount(storageOf(account))
}
