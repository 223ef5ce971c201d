// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/keyvault"
)

// detectionDelay is how long it takes the service to see a new version of a customer's key. The
// documentation says 5 minutes, a later edition of the tutorial less than 15.
const detectionDelay = 5 * time.Minute

// longestDetection is how far apart the service's looks become while they fail (own choice).
const longestDetection = 24 * time.Hour

const detectionTimer = "media/keyversion"

// detection is the state of the look-out for a new version.
type detection struct {
	// Wait is how long after the last look, which failed, the next one comes.
	Wait time.Duration `json:"wait,omitempty"`
}

// followKeys has the accounts whose key identifier has no version follow the newest one. An
// identifier with a version is pinned to it.
func (s *Service) followKeys(e *engine.Engine) {
	e.Subscribe(keyvault.KeyVersionAdded, func(tx *engine.Tx, key string) {
		for _, account := range tx.Resources("/subscriptions", Type) {
			if follows(tx, account, key) {
				tx.Schedule(tx.Now().Add(detectionDelay), detectionTimer, string(account.ID))
			}
		}
	})
	e.OnTimer(detectionTimer, func(tx *engine.Tx, id string) {
		if account := tx.Resource(engine.ID(id)); account != nil {
			s.detect(tx, account)
		}
	})
}

// follows reports whether the account's key is the one with this identifier, in any version.
func follows(tx *engine.Tx, account *engine.Resource, key string) bool {
	plain := func(id string) string { return strings.ToLower(strings.TrimSuffix(id, "/")) }
	wraps, refused := wrapping(tx, account)
	return refused == nil && wraps.ID != "" && plain(wraps.ID) == plain(key)
}

// detect wraps the account key with the newest version of its key. It takes both: the version
// that wraps now has to unwrap and the newest has to wrap, as the account's identity may. While
// either fails nothing changes, and the service looks again later.
func (s *Service) detect(tx *engine.Tx, account *engine.Resource) {
	key, refused := wrapping(tx, account)
	if refused != nil || key.ID == "" {
		return // the account has gone over to something else meanwhile
	}
	known := secretsOf(account)
	wrapped, refused := known.AccountKey.Rewrap(tx, s.vaults, key.Principal, key)
	if refused != nil {
		known.Detection.Wait = min(max(2*known.Detection.Wait, detectionDelay), longestDetection)
		tx.Schedule(tx.Now().Add(known.Detection.Wait), detectionTimer, string(account.ID))
	} else {
		known.AccountKey, known.Detection = wrapped, detection{}
		account.Set("encryption.keyVaultProperties.currentKeyIdentifier", wrapped.KeyID)
	}
	account.Hide(known)
	tx.Save(account)
}
