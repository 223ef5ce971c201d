// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// ReturnsWithVault reports whether what was not found in a vault is not gone: the vault is deleted and can be
// recovered, with all that is in it. It notes that for the plan.
func ReturnsWithVault(ctx context.Context, client *azure.Client, vaultID string) (bool, error) {
	_, deleted, err := facts.DeletedVaultAt(ctx, client, vaultID)
	if deleted {
		IntentsOf(client).Misses(vaultID)
	}
	return deleted, err
}
