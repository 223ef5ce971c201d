// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package userassignedidentity holds azuremedia_user_assigned_identity: a managed identity that
// exists apart from the accounts that use it, so that it can be granted access to a key first.
package userassignedidentity

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

var _ resource.ResourceWithModifyPlan = (*Resource)(nil)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:          "azuremedia_user_assigned_identity",
		Title:         "User-Assigned Identity",
		ResourceTypes: []string{azure.UserAssignedIdentityType},
		Schema:        resourceSchema,
		Timeouts: base.Timeouts{
			Create: 10 * time.Minute, Read: 5 * time.Minute,
			Update: 10 * time.Minute, Delete: 10 * time.Minute,
		},
	})}
}

// Resource is azuremedia_user_assigned_identity.
type Resource struct{ base.Resource }

// ModifyPlan warns of a plan that takes the identity away from accounts that read their key by it
// (CMK017).
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	base.PlanCreation(ctx, &r.Resource, req, resp, r.at, r.get)
	if r.Client == nil || req.State.Raw.IsNull() {
		return
	}
	var plan, state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	replaces := !req.Plan.Raw.IsNull()
	if replaces {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
		if !plan.Replaces(state.Tracked) {
			return
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if violation, found := removal(state.Identifier()).Warning(ctx, r.Client, replaces); found {
		resp.Diagnostics.Append(diagnostic.FromViolation(violation))
	}
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	base.Create(ctx, &r.Resource, req, resp, base.Creation[armmsi.Identity, *model]{
		At:  r.at,
		Get: r.get, Create: r.create, Observe: (*model).observe,
	})
}

// at returns the ID of a planned identity, or "" as long as it is not known.
func (r *Resource) at(plan *model) string {
	if plan.Name.IsUnknown() || plan.ResourceGroupName.IsUnknown() {
		return ""
	}
	return plan.At(r.Client.SubscriptionID(), azure.UserAssignedIdentityType)
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Read(ctx, &r.Resource, req, resp, r.get, (*model).observe)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	base.Update(ctx, &r.Resource, req, resp, r.update)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &r.Resource, req, resp, r.delete)
}
