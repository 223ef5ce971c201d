// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// retired says what has become of the service.
const retired = "Microsoft retired Media Services in the public cloud on 30 June 2024."

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A Media Services account. " + retired + " An update changes the account " +
			"in place, and only the attributes that changed: what another resource or tool has set on " +
			"the account stays.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the account, unique in all of Azure.",
				attribute.ValidName(mediaaccount.AccountName())),
			"resource_group_name":           attribute.ResourceGroupName(),
			"location":                      attribute.Location(),
			"storage_accounts":              storageAccounts(),
			"identity":                      attribute.Identity(),
			"storage_authentication_type":   storageAuthentication(),
			"public_network_access_enabled": media.PublicNetworkAccess(),
			"minimum_tls_version": choice("The oldest version of TLS that the account accepts.",
				armmedia.TLS12, armmedia.TLS10, armmedia.TLS11, armmedia.TLS12, armmedia.TLS13),
			"key_delivery_access_control": keyDelivery(),
			"encryption": media.EncryptionAttribute("The ID of the account's user-assigned " +
				"identity that reads the key. Left out, the system-assigned identity does, which can " +
				"have access only after the account was created."),
			"tags": attribute.Tags(),
			"id":   attribute.ID(),
			"media_service_id": attribute.Computed(
				"The GUID by which the service itself knows the account."),
			"provisioning_state": media.ProvisioningState(),
		},
	}
}

func storageAccounts() schema.SetNestedAttribute {
	return schema.SetNestedAttribute{
		MarkdownDescription: "All storage accounts of the account, in any order: exactly one " +
			"primary one, which stays for good, and any number of secondary ones (rules ACC001, " +
			"ACC002 and ACC005). One that something else has attached shows as a difference, and " +
			"is detached only by applying a plan that says so.",
		Required: true,
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"id": schema.StringAttribute{
					MarkdownDescription: "The ID of the storage account.",
					CustomType:          attribute.ResourceIDType{},
					Required:            true,
				},
				"is_primary": schema.BoolAttribute{
					MarkdownDescription: "Whether it is the primary storage account. Left out, it is " +
						"a secondary one.",
					Optional: true,
				},
				"user_assigned_identity_id": schema.StringAttribute{
					MarkdownDescription: "The ID of the account's user-assigned identity that " +
						"reaches this storage account, with storage authentication " +
						"`ManagedIdentity`. Left out, the system-assigned identity does, which can " +
						"have access only after the account was created.",
					CustomType: attribute.ResourceIDType{},
					Optional:   true,
				},
			},
		},
		PlanModifiers: []planmodifier.Set{sameStorage{}},
	}
}

func storageAuthentication() schema.StringAttribute {
	return choice("How the account reaches its storage: as `System`, it holds a copy of the "+
		"storage keys, which has to be synced when they are rotated; as `ManagedIdentity`, it "+
		"holds none, and its identity needs the role Storage Blob Data Contributor.",
		armmedia.StorageBySystem, armmedia.StorageBySystem, armmedia.StorageByManagedIdentity)
}

func keyDelivery() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Who may ask the account for content keys. Left out, it is not " +
			"managed here and shows what the account has.",
		Optional:      true,
		Computed:      true,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"default_action": schema.StringAttribute{
				MarkdownDescription: "What happens to requests from addresses that are not on " +
					"the list: `Allow` or `Deny`.",
				Required: true,
				Validators: []validator.String{
					stringvalidator.OneOf(string(armmedia.Allow), string(armmedia.Deny)),
				},
			},
			"ip_allow_list": schema.SetAttribute{
				MarkdownDescription: "The addresses and address blocks that are let in. It goes " +
					"with `Deny`.",
				ElementType: types.StringType,
				Optional:    true,
				Validators: []validator.Set{
					setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
				},
			},
		},
	}
}

// choice is one of several values, with a default.
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
		Validators:          []validator.String{stringvalidator.OneOf(texts...)},
	}
}
