// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package attribute holds the attributes that several resources spell the same way, so that the
// same thing has the same name, the same text in the documentation, and the same behaviour
// everywhere.
package attribute

import (
	"context"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
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
	return schema.StringAttribute{
		MarkdownDescription: description + " Changing it replaces the resource.",
		CustomType:          NameType{},
		Required:            true,
		Validators:          validators,
		PlanModifiers: []planmodifier.String{
			keepSpelling[nameKind]{}, stringplanmodifier.RequiresReplace(),
		},
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

// ReferenceID returns the ID of another resource.
func ReferenceID(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          ResourceIDType{},
		Required:            true,
		PlanModifiers:       []planmodifier.String{keepSpelling[resourceIDKind]{}},
	}
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
			"Azure Policy for instance, are left alone.",
		ElementType: types.StringType,
		Optional:    true,
		Validators: []validator.Map{
			mapvalidator.SizeAtMost(50),
			mapvalidator.KeysAre(stringvalidator.LengthBetween(1, 512)),
			mapvalidator.ValueStringsAre(stringvalidator.LengthAtMost(256)),
		},
	}
}

// Timeouts limit how long each operation may take.
func Timeouts(ctx context.Context, defaults TimeoutDefaults) schema.Attribute {
	return timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "How long creating may take, such as `30m` (default `" + short(defaults.Create) + "`).",
		ReadDescription:   "How long reading may take (default `" + short(defaults.Read) + "`).",
		UpdateDescription: "How long updating may take (default `" + short(defaults.Update) + "`).",
		DeleteDescription: "How long deleting may take (default `" + short(defaults.Delete) + "`).",
	})
}

// TimeoutDefaults are how long each operation of a resource may take where the configuration does
// not say.
type TimeoutDefaults struct{ Create, Read, Update, Delete time.Duration }

// Deadline returns a context that ends when the operation has to. The operation's own method of
// the timeouts value is passed as a function: attribute.Deadline(ctx, plan.Timeouts.Create, …).
func Deadline(ctx context.Context,
	configured func(context.Context, time.Duration) (time.Duration, diag.Diagnostics),
	otherwise time.Duration, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	limit, problems := configured(ctx, otherwise)
	diags.Append(problems...)
	return context.WithTimeout(ctx, limit)
}

// Backoff returns the backoff that the operation's timeout allows for. Deadline has reported what is
// wrong with the configured one.
func Backoff(ctx context.Context, client *azure.Client,
	configured func(context.Context, time.Duration) (time.Duration, diag.Diagnostics),
	otherwise time.Duration,
) *azure.Backoff {
	limit, _ := configured(ctx, otherwise)
	return azure.NewBackoff(client, limit)
}

// short is a duration as people write it: 30m rather than 30m0s.
func short(d time.Duration) string {
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Minutes())) + "m"
}
