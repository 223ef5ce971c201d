// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyholder reads and syncs what holds a copy of a storage account's keys: accounts, and Key
// Vault secrets. It imports no Terraform. A [Kind] holds the differences between kinds: a further kind
// of account is one more file here, and one more row in [Kinds].
package keyholder

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

// Kind reads and syncs the dependents of one kind.
type Kind interface {
	// Noun returns the name of the kind, such as "Media Services account".
	Noun() string
	// HoldsOneKey reports whether a dependent of the kind holds one key instead of both.
	HoldsOneKey() bool
	// ReportsLastSync reports whether a dependent of the kind shows when it last read the keys.
	ReportsLastSync() bool
	// Read reads how a dependent uses a storage account.
	Read(ctx context.Context, id, storageAccountID string) (Dependent, error)
	// Sync gives a dependent the present keys of a storage account; one that holds one key gets the kept
	// one. It may be repeated.
	Sync(ctx context.Context, id, storageAccountID string, kept keyrotation.Key) error
	// SyncCommand returns the Azure CLI command that does the same as [Kind.Sync].
	SyncCommand(id, storageAccountID string, kept keyrotation.Key) string
}

// Proof is a kind whose dependent shows the key that it holds, for a request that proves it.
type Proof interface {
	HeldKey(ctx context.Context) (string, error)
}

// AccountKind reads and syncs the accounts of one kind.
type AccountKind interface {
	Kind
	// ResourceType returns the type in Resource Manager.
	ResourceType() string
	// List reads how the accounts in a subscription use their storage accounts: one dependent for each
	// account and storage account.
	List(ctx context.Context, subscriptionID string) ([]Dependent, error)
}

// Dependent is an account, or a secret, that depends on a storage account.
type Dependent struct {
	ID   string
	Kind Kind
	// StorageAccountID is the ID of the storage account.
	StorageAccountID string
	// Attached says that the account has the storage account at all.
	Attached bool
	// UsesKeys says that the account holds a copy of the keys. An account that reaches the storage
	// account with a managed identity holds none.
	UsesKeys bool
	// IdentityIDs are the user-assigned identities of which the account uses one to access the storage
	// account. A Machine Learning workspace does not show its own.
	IdentityIDs []string
	// Bound says that the account cannot do without the storage account: it can neither detach it nor
	// exchange it for another one.
	Bound bool
	// LastSync is when the account last read the keys, by its service's clock; the zero time where
	// the service does not report it, or the account uses no keys.
	LastSync time.Time
	// Copy is the one key that a dependent holds whose kind holds one.
	Copy Copy

	// unsure says that UsesKeys is a guess, which only reading the account settles.
	unsure bool
}

// Created returns when the keys of a storage account were made; the zero time for a key of which Azure does not
// show it, as of an account from before it kept the times.
func Created(account *armstorage.AccountProperties) keyrotation.Keys[time.Time] {
	times := azure.Deref(azure.Deref(account).KeyCreationTime)
	return keyrotation.Keys[time.Time]{Key1: azure.Deref(times.Key1), Key2: azure.Deref(times.Key2)}
}

// Copy is what a dependent holds of a storage account's keys that holds one of them.
type Copy struct {
	// Key is the key that it holds, and Created when that was made.
	Key     keyrotation.Key
	Created time.Time
	// Since is when the dependent got it.
	Since time.Time
	// AccountID is the storage account whose key it is, as far as it tells.
	AccountID string
	// Lacks says why it is of no use, or no longer what is wanted; it is empty where nothing is amiss.
	Lacks string
}

// Stale says why the one key that a dependent holds is none of the present ones, as the end of a sentence that
// begins with its name; it is empty where it is one of them.
func (c Copy) Stale(created keyrotation.Keys[time.Time]) string {
	switch {
	case c.Lacks != "":
		return c.Lacks
	case !c.Holds(created.Of(c.Key)):
		return fmt.Sprintf("holds a %s that was made at %s, and is no longer valid", c.Key,
			c.Created.UTC().Format(time.RFC3339))
	default:
		return ""
	}
}

// on returns the dependent on a storage account among those that one account is. An account that does
// not have the storage account is not attached.
func on(dependents []Dependent, kind Kind, id, storageAccountID string) Dependent {
	for _, one := range dependents {
		if azure.SameID(one.StorageAccountID, storageAccountID) {
			one.StorageAccountID = storageAccountID
			return one
		}
	}
	return Dependent{ID: id, Kind: kind, StorageAccountID: storageAccountID}
}

// Name returns the kind and the name of the account, such as "Batch account contosobatch".
func (d Dependent) Name() string { return Name(d.Kind, d.ID) }

// Title returns the name alone, such as "contosobatch".
func (d Dependent) Title() string { return title(d.Kind, d.ID) }

// Name returns the kind and the name of a dependent, such as "Batch account contosobatch".
func Name(kind Kind, id string) string { return kind.Noun() + " " + title(kind, id) }

func title(kind Kind, id string) string {
	if secret, ok := kind.(secretKind); ok {
		return secret.Path()
	}
	return azure.NameOf(id)
}

// Facts returns the dependent as the rules see it.
func (d Dependent) Facts() mediaaccount.Dependent {
	return mediaaccount.Dependent{Name: d.Name(), ID: d.ID, UsesKeys: d.UsesKeys, Bound: d.Bound}
}

// Behind reports whether the account last read the keys before one of them was made, at one of these
// times.
func (d Dependent) Behind(created ...time.Time) bool {
	return !d.LastSync.IsZero() && slices.ContainsFunc(created, d.LastSync.Before)
}

// Kinds returns every kind of account.
func Kinds(client *azure.Client) []AccountKind {
	return []AccountKind{
		mediaServices{client},
		videoAnalyzers{client},
		batch{client},
		machineLearning{client},
	}
}

// Nouns returns the names of every kind of account.
func Nouns() []string {
	var nouns []string
	for _, kind := range Kinds(nil) {
		nouns = append(nouns, kind.Noun())
	}
	return nouns
}

// Of returns the kind of the account with the resource ID.
func Of(client *azure.Client, id string) (AccountKind, error) {
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

// command returns an Azure CLI command about an account.
func command(verb, nameOption, id string) string {
	at, err := arm.ParseResourceID(id)
	if err != nil {
		return verb
	}
	return fmt.Sprintf("%s --resource-group %s %s %s", verb, at.ResourceGroupName, nameOption, at.Name)
}
