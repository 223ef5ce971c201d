// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// maxPolicies is how many access policies a vault holds (OpenAPI, VaultProperties).
const maxPolicies = 1024

// checkVault checks what was sent against Key Vault's rules. It returns an error rather than an
// *engine.Error so that "no refusal" is nil.
func checkVault(r *engine.Request, old, next *engine.Resource) error {
	checks := []func(*engine.Request, *engine.Resource, *engine.Resource) *engine.Error{
		checkSKU, checkSoftDelete, checkPurgeProtection, checkTenant, checkPolicies, checkNetwork,
	}
	for _, check := range checks {
		if refused := check(r, old, next); refused != nil {
			return refused
		}
	}
	return nil
}

func badRequest(format string, args ...any) *engine.Error {
	return engine.Errorf(http.StatusBadRequest, "BadRequest", format, args...)
}

// ownBadRequest returns a refusal that is sure to be made, but not known word for word.
func ownBadRequest(format string, args ...any) *engine.Error {
	refused := badRequest(format, args...)
	refused.Own = true
	return refused
}

func checkSKU(_ *engine.Request, _, next *engine.Resource) *engine.Error {
	name, family := strings.ToLower(next.String("sku.name")), next.String("sku.family")
	if (name != "standard" && name != "premium") || !strings.EqualFold(family, "A") {
		return ownBadRequest("The parameter sku is not specified or not supported: the family is " +
			"A, the name standard or premium.")
	}
	next.Set("sku", map[string]any{"family": "A", "name": name})
	return nil
}

// checkSoftDelete keeps soft delete on and its retention as it was chosen at creation.
func checkSoftDelete(_ *engine.Request, old, next *engine.Resource) *engine.Error {
	enabled := true
	next.Read("enableSoftDelete", &enabled)
	if !enabled {
		return ownBadRequest("The property \"enableSoftDelete\" cannot be set to false. Enabling " +
			"the soft delete functionality for a vault is an irreversible action.")
	}
	days := RetentionDays(next)
	switch {
	case old != nil && days != RetentionDays(old):
		return badRequest("The property \"softDeleteRetentionInDays\" has been set already and it " +
			"can't be modified.")
	case days < 7 || days > 90:
		return ownBadRequest("The property \"softDeleteRetentionInDays\" has an invalid value. It " +
			"accepts >=7 and <=90.")
	}
	return nil
}

func checkPurgeProtection(_ *engine.Request, _, next *engine.Resource) *engine.Error {
	enabled := true
	next.Read("enablePurgeProtection", &enabled)
	if !enabled {
		return badRequest("The property \"enablePurgeProtection\" cannot be set to false. Enabling " +
			"the purge protection for a vault is an irreversible action.")
	}
	return nil
}

func checkTenant(_ *engine.Request, _, next *engine.Resource) *engine.Error {
	if _, err := uuid.Parse(next.String("tenantId")); err != nil {
		return badRequest("An invalid value was provided for 'tenantId'.")
	}
	return nil
}

// checkPolicies refuses access policies that are too many, of another tenant, twice for the same
// object, or missing: "when createMode is set to recover, access policies are not required.
// Otherwise, access policies are required" (OpenAPI, VaultProperties). A vault that leaves access
// to roles has no use for them.
func checkPolicies(_ *engine.Request, _, next *engine.Resource) *engine.Error {
	var sent []any
	if !next.Read("accessPolicies", &sent) && !ByRoles(next) {
		return badRequest("The parameter accessPolicies is not specified.")
	}
	entries := policies(next)
	if len(entries) > maxPolicies {
		return ownBadRequest("The vault has %d access policies. At most %d are allowed.",
			len(entries), maxPolicies)
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		if refused := checkPolicy(next, entry); refused != nil {
			return refused
		}
		identity := strings.ToLower(entry.ObjectID + "/" + entry.ApplicationID)
		if seen[identity] {
			return ownBadRequest("The access policies have the object ID %s more than once.",
				entry.ObjectID)
		}
		seen[identity] = true
	}
	return nil
}

func checkPolicy(vault *engine.Resource, entry accessPolicy) *engine.Error {
	if _, err := uuid.Parse(entry.ObjectID); err != nil {
		return ownBadRequest("An invalid value was provided for 'objectId'.")
	}
	if !strings.EqualFold(entry.TenantID, vault.String("tenantId")) {
		return ownBadRequest("The access policy of the object %s has the tenant ID %s. All "+
			"identities must use the same tenant ID as the key vault's.",
			entry.ObjectID, entry.TenantID)
	}
	return nil
}

func checkNetwork(_ *engine.Request, _, next *engine.Resource) *engine.Error {
	for _, rule := range ipRules(next) {
		if _, err := parseRange(rule); err != nil {
			return ownBadRequest("The value '%s' of an IP rule is no IPv4 address and no range in "+
				"CIDR notation.", rule)
		}
	}
	return nil
}
