// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// secrets are the data of an account that answers never show.
type secrets struct {
	// AccountKey encrypts access policies and the metadata of videos.
	microsoftmedia.AccountKey
	// StorageKeys are the account's copies of the access keys of the storage accounts that it has no
	// identity for.
	StorageKeys microsoftmedia.KeyCopies `json:"storageKeys"`
	// Unproven are the storage accounts that the account has not reached yet.
	Unproven []engine.ID `json:"unproven,omitempty"`
	// Before is the account before the operation in progress.
	Before *microsoftmedia.Before `json:"before,omitempty"`
}

func secretsOf(account *engine.Resource) *secrets {
	known := new(secrets)
	account.Reveal(known)
	return known
}

// revealAccountKey returns what an account hides of its account key, and what hides it again.
func revealAccountKey(account *engine.Resource) (held *microsoftmedia.AccountKey, hide func()) {
	known := secretsOf(account)
	return &known.AccountKey, func() { account.Hide(known) }
}

// write creates or changes an account.
func (s *Service) write(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	known := secretsOf(next)
	if old == nil {
		known.AccountKey = microsoftmedia.NewAccountKey(r.Tx)
		next.Set("endpoints", endpoints(r.Tx, next.Location))
	} else {
		if refused := s.keys.Reachable(r.Tx, old); refused != nil {
			return engine.Outcome{}, refused
		}
		next.Set("endpoints", old.Properties["endpoints"])
	}
	setDefaults(next)
	if refused := checkIdentity(r.Tx, next); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := s.checkStorage(r, old, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := s.keys.Encrypt(r, old, next, &known.AccountKey); refused != nil {
		return engine.Outcome{}, refused
	}
	microsoftmedia.Stamp(r, old, next)
	if r.HTTP.Method == http.MethodPatch && r.APIVersion >= asynchronousSince {
		known.Before = microsoftmedia.Remember(old)
		next.Hide(known)
		return microsoftmedia.Operation(r, next, operations), nil
	}
	if refused := s.reachStorage(r.Tx, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	next.Set("provisioningState", engine.Succeeded)
	next.Hide(known)
	return engine.Outcome{}, nil
}

// endpoints returns the endpoints of the new account (recorded).
func endpoints(tx *engine.Tx, location string) []any {
	host := strings.ReplaceAll(tx.NewID(), "-", "")
	return []any{map[string]any{
		"type":        "ClientApi",
		"endpointUrl": fmt.Sprintf("https://%s.api.%s-private1.videoanalyzer.azure.net", host, location),
	}}
}

// setDefaults fills in what the caller left out (recorded).
func setDefaults(account *engine.Resource) {
	account.Default("publicNetworkAccess", "Enabled")
	for _, group := range []string{"integration", "ingestion", "consumption"} {
		account.Default("networkAccessControl."+group+".publicNetworkAccess", "Enabled")
	}
	account.Default("iotHubs", []any{})
}

// checkIdentity refuses an identity that an account cannot have, and IoT hubs with an identity that the
// account does not have. It does not check that the IoT hubs exist: rehearsal has none.
func checkIdentity(tx *engine.Tx, account *engine.Resource) *engine.Error {
	if account.Identity.System() {
		return microsoftmedia.Bad("A Video Analyzer account can have user-assigned identities only.")
	}
	var hubs []microsoftmedia.Attached
	account.Read("iotHubs", &hubs)
	for _, hub := range hubs {
		if _, refused := microsoftmedia.Principal(tx, account, hub.Identity); refused != nil {
			return refused
		}
	}
	return nil
}

// complete ends the operation of an update. It fails if the storage cannot be accessed.
func (s *Service) complete(
	tx *engine.Tx, account *engine.Resource, _ *engine.Operation,
) *engine.Error {
	known := secretsOf(account)
	before := known.Before
	known.Before = nil
	failed := s.reachStorage(tx, account, known)
	state := engine.Succeeded
	if failed == nil {
		account.Hide(known)
	} else {
		state = engine.Failed
		before.Restore(account)
	}
	account.Set("provisioningState", state)
	return failed
}

// view changes the account into what an answer shows.
func (s *Service) view(r *engine.Request, shown *engine.Resource) {
	s.keys.Show(r.Tx, shown)
	s.showStorage(r.Tx, shown)
}
