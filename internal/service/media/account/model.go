// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// account is what the resource and the data sources show of an account.
type account struct {
	ID                       attribute.ResourceIDValue `tfsdk:"id"`
	Name                     attribute.NameValue       `tfsdk:"name"`
	ResourceGroupName        attribute.NameValue       `tfsdk:"resource_group_name"`
	Location                 attribute.LocationValue   `tfsdk:"location"`
	StorageAccounts          types.Set                 `tfsdk:"storage_accounts"`
	Identity                 types.Object              `tfsdk:"identity"`
	StorageAuthentication    types.String              `tfsdk:"storage_authentication_type"`
	PublicNetworkAccess      types.Bool                `tfsdk:"public_network_access_enabled"`
	MinimumTLSVersion        types.String              `tfsdk:"minimum_tls_version"`
	KeyDeliveryAccessControl types.Object              `tfsdk:"key_delivery_access_control"`
	Encryption               types.Object              `tfsdk:"encryption"`
	Tags                     types.Map                 `tfsdk:"tags"`
	MediaServiceID           types.String              `tfsdk:"media_service_id"`
	ProvisioningState        types.String              `tfsdk:"provisioning_state"`
}

// model is the resource.
type model struct {
	account
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// observe takes over what Azure says about the account. The ID stays what it is.
func (a *account) observe(wire armmedia.Account) {
	importing := attribute.Imported(a.Name)
	a.Name = attribute.NewName(azure.Deref(wire.Name))
	a.ResourceGroupName = attribute.NewName(azure.GroupOf(a.ID.ValueString()))
	a.Location = attribute.NewLocation(azure.Deref(wire.Location))
	a.Tags = attribute.ManagedTags(wire.Tags, a.Tags, importing)
	if importing || !a.Identity.IsNull() {
		a.Identity = attribute.FlattenIdentity(media.ObservedIdentity(wire.Identity, a.Identity))
	}

	properties := azure.Deref(wire.Properties)
	a.StorageAccounts = observedStorage(properties.StorageAccounts, a.StorageAccounts)
	a.KeyDeliveryAccessControl = observedKeyDelivery(properties.KeyDelivery, a.KeyDeliveryAccessControl)
	a.Encryption = media.ObservedEncryption(properties.Encryption)
	a.PublicNetworkAccess = types.BoolValue(
		azure.Deref(properties.PublicNetworkAccess) != armmedia.Disabled)
	a.MediaServiceID = types.StringPointerValue(properties.MediaServiceID)
	a.ProvisioningState = types.StringValue(string(azure.Deref(properties.ProvisioningState)))
	// While an account is being created, Azure does not say these two.
	if properties.StorageAuthentication != nil || importing {
		a.StorageAuthentication = types.StringValue(
			string(orElse(properties.StorageAuthentication, armmedia.StorageBySystem)))
	}
	if properties.MinimumTLSVersion != nil || importing || a.MinimumTLSVersion.IsNull() {
		a.MinimumTLSVersion = types.StringValue(
			string(orElse(properties.MinimumTLSVersion, armmedia.TLS12)))
	}
}

// keyed is what the rules of customers' keys are about.
func (a *account) keyed() media.Keyed {
	return media.Keyed{
		ID: a.ID, Location: a.Location, Identity: a.Identity, Encryption: a.Encryption,
	}
}

// complete fills in what the plan left to Azure, and keeps everything else as it was planned: what
// Azure has beyond that is for the next plan to show.
func (a *account) complete(ctx context.Context, wire armmedia.Account) {
	observed := *a
	observed.observe(wire)
	a.Identity = media.Filled(ctx, a.Identity, observed.Identity)
	a.KeyDeliveryAccessControl = media.Filled(
		ctx, a.KeyDeliveryAccessControl, observed.KeyDeliveryAccessControl)
	a.Encryption = media.Filled(ctx, a.Encryption, observed.Encryption)
	if a.MediaServiceID.IsUnknown() {
		a.MediaServiceID = observed.MediaServiceID
	}
	if a.ProvisioningState.IsUnknown() {
		a.ProvisioningState = observed.ProvisioningState
	}
}

// delivery is the key_delivery_access_control attribute.
type delivery struct {
	DefaultAction types.String `tfsdk:"default_action"`
	IPAllowList   types.Set    `tfsdk:"ip_allow_list"`
}

func deliveryTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"default_action": types.StringType,
		"ip_allow_list":  types.SetType{ElemType: types.StringType},
	}
}

func deliveryIn(object types.Object) delivery {
	parts := object.Attributes()
	var d delivery
	d.DefaultAction, _ = parts["default_action"].(types.String)
	d.IPAllowList, _ = parts["ip_allow_list"].(types.Set)
	return d
}

// observedKeyDelivery is the access control as Azure has it. Azure knows no difference between an
// empty list and none.
func observedKeyDelivery(wire *armmedia.KeyDelivery, prior types.Object) types.Object {
	control := azure.Deref(azure.Deref(wire).AccessControl)
	if control.DefaultAction == nil {
		return types.ObjectNull(deliveryTypes())
	}
	list := types.SetNull(types.StringType)
	if before := deliveryIn(prior).IPAllowList; len(control.IPAllowList) > 0 ||
		!before.IsNull() && !before.IsUnknown() {
		addresses := make([]attr.Value, 0, len(control.IPAllowList))
		for _, address := range control.IPAllowList {
			addresses = append(addresses, types.StringPointerValue(address))
		}
		list = types.SetValueMust(types.StringType, addresses)
	}
	return types.ObjectValueMust(deliveryTypes(), map[string]attr.Value{
		"default_action": types.StringValue(string(*control.DefaultAction)),
		"ip_allow_list":  list,
	})
}

func orElse[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
