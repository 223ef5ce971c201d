// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package protection holds the procedure by which a customer-managed key protects an account: it
// checks the key, attaches it, waits for access to it and reverts to the system key, for every
// [Kind] of account. It must import neither Terraform nor a noun: a noun translates its model into
// [Wanted], and the rules that a report breaks into diagnostics.
package protection

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// ParseKeyID reads the identifier of a key that a person wrote, for the cloud of the client (CMK010).
// The error is a [*customerkey.KeyIDError].
func ParseKeyID(client *azure.Client, text string) (customerkey.KeyID, error) {
	return customerkey.ParseKeyID(text, client.Cloud().KeyVaultSuffix)
}

// Account is an account, and its encryption now.
type Account struct {
	facts.Account
	Encryption Encryption

	remembered bool // It was listed before, and may be another by now.
}

// subject names the account in a sentence.
func (a Account) subject() string { return "the account " + azure.NameOf(a.ID) }

// Attachment is the key that an account uses, and the identity that reads it.
type Attachment struct {
	// Key is zero if the identifier that Azure holds cannot be read.
	Key customerkey.KeyID
	// UserAssignedIdentityID is empty for the system-assigned identity.
	UserAssignedIdentityID string
}

// Identity returns the identity that reads the key.
func (a Attachment) Identity() customerkey.Identity {
	if a.UserAssignedIdentityID == "" {
		return customerkey.Identity{Kind: customerkey.SystemAssignedIdentity}
	}
	return customerkey.Identity{
		Kind: customerkey.UserAssignedIdentity, ID: a.UserAssignedIdentityID,
	}
}

// Encryption is what the service says about an account's encryption.
type Encryption struct {
	// CustomerKey says that a customer-managed key wraps the account key, and not the system key.
	CustomerKey bool
	Attachment
	// Current is the key in the version that the service runs on. It is zero for the kinds of
	// account that do not tell.
	Current customerkey.KeyID
	// KeyID and CurrentKeyID are the identifiers of both as the service spells them.
	KeyID, CurrentKeyID string
	// Status is empty as long as the account can access its key. Its other values are not
	// documented. Not every kind of account has one.
	Status string
	// KeyRotatedAt is when the service last took another key or version. It is zero for the kinds
	// of account that do not tell.
	KeyRotatedAt time.Time
	// KeyExpiresAt is when the version in use expires. It is zero for a version that does not, and
	// for the kinds of account that do not tell.
	KeyExpiresAt time.Time
}

// encryptedWith returns the encryption with a customer-managed key, as the service shows it.
func encryptedWith(keyID, currentKeyID, userAssignedIdentityID string) Encryption {
	return Encryption{
		CustomerKey: true,
		Attachment: Attachment{
			Key: customerkey.ReadKeyID(keyID), UserAssignedIdentityID: userAssignedIdentityID,
		},
		Current: customerkey.ReadKeyID(currentKeyID),
		KeyID:   keyID, CurrentKeyID: currentKeyID,
	}
}

// Is reports whether an attachment is in effect.
func (e Encryption) Is(attachment Attachment) bool {
	return e.CustomerKey && !e.Key.IsZero() && e.Key.Equal(attachment.Key) &&
		azure.SameID(e.UserAssignedIdentityID, attachment.UserAssignedIdentityID)
}

// Question asks about the key that the account is attached to. An identifier that cannot be read
// leaves unknown what depends on it: the service accepted it, so it is no mistake. So does an identity
// that the account does not tell.
func (a Account) Question() facts.Question {
	reader := a.Encryption.Identity()
	if len(a.Readers()) > 1 {
		reader = customerkey.Identity{}
	}
	return facts.Question{
		Account: a.Account, Identity: reader,
		Key: a.Encryption.Key, InUse: a.Encryption.Current,
	}
}
