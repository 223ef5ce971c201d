// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
)

// protection is the encryption attribute.
type protection struct {
	Type                   types.String              `tfsdk:"type"`
	KeyVaultKeyID          attribute.KeyIDValue      `tfsdk:"key_vault_key_id"`
	UserAssignedIdentityID attribute.ResourceIDValue `tfsdk:"user_assigned_identity_id"`
	CurrentKeyID           types.String              `tfsdk:"current_key_id"`
	Status                 types.String              `tfsdk:"status"`
}

func protectionTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"type":                      types.StringType,
		"key_vault_key_id":          attribute.KeyIDType{},
		"user_assigned_identity_id": attribute.ResourceIDType{},
		"current_key_id":            types.StringType,
		"status":                    types.StringType,
	}
}

// protectionIn reads the attribute. One that is null or not known has nothing but nulls.
func protectionIn(object types.Object) protection {
	parts := object.Attributes()
	var p protection
	p.Type, _ = parts["type"].(types.String)
	p.KeyVaultKeyID, _ = parts["key_vault_key_id"].(attribute.KeyIDValue)
	p.UserAssignedIdentityID, _ = parts["user_assigned_identity_id"].(attribute.ResourceIDValue)
	p.CurrentKeyID, _ = parts["current_key_id"].(types.String)
	p.Status, _ = parts["status"].(types.String)
	return p
}

// isCustomerKey reports whether a customer's key is known to wrap the account key.
func (p protection) isCustomerKey() bool {
	return p.Type.ValueString() == string(media.CustomerKey)
}

// same reports whether both are known to ask for the same. What the service fills in is no part
// of that.
func (p protection) same(other protection) bool {
	return p.Type.Equal(other.Type) && !p.Type.IsUnknown() &&
		(p.KeyVaultKeyID.IsNull() && other.KeyVaultKeyID.IsNull() ||
			p.KeyVaultKeyID.Same(other.KeyVaultKeyID)) &&
		(p.UserAssignedIdentityID.IsNull() && other.UserAssignedIdentityID.IsNull() ||
			p.UserAssignedIdentityID.Same(other.UserAssignedIdentityID))
}

// observedProtection is the encryption as Azure has it. While an account is being created, Azure
// does not say.
func observedProtection(wire *media.Encryption) types.Object {
	if wire == nil {
		return types.ObjectNull(protectionTypes())
	}
	key := azure.Deref(wire.KeyVaultProperties)
	values := map[string]attr.Value{
		"type":                      types.StringValue(string(azure.Deref(wire.Type))),
		"key_vault_key_id":          attribute.KeyIDValue{},
		"user_assigned_identity_id": attribute.ResourceIDValue{},
		"current_key_id":            types.StringPointerValue(key.CurrentKeyIdentifier),
		"status":                    types.StringPointerValue(wire.Status),
	}
	if id := azure.Deref(key.KeyIdentifier); id != "" {
		values["key_vault_key_id"] = attribute.NewKeyID(id)
	}
	if id := azure.Deref(azure.Deref(wire.Identity).UserAssignedIdentity); id != "" {
		values["user_assigned_identity_id"] = attribute.NewResourceID(id)
	}
	return types.ObjectValueMust(protectionTypes(), values)
}

// wire is the encryption to send. An attribute that is left out is not sent.
func (p protection) wire() *media.Encryption {
	if p.Type.IsNull() {
		return nil
	}
	sent := &media.Encryption{Type: to.Ptr(media.EncryptionType(p.Type.ValueString()))}
	if p.isCustomerKey() {
		sent.KeyVaultProperties = &media.KeyVaultProperties{
			KeyIdentifier: p.KeyVaultKeyID.ValueStringPointer(),
		}
		sent.Identity = wireResourceIdentity(p.UserAssignedIdentityID)
	}
	return sent
}

// whileKeyStays plans what the service says about the key: it stays as long as the key does, and
// there is nothing to say without one.
//
// A service that follows the newest version moves on by itself between a plan and its apply. What
// was planned is kept then, and the next refresh shows the new version: no difference is ever
// planned for it (rule CMK011).
type whileKeyStays struct{}

func (whileKeyStays) Description(context.Context) string {
	return "Known as long as the key stays the same."
}

func (m whileKeyStays) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (whileKeyStays) PlanModifyString(ctx context.Context, req planmodifier.StringRequest,
	resp *planmodifier.StringResponse,
) {
	var before, after types.Object
	at := path.Root("encryption")
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, at, &before)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, at, &after)...)
	state, plan := protectionIn(before), protectionIn(after)
	switch {
	case !req.PlanValue.IsUnknown(), plan.Type.IsUnknown(), resp.Diagnostics.HasError():
	case !plan.isCustomerKey():
		resp.PlanValue = types.StringNull()
	case plan.same(state):
		resp.PlanValue = req.StateValue
	}
}
