// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// secrets are the data of an account that only callers with permission to list its keys see, or nobody.
type secrets struct {
	// AccountKey encrypts what the account holds for its customer: certificates, jobs, tasks.
	AccountKey envelope.Envelope `json:"accountKey"`
	// Keys are the two keys that clients of the account itself sign with.
	Keys [2][]byte `json:"keys"`
	// Storage are the account's copies of the access keys of its auto-storage account.
	Storage storageKeys `json:"storage"`
}

func secretsOf(account *engine.Resource) *secrets {
	known := new(secrets)
	account.Reveal(known)
	return known
}

// write creates or changes an account.
func (s *Service) write(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	if refused := s.prepare(r, old, next); refused != nil {
		return engine.Outcome{}, refused
	}
	known := secretsOf(next)
	if old == nil {
		known.AccountKey = envelope.New(r.Tx)
		known.Keys = [2][]byte{newKey(), newKey()}
		next.Set("nodeManagementEndpoint",
			r.NewID()+"."+next.Location+".service.batch.azure.com")
	}
	setDefaults(next)
	if refused := s.attachStorage(r, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := s.encrypt(r, old, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	next.Hide(known)
	if old != nil {
		return engine.Outcome{}, nil
	}
	// Recorded: 202 without a body; the account comes from Location when it is there.
	next.Set("provisioningState", "Creating")
	return engine.Outcome{
		Status: http.StatusAccepted,
		Empty:  true,
		Async:  &engine.Async{ResultPath: string(next.ID) + "/operationResults/{operation}"},
	}, nil
}

// prepare refuses a change that cannot start.
func (s *Service) prepare(r *engine.Request, old, next *engine.Resource) *engine.Error {
	switch {
	case r.HTTP.Method == http.MethodPut && old != nil:
		// "Existing accounts cannot be updated with this API and should instead be updated with the
		// Update Batch Account API" (the OpenAPI document).
		return refuse(r, http.StatusConflict, "AccountAlreadyExists",
			"The account exists already. It is updated with the Update Batch Account API.")
	case old == nil:
		if inUse := taken(r.Tx, next.Name, next.Location); inUse != "" {
			return refuse(r, http.StatusConflict, "AccountNameAlreadyTaken", inUse)
		}
	default:
		if refused := s.reachable(r, old); refused != nil {
			return refused
		}
	}
	if next.Identity != nil && strings.Contains(next.Identity.Type, ",") {
		// The OpenAPI document has SystemAssigned, UserAssigned and None.
		return refuse(r, http.StatusBadRequest, "InvalidPropertyValue",
			"The value provided for one of the properties in the request body is invalid.",
			[2]string{"PropertyName", "identity.type"},
			because("An account has one type of identity at a time."))
	}
	return nil
}

// setDefaults fills in what the caller left out (recorded).
func setDefaults(account *engine.Resource) {
	if account.Identity == nil {
		account.Identity = &engine.Identity{Type: "None"}
	}
	account.Default("accountEndpoint", account.Name+"."+account.Location+".batch.azure.com")
	account.Default("provisioningState", engine.Succeeded)
	account.Default("poolAllocationMode", "BatchService")
	account.Default("publicNetworkAccess", "Enabled")
	account.Default("privateEndpointConnections", []any{})
	account.Default("allowedAuthenticationModes", []any{sharedKey, "AAD", "TaskAuthenticationToken"})
	account.Default("encryption.keySource", sourceBatch)
	account.Default("poolQuota", 100)
	account.Default("activeJobAndJobScheduleQuota", 300)
	account.Default("dedicatedCoreQuotaPerVMFamilyEnforced", true)
	if account.String("poolAllocationMode") == "BatchService" {
		account.Default("dedicatedCoreQuota", 500)
		account.Default("dedicatedCoreQuotaPerVMFamily", []any{})
		account.Default("lowPriorityCoreQuota", 500)
	}
}

// complete ends a creation.
func (s *Service) complete(
	_ *engine.Tx, account *engine.Resource, _ *engine.Operation,
) *engine.Error {
	account.Set("provisioningState", engine.Succeeded)
	return nil
}

// view shows an account that is being deleted as such.
func view(_ *engine.Request, shown *engine.Resource) {
	if shown.Pending != "" && shown.String("provisioningState") == engine.Succeeded {
		shown.Set("provisioningState", "Deleting")
	}
}

// remove deletes an account, whatever the state of its customer's key.
func remove(_ *engine.Request, account *engine.Resource) (engine.Outcome, error) {
	return engine.Outcome{Async: &engine.Async{
		ResultPath: "/subscriptions/" + account.ID.Subscription() + "/providers/Microsoft.Batch/" +
			"locations/" + account.Location + "/accountOperationResults/" + account.Name + "-{operation}",
	}}, nil
}

// sharedKey is the mode in which clients sign with a key of the account.
const sharedKey = "SharedKey"

// listKeys answers with the account's own keys.
func (s *Service) listKeys(
	r *engine.Request, account *engine.Resource,
) (*engine.Response, error) {
	if refused := s.keysAtHand(r, account); refused != nil {
		return nil, refused
	}
	return keyList(account, secretsOf(account)), nil
}

// regenerateKeys replaces one of the account's own keys.
func (s *Service) regenerateKeys(
	r *engine.Request, account *engine.Resource,
) (*engine.Response, error) {
	if refused := s.keysAtHand(r, account); refused != nil {
		return nil, refused
	}
	known := secretsOf(account)
	at := 0
	if name, _ := r.Body["keyName"].(string); strings.EqualFold(name, "Secondary") {
		at = 1
	}
	known.Keys[at] = newKey()
	account.Hide(known)
	r.Save(account)
	return keyList(account, known), nil
}

// keysAtHand refuses to list keys of an account that does not accept any.
func (s *Service) keysAtHand(r *engine.Request, account *engine.Resource) *engine.Error {
	if refused := s.reachable(r, account); refused != nil {
		return refused
	}
	var modes []string
	account.Read("allowedAuthenticationModes", &modes)
	if !slices.ContainsFunc(modes, func(mode string) bool { return strings.EqualFold(mode, sharedKey) }) {
		// "… In this case, getting the keys will fail" (the OpenAPI document).
		return refuse(r, http.StatusBadRequest, "InvalidOperation",
			"The account does not have SharedKey in its allowedAuthenticationModes.")
	}
	return nil
}
