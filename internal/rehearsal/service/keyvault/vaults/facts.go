// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// ByRoles reports whether roles decide about access to the keys, and not access policies.
func ByRoles(vault *engine.Resource) bool {
	var roles bool
	vault.Read("enableRbacAuthorization", &roles)
	return roles
}

// PurgeProtected reports whether nothing in the vault, nor the vault itself, can be purged.
func PurgeProtected(vault *engine.Resource) bool {
	var on bool
	vault.Read("enablePurgeProtection", &on)
	return on
}

// Premium reports whether the vault has keys in an HSM.
func Premium(vault *engine.Resource) bool {
	return strings.EqualFold(vault.String("sku.name"), "premium")
}

const defaultRetention = 90

// RetentionDays is the number of days in which a deleted key or vault can be recovered.
func RetentionDays(vault *engine.Resource) int {
	days := defaultRetention
	vault.Read("softDeleteRetentionInDays", &days)
	return days
}

// Retention is [RetentionDays] as a duration.
func Retention(vault *engine.Resource) time.Duration {
	return time.Duration(RetentionDays(vault)) * 24 * time.Hour
}

// RecoveryLevel returns the recovery level of the keys in the vault: how a deleted one is recovered, and
// whether it can be purged (recorded).
func RecoveryLevel(vault *engine.Resource) string {
	level := "Recoverable"
	if RetentionDays(vault) != defaultRetention {
		level = "CustomizedRecoverable"
	}
	if !PurgeProtected(vault) {
		level += "+Purgeable"
	}
	return level
}
