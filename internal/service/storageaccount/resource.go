// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package storageaccount holds azuremedia_storage_account: a storage account without its access
// keys, which azuremedia_storage_key_rotation rotates.
package storageaccount

import (
	"context"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

var (
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:          "azuremedia_storage_account",
		Title:         "Storage Account",
		ResourceTypes: []string{azure.StorageAccountType},
		Schema:        resourceSchema,
		Timeouts: base.Timeouts{
			Create: time.Hour, Read: 5 * time.Minute,
			Update: time.Hour, Delete: time.Hour,
		},
	})}
}

// Resource is azuremedia_storage_account.
type Resource struct{ base.Resource }

// ValidateConfig refuses what only general-purpose v2 accounts support: queues and tables that the
// account's key encrypts (account-encryption-key-create.md).
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	kind := config.Kind.ValueString()
	if resp.Diagnostics.HasError() || kind == "" || kind == string(armstorage.KindStorageV2) {
		return
	}
	for name, chosen := range map[string]types.String{
		"queue_encryption_key_type": config.QueueKeyType, "table_encryption_key_type": config.TableKeyType,
	} {
		if underAccountKey(chosen) {
			resp.Diagnostics.Append(diagnostic.Refuse(path.Root(name), diagnostic.Refusal{
				Title:    "Account Key Not Available",
				Found:    "Account, for a storage account of the kind " + kind,
				Required: "an account of the kind StorageV2",
				Why: "Azure encrypts queues and tables with the account's key in general-purpose v2 " +
					"accounts only",
				Remedy: "Remove the attribute, or set account_kind to StorageV2",
			}))
		}
	}
}

// ModifyPlan refuses a name that is taken (ACC003), warns of what a replacement deletes (CMK015) and of
// what the plan takes away from accounts (ACC006, ACC007), and refuses a change that needs a conversion.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	if r.Client == nil {
		return
	}
	var state, plan model
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() {
		r.Managed(state.Identifier())
	}
	switch id := state.Identifier(); {
	case req.State.Raw.IsNull():
		r.checkName(ctx, plan, resp)
	case req.Plan.Raw.IsNull():
		protection.IntentsOf(r.Client).Destroys(id)
		resp.Diagnostics.Append(r.warn(ctx, id, mediaaccount.ACC006, anyDependent,
			mediaaccount.DestroyingStorage)...)
	default:
		r.intend(state, plan)
		resp.Diagnostics.Append(r.stillRead(ctx, state, plan, req.Private)...)
		resp.Diagnostics.Append(consequences(state, plan)...)
		if plan.replaces(state) {
			resp.Diagnostics.Append(r.warn(ctx, id, mediaaccount.ACC006, anyDependent,
				mediaaccount.ReplacingStorage)...)
		} else if plan.switchesKeysOff(state) {
			resp.Diagnostics.Append(r.warn(ctx, id, mediaaccount.ACC007, usesKeys,
				mediaaccount.PlanningWithoutKeys)...)
		}
	}
}

// checkName refuses a name that somebody else has.
func (r *Resource) checkName(ctx context.Context, plan model, resp *resource.ModifyPlanResponse) {
	if !plan.Name.IsUnknown() {
		name := plan.Name.ValueString()
		own, err := naming.StorageAccount().CheckFree(ctx, r.Client, azure.StorageAccountType, name,
			func(ctx context.Context) (naming.Availability, error) {
				return r.availability(ctx, name)
			})
		if err != nil {
			resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, r.Subject(name), err))
		}
		if own != "" && azure.SameID(own, plan.At(r.Client.SubscriptionID(), azure.StorageAccountType)) {
			resp.Diagnostics.Append(r.RefuseExisting(own)...)
		}
	}
}

// intend notes what a planned change means for the account's customer-managed key.
func (r *Resource) intend(state, plan model) {
	intents := protection.IntentsOf(r.Client)
	switch {
	case plan.replaces(state):
		intents.Destroys(state.Identifier())
	case !plan.Identity.IsNull() && !plan.Identity.Equal(state.Identity):
		planned := customerkey.Target{ID: state.Identifier()}
		planned.SystemAssigned, planned.UserAssigned = attribute.PlannedIdentities(plan.Identity)
		intents.Identifies(planned)
	}
}

// stillRead warns of a plan that takes an identity away which an earlier apply had to keep (CMK008).
func (r *Resource) stillRead(ctx context.Context, state, plan model, private base.PrivateState) diag.Diagnostics {
	kept, diags := base.KeptIdentities(ctx, private)
	if !kept || plan.Identity.IsNull() || plan.replaces(state) {
		return diags
	}
	report, err := protection.Leaving(ctx, r.Client, state.Identifier())
	if err != nil {
		diags.Append(diagnostic.FromError(diagnostic.Read, r.Subject(state.Identifier()), err))
		return diags
	}
	for i := range report.Violations {
		report.Violations[i].Attribute = "identity"
	}
	diags.Append(diagnostic.FromReport(report)...)
	return diags
}

// consequences returns what a person should know about a planned change.
func consequences(state, plan model) (found diag.Diagnostics) {
	if !plan.InfrastructureEncryption.IsUnknown() &&
		!plan.InfrastructureEncryption.Equal(state.InfrastructureEncryption) {
		found.Append(diagnostic.FromViolation(replacedForEncryption(state)))
	}
	if !plan.ReplicationType.IsUnknown() && !plan.replaces(state) &&
		plan.zoneRedundant() != state.zoneRedundant() {
		current := state.ReplicationType.ValueString()
		found.Append(diagnostic.Refuse(path.Root("account_replication_type"), diagnostic.Refusal{
			Title: "Storage Redundancy Needs Conversion",
			Found: plan.ReplicationType.ValueString(),
			Required: fmt.Sprintf("a redundancy that %s can be updated to from %s",
				state.Identifier(), current),
			Why: "Azure copies an account to other zones, or back to one, only by a conversion, which " +
				"takes hours to days",
			Remedy: fmt.Sprintf("Convert it with `az storage account migration start --sku %s`, then "+
				"apply; or leave the attribute at %s", *plan.sku().Name, current),
		}))
	}
	return found
}

// replacedForEncryption warns that a change of infrastructure encryption replaces the account.
func replacedForEncryption(state model) rule.Violation {
	return rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK015),
		Severity:  rule.Warning,
		Attribute: "infrastructure_encryption_enabled",
		Found:     "a change of infrastructure encryption on " + state.Identifier(),
		Required:  "the choice made when the account was created",
		Why: "Azure can switch the second layer on only at creation, so this plan replaces the " +
			"account and deletes everything stored in it",
		Remedy: "Leave the attribute as it was, or copy the data to a new account first",
	}
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	base.Create(ctx, &r.Resource, req, resp, base.Creation[armstorage.Account, *model]{
		At: func(plan *model) string {
			return plan.At(r.Client.SubscriptionID(), azure.StorageAccountType)
		},
		Get: r.get, Create: r.create,
		Works: works, Observe: (*model).observe,
	})
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Read(ctx, &r.Resource, req, resp, r.get, (*model).observe)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	base.Update(ctx, &r.Resource, req, resp, func(ctx context.Context, state, plan *model) error {
		keeps, err := r.update(ctx, state, plan)
		resp.Diagnostics.Append(base.KeepIdentities(ctx, resp.Private, keeps)...)
		return err
	})
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &r.Resource, req, resp, r.delete)
}
