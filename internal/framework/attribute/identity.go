// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The types of managed identity, as azurerm spells them.
const (
	SystemAssigned     = "SystemAssigned"
	UserAssigned       = "UserAssigned"
	SystemUserAssigned = "SystemAssigned, UserAssigned"
)

// identityIDsName is the attribute of the user-assigned identities. A null there stands for an identity that a module
// was not given.
const identityIDsName = "identity_ids"

// Identity returns the managed identity of a resource.
func Identity() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The managed identities of the resource. If omitted, they are not " +
			"managed here.",
		Optional: true,
		Validators: []validator.Object{
			identityIsComplete{remedy: "Set identity_ids, or use the type SystemAssigned"},
		},
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				MarkdownDescription: "`SystemAssigned`, `UserAssigned` or " +
					"`SystemAssigned, UserAssigned`.",
				Required: true,
				Validators: []validator.String{
					OneOf(SystemAssigned, UserAssigned, SystemUserAssigned),
				},
			},
			identityIDsName: schema.SetAttribute{
				MarkdownDescription: "The IDs of the user-assigned identities. An empty set means none.",
				ElementType:         ResourceIDType{},
				Optional:            true,
				Validators: []validator.Set{
					setvalidator.ValueStringsAre(validElement[resourceIDKind]{}, IDOf(azure.UserAssignedIdentityType)),
				},
				PlanModifiers: []planmodifier.Set{keepSpelling[resourceIDKind]{}},
			},
			"principal_id": schema.StringAttribute{
				MarkdownDescription: "The object ID of the system-assigned identity, which grants " +
					"refer to.",
				Computed:      true,
				PlanModifiers: []planmodifier.String{principalOfSystemIdentity{}},
			},
			"tenant_id": schema.StringAttribute{
				MarkdownDescription: "The tenant of the system-assigned identity.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{principalOfSystemIdentity{}},
			},
		},
	}
}

// IdentityModel is the identity attribute.
type IdentityModel struct {
	Type        types.String `tfsdk:"type"`
	IdentityIDs types.Set    `tfsdk:"identity_ids"`
	PrincipalID types.String `tfsdk:"principal_id"`
	TenantID    types.String `tfsdk:"tenant_id"`
}

// IdentityTypes returns the types of the identity attribute's parts.
func IdentityTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"type":          types.StringType,
		identityIDsName: types.SetType{ElemType: ResourceIDType{}},
		"principal_id":  types.StringType,
		"tenant_id":     types.StringType,
	}
}

// ManagedIdentity is a managed identity between an identity attribute and the wire.
type ManagedIdentity struct {
	SystemAssigned  bool
	UserAssignedIDs []string // Sorted.
	PrincipalID     string
	TenantID        string
}

// NewManagedIdentity returns the identity from the type and the IDs that Resource Manager sends.
func NewManagedIdentity(wireType string, userAssignedIDs []string, principalID, tenantID string,
) ManagedIdentity {
	sort.Strings(userAssignedIDs)
	return ManagedIdentity{
		SystemAssigned:  hasSystemAssigned(wireType),
		UserAssignedIDs: userAssignedIDs,
		PrincipalID:     principalID,
		TenantID:        tenantID,
	}
}

// WireType returns the type as Resource Manager spells it.
func (m ManagedIdentity) WireType() string {
	switch {
	case m.SystemAssigned && len(m.UserAssignedIDs) > 0:
		return "SystemAssigned,UserAssigned"
	case m.SystemAssigned:
		return SystemAssigned
	case len(m.UserAssignedIDs) > 0:
		return UserAssigned
	default:
		return "None"
	}
}

// Keeping returns the identity with others that are kept; "" stands for the system-assigned one.
func (m ManagedIdentity) Keeping(ids ...string) ManagedIdentity {
	for _, id := range ids {
		if id == "" {
			m.SystemAssigned = true
		} else {
			m.UserAssignedIDs = append(m.UserAssignedIDs, id)
		}
	}
	return m
}

// ExpandIdentity reads the attribute. A null attribute is no identity.
func ExpandIdentity(ctx context.Context, object types.Object) (ManagedIdentity, diag.Diagnostics) {
	if !isKnown(object) {
		return ManagedIdentity{}, nil
	}
	var model IdentityModel
	diags := object.As(ctx, &model, basetypes.ObjectAsOptions{})
	identity := ManagedIdentity{
		SystemAssigned: hasSystemAssigned(model.Type.ValueString()),
		PrincipalID:    model.PrincipalID.ValueString(),
		TenantID:       model.TenantID.ValueString(),
	}
	identity.UserAssignedIDs = IdentityIDs(object)
	sort.Strings(identity.UserAssignedIDs)
	return identity, diags
}

// IdentityChanges reports whether a plan gives a resource another identity than the state has, as far as
// is known. How the sets of IDs are written does not matter.
func IdentityChanges(plan, state types.Object) bool {
	wanted, more := identityIDs(plan)
	after, _ := plan.Attributes()["type"].(types.String)
	before, _ := state.Attributes()["type"].(types.String)
	return more || !sameIDs(wanted, IdentityIDs(state)) || !after.Equal(before)
}

// IdentityLeaves reports whether a plan takes an identity away from a resource that the state has.
func IdentityLeaves(plan, state types.Object) bool {
	after, _ := plan.Attributes()["type"].(types.String)
	before, _ := state.Attributes()["type"].(types.String)
	wanted := IdentityIDs(plan)
	return hasSystemAssigned(before.ValueString()) && !hasSystemAssigned(after.ValueString()) ||
		slices.ContainsFunc(IdentityIDs(state), func(id string) bool { return !azure.ContainsID(wanted, id) })
}

func sameIDs(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id string) bool { return !azure.ContainsID(b, id) })
}

// FlattenIdentity returns the attribute. No identity is null. The prior attribute's set of IDs stays if
// it means the same: Azure does not tell an empty set from none.
func FlattenIdentity(identity ManagedIdentity, prior types.Object) types.Object {
	kind := identity.WireType()
	if kind == "None" {
		return types.ObjectNull(IdentityTypes())
	}
	ids := types.SetNull(ResourceIDType{})
	if len(identity.UserAssignedIDs) > 0 {
		var elements []attr.Value
		for _, id := range identity.UserAssignedIDs {
			elements = append(elements, NewResourceID(id))
		}
		ids = types.SetValueMust(ResourceIDType{}, elements)
	}
	if set, ok := prior.Attributes()[identityIDsName].(types.Set); ok {
		if before, more := identityIDs(prior); !more && sameIDs(before, identity.UserAssignedIDs) {
			ids = set
		}
	}
	values := map[string]attr.Value{
		"type":          types.StringValue(strings.ReplaceAll(kind, ",", ", ")),
		identityIDsName: ids,
		"principal_id":  types.StringNull(),
		"tenant_id":     types.StringNull(),
	}
	if identity.SystemAssigned {
		values["principal_id"] = types.StringValue(identity.PrincipalID)
		values["tenant_id"] = types.StringValue(identity.TenantID)
	}
	return types.ObjectValueMust(IdentityTypes(), values)
}

// IdentityIDs returns the known IDs of the user-assigned identities in an identity attribute. An element
// that is null is none.
func IdentityIDs(object types.Object) []string {
	ids, _ := identityIDs(object)
	return ids
}

// identityIDs returns the known IDs in an identity attribute, and whether others are unknown.
func identityIDs(object types.Object) (ids []string, more bool) {
	set, _ := object.Attributes()[identityIDsName].(types.Set)
	more = object.IsUnknown() || set.IsUnknown()
	for _, element := range set.Elements() {
		if id, ok := element.(ResourceIDValue); ok && isKnown(id) {
			ids = append(ids, id.ValueString())
		}
		more = more || element.IsUnknown()
	}
	return ids, more
}

// Identities returns the identities in an identity attribute whose parts are known.
func Identities(object types.Object) (system bool, userAssignedIDs []string) {
	kind, _ := object.Attributes()["type"].(types.String)
	return hasSystemAssigned(kind.ValueString()), IdentityIDs(object)
}

// PlannedIdentities returns the identities in an identity attribute, as far as they are known.
func PlannedIdentities(object types.Object) (system rule.Fact[bool], user rule.Fact[[]string]) {
	kind, ok := object.Attributes()["type"].(types.String)
	if ok && !kind.IsUnknown() {
		system = rule.Known(hasSystemAssigned(kind.ValueString()))
	}
	if ids, more := identityIDs(object); !more {
		user = rule.Known(ids)
	}
	return system, user
}

func hasSystemAssigned(kind string) bool { return strings.Contains(kind, SystemAssigned) }
func hasUserAssigned(kind string) bool   { return strings.Contains(kind, UserAssigned) }

// identityIsComplete requires identity IDs for a user-assigned identity, and none otherwise.
type identityIsComplete struct {
	remedy string // What to do about missing IDs.
}

func (identityIsComplete) Description(context.Context) string {
	return "identity_ids goes with a type that has UserAssigned"
}

func (v identityIsComplete) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (v identityIsComplete) ValidateObject(_ context.Context, req validator.ObjectRequest,
	resp *validator.ObjectResponse,
) {
	if !isKnown(req.ConfigValue) {
		return
	}
	kind, _ := req.ConfigValue.Attributes()["type"].(types.String)
	ids, more := identityIDs(req.ConfigValue)
	if kind.IsUnknown() {
		return
	}
	at := req.Path.AtName("identity_ids")
	switch {
	case hasUserAssigned(kind.ValueString()) && len(ids) == 0 && !more:
		resp.Diagnostics.Append(diagnostic.Refuse(at, diagnostic.Refusal{
			Title:    "Missing Identity IDs",
			Found:    "no identity_ids",
			Required: "the IDs of the user-assigned identities, for the type " + kind.ValueString(),
			Remedy:   v.remedy,
		}))
	case !hasUserAssigned(kind.ValueString()) && len(ids) > 0:
		resp.Diagnostics.Append(diagnostic.Refuse(at, diagnostic.Refusal{
			Title:    "Unexpected Identity IDs",
			Found:    "identity_ids with the type " + kind.ValueString(),
			Required: "none: this type has no user-assigned identities",
			Remedy:   "Remove identity_ids, or use the type SystemAssigned, UserAssigned",
		}))
	}
}
