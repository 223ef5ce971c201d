// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// Where the key that wraps an account's key comes from.
const (
	sourceStorage = "Microsoft.Storage"
	sourceVault   = "Microsoft.Keyvault"
)

// encryptionIdentity is the user-assigned identity that reads the customer's key. If it is
// empty, the system-assigned one does (Az.Storage, Set-AzStorageAccount).
const encryptionIdentity = "encryption.identity.userAssignedIdentity"

// Vaults is Key Vault as storage accounts see it.
type Vaults interface {
	envelope.Vaults
	// Describe returns the facts about a key that need no grant.
	Describe(tx *engine.Tx, keyID string) (keyvault.KeyFacts, *engine.Error)
}

// vaultKey is the customer's key as the properties of an account name it. The names on the wire
// are all lower case.
type vaultKey struct {
	Name    string  `json:"keyname"`
	Version *string `json:"keyversion"`
	Vault   string  `json:"keyvaulturi"`
}

// id returns the identifier of the key. Without a version, or with an empty one, it follows the newest.
func (k vaultKey) id() string {
	id := strings.TrimSuffix(k.Vault, "/") + "/keys/" + k.Name
	if k.Version != nil && *k.Version != "" {
		id += "/" + *k.Version
	}
	return id
}

// usedVault returns the address of the vault whose key an account uses, or "".
func usedVault(account *engine.Resource) string {
	return account.String("encryption.keyvaultproperties.keyvaulturi")
}

// wrapping returns the key that wraps the account key, according to the account's properties.
func wrapping(account *engine.Resource) (envelope.Key, *engine.Error) {
	if account.String("encryption.keySource") != sourceVault {
		return envelope.Key{}, nil
	}
	var key vaultKey
	if !account.Read("encryption.keyvaultproperties", &key) || key.Name == "" || key.Vault == "" {
		// hashicorp/terraform-provider-azurerm issue 658
		return envelope.Key{}, engine.Errorf(http.StatusBadRequest, "MissingKeyvaultProperties",
			"The encryption keyvault properties are missing from the request.")
	}
	wraps := envelope.Key{ID: key.id()}
	chosen := engine.ID(account.String(encryptionIdentity))
	switch {
	case chosen != "" && account.Identity.User(chosen) != nil:
		wraps.Principal = account.Identity.User(chosen).PrincipalID
	case chosen == "" && account.Identity.System():
		wraps.Principal = account.Identity.PrincipalID
	default:
		// hashicorp/terraform-provider-azurerm issue 6111 has the words, no source the code.
		return wraps, engine.Errorf(http.StatusBadRequest, "ManagedServiceIdentityNotSet",
			"Managed Service Identity (MSI) is not set for this account.")
	}
	return wraps, nil
}

// encrypt wraps the account key with the key that was sent. Unlike Media Services, Storage takes a vault
// in any region (customer-managed-keys-overview.md).
func (s *Service) encrypt(
	r *engine.Request, old, next *engine.Resource, known *secrets,
) *engine.Error {
	settle(r, next)
	key, refused := wrapping(next)
	if refused != nil {
		return refused
	}
	var was envelope.Key
	if old != nil {
		if was, refused = wrapping(old); refused != nil {
			return refused
		}
	}
	if key != was {
		wrapped, refused := s.rewrap(r.Tx, known, was.Principal, key)
		if refused != nil {
			return refused
		}
		known.AtRest, known.Rotated = wrapped, r.Now()
	}
	s.showKey(r.Tx, next, known)
	return nil
}

// settle completes the encryption that was sent for the account to show. The key is replaced as a whole:
// without a version, the account follows the newest.
func settle(r *engine.Request, next *engine.Resource) {
	if next.String("encryption.keySource") != sourceVault {
		next.Set("encryption.keyvaultproperties", nil)
		next.Set("encryption.identity", nil)
		return
	}
	for _, name := range []string{"keyvaultproperties", "identity"} {
		var sent map[string]any
		if engine.Read(r.Body, "properties.encryption."+name, &sent) {
			next.Set("encryption."+name, sent)
		}
	}
}

// rewrap wraps the account key with another key, which it checks against the documented rules
// (customer-managed-keys-overview.md).
func (s *Service) rewrap(
	tx *engine.Tx, known *secrets, principal string, key envelope.Key,
) (envelope.Envelope, *engine.Error) {
	principal, refused := s.opener(tx, known, principal, key.Principal)
	if refused != nil {
		return known.AtRest, refused
	}
	wrapped, refused := known.AtRest.Rewrap(tx, s.vaults, principal, key)
	if key.ID == "" {
		return wrapped, refused
	}
	facts, missing := s.vaults.Describe(tx, key.ID)
	switch {
	case missing == nil && (!facts.SoftDelete || !facts.PurgeProtection):
		// Azure/azure-cli issues 12346 and 17914
		return wrapped, engine.Errorf(http.StatusBadRequest, "KeyVaultPolicyError",
			"Keyvault policy recoverable is not set")
	case missing == nil && !slices.Contains([]string{"RSA", "RSA-HSM"}, facts.Type):
		return wrapped, engine.Ownf(http.StatusBadRequest, "KeyVaultKeyTypeNotSupported",
			"The key '%s' is of type %s. Only RSA keys are supported.", key.ID, facts.Type)
	case strings.Contains(key.ID, ".managedhsm."):
		return wrapped, engine.Ownf(http.StatusBadRequest, "ManagedHSMNotRehearsed",
			"Rehearsal has no managed HSMs: an account uses the key '%s' in Azure only.", key.ID)
	case missing != nil:
		// Azure/azure-sdk-for-java issue 29016 has the words, no source the code.
		return wrapped, engine.Errorf(http.StatusBadRequest, "MissingPrerequisites",
			"Missing pre-requisites to enable EncryptionAtRest/Customer Managed Key for this storage "+
				"account. For more information, see - https://aka.ms/storagecmkconfiguration")
	case refused != nil:
		// Without a grant, and with a key that has expired: MicrosoftDocs/azure-docs issue 84096.
		return wrapped, engine.Errorf(http.StatusBadRequest, "KeyVaultAuthenticationFailure",
			"The operation failed because of authentication issue on the keyvault. For more "+
				"information, see - https://aka.ms/storagekeyvaultaccesspolicy")
	}
	return wrapped, nil
}

// opener returns the identity that can unwrap the account key: the previous one, or the new one. It is
// documented that another identity repairs an account whose identity was deleted (Azure Storage,
// KeyVaultAccessTokenCannotBeAcquired); what happens when neither can unwrap is not.
func (s *Service) opener(
	tx *engine.Tx, known *secrets, principals ...string,
) (principal string, refused *engine.Error) {
	for _, candidate := range principals {
		_, closed := known.AtRest.Open(tx, s.vaults, candidate)
		if closed == nil {
			return candidate, nil
		}
		if refused == nil {
			refused = engine.Ownf(http.StatusBadRequest, "KeyVaultEncryptionKeyNotAccessible",
				"The present key of the storage account cannot be used. Key Vault said: %s",
				closed.Message)
		}
	}
	return "", refused
}

// showKey shows the version of the customer's key that wraps, since when, and its expiry.
func (s *Service) showKey(tx *engine.Tx, account *engine.Resource, known *secrets) {
	const at = "encryption.keyvaultproperties."
	if known.AtRest.KeyID == "" {
		return
	}
	account.Set(at+"currentVersionedKeyIdentifier", known.AtRest.KeyID)
	account.Set(at+"lastKeyRotationTimestamp", timestamp(known.Rotated))
	expires := time.Unix(0, 0) // recorded for keys that do not expire
	if facts, missing := s.vaults.Describe(tx, known.AtRest.KeyID); missing == nil &&
		!facts.Expires.IsZero() {
		expires = facts.Expires
	}
	account.Set(at+"currentVersionedKeyExpirationTimestamp", timestamp(expires))
}

// detectionDelay is how long it takes Storage to see a new version of a key: it looks once a day
// (customer-managed-keys-overview.md).
const detectionDelay = 24 * time.Hour

// followers returns the accounts whose key is named without a version.
func (s *Service) followers() envelope.Followers {
	return envelope.Followers{
		Type: Type, Timer: "storage/keyversion", Delay: detectionDelay,
		Wrapping: func(_ *engine.Tx, account *engine.Resource) (envelope.Key, *engine.Error) {
			return wrapping(account)
		},
		Detect: s.detect,
	}
}

// detect wraps the account key with the newest version of its key. If that fails, nothing changes and the
// service looks again the next day.
func (s *Service) detect(tx *engine.Tx, account *engine.Resource) {
	key, _ := wrapping(account)
	known := secretsOf(account)
	wrapped, refused := known.AtRest.Rewrap(tx, s.vaults, key.Principal, key)
	if refused != nil {
		s.followers().Look(tx, account, detectionDelay)
		return
	}
	known.AtRest, known.Rotated = wrapped, tx.Now()
	s.showKey(tx, account, known)
	account.Hide(known)
	tx.Save(account)
}
