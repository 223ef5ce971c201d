// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"slices"
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
	known, delay := secretsOf(vault), tx.GrantDelay()
	for _, entry := range policies(vault) {
		if strings.EqualFold(entry.ObjectID, objectID) && entry.grants(kind, permission, known, tx.Now().Add(-delay)) {
			return true
		}
	}
	return false
}

// grants reports whether an entry gives a permission to objects of a kind, and did so at a time.
func (p accessPolicy) grants(kind, permission string, known secrets, at time.Time) bool {
	if p.ApplicationID != "" {
		return false
	}
	for _, granted := range p.Permissions[kind] {
		if (strings.EqualFold(granted, permission) || strings.EqualFold(granted, all)) &&
			!at.Before(known.Granted[grantOf(p.ObjectID, kind, granted)]) {
			return true
		}
	}
	return false
}

// Granter answers as [Grants] does about one vault, whose access policies it has read once.
func Granter(tx *engine.Tx, vault *engine.Resource, kind string) func(objectID, permission string) bool {
	known, at := secretsOf(vault), tx.Now().Add(-tx.GrantDelay())
	entries := map[string][]accessPolicy{}
	for _, entry := range policies(vault) {
		principal := strings.ToLower(entry.ObjectID)
		entries[principal] = append(entries[principal], entry)
	}
	return func(objectID, permission string) bool {
		return slices.ContainsFunc(entries[strings.ToLower(objectID)],
			func(entry accessPolicy) bool { return entry.grants(kind, permission, known, at) })
	}
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
