// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package machinelearning

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
)

// How a workspace proves to its storage account who it is. azurerm's values of the property are
// these and UserDelegationSAS, which is by identity as well.
const (
	authMode = "systemDatastoresAuthMode"
	byKey    = "AccessKey"
)

// secrets is what a workspace shows to nobody who may not list its keys.
type secrets struct {
	// StorageKey is the workspace's copy of the first access key of its storage account: it holds one
	// (userStorageKey in the OpenAPI document); which of both nobody says. It learns of a new one only
	// by resyncKeys.
	StorageKey []byte `json:"storageKey,omitempty"`
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

// fetchKey has the workspace read the key of its storage account.
func (s *Service) fetchKey(tx *engine.Tx, workspace *engine.Resource) *engine.Error {
	known := new(secrets)
	if usesKey(workspace) {
		key1, _, reached := s.storage.Keys(tx, storageOf(workspace))
		if !reached {
			return invalid("The storage account '%s' was not found.", storageOf(workspace))
		}
		known.StorageKey = key1
	}
	workspace.Hide(known)
	return nil
}

// resyncKeys has the workspace read all the keys that it holds anew, when the operation is over. Of
// them rehearsal has that of the storage account.
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

// Storage returns the workspace at the endpoint of its storage account: with the copy of the key that it
// fetched last, or as its system-assigned identity.
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
