// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// encryptionAttribute is the attribute that the rules of customer-managed keys are about.
const encryptionAttribute = "encryption"

// The descriptions that resources and data sources share.
const (
	currentKeyID     = "The version of the customer-managed key that the account uses."
	encryptionStatus = "What the service says when the account cannot access its customer-managed key; " +
		"null while it can."
)

// EncryptionAttribute returns the attribute for the encryption of an account. reader describes the
// identity that reads the key.
func EncryptionAttribute(reader string) schema.SingleNestedAttribute {
	key := attribute.KeyID("The identifier of the customer-managed key: with a version to pin it, " +
		"versionless to follow the newest version.")
	key.Required, key.Optional = false, true
	identity := attribute.ReferenceID(reader, azure.UserAssignedIdentityType)
	identity.Required, identity.Optional = false, true
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The key that wraps the account's own key. Left out, it is not managed " +
			"here and shows what the account has, so that an `azuremedia_customer_key_attachment` can " +
			"own it: there is one owner, and an import of an account with a customer-managed key leaves it " +
			"out. A new account can have a customer-managed key if a user-assigned identity reads it.",
		Optional:      true,
		Computed:      true,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				MarkdownDescription: "`SystemKey` for the system key, `CustomerKey` for a " +
					"customer-managed key.",
				Required: true,
				Validators: []validator.String{
					attribute.OneOf(string(armmedia.SystemKey), string(armmedia.CustomerKey)),
				},
			},
			"key_vault_key_id":          key,
			"user_assigned_identity_id": identity,
			"current_key_id": schema.StringAttribute{
				MarkdownDescription: currentKeyID,
				Computed:            true,
				PlanModifiers:       []planmodifier.String{whileKeyStays{}},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: encryptionStatus,
				Computed:            true,
				PlanModifiers:       []planmodifier.String{whileKeyStays{}},
			},
		},
	}
}

// EncryptionDataSourceAttribute returns the encryption of an account as a data source shows it.
func EncryptionDataSourceAttribute() datasource.SingleNestedAttribute {
	key := attribute.ShownText("The identifier of the customer-managed key.")
	key.CustomType = attribute.KeyIDType{}
	identity := attribute.ShownText("The ID of the user-assigned identity that reads the key, if there is one.")
	identity.CustomType = attribute.ResourceIDType{}
	return datasource.SingleNestedAttribute{
		MarkdownDescription: "The key that wraps the account's own key.",
		Computed:            true,
		Attributes: map[string]datasource.Attribute{
			"type": attribute.ShownText("`SystemKey` for the system key, `CustomerKey` for a customer-managed " +
				"key."),
			"key_vault_key_id":          key,
			"user_assigned_identity_id": identity,
			"current_key_id":            attribute.ShownText(currentKeyID),
			"status":                    attribute.ShownText(encryptionStatus),
		},
	}
}

// Encryption is the encryption attribute.
type Encryption struct {
	Type                   types.String              `tfsdk:"type"`
	KeyVaultKeyID          attribute.KeyIDValue      `tfsdk:"key_vault_key_id"`
	UserAssignedIdentityID attribute.ResourceIDValue `tfsdk:"user_assigned_identity_id"`
	CurrentKeyID           types.String              `tfsdk:"current_key_id"`
	Status                 types.String              `tfsdk:"status"`
}

// EncryptionTypes returns the types of the attribute's parts.
func EncryptionTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"type":                      types.StringType,
		"key_vault_key_id":          attribute.KeyIDType{},
		"user_assigned_identity_id": attribute.ResourceIDType{},
		"current_key_id":            types.StringType,
		"status":                    types.StringType,
	}
}

// EncryptionIn reads the attribute. All parts of a null or unknown one are null.
func EncryptionIn(object types.Object) Encryption {
	parts := object.Attributes()
	var e Encryption
	e.Type, _ = parts["type"].(types.String)
	e.KeyVaultKeyID, _ = parts["key_vault_key_id"].(attribute.KeyIDValue)
	e.UserAssignedIdentityID, _ = parts["user_assigned_identity_id"].(attribute.ResourceIDValue)
	e.CurrentKeyID, _ = parts["current_key_id"].(types.String)
	e.Status, _ = parts["status"].(types.String)
	return e
}

// ObservedEncryption returns the encryption that Azure has, or null while it creates the account.
func ObservedEncryption(wire *armmedia.Encryption) types.Object {
	if wire == nil {
		return types.ObjectNull(EncryptionTypes())
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
	return types.ObjectValueMust(EncryptionTypes(), values)
}

// IsCustomerKey reports whether a customer-managed key is known to wrap the account key.
func (e Encryption) IsCustomerKey() bool { return e.Type.ValueString() == string(armmedia.CustomerKey) }

// systemKey is the key of an account that has none of its own, in a sentence.
const systemKey = "the system key"

// owned returns the key that the account has by the attribute; it is empty where that is not known.
func (e Encryption) owned() string {
	switch {
	case e.IsCustomerKey():
		return e.KeyVaultKeyID.ValueString()
	case e.Type.ValueString() == "":
		return ""
	default:
		return systemKey
	}
}

// EncryptionChanges reports whether the encryption is to be sent. One that the configuration leaves
// out is planned as the state has it, so that it is never sent.
func EncryptionChanges(plan, state types.Object) bool {
	if plan.IsNull() || plan.IsUnknown() {
		return false
	}
	return !EncryptionIn(plan).same(EncryptionIn(state))
}

// same reports whether both are known to ask for the same, apart from what the service fills in.
func (e Encryption) same(other Encryption) bool {
	return e.Type.Equal(other.Type) && !e.Type.IsUnknown() &&
		(e.KeyVaultKeyID.IsNull() && other.KeyVaultKeyID.IsNull() ||
			e.KeyVaultKeyID.Same(other.KeyVaultKeyID)) &&
		(e.UserAssignedIdentityID.IsNull() && other.UserAssignedIdentityID.IsNull() ||
			e.UserAssignedIdentityID.Same(other.UserAssignedIdentityID))
}

// Wire returns the encryption to send, or nil for an attribute that is left out. identity names the
// reader of the key as the service wants it.
func (e Encryption) Wire(identity func(attribute.ResourceIDValue) *armmedia.ResourceIdentity,
) *armmedia.Encryption {
	if e.Type.IsNull() {
		return nil
	}
	sent := &armmedia.Encryption{Type: to.Ptr(armmedia.EncryptionType(e.Type.ValueString()))}
	if e.IsCustomerKey() {
		sent.KeyVaultProperties = &armmedia.KeyVaultProperties{
			KeyIdentifier: to.Ptr(attribute.KeyOf(e.KeyVaultKeyID).String()),
		}
		sent.Identity = identity(e.UserAssignedIdentityID)
	}
	return sent
}

// ValidateEncryption refuses a configuration that contradicts itself.
func ValidateEncryption(object types.Object) diag.Diagnostics {
	wanted := EncryptionIn(object)
	switch {
	case wanted.IsCustomerKey() && wanted.KeyVaultKeyID.IsNull():
		return diag.Diagnostics{diagnostic.Refuse(
			path.Root(encryptionAttribute).AtName("key_vault_key_id"), diagnostic.Refusal{
				Title:    "Missing Customer-Managed Key",
				Found:    "no key",
				Required: `a key where type is "CustomerKey"`,
				Remedy:   `Set key_vault_key_id, or set type = "SystemKey"`,
			})}
	case wanted.Type.ValueString() == string(armmedia.SystemKey) &&
		(!wanted.KeyVaultKeyID.IsNull() || !wanted.UserAssignedIdentityID.IsNull()):
		return diag.Diagnostics{diagnostic.Refuse(path.Root(encryptionAttribute), diagnostic.Refusal{
			Title:    "Unexpected Customer-Managed Key",
			Found:    "a key, or an identity to read it with, beside the system key",
			Required: `neither of them where type is "SystemKey"`,
			Remedy: `Set type = "CustomerKey", or leave out key_vault_key_id and ` +
				"user_assigned_identity_id",
		})}
	}
	return nil
}

// whileKeyStays plans what the service says about the key: it stays while the key stays, and is null
// without a customer-managed key.
//
// A service that follows the newest version may move to it between a plan and its apply. The apply
// then keeps the planned value, and the next refresh shows the new version: no plan ever has a
// difference for it (rule CMK011).
type whileKeyStays struct{}

func (whileKeyStays) Description(context.Context) string {
	return "Known as long as the key stays the same."
}

func (m whileKeyStays) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (whileKeyStays) PlanModifyString(ctx context.Context, req planmodifier.StringRequest,
	resp *planmodifier.StringResponse,
) {
	var before, after types.Object
	at := path.Root(encryptionAttribute)
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, at, &before)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, at, &after)...)
	state, plan := EncryptionIn(before), EncryptionIn(after)
	switch {
	case !req.PlanValue.IsUnknown(), plan.Type.IsUnknown(), resp.Diagnostics.HasError():
	case !plan.IsCustomerKey():
		resp.PlanValue = types.StringNull()
	case plan.same(state):
		resp.PlanValue = req.StateValue
	}
}
