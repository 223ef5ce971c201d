// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// detectionDelay is how long it takes the service to see a new version of a customer's key. The
// documentation says 5 minutes, a later edition of the tutorial less than 15.
const detectionDelay = 5 * time.Minute

// longestDetection is the longest interval between looks that fail (own choice).
const longestDetection = 24 * time.Hour

// detection is the state of the detection of new versions.
type detection struct {
	// Wait is the interval from the last look, which failed, to the next.
	Wait time.Duration `json:"wait,omitempty"`
}

// Terms returns the terms by which accounts are found that use the keys of a vault.
func Terms() func(*engine.Resource) []string {
	return envelope.UsersTerms(func(account *engine.Resource) string {
		return account.String("encryption.keyVaultProperties.keyIdentifier")
	})
}

// Follow makes the accounts follow the newest version of their key, unless its identifier pins one.
func (k *Keeper) Follow(e *engine.Engine) {
	k.followers().Follow(e)
	// Where the last look failed, what kept the new version from being taken may be over.
	e.Subscribe(keyvault.AccessChanged, func(tx *engine.Tx, vault string) {
		for _, account := range envelope.Users(tx, k.Type, engine.ID(vault).Name()) {
			_, does := k.followers().Followed(tx, account)
			held, _ := k.Reveal(account)
			if does && held.Detection.Wait > 0 {
				k.followers().Look(tx, account, detectionDelay)
			}
		}
	})
}

func (k *Keeper) followers() envelope.Followers {
	return envelope.Followers{
		Type: k.Type, Timer: k.Type + "/keyversion", Delay: detectionDelay,
		Wrapping: wrapping, Detect: k.detect,
	}
}

// detect wraps the account key with the newest version of its key. The account's identity must be able to
// unwrap with the present version and to wrap with the newest. If either fails, nothing changes and
// the service looks again later.
func (k *Keeper) detect(tx *engine.Tx, account *engine.Resource) {
	key, _ := wrapping(tx, account)
	held, hide := k.Reveal(account)
	wrapped, refused := held.Envelope.Rewrap(tx, k.Vaults, key.Principal, key)
	if refused != nil {
		held.Detection.Wait = min(max(2*held.Detection.Wait, detectionDelay), longestDetection)
		k.followers().Look(tx, account, held.Detection.Wait)
	} else {
		*held = AccountKey{Envelope: wrapped}
		account.Set("encryption.keyVaultProperties.currentKeyIdentifier", wrapped.KeyID)
	}
	hide()
	tx.Save(account)
}
