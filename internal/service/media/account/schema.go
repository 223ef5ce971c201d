// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// The descriptions that the resource and the data sources share.
const (
	retired            = "Microsoft retired Media Services in the public cloud on 30 June 2024."
	mediaServiceID     = "The GUID that the service itself gave the account."
	minimumTLSVersion  = "The oldest version of TLS that the account accepts."
	keyDeliveryClients = "The addresses that may request content keys from the account."
	allowedClients     = "The addresses and address blocks that may send requests."
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A Media Services account. " + retired + " An update changes the account " +
			"in place, and only the attributes that changed: what another resource or tool has set on " +
			"the account stays.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the account, unique in all of Azure.",
				attribute.ValidName(naming.MediaServices())),
			"resource_group_name":           attribute.ResourceGroupName(),
			"location":                      attribute.Location(),
			"storage_accounts":              storageAccounts(),
			"identity":                      attribute.Identity(),
			"storage_authentication_type":   storageAuthentication(),
			"public_network_access_enabled": media.PublicNetworkAccess(),
			"minimum_tls_version": choice(minimumTLSVersion,
				armmedia.TLS12, armmedia.TLS10, armmedia.TLS11, armmedia.TLS12, armmedia.TLS13),
			"key_delivery_access_control": keyDelivery(),
			"encryption": media.EncryptionAttribute("The ID of the account's user-assigned " +
				"identity that reads the key. Left out, the system-assigned identity does, which can " +
				"get access only once the account exists."),
			"tags":               attribute.Tags(),
			"id":                 attribute.ID(),
			"media_service_id":   attribute.Computed(mediaServiceID),
			"provisioning_state": media.ProvisioningState(),
		},
	}
}

func storageAccounts() schema.SetNestedAttribute {
	return schema.SetNestedAttribute{
		MarkdownDescription: "All storage accounts of the account, in any order: exactly one primary " +
			"storage account, which cannot be changed, and any number of secondary ones (rules " +
			"ACC001, ACC002 and ACC005). A storage account that something else attaches shows as a " +
			"difference, and only applying that difference detaches it.",
		Required: true,
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"id": schema.StringAttribute{
					MarkdownDescription: "The ID of the storage account. Every element needs it.",
					CustomType:          attribute.ResourceIDType{},
					Optional:            true,
				},
				"is_primary": schema.BoolAttribute{
					MarkdownDescription: "Whether this is the primary storage account. Left out, it is " +
						"a secondary one.",
					Optional: true,
				},
				"user_assigned_identity_id": schema.StringAttribute{
					MarkdownDescription: "The ID of the account's user-assigned identity that " +
						"accesses this storage account, with storage authentication " +
						"`ManagedIdentity`. Left out, the system-assigned identity does, which can " +
						"get access only once the account exists.",
					CustomType: attribute.ResourceIDType{},
					Optional:   true,
					Validators: []validator.String{attribute.IDOf(azure.UserAssignedIdentityType)},
				},
			},
		},
		Validators: []validator.Set{
			attribute.ElementsHave("id", "Refer to the id attribute of the storage account"),
		},
		PlanModifiers: []planmodifier.Set{sameStorage{}},
	}
}

func storageAuthentication() schema.StringAttribute {
	return choice("How the account accesses its storage. With `System`, it holds a copy of the "+
		"storage keys, which must be synced after each rotation; with `ManagedIdentity`, it "+
		"holds none, and its identity needs the role Storage Blob Data Contributor.",
		armmedia.StorageBySystem, armmedia.StorageBySystem, armmedia.StorageByManagedIdentity)
}

func keyDelivery() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: keyDeliveryClients + " Left out, it is not managed here and shows what " +
			"the account has.",
		Optional:      true,
		Computed:      true,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"default_action": schema.StringAttribute{
				MarkdownDescription: "What happens to requests from addresses that are not on " +
					"the list: `Allow` or `Deny`.",
				Required: true,
				Validators: []validator.String{
					attribute.OneOf(string(armmedia.Allow), string(armmedia.Deny)),
				},
			},
			"ip_allow_list": schema.SetAttribute{
				MarkdownDescription: allowedClients + " It goes with `Deny`.",
				ElementType:         types.StringType,
				Optional:            true,
				Validators: []validator.Set{
					setvalidator.ValueStringsAre(attribute.Length(1, 128)),
				},
			},
		},
	}
}

// choice returns an attribute for one of several values, with a default.
func choice[T ~string](description string, otherwise T, values ...T) schema.StringAttribute {
	texts := make([]string, 0, len(values))
	for _, value := range values {
		texts = append(texts, string(value))
	}
	return schema.StringAttribute{
		MarkdownDescription: description + " Default: `" + string(otherwise) + "`.",
		Optional:            true,
		Computed:            true,
		Default:             stringdefault.StaticString(string(otherwise)),
		Validators:          []validator.String{attribute.OneOf(texts...)},
	}
}
