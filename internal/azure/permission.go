// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
)

// MayDo reports whether the caller's roles permit an action on a top-level resource of the type.
// Azure tells what the caller may do without doing it, and without showing the secret that the
// action would (Microsoft.Authorization/permissions, which the portal asks as well). Deny
// assignments are not part of the answer.
func (c *Client) MayDo(ctx context.Context, resourceID, resourceType, action string,
) (bool, error) {
	at, err := ParseID(resourceID, resourceType)
	if err != nil {
		return false, err
	}
	permissions, err := armauthorization.NewPermissionsClient(
		at.SubscriptionID, c.credential, c.armOptions())
	if err != nil {
		return false, err
	}
	pages := permissions.NewListForResourcePager(at.ResourceGroupName,
		at.ResourceType.Namespace, "", at.ResourceType.Type, at.Name, nil)
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, err
		}
		for _, permission := range page.Value {
			// Exceptions take away from their own role only (Azure RBAC, Understand role
			// definitions: NotActions).
			if matchesAny(permission.Actions, action) && !matchesAny(permission.NotActions, action) {
				return true, nil
			}
		}
	}
	return false, nil
}

func matchesAny(patterns []*string, action string) bool {
	for _, pattern := range patterns {
		if matches(strings.ToLower(Deref(pattern)), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

// matches reports whether an action fits a pattern, in which an asterisk stands for any text,
// slashes included.
func matches(pattern, action string) bool {
	head, rest, wild := strings.Cut(pattern, "*")
	action, fits := strings.CutPrefix(action, head)
	if !wild || !fits {
		return fits && action == ""
	}
	for from := range len(action) + 1 {
		if matches(rest, action[from:]) {
			return true
		}
	}
	return false
}
