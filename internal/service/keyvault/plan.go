// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// checkName reports whether a vault with the planned name can be created, or a deleted one will be
// recovered instead, and completes the plan for that one.
func (r *Resource) checkName(ctx context.Context, plan *model) diag.Diagnostics {
	name := plan.Name.ValueString()
	var recovery diag.Diagnostics
	own, err := naming.KeyVault().CheckFree(ctx, r.Client, azure.VaultType, name,
		func(ctx context.Context) (naming.Availability, error) {
			answer, err := r.availability(ctx, name)
			if err != nil || answer.Available || plan.Location.IsUnknown() ||
				plan.ResourceGroupName.IsUnknown() {
				return answer, err
			}
			gone, found, err := r.deleted(ctx, name)
			if found {
				answer.Available = true
				recovery = r.recovering(gone, plan.At(r.Client.SubscriptionID(), azure.VaultType), plan)
			}
			return answer, err
		})
	if taken, ok := errors.AsType[rule.Violation](err); ok {
		taken.Remedy += ". A deleted vault keeps its name too, also in a subscription that this provider block " +
			"does not have: az keyvault list-deleted --subscription ID"
		err = taken
	}
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, r.Subject(name), err)}
	}
	if own != "" && azure.SameID(own, plan.At(r.Client.SubscriptionID(), azure.VaultType)) {
		return r.RefuseExisting(own)
	}
	return recovery
}

// forbiddenChanges refuses the changes that Key Vault allows nobody (Key Vault, Soft-delete
// overview).
func forbiddenChanges(state, plan model) diag.Diagnostics {
	if !plan.Name.Equal(state.Name) {
		return nil // Another vault replaces it.
	}
	var found diag.Diagnostics
	for _, moved := range []struct {
		attribute     string
		before, after attrText
	}{
		{"location", state.Location, plan.Location},
		{"resource_group_name", state.ResourceGroupName, plan.ResourceGroupName},
	} {
		if moved.after.IsUnknown() || moved.after.ValueString() == moved.before.ValueString() {
			continue
		}
		found.Append(diagnostic.Refuse(path.Root(moved.attribute), diagnostic.Refusal{
			Title: "Key Vault Name Stays Taken",
			Found: moved.after.ValueString(),
			Required: fmt.Sprintf("%s, as the vault %s has, or another name",
				moved.before.ValueString(), state.Identifier()),
			Why: fmt.Sprintf("This change replaces the vault, and a deleted vault keeps its name for "+
				"%d days, during which it can only be recovered where it was",
				state.RetentionDays.ValueInt64()),
			Remedy: "Change the name as well, or leave the vault where it is",
		}))
	}
	return append(found, fixedChanges(state.PurgeProtection.ValueBool(),
		state.RetentionDays.ValueInt64(), "the vault "+state.Identifier(), plan)...)
}

// attrText is a text in state or plan.
type attrText interface {
	IsUnknown() bool
	ValueString() string
}

// fixedChanges refuses what a plan changes of a vault's permanent settings.
func fixedChanges(purgeProtection bool, retentionDays int64, vault string, plan model,
) (found diag.Diagnostics) {
	if purgeProtection && !plan.PurgeProtection.IsUnknown() && !plan.PurgeProtection.ValueBool() {
		found.Append(diagnostic.Refuse(path.Root("purge_protection_enabled"), diagnostic.Refusal{
			Title:    "Purge Protection Is Irreversible",
			Found:    "false",
			Required: "true, as on " + vault,
			Why:      "Azure lets nobody switch purge protection off",
			Remedy:   "Set it to true, or use another vault",
		}))
	}
	if !plan.RetentionDays.IsUnknown() && plan.RetentionDays.ValueInt64() != retentionDays {
		found.Append(diagnostic.Refuse(path.Root("soft_delete_retention_days"), diagnostic.Refusal{
			Title:    "Soft Delete Retention Is Fixed",
			Found:    strconv.FormatInt(plan.RetentionDays.ValueInt64(), 10),
			Required: fmt.Sprintf("%d, as on %s", retentionDays, vault),
			Why:      "Azure lets nobody change the retention of a vault",
			Remedy:   fmt.Sprintf("Set it to %d, or use another vault", retentionDays),
		}))
	}
	return found
}
