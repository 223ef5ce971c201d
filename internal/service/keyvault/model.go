// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

type model struct {
	base.Common
	base.Tracked
	SKUName             types.String `tfsdk:"sku_name"`
	PurgeProtection     types.Bool   `tfsdk:"purge_protection_enabled"`
	RetentionDays       types.Int64  `tfsdk:"soft_delete_retention_days"`
	RBACAuthorization   types.Bool   `tfsdk:"rbac_authorization_enabled"`
	CallerKeyAccess     types.Bool   `tfsdk:"caller_key_access_enabled"`
	CallerSecretAccess  types.Bool   `tfsdk:"caller_secret_access_enabled"`
	PublicNetworkAccess types.Bool   `tfsdk:"public_network_access_enabled"`
	NetworkACLs         types.Object `tfsdk:"network_acls"`
	VaultURI            types.String `tfsdk:"vault_uri"`
	TenantID            types.String `tfsdk:"tenant_id"`
}

type networkModel struct {
	DefaultAction types.String `tfsdk:"default_action"`
	Bypass        types.String `tfsdk:"bypass"`
	IPRules       types.Set    `tfsdk:"ip_rules"`
}

func networkTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"default_action": types.StringType,
		"bypass":         types.StringType,
		"ip_rules":       types.SetType{ElemType: attribute.IPRangeType{}},
	}
}

// observe copies Azure's answer into the model. What the caller is granted stays as it is, and so does the ID.
func (m *model) observe(vault armkeyvault.Vault) {
	importing := m.ObserveTracked(m.Identifier(), vault.Name, vault.Location, vault.Tags)

	properties := azure.Deref(vault.Properties)
	m.SKUName = types.StringValue(
		strings.ToLower(string(azure.Deref(azure.Deref(properties.SKU).Name))))
	m.PurgeProtection = types.BoolValue(azure.Deref(properties.EnablePurgeProtection))
	m.RetentionDays = types.Int64Value(longestRetention)
	if days := properties.SoftDeleteRetentionInDays; days != nil {
		m.RetentionDays = types.Int64Value(int64(*days))
	}
	m.RBACAuthorization = types.BoolValue(azure.Deref(properties.EnableRbacAuthorization))
	m.PublicNetworkAccess = types.BoolValue(
		!strings.EqualFold(azure.Deref(properties.PublicNetworkAccess), "Disabled"))
	switch {
	case importing && properties.NetworkACLs == nil:
		m.NetworkACLs = types.ObjectNull(networkTypes())
	case importing || !m.NetworkACLs.IsNull():
		m.NetworkACLs = flattenNetwork(azure.Deref(properties.NetworkACLs), m.NetworkACLs)
	}
	m.VaultURI = types.StringValue(withSlash(azure.Deref(properties.VaultURI)))
	m.TenantID = types.StringValue(azure.Deref(properties.TenantID))
}

// flattenNetwork writes the firewall. A vault that shows none allows every address.
func flattenNetwork(rules armkeyvault.NetworkRuleSet, prior types.Object) types.Object {
	action, bypass := armkeyvault.NetworkRuleActionAllow, armkeyvault.NetworkRuleBypassOptionsAzureServices
	if rules.DefaultAction != nil {
		action = *rules.DefaultAction
	}
	if rules.Bypass != nil {
		bypass = *rules.Bypass
	}
	addresses := []attr.Value{}
	for _, rule := range rules.IPRules {
		addresses = append(addresses, attribute.NewIPRange(azure.Deref(rule.Value)))
	}
	ips := types.SetNull(attribute.IPRangeType{})
	if before, ok := prior.Attributes()["ip_rules"]; len(addresses) > 0 || ok && !before.IsNull() {
		ips = types.SetValueMust(attribute.IPRangeType{}, addresses)
	}
	return types.ObjectValueMust(networkTypes(), map[string]attr.Value{
		"default_action": types.StringValue(string(action)),
		"bypass":         types.StringValue(string(bypass)),
		"ip_rules":       ips,
	})
}

// wireNetwork returns the firewall to send: nil if the configuration does not manage it.
func wireNetwork(ctx context.Context, object types.Object,
) (*armkeyvault.NetworkRuleSet, diag.Diagnostics) {
	if object.IsNull() {
		return nil, nil
	}
	var network networkModel
	diags := object.As(ctx, &network, basetypes.ObjectAsOptions{})
	rules := &armkeyvault.NetworkRuleSet{
		DefaultAction: to.Ptr(armkeyvault.NetworkRuleAction(network.DefaultAction.ValueString())),
		Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptions(network.Bypass.ValueString())),
		IPRules:       []*armkeyvault.IPRule{},
	}
	for _, element := range network.IPRules.Elements() {
		if text, ok := element.(attribute.IPRangeValue); ok {
			rules.IPRules = append(rules.IPRules, &armkeyvault.IPRule{
				Value: text.ValueStringPointer(),
			})
		}
	}
	return rules, diags
}

// created returns the vault to create, with the caller's access policy if access policies decide.
func (m *model) created(ctx context.Context, caller azure.Caller,
) (armkeyvault.VaultCreateOrUpdateParameters, diag.Diagnostics) {
	network, diags := wireNetwork(ctx, m.NetworkACLs)
	properties := &armkeyvault.VaultProperties{
		TenantID:                  &caller.TenantID,
		SKU:                       m.sku(),
		AccessPolicies:            []*armkeyvault.AccessPolicyEntry{},
		EnableSoftDelete:          to.Ptr(true),
		SoftDeleteRetentionInDays: to.Ptr(int32(m.RetentionDays.ValueInt64())), //nolint:gosec // 7 to 90.
		EnableRbacAuthorization:   m.RBACAuthorization.ValueBoolPointer(),
		PublicNetworkAccess:       m.publicNetworkAccess(),
		NetworkACLs:               network,
	}
	var permissions []string
	for _, one := range accesses() {
		if one.enabled(m).ValueBool() && !m.RBACAuthorization.ValueBool() {
			permissions = append(permissions, one.permissions...)
		}
	}
	if len(permissions) > 0 {
		properties.AccessPolicies = append(properties.AccessPolicies,
			vaultaccess.Entry(caller.TenantID, caller.ObjectID, permissions))
	}
	if m.PurgeProtection.ValueBool() { // Azure refuses a false.
		properties.EnablePurgeProtection = to.Ptr(true)
	}
	return armkeyvault.VaultCreateOrUpdateParameters{
		Location:   m.Location.ValueStringPointer(),
		Tags:       attribute.WireTags(m.Tags),
		Properties: properties,
	}, diags
}

// changed returns the properties that differ, and whether any does. Only these are sent, so that an
// update does not undo what others have set.
func (m *model) changed(ctx context.Context, state model,
) (properties *armkeyvault.VaultPatchProperties, differs bool, diags diag.Diagnostics) {
	properties = &armkeyvault.VaultPatchProperties{}
	if !m.SKUName.Equal(state.SKUName) {
		properties.SKU, differs = m.sku(), true
	}
	if m.PurgeProtection.ValueBool() && !state.PurgeProtection.ValueBool() {
		properties.EnablePurgeProtection, differs = to.Ptr(true), true
	}
	if m.movesAccess(state) {
		properties.EnableRbacAuthorization, differs = m.RBACAuthorization.ValueBoolPointer(), true
	}
	if !m.PublicNetworkAccess.Equal(state.PublicNetworkAccess) {
		properties.PublicNetworkAccess, differs = m.publicNetworkAccess(), true
	}
	if !m.NetworkACLs.Equal(state.NetworkACLs) && !m.NetworkACLs.IsNull() {
		properties.NetworkACLs, diags = wireNetwork(ctx, m.NetworkACLs)
		differs = true
	}
	return properties, differs, diags
}

// movesAccess reports whether the vault switches between access policies and roles.
func (m *model) movesAccess(state model) bool {
	return !m.RBACAuthorization.Equal(state.RBACAuthorization)
}

// admitsOthers reports whether a plan changes whom the vault lets in.
func (m *model) admitsOthers(state model) bool {
	return m.movesAccess(state) || !m.PublicNetworkAccess.Equal(state.PublicNetworkAccess) ||
		!m.NetworkACLs.Equal(state.NetworkACLs) || !m.CallerKeyAccess.Equal(state.CallerKeyAccess) ||
		!m.CallerSecretAccess.Equal(state.CallerSecretAccess)
}

func (m *model) sku() *armkeyvault.SKU {
	return &armkeyvault.SKU{
		Family: to.Ptr(armkeyvault.SKUFamilyA),
		Name:   to.Ptr(armkeyvault.SKUName(m.SKUName.ValueString())),
	}
}

func (m *model) publicNetworkAccess() *string {
	if m.PublicNetworkAccess.ValueBool() {
		return to.Ptr("Enabled")
	}
	return to.Ptr("Disabled")
}

// withSlash returns the URI with the slash that Azure omits while the vault's name is registered.
func withSlash(uri string) string { return strings.TrimSuffix(uri, "/") + "/" }
