// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type model struct {
	base.Common
	base.Tracked
	Kind                     types.String `tfsdk:"account_kind"`
	Tier                     types.String `tfsdk:"account_tier"`
	ReplicationType          types.String `tfsdk:"account_replication_type"`
	MinTLSVersion            types.String `tfsdk:"min_tls_version"`
	HTTPSTrafficOnly         types.Bool   `tfsdk:"https_traffic_only_enabled"`
	AllowPublicItems         types.Bool   `tfsdk:"allow_nested_items_to_be_public"`
	SharedAccessKey          types.Bool   `tfsdk:"shared_access_key_enabled"`
	PublicNetworkAccess      types.Bool   `tfsdk:"public_network_access_enabled"`
	InfrastructureEncryption types.Bool   `tfsdk:"infrastructure_encryption_enabled"`
	QueueKeyType             types.String `tfsdk:"queue_encryption_key_type"`
	TableKeyType             types.String `tfsdk:"table_encryption_key_type"`
	KeyExpirationPeriod      types.Int64  `tfsdk:"key_expiration_period_in_days"`
	Identity                 types.Object `tfsdk:"identity"`
	PrimaryBlobEndpoint      types.String `tfsdk:"primary_blob_endpoint"`
}

// observe copies Azure's answer into the model. The ID stays as it is.
func (m *model) observe(account armstorage.Account) {
	importing := m.ObserveTracked(m.Identifier(), account.Name, account.Location, account.Tags)
	m.Kind = types.StringValue(string(azure.Deref(account.Kind)))
	tier, replication, _ := strings.Cut(string(azure.Deref(azure.Deref(account.SKU).Name)), "_")
	m.Tier, m.ReplicationType = types.StringValue(tier), types.StringValue(replication)
	if importing || !m.Identity.IsNull() {
		m.Identity = attribute.FlattenIdentity(managedIdentity(account.Identity), m.Identity)
	}

	// A property that Azure omits has the value that the service documents for it.
	properties := azure.Deref(account.Properties)
	m.MinTLSVersion = types.StringValue(string(
		azure.DerefOr(properties.MinimumTLSVersion, armstorage.MinimumTLSVersionTLS10)))
	m.HTTPSTrafficOnly = types.BoolValue(azure.DerefOr(properties.EnableHTTPSTrafficOnly, true))
	m.AllowPublicItems = types.BoolValue(azure.DerefOr(properties.AllowBlobPublicAccess, false))
	m.SharedAccessKey = types.BoolValue(azure.DerefOr(properties.AllowSharedKeyAccess, true))
	m.PublicNetworkAccess = types.BoolValue(
		azure.Deref(properties.PublicNetworkAccess) != armstorage.PublicNetworkAccessDisabled)
	encryption := azure.Deref(properties.Encryption)
	m.InfrastructureEncryption = types.BoolValue(
		azure.Deref(encryption.RequireInfrastructureEncryption))
	m.QueueKeyType = keyType(azure.Deref(encryption.Services).Queue)
	m.TableKeyType = keyType(azure.Deref(encryption.Services).Table)
	days := azure.Deref(azure.Deref(properties.KeyPolicy).KeyExpirationPeriodInDays)
	if !m.KeyExpirationPeriod.IsNull() || importing && days != 0 {
		m.KeyExpirationPeriod = types.Int64Value(int64(days))
	}
	m.PrimaryBlobEndpoint = types.StringPointerValue(
		azure.Deref(properties.PrimaryEndpoints).Blob)
}

// created returns the account to create.
func (m *model) created(ctx context.Context) (armstorage.AccountCreateParameters, diag.Diagnostics) {
	identity, diags := wireIdentity(ctx, m.Identity)
	parameters := armstorage.AccountCreateParameters{
		Location: m.Location.ValueStringPointer(),
		Kind:     to.Ptr(armstorage.Kind(m.Kind.ValueString())),
		SKU:      m.sku(),
		Tags:     attribute.WireTags(m.Tags),
		Identity: identity,
		Properties: &armstorage.AccountPropertiesCreateParameters{
			MinimumTLSVersion:      to.Ptr(armstorage.MinimumTLSVersion(m.MinTLSVersion.ValueString())),
			EnableHTTPSTrafficOnly: m.HTTPSTrafficOnly.ValueBoolPointer(),
			AllowBlobPublicAccess:  m.AllowPublicItems.ValueBoolPointer(),
			AllowSharedKeyAccess:   m.SharedAccessKey.ValueBoolPointer(),
			PublicNetworkAccess:    m.publicNetworkAccess(),
		},
	}
	if m.Kind.ValueString() == string(armstorage.KindBlobStorage) {
		// This kind alone has no access tier of its own (OpenAPI document of storage accounts).
		parameters.Properties.AccessTier = to.Ptr(armstorage.AccessTierHot)
	}
	if days := m.KeyExpirationPeriod.ValueInt64(); days > 0 {
		parameters.Properties.KeyPolicy = keyPolicy(days)
	}
	parameters.Properties.Encryption = m.encryption()
	return parameters, diags
}

// encryption returns the encryption to choose at creation: nil if it is Azure's default.
func (m *model) encryption() *armstorage.Encryption {
	chosen := &armstorage.Encryption{
		KeySource: to.Ptr(armstorage.KeySourceMicrosoftStorage),
		Services:  &armstorage.EncryptionServices{},
	}
	if m.InfrastructureEncryption.ValueBool() {
		chosen.RequireInfrastructureEncryption = to.Ptr(true)
	}
	account := &armstorage.EncryptionService{KeyType: to.Ptr(armstorage.KeyTypeAccount)}
	if underAccountKey(m.QueueKeyType) {
		chosen.Services.Queue = account
	}
	if underAccountKey(m.TableKeyType) {
		chosen.Services.Table = account
	}
	if *chosen.Services == (armstorage.EncryptionServices{}) {
		chosen.Services = nil
	}
	if chosen.Services == nil && chosen.RequireInfrastructureEncryption == nil {
		return nil
	}
	return chosen
}

// keyType returns whose key encrypts a service. Azure does not show a service with its own key.
func keyType(service *armstorage.EncryptionService) types.String {
	return types.StringValue(string(
		azure.DerefOr(azure.Deref(service).KeyType, armstorage.KeyTypeService)))
}

func underAccountKey(chosen types.String) bool {
	return chosen.ValueString() == string(armstorage.KeyTypeAccount)
}

// changed returns the properties that differ, and whether any does. Only these are sent, so that an
// update does not undo what others have set.
func (m *model) changed(ctx context.Context, state model,
) (parameters armstorage.AccountUpdateParameters, differs bool, diags diag.Diagnostics) {
	properties := &armstorage.AccountPropertiesUpdateParameters{}
	parameters.Properties = properties
	if !m.Kind.Equal(state.Kind) {
		parameters.Kind, differs = to.Ptr(armstorage.Kind(m.Kind.ValueString())), true
	}
	if !m.ReplicationType.Equal(state.ReplicationType) {
		parameters.SKU, differs = m.sku(), true
	}
	if !m.MinTLSVersion.Equal(state.MinTLSVersion) {
		properties.MinimumTLSVersion = to.Ptr(
			armstorage.MinimumTLSVersion(m.MinTLSVersion.ValueString()))
		differs = true
	}
	if !m.HTTPSTrafficOnly.Equal(state.HTTPSTrafficOnly) {
		properties.EnableHTTPSTrafficOnly, differs = m.HTTPSTrafficOnly.ValueBoolPointer(), true
	}
	if !m.AllowPublicItems.Equal(state.AllowPublicItems) {
		properties.AllowBlobPublicAccess, differs = m.AllowPublicItems.ValueBoolPointer(), true
	}
	if !m.SharedAccessKey.Equal(state.SharedAccessKey) {
		properties.AllowSharedKeyAccess, differs = m.SharedAccessKey.ValueBoolPointer(), true
	}
	if !m.PublicNetworkAccess.Equal(state.PublicNetworkAccess) {
		properties.PublicNetworkAccess, differs = m.publicNetworkAccess(), true
	}
	if !m.KeyExpirationPeriod.Equal(state.KeyExpirationPeriod) && !m.KeyExpirationPeriod.IsNull() {
		properties.KeyPolicy, differs = azcore.NullValue[*armstorage.KeyPolicy](), true
		if days := m.KeyExpirationPeriod.ValueInt64(); days > 0 {
			properties.KeyPolicy = keyPolicy(days)
		}
	}
	if !m.Identity.IsNull() && attribute.IdentityChanges(m.Identity, state.Identity) {
		parameters.Identity, diags = changedIdentity(ctx, state.Identity, m.Identity)
		differs = true
	}
	return parameters, differs, diags
}

// replaces reports whether the plan replaces the account of the state. ModifyPlan is not told.
func (m *model) replaces(state model) bool {
	return !m.Name.Equal(state.Name) || !m.ResourceGroupName.Equal(state.ResourceGroupName) ||
		!m.Location.Equal(state.Location) || !m.Tier.Equal(state.Tier) ||
		!m.Kind.Equal(state.Kind) && !upgrades(state.Kind, m.Kind) ||
		!m.InfrastructureEncryption.Equal(state.InfrastructureEncryption) ||
		!m.QueueKeyType.Equal(state.QueueKeyType) || !m.TableKeyType.Equal(state.TableKeyType)
}

// switchesKeysOff reports whether the plan switches the access keys of the account off.
func (m *model) switchesKeysOff(state model) bool {
	return state.SharedAccessKey.ValueBool() && !m.SharedAccessKey.IsUnknown() && !m.SharedAccessKey.ValueBool()
}

// upgrades reports whether Azure changes the kind of an account in place: "Currently only StorageV2 value
// supported by server" (OpenAPI document, StorageAccountUpdateParameters.kind), and only the kinds that
// came before it become one.
func upgrades(state, plan types.String) bool {
	earlier := []string{string(armstorage.KindStorage), string(armstorage.KindBlobStorage)}
	return slices.Contains(earlier, state.ValueString()) &&
		plan.ValueString() == string(armstorage.KindStorageV2)
}

// zoneRedundant reports whether the account is copied to several zones.
func (m *model) zoneRedundant() bool {
	return strings.HasSuffix(m.ReplicationType.ValueString(), "ZRS")
}

func (m *model) sku() *armstorage.SKU {
	return &armstorage.SKU{Name: to.Ptr(armstorage.SKUName(
		m.Tier.ValueString() + "_" + m.ReplicationType.ValueString()))}
}

// keyPolicy returns the policy by which access keys expire after some days.
func keyPolicy(days int64) *armstorage.KeyPolicy {
	return &armstorage.KeyPolicy{KeyExpirationPeriodInDays: to.Ptr(int32(days))} //nolint:gosec // The schema limits it.
}

func (m *model) publicNetworkAccess() *armstorage.PublicNetworkAccess {
	if m.PublicNetworkAccess.ValueBool() {
		return to.Ptr(armstorage.PublicNetworkAccessEnabled)
	}
	return to.Ptr(armstorage.PublicNetworkAccessDisabled)
}

func managedIdentity(wire *armstorage.Identity) attribute.ManagedIdentity {
	if wire == nil {
		return attribute.ManagedIdentity{}
	}
	ids := slices.Collect(maps.Keys(wire.UserAssignedIdentities))
	return attribute.NewManagedIdentity(string(azure.Deref(wire.Type)), ids,
		azure.Deref(wire.PrincipalID), azure.Deref(wire.TenantID))
}

// wireIdentity returns the identity to send, with those that are kept although the attribute does not list
// them; "" stands for the system-assigned one.
func wireIdentity(ctx context.Context, object types.Object, kept ...string) (*armstorage.Identity, diag.Diagnostics) {
	if object.IsNull() {
		return nil, nil
	}
	identity, diags := attribute.ExpandIdentity(ctx, object)
	identity = identity.Keeping(kept...)
	wire := &armstorage.Identity{Type: to.Ptr(armstorage.IdentityType(identity.WireType()))}
	for _, id := range identity.UserAssignedIDs {
		if wire.UserAssignedIdentities == nil {
			wire.UserAssignedIdentities = map[string]*armstorage.UserAssignedIdentity{}
		}
		wire.UserAssignedIdentities[id] = &armstorage.UserAssignedIdentity{}
	}
	return wire, diags
}

// changedIdentity returns the identity to send with an update. Azure removes a user-assigned identity
// only if it is sent as null, so those that others have assigned stay.
func changedIdentity(ctx context.Context, before, after types.Object, kept ...string,
) (*armstorage.Identity, diag.Diagnostics) {
	wire, diags := wireIdentity(ctx, after, kept...)
	was, more := attribute.ExpandIdentity(ctx, before)
	diags.Append(more...)
	wanted := slices.Collect(maps.Keys(wire.UserAssignedIdentities))
	for _, id := range was.UserAssignedIDs {
		if len(wanted) > 0 && !azure.ContainsID(wanted, id) {
			wire.UserAssignedIdentities[id] = nil
		}
	}
	return wire, diags
}
