// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// The descriptions that the resource and the data source share.
const (
	retired   = "Microsoft retired Video Analyzer in the public cloud on 1 December 2022."
	endpoints = "The endpoints that clients of the account connect to."
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A Video Analyzer account. " + retired + " An update changes the account " +
			"in place, and only the attributes that changed: what another resource or tool has set on " +
			"the account stays.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the account, unique in all of Azure.",
				attribute.ValidName(naming.VideoAnalyzer())),
			"resource_group_name":           attribute.ResourceGroupName(),
			"location":                      attribute.Location(),
			"storage_account":               storageAttribute(),
			"identity":                      attribute.UserIdentity(),
			"public_network_access_enabled": media.PublicNetworkAccess(),
			"encryption": media.EncryptionAttribute("The ID of the account's user-assigned " +
				"identity that reads the key. A customer-managed key needs one."),
			"tags":               attribute.Tags(),
			"id":                 attribute.ID(),
			"endpoints":          endpointsAttribute(),
			"provisioning_state": media.ProvisioningState(),
		},
	}
}

func storageAttribute() schema.SingleNestedAttribute {
	identity := attribute.ReferenceID("The ID of the account's user-assigned identity that accesses "+
		"the storage account. It needs the roles Storage Blob Data Contributor and Reader there. "+
		"Left out, the account holds a copy of the storage keys, which must be synced after each "+
		"rotation: an `azuremedia_storage_key_rotation` does so with the API version "+
		"2021-05-01-preview, the only one that can.", azure.UserAssignedIdentityType)
	identity.Required, identity.Optional = false, true
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The storage account of the account, in the same subscription (rules " +
			"ACC002 and ACC005). Further storage accounts that something else attaches stay attached.",
		Required: true,
		Attributes: map[string]schema.Attribute{
			"id":                        attribute.ReferenceID("The ID of the storage account."),
			"user_assigned_identity_id": identity,
		},
	}
}

func endpointsAttribute() schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: endpoints,
		Computed:            true,
		PlanModifiers:       []planmodifier.List{listplanmodifier.UseStateForUnknown()},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				MarkdownDescription: "The purpose of the endpoint, such as `ClientApi`.",
				Computed:            true,
			},
			"url": schema.StringAttribute{
				MarkdownDescription: "The address of the endpoint.",
				Computed:            true,
			},
		}},
	}
}
