// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices

import (
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// secrets are the data of an account that answers never show.
type secrets struct {
	// AccountKey encrypts content keys, the URLs of job inputs and token validation keys.
	microsoftmedia.AccountKey
	// StorageKeys are the account's copies of the access keys of its storage accounts.
	StorageKeys microsoftmedia.KeyCopies `json:"storageKeys,omitempty"`
	// Unproven are the storage accounts that the account has not reached yet.
	Unproven []engine.ID `json:"unproven,omitempty"`
	// Creating says that the operation in progress is the account's creation.
	Creating bool `json:"creating,omitempty"`
	// Before is the account before the operation in progress.
	Before *microsoftmedia.Before `json:"before,omitempty"`
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
		known.AccountKey = microsoftmedia.NewAccountKey(r.Tx)
		next.Set("mediaServiceId", r.NewID())
		for _, made := range s.created {
			made(r.Tx, next)
		}
	}
	setDefaults(next)
	if refused := s.checkStorage(r, old, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := s.keys.Encrypt(r, old, next, &known.AccountKey); refused != nil {
		return engine.Outcome{}, refused
	}
	if old != nil || r.APIVersion < asynchronousSince {
		// Recorded: accounts that a service principal creates by an operation have no systemData
		// before their first change, and then only what tells of the last one.
		microsoftmedia.Stamp(r, old, next)
	}
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

// prepare refuses a change that cannot start, and keeps what a PUT does not name.
func (s *Service) prepare(r *engine.Request, old, next *engine.Resource) *engine.Error {
	if old == nil {
		return s.checkNew(r.Tx, next)
	}
	if refused := s.keys.Reachable(r.Tx, old); refused != nil {
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
	account.Default("keyDelivery.accessControl.defaultAction", "Allow")
	account.Default("keyDelivery.accessControl.ipAllowList", []any{})
	account.Default("publicNetworkAccess", "Enabled")
	account.Default("minimumTlsVersion", "Tls12")
	account.Default("privateEndpointConnections", []any{})
}

// begin starts the operation that completes the change.
func begin(r *engine.Request, old, next *engine.Resource, known *secrets) engine.Outcome {
	known.Creating, known.Before = old == nil, microsoftmedia.Remember(old)
	next.Hide(known)
	return microsoftmedia.Operation(r, next, operations)
}

// complete ends the operation. It fails if the storage cannot be accessed, as in the OpenAPI document's
// example of a failed operation.
func (s *Service) complete(
	tx *engine.Tx, account *engine.Resource, _ *engine.Operation,
) *engine.Error {
	known := secretsOf(account)
	before := known.Before
	known.Creating, known.Before = false, nil
	failed := s.reachStorage(tx, account, known)
	account.Hide(known)
	state := engine.Succeeded
	if failed != nil {
		state = engine.Failed
		if before != nil {
			before.Restore(account)
		}
	}
	account.Set("provisioningState", state)
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
	} else {
		s.keys.Show(r.Tx, shown)
	}
	showStorage(r, shown)
}
