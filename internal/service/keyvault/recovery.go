// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// deleted returns the deleted vault that keeps the name of a planned one. It reports false if there is none,
// or none that the caller may see.
func (r *Resource) deleted(ctx context.Context, name string) (facts.DeletedVault, bool, error) {
	return facts.DeletedVaultNamed(ctx, r.Client, r.Client.SubscriptionID(), name)
}

// retentionDays returns the retention of a deleted vault. Azure does not show it, only the two dates.
func retentionDays(gone facts.DeletedVault) int64 {
	return int64(math.Round(gone.PurgedAt.Sub(gone.DeletedAt).Hours() / 24))
}

// obstacles refuses a plan, for a vault with the ID, that the deleted vault cannot be recovered into.
func obstacles(gone facts.DeletedVault, id string, plan model) diag.Diagnostics {
	if azure.SameID(gone.ID, id) && attribute.NewLocation(gone.Location).Equal(plan.Location) {
		return fixedChanges(gone.PurgeProtection, retentionDays(gone),
			"the deleted vault "+id+" that would be recovered", plan)
	}
	free := fmt.Sprintf("; or free the name by purging the vault, which destroys its keys: "+
		"az keyvault purge --name %s --location %s", gone.Name, gone.Location)
	if gone.PurgeProtection {
		free = ". Its purge protection lets nobody purge it earlier"
	}
	return diag.Diagnostics{diagnostic.Refuse(path.Root("name"), diagnostic.Refusal{
		Title: "Key Vault Name Stays Taken",
		Found: fmt.Sprintf("the name of the vault %s in %s, which was deleted on %s and is purged on %s (%s)",
			gone.Name, gone.Location, gone.DeletedAt.UTC().Format(time.RFC3339),
			gone.PurgedAt.UTC().Format(time.RFC3339), gone.ID),
		Required: "a name that no deleted vault keeps, or the location and the resource group of that vault",
		Why:      "A deleted vault keeps its name until it is purged, and can only be recovered where it was",
		Remedy: fmt.Sprintf("Choose another name; or set location = %q and resource_group_name = %q, which "+
			"recovers the vault with its keys, as az keyvault recover --name %s does%s",
			gone.Location, azure.GroupOf(gone.ID), gone.Name, free),
	})}
}

// recovering completes the plan for a vault that will be recovered, and warns of that, or refuses if it
// cannot be. What follows from the name is known already, so that the keys and grants of the vault stay.
func (r *Resource) recovering(gone facts.DeletedVault, id string, plan *model) diag.Diagnostics {
	found := obstacles(gone, id, *plan)
	if found.HasError() {
		return found
	}
	found.AddAttributeWarning(path.Root("name"), "Key Vault Will Be Recovered", fmt.Sprintf(
		"The vault %s was deleted and is still recoverable. This apply recovers it, with its keys "+
			"and access policies, instead of creating a new one, and then updates it to match the "+
			"configuration.", id))
	protection.IntentsOf(r.Client).Recovers(id)
	plan.ID = attribute.NewResourceID(id)
	plan.VaultURI = types.StringValue(r.Client.Cloud().VaultURI(strings.ToLower(plan.Name.ValueString())))
	return found
}

// createOrRecover creates the vault, or recovers the deleted one with its name, and returns it as it
// is then.
func (r *Resource) createOrRecover(ctx context.Context, plan model) (model, diag.Diagnostics) {
	id := plan.ID.ValueString()
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return plan, diag.Diagnostics{diagnostic.FromErrorBefore(diagnostic.Create, r.Subject(id), err)}
	}
	parameters, diags := plan.created(ctx, caller)
	if diags.HasError() {
		return plan, diags
	}
	vault, err := r.create(ctx, id, parameters)
	if azure.IsConflict(err) && !azure.IsAccepted(err) {
		gone, found, unseen := r.deleted(ctx, plan.Name.ValueString())
		if found && unseen == nil {
			if diags = obstacles(gone, id, plan); diags.HasError() {
				return plan, diags
			}
			if vault, err = r.recover(ctx, id, parameters); err == nil {
				protection.IntentsOf(r.Client).Recovers(id)
				diags.AddWarning("Key Vault Recovered", fmt.Sprintf("The vault %s had been deleted "+
					"and was still recoverable. It was recovered, with its keys and access policies, "+
					"and is updated to match the configuration.", id))
			}
		}
	}
	switch {
	case azure.IsAccepted(err):
		plan.VaultURI = types.StringValue(r.Client.Cloud().VaultURI(strings.ToLower(plan.Name.ValueString())))
		plan.TenantID = types.StringValue(caller.TenantID)
		diags.Append(diagnostic.CreationUnfinished("Azure accepted the creation, so the state has the vault.",
			r.Subject(id), err))
		return plan, diags
	case err != nil:
		diags.Append(diagnostic.FromError(diagnostic.Create, r.Subject(id), err))
		return plan, diags
	}
	made := plan
	for _, one := range accesses() { // Role assignments are not recovered with a vault.
		granted := one.enabled(&plan).ValueBool() && one.hasPolicy(vault, caller) && !vaultaccess.ByRole(vault)
		*one.enabled(&made) = types.BoolValue(granted)
	}
	made.observe(vault)
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
