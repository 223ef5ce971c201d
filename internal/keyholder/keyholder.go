// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyholder is the accounts that hold a copy of a storage account's keys, and have to be
// told when a key was regenerated. What differs between them is a [Kind]: one more kind of account
// is one more file here, and one more row in [Kinds].
package keyholder

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Kind is how the accounts of one kind depend on storage keys.
type Kind interface {
	// Noun is what a person calls an account of the kind, "Media Services account".
	Noun() string
	// ResourceType is the type in Resource Manager.
	ResourceType() string
	// TellsLastSync reports whether an account of the kind says when it last read the keys.
	TellsLastSync() bool
	// Read reads how an account depends on a storage account.
	Read(ctx context.Context, id, storageAccountID string) (Dependent, error)
	// Sync has an account read the keys of a storage account again. It may be repeated.
	Sync(ctx context.Context, id, storageAccountID string) error
	// SyncCommand is how [Kind.Sync] is done by hand, with the Azure command line.
	SyncCommand(id, storageAccountID string) string
	// List lists the IDs of the accounts in a subscription that use a storage account's keys.
	List(ctx context.Context, subscriptionID, storageAccountID string) ([]string, error)
}

// Dependent is an account as it depends on a storage account.
type Dependent struct {
	ID   string
	Kind Kind
	// Attached says that the account has the storage account at all.
	Attached bool
	// UsesKeys says that it holds a copy of the keys; otherwise it comes at the storage with a
	// managed identity.
	UsesKeys bool
	// LastSync is when it last read the keys, by its service's clock; the zero time where its service
	// does not tell, or it uses none.
	LastSync time.Time
}

// Behind reports whether the account says that it last read the keys before one of them was made, at
// one of these times.
func (d Dependent) Behind(created ...time.Time) bool {
	return !d.LastSync.IsZero() && slices.ContainsFunc(created, d.LastSync.Before)
}

// Kinds returns every kind.
func Kinds(client *azure.Client) []Kind {
	return []Kind{
		mediaServices{client},
		videoAnalyzers{client},
		batch{client},
		machineLearning{client},
	}
}

// Nouns are what a person calls the accounts of every kind.
func Nouns() []string {
	var nouns []string
	for _, kind := range Kinds(nil) {
		nouns = append(nouns, kind.Noun())
	}
	return nouns
}

// Of returns the kind of the account with the resource ID.
func Of(client *azure.Client, id string) (Kind, error) {
	parsed, err := arm.ParseResourceID(id)
	if err != nil {
		return nil, fmt.Errorf("%q is not a resource ID", id)
	}
	var known []string
	for _, kind := range Kinds(client) {
		if strings.EqualFold(kind.ResourceType(), parsed.ResourceType.String()) {
			return kind, nil
		}
		known = append(known, kind.ResourceType())
	}
	return nil, fmt.Errorf("a %s holds no storage keys that could be synced: the resource ID must "+
		"be of type %s", parsed.ResourceType, strings.Join(known, ", or "))
}

// command is a command of the Azure command line about an account.
func command(verb, nameOption, id string) string {
	at, err := arm.ParseResourceID(id)
	if err != nil {
		return verb
	}
	return fmt.Sprintf("%s --resource-group %s %s %s", verb, at.ResourceGroupName, nameOption, at.Name)
}
