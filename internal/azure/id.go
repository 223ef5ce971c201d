// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
)

// The resource types that the provider manages or refers to, in Azure's own casing.
const (
	ResourceGroupType        = "Microsoft.Resources/resourceGroups"
	UserAssignedIdentityType = "Microsoft.ManagedIdentity/userAssignedIdentities"
	StorageAccountType       = "Microsoft.Storage/storageAccounts"
	VaultType                = "Microsoft.KeyVault/vaults"
	MediaAccountType         = "Microsoft.Media/mediaservices"
	VideoAnalyzerType        = "Microsoft.Media/videoAnalyzers"
	BatchAccountType         = "Microsoft.Batch/batchAccounts"
	WorkspaceType            = "Microsoft.MachineLearningServices/workspaces"
)

// ID returns the resource ID of a top-level resource, in the casing that Azure documents. The ID of a
// resource group does not repeat the name.
func ID(subscriptionID, group, resourceType, name string) string {
	id := "/subscriptions/" + subscriptionID + "/resourceGroups/" + group
	if resourceType == ResourceGroupType {
		return id
	}
	return id + "/providers/" + resourceType + "/" + name
}

// ParseID parses the ID of a top-level resource of one type, in any casing: Azure's IDs are
// case-insensitive.
func ParseID(text, resourceType string) (*arm.ResourceID, error) {
	id, err := arm.ParseResourceID(text)
	if err != nil || !isTopLevel(id, resourceType) {
		return nil, &IDError{ID: text, ResourceType: resourceType}
	}
	return id, nil
}

// Open returns the client of the subscription that an ID of the type is in, and the parsed ID.
// clients is a method of [Client], such as [Client.StorageAccounts].
func Open[C any](id, resourceType string, clients func(subscriptionID string) (C, error),
) (client C, at *arm.ResourceID, err error) {
	at, err = ParseID(id, resourceType)
	if err != nil {
		return client, nil, err
	}
	client, err = clients(at.SubscriptionID)
	return client, at, err
}

// CanonicalID returns the ID in the casing of [ID].
func CanonicalID(text, resourceType string) (string, error) {
	id, err := ParseID(text, resourceType)
	if err != nil {
		return "", err
	}
	return ID(id.SubscriptionID, id.ResourceGroupName, resourceType, id.Name), nil
}

// GroupOf returns the name of the resource group in an ID, or "" if it has none.
func GroupOf(id string) string {
	parsed, err := arm.ParseResourceID(id)
	if err != nil {
		return ""
	}
	return parsed.ResourceGroupName
}

// SubscriptionOf returns the ID of the subscription that an ID is in; empty if it is in none.
func SubscriptionOf(id string) string {
	parsed, err := arm.ParseResourceID(id)
	if err != nil {
		return ""
	}
	return parsed.SubscriptionID
}

// NameOf returns the name of the object with the ID, or the text as it is where it is no ID.
func NameOf(id string) string {
	at, err := arm.ParseResourceID(id)
	if err != nil {
		return id
	}
	return at.Name
}

// SameID reports whether two IDs identify the same resource.
func SameID(a, b string) bool {
	return strings.EqualFold(strings.Trim(a, "/"), strings.Trim(b, "/"))
}

// ContainsID reports whether one of the IDs means the same resource as the ID.
func ContainsID(ids []string, id string) bool {
	return slices.ContainsFunc(ids, func(one string) bool { return SameID(one, id) })
}

// IDError says that a text is not the ID of a resource of the wanted type.
type IDError struct {
	ID           string
	ResourceType string
}

func (e *IDError) Error() string {
	return fmt.Sprintf("%q is not the ID of a %s, which looks like %s",
		e.ID, e.ResourceType, e.Form())
}

// Form returns an example of an ID of the wanted type.
func (e *IDError) Form() string {
	return ID("<subscription ID>", "<group>", e.ResourceType, "<name>")
}

// isTopLevel reports whether a resource of the type is directly in a resource group. The ID of a child
// or an extension resource can end in the same type, and its last name alone would stand for another
// resource.
func isTopLevel(id *arm.ResourceID, resourceType string) bool {
	if !strings.EqualFold(id.ResourceType.String(), resourceType) || id.Name == "" {
		return false
	}
	scope := id
	if resourceType != ResourceGroupType {
		scope = id.Parent
	}
	return strings.EqualFold(scope.ResourceType.String(), ResourceGroupType) &&
		scope.Parent.ResourceType.String() == arm.SubscriptionResourceType.String()
}
