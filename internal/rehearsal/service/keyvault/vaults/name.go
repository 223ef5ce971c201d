// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// A vault's name is part of a host name: there is one of each in the world.
const namePrefix = "keyvault/name/"

func nameDocument(name string) string { return namePrefix + strings.ToLower(name) }

// Named returns the vault with this name, wherever it lies, or nil.
func Named(tx *engine.Tx, name string) *engine.Resource {
	var id engine.ID
	if !tx.Load(nameDocument(name), &id) {
		return nil
	}
	return tx.Resource(id)
}

var validName = regexp.MustCompile(`^[a-zA-Z](?:-?[a-zA-Z0-9]+)*$`)

// checkName refuses a name that no vault can have.
func checkName(name string) *engine.Error {
	if len(name) >= 3 && len(name) <= 24 && validName.MatchString(name) {
		return nil
	}
	return engine.Errorf(http.StatusBadRequest, "VaultNameNotValid",
		"The vault name '%s' is invalid. A vault's name must be between 3-24 alphanumeric "+
			"characters. The name must begin with a letter, end with a letter or digit, and not "+
			"contain consecutive hyphens. Follow this link for more information: "+
			"https://go.microsoft.com/fwlink/?linkid=2147742", name)
}

// nameTaken refuses a new vault whose name another has, or a deleted one.
func nameTaken(tx *engine.Tx, next *engine.Resource) error {
	deleted := deletedNamed(tx, next.Name)
	switch {
	case deleted != nil && deleted.Vault.ID.SubscriptionID().Is(next.ID.SubscriptionID()):
		return engine.Errorf(http.StatusConflict, "ConflictError",
			"A vault with the same name already exists in deleted state. You need to either "+
				"recover or purge existing key vault. Follow this link "+
				"https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft "+
				"delete.")
	case deleted != nil || Named(tx, next.Name) != nil:
		return engine.Errorf(http.StatusConflict, "VaultAlreadyExists", inUse, next.Name)
	}
	return nil
}

// inUse is the message about a name in use.
const inUse = "The vault name '%s' is already in use. Vault names are globaly unique so it is " + //nolint:misspell // Azure's spelling.
	"possible that the name is already taken. If you are sure that the vault name was not taken " +
	"then it is possible that a vault with the same name was recently deleted but not purged " +
	"after being placed in a recoverable state. If the vault is in a recoverable state then the " +
	"vault will need to be purged before reusing the name. For more information about " +
	"VaultAlreadyExists, soft delete and purging a vault follow this link " +
	"https://go.microsoft.com/fwlink/?linkid=2147740"

func checkNameAvailability(r *engine.Request) (*engine.Response, error) {
	var asked struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(r.Raw, &asked); err != nil || asked.Name == "" ||
		!strings.EqualFold(asked.Type, Type) {
		return nil, ownBadRequest("A name and the type %s are required.", Type)
	}
	answer := map[string]any{"nameAvailable": true}
	if refused := checkName(asked.Name); refused != nil {
		answer = map[string]any{
			"nameAvailable": false, "reason": "AccountNameInvalid", "message": refused.Message,
		}
	} else if Named(r.Tx, asked.Name) != nil || deletedNamed(r.Tx, asked.Name) != nil {
		answer = map[string]any{
			"nameAvailable": false, "reason": "AlreadyExists",
			"message": strings.ReplaceAll(inUse, "%s", asked.Name),
		}
	}
	return &engine.Response{Status: http.StatusOK, Body: answer}, nil
}
