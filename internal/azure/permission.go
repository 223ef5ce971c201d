// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
)

// Permission lists the actions that one role of the caller permits, and the exceptions from them.
type Permission struct{ Actions, NotActions []string }

// Permissions returns what the caller's roles permit on a top-level resource of the type
// (Microsoft.Authorization/permissions, which the portal asks as well). The provider so learns
// whether the caller may read a secret without reading it. Deny assignments are not included.
func (c *Client) Permissions(ctx context.Context, resourceID, resourceType string,
) ([]Permission, error) {
	client, at, err := Open(resourceID, resourceType,
		func(subscriptionID string) (*armauthorization.PermissionsClient, error) {
			return armauthorization.NewPermissionsClient(subscriptionID, c.credential, c.armOptions())
		})
	if err != nil {
		return nil, err
	}
	var permissions []Permission
	pages := client.NewListForResourcePager(at.ResourceGroupName,
		at.ResourceType.Namespace, "", at.ResourceType.Type, at.Name, nil)
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, one := range page.Value {
			permissions = append(permissions, Permission{DerefAll(one.Actions), DerefAll(one.NotActions)})
		}
	}
	return permissions, nil
}
