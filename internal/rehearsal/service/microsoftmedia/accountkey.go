// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// What wraps an account key.
const (
	systemKey   = "SystemKey"
	customerKey = "CustomerKey"
)

// inaccessible is the encryption's status in the Customer Key Inaccessible state. The state is
// documented, how it looks on the wire is not: the word is rehearsal's own, and an account in
// good health has no status (no recording has one).
const inaccessible = "CustomerKeyInaccessible"

// Vaults is Key Vault as the accounts see it.
type Vaults interface {
	envelope.Vaults
	// Describe returns the facts about a key that need no grant.
	Describe(tx *engine.Tx, keyID string) (keyvault.KeyFacts, *engine.Error)
}

// AccountKey is the hidden state of an account's account key.
type AccountKey struct {
	// Envelope holds the wrapped account key.
	Envelope envelope.Envelope `json:"accountKey"`
	// Detection is the state of the detection of new versions of the customer's key.
	Detection detection `json:"detection"`
}

// NewAccountKey returns the account key of a new account.
func NewAccountKey(tx *engine.Tx) AccountKey { return AccountKey{Envelope: envelope.New(tx)} }

// Keeper wraps the account keys of the accounts of one type, according to the encryption in their
// properties.
type Keeper struct {
	// Type is the type of the accounts.
	Type string
	// Vaults are where the customers' keys are.
	Vaults Vaults
	// SystemAssigned says that an account can read the key with its system-assigned identity, and does
	// if no other is chosen.
	SystemAssigned bool
	// Reveal returns the hidden account key, and a function that hides it again after a change.
	Reveal func(account *engine.Resource) (held *AccountKey, hide func())
}

// wrapping returns the key that wraps the account key, according to the account's properties, and an
// error if they name an identity that the account does not have.
func wrapping(tx *engine.Tx, account *engine.Resource) (envelope.Key, *engine.Error) {
	if account.String("encryption.type") != customerKey {
		return envelope.Key{}, nil
	}
	var chosen *Identity
	account.Read("encryption.identity", &chosen)
	principal, refused := Principal(tx, account, chosen)
	return envelope.Key{
		ID:        account.String("encryption.keyVaultProperties.keyIdentifier"),
		Principal: principal,
	}, refused
}

// Reachable refuses requests that need the account key while the customer's key does not unwrap it. The
// state is not stored: each request unwraps anew, so it ends by itself when access is back.
func (k *Keeper) Reachable(tx *engine.Tx, account *engine.Resource) *engine.Error {
	_, refused := k.Open(tx, account)
	return refused
}

// Open unwraps the account key.
func (k *Keeper) Open(tx *engine.Tx, account *engine.Resource) ([]byte, *engine.Error) {
	wraps, refused := wrapping(tx, account)
	if refused == nil {
		held, _ := k.Reveal(account)
		var key []byte
		if key, refused = held.Envelope.Open(tx, k.Vaults, wraps.Principal); refused == nil {
			return key, nil
		}
	}
	// Own choice of status and words. Azure Storage answers requests for data with 403 when the
	// customer's key is out of reach.
	return nil, engine.Ownf(http.StatusForbidden, inaccessible,
		"The account '%s' is in the Customer Key Inaccessible state: only reading, listing and deleting "+
			"it work until access to its Customer Key is restored. Key Vault said: %s",
		account.Name, refused.Message)
}

// Show shows in the account whether it is in the Customer Key Inaccessible state.
func (k *Keeper) Show(tx *engine.Tx, shown *engine.Resource) {
	if k.Reachable(tx, shown) != nil {
		shown.Set("encryption.status", inaccessible)
	}
}

// Encrypt wraps the account key with the key that was sent. An existing account has to be
// [Keeper.Reachable].
func (k *Keeper) Encrypt(
	r *engine.Request, old, next *engine.Resource, held *AccountKey,
) *engine.Error {
	if refused := k.settle(r, next); refused != nil {
		return refused
	}
	key, refused := wrapping(r.Tx, next)
	if refused != nil {
		return refused
	}
	var was envelope.Key
	if old != nil {
		was, _ = wrapping(r.Tx, old) // reachable, or the change would not have come this far
	}
	if key != was {
		wrapped, refused := k.rewrap(r, next, held, was.Principal, key)
		if refused != nil {
			return refused
		}
		*held = AccountKey{Envelope: wrapped}
	}
	if key.ID != "" {
		next.Set("encryption.keyVaultProperties.currentKeyIdentifier", held.Envelope.KeyID)
	}
	return nil
}

// settle completes the encryption that was sent for the account to show.
func (k *Keeper) settle(r *engine.Request, next *engine.Resource) *engine.Error {
	var sent struct {
		KeyVault struct {
			Identifier string `json:"keyIdentifier"`
		} `json:"keyVaultProperties"`
		Identity map[string]any `json:"identity"`
	}
	engine.Read(r.Body, "properties.encryption", &sent)
	next.Default("encryption.type", systemKey)
	if next.String("encryption.type") == systemKey {
		if sent.KeyVault.Identifier != "" {
			return Bad("A key identifier goes with the encryption type CustomerKey, not with SystemKey.")
		}
		next.Set("encryption", map[string]any{"type": systemKey})
		return nil
	}
	identifier := next.String("encryption.keyVaultProperties.keyIdentifier")
	if identifier == "" {
		return Bad("The encryption type CustomerKey needs keyVaultProperties with a keyIdentifier.")
	}
	if _, ok := keyvault.ParseKeyID(r.Tx, identifier); !ok {
		return Bad("'%s' does not identify a key in Key Vault. The form is "+
			"https://NAME.vault.azure.net/keys/KEY, with /VERSION or without.", identifier)
	}
	next.Set("encryption.keyVaultProperties", map[string]any{"keyIdentifier": identifier})
	next.Set("encryption.status", nil)
	if sent.Identity != nil {
		next.Set("encryption.identity", sent.Identity) // as a whole: one identity takes another's place
	}
	chosen := next.String("encryption.identity.userAssignedIdentity") != ""
	switch {
	case k.SystemAssigned:
		// Recorded: the service fills in useSystemAssignedIdentity where no identity was chosen.
		next.Default("encryption.identity.useSystemAssignedIdentity", !chosen)
	case !chosen:
		return Bad("The encryption type CustomerKey needs an identity with a userAssignedIdentity.")
	}
	return nil
}

// rewrap wraps the account key with another key, which it checks against the documented rules
// (concept-use-customer-managed-keys-byok.md). All refusals come at once with 400, as azure-cli knows
// the one that is public; no source says whether newer api-versions fail the operation instead.
func (k *Keeper) rewrap(
	r *engine.Request, next *engine.Resource, held *AccountKey, principal string, key envelope.Key,
) (envelope.Envelope, *engine.Error) {
	wrapped, refused := held.Envelope.Rewrap(r.Tx, k.Vaults, principal, key)
	if key.ID == "" {
		return wrapped, refused
	}
	if refused != nil && isForbidden(keyvault.ReasonOf(refused)) {
		return wrapped, engine.Errorf(http.StatusBadRequest, "BadRequest",
			"Access to the Customer Key was forbidden.")
	}
	facts, missing := k.Vaults.Describe(r.Tx, key.ID)
	if missing != nil {
		return wrapped, Bad("The Customer Key '%s' was not found. Key Vault said: %s",
			key.ID, missing.Message)
	}
	if unfit := checkKey(r.Tx, key.ID, facts, next.Location); unfit != nil {
		return wrapped, unfit
	}
	if refused != nil {
		return wrapped, Bad("The Customer Key '%s' cannot wrap the account key. Key Vault said: %s",
			key.ID, refused.Message)
	}
	return wrapped, nil
}

// isForbidden reports whether Key Vault refused the caller, not the key.
func isForbidden(reason keyvault.Reason) bool {
	return reason == keyvault.AccessDenied || reason == keyvault.Firewall
}

// KeyUse returns which key wraps the account key of an account.
func (k *Keeper) KeyUse(tx *engine.Tx, account *engine.Resource) envelope.Use {
	held, _ := k.Reveal(account)
	named, refused := wrapping(tx, account)
	if refused != nil {
		return envelope.Use{Named: named, KeyID: held.Envelope.KeyID, Refused: refused}
	}
	return held.Envelope.Use(tx, k.Vaults, named)
}
