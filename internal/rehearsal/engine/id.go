// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"slices"
	"strings"
)

// ID is the identifier of a resource in Resource Manager, "/subscriptions/…". Azure compares
// identifiers without regard to case and keeps the spelling of the one who created the resource.
type ID string

// Key returns the form in which identifiers are compared and stored.
func (id ID) Key() string { return strings.ToLower(strings.TrimSuffix(string(id), "/")) }

// Is reports whether both identify the same resource.
func (id ID) Is(other ID) bool { return id.Key() == other.Key() }

// Within reports whether the resource is scope or lies below it.
func (id ID) Within(scope ID) bool {
	return id.Is(scope) || strings.HasPrefix(id.Key(), scope.Key()+"/")
}

// Name returns the last segment.
func (id ID) Name() string {
	return string(id[strings.LastIndexByte(string(id), '/')+1:])
}

// Subscription returns the subscription's ID without its path, or "".
func (id ID) Subscription() string { return id.after("subscriptions") }

// Group returns the name of the resource group, or "".
func (id ID) Group() string { return id.after("resourcegroups") }

func (id ID) after(segment string) string {
	parts := strings.Split(string(id), "/")
	for i := 1; i+1 < len(parts); i += 2 {
		if strings.EqualFold(parts[i], segment) {
			return parts[i+1]
		}
		if strings.EqualFold(parts[i], "providers") {
			break
		}
	}
	return ""
}

// GroupID returns the identifier of the resource group that holds the resource, or "".
func (id ID) GroupID() ID {
	if id.Group() == "" {
		return ""
	}
	return ID("/subscriptions/" + id.Subscription() + "/resourceGroups/" + id.Group())
}

// SubscriptionID returns the identifier of the subscription, or "".
func (id ID) SubscriptionID() ID {
	if id.Subscription() == "" {
		return ""
	}
	return ID("/subscriptions/" + id.Subscription())
}

// Type returns the resource's full type in lower case, "microsoft.keyvault/vaults/keys"; resource
// groups and subscriptions have types of Microsoft.Resources. A path that identifies no resource
// has the type "".
func (id ID) Type() string {
	scope, rest, provided := id.provider()
	if !provided {
		switch parts := strings.Split(strings.Trim(scope.Key(), "/"), "/"); {
		case len(parts) == 2 && parts[0] == "subscriptions":
			return "microsoft.resources/subscriptions"
		case len(parts) == 4 && parts[2] == "resourcegroups":
			return "microsoft.resources/resourcegroups"
		}
		return ""
	}
	if len(rest) < 3 || len(rest)%2 == 0 {
		return ""
	}
	parts := []string{rest[0]}
	for i := 1; i < len(rest); i += 2 {
		parts = append(parts, rest[i])
	}
	return strings.ToLower(strings.Join(parts, "/"))
}

// Parent returns the identifier of the resource that this one is nested in, or "" for a resource that is
// directly in its scope.
func (id ID) Parent() ID {
	scope, rest, provided := id.provider()
	if !provided || len(rest) < 5 {
		return ""
	}
	return ID(string(scope) + "/providers/" + strings.Join(rest[:len(rest)-2], "/"))
}

// Scope returns what comes before the resource's own "/providers/": a group, a subscription, or for a
// role assignment the resource that it is made on.
func (id ID) Scope() ID {
	scope, _, _ := id.provider()
	return scope
}

// provider takes the identifier apart at its last "/providers/": the scope before it, and the
// segments after it, namespace first. Where one of them is empty, they identify nothing, and there
// are none.
func (id ID) provider() (scope ID, rest []string, provided bool) {
	const mark = "/providers/"
	for at := len(id) - len(mark); at >= 0; at-- {
		if after := at + len(mark); strings.EqualFold(string(id[at:after]), mark) {
			rest := strings.Split(strings.TrimSuffix(string(id[after:]), "/"), "/")
			if slices.Contains(rest, "") {
				rest = nil
			}
			return id[:at], rest, true
		}
	}
	return id, nil, false
}
