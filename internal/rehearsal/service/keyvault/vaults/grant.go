// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// all stands for every permission.
const all = "all"

// accessPolicy is an entry of the vault's access policies.
type accessPolicy struct {
	TenantID string `json:"tenantId"`
	ObjectID string `json:"objectId"`
	// ApplicationID makes the entry count only for a user who comes by that application.
	ApplicationID string `json:"applicationId"`
	// Permissions has those to each kind of object, "keys".
	Permissions map[string][]string `json:"permissions"`
}

func policies(vault *engine.Resource) []accessPolicy {
	var entries []accessPolicy
	vault.Read("accessPolicies", &entries)
	return entries
}

// Grants reports whether an access policy of the vault lets the identity do something with its objects of a
// kind, "keys".
// New entries take as long to act as grants are set to.
func Grants(tx *engine.Tx, vault *engine.Resource, objectID, kind, permission string) bool {
	known := secretsOf(vault)
	for _, entry := range policies(vault) {
		if !strings.EqualFold(entry.ObjectID, objectID) || entry.ApplicationID != "" {
			continue
		}
		for _, granted := range entry.Permissions[kind] {
			if !strings.EqualFold(granted, permission) &&
				!strings.EqualFold(granted, all) {
				continue
			}
			since := known.Granted[grantOf(objectID, kind, granted)]
			if !tx.Now().Before(since.Add(tx.GrantDelay())) {
				return true
			}
		}
	}
	return false
}

// secrets is what a vault knows and never shows.
type secrets struct {
	// Granted is since when a permission of an identity is there, by [grantOf].
	Granted map[string]time.Time `json:"granted"`
}

func secretsOf(vault *engine.Resource) secrets {
	var known secrets
	vault.Reveal(&known)
	return known
}

func grantOf(objectID, kind, permission string) string {
	return strings.ToLower(objectID + "/" + kind + "/" + permission)
}

// dateGrants notes since when each permission is there, so that a new one takes as long to act as
// grants are set to, and one that was there before goes on acting.
func dateGrants(tx *engine.Tx, vault *engine.Resource) {
	before, now := secretsOf(vault), secrets{Granted: map[string]time.Time{}}
	var added bool
	for _, entry := range policies(vault) {
		for kind, permissions := range entry.Permissions {
			for _, p := range permissions {
				grant := grantOf(entry.ObjectID, kind, p)
				since, ok := before.Granted[grant]
				if !ok {
					since, added = tx.Now(), true
				}
				now.Granted[grant] = since
			}
		}
	}
	vault.Hide(now)
	if added && tx.GrantDelay() > 0 {
		tx.Schedule(tx.Now().Add(tx.GrantDelay()), grantTimer, string(vault.ID))
	}
}
