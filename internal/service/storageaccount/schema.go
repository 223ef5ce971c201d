// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount

import (
	"context"
	"math"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A storage account with safe defaults: TLS 1.2, HTTPS only, no public " +
			"blobs. Terraform never stores its access keys in the state. A storage account that an account has " +
			"attached is neither deleted nor replaced (rule ACC006).",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the storage account, unique in all of Azure.",
				attribute.ValidName(naming.StorageAccount())),
			"resource_group_name": attribute.ResourceGroupName(),
			"location":            attribute.Location(),
			"account_kind":        kind(),
			"account_tier": fixed("The performance tier. Media accounts need `Standard`. "+
				"Changing it replaces the account and deletes everything stored in it.",
				"Standard", "Standard", "Premium"),
			"account_replication_type": choice("How the account is replicated.", "LRS",
				"LRS", "GRS", "RAGRS", "ZRS", "GZRS", "RAGZRS"),
			"min_tls_version": choice("The oldest version of TLS that the account accepts.",
				"TLS1_2", "TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
			"https_traffic_only_enabled": toggle("Whether the account accepts HTTPS only.", true),
			"allow_nested_items_to_be_public": toggle(
				"Whether containers can be made public.", false),
			"shared_access_key_enabled": toggle("Whether clients can use the access keys. A media "+
				"account with storage authentication `System` needs them: they are not switched off while an "+
				"account uses them (rule ACC007).", true),
			"public_network_access_enabled": toggle(
				"Whether the account is reachable from the internet.", true),
			"infrastructure_encryption_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether Azure encrypts everything a second time, with another " +
					"key. It can only be chosen at creation (rule CMK015): changing it replaces the " +
					"account and deletes everything stored in it.",
				Optional:      true,
				Computed:      true,
				Default:       booldefault.StaticBool(false),
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.RequiresReplace()},
			},
			"queue_encryption_key_type": scope("queues"),
			"table_encryption_key_type": scope("tables"),
			"key_expiration_period_in_days": schema.Int64Attribute{
				CustomType: attribute.WholeNumberType{},
				MarkdownDescription: "After how many days Azure shows an access key as expired (the " +
					"account's key policy). It is information for people and Azure Policy: an expired " +
					"key is not rotated and keeps working. `0` removes the policy; if omitted, it is " +
					"not managed here.",
				Optional:   true,
				Validators: []validator.Int64{attribute.Between(0, math.MaxInt32)},
			},
			"identity": attribute.Identity(),
			"tags":     attribute.Tags(),
			"id":       attribute.ID(),
			"primary_blob_endpoint": attribute.Computed(
				"The address of the account's blobs."),
		},
	}
}

// choice returns an attribute with several values and a default, which can be changed in place.
func choice(description, otherwise string, values ...string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description + " Default: `" + otherwise + "`.",
		Optional:            true,
		Computed:            true,
		Default:             stringdefault.StaticString(otherwise),
		Validators:          []validator.String{attribute.OneOf(values...)},
	}
}

// fixed returns a choice that is made at creation.
func fixed(description, otherwise string, values ...string) schema.StringAttribute {
	made := choice(description, otherwise, values...)
	made.PlanModifiers = []planmodifier.String{stringplanmodifier.RequiresReplace()}
	return made
}

// kind returns the attribute for the kind of the account.
func kind() schema.StringAttribute {
	kind := choice("The kind of the account. Azure upgrades `Storage` (general-purpose v1) and `BlobStorage` "+
		"to `StorageV2` in place: data, access keys and the accounts that use them stay, and the access tier "+
		"is `Hot` where the account had none. There is no way back. Every other change replaces the account "+
		"and deletes everything stored in it.", "StorageV2",
		"StorageV2", "Storage", "BlobStorage", "BlockBlobStorage", "FileStorage")
	const description = "Replaces the account, unless Azure upgrades its kind in place."
	kind.PlanModifiers = []planmodifier.String{stringplanmodifier.RequiresReplaceIf(
		func(_ context.Context, req planmodifier.StringRequest,
			resp *stringplanmodifier.RequiresReplaceIfFuncResponse,
		) {
			resp.RequiresReplace = !upgrades(req.StateValue, req.PlanValue)
		}, description, description)}
	return kind
}

// scope returns the attribute that says whose key encrypts a service.
func scope(service string) schema.StringAttribute {
	return fixed("Whose key encrypts "+service+": that of the `Service`, or that of the `Account`, which "+
		"encrypts blobs and files too, so that a customer-managed key protects all of them. It can only "+
		"be chosen at creation, for the kind `StorageV2`: changing it replaces the account and deletes "+
		"everything stored in it.", string(armstorage.KeyTypeService),
		string(armstorage.KeyTypeService), string(armstorage.KeyTypeAccount))
}

func toggle(description string, otherwise bool) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + " Default: `" + strconv.FormatBool(otherwise) + "`.",
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(otherwise),
	}
}
