// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package attribute holds schema attributes, custom types, plan modifiers and validators that several
// nouns share, so that the same thing has the same name, text and behavior everywhere. It knows no noun
// and sends no requests.
package attribute

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

// ID returns the resource ID, which Azure assigns and which stays.
func ID() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "The resource ID.",
		CustomType:          ResourceIDType{},
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// Name returns a resource's name. Validators say which names the service accepts.
func Name(description string, validators ...validator.String) schema.StringAttribute {
	described := ReferenceName(description+" Changing it replaces the resource.", validators...)
	described.PlanModifiers = append(described.PlanModifiers, stringplanmodifier.RequiresReplace())
	return described
}

// ReferenceName returns the name of something else, which can change in place.
func ReferenceName(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          NameType{},
		Required:            true,
		Validators:          validators,
		PlanModifiers:       []planmodifier.String{keepSpelling[nameKind]{}},
	}
}

// ResourceGroupName returns the name of a resource's group.
func ResourceGroupName() schema.StringAttribute {
	return Name("The name of the resource group.",
		ValidName(naming.ResourceGroup()))
}

// Location returns a resource's region.
func Location() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "The Azure region, by name (`westus2`) or display name " +
			"(`West US 2`). Changing it replaces the resource.",
		CustomType: LocationType{},
		Required:   true,
		PlanModifiers: []planmodifier.String{
			keepSpelling[locationKind]{}, stringplanmodifier.RequiresReplace(),
		},
	}
}

// ReferenceID returns the ID of another resource, which is of one of the types if any are named.
func ReferenceID(description string, resourceTypes ...string) schema.StringAttribute {
	id := schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          ResourceIDType{},
		Required:            true,
		PlanModifiers:       []planmodifier.String{keepSpelling[resourceIDKind]{}},
	}
	if len(resourceTypes) > 0 {
		id.Validators = []validator.String{IDOf(resourceTypes...)}
	}
	return id
}

// KeyID returns the identifier of a Key Vault key.
func KeyID(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          KeyIDType{},
		Required:            true,
		Validators:          []validator.String{ValidKeyID()},
		PlanModifiers:       []planmodifier.String{keepSpelling[keyIDKind]{}},
	}
}

// Computed returns a text that the service sets once and does not change.
func Computed(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// Tags returns the tags that the configuration manages. The limits are Resource Manager's.
func Tags() schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: "Tags. Only the tags set here are managed: tags that others set, an " +
			"Azure Policy for instance, are left alone. A tag that is null is not set.",
		ElementType:   types.StringType,
		Optional:      true,
		PlanModifiers: []planmodifier.Map{sameTexts{}},
		Validators:    ValidTags(50, 512),
	}
}
