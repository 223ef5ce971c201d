// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
)

// checkName finds out whether a vault of the planned name can be created, or whether one that was
// deleted will be recovered instead.
func (r *Resource) checkName(ctx context.Context, plan model) diag.Diagnostics {
	name := plan.Name.ValueString()
	var recovery diag.Diagnostics
	found := globalname.Check(ctx, r.Client, subject(name), mediaaccount.KeyVaultName(), azure.VaultType,
		func(ctx context.Context) (mediaaccount.Availability, error) {
			answer, err := r.availability(ctx, name)
			if err != nil || answer.Available || plan.Location.IsUnknown() ||
				plan.ResourceGroupName.IsUnknown() {
				return answer, err
			}
			gone, err := r.deleted(ctx, name, plan.Location.ValueString())
			switch {
			case err == nil:
				answer.Available = true
				recovery = gone.planned(azure.ID(r.Client.SubscriptionID(),
					plan.ResourceGroupName.ValueString(), azure.VaultType, name), plan)
			case azure.IsRefused(err): // There is none, or none that the caller may see.
				err = nil
			}
			return answer, err
		})
	return append(found, recovery...)
}

// forbiddenChanges are the changes that Key Vault allows to nobody (Key Vault, Soft-delete
// overview).
func forbiddenChanges(state, plan model) diag.Diagnostics {
	if !plan.Name.Equal(state.Name) {
		return nil // Another vault takes its place.
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
		found.AddAttributeError(path.Root(moved.attribute), "Key Vault Name Stays Taken",
			fmt.Sprintf("Found: %s.\nRequired: %s, where the vault %s is, or another name.\n"+
				"Why: the vault would be replaced, and a deleted vault keeps its name for the %d "+
				"days of its retention, in which it can only be recovered where it was.\n"+
				"Remedy: give the vault another name as well, or leave it where it is.\n\n%s",
				moved.after.ValueString(), moved.before.ValueString(), state.ID.ValueString(),
				state.RetentionDays.ValueInt64(), diagnostic.NothingChanged))
	}
	return append(found, lasting(state.PurgeProtection.ValueBool(), state.RetentionDays.ValueInt64(),
		"the vault "+state.ID.ValueString(), plan)...)
}

// attrText is a text in state or plan.
type attrText interface {
	IsUnknown() bool
	ValueString() string
}

// lasting finds what of the plan contradicts what a vault has for good.
func lasting(purgeProtection bool, retentionDays int64, vault string, plan model,
) (found diag.Diagnostics) {
	if purgeProtection && !plan.PurgeProtection.IsUnknown() && !plan.PurgeProtection.ValueBool() {
		found.AddAttributeError(path.Root("purge_protection_enabled"),
			"Purge Protection Is Irreversible",
			fmt.Sprintf("Found: false.\nRequired: true, as it is on %s.\n"+
				"Why: Azure lets nobody switch purge protection off.\n"+
				"Remedy: set it to true, or use another vault.\n\n%s",
				vault, diagnostic.NothingChanged))
	}
	if !plan.RetentionDays.IsUnknown() && plan.RetentionDays.ValueInt64() != retentionDays {
		found.AddAttributeError(path.Root("soft_delete_retention_days"),
			"Soft Delete Retention Is Fixed",
			fmt.Sprintf("Found: %d.\nRequired: %d, as %s was created with.\n"+
				"Why: Azure lets nobody change the retention of a vault.\n"+
				"Remedy: set it to %[2]d, or use another vault.\n\n%[4]s",
				plan.RetentionDays.ValueInt64(), retentionDays, vault, diagnostic.NothingChanged))
	}
	return found
}
