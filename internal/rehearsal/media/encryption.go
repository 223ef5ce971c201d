// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/keyvault"
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

// Vaults is Key Vault as media accounts see it.
type Vaults interface {
	envelope.Vaults
	// Describe tells what the service can find out about a key without being granted anything.
	Describe(tx *engine.Tx, keyID string) (keyvault.KeyFacts, *engine.Error)
}

// wrapping is the key that the properties of an account say wraps its account key. An account
// whose encryption names an identity that is not its own has the error beside it.
func wrapping(tx *engine.Tx, account *engine.Resource) (envelope.Key, *engine.Error) {
	if account.String("encryption.type") != customerKey {
		return envelope.Key{}, nil
	}
	var chosen *resourceIdentity
	account.Read("encryption.identity", &chosen)
	principal, refused := principalOf(tx, account, chosen)
	return envelope.Key{
		ID:        account.String("encryption.keyVaultProperties.keyIdentifier"),
		Principal: principal,
	}, refused
}

// Seal encrypts something with the account key: what the account protects besides itself.
func (s *Service) Seal(
	tx *engine.Tx, account *engine.Resource, text []byte,
) ([]byte, *engine.Error) {
	key, refused := s.accountKey(tx, account)
	if refused != nil {
		return nil, refused
	}
	return envelope.Seal(key, text), nil
}

// Unseal undoes [Service.Seal].
func (s *Service) Unseal(
	tx *engine.Tx, account *engine.Resource, sealed []byte,
) ([]byte, *engine.Error) {
	key, refused := s.accountKey(tx, account)
	if refused != nil {
		return nil, refused
	}
	text, sound := envelope.Unseal(key, sealed)
	if !sound {
		return nil, engine.Errorf(http.StatusInternalServerError, "InternalServerError",
			"What was to be read is not under the key of the account '%s'.", account.Name)
	}
	return text, nil
}

// reachable refuses whatever needs the account key while the customer's key does not unwrap it.
// Nothing remembers that state: it is found out anew each time by unwrapping, so it ends by
// itself when access is back.
func (s *Service) reachable(tx *engine.Tx, account *engine.Resource) *engine.Error {
	_, refused := s.accountKey(tx, account)
	return refused
}

// accountKey takes the account key out of its wraps.
func (s *Service) accountKey(tx *engine.Tx, account *engine.Resource) ([]byte, *engine.Error) {
	wraps, refused := wrapping(tx, account)
	if refused == nil {
		var key []byte
		if key, refused = secretsOf(account).AccountKey.Open(tx, s.vaults, wraps.Principal); refused == nil {
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

// encrypt settles what wraps the account key from now on.
func (s *Service) encrypt(
	r *engine.Request, old, next *engine.Resource, known *secrets,
) *engine.Error {
	if refused := settle(r, next); refused != nil {
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
		wrapped, refused := s.rewrap(r, next, known, was.Principal, key)
		if refused != nil {
			return refused
		}
		known.AccountKey, known.Detection = wrapped, detection{}
	}
	if key.ID != "" {
		next.Set("encryption.keyVaultProperties.currentKeyIdentifier", known.AccountKey.KeyID)
	}
	return nil
}

// settle makes of the encryption that was sent what the account will show.
func settle(r *engine.Request, next *engine.Resource) *engine.Error {
	var sent struct {
		KeyVault struct {
			Identifier string `json:"keyIdentifier"`
		} `json:"keyVaultProperties"`
		Identity map[string]any `json:"identity"`
	}
	engine.Read(r.Body, "properties.encryption", &sent)
	if next.String("encryption.type") == systemKey {
		if sent.KeyVault.Identifier != "" {
			return bad("A key identifier goes with the encryption type CustomerKey, not with SystemKey.")
		}
		next.Set("encryption", map[string]any{"type": systemKey})
		return nil
	}
	identifier := next.String("encryption.keyVaultProperties.keyIdentifier")
	if identifier == "" {
		return bad("The encryption type CustomerKey needs keyVaultProperties with a keyIdentifier.")
	}
	if _, is := keyvault.ParseKeyID(r.Tx, identifier); !is {
		return bad("'%s' does not identify a key in Key Vault. The form is "+
			"https://NAME.vault.azure.net/keys/KEY, with /VERSION or without.", identifier)
	}
	next.Set("encryption.keyVaultProperties", map[string]any{"keyIdentifier": identifier})
	next.Set("encryption.status", nil)
	if sent.Identity != nil {
		next.Set("encryption.identity", sent.Identity) // as a whole: one identity takes another's place
	}
	// Recorded: the service fills in useSystemAssignedIdentity where no identity was chosen.
	next.Default("encryption.identity.useSystemAssignedIdentity",
		next.String("encryption.identity.userAssignedIdentity") == "")
	return nil
}

// rewrap wraps the account key anew, and holds the key that is to wrap it against the rules that
// the documentation sets for it (concept-use-customer-managed-keys-byok.md). All refusals come at
// once with 400: of the one that is public, azure-cli knows it so; whether newer api-versions
// have it in a failed operation instead, no source tells.
func (s *Service) rewrap(
	r *engine.Request, next *engine.Resource, known *secrets, principal string, key envelope.Key,
) (envelope.Envelope, *engine.Error) {
	wrapped, refused := known.AccountKey.Rewrap(r.Tx, s.vaults, principal, key)
	if key.ID == "" {
		return wrapped, refused
	}
	if refused != nil && isForbidden(keyvault.ReasonOf(refused)) {
		return wrapped, engine.Errorf(http.StatusBadRequest, "BadRequest",
			"Access to the Customer Key was forbidden.")
	}
	facts, missing := s.vaults.Describe(r.Tx, key.ID)
	if missing != nil {
		return wrapped, bad("The Customer Key '%s' was not found. Key Vault said: %s",
			key.ID, missing.Message)
	}
	if unfit := checkKey(r.Tx, key.ID, facts, next.Location); unfit != nil {
		return wrapped, unfit
	}
	if refused != nil {
		return wrapped, bad("The Customer Key '%s' cannot wrap the account key. Key Vault said: %s",
			key.ID, refused.Message)
	}
	return wrapped, nil
}

// isForbidden reports whether Key Vault refused because of who asked, not because of the key.
func isForbidden(reason keyvault.Reason) bool {
	return reason == keyvault.AccessDenied || reason == keyvault.Firewall
}

// checkKey refuses a key that does not fit. The rules are documented, the words are not.
func checkKey(
	tx *engine.Tx, id string, facts keyvault.KeyFacts, location string,
) *engine.Error {
	permits := func(operation string) bool {
		return slices.ContainsFunc(facts.Operations, func(permitted string) bool {
			return strings.EqualFold(permitted, operation)
		})
	}
	switch {
	case facts.Type != "RSA" && facts.Type != "RSA-HSM":
		return bad("The Customer Key '%s' is of type %s. Only RSA keys are supported.", id, facts.Type)
	case facts.Size != 2048 && facts.Size != 3072 && facts.Size != 4096:
		return bad("The Customer Key '%s' has %d bits. 2048, 3072 and 4096 are supported.", id, facts.Size)
	case !facts.Enabled:
		return bad("The Customer Key '%s' is disabled.", id)
	case tx.Now().Before(facts.NotBefore):
		return bad("The Customer Key '%s' is not valid yet.", id)
	case !facts.Expires.IsZero() && !tx.Now().Before(facts.Expires):
		return bad("The Customer Key '%s' has expired.", id)
	case !permits("wrapKey") || !permits("unwrapKey"):
		return bad("The Customer Key '%s' does not permit the operations wrapKey and unwrapKey.", id)
	case engine.NormalizeLocation(facts.VaultLocation) != engine.NormalizeLocation(location):
		return bad("The vault of the Customer Key '%s' is in the region '%s'. It has to be in the region "+
			"of the account, '%s'.", id, facts.VaultLocation, location)
	case !facts.SoftDelete:
		return bad("The vault of the Customer Key '%s' does not have soft delete switched on.", id)
	case !facts.PurgeProtection:
		return bad("The vault of the Customer Key '%s' does not have purge protection switched on.", id)
	}
	return nil
}
