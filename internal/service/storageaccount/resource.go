// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package storageaccount is azuremedia_storage_account: the storage beneath a media account. Its
// access keys are rotated by azuremedia_storage_key_rotation and are not read here.
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
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
)

const typeName = "azuremedia_storage_account"

// subject is the account as diagnostics speak of it.
func subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Storage Account", Type: typeName, ID: id}
}

// allowed is how long each operation may take unless the configuration says otherwise.
func allowed() attribute.TimeoutDefaults {
	return attribute.TimeoutDefaults{
		Create: 60 * time.Minute,
		Read:   5 * time.Minute,
		Update: 60 * time.Minute,
		Delete: 60 * time.Minute,
	}
}

var (
	_ resource.ResourceWithConfigure      = (*Resource)(nil)
	_ resource.ResourceWithIdentity       = (*Resource)(nil)
	_ resource.ResourceWithImportState    = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(base.Noun{Type: typeName})} }

// Resource is azuremedia_storage_account.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ValidateConfig refuses what only general-purpose v2 accounts can have: queues and tables under the
// account's key (account-encryption-key-create.md).
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
			resp.Diagnostics.AddAttributeError(path.Root(name), "Account Key Not Available", fmt.Sprintf(
				"Found: Account, for a storage account of the kind %s.\nRequired: an account of the kind "+
					"StorageV2.\nWhy: Azure has queues and tables under the account's key in general-purpose "+
					"v2 accounts only.\nRemedy: leave the attribute out, or set account_kind to StorageV2."+
					"\n\n%s", kind, diagnostic.NothingChanged))
		}
	}
}

// ModifyPlan finds a name that is taken before anything is created (ACC003), says what a
// replacement costs (CMK015), and refuses a change that Azure makes by a conversion only.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || r.Client == nil {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() {
		var state model
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if resp.Diagnostics.HasError() {
			return
		}
		resp.Diagnostics.Append(consequences(state, plan)...)
		return
	}
	if !plan.Name.IsUnknown() {
		name := plan.Name.ValueString()
		resp.Diagnostics.Append(globalname.Check(ctx, r.Client, subject(name),
			mediaaccount.StorageAccountName(), azure.StorageAccountType,
			func(ctx context.Context) (mediaaccount.Availability, error) {
				return r.availability(ctx, name)
			})...)
	}
}

// consequences are what a person should know about a planned change.
func consequences(state, plan model) (found diag.Diagnostics) {
	if !plan.InfrastructureEncryption.IsUnknown() &&
		!plan.InfrastructureEncryption.Equal(state.InfrastructureEncryption) {
		found.Append(diagnostic.FromViolation(replacedForEncryption(state)))
	}
	if !plan.ReplicationType.IsUnknown() && !plan.replaces(state) &&
		plan.zoneRedundant() != state.zoneRedundant() {
		found.AddAttributeError(path.Root("account_replication_type"),
			"Storage Redundancy Needs Conversion", fmt.Sprintf(
				"Found: %s.\nRequired: a redundancy that %s can be updated to from %s.\n"+
					"Why: Azure copies an account to other zones, or back to one, only by a "+
					"conversion, which takes hours to days.\n"+
					"Remedy: convert it with `az storage account migration start --sku %s`, then "+
					"apply; or leave the attribute at %[3]s.\n\n%[5]s",
				plan.ReplicationType.ValueString(), state.ID.ValueString(),
				state.ReplicationType.ValueString(), *plan.sku().Name, diagnostic.NothingChanged))
	}
	return found
}

func replacedForEncryption(state model) rule.Violation {
	return rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK015),
		Severity:  rule.Warning,
		Attribute: "infrastructure_encryption_enabled",
		Found:     "a change of infrastructure encryption on " + state.ID.ValueString(),
		Required:  "the choice that was made when the account was created",
		Why: "Azure can only switch the second layer on at creation, so the account is planned " +
			"to be replaced, and everything stored in it is lost",
		Remedy: "Leave the attribute as it was, or copy the data to a new account first",
	}
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Create, allowed().Create, &resp.Diagnostics)
	defer cancel()
	parameters, diags := plan.created(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	id := azure.ID(r.Client.SubscriptionID(), plan.ResourceGroupName.ValueString(),
		azure.StorageAccountType, plan.Name.ValueString())
	_, err := r.get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	account, err := r.create(ctx, id, parameters)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
		return
	}
	plan.ID = attribute.NewResourceID(id)
	plan.observe(account)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Read, allowed().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	account, err := r.get(ctx, state.ID.ValueString())
	switch {
	case azure.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err))
		return
	}
	state.observe(account)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Update, allowed().Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	parameters, changed, diags := plan.changed(ctx, state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	if changed || !plan.Tags.Equal(state.Tags) {
		account, err := r.update(ctx, state, plan, parameters)
		if err != nil {
			resp.Diagnostics.Append(
				diagnostic.FromError(diagnostic.Update, subject(state.ID.ValueString()), err))
			return
		}
		plan.observe(account)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Delete, allowed().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	err := r.delete(ctx, state.ID.ValueString())
	if err != nil && !azure.IsNotFound(err) {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Delete, subject(state.ID.ValueString()), err))
	}
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	attribute.Import(ctx, azure.StorageAccountType, req, resp)
}
