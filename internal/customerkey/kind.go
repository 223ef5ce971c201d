// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"strings"
	"time"
)

// Kind is a kind of account that a customer's key can protect. What differs between the kinds
// is a column of [Kinds], so that one more kind is one more row.
type Kind struct {
	// Name is what a person calls an account of the kind, such as "Media Services account".
	Name string
	// ResourceType is the type in Resource Manager, such as "Microsoft.Media/mediaServices".
	ResourceType string
	// SameRegion says that the vault must be in the account's region (CMK005).
	SameRegion bool
	// SystemAssigned says that the account can read the key with a system-assigned identity.
	SystemAssigned bool
	// Trusted says that the firewalls of vaults count the service among those that Microsoft
	// trusts (Key Vault, Virtual network service endpoints: trusted services).
	Trusted bool
	// LockedWithoutKey says that an account that cannot reach its key takes no change either: it
	// can only be read and deleted (CMK012). Of the others only the data is out of reach.
	LockedWithoutKey bool
	// FollowsWithin is how long the service takes to move to a new version of the key when the
	// identifier has none (CMK011); 0 where that is not documented.
	FollowsWithin time.Duration
	// StatusUntold says that an account never tells whether it reaches its key: that is found out by
	// looking at the key alone.
	StatusUntold bool
	// VersionUntold says that an account without a version in its identifier does not tell which
	// one it runs on.
	VersionUntold bool
}

// Kinds returns every kind of account that a customer's key can protect.
func Kinds() []Kind {
	return []Kind{
		{
			Name:             "Media Services account",
			ResourceType:     "Microsoft.Media/mediaServices",
			SameRegion:       true,
			SystemAssigned:   true,
			LockedWithoutKey: true,
			FollowsWithin:    5 * time.Minute,
		},
		{
			Name:             "Video Analyzer account",
			ResourceType:     "Microsoft.Media/videoAnalyzers",
			SameRegion:       true,
			LockedWithoutKey: true,
			FollowsWithin:    5 * time.Minute,
		},
		{
			Name:           "storage account",
			ResourceType:   "Microsoft.Storage/storageAccounts",
			SystemAssigned: true,
			Trusted:        true,
			StatusUntold:   true,
			FollowsWithin:  24 * time.Hour,
		},
		{
			// Batch, Configure customer-managed keys: the vault may be in another group and
			// subscription of the tenant; of regions nothing is said.
			Name:             "Batch account",
			ResourceType:     "Microsoft.Batch/batchAccounts",
			SystemAssigned:   true,
			Trusted:          true,
			LockedWithoutKey: true,
			StatusUntold:     true,
			VersionUntold:    true,
		},
	}
}

// KindOf returns the kind of the account with the Resource Manager ID.
func KindOf(resourceID string) (Kind, error) {
	found := resourceType(resourceID)
	names := make([]string, 0, len(Kinds()))
	for _, kind := range Kinds() {
		if strings.EqualFold(kind.ResourceType, found) {
			return kind, nil
		}
		names = append(names, kind.ResourceType)
	}
	if found == "" {
		return Kind{}, fmt.Errorf(
			"%q is not the resource ID of an account: it should read /subscriptions/ID/"+
				"resourceGroups/GROUP/providers/TYPE/NAME, TYPE being one of %s",
			resourceID, strings.Join(names, ", "))
	}
	for _, fixed := range fixedKinds() {
		if strings.EqualFold(fixed.ResourceType, found) {
			return Kind{}, fmt.Errorf("a %s is given its customer key when it is created, and keeps it: "+
				"there is nothing that could be attached to it. The resource ID must be of type %s",
				fixed.Name, strings.Join(names, ", "))
		}
	}
	return Kind{}, fmt.Errorf("a %s has no customer key that could be managed here: "+
		"the resource ID must be of type %s", found, strings.Join(names, ", "))
}

// fixedKinds are the kinds of account whose key cannot be changed: an update has no property for it
// (Machine Learning, Workspaces, Update).
func fixedKinds() []Kind {
	return []Kind{{
		Name:         "Machine Learning workspace",
		ResourceType: "Microsoft.MachineLearningServices/workspaces",
	}}
}

// FollowDelay says [Kind.FollowsWithin] as a person would.
func (k Kind) FollowDelay() string {
	switch {
	case k.FollowsWithin == 0:
		return "a time that is not documented"
	case k.FollowsWithin >= 24*time.Hour:
		return "about a day"
	default:
		return fmt.Sprintf("about %d minutes", int(k.FollowsWithin.Minutes()))
	}
}

// known reports whether it is known of what kind the account is.
func (k Kind) known() bool { return k.ResourceType != "" }

// resourceType returns the type of the top-level resource with the ID, or "" if the ID is not
// the ID of one.
func resourceType(resourceID string) string {
	segments := strings.Split(resourceID, "/")
	if len(segments) != 9 || segments[0] != "" ||
		!strings.EqualFold(segments[1], "subscriptions") ||
		!strings.EqualFold(segments[3], "resourceGroups") ||
		!strings.EqualFold(segments[5], "providers") {
		return ""
	}
	for _, segment := range segments[1:] {
		if segment == "" {
			return ""
		}
	}
	return segments[6] + "/" + segments[7]
}

// lastSegment returns the name at the end of a resource ID.
func lastSegment(resourceID string) string {
	return resourceID[strings.LastIndexByte(resourceID, '/')+1:]
}

// resourceGroup returns the name of the resource group in a resource ID, or "".
func resourceGroup(resourceID string) string {
	segments := strings.Split(resourceID, "/")
	if len(segments) > 4 && strings.EqualFold(segments[3], "resourceGroups") {
		return segments[4]
	}
	return ""
}
