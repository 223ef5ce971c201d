// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// UserIdentity returns the managed identity of a resource that needs one and supports user-assigned ones
// only.
func UserIdentity() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The user-assigned identities of the resource.",
		Required:            true,
		Validators: []validator.Object{
			identityIsComplete{remedy: "List a user-assigned identity: the resource cannot do without one"},
		},
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				MarkdownDescription: "`UserAssigned`.",
				Required:            true,
				Validators:          []validator.String{OneOf(UserAssigned)},
			},
			identityIDsName: schema.SetAttribute{
				MarkdownDescription: "The IDs of the user-assigned identities.",
				ElementType:         ResourceIDType{},
				Required:            true,
				Validators: []validator.Set{
					setvalidator.ValueStringsAre(validElement[resourceIDKind]{}, IDOf(azure.UserAssignedIdentityType)),
				},
				PlanModifiers: []planmodifier.Set{keepSpelling[resourceIDKind]{}},
			},
		},
	}
}

// UserIdentityTypes returns the types of the attribute's parts.
func UserIdentityTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"type":          types.StringType,
		identityIDsName: types.SetType{ElemType: ResourceIDType{}},
	}
}

// FlattenUserIdentity writes the attribute. No user-assigned identity at all is null.
func FlattenUserIdentity(identity ManagedIdentity, prior types.Object) types.Object {
	parts := FlattenIdentity(identity, prior).Attributes()
	if len(identity.UserAssignedIDs) == 0 {
		return types.ObjectNull(UserIdentityTypes())
	}
	return types.ObjectValueMust(UserIdentityTypes(), map[string]attr.Value{
		"type": parts["type"], identityIDsName: parts[identityIDsName],
	})
}
