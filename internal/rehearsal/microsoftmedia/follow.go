// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

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

// detection is the state of the look-out for a new version.
type detection struct {
	// Wait is how long after the last look, which failed, the next one comes.
	Wait time.Duration `json:"wait,omitempty"`
}

// Follow has the accounts whose key identifier has no version follow the newest one. An
// identifier with a version is pinned to it.
func (k *Keeper) Follow(e *engine.Engine) {
	e.Subscribe(keyvault.KeyVersionAdded, func(tx *engine.Tx, id string) {
		key, _ := keyvault.ParseKeyID(tx, id)
		for _, account := range tx.Resources("/subscriptions", k.Type) {
			if followed, does := follows(tx, account); does && followed.Is(key) {
				k.look(tx, account, detectionDelay)
			}
		}
	})
	// Where the last look failed, what kept the new version from being taken may be over.
	e.Subscribe(keyvault.AccessChanged, func(tx *engine.Tx, vault string) {
		for _, account := range tx.Resources("/subscriptions", k.Type) {
			followed, does := follows(tx, account)
			held, _ := k.Reveal(account)
			if does && strings.EqualFold(followed.Vault, engine.ID(vault).Name()) &&
				held.Detection.Wait > 0 {
				k.look(tx, account, detectionDelay)
			}
		}
	})
	e.OnTimer(k.timer(), func(tx *engine.Tx, id string) {
		if account := tx.Resource(engine.ID(id)); account != nil {
			k.detect(tx, account)
		}
	})
}

func (k *Keeper) timer() string { return k.Type + "/keyversion" }

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
func (k *Keeper) look(tx *engine.Tx, account *engine.Resource, after time.Duration) {
	tx.Schedule(tx.Now().Add(after), k.timer(), string(account.ID))
}

// detect wraps the account key with the newest version of its key. It takes both: the version
// that wraps now has to unwrap and the newest has to wrap, as the account's identity may. While
// either fails nothing changes, and the service looks again later.
func (k *Keeper) detect(tx *engine.Tx, account *engine.Resource) {
	if _, does := follows(tx, account); !does {
		return // the account has gone over to something else meanwhile
	}
	key, _ := wrapping(tx, account)
	held, hide := k.Reveal(account)
	wrapped, refused := held.Envelope.Rewrap(tx, k.Vaults, key.Principal, key)
	if refused != nil {
		held.Detection.Wait = min(max(2*held.Detection.Wait, detectionDelay), longestDetection)
		k.look(tx, account, held.Detection.Wait)
	} else {
		*held = AccountKey{Envelope: wrapped}
		account.Set("encryption.keyVaultProperties.currentKeyIdentifier", wrapped.KeyID)
	}
	hide()
	tx.Save(account)
}
