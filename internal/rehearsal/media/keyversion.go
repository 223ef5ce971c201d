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
	e.Subscribe(keyvault.KeyVersionAdded, func(tx *engine.Tx, id string) {
		key, _ := keyvault.ParseKeyID(tx, id)
		for _, account := range tx.Resources("/subscriptions", Type) {
			if followed, does := follows(tx, account); does && followed.Is(key) {
				look(tx, account, detectionDelay)
			}
		}
	})
	// Where the last look failed, what kept the new version from being taken may be over.
	e.Subscribe(keyvault.AccessChanged, func(tx *engine.Tx, vault string) {
		for _, account := range tx.Resources("/subscriptions", Type) {
			followed, does := follows(tx, account)
			if does && strings.EqualFold(followed.Vault, engine.ID(vault).Name()) &&
				secretsOf(account).Detection.Wait > 0 {
				look(tx, account, detectionDelay)
			}
		}
	})
	e.OnTimer(detectionTimer, func(tx *engine.Tx, id string) {
		if account := tx.Resource(engine.ID(id)); account != nil {
			s.detect(tx, account)
		}
	})
}

// follows returns the key that the account follows, and whether it follows one.
func follows(tx *engine.Tx, account *engine.Resource) (keyvault.KeyID, bool) {
	key, refused := wrapping(tx, account)
	if refused != nil || key.ID == "" {
		return keyvault.KeyID{}, false
	}
	parsed, is := keyvault.ParseKeyID(tx, key.ID)
	return parsed, is && parsed.Version == ""
}

// look has the service look for a new version of the account's key after a while.
func look(tx *engine.Tx, account *engine.Resource, after time.Duration) {
	tx.Schedule(tx.Now().Add(after), detectionTimer, string(account.ID))
}

// detect wraps the account key with the newest version of its key. It takes both: the version
// that wraps now has to unwrap and the newest has to wrap, as the account's identity may. While
// either fails nothing changes, and the service looks again later.
func (s *Service) detect(tx *engine.Tx, account *engine.Resource) {
	if _, does := follows(tx, account); !does {
		return // the account has gone over to something else meanwhile
	}
	key, _ := wrapping(tx, account)
	known := secretsOf(account)
	wrapped, refused := known.AccountKey.Rewrap(tx, s.vaults, key.Principal, key)
	if refused != nil {
		known.Detection.Wait = min(max(2*known.Detection.Wait, detectionDelay), longestDetection)
		look(tx, account, known.Detection.Wait)
	} else {
		known.AccountKey, known.Detection = wrapped, detection{}
		account.Set("encryption.keyVaultProperties.currentKeyIdentifier", wrapped.KeyID)
	}
	account.Hide(known)
	tx.Save(account)
}
