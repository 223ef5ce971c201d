// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package protection is the accounts that a customer's key can protect. What differs between
// them is a [Kind]: one more kind of account is one more file here, and one more row in [Of].
package protection

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// Kind is how the accounts of one kind are attached to a customer's key.
type Kind interface {
	// ResourceType is the type of the accounts, in the casing that their service answers with.
	ResourceType() string
	// Read reads an account. The error of an account that is not there is azure.IsNotFound.
	Read(ctx context.Context, id string) (Account, error)
	// Attach has an account use a key, and touches nothing else of it.
	Attach(ctx context.Context, id string, attachment Attachment) (Account, error)
	// Revert has an account use the key of the system again, and touches nothing else of it.
	Revert(ctx context.Context, id string) error
	// Forbidden reports whether the service refused a key because the account's identity was not
	// let in by the vault, which a grant that has not taken effect yet does as well.
	Forbidden(err error) bool
}

// Of returns the kind of the account with the resource ID.
func Of(client *azure.Client, id string) (Kind, error) {
	found, err := customerkey.KindOf(id)
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds(client, found) {
		if strings.EqualFold(kind.ResourceType(), found.ResourceType) {
			return kind, nil
		}
	}
	return nil, fmt.Errorf("a customer's key cannot be attached to a %s by this version of the "+
		"provider", found.Name)
}

// kinds is a row for each kind of account.
func kinds(client *azure.Client, found customerkey.Kind) []Kind {
	return []Kind{
		mediaServices{client, found},
		videoAnalyzers{client, found},
		storageAccounts{client, found},
		batchAccounts{client, found},
	}
}

// Kinds describes the kinds of account that a key can be attached to. Their types are in the casing
// that their service answers with.
func Kinds() []customerkey.Kind {
	var described []customerkey.Kind
	for _, description := range customerkey.Kinds() {
		for _, kind := range kinds(nil, description) {
			if strings.EqualFold(kind.ResourceType(), description.ResourceType) {
				description.ResourceType = kind.ResourceType()
				described = append(described, description)
			}
		}
	}
	return described
}

// Account is an account, and what wraps its account key now.
type Account struct {
	facts.Account
	Encryption Encryption
}

// Attachment is the key that an account is to use, and whom it reads the key as.
type Attachment struct {
	// Key is the key; in what Azure holds it is zero if its identifier cannot be read.
	Key customerkey.KeyID
	// UserAssignedIdentityID is empty for the system-assigned identity.
	UserAssignedIdentityID string
}

// Identity is whom the account reads the key as.
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
	// CustomerKey says that a customer's key wraps the account key, and not the system's.
	CustomerKey bool
	Attachment
	// Current is the key in the version that the service runs on. It is zero for the kinds of
	// account that do not tell.
	Current customerkey.KeyID
	// KeyID and CurrentKeyID are the identifiers of both as the service spells them.
	KeyID, CurrentKeyID string
	// Status is empty as long as all is well. Which words it can hold is not documented. Not every
	// kind of account has one.
	Status string
	// KeyRotatedAt is when the service last took another key or version. It is zero for the kinds
	// of account that do not tell.
	KeyRotatedAt time.Time
	// KeyExpiresAt is when the version in use expires. It is zero for one that does not, and for
	// the kinds of account that do not tell.
	KeyExpiresAt time.Time
}

// Is reports whether an attachment is in effect.
func (e Encryption) Is(attachment Attachment) bool {
	return e.CustomerKey && !e.Key.IsZero() && e.Key.Equal(attachment.Key) &&
		azure.SameID(e.UserAssignedIdentityID, attachment.UserAssignedIdentityID)
}

// encryptedWith returns the encryption with a customer's key, by what the service says about it.
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

// Question asks about the key that the account is attached to. An identifier that cannot be read
// leaves unknown what depends on it: the service accepted it, so that it is no mistake.
func (a Account) Question() facts.Question {
	return facts.Question{
		Account: a.Account, Identity: a.Encryption.Identity(),
		Key: a.Encryption.Key, InUse: a.Encryption.Current,
	}
}

// ParseKeyID reads the identifier of a key that a person wrote, for the cloud that the client speaks
// to (CMK010). The error is a [*customerkey.KeyIDError].
func ParseKeyID(client *azure.Client, text string) (customerkey.KeyID, error) {
	return customerkey.ParseKeyID(text, client.Cloud().KeyVaultSuffix)
}
