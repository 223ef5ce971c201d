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
	// Name is the name of the kind, such as "Media Services account".
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
	// ManagedHSM says that the account can use a key in a managed HSM (CMK010).
	ManagedHSM bool
	// LockedWithoutKey says that an account that cannot reach its key refuses changes: it can only
	// be read and deleted (CMK012). Other kinds lose access to their data alone.
	LockedWithoutKey bool
	// FollowsWithin is how long the service takes to move to a new version of a versionless key
	// (CMK011); 0 where that is not documented.
	FollowsWithin time.Duration
	// StatusUntold says that an account never reports whether it reaches its key: only the key shows
	// it.
	StatusUntold bool
	// VersionUntold says that an account with a versionless key does not report which version it
	// runs on.
	VersionUntold bool
	// IdentityCommand is the Azure CLI command that gives an account an identity, or "" where the
	// command line has none.
	IdentityCommand string
	// IdentityTypes says that the command replaces the types of identities that the account has: it
	// takes all of them.
	IdentityTypes bool
}

// MediaServices returns the kind of Media Services accounts.
func MediaServices() Kind {
	return Kind{
		Name:             "Media Services account",
		ResourceType:     "Microsoft.Media/mediaservices",
		SameRegion:       true,
		SystemAssigned:   true,
		LockedWithoutKey: true,
		FollowsWithin:    5 * time.Minute,
		IdentityCommand:  "az ams account identity assign",
	}
}

// VideoAnalyzer returns the kind of Video Analyzer accounts.
func VideoAnalyzer() Kind {
	return Kind{
		Name:             "Video Analyzer account",
		ResourceType:     "Microsoft.Media/videoAnalyzers",
		SameRegion:       true,
		LockedWithoutKey: true,
		FollowsWithin:    5 * time.Minute,
	}
}

// StorageAccount returns the kind of storage accounts.
func StorageAccount() Kind {
	return Kind{
		Name:            "storage account",
		ResourceType:    "Microsoft.Storage/storageAccounts",
		SystemAssigned:  true,
		Trusted:         true,
		ManagedHSM:      true,
		StatusUntold:    true,
		FollowsWithin:   24 * time.Hour,
		IdentityCommand: "az storage account update",
		IdentityTypes:   true,
	}
}

// BatchAccount returns the kind of Batch accounts. Their vault may be in another group and
// subscription of the tenant; the documentation does not mention regions (Batch, Configure
// customer-managed keys). "The keys you provide must be generated in Azure Key Vault" (there).
func BatchAccount() Kind {
	return Kind{
		Name:             "Batch account",
		ResourceType:     "Microsoft.Batch/batchAccounts",
		SystemAssigned:   true,
		Trusted:          true,
		LockedWithoutKey: true,
		StatusUntold:     true,
		VersionUntold:    true,
		// An account has one type of identity at a time: the command replaces another one.
		IdentityCommand: "az batch account identity assign",
	}
}

// FollowDelay returns [Kind.FollowsWithin] in words.
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

// known reports whether the kind of the account is known.
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
