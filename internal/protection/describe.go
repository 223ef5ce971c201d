// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// OfMediaServices returns a Media Services account that was read already.
func OfMediaServices(id string, account armmedia.Account) Account {
	return mediaServices(nil).describe(id, account)
}

// OfVideoAnalyzer returns a Video Analyzer account that was read already.
func OfVideoAnalyzer(id string, account armmedia.VideoAnalyzer) Account {
	return videoAnalyzers(nil).describe(id, account)
}

// OfStorageAccount returns a storage account that was read already.
func OfStorageAccount(id string, account armstorage.Account) Account {
	return storageAccounts{}.describe(id, account)
}

// OfBatch returns a Batch account that was read already.
func OfBatch(id string, account armbatch.Account) Account {
	return batchAccounts{}.describe(id, account)
}

// describeAccount returns an account with its identities. Principal returns the object ID of a
// user-assigned identity.
func describeAccount[User any](kind customerkey.Kind, id string, location *string, identityType string,
	systemPrincipalID *string, users map[string]*User, principal func(User) *string,
) Account {
	account := Account{Account: facts.Account{
		Target: customerkey.Target{
			ID:             id,
			Kind:           kind,
			Location:       rule.Known(azure.Deref(location)),
			SystemAssigned: rule.Known(strings.Contains(identityType, "SystemAssigned")),
		},
		SystemPrincipalID: azure.Deref(systemPrincipalID),
		UserPrincipalIDs:  map[string]string{},
	}}
	listed := make([]string, 0, len(users))
	for id, user := range users {
		listed = append(listed, id)
		account.UserPrincipalIDs[strings.ToLower(id)] = azure.Deref(principal(azure.Deref(user)))
	}
	account.UserAssigned = rule.Known(listed)
	return account
}
