// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package storage is Microsoft.Storage in rehearsal: storage accounts, their access keys, and their
// encryption at rest. It must not import the Blob endpoint or the services that use storage. Where a
// comment says "recorded", the behaviour is that of the traffic of Microsoft's own client tests
// (azure-cli's recordings of its storage module).
package storage

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// Type is the type of a storage account.
const Type = "Microsoft.Storage/storageAccounts"

// BlobDomain is the domain of the host names of blob endpoints.
const BlobDomain engine.Domain = ".blob.core.windows.net"

// Service is Microsoft.Storage.
type Service struct {
	vaults Vaults
}

// New adds Microsoft.Storage to an engine. Customers' keys are used through vaults.
func New(e *engine.Engine, vaults Vaults) *Service {
	s := &Service{vaults: vaults}
	accounts := &engine.ResourceType{
		Name:        Type,
		HasIdentity: true,
		CheckName:   checkName,
		Busy: engine.Errorf(http.StatusConflict, "StorageAccountOperationInProgress",
			"An operation is currently performing on this storage account that requires exclusive "+
				"access."), // Azure/ARO-RP issue 1197
		Terms:  envelope.UsersTerms(usedVault),
		Write:  s.write,
		View:   view,
		Remove: remove,
		Answer: head,
		Routes: map[string]engine.Action{
			"POST listKeys": {Permission: listKeysPermission, Serve: listKeys},
			"POST regenerateKey": {
				Permission: "Microsoft.Storage/storageAccounts/regeneratekey/action",
				Serve:      regenerateKey,
			},
		},
	}
	addServices(accounts)
	e.Register(accounts)
	e.Handle(engine.Route{
		Pattern:    "POST /subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability",
		Permission: "Microsoft.Storage/checknameavailability/read",
		Serve: func(r *engine.Request) (*engine.Response, error) {
			r.AnswerAs(accounts)
			return checkNameAvailability(r)
		},
	})
	e.Handle(engine.Route{
		Pattern: "GET /subscriptions/{subscription}/providers/Microsoft.Storage/locations/" +
			"{location}/asyncoperations/{operation}",
		Serve: func(r *engine.Request) (*engine.Response, error) {
			r.AnswerAs(accounts)
			return engine.ServeOperationResult(r)
		},
	})
	s.followers().Follow(e)
	return s
}

// head adds the headers of the storage resource provider (recorded).
func head(_ *engine.Request, response *engine.Response) {
	response.Header.Set("Server",
		"Microsoft-Azure-Storage-Resource-Provider/1.0,Microsoft-HTTPAPI/2.0 Microsoft-HTTPAPI/2.0")
	if response.Body == nil {
		response.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
}

// Account returns the storage account with this identifier, or nil.
func (*Service) Account(tx *engine.Tx, id engine.ID) *engine.Resource {
	account := tx.Resource(id)
	if account == nil || !strings.EqualFold(account.Type, Type) {
		return nil
	}
	return account
}

// Keys returns the values of the access keys of a storage account, for services that keep a copy of them
// or check signatures.
func (s *Service) Keys(tx *engine.Tx, id engine.ID) (key1, key2 []byte, ok bool) {
	account := s.Account(tx, id)
	if account == nil {
		return nil, nil, false
	}
	keys := secretsOf(account).Keys
	return keys[0].Value, keys[1].Value, true
}

// named returns the storage account with this name in any subscription: names are part of host names,
// and therefore unique.
func named(tx *engine.Tx, name string) *engine.Resource {
	for _, account := range tx.Named(Type, name) {
		return account
	}
	return nil
}

var validName = regexp.MustCompile(`^[a-z0-9]{3,24}$`)

// invalidName is the service's message about a name that is not valid, also in checkNameAvailability
// (recorded).
const invalidName = "%s is not a valid storage account name. Storage account name must be between " +
	"3 and 24 characters in length and use numbers and lower-case letters only."

func checkName(name string) *engine.Error {
	if validName.MatchString(name) {
		return nil
	}
	return engine.Errorf(http.StatusBadRequest, "AccountNameInvalid", invalidName, name)
}

func checkNameAvailability(r *engine.Request) (*engine.Response, error) {
	var asked struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(r.Raw, &asked); err != nil || asked.Name == "" ||
		!strings.EqualFold(asked.Type, Type) {
		return nil, engine.Ownf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid: a name and the type %s are required.", Type)
	}
	answer := map[string]any{"nameAvailable": true}
	if refused := checkName(asked.Name); refused != nil {
		answer = map[string]any{
			"nameAvailable": false, "reason": refused.Code, "message": refused.Message,
		}
	} else if named(r.Tx, asked.Name) != nil {
		answer = map[string]any{
			"nameAvailable": false, "reason": "AlreadyExists",
			"message": "The storage account named " + asked.Name + " is already taken.",
		}
	}
	return &engine.Response{Status: http.StatusOK, Body: answer}, nil
}

// timestamp returns a time as the storage resource provider writes it: always with seven digits of a
// fraction (recorded).
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }
