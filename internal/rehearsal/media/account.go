// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"maps"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/envelope"
)

// secrets is what an account knows and never shows.
type secrets struct {
	// AccountKey encrypts content keys, the URLs of job inputs and token validation keys.
	AccountKey envelope.Envelope `json:"accountKey"`
	// StorageKeys are the account's copies of the access keys of its storage accounts.
	StorageKeys storageKeys `json:"storageKeys,omitempty"`
	// Unproven are the storage accounts that the account has yet to reach.
	Unproven []engine.ID `json:"unproven,omitempty"`
	// Creating says that the operation at work is the account's creation.
	Creating bool `json:"creating,omitempty"`
	// Before is what the operation at work changes, to go back to where it fails.
	Before *settings `json:"before,omitempty"`
	// Detection is how the look-out for a new version of the customer's key is doing.
	Detection detection `json:"detection"`
}

// settings is what an update that fails puts back.
type settings struct {
	Properties map[string]any `json:"properties"`
	Secrets    *secrets       `json:"secrets"`
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
		next.Set("mediaServiceId", r.NewID())
		for _, made := range s.created {
			made(r.Tx, next)
		}
	}
	setDefaults(next)
	if refused := s.checkStorage(r, old, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := s.encrypt(r, old, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	stamp(r, old, next)
	if r.APIVersion < asynchronousSince {
		if refused := s.reachStorage(r.Tx, next, known); refused != nil {
			return engine.Outcome{}, refused
		}
		next.Set("provisioningState", engine.Succeeded)
		next.Hide(known)
		return engine.Outcome{}, nil
	}
	return begin(r, old, next, known), nil
}

// prepare refuses what cannot begin, and carries over what a PUT does not name.
func (s *Service) prepare(r *engine.Request, old, next *engine.Resource) *engine.Error {
	if old == nil {
		return checkNew(r.Tx, next)
	}
	if refused := s.reachable(r.Tx, old); refused != nil {
		return refused
	}
	for _, name := range []string{"mediaServiceId", "privateEndpointConnections"} {
		next.Set(name, old.Properties[name])
	}
	return nil
}

// setDefaults fills in what the caller left out (recorded).
func setDefaults(account *engine.Resource) {
	account.Default("storageAuthentication", authenticationSystem)
	account.Default("encryption.type", systemKey)
	account.Default("keyDelivery.accessControl.defaultAction", "Allow")
	account.Default("keyDelivery.accessControl.ipAllowList", []any{})
	account.Default("publicNetworkAccess", "Enabled")
	account.Default("minimumTlsVersion", "Tls12")
	account.Default("privateEndpointConnections", []any{})
}

// stamp keeps the account's systemData. Accounts that a service principal creates by an
// operation have none before their first change, and then only what tells of the last one; the
// synchronous versions have it whole from the start (recorded).
func stamp(r *engine.Request, old, next *engine.Resource) {
	now := engine.Timestamp(r.Now())
	data := map[string]any{}
	switch {
	case old != nil:
		data = maps.Clone(old.SystemData)
		if data == nil {
			data = map[string]any{}
		}
	case r.APIVersion >= asynchronousSince:
		return
	default:
		data["createdBy"], data["createdByType"], data["createdAt"] = r.Caller.AppID, "Application", now
	}
	data["lastModifiedBy"], data["lastModifiedByType"] = r.Caller.AppID, "Application"
	data["lastModifiedAt"] = now
	next.SystemData = data
}

// begin starts the operation that settles the change.
func begin(r *engine.Request, old, next *engine.Resource, known *secrets) engine.Outcome {
	known.Creating, known.Before = old == nil, nil
	if old != nil {
		known.Before = &settings{Properties: old.Properties, Secrets: secretsOf(old)}
	}
	next.Hide(known)
	next.Set("provisioningState", engine.InProgress)
	place := "/subscriptions/" + next.ID.Subscription() + "/providers/Microsoft.Media/locations/" +
		next.Location
	outcome := engine.Outcome{Async: &engine.Async{
		StatusPath: place + "/mediaServicesOperationStatuses/{operation}",
		ResultPath: place + "/mediaServicesOperationResults/{operation}",
	}}
	if r.HTTP.Method == http.MethodPatch {
		outcome.Status = http.StatusAccepted
	}
	return outcome
}

// complete ends the operation. Storage that cannot be reached makes it fail, as the OpenAPI
// document's example of a failed operation has it; what an update would have changed in the
// properties then stays as it was (own choice: no public source tells).
func (s *Service) complete(
	tx *engine.Tx, account *engine.Resource, _ *engine.Operation,
) *engine.Error {
	known := secretsOf(account)
	before := known.Before
	known.Creating, known.Before = false, nil
	failed := s.reachStorage(tx, account, known)
	state := engine.Succeeded
	if failed != nil {
		state = engine.Failed
		if before != nil {
			account.Properties, known = before.Properties, before.Secrets
		}
	}
	account.Set("provisioningState", state)
	account.Hide(known)
	return failed
}

// view changes the account into what an answer shows.
func (s *Service) view(r *engine.Request, shown *engine.Resource) {
	known := secretsOf(shown)
	if shown.Pending != "" && known.Creating {
		// Recorded: these come with the GET after success, and tags are there even if none were sent.
		for _, name := range []string{"encryption", "storageAuthentication", "minimumTlsVersion"} {
			shown.Set(name, nil)
		}
		shown.SystemData = nil
		if shown.Tags == nil {
			shown.Tags = map[string]string{}
		}
	} else if s.reachable(r.Tx, shown) != nil {
		shown.Set("encryption.status", inaccessible)
	}
	showStorage(r, shown)
}
