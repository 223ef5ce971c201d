// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// AccountRemoved has as its subject the name of a storage account that is being deleted, with all its
// data.
const AccountRemoved = "storage.AccountRemoved"

func remove(r *engine.Request, account *engine.Resource) (engine.Outcome, error) {
	r.Publish(AccountRemoved, account.Name)
	return engine.Outcome{}, nil
}

// Named returns the storage account with this name, or nil. Names are part of host names, and therefore
// unique.
func (*Service) Named(tx *engine.Tx, name string) *engine.Resource { return named(tx, name) }

// Seal encrypts data of a storage account. It fails while the key that wraps the account key is out of
// reach.
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
		return nil, engine.Errorf(http.StatusInternalServerError, "InternalError",
			"The server encountered an internal error. Please retry the request.")
	}
	return text, nil
}

// Reachable refuses requests to an account whose key is out of reach.
func (s *Service) Reachable(tx *engine.Tx, account *engine.Resource) *engine.Error {
	_, refused := s.accountKey(tx, account)
	return refused
}

// accountKey unwraps the account key. The codes and the words of the refusals are
// those of blob-service-error-codes.md and of Microsoft/healthcare-shared-components; users
// report that a missing grant looks like a missing key.
func (s *Service) accountKey(
	tx *engine.Tx, account *engine.Resource,
) ([]byte, *engine.Error) {
	wraps, refused := wrapping(account)
	if refused != nil || s.identityGone(tx, account) {
		return nil, engine.Errorf(http.StatusForbidden, "KeyVaultAccessTokenCannotBeAcquired",
			"Unable to acquire an access token for Key Vault from Azure Active Directory using the "+
				"identity of this resource.")
	}
	key, refused := secretsOf(account).AtRest.Open(tx, s.vaults, wraps.Principal)
	if refused == nil {
		return key, nil
	}
	switch keyvault.ReasonOf(refused) {
	case keyvault.VaultMissing, keyvault.VaultDeleted:
		return nil, engine.Errorf(http.StatusForbidden, "KeyVaultVaultNotFound",
			"The key vault is not found for encryption.")
	default:
		return nil, engine.Errorf(http.StatusForbidden, "KeyVaultEncryptionKeyNotFound",
			"The key vault key is not found to unwrap the encryption key.")
	}
}

// identityGone reports whether the user-assigned identity that reads the key was deleted. Accounts
// go on listing such an identity.
func (*Service) identityGone(tx *engine.Tx, account *engine.Resource) bool {
	chosen := engine.ID(account.String(encryptionIdentity))
	return account.String("encryption.keySource") == sourceVault && chosen != "" &&
		tx.Resource(chosen) == nil
}

// KeyUse returns which key wraps the account key of a storage account.
func (s *Service) KeyUse(tx *engine.Tx, account *engine.Resource) envelope.Use {
	named, refused := wrapping(account)
	if refused == nil {
		refused = s.Reachable(tx, account)
	}
	return envelope.Use{Named: named, KeyID: secretsOf(account).AtRest.KeyID, Refused: refused}
}
