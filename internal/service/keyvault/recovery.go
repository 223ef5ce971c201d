// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// deletedVault is a deleted vault, which keeps its name until its retention ends. Creating it again
// where it was recovers it.
type deletedVault struct {
	id              string
	until           time.Time
	retentionDays   int64
	purgeProtection bool
}

// deleted returns the deleted vault with the name in the region; the error says whether there is
// one.
func (r *Resource) deleted(ctx context.Context, name, location string) (deletedVault, error) {
	vaults, err := r.Client.Vaults(r.Client.SubscriptionID())
	if err != nil {
		return deletedVault{}, err
	}
	got, err := vaults.GetDeleted(ctx, name, location, nil)
	if err != nil {
		return deletedVault{}, err
	}
	properties := azure.Deref(got.Properties)
	until := azure.Deref(properties.ScheduledPurgeDate)
	kept := until.Sub(azure.Deref(properties.DeletionDate))
	return deletedVault{
		id:    azure.Deref(properties.VaultID),
		until: until,
		// Azure does not show the retention of a deleted vault, only the two dates.
		retentionDays:   int64(math.Round(kept.Hours() / 24)),
		purgeProtection: azure.Deref(properties.PurgeProtectionEnabled),
	}, nil
}

// obstacles refuses a plan, for a vault with the ID, that the deleted vault cannot be recovered into.
func (d deletedVault) obstacles(id string, plan model) diag.Diagnostics {
	if !azure.SameID(d.id, id) {
		return diag.Diagnostics{diagnostic.Refuse(path.Root("name"), diagnostic.Refusal{
			Title: "Key Vault Name Stays Taken",
			Found: fmt.Sprintf("the name of the deleted vault %s, which is recoverable until %s",
				d.id, d.until.UTC().Format(time.RFC3339)),
			Required: "for " + id + ", a name that no deleted vault holds",
			Why: "A deleted vault keeps its name until its retention ends, and can only be recovered " +
				"where it was",
			Remedy: "Create the vault where it was, which recovers it, or choose another name",
		})}
	}
	return fixedChanges(d.purgeProtection, d.retentionDays,
		"the deleted vault "+id+" that would be recovered", plan)
}

// planned warns that the vault will be recovered, or refuses if it cannot be.
func (d deletedVault) planned(id string, plan model) diag.Diagnostics {
	found := d.obstacles(id, plan)
	if !found.HasError() {
		found.AddAttributeWarning(path.Root("name"), "Key Vault Will Be Recovered", fmt.Sprintf(
			"The vault %s was deleted and is still recoverable. This apply recovers it, with its keys "+
				"and access policies, instead of creating a new one, and then updates it to match the "+
				"configuration.", id))
	}
	return found
}

// createOrRecover creates the vault, or recovers the deleted one with its name, and returns it as it
// is then.
func (r *Resource) createOrRecover(ctx context.Context, plan model) (model, diag.Diagnostics) {
	id := plan.ID.ValueString()
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return plan, diag.Diagnostics{diagnostic.FromError(diagnostic.Create, r.Subject(id), err)}
	}
	parameters, diags := plan.created(ctx, caller)
	if diags.HasError() {
		return plan, diags
	}
	vault, err := r.create(ctx, id, parameters)
	if azure.IsConflict(err) {
		gone, missing := r.deleted(ctx, plan.Name.ValueString(), plan.Location.ValueString())
		if missing == nil {
			if diags = gone.obstacles(id, plan); diags.HasError() {
				return plan, diags
			}
			if vault, err = r.recover(ctx, id, parameters); err == nil {
				diags.AddWarning("Key Vault Recovered", fmt.Sprintf("The vault %s had been deleted "+
					"and was still recoverable. It was recovered, with its keys and access policies, "+
					"and is updated to match the configuration.", id))
			}
		}
	}
	if err != nil {
		diags.Append(diagnostic.FromError(diagnostic.Create, r.Subject(id), err))
		return plan, diags
	}
	made := plan
	// Role assignments are not recovered with a vault.
	made.observe(vault, hasPolicy(vault, caller) &&
		!vaultaccess.ByRole(vault))
	return made, diags
}

// recover recovers the deleted vault unchanged.
func (r *Resource) recover(ctx context.Context, id string,
	parameters armkeyvault.VaultCreateOrUpdateParameters,
) (armkeyvault.Vault, error) {
	parameters.Properties = &armkeyvault.VaultProperties{
		CreateMode: to.Ptr(armkeyvault.CreateModeRecover),
		TenantID:   parameters.Properties.TenantID,
		SKU:        parameters.Properties.SKU,
	}
	return r.create(ctx, id, parameters)
}
