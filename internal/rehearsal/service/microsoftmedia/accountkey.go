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
	// Describe tells what the service can find out about a key without being granted anything.
	Describe(tx *engine.Tx, keyID string) (keyvault.KeyFacts, *engine.Error)
}

// AccountKey is what an account hides of its account key.
type AccountKey struct {
	// Envelope has the account key under its wraps.
	Envelope envelope.Envelope `json:"accountKey"`
	// Detection is how the look-out for a new version of the customer's key is doing.
	Detection detection `json:"detection"`
}

// NewAccountKey makes the account key of a new account.
func NewAccountKey(tx *engine.Tx) AccountKey { return AccountKey{Envelope: envelope.New(tx)} }

// Keeper keeps the account keys of the accounts of one type, as the encryption in their properties
// says.
type Keeper struct {
	// Type is the type of the accounts.
	Type string
	// Vaults are where the customers' keys are.
	Vaults Vaults
	// SystemAssigned says that an account can read the key as its system-assigned identity, which
	// is the one that does where none is chosen.
	SystemAssigned bool
	// Reveal returns what an account hides of its account key, and what hides it again once it was
	// changed.
	Reveal func(account *engine.Resource) (held *AccountKey, hide func())
}

// wrapping returns the key that the properties of an account say wraps its account key. An account
// whose encryption names an identity that is not its own has the error beside it.
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

// Reachable refuses whatever needs the account key while the customer's key does not unwrap it.
// Nothing remembers that state: it is found out anew each time by unwrapping, so it ends by
// itself when access is back.
func (k *Keeper) Reachable(tx *engine.Tx, account *engine.Resource) *engine.Error {
	_, refused := k.Open(tx, account)
	return refused
}

// Open takes the account key out of its wraps.
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

// Show has the account say whether it is in the Customer Key Inaccessible state.
func (k *Keeper) Show(tx *engine.Tx, shown *engine.Resource) {
	if k.Reachable(tx, shown) != nil {
		shown.Set("encryption.status", inaccessible)
	}
}

// Encrypt settles what wraps the account key from now on. The account before the change, if there
// was one, has to be [Keeper.Reachable].
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

// settle makes of the encryption that was sent what the account will show.
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

// rewrap wraps the account key anew, and holds the key that is to wrap it against the rules that
// the documentation sets for it (concept-use-customer-managed-keys-byok.md). All refusals come at
// once with 400: of the one that is public, azure-cli knows it so; whether newer api-versions
// have it in a failed operation instead, no source tells.
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

// isForbidden reports whether Key Vault refused because of who asked, not because of the key.
func isForbidden(reason keyvault.Reason) bool {
	return reason == keyvault.AccessDenied || reason == keyvault.Firewall
}
