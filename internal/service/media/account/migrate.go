// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// What azurerm called an account up to its version 3.117.1, and the version of the schema that it
// was written in last.
const (
	movedType    = "azurerm_media_services_account"
	movedVersion = 1
)

// moved is the state of azurerm's resource. Its blocks are lists even where there is only one.
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

// MoveState takes an account over from azurerm, whole, so that a moved block is all that a
// migration takes.
func (r *Resource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: moveFromAzurerm}}
}

func moveFromAzurerm(ctx context.Context, req resource.MoveStateRequest,
	resp *resource.MoveStateResponse,
) {
	if !attribute.FromAzurerm(req, movedType) {
		return // It is somebody else's.
	}
	if req.SourceSchemaVersion != movedVersion {
		resp.Diagnostics.Append(movedTooOld(req.SourceSchemaVersion))
		return
	}
	var source moved
	if !attribute.ReadMoved(req, &source) {
		resp.Diagnostics.AddError("Account Not Moved", "The state of "+movedType+" cannot be read.\n"+
			"Remedy: import the account instead.\n\nNothing was changed.")
		return
	}
	id, err := azure.CanonicalID(source.ID, azure.MediaAccountType)
	if err != nil {
		resp.Diagnostics.AddError("Account Not Moved", fmt.Sprintf(
			"%v.\nRemedy: import the account instead.\n\nNothing was changed.", err))
		return
	}
	target := source.model(id)
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, target)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.TargetIdentity, target.ID)...)
}

func movedTooOld(version int64) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Account Not Moved", fmt.Sprintf(
		"Found: a state of %s in the version %d of its schema.\nRequired: the version %d, that of "+
			"azurerm 3.117.\nRemedy: run `terraform apply -refresh-only` with azurerm 3.117.1 first, "+
			"which brings the state up to date; or import the account instead.\n\nNothing was changed.",
		movedType, version, movedVersion))
}

// model is the account as this provider keeps it. What azurerm did not know, such as the oldest
// version of TLS, the refresh that follows fills in.
func (m moved) model(id string) model {
	target := model{account: account{
		ID:                       attribute.NewResourceID(id),
		Name:                     attribute.NewName(m.Name),
		ResourceGroupName:        attribute.NewName(m.ResourceGroupName),
		Location:                 attribute.NewLocation(m.Location),
		StorageAccounts:          m.storage(),
		Identity:                 m.identity(),
		StorageAuthentication:    types.StringValue(m.StorageAuthentication),
		PublicNetworkAccess:      types.BoolPointerValue(m.PublicNetworkAccess),
		KeyDeliveryAccessControl: m.keyDelivery(),
		Encryption:               m.encryption(),
		Tags:                     attribute.MovedTags(m.Tags),
	}}
	target.Timeouts = attribute.NoTimeouts()
	return target
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
		from.Type, from.IdentityIDs, from.PrincipalID, from.TenantID))
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

// movedReader is the user-assigned identity in a block; null stands for the system-assigned one.
func movedReader(block []movedIdentity) attribute.ResourceIDValue {
	if len(block) == 0 || block[0].UserAssignedIdentityID == "" {
		return attribute.ResourceIDValue{}
	}
	return attribute.NewResourceID(block[0].UserAssignedIdentityID)
}
