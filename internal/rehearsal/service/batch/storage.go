// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// How an account proves to its auto-storage account who it is.
const (
	byKeys     = "StorageKeys"
	byIdentity = "BatchAccountManagedIdentity"
)

// StorageAccounts is the part of Microsoft.Storage that Batch accounts use.
type StorageAccounts interface {
	// Account returns the storage account, or nil.
	Account(tx *engine.Tx, id engine.ID) *engine.Resource
	// Keys returns the values of its access keys.
	Keys(tx *engine.Tx, id engine.ID) (key1, key2 []byte, ok bool)
}

// storageKeys is an account's copy of the access keys of its auto-storage account. Only
// syncAutoStorageKeys refreshes it.
type storageKeys struct {
	Key1 []byte `json:"key1,omitempty"`
	Key2 []byte `json:"key2,omitempty"`
}

func autoStorage(account *engine.Resource) engine.ID {
	return engine.ID(account.String("autoStorage.storageAccountId"))
}

// attachStorage sets the auto-storage account. Every request that names it reads its keys, even if it is
// the same as before (own choice: the service has to access it, and lastKeySync has to show that).
func (s *Service) attachStorage(
	r *engine.Request, next *engine.Resource, known *secrets,
) *engine.Error {
	var sent map[string]any
	if !engine.Read(r.Body, "properties.autoStorage", &sent) {
		if autoStorage(next) == "" {
			next.Set("autoStorage", nil)
			known.Storage = storageKeys{}
		}
		return nil
	}
	next.Set("autoStorage", sent) // as a whole: leaving out the mode means the keys
	next.Default("autoStorage.authenticationMode", byKeys)
	if next.String("autoStorage.authenticationMode") == byIdentity &&
		(next.Identity == nil || next.Identity.Type == "None") {
		return refuse(r, http.StatusBadRequest, "InvalidPropertyValue",
			"The value provided for one of the properties in the request body is invalid.",
			[2]string{"PropertyName", "autoStorage.authenticationMode"},
			because("The account has no managed identity."))
	}
	return s.fetchKeys(r, next, known)
}

// fetchKeys makes the account read the keys of its auto-storage account, and shows when.
func (s *Service) fetchKeys(
	r *engine.Request, account *engine.Resource, known *secrets,
) *engine.Error {
	id := autoStorage(account)
	key1, key2, reached := s.storage.Keys(r.Tx, id)
	if !reached {
		return refuse(r, http.StatusBadRequest, "InvalidAutoStorageAccount",
			"The specified auto-storage account is invalid.",
			because("The storage account "+string(id)+" was not found."))
	}
	known.Storage = storageKeys{Key1: key1, Key2: key2}
	if account.String("autoStorage.authenticationMode") == byIdentity {
		known.Storage = storageKeys{}
	}
	// The property is required, also of an account that holds no keys.
	account.Set("autoStorage.lastKeySync", engine.Timestamp(r.Now()))
	return nil
}

// syncAutoStorageKeys makes the account read the keys of its auto-storage account again, "only if
// storage key authentication is being used" (the OpenAPI document). Recorded: 204.
func (s *Service) syncAutoStorageKeys(
	r *engine.Request, account *engine.Resource,
) (*engine.Response, error) {
	if refused := s.reachable(r, account); refused != nil {
		return nil, refused
	}
	switch {
	case autoStorage(account) == "":
		return nil, refuse(r, http.StatusBadRequest, "AutoStorageNotConfigured",
			"The account has no auto-storage account.")
	case account.String("autoStorage.authenticationMode") == byKeys:
		known := secretsOf(account)
		if refused := s.fetchKeys(r, account, known); refused != nil {
			return nil, refused
		}
		account.Hide(known)
		r.Save(account)
	}
	return &engine.Response{Status: http.StatusNoContent}, nil
}

// AutoStorage returns a client of the auto-storage account: with the account's copy of its keys, or with
// the account's identity.
func (s *Service) AutoStorage(
	tx *engine.Tx, account *engine.Resource,
) (blob.Client, *engine.Error) {
	id := autoStorage(account)
	if id == "" {
		return blob.Client{}, engine.Ownf(http.StatusConflict, "AutoStorageNotConfigured",
			"The account '%s' has no auto-storage account.", account.Name)
	}
	client := blob.Client{Account: id.Name()}
	if account.String("autoStorage.authenticationMode") == byKeys {
		known := secretsOf(account).Storage
		client.Keys = [][]byte{known.Key1, known.Key2}
		return client, nil
	}
	token, err := s.tokens.Token(tx, principalOf(account), blob.Audience)
	if err != nil {
		return blob.Client{}, engine.Ownf(http.StatusConflict, "AutoStorageNotAccessible",
			"The auto-storage account of '%s' cannot be reached: it has no identity.", account.Name)
	}
	client.Token = token
	return client, nil
}

// principalOf returns the object ID of the account's identity: the system-assigned one, or the
// user-assigned one. Of several, rehearsal takes the first by its ID: no public source says which.
func principalOf(account *engine.Resource) string {
	identity := account.Identity
	if identity.System() {
		return identity.PrincipalID
	}
	if identity == nil {
		return ""
	}
	first, principal := "", ""
	for id, user := range identity.UserAssigned {
		if folded := strings.ToLower(id); first == "" || folded < first {
			first, principal = folded, user.PrincipalID
		}
	}
	return principal
}

// newKey makes a key of an account.
func newKey() []byte {
	key := make([]byte, 64)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return key
}

func keyList(account *engine.Resource, known *secrets) *engine.Response {
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"accountName": account.Name,
		"primary":     base64.StdEncoding.EncodeToString(known.Keys[0]),
		"secondary":   base64.StdEncoding.EncodeToString(known.Keys[1]),
	}}
}

// Copies returns the copies that an account holds of storage keys, by storage account.
func (*Service) Copies(_ *engine.Tx, account *engine.Resource) map[engine.ID]envelope.Copies {
	held := secretsOf(account).Storage
	if held.Key1 == nil {
		return nil
	}
	synced, _ := time.Parse(time.RFC3339Nano, account.String("autoStorage.lastKeySync"))
	return map[engine.ID]envelope.Copies{autoStorage(account): {Keys: [][]byte{held.Key1, held.Key2}, Synced: synced}}
}
