// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

// What follows is for whoever wants to know more of an account than what wraps its key, and has read
// it already: one call tells both.

// OfMediaServices is what wraps the key of a Media Services account.
func OfMediaServices(id string, account armmedia.Account) Account {
	return mediaServices{}.describe(id, account)
}

// OfVideoAnalyzer is what wraps the key of a Video Analyzer account.
func OfVideoAnalyzer(id string, account armmedia.VideoAnalyzer) Account {
	return videoAnalyzers{}.describe(id, account)
}

// OfStorageAccount is what wraps the key of a storage account.
func OfStorageAccount(id string, account armstorage.Account) Account {
	return storageAccounts{}.describe(id, account)
}
