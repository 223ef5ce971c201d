// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// storage is one element of storage_accounts. The list is a set: the service answers in an order
// of its own, which differs even between a PUT and the next GET.
type storage struct {
	ID                     attribute.ResourceIDValue `tfsdk:"id"`
	IsPrimary              types.Bool                `tfsdk:"is_primary"`
	UserAssignedIdentityID attribute.ResourceIDValue `tfsdk:"user_assigned_identity_id"`
}

func storageType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"id":                        attribute.ResourceIDType{},
		"is_primary":                types.BoolType,
		"user_assigned_identity_id": attribute.ResourceIDType{},
	}}
}

// same reports whether two elements mean the same: IDs have no case, and a storage account without
// is_primary is a secondary one.
func (s storage) same(other storage) bool {
	return s.ID.Same(other.ID) &&
		!s.IsPrimary.IsUnknown() && !other.IsPrimary.IsUnknown() &&
		s.IsPrimary.ValueBool() == other.IsPrimary.ValueBool() &&
		(s.UserAssignedIdentityID.IsNull() && other.UserAssignedIdentityID.IsNull() ||
			s.UserAssignedIdentityID.Same(other.UserAssignedIdentityID))
}

func (s storage) value() attr.Value {
	return types.ObjectValueMust(storageType().AttrTypes, map[string]attr.Value{
		"id":                        s.ID,
		"is_primary":                s.IsPrimary,
		"user_assigned_identity_id": s.UserAssignedIdentityID,
	})
}

// storageIn returns the elements of a set, without those that are unknown.
func storageIn(set types.Set) []storage {
	var list []storage
	for _, element := range set.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsNull() || object.IsUnknown() {
			continue
		}
		parts := object.Attributes()
		var one storage
		one.ID, _ = parts["id"].(attribute.ResourceIDValue)
		one.IsPrimary, _ = parts["is_primary"].(types.Bool)
		one.UserAssignedIdentityID, _ = parts["user_assigned_identity_id"].(attribute.ResourceIDValue)
		list = append(list, one)
	}
	return list
}

func storageSet(list []storage) types.Set {
	values := make([]attr.Value, 0, len(list))
	for _, one := range list {
		values = append(values, one.value())
	}
	return types.SetValueMust(storageType(), values)
}

// respelt writes each element as the prior set spells it, if it has it.
func respelt(list []storage, prior types.Set) types.Set {
	before := storageIn(prior)
	for i := range list {
		for _, known := range before {
			if list[i].same(known) {
				list[i] = known
			}
		}
	}
	return storageSet(list)
}

// observedStorage returns the set that Azure has, in the spelling of the prior one. Azure names an
// identity only for a storage account that the account accesses with one.
func observedStorage(wire []*armmedia.StorageAccount, prior types.Set) types.Set {
	list := make([]storage, 0, len(wire))
	for _, found := range wire {
		one := storage{
			ID:        attribute.NewResourceID(azure.Deref(found.ID)),
			IsPrimary: types.BoolValue(azure.Deref(found.Type) == armmedia.Primary),
		}
		if id := azure.Deref(azure.Deref(found.Identity).UserAssignedIdentity); id != "" {
			one.UserAssignedIdentityID = attribute.NewResourceID(id)
		}
		list = append(list, one)
	}
	return respelt(list, prior)
}

// wireStorage returns the storage accounts to send.
func wireStorage(set types.Set, authentication string) []*armmedia.StorageAccount {
	var wire []*armmedia.StorageAccount
	for _, one := range storageIn(set) {
		sent := &armmedia.StorageAccount{ID: to.Ptr(one.ID.ValueString()), Type: to.Ptr(armmedia.Secondary)}
		if one.IsPrimary.ValueBool() {
			sent.Type = to.Ptr(armmedia.Primary)
		}
		if authentication == string(armmedia.StorageByManagedIdentity) {
			sent.Identity = wireResourceIdentity(one.UserAssignedIdentityID)
		}
		wire = append(wire, sent)
	}
	return wire
}

// wireResourceIdentity names the identity that the account accesses a resource with: the
// system-assigned one unless there is an ID.
func wireResourceIdentity(id attribute.ResourceIDValue) *armmedia.ResourceIdentity {
	return &armmedia.ResourceIdentity{
		UserAssignedIdentity:      id.ValueStringPointer(),
		UseSystemAssignedIdentity: to.Ptr(id.IsNull()),
	}
}

// sameStorage plans no change for another spelling or order of the same storage accounts. Beside a
// change, the elements that only differ in spelling do not show.
type sameStorage struct{}

func (sameStorage) Description(context.Context) string {
	return "Another spelling or order of the same storage accounts is not a change."
}

func (m sameStorage) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameStorage) PlanModifySet(_ context.Context, req planmodifier.SetRequest,
	resp *planmodifier.SetResponse,
) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	planned := storageIn(req.PlanValue)
	if len(planned) < len(req.PlanValue.Elements()) {
		return
	}
	resp.PlanValue = respelt(planned, req.StateValue)
	if resp.PlanValue.Equal(req.StateValue) { // In any order.
		resp.PlanValue = req.StateValue
	}
}
