// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package envelope

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// Followers makes the accounts of a type follow the newest version of the customer's key, unless the
// identifier of their key pins a version.
type Followers struct {
	// Type is the type of the accounts.
	Type string
	// Timer is the name of the timer by which the service looks.
	Timer string
	// Delay is how long it takes the service to see a new version.
	Delay time.Duration
	// Wrapping is the key that the properties of an account say wraps its account key.
	Wrapping func(*engine.Tx, *engine.Resource) (Key, *engine.Error)
	// Detect wraps the account key with the newest version. If that fails, it changes nothing and
	// schedules another look.
	Detect func(*engine.Tx, *engine.Resource)
}

// Follow makes the accounts detect every new version of their key.
func (f Followers) Follow(e *engine.Engine) {
	e.Subscribe(keyvault.KeyVersionAdded, func(tx *engine.Tx, id string) {
		key, _ := keyvault.ParseKeyID(tx, id)
		for _, account := range tx.Resources("/subscriptions", f.Type) {
			if followed, does := f.Followed(tx, account); does && followed.Is(key) {
				f.Look(tx, account, f.Delay)
			}
		}
	})
	e.OnTimer(f.Timer, func(tx *engine.Tx, id string) {
		account := tx.Resource(engine.ID(id))
		if account == nil {
			return
		}
		// It may have gone over to something else meanwhile.
		if _, does := f.Followed(tx, account); does {
			f.Detect(tx, account)
		}
	})
}

// Followed returns the key that an account follows, and whether it follows one.
func (f Followers) Followed(tx *engine.Tx, account *engine.Resource) (keyvault.KeyID, bool) {
	key, refused := f.Wrapping(tx, account)
	if refused != nil || key.ID == "" {
		return keyvault.KeyID{}, false
	}
	parsed, ok := keyvault.ParseKeyID(tx, key.ID)
	return parsed, ok && parsed.Version == ""
}

// Look schedules a look for a new version of an account's key.
func (f Followers) Look(tx *engine.Tx, account *engine.Resource, after time.Duration) {
	tx.Schedule(tx.Now().Add(after), f.Timer, string(account.ID))
}
