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

// account is the attributes that the resource and the data sources show of an account.
type account struct {
	media.Attributes
	StorageAccounts          types.Set    `tfsdk:"storage_accounts"`
	StorageAuthentication    types.String `tfsdk:"storage_authentication_type"`
	MinimumTLSVersion        types.String `tfsdk:"minimum_tls_version"`
	KeyDeliveryAccessControl types.Object `tfsdk:"key_delivery_access_control"`
	MediaServiceID           types.String `tfsdk:"media_service_id"`
}

// model is the resource.
type model struct {
	account
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Limits returns the configured timeouts.
func (m *model) Limits() timeouts.Value { return m.Timeouts }

// observe takes over what Azure says about the account. The ID stays as it is.
func (a *account) observe(wire armmedia.Account) {
	importing := a.ObserveTracked(a.Identifier(), wire.Name, wire.Location, wire.Tags)
	if importing || !a.Identity.IsNull() {
		a.Identity = attribute.FlattenIdentity(media.ObservedIdentity(wire.Identity, a.Identity), a.Identity)
	}

	properties := azure.Deref(wire.Properties)
	a.ObserveProperties(properties.Encryption, properties.PublicNetworkAccess,
		properties.ProvisioningState)
	a.StorageAccounts = observedStorage(properties.StorageAccounts, a.StorageAccounts)
	a.KeyDeliveryAccessControl = observedKeyDelivery(properties.KeyDelivery, a.KeyDeliveryAccessControl)
	a.MediaServiceID = types.StringPointerValue(properties.MediaServiceID)
	// While an account is being created, Azure does not say these two.
	if properties.StorageAuthentication != nil || importing {
		a.StorageAuthentication = types.StringValue(
			string(azure.DerefOr(properties.StorageAuthentication, armmedia.StorageBySystem)))
	}
	if properties.MinimumTLSVersion != nil || importing || a.MinimumTLSVersion.IsNull() {
		a.MinimumTLSVersion = types.StringValue(
			string(azure.DerefOr(properties.MinimumTLSVersion, armmedia.TLS12)))
	}
}

// fill takes from what was observed what the plan left to Azure.
func fill(ctx context.Context, plan, observed *model) {
	plan.KeyDeliveryAccessControl = attribute.Filled(
		ctx, plan.KeyDeliveryAccessControl, observed.KeyDeliveryAccessControl)
	if plan.MediaServiceID.IsUnknown() {
		plan.MediaServiceID = observed.MediaServiceID
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

// observedKeyDelivery returns the access control that Azure has. Azure does not tell an empty list
// from none.
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
