// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"strings"
	"time"
)

// Kind is a kind of account that a customer's key can protect: what the rules need to know about it.
type Kind struct {
	// Name is what a person calls an account of the kind, such as "Media Services account".
	Name string
	// ResourceType is the type in Resource Manager, in the casing that the service answers with, such
	// as "Microsoft.Media/mediaservices".
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

// MediaServices is the kind of the accounts of Media Services.
func MediaServices() Kind {
	return Kind{
		Name:             "Media Services account",
		ResourceType:     "Microsoft.Media/mediaservices",
		SameRegion:       true,
		SystemAssigned:   true,
		LockedWithoutKey: true,
		FollowsWithin:    5 * time.Minute,
	}
}

// VideoAnalyzer is the kind of the accounts of Video Analyzer.
func VideoAnalyzer() Kind {
	return Kind{
		Name:             "Video Analyzer account",
		ResourceType:     "Microsoft.Media/videoAnalyzers",
		SameRegion:       true,
		LockedWithoutKey: true,
		FollowsWithin:    5 * time.Minute,
	}
}

// StorageAccount is the kind of storage accounts.
func StorageAccount() Kind {
	return Kind{
		Name:           "storage account",
		ResourceType:   "Microsoft.Storage/storageAccounts",
		SystemAssigned: true,
		Trusted:        true,
		StatusUntold:   true,
		FollowsWithin:  24 * time.Hour,
	}
}

// BatchAccount is the kind of Batch accounts. Their vault may be in another group and subscription
// of the tenant; of regions nothing is said (Batch, Configure customer-managed keys).
func BatchAccount() Kind {
	return Kind{
		Name:             "Batch account",
		ResourceType:     "Microsoft.Batch/batchAccounts",
		SystemAssigned:   true,
		Trusted:          true,
		LockedWithoutKey: true,
		StatusUntold:     true,
		VersionUntold:    true,
	}
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
