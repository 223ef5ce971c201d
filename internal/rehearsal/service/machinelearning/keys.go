// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package machinelearning

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// How a workspace proves to its storage account who it is. azurerm's values of the property are
// these and UserDelegationSAS, which is by identity as well.
const (
	authMode = "systemDatastoresAuthMode"
	byKey    = "AccessKey"
)

// secrets are the data of a workspace that only callers with permission to list its keys see.
type secrets struct {
	// StorageKey is the workspace's copy of the first access key of its storage account: it holds one
	// (userStorageKey in the OpenAPI document); no public source says which. Only resyncKeys refreshes it.
	StorageKey []byte    `json:"storageKey,omitempty"`
	Synced     time.Time `json:"synced,omitzero"` // when it was read
}

func secretsOf(workspace *engine.Resource) *secrets {
	known := new(secrets)
	workspace.Reveal(known)
	return known
}

func storageOf(workspace *engine.Resource) engine.ID {
	return engine.ID(workspace.String("storageAccount"))
}

func usesKey(workspace *engine.Resource) bool {
	return strings.EqualFold(workspace.String(authMode), byKey)
}

// fetchKey makes the workspace read the key of its storage account.
func (s *Service) fetchKey(tx *engine.Tx, workspace *engine.Resource) *engine.Error {
	known := new(secrets)
	if usesKey(workspace) {
		key1, _, reached := s.storage.Keys(tx, storageOf(workspace))
		if !reached {
			return invalid("The storage account '%s' was not found.", storageOf(workspace))
		}
		known.StorageKey, known.Synced = key1, tx.Now()
	}
	workspace.Hide(known)
	return nil
}

// resyncKeys makes the workspace read all its keys again, at the end of the operation. In rehearsal that
// is the key of the storage account.
func (s *Service) resyncKeys(
	r *engine.Request, workspace *engine.Resource,
) (*engine.Response, error) {
	if workspace.Pending != "" {
		return nil, s.kind.Busy
	}
	return r.Begin(s.kind, workspace, async(workspace)), nil
}

func listStorageAccountKeys(
	_ *engine.Request, workspace *engine.Resource,
) (*engine.Response, error) {
	return &engine.Response{Status: http.StatusOK, Body: keys(workspace)}, nil
}

func listKeys(_ *engine.Request, workspace *engine.Resource) (*engine.Response, error) {
	listed := keys(workspace)
	listed["userStorageResourceId"] = string(storageOf(workspace))
	return &engine.Response{Status: http.StatusOK, Body: listed}, nil
}

func keys(workspace *engine.Resource) map[string]any {
	listed := map[string]any{}
	if held := secretsOf(workspace).StorageKey; held != nil {
		listed["userStorageKey"] = base64.StdEncoding.EncodeToString(held)
	}
	return listed
}

// Storage returns a client of the storage account: with the workspace's copy of its key, or with its
// system-assigned identity.
func (s *Service) Storage(
	tx *engine.Tx, workspace *engine.Resource,
) (blob.Client, *engine.Error) {
	client := blob.Client{Account: storageOf(workspace).Name()}
	if usesKey(workspace) {
		client.Keys = [][]byte{secretsOf(workspace).StorageKey}
		return client, nil
	}
	token, err := s.tokens.Token(tx, workspace.Identity.PrincipalID, blob.Audience)
	if err != nil {
		return blob.Client{}, invalid("The workspace '%s' has no system-assigned identity.", workspace.Name)
	}
	client.Token = token
	return client, nil
}

// Copies returns the copy that a workspace holds of a storage key, by storage account.
func (*Service) Copies(_ *engine.Tx, workspace *engine.Resource) map[engine.ID]envelope.Copies {
	held := secretsOf(workspace)
	if held.StorageKey == nil {
		return nil
	}
	return map[engine.ID]envelope.Copies{storageOf(workspace): {Keys: [][]byte{held.StorageKey}, Synced: held.Synced}}
}
