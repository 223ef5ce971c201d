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
)

// A vault that was deleted keeps its name until its retention ends. Creating it again where it was
// recovers it, and says so.

// deletedVault is a vault that was deleted and can be recovered.
type deletedVault struct {
	id              string
	until           time.Time
	retentionDays   int64
	purgeProtection bool
}

// deleted is the deleted vault with the name in the region. Its error tells whether there is one.
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
		// The retention is what lies between the two dates: Azure does not show it otherwise.
		retentionDays:   int64(math.Round(kept.Hours() / 24)),
		purgeProtection: azure.Deref(properties.PurgeProtectionEnabled),
	}, nil
}

// obstacles are why the deleted vault cannot become the planned one, whose ID is given.
func (d deletedVault) obstacles(id string, plan model) diag.Diagnostics {
	if !azure.SameID(d.id, id) {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("name"),
			"Key Vault Name Stays Taken", fmt.Sprintf(
				"Found: the name of the deleted vault %s, which is recoverable until %s.\n"+
					"Required: for %s, a name that no deleted vault holds.\n"+
					"Why: a deleted vault keeps its name until its retention has ended, and can only "+
					"be recovered where it was.\n"+
					"Remedy: create it where it was, which recovers it, or choose another name.\n\n%s",
				d.id, d.until.UTC().Format(time.RFC3339), id, diagnostic.NothingChanged))}
	}
	return lasting(d.purgeProtection, d.retentionDays,
		"the deleted vault "+id+" that would be recovered", plan)
}

// planned says that the vault will be recovered, or why it cannot be.
func (d deletedVault) planned(id string, plan model) diag.Diagnostics {
	found := d.obstacles(id, plan)
	if !found.HasError() {
		found.AddAttributeWarning(path.Root("name"), "Key Vault Will Be Recovered", fmt.Sprintf(
			"The vault %s was deleted and is still recoverable. Instead of a new one it will be "+
				"recovered, with its keys and access policies, and then brought in line with the "+
				"configuration.", id))
	}
	return found
}

// createOrRecover creates the vault, or brings the one of this name back that was deleted, and
// returns it as it is then.
func (r *Resource) createOrRecover(ctx context.Context, plan model) (model, diag.Diagnostics) {
	id := plan.ID.ValueString()
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return plan, diag.Diagnostics{diagnostic.FromError(diagnostic.Create, subject(id), err)}
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
					"and is brought in line with the configuration.", id))
			}
		}
	}
	if err != nil {
		diags.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
		return plan, diags
	}
	made := plan
	// Role assignments do not come back with a vault, so there is none that would count already.
	made.observe(vault, hasPolicy(vault, caller) &&
		!azure.Deref(vault.Properties.EnableRbacAuthorization))
	return made, diags
}

// recover brings the deleted vault back as it was.
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
