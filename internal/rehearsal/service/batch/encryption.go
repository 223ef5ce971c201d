// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"fmt"
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
	sourceBatch = "Microsoft.Batch"
	sourceVault = "Microsoft.KeyVault"
)

// Vaults is the part of Key Vault that Batch accounts use.
type Vaults interface {
	envelope.Vaults
	// Describe returns the facts about a key that need no grant.
	Describe(tx *engine.Tx, keyID string) (keyvault.KeyFacts, *engine.Error)
}

// wrapping returns the key that wraps the account key, according to the account's properties.
func wrapping(account *engine.Resource) envelope.Key {
	if account.String("encryption.keySource") != sourceVault {
		return envelope.Key{}
	}
	return envelope.Key{
		ID:        account.String("encryption.keyVaultProperties.keyIdentifier"),
		Principal: principalOf(account),
	}
}

// reachable refuses requests that need the account key while the customer's key does not unwrap it: "The
// only operation allowed is account deletion if Batch loses access to the customer-managed key"
// (batch-customer-managed-key.md, as everything else here). Resource Manager still shows the
// account: that, status and words are rehearsal's own choice.
//
// The state is not stored: each request unwraps anew, so it ends by itself when access is back. In Azure
// that "can take up to 10 minutes".
func (s *Service) reachable(r *engine.Request, account *engine.Resource) *engine.Error {
	_, refused := secretsOf(account).AccountKey.Open(r.Tx, s.vaults, wrapping(account).Principal)
	if refused == nil {
		return nil
	}
	return refuse(r, http.StatusForbidden, "CustomerKeyNotAccessible",
		"The account's customer-managed key cannot be accessed. The only operation allowed is account "+
			"deletion until access is restored.", because("Key Vault said: "+refused.Message))
}

// encrypt wraps the account key with the key that was sent. The vault may be in another region, group
// or subscription.
func (s *Service) encrypt(
	r *engine.Request, old, next *engine.Resource, known *secrets,
) *engine.Error {
	if refused := settle(r, next); refused != nil {
		return refused
	}
	key := wrapping(next)
	var was envelope.Key
	if old != nil {
		was = wrapping(old)
	}
	if key == was {
		return nil
	}
	wrapped, refused := known.AccountKey.Rewrap(r.Tx, s.vaults, was.Principal, key)
	if key.ID != "" {
		if unfit := s.fits(r.Tx, key.ID); unfit != "" {
			return refuse(r, http.StatusBadRequest, invalidEncryption, invalidSentence, because(unfit))
		}
	}
	if refused != nil {
		return refuse(r, http.StatusBadRequest, invalidEncryption, invalidSentence,
			because("The key cannot wrap and unwrap the key of the account. Key Vault said: "+refused.Message))
	}
	known.AccountKey = wrapped
	return nil
}

const (
	invalidEncryption = "InvalidEncryptionConfiguration"
	invalidSentence   = "The specified encryption configuration is invalid."
)

// settle completes the encryption that was sent for the account to show.
func settle(r *engine.Request, next *engine.Resource) *engine.Error {
	if next.String("encryption.keySource") != sourceVault {
		next.Set("encryption", map[string]any{"keySource": sourceBatch})
		return nil
	}
	identifier := next.String("encryption.keyVaultProperties.keyIdentifier")
	if identifier == "" {
		// Code, sentence and details of Azure/azure-cli issue 24007.
		missing := refuse(r, http.StatusBadRequest, "MissingRequiredProperty",
			"A required property was not specified in the request body.",
			[2]string{"PropertyName", "keyVaultProperties"},
			[2]string{"PropertyPath", "properties.encryption.keyVaultProperties"})
		missing.Own = false
		return missing
	}
	if _, ok := keyvault.ParseKeyID(r.Tx, identifier); !ok {
		return refuse(r, http.StatusBadRequest, invalidEncryption, invalidSentence, because(
			"'"+identifier+"' does not identify a key in Key Vault."))
	}
	if principalOf(next) == "" {
		return refuse(r, http.StatusBadRequest, invalidEncryption, invalidSentence,
			because("The account has no managed identity to reach the key with."))
	}
	return nil
}

// fits checks a key against the documented requirements, and returns what it lacks.
func (s *Service) fits(tx *engine.Tx, id string) string {
	facts, missing := s.vaults.Describe(tx, id)
	permits := func(operation string) bool {
		return slices.ContainsFunc(facts.Operations, func(permitted string) bool {
			return strings.EqualFold(permitted, operation)
		})
	}
	switch {
	case missing != nil:
		return "The key was not found. Key Vault said: " + missing.Message
	case facts.Type != "RSA" && facts.Type != "RSA-HSM":
		return "Keys of type " + facts.Type + " are not supported; RSA keys are."
	case !slices.Contains([]int{2048, 3072, 4096}, facts.Size):
		return fmt.Sprintf("RSA keys of %d bits are not supported.", facts.Size)
	case !permits("wrapKey") || !permits("unwrapKey"):
		return "The key does not permit the operations wrapKey and unwrapKey."
	case !facts.SoftDelete || !facts.PurgeProtection:
		return "Soft delete and purge protection have to be enabled on the vault."
	}
	return ""
}

// detectionDelay is how long it takes the service to see a new version of a key. It is documented that it
// does ("use the versionless key identifier to enable autorotation"); the hour is rehearsal's own
// choice.
const detectionDelay = time.Hour

// nextLook is the interval after a look that failed.
const nextLook = 24 * time.Hour

// followers returns the accounts whose key identifier has no version.
func (s *Service) followers() envelope.Followers {
	return envelope.Followers{
		Type: Type, Timer: "batch/keyversion", Delay: detectionDelay,
		Wrapping: func(_ *engine.Tx, account *engine.Resource) (envelope.Key, *engine.Error) {
			return wrapping(account), nil
		},
		Detect: s.detect,
	}
}

// detect wraps the account key with the newest version of its key. If that fails, nothing changes and the
// service looks again.
func (s *Service) detect(tx *engine.Tx, account *engine.Resource) {
	key, known := wrapping(account), secretsOf(account)
	wrapped, refused := known.AccountKey.Rewrap(tx, s.vaults, key.Principal, key)
	if refused != nil {
		s.followers().Look(tx, account, nextLook)
		return
	}
	known.AccountKey = wrapped
	account.Hide(known)
	tx.Save(account)
}

// KeyUse returns which key wraps the account key of a Batch account.
func (s *Service) KeyUse(tx *engine.Tx, account *engine.Resource) envelope.Use {
	return secretsOf(account).AccountKey.Use(tx, s.vaults, wrapping(account))
}
