// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"sort"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// ObservedIdentity returns the identities that Azure answers with. It spells their IDs as the prior
// attribute does, since Azure uses casings of its own.
func ObservedIdentity(wire *armmedia.Identity, prior types.Object) attribute.ManagedIdentity {
	if wire == nil {
		return attribute.ManagedIdentity{}
	}
	spelt := map[string]string{}
	for _, id := range IdentityIDs(prior) {
		spelt[strings.ToLower(id)] = id
	}
	ids := make([]string, 0, len(wire.UserAssignedIdentities))
	for id := range wire.UserAssignedIdentities {
		if known, ok := spelt[strings.ToLower(id)]; ok {
			id = known
		}
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return attribute.NewManagedIdentity(azure.Deref(wire.Type), ids,
		azure.Deref(wire.PrincipalID), azure.Deref(wire.TenantID))
}

// WireIdentity returns the identity to send, or nil where the plan does not manage it. In an update,
// Azure keeps the user-assigned identities that are not named: null takes those off that the
// attribute had before and the plan no longer has.
func WireIdentity(planned, before types.Object) *armmedia.Identity {
	if planned.IsNull() {
		return nil
	}
	kind, _ := planned.Attributes()["type"].(types.String)
	wanted := attribute.NewManagedIdentity(kind.ValueString(), IdentityIDs(planned), "", "")
	wire := &armmedia.Identity{Type: to.Ptr(wanted.WireType())}
	users := map[string]*armmedia.UserAssignedIdentity{}
	for _, id := range wanted.UserAssignedIDs {
		users[id] = &armmedia.UserAssignedIdentity{}
	}
	for _, id := range IdentityIDs(before) {
		if !azure.ContainsID(wanted.UserAssignedIDs, id) {
			users[id] = nil
		}
	}
	if len(users) > 0 {
		wire.UserAssignedIdentities = users
	}
	return wire
}

// IdentityIDs returns the known IDs of the user-assigned identities in an identity attribute.
func IdentityIDs(object types.Object) []string {
	set, _ := object.Attributes()["identity_ids"].(types.Set)
	var ids []string
	for _, element := range set.Elements() {
		if id, ok := element.(attribute.ResourceIDValue); ok && !id.IsUnknown() {
			ids = append(ids, id.ValueString())
		}
	}
	return ids
}

// identitiesIn returns the identities in an identity attribute, as far as they are known.
func identitiesIn(object types.Object) (system rule.Fact[bool], user rule.Fact[[]string]) {
	parts := object.Attributes()
	if kind, ok := parts["type"].(types.String); ok && !kind.IsUnknown() {
		system = rule.Known(strings.Contains(kind.ValueString(), attribute.SystemAssigned))
	}
	set, _ := parts["identity_ids"].(types.Set)
	if ids := IdentityIDs(object); !set.IsUnknown() && len(ids) == len(set.Elements()) {
		user = rule.Known(ids)
	}
	return system, user
}
