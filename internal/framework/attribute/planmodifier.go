// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// keepSpelling plans no change where the configuration only spells differently what is there.
// Terraform allows a provider to plan the prior value of a configured attribute for this reason.
// It comes before a modifier that requires replacement: no resource is replaced over its spelling.
type keepSpelling[K Kind] struct{}

func (keepSpelling[K]) Description(context.Context) string {
	return "Another spelling of the same value is not a change."
}

func (m keepSpelling[K]) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

func (keepSpelling[K]) PlanModifyString(_ context.Context, req planmodifier.StringRequest,
	resp *planmodifier.StringResponse,
) {
	state, plan := StringValue[K]{req.StateValue}, StringValue[K]{req.PlanValue}
	if plan.Same(state) {
		resp.PlanValue = req.StateValue
	}
}

// PlanModifySet keeps a set whose elements are all in the prior set, however they are spelt.
func (keepSpelling[K]) PlanModifySet(_ context.Context, req planmodifier.SetRequest,
	resp *planmodifier.SetResponse,
) {
	if !isKnown(req.StateValue) || !isKnown(req.PlanValue) {
		return
	}
	state, plan := req.StateValue.Elements(), req.PlanValue.Elements()
	if len(state) != len(plan) {
		return
	}
	for _, wanted := range plan {
		if !contains[K](state, wanted) {
			return
		}
	}
	resp.PlanValue = req.StateValue
}

// KeepIDSpelling plans no change where a set of resource IDs is only spelt differently.
func KeepIDSpelling() planmodifier.Set { return keepSpelling[resourceIDKind]{} }

func contains[K Kind](elements []attr.Value, wanted attr.Value) bool {
	want, ok := wanted.(StringValue[K])
	if !ok {
		return false
	}
	for _, element := range elements {
		if have, ok := element.(StringValue[K]); ok && have.Same(want) {
			return true
		}
	}
	return false
}

// sameTexts plans no change where maps differ only in elements that are null, which are not set.
type sameTexts struct{}

func (sameTexts) Description(context.Context) string { return "An element that is null is not set." }

func (m sameTexts) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameTexts) PlanModifyMap(_ context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	if !req.StateValue.IsNull() && !req.PlanValue.IsNull() && !hasUnknown(req.PlanValue) &&
		maps.Equal(texts(req.StateValue), texts(req.PlanValue)) {
		resp.PlanValue = req.StateValue
	}
}

// principalOfSystemIdentity plans what is known about the system-assigned identity's IDs: they
// stay as long as the identity does, and there are none without it.
type principalOfSystemIdentity struct{}

func (principalOfSystemIdentity) Description(context.Context) string {
	return "Known as long as the system-assigned identity stays switched on, or off."
}

func (m principalOfSystemIdentity) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

func (principalOfSystemIdentity) PlanModifyString(ctx context.Context,
	req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	kind := req.Path.ParentPath().AtName("type")
	var before, after basetypes.StringValue
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, kind, &after)...)
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, kind, &before)...)
	switch {
	case resp.Diagnostics.HasError(), after.IsUnknown():
	case !hasSystemAssigned(after.ValueString()):
		resp.PlanValue = basetypes.NewStringNull()
	case hasSystemAssigned(before.ValueString()) && isKnown(req.StateValue):
		resp.PlanValue = req.StateValue
	}
}
