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
)

// ObservedIdentity returns the identities that Azure answers with. It spells their IDs as the prior
// attribute does, since Azure uses casings of its own.
func ObservedIdentity(wire *armmedia.Identity, prior types.Object) attribute.ManagedIdentity {
	if wire == nil {
		return attribute.ManagedIdentity{}
	}
	spelt := map[string]string{}
	for _, id := range attribute.IdentityIDs(prior) {
		spelt[strings.ToLower(id)] = id
	}
	ids := make([]string, 0, len(wire.UserAssignedIdentities))
	for id := range wire.UserAssignedIdentities {
		if spelling, ok := spelt[strings.ToLower(id)]; ok {
			id = spelling
		}
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return attribute.NewManagedIdentity(azure.Deref(wire.Type), ids,
		azure.Deref(wire.PrincipalID), azure.Deref(wire.TenantID))
}

// WireIdentity returns the identity to send, or nil where the plan does not manage it. In an update,
// Azure keeps the user-assigned identities that are not named: null takes those off that the
// attribute had before and the plan no longer has, except for those that are kept; "" stands for the system-assigned one.
func WireIdentity(planned, before types.Object, kept ...string) *armmedia.Identity {
	if planned.IsNull() {
		return nil
	}
	kind, _ := planned.Attributes()["type"].(types.String)
	wanted := attribute.NewManagedIdentity(kind.ValueString(), attribute.IdentityIDs(planned), "", "").Keeping(kept...)
	wire := &armmedia.Identity{Type: to.Ptr(wanted.WireType())}
	users := map[string]*armmedia.UserAssignedIdentity{}
	for _, id := range wanted.UserAssignedIDs {
		users[id] = &armmedia.UserAssignedIdentity{}
	}
	for _, id := range attribute.IdentityIDs(before) {
		if !azure.ContainsID(wanted.UserAssignedIDs, id) {
			users[id] = nil
		}
	}
	if len(users) > 0 {
		wire.UserAssignedIdentities = users
	}
	return wire
}
