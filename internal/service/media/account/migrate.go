// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// The type of an account in azurerm, up to its version 3.117.1, and the last version of its schema.
const (
	movedType    = "azurerm_media_services_account"
	movedVersion = 1
)

// moved is the state of azurerm's resource. Its blocks are lists, even those that occur only once.
type moved struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	ResourceGroupName string `json:"resource_group_name"`
	Location          string `json:"location"`
	StorageAccounts   []struct {
		ID              string          `json:"id"`
		IsPrimary       bool            `json:"is_primary"`
		ManagedIdentity []movedIdentity `json:"managed_identity"`
	} `json:"storage_account"`
	StorageAuthentication string `json:"storage_authentication_type"`
	PublicNetworkAccess   *bool  `json:"public_network_access_enabled"`
	Identity              []struct {
		Type        string   `json:"type"`
		IdentityIDs []string `json:"identity_ids"`
		PrincipalID string   `json:"principal_id"`
		TenantID    string   `json:"tenant_id"`
	} `json:"identity"`
	Encryption []struct {
		Type            string          `json:"type"`
		KeyID           string          `json:"key_vault_key_identifier"`
		CurrentKeyID    string          `json:"current_key_identifier"`
		ManagedIdentity []movedIdentity `json:"managed_identity"`
	} `json:"encryption"`
	KeyDelivery []struct {
		DefaultAction string   `json:"default_action"`
		IPAllowList   []string `json:"ip_allow_list"`
	} `json:"key_delivery_access_control"`
	Tags map[string]string `json:"tags"`
}

type movedIdentity struct {
	UserAssignedIdentityID string `json:"user_assigned_identity_id"`
}

// MoveState takes an account over from azurerm, whole: a migration needs a moved block and nothing
// else.
func (r *Resource) MoveState(context.Context) []resource.StateMover {
	return base.MoveFromAzurerm(kind().Noun(), movedType, movedModel)
}

// movedModel returns the account as this provider keeps it. The refresh that follows fills in what
// azurerm did not know, such as the oldest version of TLS.
func movedModel(version int64, m moved) (*model, error) {
	if version != movedVersion {
		return nil, diagnostic.Refusal{
			Found:    fmt.Sprintf("a state of %s in the version %d of its schema", movedType, version),
			Required: fmt.Sprintf("the version %d, that of azurerm 3.117", movedVersion),
			Remedy: "Run `terraform apply -refresh-only` with azurerm 3.117.1 first, which brings the " +
				"state up to date; or import the account instead",
		}
	}
	id, err := azure.CanonicalID(m.ID, azure.MediaAccountType)
	if err != nil {
		return nil, err
	}
	return &model{
		account: account{
			Attributes: media.Attributes{
				Tracked: base.Tracked{
					Name:              attribute.NewName(m.Name),
					ResourceGroupName: attribute.NewName(m.ResourceGroupName),
					Location:          attribute.NewLocation(m.Location),
					Tags:              base.MovedTags(m.Tags),
				},
				ID:                  attribute.NewResourceID(id),
				Identity:            m.identity(),
				PublicNetworkAccess: types.BoolPointerValue(m.PublicNetworkAccess),
				Encryption:          m.encryption(),
			},
			StorageAccounts:          m.storage(),
			StorageAuthentication:    types.StringValue(m.StorageAuthentication),
			KeyDeliveryAccessControl: m.keyDelivery(),
		},
		Timeouts: base.NoTimeouts(),
	}, nil
}

func (m moved) storage() types.Set {
	var list []storage
	for _, attached := range m.StorageAccounts {
		list = append(list, storage{
			ID:                     attribute.NewResourceID(attached.ID),
			IsPrimary:              types.BoolValue(attached.IsPrimary),
			UserAssignedIdentityID: movedReader(attached.ManagedIdentity),
		})
	}
	return storageSet(list)
}

func (m moved) identity() types.Object {
	if len(m.Identity) == 0 {
		return types.ObjectNull(attribute.IdentityTypes())
	}
	from := m.Identity[0]
	return attribute.FlattenIdentity(attribute.NewManagedIdentity(
		from.Type, from.IdentityIDs, from.PrincipalID, from.TenantID), types.Object{})
}

func (m moved) encryption() types.Object {
	if len(m.Encryption) == 0 {
		return types.ObjectNull(media.EncryptionTypes())
	}
	from := m.Encryption[0]
	values := map[string]attr.Value{
		"type":                      types.StringValue(from.Type),
		"key_vault_key_id":          attribute.KeyIDValue{},
		"user_assigned_identity_id": movedReader(from.ManagedIdentity),
		"current_key_id":            types.StringNull(),
		"status":                    types.StringNull(),
	}
	if from.KeyID != "" {
		values["key_vault_key_id"] = attribute.NewKeyID(from.KeyID)
		values["current_key_id"] = types.StringValue(from.CurrentKeyID)
	}
	return types.ObjectValueMust(media.EncryptionTypes(), values)
}

func (m moved) keyDelivery() types.Object {
	if len(m.KeyDelivery) == 0 {
		return types.ObjectNull(deliveryTypes())
	}
	from := m.KeyDelivery[0]
	list := types.SetNull(types.StringType)
	if len(from.IPAllowList) > 0 {
		var addresses []attr.Value
		for _, address := range from.IPAllowList {
			addresses = append(addresses, types.StringValue(address))
		}
		list = types.SetValueMust(types.StringType, addresses)
	}
	return types.ObjectValueMust(deliveryTypes(), map[string]attr.Value{
		"default_action": types.StringValue(from.DefaultAction),
		"ip_allow_list":  list,
	})
}

// movedReader returns the user-assigned identity in a block, or null for the system-assigned one.
func movedReader(block []movedIdentity) attribute.ResourceIDValue {
	if len(block) == 0 || block[0].UserAssignedIdentityID == "" {
		return attribute.ResourceIDValue{}
	}
	return attribute.NewResourceID(block[0].UserAssignedIdentityID)
}
