// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import (
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// checkKey refuses a key that does not fit. The rules are documented, the words are not.
func checkKey(
	tx *engine.Tx, id string, facts keyvault.KeyFacts, location string,
) *engine.Error {
	permits := func(operation string) bool {
		return slices.ContainsFunc(facts.Operations, func(permitted string) bool {
			return strings.EqualFold(permitted, operation)
		})
	}
	switch {
	case facts.Type != "RSA" && facts.Type != "RSA-HSM":
		return Bad("The Customer Key '%s' is of type %s. Only RSA keys are supported.", id, facts.Type)
	case facts.Size != 2048 && facts.Size != 3072 && facts.Size != 4096:
		return Bad("The Customer Key '%s' has %d bits. 2048, 3072 and 4096 are supported.", id, facts.Size)
	case !facts.Enabled:
		return Bad("The Customer Key '%s' is disabled.", id)
	case tx.Now().Before(facts.NotBefore):
		return Bad("The Customer Key '%s' is not valid yet.", id)
	case !facts.Expires.IsZero() && !tx.Now().Before(facts.Expires):
		return Bad("The Customer Key '%s' has expired.", id)
	case !permits("wrapKey") || !permits("unwrapKey"):
		return Bad("The Customer Key '%s' does not permit the operations wrapKey and unwrapKey.", id)
	case engine.NormalizeLocation(facts.VaultLocation) != engine.NormalizeLocation(location):
		return Bad("The vault of the Customer Key '%s' is in the region '%s'. It has to be in the region "+
			"of the account, '%s'.", id, facts.VaultLocation, location)
	case !facts.SoftDelete:
		return Bad("The vault of the Customer Key '%s' does not have soft delete switched on.", id)
	case !facts.PurgeProtection:
		return Bad("The vault of the Customer Key '%s' does not have purge protection switched on.", id)
	}
	return nil
}
