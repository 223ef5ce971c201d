// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package envelope

import (
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// Followers makes the accounts of a type follow the newest version of the customer's key, unless the
// identifier of their key pins a version.
type Followers struct {
	// Type is the type of the accounts. Its terms are those of [UsersTerms].
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
		for _, account := range Users(tx, f.Type, key.Vault) {
			if followed, does := f.Followed(tx, account); does && followed.Is(key) {
				f.Look(tx, account, f.Delay)
			}
		}
	})
	e.OnTimer(f.Timer, "account looks for a new version of its key", func(tx *engine.Tx, id string) {
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

// UsersTerms returns the terms of accounts that use the keys of a vault, by which [Users] finds them.
// identifier returns the identifier of an account's key, or the address of the vault.
func UsersTerms(
	identifier func(account *engine.Resource) string,
) func(account *engine.Resource) []string {
	return func(account *engine.Resource) []string {
		address, err := url.Parse(identifier(account))
		if err != nil || address.Host == "" {
			return nil
		}
		return []string{userTerm(address.Host)}
	}
}

// Users returns the accounts of a type that use the keys of a vault.
func Users(tx *engine.Tx, accounts, vault string) []*engine.Resource {
	users := tx.With("", accounts, userTerm(vaults.Domain.Host(vault)))
	if place, ok := tx.Place(vaults.Domain, vault); ok {
		host := fmt.Sprintf("localhost:%d", place.Port)
		users = append(users, tx.With("", accounts, userTerm(host))...)
	}
	return users
}

// userTerm is the term of the accounts that use the vault at a host. A port of the loopback address stands
// for itself, whatever the address is called.
func userTerm(host string) string {
	name, port, err := net.SplitHostPort(host)
	switch {
	case err != nil:
		name = host
	case engine.IsLoopback(name):
		name = port
	}
	return "vault " + name
}
