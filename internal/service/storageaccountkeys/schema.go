// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccountkeys

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// The names of the keys.
const (
	key1 = "key1"
	key2 = "key2"
)

type model struct {
	StorageAccountID     attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	SAS                  *sasModel                 `tfsdk:"sas"`
	Key1                 types.String              `tfsdk:"key1"`
	Key2                 types.String              `tfsdk:"key2"`
	Key1ConnectionString types.String              `tfsdk:"key1_connection_string"`
	Key2ConnectionString types.String              `tfsdk:"key2_connection_string"`
	Key1CreatedAt        timetypes.RFC3339         `tfsdk:"key1_created_at"`
	Key2CreatedAt        timetypes.RFC3339         `tfsdk:"key2_created_at"`
	SASToken             types.String              `tfsdk:"sas_token"`
	SASExpiresAt         timetypes.RFC3339         `tfsdk:"sas_expires_at"`
}

type sasModel struct {
	Key           types.String `tfsdk:"key"`
	Services      types.Set    `tfsdk:"services"`
	ResourceTypes types.Set    `tfsdk:"resource_types"`
	Permissions   types.Set    `tfsdk:"permissions"`
	ValidFor      types.String `tfsdk:"valid_for"`
}

func ephemeralSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The access keys of a storage account, and a shared access signature (SAS) if asked for. " +
			"Terraform writes an ephemeral value into no state and no plan: hand it to a write-only argument or to " +
			"another provider's block. Each plan and each apply reads the keys as they are then.",
		Attributes: map[string]schema.Attribute{
			"storage_account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the storage account, which must take access keys.",
				CustomType:          attribute.ResourceIDType{},
				Required:            true,
				Validators:          []validator.String{attribute.IDOf(azure.StorageAccountType)},
			},
			"sas":                    sas(),
			"key1":                   secret("The first key."),
			"key2":                   secret("The second key."),
			"key1_connection_string": secret("The connection string with the first key."),
			"key2_connection_string": secret("The connection string with the second key."),
			"key1_created_at":        timestamp("When the first key was made; null where Azure does not show it."),
			"key2_created_at":        timestamp("When the second key was made; null where Azure does not show it."),
			"sas_token": secret("The shared access signature as the query of a URL, without the question mark; null " +
				"without `sas`."),
			"sas_expires_at": timestamp("When the signature expires, by Azure's clock."),
		},
	}
}

func sas() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The account SAS to sign, for HTTPS alone. It ends with its time, or when its key is " +
			"regenerated.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"key": schema.StringAttribute{
				MarkdownDescription: "The key to sign with, `key1` or `key2`. Default: `key1`.",
				Optional:            true,
				Validators:          []validator.String{attribute.OneOf(key1, key2)},
			},
			"services": choices("The services to access", services().names()),
			"resource_types": choices("The levels of the API to access, which are the service itself, its containers "+
				"and the objects in them", resourceTypes().names()),
			"permissions": choices("What the signature permits", permissions().names()),
			"valid_for": schema.StringAttribute{
				MarkdownDescription: "How long the signature is valid: an ISO 8601 duration of days, hours and minutes, " +
					"such as `PT1H`.",
				Required:   true,
				Validators: []validator.String{attribute.ValidDuration()},
			},
		},
	}
}

func choices(description string, names []string) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: description + ": `" + strings.Join(names, "`, `") + "`.",
		ElementType:         types.StringType,
		Required:            true,
		Validators: []validator.Set{
			attribute.NotEmpty(), setvalidator.ValueStringsAre(attribute.OneOf(names...)),
		},
	}
}

func secret(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true, Sensitive: true}
}

func timestamp(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, CustomType: timetypes.RFC3339Type{}, Computed: true}
}
